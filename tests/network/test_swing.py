"""How firmly nodes belong to their blocs, by hand and against every division of small graphs."""

from __future__ import annotations

from typing import Any

import networkx as nx
import pytest
from signs import divisions, drawn, frustrated, ties, tribes

from comity.errors import InputError
from comity.network.frustration import frustration_index
from comity.network.swing import swing

CLIQUES = [("A", "B", 1), ("A", "C", 1), ("B", "C", 1), ("X", "Y", 1), ("X", "Z", 1), ("Y", "Z", 1), ("A", "X", -1), ("B", "Y", -1), ("C", "Z", -1)]


def test_in_a_balanced_graph_leaving_costs_the_ties_that_are_broken() -> None:
    found = swing(ties(*CLIQUES))
    assert (found.value, found.proven, found.complete) == (0, True, True)
    assert found.increase == dict.fromkeys("ABCXYZ", 3.0)
    assert found.entropy == dict.fromkeys("ABCXYZ", 0.0)
    assert found.shares["A"] == {1: 1.0}


def test_a_node_drawn_both_ways_swings_freely() -> None:
    found = swing(ties(*CLIQUES, ("M", "A", 1), ("M", "X", 1)))
    assert (found.value, found.increase["M"], found.entropy["M"], found.shares["M"]) == (1, 0.0, 1.0, {1: 0.5, 2: 0.5})
    assert [found.entropy[node] for node in "ABCXYZ"] == [0.0] * 6


def test_those_who_hang_on_a_node_go_with_it() -> None:
    # P is forced over at the price of its tie to A alone, as Q follows.
    found = swing(ties(*CLIQUES, ("P", "A", 1), ("P", "Q", 1)))
    assert (found.increase["P"], found.increase["Q"]) == (1.0, 1.0)


def test_where_all_are_friends_the_other_bloc_is_empty_and_costs_the_cheapest_cut() -> None:
    found = swing(ties(("A", "B", 1), ("B", "C", 1), ("A", "C", 1), ("C", "D", 1)))
    assert found.increase == {"A": 2.0, "B": 2.0, "C": 2.0, "D": 1.0}


def test_a_node_without_ties_stands_everywhere() -> None:
    graph = ties(*CLIQUES)
    graph.add_node("0")
    found = swing(graph)
    assert (found.increase["0"], found.entropy["0"], found.shares["0"]) == (0.0, 1.0, {1: 0.5, 2: 0.5})


def test_a_third_bloc_is_open_where_three_are_allowed() -> None:
    assert swing(ties(("A", "B", -1), ("B", "C", -1), ("A", "C", -1)), blocks=3).increase == dict.fromkeys("ABC", 1.0)


@pytest.mark.parametrize("seed", range(10))
def test_increases_and_shares_are_those_among_all_divisions(seed: int) -> None:
    graph = drawn(seed, nodes=7, share=0.5)
    found = swing(graph, weight="w")
    own = found.partition
    agreement = {n: sum(abs(d["w"]) for *_, d in ((u, v, d) for u, v, d in graph.edges(n, data=True) if (own[u] == own[v]) == (d["w"] > 0))) for n in graph}
    anchors = {block: sorted((n for n in graph if own[n] == block), key=lambda n: (-agreement[n], n)) for block in (1, 2)}
    rows = [other for row in divisions(7, most=2) for other in (row, tuple(3 - block for block in row))]
    for node in graph:
        standing = {block: next(n for n in members if n != node) for block, members in anchors.items() if set(members) - {node}}
        over = [row for row in rows if row[node] != own[node] and all(row[n] == block for block, n in standing.items())]
        assert found.increase[node] == min(frustrated(graph, row, "w") for row in over) - found.value
    best = [row for row in rows if frustrated(graph, row, "w") == found.value and all(row[n[0]] == block for block, n in anchors.items() if n)]
    for node in graph:
        assert found.shares[node].get(1, 0) == pytest.approx(sum(row[node] == 1 for row in best) / len(best))


def test_the_blocs_may_be_given_if_they_are_optimal() -> None:
    graph = ties(*CLIQUES)
    mirrored = {node: 3 - block for node, block in frustration_index(graph).partition.items()}
    assert swing(graph, mirrored).shares["A"] == {2: 1.0}


@pytest.mark.parametrize(("partition", "message"), [
    ({"A": 1, "B": 1, "C": 1}, "X has bloc None"), (dict.fromkeys("ABCXYZ", 3), "A has bloc 3"),
    (dict.fromkeys("ABCXYZ", 1), "the partition frustrates 3, the best 0"), ({}, "A has bloc None"),
])
def test_a_partition_that_is_none_or_not_the_best_is_refused(partition: dict[str, int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        swing(ties(*CLIQUES), partition)


def test_any_number_of_blocs_has_no_other_bloc_to_be_forced_into() -> None:
    none: Any = None
    with pytest.raises(InputError, match="blocks is None"):
        swing(ties(*CLIQUES), blocks=none)


def test_when_the_time_is_up_nothing_is_claimed() -> None:
    found = swing(drawn(2, nodes=40, share=0.3), weight="w", time_limit=0.05)
    assert (found.proven, found.complete) == (False, False)
    assert all(increase >= 0 for increase in found.increase.values())
    assert all(sum(shares.values()) == pytest.approx(1) for shares in found.shares.values())


def test_more_optima_than_the_limit_are_said_to_be_incomplete() -> None:
    graph: nx.Graph[str] = ties(*CLIQUES, *((m, end, 1) for m in "KLM" for end in "AX"))
    assert (swing(graph).complete, swing(graph, limit=2).complete, swing(graph, limit=2).proven) == (True, False, True)


@pytest.mark.suites
def test_of_the_highland_tribes_the_seuve_belong_least_to_their_bloc() -> None:
    found = swing(tribes())
    assert min(found.increase, key=lambda tribe: found.increase[tribe]) == "Seuve"
    assert (found.increase["Seuve"], found.increase["Gama"]) == (1.0, 8.0)
