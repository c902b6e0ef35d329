"""Signed graphs as tables of ties, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pytest
from signs import ties

from comity.errors import InputError
from comity.network import balance, blocks, chances, communities, frustration, nulls
from comity.network.signed import numbered, signed
from comity.network.swing import swing

A_B_BOTH = [("A", "B", 1), ("A", "B", -1), ("B", "C", 1)]
MEASURES: dict[str, Callable[[Any], object]] = {
    "frustration": frustration.frustration_index, "blocks": lambda graph: blocks.blockmodels(graph, 2), "swing": swing,
    "triangles": balance.triangle_balance, "walks": balance.walk_balance, "chances": chances.positive_chances,
    "configuration": lambda graph: nulls.configuration_null(graph, draws=1, seed=0),
    "shuffle": lambda graph: nulls.shuffle_null(graph, draws=1, seed=0), "communities": communities.signed_communities,
}


def weighted(value: object, **more: object) -> nx.Graph[str]:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_edge("A", "B", w=value, **more)
    return graph


def test_nodes_and_ties_are_sorted_whatever_the_order_of_the_graph() -> None:
    table = signed(ties(("C", "A", -1), ("B", "A", 1)))
    assert table.nodes == ("A", "B", "C")
    assert table.ends.tolist() == [[0, 1], [0, 2]]
    assert table.net.tolist() == [1.0, -1.0]
    assert (table.clash, table.total, table.directed, table.weighted, table.integral) == (0.0, 2.0, False, False, True)


def test_a_table_is_taken_as_it_is() -> None:
    table = signed(ties(("A", "B", 1)))
    assert signed(table) is table


def test_nodes_of_several_types_have_an_order_too() -> None:
    graph: nx.Graph[Any] = nx.Graph()
    graph.add_edge("A", 1, sign=1)
    assert signed(graph).nodes == (1, "A")


def test_a_tie_of_weight_zero_is_no_tie() -> None:
    graph = weighted(2)
    graph.add_edge("B", "C", w=0.0)
    table = signed(graph, weight="w")
    assert (table.nodes, table.net.tolist()) == (("A", "B", "C"), [2.0])


def test_weight_and_sign_are_joined() -> None:
    assert signed(weighted(3, sign=-1), weight="w").net.tolist() == [-3.0]
    assert signed(weighted(-3, sign=-1), weight="w").net.tolist() == [-3.0]


def test_opposite_arcs_are_two_lines_of_one_tie() -> None:
    table = signed(ties(("A", "B", 1), ("B", "A", 1), kind=nx.DiGraph))
    assert (table.net.tolist(), table.total, table.directed) == ([2.0], 2.0, True)


def test_of_opposite_arcs_of_both_signs_the_smaller_can_never_be_satisfied() -> None:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edge("A", "B", w=3)
    graph.add_edge("B", "A", w=-1)
    table = signed(graph, weight="w")
    assert (table.net.tolist(), table.clash, table.total) == ([2.0], 1.0, 4.0)


def test_an_undirected_relation_that_stands_in_both_directions_is_one_line() -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for u, v in (("A", "B"), ("B", "A")):
        graph.add_edge(u, v, key="agreements", sign=1, directed=False)
    assert signed(graph).total == 1.0


def test_edges_of_both_signs_are_refused_dropped_or_counted_as_asked() -> None:
    graph = ties(*A_B_BOTH, kind=nx.MultiGraph)
    with pytest.raises(InputError, match="A – B: edges of both signs"):
        signed(graph)
    dropped, counted = signed(graph, contradictions="drop"), signed(graph, contradictions="count")
    assert (dropped.net.tolist(), dropped.clash, dropped.total) == ([1.0], 0.0, 1.0)
    assert (counted.net.tolist(), counted.clash, counted.total) == ([1.0], 1.0, 3.0)


def test_opposite_arcs_of_both_signs_are_dropped_as_asked() -> None:
    table = signed(ties(("A", "B", 1), ("B", "A", -1), ("B", "C", 1), kind=nx.DiGraph), contradictions="drop")
    assert (table.net.tolist(), table.total) == ([1.0], 1.0)


def test_an_unknown_treatment_of_contradictions_is_refused() -> None:
    with pytest.raises(InputError, match="refuse, drop, count"):
        signed(ties(("A", "B", 1)), contradictions="ignore")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), None, "3", True, 1j])
def test_a_weight_that_is_no_finite_number_is_refused(value: object) -> None:
    with pytest.raises(InputError, match=r"A – B: w is .* finite number"):
        signed(weighted(value), weight="w")


@pytest.mark.parametrize(("graph", "message"), [
    (nx.Graph(), "no tie"),
    (nx.path_graph(1), "no tie"),
    (weighted(1), "sign is None"),
    (weighted(1, sign=0), "sign is 0"),
    (weighted(1, sign=2), "sign is 2"),
    (weighted(1, sign=float("nan")), "sign is nan"),
    (ties(("A", "A", 1)), "A is tied to itself"),
    (ties(*A_B_BOTH, kind=nx.MultiGraph), "A – B: edges of both signs"),
], ids=["empty", "no edge", "no sign", "sign 0", "sign 2", "sign NaN", "self-loop", "contradiction"])
@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_refuses_bad_input_in_one_line(measure: str, graph: nx.Graph[Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        MEASURES[measure](graph)
    assert "\n" not in str(refused.value)


def test_a_positive_sign_with_a_negative_weight_is_refused() -> None:
    with pytest.raises(InputError, match="make them agree"):
        signed(weighted(-1, sign=1), weight="w")


def test_a_graph_of_zero_weights_has_no_tie() -> None:
    with pytest.raises(InputError, match="no tie"):
        signed(weighted(0), weight="w")


def test_labels_are_numbered_as_they_appear() -> None:
    assert numbered([7, 3, 7, 1]) == [1, 2, 1, 3]


def test_numbers_of_numpy_are_numbers() -> None:
    assert signed(weighted(np.float64(-2.5)), weight="w").net.tolist() == [-2.5]
