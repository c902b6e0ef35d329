"""Balanced triangles and walks on graphs that can be counted by hand, and on the literature's."""

from __future__ import annotations

from itertools import combinations
from math import cosh, exp

import networkx as nx
import numpy as np
import pytest
from signs import drawn, ties, tribes

from comity.network.balance import triangle_balance, walk_balance

GOOD = [("A", "B", 1), ("B", "C", -1), ("A", "C", -1)]
BAD = [("A", "B", 1), ("B", "C", 1), ("A", "C", -1)]


@pytest.mark.parametrize(("edges", "value", "triangles"), [
    (GOOD, 1.0, 1), (BAD, 0.0, 1), ([(u, v, -1) for u, v in combinations("ABC", 2)], 0.0, 1),
    ([*BAD, ("B", "D", 1), ("A", "D", 1)], 0.5, 2), ([("A", "B", 1)], None, 0), ([("A", "B", 1), ("B", "C", -1)], None, 0),
])
def test_triangles_with_an_even_number_of_negative_ties_are_balanced(edges: list[tuple[str, str, int]], value: float | None, triangles: int) -> None:
    found = triangle_balance(ties(*edges))
    assert (found.value, found.triangles) == (value, triangles)


def test_with_weights_a_triangle_counts_as_much_as_the_cube_root_of_its_product() -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_weighted_edges_from([("A", "B", 2), ("B", "C", 4), ("A", "C", -1), ("B", "D", 8), ("A", "D", 4)])
    found = triangle_balance(graph, weight="weight")
    assert (found.balanced, found.triangles) == (pytest.approx(4), pytest.approx(2 + 4))
    assert found.value == pytest.approx(2 / 3)


def test_walks_of_one_tie_are_balanced_and_those_of_a_bad_triangle_are_not() -> None:
    assert walk_balance(ties(("A", "B", -1))).value == 1.0
    # Eigenvalues of a triangle are 2, -1, -1; with one negative tie they are -2, 1, 1.
    assert walk_balance(ties(*BAD)).value == pytest.approx((exp(-2) + 2 * exp(1)) / (exp(2) + 2 * exp(-1)))
    assert walk_balance(ties(*GOOD)).value == pytest.approx(1.0)


def test_walks_count_weights_where_they_are_named() -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_weighted_edges_from([("A", "B", 3.0), ("B", "C", 3.0), ("A", "C", -3.0)])
    assert walk_balance(graph, weight="weight").value == pytest.approx((exp(-6) + 2 * exp(3)) / (exp(6) + 2 * exp(-3)))


def test_heavy_weights_do_not_overflow() -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_weighted_edges_from([("A", "B", 1e6), ("B", "C", 1e6), ("A", "C", -1e6)])
    assert walk_balance(graph, weight="weight").value == pytest.approx(0.0)
    graph["A"]["C"]["weight"] = 1e6
    assert walk_balance(graph, weight="weight").value == pytest.approx(1.0)


def test_a_square_with_one_negative_tie_has_unbalanced_walks_though_no_triangle() -> None:
    graph = ties(("A", "B", 1), ("B", "C", 1), ("C", "D", 1), ("A", "D", -1))
    assert triangle_balance(graph).value is None
    # Eigenvalues of the square are 2, 0, 0, -2; with one negative tie, twice each square root of 2.
    assert walk_balance(graph).value == pytest.approx(4 * cosh(2**0.5) / (2 * cosh(2) + 2))


@pytest.mark.parametrize("seed", range(6))
def test_triangles_agree_with_the_traces_of_cubes(seed: int) -> None:
    graph = drawn(seed, nodes=12, share=0.4)
    signs = np.sign(nx.to_numpy_array(graph, weight="w"))
    nx.set_edge_attributes(graph, {(u, v): int(np.sign(d["w"])) for u, v, d in graph.edges(data=True)}, "sign")
    graph.remove_edges_from([(u, v) for u, v, d in graph.edges(data=True) if d["sign"] == 0])
    found = triangle_balance(graph)
    assert found.triangles == pytest.approx(np.trace(np.linalg.matrix_power(np.abs(signs), 3)) / 6)
    assert found.balanced - (found.triangles - found.balanced) == pytest.approx(np.trace(np.linalg.matrix_power(signs, 3)) / 6)


@pytest.mark.suites
def test_the_highland_tribes_have_the_published_balance() -> None:
    # signnet's README: balance_score(tribes) is 0.8676471 by triangles and 0.3575761 by walks.
    assert triangle_balance(tribes()).value == pytest.approx(0.8676471, abs=1e-7)
    assert walk_balance(tribes()).value == pytest.approx(0.3575761, abs=1e-7)
