"""Two stores become the lines that came and went, and these the things that were entered, changed or gone.

A thing is a subject in an asserted graph; what rules derived is only counted, as it follows from the rows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from comity.errors import InputError
from comity.graph import Graph
from comity.graph import open as open_graph
from comity.lines import Change, listed
from comity.names import dataset_version
from comity.queries import moment
from comity.store import EmbeddedStore
from comity.views import look
from comity.vocabulary import DATASET_GRAPH, GRAPH, INFERRED

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|today|latest")
_LABELS = tuple(f"<{iri}>".encode() for iri in (
    "http://www.w3.org/2000/01/rdf-schema#label", "http://www.w3.org/2004/02/skos/core#prefLabel", "http://purl.org/dc/terms/title"))


@dataclass(frozen=True)
class Side:
    """One of the two states: what it is called, and its graph, embedded here."""

    name: str
    graph: Graph

    @property
    def store(self) -> EmbeddedStore:
        """The engine's store."""
        assert isinstance(self.graph.store, EmbeddedStore)
        return self.graph.store


@dataclass(frozen=True, order=True)
class Edit:
    """The values of one property, in N-Triples form, that went and that came."""

    property: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, order=True)
class ThingChange:
    """One thing that was `entered`, `changed` or is `gone`, with its table and every value that differs."""

    table: str
    iri: str
    label: str
    kind: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Difference:
    """What differs between two states: lines by named graph, things by table, and how many derived lines came and went by rule."""

    before: str
    after: str
    change: Change
    things: tuple[ThingChange, ...]
    derived: dict[str, tuple[int, int]]


def sides(before: str, after: str, *, clock: str = "known_on") -> tuple[Side, Side]:
    """Return the two states that are named: each a build folder, a dump, or a day of the built graph on the record clock, or with `as_of` the other.

    Raises `InputError` for what is no such thing, `StoreError` for a graph that cannot be opened.
    """
    whole = open_graph(memory=True) if any(_DAY.fullmatch(source) for source in (before, after)) else None
    old, new = (_opened(source) if whole is None or not _DAY.fullmatch(source) else on_day(whole, source, clock=clock) for source in (before, after))
    return old, new


def _opened(source: str) -> Side:
    if "://" in source:
        raise InputError(f"{source}: only builds, dumps and days are compared; download a dump of that server first, from its /dumps/")
    graph = open_graph(Path(source), memory=True)
    name, version = Path(source).name, dataset_version(graph.store)
    return Side(name if name == version else f"{name} ({version})", graph)


def on_day(whole: Graph, day: str, *, clock: str = "known_on") -> Side:
    """Return the state of a graph on a day of one clock."""
    at = moment(whole.store, *((day, None) if clock == "as_of" else (None, day)))
    assert at is not None
    assert isinstance(whole.store, EmbeddedStore)
    words = "as it held on" if clock == "as_of" else "as known on"
    seen = EmbeddedStore(look(whole.store.store, at), whole.store.prefixes)
    return Side(f"{words} {at.as_of or at.known_on}", Graph(seen, whole.layout))


def difference(before: Side, after: Side) -> Difference:
    """Compare two states, graph by graph; the description of the dataset itself is left out, as it always differs."""
    change = Change()
    old, new = before.store.store, after.store.store
    for graph in sorted({*before.store.names(), *after.store.names()} - {DATASET_GRAPH.value}):
        change.compare(graph, listed(old, graph), listed(new, graph))
    touched = [g for g in change.added if change.added[g] or change.removed[g]]
    derived = {g.removeprefix(INFERRED): (len(change.added[g]), len(change.removed[g])) for g in touched if g.startswith(INFERRED)}
    things = [thing for g in touched if not g.startswith(INFERRED) for thing in _things(g, change, old, new)]
    return Difference(before.name, after.name, change, tuple(sorted(things)), derived)


def _things(graph: str, change: Change, old: ox.Store, new: ox.Store) -> list[ThingChange]:
    came, went = _by_subject(change.added[graph]), _by_subject(change.removed[graph])
    return [_thing(graph, subject, (went.get(subject, {}), came.get(subject, {})), (old, new)) for subject in sorted({*came, *went})]


def _thing(graph: str, subject: bytes, edits: tuple[dict[bytes, list[str]], dict[bytes, list[str]]], stores: tuple[ox.Store, ox.Store]) -> ThingChange:
    went, came = edits
    node = ox.NamedNode(subject[1:-1].decode())
    stood, stands = (any(True for _ in store.quads_for_pattern(node, None, None, ox.NamedNode(graph))) for store in stores)
    kind = "changed" if stood and stands else "entered" if stands else "gone"
    changed = tuple(Edit(p[1:-1].decode(), tuple(sorted(went.get(p, ()))), tuple(sorted(came.get(p, ())))) for p in sorted({*went, *came}))
    return ThingChange(graph.removeprefix(GRAPH), node.value, _label(node, (stores[1], stores[0])), kind, changed)


def _label(node: ox.NamedNode, stores: Iterable[ox.Store]) -> str:
    """Return the name of a thing in the first store that has one, English before others; of a row that has none, its id."""
    for store in stores:
        found = [q.object for p in _LABELS for q in store.quads_for_pattern(node, ox.NamedNode(p[1:-1].decode()), None)]
        texts = sorted((o.language not in ("en", None), o.value) for o in found if isinstance(o, ox.Literal))
        if texts:
            return texts[0][1]
    return "/".join(node.value.rsplit("/", 2)[-2:])


def _by_subject(lines: Iterable[bytes]) -> dict[bytes, dict[bytes, list[str]]]:
    found: dict[bytes, dict[bytes, list[str]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        subject, predicate, rest = line.split(b" ", 2)
        found[subject][predicate].append(rest[:-3].decode())
    return found
