"""What people call a thing (IRI, `kind/slug`, ISO code, name, abbreviation) becomes its IRI.

A name that fits several things is refused with the candidates; nothing is guessed.
"""

from __future__ import annotations

import datetime
import re

import pyoxigraph as ox

from comity.errors import InputError
from comity.results import Rows
from comity.store import Store
from comity.vocabulary import BASE, CONCEPT, DATASET, ID

KINDS = ("actor", "instrument", "service", "model", "list")

_BY_NAME = """
PREFIX comity: <https://w3id.org/comity/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?thing WHERE {
  ?thing rdfs:label|skos:prefLabel|skos:altLabel|comity:isoAlpha2|comity:isoAlpha3 ?name
  FILTER(LCASE(STR(?name)) = ?wanted && STRSTARTS(STR(?thing), "https://w3id.org/comity/"))
} ORDER BY ?thing"""
_CLOSE = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?thing WHERE {
  ?thing rdfs:label ?name
  FILTER(CONTAINS(LCASE(STR(?name)), ?wanted) && STRSTARTS(STR(?thing), "https://w3id.org/comity/id/"))
} ORDER BY ?thing LIMIT 5"""
_SEARCH = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?thing ?label WHERE {
  ?thing rdfs:label|skos:altLabel|skos:prefLabel ?name ; rdfs:label|skos:prefLabel ?label
  FILTER(CONTAINS(LCASE(STR(?name)), ?wanted) && LANG(?label) = "en" && STRSTARTS(STR(?thing), "https://w3id.org/comity/"))
} ORDER BY ?label LIMIT 50"""
_LABELS = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?thing ?label WHERE { ?thing rdfs:label|skos:prefLabel ?label FILTER(LANG(?label) = ?language) } ORDER BY DESC(?label)"""
_EXISTS = "SELECT ?thing WHERE { VALUES ?thing { ?candidate } FILTER EXISTS { ?thing ?property ?value } }"
_VERSION = "SELECT ?version WHERE { ?dataset <http://www.w3.org/2002/07/owl#versionInfo> ?version }"
_MODIFIED = "SELECT ?day WHERE { ?dataset <http://purl.org/dc/terms/modified> ?day }"


def resolve(store: Store, text: str) -> ox.NamedNode:
    """Return the IRI of the thing that `text` names. Raises `InputError` if there is none or more than one."""
    text = text.strip()
    if re.match(r"https?://", text):
        return _iri(text)
    for candidate in _candidates(text):
        if len(_select(store, _EXISTS, candidate=candidate)):
            return candidate
    found = [row["thing"] for row in _select(store, _BY_NAME, wanted=ox.Literal(text.lower()))]
    if len(found) == 1:
        return ox.NamedNode(str(found[0]))
    if found:
        raise InputError(f"{text} may be {_listed(found)}; give one of these")
    near = [row["thing"] for row in _select(store, _CLOSE, wanted=ox.Literal(text.lower()))]
    raise InputError(f"nothing is called {text}; {'did you mean ' + _listed(near) + '?' if near else 'search by ISO code, name or kind/slug'}")


def newest(store: Store) -> datetime.date:
    """Return the day of the newest row, today for a graph that does not say. Nothing that rests on it ages before the next build."""
    days = (datetime.date.fromisoformat(row["day"]) for row in _select(store, _MODIFIED, dataset=DATASET) if row["day"])
    return max(days, default=datetime.date.today())


def latest(store: Store) -> datetime.date:
    """Return today, or the day of the newest row where this machine's clock is behind it."""
    return max(datetime.date.today(), newest(store))


def dataset_version(store: Store) -> str:
    """Return the version of the dataset in `store`, or `unversioned` for a graph that is not a build of ours."""
    rows = list(_select(store, _VERSION, dataset=DATASET))
    return str(rows[0]["version"]) if rows else "unversioned"


def _candidates(text: str) -> list[ox.NamedNode]:
    """The IRIs that `text` may stand for as a path or slug."""
    if not re.fullmatch(r"[\w/-]+", text, re.ASCII):
        return []
    if text.startswith("concept/"):
        return [ox.NamedNode(CONCEPT + text.removeprefix("concept/"))]
    if "/" in text:
        return [ox.NamedNode(ID + text), ox.NamedNode(BASE + text)]
    return [ox.NamedNode(f"{ID}{kind}/{slug}") for kind in KINDS for slug in dict.fromkeys((text, text.upper(), text.lower()))]


def _iri(text: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(text)
    except ValueError:
        raise InputError(f"{text} is no valid IRI; percent-encode what does not belong in one") from None


def _select(store: Store, text: str, **terms: ox.NamedNode | ox.Literal) -> Rows:
    return store.query(text, terms).rows


def _listed(iris: list[str | None]) -> str:
    return ", ".join(str(iri).removeprefix(ID).removeprefix(BASE) for iri in iris)


def labels(store: Store, language: str) -> dict[str, str]:
    """Return what things, codes and properties are called in a language, by IRI."""
    return {str(row["thing"]): str(row["label"]) for row in _select(store, _LABELS, language=ox.Literal(language))}


def search(store: Store, text: str) -> list[tuple[str, str]]:
    """Return IRI and English label of up to fifty things whose names hold `text`, sorted by label."""
    wanted = text.strip().lower()
    if not wanted:
        return []
    rows = _select(store, _SEARCH, wanted=ox.Literal(wanted))
    return [(str(row["thing"]), str(row["label"])) for row in rows]
