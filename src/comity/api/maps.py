"""Layers of the map become addresses: `/map` is the page with its table, `/map.json` what it shows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from functools import lru_cache
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from comity.api.measures import alone
from comity.graph import Graph
from comity.maps import LAYERS, WHOLE, Chart, chart
from comity.queries import day
from comity.site.languages import translate as _
from comity.site.pages import render

router = APIRouter(tags=["map"])
#: the year of the oldest statute on data, at which the slider begins
FIRST: Final = 1973


@router.get("/map.json")
def give(request: Request, layer: str = "law", of: str = "", as_of: str = "today", known_on: str = "latest") -> Response:
    """Give what one layer of the map says of each place on a day, with its evidence: paradigm, law, recognised-by, party-to, restricts or bloc."""
    return JSONResponse(asdict(_chart(request, layer, of, as_of, known_on)))


@router.get("/map", include_in_schema=False)
def page(request: Request, layer: str = "law", of: str = "", as_of: str = "today", known_on: str = "latest") -> Response:
    """Show one layer as a table, with a form for layer and days."""
    found = _chart(request, layer, of, as_of, known_on)
    names = {"paradigm": _("paradigm"), "law": _("first law, by year"), "recognised-by": _("recognised by"), "party-to": _("party to"),
             "restricts": _("restricts"), "bloc": _("bloc in the signed network")}
    body = render("map.html", title=_("Map"), chart=found, layers={name: names[name] for name in LAYERS}, of=of, whole=WHOLE, years=years())
    return Response(body, media_type="text/html")


def years() -> tuple[int, int]:
    """Return the first and the last year of a slider."""
    return FIRST, date.today().year


def _chart(request: Request, layer: str, of: str, as_of: str, known_on: str) -> Chart:
    graph: Graph = request.app.state.graph
    days = {"as_of": as_of or "today", "known_on": known_on or "latest"}
    if layer.strip() == "bloc" and not of.strip():
        return _regions(graph, *(day(graph.store, name, value).isoformat() for name, value in days.items()))
    return chart(graph, layer.strip(), of=of.strip(), **days)


@lru_cache(maxsize=8)
def _regions(graph: Graph, as_of: str, known_on: str) -> Chart:
    """Return the layer of blocs, which rests on scores: they are computed by one request at a time."""
    return alone(lambda: chart(graph, "bloc", as_of=as_of, known_on=known_on))
