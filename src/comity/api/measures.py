"""Layers, scores of all pairs and the receipt of one pair become addresses with parameters.

Scores are computed by one request at a time, and the last few slices stay in memory: a thousand draws take seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache
from threading import Lock
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from comity.api.problems import Problem
from comity.graph import Graph
from comity.names import resolve
from comity.network import Slice, explain, layers, measure, project
from comity.network.dataset import Dataset
from comity.network.export import made_by
from comity.network.export import tabulate as measured
from comity.network.formats import FORMATS, MEDIA, write
from comity.network.project import simple
from comity.network.records import local, settled
from comity.network.scores import Scores, made, scored, tabulate
from comity.network.scores import blocs as probable
from comity.site.languages import translate as _
from comity.site.pages import render

router = APIRouter(prefix="/metrics", tags=["network"])
#: seconds that a request waits for the scores that others ask for
_PATIENCE = 60
#: draws behind the signed network whose blocs are shown
BEHIND = 200
_BUSY = Lock()

T = TypeVar("T")
Stage = Literal["in-force", "applied", "signed"]
Draws = Annotated[int, Query(ge=20, le=1000, description="Draws of instruments and weights behind the intervals.")]
Actors = Annotated[str, Query(description="Ids parted by commas; an organisation such as g20 stands for its members. All by default.")]


@router.get("")
def metrics(request: Request, layer: str = "agreements", as_of: str = "today", known_on: str = "latest", stage: Stage = "applied", apart: bool = False,
            actors: Actors = "", format: str = "", table: str = "actors", seed: int = 0) -> Response:  # noqa: A002
    """Measure one layer of the network: shared commitments, direct ties, centralities, communities."""
    graph: Graph = request.app.state.graph
    network = project(graph.store, graph.layout.queries, at=_slice(as_of, known_on, stage, apart, actors), layers=(layer,))
    available = layers(graph.layout.queries)
    found = measure(simple(network, available[layer]), seed=seed)
    if not format and "text/html" in request.headers.get("accept", ""):
        page = render("metrics.html", title=_("Network"), metrics=found, layers=available, layer=layer, as_of=as_of, formats=FORMATS)
        return Response(page, media_type="text/html")
    return written(measured(found, about=made_by(graph.store, available[layer]), kind=available[layer].kind), format or "json", table)


@router.get("/world")
def world(request: Request, as_of: str = "today", known_on: str = "latest", stage: Stage = "applied", apart: bool = False, actors: Actors = "",
          format: str = "csv", table: str = "ties", draws: Draws = 200, seed: int = 0) -> Response:  # noqa: A002
    """Alignment and rivalry of all pairs of actors, with every part, interval and count."""
    graph: Graph = request.app.state.graph
    scores = scores_of(graph, _slice(as_of, known_on, stage, apart, actors), draws, seed)
    about = made(graph.store, scores.world, scores.ends, graph.queries())
    return written(tabulate(scores, about=about), format, table)


@router.get("/blocs")
def blocs(request: Request, as_of: str = "today", known_on: str = "latest", stage: Stage = "applied", apart: bool = False, actors: Actors = "",
          format: str = "", table: str = "actors", draws: Annotated[int, Query(ge=1, le=200)] = 50, seed: int = 0) -> Response:  # noqa: A002
    """How likely two actors stand in one bloc, over draws of the evidence and all best divisions of each draw's signed network."""
    graph: Graph = request.app.state.graph
    found = alone(lambda: _divided(graph, settled(graph.store, _slice(as_of, known_on, stage, apart, actors)), draws, seed))
    if not format and "text/html" in request.headers.get("accept", ""):
        return Response(render("blocs.html", title=_("Blocs"), found=found, formats=FORMATS, query=request.url.query), media_type="text/html")
    return written(found, format or "json", table)


@router.get("/explain")
def receipt(request: Request, first: str, second: str, as_of: str = "today", known_on: str = "latest", stage: Stage = "applied", apart: bool = False,
            draws: Draws = 200, seed: int = 0) -> Response:
    """Open the scores of one pair, from `first` to `second`, to the rows behind them."""
    graph: Graph = request.app.state.graph
    ends = [local(resolve(graph.store, name).value) for name in (first, second)]
    scores = scores_of(graph, _slice(as_of, known_on, stage, apart, ""), draws, seed)
    found = explain(scores.world, *ends, ends=scores.ends)
    if "text/html" in request.headers.get("accept", ""):
        names = [scores.world.names[end]["label"] for end in ends]
        return Response(render("receipt.html", title=f"{names[0]} and {names[1]}", receipt=found, names=names), media_type="text/html")
    return JSONResponse(asdict(found) | {"about": made(graph.store, scores.world, scores.ends, graph.queries())})


def _slice(as_of: str, known_on: str, stage: str, apart: bool, actors: str) -> Slice:
    return Slice(as_of, known_on, stage, not apart, tuple(a.strip() for a in actors.split(",") if a.strip()))


def scores_of(graph: Graph, at: Slice, draws: int, seed: int) -> Scores:
    """Return the scores of one slice, computed by one request at a time. Raises `Problem` 503 while those of others are."""
    day = settled(graph.store, at)
    return alone(lambda: _computed(graph, day, draws, seed))


def alone(compute: Callable[[], T]) -> T:
    """Return what `compute` gives, while no other request computes scores. Raises `Problem` 503 where others take too long."""
    if not _BUSY.acquire(timeout=_PATIENCE):
        raise Problem(503, "scores of other slices are being computed; ask again in a minute, or run: comity metrics world")
    try:
        return compute()
    finally:
        _BUSY.release()


@lru_cache(maxsize=4)
def _divided(graph: Graph, at: Slice, draws: int, seed: int) -> Dataset:
    return probable(graph.store, graph.layout, at, draws=draws, seed=seed)


@lru_cache(maxsize=4)
def _computed(graph: Graph, at: Slice, draws: int, seed: int) -> Scores:
    return scored(graph.store, graph.layout, at, draws=draws, seed=seed)


def written(dataset: Dataset, name: str, table: str) -> Response:
    """Answer with `dataset` in the format `name`. Raises `Problem` 406 for a format that is not there."""
    if name not in FORMATS:
        raise Problem(406, f"no format {name} here; use {', '.join(FORMATS)}")
    return Response(write(dataset, name, table=table), media_type=MEDIA[name])
