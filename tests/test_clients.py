"""The clients that people use, against a server of ours: SPARQLWrapper, rdflib's SPARQLStore, and curl with every kind of header."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import Any
from urllib.parse import quote

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from rdflib.term import Identifier
from SPARQLWrapper import BASIC, CSV, GET, JSON, JSONLD, N3, POST, POSTDIRECTLY, RDFXML, TSV, TURTLE, URLENCODED, XML, SPARQLWrapper

from comity.graph import Graph

PREFIX = "PREFIX comity: <https://w3id.org/comity/ns#> "
STATES = f"{PREFIX}SELECT ?s WHERE {{ ?s a comity:State }} ORDER BY ?s"
TYPES = f"{PREFIX}CONSTRUCT {{ ?s a comity:State }} WHERE {{ ?s a comity:State }}"
JPN = "https://w3id.org/comity/id/actor/JPN"
MEDIA = {"json": "application/sparql-results+json", "xml": "application/sparql-results+xml", "csv": "text/csv", "tsv": "text/tab-separated-values",
         "ttl": "text/turtle", "nt": "application/n-triples", "rdf": "application/rdf+xml", "jsonld": "application/ld+json",
         "nq": "application/n-quads", "trig": "application/trig", "html": "text/html"}
ROWS, TRIPLES = ("json", "xml", "csv", "tsv"), ("ttl", "nt", "rdf", "jsonld", "nq", "trig")


# SPARQLWrapper

def asked(address: str, query: str, form: str, *, method: str = GET, request: str = URLENCODED) -> Any:
    wrapper = SPARQLWrapper(f"{address}/sparql")
    wrapper.setQuery(query)
    wrapper.setReturnFormat(form)
    wrapper.setMethod(method)
    wrapper.setRequestMethod(request)
    wrapper.setHTTPAuth(BASIC)
    return wrapper.queryAndConvert()


@pytest.mark.parametrize(("method", "request_method"), [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)])
@pytest.mark.parametrize("form", [JSON, XML, CSV, TSV])
def test_sparqlwrapper_selects_in_every_format_and_way(served: str, small: Graph, form: str, method: str, request_method: str) -> None:
    answer = asked(served, STATES, form, method=method, request=request_method)
    expected = [row["s"] for row in small.query(STATES)]
    match form:
        case "json":
            found = [row["s"]["value"] for row in answer["results"]["bindings"]]
        case "xml":
            found = [node.firstChild.data for node in answer.getElementsByTagName("uri")]
        case _:
            found = [line.strip("<>") for line in answer.decode().split()[1:]]
    assert found == expected


@pytest.mark.parametrize("form", [JSON, XML])
@pytest.mark.parametrize(("name", "truth"), [("State", True), ("Nonsense", False)])
def test_sparqlwrapper_asks(served: str, form: str, name: str, truth: bool) -> None:
    answer = asked(served, f"{PREFIX}ASK {{ ?s a comity:{name} }}", form)
    said = answer["boolean"] if form == JSON else answer.getElementsByTagName("boolean")[0].firstChild.data == "true"
    assert said is truth


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # SPARQLWrapper makes one
@pytest.mark.parametrize("form", [TURTLE, N3, RDFXML, XML, JSONLD])
@pytest.mark.parametrize("query", [TYPES, f"DESCRIBE <{JPN}>"])
def test_sparqlwrapper_builds_graphs_in_every_format(served: str, small: Graph, query: str, form: str) -> None:
    answer = asked(served, query, form)
    graph = answer if isinstance(answer, rdflib.Graph) else rdflib.Graph().parse(data=answer, format="turtle")
    assert len(graph) == len(small.query(query))


# rdflib

@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_reads_the_endpoint_as_a_store(served: str, small: Graph, method: str) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{served}/sparql", method=method))
    assert [str(row[0]) for row in graph.query(STATES)] == [row["s"] for row in small.query(STATES)]
    about: set[tuple[Identifier, Identifier]] = set(graph.predicate_objects(rdflib.URIRef(JPN)))
    assert len(about) == len(small.query(f"SELECT DISTINCT ?p ?o WHERE {{ <{JPN}> ?p ?o }}"))
    assert (rdflib.URIRef(JPN), rdflib.RDF.type, rdflib.URIRef("https://w3id.org/comity/ns#State")) in graph
    assert bool(graph.query(f"{PREFIX}ASK {{ ?s a comity:State }}").askAnswer)
    assert len(graph.query(TYPES).graph or ()) == len(small.query(TYPES))


# curl

@pytest.fixture(scope="module")
def curl() -> str:
    path = shutil.which("curl")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("curl must be there in CI")
        pytest.skip("curl is not installed: apt-get install curl")
    return path


def fetched(curl: str, url: str, *, head: bool = False, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of one request."""
    options = [option for name, value in headers.items() for option in ("-H", f"{name.replace('_', '-')}: {value}")]
    said = subprocess.run([curl, "-s", "-i", *(["-I"] if head else []), *options, url], check=True, capture_output=True).stdout
    top, _, body = said.partition(b"\r\n\r\n")
    status, *lines = top.decode("latin-1").split("\r\n")
    return int(status.split()[1]), {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}, body


