"""The pages that commands wrote, methods and coverage, become addresses of the server, with their pictures."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from starlette.responses import Response

from comity.api.problems import Problem
from comity.graph import Graph
from comity.site.methods.parts import html
from comity.site.pages import render

_MISSING = "# {title}\n\nThe page is not here. Write it with `comity {name} --out docs/{name}.md`, or print it with `comity {name}`.\n"
router = APIRouter(include_in_schema=False)


@router.get("/methods")
def methods(request: Request) -> Response:
    """Show how the scores are made, what they say, what hangs on choices and what fails."""
    return _page(request, "methods")


@router.get("/coverage")
def coverage(request: Request) -> Response:
    """Show what is covered, where, how well it is sourced, and how often samples were wrong."""
    return _page(request, "coverage")


def _page(request: Request, name: str) -> Response:
    graph: Graph = request.app.state.graph
    path, title = graph.layout.pages / f"{name}.md", name.capitalize()
    text = path.read_text(encoding="utf-8") if path.is_file() else _MISSING.format(title=title, name=name)
    return Response(render("methods.html", title=title, page=html(text)), media_type="text/html")


@router.get("/methods/{name}.svg")
def picture(request: Request, name: str) -> Response:
    """Return one picture of the page."""
    graph: Graph = request.app.state.graph
    path = graph.layout.pages / "methods" / f"{name}.svg"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not path.is_file():
        raise Problem(404, f"no picture is called {name}; see /methods")
    return Response(path.read_bytes(), media_type="image/svg+xml")
