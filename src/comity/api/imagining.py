"""Scenarios become addresses: the list with its form, each with what it changes as JSON or as a page, and the schema of the answers.

Only shipped scenarios have addresses: nobody can put rows before others under this host's name. One is computed at a time, and the
last few answers stay in memory.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from threading import Lock
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from comity.api.negotiation import wanted
from comity.api.problems import Problem
from comity.graph import Graph
from comity.queries import day
from comity.scenario import NOTICE, Outcome, schema, to_csv, to_json
from comity.scenario.shown import figures, head, sections
from comity.site.pages import render

router = APIRouter(tags=["scenarios"])
_PATIENCE = 60
_BUSY = Lock()
_FORMATS = ("json", "html", "csv")
Draws = Annotated[int, Query(ge=0, le=1000, description="Draws behind the intervals, 20 or more; 0 for none.")]


@router.get("/scenarios")
def scenarios(request: Request, name: str = "", as_of: str = "", draws: Draws = 200, seed: int = 0, format: str = "") -> Response:  # noqa: A002
    """List the scenarios; with the name of one, lead to what it changes."""
    known = request.app.state.graph.scenarios()
    if name:
        _known(name, known)
        return RedirectResponse(f"/scenario/{name}?draws={draws}&seed={seed}" + (f"&as_of={as_of}" if as_of else ""), 303)
    if wanted(request.headers.get("accept"), format) == "json":
        return JSONResponse([head(overlay) for overlay in known.values()])
    return Response(render("scenarios.html", title="Scenarios", known=known, notice=NOTICE, values={}, name=""), media_type="text/html")


@router.get("/scenario/{name}")
def scenario(request: Request, name: str, as_of: str = "", draws: Draws = 200, seed: int = 0, format: str = "") -> Response:  # noqa: A002
    """Say what one scenario would change: participations, transfers, paradigms, scores of pairs with intervals, blocs. A thought experiment."""
    graph: Graph = request.app.state.graph
    form = wanted(request.headers.get("accept"), format, _FORMATS)
    known = graph.scenarios()
    _known(name, known)
    found = _found(graph, name, str(day(graph.store, "as_of", as_of)) if as_of else str(known[name].as_of), draws, seed)
    link = {"Link": '</schemas/scenario.json>; rel="describedby"'}
    if form == "csv":
        return Response(to_csv(found), media_type="text/csv")
    if form == "json":
        return JSONResponse(to_json(found), headers=link)
    values = {"as_of": as_of, "draws": draws, "seed": seed}
    page = render("scenarios.html", title=found.overlay.title, known=known, notice=NOTICE, values=values, name=name, about=head(found.overlay),
                  figures=list(figures(found)), sections=list(sections(found)), reading=found.overlay.reading.strip().split("\n\n"))
    return Response(page, media_type="text/html")


@router.get("/schemas/scenario.json")
def give_schema() -> Response:
    """Give the JSON Schema of the answers of /scenario/{name}."""
    return JSONResponse(schema(), media_type="application/schema+json")


def _known(name: str, known: Collection[str]) -> None:
    if name not in known:
        raise Problem(404, f"no scenario is called {name}; there are {', '.join(known) or 'none'}")


def _found(graph: Graph, name: str, as_of: str, draws: int, seed: int) -> Outcome:
    if not _BUSY.acquire(timeout=_PATIENCE):
        raise Problem(503, "other scenarios are being computed; ask again in a minute, or run: comity scenario")
    try:
        return _computed(graph, name, as_of, draws, seed)
    finally:
        _BUSY.release()


@lru_cache(maxsize=16)
def _computed(graph: Graph, name: str, as_of: str, draws: int, seed: int) -> Outcome:
    return graph.scenario(name, as_of=as_of, draws=draws, seed=seed)