def accepts(name: str) -> list[tuple[str, str]]:
    """Return Accept headers that ask for the format `name` in different ways, each with the format that must come of it."""
    media, other = MEDIA[name], MEDIA[next(n for n in (ROWS if name in ROWS else TRIPLES) if n != name)]
    return [(media, name), (f"{other};q=0.3, {media};q=0.8", name), (f"{media};q=0.9, */*;q=0.1", name), (f"image/png, {media};q=0.2", name)]


@pytest.mark.parametrize("name", [*ROWS, *TRIPLES])
def test_an_accept_header_with_weights_brings_the_format_that_it_likes_best(curl: str, served: str, name: str) -> None:
    query = STATES if name in ROWS else TYPES
    url = f"{served}/sparql?query={quote(query)}"
    for accept, expected in accepts(name):
        for head in (False, True):
            status, headers, body = fetched(curl, url, head=head, Accept=accept)
            assert (status, headers["content-type"].partition(";")[0]) == (200, MEDIA[expected]), accept
            assert headers["comity-complete"] == "true"
            assert bool(body) is not head
            assert "Accept" in headers["vary"]
            again, known, nothing = fetched(curl, url, head=head, Accept=accept, If_None_Match=headers["etag"])
            assert (again, nothing, known["etag"]) == (304, b"", headers["etag"])
            assert fetched(curl, url, head=head, Accept=accept, If_None_Match='"another"')[0] == 200
    assert fetched(curl, url, Accept="image/png")[0] == 406
    assert fetched(curl, url, Accept="text/csv;q=x/y")[0] in (200, 400, 406)


THINGS = {"/doc/actor/JPN": ("ttl", "nt", "rdf", "jsonld", "html"), "/doc/instrument/harbour-agreement": ("ttl", "html"), "/ns": ("ttl", "nt", "rdf", "jsonld")}


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, names in THINGS.items() for name in names])
def test_a_thing_comes_by_accept_and_by_extension_alike(curl: str, served: str, path: str, name: str) -> None:
    by_name = fetched(curl, f"{served}{path}.{name}")
    by_accept = fetched(curl, f"{served}{path}", Accept=MEDIA[name])
    assert (by_name[0], by_accept[0]) == (200, 200)
    assert by_name[1]["content-type"].partition(";")[0] == by_accept[1]["content-type"].partition(";")[0] == MEDIA[name]
    assert by_name[2].replace(f"{path}.{name}?lang=".encode(), f"{path}?lang=".encode()) == by_accept[2]  # a page links to itself in other languages
    for url, accept in ((f"{served}{path}.{name}", "*/*"), (f"{served}{path}", MEDIA[name])):
        status, headers, body = fetched(curl, url, head=True, Accept=accept)
        assert (status, body) == (200, b"")
        assert fetched(curl, url, Accept=accept, If_None_Match=headers["etag"])[0] == 304
        assert fetched(curl, url, Accept=accept, If_None_Match=f'"x", W/{headers["etag"]}')[0] == 304


def test_an_id_leads_to_its_document_and_says_where(curl: str, served: str) -> None:
    for head in (False, True):
        status, headers, _ = fetched(curl, f"{served}/id/actor/JPN", head=head, Accept="text/turtle")
        assert status == 303
        assert headers["location"].endswith("/doc/actor/JPN")
    assert fetched(curl, f"{served}/id/actor/NOWHERE", Accept="text/turtle")[0] in (303, 404)


def test_a_preflight_is_answered_for_any_origin(curl: str, served: str) -> None:
    said = subprocess.run([curl, "-s", "-i", "-X", "OPTIONS", "-H", "Origin: https://example.org", "-H", "Access-Control-Request-Method: POST",
                           f"{served}/sparql"], check=True, capture_output=True, text=True).stdout
    assert said.startswith("HTTP/1.1 200")
    assert "access-control-allow-origin: *" in said.lower()


def test_what_is_kept_comes_again_with_the_same_bytes_and_says_so(curl: str, served: str) -> None:
    url = f"{served}/sparql?query=ASK%20%7B%20%3Fs%20a%20comity%3AState%20%7D"
    first, again = fetched(curl, url), fetched(curl, url)
    assert first[2] == again[2]
    assert again[1]["cache-status"] == "comity; hit"
    assert json.loads(again[2])["boolean"] is True
    assert fetched(curl, url, Origin="https://example.org")[1]["access-control-allow-origin"] == "*"


def test_what_is_another_each_time_is_neither_kept_nor_tagged(curl: str, served: str) -> None:
    url = f"{served}/sparql?query=SELECT%20(RAND()%20AS%20%3Fx)%20%7B%7D"
    first, again = fetched(curl, url), fetched(curl, url)
    assert first[2] != again[2]
    for _, headers, _ in (first, again):
        assert headers["cache-control"] == "no-store"
        assert not {"etag", "cache-status"} & headers.keys()
