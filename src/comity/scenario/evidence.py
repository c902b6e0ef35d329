"""A row of a scenario becomes evidence of itself: its source is the scenario, and its grade stands outside the grades of the graph.

The grade says `hypothetical`; it is no concept of the scheme `evidence-grade`, so nothing that counts grades counts it. A new row
weighs as one that is sure; a successor weighs as the row that it stands for, so that replacing alone moves no score.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from comity.scenario.model import HYPOTHETICAL
from comity.vocabulary import DCTERMS, NS, PROV, RDFS, SKOS, TYPE, XSD

#: the statements on evidence, which the rows of a scenario have otherwise than those of the graph
EVIDENCE: Final = frozenset({PROV + "hadPrimarySource", NS + "locator", NS + "evidenceGrade", NS + "recordedOn", NS + "retractedOn"})
_WEIGHT = ox.NamedNode(NS + "weight")
_GRADE = ox.NamedNode(NS + "evidenceGrade")


class Witness:
    """What bears witness to the rows of one scenario: its `graph`, and the `day` on which its rows count as recorded."""

    def __init__(self, base: ox.Store, graph: ox.NamedNode, day: datetime.date) -> None:
        self.base, self.graph = base, graph
        self.day = ox.Literal(day.isoformat(), datatype=ox.NamedNode(XSD + "date"))
        self.grades: dict[str, tuple[str, ox.Literal]] = {}

    def of(self, row: str, locator: str, old: str | None) -> Iterator[ox.Quad]:
        """Return the evidence of `row`, which stands in place of `old` if there is one; that is retracted on the same day."""
        subject = ox.NamedNode(row)
        yield self._quad(subject, PROV + "hadPrimarySource", self.graph)
        yield self._quad(subject, NS + "locator", ox.Literal(locator))
        yield self._quad(subject, NS + "evidenceGrade", ox.NamedNode(self._grade(old)))
        yield self._quad(subject, NS + "recordedOn", self.day)
        if old is not None:
            yield self._quad(subject, DCTERMS + "replaces", ox.NamedNode(old))
            yield self._quad(ox.NamedNode(old), NS + "retractedOn", self.day)

    def about(self, title: str, summary: str, as_of: datetime.date) -> Iterator[ox.Quad]:
        """Return what the scenario says of itself, and its grades with their weights."""
        day = ox.Literal(as_of.isoformat(), datatype=ox.NamedNode(XSD + "date"))
        yield self._quad(self.graph, TYPE.value, ox.NamedNode(PROV + "Entity"))
        yield self._quad(self.graph, DCTERMS + "title", ox.Literal(title, language="en"))
        yield self._quad(self.graph, RDFS + "label", ox.Literal(title, language="en"))
        yield self._quad(self.graph, DCTERMS + "description", ox.Literal(summary, language="en"))
        yield self._quad(self.graph, DCTERMS + "valid", day)
        for iri, (label, weight) in sorted(self.grades.items()):
            yield self._quad(ox.NamedNode(iri), SKOS + "prefLabel", ox.Literal(label, language="en"))
            yield self._quad(ox.NamedNode(iri), NS + "weight", weight)

    def _grade(self, old: str | None) -> str:
        grades = [] if old is None else [q.object for q in self.base.quads_for_pattern(ox.NamedNode(old), _GRADE, None, None)]
        for grade in grades:
            if isinstance(grade, ox.NamedNode):
                weights = [q.object for q in self.base.quads_for_pattern(grade, _WEIGHT, None, None) if isinstance(q.object, ox.Literal)]
                name = grade.value.rpartition("/")[2]
                if weights:
                    self.grades[f"{HYPOTHETICAL}-for-{name}"] = (f"Hypothetical, for a row graded {name}", weights[0])
                    return f"{HYPOTHETICAL}-for-{name}"
        self.grades[HYPOTHETICAL] = ("Hypothetical", ox.Literal("1.0", datatype=ox.NamedNode(XSD + "decimal")))
        return HYPOTHETICAL

    def _quad(self, subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Quad:
        return ox.Quad(subject, ox.NamedNode(predicate), value, self.graph)
