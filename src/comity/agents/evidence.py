"""The IRIs and values of an answer become the rows of evidence behind them.

A value counts as sourced if it is itself a row with a source, or if a row in the same line of the answer states it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from comity.agents.model import Cell, Evidence
from comity.results import Cell as Term
from comity.results import Rows
from comity.store import Store
from comity.vocabulary import BASE

_AT_ONCE = 400
_SOURCES = """PREFIX comity: <https://w3id.org/comity/ns#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX schema: <http://schema.org/>
SELECT DISTINCT ?row ?source ?title ?url ?locator ?grade WHERE {
  VALUES ?row { %s }
  ?row prov:hadPrimarySource ?source .
  OPTIONAL { ?source dcterms:title ?title }
  OPTIONAL { ?source schema:url ?url }
  OPTIONAL { ?row comity:locator ?locator }
  OPTIONAL { ?row comity:evidenceGrade ?grade }
} ORDER BY ?row ?source"""
_STATED = "SELECT DISTINCT ?s ?v WHERE { VALUES (?s ?v) { %s } ?s ?p ?v }"
_LABELS = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?s ?label WHERE { VALUES ?s { %s } ?s rdfs:label|skos:prefLabel ?label FILTER(LANG(?label) = "en") } ORDER BY ?s ?label"""


def sources(store: Store, iris: Iterable[str]) -> list[Evidence]:
    """Return the sources of those of `iris` that are rows with one, sorted by row."""
    found = []
    for some in _batches(sorted({f"<{i}>" for i in iris})):
        for row in store.query(_SOURCES % " ".join(some)).rows:
            value = {name: text or "" for name, text in row.items()}
            found.append(Evidence(value["row"], value["source"], value["title"], value["url"], value["locator"], value["grade"].rsplit("/", 1)[-1]))
    return found


def cells(store: Store, rows: Rows) -> tuple[list[list[Cell]], list[Evidence]]:
    """Return the cells of an answer, each with the rows of its line that are or state it, and the evidence of these rows."""
    own = {cell.value for line in rows.cells for cell in line if isinstance(cell, ox.NamedNode) and cell.value.startswith(BASE)}
    evidence = sources(store, own)
    rows_of_evidence = {e.row for e in evidence}
    pairs = {(s.value, str(v)) for line in rows.cells for s in line if isinstance(s, ox.NamedNode) and s.value in rows_of_evidence
             for v in line if v is not None and v is not s and not isinstance(v, ox.BlankNode)}
    stated = _stated(store, pairs)
    labels = _labels(store, own)
    return [[_cell(cell, line, rows_of_evidence, stated, labels) for cell in line] for line in rows.cells], evidence


def _cell(cell: Term, line: Sequence[Term], known: set[str], stated: set[tuple[str, str]], labels: dict[str, str]) -> Cell:
    if cell is None:
        return Cell("", "unbound")
    others = {s.value for s in line if isinstance(s, ox.NamedNode) and (s.value, str(cell)) in stated}
    if isinstance(cell, ox.NamedNode):
        return Cell(cell.value, "iri", label=labels.get(cell.value, ""), rows=sorted(others | ({cell.value} & known)))
    if isinstance(cell, ox.Literal):
        return Cell(cell.value, "literal", "" if cell.language else cell.datatype.value, cell.language or "", rows=sorted(others))
    return Cell(cell.value, "literal")


def _stated(store: Store, pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return those of `pairs` (an IRI, a term in N-Triples form) of which the graph holds a statement."""
    found = set()
    for some in _batches([f"(<{s}> {v})" for s, v in sorted(pairs)]):
        for s, v in store.query(_STATED % " ".join(some)).rows.cells:
            assert isinstance(s, ox.NamedNode)
            found.add((s.value, str(v)))
    return found


def _labels(store: Store, iris: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for some in _batches(sorted({f"<{i}>" for i in iris})):
        for row in store.query(_LABELS % " ".join(some)).rows:
            found.setdefault(str(row["s"]), str(row["label"]))
    return found


def _batches(items: list[str]) -> Iterator[list[str]]:
    return (items[i:i + _AT_ONCE] for i in range(0, len(items), _AT_ONCE))
