"""The HTTP server: protocol, negotiation, linked data, library, measures, dumps, pages and refusals."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser
from types import SimpleNamespace
from urllib.parse import quote

import networkx as nx
import pyoxigraph as ox
import pytest
from httpx2 import Response
from real import built
from starlette.testclient import TestClient

from comity.api.app import create_app
from comity.api.protocol import MAXIMUM_BODY
from comity.graph import Graph
from comity.isolation import QueryStopped
from comity.remote import RemoteStore
from comity.store import EmbeddedStore

STATES = "SELECT ?code { ?s a comity:State ; comity:isoAlpha3 ?code } ORDER BY ?code"
CODES = ["CHN", "DEU", "FRA", "GBR", "JPN", "KOR", "SGP", "USA"]
SLOW = "SELECT * { ?s ?p ?o FILTER(isBlank(?o)) }"
GRAPH = "CONSTRUCT WHERE { ?s a comity:State }"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
ROW_TYPES = {"json": "application/sparql-results+json", "xml": "application/sparql-results+xml", "csv": "text/csv", "tsv": "text/tab-separated-values"}
GRAPH_TYPES = {"ttl": "text/turtle", "nt": "application/n-triples", "jsonld": "application/ld+json", "rdf": "application/rdf+xml"}
PARSERS = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "jsonld": ox.RdfFormat.JSON_LD, "rdf": ox.RdfFormat.RDF_XML,
           "nq": ox.RdfFormat.N_QUADS, "trig": ox.RdfFormat.TRIG}
PAGES = ["/", "/query", "/queries", "/queries/lookup/parties?agreement=HTA", "/metrics?as_of=2021-01-01", "/ontology", "/methods", "/docs", "/dumps/",
         "/search?q=data", "/search?q=zzz", "/doc/actor/JPN", "/doc/actor/EU", "/doc/instrument/harbour-agreement", "/doc/provision/harbour-agreement-14-13",
         "/doc/participation/harbour-agreement-SGP", "/doc/recognition/EU-USA-2016", "/doc/measure/deu-app-ban-2023", "/doc/actor/deepseek",
         "/doc/model/deepseek-chat-model", "/doc/service/deepseek-chat", "/doc/source/newspaper", "/doc/list/usa-concern-list", "/concept/stance/prohibits",
         "/concept/stance", f"/sparql?query={quote(STATES)}", "/doc/actor/nobody", "/nowhere"]
HTML = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def client(small: Graph) -> Iterator[TestClient]:
    with TestClient(create_app(small), follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def real() -> Iterator[TestClient]:
    with TestClient(create_app(built()), follow_redirects=False) as client:
        yield client


def kind(response: Response) -> str:
    return str(response.headers["content-type"]).partition(";")[0]


def codes(response: Response) -> list[str]:
    assert response.status_code == 200, response.text
    return [b["code"]["value"] for b in response.json()["results"]["bindings"]]


def problem(response: Response, status: int, words: str) -> dict[str, object]:
    assert response.status_code == status, response.text
    assert kind(response) == "application/problem+json"
    body: dict[str, object] = response.json()
    assert body["status"] == status
    assert words in str(body["detail"])
    assert "\n" not in str(body["detail"])
    return body


class Page(HTMLParser):
    """The text, links, assets and headings of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.assets: list[str] = []
        self.tags: list[str] = []
        self.inline: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attributes}
        self.tags.append(tag)
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag in ("script", "img", "iframe", "source"):
            self.assets.append(given.get("src", ""))
        if tag == "link" and given.get("rel") in ("stylesheet", "icon", "preload"):
            self.assets.append(given["href"])
        self.inline += [k for k in given if k.startswith("on") or k == "style"] + (["style"] if tag == "style" else [])

    def handle_data(self, data: str) -> None:
        self.words += data


# The protocol

def test_a_query_is_answered_by_get_by_form_and_by_body(client: TestClient) -> None:
    by_get = client.get("/sparql", params={"query": STATES})
    by_form = client.post("/sparql", data={"query": STATES})
    by_body = client.post("/sparql", content=STATES, headers={"content-type": DIRECT})
    with_charset = client.post("/sparql", content=STATES, headers={"content-type": f"{DIRECT}; charset=utf-8"})
    assert codes(by_get) == codes(by_form) == codes(by_body) == codes(with_charset) == CODES


def test_head_gives_the_headers_of_get_and_no_body(client: TestClient) -> None:
    head, get = (client.request(method, "/sparql", params={"query": STATES}) for method in ("HEAD", "GET"))
    assert (head.status_code, head.content) == (200, b"")
    assert kind(head) == kind(get)
    assert head.headers["etag"] == get.headers["etag"]


def test_letters_of_every_script_pass_through_form_and_body(client: TestClient) -> None:
    text = 'SELECT ?code { ?s rdfs:label "日本"@zh ; comity:isoAlpha3 ?code }'
    assert codes(client.post("/sparql", data={"query": text})) == ["JPN"]
    assert codes(client.post("/sparql", content=text.encode(), headers={"content-type": DIRECT})) == ["JPN"]


