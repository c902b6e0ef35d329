"""Positive and negative weights become every partition into blocks that is least inconsistent, by branch and bound.

Nodes are placed one after another. A block of ties, the cell between two groups of nodes, is positive or negative as a
whole; where that is not given, it is left open until the cell holds ties of both signs, and then both are tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from comity.network.signed import numbered

Matrix = NDArray[np.float64]


class Task(NamedTuple):
    """What is to be divided.

    `plus` and `minus`, (n, n), are what a positive tie costs in a negative cell, and a negative tie in a positive one.
    An undirected tie stands half in each of its two places. `image`, (k, k): 1 positive, -1 negative, 0 open.
    """

    plus: Matrix
    minus: Matrix
    image: NDArray[np.int64]
    directed: bool


@dataclass
class Optima:
    """The best `cost` found, the label rows that reach it, whether the search came to its end, and whether there were too many to keep."""

    cost: float
    found: dict[tuple[int, ...], None] = field(default_factory=dict)
    finished: bool = True
    overfull: bool = False


class _State(NamedTuple):
    """A partial placement.

    The labels given, the number of blocks in use, the cost, the signs of cells, what each cell holds ([plus, minus], k, k),
    and each node's ties to each block ([plus out, minus out, plus in, minus in], n, k).
    """

    labels: tuple[int, ...]
    used: int
    cost: float
    image: NDArray[np.int64]
    cells: Matrix
    ties: Matrix


class Limits(NamedTuple):
    """When to stop: the fewest blocks, the most optima kept, the clock, and how close two costs count as equal."""

    fewest: int
    keep: int
    until: float
    slack: float


def search(task: Task, rest: Matrix, start: NDArray[np.int64] | None, limits: Limits) -> Optima:
    """Return the optimal partitions, all labels numbered from 0 by first appearance; `start`, if given, is a partition to better.

    `rest[d]`, (n + 1,), is no more than what the ties among the nodes d, d + 1, ... cost by themselves.
    """
    n, k = len(task.plus), len(task.image)
    optima = Optima(np.inf) if start is None else Optima(cost_of(task, start), {tuple(label - 1 for label in numbered(start.tolist())): None})
    root = _State((), 0, 0.0, task.image, np.zeros((2, k, k)), np.zeros((4, n, k)))
    stack: list[Iterator[_State]] = [iter([root])]
    while stack:
        state = next(stack[-1], None)
        if state is None:
            stack.pop()
            continue
        if monotonic() >= limits.until:
            optima.finished = False
            break
        placed = len(state.labels)
        if state.used + n - placed < limits.fewest:
            continue
        if placed == n:
            _keep(optima, state, limits)
            if optima.overfull and optima.cost <= rest[0] + limits.slack:
                break
            continue
        fits = _fits(state)
        slack = -limits.slack if optima.overfull else limits.slack
        if state.cost + fits.min(axis=1).sum() + rest[placed] <= optima.cost + slack:
            stack.append(_children(task, state, fits[0]))
    return optima


def cost_of(task: Task, labels: NDArray[np.int64]) -> float:
    """Return what a partition costs, labels from 0."""
    member = np.eye(len(task.image))[labels]
    return float(cell_costs(task.image, member.T @ np.stack([task.plus, task.minus]) @ member))


def cell_costs(image: NDArray[np.int64], cells: Matrix) -> Matrix:
    """Return (...) what cells (..., 2, k, k) cost in sum, open ones taking the sign that costs less."""
    plus, minus = cells[..., 0, :, :], cells[..., 1, :, :]
    costs: Matrix = np.where(image == 1, minus, np.where(image == -1, plus, np.minimum(plus, minus))).sum(axis=(-2, -1))
    return costs


def suffixes(task: Task, limits: Limits) -> Matrix:
    """Return (n + 1,) what the ties among the last nodes cost by themselves, found from the back; 0 where time ran out."""
    n = len(task.plus)
    rest = np.zeros(n + 1)
    for first in range(n - 2, 0, -1):
        part = Task(task.plus[first:, first:], task.minus[first:, first:], task.image, task.directed)
        optima = search(part, rest[first:], None, limits._replace(fewest=0, keep=1, slack=-limits.slack))
        if not optima.finished:
            break
        rest[first] = optima.cost
    return np.maximum.accumulate(rest[::-1])[::-1]


def _keep(optima: Optima, state: _State, limits: Limits) -> None:
    if state.cost > optima.cost + limits.slack:
        return
    if state.cost < optima.cost - abs(limits.slack):
        optima.found.clear()
        optima.overfull = False
    optima.cost = min(optima.cost, state.cost)
    if len(optima.found) < limits.keep:
        optima.found[state.labels] = None
    elif state.labels not in optima.found:
        optima.overfull = limits.slack > 0


def _fits(state: _State) -> Matrix:
    """Return what each node not yet placed costs in each block that it may enter, open cells left out."""
    first, open_to = len(state.labels), min(state.used + 1, len(state.image))
    positive, negative = (state.image == 1).astype(float), (state.image == -1).astype(float)
    plus_out, minus_out, plus_in, minus_in = state.ties[:, first:]
    costs: Matrix = minus_out @ positive.T + plus_out @ negative.T + minus_in @ positive + plus_in @ negative
    return costs[:, :open_to]


def _children(task: Task, state: _State, fits: Matrix) -> Iterator[_State]:
    """Yield the states in which the next node is placed, the cheapest block first."""
    node = len(state.labels)
    for block in np.argsort(fits, kind="stable").tolist():
        cells, ties = state.cells.copy(), state.ties.copy()
        cells[:, block, :] += state.ties[:2, node]
        cells[:, :, block] += state.ties[2:, node]
        ties[:, :, block] += np.stack([task.plus[:, node], task.minus[:, node], task.plus[node], task.minus[node]])
        placed = _State((*state.labels, block), max(state.used, block + 1), state.cost + float(fits[block]), state.image, cells, ties)
        torn = np.argwhere((state.image == 0) & (cells > 0).any(axis=0))
        yield from _decided(task, placed, [(r, s) for r, s in torn.tolist() if task.directed or r <= s])


def _decided(task: Task, state: _State, torn: list[tuple[int, int]]) -> Iterator[_State]:
    """Yield the state with each torn cell taken as positive and as negative."""
    if not torn:
        yield state
        return
    (r, s), *others = torn
    both = 1 if task.directed or r == s else 2
    plus, minus = state.cells[:, r, s].tolist()
    for sign, cost in sorted(((1, minus), (-1, plus)), key=lambda choice: choice[1]):
        image = state.image.copy()
        image[r, s] = sign
        if not task.directed:
            image[s, r] = sign
        yield from _decided(task, state._replace(image=image, cost=state.cost + both * cost), others)
