"""Any networkx graph with signs becomes sorted nodes and one table of signed ties.

Every measure of balance starts here, so that bad input is refused once and in the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite
from numbers import Real
from typing import Any, Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from comity.errors import InputError

CONTRADICTIONS: Final = ("refuse", "drop", "count")


@dataclass(frozen=True, eq=False)
class Signed:
    """A signed graph as arrays; n nodes, m ties, each tie a pair of nodes.

    Attributes: `nodes`, sorted; `ends`, (m, 2) node numbers, the smaller first, rows sorted; `net`, (m,) positive less
    negative weight of the pair, never 0; `clash`, the weight that no partition can satisfy because a pair carries both
    signs (the smaller of the two, summed over pairs); `total`, the weight of all lines; `arcs`, (l, 2), and `values`,
    (l,), the lines as they ran; `directed`, whether they have a direction; `weighted`, whether weights were read.
    """

    nodes: tuple[Any, ...]
    ends: NDArray[np.int64]
    net: NDArray[np.float64]
    clash: float
    total: float
    arcs: NDArray[np.int64]
    values: NDArray[np.float64]
    directed: bool
    weighted: bool

    @property
    def signs(self) -> NDArray[np.float64]:
        """Return (m,) the sign of each tie, 1.0 or -1.0."""
        return np.sign(self.net)

    @property
    def integral(self) -> bool:
        """Return whether every weight is a whole number, so that every sum of them is one."""
        return bool(np.all(self.values == np.rint(self.values)))


def signed(graph: nx.Graph[Any] | Signed, *, weight: str | None = None, contradictions: str = "refuse") -> Signed:
    """Return `graph` as a table of signed ties.

    Parameters: `graph`, any networkx graph, or a table made before, which is returned as it is; `weight`, the name of a
    numeric edge attribute whose sign and size count; without it each edge counts 1 with the sign of its attribute
    `sign` (1 or -1). Where `weight` is named and `sign` is there too, the size is the weight's and the sign is `sign`.
    An edge of weight 0 is no edge. Parallel edges add up. Each arc of a directed graph is a line of its own (Doreian
    and Mrvar 1996): opposite arcs add up, and if their signs differ, the smaller can never be satisfied. A pair of arcs
    that say `directed=False` is one line.

    `contradictions` says what becomes of parallel edges of both signs: "refuse" them, "drop" every line between a pair
    that carries both signs, opposite arcs too, or "count" each.

    Raises `InputError` for a graph without ties, self-loops, missing or wrong signs, weights that are no finite number
    and, under "refuse", parallel edges of both signs.
    """
    if isinstance(graph, Signed):
        return graph
    if contradictions not in CONTRADICTIONS:
        raise InputError(f"unknown treatment of contradictions {contradictions!r}; use one of {', '.join(CONTRADICTIONS)}")
    nodes = _sorted(graph)
    number = {node: index for index, node in enumerate(nodes)}
    lines = [(number[u], number[v], _value(u, v, data, weight)) for u, v, data in _edges(graph, number)]
    lines = sorted((*((i, j) if graph.is_directed() else (min(i, j), max(i, j))), value) for i, j, value in lines if value)
    if contradictions == "refuse":
        _refuse_contradictions(lines, nodes)
    if contradictions == "drop":
        lines = _without_contradictions(lines)
    if not lines:
        raise InputError("the graph has no tie of weight other than 0; give one with at least one edge")
    return _table(nodes, lines, directed=graph.is_directed(), weighted=weight is not None)


def numbered(labels: Iterable[int]) -> list[int]:
    """Return the labels renamed 1, 2, ... in the order in which they first appear."""
    names: dict[int, int] = {}
    return [names.setdefault(label, len(names) + 1) for label in labels]


def _sorted(graph: nx.Graph[Any]) -> tuple[Any, ...]:
    try:
        return tuple(sorted(graph))
    except TypeError:  # names of several types have no order of their own
        return tuple(sorted(graph, key=lambda node: (type(node).__name__, str(node))))


def _edges(graph: nx.Graph[Any], number: dict[Any, int]) -> Iterator[tuple[Any, Any, dict[str, Any]]]:
    """Return the edges; of two arcs that stand for one undirected line, the one that starts at the earlier node."""
    several = graph.is_multigraph()
    for u, v, *key, data in graph.edges(keys=True, data=True) if several else graph.edges(data=True):  # type: ignore[call-overload]
        if u == v:
            raise InputError(f"{u} is tied to itself; remove self-loops, which no partition can change")
        twin = graph.is_directed() and data.get("directed") is False and graph.has_edge(v, u, *key)
        if not (twin and number[u] > number[v]):
            yield u, v, data


def _value(u: object, v: object, data: dict[str, Any], weight: str | None) -> float:
    sign = data.get("sign")
    if sign not in (1, -1) and (weight is None or sign is not None):
        raise InputError(f"{u} – {v}: sign is {sign!r}; give each edge a sign of 1 or -1, or name an attribute with `weight`")
    if weight is None:
        return float(sign)
    value = data.get(weight)
    if not isinstance(value, Real) or isinstance(value, bool) or not isfinite(value):
        raise InputError(f"{u} – {v}: {weight} is {value!r}; give each edge a finite number, 0 for no tie")
    if sign == 1 and value < 0:
        raise InputError(f"{u} – {v}: {weight} is {value!r} but sign is 1; make them agree or remove one")
    return -abs(float(value)) if sign == -1 else float(value)


def _refuse_contradictions(lines: list[tuple[int, int, float]], nodes: tuple[Any, ...]) -> None:
    positive = {(i, j) for i, j, value in lines if value > 0}
    both = [(i, j) for i, j, value in lines if value < 0 and (i, j) in positive]
    if both:
        u, v = (nodes[i] for i in both[0])
        raise InputError(f"{u} – {v}: edges of both signs; merge them, or pass signed(graph, contradictions='drop') or 'count' instead of the graph")


def _without_contradictions(lines: list[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    said = {(min(i, j), max(i, j), value > 0) for i, j, value in lines}
    return [(i, j, value) for i, j, value in lines if (min(i, j), max(i, j), value < 0) not in said]


def _table(nodes: tuple[Any, ...], lines: list[tuple[int, int, float]], *, directed: bool, weighted: bool) -> Signed:
    arcs = np.array([line[:2] for line in lines], dtype=np.int64)
    values = np.array([line[2] for line in lines], dtype=np.float64)
    pairs, where = np.unique(np.sort(arcs, axis=1), axis=0, return_inverse=True)
    where = where.reshape(-1)
    positive = np.bincount(where, np.maximum(values, 0), len(pairs))
    negative = np.bincount(where, np.maximum(-values, 0), len(pairs))
    kept = positive != negative
    return Signed(nodes, pairs[kept], (positive - negative)[kept], float(np.minimum(positive, negative).sum()),
                  float(np.abs(values).sum()), arcs, values, directed, weighted)
