"""Transfers become addresses: `/route` answers one as JSON or as a page, `/routes` is the form for it, `/schemas/route.json` its schema."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from comity.api.negotiation import choose
from comity.api.problems import Problem
from comity.graph import Graph
from comity.routes import NOTICE, Route, schema, to_json
from comity.routes.shown import TREATIES, hops
from comity.site.languages import mark, translate
from comity.site.pages import render

router = APIRouter(tags=["routes"])
_WORDS = {"from": mark("from"), "to": mark("to"), "as_of": mark("as of"), "known_on": mark("known on"), "data": mark("category of data"),
          "exporter": mark("what is known of the exporter"), "recipient": mark("what is known of the recipient"), "via": mark("by way of")}
_PARAMETERS = [{"name": name, "in": "query", "required": name in ("from", "to"), "schema": {"type": "string"}, "description": about} for name, about in (
    ("from", "Place of the exporter: ISO code, name or IRI."), ("to", "Place of the recipient."), ("as_of", "Day of the transfer: YYYY-MM-DD or today."),
    ("known_on", "As the graph stood on this day: YYYY-MM-DD or latest."), ("data", "Category of data, a code of concept/data-category."),
    ("exporter", "What is known of exporter, transaction and data: codes of concept/trait, numbers (persons:50000), parted by commas."),
    ("recipient", "What is known of the recipient: codes of concept/trait, or the name of a firm."), ("via", "A place between, for two hops."),
    ("format", "json or html; else by the Accept header."))]


@router.get("/route", openapi_extra={"parameters": _PARAMETERS})
def route(request: Request) -> Response:
    """Answer which legal bases the exporter's law gives for a transfer, with sources: information, not legal advice."""
    values = {k: v.strip() for k, v in request.query_params.items() if v.strip()}
    form = values.pop("format", "") or choose(request.headers.get("accept"), ("json", "html"))
    unknown = sorted(values.keys() - {*_WORDS})
    if unknown:
        raise Problem(400, f"/route has no parameter {unknown[0]}; it takes {', '.join((*_WORDS, 'format'))}")
    missing = [name for name in ("from", "to") if name not in values]
    if missing:
        raise Problem(400, f"the parameter {missing[0]} is missing; ask for example /route?from=EU&to=USA")
    answer = _answer(request.app.state.graph, values)
    if form == "json":
        return JSONResponse(to_json(answer), headers={"Link": '</schemas/route.json>; rel="describedby"'})
    if form != "html":
        raise Problem(406, f"no format {form} here; use json or html")
    return _page(request, values, answer)


def _answer(graph: Graph, values: dict[str, str]) -> Route:
    named = {"from": "exporter", "to": "importer", "exporter": "sender"}
    return graph.route(**{named.get(name, name): value for name, value in values.items()})


@router.get("/routes", include_in_schema=False)
def form(request: Request) -> Response:
    """Show the form for a transfer."""
    return _page(request, dict(request.query_params), None)


@router.get("/schemas/route.json")
def give_schema() -> Response:
    """Give the JSON Schema of the answers of /route."""
    return JSONResponse(schema(), media_type="application/schema+json")


def _page(request: Request, values: dict[str, str], answer: Route | None) -> Response:
    title = translate("%(exporter)s to %(importer)s") % {"exporter": answer.exporter_label, "importer": answer.importer_label} if answer \
        else translate("Routes for data")
    page = render("route.html", title=title, answer=answer, values=values, words=_WORDS, notice=NOTICE, treaties=TREATIES,
                  hops=hops(answer) if answer and answer.legs else "", query=request.url.query)
    return Response(page, media_type="text/html")
