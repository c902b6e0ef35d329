"""One layer of the network becomes standard centralities and communities, actor by actor.

The numbers describe the layer as coded and are no scores of alignment.
"""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx

from comity.errors import InputError
from comity.network.adjacency import adjacency
from comity.network.centrality import centralities_of
from comity.network.leiden import communities_of

#: centralities in the order of the columns; those of directed layers last
_DIRECTED = ("in_degree", "out_degree", "in_strength", "out_strength", "hub", "authority")
_COLUMNS = ("degree", "strength", "betweenness", "harmonic", "eigenvector", "pagerank")


@dataclass(frozen=True)
class Metrics:
    """The measures of one layer.

    Attributes: `actors`, one mapping an actor, sorted by id; `ties`, one mapping a tie; `modularity` of the
    communities; `seed` used to find them; `parameters` of the projection.
    """

    actors: tuple[dict[str, object], ...]
    ties: tuple[dict[str, object], ...]
    modularity: float
    seed: int
    parameters: dict[str, str]


def measure(graph: nx.Graph[str], *, seed: int = 0) -> Metrics:
    """Measure an undirected or directed graph with edge attribute `weight`.

    Centralities as in `comity.network.centrality`: degree and strength, betweenness, harmonic and eigenvector centrality,
    PageRank; for a directed layer also degree and strength by direction, hub and authority. Communities by Leiden on the
    graph without directions (`comity.network.leiden`), numbered from 1 by size. The same seed gives the same communities.
    Raises `InputError` if the graph has no tie.
    """
    if graph.number_of_edges() == 0:
        day, layer = graph.graph.get("as_of", "that day"), graph.graph.get("layers", "")
        raise InputError(f"no tie stands on {day} in layer {layer}; choose a later day or another layer")
    merged = adjacency(graph, weight="weight")
    scores = centralities_of(merged).scores
    communities = communities_of(merged, seed=seed)
    number = communities.number
    columns = [name for name in _COLUMNS + _DIRECTED if name in scores]
    actors = tuple({"id": n, **_names(graph, n), **{c: _rounded(scores[c][n]) for c in columns}, "community": number[n]} for n in sorted(graph))
    ties = tuple({"source": u, "target": v, **{k: d[k] for k in ("layer", "sign", "directed", "weight", "through")}}
                 for u, v, d in sorted(graph.edges(data=True), key=lambda e: e[:2]))
    return Metrics(actors, ties, _rounded(communities.modularity), seed, {k: str(v) for k, v in graph.graph.items()})


def _names(graph: nx.Graph[str], node: str) -> dict[str, object]:
    return {key: graph.nodes[node].get(key, "") for key in ("label", "iso3", "cow", "gw", "kind")}


def _rounded(value: float) -> float:
    """Return `value` with six decimals, counts as they are; no minus zero, which would be other bytes for the same number."""
    return value if isinstance(value, int) else round(value, 6) + 0.0
