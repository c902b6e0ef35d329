"""The scores of two worlds become the pairs whose alignment or rivalry moves, with the interval of each score and of its difference.

Both worlds meet the same draws, instrument by instrument, so that the interval of a difference leaves out what varies in both.
"""

from __future__ import annotations

import math

import numpy as np

from comity.network.intervals import TAIL, Intervals, sampled
from comity.network.matrix import Array
from comity.scenario.model import Move
from comity.scenario.sides import ONE_WAY, SCORES, Side

#: smaller moves are counted and not listed
LISTED = 0.01
#: what is smaller is rounding
_NOISE = 1e-6
Place = tuple[str, int, int]


def moves(before: Side, after: Side, *, draws: int, seed: int) -> tuple[tuple[Move, ...], dict[str, int], tuple[Intervals, Intervals]]:
    """Return the moves of `LISTED` or more, how many pairs each score moves for at all, and the intervals of both worlds.

    A move is a score that another value takes, or that appears or goes as evidence comes or falls away. Without `draws` the
    intervals have no width. Sorted by the size of the move, of what appears or goes its whole, then by name.
    """
    actors = sorted({*before.world.index.actors, *after.world.index.actors})
    found, count = _found(before, after, actors)
    sides = (before, after)
    if not draws:
        return tuple(_move(actors, place, values, None) for place, values in found), count, (before.observed, after.observed)
    weights = {r.weight for side in sides for records in side.world.records.values() for r in records}
    ends, samples = [], []
    for side in sides:
        spots = {name: i for i, name in enumerate(side.world.index.actors)}
        watch = [(name, spots[actors[i]], spots[actors[j]]) if actors[i] in spots and actors[j] in spots else None for (name, i, j), _ in found]
        intervals, drawn = sampled(side.world, count=draws, seed=seed, weights=weights, watch=[w for w in watch if w])
        columns = np.full((draws, len(watch)), np.nan)
        columns[:, [k for k, w in enumerate(watch) if w]] = drawn
        ends.append(intervals)
        samples.append(columns)
    listed = tuple(_move(actors, place, values, (samples[0][:, k], samples[1][:, k])) for k, (place, values) in enumerate(found))
    return listed, count, (ends[0], ends[1])


def _found(before: Side, after: Side, actors: list[str]) -> tuple[list[tuple[Place, tuple[float, float]]], dict[str, int]]:
    found: list[tuple[Place, tuple[float, float]]] = []
    count = {}
    for name in SCORES:
        then, now = (_spread(side, name, actors) for side in (before, after))
        differs = np.where(np.isnan(then) != np.isnan(now), np.inf, np.nan_to_num(np.abs(now - then)))
        if name not in ONE_WAY:
            differs = np.triu(differs, 1)
        count[name] = int((differs > _NOISE).sum())
        found += [((name, int(i), int(j)), (float(then[i, j]), float(now[i, j]))) for i, j in np.argwhere(differs >= LISTED)]
    return sorted(found, key=lambda entry: (-_size(*entry[1]), entry[0])), count


def _size(then: float, now: float) -> float:
    return round(abs(float(np.nan_to_num(now)) - float(np.nan_to_num(then))), 6)


def _spread(side: Side, name: str, actors: list[str]) -> Array:
    """Return a score of all `actors`, NaN for those that the side does not know."""
    table = np.full((len(actors),) * 2, np.nan)
    places = [actors.index(a) for a in side.world.index.actors]
    table[np.ix_(places, places)] = side.shown[name]
    np.fill_diagonal(table, np.nan)
    return table


def _move(actors: list[str], place: Place, values: tuple[float, float], drawn: tuple[Array, Array] | None) -> Move:
    (name, i, j), (then, now) = place, values
    ends = (None, None, None) if drawn is None else (_ends(drawn[0], then), _ends(drawn[1], now), _ends(drawn[1] - drawn[0], now - then))
    return Move(actors[i], actors[j], name, _plain(then), _plain(now), _plain(now - then), *ends)


def _ends(drawn: Array, value: float) -> tuple[float, float] | None:
    """Return the ends of the 90 % interval of what was drawn, none for a score that is not shown."""
    known = drawn[~np.isnan(drawn)]
    if math.isnan(value) or not len(known):
        return None
    low, high = np.quantile(known, (TAIL, 1 - TAIL), method="nearest")
    return round(float(low), 4), round(float(high), 4)


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)