def test_the_dataset_of_the_protocol_narrows_what_is_asked(client: TestClient) -> None:
    text = "SELECT (COUNT(DISTINCT ?row) AS ?code) { ?row comity:evidenceGrade ?grade }"
    one = {"default-graph-uri": "https://w3id.org/comity/graph/lists"}
    two = {"default-graph-uri": ["https://w3id.org/comity/graph/lists", "https://w3id.org/comity/graph/claims"]}
    assert codes(client.get("/sparql", params={"query": text} | one)) == ["1"]
    assert codes(client.get("/sparql", params={"query": text} | two)) == ["2"]
    assert codes(client.post("/sparql", params=one, content=text, headers={"content-type": DIRECT})) == ["1"]
    named = {"query": "SELECT (COUNT(DISTINCT ?g) AS ?code) { GRAPH ?g { ?s ?p ?o } }", "named-graph-uri": one["default-graph-uri"]}
    assert codes(client.get("/sparql", params=named)) == ["1"]


@pytest.mark.parametrize(("accept", "name"), [
    (None, "json"), ("*/*", "json"), ("application/json", "json"), *((media, name) for name, media in ROW_TYPES.items()),
    ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", "xml"), ("text/csv;q=0.9, application/sparql-results+xml;q=0.5", "csv"),
    ("application/x-unknown, text/tab-separated-values;q=0.1", "tsv"), ("text/turtle, text/csv;q=0.1", "csv"), ("application/xml", "xml"),
    ("text/csv;q=0, application/sparql-results+json", "json"),
])
def test_rows_come_in_the_type_that_accept_likes_best(client: TestClient, accept: str | None, name: str) -> None:
    response = client.get("/sparql", params={"query": STATES}, headers={"accept": accept} if accept else {"accept": ""})
    assert (response.status_code, kind(response)) == (200, ROW_TYPES[name])
    assert "Accept" in response.headers["vary"].split(", ")


@pytest.mark.parametrize(("accept", "name"), [
    (None, "ttl"), ("*/*", "ttl"), *((media, name) for name, media in GRAPH_TYPES.items()),
    ("text/turtle;q=0.2, application/ld+json;q=0.3", "jsonld"), ("application/rdf+xml, text/turtle;q=0.9", "rdf")])
def test_graphs_come_in_the_type_that_accept_likes_best(client: TestClient, accept: str | None, name: str) -> None:
    response = client.get("/sparql", params={"query": GRAPH}, headers={"accept": accept or ""})
    assert (response.status_code, kind(response)) == (200, GRAPH_TYPES[name])
    assert len(list(ox.parse(input=response.content, format=PARSERS[name]))) == 8


@pytest.mark.parametrize("name", ROW_TYPES)
def test_the_parameter_format_outweighs_accept(client: TestClient, name: str) -> None:
    response = client.get("/sparql", params={"query": STATES, "format": name}, headers={"accept": "text/html"})
    assert (response.status_code, kind(response)) == (200, ROW_TYPES[name])


def test_each_row_format_holds_the_same_rows(client: TestClient) -> None:
    texts = {name: client.get("/sparql", params={"query": STATES, "format": name}).text for name in ROW_TYPES}
    assert [r["code"] for r in csv.DictReader(io.StringIO(texts["csv"]))] == CODES
    assert texts["tsv"].splitlines() == ["?code", *(f'"{c}"' for c in CODES)]
    assert [e.text for e in ET.fromstring(texts["xml"]).iter("{http://www.w3.org/2005/sparql-results#}literal")] == CODES


@pytest.mark.parametrize("name", GRAPH_TYPES)
def test_the_parameter_format_names_graph_formats_too(client: TestClient, name: str) -> None:
    assert kind(client.post("/sparql", data={"query": GRAPH, "format": name})) == GRAPH_TYPES[name]


@pytest.mark.parametrize("name", ["json", "xml"])
def test_a_truth_value_is_answered(client: TestClient, name: str) -> None:
    assert "true" in client.get("/sparql", params={"query": "ASK { ?s a comity:State }", "format": name}).text


@pytest.mark.parametrize("name", GRAPH_TYPES)
def test_without_a_query_the_service_describes_itself(client: TestClient, name: str) -> None:
    response = client.get("/sparql", headers={"accept": GRAPH_TYPES[name]})
    assert kind(response) == GRAPH_TYPES[name]
    space = "http://www.w3.org/ns/sparql-service-description#"
    found = {(q.predicate.value, str(q.object)) for q in ox.parse(input=response.content, format=PARSERS[name])}
    assert (space + "endpoint", "<http://testserver/sparql>") in found
    assert (space + "supportedLanguage", f"<{space}SPARQL11Query>") in found


def test_a_browser_without_a_query_is_led_to_the_editor(client: TestClient) -> None:
    response = client.get("/sparql", headers=HTML)
    assert (response.status_code, response.headers["location"]) == (303, "/query")


# What is refused

def test_a_malformed_query_is_a_problem_with_line_and_column(client: TestClient) -> None:
    body = problem(client.get("/sparql", params={"query": "SELECT * {\n ?s ?p"}), 400, "malformed at line 2")
    assert body["line"] == 2
    assert isinstance(body["column"], int)


