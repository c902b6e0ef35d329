"""Structural holes on graphs that can be computed by hand, and against the definition in networkx."""

from __future__ import annotations

import networkx as nx
import pytest

from comity.errors import InputError
from comity.network.constraint import constraint


def test_the_middle_of_a_path_spans_the_hole_between_its_ends() -> None:
    found = constraint(nx.path_graph(["a", "b", "c"]))
    assert found.constraint == {"a": 1.0, "b": 0.5, "c": 1.0}
    assert found.effective_size == {"a": 1.0, "b": 2.0, "c": 1.0}
    assert found.efficiency == {"a": 1.0, "b": 1.0, "c": 1.0}


def test_contacts_that_know_each_other_are_redundant() -> None:
    # p = 1/2 each, so (1/2 + 1/4)² twice; two contacts with one tie between them: 2 − 2·1/2.
    found = constraint(nx.complete_graph(3))
    assert found.constraint == pytest.approx({0: 9 / 8, 1: 9 / 8, 2: 9 / 8})
    assert found.effective_size == pytest.approx({0: 1.0, 1: 1.0, 2: 1.0})
    assert found.efficiency == pytest.approx({0: 0.5, 1: 0.5, 2: 0.5})


def test_weights_say_where_the_ties_of_a_node_go() -> None:
    graph = nx.Graph()
    graph.add_weighted_edges_from([("a", "b", 3), ("a", "c", 1)])
    # Shares 3/4 and 1/4 with no tie between b and c.
    assert constraint(graph, weight="weight").constraint == pytest.approx({"a": 10 / 16, "b": 1.0, "c": 1.0})
    assert constraint(graph).constraint["a"] == 0.5


def test_opposite_ties_are_added() -> None:
    graph = nx.DiGraph([("a", "b"), ("b", "a"), ("c", "a")])
    assert constraint(graph).constraint["a"] == pytest.approx((2 / 3) ** 2 + (1 / 3) ** 2)


def test_a_node_without_ties_has_no_structural_holes() -> None:
    graph = nx.Graph([("a", "b")])
    graph.add_node("c")
    found = constraint(graph)
    assert (found.constraint["c"], found.effective_size["c"], found.efficiency["c"]) == (None, None, None)
    assert found.constraint["a"] == 1.0


@pytest.mark.parametrize(("graph", "weight"), [
    (nx.karate_club_graph(), None), (nx.karate_club_graph(), "weight"), (nx.gnp_random_graph(25, 0.2, seed=4, directed=True), None)])
def test_the_values_are_those_of_the_definition(graph: nx.Graph[int], weight: str | None) -> None:
    # With `nodes`, networkx adds term by term; without, 3.6 gives other effective sizes for weighted and directed graphs.
    found = constraint(graph, weight=weight)
    assert found.constraint == pytest.approx(nx.constraint(graph, nodes=list(graph), weight=weight))
    assert found.effective_size == pytest.approx(nx.effective_size(graph, nodes=list(graph), weight=weight))


@pytest.mark.parametrize("weight", [0, -1, float("nan"), float("inf"), "much", None])
def test_a_weight_that_is_not_positive_is_refused_with_its_tie(weight: object) -> None:
    graph = nx.Graph()
    graph.add_edge("a", "b", weight=weight)
    with pytest.raises(InputError, match=f"the tie a to b has weight {weight}; give every tie a positive number"):
        constraint(graph, weight="weight")


def test_a_graph_without_ties_is_refused() -> None:
    with pytest.raises(InputError, match="no tie between two nodes"):
        constraint(nx.empty_graph(2))
