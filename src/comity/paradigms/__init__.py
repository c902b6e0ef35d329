"""Coded rules become policy paradigms of four published schemes, each label with its trace, its robustness and its doubts.

Every label is our own coding by `graph/tables/decision_rules.csv`; of the World Internet Conference's study only aggregates are public.
"""

from comity.paradigms.classify import ABSTAINS, CONFLICT, LABELLED, OWN_CODING, Classification, Step, classify, documents
from comity.paradigms.crosswalk import Crosswalk, adjusted_mutual_information, cramers_v, crosswalk
from comity.paradigms.decide import Coded, Decision, decide, refusal
from comity.paradigms.explain import Explanation, explain
from comity.paradigms.published import Reading, readings
from comity.paradigms.radius import Flip, Radius, radius
from comity.paradigms.reading import read
from comity.paradigms.records import Access, Line, Records, Row, Rule, Supervision, Tie
from comity.paradigms.sensitivity import Weight, sensitivity
from comity.paradigms.trend import Tally, by_region, by_year, everywhere, labels
from comity.paradigms.twice import label_agreement

__all__ = [
    "ABSTAINS",
    "CONFLICT",
    "LABELLED",
    "OWN_CODING",
    "Access",
    "Classification",
    "Coded",
    "Crosswalk",
    "Decision",
    "Explanation",
    "Flip",
    "Line",
    "Radius",
    "Reading",
    "Records",
    "Row",
    "Rule",
    "Step",
    "Supervision",
    "Tally",
    "Tie",
    "Weight",
    "adjusted_mutual_information",
    "by_region",
    "by_year",
    "classify",
    "cramers_v",
    "crosswalk",
    "decide",
    "documents",
    "everywhere",
    "explain",
    "label_agreement",
    "labels",
    "radius",
    "read",
    "readings",
    "refusal",
    "sensitivity",
]
