"""Shares of ties become the cycles that forbid balance and that those shares do not yet break.

Two blocks: every cycle with an odd number of negative ties needs a frustrated tie (Harary 1953). Any number of blocks:
every cycle with exactly one negative tie does (Davis 1967). Both are found as shortest paths, lengths being the shares.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

_SHORT = 1e-9  # an entry of 0 would be no tie for SciPy; this also prefers cycles of few ties
_LACK = 1e-6


class Ties(NamedTuple):
    """Ties of a connected graph: number of nodes, (m, 2) ends, smaller first and rows sorted, and (m,) net weights."""

    n: int
    ends: NDArray[np.int64]
    net: NDArray[np.float64]


class Found(NamedTuple):
    """Cycles as arrays of tie numbers, and the distances between nodes along which they were found."""

    cycles: list[tuple[int, ...]]
    distances: NDArray[np.float64]


def triangles(ties: Ties) -> NDArray[np.int64]:
    """Return (t, 3) the numbers of the ties of every triangle, in sorted order."""
    forward = _matrix(ties.n, ties.ends, np.arange(1.0, len(ties.ends) + 1))
    pattern = csr_array((np.ones(len(ties.ends)), forward.indices, forward.indptr), shape=forward.shape)
    number = {(i, j): e for e, (i, j) in enumerate(ties.ends.tolist())}
    shared = (pattern @ pattern.T).multiply(pattern).tocoo()
    after = [set(forward.indices[forward.indptr[i]:forward.indptr[i + 1]].tolist()) for i in range(ties.n)]
    found = [(number[i, j], number[i, k], number[j, k])
             for i, j in sorted(zip(shared.row.tolist(), shared.col.tolist(), strict=True)) for k in sorted(after[i] & after[j])]
    return np.array(found, dtype=np.int64).reshape(-1, 3)


def odd(ties: Ties, shares: NDArray[np.float64]) -> Found:
    """Return cycles with an odd number of negative ties whose shares sum to less than 1, at most one a node.

    Each node stands twice; a positive tie joins equal copies, a negative one opposite copies, so that a path from one
    copy of a node to the other is such a cycle. Distances: (2n, 2n), copies after originals.
    """
    n, (i, j) = ties.n, ties.ends.T
    turn = np.where(ties.net < 0, n, 0)
    ends = np.concatenate([np.stack([i, j + turn], axis=1), np.stack([i + n, (j + n + turn) % (2 * n)], axis=1)])
    graph = _matrix(2 * n, ends, np.concatenate([shares, shares]) + _SHORT)
    distances, before = dijkstra(graph, directed=False, indices=np.arange(n), return_predecessors=True)
    number = _numbers(ties)
    lacking = [s for s in range(n) if distances[s, s + n] < 1 - _LACK]
    cycles = {_shortened(_path(before[s], s + n), number, n) for s in lacking}
    return Found(sorted(cycles), distances)


def single(ties: Ties, shares: NDArray[np.float64]) -> Found:
    """Return cycles with one negative tie whose shares sum to less than 1, at most one a negative tie.

    Distances: (n, n) along positive ties.
    """
    plus = ties.net > 0
    graph = _matrix(ties.n, ties.ends[plus], shares[plus] + _SHORT)
    distances, before = dijkstra(graph, directed=False, return_predecessors=True)
    number = _numbers(ties)
    cycles = []
    for tie in np.flatnonzero(~plus).tolist():
        i, j = ties.ends[tie].tolist()
        if distances[i, j] + shares[tie] < 1 - _LACK:
            path = _path(before[i], j)
            cycles.append((tie, *(number[min(a, b), max(a, b)] for a, b in pairwise(path))))
    return Found([tuple(sorted(cycle)) for cycle in cycles], distances)


def _matrix(n: int, ends: NDArray[np.int64], lengths: NDArray[np.float64]) -> csr_array:
    return coo_array((lengths, (ends[:, 0], ends[:, 1])), shape=(n, n)).tocsr()


def _numbers(ties: Ties) -> dict[tuple[int, int], int]:
    return {(i, j): e for e, (i, j) in enumerate(ties.ends.tolist())}


def _path(before: NDArray[np.int32], end: int) -> list[int]:
    path = [end]
    while before[path[-1]] >= 0:
        path.append(int(before[path[-1]]))
    return path


def _shortened(walk: list[int], number: dict[tuple[int, int], int], n: int) -> tuple[int, ...]:
    """Return the ties of the first simple odd cycle of a closed walk over copies of nodes.

    A node met again in the same copy closes a cycle with an even number of negative ties, which is cut out; met again
    in the other copy, an odd one, which is no longer than the walk.
    """
    trail: list[int] = []
    for copy in walk:
        nodes = [c % n for c in trail]
        if copy % n not in nodes:
            trail.append(copy)
            continue
        at = nodes.index(copy % n)
        if trail[at] != copy:
            cycle = [*nodes[at:], copy % n]
            return tuple(sorted(number[min(a, b), max(a, b)] for a, b in pairwise(cycle)))
        del trail[at + 1:]
    raise AssertionError("a walk between the two copies of a node is odd")
