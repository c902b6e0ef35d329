"""The addresses of the query editor: its page, suggestions, why an answer is empty, why a row."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator

import pytest
from conftest import ROOT
from httpx2 import Response
from starlette.testclient import TestClient

from comity.api.app import create_app
from comity.api.editor import terms
from comity.errors import InputError
from comity.graph import Graph
from comity.store import refuse_malformed
from comity.vocabulary import ID, prefixes

#: bytes, gzipped, of the query page with all that it loads
MOST = 350_000
EMPTY = "SELECT * { ?s a comity:State ; comity:isoAlpha2 'XQ' }"


@pytest.fixture(scope="module")
def client(small: Graph) -> Iterator[TestClient]:
    with TestClient(create_app(small), follow_redirects=False) as client:
        yield client


def detail(response: Response, status: int) -> str:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    return str(response.json()["detail"])


def test_the_page_with_all_that_it_loads_is_small(client: TestClient) -> None:
    page = client.get("/query").text
    assets = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert "/static/vendor/islands/query.js" in assets
    sizes = [len(gzip.compress(client.get(path).content)) for path in assets]
    assert len(gzip.compress(page.encode())) + sum(sizes) <= MOST


def test_the_page_is_a_form_that_works_without_its_script(client: TestClient) -> None:
    page = client.get("/query", params={"query": "ASK { <a> ?p '<b>' }", "as_of": "2021-01-01"}).text
    assert '<form id="ask" action="/sparql" method="post"' in page
    assert "ASK { &lt;a&gt; ?p &#39;&lt;b&gt;&#39; }</textarea>" in page
    assert 'name="as_of" value="2021-01-01"' in page
    assert 'formaction="/q"' in page
    assert 'id="advice" aria-live="polite"' in page


def test_each_query_of_the_library_is_an_example_with_its_defaults_in_place(client: TestClient, small: Graph) -> None:
    page = client.get("/query").text
    for name, question in small.queries().items():
        assert f'data-example="{name}"' in page
        text = client.get(f"/query/example/{name}").text
        assert text.startswith(f"# {question.summary}")
        assert "#+" not in text
        refuse_malformed(text, prefixes(small.layout.ontology))
    text = client.get("/query/example/lookup/foundings").text
    assert "?known_on" not in text
    assert "# Who takes part in an agreement" in client.get("/query", params={"example": "lookup/parties"}).text
    assert "no query is called" in detail(client.get("/query/example/lookup/nothing"), 404)


def test_every_wording_that_the_script_asks_for_stands_in_the_page(client: TestClient) -> None:
    page = client.get("/query").text
    stated = {re.sub(r"-([a-z])", lambda m: m[1].upper(), name) for name in re.findall(r'\sdata-([a-z0-9-]+)="', page)}
    apart = {"map.js", "network.js", "timeline.js"}  # of other pages
    sources = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "web" / "src").rglob("*.js") if p.name not in apart)
    used = set(re.findall(r"\bwords\.([a-zA-Z0-9]+)", sources))
    assert used
    assert used - stated == set()
    assert {"slow", "wrong", "note", "match", "behind", "thing", "true", "false", "table", "chart", "map", "network"} <= stated


def test_things_terms_and_properties_are_offered(client: TestClient) -> None:
    assert client.get("/suggest", params={"q": "日本"}).json()["things"][0] == {"iri": f"{ID}actor/JPN", "label": "Japan", "name": "日本"}
    vocabulary = client.get("/suggest/vocabulary").json()
    assert vocabulary["prefixes"]["comity"] == "https://w3id.org/comity/ns#"
    assert {"comity:State", "comity:recogniser"} <= {term["name"] for term in vocabulary["terms"]}
    properties = client.get("/suggest/properties", params={"class": "comity:State"}).json()["properties"]
    assert {"name": "comity:isoAlpha2", "count": 8} in properties
    assert "limit=0" in detail(client.get("/suggest", params={"q": "a", "limit": 0}), 400)
    assert "class is missing" in detail(client.get("/suggest/properties"), 400)
    assert "is no class" in detail(client.get("/suggest/properties", params={"class": "a b"}), 400)


def test_an_empty_answer_is_explained_by_its_pattern(client: TestClient) -> None:
    said = client.post("/explain", data={"query": EMPTY}).json()
    assert {k: said[k] for k in ("empty", "pattern", "line", "column", "is_alone")} == {
        "empty": True, "pattern": "?s comity:isoAlpha2 'XQ' .", "line": 1, "column": 32, "is_alone": True}
    assert client.get("/explain", params={"query": "SELECT * { ?s a comity:State }"}).json() == {"empty": False}


def test_an_empty_answer_is_explained_on_the_day_that_was_asked(client: TestClient) -> None:
    query = "SELECT * { ?r a comity:Recognition ; comity:recogniser <id/actor/EU> ; comity:recognised <id/actor/USA> }"
    assert client.get("/explain", params={"query": query}).json()["empty"] is False
    said = client.get("/explain", params={"query": query, "as_of": "1990-01-01"}).json()
    assert said["empty"] is True


@pytest.mark.parametrize(("data", "message"), [
    ({"other": "x"}, "no query"), ({"query": "SELECT * { ?s"}, "not closed"), ({"query": "ASK { ?s ?p ?o ?q }"}, "malformed"),
    ({"query": "ASK { SERVICE <http://example.org/> { ?s ?p ?o } }"}, "SERVICE"),
    ({"query": "SELECT * FROM <http://example.org/g> { ?s ?p ?o }"}, "no graph of the dataset")])
def test_what_cannot_be_explained_is_a_problem(client: TestClient, data: dict[str, str], message: str) -> None:
    assert message in detail(client.post("/explain", data=data), 400)
    assert message in detail(client.post("/why", data=data), 400)


def test_a_row_opens_the_evidence_it_rests_on(client: TestClient) -> None:
    query = "SELECT ?a ?b { ?row a comity:Recognition ; comity:recogniser ?a ; comity:recognised ?b }"
    answer = client.get("/sparql", params={"query": query}).json()
    row = next(b for b in answer["results"]["bindings"] if b["b"]["value"].endswith("USA"))
    found = client.post("/why", data={"query": query, "row": json.dumps(row)}).json()["evidence"]
    first = found[0]
    assert first["row"].startswith(f"{ID}recognition/")
    assert (first["role"], bool(first["title"]), bool(first["grade"])) == ("match", True, True)
    assert "no variable ?z" in detail(client.post("/why", data={"query": query, "row": json.dumps({"z": row["a"]})}), 400)


def test_terms_of_a_row_are_read_as_results_in_json_write_them() -> None:
    row = {"a": {"type": "uri", "value": "http://e.org/"}, "b": {"type": "literal", "value": "x", "xml:lang": "en"},
           "c": {"type": "literal", "value": "1", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}, "d": {"type": "literal", "value": "x"},
           "e": {"type": "bnode", "value": "b0"}}
    assert {name: str(term) for name, term in terms(json.dumps(row)).items()} == {
        "a": "<http://e.org/>", "b": '"x"@en', "c": '"1"^^<http://www.w3.org/2001/XMLSchema#integer>', "d": '"x"'}
    assert terms("") == {}


@pytest.mark.parametrize("text", ["[1]", "{", '{"a": 1}', '{"a": {"type": "uri", "value": "no iri"}}', '{"a": {"value": "x"}}', "7"])
def test_a_row_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="row: send the values"):
        terms(text)


def test_advice_on_a_query_that_breaks_says_where(client: TestClient) -> None:
    error = client.post("/advice", data={"query": "SELECT * {\n ?s nope:x ?o }"}).json()["error"]
    assert (error["line"], error["column"]) == (2, 5)
    assert "nope:" in error["message"]
    assert error["pointer"] == " ?s nope:x ?o }\n    ^"
