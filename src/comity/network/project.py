"""Records of the layers become one typed multigraph of actors.

A two-mode layer joins every pair that shares something; a directed one joins as it reads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import networkx as nx

from comity.errors import InputError
from comity.network.folding import fold
from comity.network.records import JOINING, Layer, Record, Slice, declared, names, read, settled
from comity.queries import Question, library
from comity.store import Store

NODES = "network/actors"
UNIONS, MEMBERSHIPS = "unions", "memberships"
EDGE = ("layer", "sign", "directed", "weight", "through")


class Network(nx.MultiDiGraph):  # type: ignore[type-arg]
    """A multigraph of actors that knows the slice it was read from (`reader`), so that scores can be asked of it; a copy does not."""

    reader: Reader | None = None


class Reader:
    """The layers of a query library, read from a store in one slice, each once; who asks for many slices hands in its `questions`."""

    def __init__(self, store: Store, folder: Path, at: Slice, *, questions: dict[str, Question] | None = None) -> None:
        self.store, self.folder = store, folder
        self.questions = library(folder) if questions is None else questions
        self.layers = declared(self.questions)
        self.at = settled(store, at)
        self._read: dict[str, list[Record]] = {}
        self.unions = {r.source: r.topic for r in self._raw(UNIONS)} if self.at.unions_as_one and UNIONS in self.layers else {}
        self.chosen = self._chosen()

    def records(self, name: str) -> list[Record]:
        """Return the records of one layer, unions folded and actors outside the chosen set left out."""
        if name not in self._read:
            mode, raw = self.layers[name].mode, self._raw(name)
            # schemes are joined by actors, and are none themselves
            self._read[name] = raw if mode == "rivals" else [r for r in fold(raw, self.unions, mode) if self._is_chosen(r)]
        return self._read[name]

    def joining(self, chosen: tuple[str, ...] | None = None) -> list[Layer]:
        """Return the layers called `chosen` that join actors, all by default. Raises `InputError` for an unknown one."""
        available = {n: layer for n, layer in self.layers.items() if layer.mode in JOINING and layer.sign}
        unknown = sorted(set(chosen or ()) - available.keys())
        if unknown:
            raise InputError(f"no layer is called {unknown[0]}; use {', '.join(available)}")
        return [available[name] for name in (chosen or available)]

    def names(self) -> dict[str, dict[str, str | int]]:
        """Return label, ISO code, class and state codes of each actor by id."""
        return names(self.store, self.questions[NODES])

    def _raw(self, name: str) -> list[Record]:
        return read(self.store, self.layers[name], self.at, self.layers)

    def _chosen(self) -> frozenset[str]:
        """Return the actors asked for; the id of an organisation stands for its members on that day."""
        if not self.at.actors:
            return frozenset()
        members = defaultdict(set)
        for record in self._raw(MEMBERSHIPS) if MEMBERSHIPS in self.layers else ():
            members[record.topic].add(record.source)
        known = self.names()
        unknown = [a for a in self.at.actors if a not in known]
        if unknown:
            raise InputError(f"no actor is called {unknown[0]}; give ids such as JPN, EU, or of an organisation, such as g20")
        listed = {m for a in self.at.actors for m in (members[a] if a in members and a not in set(self.unions.values()) else {a})}
        return frozenset(self.unions.get(a, a) for a in listed)

    def _is_chosen(self, record: Record) -> bool:
        return not self.chosen or (record.source in self.chosen and (not record.target or record.target in self.chosen))


def project(
    store: Store, folder: Path, *, at: Slice | None = None, layers: tuple[str, ...] | None = None, reader: Reader | None = None
) -> Network:
    """Return who relates to whom in one slice of the world.

    Parameters: `store`, the graph; `folder`, the query library; `at`, the slice, today's world by default; `layers`, names of
    layers, all by default; `reader`, one that has read the slice already.

    Returns a multigraph whose nodes are actor ids (`JPN`) with `label`, `iso3`, `kind` and, where there are such, the state
    codes `cow` and `gw`, and whose edges are keyed by layer, with `layer`, `sign`, `directed`, `weight` (number of things
    shared, or of rows) and `through` (the ids behind the edge, joined by spaces). An undirected relation stands in both
    directions. Graph attributes hold the parameters. Raises `InputError` for an unknown layer, actor or stage or a malformed day.
    """
    reader = reader or Reader(store, folder, at or Slice())
    chosen, slice_ = reader.joining(layers), reader.at
    graph = Network(
        as_of=slice_.as_of, known_on=slice_.known_on, stage=slice_.stage, unions_as_one=slice_.unions_as_one, layers=" ".join(layer.name for layer in chosen))
    graph.reader = reader
    if slice_.actors:
        graph.graph["actors"] = " ".join(slice_.actors)
    for layer in chosen:
        records = reader.records(layer.name)
        edges = _shared(records) if layer.mode == "two-mode" else _directed(records)
        for (source, target), through in sorted(edges.items()):
            graph.add_edge(source, target, key=layer.name, layer=layer.name, sign=layer.sign, weight=len(through),
                           directed=layer.mode == "directed", through=" ".join(sorted(through)))
    describe_nodes(graph, reader.names())
    return graph


def simple(graph: nx.MultiDiGraph[str], layer: Layer) -> nx.Graph[str]:
    """Return one layer of `graph` as an undirected graph, or as a directed one where the layer is directed."""
    single: nx.Graph[str] = nx.DiGraph(**graph.graph) if layer.mode == "directed" else nx.Graph(**graph.graph)
    for source, target, key, data in graph.edges(keys=True, data=True):
        if key == layer.name:
            single.add_edge(source, target, **data)
    single.add_nodes_from((n, graph.nodes[n]) for n in list(single))
    return single


def describe_nodes(graph: nx.Graph[str], known: Mapping[str, Mapping[str, str | int]]) -> None:
    """Give each node of `graph` the attributes that `known` has of it."""
    for node in graph:
        graph.nodes[node].update(known.get(node, {"label": node, "iso3": "", "kind": ""}))


def _shared(records: list[Record]) -> dict[tuple[str, str], set[str]]:
    """Join every pair of actors that share something: pair → what they share, in both directions."""
    members: dict[str, set[str]] = defaultdict(set)
    for record in records:
        members[record.topic].add(record.source)
    pairs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for through, actors in members.items():
        for left, right in combinations(sorted(actors), 2):
            pairs[left, right].add(through)
    return {pair: through for (a, b), through in pairs.items() for pair in ((a, b), (b, a))}


def _directed(records: list[Record]) -> dict[tuple[str, str], set[str]]:
    """Join as the rows read: pair → the rows behind it."""
    pairs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for record in records:
        pairs[record.source, record.target].add(record.row.partition("/")[2])
    return dict(pairs)
