"""Brokerage roles on graphs that can be counted by hand, and their moments against every graph there is."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from itertools import combinations, permutations, product

import networkx as nx
import numpy as np
import pytest

from comity.errors import InputError
from comity.network.brokerage import ROLES, brokerage

DI, UN = nx.DiGraph, nx.Graph


def played(counts: dict[str, int]) -> dict[str, int]:
    return {role: number for role, number in counts.items() if number}


@pytest.mark.parametrize(("groups", "role"), [
    ("AAA", "coordinator"), ("ABA", "itinerant"), ("ABB", "gatekeeper"), ("AAB", "representative"), ("ABC", "liaison")])
def test_each_open_path_is_one_role_of_its_middle(groups: str, role: str) -> None:
    """Gould & Fernandez's five patterns, first → broker → last."""
    partition = dict(zip("abc", groups, strict=True)) | {"x": "A", "y": "B"}
    graph = nx.DiGraph([("a", "b"), ("b", "c")])
    graph.add_nodes_from("xy")
    found = brokerage(graph, partition).count
    assert played(found["b"]) == {role: 1, "total": 1}
    assert not any(played(found[node]) for node in "acxy")


def test_a_path_closed_by_a_tie_between_its_ends_needs_no_broker() -> None:
    partition = {"a": 1, "b": 2, "c": 1}
    assert played(brokerage(nx.DiGraph([("a", "b"), ("b", "c"), ("a", "c")]), partition).count["b"]) == {}
    # The tie back from c to a closes another path, not this one.
    assert played(brokerage(nx.DiGraph([("a", "b"), ("b", "c"), ("c", "a")]), partition).count["b"]) == {"itinerant": 1, "total": 1}


def test_a_tie_without_direction_is_crossed_both_ways() -> None:
    found = brokerage(nx.Graph([("a", "b"), ("b", "c")]), {"a": 1, "b": 1, "c": 2}).count["b"]
    assert played(found) == {"gatekeeper": 1, "representative": 1, "total": 2}
    both = nx.DiGraph([("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")])
    assert brokerage(both, {"a": 1, "b": 1, "c": 2}).count["b"] == found


def test_layers_of_a_multigraph_and_ties_to_oneself_count_once_or_not_at_all() -> None:
    graph = nx.MultiDiGraph([("a", "b"), ("a", "b"), ("b", "c"), ("b", "b")])
    assert played(brokerage(graph, {"a": 1, "b": 2, "c": 3}).count["b"]) == {"liaison": 1, "total": 1}


def test_expectation_and_z_are_those_of_gould_and_fernandez() -> None:
    """Their formulas by hand: 6 nodes in groups of 3, 2 and 1, d = 6/30 = 1/5, d²(1−d) = .032 and d³(1−d)³ = .004096."""
    graph = nx.DiGraph([(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0)])
    found = brokerage(graph, dict(enumerate("AAABBC")))
    assert found.density == pytest.approx(0.2)
    # Broker 0 of A: two others in A; (3 choose 2) and (2 choose 2) pairs that share an end; 2·1 pairs in B, none in C.
    assert found.expected[0] == pytest.approx({"coordinator": 2 * .032, "itinerant": 2 * .032, "gatekeeper": 6 * .032, "representative": 6 * .032,
                                               "liaison": 4 * .032, "total": 20 * .032})
    one = .032 * .968
    assert {role: sd**2 for role, sd in found.sd[0].items()} == pytest.approx({
        "coordinator": 2 * one, "itinerant": 2 * one, "gatekeeper": 6 * one + 2 * (2 * 3 + 3 * 1) * .004096,
        "representative": 6 * one + 2 * (2 * 3 + 3 * 1) * .004096, "liaison": 4 * one + 4 * (2 * 0 + 1 * 1) * .004096,
        "total": 20 * one + 2 * 5 * 4 * 3 * .004096})
    # 5 → 0 → 1 is C → A → A.
    assert played(found.count[0]) == {"gatekeeper": 1, "total": 1}
    assert found.z[0]["gatekeeper"] == pytest.approx((1 - .192) / (6 * one + 18 * .004096) ** .5)


def every_graph(kind: type[nx.Graph[int]], n: int) -> Iterator[nx.Graph[int]]:
    pairs = list(permutations(range(n), 2)) if kind is DI else list(combinations(range(n), 2))
    for bits in product((0, 1), repeat=len(pairs)):
        graph = kind()
        graph.add_nodes_from(range(n))
        graph.add_edges_from(pair for pair, bit in zip(pairs, bits, strict=True) if bit)
        yield graph


def counts(graphs: Iterator[nx.Graph[int]], partition: dict[int, str], broker: int) -> np.ndarray:
    rows = []
    for graph in graphs:
        into, out = (graph.predecessors, graph.successors) if graph.is_directed() else (graph.neighbors, graph.neighbors)
        row = dict.fromkeys(ROLES, 0)
        for a, b in product(into(broker), out(broker)):
            if a != b and not graph.has_edge(a, b):
                row["total"] += 1
                row[role(partition[a], partition[broker], partition[b])] += 1
        rows.append(list(row.values()))
    return np.array(rows)


