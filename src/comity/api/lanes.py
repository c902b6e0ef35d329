"""What a few powers did over years becomes an address: `/timeline` is the page with its table, `/timeline.json` its rows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from comity.errors import InputError
from comity.graph import Graph
from comity.names import newest, resolve
from comity.queries import day
from comity.site.lanes import LANES, LEAST, MOST, Lanes, lanes
from comity.site.languages import translate as _
from comity.site.pages import render

router = APIRouter(tags=["timeline"])
#: powers and years before a reader chooses
_POWERS, _YEARS = "CHN, EU, USA", 10
_LABEL = 'SELECT ?label WHERE { ?power rdfs:label ?label FILTER(LANG(?label) = "en") }'


@router.get("/timeline.json")
def give(request: Request, powers: str = _POWERS, since: str = "", until: str = "", known_on: str = "") -> Response:
    """Give the rules, recognitions, measures and answers of two to five powers that began between two years, each with its evidence."""
    found, at = _lanes(request, powers, since, until, known_on)
    return JSONResponse(at | {"rows": [asdict(deed) for deed in found.deeds]})


@router.get("/timeline", include_in_schema=False)
def page(request: Request, powers: str = _POWERS, since: str = "", until: str = "", known_on: str = "") -> Response:
    """Show the same as lanes and as a table, with a form for powers, years and day."""
    found, at = _lanes(request, powers, since, until, known_on)
    body = render("lanes.html", title=_("Timeline"), drawing=found, at=at, names={name: _(word) for name, word in LANES.items()}, least=LEAST, most=MOST,
                  labels={strip.iri: strip.label for strip in found.strips}, query=urlencode(at))
    return Response(body, media_type="text/html")


def _lanes(request: Request, powers: str, since: str, until: str, known_on: str) -> tuple[Lanes, dict[str, str]]:
    graph: Graph = request.app.state.graph
    last = newest(graph.store).isoformat()
    known = day(graph.store, "known_on", known_on or last)
    to = _year("until", until, date.fromisoformat(last).year)
    first = _year("since", since, to - _YEARS)
    iris = [resolve(graph.store, name.strip()).value for name in powers.split(",") if name.strip()]
    named = [(iri, _name(graph, iri)) for iri in iris]
    return lanes(graph, named, first=first, last=to, known_on=known), {"powers": powers, "since": str(first), "until": str(to), "known_on": known.isoformat()}


def _name(graph: Graph, iri: str) -> str:
    import pyoxigraph as ox

    return next((str(row["label"]) for row in graph.store.query(_LABEL, {"power": ox.NamedNode(iri)}).rows), iri.rpartition("/")[2])


def _year(name: str, text: str, default: int) -> int:
    try:
        return int(text) if text.strip() else default
    except ValueError:
        raise InputError(f"{name}={text}: not a year; write for example 2018") from None
