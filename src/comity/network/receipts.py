"""A pair of actors becomes its receipt: every part of its scores, opened to the rows behind it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from comity.errors import InputError
from comity.network.cells import Cells
from comity.network.intervals import Intervals
from comity.network.matrix import Array
from comity.network.records import Record
from comity.network.world import KINDS, LEAST, World

#: what each score says, in a line
MEANINGS = {
    "A": "alignment: the mean of A1, A2 and A3", "A1": "likeness of coded rules, corrected for chance on both margins",
    "A2": "shared commitments beyond chance", "A3": "direct ties", "R": "rivalry: any of R1 to R4 can carry it",
    "R1": "restrictions by named and origin-neutral measures", "R2": "ways out that the law of the first shuts to the second",
    "R3": "norms that clash", "R4": "competing schemes",
}


@dataclass(frozen=True)
class Line:
    """One line of a receipt: what it is `about`, the values of the two actors where it compares them, its `weight`, and the `rows`."""

    about: str
    first: float | None
    second: float | None
    weight: float
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Score:
    """One score of a pair: its `value`, the ends of its interval, the number of independent `instruments` behind it, why it is not shown
    if it is not (`reason`), and the `lines` of the receipt.
    """

    name: str
    meaning: str
    value: float | None
    low: float | None
    high: float | None
    instruments: int
    reason: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Receipt:
    """The scores of a pair, from `first` to `second`, with all rows behind them; `positive`, the share of draws with A above 0."""

    first: str
    second: str
    as_of: str
    known_on: str
    scores: dict[str, Score]
    positive: float | None


def explain(world: World, first: str, second: str, *, ends: Intervals | None = None) -> Receipt:
    """Return the receipt of two actors, from `first` to `second`: R, R1, R2 and A3 run that way.

    Raises `InputError` if one of them has no evidence in the slice, or they are one and the same.
    """
    i, j = _place(world, first), _place(world, second)
    if i == j:
        raise InputError(f"{first} and {second} are one actor in this slice; name two, or take unions apart")
    values = world.scores()
    scores = {name: _score(world, name, values[name], (i, j), ends) for name in MEANINGS}
    positive = None if ends is None or scores["A"].value is None else round(float(ends.positive[i, j]), 4)
    return Receipt(first, second, world.at.as_of, world.at.known_on, scores, positive)


def _score(world: World, name: str, values: Array, pair: tuple[int, int], ends: Intervals | None) -> Score:
    lines = tuple(_lines(world, name, *pair))
    number = int(world.instruments[name][pair]) if name in world.instruments else len({i for line in lines for i in _instruments(world, name, line)})
    value = float(values[pair])
    reason = _reason(world, value, name, number, pair)
    low, high = (None, None) if reason else _ends(ends, name, pair)
    return Score(name, MEANINGS[name], None if reason else round(value, 6), low, high, number, reason, lines)


def _place(world: World, actor: str) -> int:
    places = world.index.places
    if actor in places:
        return places[actor]
    is_power = world.names.get(actor, {}).get("kind") in KINDS
    hint = "if it stands under its union, take unions apart" if world.at.unions_as_one and is_power else "give the id of a state, territory or union"
    raise InputError(f"{actor} has no evidence of its own on {world.at.as_of}; {hint}")


def _reason(world: World, value: float, name: str, number: int, pair: tuple[int, int]) -> str:
    """Return why a score is not shown; empty if it is."""
    if name == "A1" and math.isnan(value):
        return f"{int(world.rules.common[pair])} topics are known for both, fewer than are needed"
    if name == "R2" and math.isnan(value):
        return "no rule on transfers is coded for the first, or none of its ways"
    return f"insufficient evidence: it rests on {number} instruments, fewer than {LEAST}" if number < LEAST or math.isnan(value) else ""


def _ends(ends: Intervals | None, name: str, pair: tuple[int, int]) -> tuple[float | None, float | None]:
    if ends is None or name not in ends.low or np.isnan(ends.low[name][pair]):
        return None, None
    return round(float(ends.low[name][pair]), 4), round(float(ends.high[name][pair]), 4)


def _lines(world: World, name: str, i: int, j: int) -> Iterable[Line]:
    match name:
        case "A1":
            return _compared(world.rules.cells, i, j)
        case "A2":
            return _held(world, "A2", i, j)
        case "A3":
            return [*_held(world, "A3", i, j), *_acts(world, "A3", i, j)]
        case "R1":
            return _acts(world, "R1", i, j)
        case "R2":
            return _ways(world, i, j)
        case "R3":
            both = [line for line in _compared(world.norms.cells, i, j) if (line.first or 0) * (line.second or 0) < 0]
            return [*both, *_acts(world, "R3", i, j), *_acts(world, "R3", j, i)]
        case "R4":
            return _rivals(world, i, j)
    return []


def _compared(table: Cells, i: int, j: int) -> list[Line]:
    """Return the topics known for both, those that set the two farthest apart first."""
    lines = []
    for k, topic in enumerate(table.topics):
        if (i, k) in table.records and (j, k) in table.records:
            rows = tuple(r.row for place in ((i, k), (j, k)) for r in table.records[place])
            weight = float(np.sqrt(table.weights[i, k] * table.weights[j, k]))
            lines.append(Line(topic, float(table.values[i, k]), float(table.values[j, k]), round(weight, 4), rows))
    return sorted(lines, key=lambda line: (-abs((line.first or 0) - (line.second or 0)), line.about))


def _held(world: World, part: str, i: int, j: int) -> list[Line]:
    sides: list[dict[str, list[Record]]] = [{}, {}]
    for record in world.records[part]:
        for side, place in zip(sides, (i, j), strict=True):
            if record.source == world.index.actors[place] and not record.target:
                side.setdefault(record.topic, []).append(record)
    mine, theirs = sides
    both = sorted(mine.keys() & theirs.keys())
    return [Line(thing, None, None, mine[thing][0].weight, tuple(r.row for r in (*mine[thing], *theirs[thing]))) for thing in both]


def _acts(world: World, part: str, i: int, j: int) -> list[Line]:
    source, target = world.index.actors[i], world.index.actors[j]
    found = [r for r in world.records.get(part, []) if r.source == source and (r.target == target or (part == "R1" and not r.target))]
    return [Line(r.instrument, None, None, round(r.weight, 4), (r.row,)) for r in sorted(found, key=lambda r: (-r.weight, r.row))]


def _rivals(world: World, i: int, j: int) -> list[Line]:
    """Return the rival schemes of which either has joined one alone: what rivals what, and who joined."""
    joined: list[dict[str, list[str]]] = [{}, {}]
    for record in world.records.get("R4", []):
        for side, place in zip(joined, (i, j), strict=True):
            if record.source == world.index.actors[place] and not record.target:
                side.setdefault(record.topic, []).append(record.row)
    lines = []
    for record in (r for r in world.records.get("R4", []) if r.target):
        for one, other in ((record.source, record.target), (record.target, record.source)):
            if one in joined[0] and other not in joined[0] and other in joined[1] and one not in joined[1]:
                lines.append(Line(f"{one} against {other}", None, None, record.weight, (record.row, *joined[0][one], *joined[1][other])))
    return lines


def _ways(world: World, i: int, j: int) -> list[Line]:
    source, target = world.index.actors[i], world.index.actors[j]
    decided = tuple(r.row for r in world.records["R2"] if r.source == source and r.target == target)
    found: dict[str, list[Record]] = {}
    for record in world.records["R2"]:
        if record.source == source and not record.target:
            found.setdefault(record.topic or "no mechanism", []).append(record)
    return [Line(way, None, float(bool(decided) or not records[0].needs), 1.0, tuple(r.row for r in records) + (decided if records[0].needs else ()))
            for way, records in sorted(found.items())]


def _instruments(world: World, name: str, line: Line) -> set[str]:
    rows = set(line.rows)
    return {r.instrument for r in world.records.get(name, []) if r.row in rows}
