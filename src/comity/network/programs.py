"""Cycles and blocks become the rows of linear and integer programs, and HiGHS's answers become shares and bounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, vstack

from comity.network.cycles import Ties
from comity.network.moves import slack


class Solved(NamedTuple):
    """The variables found, if any, and what is proven to be no more than the least cost."""

    variables: NDArray[np.float64] | None
    bound: float


def solve(ties: Ties, rows: csr_array, floor: NDArray[np.float64], *, whole: NDArray[np.int64], upper: NDArray[np.float64],
          below: float, seconds: float) -> Solved:
    """Minimise the weight of the shares of ties, the first m variables, each variable between 0 and `upper`.

    `rows` times the variables is at least `floor`; `whole` marks with 1 the variables that are whole numbers. An integer
    program looks only for what costs less than `below`: where there is nothing, the bound is `below`.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    if seconds <= 0:
        return Solved(None, 0.0)
    scale = float(np.abs(ties.net).max())
    weights = np.zeros(rows.shape[1])
    weights[:len(ties.net)] = np.abs(ties.net) / scale
    if whole.any():
        rows, floor = vstack([rows, csr_array(-weights[None, :])]).tocsr(), np.append(floor, (2 * slack(ties) - below) / scale)
    found = milp(weights, integrality=whole, bounds=Bounds(0, upper), constraints=LinearConstraint(rows, floor, np.inf),
                 options={"time_limit": seconds, "mip_rel_gap": 0})
    if found.status == 2:
        return Solved(None, below)
    bound = found.fun if found.status == 0 else found.mip_dual_bound if whole.any() else None
    proven = float(bound) * scale if bound is not None and np.isfinite(bound) else 0.0
    return Solved(None if found.x is None else np.clip(found.x, 0, 1), proven)


def by_cycles(cycles: Iterable[tuple[int, ...]], variables: int) -> tuple[csr_array, NDArray[np.float64]]:
    """Return the rows that ask of each cycle that its shares sum to 1 or more, and the ones."""
    listed = list(cycles)
    starts = np.concatenate([[0], np.cumsum([len(cycle) for cycle in listed], dtype=np.int64)]).astype(np.int64)
    columns = np.fromiter((tie for cycle in listed for tie in cycle), dtype=np.int64, count=int(starts[-1]))
    return csr_array((np.ones(len(columns)), columns, starts), shape=(len(listed), variables)), np.ones(len(listed))


def by_blocks(ties: Ties, k: int, cycles: Iterable[tuple[int, ...]]) -> tuple[csr_array, NDArray[np.float64], NDArray[np.float64]]:
    """Return rows, floors and upper bounds of the program that puts each node into one of `k` blocks.

    Variables: m shares f, then n k memberships x. For each block r: f >= x_ir - x_jr for a positive tie, and
    f >= x_ir + x_jr - 1 for a negative one; the cycles tighten. The p-th node by degree has only the first p blocks, as
    blocks have no order of their own.
    """
    n, m = ties.n, len(ties.net)
    (i, j), tie, plus = ties.ends.T, np.arange(m), np.where(ties.net > 0, 1.0, -1.0)
    pair = np.concatenate([np.stack([tie, m + i * k + r, m + j * k + r], axis=1) for r in range(k)])
    values = np.stack([np.ones(m * k), -np.ones(m * k), np.tile(plus, k)], axis=1)
    ties_hold = coo_array((values.ravel(), (np.repeat(np.arange(m * k), 3), pair.ravel())), shape=(m * k, m + n * k))
    members = (np.repeat(np.arange(n), k), m + np.arange(n * k))
    one = coo_array((np.ones(n * k), members), shape=(n, m + n * k))
    broken, ones = by_cycles(cycles, m + n * k)
    floor = np.concatenate([np.tile(np.minimum(plus, 0), k), np.ones(n), -np.ones(n), ones])
    upper = np.ones(m + n * k)
    order = np.argsort(-np.bincount(ties.ends.ravel(), minlength=n), kind="stable")
    for place, node in enumerate(order[:k - 1].tolist()):
        upper[m + node * k + place + 1:m + (node + 1) * k] = 0
    return vstack([ties_hold, one, -one, broken]).tocsr(), floor, upper
