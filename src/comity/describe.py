"""One IRI becomes everything that the graph says of the thing: its statements, the rows that name it, their evidence.

Asserted and derived statements are told apart by the graph they stand in; retracted rows are kept and marked.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pyoxigraph as ox

from comity.errors import InputError
from comity.store import Store
from comity.vocabulary import INFERRED, NS, RDF, compact

_STATEMENTS = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?property ?propertyLabel ?value ?valueLabel ?graph WHERE {
  GRAPH ?graph { ?thing ?property ?value }
  OPTIONAL { ?property rdfs:label ?propertyLabel FILTER(LANG(?propertyLabel) = "en") }
  OPTIONAL { ?value rdfs:label|skos:prefLabel|<http://purl.org/dc/terms/title> ?valueLabel FILTER(LANG(?valueLabel) IN ("en", "")) }
}"""
_MENTIONS = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?row ?property ?propertyLabel ?value ?valueLabel ?graph WHERE {
  { SELECT DISTINCT ?row WHERE { GRAPH ?table { ?row ?link ?thing ; <https://w3id.org/comity/ns#recordedOn> ?day } } }
  GRAPH ?graph { ?row ?property ?value }
  FILTER(!STRSTARTS(STR(?graph), "https://w3id.org/comity/graph/inferred/"))
  OPTIONAL { ?property rdfs:label ?propertyLabel FILTER(LANG(?propertyLabel) = "en") }
  OPTIONAL { ?value rdfs:label|skos:prefLabel|<http://purl.org/dc/terms/title> ?valueLabel FILTER(LANG(?valueLabel) IN ("en", "")) }
}"""
LABELS = ("http://www.w3.org/2000/01/rdf-schema#label", "http://www.w3.org/2004/02/skos/core#prefLabel", "http://purl.org/dc/terms/title")


@dataclass(frozen=True, order=True)
class Statement:
    """One statement: property and value with their labels, and the graph it stands in."""

    predicate: str
    property_label: str
    value: str
    value_label: str
    graph: str
    is_iri: bool
    language: str = ""

    @property
    def is_derived(self) -> bool:
        """Whether a rule derived the statement."""
        return self.graph.startswith(INFERRED)


@dataclass(frozen=True)
class Mention:
    """A row that names the thing: its IRI, its class and its statements."""

    iri: str
    kind: str
    statements: tuple[Statement, ...]

    def values(self, prop: str) -> list[Statement]:
        """Return the statements of `prop`, a full IRI."""
        return [s for s in self.statements if s.predicate == prop]


@dataclass(frozen=True)
class Description:
    """A thing, its statements and the rows that name it, grouped by class."""

    iri: str
    label: str
    kinds: tuple[str, ...]
    statements: tuple[Statement, ...]
    mentions: dict[str, tuple[Mention, ...]]

    def values(self, prop: str) -> list[Statement]:
        """Return the statements of `prop`, a full IRI."""
        return [s for s in self.statements if s.predicate == prop]


def describe(store: Store, iri: ox.NamedNode) -> Description:
    """Collect what `store` says of `iri`. Raises `InputError` if it says nothing."""
    statements = sorted({_statement(row) for row in _rows(store, _STATEMENTS, iri)})
    if not statements:
        raise InputError(f"{iri.value}: nothing is known of it; search by ISO code, name or kind/slug")
    found: dict[str, list[Statement]] = defaultdict(list)
    for row in _rows(store, _MENTIONS, iri):
        subject, *statement = row
        found["" if subject is None else subject.value].append(_statement(tuple(statement)))
    groups: dict[str, list[Mention]] = defaultdict(list)
    for name, parts in sorted(found.items()):
        kind = next((s.value for s in sorted(parts) if s.predicate == RDF + "type" and s.value.startswith(NS)), "")
        groups[kind].append(Mention(name, kind, tuple(sorted(set(parts)))))
    return Description(iri.value, _label(iri.value, statements), _kinds(statements), tuple(statements),
                       {kind: tuple(rows) for kind, rows in sorted(groups.items())})


def to_json(description: Description, prefixes: dict[str, str]) -> dict[str, object]:
    """Return a description as plain data for JSON."""
    return {
        "iri": description.iri,
        "label": description.label,
        "kinds": list(description.kinds),
        "statements": [_plain(s, prefixes) for s in description.statements],
        "rows": [{"iri": m.iri, "kind": compact(kind, prefixes), "statements": [_plain(s, prefixes) for s in m.statements]}
                 for kind, mentions in description.mentions.items() for m in mentions],
    }


def _plain(statement: Statement, prefixes: dict[str, str]) -> dict[str, object]:
    return {"property": compact(statement.predicate, prefixes), "value": statement.value, "label": statement.value_label,
            "derived": statement.is_derived}


def _rows(store: Store, text: str, iri: ox.NamedNode) -> tuple[tuple[ox.NamedNode | ox.Literal | ox.BlankNode | None, ...], ...]:
    return store.query(text, {"thing": iri}).rows.cells


def _statement(row: tuple[ox.NamedNode | ox.Literal | ox.BlankNode | None, ...]) -> Statement:
    prop, label, value, value_label, graph = row
    text = "" if value is None else value.value
    return Statement(
        "" if prop is None else prop.value, label.value if label else _local(prop.value if prop else ""), text,
        value_label.value if value_label else "", graph.value if graph else "", isinstance(value, ox.NamedNode),
        value.language or "" if isinstance(value, ox.Literal) else "",
    )


def _label(iri: str, statements: list[Statement]) -> str:
    candidates = [s for s in statements if s.predicate in LABELS]
    english = [s.value for s in candidates if s.language in ("en", "")]
    return next(iter(english), candidates[0].value if candidates else iri.rsplit("/", 1)[-1])


def _kinds(statements: list[Statement]) -> tuple[str, ...]:
    own = [s for s in statements if s.predicate == RDF + "type"]
    return tuple(s.value for s in sorted(own, key=lambda s: (s.is_derived, s.value)))


def _local(iri: str) -> str:
    return iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]
