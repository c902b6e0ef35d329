"""Each question of the library is answered a second time in plain Python over the tables, and the two answers are the same rows.

The second answers are written from the summary and header of each question and from the codebook. Asked are the small graph, where rows were
retracted and dates are partial, and the real one, on several days and of several things.
"""

from __future__ import annotations

from collections import Counter

import plain
import plain_acts
import plain_aigc
import plain_compare
import plain_evidence
import plain_lookup
import plain_network
import plain_policy
import plain_routes
import pytest
from comparing import differences
from real import ROOT, built
from test_queries import CASES

from comity.graph import Graph
from comity.settings import Layout, layout

MODULES = (plain_acts, plain_aigc, plain_compare, plain_evidence, plain_lookup, plain_network, plain_policy, plain_routes)
DERIVED = "follows the rules that settle a legal status from many events; tests/test_rules.py has their cases"
TWICE = "tests/paradigms holds it to the classifier, which is a second implementation in Python"
#: question → why it is not answered a second time here
LEFT = {
    "lookup/not-yet-in-force": DERIVED, "lookup/status-on": DERIVED, "policy/drafts": DERIVED,
    "policy/coded-paradigms": TWICE, "policy/paradigm-abstentions": TWICE, "policy/paradigm-map": TWICE, "policy/paradigm-tally": TWICE,
    "provenance/why-derived": "names derivations, which no table has",
}
#: two days for the short form, more for the long one
DAYS = ("2021-06-15", "2026-11-22")
MORE = ("1999-12-31", "2009-12-31", "2016-02-29", "2019-07-01", "2023-03-31", "2024-01-01", "2025-05-05")
#: of the small graph, days near which rows begin and end
EDGES = ("2018-09-30", "2020-12-29", "2022-06-30", "2024-07-01")
#: what each kind of parameter is asked with besides its default
OTHERS = {
    "lookup/parties": [{"agreement": a} for a in ("rcep", "budapest-convention", "convention-108", "coe-ai-convention")],
    "lookup/agreements-of": [{"actor": a} for a in ("EU", "CHN", "GBR", "BRA")],
    "lookup/agreements-by-year": [{"actor": a} for a in ("JPN", "EU", "CHL")],
    "lookup/bound-by": [{"actor": a} for a in ("GBR", "HRV", "USA")],
    "lookup/bound-through-union": [{"actor": a} for a in ("GBR", "FRA")],
    "lookup/life-of": [{"instrument": i} for i in ("cptpp", "tpp", "eu-dpd-1995")],
    "lookup/members": [{"organization": o} for o in ("EU", "african-union", "un")],
    "lookup/party-to-both": [{"a": "convention-108", "b": "budapest-convention"}],
    "lookup/positions-on": [{"text": "brics-ai-governance-statement-2025"}],
    "lookup/recognised-by": [{"recogniser": r} for r in ("GBR", "CHE", "JPN", "BRA")],
    "lookup/recognition-history": [{"recogniser": "EU", "recognised": "GBR"}, {"recogniser": "CHE", "recognised": "USA"}],
    "lookup/signed-not-bound": [{"agreement": a} for a in ("tpp", "budapest-convention", "malabo-convention")],
    "lookup/terms-of-party": [{"party": p} for p in ("JPN", "FRA", "USA")],
    "recognition/gaps": [{"recogniser": "CHE", "recognised": "USA"}, {"recogniser": "EU", "recognised": "GBR"}],
    "recognition/recognised-by-whom": [{"recognised": r} for r in ("USA", "DEU", "KOR")],
    "compare/overlapping-norms": [{"actor": a} for a in ("SGP", "DEU")],
    "compare/party-to-one-only": [{"a": "cptpp", "b": "rcep"}],
    "compare/provisions": [{"a": "rcep", "b": "cptpp", "topic": "concept/topic/data-flows"}],
    "compare/provisions-between": [{"a": "AUS", "b": "SGP", "topic": "concept/topic/data-flows", "stance": "concept/stance/requires"}],
    "compare/shared-agreements": [{"a": "EU", "b": "GBR"}, {"a": "CHN", "b": "KOR"}],
    "compare/dispute-settlement": [{"topic": "concept/topic/source-code"}],
    "measures/aimed-at": [{"target": t} for t in ("USA", "RUS")],
    "measures/taken-by": [{"issuer": i} for i in ("USA", "EU", "IND")],
    "measures/between": [{"a": "CHN", "b": "AUS"}],
    "policy/transfer-rule-history": [{"jurisdiction": j} for j in ("CHN", "EU", "IND")],
    "policy/transfer-rules": [{"category": f"concept/data-category/{c}"} for c in ("health-data", "financial-data", "all-data")],
    "policy/laws-in-force": [{"jurisdiction": j} for j in ("EU", "USA", "BRA")],
    "positions/of-actor": [{"actor": a} for a in ("CHN", "EU", "IND")],
    "positions/split": [{"a": "GBR", "b": "CHN"}],
    "provenance/sources-of": [{"thing": t} for t in ("rcep", "actor/JPN", "deepseek")],
    "aigc/models-of": [{"jurisdiction": j} for j in ("USA", "FRA", "ARE")],
    "aigc/rules-on-provider": [{"provider": p} for p in ("mistral-ai", "deepseek")],
    "aigc/regulators-of": [{"provider": p} for p in ("mistral-ai", "deepseek", "google")],
    "routes/commitments": [{"a": "DEU", "b": "GBR"}],
    "routes/derived-duties": [{"a": "IDN", "b": "AUS"}],
    "routes/rules": [{"jurisdiction": j} for j in ("CHN", "USA", "FRA")],
    "network/agreements": [{"stage": s} for s in ("signed", "in-force")],
    "network/trade": [{"stage": s} for s in ("signed", "in-force")],
    "network/access": [{"stage": s} for s in ("signed", "in-force")],
    "network/schemes": [{"stage": s} for s in ("signed", "in-force")],
}


