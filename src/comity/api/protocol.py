"""A SPARQL 1.1 Protocol request becomes a query with its dataset, and the answer a response.

Read-only: updates in any form are refused, and so is SERVICE but to addresses that the server was given. GET, POST form, POST direct and HEAD.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import asdict, dataclass
from urllib.parse import parse_qs

import pyoxigraph as ox
from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from comity import queries
from comity.advice import Advice
from comity.api.negotiation import GRAPHS, MEDIA, QUADS, ROWS, acceptable, by_name, choose, content_type, named
from comity.api.problems import Problem, on_comity_error, on_problem
from comity.cache import changes
from comity.errors import ComityError, InputError, LimitError, QueryError
from comity.graph import Graph
from comity.isolation import QueryStopped
from comity.remote import RemoteStore
from comity.results import Answer, graph_answer
from comity.site.pages import render
from comity.store import EmbeddedStore, refuse_malformed
from comity.syntax import pointer, refuse_side_effects
from comity.vocabulary import prefixes

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
MAXIMUM_BODY = 1_000_000
#: with an answer that is another each time
NO_STORE = {"Cache-Control": "no-store"}
_SD = "http://www.w3.org/ns/sparql-service-description#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_FORMATS = "http://www.w3.org/ns/formats/"
_RESULT_FORMATS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
                   "Turtle", "N-Triples", "JSON-LD", "RDF_XML", "N-Quads", "TriG")


@dataclass(frozen=True)
class Call:
    """One protocol call: the query, its dataset, and what we take beside the protocol: a format by name, a place on the two clocks, and a row of the answer."""

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    form: str = ""
    as_of: str | None = None
    known_on: str | None = None
    possibly: bool = False
    row: str = ""


@dataclass(frozen=True)
class Asked:
    """A query as it was asked, with the advice on it, the seconds that it took, and its place on the clocks as fields of a form."""

    query: str
    advice: tuple[Advice, ...]
    seconds: float
    clocks: dict[str, str]


async def read(request: Request) -> Call | None:
    """Read the protocol call of `request`; None if it carries no query. Raises `Problem`."""
    fields = parse_qs(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
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
                said.get("as_of"), said.get("known_on"), "possibly" in fields, said.get("row", ""))


class Turns:
    """How many queries each client has running, waiting or on their way to it, so that none takes all workers or all memory for itself."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.running: Counter[str] = Counter()

    def turn(self, request: Request) -> _Turn:
        """Return what holds one of the client's turns while it is entered. Entering raises `Problem` 429 if all are taken."""
        return _Turn(self, request.client.host if request.client else "")


class _Turn:
    """One turn of a client; a class, as a generator takes longer than a look-up may."""

    __slots__ = ("client", "turns")

    def __init__(self, turns: Turns, client: str) -> None:
        self.turns, self.client = turns, client

    def __enter__(self) -> None:
        running, most = self.turns.running, self.turns.most
        if running[self.client] >= most:
            raise Problem(429, f"{most} queries of yours are running, waiting or not taken yet; send the next when one is answered")
        running[self.client] += 1

    def __exit__(self, *_: object) -> None:
        running = self.turns.running
        running[self.client] -= 1
        if not running[self.client]:
            del running[self.client]


class Endpoint:
    """ASGI middleware that answers queries before any routing, which would take longer than a look-up."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a query, or pass the request on. A turn ends when the client has its answer."""
        if scope["type"] != "http" or scope["path"] != "/sparql" or scope["method"] not in ("GET", "POST"):
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            with request.app.state.turns.turn(request):
                response = await _answered(request)
                await response(scope, receive, send)
        except Problem as error:
            await (await on_problem(request, error))(scope, receive, send)


async def _answered(request: Request) -> Response:
    try:
        return await answer(request, request.app.state.graph)
    except Problem as error:
        return await on_problem(request, error)
    except ComityError as error:
        return await on_comity_error(request, error)


