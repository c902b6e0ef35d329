"""The front door: opening graphs and asking them from Python."""

from __future__ import annotations

from pathlib import Path

import pytest
from real import built
from servers import Reply, canned

import comity
from comity.dumps import dump
from comity.errors import InputError, QueryError, StoreError
from comity.graph import Graph
from comity.graph import open as open_graph
from comity.remote import RemoteStore
from comity.store import EmbeddedStore


def test_a_query_gives_rows_without_any_prefix_line(small: Graph) -> None:
    rows = small.query("SELECT ?state { ?state a comity:State ; comity:isoAlpha3 ?code } ORDER BY ?code")
    assert [str(r["state"])[-3:] for r in rows] == ["CHN", "DEU", "FRA", "GBR", "JPN", "KOR", "SGP", "USA"]


def test_a_library_query_takes_its_parameters_as_keywords(small: Graph) -> None:
    rows = small.ask("compare/shared-agreements", a="JPN", b="SGP", as_of="2024-07-01")
    assert [r["agreementLabel"] for r in rows] == ["Harbour Trade Agreement"]


def test_the_library_is_listed_by_name(small: Graph) -> None:
    assert all(question.name == name and question.summary for name, question in small.queries().items())
    assert small.queries()["lookup/parties"].theme == "lookup"


def test_a_network_of_one_layer_holds_only_that_layer(small: Graph) -> None:
    network = small.network(as_of="2024-01-01", layer="recognitions")
    assert {key for _, _, key in network.edges(keys=True)} == {"recognitions"}
    assert sorted((u, v) for u, v, _ in network.edges(keys=True)) == [("EU", "JPN"), ("EU", "USA"), ("JPN", "EU")]


def test_the_package_opens_the_built_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMITY_BUILD", raising=False)
    built()
    graph = comity.open()
    assert isinstance(graph, comity.Graph)
    assert len(graph.query("SELECT ?s { ?s a comity:State }")) >= 193


def test_a_file_opens_as_a_graph_with_the_same_library(small: Graph, tmp_path: Path) -> None:
    assert isinstance(small.store, EmbeddedStore)
    path = tmp_path / "small.trig"
    path.write_bytes(dump(small.store.store, "trig", small.store.prefixes))
    for source in (path, str(path)):
        assert open_graph(source).describe("HTA").label == "Harbour Trade Agreement"


def test_an_address_opens_as_a_remote_graph_that_asks_once_it_is_asked() -> None:
    with canned(first := Reply(), reply := Reply(body=b'{"head": {}, "boolean": true}')) as url:
        graph = open_graph(url, timeout=7, limit=100)
        assert isinstance(graph.store, RemoteStore)
        assert (graph.store.timeout, graph.store.limit) == (7, 100)
        assert first.requests == []
        assert [graph.query("ASK {}").to_dicts() for _ in range(2)] == [[{"answer": "true"}]] * 2
    assert (len(first.requests), len(reply.requests)) == (1, 2)


@pytest.mark.parametrize("source", ["ftp://host/graph.ttl", "http://host:port/", "https://"])
def test_an_address_that_is_none_is_not_taken_for_a_file(source: str) -> None:
    with pytest.raises(StoreError, match="is no address of a SPARQL endpoint"):
        open_graph(source)


def test_a_missing_build_says_how_to_make_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COMITY_BUILD", str(tmp_path))
    with pytest.raises(StoreError, match="no built graph here; run: comity build"):
        open_graph()


def test_every_error_is_one_that_a_caller_can_catch(small: Graph) -> None:
    for act in (lambda: small.query("nonsense"), lambda: small.describe("Atlantis"), lambda: small.ask("nonsense"), lambda: open_graph("a.xlsx")):
        with pytest.raises(comity.ComityError):
            act()
    assert issubclass(QueryError, comity.ComityError)
    assert issubclass(InputError, comity.ComityError)


def test_the_public_names_are_few_sorted_and_all_there() -> None:
    assert comity.__all__ == ["ComityError", "Graph", "network", "open"]
    assert all(getattr(comity, name) for name in comity.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        comity.nonsense  # noqa: B018
