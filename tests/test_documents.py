"""Documents on both clocks, Memento, typed links, the catalogue, example queries, and graphs that a query may name."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from comity.api.app import create_app
from comity.graph import Graph
from comity.site.catalog import DCAT, SPEX, examples
from comity.vocabulary import DCTERMS, SHACL

FACT = "/doc/instrument/harbour-agreement"
LATE = "/doc/recognition/EU-USA-2016"


@pytest.fixture(scope="module")
def client(small: Graph) -> Iterator[TestClient]:
    with TestClient(create_app(small), follow_redirects=False) as client:
        yield client


def _links(response: Response) -> dict[str, list[str]]:
    """Return the targets of a Link header by relation."""
    found: dict[str, list[str]] = {}
    for target, names in re.findall(r'<([^>]*)>; rel="([^"]*)"', response.headers["link"]):
        for name in names.split():
            found.setdefault(name, []).append(target)
    return found


def _changes(client: TestClient, path: str) -> list[str]:
    return re.findall(r'\?known_on=([0-9-]+)>; rel="memento"', client.get(path.replace("/doc/", "/timemap/")).text)


def test_a_document_of_a_day_holds_what_held_on_it(client: TestClient) -> None:
    now, then = (client.get(f"{FACT}.nt", params=p).text for p in ({}, {"as_of": "1990-01-01"}))
    assert "participation/harbour-agreement-JPN" in now
    assert "participation/harbour-agreement-JPN" not in then


def test_a_thing_leads_to_its_document_of_the_same_day(client: TestClient) -> None:
    found = client.get("/id/actor/JPN?known_on=2024-02-01")
    assert (found.status_code, found.headers["location"]) == (303, "/doc/actor/JPN?known_on=2024-02-01")
    assert _links(found) == {"describedby": ["/doc/actor/JPN"]}


def test_a_bad_day_is_a_problem(client: TestClient) -> None:
    found = client.get(FACT, params={"as_of": "soon"})
    assert found.status_code == 400
    assert "as_of=soon: not a day" in found.json()["detail"]


def test_what_was_not_known_yet_is_not_found_on_that_day(client: TestClient) -> None:
    found = client.get("/doc/participation/harbour-agreement-JPN", params={"known_on": "2000-01-01"}, headers={"accept": "text/turtle"})
    assert found.status_code == 404
    assert "not in this graph on that day" in found.json()["detail"]


def test_a_timemap_lists_the_days_on_which_what_is_known_changed(client: TestClient) -> None:
    found = client.get(FACT.replace("/doc/", "/timemap/"))
    assert found.headers["content-type"] == "application/link-format"
    days = _changes(client, FACT)
    assert days == sorted(days)
    assert len(days) >= 2
    assert f'<http://testserver{FACT}>; rel="original"' in found.text
    assert re.search(r'rel="memento"; datetime="Wed, 10 Jan 2024 00:00:00 GMT"', found.text)


@pytest.mark.parametrize(("asked", "expected"), [
    ("Wed, 10 Jan 2024 00:00:00 GMT", "2024-01-10"), ("Tue, 09 Jan 2024 23:59:59 GMT", "2024-01-10"), ("Thu, 11 Jan 2024 12:00:00 GMT", "2024-01-10")])
def test_a_timegate_leads_to_the_state_of_a_time_or_to_the_first(client: TestClient, asked: str, expected: str) -> None:
    found = client.get(FACT.replace("/doc/", "/timegate/"), headers={"accept-datetime": asked})
    assert (found.status_code, found.headers["location"]) == (302, f"{FACT}?known_on={expected}")
    assert "accept-datetime" in found.headers["vary"].lower()
    assert set(_links(found)) == {"original", "timegate", "timemap"}


def test_a_timegate_without_a_time_leads_to_the_newest_state(client: TestClient) -> None:
    found = client.get(FACT.replace("/doc/", "/timegate/"))
    assert found.headers["location"] == f"{FACT}?known_on={_changes(client, FACT)[-1]}"


def test_a_time_that_is_none_is_a_problem(client: TestClient) -> None:
    assert client.get(FACT.replace("/doc/", "/timegate/"), headers={"accept-datetime": "yesterday"}).status_code == 400


@pytest.mark.parametrize("path", ["/timegate/actor/nobody", "/timemap/actor/nobody", "/timemap/actor/a%20b"])
def test_what_is_not_known_has_no_times(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_every_memento_of_a_timemap_is_there_and_says_its_time(client: TestClient) -> None:
    for day in _changes(client, FACT):
        found = client.get(FACT, params={"known_on": day}, headers={"accept": "text/turtle"})
        assert found.status_code == 200
        assert found.headers["memento-datetime"].endswith("00:00:00 GMT")
        assert found.headers["memento-datetime"][5:7] == day[8:]
    assert "memento-datetime" not in client.get(FACT).headers


def test_the_links_of_a_document_are_those_of_signposting(client: TestClient) -> None:
    links = _links(client.get(LATE))
    assert links["cite-as"] == ["https://w3id.org/comity/id/recognition/EU-USA-2016"]
    assert len(links["describedby"]) == len(links["alternate"]) == 4
    assert set(links) == {"cite-as", "license", "alternate", "describedby", "collection", "original", "timegate", "timemap"}
    for target in (*links["describedby"], *links["timemap"], *links["collection"]):
        assert client.get(target).status_code == 200


def test_the_catalogue_names_every_dump_and_the_endpoint(client: TestClient) -> None:
    found = client.get("/catalog", headers={"accept": "text/turtle"})
    quads = list(ox.parse(found.content, format=ox.RdfFormat.TURTLE))
    downloads = {q.object.value for q in quads if q.predicate.value == DCAT + "downloadURL"}
    assert len(downloads) == 6
    assert all(client.get(address).status_code == 200 for address in downloads)
    [endpoint] = {q.object.value for q in quads if q.predicate.value == DCAT + "endpointURL"}
    assert client.get(endpoint, params={"query": "ASK {}"}).json()["boolean"] is True
    assert {q.subject.value for q in quads if q.predicate.value == DCTERMS + "license"} >= {"https://w3id.org/comity/dataset"}


def test_every_example_query_can_be_asked(client: TestClient, small: Graph) -> None:
    found = client.get("/.well-known/sparql-examples", headers={"accept": "application/n-triples"})
    quads = list(ox.parse(found.content, format=ox.RdfFormat.N_TRIPLES))
    texts = {q.subject.value: q.object.value for q in quads if q.predicate.value == SHACL + "select"}
    assert len(texts) >= 20
    assert len(quads) == len({str(t) for t in examples(small, "http://testserver/")})
    for text in list(texts.values())[::7]:
        assert client.get("/sparql", params={"query": text}).status_code == 200
    assert SPEX.startswith("https://purl.expasy.org/")


@pytest.mark.parametrize("query", ["SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", "SELECT * FROM NAMED <http://127.0.0.1:9/x> { GRAPH ?g { ?s ?p ?o } }",
                                   "select * from <https://w3id.org/comity/graph/nothing> { ?s ?p ?o }"])
def test_a_graph_that_the_dataset_lacks_is_refused_with_its_place(client: TestClient, query: str) -> None:
    found = client.get("/sparql", params={"query": query})
    assert found.status_code == 400
    body = found.json()
    assert "none is fetched" in body["detail"]
    assert body["pointer"].splitlines()[1].index("^") == query.index("<")


def test_graphs_of_the_dataset_and_views_may_be_named(client: TestClient) -> None:
    for graph in ("https://w3id.org/comity/graph/actors", "https://w3id.org/comity/view/held/2020-01-01"):
        assert client.get("/sparql", params={"query": f"SELECT * FROM <{graph}> {{ ?s a comity:State }}"}).json()["results"]["bindings"]
        assert client.get("/sparql", params={"query": "SELECT * { ?s a comity:State }", "default-graph-uri": graph}).status_code == 200
    assert client.get("/sparql", params={"query": "ASK { ?s ?p ?o }", "default-graph-uri": "http://elsewhere.example/"}).json()["boolean"] is False


def test_a_malformed_query_is_shown_with_a_caret(client: TestClient) -> None:
    body = client.get("/sparql", params={"query": "SELECT * {\n  ?s ?p }"}).json()
    line, caret = body["pointer"].split("\n")
    assert line == "  ?s ?p }"
    assert caret.index("^") == body["column"] - 1
    page = client.get("/sparql", params={"query": "SELECT * {\n  ?s ?p }"}, headers={"accept": "text/html"})
    assert "<pre>  ?s ?p }\n" in page.text


def test_an_answer_says_how_long_it_took(client: TestClient) -> None:
    assert re.fullmatch(r"query;dur=\d+\.\d", client.get("/sparql", params={"query": "ASK {}"}).headers["server-timing"])


def test_a_named_graph_is_given_by_its_iri_and_by_its_address(client: TestClient, small: Graph) -> None:
    iri = "https://w3id.org/comity/graph/lists"
    found = client.get("/graphs", params={"graph": iri}, headers={"accept": "application/n-triples"})
    expected = small.store.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}")
    assert found.content == expected.body
    lead = client.get("/graph/lists")
    assert lead.status_code == 303
    assert client.get(lead.headers["location"], headers={"accept": "application/n-triples"}).content == found.content
    union = client.get("/graphs?default", headers={"accept": "application/n-triples"})
    assert set(found.content.splitlines()) < set(union.content.splitlines())
    assert client.head("/graphs", params={"graph": iri}).status_code == 200


@pytest.mark.parametrize(("query", "status"), [("", 400), ("graph=a&default=", 400), ("other=x", 400), ("graph=https://w3id.org/comity/graph/none", 404),
                                               ("graph=not%20an%20iri", 400)])
def test_a_graph_that_is_not_there_or_not_named_is_a_problem(client: TestClient, query: str, status: int) -> None:
    assert client.get(f"/graphs?{query}").status_code == status


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_graphs_cannot_be_written(client: TestClient, method: str) -> None:
    assert client.request(method, "/graphs?default").status_code == 405


@pytest.mark.parametrize(("media", "form"), [("application/n-quads", ox.RdfFormat.N_QUADS), ("application/trig", ox.RdfFormat.TRIG)])
def test_a_graph_comes_as_quads_too(client: TestClient, media: str, form: ox.RdfFormat) -> None:
    found = client.get("/sparql", params={"query": "CONSTRUCT WHERE { ?s a comity:State }"}, headers={"accept": media})
    assert found.headers["content-type"].startswith(media)
    assert len(list(ox.parse(found.content, format=form))) == 8


@pytest.mark.parametrize("name", ["%00", "%0d%0aX-Injected:%201", "%E6%97%A5%E6%9C%AC", "a%20b", "%22%3E%3Cscript%3E"])
def test_a_name_of_any_letters_leads_on_and_is_not_found(client: TestClient, name: str) -> None:
    found = client.get(f"/id/actor/{name}", follow_redirects=False)
    assert found.status_code == 303
    assert found.headers["location"].isascii()
    assert "x-injected" not in found.headers
    assert client.get(found.headers["location"]).status_code == 404