async def answer(request: Request, graph: Graph) -> Response:
    """Answer one call: the query's result, the query page for browsers, or the service description."""
    call = await read(request)
    if call is None:
        if request.method == "POST":
            raise Problem(400, "no query; send it as the parameter query or as the body")
        if choose(request.headers.get("accept"), ("ttl", "nt", "jsonld", "rdf", "html")) == "html":
            return RedirectResponse("/query", 303)
        return description(request)
    wanted = _formats(request, call)
    if wanted is not None and getattr(graph.store, "fetches", False):
        return await _fetch(graph, call, *wanted)
    return await run_in_threadpool(_run, request, graph, call)


def _formats(request: Request, call: Call) -> tuple[str, str] | None:
    """Return the names of the formats for rows and for triples, empty where the client takes none; None if it reads pages. Raises `Problem` 406."""
    accept = request.headers.get("accept")
    if call.form:
        found = named(call.form)
    elif not accept or accept == "*/*":
        return ROWS[0], GRAPHS[0]
    else:
        found = acceptable(accept, (*ROWS, "html")), acceptable(accept, (*GRAPHS, *QUADS, "html"))
    if "html" in found:
        return None
    if not any(found):
        raise Problem(406, f"nothing acceptable: answers come as {', '.join((*ROWS, *GRAPHS, *QUADS))} or html")
    return found


async def _fetch(graph: Graph, call: Call, rows: str, triples: str) -> Response:
    """Answer a call from the graph's workers, in the loop."""
    start = time.perf_counter()
    moment = await run_in_threadpool(queries.moment, graph.store, call.as_of, call.known_on, possibly=call.possibly) if call.as_of or call.known_on else None
    default_graphs = call.default_graphs if moment is None else (moment.iri, *call.default_graphs)
    try:
        made, advice = await graph.store.fetch(call.query, rows, triples, default_graphs, call.named_graphs)  # type: ignore[attr-defined]
    except QueryStopped as error:
        raise _overrun(graph, call, error, start) from None
    except QueryError as error:
        raise _malformed(call, error) from None
    except InputError as error:
        raise Problem(406, str(error)) from None
    headers = {"Comity-Rows": str(made.count), "Comity-Complete": "true", "Comity-Advice": str(advice), "Server-Timing": _timing(time.perf_counter() - start)}
    if changes(call.query):
        headers |= NO_STORE
    return Response(made.body, media_type=content_type(made.name), headers=headers)


def _run(request: Request, graph: Graph, call: Call) -> Response:
    seen = graph.at(call.as_of, call.known_on, possibly=call.possibly)
    start = time.perf_counter()
    try:
        vet(request, call)
        result = seen.store.query(call.query, default_graphs=call.default_graphs, named_graphs=call.named_graphs)
    except (QueryStopped, LimitError) as error:
        raise _overrun(graph, call, error, start) from None
    except QueryError as error:
        raise _malformed(call, error) from None
    seconds = time.perf_counter() - start
    clocks = {"as_of": call.as_of or "", "known_on": call.known_on or "", "possibly": "yes" if call.possibly else ""}
    return represent(request, result, call.form, Asked(call.query, graph.advise(call.query), seconds, {n: v for n, v in clocks.items() if v}))


def vet(request: Request, call: Call) -> None:
    """Raise `QueryError` if the query reaches out further than the server may, or names a graph that the dataset does not have."""
    store, services = request.app.state.graph.store, request.app.state.services
    if isinstance(store, EmbeddedStore):
        store.vet(call.query, services)
    elif isinstance(store, RemoteStore):
        store.vet(call.query, services, (*call.default_graphs, *call.named_graphs))
    else:
        refuse_side_effects(call.query, services)


def _overrun(graph: Graph, call: Call, error: QueryStopped | LimitError, start: float) -> Problem:
    return Problem(503, str(error), elapsed=round(time.perf_counter() - start, 3), advice=[asdict(a) for a in graph.advise(call.query)])


