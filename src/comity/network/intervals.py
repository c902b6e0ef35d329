"""A world table and a seed become intervals: what each score may be if other instruments had been drawn and other weights declared."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from comity.errors import InputError
from comity.network.draws import Draw, draws
from comity.network.matrix import Array
from comity.network.world import World

DRAWS = 1000
#: the share of draws left out at either end: intervals are of 90 %
TAIL = 0.05
#: scores of one number a pair and of one a direction
SYMMETRIC, DIRECTED = ("A1", "A2", "A", "R3", "R4"), ("A3", "R1", "R")
#: which parts each group of scores rests on
GROUPS: Mapping[str, tuple[str, ...]] = {"A": ("A1", "A2", "A3"), "R": ("R1", "R2", "R3", "R4")}
_SCALE = 8000  # scores lie above -4: a sixteenth of a thousandth is kept
_UNKNOWN = np.iinfo(np.int16).min


@dataclass(frozen=True)
class Intervals:
    """Ends of the intervals by score, n × n each, NaN where the score has none.

    Attributes: `low` and `high`; `positive`, the share of draws in which A is above 0 (n × n; 0 throughout if A was not drawn); `draws` and `seed`.
    """

    low: Mapping[str, Array]
    high: Mapping[str, Array]
    positive: Array
    draws: int
    seed: int


def intervals(world: World, *, count: int = DRAWS, seed: int = 0, groups: Collection[str] = tuple(GROUPS)) -> Intervals:
    """Return the 90 % intervals of the scores of `world` over `count` draws of instruments and weights (see `draws`).

    `groups` are the groups of scores wanted, `A` (alignment) or `R` (rivalry); what one gives does not hang on whether the other is
    drawn too. R2 is fixed by law and has none. A score that is unknown in a draw is left out of it. Raises `InputError` for fewer
    than 20 draws, which have no 5 % at either end.
    """
    return _sampled(world, _Plan(groups, count, seed, weights_of(world)))[0]


def sampled(
    world: World, *, count: int, seed: int, weights: Iterable[float] = (), watch: Sequence[tuple[str, int, int]] = ()
) -> tuple[Intervals, Array]:
    """Return the intervals of `world`, and the scores called `watch` (name, row, column) in each draw (count × len(watch)).

    `weights` are those of another world, so that both are drawn alike: two worlds with the same instruments and weights meet the
    same draws, and the difference of a score can be taken draw by draw. Raises `InputError` as `intervals`.
    """
    return _sampled(world, _Plan(GROUPS, count, seed, weights_of(world) | set(weights), tuple(watch)))


def _sampled(world: World, plan: _Plan) -> tuple[Intervals, Array]:
    if plan.count < 20:
        raise InputError(f"{plan.count} draws leave no 5 % at either end; ask for 20 or more")
    found, positive, watched = _drawn(world, plan)
    return Intervals({k: v[0] for k, v in found.items()}, {k: v[1] for k, v in found.items()}, positive, plan.count, plan.seed), watched


def weights_of(world: World) -> set[float]:
    """Return the declared weights that any record of a world has, among which a draw moves."""
    return {r.weight for records in world.records.values() for r in records}


@dataclass(frozen=True)
class _Plan:
    """What is drawn: the groups of scores, how often, from which seed, among which weights, and the scores that are wanted draw by draw."""

    groups: Collection[str]
    count: int
    seed: int
    weights: set[float]
    watch: tuple[tuple[str, int, int], ...] = ()


def _drawn(world: World, plan: _Plan) -> tuple[dict[str, tuple[Array, Array]], Array, Array]:
    """Return the ends of the scores of some groups, n × n each, the share of draws in which A is above 0, and the watched scores."""
    n = len(world.index.actors)
    pairs = np.triu_indices(n, 1)
    names = [name for name in SYMMETRIC + DIRECTED if name[0] in plan.groups]
    kept = {name: np.empty((plan.count, len(pairs[0]) if name in SYMMETRIC else n * n), dtype=np.int16) for name in names}
    watched = np.empty((plan.count, len(plan.watch)))
    positive = np.zeros(len(pairs[0]))

    def take(numbered: tuple[int, Draw]) -> npt.NDArray[np.bool_]:
        place, draw = numbered
        scores = (world.alignments(draw) if "A" in plan.groups else {}) | (world.rivalries(draw) if "R" in plan.groups else {})
        for name, table in kept.items():
            table[place] = _packed(scores[name][pairs] if name in SYMMETRIC else scores[name].ravel())
        watched[place] = [scores[name][i, j] for name, i, j in plan.watch]
        return np.asarray(scores["A"][pairs] > 0 if "A" in plan.groups else np.zeros(len(pairs[0]), dtype=bool))

    # one thread a draw: the products are small, and threads within them would only wait for one another
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(os.cpu_count()) as pool:
        for above in pool.map(take, enumerate(draws(world.index.instruments, plan.weights, count=plan.count, seed=plan.seed))):
            positive += above
    ends = {name: _ends(table) for name, table in kept.items()}
    spread = {name: tuple(_square(end, n, pairs if name in SYMMETRIC else None) for end in both) for name, both in ends.items()}
    return {name: (both[0], both[1]) for name, both in spread.items()}, _square(positive / plan.count, n, pairs), watched


def _packed(values: Array) -> npt.NDArray[np.int16]:
    scaled = np.round(values * _SCALE).clip(_UNKNOWN + 1, -_UNKNOWN - 1)
    scaled[np.isnan(scaled)] = _UNKNOWN
    return scaled.astype(np.int16)


def _ends(table: npt.NDArray[np.int16]) -> tuple[Array, Array]:
    """Return the ends of the interval of each column; unknown draws, which sort first, are passed over."""
    table.sort(axis=0)
    missing = (table == _UNKNOWN).sum(axis=0)
    there = len(table) - missing
    columns = np.arange(table.shape[1])
    places = [np.minimum(missing + np.floor(share * (there - 1) + 0.5).astype(int), len(table) - 1) for share in (TAIL, 1 - TAIL)]
    low, high = (np.where(there > 0, table[place, columns] / _SCALE, np.nan) for place in places)
    return low, high


def _square(values: Array, n: int, pairs: tuple[npt.NDArray[np.intp], ...] | None) -> Array:
    if pairs is None:
        return values.reshape(n, n)
    table = np.full((n, n), np.nan)
    table[pairs] = table[pairs[::-1]] = values
    return table
