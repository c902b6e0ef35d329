"""Centralities on graphs that can be computed by hand, and against networkx on one that cannot."""

from __future__ import annotations

from math import sqrt

import networkx as nx
import numpy as np
import pytest

from comity.errors import InputError
from comity.network.centrality import centrality

PATH = nx.path_graph(["a", "b", "c"])
ONE_WAY = nx.DiGraph([("a", "b"), ("b", "c")])


def score(graph: nx.Graph[str], name: str, **options: int) -> dict[object, float]:
    return centrality(graph, weight=None, **options).scores[name]


@pytest.mark.parametrize(("name", "expected"), [
    ("degree", {"a": 1, "b": 2, "c": 1}), ("strength", {"a": 1, "b": 2, "c": 1}), ("betweenness", {"a": 0, "b": 1, "c": 0}),
    ("closeness", {"a": 2 / 3, "b": 1, "c": 2 / 3}), ("harmonic", {"a": 3 / 4, "b": 1, "c": 3 / 4}),
    ("eigenvector", {"a": 1 / 2, "b": sqrt(2) / 2, "c": 1 / 2}),
    # Of PageRank: a = .05 + .425·b and b = .05 + 1.7·a.
    ("pagerank", {"a": .07125 / .2775, "b": .05 + 1.7 * .07125 / .2775, "c": .07125 / .2775})])
def test_a_path_has_the_centralities_computed_by_hand(name: str, expected: dict[str, float]) -> None:
    assert score(PATH, name) == pytest.approx(expected)


@pytest.mark.parametrize(("name", "expected"), [
    ("degree", {"a": 1, "b": 2, "c": 1}), ("out_degree", {"a": 1, "b": 1, "c": 0}), ("in_degree", {"a": 0, "b": 1, "c": 1}),
    ("betweenness", {"a": 0, "b": 1 / 2, "c": 0}), ("harmonic", {"a": 3 / 4, "b": 1 / 2, "c": 0}), ("closeness", {"a": 2 / 3, "b": 1, "c": 0}),
    ("hub", {"a": sqrt(1 / 2), "b": sqrt(1 / 2), "c": 0}), ("authority", {"a": 0, "b": sqrt(1 / 2), "c": sqrt(1 / 2)})])
def test_directions_are_followed(name: str, expected: dict[str, float]) -> None:
    assert score(ONE_WAY, name) == pytest.approx(expected)


def test_hubs_are_those_who_point_to_authorities() -> None:
    # A Aᵀ of a→c, a→d, b→c is [[2, 1], [1, 1]]: eigenvalue (3 + √5)/2, so a : b is the golden ratio.
    found = centrality(nx.DiGraph([("a", "c"), ("a", "d"), ("b", "c")]), weight=None).scores
    golden = (1 + sqrt(5)) / 2
    assert found["hub"]["a"] / found["hub"]["b"] == pytest.approx(golden)
    assert found["authority"]["c"] / found["authority"]["d"] == pytest.approx(golden)


def test_hubs_that_tie_share_alike_and_always_with_the_same_digits() -> None:
    graph = nx.DiGraph([("a", "b"), ("c", "d")])
    found = centrality(graph, weight=None)
    assert found.scores["hub"] == pytest.approx({"a": sqrt(1 / 2), "b": 0, "c": sqrt(1 / 2), "d": 0})
    assert all(centrality(graph, weight=None) == found for _ in range(3))


def test_hubs_of_large_pieces_that_tie_share_alike() -> None:
    graph = nx.DiGraph([(hub, f"{hub}{leaf}") for hub in "ab" for leaf in range(40)] + [("c", "c0")])
    found = centrality(graph, weight=None, sources=0).scores
    assert [found["hub"][hub] for hub in "abc"] == pytest.approx([sqrt(1 / 2), sqrt(1 / 2), 0])
    assert [found["authority"][leaf] for leaf in ("a39", "b0", "c0")] == pytest.approx([sqrt(1 / 80), sqrt(1 / 80), 0])


def test_weights_shorten_ways_and_add_up_where_ties_are_parallel() -> None:
    graph = nx.MultiGraph()
    graph.add_edge("a", "b", weight=2)
    graph.add_edge("a", "b", weight=3)
    graph.add_edge("b", "c", weight=0.5)
    found = centrality(graph).scores
    assert found["degree"] == {"a": 1, "b": 2, "c": 1}
    assert found["strength"] == {"a": 5, "b": 5.5, "c": 0.5}
    # From a: 1/5 to b, 1/5 + 2 to c.
    assert found["harmonic"]["a"] == pytest.approx((5 + 1 / 2.2) / 2)


def test_whole_weights_give_whole_strengths() -> None:
    graph = nx.Graph()
    graph.add_edge("a", "b", weight=3.0)
    assert all(isinstance(value, int) for value in centrality(graph).scores["strength"].values())


def test_ways_of_the_same_length_share_though_their_sums_differ_in_the_last_digit() -> None:
    """From s to t by .1 + .2 or by .15 + .15, which floating point tells apart: half of the pair runs through m."""
    graph = nx.Graph()
    for source, target, length in (("s", "m", .1), ("m", "t", .2), ("s", "n", .15), ("n", "t", .15)):
        graph.add_edge(source, target, weight=1 / length)
    found = centrality(graph).scores["betweenness"]
    assert (found["m"], found["n"]) == pytest.approx((1 / 6, 1 / 6))


