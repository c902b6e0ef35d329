"""A graph becomes an ASGI application: SPARQL, linked data, the query library, measures, dumps and pages.

Handlers are a few lines each; what they show is made elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from comity import __version__
from comity.api import (
    changes,
    cited,
    comparing,
    editor,
    entities,
    finding,
    gaming,
    imagining,
    lanes,
    library,
    manual,
    maps,
    measures,
    methods,
    nearness,
    pictures,
    problems,
    protocol,
    reconcile,
    routing,
    sorting,
)
from comity.api.document import describing
from comity.api.envelope import Envelope
from comity.errors import ComityError
from comity.graph import Graph
from comity.names import dataset_version, labels
from comity.site.languages import LANGUAGES
from comity.site.pages import lately, overview, render
from comity.store import EmbeddedStore
from comity.suggestions import Suggestions
from comity.vocabulary import prefixes


class _Fronted(FastAPI):
    """FastAPI behind what answers most requests before it, as its own layers take longer than a look-up. Attributes: `front`, which has `behind` behind it."""

    front: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        scope["app"] = self
        await self.front(scope, receive, send)

    async def behind(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what the front passes on."""
        await super().__call__(scope, receive, send)


def create_app(graph: Graph, kept: Path | None = None, *, megabytes: float = 0, each: int = 16, services: Collection[str] = ()) -> FastAPI:
    """Return the application that serves `graph`; cited answers are kept in the folder `kept`, beside the build by default.

    Whole answers are kept in memory up to `megabytes`, to be given again; a client has at most `each` queries running or waiting;
    a query may reach `services` by SERVICE.
    """
    app = _Fronted(title="Comity", version=__version__, docs_url=None, redoc_url=None,
                   description="A knowledge graph of international data governance.",
                   license_info={"name": "Code Apache-2.0, data CC BY 4.0"})
    app.state.graph = graph
    app.state.turns = protocol.Turns(each)
    app.state.services = frozenset(services)
    app.state.version = dataset_version(graph.store)
    app.state.suggestions = Suggestions(graph.store, prefixes(graph.layout.ontology))
    app.state.cited = kept or graph.layout.build / "cited"
    app.mount("/static", StaticFiles(directory=str(files("comity.site") / "static")), name="static")
    app.add_exception_handler(problems.Problem, problems.on_problem)
    app.add_exception_handler(ComityError, problems.on_comity_error)
    app.add_exception_handler(HTTPException, problems.on_http_error)
    app.add_exception_handler(RequestValidationError, problems.on_unfit)
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "HEAD", "POST"])  # for preflights; the envelope states the rest
    app.front = Envelope(protocol.Endpoint(app.behind), version=app.state.version, megabytes=megabytes, names=_names(graph))
    app.include_router(changes.router)
    app.include_router(cited.router)
    app.include_router(comparing.router)
    app.include_router(editor.router)
    app.include_router(entities.router)
    app.include_router(finding.router)
    app.include_router(gaming.router)
    app.include_router(imagining.router)
    app.include_router(lanes.router)
    app.include_router(library.router)
    app.include_router(manual.router)
    app.include_router(maps.router)
    app.include_router(measures.router)
    app.include_router(nearness.router)
    app.include_router(pictures.router)
    app.include_router(reconcile.router)
    app.include_router(routing.router)
    app.include_router(sorting.router)
    app.include_router(methods.router)
    _add_endpoint(app)
    _add_pages(app)
    app.openapi = describing(app)  # type: ignore[method-assign]
    return app


def _names(graph: Graph) -> dict[str, dict[str, str]]:
    """Return what things are called in the languages of the pages but English; of a graph elsewhere none are asked for."""
    return {language: labels(graph.store, language) for language in LANGUAGES if language != "en"} if isinstance(graph.store, EmbeddedStore) else {}


def _add_endpoint(app: FastAPI) -> None:
    @app.get("/sparql", tags=["SPARQL"], operation_id="sparql_by_get", openapi_extra=_SPARQL)
    @app.post("/sparql", tags=["SPARQL"], operation_id="sparql_by_post", openapi_extra=_SPARQL)
    async def sparql(request: Request) -> Response:  # `protocol.Endpoint` answers before; declared for the documentation and for other methods
        """SPARQL 1.1 Protocol, read-only. Send the query as the parameter `query` or as the body."""
        return await protocol.answer(request, request.app.state.graph)

    @app.get("/advice", tags=["SPARQL"], operation_id="advice_by_get", openapi_extra=_QUERY)
    @app.post("/advice", tags=["SPARQL"], operation_id="advice_by_post", openapi_extra=_QUERY)
    async def advice(request: Request) -> Response:
        """Say what is slow or unknown in a query, without running it. Send it as to /sparql."""
        return await protocol.advice(request, request.app.state.graph)

    @app.get("/health", tags=["service"])
    def health(request: Request) -> dict[str, str]:
        """Say that the graph answers, and which one it is."""
        request.app.state.graph.store.query("ASK {}")
        return {"status": "good", "version": request.app.state.version}


def _add_pages(app: FastAPI) -> None:
    @app.get("/", include_in_schema=False)
    def home(request: Request) -> Response:
        graph = request.app.state.graph
        page = render("home.html", title="Comity", counts=overview(graph.store), lately=lately(graph), questions=len(graph.queries()),
                      version=request.app.state.version)
        return Response(page, media_type="text/html")

    @app.get("/docs", include_in_schema=False)
    def docs() -> Response:
        return Response(render("docs.html", title="API"), media_type="text/html")

    @app.get("/favicon.ico", include_in_schema=False)
    def favicon() -> Response:
        return RedirectResponse("/static/favicon.svg", 301)


_TEXT = {"name": "query", "in": "query", "schema": {"type": "string"}, "example": "SELECT * WHERE { ?state a comity:State } LIMIT 10"}
_QUERY = {"parameters": [_TEXT]}
_SPARQL = {
    "parameters": [
        _TEXT,
        {"name": "as_of", "in": "query", "schema": {"type": "string"}, "description": "Only what held on this day: YYYY-MM-DD or today."},
        {"name": "known_on", "in": "query", "schema": {"type": "string"}, "description": "As the graph stood on this day: YYYY-MM-DD or latest."},
        {"name": "possibly", "in": "query", "schema": {"type": "boolean"}, "description": "With as_of: also what partial dates leave open."},
        {"name": "format", "in": "query", "schema": {"type": "string", "enum": ["json", "xml", "csv", "tsv", "ttl", "nt", "jsonld", "rdf", "html"]}},
    ],
}
