"""The query editor becomes addresses: its page, what it offers while one writes, why an answer is empty, and what a row rests on."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict
from typing import Any

import pyoxigraph as ox
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from comity import queries
from comity.api.problems import Problem
from comity.api.protocol import NO_STORE, Call, read, vet
from comity.errors import InputError, LimitError, QueryError
from comity.graph import Graph
from comity.isolation import QueryStopped
from comity.queries import Question
from comity.reasons import explain
from comity.site.pages import render
from comity.suggestions import Suggestions
from comity.syntax import Term, bind, keywords
from comity.vocabulary import BASE

router = APIRouter(tags=["query editor"])
_MOST = 50


@router.get("/query", include_in_schema=False)
def page(request: Request, query: str = "", example: str = "", as_of: str = "", known_on: str = "") -> Response:
    """Show the editor, with a query or an example of the library in it."""
    graph: Graph = request.app.state.graph
    themes: dict[str, list[Question]] = defaultdict(list)
    for question in graph.queries().values():
        themes[question.theme].append(question)
    text = _example(graph, example) if example and not query else query
    made = render("query.html", title="Query", themes=dict(themes), query=text, as_of=as_of, known_on=known_on, base=BASE)
    return Response(made, media_type="text/html", headers=NO_STORE if example else None)


@router.get("/query/example/{theme}/{name}", include_in_schema=False)
def give_example(request: Request, theme: str, name: str) -> Response:
    """Give a query of the library with the defaults of its parameters in their place, if the graph has them."""
    return Response(_example(request.app.state.graph, f"{theme}/{name}"), media_type="text/plain", headers=NO_STORE)


def _example(graph: Graph, name: str) -> str:
    question = graph.queries().get(name)
    if question is None:
        raise Problem(404, f"no query is called {name}; they are listed at /queries")
    lines = [line for line in question.text.splitlines() if not line.startswith("#+") or line.startswith("#+ summary")]
    text = "\n".join(lines).replace("#+ summary:", "#", 1).strip()
    try:
        return bind(text, queries.bindings(graph.store, question, {}))
    except InputError:  # a graph that lacks the thing that is the default; the variable stays, and takes any
        return text


@router.get("/suggest")
def suggest(request: Request, q: str = "", limit: int = 12) -> Response:
    """Offer things by name in any language, ISO code or abbreviation."""
    if not 0 < limit <= _MOST:
        raise Problem(400, f"limit={limit}: offer between 1 and {_MOST} things")
    return JSONResponse({"things": [asdict(thing) for thing in _suggestions(request).things(q, limit=limit)]})


@router.get("/suggest/vocabulary")
def vocabulary(request: Request) -> Response:
    """Offer prefixes, classes and properties, with labels and definitions."""
    suggestions = _suggestions(request)
    return JSONResponse({"prefixes": suggestions.prefixes, "terms": [asdict(term) for term in suggestions.terms]})


@router.get("/suggest/properties")
def properties(request: Request) -> Response:
    """Offer the properties that things of a class (`?class=comity:State`) have in the graph, with how often."""
    name = request.query_params.get("class", "")
    if not name:
        raise Problem(400, "the parameter class is missing; ask for example /suggest/properties?class=comity:State")
    return JSONResponse({"properties": [{"name": n, "count": count} for n, count in _suggestions(request).properties(name)]})


@router.get("/explain", operation_id="explain_by_get")
@router.post("/explain", operation_id="explain_by_post")
async def explain_empty(request: Request) -> Response:
    """Say which pattern leaves a query without rows. Send it as to /sparql."""
    call = await _call(request)
    with request.app.state.turns.turn(request):
        return JSONResponse(await run_in_threadpool(_explained, request, call))


def _seen(request: Request, call: Call) -> Graph:
    """Return the graph on the days of a call, once the call is found to be allowed."""
    graph: Graph = request.app.state.graph
    seen = graph.at(call.as_of, call.known_on, possibly=call.possibly)
    _refuse(request, call)
    return seen


def _explained(request: Request, call: Call) -> dict[str, object]:
    seen = _seen(request, call)

    def ask(text: str) -> bool:
        return seen.store.query(text, default_graphs=call.default_graphs, named_graphs=call.named_graphs).rows.cells[0][0] == ox.Literal(True)

    found = _answered(lambda: explain(ask, call.query))
    return {"empty": found is not None, **({} if found is None else asdict(found))}


@router.post("/why")
async def why_row(request: Request) -> Response:
    """Give the rows of evidence, with sources, behind one row of an answer: `row` holds its values as in SPARQL results in JSON."""
    call = await _call(request)
    with request.app.state.turns.turn(request):
        return JSONResponse(await run_in_threadpool(_why, request, call))


def _why(request: Request, call: Call) -> dict[str, object]:
    seen = _seen(request, call)
    found = _answered(lambda: seen.why(call.query, terms(call.row)))
    return {"evidence": [asdict(evidence) for evidence in found]}


async def _call(request: Request) -> Call:
    call = await read(request)
    if call is None:
        raise Problem(400, "no query; send it as the parameter query or as the body")
    return call


def _refuse(request: Request, call: Call) -> None:
    """Raise if the query reaches out: a pattern asked by itself would ask other servers again."""
    vet(request, call)
    if "SERVICE" in keywords(call.query):
        raise Problem(400, "a query with SERVICE is not looked into; ask without it")


def _answered(work: Any) -> Any:
    try:
        return work()
    except (QueryStopped, LimitError) as error:
        raise Problem(503, str(error)) from None
    except QueryError as error:
        raise Problem(400, str(error), **({"line": error.line, "column": error.column} if error.line else {})) from None


def _suggestions(request: Request) -> Suggestions:
    found: Suggestions = request.app.state.suggestions
    return found


def terms(text: str) -> dict[str, Term]:
    """Return the terms of a row as SPARQL results in JSON write it; blank nodes are left out, as no other query can name them. Raises `InputError`."""
    try:
        row = json.loads(text or "{}")
        made = {name: _term(cell) for name, cell in row.items() if cell["type"] != "bnode"}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InputError('row: send the values of one row as {"variable": {"type": "uri", "value": "..."}}') from None
    return made


def _term(cell: dict[str, str]) -> Term:
    if cell["type"] == "uri":
        return ox.NamedNode(cell["value"])
    if "xml:lang" in cell:
        return ox.Literal(cell["value"], language=cell["xml:lang"])
    return ox.Literal(cell["value"], datatype=ox.NamedNode(cell["datatype"]) if "datatype" in cell else None)
