"""The names in a graph become what an editor offers while a query is written: things by name, terms with labels, the properties that a class really has.

Everything comes from the graph itself; names are read once and kept.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from comity.errors import InputError
from comity.store import Store
from comity.vocabulary import BASE, NS

_NAMES = """
PREFIX comity: <https://w3id.org/comity/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?thing ?name WHERE {
  ?thing rdfs:label|skos:prefLabel|skos:altLabel|comity:isoAlpha2|comity:isoAlpha3 ?name
  FILTER(STRSTARTS(STR(?thing), "https://w3id.org/comity/id/") || STRSTARTS(STR(?thing), "https://w3id.org/comity/concept/"))
} ORDER BY ?thing ?name"""
_LABELS = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?thing (MIN(STR(?name)) AS ?label) WHERE { ?thing rdfs:label|skos:prefLabel ?name FILTER(LANG(?name) = "en") } GROUP BY ?thing"""
_TERMS = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?term ?kind (SAMPLE(?name) AS ?label) (SAMPLE(?said) AS ?definition) WHERE {
  VALUES (?class ?kind) { (owl:Class "class") (owl:ObjectProperty "property") (owl:DatatypeProperty "property") (owl:AnnotationProperty "property") }
  ?term a ?class
  OPTIONAL { ?term rdfs:label ?name FILTER(LANG(?name) = "en") }
  OPTIONAL { ?term skos:definition ?said FILTER(LANG(?said) = "en") }
  FILTER(isIRI(?term))
} GROUP BY ?term ?kind ORDER BY ?term"""
_USED = "SELECT ?property (COUNT(*) AS ?n) WHERE { ?thing a ?wanted ; ?property ?value } GROUP BY ?property ORDER BY DESC(?n) ?property"


@dataclass(frozen=True)
class Thing:
    """A thing that a name fits: its IRI, its English label, and the name that fitted."""

    iri: str
    label: str
    name: str


@dataclass(frozen=True)
class TermOffered:
    """A class or property: its IRI, its name as a query writes it, its label and definition in English."""

    iri: str
    name: str
    kind: str
    label: str
    definition: str


class Suggestions:
    """What can be offered from one graph."""

    def __init__(self, store: Store, prefixes: Mapping[str, str]) -> None:
        self.store = store
        self.prefixes = dict(prefixes)

    def things(self, text: str, *, limit: int = 12) -> list[Thing]:
        """Return up to `limit` things, each once, of which a name fits `text`: the same, so beginning, with a word so beginning, holding it.

        Case and accents do not count. Names are those of all languages in the graph, ISO codes and abbreviations.
        """
        wanted = fold(text)
        if not wanted:
            return []
        ranked = sorted((rank, len(folded), iri, name) for folded, iri, name in self._names if (rank := _rank(folded, wanted)) is not None)
        first: dict[str, str] = {}
        for _, _, iri, name in ranked:
            first.setdefault(iri, name)
        return [Thing(iri, self._labels.get(iri, name), name) for iri, name in list(first.items())[:limit]]

    @cached_property
    def terms(self) -> tuple[TermOffered, ...]:
        """The classes and properties that the ontology declares and that a prefix abbreviates, sorted by name."""
        rows = self.store.query(_TERMS).rows
        made = (TermOffered(str(r["term"]), self.short(str(r["term"])), str(r["kind"]), r["label"] or "", r["definition"] or "") for r in rows)
        return tuple(sorted((t for t in made if t.name), key=lambda t: t.name))

    def properties(self, name: str) -> list[tuple[str, int]]:
        """Return the properties that things of a class have in the graph, with how many values each, most first.

        `name` is the class as a query writes it, or its IRI. Raises `InputError` for what is neither.
        """
        prefix, _, local = name.partition(":")
        iri = self.prefixes[prefix] + local if prefix in self.prefixes else name
        try:
            rows = self.store.query(_USED, {"wanted": ox.NamedNode(iri)}).rows
        except ValueError:
            raise InputError(f"{name} is no class; write comity:State or an IRI") from None
        return [(self.short(str(r["property"])) or f"<{r['property']}>", int(str(r["n"]))) for r in rows]

    def short(self, iri: str) -> str:
        """Return `iri` as a prefixed name, empty if no prefix fits."""
        for prefix, namespace in self.prefixes.items():
            local = iri.removeprefix(namespace)
            if local != iri and local.replace("-", "").replace("_", "").isalnum():
                return f"{prefix}:{local}"
        return ""

    @cached_property
    def _names(self) -> tuple[tuple[str, str, str], ...]:
        return tuple((fold(str(r["name"])), str(r["thing"]), str(r["name"])) for r in self.store.query(_NAMES).rows)

    @cached_property
    def _labels(self) -> dict[str, str]:
        rows = self.store.query(_LABELS).rows
        return {str(r["thing"]): str(r["label"]) for r in rows if str(r["thing"]).startswith(BASE) and not str(r["thing"]).startswith(NS)}


def fold(text: str) -> str:
    """Return `text` without case, accents and blanks around it."""
    parts = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(c for c in parts if not unicodedata.combining(c))


def _rank(name: str, wanted: str) -> int | None:
    if wanted not in name:
        return None
    if name.startswith(wanted):
        return 0 if name == wanted else 1
    return 2 if f" {wanted}" in name or f"-{wanted}" in name else 3
