"""Paradigms become addresses: one jurisdiction with its trace, as JSON or as a page, and the reports on all."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from comity.api.negotiation import wanted
from comity.graph import Graph
from comity.paradigms.explain import schema
from comity.paradigms.report import REPORTS, as_data, report
from comity.queries import day
from comity.site.pages import render

router = APIRouter(tags=["paradigms"])


@router.get("/paradigm/{name}")
def paradigm(request: Request, name: str, as_of: str = "today", known_on: str = "latest", scheme: str = "", format: str = "") -> Response:  # noqa: A002
    """Say to which paradigms the rules of a jurisdiction belong on a day, by which rows and lines, and how firmly. Our own coding."""
    graph: Graph = request.app.state.graph
    found = graph.paradigm(name, as_of=as_of, known_on=known_on, scheme=scheme or None)
    if wanted(request.headers.get("accept"), format) == "json":
        return JSONResponse(found.to_dict(), headers={"Link": '</schemas/paradigm.json>; rel="describedby"'})
    address = f"{request.url.path}?{request.url.query}&"
    page = render("paradigm.html", title=f"Paradigms: {found.name}", about=found.to_dict(), address=address)
    return Response(page, media_type="text/html")


@router.get("/paradigms")
def paradigms(request: Request, as_of: str = "today", known_on: str = "latest", scheme: str = "", name: str = "table", format: str = "") -> Response:  # noqa: A002
    """Give one report on the paradigms of all jurisdictions: table, crosswalk, sensitivity, trend, regions or readings. Our own coding."""
    graph: Graph = request.app.state.graph
    on = day(graph.store, "as_of", as_of)
    sheets = report(graph.paradigms(known_on=known_on), name, on, schemes=(scheme,) if scheme else ())
    if wanted(request.headers.get("accept"), format) == "json":
        return JSONResponse(as_data(sheets))
    page = render("paradigms.html", title="Paradigms", sheets=sheets, reports=REPORTS, name=name, as_of=as_of, on=on.isoformat())
    return Response(page, media_type="text/html")


@router.get("/schemas/paradigm.json")
def give_schema() -> Response:
    """Give the JSON Schema of the answers of /paradigm."""
    return JSONResponse(schema(), media_type="application/schema+json")
