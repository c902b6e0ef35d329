"""Reciprocity and closure of graphs that can be counted by hand, and of random graphs."""

from __future__ import annotations

import random

import igraph
import networkx as nx
import pytest

from comity.errors import InputError
from comity.network.directed import directed


def test_two_of_three_ties_returned() -> None:
    found = directed(nx.DiGraph([("a", "b"), ("b", "a"), ("b", "c")]), draws=20)
    assert found.reciprocity == pytest.approx(2 / 3)
    assert found.rho == pytest.approx((2 / 3 - 1 / 2) / (1 - 1 / 2))
    assert found.closure == 0


def test_the_only_path_is_closed() -> None:
    found = directed(nx.DiGraph([("a", "b"), ("b", "c"), ("a", "c")]), draws=20)
    assert (found.reciprocity, found.rho, found.closure) == (0, -1, 1)


def test_a_cycle_closes_no_path() -> None:
    assert directed(nx.DiGraph([("a", "b"), ("b", "c"), ("c", "a")]), draws=5).closure == 0


def test_degrees_that_leave_no_choice_give_no_z() -> None:
    found = directed(nx.DiGraph([("a", "b"), ("b", "c"), ("a", "c")]), draws=20)
    assert found.mean == {"reciprocity": 0, "closure": 1}
    assert found.z["closure"] != found.z["closure"]
    assert found.p == {"reciprocity": 1, "closure": 1}


def test_without_a_path_there_is_no_closure() -> None:
    found = directed(nx.DiGraph([("a", "b"), ("c", "d")]), draws=5)
    assert all(value != value for value in (found.closure, found.mean["closure"], found.p["closure"]))
    assert found.p["reciprocity"] == 1


def test_a_complete_graph_has_no_rho() -> None:
    found = directed(nx.complete_graph(4, create_using=nx.DiGraph), draws=5)
    assert (found.reciprocity, found.closure) == (1, 1)
    assert found.rho != found.rho


def test_loops_parallel_ties_and_weights_do_not_count() -> None:
    plain = directed(nx.DiGraph([("a", "b"), ("b", "c"), ("c", "a"), ("b", "a")]), draws=50)
    noisy = nx.MultiDiGraph([("a", "b"), ("a", "b"), ("b", "c"), ("c", "a"), ("b", "a"), ("c", "c")])
    noisy.add_edge("a", "b", weight=-7.0)
    assert repr(directed(noisy, draws=50)) == repr(plain)


def test_reciprocity_agrees_with_networkx_and_igraph() -> None:
    graph = nx.gnp_random_graph(40, 0.1, seed=3, directed=True)
    found = directed(graph, draws=1).reciprocity
    assert found == pytest.approx(nx.overall_reciprocity(graph))
    assert found == pytest.approx(igraph.Graph.from_networkx(graph).reciprocity())


def test_closure_agrees_with_the_census_of_triads() -> None:
    graph = nx.gnp_random_graph(30, 0.15, seed=4, directed=True)
    triples = [(i, j, k) for i, j in graph.edges for k in graph[j] if k != i]
    assert directed(graph, draws=1).closure == pytest.approx(sum(graph.has_edge(i, k) for i, _, k in triples) / len(triples))


def test_a_random_graph_is_as_its_degrees_give() -> None:
    found = [directed(nx.gnp_random_graph(40, 0.15, seed=seed, directed=True), draws=100, seed=seed) for seed in range(12)]
    for part in ("reciprocity", "closure"):
        assert abs(sum(one.z[part] for one in found) / 12) < 0.8  # three standard errors of a mean of 12
        assert sum(one.p[part] <= 0.05 for one in found) <= 3


def test_returned_ties_and_closed_paths_stand_out() -> None:
    generator = random.Random(0)
    ties = [pair for _ in range(40) for a, b in [generator.sample(range(30), 2)] for pair in ((a, b), (b, a))]
    assert directed(nx.DiGraph(ties), draws=100).z["reciprocity"] > 5
    order = nx.DiGraph([(a + 5 * block, b + 5 * block) for block in range(6) for a in range(5) for b in range(a + 1, 5)])
    found = directed(order, draws=100)
    assert found.closure == 1
    assert found.p["closure"] == pytest.approx(2 / 101)


def test_the_same_seed_gives_the_same_result_in_whatever_order_ties_came() -> None:
    graph = nx.gnp_random_graph(20, 0.2, seed=5, directed=True)
    again = nx.DiGraph(reversed(list(graph.edges)))
    assert directed(graph, draws=50, seed=1) == directed(again, draws=50, seed=1)
    assert directed(graph, draws=50, seed=1).mean != directed(graph, draws=50, seed=2).mean


@pytest.mark.parametrize("graph", [nx.Graph([("a", "b")]), nx.DiGraph(), nx.DiGraph([("a", "a")])], ids=["undirected", "empty", "a loop"])
def test_a_graph_without_direction_or_ties_is_refused(graph: nx.Graph[str]) -> None:
    with pytest.raises(InputError):
        directed(graph)  # type: ignore[arg-type]


def test_no_draw_is_refused() -> None:
    with pytest.raises(InputError, match="at least one draw"):
        directed(nx.DiGraph([("a", "b")]), draws=0)
