"""The game of rules and the spread of rules become addresses: `/game` and `/diffusion`, as JSON by their schemas or as pages.

Studies are made by one request at a time, and the last ones stay in memory: the first of a graph takes seconds.
"""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from comity import diffusion as spread
from comity.api.negotiation import wanted
from comity.api.problems import Problem
from comity.game import report
from comity.game.study import Study, study
from comity.graph import Graph
from comity.site.pages import render

router = APIRouter(tags=["game"])
_SCHEMA = "application/schema+json"
#: seconds that a request waits for the study that others ask for
_PATIENCE = 60
_BUSY = Lock()

First = Annotated[int, Query(description="First year of the panel.")]
Last = Annotated[int, Query(description="Last year of the panel, as of 31 December.")]
Until = Annotated[int, Query(description="Last year of the fit that is scored on the years after it.")]
Power = Annotated[str, Query(description="Code or name of a jurisdiction; give `a` and `b` for the game of two.")]


@router.get("/game")
def game(request: Request, first: First = 1999, last: Last = 2025, until: Until = 2020, a: Power = "", b: Power = "", seed: int = 0,
         format: str = "") -> Response:  # noqa: A002
    """Give the game of rules: strategies, weights with intervals, scores beside simple rules, tipping points; the game of two powers. Descriptive."""
    form = wanted(request.headers.get("accept"), format)
    if bool(a) != bool(b):
        raise Problem(400, f"the parameter {'b' if a else 'a'} is missing; give both powers, for example /game?a=CHN&b=JPN")
    data = _answer(request.app.state.graph, (first, last, until, seed), (a, b))
    if form == "json":
        return JSONResponse(data, headers={"Link": '</schemas/game.json>; rel="describedby"'})
    return Response(render("game.html", title="Game of rules", game=data, a=a, b=b, query=request.url.query), media_type="text/html")


@router.get("/schemas/game.json")
def give_schema() -> Response:
    """Give the JSON Schema of the answers of /game."""
    return JSONResponse(report.schema(), media_type=_SCHEMA)


def _answer(graph: Graph, years: tuple[int, int, int, int], pair: tuple[str, str]) -> dict[str, Any]:
    if not _BUSY.acquire(timeout=_PATIENCE):
        raise Problem(503, "the game of other years is being computed; ask again in a minute, or run: comity game fit")
    try:
        made = _study(graph, *years)
        return report.to_dict(made, dyads=(made.dyad(*pair),) if all(pair) else ())
    finally:
        _BUSY.release()


@lru_cache(maxsize=4)
def _study(graph: Graph, first: int, last: int, until: int, seed: int) -> Study:
    return study(graph, first=first, last=last, until=until, seed=seed)


@router.get("/diffusion")
def diffusion(request: Request, type: str = "", first: int = 1990, last: int = 2025, format: str = "") -> Response:  # noqa: A002
    """Say whether states adopted a type of rule sooner when neighbours and partners had: law, adequacy, localisation; all by default. Descriptive."""
    form = wanted(request.headers.get("accept"), format)
    graph: Graph = request.app.state.graph
    found = [spread.diffusion(graph, kind, first=first, last=last) for kind in ((type,) if type else tuple(spread.TYPES))]
    data = spread.to_dict(found)
    if form == "json":
        return JSONResponse(data, headers={"Link": '</schemas/diffusion.json>; rel="describedby"'})
    page = render("diffusion.html", title="Spread of rules", found=data, kinds=tuple(spread.TYPES), type=type, first=first, last=last, query=request.url.query)
    return Response(page, media_type="text/html")


@router.get("/schemas/diffusion.json")
def give_diffusion_schema() -> Response:
    """Give the JSON Schema of the answers of /diffusion."""
    return JSONResponse(spread.schema(), media_type=_SCHEMA)
