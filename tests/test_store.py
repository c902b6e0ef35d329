"""The embedded and the remote store: the same answers, and one line for each way in which an endpoint can fail."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from servers import Reply, canned, free_port, oxigraph
from test_queries import CASES, shown

from comity import queries
from comity.dumps import dump
from comity.errors import ComityError, QueryError, StoreError
from comity.graph import Graph
from comity.store import EmbeddedStore, RemoteStore, open_snapshot, refuse_malformed

EX = "http://example.org/"
TURTLE = f"<{EX}s> <{EX}p> 'x' ."
ROWS = b'{"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {"type": "literal", "value": "x"}}]}}'


@pytest.fixture(scope="module")
def remote(small: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteStore]:
    """Return the small graph behind a real SPARQL server."""
    folder = tmp_path_factory.mktemp("oxigraph")
    store = small.store
    assert isinstance(store, EmbeddedStore)
    (folder / "small.nq").write_bytes(dump(store.store, "nq", store.prefixes))
    with oxigraph(folder / "small.nq", folder / "data") as url:
        yield RemoteStore(url, store.prefixes, timeout=30)


@pytest.fixture
def graphs() -> EmbeddedStore:
    store = ox.Store()
    for name in ("one", "two"):
        store.add(ox.Quad(ox.NamedNode(EX + name), ox.NamedNode(EX + "p"), ox.Literal(name), ox.NamedNode(EX + "graph/" + name)))
    return EmbeddedStore(store, {"ex": EX})


def fails(url: str, text: str = "SELECT * { ?s ?p ?o }", timeout: int = 20) -> ComityError:
    with pytest.raises(ComityError) as caught:
        RemoteStore(url, {}, timeout=timeout).query(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 700
    return caught.value


@pytest.mark.parametrize("name", CASES)
def test_a_sparql_server_gives_the_same_rows_for_every_library_query(small: Graph, remote: RemoteStore, name: str) -> None:
    question = small.queries()[name]
    here, there = (queries.ask(store, question, CASES[name]).rows for store in (small.store, remote))
    assert there.names == here.names
    assert shown(there) == shown(here)


def test_names_are_resolved_and_things_described_alike_on_a_sparql_server(small: Graph, remote: RemoteStore) -> None:
    assert Graph(remote, small.layout).describe("HTA") == small.describe("HTA")


def test_a_sparql_server_answers_ask_and_construct_in_every_format(remote: RemoteStore) -> None:
    assert remote.query("ASK { ?s a comity:State }").serialize("json").decode().count("true") == 1
    assert remote.query("ASK { ?s a comity:Dragon }").rows.to_dicts() == [{"answer": "false"}]
    graph = remote.query("CONSTRUCT { ?s a comity:State } WHERE { ?s a comity:State }")
    assert graph.serialize("nt").count(b"\n") == 8
    assert b"comity:State" in remote.query("CONSTRUCT { ?s a comity:State } WHERE { ?s a comity:State }").serialize("ttl")


def test_a_sparql_server_takes_the_dataset_of_the_protocol(remote: RemoteStore) -> None:
    text = "SELECT (COUNT(*) AS ?n) { ?row comity:evidenceGrade ?grade }"
    graph = "https://w3id.org/comity/graph/lists"
    assert remote.query(text, default_graphs=[graph]).rows.to_dicts() == [{"n": "1"}]


def test_the_default_graph_is_the_union_unless_a_dataset_is_given(graphs: EmbeddedStore) -> None:
    text = "SELECT ?o { ?s ex:p ?o } ORDER BY ?o"
    assert [r["o"] for r in graphs.query(text).rows] == ["one", "two"]
    assert [r["o"] for r in graphs.query(text, default_graphs=[EX + "graph/two"]).rows] == ["two"]
    assert [r["o"] for r in graphs.query(text, named_graphs=[EX + "graph/two"]).rows] == []


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


def test_a_remote_query_is_one_post_that_declares_the_prefixes_which_it_uses_on_its_first_line() -> None:
    with canned(reply := Reply(body=ROWS)) as url:
        RemoteStore(url, {"ex": EX, "other": EX + "#"}).query("SELECT ?a {\n ?s ex:p ?a }", {"s": ox.NamedNode(EX + "s")}, default_graphs=[EX + "g"])
    [(path, accept, body)] = reply.requests
    assert "application/sparql-results+json" in accept
    sent = path.encode() + body
    assert b"PREFIX+ex%3A" in sent
    assert b"other" not in sent
    assert b"default-graph-uri=http%3A//example.org/g" in sent


def test_a_prefix_that_the_query_declares_is_not_declared_again() -> None:
    with canned(reply := Reply(body=ROWS)) as url:
        RemoteStore(url, {"ex": EX}).query("prefix ex: <http://example.com/> SELECT ?a { ?s ex:p ?a }")
    assert b"example.org" not in reply.requests[0][2]


@pytest.mark.parametrize(("reply", "error", "message"), [
    (Reply(kind="text/html", body=b"<!doctype html>\n<html>Welcome</html>"), StoreError, "is it a SPARQL endpoint?"),
    (Reply(body=b""), StoreError, "is it a SPARQL endpoint?"),
    (Reply(body=ROWS[:60]), StoreError, "did not answer in a SPARQL format"),
    (Reply(body=ROWS, length=1000), StoreError, "broke off its answer"),
    (Reply(status=401, body=b"Sign in\nfirst"), StoreError, "answered 401 (Sign in first); check the address and your access"),
    (Reply(status=403, body=b"no"), StoreError, "answered 403"),
    (Reply(status=404, body=b"no"), StoreError, "answered 404"),
    (Reply(status=400, kind="text/plain", body="expected '}'\nat line 3 — é".encode()), QueryError, "refused the query: expected '}' at line 3 — é"),
    (Reply(status=400, kind="text/plain", body=b""), QueryError, "refused the query: it says no more"),
    (Reply(status=500, kind="text/html", body=b"<h1>Oh\nno</h1>" + b"x" * 10_000), StoreError, "answered 500 (<h1>Oh no</h1>xxx"),
    (Reply(status=503, body=b""), StoreError, "answered 503"),
], ids=["page", "nothing", "cut", "short", "401", "403", "404", "400", "400-silent", "500", "503"])
def test_an_endpoint_that_fails_is_one_line_and_one_request(reply: Reply, error: type[ComityError], message: str) -> None:
    with canned(reply) as url:
        caught = fails(url)
    assert type(caught) is error
    assert message in str(caught)
    assert url in str(caught)
    assert len(reply.requests) == 1


@pytest.mark.parametrize("reply", [Reply(kind="text/html", body=b"<html>"), Reply(kind="application/n-triples", body=f"{TURTLE}\n<{EX}s> <{EX}".encode())])
def test_a_graph_that_is_none_or_breaks_off_is_refused(reply: Reply) -> None:
    with canned(reply) as url:
        assert "did not answer in a SPARQL format" in str(fails(url, "CONSTRUCT WHERE { ?s ?p ?o }"))


def test_an_endpoint_that_is_late_is_given_up_with_the_option_to_raise() -> None:
    with canned(reply := Reply(seconds=30)) as url:
        caught = fails(url, timeout=1)
    assert type(caught) is StoreError
    assert "timed out" in str(caught)
    assert "raise --timeout (1 s)" in str(caught)
    assert len(reply.requests) == 1


@pytest.mark.parametrize("host", ["127.0.0.1:{port}/sparql", "[bad/sparql", "/sparql"])
def test_an_address_where_nobody_answers_is_one_line(host: str) -> None:
    caught = fails("http://" + host.format(port=free_port()))
    assert type(caught) is StoreError
    assert "cannot be reached" in str(caught)


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
