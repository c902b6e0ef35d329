"""Datasets as files that other tools read back: nothing is lost but what a format cannot hold, and that is refused or said."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import igraph
import networkx as nx
import pandas
import pyarrow.parquet as pq
import pytest
import xmlschema
from real import ROOT
from test_export import known, schema
from toy import ALL, DATA, EMPTY, LAYERS, ONE, PEOPLE, TIMED, TRADE

from comity.errors import InputError
from comity.network.dataset import ACTORS, TIES, Cell, Dataset
from comity.network.formats import FORMATS, MEDIA, folder, write
from comity.network.formats.layout import colours, positions

__all__ = ["schema"]
SPACE = "{http://gexf.net/1.3}"
each = pytest.mark.parametrize("dataset", ALL.values(), ids=ALL)
tables = pytest.mark.parametrize("table", [ACTORS, TIES])


def cells(dataset: Dataset, table: str) -> list[dict[str, Cell]]:
    return [dict(row) for row in dataset.tables[table]]


# CSV, Parquet, JSON

@each
@tables
def test_csv_comes_back_in_pandas_with_unknown_cells_missing(dataset: Dataset, table: str) -> None:
    frame = pandas.read_csv(io.BytesIO(write(dataset, "csv", table=table)), dtype={"start": "str", "end": "str"})
    found = [{k: None if pandas.isna(v) else v for k, v in row.items()} for row in frame.to_dict("records")]
    assert list(frame.columns) == [c.name for c in dataset.of(table)]
    assert found == [{**dict.fromkeys(row), **known(row)} for row in dataset.tables[table]]


@each
@tables
def test_parquet_comes_back_in_pyarrow_with_types_nulls_and_lists(dataset: Dataset, table: str) -> None:
    read = pq.read_table(io.BytesIO(write(dataset, "parquet", table=table)))
    assert [{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()} for row in read.to_pylist()] == cells(dataset, table)
    assert {f.name: str(f.type) for f in read.schema if f.name in ("id", "cow", "score", "coded", "through", "start")} == {
        ACTORS: {"id": "string", "cow": "int64", "score": "double", "coded": "bool"}, TIES: {"start": "string", "through": "list<element: string>"}}[table]
    assert json.loads(read.schema.metadata[b"comity"]) == dataset.about
    assert read.schema.field(0).metadata[b"meaning"].decode() == dataset.of(table)[0].meaning


@each
def test_json_comes_back_as_it_was_and_in_networkx(dataset: Dataset) -> None:
    document = json.loads(write(dataset, "json"))
    for name, table in (("nodes", ACTORS), ("edges", TIES)):
        assert [{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()} for row in document[name]] == cells(dataset, table)
    assert {k: document[k] for k in dataset.about} == dataset.about
    graph = nx.node_link_graph(document, edges="edges")
    assert (graph.is_directed(), graph.is_multigraph(), graph.number_of_edges()) == (dataset.directed, dataset.parallel, len(dataset.ties))


# GraphML

def pair(dataset: Dataset, source: object, target: object) -> tuple[str, ...]:
    ends = (str(source), str(target))
    return ends if dataset.directed else tuple(sorted(ends))


def ordered(ties: list[tuple[tuple[str, ...], dict[str, object]]]) -> list[tuple[tuple[str, ...], dict[str, object]]]:
    return sorted(ties, key=lambda tie: (tie[0], str(tie[1]["layer"]), str(tie[1].get("start"))))


@each
def test_graphml_comes_back_in_networkx_with_every_known_cell(dataset: Dataset) -> None:
    graph = nx.parse_graphml(write(dataset, "graphml").decode())
    assert (graph.is_directed(), graph.is_multigraph()) == (dataset.directed, dataset.parallel)
    assert {n: {"id": n, **d} for n, d in graph.nodes(data=True)} == {a["id"]: known(a) for a in dataset.actors}
    found = [(pair(dataset, u, v), {k: x for k, x in d.items() if k != "id"}) for u, v, d in graph.edges(data=True)]
    expected = [(pair(dataset, t["source"], t["target"]), known(t, "source", "target")) for t in dataset.ties]
    assert ordered(found) == ordered(expected)
    assert {k: graph.graph[k] for k in dataset.about} == dataset.about


@each
def test_graphml_comes_back_in_igraph_with_every_known_cell(dataset: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "toy.graphml"
    path.write_bytes(write(dataset, "graphml"))
    graph = igraph.Graph.Read_GraphML(str(path))
    for vertex, actor in zip(graph.vs, dataset.actors, strict=True):
        assert {name: vertex[name] for name in known(actor)} == known(actor)
        missing = [vertex[n] for n in graph.vs.attributes() if n in actor and n not in known(actor) and n != "coded"]
        assert all(value == "" or value != value for value in missing)
    names = graph.vs["id"]
    found = [(pair(dataset, names[e.source], names[e.target]), {k: v for k, v in e.attributes().items() if v not in ("", None) and v == v and k != "id"})
             for e in graph.es]
    expected = [(pair(dataset, t["source"], t["target"]), known(t, "source", "target")) for t in dataset.ties]
    assert ordered(found) == ordered(expected)


def test_what_made_a_dataset_stands_in_graphml_as_text_where_it_is_no_single_value() -> None:
    graph = nx.parse_graphml(write(replace(ONE, about={"layers": ["a", "b"], "seed": 1, "none": None}), "graphml").decode())
    assert (graph.graph["layers"], graph.graph["seed"], "none" in graph.graph) == ('["a", "b"]', 1, False)


# GEXF

@pytest.mark.suites
@each
def test_gexf_is_valid(schema: xmlschema.XMLSchema, dataset: Dataset) -> None:
    schema.validate(io.BytesIO(write(dataset, "gexf")))


@pytest.mark.suites
def test_the_schema_knows_the_dates_of_spells(schema: xmlschema.XMLSchema) -> None:
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        schema.validate(io.BytesIO(write(TIMED, "gexf").replace(b'start="2004-05-01"', b'start="in May"')))


@pytest.mark.parametrize("name", ["one layer", "two layers", "directed"])
def test_gexf_comes_back_in_networkx(name: str) -> None:
    dataset = ALL[name]
    graph = nx.read_gexf(io.BytesIO(write(dataset, "gexf")), version="1.3")
    assert graph.is_directed() is dataset.directed
    assert {n: {"id": n, **d} for n, d in graph.nodes(data=True)} == {a["id"]: known(a) | {"label": a["label"] or a["id"]} for a in dataset.actors}
    found = [(pair(dataset, u, v), {k: x for k, x in d.items() if k != "id"}) for u, v, d in graph.edges(data=True)]
    expected = [(pair(dataset, t["source"], t["target"]), known(t, "source", "target")) for t in dataset.ties]
    assert ordered(found) == ordered(expected)


def attributes(graph: ET.Element, mode: str) -> dict[str | None, str | None]:
    path = f"{SPACE}attributes[@class='edge'][@mode='{mode}']/{SPACE}attribute"
    return {a.get("id"): a.get("title") for a in graph.findall(path)}


def test_a_dynamic_gexf_has_one_edge_a_tie_with_its_spells_whose_ends_are_inclusive() -> None:
    graph = ET.fromstring(write(TIMED, "gexf"))[1]
    assert (graph.get("mode"), graph.get("timeformat")) == ("dynamic", "date")
    edges = list(graph.iter(SPACE + "edge"))
    spells = [[(s.get("start"), s.get("end")) for s in e.iter(SPACE + "spell")] for e in edges]
    assert spells == [[("2004-05-01", "2006-12-31"), ("2010-01-01", None)], [("2011-02-01", "2012-02-28")], []]
    static, dynamic = attributes(graph, "static"), attributes(graph, "dynamic")
    assert set(dynamic.values()) == {"weight", "through"}
    values = [(dynamic[v.get("for")], v.get("value"), v.get("start"), v.get("end")) for v in edges[0].iter(SPACE + "attvalue") if v.get("for") in dynamic]
    assert values == [("weight", "1.0", "2004-05-01", "2006-12-31"), ("through", "instrument/a", "2004-05-01", "2006-12-31"),
                      ("weight", "2.0", "2010-01-01", None), ("through", "instrument/b", "2010-01-01", None)]
    assert [(static[v.get("for")], v.get("value"), v.get("start")) for v in edges[0].iter(SPACE + "attvalue") if v.get("for") in static] == [
        ("layer", "trade", None)]


def test_a_static_gexf_has_no_dates_and_ties_of_two_layers_are_of_two_kinds() -> None:
    graph = ET.fromstring(write(LAYERS, "gexf"))[1]
    assert (graph.get("mode"), graph.get("timeformat"), list(graph.iter(SPACE + "spell"))) == ("static", None, [])
    assert [e.get("kind") for e in graph.iter(SPACE + "edge")] == ["trade", "trade", "trade", "data flows", "data flows"]
    assert [e.get("weight") for e in graph.iter(SPACE + "edge")] == ["2.5", "0.1", "1e-07", "3.0", None]


def test_gexf_places_every_actor_and_colours_blocs() -> None:
    nodes = list(ET.fromstring(write(ONE, "gexf")).iter(SPACE + "node"))
    places = [(float(p.get("x", "")), float(p.get("y", ""))) for n in nodes for p in n.iter(SPACE + "position")]
    assert len(set(places)) == len(PEOPLE)
    assert all(-1000 <= part <= 1000 for place in places for part in place)
    shades = [[c.attrib for c in n.iter(SPACE + "color")] for n in nodes]
    assert shades[0] == shades[1] != shades[2]
    assert shades[3] == []
    assert b"<viz:position" in write(ONE, "gexf")


def test_positions_depend_on_the_seed_and_not_on_the_order_of_rows() -> None:
    turned = replace(ONE, tables={ACTORS: PEOPLE[::-1], TIES: TRADE[::-1]})
    assert positions(ONE) == positions(turned)
    assert positions(ONE) != positions(replace(ONE, about={"seed": 8}))


def test_nothing_is_placed_where_there_is_nobody_or_a_crowd() -> None:
    crowd = replace(ONE, tables={ACTORS: tuple({"id": f"a{i}", "label": "x"} for i in range(2_001))})
    assert positions(crowd) == positions(replace(ONE, tables={})) == {}
    assert list(positions(replace(ONE, tables={ACTORS: PEOPLE[:1]}))) == ["DEU"]


def test_without_blocs_there_are_no_colours() -> None:
    plain = tuple(c for c in ONE.columns if c.name != "bloc")
    actors = tuple({k: v for k, v in a.items() if k != "bloc"} for a in PEOPLE)
    assert colours(replace(ONE, columns=plain, tables={ACTORS: actors})) == {}


# Pajek and DL

SIGNED = [(("DEU", "EU"), 2.5), (("DEU", "VNM"), -0.1), (("EU", "odd one"), 1e-07)]


@pytest.mark.parametrize("directed", [False, True])
def test_pajek_comes_back_in_networkx_and_igraph_with_labels_and_signed_values(directed: bool, tmp_path: Path) -> None:
    path = tmp_path / "toy.net"
    path.write_bytes(write(replace(ONE, directed=directed), "pajek"))
    one, two = nx.read_pajek(path), igraph.Graph.Read_Pajek(str(path))
    assert list(one) == two.vs["name"] == ["DEU", "EU", "VNM", "odd one"]
    assert one.is_directed() is two.is_directed() is directed
    assert [((u, v), d["weight"]) for u, v, d in one.edges(data=True)] == SIGNED
    assert [(tuple(two.vs[i]["name"] for i in e.tuple), e["weight"]) for e in two.es] == SIGNED
    assert two.es["label"] == ["trade"] * 3


def test_pajek_names_the_layer_of_a_line_and_leaves_out_what_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "toy.net"
    path.write_bytes(write(LAYERS, "pajek"))
    found = [(u, v, d["weight"], d["l"]) for u, v, d in nx.read_pajek(path).edges(data=True)]
    assert sorted(found) == [("DEU", "EU", 2.5, "trade"), ("DEU", "EU", 3.0, "data flows"), ("DEU", "VNM", -0.1, "trade"), ("EU", "odd one", 1e-07, "trade")]


def test_groups_become_a_pajek_partition() -> None:
    files = folder(ONE, "pajek")
    assert files["toy-bloc.clu"] == b"*Vertices 4\n1\n1\n2\n0\n"
    assert files["toy.net"].startswith(b"*Network toy\n*Vertices 4\n")


def read_dl(data: bytes) -> Iterator[tuple[tuple[str, str], float]]:
    """Read DL with labels in quotes, which igraph does not."""
    head, _, rest = data.decode().partition("labels:\n")
    names, _, lines = rest.partition("data:\n")
    labels = [name.strip('"') for name in re.findall(r'"[^"\n]*"|\S+', names)]
    assert head.split() == ["dl", f"n={len(labels)}", "format", "=", "edgelist1"]
    for line in lines.splitlines():
        source, target, value = line.split()
        yield (labels[int(source) - 1], labels[int(target) - 1]), float(value)


def test_dl_comes_back_with_undirected_ties_in_both_directions() -> None:
    assert sorted(read_dl(write(ONE, "dl"))) == sorted([*SIGNED, *(((v, u), w) for (u, v), w in SIGNED)])
    assert list(read_dl(write(replace(ONE, directed=True), "dl"))) == SIGNED


def test_dl_with_plain_ids_comes_back_in_igraph(tmp_path: Path) -> None:
    path = tmp_path / "toy.dl"
    path.write_bytes(write(replace(ONE, tables={ACTORS: PEOPLE[:3], TIES: TRADE[:2]}, directed=True), "dl"))
    graph = igraph.Graph.Read_DL(str(path))
    assert graph.vs["name"] == ["DEU", "EU", "VNM"]
    assert [(tuple(graph.vs[i]["name"] for i in e.tuple), e["weight"]) for e in graph.es] == SIGNED[:2]


def test_dl_holds_one_layer_and_a_folder_a_file_a_layer() -> None:
    with pytest.raises(InputError, match="a DL file holds one layer; choose one of trade, data flows"):
        write(LAYERS, "dl")
    files = folder(LAYERS, "dl")
    assert {"toy-trade.dl", "toy-data%20flows.dl"} <= files.keys()
    assert list(read_dl(files["toy-data%20flows.dl"])) == [(("DEU", "EU"), 3.0), (("EU", "DEU"), 3.0)]


@pytest.mark.parametrize("name", ["pajek", "dl"])
def test_formats_without_time_refuse_several_spells_of_a_tie(name: str) -> None:
    with pytest.raises(InputError, match="the format holds no spells"):
        write(TIMED, name)


@pytest.mark.parametrize("name", ["pajek", "dl"])
def test_quotes_in_an_id_are_replaced_and_a_clash_refused(name: str) -> None:
    one = replace(ONE, tables={ACTORS: ({"id": 'a"b', "label": "x"},)})
    assert b'"a\'b"' in write(one, name)
    with pytest.raises(InputError, match="cannot be told apart"):
        write(replace(ONE, tables={ACTORS: ({"id": 'a"b', "label": "x"}, {"id": "a'b", "label": "y"})}), name)


def test_without_weight_and_sign_a_tie_counts_one() -> None:
    columns = tuple(c for c in ONE.columns if c.name not in ("weight", "sign"))
    bare = replace(ONE, columns=columns, tables={ACTORS: PEOPLE, TIES: ({"source": "DEU", "target": "EU", "layer": "trade"},)}, directed=True)
    assert list(read_dl(write(bare, "dl"))) == [(("DEU", "EU"), 1.0)]
    assert write(bare, "pajek").decode().endswith('*Arcs\n1 2 1 l "trade"\n')


# all

@pytest.mark.parametrize("name", FORMATS)
def test_the_same_dataset_gives_the_same_bytes(name: str) -> None:
    assert write(ONE, name) == write(replace(ONE), name)


@pytest.mark.parametrize("name", FORMATS)
def test_a_dataset_without_ties_is_written(name: str) -> None:
    assert write(EMPTY, name)
    assert MEDIA[name]


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_has_its_line_in_the_page_on_exports(name: str) -> None:
    assert re.search(rf"^\| [^|]*`{name}`", (ROOT / "docs" / "exports.md").read_text(encoding="utf-8"), re.MULTILINE)


def test_an_unknown_format_or_table_is_refused() -> None:
    with pytest.raises(InputError, match="unknown format xlsx; use one of csv, json, parquet, graphml, gexf, pajek, dl, ttl, nq"):
        write(ONE, "xlsx")
    with pytest.raises(InputError, match="unknown table nodes"):
        write(ONE, "parquet", table="nodes")


def test_a_layer_may_have_any_name_and_makes_no_path() -> None:
    odd = replace(ONE, tables={ACTORS: PEOPLE, TIES: (*TRADE, {**DATA[0], "layer": "../../up"})})
    assert all("/" not in name for name in folder(odd, "dl"))
