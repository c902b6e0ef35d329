"""Queries of the Reconciliation Service API 0.2 become candidates, and the ids of matched things become columns.

An empty cell says that no row holds, never that the thing is no member or party. Labels of paradigms are our own coding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from comity.errors import InputError
from comity.graph import Graph
from comity.matching import Candidate, Matcher, Thing, read
from comity.names import resolve
from comity.vocabulary import ID, NS

MOST_QUERIES, MOST_IDS, MOST_CANDIDATES = 100, 1000, 50
_TYPES = ("State", "Territory", "FormerState", "SupranationalUnion", "InternationalOrganization", "Bloc", "Authority", "Firm", "Actor",
          "AigcProvider", "AigcModel", "AigcService", "Agreement", "TradeAgreement", "Statute", "DesignationList")
#: id → name and description of each column
PROPERTIES = {
    "iso2": ("ISO 3166-1 alpha-2", "Two-letter code."),
    "iso3": ("ISO 3166-1 alpha-3", "Three-letter code."),
    "m49": ("UN M49", "Three-digit code of the United Nations."),
    "wikidata": ("Wikidata id", "Q and a number."),
    "member-of": ("Member of X on date D", "The capacity in which it belongs to the organisation `of` on the day `on`; empty where no row says so."),
    "party-to": ("Party to X on date D", "The capacity in which it takes part in the agreement `of` on the day `on`; empty where no row says so."),
    "paradigm": ("Paradigm on date D", "How its rules on transfer are classified in `scheme` on the day `on`: our own coding."),
}
_CODES = {"iso2": re.compile("[A-Z]{2}"), "iso3": re.compile("[A-Z]{3}"), "m49": re.compile("[0-9]{3}"), "wikidata": re.compile("Q[0-9]+")}
_STRICT = ("any", "should", "all")
_KEYS = {"query", "type", "limit", "properties", "type_strict"}
SETTINGS = [
    {"type": "text", "name": "of", "label": "X: organisation or agreement", "default": "",
     "help_text": "Name, abbreviation or id, for member-of and party-to."},
    {"type": "text", "name": "on", "label": "D: day", "default": "today", "help_text": "YYYY-MM-DD or today."},
    {"type": "text", "name": "scheme", "label": "Scheme of paradigms", "default": "wic", "help_text": "For paradigm."},
]
Cell = dict[str, Any]


class Reconciler:
    """A graph that answers reconciliation; its names are read once, when first asked for."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    @cached_property
    def matcher(self) -> Matcher:
        """All names of the graph."""
        return read(self.graph.store)

    def batch(self, queries: object) -> dict[str, Any]:
        """Answer a batch of queries by key. Raises `InputError` for what the specification does not allow."""
        if not isinstance(queries, dict):
            raise InputError("queries: not an object of queries by key; send {\"q0\": {\"query\": \"Japan\"}}")
        if len(queries) > MOST_QUERIES:
            raise InputError(f"queries: {len(queries)} at once; send at most {MOST_QUERIES}")
        return {key: {"result": [_candidate(c) for c in self._find(key, query)]} for key, query in queries.items()}

    def _find(self, key: str, query: object) -> list[Candidate]:
        if not isinstance(query, dict) or not isinstance(query.get("query", ""), str) or not (query.get("query") or query.get("properties")):
            raise InputError(f"queries.{key}: has neither the text `query` nor `properties`; give one")
        if query.keys() - _KEYS:
            raise InputError(f"queries.{key}: {min(query.keys() - _KEYS)} is no part of a query; use {', '.join(sorted(_KEYS))}")
        kinds = query.get("type") or []
        kinds = [kinds] if isinstance(kinds, str) else kinds
        limit, properties = query.get("limit", 5), query.get("properties", [])
        if query.get("type_strict", "should") not in _STRICT:
            raise InputError(f"queries.{key}.type_strict: {query['type_strict']}; use one of {', '.join(_STRICT)}")
        if not isinstance(limit, int) or not 1 <= limit <= MOST_CANDIDATES:
            raise InputError(f"queries.{key}.limit: {limit}; give a whole number from 1 to {MOST_CANDIDATES}")
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds) or not isinstance(properties, list):
            raise InputError(f"queries.{key}: type is a text or a list of texts, properties a list; mend it")
        keep = self._constraint(key, properties)
        strict = query.get("type_strict") == "all"
        text = query.get("query") or _first_code(properties)
        plain = [kind.removeprefix(NS) for kind in kinds]

        def kept(thing: Thing) -> bool:
            return keep(thing) and (not strict or all(kind in thing.kinds for kind in plain))
        return self.matcher.match(text, kinds=plain, limit=limit, keep=kept)

    def _constraint(self, key: str, properties: Sequence[Any]) -> Callable[[Thing], bool]:
        """Return what a thing must fulfil: each property has one of the values given for it."""
        wanted: list[tuple[str, set[str], set[str]]] = []
        for given in properties:
            pid = given.get("pid") if isinstance(given, dict) else None
            if pid not in PROPERTIES or "v" not in given:
                raise InputError(f"queries.{key}.properties: {pid} is no property here; use one of {', '.join(PROPERTIES)}, each with v")
            if not _is_value(given["v"]):
                raise InputError(f"queries.{key}.properties.{pid}: v is a text, a number, a truth value, an entity with id, or a list of such; mend it")
            if pid == "paradigm":
                raise InputError(f"queries.{key}.properties: paradigm is a column only; fetch it by data extension")
            values = _values(given["v"])
            held = set().union(*(self._holders(pid, value, "today").keys() for value in values)) if pid in ("member-of", "party-to") else set()
            wanted.append((pid, values, held))
        return lambda thing: all(thing.iri in held if pid in ("member-of", "party-to") else bool(values & set(_codes(thing, pid)))
                                 for pid, values, held in wanted)

    def _holders(self, pid: str, of: str, on: str) -> dict[str, str]:
        """Return IRI → capacity of those who belong to, or take part in, what `of` names on a day."""
        if not of:
            raise InputError(f"{pid}: the setting `of` is empty; name an organisation or agreement")
        iri = resolve(self.graph.store, of).value
        name, key, who = ("lookup/members", "organization", "member") if pid == "member-of" else ("lookup/parties", "agreement", "actor")
        return {str(row[who]): str(row["status"]).rsplit("/", 1)[-1] for row in self.graph.ask(name, **{key: iri, "as_of": on})}

    def extend(self, asked: object) -> dict[str, Any]:
        """Return the columns asked for of the things asked for, as a data extension response. Raises `InputError`."""
        ids, properties = (asked.get("ids"), asked.get("properties")) if isinstance(asked, dict) else (None, None)
        if not isinstance(ids, list) or not isinstance(properties, list) or not all(isinstance(i, str) for i in ids):
            raise InputError("extend: needs the lists ids and properties; see the specification of data extension 0.2")
        if len(ids) > MOST_IDS:
            raise InputError(f"extend: {len(ids)} ids at once; send at most {MOST_IDS}")
        columns: dict[str, Callable[[Thing], list[Cell]]] = {}
        for given in properties:
            pid = given.get("id") if isinstance(given, dict) else None
            if not isinstance(pid, str) or pid not in PROPERTIES:
                raise InputError(f"extend: {pid} is no property here; use one of {', '.join(PROPERTIES)}")
            settings = given.get("settings", {})
            if not isinstance(settings, dict):
                raise InputError(f"extend: the settings of {pid} are no object; send {{\"of\": \"EU\", \"on\": \"2024-01-01\"}} or none")
            columns[pid] = self._column(pid, settings)
        things = {i: self.matcher.things.get(i if i.startswith(ID) else ID + i) for i in ids}
        return {"meta": [{"id": pid, "name": PROPERTIES[pid][0]} for pid in columns],
                "rows": {i: {pid: cells(thing) if thing else [{}] for pid, cells in columns.items()} for i, thing in things.items()}}

    def _column(self, pid: str, settings: Mapping[str, Any]) -> Callable[[Thing], list[Cell]]:
        of, on, scheme = (str(settings.get(name) or default) for name, default in (("of", ""), ("on", "today"), ("scheme", "wic")))
        if pid in ("member-of", "party-to"):
            held = self._holders(pid, of, on)
            return lambda thing: _texts([held[thing.iri]] if thing.iri in held else [])
        if pid == "paradigm":
            return lambda thing: self._paradigm(thing, on, scheme)
        return lambda thing: _texts(_codes(thing, pid))

    def _paradigm(self, thing: Thing, on: str, scheme: str) -> list[Cell]:
        if not {"State", "Territory", "SupranationalUnion"} & set(thing.kinds):
            return [{}]
        found = self.graph.paradigm(thing.id, as_of=on, scheme=scheme).found[0]
        return _texts([found.label] if found.label else [])


