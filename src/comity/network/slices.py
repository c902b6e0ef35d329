"""Networks of several days become what changed between them, tie by tie, with the instruments that caused each change.

Works on any graphs whose edges carry `through`, the ids behind a tie parted by blanks, as those of `project` do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Final

import networkx as nx

from comity.errors import InputError

#: what can happen to a tie
MOVES: Final = ("gained", "lost", "heavier", "lighter", "replaced")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Change:
    """What happened to one tie between two days.

    Attributes: `since` and `day`, the two; `source`, `target`, `layer`, `directed`; `move`, one of `MOVES` (`replaced`:
    as heavy as before, through something else); `before` and `after`, its weights, 0 where there was none; `came` and
    `gone`, sorted ids of what it runs through now and did not then, and the reverse.
    """

    since: str
    day: str
    source: str
    target: str
    layer: str
    directed: bool
    move: str
    before: float
    after: float
    came: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One day: the number of `ties` and the `changes` since the day before it in the list, none on the first."""

    day: str
    ties: int
    changes: tuple[Change, ...]

    def having(self, move: str) -> tuple[Change, ...]:
        """Return the changes of one kind. Raises `InputError` if there is none such."""
        if move not in MOVES:
            raise InputError(f"no tie is {move}; use one of {', '.join(MOVES)}")
        return tuple(change for change in self.changes if change.move == move)

    @property
    def causes(self) -> dict[str, tuple[Change, ...]]:
        """Return id → the changes it took part in by coming or going, those with most changes first."""
        found: dict[str, list[Change]] = {}
        for change in self.changes:
            for name in change.came + change.gone:
                found.setdefault(name, []).append(change)
        return {name: tuple(found[name]) for name in sorted(found, key=lambda name: (-len(found[name]), name))}


def slices(days: Iterable[str], project: Callable[[str], nx.Graph[Any]]) -> tuple[Step, ...]:
    """Return what changed from each day to the next.

    A tie is a pair of nodes in a layer; where `directed` is false on the edge, or the graph has no directions, both orders
    are one tie, reported with its ends in order. A day is taken as given: nothing is said of what came and went between two.

    Parameters: `days`, `YYYY-MM-DD`, each after the one before; `project`, which gives the network of a day, such as
    `lambda day: graph.network(as_of=day)`. Each edge needs `weight` and `through`; `layer` is its key where it has no attribute.
    Raises `InputError` for no days, a malformed day, days out of order, or an edge without weight or ids.
    """
    found: list[Step] = []
    earlier: dict[_Pair, _Tie] = {}
    for day in checked(days):
        now = _ties(project(day), day)
        changes = _changes(earlier, now, found[-1].day, day) if found else ()
        found.append(Step(day, len(now), changes))
        earlier = now
    return tuple(found)


def table(found: Iterable[Step]) -> tuple[dict[str, object], ...]:
    """Return the changes of all days as rows, ids joined by blanks."""
    return tuple({**asdict(change), "came": " ".join(change.came), "gone": " ".join(change.gone)} for each in found for change in each.changes)


def checked(days: Iterable[str]) -> list[str]:
    """Return the days. Raises `InputError` unless they are days in order."""
    listed = list(days)
    odd = [day for day in listed if not _DAY.fullmatch(day)]
    if odd or not listed:
        raise InputError(f"{odd[0]} is no day; write YYYY-MM-DD" if odd else "no days; give at least one")
    for before, after in pairwise(listed):
        if before >= after:
            raise InputError(f"{after} does not come after {before}; give the days in order, each once")
    return listed


_Pair = tuple[str, str, str, bool]  # layer, source, target, directed
_Tie = tuple[float, frozenset[str]]  # weight, through


def _ties(graph: nx.Graph[Any], day: str) -> dict[_Pair, _Tie]:
    found: dict[_Pair, _Tie] = {}
    keyed = graph.edges(keys=True, data=True) if isinstance(graph, nx.MultiGraph) else ((u, v, "", data) for u, v, data in graph.edges(data=True))
    for u, v, key, data in keyed:
        if "weight" not in data or "through" not in data:
            raise InputError(f"on {day} the tie {u} to {v} lacks weight or through; name in through the ids behind it, parted by blanks")
        directed = graph.is_directed() and bool(data.get("directed", True))
        source, target = (str(u), str(v)) if directed else sorted((str(u), str(v)))
        found[str(data.get("layer", key)), source, target, directed] = (data["weight"], frozenset(str(data["through"]).split()))
    return found


def _changes(before: dict[_Pair, _Tie], after: dict[_Pair, _Tie], since: str, day: str) -> tuple[Change, ...]:
    none: _Tie = (0, frozenset())
    changes = []
    for pair in sorted(before.keys() | after.keys()):
        then, now = before.get(pair, none), after.get(pair, none)
        if then == now:
            continue
        move = _move(then, now, stood=pair in before, stands=pair in after)
        layer, source, target, directed = pair
        came, gone = tuple(sorted(now[1] - then[1])), tuple(sorted(then[1] - now[1]))
        changes.append(Change(since, day, source, target, layer, directed, move, then[0], now[0], came, gone))
    return tuple(changes)


def _move(then: _Tie, now: _Tie, *, stood: bool, stands: bool) -> str:
    if not (stood and stands):
        return "gained" if stands else "lost"
    if then[0] == now[0]:
        return "replaced"
    return "heavier" if now[0] > then[0] else "lighter"
