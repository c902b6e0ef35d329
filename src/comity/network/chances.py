"""Signed ties become each tie's chance of being positive when every node keeps its expected number of positive ties."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from comity.network.signed import Signed, signed

_ROUNDS = 200
_CLOSE = 1e-9


def positive_chances(graph: nx.Graph[Any] | Signed, *, weight: str | None = None) -> NDArray[np.float64]:
    """Return (m,) the chance of each tie of the table `signed(graph)` to be positive, in its order.

    The ties stay where they are: p_ij = 1 / (1 + exp(-(t_i + t_j))), with t such that the chances at each node sum to its
    number of positive ties (Gallo et al. 2024; Hao and Kovács 2024). Where no finite t does that (a node whose ties are all
    of one sign, or a group so placed), the ties concerned are certain and keep their signs; these are found by linear
    programs, as separation is in logistic regression, and t is fitted to the rest by Newton's method.

    Opposite arcs are one tie, of the sign of their sum. `graph`, `weight` and errors as in `signed`.
    """
    table = signed(graph, weight=weight)
    chances = (table.net > 0).astype(float)
    loose = _loose(table)
    if loose.any():
        nodes, ends = np.unique(table.ends[loose], return_inverse=True)
        chances[loose] = _fitted(_incidence(ends.reshape(-1, 2), len(nodes)), chances[loose])
    return chances


def _incidence(ends: NDArray[np.int64], n: int) -> csr_array:
    """Return (m, n): 1 where a node ends a tie."""
    m = len(ends)
    return coo_array((np.ones(2 * m), (np.repeat(np.arange(m), 2), ends.ravel())), shape=(m, n)).tocsr()


def _loose(table: Signed) -> NDArray[np.bool_]:
    """Return (m,) whether a tie is uncertain.

    If v_i + v_j is at least 0 on positive ties and at most 0 on negative ones, going along v never makes the signs
    observed less likely, and makes those certain where it is not 0. Ties are taken out until no such v is left.
    """
    from scipy.optimize import linprog

    n, signs = len(table.nodes), table.signs
    loose = np.ones(len(signs), dtype=bool)
    while loose.any():
        along = _incidence(table.ends[loose], n).multiply(signs[loose][:, None]).tocsr()
        found = linprog(-along.sum(axis=0), A_ub=-along, b_ub=np.zeros(along.shape[0]), bounds=(-1, 1), method="highs")
        certain = along @ found.x > 1e-6
        if not certain.any():
            break
        loose[np.flatnonzero(loose)[certain]] = False
    return loose


def _fitted(incidence: csr_array, positive: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (m,) the chances under the t that makes `positive`, 0 or 1, most likely."""
    wanted = incidence.T @ positive
    t = np.zeros(incidence.shape[1])
    for _ in range(_ROUNDS):
        chances = _chances(incidence @ t)
        lack = wanted - incidence.T @ chances
        if np.abs(lack).max() <= _CLOSE:
            return chances
        curvature = (incidence.T @ incidence.multiply((chances * (1 - chances))[:, None])).toarray()
        t = _stepped(incidence, positive, t, np.linalg.lstsq(curvature, lack, rcond=None)[0])
    raise AssertionError(f"the likelihood is concave and bounded, yet {_ROUNDS} steps leave {np.abs(lack).max():.1e}")


def _stepped(incidence: csr_array, positive: NDArray[np.float64], t: NDArray[np.float64], step: NDArray[np.float64]) -> NDArray[np.float64]:
    """Go along `step` as far as the likelihood does not fall."""
    share, here = 1.0, _likelihood(incidence @ t, positive)
    while share > 1e-12 and _likelihood(incidence @ (t + share * step), positive) < here - 1e-12 * abs(here):
        share /= 2
    return t + share * step


def _chances(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.exp(-np.logaddexp(0, -sums))


def _likelihood(sums: NDArray[np.float64], positive: NDArray[np.float64]) -> float:
    return float((positive * sums - np.logaddexp(0, sums)).sum())
