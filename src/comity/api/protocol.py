"""A SPARQL 1.1 Protocol request becomes a query with its dataset, and the answer a response.

Read-only: updates in any form are refused, and so is SERVICE. GET, POST form, POST direct and HEAD.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from urllib.parse import parse_qs

import pyoxigraph as ox
from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from comity.advice import Advice
from comity.api.negotiation import GRAPHS, MEDIA, QUADS, ROWS, by_name, choose, content_type
from comity.api.problems import Problem
from comity.errors import QueryError
from comity.graph import Graph
from comity.isolation import QueryStopped
from comity.results import Answer, graph_answer
from comity.site.pages import render
from comity.store import EmbeddedStore
from comity.syntax import graphs_named, pointer, position, refuse_side_effects
from comity.views import VIEW

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
MAXIMUM_BODY = 1_000_000
_GRAPHS = "SELECT DISTINCT ?g WHERE { GRAPH ?g { } }"


@dataclass(frozen=True)
class Call:
    """One protocol call: the query, its dataset, and what we take beside the protocol: a format by name, and a place on the two clocks."""

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    form: str = ""
    as_of: str | None = None
    known_on: str | None = None
    possibly: bool = False


@dataclass(frozen=True)
class Asked:
    """A query as it was asked, with the advice on it, the seconds that it took, and its place on the clocks as fields of a form."""

    query: str
    advice: tuple[Advice, ...]
    seconds: float
    clocks: dict[str, str]


async def read(request: Request) -> Call | None:
    """Read the protocol call of `request`; None if it carries no query. Raises `Problem`."""
    fields = parse_qs(request.url.query, keep_blank_values=True)
    if request.method == "POST":
        body = await _body(request)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == FORM:
            fields = _merge(fields, parse_qs(body, keep_blank_values=True))
        elif kind == DIRECT:
            if "query" in fields:
                raise Problem(400, "two queries: one in the address and one in the body; send one")
            fields["query"] = [body]
        elif kind == "application/sparql-update":
            raise Problem(403, "this endpoint is read-only; updates are refused")
        else:
            raise Problem(415, f"a POST carries {FORM} or {DIRECT}, not {kind or 'an unnamed type'}")
    if {"update", "using-graph-uri", "using-named-graph-uri"} & fields.keys():
        raise Problem(403, "this endpoint is read-only; updates are refused")
    if "query" not in fields:
        return None
    if len(fields["query"]) > 1:
        raise Problem(400, "more than one query parameter; send one")
    said = {name: values[0] for name, values in fields.items() if values[0]}
    return Call(fields["query"][0], tuple(fields.get("default-graph-uri", ())), tuple(fields.get("named-graph-uri", ())), said.get("format", ""),
                said.get("as_of"), said.get("known_on"), "possibly" in fields)


async def answer(request: Request, graph: Graph) -> Response:
    """Answer one call: the query's result, the query page for browsers, or the service description."""
    call = await read(request)
    if call is None:
        if request.method == "POST":
            raise Problem(400, "no query; send it as the parameter query or as the body")
        if choose(request.headers.get("accept"), ("ttl", "nt", "jsonld", "rdf", "html")) == "html":
            return RedirectResponse("/query", 303)
        return description(request)
    return await run_in_threadpool(_run, request, graph, call)


def _run(request: Request, graph: Graph, call: Call) -> Response:
    seen = graph.at(call.as_of, call.known_on, possibly=call.possibly)
    start = time.perf_counter()
    try:
        vet(request, graph, call)
        result = seen.store.query(call.query, default_graphs=call.default_graphs, named_graphs=call.named_graphs)
    except QueryStopped as error:
        raise Problem(503, str(error), elapsed=round(time.perf_counter() - start, 3), advice=[asdict(a) for a in graph.advise(call.query)]) from None
    except QueryError as error:
        place = {"line": error.line, "column": error.column, "pointer": pointer(call.query, error.line, error.column)} if error.line else {}
        raise Problem(400, str(error), **place) from None
    seconds = time.perf_counter() - start
    clocks = {"as_of": call.as_of or "", "known_on": call.known_on or "", "possibly": "yes" if call.possibly else ""}
    return represent(request, result, call.form, Asked(call.query, graph.advise(call.query), seconds, {n: v for n, v in clocks.items() if v}))