def test_a_node_without_ties_has_no_centrality() -> None:
    graph = PATH.copy()
    graph.add_node("z")
    found = centrality(graph, weight=None).scores
    assert {name: values["z"] for name, values in found.items() if name != "pagerank"} == dict.fromkeys(found.keys() - {"pagerank"}, 0)


def test_of_two_components_as_large_that_of_the_first_node_has_the_eigenvector() -> None:
    found = score(nx.Graph([("c", "d"), ("a", "b")]), "eigenvector")
    assert found == pytest.approx({"a": sqrt(1 / 2), "b": sqrt(1 / 2), "c": 0, "d": 0})


@pytest.mark.parametrize("directed", [False, True])
def test_the_values_are_those_of_networkx(directed: bool) -> None:
    graph = nx.gnp_random_graph(40, 0.15, seed=2, directed=directed)
    nx.set_edge_attributes(graph, {edge: 1 + (edge[0] + edge[1]) % 3 for edge in graph.edges}, "weight")
    found = centrality(graph).scores
    assert found["pagerank"] == pytest.approx(nx.pagerank(graph, tol=1e-13), abs=1e-9)
    reverse = graph.reverse() if directed else graph
    nx.set_edge_attributes(reverse, {(u, v): 1 / data["weight"] for u, v, data in reverse.edges(data=True)}, "length")
    assert found["harmonic"] == pytest.approx({node: value / 39 for node, value in nx.harmonic_centrality(reverse, distance="length").items()})
    assert found["closeness"] == pytest.approx(nx.closeness_centrality(reverse, distance="length", wf_improved=False))
    unweighted = centrality(graph, weight=None).scores
    assert unweighted["betweenness"] == pytest.approx(nx.betweenness_centrality(graph))


def test_a_large_graph_has_the_leading_eigenvector_of_a_small_one() -> None:
    """Beyond some nodes the leading vector alone is computed: a star of 600 leaves has 1/√2 and 1/√1200."""
    found = score(nx.star_graph(600), "eigenvector", sources=0)
    assert found[0] == pytest.approx(sqrt(1 / 2))
    assert found[600] == pytest.approx(sqrt(1 / 1200))


def test_betweenness_may_be_estimated_from_some_nodes_and_says_so() -> None:
    graph = nx.karate_club_graph()
    exact, part = centrality(graph), centrality(graph, sources=17, seed=1)
    assert (exact.exact, exact.sources) == (True, 34)
    assert (part.exact, part.sources, part.seed) == (False, 17, 1)
    assert part == centrality(graph, sources=17, seed=1)
    assert part != centrality(graph, sources=17, seed=2)
    assert "harmonic" not in part.scores
    assert "closeness" not in part.scores
    draws = [centrality(graph, sources=17, seed=seed).scores["betweenness"][0] for seed in range(40)]
    assert sum(draws) / 40 == pytest.approx(exact.scores["betweenness"][0], rel=0.1)


@pytest.mark.parametrize("directed", [False, True])
def test_eigenvectors_are_those_of_all_of_the_matrix(directed: bool) -> None:
    graph = nx.gnp_random_graph(60, 0.1, seed=5, directed=directed)
    table = nx.to_numpy_array(graph, nodelist=range(60))
    found = centrality(graph, weight=None, sources=0).scores
    _, vectors = np.linalg.eigh(table + table.T)
    assert list(found["eigenvector"].values()) == pytest.approx(np.abs(vectors[:, -1]).tolist())
    if directed:
        hubs, _, authorities = np.linalg.svd(table)
        assert list(found["hub"].values()) == pytest.approx(np.abs(hubs[:, 0]).tolist())
        assert list(found["authority"].values()) == pytest.approx(np.abs(authorities[0]).tolist())
    assert all(centrality(graph, weight=None, sources=0).scores == found for _ in range(3))


def test_without_sources_nothing_is_said_of_shortest_ways() -> None:
    found = centrality(PATH, weight=None, sources=0)
    assert found.scores.keys() == {"degree", "strength", "eigenvector", "pagerank"}
    assert not found.exact


@pytest.mark.parametrize("sources", [-1, 4])
def test_more_sources_than_nodes_are_refused(sources: int) -> None:
    with pytest.raises(InputError, match=f"cannot be counted from {sources} nodes of 3"):
        centrality(PATH, weight=None, sources=sources)


@pytest.mark.parametrize("graph", [nx.Graph(), nx.empty_graph(3), nx.Graph([("a", "a")])])
def test_a_graph_without_ties_is_refused(graph: nx.Graph[str]) -> None:
    with pytest.raises(InputError, match="no tie between two nodes"):
        centrality(graph, weight=None)


@pytest.mark.parametrize("weight", [0, -2.5, float("nan"), "3", None])
def test_a_weight_that_is_not_positive_is_refused(weight: object) -> None:
    graph = nx.Graph()
    graph.add_edge("a", "b", weight=weight)
    with pytest.raises(InputError, match="the tie a to b has weight"):
        centrality(graph)
