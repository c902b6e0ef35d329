"""IRIs of things become documents: 303 from `/id` to `/doc`, by Accept or by extension, as RDF or as a page."""

from __future__ import annotations

import pyoxigraph as ox
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from comity.api.negotiation import GRAPHS, MEDIA, choose, content_type
from comity.api.problems import Problem
from comity.describe import describe
from comity.errors import InputError
from comity.graph import Graph
from comity.names import resolve, search
from comity.site.pages import entity, render
from comity.vocabulary import BASE, CONCEPT, ID

router = APIRouter(tags=["linked data"])

FORMATS = ("html", *GRAPHS)
_ABOUT = """CONSTRUCT { ?thing ?property ?value . ?row ?link ?thing ; ?rowProperty ?rowValue } WHERE {
  { ?thing ?property ?value } UNION { ?row ?link ?thing ; <https://w3id.org/comity/ns#recordedOn> ?day ; ?rowProperty ?rowValue } }"""


@router.get("/id/{kind}/{slug}")
def identify(kind: str, slug: str) -> Response:
    """Redirect from a thing to the document about it."""
    return RedirectResponse(f"/doc/{kind}/{slug}", 303)


@router.get("/doc/{kind}/{slug}")
def document(request: Request, kind: str, slug: str) -> Response:
    """Return the document about a thing, in the format of its extension or of the Accept header."""
    name, _, extension = slug.partition(".")
    return _document(request, f"{ID}{kind}/{name}", f"/doc/{kind}/{name}", extension)


@router.get("/concept/{path:path}")
def concept(request: Request, path: str) -> Response:
    """Return the document about a concept or a concept scheme."""
    name, _, extension = path.partition(".")
    return _document(request, CONCEPT + name, f"/concept/{name}", extension)


@router.get("/search")
def find(request: Request, q: str = "") -> Response:
    """Find a thing by ISO code, name or abbreviation: go to it, or list what the name may mean."""
    store = request.app.state.graph.store
    try:
        return RedirectResponse(local(resolve(store, q).value), 303)
    except InputError:
        return Response(render("search.html", title="Search", q=q, found=search(store, q)), media_type="text/html")


def _document(request: Request, iri: str, path: str, extension: str) -> Response:
    if extension and extension not in FORMATS:
        raise Problem(404, f"no format {extension} here; use {', '.join('.' + f for f in FORMATS)}")
    form = extension or choose(request.headers.get("accept"), FORMATS)
    graph: Graph = request.app.state.graph
    try:
        node = ox.NamedNode(iri)
        description = describe(graph.store, node)
    except (ValueError, InputError):
        raise Problem(404, f"{iri} is not in this graph; search by ISO code or name at /search") from None
    headers = {"Link": ", ".join([f'<{iri}>; rel="cite-as"', '<https://creativecommons.org/licenses/by/4.0/>; rel="license"',
                                  *(f'<{path}.{f}>; rel="alternate"; type="{MEDIA[f]}"' for f in GRAPHS)])}
    if form == "html":
        return Response(entity(description, path, graph.store), media_type=content_type(form), headers=headers)
    return Response(graph.store.query(_ABOUT, {"thing": node}).serialize(form), media_type=content_type(form), headers=headers)


def local(iri: str) -> str:
    """Return the path under this host at which `iri` is served."""
    return "/" + iri.removeprefix(BASE) if iri.startswith(BASE) else iri
