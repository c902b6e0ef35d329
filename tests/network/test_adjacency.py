"""Graphs become sorted nodes and merged ties."""

from __future__ import annotations

import networkx as nx
import pytest

from comity.network.adjacency import adjacency, ordered


def ties(graph: nx.Graph[str], weight: str | None = None) -> list[tuple[object, object, float]]:
    found = adjacency(graph, weight=weight)
    return [(found.nodes[s], found.nodes[t], w) for s, t, w in zip(found.source, found.target, found.weight, strict=True)]


def test_parallel_ties_are_one_with_their_weights_added() -> None:
    graph = nx.MultiDiGraph()
    graph.add_weighted_edges_from([("b", "a", 1), ("b", "a", 2), ("a", "b", 4), ("a", "a", 8)])
    assert ties(graph, "weight") == [("a", "b", 4), ("b", "a", 3)]
    assert ties(graph) == [("a", "b", 1), ("b", "a", 1)]


def test_a_tie_without_direction_stands_once_its_smaller_end_first() -> None:
    assert ties(nx.Graph([("b", "a"), ("c", "b")])) == [("a", "b", 1), ("b", "c", 1)]


def test_without_directions_opposite_ties_are_added() -> None:
    graph = nx.DiGraph()
    graph.add_weighted_edges_from([("b", "a", 1), ("a", "b", 4), ("c", "a", 2)])
    flat = adjacency(graph, weight="weight").flat()
    assert not flat.directed
    assert flat.matrix().toarray().tolist() == [[0, 5, 2], [5, 0, 0], [2, 0, 0]]
    assert adjacency(graph, weight="weight").matrix().toarray().tolist() == [[0, 4, 0], [1, 0, 0], [2, 0, 0]]


def test_the_sum_of_weights_does_not_depend_on_the_order_of_ties() -> None:
    weights = [0.1, 0.2, 0.3, 1e16, 0.7]
    made = []
    for order in (weights, weights[::-1]):
        graph = nx.MultiGraph()
        graph.add_weighted_edges_from(("a", "b", weight) for weight in order)
        made.append(ties(graph, "weight"))
    assert made[0] == made[1]


def test_igraph_has_the_same_ties() -> None:
    found = adjacency(nx.DiGraph([("b", "a"), ("b", "c")])).igraph()
    assert (found.is_directed(), found.vcount(), found.get_edgelist(), found.es["weight"]) == (True, 3, [(1, 0), (1, 2)], [1.0, 1.0])


@pytest.mark.parametrize(("nodes", "expected"), [([10, 9, 2], [2, 9, 10]), (["b", "a"], ["a", "b"]), (["b", 1, "a"], [1, "a", "b"])])
def test_nodes_stand_in_their_own_order_or_that_of_their_text(nodes: list[object], expected: list[object]) -> None:
    graph = nx.Graph()
    graph.add_nodes_from(nodes)
    assert ordered(graph) == expected
