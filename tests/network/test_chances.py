"""Chances of ties to be positive: degrees kept, certain ties found, hand-checkable cases."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from signs import LAST, drawn, ties, tribes, windows

from comity.network.chances import positive_chances
from comity.network.signed import signed


def lacks(graph: nx.Graph[Any], weight: str | None = None) -> float:
    """Return the greatest difference between expected and observed positive ties of a node."""
    table = signed(graph, weight=weight)
    chances = positive_chances(table)
    nodes = table.ends.ravel()
    return float(np.abs(np.bincount(nodes, np.repeat(chances - (table.net > 0), 2))).max())


def test_where_all_ties_are_alike_they_are_certain() -> None:
    assert positive_chances(ties(("A", "B", 1), ("B", "C", 1))).tolist() == [1.0, 1.0]
    assert positive_chances(ties(("A", "B", -1), ("B", "C", -1))).tolist() == [0.0, 0.0]


def test_a_node_hostile_to_all_makes_its_ties_certain_and_leaves_the_others_free() -> None:
    square = [("A", "B", 1), ("B", "C", -1), ("C", "D", 1), ("A", "D", -1)]
    graph = ties(*square, *(("R", node, -1) for node in "ABCD"))
    chances = dict(zip(((u, v) for u, v in signed(graph).ends.tolist()), positive_chances(graph).tolist(), strict=True))
    assert [chances[node, 4] for node in range(4)] == [0.0] * 4
    # Each corner has one positive of two ties, so that all four are as likely as not.
    assert [chances[pair] for pair in ((0, 1), (1, 2), (2, 3), (0, 3))] == pytest.approx([0.5] * 4)


def test_a_tree_follows_from_its_degrees() -> None:
    # A leaf's only tie is certain, and so on inwards.
    graph = ties(("A", "B", 1), ("B", "C", -1), ("C", "D", 1), ("C", "E", -1))
    assert positive_chances(graph).tolist() == [1.0, 0.0, 1.0, 0.0]


def test_groups_that_are_placed_at_the_edge_are_certain_together() -> None:
    # P are all friends and N all enemies; between them each node has one friend of two, so only those ties are uncertain.
    graph = ties(("P1", "P2", 1), ("N1", "N2", -1), ("P1", "N1", 1), ("P2", "N2", 1), ("P1", "N2", -1), ("P2", "N1", -1))
    table = signed(graph)
    inside = [table.nodes[u][0] == table.nodes[v][0] for u, v in table.ends.tolist()]
    chances = positive_chances(graph)
    assert sorted(chances[inside].tolist()) == [0.0, 1.0]
    assert chances[~np.array(inside)].tolist() == pytest.approx([0.5] * 4)


@pytest.mark.parametrize("seed", range(20))
def test_each_node_keeps_its_expected_number_of_positive_ties(seed: int) -> None:
    assert lacks(drawn(seed, nodes=14, share=0.1 + seed / 25), "w") < 1e-6


@pytest.mark.suites
def test_degrees_are_kept_where_most_nodes_have_ties_of_one_sign_only() -> None:
    graph = windows()[LAST]
    chances = positive_chances(graph)
    assert lacks(graph) < 1e-6
    assert ((chances == 0) | (chances == 1)).mean() > 0.7
    assert lacks(tribes()) < 1e-6
