"""The ontology's lists of grounds, traits and categories become the codes in which an answer speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from comity.store import Store

_GROUNDS = """
SELECT ?ground ?label ?definition WHERE {
  ?ground skos:inScheme ?scheme ; skos:prefLabel ?label ; skos:definition ?definition .
  FILTER(?scheme IN (<https://w3id.org/comity/concept/mechanism>, <https://w3id.org/comity/concept/transfer-default>)
         && LANG(?label) = "en" && LANG(?definition) = "en")
} ORDER BY ?ground"""
_TRAITS = """
SELECT ?trait ?label ?parent ?other ?category WHERE {
  ?trait skos:inScheme <https://w3id.org/comity/concept/trait> ; skos:prefLabel ?label ; skos:broader ?parent FILTER(LANG(?label) = "en")
  OPTIONAL { { ?trait comity:excludes ?other } UNION { ?other comity:excludes ?trait } }
  OPTIONAL { ?trait comity:makesData ?category }
} ORDER BY ?trait ?other"""
_CATEGORIES = """
SELECT ?category ?wider WHERE {
  ?category skos:inScheme <https://w3id.org/comity/concept/data-category> OPTIONAL { ?category comity:mayAlsoBe ?wider }
} ORDER BY ?category ?wider"""
_UNITS = "SELECT ?unit WHERE { ?unit skos:inScheme <https://w3id.org/comity/concept/unit> } ORDER BY ?unit"


@dataclass(frozen=True)
class Codes:
    """Grounds with label and meaning; traits with label, parent and what they shut out; categories with those they may be as well; units."""

    grounds: Mapping[str, str]
    meanings: Mapping[str, str]
    traits: Mapping[str, str]
    parents: Mapping[str, str]
    excluded: Mapping[str, frozenset[str]]
    makes: Mapping[str, str]
    categories: Mapping[str, tuple[str, ...]]
    units: tuple[str, ...]

    def group(self, trait: str) -> str:
        """Return the party that a trait describes: exporter, recipient, transaction or data."""
        return self.group(self.parents[trait]) if trait in self.parents else trait


def read(store: Store) -> Codes:
    """Read the codes of the ontology in `store`."""
    grounds, traits, wider = _rows(store, _GROUNDS), _rows(store, _TRAITS), _rows(store, _CATEGORIES)
    excluded: dict[str, set[str]] = {}
    for row in traits:
        excluded.setdefault(last(row["trait"]), set()).update([last(row["other"])] if row["other"] else [])
    categories: dict[str, tuple[str, ...]] = {}
    for row in wider:
        name = last(row["category"])
        categories[name] = (*categories.get(name, ()), *([last(row["wider"])] if row["wider"] else []))
    return Codes({last(r["ground"]): r["label"] for r in grounds}, {last(r["ground"]): r["definition"] for r in grounds},
                 {last(r["trait"]): r["label"] for r in traits}, {last(r["trait"]): last(r["parent"]) for r in traits},
                 {trait: frozenset(others) for trait, others in excluded.items()},
                 {last(r["trait"]): last(r["category"]) for r in traits if r["category"]}, categories,
                 tuple(last(r["unit"]) for r in _rows(store, _UNITS)))


def last(iri: str) -> str:
    """Return the last part of an IRI, which is the code of a concept."""
    return iri.rpartition("/")[2]


def _rows(store: Store, text: str) -> list[dict[str, str]]:
    return [{name: value or "" for name, value in row.items()} for row in store.query(text).rows]
