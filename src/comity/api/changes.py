"""Changes become feeds: `/changes` of the graph, `/changes/<kind>/<slug>` of a thing, `/changes/queries/<theme>/<name>` of an answer."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from comity.api.problems import Problem
from comity.changes.feeds import atom, json_feed
from comity.changes.history import Feed, of_graph, of_query, of_thing
from comity.errors import InputError

router = APIRouter(tags=["changes"])
_FORMAT = {"name": "format", "in": "query", "schema": {"type": "string", "enum": ["atom", "json"]}, "description": "atom or json; else by the Accept header."}


@router.get("/changes", openapi_extra={"parameters": [_FORMAT]})
def changes(request: Request) -> Response:
    """Tell what was entered and retracted, by day and table, as Atom or JSON Feed."""
    return _given(request, of_graph(request.app.state.graph))


@router.get("/changes/queries/{theme}/{name}", openapi_extra={"parameters": [_FORMAT]})
def changes_of_answer(request: Request, theme: str, name: str) -> Response:
    """Tell on which days the answer to a query of the library changed, with the rows that went and came; parameters as at /queries."""
    graph = request.app.state.graph
    question = graph.queries().get(f"{theme}/{name}")
    if question is None:
        raise Problem(404, f"no query is called {theme}/{name}; they are listed at /queries")
    return _given(request, of_query(graph, question, {k: v for k, v in request.query_params.items() if v and k != "format"}))


@router.get("/changes/{kind}/{slug}", openapi_extra={"parameters": [_FORMAT]})
def changes_of_thing(request: Request, kind: str, slug: str) -> Response:
    """Tell which rows that name a thing were entered and retracted, by day, each with its source."""
    try:
        return _given(request, of_thing(request.app.state.graph, kind, slug))
    except InputError as error:
        raise Problem(404, str(error)) from None


def _given(request: Request, feed: Feed) -> Response:
    form = request.query_params.get("format") or ("json" if "json" in request.headers.get("accept", "") else "atom")
    host = str(request.base_url).rstrip("/")
    if form == "json":
        return JSONResponse(json_feed(feed, host), media_type="application/feed+json")
    if form != "atom":
        raise Problem(406, f"no format {form[:40]} here; use atom or json")
    return Response(atom(feed, host), media_type="application/atom+xml")
