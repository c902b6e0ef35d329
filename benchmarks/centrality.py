"""What measuring a large network costs: centralities, communities and roles on a made-up graph, each timed once.

`python -m benchmarks.centrality [--nodes 20000] [--ties 200000] [--exact]`; without `--exact`, shortest ways are counted from 200 nodes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import networkx as nx
import numpy as np

from comity.network.adjacency import adjacency
from comity.network.brokerage import brokerage
from comity.network.centrality import centrality
from comity.network.constraint import constraint
from comity.network.coreperiphery import core_periphery
from comity.network.leiden import leiden

SOURCES = 200
SIZE = 200


def made(nodes: int, ties: int, *, inside: float, seed: int = 1) -> nx.Graph[int]:
    """Return about `ties` weighted ties, the share `inside` of them within groups of `SIZE` nodes."""
    chance = np.random.default_rng(seed)
    source = chance.integers(0, nodes, ties)
    near = (source // SIZE * SIZE + chance.integers(0, SIZE, ties)) % nodes
    target = np.where(chance.random(ties) < inside, near, chance.integers(0, nodes, ties))
    graph: nx.Graph[int] = nx.empty_graph(nodes)
    graph.add_weighted_edges_from(zip(source.tolist(), target.tolist(), chance.integers(1, 9, ties).tolist(), strict=True))
    return graph


def timed(name: str, job: Callable[[], object]) -> None:
    """Print how long `job` takes."""
    start = time.perf_counter()
    job()
    print(f"{name:60} {time.perf_counter() - start:8.2f} s", flush=True)


def large(nodes: int, ties: int, *, exact: bool) -> None:
    """Time a graph that falls into groups and one that does not, on which communities are hardest to find."""
    for inside, kind in ((0.7, "in groups"), (0.0, "without groups")):
        graph = made(nodes, ties, inside=inside)
        print(f"{nodes} nodes, {graph.number_of_edges()} ties, {kind}")
        merged = adjacency(graph, weight="weight").igraph()
        timed("read the graph", lambda g=graph: adjacency(g, weight="weight"))
        timed("PageRank", lambda g=merged: g.pagerank(weights="weight"))
        timed("all centralities without shortest ways", lambda g=graph: centrality(g, sources=0))
        timed(f"all, betweenness from {SOURCES} nodes", lambda g=graph: centrality(g, sources=SOURCES))
        if exact:
            timed("all, exact", lambda g=graph: centrality(g))
        timed("Leiden communities", lambda g=graph: leiden(g))
        timed("structural holes", lambda g=graph: constraint(g, weight="weight"))
        timed("brokerage between 100 groups", lambda g=graph: brokerage(g, {node: node % 100 for node in g}))


def small() -> None:
    """Time the sizes that the networks of states have."""
    graph = made(200, 3000, inside=0.0)
    print(f"200 nodes, {graph.number_of_edges()} ties")
    merged = adjacency(graph, weight="weight").igraph()
    lengths = [1 / weight for weight in merged.es["weight"]]
    timed("first use: imports", lambda: centrality(nx.path_graph(3), weight=None))
    timed("all centralities, exact", lambda: centrality(graph))
    timed("betweenness alone, by networkx", lambda: nx.betweenness_centrality(graph, weight=lambda u, v, data: 1 / data["weight"]))
    timed("betweenness alone, by igraph", lambda: merged.betweenness(weights=lengths))
    timed("Leiden communities", lambda: leiden(graph))
    timed("structural holes", lambda: constraint(graph))
    for null in ("density", "labels"):
        timed(f"brokerage between 7 groups, null {null}", lambda n=null: brokerage(graph, {node: node % 7 for node in graph}, null=n))
    timed("core and periphery, 20 draws", lambda: core_periphery(graph, draws=20))


def main() -> None:
    """Time both sizes."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--nodes", type=int, default=20_000)
    options.add_argument("--ties", type=int, default=200_000)
    options.add_argument("--exact", action="store_true", help="count shortest ways from every node too: ten minutes and more")
    chosen = options.parse_args()
    small()
    large(chosen.nodes, chosen.ties, exact=chosen.exact)


if __name__ == "__main__":
    main()
