"""One row of an answer becomes the rows of evidence that matched the query, with their sources.

The query is asked once more with the row's values given and all its variables returned; what is evidence among them, or stands
behind a derived statement between them, is looked up.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from comity.errors import InputError, QueryError
from comity.names import KINDS
from comity.reasons.pieces import cut
from comity.sparql.reader import Reader
from comity.store import Store
from comity.syntax import Term, tokens
from comity.vocabulary import ID, NS

_MATCHES, _MOST = 50, 200
_INTRODUCED = tuple(f"{kind}/" for kind in KINDS)
_EVIDENCE = """
PREFIX comity: <https://w3id.org/comity/ns#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX schema: <http://schema.org/>
SELECT DISTINCT ?row ?source ?title ?page ?locator ?grade WHERE {
  VALUES ?row { %s }
  ?row prov:hadPrimarySource ?source
  OPTIONAL { ?row comity:evidenceGrade ?grade }
  OPTIONAL { ?row comity:locator ?locator }
  OPTIONAL { ?source dcterms:title ?title }
  OPTIONAL { ?source schema:url ?page }
} ORDER BY ?row ?source ?title"""
_BEHIND = """
PREFIX comity: <https://w3id.org/comity/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
SELECT DISTINCT ?row WHERE {
  VALUES ?subject { %s }
  VALUES ?predicate { %s }
  ?derivation rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object ; a comity:Derivation ; prov:wasDerivedFrom ?row
  VALUES ?object { %s }
} ORDER BY ?row LIMIT 100"""


@dataclass(frozen=True)
class Evidence:
    """One row of the tables behind a row of an answer, with its source.

    Attributes: `row` and `source`, IRIs; `title` and `page` of the source; `locator`, where in it; `grade`, the code of the evidence
    grade; `role`, how the row bears on the answer: `match` if the query matched it, `behind` if a statement that the query matched was
    derived from it, `thing` if it introduces an actor, an instrument or another thing that the match names.
    """

    row: str
    source: str
    title: str
    page: str
    locator: str
    grade: str
    role: str


def why(store: Store, text: str, row: Mapping[str, Term], prefixes: Mapping[str, str]) -> list[Evidence]:
    """Return the evidence for `row`, the values of an answer to `text` by variable; first what matched, then what is behind, then the things.

    A row that counts or groups has the evidence of all rows that went into it, up to 50 of their matches. Empty if nothing in the
    match is a row of the tables, as with terms of the ontology. Raises `QueryError`, and `InputError` for variables not in the query.
    """
    known = {t.text[1:] for t in tokens(text) if t.kind == "variable"}
    strange = sorted(row.keys() - known)
    if strange:
        raise InputError(f"the query has no variable ?{strange[0]}; send the values of a row of its answer")
    found = {cell.value for cells in store.query(_asked(text, row)).rows.cells for cell in cells if isinstance(cell, ox.NamedNode)}
    named = _named(text, prefixes)
    things = sorted(iri for iri in found | named if iri.startswith(ID))[:_MOST]
    matched = [iri for iri in things if not iri.removeprefix(ID).startswith(_INTRODUCED)]
    behind = _behind(store, things, sorted(iri for iri in named if iri.startswith(NS))) - {*things}
    return [*_evidence(store, matched, "match"), *_evidence(store, sorted(behind), "behind"),
            *_evidence(store, [iri for iri in things if iri not in matched], "thing")]


def _asked(text: str, row: Mapping[str, Term]) -> str:
    """Return the query for all variables of a match that gives `row`; what BIND or a sub-query makes is compared after it is made."""
    read = cut(text)
    inside = [t for t in tokens(read.body) if t.kind not in ("space", "comment")]
    variables = sorted({t.text[1:] for t in inside if t.kind == "variable"})
    if not variables:
        raise QueryError("the query has no variable, so that its answer rests on no row in particular")
    made = {after.text[1:] for word, after in itertools.pairwise(inside) if word.text.upper() == "AS" and after.kind == "variable"}
    given = {name: term for name, term in row.items() if name in variables}
    first = " ".join(f"VALUES ?{name} {{ {term} }}" for name, term in sorted(given.items()) if name not in made)
    last = " ".join(f"VALUES ?{name} {{ {term} }}" for name, term in sorted(given.items()) if name in made)
    body = f"{{ {read.body} }}" if [p.kind for p in read.pieces] == ["SELECT"] else read.body
    projected = " ".join(f"?{name}" for name in variables)
    return f"{read.prologue}SELECT DISTINCT {projected} {read.dataset}WHERE {{ {first} {body}\n {last} {read.values} }} LIMIT {_MATCHES}"


def _named(text: str, prefixes: Mapping[str, str]) -> set[str]:
    """Return the IRIs that the query names, none if it is too long to be looked at."""
    try:
        return {node.text[1:-1] for node in Reader(text, prefixes).iris()}
    except QueryError:
        return set()


def _behind(store: Store, things: list[str], predicates: list[str]) -> set[str]:
    """Return the rows behind the statements that were derived between `things` with one of `predicates`."""
    if not things or not predicates:
        return set()
    rows = store.query(_BEHIND % (_listed(things), _listed(predicates), _listed(things))).rows
    return {str(row["row"]) for row in rows}


def _evidence(store: Store, things: list[str], role: str) -> list[Evidence]:
    if not things:
        return []
    found: dict[tuple[str, str], Evidence] = {}
    for row in store.query(_EVIDENCE % _listed(things)).rows:
        made = Evidence(str(row["row"]), str(row["source"]), row["title"] or "", row["page"] or "", row["locator"] or "",
                        (row["grade"] or "").rsplit("/", 1)[-1], role)
        found.setdefault((made.row, made.source), made)
    return list(found.values())


def _listed(iris: Iterable[str]) -> str:
    return " ".join(f"<{iri}>" for iri in iris)
