"""Bloc probabilities: shares of best divisions by hand, over draws, and the networks of the draws of a small world."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from starlette.testclient import TestClient

from comity.api.app import create_app
from comity.errors import InputError
from comity.graph import Graph
from comity.network.frustration import frustration_index
from comity.network.membership import drawn, membership, tabulate


def _signed(*ties: tuple[str, str, int]) -> nx.Graph[str]:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_edges_from((a, b, {"sign": sign}) for a, b, sign in ties)
    return graph


def test_friends_of_friends_stand_together_and_enemies_apart() -> None:
    found = membership([_signed(("A", "B", 1), ("B", "C", 1), ("C", "D", -1))], "ABCD")
    assert found.together.tolist() == [[1, 1, 1, 0], [1, 1, 1, 0], [1, 1, 1, 0], [0, 0, 0, 1]]
    assert found.proven == 1


def test_a_triangle_with_one_enmity_is_divided_in_three_ways_alike() -> None:
    # one tie must be frustrated: all together (A–C), A alone (A–B), or C alone (B–C)
    found = membership([_signed(("A", "B", 1), ("B", "C", 1), ("A", "C", -1))], "ABC")
    assert found.together[0] == pytest.approx([1, 2 / 3, 1 / 3])


def test_what_two_have_in_common_multiplies_along_the_node_between_them() -> None:
    triangle = [("A", "B", 1), ("B", "C", 1), ("A", "C", -1)]
    found = membership([_signed(*triangle, ("C", "D", -1))], "ABCD")
    # D is against C: together with A exactly when C is not
    assert found.together[0] == pytest.approx([1, 2 / 3, 1 / 3, 2 / 3])


def test_two_triangles_that_meet_agree_with_the_count_of_all_divisions() -> None:
    graph = _signed(("A", "B", 1), ("B", "C", 1), ("A", "C", -1), ("C", "D", 1), ("D", "E", 1), ("C", "E", -1))
    every = [np.array([(code >> i) & 1 for i in range(5)]) for code in range(16)]
    cost = [sum((row["ABCDE".index(a)] == row["ABCDE".index(b)]) != (s > 0) for a, b, s in graph.edges(data="sign")) for row in every]
    best = [row for row, c in zip(every, cost, strict=True) if c == min(cost)]
    expected = np.mean([row[:, None] == row[None, :] for row in best], axis=0)
    assert membership([graph], "ABCDE").together == pytest.approx(expected)


def test_draws_count_alike_and_actors_that_no_tie_joins_have_no_chance() -> None:
    found = membership([_signed(("A", "B", 1)), _signed(("A", "B", -1)), _signed(("B", "C", 1))], "ABC")
    assert found.together[0, 1] == 0.5
    assert found.joined[0, 1] == pytest.approx(2 / 3)
    assert np.isnan(found.together[0, 2])


def test_no_draw_is_refused() -> None:
    with pytest.raises(InputError, match="no draw"):
        membership([], "AB")


def test_draws_of_a_world_are_the_same_for_the_same_seed_and_become_a_dataset(small: Graph) -> None:
    world = small.world(as_of="2023-01-01", known_on="2024-12-31")
    edges = [[sorted(graph.edges(data="sign")) for graph in drawn(world, count=3, seed=1)] for _ in range(2)]
    assert edges[0] == edges[1]
    graph = _signed(("CHN", "USA", -1), ("JPN", "USA", 1))
    found = membership([graph], ["CHN", "JPN", "USA"])
    data = tabulate(found, world.names, frustration_index(graph).partition, about={})
    assert {a["id"]: (a["own"], a["other"]) for a in data.actors} == {"CHN": (None, 0.0), "JPN": (1.0, 0.0), "USA": (1.0, 0.0)}
    assert [(t["source"], t["target"], t["together"]) for t in data.ties] == [("CHN", "JPN", 0), ("CHN", "USA", 0), ("JPN", "USA", 1)]


def test_an_actor_that_only_draws_tie_has_chances_and_no_bloc(small: Graph) -> None:
    found = membership([_signed(("CHN", "USA", -1)), _signed(("JPN", "USA", 1))], ["CHN", "JPN", "USA"])
    data = tabulate(found, small.world(as_of="2023-01-01").names, {"JPN": 1, "USA": 1}, about={})
    assert {a["id"]: (a["bloc"], a["own"]) for a in data.actors} == {"CHN": (None, None), "JPN": (1, 1.0), "USA": (1, 1.0)}


def test_blocs_stand_under_an_address_as_data_and_as_a_page(small: Graph, tmp_path: Path) -> None:
    client = TestClient(create_app(Graph(small.store, replace(small.layout, build=tmp_path))))
    params = {"as_of": "2021-01-01", "draws": "2"}
    answer = client.get("/metrics/blocs", params=params, headers={"Accept": "application/json"}).json()
    assert answer["draws"] == 2
    page = client.get("/metrics/blocs", params=params, headers={"Accept": "text/html"}).text
    assert '<a href="/doc/actor/JPN">Japan</a>' in page
    assert client.get("/metrics/blocs", params={**params, "draws": "0"}).status_code == 422
