"""The routes of an application become an OpenAPI document that says of each answer what it may be, refusals among them.

The framework knows the answers of functions that return data; most of ours choose the form that the client reads, which it would call JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

_PROBLEM = {
    "description": "Refused, with what to mend (RFC 9457); a page for who reads HTML.",
    "content": {
        "application/problem+json": {"schema": {
            "type": "object", "required": ["title", "status", "detail"],
            "properties": {"title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}}}},
        "text/html": {}},
}
_METHODS = ("get", "post", "put", "delete", "patch", "head", "options")
#: paths whose POST carries a query as form or as text
_ASKED = ("/sparql", "/advice", "/explain", "/why", "/q")
_BODY = {"required": True, "content": {
    "application/x-www-form-urlencoded": {"schema": {"type": "object", "required": ["query"], "properties": {"query": {"type": "string"}}}},
    "application/sparql-query": {"schema": {"type": "string"}}}}


def describing(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """Return the function that gives the document of `app`, made when it is first asked for."""
    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(title=app.title, version=app.version, description=app.description, license_info=app.license_info, routes=app.routes)
            for path, operations in made["paths"].items():
                for method in operations.keys() & set(_METHODS):
                    _complete(path, method, operations[method])
            app.openapi_schema = made
        return app.openapi_schema

    return document


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    """Add to an operation what the framework cannot know."""
    answers = operation["responses"]
    answers.pop("422", None)
    answers["default"] = _PROBLEM
    good = answers.get("200", {})
    if not any(content.get("schema") for content in good.get("content", {}).values()):
        good["content"] = {"*/*": {}}
    answers["3XX"] = {"description": "Stands elsewhere, or has not changed."}
    if method == "post" and path in _ASKED:
        operation["requestBody"] = _BODY
