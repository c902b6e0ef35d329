"""Up to five agreements stand side by side: their parties with their days, and what each says on each topic."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from comity.api.negotiation import wanted
from comity.api.problems import Problem
from comity.graph import Graph
from comity.names import resolve
from comity.site.comparison import MOST, Comparison, compare
from comity.site.pages import render

router = APIRouter(tags=["agreements"])


@router.get("/compare")
def comparing(request: Request, agreements: str = "", as_of: str = "today", known_on: str = "latest", format: str = "") -> Response:  # noqa: A002
    """Set agreements side by side: names, abbreviations or IRIs, parted by commas."""
    form = wanted(request.headers.get("accept"), format)
    graph: Graph = request.app.state.graph
    named = [name for name in (part.strip() for part in agreements.split(",")) if name]
    if len(named) > MOST:
        raise Problem(400, f"{len(named)} agreements do not fit side by side; name at most {MOST}")
    found = compare(graph, [resolve(graph.store, _kind(name)).value for name in named], as_of=as_of, known_on=known_on) if named else Comparison((), {}, {})
    if form == "json":
        return JSONResponse(found.to_dict())
    page = render("compare.html", title="Compare", found=found, asked=", ".join(named), as_of=as_of, known_on=known_on, most=MOST)
    return Response(page, media_type="text/html")


def _kind(name: str) -> str:
    """Let a slug of the address of an agreement do."""
    return f"instrument/{name}" if name.islower() and " " not in name and "/" not in name else name
