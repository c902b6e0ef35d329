"""The W3C tests of SPARQL 1.1 that apply to a read-only server: protocol, service description, graph store (reading), result formats."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.compare import isomorphic
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


# Service description: the three tests of its manifest, which are told in words only

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
#: what each property of the vocabulary leads to (SPARQL 1.1 Service Description, section 3)
RANGES = {SD.endpoint: None, SD.feature: None, SD.supportedLanguage: None, SD.resultFormat: None, SD.inputFormat: None, SD.extensionFunction: None,
          SD.defaultDataset: SD.Dataset, SD.defaultGraph: SD.Graph, SD.namedGraph: SD.NamedGraph, SD.name: None, SD.graph: SD.Graph}


@pytest.fixture(scope="module")
def description(client: TestClient) -> Graph:
    response = client.get("/sparql", headers={"accept": "text/turtle"})
    assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (200, "text/turtle")
    return Graph().parse(data=response.text, format="turtle")


def test_the_service_description_suite_is_here_and_gives_three_tests() -> None:
    if not SUITES.exists() and not os.environ.get("CI"):
        pytest.skip(MISSING)
    manifest = Graph().parse(SUITES / "sparql11" / "service-description" / "manifest.ttl", format="turtle", publicID="http://example.org/manifest")
    names = {str(test).rpartition("#")[2] for test in manifest.subjects(RDF.type, MF.ServiceDescriptionTest)}
    assert names == {"returns-rdf", "has-endpoint-triple", "conforms-to-schema"}


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # rdflib makes one for JSON-LD
@pytest.mark.parametrize("media", ["text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json"])
def test_getting_the_endpoint_returns_rdf(client: TestClient, description: Graph, media: str) -> None:
    response = client.get("/sparql", headers={"accept": media})
    assert response.headers["content-type"].partition(";")[0] == media
    assert len(Graph().parse(data=response.content, format=media)) == len(description)


def test_the_service_description_has_a_matching_endpoint(description: Graph) -> None:
    services = list(description.subjects(RDF.type, SD.Service))
    assert len(services) == 1
    assert list(description.objects(services[0], SD.endpoint)) == [URIRef("http://testserver/sparql")]


def test_the_service_description_conforms_to_its_schema(description: Graph) -> None:
    terms = {p for p in description.predicates() if str(p).startswith(SD)}
    assert terms <= RANGES.keys()
    assert {SD.endpoint, SD.supportedLanguage, SD.resultFormat, SD.feature, SD.defaultDataset, SD.namedGraph} <= terms
    for term, kind in RANGES.items():
        assert kind is None or all((o, RDF.type, kind) in description for o in description.objects(None, term)), term
    for subject in {s for p in terms for s in description.subjects(p)}:
        assert description.value(subject, RDF.type) is not None
    names = {str(o) for o in description.objects(None, SD.name)}
    assert names == {f"{DATA}data{n}.rdf" for n in (1, 2, 3)}
    formats = {str(o).rpartition("/")[2] for o in description.objects(None, SD.resultFormat)}
    assert {"SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle", "N-Triples", "N-Quads", "TriG"} <= formats


# Graph store: what its manifests read, with the graphs there beforehand, as a read-only server is given nothing

GRAPH = f"{DATA}data1.rdf"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("asked", "status"), [(quote(GRAPH, safe=""), 200), (GRAPH, 200), (quote(quote(GRAPH, safe=""), safe=""), 400),
                                               ("http%3A%2F%2Fwww.example%2Fgsp%2Fperson%2F4.ttl", 404)])
def test_a_graph_is_read_by_its_name_decoded_once(client: TestClient, method: str, asked: str, status: int) -> None:
    response = client.request(method, f"/graphs?graph={asked}", headers={"accept": "text/turtle"})
    assert response.status_code == status
    if method == "GET" and status == 200:
        assert isomorphic(Graph().parse(data=response.text, format="turtle"), Graph().parse(FOLDER / "data1.nt", format="nt"))


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("where", ["default", f"graph={quote(GRAPH, safe='')}"])
def test_a_graph_is_never_written(client: TestClient, method: str, where: str) -> None:
    assert client.request(method, f"/graphs?{where}", content=b"<urn:a> <urn:b> <urn:c> .", headers={"content-type": "text/turtle"}).status_code in (403, 405)
    assert len(client.get(f"/graphs?graph={quote(GRAPH, safe='')}", headers={"accept": "application/n-triples"}).text.splitlines()) == 1


# Result formats: CSV, TSV and JSON of the suites' queries over their data

CASES = [("json-res", f"jsonres0{n}", "data.ttl", "srj", "json") for n in (1, 2, 3, 4)]
CASES += [("csv-tsv-res", f"csvtsv0{n}", data, form, form) for n, data in ((1, "data.ttl"), (2, "data.ttl"), (3, "data2.ttl")) for form in ("csv", "tsv")]


def table(text: str, form: str) -> Any:
    """Return an answer so that two which SPARQL takes as the same are the same: rows and columns in any order, blank nodes and numbers in any form."""
    if form == "json":
        said = json.loads(text)
        rows = [sorted((k, v["type"], v.get("value") if v["type"] != "bnode" else "", v.get("datatype"), v.get("xml:lang")) for k, v in row.items())
                for row in said.get("results", {}).get("bindings", [])]
        return sorted(said["head"].get("vars", [])), sorted(rows, key=str), said.get("boolean")
    head, *lines = csv.reader(text.splitlines(), delimiter="," if form == "csv" else "\t", quoting=csv.QUOTE_MINIMAL if form == "csv" else csv.QUOTE_NONE)
    return sorted(sorted(zip(head, map(same, line), strict=True)) for line in lines)


def same(cell: str) -> str:
    """Return a cell in one form: a number as Python writes it (the engine takes all integer types as one), a blank node without its name."""
    try:
        return repr(float(re.sub(r'^"(.*)"\^\^<[^>]*#(?:\w*[iI]nteger|decimal|double)>$', r"\1", cell)))
    except ValueError:
        return re.sub(r"_:\w+", "_:", cell)


@pytest.mark.parametrize(("folder", "name", "data", "ending", "form"), CASES, ids=[f"{name}.{form}" for _, name, _, _, form in CASES])
def test_a_result_is_written_as_the_suite_has_it(tmp_path: Path, folder: str, name: str, data: str, ending: str, form: str) -> None:
    place = SUITES / "sparql11" / folder
    query = place / f"{name}.rq"
    text = (query if query.exists() else place / "csvtsv01.rq").read_text(encoding="utf-8")
    with TestClient(create_app(Ours(open_snapshot(place / data, {}), layout()))) as client:
        response = client.get("/sparql", params={"query": text, "format": form})
    assert response.status_code == 200, response.text
    assert table(response.text, form) == table((place / f"{name}.{ending}").read_text(encoding="utf-8"), form)
