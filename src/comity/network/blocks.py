"""A signed graph becomes every partition into k blocks that is least inconsistent with balance, and their consensus."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from comity.errors import InputError
from comity.network.cycles import Ties
from comity.network.divide import divide, within
from comity.network.frustration import deadline
from comity.network.relocate import relocate
from comity.network.search import Limits, Matrix, Optima, Task, search, suffixes
from comity.network.signed import Signed, numbered, signed

_MOST = 2_000_000  # cells of the widest array, which a search copies at each step


@dataclass(frozen=True)
class Blockmodels:
    """The optimal partitions of a signed graph.

    Attributes: `value`, twice Doreian and Mrvar's criterion, which for alpha 1/2 is the weight of inconsistent lines;
    `proven`, whether no partition has less; `complete`, whether `partitions` are all that reach it; `partitions`, each
    node → block, blocks numbered from 1 by their first node; `images`, for each partition the (k, k) signs of its blocks
    of ties: 1, -1, or under relaxed balance 0 where there are no ties or either sign costs the same; `nodes`, sorted.
    """

    value: float
    proven: bool
    complete: bool
    partitions: tuple[dict[Any, int], ...]
    images: tuple[tuple[tuple[int, ...], ...], ...]
    nodes: tuple[Any, ...]

    @property
    def criterion(self) -> float:
        """Return alpha N + (1 - alpha) P (Doreian and Mrvar 1996)."""
        return self.value / 2

    def consensus(self) -> NDArray[np.float64]:
        """Return (n, n) the share of `partitions` in which two nodes share a block, in the order of `nodes`."""
        rows = np.array([[partition[node] for node in self.nodes] for partition in self.partitions])
        together: NDArray[np.float64] = (rows[:, :, None] == rows[:, None, :]).mean(axis=0)
        return together


def blockmodels(graph: nx.Graph[Any] | Signed, k: int | None, *, alpha: float = 0.5, relaxed: bool = False, weight: str | None = None,
                time_limit: float = 60, limit: int = 1000) -> Blockmodels:
    """Return all partitions of the nodes into exactly `k` blocks, none empty, that are least inconsistent.

    Parameters: `graph`, `weight` and errors as in `signed`; `k`, 1 or more, or None for any number; `alpha`, between 0
    and 1, what a negative line in a positive block counts, 1 - alpha being what a positive line in a negative block
    counts; `relaxed`: blocks of ties on the diagonal need not be positive nor the others negative, but each has the sign
    that costs less (Doreian and Mrvar 2009), for a directed graph the two directions apart; `time_limit` in seconds;
    `limit`, the most partitions kept.

    The search is exact and complete unless the answer says otherwise. Without `relaxed` it starts from the exact index
    (`frustration_index`); it is meant for graphs of some dozen nodes, the number of optima growing fast with nodes tied to little.
    Nodes that no tie joins make many optima, as `None` counts each way of dividing them.

    Raises `InputError` as `signed`, for `k` above the number of nodes, `relaxed` without `k` (nodes by themselves are
    never inconsistent), and arguments out of range.

    References: P. Doreian and A. Mrvar (1996), Social Networks 18(2), doi:10.1016/0378-8733(95)00259-6; (2009), Social
    Networks 31(1). M. Brusco, P. Doreian, A. Mrvar and D. Steinley (2011), Sociological Methods and Research 40(1).
    """
    until = deadline(time_limit)
    table = signed(graph, weight=weight)
    _refuse(k, len(table.nodes), alpha=alpha, relaxed=relaxed, limit=limit)
    plus, minus = _weights(table, alpha)
    order = _order(plus + minus)
    task = Task(plus[np.ix_(order, order)], minus[np.ix_(order, order)], _image(k or len(order), relaxed=relaxed), table.directed and relaxed)
    limits = Limits(k or 0, limit, until, 1e-9 * table.total)
    rest, first = (suffixes(task, limits), None) if relaxed else structural(task, k, until)
    if k is not None:
        first = relocate(task, until=until, best=first)
    return _told(table, order, task, search(task, rest, first, limits), floor=rest[0])


def _refuse(k: int | None, n: int, *, alpha: float, relaxed: bool, limit: int) -> None:
    whole = (int, np.integer)
    if k is not None and (not isinstance(k, whole) or isinstance(k, bool) or not 1 <= k <= n):
        raise InputError(f"k is {k!r}; give a whole number from 1 to {n}, the number of nodes, or None for any number")
    if k is None and relaxed:
        raise InputError("relaxed balance needs a number of blocks: nodes in blocks of their own are never inconsistent")
    if not isinstance(alpha, Real) or not 0 < alpha < 1:
        raise InputError(f"alpha is {alpha!r}; give a number between 0 and 1")
    if not isinstance(limit, whole) or isinstance(limit, bool) or limit < 1:
        raise InputError(f"limit is {limit!r}; give a whole number of 1 or more")
    if n * max(n, 4 * (k or n)) > _MOST:
        raise InputError(f"{n} nodes in {k or 'any number of'} blocks are too many to list every optimum; ask for frustration_index")


def _weights(table: Signed, alpha: float) -> tuple[Matrix, Matrix]:
    """Return (n, n) what positive lines cost in negative blocks and negative lines in positive ones; undirected lines in halves."""
    plus, minus = np.zeros((2, len(table.nodes), len(table.nodes)))
    tails, heads = table.arcs.T
    for there, back in ((tails, heads), (heads, tails)) if not table.directed else ((tails, heads),):
        share = 1.0 if table.directed else 0.5
        np.add.at(plus, (there, back), share * 2 * (1 - alpha) * np.maximum(table.values, 0))
        np.add.at(minus, (there, back), share * 2 * alpha * np.maximum(-table.values, 0))
    return plus, minus


def _order(weights: Matrix) -> NDArray[np.int64]:
    """Return the nodes so that each is the one most tied to those before it, the first the most tied of all."""
    weights = weights + weights.T
    order: list[int] = []
    drawn = weights.sum(axis=1) * 1e-6
    for _ in range(len(weights)):
        drawn[order[-1:]] = -np.inf
        order.append(int(drawn.argmax()))
        drawn += weights[order[-1]]
    return np.array(order, dtype=np.int64)


def _image(k: int, *, relaxed: bool) -> NDArray[np.int64]:
    return np.zeros((k, k), dtype=np.int64) if relaxed else 2 * np.eye(k, dtype=np.int64) - 1


def structural(task: Task, k: int | None, until: float) -> tuple[Matrix, NDArray[np.int64] | None]:
    """Return no more than what the last nodes cost among themselves, (n + 1,), and labels that are best for at most k blocks."""
    n = len(task.plus)
    rest, labels = np.zeros(n + 1), None
    plus, minus = task.plus + task.plus.T, task.minus + task.minus.T
    ends = np.argwhere(np.triu(plus != minus, 1))
    ties = Ties(n, ends, (plus - minus)[tuple(ends.T)])
    for start in range(n):
        rest[start] = np.triu(np.minimum(plus, minus)[start:, start:], 1).sum()
        if k != 1:
            found = divide(within(ties, np.arange(start, n)), blocks=k, until=until)
            rest[start] += found.bound
            labels = found.labels - 1 if start == 0 else labels
    return rest, labels


def _told(table: Signed, order: NDArray[np.int64], task: Task, optima: Optima, *, floor: float) -> Blockmodels:
    rows = []
    for labels in optima.found:
        names = np.empty(len(order), dtype=np.int64)
        names[order] = labels
        rows.append(numbered(names.tolist()))
    rows.sort()
    whole = optima.finished and not optima.overfull
    return Blockmodels(optima.cost, optima.finished or optima.cost - floor <= 1e-9 * table.total, whole,
                       tuple(dict(zip(table.nodes, row, strict=True)) for row in rows),
                       tuple(_signs(task, np.array(row)[order]) for row in rows), table.nodes)


def _signs(task: Task, labels: NDArray[np.int64]) -> tuple[tuple[int, ...], ...]:
    """Return the sign of each block of ties: that of structural balance, or what costs less where signs are open."""
    k = int(labels.max())
    if task.image.any():
        return tuple(tuple(row) for row in task.image[:k, :k].tolist())
    member = np.eye(k)[labels - 1]
    lead = member.T @ (task.plus - task.minus) @ member
    return tuple(tuple(int(sign) for sign in row) for row in np.sign(lead).tolist())
