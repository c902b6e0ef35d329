"""Rows of the network queries become a typed multigraph."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest
from real import ROOT, built

from comity.errors import InputError
from comity.graph import Graph
from comity.network import Slice, layers, project
from comity.network.project import simple

LIBRARY = ROOT / "queries"
NAMES = ["access", "agreements", "ai", "declarations", "measures", "memberships", "recognitions", "trade"]
APART = {"unions_as_one": False}


def write(folder: Path, name: str, layer: str, body: str) -> None:
    (folder / "network").mkdir(exist_ok=True)
    (folder / "network" / f"{name}.rq").write_text(f"#+ summary: Who?\n#+ params: {{}}\n{layer}\n{body}", encoding="utf-8")


def test_the_layers_are_those_that_the_query_library_declares() -> None:
    found = layers(LIBRARY)
    assert sorted(found) == NAMES
    assert {n: layer.sign for n, layer in found.items() if layer.sign < 0} == {"measures": -1}
    assert {n for n, layer in found.items() if layer.mode == "directed"} == {"measures", "recognitions"}
    assert {layer.kind for layer in found.values()} == {"actor", "instrument", "measure", "recognition"}


def test_a_layer_that_feeds_scores_alone_joins_nobody(tmp_path: Path) -> None:
    write(tmp_path, "scale", "#+ layer: {mode: levels, parts: [A1]}", "SELECT * {}")
    assert layers(tmp_path) == {}


@pytest.mark.parametrize("layer", ["{mode: sideways, sign: 1}", "{mode: directed, sign: 2}", "{sign: 1}"])
def test_a_layer_without_mode_or_sign_is_refused_with_its_file(tmp_path: Path, layer: str) -> None:
    write(tmp_path, "odd", f"#+ layer: {layer}", "SELECT * {}")
    with pytest.raises(InputError, match=r"odd\.rq: a layer needs a mode \(two-mode, directed, levels.*\) and a sign of 1, 0 or -1"):
        layers(tmp_path)


def test_a_query_without_a_layer_line_is_no_layer(tmp_path: Path) -> None:
    write(tmp_path, "plain", "#+ tags: [x]", "SELECT * {}")
    assert layers(tmp_path) == {}


def test_actors_that_share_something_are_tied_in_both_directions_with_what_they_share(small: Graph) -> None:
    network = small.network(as_of="2021-01-01", known_on="2024-12-31", layer="agreements", **APART)
    assert isinstance(network, nx.MultiDiGraph)
    assert sorted(network.edges()) == sorted([
        ("DEU", "FRA"), ("DEU", "GBR"), ("FRA", "DEU"), ("FRA", "GBR"), ("GBR", "DEU"), ("GBR", "FRA"), ("EU", "JPN"), ("JPN", "EU"),
        ("JPN", "SGP"), ("JPN", "USA"), ("SGP", "JPN"), ("SGP", "USA"), ("USA", "JPN"), ("USA", "SGP")])
    assert network["JPN"]["SGP"]["agreements"] == {"layer": "agreements", "sign": 1, "weight": 1, "directed": False, "through": "harbour-agreement"}
    assert network["JPN"]["SGP"] == network["SGP"]["JPN"]


def test_a_second_thing_shared_adds_to_the_weight(small: Graph) -> None:
    before = small.network(as_of="2024-12-30", known_on="2024-12-31", layer="memberships", **APART)
    assert before["GBR"]["JPN"]["memberships"]["weight"] == 1
    earlier = small.network(as_of="2019-06-01", known_on="2024-12-31", layer="memberships", **APART)
    assert earlier["GBR"]["FRA"]["memberships"]["through"] == "EU"
    assert not before.has_edge("GBR", "FRA")


def test_directed_layers_run_as_they_read_with_the_rows_behind_them(small: Graph) -> None:
    network = small.network(as_of="2023-07-01", known_on="2024-12-31", layer="measures", **APART)
    ties = {(u, v): (d["sign"], d["directed"], d["weight"], d["through"]) for u, v, d in network.edges(data=True)}
    assert ties == {
        ("CHN", "USA"): (-1, True, 1, "chn-counter-measure-2020"),
        ("DEU", "CHN"): (-1, True, 1, "deu-app-ban-2023"),
        ("USA", "CHN"): (-1, True, 1, "usa-devices-2023")}


def test_nodes_have_label_code_and_class_and_the_graph_its_parameters(small: Graph) -> None:
    network = small.network(as_of="2024-01-01", known_on="2024-12-31")
    assert network.nodes["JPN"] == {"label": "Japan", "iso3": "JPN", "cow": 740, "gw": 740, "kind": "State"}
    assert network.nodes["EU"] == {"label": "European Union", "iso3": "", "kind": "SupranationalUnion"}
    assert network.graph == {"as_of": "2024-01-01", "known_on": "2024-12-31", "stage": "applied", "unions_as_one": True, "layers": " ".join(NAMES)}


def test_a_union_stands_for_its_members_by_default(small: Graph) -> None:
    network = small.network(as_of="2021-01-01", known_on="2024-12-31")
    assert not {"DEU", "FRA"} & set(network)
    assert "EU" in network
    assert {"DEU", "FRA"} <= set(small.network(as_of="2021-01-01", known_on="2024-12-31", **APART))


def test_only_the_actors_asked_for_are_joined_an_organisation_by_its_members(small: Graph) -> None:
    network = small.network(as_of="2021-01-01", known_on="2024-12-31", layer="memberships", actors=("g7",))
    assert set(network) == {"GBR", "JPN", "USA"}
    assert set(small.network(as_of="2021-01-01", known_on="2024-12-31", actors=("JPN", "SGP"))) == {"JPN", "SGP"}


def test_all_layers_together_are_the_layers_one_by_one(small: Graph) -> None:
    together = small.network(as_of="2023-07-01", known_on="2024-12-31")
    one_by_one = [e for name in NAMES for e in small.network(as_of="2023-07-01", known_on="2024-12-31", layer=name).edges(keys=True, data="through")]
    assert sorted(together.edges(keys=True, data="through")) == sorted(one_by_one)


@pytest.mark.parametrize(("day", "tied"), [("2020-07-15", True), ("2020-07-16", False), ("2023-07-09", False), ("2023-07-10", True)])
def test_a_tie_stands_only_while_its_row_holds(small: Graph, day: str, tied: bool) -> None:
    assert small.network(as_of=day, known_on="2024-12-31", layer="recognitions").has_edge("EU", "USA") is tied


def test_nothing_stood_in_the_graph_before_the_first_recording(small: Graph) -> None:
    assert small.network(as_of="2024-01-01", known_on="2024-01-09").number_of_nodes() == 0


def test_a_row_that_was_retracted_counts_no_longer(small: Graph) -> None:
    assert not small.network(as_of="2019-06-01", known_on="2024-05-31", layer="agreements", **APART).has_edge("JPN", "SGP")
    assert small.network(as_of="2019-06-01", known_on="2024-06-01", layer="agreements", **APART).has_edge("JPN", "SGP")


@pytest.mark.parametrize(("given", "message"), [
    ({"layer": "friendship"}, "no layer is called friendship; use access, agreements, ai, declarations"),
    ({"layer": "actors"}, "no layer is called actors"),
    ({"as_of": "never"}, "as_of=never: not a day"),
    ({"known_on": "2024-13-01"}, "known_on=2024-13-01: not a day"),
    ({"actors": ("atlantis",)}, "no actor is called atlantis"),
    ({"stage": "dreamt"}, "no stage is called dreamt"),
])
def test_an_unknown_layer_or_day_is_refused(small: Graph, given: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        small.network(**given)  # type: ignore[arg-type]


def test_one_layer_becomes_a_simple_graph_directed_where_the_layer_is(small: Graph) -> None:
    network = small.network(as_of="2023-07-01", known_on="2024-12-31", **APART)
    available = layers(LIBRARY)
    shared, directed = simple(network, available["memberships"]), simple(network, available["measures"])
    assert type(shared) is nx.Graph
    assert sorted(map(sorted, shared.edges())) == [["DEU", "FRA"], ["GBR", "JPN"], ["GBR", "USA"], ["JPN", "USA"]]
    assert type(directed) is nx.DiGraph
    assert sorted(directed.edges()) == [("CHN", "USA"), ("DEU", "CHN"), ("USA", "CHN")]
    assert shared.nodes["JPN"]["label"] == "Japan"
    assert shared.graph == network.graph


def test_every_layer_has_ties_on_the_real_graph_between_actors_that_it_describes() -> None:
    graph = built()
    network = project(graph.store, LIBRARY, at=Slice(as_of="2025-06-30"))
    assert {key for _, _, key in network.edges(keys=True)} == set(NAMES)
    assert [n for n, d in network.nodes(data=True) if not d.get("label") or not d.get("kind")] == []
    assert all(len(d["through"].split()) == d["weight"] for _, _, d in network.edges(data=True))
