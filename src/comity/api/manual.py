"""The manual of the ontology becomes addresses: its index, modules, classes, lists of codes, its serialisations and its JSON-LD context."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from comity.api.negotiation import GRAPHS, choose, content_type
from comity.api.problems import Problem
from comity.graph import Graph
from comity.site.manual import class_page, codes_page, context, manual
from comity.site.ontology import Manual
from comity.site.pages import render
from comity.vocabulary import ALIGNMENTS_GRAPH, ONTOLOGY_GRAPH, prefixes

router = APIRouter(tags=["ontology"])

_ONTOLOGY = f"""CONSTRUCT {{ ?s ?p ?o }} WHERE {{
  GRAPH ?graph {{ ?s ?p ?o }} VALUES ?graph {{ <{ONTOLOGY_GRAPH.value}> <{ALIGNMENTS_GRAPH.value}> }} }}"""


@router.get("/ns")
def namespace(request: Request) -> Response:
    """Return the ontology, terms, concepts and mappings in one document; browsers are led to its pages."""
    form = choose(request.headers.get("accept"), ("html", *GRAPHS))
    return RedirectResponse("/ontology", 303) if form == "html" else _serialised(request, form)


@router.get("/ns.{extension}")
def namespace_as(request: Request, extension: str) -> Response:
    """Return the ontology in the format of the extension."""
    if extension not in GRAPHS:
        raise Problem(404, f"no format {extension} here; use {', '.join('.' + f for f in GRAPHS)}")
    return _serialised(request, extension)


@router.get("/context.jsonld")
def jsonld_context(request: Request) -> Response:
    """Return the JSON-LD context of the ontology."""
    made = context(_manual(request), prefixes(request.app.state.graph.layout.ontology))
    return Response(json.dumps(made, indent=1, ensure_ascii=False), media_type="application/ld+json")


@router.get("/ontology", include_in_schema=False)
def index(request: Request) -> Response:
    """Show all modules, classes, properties and lists of codes."""
    return _page(render("ontology.html", title="Ontology", manual=_manual(request)))


@router.get("/ontology/codes/{name:path}", include_in_schema=False)
def codes(request: Request, name: str) -> Response:
    """Show one list of codes."""
    whole = _manual(request)
    if name not in whole.schemes:
        raise Problem(404, f"no list of codes is called {name}; see /ontology")
    return _page(codes_page(name, whole, request.app.state.graph.store))


@router.get("/ontology/{name}", include_in_schema=False)
def part(request: Request, name: str) -> Response:
    """Show one class or one module."""
    whole, graph = _manual(request), request.app.state.graph
    if name in whole.classes:
        return _page(class_page(whole.classes[name], whole, graph))
    if name not in whole.modules:
        raise Problem(404, f"no class or module is called {name}; see /ontology")
    classes, properties = whole.of_module(name)
    return _page(render("ontology_module.html", title=whole.modules[name].title, module=whole.modules[name], classes=classes, properties=properties,
                        rules=whole.rules))


def _manual(request: Request) -> Manual:
    """Return the manual, read once for each application."""
    state = request.app.state
    if not hasattr(state, "manual"):
        state.manual = manual(state.graph)
    found: Manual = state.manual
    return found


def _serialised(request: Request, form: str) -> Response:
    graph: Graph = request.app.state.graph
    return Response(graph.store.query(_ONTOLOGY).serialize(form), media_type=content_type(form))


def _page(text: str) -> Response:
    return Response(text, media_type="text/html")
