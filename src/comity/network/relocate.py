"""Weights and a number of blocks become a good partition to start from, by moving nodes from several starts.

It only gives the search something to better and, when the time is up, something to tell.
"""

from __future__ import annotations

from time import monotonic

import numpy as np
from numpy.typing import NDArray

from comity.network.search import Matrix, Task, cell_costs

_STARTS = 20


def relocate(task: Task, *, until: float, best: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
    """Return labels from 0, no block empty; `best`, if it leaves none empty, is one of the starts.

    The same task gives the same labels, unless the clock `until` cuts it short.
    """
    n, k = len(task.plus), len(task.image)
    draw = np.random.default_rng(0)
    starts = [draw.permutation(np.arange(n) % k) for _ in range(_STARTS)]
    if best is not None and len(set(best.tolist())) == k:
        starts.insert(0, best)
    found = [_moved(task, starts[0], until)]
    for labels in starts[1:]:
        if monotonic() >= until:
            break
        found.append(_moved(task, labels, until))
    return min(found, key=lambda pair: pair[1])[0]


def _moved(task: Task, labels: NDArray[np.int64], until: float) -> tuple[NDArray[np.int64], float]:
    """Move one node at a time to wherever the cost falls most; return the labels and their cost."""
    labels, k = labels.copy(), len(task.image)
    weights = np.stack([task.plus, task.minus])
    while True:
        member = np.eye(k)[labels]
        out, into = weights @ member, weights.swapaxes(1, 2) @ member
        cells = member.T @ out
        cost = float(cell_costs(task.image, cells))
        free = np.flatnonzero(np.bincount(labels, minlength=k)[labels] > 1)
        trials = np.array([_trials(task.image, cells, out[:, node], into[:, node], int(labels[node])) for node in free]).reshape(-1, k)
        if not trials.size or trials.min() >= cost * (1 - 1e-9) or monotonic() >= until:
            return labels, cost
        at, block = np.unravel_index(int(trials.argmin()), trials.shape)
        labels[free[at]] = block


def _trials(image: NDArray[np.int64], cells: Matrix, out: Matrix, into: Matrix, own: int) -> Matrix:
    """Return (k,) what the cells cost with one node in each block, given its ties to the blocks, (2, k) out of and into it."""
    left = cells.copy()
    left[:, own, :] -= out
    left[:, :, own] -= into
    each = np.repeat(left[None], len(image), axis=0)
    blocks = np.arange(len(image))
    each[blocks, :, blocks, :] += out
    each[blocks, :, :, blocks] += into
    costs: Matrix = cell_costs(image, each)
    return costs
