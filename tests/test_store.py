"""The embedded store: its dataset, its errors, and the files that it loads."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyoxigraph as ox
import pytest

from comity.errors import QueryError, StoreError
from comity.graph import Graph
from comity.store import EmbeddedStore, open_snapshot, refuse_malformed

EX = "http://example.org/"
TURTLE = f"<{EX}s> <{EX}p> 'x' ."


@pytest.fixture
def graphs() -> EmbeddedStore:
    store = ox.Store()
    for name in ("one", "two"):
        store.add(ox.Quad(ox.NamedNode(EX + name), ox.NamedNode(EX + "p"), ox.Literal(name), ox.NamedNode(EX + "graph/" + name)))
    return EmbeddedStore(store, {"ex": EX})


def test_the_default_graph_is_the_union_unless_a_dataset_is_given(graphs: EmbeddedStore) -> None:
    text = "SELECT ?o { ?s ex:p ?o } ORDER BY ?o"
    assert [r["o"] for r in graphs.query(text).rows] == ["one", "two"]
    assert [r["o"] for r in graphs.query(text, default_graphs=[EX + "graph/two"]).rows] == ["two"]
    assert [r["o"] for r in graphs.query(text, named_graphs=[EX + "graph/two"]).rows] == []


@pytest.mark.parametrize(("text", "found"), [
    ("SELECT ?o FROM ex:graph\\/two { ?s ex:p ?o }", ["two"]),
    (f"SELECT ?o FROM <{EX}graph/one> FROM <{EX}graph/two> {{ ?s ex:p ?o }} ORDER BY ?o", ["one", "two"]),
    (f"SELECT ?o FROM NAMED <{EX}graph/two> {{ ?s ex:p ?o }}", []), (f"SELECT ?o FROM NAMED <{EX}graph/two> {{ GRAPH ?g {{ ?s ex:p ?o }} }}", ["two"]),
    ("SELECT ?o { ?s ex:p ?o } ORDER BY ?o # FROM", ["one", "two"])])
def test_the_dataset_that_a_query_names_is_the_one_that_it_asks(graphs: EmbeddedStore, text: str, found: list[str]) -> None:
    assert [r["o"] for r in graphs.query(text).rows] == found


def test_only_the_named_graphs_of_the_dataset_can_be_asked(graphs: EmbeddedStore) -> None:
    text = "SELECT ?o { GRAPH ?g { ?s ex:p ?o } } ORDER BY ?o"
    assert [r["o"] for r in graphs.query(text).rows] == ["one", "two"]
    assert [r["o"] for r in graphs.query(text, named_graphs=[EX + "graph/one"]).rows] == ["one"]


def test_relative_iris_count_from_ours(small: Graph) -> None:
    assert small.query("SELECT ?code { <id/actor/JPN> comity:isoAlpha3 ?code }").to_dicts() == [{"code": "JPN"}]


def test_parameters_are_bound_as_terms(graphs: EmbeddedStore) -> None:
    rows = graphs.query("SELECT ?s { ?s ?p ?wanted }", {"wanted": ox.Literal("two")}).rows
    assert rows.to_dicts() == [{"s": EX + "two"}]


@pytest.mark.parametrize(("text", "line"), [("SELECT * WHERE { ?s ?p }", 1), ("SELECT *\nWHERE {\n  ?s ?p ?o\n", 4), ("SELECT * {\n} LIMIT x", 2), ("", 1)])
def test_a_malformed_query_is_reported_with_line_and_column(graphs: EmbeddedStore, text: str, line: int) -> None:
    with pytest.raises(QueryError, match="malformed") as caught:
        graphs.query(text)
    assert caught.value.line == line
    assert f"line {line}, column {caught.value.column}" in str(caught.value)
    assert caught.value.column >= 1
    assert "\n" not in str(caught.value)


def test_a_prefix_that_nobody_declares_is_named_with_its_place(graphs: EmbeddedStore) -> None:
    with pytest.raises(QueryError) as caught:
        graphs.query("SELECT * {\n  ?s ex:p _:b ; nope:q 1 }")
    assert str(caught.value) == "the prefix nope: at line 2, column 17 is not declared; add: PREFIX nope: <...>"
    assert (caught.value.line, caught.value.column) == (2, 17)


@pytest.mark.parametrize("text", ["INSERT DATA { <http://e/s> <http://e/p> 1 }", "DROP ALL", "CREATE GRAPH <http://e/g>"])
def test_what_is_no_query_is_refused(graphs: EmbeddedStore, text: str) -> None:
    with pytest.raises(QueryError, match="malformed"):
        graphs.query(text)
    assert len(graphs) == 2


def test_a_graph_name_that_is_no_iri_is_refused(graphs: EmbeddedStore) -> None:
    with pytest.raises(QueryError, match="the query failed"):
        graphs.query("ASK {}", default_graphs=["not an iri"])


@pytest.mark.parametrize(("name", "text"), [
    ("a.ttl", TURTLE), ("a.nt", f'<{EX}s> <{EX}p> "x" .\n'), ("a.nq", f'<{EX}s> <{EX}p> "x" <{EX}g> .\n'), ("a.trig", f"<{EX}g> {{ {TURTLE} }}")])
@pytest.mark.parametrize("packed", [False, True])
def test_a_snapshot_is_read_in_every_format_plain_or_packed(tmp_path: Path, name: str, text: str, packed: bool) -> None:
    path = tmp_path / (name + ".gz" if packed else name)
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    assert open_snapshot(path, {}).query("SELECT ?o { ?s ?p ?o }").rows.to_dicts() == [{"o": "x"}]


@pytest.mark.parametrize(("name", "data", "message"), [
    ("a.xlsx", b"", "unknown format; use a file that ends in .ttl"),
    ("a.ttl", b"not turtle", "cannot be loaded"),
    ("a.ttl", b"\xff\xfe", "cannot be loaded"),
    ("a.nq.gz", b"not packed", "cannot be loaded"),
    ("a.nq.gz", gzip.compress(b"<http://e/s> <http://e/p> 1 .\n" * 1000, mtime=0)[:40], "cannot be loaded"),
    ("a.nq.gz", gzip.compress(b"x" * 1000, mtime=0)[:12] + b"\xff" * 40, "cannot be loaded"),
    ("a.ttl", None, "no built graph here; run: comity build"),
], ids=["format", "syntax", "bytes", "unpacked", "short", "spoiled", "missing"])
def test_a_snapshot_that_cannot_be_read_is_one_line_that_names_it(tmp_path: Path, name: str, data: bytes | None, message: str) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(StoreError) as caught:
        open_snapshot(path, {})
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_is_no_snapshot(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").mkdir()
    with pytest.raises(StoreError, match="cannot be loaded"):
        open_snapshot(tmp_path / "a.ttl", {})


@pytest.mark.parametrize("text", [
    "SELECT * { ?absent ?absent_ ?o }", "ASK {}", "CONSTRUCT WHERE { ?s a comity:State }", "DESCRIBE <x>", "SELECT * { SERVICE <http://127.0.0.1:9/> {} }",
    "SELECT (COUNT(*) AS ?n) { " + " ".join(f"VALUES ?v{i} {{ {' '.join(map(str, range(90)))} }}" for i in range(9)) + " }"])
def test_a_query_that_can_be_read_is_read_and_not_run(small: Graph, text: str) -> None:
    assert isinstance(small.store, EmbeddedStore)
    refuse_malformed(text, small.store.prefixes)


@pytest.mark.parametrize(("text", "message", "line"), [
    ("SELECT * {\n ?s ?p", "malformed at line 2", 2), ("SELECT * { ?s nope:p ?o }", "the prefix nope: at line 1, column 15", 1),
    ("DROP ALL", "malformed", 1), ("SELECT (SUM(?x) AS ?y) ?z {}", "malformed", 1)])
def test_a_malformed_query_is_refused_with_its_place_before_anything_runs(small: Graph, text: str, message: str, line: int) -> None:
    assert isinstance(small.store, EmbeddedStore)
    with pytest.raises(QueryError, match=message) as caught:
        refuse_malformed(text, small.store.prefixes)
    assert caught.value.line == line
