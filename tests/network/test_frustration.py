"""The frustration index against hand counts, every division of small graphs, and the literature."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from signs import FIRST, LAST, SENATES, divisions, drawn, frustrated, monastery, parties, senate, ties, tribes, windows

from comity.errors import InputError
from comity.network.cycles import Ties, odd, single, triangles
from comity.network.frustration import frustration_index
from comity.network.signed import signed

BAD_TRIANGLE = [("A", "B", 1), ("B", "C", 1), ("A", "C", -1)]
ALL_NEGATIVE = [("A", "B", -1), ("B", "C", -1), ("A", "C", -1)]


def random_signs(nodes: int, edges: int) -> nx.Graph[int]:
    graph = nx.gnm_random_graph(nodes, edges, seed=3)
    signs = np.random.default_rng(1).choice([-1, 1], edges)
    nx.set_edge_attributes(graph, dict(zip(graph.edges, signs.tolist(), strict=True)), "sign")
    return graph


@pytest.mark.parametrize(("edges", "blocks", "value", "partition"), [
    ([("A", "B", 1)], 2, 0, {"A": 1, "B": 1}),
    ([("A", "B", -1)], 2, 0, {"A": 1, "B": 2}),
    (BAD_TRIANGLE, 2, 1, None),
    (ALL_NEGATIVE, 2, 1, None),
    (ALL_NEGATIVE, 3, 0, {"A": 1, "B": 2, "C": 3}),
    (ALL_NEGATIVE, None, 0, {"A": 1, "B": 2, "C": 3}),
    (BAD_TRIANGLE, None, 1, None),
    ([("A", "B", 1), ("B", "C", -1), ("A", "C", -1)], 2, 0, {"A": 1, "B": 1, "C": 2}),
    ([("A", "B", -1), ("B", "C", -1), ("C", "D", -1), ("A", "D", -1)], 2, 0, {"A": 1, "B": 2, "C": 1, "D": 2}),
], ids=str)
def test_graphs_that_can_be_counted_by_hand(edges: list[tuple[str, str, int]], blocks: int | None, value: int, partition: dict[str, int] | None) -> None:
    found = frustration_index(ties(*edges), blocks=blocks)
    assert (found.value, found.proven, found.bound, found.gap) == (value, True, value, 0.0)
    assert partition in (None, found.partition)
    assert frustrated(ties(*edges), found.partition) == value


def test_balance_is_one_less_twice_the_share_of_frustrated_lines() -> None:
    assert frustration_index(ties(*BAD_TRIANGLE)).balance == pytest.approx(1 / 3)


def test_weights_are_summed() -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_weighted_edges_from([("A", "B", 5.0), ("B", "C", 2.5), ("A", "C", -4.0)])
    found = frustration_index(graph, weight="weight")
    assert (found.value, found.total, found.partition) == (2.5, 11.5, {"A": 1, "B": 1, "C": 2})


@pytest.mark.parametrize("scale", [1e-9, 1e9])
@pytest.mark.parametrize("blocks", [2, 3, None])
def test_the_unit_of_the_weights_changes_nothing_but_the_unit(blocks: int | None, scale: float) -> None:
    graph = drawn(5, nodes=12, share=0.5)
    nx.set_edge_attributes(graph, {(u, v): data["w"] * scale for u, v, data in graph.edges(data=True)}, "scaled")
    plain, scaled = frustration_index(graph, blocks=blocks, weight="w"), frustration_index(graph, blocks=blocks, weight="scaled")
    assert plain.value > 0
    assert scaled.value == pytest.approx(plain.value * scale)
    assert scaled.proven


def test_components_add_up_and_each_begins_in_block_one() -> None:
    graph = ties(*BAD_TRIANGLE, ("X", "Y", -1), ("Y", "Z", 1))
    graph.add_node("0")
    found = frustration_index(graph)
    assert (found.value, found.partition["0"], found.partition["A"], found.partition["X"]) == (1, 1, 1, 1)


def test_components_that_share_a_node_add_up() -> None:
    assert frustration_index(ties(*BAD_TRIANGLE, ("C", "D", -1), ("D", "E", -1), ("C", "E", -1))).value == 2


def test_free_blocks_are_held_together_by_positive_ties() -> None:
    graph = ties(("A", "B", 1), ("C", "D", 1), ("B", "C", -1), ("X", "Y", 1))
    assert frustration_index(graph, blocks=None).partition == {"A": 1, "B": 1, "C": 2, "D": 2, "X": 3, "Y": 3}


def test_of_a_negative_clique_two_blocks_leave_what_they_must() -> None:
    graph = ties(*((u, v, -1) for u, v in combinations("ABCDEFG", 2)))
    # Seven nodes in k blocks as equal as they can be: 3+4, 2+2+3 and 2+2+2+1.
    assert [frustration_index(graph, blocks=k).value for k in (2, 3, 4)] == [3 + 6, 1 + 1 + 3, 3]


def test_lines_that_contradict_each_other_count_in_every_partition() -> None:
    graph = ties(("A", "B", 1), ("B", "A", -1), kind=nx.DiGraph)
    found = frustration_index(graph)
    assert (found.value, found.total, found.balance, found.proven) == (1, 2, 0.0, True)


@pytest.mark.parametrize("seed", range(24))
@pytest.mark.parametrize("blocks", [2, 3, 4, None])
def test_no_division_of_a_small_graph_frustrates_less(seed: int, blocks: int | None) -> None:
    graph = drawn(seed, nodes=7, share=0.2 + seed / 40, directed=seed % 3 == 0, whole=seed % 2 == 0)
    found = frustration_index(graph, blocks=blocks, weight="w")
    least = min(frustrated(graph, row, "w") for row in divisions(7, most=blocks))
    assert found.proven
    assert found.value == pytest.approx(least, abs=1e-5)
    assert frustrated(graph, found.partition, "w") == pytest.approx(found.value)
    assert max(found.partition.values()) <= (blocks or 7)


@pytest.mark.parametrize("blocks", [2, 3, None])
def test_when_the_time_is_up_the_best_is_told_with_its_gap(blocks: int | None) -> None:
    graph = random_signs(60, 400)
    found = frustration_index(graph, blocks=blocks, time_limit=0.05)
    assert not found.proven
    assert 0 < found.gap <= 1
    assert found.bound < found.value
    assert set(found.partition) == set(graph)
    assert frustrated(graph, found.partition) == found.value


@pytest.mark.parametrize("blocks", [2, 3, None])
def test_what_linear_programs_leave_open_integer_programs_close(blocks: int | None) -> None:
    # Halves are no whole numbers, so that the second way round has no bound to round up and none to look below.
    graph = random_signs(20, 55)
    nx.set_edge_attributes(graph, {(u, v): data["sign"] / 2 for u, v, data in graph.edges(data=True)}, "half")
    found, halved = frustration_index(graph, blocks=blocks), frustration_index(graph, blocks=blocks, weight="half")
    assert found.proven
    assert halved.proven
    assert halved.value == found.value / 2


@pytest.mark.parametrize("blocks", [1, 0, -2, 2.0, True, "2"])
def test_fewer_than_two_blocks_or_no_number_are_refused(blocks: object) -> None:
    with pytest.raises(InputError, match="blocks is"):
        frustration_index(ties(("A", "B", 1)), blocks=blocks)  # type: ignore[arg-type]


@pytest.mark.parametrize("limit", [0, -1, float("nan"), None, True])
def test_a_limit_that_is_no_positive_number_is_refused(limit: object) -> None:
    with pytest.raises(InputError, match="time_limit is"):
        frustration_index(ties(("A", "B", 1)), time_limit=limit)  # type: ignore[arg-type]


def test_triangles_are_found_once_each_as_the_numbers_of_their_ties() -> None:
    table = signed(ties(*((u, v, 1) for u, v in combinations("ABCD", 2))))
    found = triangles(Ties(4, table.ends, table.net)).tolist()
    assert found == [[0, 1, 3], [0, 2, 4], [1, 2, 5], [3, 4, 5]]


def test_a_cycle_of_four_with_one_negative_tie_is_found_both_ways_and_not_once_broken() -> None:
    table = signed(ties(("A", "B", 1), ("B", "C", 1), ("C", "D", 1), ("A", "D", -1)))
    square = Ties(4, table.ends, table.net)
    for find in (odd, single):
        assert find(square, np.zeros(4)).cycles == [(0, 1, 2, 3)]
        assert find(square, np.array([0, 1.0, 0, 0])).cycles == []


def test_three_negative_ties_forbid_two_blocks_but_not_three() -> None:
    table = signed(ties(*ALL_NEGATIVE))
    three = Ties(3, table.ends, table.net)
    assert odd(three, np.zeros(3)).cycles == [(0, 1, 2)]
    assert single(three, np.zeros(3)).cycles == []


@pytest.mark.suites
def test_the_highland_tribes_have_the_published_index_and_blocs() -> None:
    # signnet (Schoch 2023, doi:10.21105/joss.04987): frustration_exact(tribes) is 7 with these four apart, F 0.7586207.
    found = frustration_index(tribes())
    assert (found.value, found.proven, found.balance) == (7, True, pytest.approx(0.7586207, abs=1e-7))
    alone = found.partition["Gama"]
    assert {node for node, block in found.partition.items() if block == alone} == {"Gama", "Gavev", "Kotun", "Nagad"}


@pytest.mark.suites
@pytest.mark.parametrize(("blocks", "value"), [(3, 2), (None, 2)])
def test_the_highland_tribes_have_the_published_index_of_three_blocks(blocks: int | None, value: int) -> None:
    # signnet's README: signed_blockmodel(tribes, k = 3) has the criterion 2.
    assert frustration_index(tribes(), blocks=blocks).value == value


@pytest.mark.suites
@pytest.mark.parametrize(("time", "values"), [(2, (43, 35)), (3, (32, 22)), (4, (25, 21))])
def test_the_monastery_is_proven_and_comes_nearer_to_three_blocks_with_time(time: int, values: tuple[int, int]) -> None:
    # Twice the criterion of Doreian and Mrvar (1996) at alpha 1/2: 17.5, 11.0 and 10.5 for three blocks.
    found = [frustration_index(monastery(time), blocks=blocks, weight="weight") for blocks in (2, 3)]
    assert tuple(index.value for index in found) == values
    assert all(index.proven for index in found)


@pytest.mark.suites
def test_the_slovene_parties_are_two_blocs_but_for_two_ties() -> None:
    found = frustration_index(parties(), weight="weight")
    assert (found.value, found.proven) == (9 + 6, True)
    assert {party for party, block in found.partition.items() if block == found.partition["SKD"]} == {"SKD", "SDSS", "ZS", "SLS", "SPS-SNS"}


@pytest.mark.suites
def test_every_window_of_the_correlates_of_war_is_proven_and_balance_does_not_grow() -> None:
    found = {name: frustration_index(graph) for name, graph in windows().items()}
    assert len(found) == 51
    assert all(index.proven for index in found.values())
    assert all(frustrated(windows()[name], found[name].partition) == found[name].value for name in (FIRST, LAST))
    # Doreian and Mrvar (2015) reject a movement towards balance: the line index is not falling over the 51 windows.
    assert (found[FIRST].value, found[LAST].value) == (17, 45)


@pytest.mark.suites
@pytest.mark.parametrize(("number", "value"), list(zip(SENATES, (241, 235, 207, 241, 86), strict=True)))
def test_every_senate_is_proven(number: int, value: int) -> None:
    found = frustration_index(senate(number))
    assert (found.value, found.proven) == (value, True)
    assert frustrated(senate(number), found.partition) == value
