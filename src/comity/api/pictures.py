"""Signed edges of one slice become addresses: `/network` is the page with its tables and, by `format`, their files; `/network.json` what its picture shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode

import networkx as nx
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from comity.api.maps import years
from comity.api.measures import BEHIND, scores_of, written
from comity.errors import InputError
from comity.graph import Graph
from comity.names import dataset_version, newest
from comity.network.formats import FORMATS
from comity.network.picture import MULTIPLEX, SCORED, Picture, of_rows, of_scores, tabulate
from comity.network.project import Reader
from comity.network.records import Slice, layers, settled
from comity.network.scores import Scores
from comity.network.signing import ALPHA, TAU, divided, signed_network
from comity.network.world import KINDS, METHOD
from comity.site.languages import mark
from comity.site.languages import translate as _
from comity.site.pages import render

router = APIRouter(tags=["network"])
WORDS: Final = {
    "multiplex": mark("all relations"), "agreements": mark("agreements"), "trade": mark("binding trade rules"), "recognitions": mark("recognitions"),
    "access": mark("government access and cybercrime"), "ai": mark("AI and AIGC"), "declarations": mark("declarations"), "memberships": mark("memberships"),
    "measures": mark("restrictions"), "signed": mark("signed network of all scores"), "A": mark("alignment A"), "A1": mark("A1: alike rules"),
    "A2": mark("A2: shared commitments"), "A3": mark("A3: direct ties"), "R": mark("rivalry R"), "R1": mark("R1: restrictions"),
    "R2": mark("R2: closed channels"), "R3": mark("R3: conflicting norms"), "R4": mark("R4: competing schemes"),
}
#: what an edge of the signed network rests on
WHY: Final = {"shares": mark("share more than chance gives"), "tie": mark("tied directly"), "rivalry": mark("rivals"), "both": mark("tied and rivals")}
#: formats whose file holds one layer alone
_SINGLE: Final = ("dl",)


@router.get("/network.json")
def give(request: Request, layer: str = MULTIPLEX, as_of: str = "", known_on: str = "", actors: str = "", apart: bool = False,
         threshold: str = "") -> Response:
    """Give the signed edges of a layer or score that reach the threshold, with what stands behind each, and the actors with points on a plane.

    Layers are multiplex (all relations), those of /metrics, signed (the network of all scores) and A, A1 to A3, R, R1 to R4.
    """
    graph: Graph = request.app.state.graph
    return JSONResponse(asdict(_picture(graph, _slice(graph, as_of, known_on, actors, apart), layer.strip(), threshold)))


@router.get("/network")
def page(request: Request, layer: str = MULTIPLEX, as_of: str = "", known_on: str = "", actors: str = "", apart: bool = False,
         threshold: str = "", format: str = "", table: str = "ties") -> Response:  # noqa: A002
    """Show the signed edges of a layer or score as a page with tables, or give what it shows as a file of one of the formats of /metrics."""
    graph: Graph = request.app.state.graph
    at = _slice(graph, as_of, known_on, actors, apart)
    found = _picture(graph, at, layer.strip(), threshold)
    if format:
        about = {"version": dataset_version(graph.store), "method": METHOD, "as_of": at.as_of, "known_on": at.known_on, "unions_as_one": at.unions_as_one,
                 "actors": " ".join(at.actors), "tau": TAU, "alpha": ALPHA, "seed": 0, "draws": BEHIND if found.layer in SCORED else 0}
        return written(tabulate(found, about=about), format, table)
    names = {name: _(WORDS.get(name, name)) for name in (MULTIPLEX, *layers(graph.layout.queries), *SCORED)}
    days = {"as_of": at.as_of, "known_on": at.known_on, **({"actors": actors} if actors.strip() else {}), **({"apart": "true"} if apart else {})}
    seen = urlencode({"layer": found.layer, **days, **({"threshold": threshold} if threshold.strip() else {})})
    formats = [name for name in FORMATS if found.layer != MULTIPLEX or name not in _SINGLE]
    ends = Counter(end for edge in found.edges for end in (edge.source, edge.target))
    body = render("network.html", title=_("Network"), picture=found, words=names, scored=tuple(SCORED), formats=formats, at=at, actors=actors,
                  threshold=threshold, seen=seen, slice_query=urlencode(days), names={node.id: node.label for node in found.nodes}, degree=ends,
                  powers={node.id for node in found.nodes if dict(node.codes).get("kind") in KINDS}, years=years(),
                  why={name: _(word) for name, word in WHY.items()})
    return Response(body, media_type="text/html")


def _slice(graph: Graph, as_of: str, known_on: str, actors: str, apart: bool) -> Slice:
    """Return the slice asked for, on the day of the newest row unless another is named, so that a page stays the same until the next build."""
    last = newest(graph.store).isoformat()
    chosen = tuple(name.strip() for name in actors.split(",") if name.strip())
    return settled(graph.store, Slice(as_of or last, known_on or last, unions_as_one=not apart, actors=chosen))


def _picture(graph: Graph, at: Slice, layer: str, threshold: str) -> Picture:
    try:
        least = float(threshold) if threshold.strip() else None
    except ValueError:
        raise InputError(f"threshold={threshold}: not a number; write for example 0.5") from None
    return _pictured(graph, at, layer, least)


@lru_cache(maxsize=64)
def _pictured(graph: Graph, at: Slice, layer: str, least: float | None) -> Picture:
    if layer in SCORED:
        scores, tied, blocs = _tied(graph, at)
        return of_scores(scores, tied, layer=layer, threshold=least, blocs=blocs)
    known = (MULTIPLEX, *layers(graph.layout.queries), *SCORED)
    if layer not in known:
        raise InputError(f"no layer of the network is called {layer}; use {', '.join(known)}")
    return of_rows(_reader(graph, at), layer=layer, threshold=least)


@lru_cache(maxsize=4)
def _reader(graph: Graph, at: Slice) -> Reader:
    return Reader(graph.store, graph.layout.queries, at)


@lru_cache(maxsize=4)
def _tied(graph: Graph, at: Slice) -> tuple[Scores, nx.Graph[str], dict[str, int]]:
    """Return the scores of a slice, the signed network of them and the bloc of each actor that it ties."""
    scores = scores_of(graph, at, BEHIND, 0)
    tied = signed_network(scores.world, scores.ends)
    return scores, tied, divided(tied)
