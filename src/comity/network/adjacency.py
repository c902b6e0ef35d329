"""A networkx graph becomes its nodes in order and its ties as arrays, the form that the measures compute on.

Every measure starts from the same sorted nodes and merged ties, so that no result depends on the order of insertion.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from comity.errors import InputError

if TYPE_CHECKING:
    from igraph import Graph as Igraph
    from scipy.sparse import csr_array

Node = Hashable
Numbers = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Adjacency:
    """The ties of a graph.

    Attributes: `nodes`, in order; `source`, `target` (places in `nodes`) and `weight`, one entry a tie, sorted; each
    tie without direction stands once, its smaller end first; `directed`.
    """

    nodes: tuple[Node, ...]
    source: Places
    target: Places
    weight: Numbers
    directed: bool

    def flat(self) -> Adjacency:
        """Return the same without directions, the weights of opposite ties added."""
        return _merge(self.nodes, self.source, self.target, self.weight, directed=False) if self.directed else self

    def igraph(self) -> Igraph:
        """Return the ties as an igraph graph with edge attribute `weight`."""
        import igraph

        graph = igraph.Graph(n=len(self.nodes), edges=np.column_stack((self.source, self.target)), directed=self.directed)
        graph.es["weight"] = self.weight.tolist()
        return graph

    def matrix(self) -> csr_array:
        """Return the n × n matrix of weights, symmetric where the ties have no direction."""
        from scipy.sparse import csr_array

        n = len(self.nodes)
        one_way = csr_array((self.weight, (self.source, self.target)), shape=(n, n))
        return one_way if self.directed else (one_way + one_way.T).tocsr()


def adjacency(graph: nx.Graph[Any], *, weight: str | None = None) -> Adjacency:
    """Return the ties of any networkx graph, parallel ties merged and their weights added, ties to oneself left out.

    Parameters: `weight`, the edge attribute that holds the weight, or None: then each tie weighs 1, however many
    parallel ties it stands for. Raises `InputError` if no tie is left, or a weight is missing or not a positive number.
    """
    nodes = tuple(ordered(graph))
    place = {node: index for index, node in enumerate(nodes)}
    edges = [(place[u], place[v], _weight(u, v, data, weight)) for u, v, data in graph.edges(data=True) if u != v]
    if not edges:
        raise InputError("the graph has no tie between two nodes; hand in one with at least one tie")
    table = np.array(edges, dtype=float)
    merged = _merge(nodes, table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2], directed=graph.is_directed())
    return merged if weight else Adjacency(nodes, merged.source, merged.target, np.ones_like(merged.weight), merged.directed)


def ordered(graph: nx.Graph[Any]) -> list[Node]:
    """Return the nodes in order: their own where they have one, that of their text otherwise."""
    try:
        return sorted(graph)
    except TypeError:
        return sorted(graph, key=str)


def _weight(source: Node, target: Node, data: dict[str, Any], name: str | None) -> float:
    value = data.get(name) if name else 1
    if not isinstance(value, int | float | np.number) or not np.isfinite(value) or value <= 0:
        raise InputError(f"the tie {source} to {target} has {name} {value}; give every tie a positive number, or weight=None to count ties")
    return float(value)


def _merge(nodes: tuple[Node, ...], source: Places, target: Places, weight: Numbers, *, directed: bool) -> Adjacency:
    n = len(nodes)
    if not directed:
        source, target = np.minimum(source, target), np.maximum(source, target)
    code = source * n + target
    # Added in order of size, so that the sum of parallel weights is the same however the ties were entered.
    order = np.lexsort((weight, code))
    found, place = np.unique(code[order], return_inverse=True)
    sums = np.bincount(place, weight[order]).astype(np.float64)
    return Adjacency(nodes, found // n, found % n, sums, directed)