def types() -> list[dict[str, str]]:
    """Return the types by which candidates can be filtered."""
    return [{"id": name, "name": name} for name in _TYPES]


def _candidate(candidate: Candidate) -> dict[str, Any]:
    thing = candidate.thing
    return {"id": thing.id, "name": thing.label, "score": candidate.score, "match": candidate.match, "description": f"by the name {candidate.name}",
            "type": [{"id": kind, "name": kind} for kind in thing.kinds], "features": [{"id": "name", "value": candidate.score}]}


def _codes(thing: Thing, pid: str) -> list[str]:
    return [code for code in thing.codes if _CODES[pid].fullmatch(code)]


def _is_value(given: Any) -> bool:
    """Whether `given` is what the specification allows as the value of a property."""
    listed = given if isinstance(given, list) else [given]
    return all(isinstance(v, (str, int, float)) or (isinstance(v, dict) and isinstance(v.get("id"), str)) for v in listed)


def _values(given: Any) -> set[str]:
    """Return the values of a constraint as texts; an entity counts by its id."""
    return {str(v.get("id", "")) if isinstance(v, dict) else str(v) for v in (given if isinstance(given, list) else [given])}


def _first_code(properties: Sequence[Any]) -> str:
    """Return a code among the constraints, which names the thing where no name is given."""
    return next((value for p in properties if p["pid"] in ("wikidata", "iso3", "m49", "iso2") for value in sorted(_values(p["v"]))), "")


def _texts(values: list[str]) -> list[Cell]:
    return [{"str": value} for value in values] or [{}]
