"""Queries of the library and dumps become addresses with parameters.

Handlers are plain functions, which the framework runs in a thread each.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from urllib.parse import quote

import pyoxigraph as ox
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from comity import queries
from comity.api.negotiation import GRAPHS, choose, content_type
from comity.api.problems import Problem
from comity.api.protocol import represent
from comity.dumps import describe, dump
from comity.errors import StoreError
from comity.graph import Graph
from comity.release.tables import database, package
from comity.results import GRAPH_FORMATS, graph_answer
from comity.settings import Layout
from comity.site.catalog import PREFIXES, catalogue, examples
from comity.site.pages import render
from comity.snapshot import find
from comity.store import EmbeddedStore
from comity.vocabulary import GRAPH

router = APIRouter()
_TABLES: dict[str, tuple[str, Callable[[Layout], bytes]]] = {
    "comity.sqlite": ("application/vnd.sqlite3", database), "comity-tables.zip": ("application/zip", package)}
_DUMP_MEDIA = {"ttl": "text/turtle", "nt": "application/n-triples", "jsonld": "application/ld+json", "rdf": "application/rdf+xml",
               "nq": "application/n-quads", "trig": "application/trig"}


@router.get("/queries", tags=["query library"])
def list_queries(request: Request) -> Response:
    """List the query library."""
    questions = request.app.state.graph.queries()
    if choose(request.headers.get("accept"), ("html", "json")) == "html":
        return Response(render("queries.html", title="Query library", questions=questions.values()), media_type="text/html")
    return JSONResponse([{"name": q.name, "summary": q.summary, "parameters": {p.name: {"type": p.type, "default": p.default} for p in q.parameters}}
                         for q in questions.values()])


@router.get("/queries/{theme}/{name}", tags=["query library"])
def ask(request: Request, theme: str, name: str) -> Response:
    """Answer a library query; its parameters stand in the query string, and `format` names the format."""
    values = dict(request.query_params)
    form = values.pop("format", "")
    graph: Graph = request.app.state.graph
    question = graph.queries().get(f"{theme}/{name}")
    if question is None:
        raise Problem(404, f"no query is called {theme}/{name}; they are listed at /queries")
    wants_page = not form and choose(request.headers.get("accept"), ("json", "xml", "csv", "tsv", "ttl", "nt", "jsonld", "rdf", "html")) == "html"
    given = {k: v for k, v in values.items() if v}
    answer = queries.ask(graph.store, question, given)
    if wants_page or form == "html":
        address = f"{request.url.path}?{request.url.query}&"
        page = render("question.html", title=question.summary, question=question, values=given, rows=answer.rows, address=address)
        return Response(page, media_type="text/html")
    return represent(request, answer, form)


@router.get("/dumps/", tags=["dumps"])
def list_dumps(request: Request) -> Response:
    """List the dumps."""
    return Response(render("dumps.html", title="Dumps", formats=sorted(GRAPH_FORMATS), tables=_TABLES if _has_tables(request) else ()), media_type="text/html")


@router.get("/dumps/comity.sqlite", tags=["dumps"])
@router.get("/dumps/comity-tables.zip", tags=["dumps"])
def give_tables(request: Request) -> Response:
    """Return the tables behind the graph: an SQLite database, or CSV files with CSVW and Frictionless metadata."""
    graph: Graph = request.app.state.graph
    if not _has_tables(request):
        raise Problem(404, "the graph served here is not the one that was built here, so its tables are not at hand; dumps are listed at /dumps/")
    name = request.url.path.rsplit("/", 1)[-1]
    media, make = _TABLES[name]
    return _attached(make(graph.layout), name, media)


@router.get("/dumps/comity.{form}", tags=["dumps"])
def give_dump(request: Request, form: str) -> Response:
    """Return the whole graph: `nq` and `trig` with its named graphs, the others as one graph."""
    store = request.app.state.graph.store
    if form not in GRAPH_FORMATS or not isinstance(store, EmbeddedStore):
        raise Problem(404, f"no dump comity.{form} here; they are listed at /dumps/")
    data = dump(store.store, form, store.prefixes)
    return _attached(data, f"comity.{form}", _DUMP_MEDIA[form])


def _has_tables(request: Request) -> bool:
    """Whether the graph served is the one that was built from the tables at hand."""
    try:
        return bool(find(request.app.state.graph.layout.build).version == request.app.state.version)
    except StoreError:
        return False


def _attached(data: bytes, name: str, media: str) -> Response:
    """Return a file with its SHA-256 (RFC 9530)."""
    digest = b64encode(hashlib.sha256(data).digest()).decode()
    return Response(data, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"', "Repr-Digest": f"sha-256=:{digest}:"})


@router.get("/graphs", tags=["dumps"])
def give_graph(request: Request) -> Response:
    """Give one named graph (`?graph=`) or the union of all (`?default`): the read part of the SPARQL 1.1 Graph Store HTTP Protocol."""
    asked = request.query_params
    if len(asked) != 1 or not {"graph", "default"} & asked.keys():
        raise Problem(400, "name one graph: ?graph=<its IRI>, or ?default for the union of all; they are listed at /.well-known/void")
    form = choose(request.headers.get("accept"), GRAPHS)
    graph: Graph = request.app.state.graph
    if "default" in asked:
        return Response(graph.store.query("CONSTRUCT WHERE { ?s ?p ?o }").serialize(form), media_type=content_type(form))
    try:
        found = graph.store.query("CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?graph { ?s ?p ?o } }", {"graph": ox.NamedNode(asked["graph"])})
    except ValueError:
        raise Problem(400, f"{asked['graph']} is no IRI") from None
    if not len(found):
        raise Problem(404, f"no graph of the dataset is called {asked['graph']}; list them with: SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ }} }}")
    return Response(found.serialize(form), media_type=content_type(form))


@router.get("/graph/{name:path}", tags=["dumps"])
def identify_graph(name: str) -> Response:
    """Lead from the IRI of a named graph to its content."""
    return RedirectResponse(f"/graphs?graph={quote(f'{GRAPH}{name}', safe='')}", 303)


@router.get("/catalog", tags=["dumps"])
def catalog(request: Request) -> Response:
    """Describe the dataset, its dumps and its endpoint in DCAT."""
    return _described(request, catalogue(request.app.state.graph, str(request.base_url), _DUMP_MEDIA))


@router.get("/.well-known/sparql-examples", tags=["query library"])
def give_examples(request: Request) -> Response:
    """Give the query library as example queries (SHACL and the SPARQL examples vocabulary)."""
    return _described(request, examples(request.app.state.graph, str(request.base_url)))


def _described(request: Request, triples: list[ox.Triple]) -> Response:
    form = choose(request.headers.get("accept"), GRAPHS)
    return Response(graph_answer(triples, PREFIXES).serialize(form), media_type=content_type(form))


@router.get("/.well-known/void", tags=["dumps"])
def describe_dataset(request: Request) -> Response:
    """Describe the dataset in VoID."""
    store = request.app.state.graph.store
    if not isinstance(store, EmbeddedStore):
        raise Problem(404, "this server passes questions on to another endpoint; ask that one for its description")
    data = describe(store.store, store.prefixes)
    return Response(data, media_type=content_type("ttl"))