@pytest.fixture(scope="module")
def real() -> Graph:
    return built()


def asked(graph: Graph, name: str, days: tuple[str, ...] = DAYS) -> list[dict[str, str]]:
    """Return the values to ask a question with: defaults and others, on each of the days."""
    parameters = {p.name for p in graph.queries()[name].parameters}
    values: list[dict[str, str]] = [{}, *OTHERS.get(name, [])]
    if {"since", "until"} <= parameters:
        return [{"since": a, "until": b} for a, b in (("2026-01-01", "2026-11-22"), ("2018-05-25", "2018-05-26"), ("2001-01-01", "2011-01-01"))]
    return [{**one, "as_of": day} for one in values for day in days] if "as_of" in parameters else values


@pytest.mark.parametrize("name", sorted(plain.ANSWERS))
def test_both_answer_alike_on_the_real_graph(real: Graph, name: str, effort: int) -> None:
    for values in asked(real, name, DAYS if effort == 1 else DAYS + MORE):
        assert differences(real, layout(ROOT), name, values) == (Counter(), Counter()), values


@pytest.mark.parametrize("name", sorted(set(plain.ANSWERS) & set(CASES)))
def test_both_answer_alike_on_the_small_graph(small: Graph, pristine: Layout, name: str, effort: int) -> None:
    parameters = {p.name for p in small.queries()[name].parameters}
    days = EDGES if effort == 1 else [day for edge in EDGES for day in (edge[:8] + "01", edge)]
    for known in ("2024-02-01", "2024-12-31"):
        for day in days if "as_of" in parameters else ("",):
            values = {**CASES[name], "known_on": known, **({"as_of": day} if day else {})}
            assert differences(small, pristine, name, values) == (Counter(), Counter()), values


def test_each_question_is_answered_twice_or_it_is_said_why_not(real: Graph) -> None:
    assert MODULES
    assert set(real.queries()) == set(plain.ANSWERS) | set(LEFT)
    assert not set(plain.ANSWERS) & set(LEFT)
