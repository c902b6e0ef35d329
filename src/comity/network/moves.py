"""Labels of nodes become better ones, by moving one node or joining two blocks at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from comity.network.cycles import Ties

TOLERANCE = 1e-6


def slack(ties: Ties) -> float:
    """Return the difference below which two costs count as equal: what the solver can tell apart."""
    return TOLERANCE * float(np.abs(ties.net).max(initial=0))


def cost_of(ties: Ties, labels: NDArray[np.int64]) -> float:
    """Return the weight of positive ties between blocks and of negative ties within."""
    within = labels[ties.ends[:, 0]] == labels[ties.ends[:, 1]]
    return float(np.abs(ties.net[within == (ties.net < 0)]).sum())


def matrix(ties: Ties) -> NDArray[np.float64]:
    """Return (n, n) the net weights, symmetric."""
    i, j = ties.ends.T
    weights = np.zeros((ties.n, ties.n))
    weights[i, j] = weights[j, i] = ties.net
    return weights


def merged(ties: Ties, labels: NDArray[np.int64], blocks: int) -> NDArray[np.int64]:
    """Join the two blocks that gain most or lose least by it, until there are at most `blocks`."""
    labels = np.unique(labels, return_inverse=True)[1].reshape(-1).astype(np.int64)
    between = _between(matrix(ties), labels)
    while len(between) > blocks:
        keep, lost = sorted(int(i) for i in np.unravel_index(int(between.argmax()), between.shape))
        between[keep] += between[lost]
        between[:, keep] += between[:, lost]
        between[keep, keep] = -np.inf
        between = np.delete(np.delete(between, lost, 0), lost, 1)
        labels = np.where(labels == lost, keep, labels - (labels > lost))
    return labels


def improved(ties: Ties, labels: NDArray[np.int64], *, blocks: int | None) -> NDArray[np.int64]:
    """Move one node at a time to the block it fits best, as long as that lowers the cost; at most `blocks` blocks."""
    labels, nodes, weights = labels.copy(), np.arange(ties.n), matrix(ties)
    fit = np.zeros((blocks or ties.n, ties.n))
    np.add.at(fit, labels, weights)
    while True:
        gain = fit - fit[labels, nodes]
        block, node = (int(i) for i in np.unravel_index(int(gain.argmax()), gain.shape))
        if gain[block, node] <= slack(ties):
            return labels
        fit[labels[node]] -= weights[node]
        fit[block] += weights[node]
        labels[node] = block


def _between(weights: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return (b, b) the net weight between blocks, minus infinity on the diagonal."""
    member = np.eye(int(labels.max()) + 1)[labels]
    between: NDArray[np.float64] = member.T @ weights @ member
    np.fill_diagonal(between, -np.inf)
    return between
