"""The structure of a signed network, and scores asked of a network."""

from __future__ import annotations

import networkx as nx
import pytest
from real import built

from comity.errors import InputError
from comity.network import alignment, rivalry
from comity.network.structure import structure, summary, tabulate

#: what its tests share is computed once, in one process
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("world")]


def camps(*extra: tuple[str, str, int]) -> nx.Graph[str]:
    """Return two camps of three, hostile to one another, and further ties."""
    graph: nx.Graph[str] = nx.Graph(as_of="2026-01-01", mixed=(("A", "Z"),))
    inner = [(a, b, 1) for camp in ("ABC", "XYZ") for a, b in zip(camp, camp[1:] + camp[0], strict=True)]
    for a, b, sign in [*inner, ("A", "X", -1), ("B", "Y", -1), *extra]:
        graph.add_edge(a, b, sign=sign, weight=1.0, A=0.5, R=0.1, why="tie")
    graph.add_node("lone", label="Alone")
    return graph


def test_two_camps_are_balanced_and_each_its_bloc() -> None:
    found = structure(camps())
    assert (found.index.value, found.index.proven, found.triangle, found.walk) == (0, True, 1.0, pytest.approx(1.0))
    assert {frozenset(n for n, b in found.swing.partition.items() if b == bloc) for bloc in (1, 2)} == {frozenset("ABC"), frozenset("XYZ")}


def test_a_friend_across_the_line_frustrates_and_an_actor_without_ties_is_left_out() -> None:
    found = structure(camps(("C", "Z", 1)))
    assert found.index.value == 1
    assert "lone" not in found.graph
    assert summary(found)["frustration"] == 1
    assert found.swing.increase["B"] == 2


def test_a_handful_of_actors_is_described_and_not_tested() -> None:
    told = summary(structure(camps()))
    assert told["configuration_z"] == told["shuffle_z"] == "not tested: fewer than 40 tied actors, or no triangle"
    assert told["mixed"] == [["A", "Z"]]


def test_forty_actors_are_tested_against_both_nulls() -> None:
    graph: nx.Graph[str] = nx.Graph()
    for i in range(40):
        for step in (1, 2):
            a, b = sorted((f"n{i:02}", f"n{(i + step) % 40:02}"))
            graph.add_edge(a, b, sign=-1 if (int(a[1:]) < 20) != (int(b[1:]) < 20) else 1, weight=1.0, A=0.0, R=0.0, why="tie")
    told = summary(structure(graph, seed=1))
    assert told["shuffle_p"] < 0.05
    assert 0 < told["configuration_p"] <= 1
    assert summary(structure(graph, seed=1)) == told


def test_a_network_without_ties_is_refused() -> None:
    graph: nx.Graph[str] = nx.Graph(as_of="2026-01-01")
    graph.add_node("A")
    with pytest.raises(InputError, match="no tie of the signed network stands on 2026-01-01"):
        structure(graph)


def test_the_dataset_has_blocs_roles_and_the_balance_of_the_whole() -> None:
    dataset = tabulate(structure(camps(("C", "Z", 1))), about={"version": "1"})
    actor = next(a for a in dataset.actors if a["id"] == "A")
    assert (actor["positive"], actor["negative"], actor["swing"]) == (2, 1, 2.0)
    assert dataset.about["frustration_proven"] is True
    assert [(t["source"], t["target"], t["sign"]) for t in dataset.ties][:3] == [("A", "B", 1), ("A", "C", 1), ("A", "X", -1)]
    assert dataset.grouping == "bloc"


@pytest.mark.gate
def test_scores_can_be_asked_of_a_network_but_not_of_a_copy() -> None:
    network = built().network(as_of="2026-01-01", layer="recognitions")
    aligned, apart = alignment(network, "JPN", "AUS", draws=20), rivalry(network, "USA", "CHN", draws=20)
    assert aligned.score is not None
    assert aligned.low <= aligned.score <= aligned.high  # type: ignore[operator]
    assert aligned.rows
    assert apart.score is not None
    assert apart.score > 0.9
    with pytest.raises(InputError, match="does not know its slice"):
        alignment(network.copy(), "JPN", "AUS")
