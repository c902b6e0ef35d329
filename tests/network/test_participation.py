"""Participation across layers on multigraphs that can be computed by hand."""

from __future__ import annotations

import networkx as nx
import pytest

from comity.errors import InputError
from comity.graph import Graph
from comity.network.participation import participation


def layered(*ties: tuple[str, str, str], directed: bool = False) -> nx.MultiGraph[str]:
    graph: nx.MultiGraph[str] = nx.MultiDiGraph() if directed else nx.MultiGraph()
    for source, target, layer in ties:
        graph.add_edge(source, target, key=layer)
    return graph


SHARED = [("h", "a", "x"), ("h", "b", "y"), ("a", "b", "y")]


def test_a_node_in_both_layers_alike_has_one_and_a_node_in_one_layer_none() -> None:
    found = participation(layered(*SHARED, ("h", "c", "x"), ("h", "a", "y")))
    # h: two partners in x, two in y; c: x alone.
    assert (found.coefficient["h"], found.coefficient["c"]) == (1.0, 0.0)
    # a: one in x and two in y: 2·(1 − 1/9 − 4/9).
    assert found.coefficient["a"] == pytest.approx(8 / 9)


def test_the_overlapping_degree_adds_partners_over_layers() -> None:
    found = participation(layered(*SHARED))
    assert found.layers == ("x", "y")
    assert found.degree == {"a": {"x": 1, "y": 1}, "b": {"x": 0, "y": 2}, "h": {"x": 1, "y": 1}}
    assert found.overlap == {"a": 2, "b": 2, "h": 2}
    assert found.z == {"a": None, "b": None, "h": None}


def test_z_is_the_distance_from_the_mean_overlap() -> None:
    # Overlaps 3, 1, 1, 1: mean 3/2, standard deviation √(3)/2.
    found = participation(layered(("h", "a", "x"), ("h", "b", "x"), ("h", "c", "y")))
    assert found.z["h"] == pytest.approx(3**0.5)
    assert found.z["a"] == pytest.approx(-1 / 3**0.5)


def test_a_partner_counts_once_in_a_layer_whichever_way_it_is_tied() -> None:
    both = layered(("h", "a", "x"), ("a", "h", "x"), ("h", "b", "y"), directed=True)
    assert participation(both).degree["h"] == {"x": 1, "y": 1}


def test_a_layer_asked_for_counts_even_where_it_is_empty() -> None:
    found = participation(layered(*SHARED), layers=("x", "y", "z"))
    assert found.coefficient["h"] == pytest.approx(3 / 2 * 1 / 2)
    assert found.degree["b"] == {"x": 0, "y": 2, "z": 0}


def test_layers_not_asked_for_are_left_out() -> None:
    found = participation(layered(*SHARED, ("h", "c", "z")), layers=("x", "y"))
    assert found.overlap["c"] == 0
    assert found.coefficient["c"] is None


def test_the_network_of_a_day_is_measured_as_it_comes(small: Graph) -> None:
    found = participation(small.network(as_of="2023-07-11"))
    assert found.degree["USA"]["recognitions"] == 1
    assert all(value is None or -1e-12 <= value <= 1 for value in found.coefficient.values())


@pytest.mark.parametrize(("graph", "layers", "message"), [
    (nx.Graph([("a", "b")]), None, "participation needs a multigraph"),
    (layered(("a", "b", "x")), None, r"there is 1 \(x\)"),
    (nx.MultiGraph(), None, r"there is 0 \(none\)"),
    (layered(("a", "a", "x"), ("b", "b", "y")), None, r"there is 0 \(none\)"),
    (layered(*SHARED), ("u", "v"), "no tie stands in the layers u, v; choose others")])
def test_a_graph_without_layers_to_compare_is_refused(graph: nx.MultiGraph[str], layers: tuple[str, ...] | None, message: str) -> None:
    with pytest.raises(InputError, match=message):
        participation(graph, layers=layers)
