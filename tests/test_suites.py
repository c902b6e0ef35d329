"""The W3C tests of the SPARQL 1.1 Protocol that apply to a read-only server, run as the manifest has them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node
from real import SUITES
from starlette.testclient import TestClient

from comity.api.app import create_app
from comity.graph import Graph as Ours
from comity.settings import layout
from comity.store import open_snapshot

pytestmark = pytest.mark.suites
FOLDER = SUITES / "sparql11" / "protocol"
MANIFEST = FOLDER / "manifest.ttl"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
DATA = "http://kasei.us/2009/09/sparql/data/"
FORMATS = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {"application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"},
    "RDF": {"text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"},
}
MISSING = f"{MANIFEST} is not here"


@dataclass(frozen=True)
class Call:
    """One request of a test and what its answer must be."""

    name: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    statuses: frozenset[int]
    form: str
    truth: bool | None


def text(graph: Graph, node: Node, predicate: URIRef) -> str:
    return str(graph.value(node, predicate) or "")


def call(graph: Graph, name: str, node: Node) -> Call:
    body = graph.value(node, HT.body)
    headers = graph.value(node, HT.headers)
    answer = graph.value(node, HT.resp)
    assert answer is not None
    truth = graph.value(answer, MF.expectedBoolean)
    return Call(
        name, text(graph, node, HT.methodName), text(graph, node, HT.absolutePath).replace("/sparql/", "/sparql", 1),
        {} if headers is None else {text(graph, h, HT.fieldName): text(graph, h, HT.fieldValue) for h in Collection(graph, headers)},
        b"" if body is None else text(graph, body, CNT.chars).encode(text(graph, body, CNT.characterEncoding)),
        frozenset(int(str(s)[-3]) for s in graph.objects(answer, MF.expectedStatus)), text(graph, answer, MF.expectedFormat),
        None if truth is None else bool(truth.toPython()))


def suite() -> dict[str, Call]:
    """Return the tests that apply: all but those that update (which a read-only server must refuse instead)."""
    if not MANIFEST.exists():
        return {}
    graph = Graph().parse(MANIFEST, format="turtle", publicID="http://example.org/manifest")
    found = {}
    for test in graph.subjects(RDF.type, MF.ProtocolTest):
        name = str(test).rpartition("#")[2]
        requests: Any = graph.value(graph.value(test, MF.action), HT.requests)
        first = call(graph, name, Collection(graph, requests)[0])
        if not name.startswith("update_"):
            found[name] = first
    return found


TESTS = suite()


def test_the_suite_is_here_and_gives_twenty_seven_tests() -> None:
    if not MANIFEST.exists():
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    assert len(TESTS) == 27


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Serve the suite's three graphs under the names that the manifest gives them."""
    path: Path = tmp_path_factory.mktemp("protocol") / "data.nq"
    lines = [f"{line.rstrip(' .')} <{DATA}data{n}.rdf> ." for n in (1, 2, 3) for line in (FOLDER / f"data{n}.nt").read_text().splitlines() if line]
    path.write_text("\n".join(lines) + "\n")
    with TestClient(create_app(Ours(open_snapshot(path, {}), layout()))) as client:
        yield client


@pytest.mark.parametrize("name", sorted(TESTS))
def test_the_protocol_test_passes(client: TestClient, name: str) -> None:
    test = TESTS[name]
    response = client.request(test.method, test.path, headers=test.headers, content=test.body)
    assert response.status_code // 100 in test.statuses, response.text
    kind = response.headers["content-type"].partition(";")[0]
    assert not test.form or kind in FORMATS[test.form]
    if test.truth is not None:
        assert json.loads(response.content)["boolean"] is test.truth
