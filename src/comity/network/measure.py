"""One layer of the network becomes standard centralities and communities, actor by actor.

networkx computes every measure; the numbers describe the layer as coded and are no scores of alignment.
"""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx

from comity.errors import InputError


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

    Degree and strength count ties and sum their weights; betweenness (Freeman 1977, normalised) takes a heavier tie as
    a shorter way (1/weight); eigenvector centrality (Bonacich 1972) is weighted and computed on each component's
    largest, 0 elsewhere; communities by Louvain (Blondel et al. 2008) on the undirected graph, numbered from 1 by
    size. The same seed gives the same communities. Raises `InputError` if the graph has no tie.
    """
    if graph.number_of_edges() == 0:
        day, layer = graph.graph.get("as_of", "that day"), graph.graph.get("layers", "")
        raise InputError(f"no tie stands on {day} in layer {layer}; choose a later day or another layer")
    flat = _undirected(graph)
    communities = _communities(flat, seed)
    number = {node: index for index, group in enumerate(communities, 1) for node in group}
    between = nx.betweenness_centrality(_with_distances(graph), weight="distance")
    eigen = _eigenvector(flat)
    actors = tuple(
        {"id": n, **_names(graph, n), **_degrees(graph, n), "betweenness": round(between[n], 6), "eigenvector": round(eigen[n], 6), "community": number[n]}
        for n in sorted(graph)
    )
    ties = tuple({"source": u, "target": v, **{k: d[k] for k in ("layer", "sign", "directed", "weight", "through")}}
                 for u, v, d in sorted(graph.edges(data=True), key=lambda e: e[:2]))
    modularity = nx.community.modularity(flat, communities, weight="weight")
    return Metrics(actors, ties, round(modularity, 6), seed, {k: str(v) for k, v in graph.graph.items()})


def _with_distances(graph: nx.Graph[str]) -> nx.Graph[str]:
    """Return a copy whose ties are as long as their weight is small."""
    copy = graph.copy()
    nx.set_edge_attributes(copy, {(u, v): 1 / d["weight"] for u, v, d in graph.edges(data=True)}, "distance")
    return copy


def _undirected(graph: nx.Graph[str]) -> nx.Graph[str]:
    """Return the graph without directions, in sorted order, weights of opposite ties added."""
    flat: nx.Graph[str] = nx.Graph()
    flat.add_nodes_from(sorted(graph))
    for u, v, data in sorted(graph.edges(data=True), key=lambda e: e[:2]):
        weight = data["weight"] + (flat[u][v]["weight"] if flat.has_edge(u, v) else 0)
        flat.add_edge(u, v, weight=weight)
    return flat


def _communities(flat: nx.Graph[str], seed: int) -> list[set[str]]:
    groups = nx.community.louvain_communities(flat, weight="weight", seed=seed)
    return sorted(groups, key=lambda group: (-len(group), min(group)))


def _eigenvector(flat: nx.Graph[str]) -> dict[str, float]:
    largest = max(nx.connected_components(flat), key=lambda c: (len(c), min(c)))
    scores = nx.eigenvector_centrality(flat.subgraph(sorted(largest)), max_iter=2000, tol=1e-8, weight="weight")
    return {node: float(scores.get(node, 0.0)) for node in flat}


def _names(graph: nx.Graph[str], node: str) -> dict[str, object]:
    return {key: graph.nodes[node].get(key, "") for key in ("label", "iso3", "kind")}


def _degrees(graph: nx.Graph[str], node: str) -> dict[str, object]:
    if not isinstance(graph, nx.DiGraph):
        return {"degree": graph.degree(node), "strength": graph.degree(node, weight="weight")}
    return {"degree": graph.degree(node), "strength": graph.degree(node, weight="weight"),
            "in_degree": graph.in_degree(node), "out_degree": graph.out_degree(node)}
