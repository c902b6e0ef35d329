"""Reconciliation becomes addresses: `/reconcile` and below, by the Reconciliation Service API 0.2, for OpenRefine and its kin."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from comity.api.problems import Problem
from comity.errors import InputError
from comity.matching import Thing
from comity.reconciling import PROPERTIES, SETTINGS, Reconciler, types
from comity.vocabulary import BASE, ID, NS

router = APIRouter(tags=["reconciliation"])
_LARGEST = 2**20
_CALLBACK = re.compile(r"[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*", re.ASCII)
_NO_STORE = {"Cache-Control": "no-store"}  # columns may mean today


@router.get("/reconcile")
@router.post("/reconcile")
async def reconcile(request: Request) -> Response:
    """Give the manifest, or answer the batch `queries` or the data extension `extend`, from the address or a POST form."""
    fields = await _fields(request)
    if "queries" in fields:
        return _send(fields, await run_in_threadpool(reconciler(request).batch, _parsed("queries", fields)))
    if "extend" in fields:
        return _send(fields, await run_in_threadpool(reconciler(request).extend, _parsed("extend", fields)))
    return _send(fields, manifest(str(request.base_url).rstrip("/")))


def manifest(host: str) -> dict[str, Any]:
    """Return what the service at `host` can do."""
    here = f"{host}/reconcile"
    return {
        "versions": ["0.1", "0.2"], "name": "Comity: international data governance", "identifierSpace": ID, "schemaSpace": NS,
        "documentation": f"{host}/docs", "view": {"url": f"{host}/doc/{{{{id}}}}"}, "defaultTypes": types(),
        "preview": {"url": f"{here}/preview?id={{{{id}}}}", "width": 400, "height": 160},
        "suggest": {name: {"service_url": here, "service_path": f"/suggest/{name}"} | (
            {"flyout_service_url": here, "flyout_service_path": "/flyout?id=${id}"} if name == "entity" else {}) for name in ("entity", "property", "type")},
        "extend": {"propose_properties": {"service_url": here, "service_path": "/properties"}, "property_settings": SETTINGS},
    }


@router.get("/reconcile/suggest/{kind}")
def suggest(request: Request, kind: str) -> Response:
    """Complete the text `prefix` to an entity, property or type."""
    fields = dict(request.query_params)
    prefix = fields.get("prefix", "")
    if kind == "entity":
        found = reconciler(request).matcher.complete(prefix)
        return _send(fields, {"result": [{"id": t.id, "name": t.label, "description": _about(t), "notable": list(t.kinds)} for t in found]})
    if kind not in ("property", "type"):
        raise Problem(404, f"nothing suggests {kind}; use entity, property or type")
    known = types() if kind == "type" else [{"id": i, "name": n, "description": d} for i, (n, d) in PROPERTIES.items()]
    return _send(fields, {"result": [k for k in known if prefix.casefold() in f"{k['id']} {k['name']}".casefold()]})


@router.get("/reconcile/properties")
def properties(request: Request) -> Response:
    """Propose the columns that can be fetched."""
    fields = dict(request.query_params)
    limit = int(fields["limit"]) if fields.get("limit", "").isdecimal() else len(PROPERTIES)
    listed = [{"id": i, "name": name, "description": about} for i, (name, about) in PROPERTIES.items()][:limit]
    return _send(fields, {"properties": listed, "limit": limit} | ({"type": fields["type"]} if "type" in fields else {}))


@router.get("/reconcile/preview")
def preview(request: Request, id: str) -> Response:  # noqa: A002
    """Show a thing as a small page."""
    thing = _thing(request, id)
    page = f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(thing.label)}</title></head><body>{_shown(thing)}</body></html>'
    return Response(page, media_type="text/html")


@router.get("/reconcile/flyout")
def flyout(request: Request, id: str) -> Response:  # noqa: A002
    """Show a thing as a piece of HTML in JSON."""
    thing = _thing(request, id)
    return _send(dict(request.query_params), {"id": thing.id, "html": _shown(thing)})


def reconciler(request: Request) -> Reconciler:
    """Return the reconciler of the served graph, made when first asked for."""
    state = request.app.state
    if not hasattr(state, "reconciler"):
        state.reconciler = Reconciler(state.graph)
    return state.reconciler  # type: ignore[no-any-return]


def _thing(request: Request, name: str) -> Thing:
    thing = reconciler(request).matcher.things.get(ID + name.removeprefix(ID))
    if thing is None:
        raise Problem(404, f"nothing has the id {name}; give one that /reconcile gave")
    return thing


def _shown(thing: Thing) -> str:
    return f'<p><a href="{escape(thing.iri.replace(ID, BASE + "doc/"))}">{escape(thing.label)}</a></p><p>{escape(_about(thing))}</p>'


def _about(thing: Thing) -> str:
    return "; ".join((", ".join(thing.kinds), *thing.names[:3], *thing.codes[:3]))


async def _fields(request: Request) -> dict[str, str]:
    """Return the parameters of the address and of a form in the body. Raises `Problem`."""
    fields = dict(request.query_params)
    if request.method == "POST":
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > _LARGEST:
                raise Problem(413, f"the form is longer than {_LARGEST:,} bytes; send fewer queries at once")
        try:
            fields |= {name: values[0] for name, values in parse_qs(body.decode("utf-8"), strict_parsing=bool(body)).items()}
        except ValueError:
            raise Problem(400, "the body is no form; send application/x-www-form-urlencoded with queries or extend") from None
    return fields


def _parsed(name: str, fields: dict[str, str]) -> object:
    try:
        return json.loads(fields[name])
    except ValueError as error:
        raise InputError(f"{name}: no JSON ({error}); mend it") from None


def _send(fields: dict[str, str], answer: dict[str, Any]) -> Response:
    """Send `answer` as JSON, or as a call of the function `callback` where a page asks for JSONP."""
    callback = fields.get("callback")
    if callback is None:
        return JSONResponse(answer, headers=_NO_STORE)
    if not _CALLBACK.fullmatch(callback):
        raise Problem(400, "callback is no name of a function; use letters, digits, points and underscores")
    text = json.dumps(answer, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return Response(f"/**/{callback}({text});", media_type="application/javascript", headers=_NO_STORE)
