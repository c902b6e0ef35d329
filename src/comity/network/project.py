"""The rows of the queries in `queries/network` become one typed multigraph of actors.

Which relations make a layer, and whether they bind or divide, is written in the query's header; nothing here knows.
A two-mode layer (`?actor ?through ?row`) joins every pair that shares something; a directed one (`?from ?to ?row`)
joins as it reads.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import networkx as nx

from comity.errors import InputError
from comity.queries import Question, ask, day, library
from comity.results import Rows
from comity.store import Store
from comity.vocabulary import ID

THEME = "network"
NODES = "network/actors"


@dataclass(frozen=True)
class Layer:
    """One layer: its query, whether it is `two-mode` or `directed`, and its sign (1 binds, -1 divides)."""

    name: str
    mode: str
    sign: int
    question: Question


def layers(folder: Path) -> dict[str, Layer]:
    """Return the layers that the query library in `folder` declares, by name. Raises `InputError`."""
    return _layers_of(library(folder))


def _layers_of(questions: dict[str, Question]) -> dict[str, Layer]:
    found = {}
    for question in questions.values():
        entry = question.layer if question.theme == THEME else None
        if entry is None:
            continue
        if entry.get("mode") not in ("two-mode", "directed") or entry.get("sign") not in (1, -1):
            raise InputError(f"{question.path}: a layer needs mode two-mode or directed, and sign 1 or -1")
        name = question.name.partition("/")[2]
        found[name] = Layer(name, entry["mode"], entry["sign"], question)
    return found


def project(store: Store, folder: Path, *, as_of: str = "today", known_on: str = "latest", layers: tuple[str, ...] | None = None) -> nx.MultiDiGraph[str]:
    """Return who relates to whom on a day.

    Parameters: `store`, the graph; `folder`, the query library; `as_of`, the day on which relations held; `known_on`,
    the day on which the rows stood in the graph; `layers`, names of layers, all by default.

    Returns a multigraph whose nodes are actor ids (`JPN`) with `label`, `iso3` and `kind`, and whose edges are keyed
    by layer, with `layer`, `sign`, `directed`, `weight` (number of things shared, or of rows) and `through` (the ids
    behind the edge, joined by spaces). An undirected relation stands in both directions. Graph attributes hold the
    parameters. Raises `InputError` for an unknown layer or a malformed day.
    """
    questions = library(folder)
    available = _layers_of(questions)
    unknown = sorted(set(layers or ()) - available.keys())
    if unknown:
        raise InputError(f"no layer is called {unknown[0]}; use {', '.join(available)}")
    chosen = [available[name] for name in (layers or available)]
    as_of, known_on = day(store, "as_of", as_of).isoformat(), day(store, "known_on", known_on).isoformat()
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(as_of=as_of, known_on=known_on, layers=" ".join(layer.name for layer in chosen))
    for layer in chosen:
        rows = ask(store, layer.question, {"as_of": as_of, "known_on": known_on}).rows
        edges = _shared(rows) if layer.mode == "two-mode" else _directed(rows)
        for (source, target), through in sorted(edges.items()):
            graph.add_edge(source, target, key=layer.name, layer=layer.name, sign=layer.sign, weight=len(through),
                           directed=layer.mode == "directed", through=" ".join(sorted(through)))
    _describe_nodes(graph, store, questions[NODES])
    return graph


def simple(graph: nx.MultiDiGraph[str], layer: Layer) -> nx.Graph[str]:
    """Return one layer of `graph` as an undirected graph, or as a directed one where the layer is directed."""
    single: nx.Graph[str] = nx.DiGraph(**graph.graph) if layer.mode == "directed" else nx.Graph(**graph.graph)
    for source, target, key, data in graph.edges(keys=True, data=True):
        if key == layer.name:
            single.add_edge(source, target, **data)
    single.add_nodes_from((n, graph.nodes[n]) for n in list(single))
    return single


def _shared(rows: Rows) -> dict[tuple[str, str], set[str]]:
    """Join every pair of actors that share something: pair → what they share, in both directions."""
    members: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        members[_local(row["through"])].add(_local(row["actor"]))
    pairs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for through, actors in members.items():
        for left, right in combinations(sorted(actors), 2):
            pairs[left, right].add(through)
    return {pair: through for (a, b), through in pairs.items() for pair in ((a, b), (b, a))}


def _directed(rows: Rows) -> dict[tuple[str, str], set[str]]:
    """Join as the rows read: pair → the rows behind it."""
    pairs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        pairs[_local(row["from"]), _local(row["to"])].add(_local(row["row"]))
    return dict(pairs)


def _describe_nodes(graph: nx.MultiDiGraph[str], store: Store, question: Question) -> None:
    rows = ask(store, question, {}).rows
    for row in rows:
        node = _local(row["actor"])
        if node in graph:
            graph.nodes[node].update(label=row["label"] or node, iso3=row["iso3"] or "", kind=row["kind"] or "")


def _local(iri: str | None) -> str:
    return str(iri).removeprefix(ID).partition("/")[2] or str(iri)
