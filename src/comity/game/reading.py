"""The graph becomes the panel of the game: strategies from coded rules, ties and measures from the queries in `queries/network`."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from comity.errors import InputError
from comity.game.panel import COVARIATES, PRESSURES, RELATIONS, STRATEGIES, UNKNOWN, Panel
from comity.game.strategies import strategy
from comity.graph import Graph
from comity.network import Slice
from comity.network.project import Reader
from comity.network.records import Record
from comity.paradigms import Records
from comity.paradigms.classify import rules_on
from comity.paradigms.records import PERSONAL

#: an agreement with more parties ties everybody to everybody
MOST = 60
FIRST, LAST = 1990, 2100
_ADEQUACY, _SECURITY = "adequacy", "security-access"


def read(graph: Graph, *, first: int = 1999, last: int = 2025, known_on: str = "latest") -> Panel:
    """Return the panel of the years `first` to `last`, each as of 31 December; a union stands for its members.

    Raises `InputError` for years that are reversed, out of range or after the newest rows, and if nobody has a strategy.
    """
    records = graph.paradigms(known_on=known_on)
    if not FIRST <= first < last <= LAST:
        raise InputError(f"years {first} to {last}: give two years from {FIRST} to {LAST}, the earlier first")
    if last > records.known_on.year or (last == records.known_on.year and records.known_on < datetime.date(last, 12, 31)):
        raise InputError(f"the year {last} was not over on {records.known_on}, the day of the newest rows; give an earlier last year")
    ends = [datetime.date(year, 12, 31) for year in range(first, last + 1)]
    readers = [Reader(graph.store, graph.layout.queries, Slice(day.isoformat(), known_on), questions=graph.queries()) for day in ends]
    table = {day: _played(records, day, reader) for day, reader in zip(ends, readers, strict=True)}
    actors = tuple(sorted({who for found in table.values() for who in found}))
    if not actors:
        raise InputError(f"no rule coded for {first} to {last} says what a jurisdiction plays; give other years")
    place = {who: i for i, who in enumerate(actors)}
    played = np.full((len(ends), len(actors)), UNKNOWN, dtype=np.int64)
    for t, day in enumerate(ends):
        for who, name in table[day].items():
            played[t, place[who]] = STRATEGIES.index(name)
    regions = tuple(records.regions.get(who, "") for who in actors)
    ties = np.stack([_ties(reader, place, regions) for reader in readers])
    covariates = np.stack([_covariates(records, actors, day, ties[t]) for t, day in enumerate(ends)])
    pressures = np.stack([_pressures(records, reader, place, ties[t]) for t, reader in enumerate(readers)])
    return Panel(actors, tuple(day.year for day in ends), played, ties, covariates, pressures, regions)


def _played(records: Records, day: datetime.date, reader: Reader) -> dict[str, str]:
    found = {who: strategy(records, who, day).strategy for who in {*records.jurisdictions(), *records.commitments} if who not in reader.unions}
    return {who: name for who, name in found.items() if name}


def _ties(reader: Reader, place: dict[str, int], regions: tuple[str, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    tied = np.zeros((len(RELATIONS), len(place), len(place)), dtype=np.float32)
    for one, other in _shared(reader.records("trade")):
        if one in place and other in place:
            tied[0, place[one], place[other]] = 1
    for record in reader.records("recognitions"):
        if record.source in place and record.target in place:
            tied[1, place[record.source], place[record.target]] = tied[1, place[record.target], place[record.source]] = 1
    names = np.array(regions)
    tied[2] = (names[:, None] == names[None, :]) & (names != "")[:, None]
    tied[:, np.arange(len(place)), np.arange(len(place))] = 0
    return tied


def _shared(records: Iterable[Record]) -> set[tuple[str, str]]:
    parties: dict[str, set[str]] = defaultdict(set)
    for record in records:
        parties[record.topic].add(record.source)
    return {(a, b) for who in parties.values() if len(who) <= MOST for a in who for b in who if a != b}


def _covariates(records: Records, actors: tuple[str, ...], day: datetime.date, ties: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> np.ndarray[
        tuple[int, ...], np.dtype[np.float64]]:
    found = np.zeros((len(actors), len(COVARIATES)))
    found[:, 0] = np.log1p(ties[0].sum(axis=1))
    found[:, 1] = [any(row.kind == _SECURITY and row.holds(day) for row in records.accesses.get(who, ())) for who in actors]
    return found


def _pressures(records: Records, reader: Reader, place: dict[str, int], ties: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> np.ndarray[
        tuple[int, ...], np.dtype[np.float64]]:
    day = datetime.date.fromisoformat(reader.at.as_of)
    asks = np.array([float(any(_ADEQUACY in rule.mechanisms for rule, _ in rules_on(records, who, day, PERSONAL))) for who in place])
    found = np.zeros((len(place), len(PRESSURES)))
    found[:, 0] = ties[0] @ asks / np.maximum(ties[0].sum(axis=1), 1)
    for record in reader.records("measures"):
        if record.target in place:
            found[place[record.target], 1] += record.weight
    found[:, 1] = 1 - np.exp(-found[:, 1])
    return found