def role(first: str, middle: str, last: str) -> str:
    patterns = {(True, True): "coordinator", (False, True): "gatekeeper", (True, False): "representative"}
    return patterns.get((first == middle, last == middle)) or ("itinerant" if first == last else "liaison")


@pytest.mark.parametrize(("kind", "groups", "half"), [
    (DI, "AABC", [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (1, 3)]), (DI, "ABBB", [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (1, 3)]),
    (UN, "AABCB", [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)]), (UN, "AAABB", [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)])])
def test_the_moments_under_density_are_those_of_all_graphs(kind: type[nx.Graph[int]], groups: str, half: list[tuple[int, int]]) -> None:
    """At density one half all 4,096 digraphs of four nodes, or 1,024 graphs of five, are equally likely."""
    partition = dict(enumerate(groups))
    graph = kind(half)
    rows = counts(every_graph(kind, len(groups)), partition, 0)
    found = brokerage(graph, partition)
    assert found.density == 0.5
    assert list(found.expected[0].values()) == pytest.approx(rows.mean(axis=0).tolist())
    assert [sd**2 for sd in found.sd[0].values()] == pytest.approx(rows.var(axis=0).tolist())


@pytest.mark.parametrize("kind", [DI, UN])
@pytest.mark.parametrize("broker", [0, 2, 3])
def test_the_moments_under_labels_are_those_of_all_ways_to_deal_the_groups_out(kind: type[nx.Graph[int]], broker: int) -> None:
    graph = kind([(0, 1), (1, 2), (2, 0), (3, 0), (0, 4), (4, 2), (2, 5), (5, 3), (3, 1)])
    partition = dict(enumerate("AABCBA"))
    others = [node for node in partition if node != broker]
    rows = np.vstack([counts(iter([graph]), dict(zip(others, deal, strict=True)) | {broker: partition[broker]}, broker)
                      for deal in permutations(partition[node] for node in others)])
    found = brokerage(graph, partition, null="labels")
    assert rows[:, -1].min() > 0
    assert list(found.expected[broker].values()) == pytest.approx(rows.mean(axis=0).tolist())
    assert [sd**2 for sd in found.sd[broker].values()] == pytest.approx(rows.var(axis=0).tolist())


def test_dealing_out_the_groups_leaves_the_total_as_it_is() -> None:
    graph = nx.Graph([("h", x) for x in "abcd"])
    found = brokerage(graph, {"h": 1, "a": 1, "b": 1, "c": 2, "d": 2}, null="labels")
    assert found.expected["h"]["total"] == found.count["h"]["total"] == 12
    assert found.z["h"]["total"] is None


def test_a_hub_stands_out_by_density_alone_but_not_once_its_ties_are_given() -> None:
    """A star of 12 leaves, half in each group: its hub brokers all there is, and no role more than the groups let expect."""
    graph = nx.Graph([("h", leaf) for leaf in range(12)])
    partition: dict[Hashable, int] = {leaf: leaf % 2 for leaf in range(12)} | {"h": 0}
    for role_ in ("coordinator", "itinerant", "gatekeeper", "representative"):
        assert (brokerage(graph, partition).z["h"][role_] or 0) > 3
        assert abs(brokerage(graph, partition, null="labels").z["h"][role_] or 0) < 1


def test_groups_are_told_apart_by_value_and_not_by_spelling() -> None:
    found = brokerage(nx.DiGraph([("a", "b"), ("b", "c")]), {"a": 1, "b": "1", "c": 1})
    assert played(found.count["b"]) == {"itinerant": 1, "total": 1}


@pytest.mark.parametrize(("partition", "message"), [
    ({"a": 1, "b": 2}, r"the partition has no group for c \(1 of 3 nodes\)"),
    ({"a": 1, "b": 2, "c": 1, "z": 1}, "the partition names z, which is no node of the graph"),
    ({"a": 1, "b": 1, "c": 1}, "all nodes are in one group, 1"),
    ({}, "the partition has no group for a")])
def test_a_partition_that_does_not_fit_is_refused(partition: dict[str, int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        brokerage(nx.DiGraph([("a", "b"), ("b", "c")]), partition)


@pytest.mark.parametrize("graph", [nx.DiGraph(), nx.empty_graph(3), nx.Graph([("a", "a")])])
def test_a_graph_without_ties_is_refused(graph: nx.Graph[str]) -> None:
    with pytest.raises(InputError, match="no tie between two nodes"):
        brokerage(graph, dict.fromkeys(graph, 1))


def test_an_unknown_null_is_refused() -> None:
    with pytest.raises(InputError, match="unknown null coin; use one of density, labels"):
        brokerage(nx.Graph([("a", "b")]), {"a": 1, "b": 2}, null="coin")
