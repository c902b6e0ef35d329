"""Communities by modularity on graphs whose best partition is known."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import igraph
import networkx as nx
import pytest

from comity.errors import InputError
from comity.network.chance import seeded
from comity.network.leiden import leiden

TWO = nx.Graph([("a", "b"), ("b", "c"), ("a", "c"), ("x", "y"), ("y", "z"), ("x", "z"), ("c", "x")])


def test_two_triangles_joined_by_a_tie_are_two_communities() -> None:
    found = leiden(TWO, weight=None)
    assert found.groups == (("a", "b", "c"), ("x", "y", "z"))
    # Three of seven ties in each, strength 7 of 14 each: 2·(3/7 − 1/4).
    assert found.modularity == pytest.approx(5 / 14)


def test_communities_are_numbered_by_size_and_then_by_first_node() -> None:
    graph = nx.Graph([("a", "b"), ("m", "n"), ("x", "y"), ("y", "z"), ("x", "z")])
    graph.add_node("alone")
    assert leiden(graph, weight=None).number == {"x": 1, "y": 1, "z": 1, "a": 2, "b": 2, "m": 3, "n": 3, "alone": 4}


def test_weights_decide_who_belongs_together() -> None:
    graph = nx.Graph()
    graph.add_weighted_edges_from([("a", "b", 9), ("b", "c", 1), ("c", "d", 9), ("d", "a", 1)])
    assert leiden(graph).groups == (("a", "b"), ("c", "d"))
    nx.set_edge_attributes(graph, {("b", "c"): 99, ("d", "a"): 99}, "weight")
    assert leiden(graph).groups == (("a", "d"), ("b", "c"))


def test_directions_do_not_matter() -> None:
    assert leiden(nx.DiGraph(TWO.edges), weight=None).groups == leiden(TWO, weight=None).groups


def test_the_best_known_partition_of_the_karate_club_is_found() -> None:
    """Modularity .4198 is the proven optimum of the unweighted club (Brandes et al. 2008)."""
    assert leiden(nx.karate_club_graph(), weight=None, seed=3).modularity == pytest.approx(0.4198, abs=5e-5)


def test_the_same_seed_gives_the_same_communities_in_any_order_and_in_threads() -> None:
    graph = nx.gnp_random_graph(60, 0.1, seed=1)
    shuffled = nx.Graph(list(graph.edges)[::-1])
    shuffled.add_nodes_from(graph)
    first = leiden(graph, weight=None, seed=4)
    assert leiden(shuffled, weight=None, seed=4) == first
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: leiden(graph, weight=None, seed=4), range(12))) == {first}


def test_a_random_graph_has_other_communities_by_another_seed() -> None:
    graph = nx.gnp_random_graph(60, 0.1, seed=1)
    assert len({leiden(graph, weight=None, seed=seed).groups for seed in range(5)}) > 1


def test_random_numbers_are_igraphs_own_again_afterwards() -> None:
    random.seed(1)
    before = igraph.Graph.Erdos_Renyi(n=20, m=30).get_edgelist()
    with seeded(5):
        inside = igraph.Graph.Erdos_Renyi(n=20, m=30).get_edgelist()
    random.seed(1)
    assert igraph.Graph.Erdos_Renyi(n=20, m=30).get_edgelist() == before
    with seeded(5):
        assert igraph.Graph.Erdos_Renyi(n=20, m=30).get_edgelist() == inside


def test_a_graph_without_ties_is_refused() -> None:
    with pytest.raises(InputError, match="no tie between two nodes"):
        leiden(nx.empty_graph(2))
