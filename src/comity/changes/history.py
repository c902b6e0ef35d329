"""The record clock of a graph becomes entries of a feed: of the whole graph, of one thing, of the answer to one query.

An entry is a day on which rows were entered or retracted. An answer is compared as the graph knew it that day and the day
before, for one and the same `as_of`, so that an entry is a change of what is known and not the passing of time.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import pyoxigraph as ox

from comity.changes.answers import AnswerChange, answer_change
from comity.errors import InputError
from comity.graph import Graph
from comity.names import newest
from comity.queries import CLOCKS, Question, bindings, day
from comity.store import Store, View
from comity.views import Moment
from comity.vocabulary import BASE, GRAPH, ID

_DAYS = """PREFIX comity: <https://w3id.org/comity/ns#>
SELECT ?table ?day ?clock (COUNT(?row) AS ?n) WHERE { VALUES ?clock { comity:recordedOn comity:retractedOn } GRAPH ?table { ?row ?clock ?day } }
GROUP BY ?table ?day ?clock ORDER BY DESC(?day) ?table ?clock"""
_OF_THING = """PREFIX comity: <https://w3id.org/comity/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT DISTINCT ?day ?clock ?row ?source ?locator ?grade WHERE {
  VALUES ?clock { comity:recordedOn comity:retractedOn }
  { BIND(?thing AS ?row) ?row ?clock ?day } UNION { ?row ?link ?thing ; ?clock ?day FILTER(?row != ?thing) }
  OPTIONAL { ?row prov:hadPrimarySource ?source }
  OPTIONAL { ?row comity:locator ?locator }
  OPTIONAL { ?row comity:evidenceGrade ?grade }
} ORDER BY DESC(?day) ?row ?clock ?source"""
_RECORDED = "SELECT DISTINCT ?day WHERE { ?row <https://w3id.org/comity/ns#recordedOn>|<https://w3id.org/comity/ns#retractedOn> ?day } ORDER BY DESC(?day)"
_WORDS = {"recordedOn": "entered", "retractedOn": "retracted"}
#: days of which one answer is looked at, and rows that one entry spells out; an entry with more says so and leads to all of them
_DAYS_LOOKED_AT, _ROWS_TOLD = 12, 200


@dataclass(frozen=True)
class Entry:
    """One entry: its IRI, its title, the day of the change, the path on this host that leads to it, and its lines of text."""

    iri: str
    title: str
    day: datetime.date
    path: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Feed:
    """A feed: its path on this host, its title, the page it is about, its last change, its entries, newest first, and what it leaves out, if anything."""

    path: str
    title: str
    about: str
    updated: datetime.date
    entries: tuple[Entry, ...]
    note: str = ""


def of_graph(graph: Graph) -> Feed:
    """Return the feed of the whole graph: one entry a day and table."""
    counted: dict[tuple[str, str], dict[str, int]] = {}
    for row in graph.store.query(_DAYS).rows:
        if str(row["table"]).startswith(f"{GRAPH}inferred/"):
            continue
        counted.setdefault((str(row["day"]), str(row["table"])), {})[_word(row["clock"])] = int(str(row["n"]))
    entries = tuple(_of_table(date, table, counts) for (date, table), counts in counted.items())
    return Feed("/changes", "Comity: what was entered and retracted", "/", _newest(entries, graph.store), entries)


def _of_table(date: str, table: str, counts: Mapping[str, int]) -> Entry:
    name = table.removeprefix(GRAPH)
    said = ", ".join(f"{counts[word]:,} {word}" for word in _WORDS.values() if word in counts)
    query = urlencode({"table": table, "since": date, "known_on": date})
    return Entry(f"{BASE}changes/{date}/{name}", f"{name}: {said}", datetime.date.fromisoformat(date), f"/queries/changes/recorded-since?{query}", (said,))


def of_thing(graph: Graph, kind: str, slug: str) -> Feed:
    """Return the feed of one thing: one entry a day, with the rows that name it, each with its source. Raises `InputError` if there are none."""
    thing = f"{kind}/{slug}"
    try:
        rows = list(graph.store.query(_OF_THING, {"thing": ox.NamedNode(ID + thing)}).rows)
    except ValueError:
        rows = []
    days: dict[str, dict[tuple[str, str], str]] = {}
    for row in rows:
        evidence = ", ".join(part for part in (str(row["source"] or "").removeprefix(ID), row["locator"], str(row["grade"] or "").rsplit("/", 1)[-1]) if part)
        days.setdefault(str(row["day"]), {}).setdefault((_word(row["clock"]), str(row["row"]).removeprefix(ID)), evidence)
    if not days:
        raise InputError(f"{ID}{thing} has no row in this graph; search by ISO code or name at /search")
    entries = tuple(_of_day(thing, date, told) for date, told in days.items())
    label = graph.describe(ID + thing).label
    return Feed(f"/changes/{thing}", f"Comity: rows that name {label}", f"/doc/{thing}", _newest(entries, graph.store), entries)


def _of_day(thing: str, date: str, told: Mapping[tuple[str, str], str]) -> Entry:
    lines = _told([f"{word} {row} [{evidence}]" for (word, row), evidence in told.items()])
    title = ", ".join(f"{n} {w}" for w in _WORDS.values() if (n := sum(1 for word, _ in told if word == w)))
    return Entry(f"{BASE}changes/{thing}/{date}", title, datetime.date.fromisoformat(date), f"/doc/{thing}?known_on={date}", lines)


def of_query(graph: Graph, question: Question, values: Mapping[str, str]) -> Feed:
    """Return the feed of one query with these values: one entry for each day on which its answer changed, with the rows that went and came.

    Raises `InputError` for a value that does not fit, and for `known_on`, which the feed itself sets.
    """
    if "known_on" in values:
        raise InputError("known_on is the clock of the feed itself; leave it away")
    own = {p.name for p in question.parameters}
    bindings(graph.store, question, {name: value for name, value in values.items() if name in own or name not in CLOCKS})  # refuses what does not fit
    fixed = {**values, **({"as_of": day(graph.store, "as_of", values["as_of"]).isoformat()} if "as_of" in values else {})}
    days = [datetime.date.fromisoformat(str(row["day"])) for row in graph.store.query(_RECORDED).rows]
    found = [(date, change) for date in days[:_DAYS_LOOKED_AT] if (change := _change_on(graph.store, question, fixed, date))]
    query = urlencode(fixed)
    path = f"/changes/queries/{question.name}{'?' + query if query else ''}"
    entries = tuple(_of_answer(question, change, date, fixed) for date, change in found)
    left = len(days) - _DAYS_LOOKED_AT
    note = f"Only the last {_DAYS_LOOKED_AT} of {len(days)} days on which rows were recorded were looked at." if left > 0 else ""
    return Feed(path, f"Comity: {question.summary}", f"/queries/{question.name}{'?' + query if query else ''}", _newest(entries, graph.store), entries, note)


def _change_on(store: Store, question: Question, values: Mapping[str, str], date: datetime.date) -> AnswerChange | None:
    """Compare the answer as known on `date` with that of the day before; a query without that clock is asked of the view of each day."""
    days = (date - datetime.timedelta(days=1), date)
    if CLOCKS[1] in {p.name for p in question.parameters}:
        before, after = ({CLOCKS[1]: d.isoformat()} for d in days)
        return answer_change(question, values, store, store, (before, after))
    old, new = (View(store, Moment(known_on=d)) for d in days)
    return answer_change(question, values, old, new)


def _of_answer(question: Question, change: AnswerChange, date: datetime.date, values: Mapping[str, str]) -> Entry:
    lines = _told([change.columns, *(f"- {row}" for row in change.went), *(f"+ {row}" for row in change.came)])
    query = urlencode({**values, "known_on": date.isoformat()})
    name = f"{BASE}changes/queries/{question.name}/{date}{'?' + urlencode(values) if values else ''}"
    return Entry(name, f"{len(change.went)} rows went, {len(change.came)} came, {change.after} in all", date, f"/queries/{question.name}?{query}", lines)


def _told(lines: list[str]) -> tuple[str, ...]:
    if len(lines) <= _ROWS_TOLD:
        return tuple(lines)
    return (*lines[:_ROWS_TOLD], f"{len(lines) - _ROWS_TOLD} more lines are not spelled out here; the link of this entry leads to all")


def _newest(entries: tuple[Entry, ...], store: Store) -> datetime.date:
    return max((entry.day for entry in entries), default=newest(store))


def _word(clock: str | None) -> str:
    return _WORDS[str(clock).rsplit("#", 1)[-1]]