def _malformed(call: Call, error: QueryError) -> Problem:
    place = {"line": error.line, "column": error.column, "pointer": pointer(call.query, error.line, error.column)} if error.line else {}
    return Problem(400, str(error), **place)


def _timing(seconds: float) -> str:
    return f"query;dur={1000 * seconds:.1f}"


async def advice(request: Request, graph: Graph) -> Response:
    """Return the advice on one call's query, which is not run; for one that cannot be read, where it breaks."""
    call = await read(request)
    if call is None:
        raise Problem(400, "no query; send it as the parameter query or as the body")
    found = await run_in_threadpool(graph.advise, call.query)
    answer: dict[str, object] = {"advice": [asdict(a) for a in found]}
    try:
        refuse_malformed(call.query, prefixes(graph.layout.ontology))
    except QueryError as error:
        answer["error"] = {"message": str(error), "line": error.line, "column": error.column, "pointer": pointer(call.query, error.line, error.column)}
    return JSONResponse(answer)


def represent(request: Request, result: Answer, form: str, asked: Asked | None = None) -> Response:
    """Return `result` in the format named `form`, or in the one that the request's Accept header likes best."""
    offered = (*GRAPHS, *QUADS) if result.kind == "graph" else ROWS
    name = by_name(named(form)[result.kind == "graph"] or form, (*offered, "html")) if form else choose(request.headers.get("accept"), (*offered, "html"))
    headers = {"Comity-Rows": str(len(result)), "Comity-Complete": "true"}
    if asked is not None:
        headers |= {"Comity-Advice": str(len(asked.advice)), "Server-Timing": _timing(asked.seconds)}
        if changes(asked.query):
            headers |= NO_STORE
    if name == "html":
        page = render("result.html", title="Result", rows=result.rows, asked=asked, address=_address(request))
        return Response(page, media_type=content_type(name), headers=headers)
    return Response(result.serialize(name), media_type=content_type(name), headers=headers)


def _address(request: Request) -> str:
    """Return the request's own address, ready for a format to be named."""
    query = request.url.query
    return f"{request.url.path}?{query}&" if query else f"{request.url.path}?"


def description(request: Request) -> Response:
    """Describe the service (SPARQL 1.1 Service Description), with the graphs of its dataset."""
    name = choose(request.headers.get("accept"), (*GRAPHS,))
    service = ox.NamedNode(str(request.url.replace(query="")))
    dataset, union = ox.BlankNode("dataset"), ox.BlankNode("union")
    graph: Graph = request.app.state.graph
    triples: list[tuple[ox.NamedNode | ox.BlankNode, str, ox.NamedNode | ox.BlankNode | str]] = [
        (service, _TYPE, "Service"), (service, _SD + "endpoint", service), (service, _SD + "supportedLanguage", "SPARQL11Query"),
        (service, _SD + "feature", "UnionDefaultGraph"), *((service, _SD + "resultFormat", ox.NamedNode(_FORMATS + f)) for f in _RESULT_FORMATS),
        (service, _SD + "defaultDataset", dataset), (dataset, _TYPE, "Dataset"), (dataset, _SD + "defaultGraph", union), (union, _TYPE, "Graph")]
    for number, iri in enumerate(graph.store.names() if isinstance(graph.store, EmbeddedStore) else ()):
        named_graph = ox.BlankNode(f"graph{number}")
        triples += [(dataset, _SD + "namedGraph", named_graph), (named_graph, _TYPE, "NamedGraph"), (named_graph, _SD + "name", ox.NamedNode(iri))]
    statements = [ox.Triple(subject, ox.NamedNode(term), ox.NamedNode(_SD + value) if isinstance(value, str) else value) for subject, term, value in triples]
    return Response(graph_answer(statements, {"sd": _SD}).serialize(name), media_type=MEDIA[name])


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
