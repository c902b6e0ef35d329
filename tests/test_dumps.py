"""Dumps: each format holds the whole graph, in a fixed order, and what is counted can be counted again."""

from __future__ import annotations

import gzip
import json

import pyoxigraph as ox
import pytest

from comity.build import Prepared, prepare
from comity.dumps import QUAD_FORMATS, artefacts, data_package, describe, dump
from comity.errors import InputError
from comity.results import GRAPH_FORMATS
from comity.settings import Layout
from comity.snapshot import QUADS
from comity.vocabulary import DATASET, RDF, VOID, prefixes

A, B, P = (ox.NamedNode(f"http://example.org/{n}") for n in "abp")


@pytest.fixture(scope="module")
def prepared(pristine: Layout) -> Prepared:
    return prepare(pristine)


@pytest.fixture(scope="module")
def names(pristine: Layout) -> dict[str, str]:
    return prefixes(pristine.ontology)


def _store(*quads: ox.Quad) -> ox.Store:
    store = ox.Store()
    store.extend(quads)
    return store


@pytest.mark.parametrize("name", GRAPH_FORMATS)
def test_each_format_holds_the_whole_graph(prepared: Prepared, names: dict[str, str], name: str) -> None:
    data = dump(prepared.store, name, names)
    read = ox.Store()
    read.load(data, format=GRAPH_FORMATS[name])
    if name in QUAD_FORMATS:
        assert set(read) == set(prepared.store)
    else:
        assert {q.triple for q in read} == {q.triple for q in prepared.store}


@pytest.mark.parametrize("name", GRAPH_FORMATS)
def test_the_order_of_a_dump_does_not_depend_on_the_order_of_loading(names: dict[str, str], name: str) -> None:
    quads = [ox.Quad(s, P, ox.Literal(n), g) for s in (A, B) for n in ("x", "y") for g in (A, B)]
    assert dump(_store(*quads), name, names) == dump(_store(*reversed(quads)), name, names)


@pytest.mark.parametrize("name", ["nt", "nq"])
def test_the_lines_of_a_line_format_are_sorted_and_stand_once(prepared: Prepared, names: dict[str, str], name: str) -> None:
    lines = dump(prepared.store, name, names).decode().splitlines()
    assert lines == sorted(set(lines))


def test_a_statement_of_two_graphs_stands_once_in_the_union_and_twice_in_quads(names: dict[str, str]) -> None:
    store = _store(ox.Quad(A, P, B, A), ox.Quad(A, P, B, B))
    assert dump(store, "nt", names).count(b"\n") == 1
    assert dump(store, "nq", names).count(b"\n") == 2


def test_an_empty_graph_gives_an_empty_dump(names: dict[str, str]) -> None:
    assert dump(ox.Store(), "nt", names) == b""
    assert dump(ox.Store(), "nq", names) == b""


def test_an_unknown_format_is_refused_with_the_known_ones(names: dict[str, str]) -> None:
    with pytest.raises(InputError, match=r"unknown format docx; use one of .*ttl"):
        dump(ox.Store(), "docx", names)


def test_turtle_writes_the_prefixes_of_the_project(prepared: Prepared, names: dict[str, str]) -> None:
    text = dump(prepared.store, "ttl", names).decode()
    assert "@prefix comity: <https://w3id.org/comity/ns#> ." in text
    assert "comity:validFrom" in text


def test_no_dump_holds_a_blank_node(prepared: Prepared, names: dict[str, str]) -> None:
    assert b"_:" not in dump(prepared.store, "nq", names)


def test_the_archive_carries_no_time_and_no_name(prepared: Prepared, names: dict[str, str]) -> None:
    data = artefacts(prepared, names)[QUADS]
    assert data[3:8] == b"\0\0\0\0\0"
    lines = gzip.decompress(data).splitlines(keepends=True)
    assert sorted(lines) == dump(prepared.store, "nq", names).splitlines(keepends=True)


def _void(store: ox.Store) -> ox.Store:
    read = ox.Store()
    read.load(describe(store, {}), format=ox.RdfFormat.TURTLE)
    return read


def _partitions(described: ox.Store, kind: str, count: str) -> dict[str, int]:
    text = f"SELECT ?key ?n WHERE {{ ?d <{VOID}{kind}Partition> ?part . ?part <{VOID}{kind}> ?key ; <{VOID}{count}> ?n }}"
    return {row["key"].value: int(row["n"].value) for row in described.query(text)}


def test_void_counts_each_statement_once_however_many_graphs_hold_it() -> None:
    described = _void(_store(*(ox.Quad(A, predicate, B, graph) for predicate in (P, ox.NamedNode(RDF + "type")) for graph in (A, B))))
    assert [q.object.value for q in described.quads_for_pattern(DATASET, ox.NamedNode(VOID + "triples"), None)] == ["2"]
    assert _partitions(described, "property", "triples") == {P.value: 1, RDF + "type": 1}
    assert _partitions(described, "class", "entities") == {B.value: 1}


def test_the_partitions_of_void_add_up_to_the_graph(prepared: Prepared) -> None:
    described = _void(prepared.store)
    triples = {q.triple for q in prepared.store}
    assert sum(_partitions(described, "property", "triples").values()) == len(triples)
    entities = _partitions(described, "class", "entities")
    assert entities["https://w3id.org/comity/ns#AigcProvider"] == 3
    assert sum(entities.values()) == sum(t.predicate.value == RDF + "type" for t in triples)


def test_the_data_package_describes_each_table_with_its_columns_and_keys(prepared: Prepared) -> None:
    package = data_package(prepared)
    resources = {r["name"]: r for r in package["resources"]}
    assert list(resources) == list(prepared.tables)
    for name, table in prepared.tables.items():
        header = table.path.read_text(encoding="utf-8").partition("\n")[0].split(",")
        assert [f["name"] for f in resources[name]["schema"]["fields"]] == header
    schema = resources["designations"]["schema"]
    assert schema["primaryKey"] == ["id"]
    assert {"fields": "list_id", "reference": {"resource": "lists", "fields": "id"}} in schema["foreignKeys"]
    assert {f["name"]: f["type"] for f in schema["fields"]}["recorded_on"] == "date"
    assert {f["name"]: f["type"] for f in schema["fields"]}["valid_from"] == "string"
    assert {f["name"]: f["constraints"]["required"] for f in schema["fields"]}["source_id"] is True


def test_a_list_column_is_no_foreign_key_of_the_data_package(prepared: Prepared) -> None:
    resource = next(r for r in data_package(prepared)["resources"] if r["name"] == "services")
    assert "uses_model_ids" not in {k["fields"] for k in resource["schema"]["foreignKeys"]}


def test_json_files_are_readable_by_people(prepared: Prepared, names: dict[str, str]) -> None:
    files = artefacts(prepared, names)
    for name in ("datapackage.json", "manifest.json"):
        assert files[name].endswith(b"}\n")
        assert files[name].count(b"\n") > 5
        assert json.loads(files[name])["version"] == prepared.version