def vet(request: Request, graph: Graph, call: Call) -> None:
    """Raise `QueryError` if the query reaches out, or names a graph that the dataset does not have: nothing is fetched, so its answer would be empty.

    Graphs named beside the query may be missing, as the protocol's own tests name some that a server cannot have.
    """
    refuse_side_effects(call.query)
    named = graphs_named(call.query)
    if not named or not isinstance(graph.store, EmbeddedStore):
        return
    state = request.app.state
    if not hasattr(state, "graphs"):
        state.graphs = {str(row["g"]) for row in graph.store.query(_GRAPHS).rows}
    for iri, start in named:
        if state.graphs and iri not in state.graphs and not iri.startswith(VIEW):
            line, column = position(call.query, start)
            raise QueryError(f"no graph of the dataset is called {iri}, and none is fetched; list them with: {_GRAPHS}", line=line, column=column)


async def advice(request: Request, graph: Graph) -> Response:
    """Return the advice on one call's query, which is not run."""
    call = await read(request)
    if call is None:
        raise Problem(400, "no query; send it as the parameter query or as the body")
    found = await run_in_threadpool(graph.advise, call.query)
    return JSONResponse({"advice": [asdict(a) for a in found]})


def represent(request: Request, result: Answer, form: str, asked: Asked | None = None) -> Response:
    """Return `result` in the format named `form`, or in the one that the request's Accept header likes best."""
    offered = (*GRAPHS, *QUADS) if result.kind == "graph" else ROWS
    name = by_name(form, (*offered, "html")) if form else choose(request.headers.get("accept"), (*offered, "html"))
    headers = {"Comity-Rows": str(len(result)), "Comity-Complete": "true"}
    if asked is not None:
        headers |= {"Comity-Advice": str(len(asked.advice)), "Server-Timing": f"query;dur={1000 * asked.seconds:.1f}"}
    if name == "html":
        page = render("result.html", title="Result", rows=result.rows, asked=asked, address=_address(request))
        return Response(page, media_type=content_type(name), headers=headers)
    return Response(result.serialize(name), media_type=content_type(name), headers=headers)


def _address(request: Request) -> str:
    """Return the request's own address, ready for a format to be named."""
    query = request.url.query
    return f"{request.url.path}?{query}&" if query else f"{request.url.path}?"


def description(request: Request) -> Response:
    """Describe the service (SPARQL 1.1 Service Description)."""
    name = choose(request.headers.get("accept"), (*GRAPHS,))
    namespace = "http://www.w3.org/ns/sparql-service-description#"
    service = ox.NamedNode(str(request.url.replace(query="")))
    formats = [ox.NamedNode(f"http://www.w3.org/ns/formats/{f}") for f in
               ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle", "N-Triples", "JSON-LD", "RDF_XML")]
    triples = [
        ox.Triple(service, ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), ox.NamedNode(namespace + "Service")),
        ox.Triple(service, ox.NamedNode(namespace + "endpoint"), service),
        ox.Triple(service, ox.NamedNode(namespace + "supportedLanguage"), ox.NamedNode(namespace + "SPARQL11Query")),
        ox.Triple(service, ox.NamedNode(namespace + "feature"), ox.NamedNode(namespace + "UnionDefaultGraph")),
        *(ox.Triple(service, ox.NamedNode(namespace + "resultFormat"), f) for f in formats),
    ]
    data = graph_answer(triples, {"sd": namespace}).serialize(name)
    return Response(data, media_type=MEDIA[name])


async def _body(request: Request) -> str:
    size = 0
    parts = []
    async for part in request.stream():
        size += len(part)
        if size > MAXIMUM_BODY:
            raise Problem(413, f"the request is larger than {MAXIMUM_BODY:,} bytes; shorten the query")
        parts.append(part)
    try:
        return b"".join(parts).decode("utf-8")
    except UnicodeDecodeError:
        raise Problem(400, "the body is not UTF-8; encode it so") from None


def _merge(left: dict[str, list[str]], right: dict[str, list[str]]) -> dict[str, list[str]]:
    return {key: [*left.get(key, []), *right.get(key, [])] for key in {*left, *right}}
