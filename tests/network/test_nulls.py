"""What graphs show against what chance gives."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import inf
from typing import Any

import networkx as nx
import pytest
from signs import LAST, drawn, ties, tribes, windows

from comity.errors import InputError
from comity.network.nulls import Null, configuration_null, shuffle_null

NULLS: list[Callable[..., Null]] = [configuration_null, shuffle_null]
TREE = [("A", "B", 1), ("B", "C", -1)]


def factions(size: int) -> nx.Graph[str]:
    """Return two hostile cliques, in which every node has about as many friends as enemies."""
    nodes = [side + str(i) for side in "AB" for i in range(size)]
    return ties(*((u, v, 1 if u[0] == v[0] else -1) for u, v in combinations(nodes, 2)))


def rogues(peaceful: int, hostile: int) -> nx.Graph[str]:
    """Return friends of all but some, who are hostile to all but one friend; signs follow from the nodes' degrees."""
    nodes = [f"p{i}" for i in range(peaceful)] + [f"r{i}" for i in range(hostile)]
    graph = ties(*((u, v, 1 if u[0] == v[0] == "p" else -1) for u, v in combinations(nodes, 2)))
    for i in range(hostile):
        graph[f"r{i}"][f"p{i}"]["sign"] = 1
        graph[f"p{i}"][f"p{i + hostile}"]["sign"] = -1
    return graph


def test_rogues_look_balanced_to_shuffled_signs_and_not_to_degrees() -> None:
    graph = rogues(16, 5)
    shuffled, kept = shuffle_null(graph, draws=400, seed=1), configuration_null(graph, draws=400, seed=1)
    assert shuffled.z["triangle"] > 4
    assert shuffled.p["triangle"] < 0.01
    assert abs(kept.z["triangle"]) < 2
    assert kept.p["triangle"] > 0.05


def test_two_factions_are_balanced_beyond_what_degrees_explain() -> None:
    found = configuration_null(factions(5), draws=60, seed=1, frustration=True)
    assert found.observed == {"triangle": 1.0, "frustration": 0.0}
    assert found.z["triangle"] > 4
    assert found.z["frustration"] < -4
    assert found.p == {"triangle": 2 / 61, "frustration": 2 / 61}
    assert found.unproven == 0


@pytest.mark.parametrize("null", NULLS)
def test_the_same_seed_gives_the_same_numbers_and_another_does_not(null: Callable[..., Null]) -> None:
    graph = drawn(1, nodes=12, share=0.5)
    first = null(graph, draws=20, seed=5, weight="w")
    assert null(graph, draws=20, seed=5, weight="w") == first
    assert null(graph, draws=20, seed=6, weight="w").mean != first.mean


@pytest.mark.parametrize("null", NULLS)
def test_where_chance_changes_nothing_there_is_nothing_to_see(null: Callable[..., Null]) -> None:
    found = null(ties(*((u, v, 1) for u, v in combinations("ABCD", 2))), draws=10, seed=0, frustration=True)
    assert (found.mean, found.sd) == ({"triangle": 1.0, "frustration": 0.0}, {"triangle": 0.0, "frustration": 0.0})
    assert (found.z, found.p) == ({"triangle": 0.0, "frustration": 0.0}, {"triangle": 1.0, "frustration": 1.0})


def test_shuffling_one_negative_tie_of_a_triangle_leaves_it_unbalanced() -> None:
    found = shuffle_null(ties(("A", "B", 1), ("B", "C", 1), ("A", "C", -1)), draws=50, seed=0)
    assert (found.observed, found.mean, found.p) == ({"triangle": 0.0}, {"triangle": 0.0}, {"triangle": 1.0})


def test_shuffling_keeps_the_number_of_negative_ties_and_the_configuration_its_mean() -> None:
    # A square with a diagonal: one negative tie frustrates 1 wherever it lies.
    graph = ties(("A", "B", -1), ("B", "C", 1), ("C", "D", 1), ("A", "D", 1), ("A", "C", 1))
    assert shuffle_null(graph, draws=30, seed=2, frustration=True).sd["frustration"] == 0.0


def test_z_is_infinite_only_where_chance_never_moves() -> None:
    one = shuffle_null(ties(("A", "B", 1), ("B", "C", -1), ("A", "C", -1), ("C", "D", 1)), draws=1, seed=3)
    assert one.z["triangle"] in (0.0, inf)


@pytest.mark.parametrize("null", NULLS)
def test_without_triangles_only_frustration_can_be_compared(null: Callable[..., Null]) -> None:
    with pytest.raises(InputError, match="no triangle"):
        null(ties(*TREE), draws=5, seed=0)
    assert set(null(ties(*TREE), draws=5, seed=0, frustration=True).z) == {"frustration"}


@pytest.mark.parametrize("null", NULLS)
@pytest.mark.parametrize("more", [{"draws": 0}, {"draws": 2.5}, {"draws": True}, {"seed": -1}, {"seed": None}, {"frustration": True, "time_limit": 0}])
def test_arguments_out_of_range_are_refused(null: Callable[..., Null], more: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=f"{list(more)[-1]} is"):
        null(factions(2), **{"draws": 5, "seed": 0} | more)


@pytest.mark.suites
def test_the_tribes_are_balanced_beyond_their_degrees_and_the_last_window_of_the_wars_is_not() -> None:
    assert configuration_null(tribes(), draws=200, seed=1).z["triangle"] > 4
    window = windows()[LAST]
    shuffled, kept = shuffle_null(window, draws=200, seed=1), configuration_null(window, draws=200, seed=1)
    assert shuffled.p["triangle"] == 2 / 201
    assert shuffled.z["triangle"] > 20
    assert kept.p["triangle"] > 0.1
