"""Ties of any graph become one division into blocks, each biconnected component being solved for itself.

No cycle leaves such a component, so its frustration adds to that of the others, and labels can be exchanged within it.
"""

from __future__ import annotations

from typing import NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from comity.network.cover import Search, cover
from comity.network.cycles import Ties
from comity.network.signed import numbered


class Division(NamedTuple):
    """The labels found, (n,), from 1 in the order of first appearance; their cost; and a bound below it, equal where proven."""

    labels: NDArray[np.int64]
    cost: float
    bound: float


def divide(ties: Ties, *, blocks: int | None, until: float) -> Division:
    """Return the best division into at most `blocks` blocks, or any number for None, searching until the clock `until`."""
    labels, seen = np.zeros(ties.n, dtype=np.int64), np.zeros(ties.n, dtype=bool)
    cost = bound = 0.0
    for members, search in _solved(ties, blocks, until):
        _join(labels, seen, members, search.labels)
        cost += search.cost
        bound += search.cost if search.proven else search.bound
    return Division(_canonical(ties, labels, free=blocks is None), cost, bound)


def _solved(ties: Ties, blocks: int | None, until: float) -> list[tuple[NDArray[np.int64], Search]]:
    """Solve the components, the smallest first; return them so that each shares at most one node with all before it."""
    graph: nx.Graph[int] = nx.Graph(ties.ends.tolist())
    # networkx yields a component after all those that hang on it
    parts = [np.array(sorted(part)) for part in nx.biconnected_components(graph)][::-1]
    found = {at: cover(within(ties, parts[at]), blocks=blocks, until=until) for at in sorted(range(len(parts)), key=lambda at: len(parts[at]))}
    return [(part, found[at]) for at, part in enumerate(parts)]


def within(ties: Ties, members: NDArray[np.int64]) -> Ties:
    """Return the ties among `members`, sorted node numbers, numbered anew."""
    inside = np.isin(ties.ends, members).all(axis=1)
    return Ties(len(members), np.searchsorted(members, ties.ends[inside]), ties.net[inside])


def _join(labels: NDArray[np.int64], seen: NDArray[np.bool_], members: NDArray[np.int64], own: NDArray[np.int64]) -> None:
    """Write the labels of a component, two of them exchanged so that the node it shares with those before keeps its own."""
    for at in np.flatnonzero(seen[members]).tolist():
        here, there = own[at], labels[members[at]]
        own = np.where(own == here, there, np.where(own == there, here, own))
    labels[members] = own
    seen[members] = True


def _canonical(ties: Ties, labels: NDArray[np.int64], *, free: bool) -> NDArray[np.int64]:
    """Number labels by first appearance: free ones once parted into what positive ties hold together, others in each component."""
    i, j = ties.ends.T
    kept = (ties.net > 0) & (labels[i] == labels[j]) if free else np.ones(len(ties.net), dtype=bool)
    part = connected_components(coo_array((np.ones(int(kept.sum())), (i[kept], j[kept])), shape=(ties.n, ties.n)), directed=False)[1]
    if free:
        return np.array(numbered(part.tolist()), dtype=np.int64)
    found = np.zeros(ties.n, dtype=np.int64)
    for number in range(int(part.max()) + 1):
        found[part == number] = numbered(labels[part == number].tolist())
    return found
