"""Errors become `application/problem+json` (RFC 9457), or a page where the client reads HTML."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from comity.errors import ComityError, InputError, LimitError, QueryError, StoreError
from comity.isolation import QueryStopped
from comity.site.pages import render


class Problem(Exception):
    """A refusal with an HTTP status and one sentence that says how to mend it; `extra` are more members of the answer."""

    def __init__(self, status: int, detail: str, **extra: object) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.extra = extra


#: seconds after which a client may try again what was stopped, as every worker may be busy for a while
_AGAIN = "10"


def respond(request: Request, problem: Problem) -> Response:
    """Turn `problem` into a response in the form that the client reads."""
    title = HTTPStatus(problem.status).phrase
    headers = {"Retry-After": _AGAIN} if problem.status in (429, 503) else {}
    if "text/html" in request.headers.get("accept", ""):
        return Response(render("problem.html", title=title, problem=problem), problem.status, headers, media_type="text/html")
    body = {"title": title, "status": problem.status, "detail": problem.detail, **problem.extra}
    return JSONResponse(body, problem.status, headers, media_type="application/problem+json")


async def refuse(scope: Scope, receive: Receive, send: Send, status: int, detail: str) -> None:
    """Send a problem in place of any handler's answer."""
    await respond(Request(scope), Problem(status, detail))(scope, receive, send)


async def on_problem(request: Request, error: Exception) -> Response:
    """Handle a `Problem`."""
    assert isinstance(error, Problem)
    return respond(request, error)


async def on_comity_error(request: Request, error: Exception) -> Response:
    """Handle the package's own errors: 400 for queries and input, 503 for a query that outran a limit, 502 for a store that failed."""
    if isinstance(error, QueryStopped | LimitError):
        return respond(request, Problem(503, str(error)))
    if isinstance(error, QueryError):
        place = {"line": error.line, "column": error.column} if error.line else {}
        return respond(request, Problem(400, str(error), **place))
    status = 502 if isinstance(error, StoreError) else 400
    assert isinstance(error, ComityError)
    return respond(request, Problem(404 if isinstance(error, InputError) and "nothing is known" in str(error) else status, str(error)))


async def on_http_error(request: Request, error: Exception) -> Response:
    """Handle what the framework refuses: unknown paths and methods."""
    assert isinstance(error, HTTPException)
    detail = f"{request.url.path} is not here; start at /" if error.status_code == 404 else str(error.detail)
    response = respond(request, Problem(error.status_code, detail))
    response.headers.update(error.headers or {})
    if error.status_code == 405:
        response.headers["Allow"] = ", ".join(sorted(_methods(request, request.app.routes))) or response.headers.get("Allow", "")
    return response


def _methods(request: Request, routes: Iterable[BaseRoute]) -> set[str]:
    """Return the methods of all `routes` to the path asked: the framework names those of the first alone."""
    found: set[str] = set()
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            found |= _methods(request, included.routes)
        elif isinstance(route, Route) and route.matches(request.scope)[0] != Match.NONE:
            found |= route.methods or set()
    return found


async def on_unfit(request: Request, error: Exception) -> Response:
    """Handle parameters that are not what the path takes, with the first fault alone."""
    assert isinstance(error, RequestValidationError)
    fault = error.errors()[0]
    return respond(request, Problem(422, f"{'.'.join(str(part) for part in fault['loc'][1:])}: {fault['msg']}; see /docs"))
