"""Measured networks as files that other tools read back."""

from __future__ import annotations

import csv
import io
import json
import os
import xml.etree.ElementTree as ET
from pathlib import Path

import igraph
import networkx as nx
import pandas
import pytest
import xmlschema
from real import ROOT, SUITES, built

from comity.errors import InputError
from comity.graph import Graph
from comity.network import FORMATS, Metrics, codebook, export, layers, measure
from comity.network.dataset import Cell, Dataset, Row
from comity.network.export import tabulate
from comity.network.project import simple

LIBRARY = ROOT / "queries"
SCHEMA = SUITES / "gexf" / "gexf.xsd"
LAYERS = ["agreements", "measures"]
SPACE = "{http://gexf.net/1.3}"


def measured(graph: Graph, layer: str, as_of: str = "2023-07-01", seed: int = 0) -> Metrics:
    network = graph.network(as_of=as_of, known_on="2999-01-01", layer=layer)
    return measure(simple(network, layers(LIBRARY)[layer]), seed=seed)


@pytest.fixture(scope="module", params=LAYERS)
def metrics(request: pytest.FixtureRequest, small: Graph) -> Metrics:
    return measured(small, request.param)


@pytest.fixture(scope="module")
def dataset(metrics: Metrics) -> Dataset:
    return tabulate(metrics, about={"version": "1"})


def known(row: Row, *but: str) -> dict[str, Cell]:
    """Return the cells that are known, ids of lists parted by blanks."""
    return {k: " ".join(v) if isinstance(v, tuple) else v for k, v in row.items() if v is not None and k not in but}


def ends(metrics: Metrics) -> set[tuple[str, str]]:
    """Return the ties, those without direction with their ends in order."""
    pairs = [(str(t["source"]), str(t["target"])) for t in metrics.ties]
    return set(pairs) if metrics.ties[0]["directed"] else {tuple(sorted(p)) for p in pairs}  # type: ignore[misc]


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    if not SCHEMA.exists():
        reason = f"{SCHEMA} is not here"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return xmlschema.XMLSchema(str(SCHEMA), allow="local")


@pytest.mark.suites
def test_gexf_is_valid_against_the_published_schema(schema: xmlschema.XMLSchema, metrics: Metrics) -> None:
    schema.validate(io.BytesIO(export(metrics, "gexf", version="1")))


@pytest.mark.suites
@pytest.mark.parametrize("layer", ["measures", "recognitions"])
def test_gexf_of_a_real_layer_is_valid(schema: xmlschema.XMLSchema, layer: str) -> None:
    schema.validate(io.BytesIO(export(measured(built(), layer, "2025-01-01"), "gexf", version="1")))


@pytest.mark.suites
def test_the_schema_would_notice_a_fault(schema: xmlschema.XMLSchema, metrics: Metrics) -> None:
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        schema.validate(io.BytesIO(export(metrics, "gexf", version="1").replace(b'mode="static"', b'mode="sideways"')))


def test_measures_become_rows_in_which_what_is_unknown_is_none(metrics: Metrics, dataset: Dataset) -> None:
    assert [{k: "" if v is None else v for k, v in a.items()} for a in dataset.actors] == list(metrics.actors)
    assert [{**t, "through": " ".join(t["through"])} for t in dataset.ties] == list(metrics.ties)  # type: ignore[arg-type]
    assert dataset.about == {"version": "1", **metrics.parameters, "seed": 0, "modularity": metrics.modularity}
    assert dataset.name in LAYERS


def test_a_measure_that_the_codebook_does_not_explain_is_refused(metrics: Metrics) -> None:
    odd = Metrics(tuple({**a, "charm": 1} for a in metrics.actors), metrics.ties, 0.0, 0, metrics.parameters)
    with pytest.raises(InputError, match="column charm of actors is not explained"):
        tabulate(odd)


def test_gexf_holds_every_actor_and_tie_with_their_values(metrics: Metrics, dataset: Dataset) -> None:
    root = ET.fromstring(export(metrics, "gexf", version="0.1+abc"))
    assert "0.1+abc" in str(root.findtext(f"{SPACE}meta/{SPACE}creator"))
    titles = {a.get("id"): a.get("title") for a in root.findall(f"{SPACE}graph/{SPACE}attributes[@class='node']/{SPACE}attribute")}
    for node, actor in zip(root.iter(SPACE + "node"), dataset.actors, strict=True):
        values = {titles[v.get("for")]: v.get("value") for v in node.iter(SPACE + "attvalue")}
        assert (node.get("id"), node.get("label")) == (actor["id"], actor["label"])
        assert values == {k: str(v) for k, v in known(actor, "id", "label").items()}
    edges = list(root.iter(SPACE + "edge"))
    assert [(e.get("source"), e.get("target"), e.get("weight")) for e in edges] == [(t["source"], t["target"], str(t["weight"])) for t in metrics.ties]


