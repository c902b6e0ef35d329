"""Centralities and communities on graphs that can be computed by hand."""

from __future__ import annotations

from math import sqrt

import networkx as nx
import pytest

from comity.errors import InputError
from comity.network import Metrics, measure

TIE = {"layer": "x", "sign": 1, "directed": False, "through": "t"}


def graph(*ties: tuple[str, str, int], directed: bool = False) -> nx.Graph[str]:
    made: nx.Graph[str] = nx.DiGraph() if directed else nx.Graph()
    for source, target, weight in ties:
        made.add_edge(source, target, weight=weight, **(TIE | {"directed": directed}))
    return made


def column(metrics: Metrics, name: str) -> dict[object, object]:
    return {actor["id"]: actor[name] for actor in metrics.actors}


PATH = [("A", "B", 1), ("B", "C", 1)]
TRIANGLE = [("A", "B", 1), ("B", "C", 1), ("A", "C", 1)]
STAR = [("H", "A", 1), ("H", "B", 1), ("H", "C", 1)]
PAIRS = [("A", "B", 1), ("C", "D", 1)]


def test_degree_counts_ties_and_strength_sums_their_weights() -> None:
    measured = measure(graph(("A", "B", 2), ("B", "C", 5)))
    assert column(measured, "degree") == {"A": 1, "B": 2, "C": 1}
    assert column(measured, "strength") == {"A": 2, "B": 7, "C": 5}


@pytest.mark.parametrize(("ties", "expected"), [
    (PATH, {"A": 0.0, "B": 1.0, "C": 0.0}),
    (TRIANGLE, {"A": 0.0, "B": 0.0, "C": 0.0}),
    (STAR, {"H": 1.0, "A": 0.0, "B": 0.0, "C": 0.0}),
    (PAIRS, {"A": 0.0, "B": 0.0, "C": 0.0, "D": 0.0}),
])
def test_betweenness_is_the_share_of_shortest_ways_through_an_actor(ties: list[tuple[str, str, int]], expected: dict[str, float]) -> None:
    assert column(measure(graph(*ties)), "betweenness") == expected


def test_a_heavier_tie_is_a_shorter_way() -> None:
    # A to C is 1 direct and 1/4 + 1/4 through B, so every shortest way between A and C runs through B.
    assert column(measure(graph(("A", "B", 4), ("B", "C", 4), ("A", "C", 1))), "betweenness") == {"A": 0.0, "B": 1.0, "C": 0.0}


@pytest.mark.parametrize(("ties", "expected"), [
    (PATH, {"A": 1 / 2, "B": sqrt(2) / 2, "C": 1 / 2}),
    (TRIANGLE, {"A": 1 / sqrt(3), "B": 1 / sqrt(3), "C": 1 / sqrt(3)}),
    (STAR, {"H": sqrt(2) / 2, "A": 1 / sqrt(6), "B": 1 / sqrt(6), "C": 1 / sqrt(6)}),
    # Weights 3 and 4: the leading eigenvalue is 5, the vector (3, 5, 4) over the square root of 50.
    ([("A", "B", 3), ("B", "C", 4)], {"A": 3 / sqrt(50), "B": 5 / sqrt(50), "C": 4 / sqrt(50)}),
])
def test_eigenvector_centrality_is_the_leading_eigenvector(ties: list[tuple[str, str, int]], expected: dict[str, float]) -> None:
    assert column(measure(graph(*ties)), "eigenvector") == pytest.approx(expected, abs=2e-6)


def test_outside_the_largest_component_eigenvector_centrality_is_zero() -> None:
    found = column(measure(graph(*TRIANGLE, ("X", "Y", 9))), "eigenvector")
    assert (found["X"], found["Y"]) == (0.0, 0.0)
    assert found["A"] == pytest.approx(1 / sqrt(3), abs=2e-6)


def test_two_pairs_are_two_communities_with_modularity_one_half() -> None:
    measured = measure(graph(*PAIRS))
    assert column(measured, "community") == {"A": 1, "B": 1, "C": 2, "D": 2}
    assert measured.modularity == 0.5


def test_the_largest_community_is_number_one() -> None:
    found = column(measure(graph(("A", "B", 1), ("X", "Y", 1), ("Y", "Z", 1), ("X", "Z", 1))), "community")
    assert found == {"A": 2, "B": 2, "X": 1, "Y": 1, "Z": 1}


def test_a_triangle_is_one_community_with_modularity_zero() -> None:
    measured = measure(graph(*TRIANGLE))
    assert set(column(measured, "community").values()) == {1}
    assert measured.modularity == 0.0


def test_a_directed_layer_tells_ties_given_from_ties_received() -> None:
    measured = measure(graph(("A", "B", 2), ("B", "A", 1), ("A", "C", 1), directed=True))
    assert column(measured, "out_degree") == {"A": 2, "B": 1, "C": 0}
    assert column(measured, "in_degree") == {"A": 1, "B": 1, "C": 1}
    assert column(measured, "degree") == {"A": 3, "B": 2, "C": 1}
    assert column(measured, "strength") == {"A": 4, "B": 3, "C": 1}


def test_opposite_ties_are_added_before_communities_and_eigenvectors() -> None:
    # Flattened: A-B 3, A-C 4, the same as the undirected case above.
    found = column(measure(graph(("A", "B", 2), ("B", "A", 1), ("A", "C", 4), directed=True)), "eigenvector")
    assert found == pytest.approx({"A": 5 / sqrt(50), "B": 3 / sqrt(50), "C": 4 / sqrt(50)}, abs=2e-6)


def test_betweenness_follows_directions() -> None:
    found = column(measure(graph(("A", "B", 1), ("B", "C", 1), directed=True)), "betweenness")
    assert found == {"A": 0.0, "B": 0.5, "C": 0.0}


def test_actors_and_ties_are_sorted_and_do_not_depend_on_the_order_of_edges() -> None:
    forwards, backwards = measure(graph(*STAR, ("A", "B", 1)), seed=3), measure(graph(("A", "B", 1), *reversed(STAR)), seed=3)
    assert [a["id"] for a in forwards.actors] == ["A", "B", "C", "H"]
    assert forwards.actors == backwards.actors


def test_the_same_seed_gives_the_same_communities() -> None:
    karate = nx.relabel_nodes(nx.karate_club_graph(), str)
    nx.set_edge_attributes(karate, dict.fromkeys(karate.edges, TIE))
    assert measure(karate, seed=5) == measure(karate, seed=5)
    assert measure(karate, seed=5).seed == 5


def test_measuring_leaves_the_weights_as_they_were() -> None:
    made = graph(*PATH)
    measure(made)
    assert nx.get_edge_attributes(made, "weight") == {("A", "B"): 1, ("B", "C"): 1}


def test_a_graph_without_ties_is_refused_with_its_day_and_layer() -> None:
    with pytest.raises(InputError, match="no tie stands on 2024-01-01 in layer measures; choose a later day or another layer"):
        measure(nx.Graph(as_of="2024-01-01", layers="measures"))
