"""The powers nearest to one and farthest from it become a page of their own, as scores take seconds where they are not kept."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from comity.api.measures import scores_of
from comity.graph import Graph
from comity.names import newest, resolve
from comity.network import Slice
from comity.network.records import local, settled
from comity.queries import day
from comity.site.nearness import nearness
from comity.site.pages import render

router = APIRouter(tags=["network"])
_DRAWS = 200


@router.get("/powers/{name}")
def powers(request: Request, name: str, as_of: str = "", known_on: str = "") -> Response:
    """Show the powers nearest to one and farthest from it, with intervals; a member of a union is taken by itself. Our own coding."""
    graph: Graph = request.app.state.graph
    actor, days = local(resolve(graph.store, name).value), _days(graph, as_of, known_on)
    scores = scores_of(graph, settled(graph.store, Slice(days["as_of"], days["known_on"])), _DRAWS, 0)
    apart = actor not in scores.world.index.actors
    if apart:
        scores = scores_of(graph, settled(graph.store, Slice(days["as_of"], days["known_on"], unions_as_one=False)), _DRAWS, 0)
    label = str(scores.world.names.get(actor, {}).get("label", actor))
    page = render("powers.html", title=f"Powers near {label}", actor=actor, label=label, lists=nearness(scores, actor), unions=apart, **days)
    return Response(page, media_type="text/html")


def _days(graph: Graph, as_of: str, known_on: str) -> dict[str, str]:
    """Return the days asked for, else that of the newest row."""
    last = newest(graph.store).isoformat()
    return {name: day(graph.store, name, value or last).isoformat() for name, value in (("as_of", as_of), ("known_on", known_on))}