def test_graphml_comes_back_unchanged_in_networkx(metrics: Metrics, dataset: Dataset) -> None:
    graph = nx.parse_graphml(export(metrics, "graphml", version="1").decode())
    assert graph.is_directed() is metrics.ties[0]["directed"]
    assert {n: {"id": n, **d} for n, d in graph.nodes(data=True)} == {a["id"]: known(a) for a in dataset.actors}
    found = {(u, v): d for u, v, d in graph.edges(data=True)}
    assert {e if graph.is_directed() else tuple(sorted(e)) for e in found} == ends(metrics)
    for tie in metrics.ties:
        data = graph.edges[str(tie["source"]), str(tie["target"])]
        assert data == {k: v for k, v in tie.items() if k not in ("source", "target")}
    assert graph.graph["version"] == "1"
    assert graph.graph["as_of"] == metrics.parameters["as_of"]


def test_graphml_comes_back_unchanged_in_igraph(metrics: Metrics, dataset: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "network.graphml"
    path.write_bytes(export(metrics, "graphml", version="1"))
    graph = igraph.Graph.Read_GraphML(str(path))
    assert graph.is_directed() is metrics.ties[0]["directed"]
    for vertex, actor in zip(graph.vs, dataset.actors, strict=True):
        assert {name: vertex[name] for name in known(actor)} == known(actor)
        assert all(vertex[name] == "" or vertex[name] != vertex[name] for name in actor.keys() - known(actor).keys())
    pairs = [(graph.vs[e.source]["id"], graph.vs[e.target]["id"]) for e in graph.es]
    assert {p if graph.is_directed() else tuple(sorted(p)) for p in pairs} == ends(metrics)
    assert [e["weight"] for e in graph.es] == [t["weight"] for t in metrics.ties]
    assert [e["through"] for e in graph.es] == [t["through"] for t in metrics.ties]


@pytest.mark.parametrize("table", ["actors", "ties"])
def test_csv_is_read_by_pandas_with_every_row_and_column(metrics: Metrics, table: str) -> None:
    frame = pandas.read_csv(io.BytesIO(export(metrics, "csv", version="1", table=table)), keep_default_na=False)
    rows = [{k: str(v) for k, v in row.items()} for row in frame.to_dict("records")]
    assert rows == [{k: str(v) for k, v in row.items()} for row in getattr(metrics, table)]


def test_json_is_node_link_data_with_everything_that_made_it(metrics: Metrics, dataset: Dataset) -> None:
    document = json.loads(export(metrics, "json", version="1"))
    assert document["nodes"] == list(dataset.actors)
    assert document["edges"] == [{**tie, "through": list(tie["through"])} for tie in dataset.ties]  # type: ignore[arg-type]
    assert {k: document[k] for k in ("version", "seed", "modularity", *metrics.parameters)} == {
        "version": "1", "seed": 0, "modularity": metrics.modularity, **metrics.parameters}
    graph = nx.node_link_graph(document, edges="edges")
    assert (graph.is_directed(), graph.is_multigraph()) == (metrics.ties[0]["directed"], False)
    assert graph.number_of_edges() == len(metrics.ties)


def test_the_codebook_covers_every_column_and_nothing_else(small: Graph) -> None:
    both = [measured(small, layer) for layer in LAYERS]
    rows = list(csv.DictReader(io.StringIO(codebook().decode())))
    explained = {(r["table"], r["column"]) for r in rows}
    columns = {("actors", c) for m in both for a in m.actors for c in a} | {("ties", c) for m in both for t in m.ties for c in t}
    assert explained == columns
    assert len(rows) == len(explained)
    assert all(r["unit"] and r["meaning"].endswith(".") for r in rows)


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_seed_gives_the_same_bytes(small: Graph, name: str) -> None:
    first, second = (export(measured(small, "agreements", seed=7), name, version="1", kind="instrument") for _ in range(2))
    assert first == second


@pytest.mark.parametrize(("name", "table", "message"), [
    ("xlsx", "ties", "unknown format xlsx; use one of csv, json, parquet, graphml, gexf, pajek, dl, ttl, nq"), ("csv", "nodes", "unknown table nodes")])
def test_an_unknown_format_or_table_is_refused(metrics: Metrics, name: str, table: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        export(metrics, name, version="1", table=table)


def test_names_that_hold_markup_are_escaped_in_xml() -> None:
    actors = ({"id": "A", "label": '<b>&"', "iso3": "", "kind": ""}, {"id": "B", "label": "", "iso3": "", "kind": ""})
    ties = ({"source": "A", "target": "B", "layer": "x", "sign": 1, "directed": False, "weight": 1, "through": "<t>"},)
    odd = Metrics(actors, ties, 0.0, 0, {"as_of": "2024-01-01"})
    nodes = list(ET.fromstring(export(odd, "gexf", version="<1>")).iter(SPACE + "node"))
    assert [n.get("label") for n in nodes] == ['<b>&"', "B"]
    assert nx.parse_graphml(export(odd, "graphml", version="1").decode()).nodes["A"]["label"] == '<b>&"'
