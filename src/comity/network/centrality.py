"""A graph becomes the standard centralities of its nodes.

igraph counts shortest ways and walks; leading eigenvectors are taken here, since igraph starts them at random and then
gives other digits each time where two of them tie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import numpy as np

from comity.errors import InputError
from comity.network.adjacency import Adjacency, Node, Numbers, Places, adjacency

if TYPE_CHECKING:
    from igraph import Graph as Igraph
    from scipy.sparse import csr_array

#: up to this many rows all eigenvectors are computed, beyond it the leading one alone
DENSE: Final = 20
#: eigenvalues that differ by less than this share tie
CLOSE: Final = 1e-9


@dataclass(frozen=True)
class Centrality:
    """Centralities of the nodes of one graph.

    Attributes: `scores`, name of the centrality → node → value; `sources`, the number of nodes from which shortest
    ways were counted: all for exact betweenness, fewer for an estimate, 0 where nothing was asked that needs them;
    `seed` that drew those nodes.
    """

    scores: dict[str, dict[Node, float]]
    sources: int
    seed: int

    @property
    def exact(self) -> bool:
        """Say whether betweenness, closeness and harmonic centrality were counted from every node."""
        return self.sources == len(self.scores["degree"])


def centrality(graph: nx.Graph[Any], *, weight: str | None = "weight", sources: int | None = None, seed: int = 0) -> Centrality:
    """Measure the nodes of an undirected or directed graph; of a multigraph, parallel ties count as one with their weights added.

    `degree`, `strength`: ties and their weights; `in_…` and `out_…` too in a directed graph, whose `degree` is the two added.
    `betweenness` (Freeman 1977): share of the shortest ways between two others that run through the node, 0 to 1; a tie is
    1/weight long. `closeness` (Freeman 1979): reachable others per length of the ways to them, so that it says little of a
    graph in pieces; `harmonic` (Rochat 2009): mean of 1/length over all others, 0 for those out of reach. Both follow ties
    outwards. `eigenvector` (Bonacich 1972): leading eigenvector of the weights without directions, of length 1, in the
    largest component, 0 elsewhere; of two components as large, that of the first node.
    `pagerank` (Brin & Page 1998): damping .85, sum 1. `hub`, `authority` (Kleinberg 1999), directed graphs only: leading
    singular vectors of the weights, of length 1; where pieces of the graph tie for the largest value, all have their share.

    Parameters: `weight`, edge attribute of positive weights, or None to count ties; `sources`, None for exact shortest
    ways, 0 to leave out the three centralities that need them (`scores` then lacks them), k to estimate betweenness from
    k nodes drawn with `seed` (times n/k; Brandes & Pich 2007) and leave out closeness and harmonic centrality. Exact costs
    n searches: minutes at 20,000 nodes.

    Raises `InputError` for a graph without ties, a weight that is not positive, or more or less sources than nodes.
    """
    return centralities_of(adjacency(graph, weight=weight), sources=sources, seed=seed)


def centralities_of(ties: Adjacency, *, sources: int | None = None, seed: int = 0) -> Centrality:
    """Return the centralities of `ties`; see `centrality`."""
    n = len(ties.nodes)
    if sources is not None and not 0 <= sources <= n:
        raise InputError(f"shortest ways cannot be counted from {sources} nodes of {n}; give 0 to {n}, or None for all")
    drawn = n if sources is None else sources
    graph = ties.igraph()
    found = _degrees(ties) | _ways(graph, drawn, seed)
    found["eigenvector"] = _eigenvector(ties.flat())
    found["pagerank"] = np.array(graph.pagerank(weights="weight"))
    if ties.directed:
        found |= _hubs(ties)
    return Centrality({name: dict(zip(ties.nodes, values.tolist(), strict=True)) for name, values in found.items()}, drawn, seed)


def _degrees(ties: Adjacency) -> dict[str, Numbers]:
    n = len(ties.nodes)
    whole = bool(np.all(ties.weight == np.rint(ties.weight)))
    found: dict[str, Any] = {"out_degree": np.bincount(ties.source, minlength=n), "in_degree": np.bincount(ties.target, minlength=n)}
    for name, places in (("out_strength", ties.source), ("in_strength", ties.target)):
        sums = np.bincount(places, ties.weight, minlength=n)
        found[name] = np.rint(sums).astype(np.int64) if whole else sums
    both = {"degree": found["out_degree"] + found["in_degree"], "strength": found["out_strength"] + found["in_strength"]}
    return both | found if ties.directed else both


def _ways(graph: Igraph, sources: int, seed: int) -> dict[str, Numbers]:
    """Return what shortest ways from `sources` nodes give."""
    n = graph.vcount()
    if sources == 0:
        return {}
    drawn = None if sources == n else sorted(np.random.default_rng(seed).choice(n, sources, replace=False).tolist())
    lengths = [1 / weight for weight in graph.es["weight"]]
    pairs = max((n - 1) * (n - 2) / (1 if graph.is_directed() else 2), 1)
    found = {"betweenness": np.array(graph.betweenness(weights=lengths, sources=drawn)) * (n / sources) / pairs}
    if drawn is None:
        # Nothing can be reached from a node without ties out: igraph says nan, which is 0 here.
        found["closeness"] = np.nan_to_num(np.array(graph.closeness(weights=lengths, mode="out")))
        found["harmonic"] = np.array(graph.harmonic_centrality(weights=lengths, mode="out"))
    return found


def _eigenvector(flat: Adjacency) -> Numbers:
    matrix = flat.matrix()
    largest = max(_components(matrix), key=lambda places: (len(places), -places[0]))
    scores = np.zeros(len(flat.nodes))
    scores[largest] = _leading(matrix[largest][:, largest])[1]
    return scores


def _hubs(ties: Adjacency) -> dict[str, Numbers]:
    """Return both leading singular vectors as the halves of one eigenvector, from all components whose leading value ties."""
    from scipy.sparse import block_array

    one_way = ties.matrix()
    matrix = block_array([[None, one_way], [one_way.T, None]], format="csr")
    found = [(places, *_leading(matrix[places][:, places])) for places in _components(matrix) if len(places) > 1]
    highest = max(value for _, value, _ in found)
    both = np.zeros(matrix.shape[0])
    for places, value, vector in found:
        if value >= highest * (1 - CLOSE):
            both[places] = vector * vector.sum()
    return {name: half / np.linalg.norm(half) for name, half in zip(("hub", "authority"), np.split(both, 2), strict=True)}


def _components(matrix: csr_array) -> list[Places]:
    from scipy.sparse.csgraph import connected_components

    _, label = connected_components(matrix, directed=False)
    return np.split(np.argsort(label, kind="stable"), np.cumsum(np.bincount(label))[:-1])


def _leading(matrix: csr_array) -> tuple[float, Numbers]:
    """Return the largest eigenvalue of a connected symmetric matrix ≥ 0, which is simple, and its vector ≥ 0 of length 1."""
    from scipy.sparse.linalg import eigsh

    if matrix.shape[0] > DENSE:
        # A start of ones makes every run the same.
        values, vectors = eigsh(matrix, k=1, which="LA", v0=np.ones(matrix.shape[0]))
    else:
        values, vectors = np.linalg.eigh(matrix.toarray())
    positive: Numbers = np.abs(vectors[:, -1]) / np.linalg.norm(vectors[:, -1])
    return float(values[-1]), positive
