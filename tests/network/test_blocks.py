"""All optimal partitions against every division of small graphs, and those of the literature's graphs."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import networkx as nx
import numpy as np
import pytest
from signs import divisions, drawn, monastery, parties, ties, tribes

from comity.errors import InputError
from comity.network.blocks import blockmodels
from comity.network.frustration import frustration_index

SQUARE = [("A", "B", 1), ("B", "C", -1), ("C", "D", 1), ("A", "D", 1)]


def inconsistency(graph: nx.Graph[Any], row: tuple[int, ...], alpha: float, *, relaxed: bool) -> float:
    """Return twice the criterion of a partition, cell by cell."""
    cells: dict[tuple[int, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for u, v, data in graph.edges(data=True):
        r, s = row[u], row[v]
        cell = cells[(r, s) if relaxed and graph.is_directed() else (min(r, s), max(r, s))]
        cell[data["w"] < 0] += 2 * (alpha if data["w"] < 0 else 1 - alpha) * abs(data["w"])
    return sum(min(cell) if relaxed else cell[r == s] for (r, s), cell in cells.items())


def test_an_unbalanced_square_has_three_best_partitions_of_two_blocks() -> None:
    # Any one of the three positive ties may be the frustrated one; the negative one would leave a single block.
    found = blockmodels(ties(*SQUARE), 2)
    assert (found.value, found.criterion, found.proven, found.complete) == (1, 0.5, True, True)
    assert [tuple(partition.values()) for partition in found.partitions] == [(1, 1, 2, 1), (1, 1, 2, 2), (1, 2, 1, 1)]
    assert frustration_index(ties(*SQUARE)).value == 1


def test_consensus_is_the_share_of_optima_in_which_two_share_a_block() -> None:
    found = blockmodels(ties(*SQUARE), 2)
    assert found.nodes == ("A", "B", "C", "D")
    assert found.consensus()[0].tolist() == pytest.approx([1, 2 / 3, 1 / 3, 2 / 3])
    assert np.array_equal(found.consensus(), found.consensus().T)


def test_no_block_is_empty_so_friends_are_parted_if_they_must_be() -> None:
    found = blockmodels(ties(("A", "B", 1), ("B", "C", 1), ("A", "C", 1), ("C", "D", 1)), 2)
    assert (found.value, [tuple(partition.values()) for partition in found.partitions]) == (1, [(1, 1, 1, 2)])


def test_alpha_says_which_inconsistency_is_worse() -> None:
    graph = ties(("A", "B", 1), ("B", "C", 1), ("A", "C", -1))
    assert blockmodels(graph, 2, alpha=0.9).value == pytest.approx(0.2)
    assert [tuple(p.values()) for p in blockmodels(graph, 2, alpha=0.9).partitions] == [(1, 1, 2), (1, 2, 2)]
    assert blockmodels(graph, 1, alpha=0.1).value == pytest.approx(0.2)


def test_relaxed_balance_lets_a_mediator_be_friends_with_enemies() -> None:
    # A and B fight, M is friends with both: one inconsistent line for structural balance, none where the block M-AB may be positive.
    graph = ties(("A", "M", 1), ("B", "M", 1), ("A", "B", -1))
    relaxed = blockmodels(graph, 2, relaxed=True)
    assert blockmodels(graph, 2).value == 1
    assert (relaxed.value, relaxed.partitions, relaxed.images) == (0, ({"A": 1, "B": 1, "M": 2},), (((-1, 1), (1, 0)),))


def test_in_a_directed_graph_the_two_directions_are_relaxed_apart() -> None:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edge("A", "B", sign=1)
    graph.add_edge("B", "A", sign=-1)
    assert blockmodels(graph, 2).value == 1
    found = blockmodels(graph, 2, relaxed=True)
    assert (found.value, found.images) == (0, (((0, 1), (-1, 0)),))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("k", "relaxed"), [(1, False), (2, False), (3, False), (None, False), (1, True), (2, True), (3, True)])
def test_the_optima_are_those_among_all_divisions(seed: int, k: int | None, *, relaxed: bool) -> None:
    graph = drawn(seed, nodes=6, share=0.3 + seed / 24, directed=seed % 2 == 0, whole=seed % 3 != 0)
    alpha = (0.5, 0.3, 0.8)[seed % 3]
    costs = {row: inconsistency(graph, row, alpha, relaxed=relaxed) for row in divisions(6, most=k, fewest=k or 1)}
    least = min(costs.values())
    found = blockmodels(graph, k, alpha=alpha, relaxed=relaxed, weight="w", limit=10_000)
    assert (found.proven, found.complete) == (True, True)
    assert found.value == pytest.approx(least, abs=1e-7)
    assert [tuple(partition.values()) for partition in found.partitions] == sorted(row for row, cost in costs.items() if cost < least + 1e-7)


def test_more_optima_than_the_limit_are_said_to_be_incomplete() -> None:
    found = blockmodels(ties(*SQUARE), 2, limit=2)
    assert (len(found.partitions), found.proven, found.complete) == (2, True, False)


def test_a_low_limit_does_not_hide_a_better_partition() -> None:
    for seed in range(8):
        graph = drawn(seed, nodes=7, share=0.6)
        assert blockmodels(graph, 3, relaxed=True, weight="w", limit=1).value == blockmodels(graph, 3, relaxed=True, weight="w").value


@pytest.mark.parametrize("relaxed", [False, True])
def test_when_the_time_is_up_a_partition_is_told_and_nothing_is_claimed(*, relaxed: bool) -> None:
    found = blockmodels(drawn(1, nodes=30, share=0.7), 4, relaxed=relaxed, weight="w", time_limit=0.01)
    assert (found.proven, found.complete) == (False, False)
    assert found.value > 0
    assert set(found.partitions[0].values()) == {1, 2, 3, 4}


@pytest.mark.parametrize(("k", "more", "message"), [
    (0, {}, "k is 0"), (4, {}, "k is 4; give a whole number from 1 to 3"), (2.0, {}, "k is 2.0"), (True, {}, "k is True"),
    (None, {"relaxed": True}, "relaxed balance needs a number"), (2, {"alpha": 0}, "alpha is 0"), (2, {"alpha": float("nan")}, "alpha is nan"),
    (2, {"limit": 0}, "limit is 0"), (2, {"time_limit": 0}, "time_limit is 0"),
])
def test_arguments_out_of_range_are_refused(k: Any, more: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        blockmodels(ties(("A", "B", 1), ("B", "C", 1)), k, **more)


def test_a_graph_too_large_to_list_is_refused_before_the_search() -> None:
    with pytest.raises(InputError, match="ask for frustration_index"):
        blockmodels(ties(*((str(i), str(i + 1), 1) for i in range(2000))), None)


@pytest.mark.suites
@pytest.mark.parametrize(("k", "value", "optima"), [(2, 7, 1), (3, 2, 1), (4, 4, 6), (5, 5, 1)])
def test_the_highland_tribes_are_best_parted_in_three_in_one_way(k: int, value: int, optima: int) -> None:
    found = blockmodels(tribes(), k)
    assert (found.value, len(found.partitions), found.complete) == (value, optima, True)


@pytest.mark.suites
@pytest.mark.parametrize(("time", "criteria"), [(2, [21.5, 17.5]), (3, [16.0, 11.0]), (4, [12.5, 10.5])])
def test_the_criteria_of_the_monastery_are_those_of_the_integer_programs(time: int, criteria: list[float]) -> None:
    found = [blockmodels(monastery(time), k, weight="weight") for k in (2, 3)]
    assert [models.criterion for models in found] == criteria
    assert all(models.complete for models in found)
    assert [frustration_index(monastery(time), blocks=k, weight="weight").value / 2 for k in (2, 3)] == criteria


@pytest.mark.suites
def test_relaxed_balance_is_never_worse_and_fits_the_parties_better() -> None:
    strict, relaxed = blockmodels(parties(), 3, weight="weight"), blockmodels(parties(), 3, relaxed=True, weight="weight")
    assert (strict.criterion, relaxed.criterion, relaxed.complete) == (36.0, 3.0, True)
