"""A query becomes an address that can be cited: `/q/<name>` shows the question, its answer as it was, and what has changed since."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response

from comity import citing
from comity.api.negotiation import choose
from comity.api.problems import Problem
from comity.api.protocol import Call, read, vet
from comity.citing import Citation
from comity.site.pages import render
from comity.syntax import keywords

router = APIRouter(tags=["citation"])
_SHOWN = 500


@router.post("/q")
async def keep(request: Request) -> Response:
    """Answer a query and keep its answer under an address to cite. Send it as to /sparql."""
    call = await read(request)
    if call is None:
        raise Problem(400, "no query; send it as the parameter query or as the body")
    if call.default_graphs or call.named_graphs:
        raise Problem(400, "a cited query names its graphs in its text; write them with FROM")
    made = await run_in_threadpool(_cite, request, call)
    return RedirectResponse(f"/q/{made.name}", 303)


def _cite(request: Request, call: Call) -> Citation:
    state = request.app.state
    vet(request, call)
    if "SERVICE" in keywords(call.query):
        raise Problem(400, "a cited query answers from this graph alone; cite it without SERVICE")
    return citing.cite(state.graph, state.cited, call.query, call.as_of, call.known_on, possibly=call.possibly)


@router.get("/q/{name}")
def show(request: Request, name: str) -> Response:
    """Show a cited answer, or give it as BibTeX (`.bib`), CSL (`.csl`), JSON (`.json`) or the answer's lines (`.tsv`)."""
    name, _, extension = name.partition(".")
    state = request.app.state
    citation = citing.find(state.cited, name)
    address = f"{request.base_url}q/{name}"
    match extension or choose(request.headers.get("accept"), ("html", "json")):
        case "bib":
            return Response(citation.bibtex(address), media_type="application/x-bibtex")
        case "csl":
            return Response(json.dumps(citation.csl(address), ensure_ascii=False), media_type="application/vnd.citationstyles.csl+json")
        case "tsv":
            lines = [citation.columns] if citation.columns else []
            return Response("\n".join([*lines, *citation.lines, ""]), media_type="text/tab-separated-values")
        case "json":
            came, went = citing.compare(citation, state.graph)
            return JSONResponse({**_record(citation), "now": {"version": state.version, "same": not came and not went, "came": came, "went": went}})
        case "html":
            came, went = citing.compare(citation, state.graph)
            page = render("citation.html", title="Cited answer", citation=citation, address=address, came=came[:_SHOWN], went=went[:_SHOWN],
                          more=max(0, len(came) - _SHOWN) + max(0, len(went) - _SHOWN), version=state.version, bibtex=citation.bibtex(address))
            return Response(page, media_type="text/html", headers={"Link": f'<{address}>; rel="cite-as"'})
    raise Problem(404, f"no format {extension} here; use .bib, .csl, .json or .tsv")


def _record(citation: Citation) -> dict[str, object]:
    names = ("name", "query", "as_of", "known_on", "possibly", "version", "cited_on", "kind", "columns", "sha256")
    return {**{n: getattr(citation, n) for n in names}, "rows": len(citation.lines)}
