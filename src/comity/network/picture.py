"""Scores and layers of one slice become a picture as data: signed edges with what stands behind each, and actors with points on a plane.

What is left out by the threshold is left out of the picture alone; the table of all scores keeps it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import networkx as nx
import numpy as np

from comity.errors import InputError
from comity.network.dataset import ACTORS, TIES, Column, Dataset, Row, standard
from comity.network.formats.layout import positions
from comity.network.project import Reader
from comity.network.records import Slice
from comity.network.scores import Scores
from comity.network.signing import multiplex
from comity.network.world import LEAST

#: the signed network made of all scores, and every layer of rows at once
SIGNED, MULTIPLEX = "signed", "multiplex"
#: layer of a score → from which value on a pair is joined, unless a reader says otherwise; chosen so that a picture can be read
SCORED: Final[Mapping[str, float]] = {SIGNED: -1.0, "A": 0.5, "A1": 0.75, "A2": 0.95, "A3": 0.5, "R": 0.75, "R1": 0.5, "R2": 0.5, "R3": 0.25, "R4": 0.25}
_DIRECTED: Final = ("A3", "R", "R1", "R2")
#: above this many edges a picture shows nothing
MOST: Final = 3_000


@dataclass(frozen=True)
class Node:
    """An actor: its codes and class, where on the unit square it is drawn, and its bloc in the signed network, None if no signed edge holds it."""

    id: str
    label: str
    codes: tuple[tuple[str, str | int], ...]
    bloc: int | None
    x: float
    y: float


@dataclass(frozen=True)
class Edge:
    """What a layer says of two actors.

    Attributes: `sign`, 1 binds, -1 divides, 0 both at once; `why` (`shares`, `tie`, `rivalry`, `both`; the name of a score; or that
    of a layer); the `value` of the score with the ends of its interval, None for a layer of rows; `number` of independent
    instruments, or of things shared or done; `things`, what stands behind a layer's edge as `kind/id`.
    """

    source: str
    target: str
    layer: str
    sign: int
    why: str
    value: float | None
    low: float | None
    high: float | None
    number: int
    things: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    """The edges of one layer in a slice that reach the `threshold`, and the actors that they join."""

    layer: str
    as_of: str
    known_on: str
    threshold: float
    directed: bool
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def of_rows(reader: Reader, *, layer: str = MULTIPLEX, threshold: float | None = None) -> Picture:
    """Return the signed edges of the rows of one layer, or of all at once, behind which `threshold` things stand or more (1).

    Edges are those of `comity.network.multiplex`. Raises `InputError` for an unknown layer and for more than `MOST` edges.
    """
    chosen = tuple(one.name for one in reader.joining()) if layer == MULTIPLEX else (layer,)
    least = 1.0 if threshold is None else threshold
    edges = [edge for edge in _joined(reader, chosen) if edge.number >= least]
    return _pictured(edges, reader.names(), {}, at=reader.at, layer=layer, threshold=least)


def of_scores(scores: Scores, tied: nx.Graph[str], *, layer: str = SIGNED, threshold: float | None = None, blocs: Mapping[str, int] | None = None) -> Picture:
    """Return the edges of one score, or of the signed network made of all, whose value is `threshold` or more (see `SCORED`).

    Parameters: `tied`, the signed network of the scores (see `comity.network.signed_network`); `blocs`, actor → bloc. A score that
    rests on fewer than three independent instruments joins nobody. Raises `InputError` as `of_rows`.
    """
    if layer not in SCORED:
        raise InputError(f"no score is called {layer}; use {', '.join(SCORED)}")
    least = SCORED[layer] if threshold is None else threshold
    every = _signed(scores, tied) if layer == SIGNED else _scored(scores, layer, least)
    edges = [edge for edge in every if edge.value is not None and edge.value >= least]
    return _pictured(edges, scores.world.names, blocs or {}, at=scores.world.at, layer=layer, threshold=least)


def tabulate(found: Picture, *, about: Mapping[str, object]) -> Dataset:
    """Return what a picture shows as the dataset `network`; `about`, what made it besides slice, layer and threshold."""
    actors: tuple[Row, ...] = tuple({"id": n.id, "label": n.label, **dict(n.codes), "bloc": n.bloc} for n in found.nodes)
    ties: tuple[Row, ...] = tuple({"source": e.source, "target": e.target, "layer": e.layer, "sign": e.sign or None, "why": e.why, "value": e.value,
                                   "low": e.low, "high": e.high, "number": e.number, "through": e.things} for e in found.edges)
    columns = (
        *standard("id", "label", "iso3", "cow", "gw", "kind", table=ACTORS),
        Column(ACTORS, "bloc", "integer", "number", "Bloc of the exact least frustrated division of the signed network into two, unknown without ties there."),
        *standard("source", "target", "layer", table=TIES),
        Column(TIES, "sign", "integer", "1 or -1", "1 where the tie binds, -1 where it divides; empty where the two are bound and divided at once."),
        Column(TIES, "why", "text", "name", "What the tie rests on: shares, tie, rivalry, both, or the name of the score or layer."),
        Column(TIES, "value", "number", "-1 to 1", "The score of the tie; empty for a layer of rows."),
        Column(TIES, "low", "number", "-1 to 1", "Lower end of the 90 % interval of the score."),
        Column(TIES, "high", "number", "-1 to 1", "Upper end of the 90 % interval of the score."),
        Column(TIES, "number", "integer", "count", "Independent instruments behind the score; for a layer of rows, things shared or done."),
        *standard("through", table=TIES))
    made = {**about, "layer": found.layer, "threshold": found.threshold}
    return Dataset("network", {ACTORS: actors, TIES: ties}, columns, made, found.directed)


def _pictured(edges: list[Edge], names: Mapping[str, Mapping[str, str | int]], blocs: Mapping[str, int], *, at: Slice, layer: str, threshold: float) -> Picture:
    if len(edges) > MOST:
        raise InputError(f"{len(edges):,} edges reach threshold={threshold:g}, and a picture shows at most {MOST:,}; raise it, or take /metrics/world")
    points = _points([(edge.source, edge.target) for edge in edges])
    nodes = tuple(_node(name, names.get(name, {}), blocs.get(name), points[name]) for name in sorted(points))
    return Picture(layer, at.as_of, at.known_on, threshold, layer in _DIRECTED, nodes, tuple(edges))


def _node(name: str, known: Mapping[str, str | int], bloc: int | None, point: tuple[float, float]) -> Node:
    codes = tuple((key, known[key]) for key in ("iso3", "cow", "gw", "kind") if known.get(key))
    return Node(name, str(known.get("label", name)), codes, bloc, *point)


def _points(pairs: list[tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """Return the points that GEXF gives the same actors, by the same layout and seed."""
    ids = sorted({end for pair in pairs for end in pair})
    columns = (*standard("id", "label", table=ACTORS), *standard("source", "target", "layer", table=TIES))
    ties: tuple[Row, ...] = tuple({"source": a, "target": b, "layer": "picture"} for a, b in pairs)
    return positions(Dataset("picture", {ACTORS: tuple({"id": a, "label": a} for a in ids), TIES: ties}, columns))


def _signed(scores: Scores, tied: nx.Graph[str]) -> list[Edge]:
    ends, counts = scores.ends, scores.world.instruments
    places = scores.world.index.places
    rows = [(a, b, int(data["sign"]), str(data["why"])) for a, b, data in tied.edges(data=True)] + [(a, b, 0, "both") for a, b in tied.graph["mixed"]]
    found = []
    for a, b, sign, why in sorted((min(a, b), max(a, b), sign, why) for a, b, sign, why in rows):
        i, j = places[a], places[b]
        if sign < 0:
            both = [(scores.values["R"][pair], ends.low["R"][pair], ends.high["R"][pair]) for pair in ((i, j), (j, i))]
            value, low, high = min(both, key=lambda one: one[0])
            number = int(counts["aimed"][i, j])
        else:
            value, low, high, number = scores.values["A"][i, j], ends.low["A"][i, j], ends.high["A"][i, j], int(counts["A"][i, j])
        found.append(Edge(a, b, SIGNED, sign, why, _plain(value), _plain(low), _plain(high), number))
    return found


def _scored(scores: Scores, name: str, least: float) -> list[Edge]:
    """Return the pairs whose score is `least` or more, once a pair or once a direction as the score has it."""
    values, ends, actors = scores.values[name], scores.ends, scores.world.index.actors
    counts = scores.world.instruments["A" if name.startswith("A") else "R"]
    chosen = (counts >= LEAST) & (np.nan_to_num(values, nan=-np.inf) >= least)
    np.fill_diagonal(chosen, False)
    if name not in _DIRECTED:
        chosen = np.triu(chosen)
    sign, sides = (1 if name.startswith("A") else -1), (ends.low.get(name), ends.high.get(name))
    found = []
    for i, j in zip(*np.nonzero(chosen), strict=True):
        low, high = (None if side is None else _plain(side[i, j]) for side in sides)
        found.append(Edge(actors[i], actors[j], name, sign, name, _plain(values[i, j]), low, high, int(counts[i, j])))
    return found


def _joined(reader: Reader, chosen: tuple[str, ...]) -> list[Edge]:
    """Return the signed edges of layers of rows with the things behind each, in either direction."""
    things: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    done: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for layer in reader.joining(chosen):
        for record in reader.records(layer.name):
            if layer.mode == "two-mode":
                things[layer.name, record.source][f"{layer.kind}/{record.topic}"].add(record.row)
            else:
                done[layer.name, min(record.source, record.target), max(record.source, record.target)].add(record.row)
    found = []
    signed = ((min(a, b), max(a, b), key, int(data["sign"])) for a, b, key, data in multiplex(reader, chosen=chosen).edges(keys=True, data=True))
    for a, b, key, sign in sorted(signed):
        behind = tuple(sorted(done.get((key, a, b)) or things[key, a].keys() & things[key, b].keys()))
        found.append(Edge(a, b, key, sign, key, None, None, None, len(behind), behind))
    return found


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)