@pytest.mark.parametrize("text", ["INSERT DATA { <a> <b> <c> }", "DELETE WHERE { ?s ?p ?o }", "LOAD <http://example.org/>", "CLEAR ALL", "DROP ALL"])
def test_updates_are_refused_in_every_form_and_change_nothing(client: TestClient, small: Graph, text: str) -> None:
    assert isinstance(small.store, EmbeddedStore)
    before = len(small.store)
    problem(client.get("/sparql", params={"query": text}), 400, "malformed")
    problem(client.get("/sparql", params={"update": text}), 403, "read-only")
    problem(client.post("/sparql", data={"update": text}), 403, "read-only")
    problem(client.post("/sparql", data={"query": "ASK {}", "update": text}), 403, "read-only")
    problem(client.post("/sparql", content=text, headers={"content-type": "application/sparql-update"}), 403, "read-only")
    assert len(small.store) == before


@pytest.mark.parametrize("text", ["SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "SELECT * { service silent <http://127.0.0.1:9/> {} }",
                                  "ASK { S\\u0045RVICE <http://127.0.0.1:9/> {} }"])
def test_a_query_that_reaches_out_is_refused_by_get_and_post(client: TestClient, text: str) -> None:
    for response in (client.get("/sparql", params={"query": text}), client.post("/sparql", content=text, headers={"content-type": DIRECT})):
        body = problem(response, 400, "refused" if "\\" not in text else "backslash")
        assert body["line"] == 1


@pytest.mark.parametrize(("arguments", "status", "words"), [
    ({"method": "POST", "data": {"other": "x"}}, 400, "no query"),
    ({"method": "POST", "content": "ASK {}", "headers": {"content-type": DIRECT}, "params": {"query": "ASK {}"}}, 400, "two queries"),
    ({"method": "GET", "params": {"query": ["ASK {}", "ASK {}"]}}, 400, "more than one query"),
    ({"method": "POST", "content": "ASK {}", "headers": {"content-type": "text/plain"}}, 415, "not text/plain"),
    ({"method": "POST", "content": "ASK {}"}, 415, "an unnamed type"),
    ({"method": "POST", "content": "ASK {}".encode("utf-16"), "headers": {"content-type": DIRECT}}, 400, "not UTF-8"),
    ({"method": "PUT", "params": {"query": "ASK {}"}}, 405, "Method Not Allowed"),
    ({"method": "DELETE"}, 405, "Method Not Allowed"),
    ({"method": "GET", "params": {"query": STATES, "format": "ttl"}}, 406, "format ttl does not suit this answer; it comes as json"),
    ({"method": "GET", "params": {"query": GRAPH, "format": "csv"}}, 406, "format csv does not suit this answer; it comes as ttl"),
    ({"method": "GET", "params": {"query": STATES}, "headers": {"accept": "image/png"}}, 406, "nothing acceptable"),
    ({"method": "GET", "params": {"query": STATES}, "headers": {"accept": "nonsense"}}, 400, "malformed"),
    ({"method": "GET", "params": {"query": "ASK {}", "default-graph-uri": "not an iri"}}, 400, "the query failed"),
])
def test_a_call_that_the_protocol_does_not_allow_is_a_problem(client: TestClient, arguments: dict[str, object], status: int, words: str) -> None:
    problem(client.request(url="/sparql", **arguments), status, words)  # type: ignore[arg-type]


@pytest.mark.parametrize("media", [FORM, DIRECT])
def test_a_body_beyond_the_limit_is_refused_and_one_at_the_limit_is_read(client: TestClient, media: str) -> None:
    query = "query=ASK+%7B%7D" if media == FORM else "ASK {}"
    filler = "&x=" if media == FORM else " #"
    exact = query + filler + "x" * (MAXIMUM_BODY - len(query + filler))
    assert client.post("/sparql", content=exact, headers={"content-type": media}).json()["boolean"] is True
    problem(client.post("/sparql", content=exact + "x", headers={"content-type": media}), 413, "larger than 1,000,000 bytes")


@pytest.mark.parametrize(("path", "words"), [
    ("/nowhere", "/nowhere is not here; start at /"), ("/doc/actor/nobody", "is not in this graph"), ("/doc/actor/JPN.pdf", "no format pdf here"),
    ("/concept/stance/nowhere", "is not in this graph"), ("/queries/lookup/nothing", "no query is called lookup/nothing"), ("/dumps/comity.pdf", "no dump"),
    ("/doc/actor/%3Cscript%3E", "is not in this graph"), ("/doc/actor/a%20b", "is not in this graph"), ("/doc/actor/%E6%97%A5", "is not in this graph"),
    ("/static/../app.py", "is not here"), ("/static/nothing.css", "is not here"), ("/doc/actor/", "is not here"),
])
def test_what_is_not_here_is_a_problem_or_a_page(client: TestClient, path: str, words: str) -> None:
    problem(client.get(path), 404, words)
    page = client.get(path, headers=HTML)
    assert (page.status_code, kind(page)) == (404, "text/html")
    assert "<script>" not in page.text


@pytest.mark.parametrize(("path", "words"), [
    ("/queries/lookup/parties?treaty=x", "has no parameter treaty"), ("/queries/lookup/parties?agreement=HTA&as_of=soon", "as_of=soon: not a day"),
    ("/queries/lookup/parties?agreement=Atlantis", "nothing is called Atlantis"), ("/metrics?layer=friendship", "no layer is called friendship"),
    ("/metrics?as_of=1900-01-01", "no tie stands on 1900-01-01"), ("/metrics?as_of=2021-01-01&format=csv&table=nodes", "unknown table nodes"),
])
def test_bad_parameters_are_problems(client: TestClient, path: str, words: str) -> None:
    problem(client.get(path), 400, words)


def test_an_upstream_that_fails_is_a_bad_gateway(small: Graph) -> None:
    graph = Graph(RemoteStore("http://127.0.0.1:1/sparql", {}, timeout=1), small.layout)
    app = create_app(small)
    app.state.graph = graph
    with TestClient(app) as client:
        problem(client.get("/sparql", params={"query": "ASK {}"}), 502, "cannot be reached")


# Linked data

@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_thing_leads_to_the_document_about_it(client: TestClient, method: str) -> None:
    response = client.request(method, "/id/actor/JPN")
    assert (response.status_code, response.headers["location"]) == (303, "/doc/actor/JPN")


@pytest.mark.parametrize("path", ["/doc/actor/JPN", "/doc/instrument/harbour-agreement", "/concept/stance/prohibits", "/ns"])
@pytest.mark.parametrize("name", GRAPH_TYPES)
def test_a_document_comes_in_every_graph_format_by_accept(client: TestClient, path: str, name: str) -> None:
    response = client.get(path, headers={"accept": f"{GRAPH_TYPES[name]}, text/html;q=0.5"})
    assert (response.status_code, kind(response)) == (200, GRAPH_TYPES[name])
    assert len(list(ox.parse(input=response.content, format=PARSERS[name]))) > 3


@pytest.mark.parametrize("path", ["/doc/actor/JPN", "/concept/stance/prohibits"])
@pytest.mark.parametrize("name", [*GRAPH_TYPES, "html"])
def test_an_extension_outweighs_accept(client: TestClient, path: str, name: str) -> None:
    response = client.get(f"{path}.{name}", headers={"accept": "application/ld+json"})
    assert (response.status_code, kind(response)) == (200, {**GRAPH_TYPES, "html": "text/html"}[name])


def test_all_formats_of_a_document_say_the_same(client: TestClient) -> None:
    found = [{q.triple for q in ox.parse(input=client.get(f"/doc/actor/JPN.{n}").content, format=PARSERS[n])} for n in GRAPH_TYPES]
    assert all(f == found[0] for f in found)
    assert len(found[0]) > 50


@pytest.mark.parametrize("accept", [HTML["accept"], "", "*/*"])
def test_people_get_a_page(client: TestClient, accept: str) -> None:
    assert kind(client.get("/doc/actor/JPN", headers={"accept": accept})) == "text/html"


def test_a_document_names_its_iri_its_licence_and_its_other_forms(client: TestClient) -> None:
    link = client.get("/doc/actor/JPN").headers["link"]
    assert '<https://w3id.org/comity/id/actor/JPN>; rel="cite-as"' in link
    assert '<https://creativecommons.org/licenses/by/4.0/>; rel="license"' in link
    for name, media in GRAPH_TYPES.items():
        assert f'</doc/actor/JPN.{name}>; rel="alternate"; type="{media}"' in link


def test_the_document_of_a_thing_holds_its_statements_and_the_rows_that_name_it(client: TestClient) -> None:
    triples = {(q.subject.value, q.predicate.value.rpartition("#")[2], q.object.value)
               for q in ox.parse(input=client.get("/doc/actor/JPN.nt").content, format=PARSERS["nt"])}
    base = "https://w3id.org/comity/id/"
    assert (base + "actor/JPN", "isoAlpha3", "JPN") in triples
    assert (base + "participation/harbour-agreement-JPN", "validFrom", "2018-12-30") in triples
    assert (base + "participation/harbour-agreement-JPN", "hadPrimarySource", base + "source/treaty-depositary") in triples


# Pages

def test_the_page_of_an_actor_shows_facts_rows_dates_sources_and_grades(client: TestClient) -> None:
    page = Page(client.get("/doc/actor/JPN", headers=HTML).text)
    for words in ("Japan", "日本", "Agreements and parties", "Recognitions", "2018-12-30", "Depositary of treaties", "entry 1", "official", "secondary"):
        assert words in page.words
    for link in ("/doc/instrument/harbour-agreement", "/doc/source/treaty-depositary", "/doc/participation/harbour-agreement-JPN", "/doc/actor/JPN.ttl"):
        assert link in page.links


@pytest.mark.parametrize(("path", "words"), [
    ("/doc/instrument/harbour-agreement", [
        "Harbour Trade Agreement", "HTA", "Art. 14.13", "No party requires local facilities", "United Kingdom", "2018-03-08", "derived"]),
    ("/doc/provision/harbour-agreement-14-13", ["Art. 14.13", "Necessity-tested", "Depositary of treaties"]),
    ("/doc/participation/harbour-agreement-SGP", ["2019-12-30", "retracted 2024-06-01", "Year misread"]),
    ("/doc/recognition/EU-USA-2016", ["2016-07-12", "2020-07-16", "Shield Decision on the United States", "Official gazette", "Art. 1"]),
    ("/doc/actor/deepseek", ["DeepSeek", "China", "Ban on government devices of the United States", "Data pacts of the world"]),
    ("/doc/service/deepseek-chat", ["DeepSeek Chat", "Ban of an application in Germany", "para. 15"]),
    ("/doc/measure/deu-app-ban-2023", ["Ban of an application in Germany", "2023-06-27", "2023-12-01", "App stores."]),
    ("/doc/source/newspaper", ["Data pacts of the world", "https://example.org/news", "secondary"]),
    ("/doc/list/usa-concern-list", ["Countries of concern", "China", "Hong Kong", "List Rule of the United States"]),
    ("/concept/stance/prohibits", ["Prohibits"]),
    ("/ontology", ["Ontology", "Participation", "Recognition"]),
    ("/", ["State", "official", "0.6.0+"]),
])
def test_the_page_of_every_kind_shows_its_statements_with_their_source(client: TestClient, path: str, words: list[str]) -> None:
    response = client.get(path, headers=HTML)
    assert (response.status_code, kind(response)) == (200, "text/html")
    found = Page(response.text).words
    assert [w for w in words if w not in found] == []


def test_every_kind_of_thing_in_the_small_graph_has_a_page(client: TestClient, small: Graph) -> None:
    rows = small.query("SELECT ?kind (SAMPLE(?thing) AS ?one) { ?thing a ?class . FILTER(STRSTARTS(STR(?thing), 'https://w3id.org/comity/id/')) "
                       "BIND(REPLACE(STR(?thing), '^.*/id/([^/]+)/.*$', '$1') AS ?kind) } GROUP BY ?kind")
    assert len(rows) >= 18
    for row in rows:
        assert client.get(str(row["one"]).removeprefix("https://w3id.org/comity/id").join(["/doc", ""]), headers=HTML).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_no_page_loads_anything_from_another_host_or_runs_anything_inline(client: TestClient, path: str) -> None:
    response = client.get(path, headers=HTML)
    assert kind(response) == "text/html"
    page = Page(response.text)
    assert page.assets
    assert [a for a in page.assets if not a.startswith("/static/")] == []
    assert page.inline == []
    for asset in set(page.assets):
        assert client.get(asset).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_every_link_to_this_host_leads_somewhere(client: TestClient, path: str) -> None:
    response = client.get(path, headers=HTML)
    page = Page(response.text)
    # The defaults of the library name things of the real graph; those pages are asked there.
    here = {href.partition("#")[0] for href in page.links if href.startswith("/") and not href.startswith(("/queries/", "/query?"))}
    for link in sorted(here)[:40]:
        client.cookies.clear()  # a link to another language sets one
        same = [response.status_code] if link.partition("?")[0] == path.partition("?")[0] else []  # the page itself in another language
        assert client.get(link, headers=HTML).status_code in (200, 303, *same), link
    client.cookies.clear()


@pytest.mark.gate
def test_every_example_and_every_question_of_the_library_has_a_real_page(real: TestClient) -> None:
    links = {href for path in ("/", "/queries") for href in Page(real.get(path, headers=HTML).text).links if href.startswith("/queries/")}
    assert len(links) > 30
    for link in sorted(links):
        page = real.get(link, headers=HTML)
        assert page.status_code == 200, link
        assert "complete." in page.text
        assert ">0 rows" not in page.text


@pytest.mark.parametrize("path", [
    "/doc/actor/JPN", "/doc/actor/EU", "/doc/instrument/cptpp", "/doc/instrument/eu-gdpr-2016", "/metrics", "/ontology", "/ontology/Recognition", "/"])
def test_real_pages_load_nothing_from_another_host(real: TestClient, path: str) -> None:
    response = real.get(path, headers=HTML)
    assert response.status_code == 200
    assert [a for a in Page(response.text).assets if not a.startswith("/static/")] == []


def test_markup_in_labels_and_links_is_shown_and_not_run(small: Graph) -> None:
    store = ox.Store()
    graph, thing = ox.NamedNode("https://w3id.org/comity/graph/x"), ox.NamedNode("https://w3id.org/comity/id/actor/odd")
    evil = '<script>alert("1")</script><img src=http://evil.example/x.png>'
    for link in ("http://www.w3.org/2000/01/rdf-schema#label", "http://www.w3.org/2004/02/skos/core#note", "https://w3id.org/comity/ns#isoAlpha3"):
        store.add(ox.Quad(thing, ox.NamedNode(link), ox.Literal(evil, language="en"), graph))
    store.add(ox.Quad(thing, ox.NamedNode("https://w3id.org/comity/ns#officialUrl"), ox.NamedNode("javascript:alert(1)"), graph))
    odd = Graph(EmbeddedStore(store, {"rdfs": "http://www.w3.org/2000/01/rdf-schema#"}), small.layout)
    with TestClient(create_app(odd)) as client:
        for path in ("/doc/actor/odd", "/search?q=script", f"/search?q={quote(evil)}", f"/sparql?query={quote('SELECT ?l ?u { ?s rdfs:label ?l ; ?p ?u }')}",
                     f"/query?query={quote('</textarea>' + evil)}", f"/nowhere/{quote(evil)}"):
            page = Page(client.get(path, headers=HTML).text)
            assert not [a for a in page.assets if not a.startswith("/static/")], path
            assert not [href for href in page.links if href.lower().startswith("javascript:")], path
        assert evil in Page(client.get("/doc/actor/odd", headers=HTML).text).words


def test_parameters_are_escaped_where_the_page_shows_them_again(client: TestClient) -> None:
    evil = '"><script>alert(1)</script>'
    for path in (f"/queries/lookup/parties?agreement={quote(evil)}", f"/metrics?layer={quote(evil)}", f"/metrics?as_of={quote(evil)}"):
        response = client.get(path, headers=HTML)
        assert response.status_code == 400
        assert "<script>alert" not in response.text


def test_a_search_goes_to_the_thing_or_lists_what_it_may_be(client: TestClient) -> None:
    found = client.get("/search", params={"q": "日本"})
    assert (found.status_code, found.headers["location"]) == (303, "/id/actor/JPN")
    listed = Page(client.get("/search", params={"q": "data law"}).text)
    assert {"/doc/instrument/eu-data-law", "/doc/instrument/jpn-data-law"} <= set(listed.links)
    assert "Nothing has a name" in client.get("/search", params={"q": "zzzz"}).text
    assert client.get("/search").status_code == 200


def test_the_result_page_shows_complete_rows_and_other_formats(client: TestClient) -> None:
    response = client.get("/sparql", params={"query": STATES}, headers=HTML)
    page = Page(response.text)
    assert "8 rows, complete." in page.words
    csv_link = next(href for href in page.links if href.endswith("format=csv"))
    assert client.get(csv_link).text.split() == ["code", *CODES]


# Library, measures, dumps

def test_the_library_is_listed_as_a_page_and_as_json(client: TestClient, small: Graph) -> None:
    listed = client.get("/queries", headers={"accept": "application/json"}).json()
    assert {q["name"] for q in listed} == set(small.queries())
    page = Page(client.get("/queries", headers=HTML).text)
    assert {f"/queries/{name}" for name in small.queries()} <= set(page.links)


def test_a_library_query_takes_its_parameters_from_the_address(client: TestClient) -> None:
    params = {"agreement": "HTA", "as_of": "2021-07-01", "known_on": "2024-12-31"}
    rows = client.get("/queries/lookup/parties", params=params).json()["results"]["bindings"]
    assert [r["actorLabel"]["value"] for r in rows] == ["Japan", "Singapore"]
    earlier = client.get("/queries/lookup/parties", params=params | {"as_of": "2021-06-30"}).json()["results"]["bindings"]
    assert [r["actorLabel"]["value"] for r in earlier] == ["Japan", "Singapore", "United States"]


@pytest.mark.parametrize("name", ROW_TYPES)
def test_a_library_query_comes_in_every_format_of_rows(client: TestClient, name: str) -> None:
    by_name = client.get("/queries/lookup/parties", params={"agreement": "HTA", "format": name})
    by_accept = client.get("/queries/lookup/parties", params={"agreement": "HTA"}, headers={"accept": ROW_TYPES[name]})
    assert (kind(by_name), kind(by_accept)) == (ROW_TYPES[name], ROW_TYPES[name])
    assert by_name.content == by_accept.content


def test_a_library_page_shows_rows_form_and_query(client: TestClient) -> None:
    page = Page(client.get("/queries/lookup/parties", params={"agreement": "HTA", "as_of": "2021-07-01", "known_on": "2024-12-31"}, headers=HTML).text)
    assert "2 rows, complete." in page.words
    assert "SELECT ?actor ?actorLabel" in page.words
    assert "/doc/source/treaty-depositary" in page.links
    csv_link = next(href for href in page.links if href.endswith("format=csv"))
    assert len(client.get(csv_link).text.splitlines()) == 3


def test_an_empty_field_of_the_form_means_the_default(real: TestClient) -> None:
    blank = real.get("/queries/lookup/parties", params={"agreement": "", "as_of": "2024-01-01"})
    assert blank.content == real.get("/queries/lookup/parties", params={"as_of": "2024-01-01"}).content


def test_scores_come_as_a_table_and_a_receipt_opens_a_pair(client: TestClient) -> None:
    params = {"as_of": "2021-01-01", "draws": 20}
    rows = list(csv.DictReader(io.StringIO(client.get("/metrics/world", params=params).text)))
    assert ("JPN", "USA") in {(r["source"], r["target"]) for r in rows}
    found = client.get("/metrics/explain", params=params | {"first": "Japan", "second": "USA"}).json()
    assert (found["first"], found["second"], found["about"]["draws"]) == ("JPN", "USA", 20)
    page = client.get("/metrics/explain", params=params | {"first": "JPN", "second": "USA"}, headers={"Accept": "text/html"})
    assert '<a href="/doc/participation/harbour-agreement-JPN">' in page.text


@pytest.mark.parametrize(("path", "status", "message"), [
    ("/metrics/world?draws=5", 422, "draws"), ("/metrics/world?draws=20&stage=dreamt", 422, "stage"),
    ("/metrics/world?draws=20&as_of=1700-01-01", 400, "no two actors"),
    ("/metrics/world?draws=20&as_of=2023-07-01&format=xlsx", 406, "no format xlsx"), ("/metrics/explain?first=JPN", 422, "second"),
    ("/metrics/explain?first=JPN&second=JPN&draws=20", 400, "are one actor"), ("/metrics/world?draws=20&actors=atlantis", 400, "no actor is called atlantis")])
def test_scores_that_cannot_be_given_are_refused(client: TestClient, path: str, status: int, message: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert message in answer.text


def test_metrics_come_in_every_format_and_as_a_page(client: TestClient) -> None:
    params = {"layer": "agreements", "as_of": "2021-01-01", "known_on": "2024-12-31", "apart": "true"}
    by = {f: client.get("/metrics", params=params | {"format": f}) for f in ("csv", "json", "parquet", "graphml", "gexf", "pajek", "dl", "ttl", "nq")}
    assert [r["id"] for r in csv.DictReader(io.StringIO(by["csv"].text))] == ["DEU", "EU", "FRA", "GBR", "JPN", "SGP", "USA"]
    ties = client.get("/metrics", params=params | {"format": "csv", "table": "ties"}).text
    assert len(ties.splitlines()) == 8
    assert len(by["json"].json()["edges"]) == 7
    assert nx.parse_graphml(by["graphml"].text).number_of_edges() == 7
    assert ET.fromstring(by["gexf"].content).tag == "{http://gexf.net/1.3}gexf"
    assert by["parquet"].content.startswith(b"PAR1")
    assert [by[f].text.split("\n")[0] for f in ("pajek", "dl")] == ["*Network agreements", "dl n=7"]
    edges = by["json"].json()["edges"]
    assert by["nq"].text.count("<http://www.w3.org/ns/prov#hadMember> <https://w3id.org/comity/id/instrument/") == sum(len(tie["through"]) for tie in edges)
    assert by["nq"].text.count("/evidence/") >= 3 * len(edges)  # of sign, directed and weight
    assert ox.Store().load(by["ttl"].content, format=ox.RdfFormat.TURTLE) is None
    assert {f: kind(r) for f, r in by.items()} == {
        "csv": "text/csv", "json": "application/json", "parquet": "application/vnd.apache.parquet", "graphml": "application/graphml+xml",
        "gexf": "application/gexf+xml", "pajek": "text/plain", "dl": "text/plain", "ttl": "text/turtle", "nq": "application/n-quads"}
    page = Page(client.get("/metrics", params=params, headers=HTML).text)
    assert "7 actors, 7 ties" in page.words
    problem(client.get("/metrics", params=params | {"format": "xlsx"}), 406, "no format xlsx here; use csv, json, parquet, graphml, gexf, pajek, dl, ttl, nq")


@pytest.mark.parametrize("name", PARSERS)
def test_every_dump_is_the_whole_graph(client: TestClient, small: Graph, name: str) -> None:
    response = client.get(f"/dumps/comity.{name}")
    assert response.status_code == 200
    assert f'filename="comity.{name}"' in response.headers["content-disposition"]
    assert isinstance(small.store, EmbeddedStore)
    quads = list(ox.parse(input=response.content, format=PARSERS[name]))
    assert {q.triple for q in quads} == {q.triple for q in small.store.store}
    if name in ("nq", "trig"):
        assert set(quads) == set(small.store.store)


def test_the_dumps_are_listed(client: TestClient) -> None:
    links = Page(client.get("/dumps/").text).links
    assert {f"/dumps/comity.{name}" for name in PARSERS} <= set(links)


def test_the_dataset_is_described_in_void(client: TestClient) -> None:
    response = client.get("/.well-known/void")
    assert kind(response) == "text/turtle"
    store = ox.Store()
    store.load(response.content, format=ox.RdfFormat.TURTLE)
    rows = list(store.query("PREFIX void: <http://rdfs.org/ns/void#> SELECT ?n { ?d a void:Dataset ; void:triples ?n }"))
    assert len(rows) == 1
    assert int(rows[0]["n"].value) > 1000


def test_health_says_which_graph_answers(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "good", "version": client.get("/").headers["comity-version"]}


def test_the_interface_is_described_for_machines_and_people(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.")
    for path in ("/sparql", "/id/{kind}/{slug}", "/doc/{kind}/{slug}", "/queries", "/queries/{theme}/{name}", "/metrics", "/dumps/", "/health"):
        assert path in document["paths"]
    identifiers = [o["operationId"] for p in document["paths"].values() for m, o in p.items() if m != "head"]
    assert len(identifiers) == len(set(identifiers))
    assert "/static/vendor/swagger-ui/swagger-ui-bundle.js" in Page(client.get("/docs").text).assets


# Advice

@pytest.mark.parametrize("arguments", [
    {"method": "GET", "params": {"query": SLOW}}, {"method": "POST", "data": {"query": SLOW}},
    {"method": "POST", "content": SLOW, "headers": {"content-type": DIRECT}}])
def test_advice_on_a_query_is_given_without_running_it(client: TestClient, arguments: dict[str, object]) -> None:
    response = client.request(url="/advice", **arguments)  # type: ignore[arg-type]
    assert response.status_code == 200
    [advice] = response.json()["advice"]
    assert {k: advice[k] for k in ("rule", "severity", "line", "column")} == {"rule": "whole-graph", "severity": "slow", "line": 1, "column": 12}
    assert advice["message"]
    assert advice["remedy"]


@pytest.mark.parametrize("text", [STATES, "SELECT * { ?s ?p", "nonsense", ""])
def test_there_is_no_advice_on_a_good_query_nor_on_one_that_cannot_be_read(client: TestClient, text: str) -> None:
    assert client.get("/advice", params={"query": text}).json()["advice"] == []


def test_advice_without_a_query_is_a_problem(client: TestClient) -> None:
    problem(client.get("/advice"), 400, "no query")
    problem(client.post("/advice", data={"other": "x"}), 400, "no query")
    problem(client.post("/advice", data={"query": "ASK {}", "update": "DROP ALL"}), 403, "read-only")


@pytest.mark.parametrize(("text", "count"), [(STATES, "0"), (SLOW, "1"), (GRAPH, "0")])
def test_an_answer_says_how_much_advice_there_is(client: TestClient, text: str, count: str) -> None:
    assert client.get("/sparql", params={"query": text}).headers["comity-advice"] == count


def test_the_page_of_a_result_shows_the_advice_and_the_time_if_it_was_long(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    words = Page(client.get("/sparql", params={"query": SLOW}, headers=HTML).text).words
    assert "slow, line 1, column 12" in words
    assert "Instead: " in words
    assert "It took" not in words
    clock = iter([0.0, 3.25])
    monkeypatch.setattr("comity.api.protocol.time", SimpleNamespace(perf_counter=lambda: next(clock)))
    words = Page(client.get("/sparql", params={"query": STATES}, headers=HTML).text).words
    assert "It took 3.2 s. It is in no form that is known to be slow." in words


def test_a_query_that_was_stopped_is_a_problem_with_the_advice_on_it(small: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise QueryStopped("the query was stopped after 10 s; narrow it")

    assert isinstance(small.store, EmbeddedStore)
    graph = Graph(EmbeddedStore(small.store.store, small.store.prefixes), small.layout)
    with TestClient(create_app(graph)) as client:
        monkeypatch.setattr(graph.store, "query", stop)
        body = problem(client.get("/sparql", params={"query": SLOW}), 503, "stopped after 10 s")
        assert [a["rule"] for a in body["advice"]] == ["whole-graph"]  # type: ignore[attr-defined]
        assert problem(client.get("/sparql", params={"query": STATES}), 503, "stopped")["advice"] == []
        assert "slow, line 1, column 12" in Page(client.get("/sparql", params={"query": SLOW}, headers=HTML).text).words


# Headers

@pytest.mark.parametrize("path", [
    "/", "/doc/actor/JPN", "/doc/actor/JPN.ttl", f"/sparql?query={quote(STATES)}", "/queries", "/dumps/comity.nt", "/ns.ttl", "/ontology"])
def test_every_answer_is_tagged_with_the_datasets_version_and_not_sent_twice(client: TestClient, path: str) -> None:
    first = client.get(path)
    tag = first.headers["etag"]
    assert tag == f'"{first.headers["comity-version"]}"'
    again = client.get(path, headers={"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(path, headers={"if-none-match": '"another"'}).status_code == 200


@pytest.mark.parametrize("header", ["W/{tag}", '"other", {tag}', 'W/"other",W/{tag}'])
def test_the_tag_is_known_in_every_form_in_which_a_client_may_send_it(client: TestClient, header: str) -> None:
    tag = client.get("/").headers["etag"]
    assert client.get("/", headers={"if-none-match": header.format(tag=tag)}).status_code == 304


@pytest.mark.parametrize("path", [*PAGES, "/static/style.css", "/health", "/openapi.json"])
def test_every_answer_says_that_a_page_may_load_from_its_own_host_only(client: TestClient, path: str) -> None:
    headers = client.get(path, headers=HTML).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_other_sites_may_read_the_data(client: TestClient) -> None:
    response = client.get("/sparql", params={"query": STATES}, headers={"origin": "https://example.org"})
    assert response.headers["access-control-allow-origin"] == "*"
    assert "ETag" in response.headers["access-control-expose-headers"]
    preflight = client.options("/sparql", headers={"origin": "https://example.org", "access-control-request-method": "POST"})
    assert preflight.status_code == 200


def test_errors_carry_no_tag(client: TestClient) -> None:
    response = client.get("/sparql", params={"query": "nonsense"})
    assert "etag" not in response.headers
    assert json.loads(response.content)["title"] == "Bad Request"


@pytest.mark.parametrize("path", [
    "/", "/queries", "/query", "/metrics", "/ontology", "/context.jsonld", "/dumps/", "/docs", "/health",
    "/openapi.json", "/.well-known/void", "/static/style.css"])
def test_every_address_that_answers_get_answers_head_without_a_body(client: TestClient, path: str) -> None:
    head, full = client.head(path), client.get(path)
    assert head.status_code == full.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == full.headers["content-type"]


@pytest.mark.parametrize(("fields", "parties"), [
    ({"as_of": "2019-06-01"}, {"JPN", "SGP", "USA"}), ({"as_of": "2021-07-01"}, {"JPN", "SGP"}), ({"known_on": "2000-01-01"}, set()),
    ({"default-graph-uri": "https://w3id.org/comity/view/held/2019-06-01"}, {"JPN", "SGP", "USA"}),
])
def test_a_query_over_http_can_be_asked_of_a_day(client: TestClient, fields: dict[str, str], parties: set[str]) -> None:
    text = "SELECT ?p { ?row comity:inInstrument <https://w3id.org/comity/id/instrument/harbour-agreement> ; comity:participant ?p }"
    for answer in (client.get("/sparql", params={"query": text, **fields}), client.post("/sparql", data={"query": text, **fields})):
        assert {row["p"]["value"].rpartition("/")[2] for row in answer.json()["results"]["bindings"]} == parties
    assert "ETag" in client.get("/sparql", params={"query": text, **fields}).headers


def test_an_answer_that_means_today_carries_no_tag_that_outlives_it(client: TestClient) -> None:
    answer = client.get("/sparql", params={"query": "ASK {}", "as_of": "today"})
    assert answer.status_code == 200
    assert "ETag" not in answer.headers
    assert client.get("/sparql", params={"query": "ASK {}", "as_of": "soon"}).status_code == 400
