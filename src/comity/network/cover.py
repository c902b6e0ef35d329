"""Ties become the partition into blocks that frustrates least, with a proven bound below its cost.

Frustrated ties must meet every cycle that forbids balance. Linear programs, to which cycles are added as they are found
wanting, give the bound, and their distances a partition; integer programs close what gap is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from time import monotonic

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from comity.network.cycles import Found, Ties, odd, single, triangles
from comity.network.moves import cost_of, improved, merged, slack
from comity.network.programs import by_blocks, by_cycles, solve

_FIRST = 20_000  # triangles in the first program; the others are added as they are found wanting
_ROOTS = 8


@dataclass
class Search:
    """What is known so far of `ties`: the best `labels`, their `cost`, the `bound` below it, and the `cycles` in use."""

    ties: Ties
    blocks: int | None
    until: float
    labels: NDArray[np.int64]
    cost: float
    bound: float = 0.0
    cycles: dict[tuple[int, ...], None] = field(default_factory=dict)

    @property
    def proven(self) -> bool:
        """Return whether nothing costs less than the labels."""
        return self.cost - self.bound <= slack(self.ties)

    @property
    def closed(self) -> bool:
        """Return whether there is nothing more to do, or no time to do it."""
        return self.proven or monotonic() >= self.until

    def separate(self, shares: NDArray[np.float64]) -> Found:
        """Return the cycles that `shares` of ties do not break, having tried the partitions that the distances suggest."""
        found = (odd if self.blocks == 2 else single)(self.ties, shares)
        for root in sorted({int(r) for r in np.linspace(0, self.ties.n - 1, _ROOTS)}):
            self.consider(_nearer(found.distances, root) if self.blocks == 2 else _around(found.distances, root))
        return found

    def consider(self, labels: NDArray[np.int64]) -> None:
        """Keep `labels`, brought down to the blocks allowed and bettered move by move, if they cost less than the best."""
        labels = improved(self.ties, merged(self.ties, labels, self.blocks or self.ties.n), blocks=self.blocks)
        cost = cost_of(self.ties, labels)
        if cost < self.cost:
            self.labels, self.cost = labels, cost

    def program(self, rows: csr_array, floor: NDArray[np.float64], *, whole: NDArray[np.int64], upper: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Minimise the weight of the first m variables, the shares of ties; return the solution, and raise the bound."""
        solved = solve(self.ties, rows, floor, whole=whole, upper=upper, below=self.cost, seconds=self.until - monotonic())
        bound = solved.bound
        if np.all(self.ties.net == np.rint(self.ties.net)):
            bound = float(ceil(bound - slack(self.ties))) if np.isfinite(bound) else bound
        self.bound = min(self.cost, max(self.bound, bound))
        return solved.variables


def cover(ties: Ties, *, blocks: int | None, until: float) -> Search:
    """Return the best partition into at most `blocks` blocks (any number for None), searching until the clock `until`."""
    start = np.zeros(ties.n, dtype=np.int64)
    search = Search(ties, blocks, until, start, cost_of(ties, start))
    first = search.separate(np.zeros(len(ties.net))).cycles
    if not search.closed:
        search.cycles.update(dict.fromkeys([*_bad_triangles(ties, blocks), *first]))
        _relax(search)
    if not search.closed:
        (_assign if blocks else _complete)(search)
    return search


def _relax(search: Search) -> None:
    """Add cycles until the linear program breaks every one of them, or the search is closed."""
    m = len(search.ties.net)
    while not search.closed:
        shares = search.program(*by_cycles(search.cycles, m), whole=np.zeros(m, dtype=np.int64), upper=np.ones(m))
        new = [] if shares is None else [cycle for cycle in search.separate(shares).cycles if cycle not in search.cycles]
        if not new:
            return
        search.cycles.update(dict.fromkeys(new))


def _complete(search: Search) -> None:
    """Add cycles until an integer program breaks every one of them, or the search is closed."""
    m = len(search.ties.net)
    while not search.closed:
        shares = search.program(*by_cycles(search.cycles, m), whole=np.ones(m, dtype=np.int64), upper=np.ones(m))
        found = None if shares is None else search.separate(np.rint(shares))
        if found is None or not found.cycles:
            return
        search.cycles.update(dict.fromkeys(found.cycles))


def _assign(search: Search) -> None:
    """Put each node into one block by one integer program."""
    n, m, k = search.ties.n, len(search.ties.net), search.blocks or 0
    rows, floor, upper = by_blocks(search.ties, k, search.cycles)
    variables = search.program(rows, floor, whole=np.concatenate([np.zeros(m, dtype=np.int64), np.ones(n * k, dtype=np.int64)]), upper=upper)
    if variables is not None:
        search.consider(variables[m:].reshape(n, k).argmax(axis=1))


def _bad_triangles(ties: Ties, blocks: int | None) -> list[tuple[int, ...]]:
    found = triangles(ties)
    negative = (ties.net[found] < 0).sum(axis=1)
    bad = found[(negative % 2 == 1) if blocks == 2 else (negative == 1)]
    return [tuple(row) for row in bad[:_FIRST].tolist()]


def _nearer(distances: NDArray[np.float64], root: int) -> NDArray[np.int64]:
    """Part the nodes by whether they are nearer to a root than to its opposite copy."""
    n = len(distances)
    return (distances[root, :n] > distances[root, n:]).astype(np.int64)


def _around(distances: NDArray[np.float64], first: int) -> NDArray[np.int64]:
    """Gather nodes nearer than 1/2 around roots, the root `first` foremost, then in order."""
    n = len(distances)
    labels = np.full(n, -1, dtype=np.int64)
    for block, root in enumerate([first, *range(n)]):
        if labels[root] < 0:
            labels[(labels < 0) & (distances[root] < 0.5)] = block
    return labels
