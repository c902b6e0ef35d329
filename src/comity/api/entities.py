"""IRIs of things become documents: 303 from `/id` to `/doc`, by Accept or by extension, as RDF or as a page, of any day on both clocks.

On the record clock a document is an original resource of Memento (RFC 7089): `/timegate/...` leads to it as it was known at a
time, `/timemap/...` lists the days on which it changed, and `?known_on=` is such a state, a memento.
"""

from __future__ import annotations

import datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote

import pyoxigraph as ox
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from comity.api.negotiation import GRAPHS, MEDIA, choose, content_type
from comity.api.problems import Problem
from comity.describe import describe
from comity.errors import InputError
from comity.graph import Graph
from comity.queries import day
from comity.site.things import Wish, entity
from comity.vocabulary import CONCEPT, ID

router = APIRouter(tags=["linked data"])

FORMATS = ("html", *GRAPHS)
_ABOUT = """CONSTRUCT { ?thing ?property ?value . ?row ?link ?thing ; ?rowProperty ?rowValue } WHERE {
  { ?thing ?property ?value } UNION { ?row ?link ?thing ; <https://w3id.org/comity/ns#recordedOn> ?day ; ?rowProperty ?rowValue } }"""


_CHANGED = """SELECT DISTINCT ?day WHERE { { ?thing ?clock ?day } UNION { ?row ?link ?thing ; ?clock ?day }
  VALUES ?clock { <https://w3id.org/comity/ns#recordedOn> <https://w3id.org/comity/ns#retractedOn> } } ORDER BY ?day"""


@router.get("/id/{kind}/{slug}")
def identify(request: Request, kind: str, slug: str) -> Response:
    """Redirect from a thing to the document about it, with the days that the address names."""
    query = f"?{request.url.query}" if request.url.query else ""
    path = f"/doc/{quote(kind)}/{quote(slug)}"
    return RedirectResponse(f"{path}{query}", 303, {"Link": f'<{path}>; rel="describedby"'})


@router.get("/doc/{kind}/{slug}")
def document(request: Request, kind: str, slug: str) -> Response:
    """Return the document about a thing, in the format of its extension or of the Accept header."""
    name, _, extension = slug.partition(".")
    return _document(request, f"{ID}{kind}/{name}", f"/doc/{kind}/{name}", extension, f"{kind}/{name}")


@router.get("/timegate/{kind}/{slug}")
def timegate(request: Request, kind: str, slug: str) -> Response:
    """Lead to the document about a thing as it was known at the time of Accept-Datetime, or now (Memento, RFC 7089)."""
    days = _days(request, kind, slug)
    asked = request.headers.get("accept-datetime")
    try:
        wanted = parsedate_to_datetime(asked).astimezone(datetime.UTC).date() if asked else days[-1]
    except (ValueError, TypeError):
        raise Problem(400, f"Accept-Datetime {asked!r} is no date of HTTP; write one such as Sun, 22 Nov 2026 00:00:00 GMT") from None
    chosen = max((d for d in days if d <= wanted), default=days[0])
    return RedirectResponse(f"/doc/{kind}/{slug}?known_on={chosen}", 302, {"Vary": "Accept-Datetime", "Link": _of_original(kind, slug)})


@router.get("/timemap/{kind}/{slug}")
def timemap(request: Request, kind: str, slug: str) -> Response:
    """List the days on which what is known of a thing changed, each with the document of that day (RFC 7089, application/link-format)."""
    base = str(request.base_url).rstrip("/")
    links = [f'<{base}/doc/{kind}/{slug}>; rel="original"', f'<{base}/timegate/{kind}/{slug}>; rel="timegate"', f'<{base}/timemap/{kind}/{slug}>; rel="self"']
    links += [f'<{base}/doc/{kind}/{slug}?known_on={d}>; rel="memento"; datetime="{_http_date(d)}"' for d in _days(request, kind, slug)]
    return Response(",\n".join(links) + "\n", media_type="application/link-format")


def _days(request: Request, kind: str, slug: str) -> list[datetime.date]:
    """Return the days on which what is known of a thing changed. Raises `Problem` if nothing is."""
    try:
        rows = request.app.state.graph.store.query(_CHANGED, {"thing": ox.NamedNode(f"{ID}{kind}/{slug}")}).rows
    except ValueError:
        rows = ()
    days = [datetime.date.fromisoformat(str(row["day"])) for row in rows]
    if not days:
        raise Problem(404, f"{ID}{kind}/{slug} has no row in this graph; search by ISO code or name at /search")
    return days


def _http_date(date: datetime.date) -> str:
    return format_datetime(datetime.datetime(date.year, date.month, date.day, tzinfo=datetime.UTC), usegmt=True)


def _of_original(kind: str, slug: str) -> str:
    name = f"{kind}/{slug}"
    return f'</doc/{name}>; rel="original", </timegate/{name}>; rel="timegate", </timemap/{name}>; rel="timemap"; type="application/link-format"'


@router.get("/concept/{path:path}")
def concept(request: Request, path: str) -> Response:
    """Return the document about a concept or a concept scheme."""
    name, _, extension = path.partition(".")
    return _document(request, CONCEPT + name, f"/concept/{name}", extension)


def _document(request: Request, iri: str, path: str, extension: str, thing: str = "") -> Response:
    if extension and extension not in FORMATS:
        raise Problem(404, f"no format {extension} here; use {', '.join('.' + f for f in FORMATS)}")
    form = extension or choose(request.headers.get("accept"), FORMATS)
    asked = request.query_params
    whole: Graph = request.app.state.graph
    graph = whole.at(asked.get("as_of") or None, asked.get("known_on") or None, possibly="possibly" in asked)
    try:
        node = ox.NamedNode(iri)
        description = describe(graph.store, node)
    except (ValueError, InputError):
        then = " on that day" if request.url.query else ""
        raise Problem(404, f"{iri} is not in this graph{then}; search by ISO code or name at /search") from None
    headers = {"Link": ", ".join(_links(iri, path, thing))}
    if thing and asked.get("known_on"):
        headers["Memento-Datetime"] = _http_date(day(whole.store, "known_on", asked["known_on"]))
    if form == "html":
        wish = Wish(path, asked.get("as_of", ""), asked.get("known_on", ""), "possibly" in asked, asked.get("all", ""))
        return Response(entity(description, whole, wish), media_type=content_type(form), headers=headers)
    return Response(graph.store.query(_ABOUT, {"thing": node}).serialize(form), media_type=content_type(form), headers=headers)


def _links(iri: str, path: str, thing: str) -> list[str]:
    """Return the typed links of a document (Signposting): what it is about, its licence, its other forms, its dataset and its earlier states."""
    forms = [f'<{path}.{f}>; rel="{rel}"; type="{MEDIA[f]}"' for rel in ("alternate", "describedby") for f in GRAPHS]
    return [f'<{iri}>; rel="cite-as"', '<https://creativecommons.org/licenses/by/4.0/>; rel="license"', *forms,
            '</.well-known/void>; rel="collection"; type="text/turtle"', *([_of_original(*thing.split("/", 1))] if thing else [])]
