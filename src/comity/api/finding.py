"""A search becomes a page: the thing itself if a name fits one alone, else a list; and a piece of a page while one types."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from comity.errors import InputError
from comity.matching import Matcher
from comity.names import resolve
from comity.site.finding import Found, found
from comity.site.pages import render
from comity.vocabulary import BASE

router = APIRouter(tags=["linked data"])
_OFFERED = 8


@router.get("/search")
def find(request: Request, q: str = "") -> Response:
    """Find a thing by ISO code, name or abbreviation: go to it, or list what the name may mean, also if it is mistyped."""
    try:
        iri = resolve(request.app.state.graph.store, q).value
    except InputError:
        iri = ""
    if iri.startswith(BASE):  # an address of others is no place to send a reader
        return RedirectResponse("/" + iri.removeprefix(BASE), 303)
    return Response(render("search.html", title="Search", q=q, found=_found(request, q, 50)), media_type="text/html")


@router.get("/search/offered", include_in_schema=False)
def offer(request: Request, q: str = "") -> Response:
    """Give the list of what the words typed so far may mean, as a piece of a page."""
    return Response(render("found.html", found=_found(request, q, _OFFERED)) if q.strip() else "", media_type="text/html")


def _found(request: Request, text: str, limit: int) -> list[Found]:
    return found(request.app.state.suggestions, _matcher(request), text, limit=limit)


def _matcher(request: Request) -> Matcher:
    from comity.api.reconcile import reconciler

    return reconciler(request).matcher
