"""The graph becomes the records that bear on paradigms, read once for one day of the record clock.

Every day of the valid clock can then be classified without asking the graph again. A transfer rule without a first day counts
from the day of its recording; a supervision, access, membership or commitment without one does not count.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import pyoxigraph as ox

from comity.paradigms.records import Access, Line, Published, Records, Row, Rule, Supervision, Tie
from comity.queries import day
from comity.store import Store
from comity.vocabulary import ID, XSD

_EVIDENCE = "prov:hadPrimarySource ?source ; comity:evidenceGrade ?grade"
_CLOCKS = "comity:heldFrom ?start ; comity:heldUntil ?end ; comity:knownFrom ?known ; comity:knownUntil ?gone"
_KNOWN = "FILTER(!(?known > ?known_on) && ?known_on < ?gone)"
_ROW = f"""?row comity:jurisdiction ?who ; comity:heldUntil ?end ; comity:knownFrom ?known ; comity:knownUntil ?gone ; {_EVIDENCE} .
  OPTIONAL {{ ?row comity:heldFrom ?start }} OPTIONAL {{ ?row comity:locator ?locator }} {_KNOWN}"""
_HEAD = "SELECT ?row ?who ?start ?end ?known ?source ?locator ?grade"
_RULES = f"""{_HEAD} ?default ?localisation ?category ?document ?mechanism WHERE {{
  ?row comity:transferDefault ?default ; comity:dataCategory ?category . {_ROW}
  OPTIONAL {{ ?row comity:localisation ?localisation }} OPTIONAL {{ ?row comity:basedOn ?document }} OPTIONAL {{ ?row comity:mechanism ?mechanism }}
}} ORDER BY ?row ?mechanism"""
_WATCH = f"{_HEAD} ?coverage ?independence WHERE {{ ?row comity:coverage ?coverage ; comity:independence ?independence . {_ROW} }} ORDER BY ?row"
_ACCESS = f"{_HEAD} ?kind WHERE {{ ?row comity:accessKind ?kind . {_ROW} }} ORDER BY ?row"
_ABSENT = f"""PREFIX legal: <https://w3id.org/comity/concept/legal-status/> PREFIX topic: <https://w3id.org/comity/concept/topic/>
{_HEAD} WHERE {{
  ?status rdf:object legal:no-law ; rdf:predicate comity:hadStatus ; rdf:subject ?row ; {_CLOCKS} .
  ?row comity:issuedBy ?who ; comity:topic topic:personal-data-protection ; {_EVIDENCE} .
  OPTIONAL {{ ?row comity:locator ?locator }} {_KNOWN} }} ORDER BY ?row"""
_MEMBERS = f"""PREFIX membership: <https://w3id.org/comity/concept/membership-status/>
{_HEAD} ?other WHERE {{
  ?other a comity:SupranationalUnion .
  ?row comity:inOrganization ?other ; comity:member ?who ; comity:membershipStatus membership:member ; {_CLOCKS} ; {_EVIDENCE} .
  OPTIONAL {{ ?row comity:locator ?locator }} {_KNOWN} }} ORDER BY ?row"""
_DUTY = f"""?other a ?class . FILTER(?class IN (comity:TradeAgreement, comity:DigitalEconomyAgreement))
  ?duty comity:partOf ?other ; comity:topic topic:data-flows ; comity:stance stance:requires ; comity:bindingness bindingness:hard ;
    comity:knownFrom ?dutyKnown ; comity:knownUntil ?dutyGone . {_KNOWN} FILTER(!(?dutyKnown > ?known_on) && ?known_on < ?dutyGone)"""
_TIES = """PREFIX bindingness: <https://w3id.org/comity/concept/bindingness/> PREFIX stance: <https://w3id.org/comity/concept/stance/>
PREFIX status: <https://w3id.org/comity/concept/participation-status/> PREFIX topic: <https://w3id.org/comity/concept/topic/>
SELECT DISTINCT ?row ?who ?start ?end ?known ?other"""
_PARTIES = f"""{_TIES} WHERE {{
  ?row comity:inInstrument ?other ; comity:participant ?who ; comity:status ?capacity ; {_CLOCKS} .
  FILTER(?capacity IN (status:party, status:provisional)) {_DUTY} }} ORDER BY ?row"""
_BOUND = f"{_TIES} WHERE {{ ?row rdf:predicate comity:boundBy ; rdf:subject ?who ; rdf:object ?other ; {_CLOCKS} . {_DUTY} }} ORDER BY ?row"
_PUBLISHED = f"""PREFIX basis: <https://w3id.org/comity/concept/basis/> PREFIX concept: <https://w3id.org/comity/concept/>
{_HEAD} ?scheme ?paradigm ?label WHERE {{
  ?row comity:subject ?who ; comity:basis basis:published ; comity:paradigm ?paradigm ; {_CLOCKS} ; {_EVIDENCE} .
  ?paradigm skos:inScheme ?scheme ; skos:prefLabel ?label . FILTER(LANG(?label) = "en" && ?scheme != concept:paradigm) {_KNOWN}
  OPTIONAL {{ ?row comity:locator ?locator }} }} ORDER BY ?row"""
_TWICE = """SELECT ?rule ?row ?first ?second ?kept ?keptAgain WHERE {
  ?row comity:codingOf ?rule ; comity:transferDefault ?second ; comity:knownFrom ?known ; comity:knownUntil ?gone . ?rule comity:transferDefault ?first .
  FILTER(!(?known > ?known_on) && ?known_on < ?gone)
  OPTIONAL { ?rule comity:localisation ?kept } OPTIONAL { ?row comity:localisation ?keptAgain }
} ORDER BY ?row"""
_LINES = f"""PREFIX concept: <https://w3id.org/comity/concept/>
SELECT ?row ?scheme ?position ?paradigm ?label ?summary ?source ?grade WHERE {{
  ?row a comity:DecisionRule ; comity:position ?position ; comity:paradigm ?paradigm ; comity:summary ?summary ; {_EVIDENCE} ;
    comity:knownFrom ?known ; comity:knownUntil ?gone .
  ?paradigm skos:inScheme ?scheme ; skos:prefLabel ?label . {_KNOWN} FILTER(LANG(?label) = "en" && ?scheme != concept:paradigm)
}} ORDER BY ?scheme ?position ?row"""
_ASKED = """SELECT ?row ?property ?code WHERE {
  ?row a comity:DecisionRule ; ?property ?code FILTER(STRSTARTS(STR(?property), "https://w3id.org/comity/ns#decides")) } ORDER BY ?row"""
_ABOUT = """SELECT ?who ?label ?region ?union WHERE {
  ?who rdfs:label ?label ; a ?kind . FILTER(LANG(?label) = "en" && ?kind IN (comity:State, comity:Territory, comity:SupranationalUnion))
  OPTIONAL { ?who comity:region ?area . ?area skos:prefLabel ?region FILTER(LANG(?region) = "en") }
  BIND(IF(?kind = comity:SupranationalUnion, "yes", "no") AS ?union) } ORDER BY ?who"""

#: attribute of a line → end of the name of its property
_COLUMNS = {"defaults": "Default", "localisations": "Localisation", "mechanisms": "Mechanism", "coverages": "Coverage",
            "independences": "Independence", "accesses": "Access"}
_Found = dict[str, str | None]
R = TypeVar("R", bound=Row)


def read(store: Store, known_on: str = "latest") -> Records:
    """Read all that bears on paradigms, as known on a day. Raises `InputError` for what is no day."""
    known = day(store, "known_on", known_on)

    def rows(text: str) -> Iterator[_Found]:
        terms = {"known_on": ox.Literal(known.isoformat(), datatype=ox.NamedNode(XSD + "date"))} if "?known_on" in text else {}
        return iter(store.query(text, terms).rows)

    about = list(rows(_ABOUT))
    return Records(
        known, _lines(rows(_LINES), rows(_ASKED)), _rules(rows(_RULES)),
        _grouped(Supervision(**_row(r), coverage=_slug(r["coverage"]), independence=_slug(r["independence"])) for r in rows(_WATCH) if r["start"]),
        _grouped(Access(**_row(r), kind=_slug(r["kind"])) for r in rows(_ACCESS) if r["start"]),
        _grouped(Tie(**_row(r), other=_slug(r["other"])) for r in rows(_MEMBERS)),
        _grouped(Tie(**_row(r), other=_slug(r["other"])) for text in (_PARTIES, _BOUND) for r in rows(text)),
        _grouped(Row(**_row(r)) for r in rows(_ABSENT)),
        _grouped(Published(**_row(r), scheme=_slug(r["scheme"]), paradigm=_slug(r["paradigm"]), label=str(r["label"])) for r in rows(_PUBLISHED)),
        tuple(((_slug(r["first"]), _code(r["kept"]), frozenset()), (_slug(r["second"]), _code(r["keptAgain"]), frozenset())) for r in rows(_TWICE)),
        {_slug(r["who"]): str(r["label"]) for r in about}, {_slug(r["who"]): str(r["region"]) for r in about if r["region"]},
        frozenset(_slug(r["who"]) for r in about if r["union"] == "yes"))


def _slug(iri: object) -> str:
    return str(iri).rpartition("/")[2]


def _code(iri: str | None) -> str | None:
    return _slug(iri) if iri else None


def _row(found: _Found) -> dict[str, Any]:
    start = found["start"] or found["known"]
    return {"id": str(found["row"]).removeprefix(ID), "jurisdiction": _slug(found["who"]), "start": datetime.date.fromisoformat(str(start)),
            "end": datetime.date.fromisoformat(str(found["end"])), "source": _slug(found.get("source") or ""), "locator": str(found.get("locator") or ""),
            "grade": _slug(found.get("grade") or ""), "dated": found["start"] is not None}


def _grouped(rows: Iterable[R]) -> dict[str, tuple[R, ...]]:
    found: dict[str, list[R]] = {}
    for row in rows:
        found.setdefault(row.jurisdiction, []).append(row)
    return {who: tuple(sorted(found[who], key=lambda r: r.id)) for who in sorted(found)}


def _rules(rows: Iterator[_Found]) -> dict[str, tuple[Rule, ...]]:
    first: dict[str, _Found] = {}
    offered: dict[str, set[str]] = {}
    for row in rows:
        first.setdefault(str(row["row"]), row)
        if row["mechanism"]:
            offered.setdefault(str(row["row"]), set()).add(_slug(row["mechanism"]))
    return _grouped(Rule(**_row(r), default=_slug(r["default"]), localisation=_code(r["localisation"]),
                         mechanisms=frozenset(offered.get(name, ())), category=_slug(r["category"]), document=_code(r["document"]))
                    for name, r in first.items())


def _lines(rows: Iterator[_Found], asked: Iterator[_Found]) -> dict[str, tuple[Line, ...]]:
    codes: dict[tuple[str, str], set[str]] = {}
    for row in asked:
        codes.setdefault((str(row["row"]), str(row["property"]).rpartition("#decides")[2]), set()).add(_slug(row["code"]))
    found: dict[str, list[Line]] = {}
    for row in rows:
        asks = {column: frozenset(codes.get((str(row["row"]), kind), ())) for column, kind in _COLUMNS.items()}
        line = Line(id=_slug(row["row"]), scheme=_slug(row["scheme"]), position=int(str(row["position"])), paradigm=_slug(row["paradigm"]),
                    label=str(row["label"]), summary=str(row["summary"]), source=_slug(row["source"]), grade=_slug(row["grade"]), **asks)
        found.setdefault(line.scheme, []).append(line)
    return {scheme: tuple(found[scheme]) for scheme in sorted(found)}
