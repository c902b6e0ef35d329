"""The rows of the queries in `queries/network` become records: who, towards whom or on what, how much, by which instrument and row.

Which relations make a layer or feed a score, and which way they count, is written in each query's header and in
`ontology/scales.ttl`; nothing here knows. The modes of a layer:

    two-mode  ?actor ?through            joins all who share something
    directed  ?from ?to                  joins as it reads
    levels    ?actor ?topic ?level       where an actor stands on a scale from 0 to 1
    signed    ?actor ?topic ?level       which way an actor points, from -1 to 1
    channels  ?actor ?topic ?needs       which ways out the law of an actor provides
    opposed   ?from ?to                  whose rules conflict with whose, in either direction
    neutral   ?actor                     a measure that names no target
    rivals    ?from ?to                  which schemes rival one another
    unions    ?actor ?through            which actors a union stands for

`of: <layer>` in a header says that `?through` stands for the actors that the two-mode layer of that name gives it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from comity.errors import InputError
from comity.queries import Question, ask, day, library
from comity.store import Store
from comity.vocabulary import ID

THEME = "network"
JOINING = ("two-mode", "directed")
MODES = (*JOINING, "levels", "signed", "channels", "opposed", "neutral", "rivals", "unions")
STAGES = ("in-force", "applied", "signed")


@dataclass(frozen=True)
class Slice:
    """Which part of the world to look at.

    Attributes: `as_of`, the day on which relations held; `known_on`, the day on which the rows stood in the graph; `stage`,
    `in-force`, `applied` (also provisionally) or `signed`; `unions_as_one`, whether a union stands for its members;
    `actors`, ids of actors, or of organisations for their members on that day, none for all.
    """

    as_of: str = "today"
    known_on: str = "latest"
    stage: str = "applied"
    unions_as_one: bool = True
    actors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layer:
    """One layer.

    Attributes: its query, its `mode`, its `sign` (1 binds, -1 divides, 0 neither), the `parts` of the scores that it feeds, the
    layer that it is `of`, and the `kind` of what stands behind its ties.
    """

    name: str
    mode: str
    sign: int
    question: Question
    parts: tuple[str, ...] = ()
    of: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Record:
    """One row of a layer.

    Attributes: `source` and `target`, actor ids (`target` empty where the row has one actor alone); `topic`, what it is about
    (for a two-mode layer, what is shared); `value`, the level or direction (1 for a plain tie); `weight`, how much it counts;
    `instrument`, the unit that is drawn in the bootstrap; `row`, the evidence as kind and id (`participation/rcep-JPN`);
    `needs`, whether a channel waits for a decision.
    """

    layer: str
    source: str
    target: str
    topic: str
    value: float
    weight: float
    instrument: str
    row: str
    needs: bool = False


def layers(folder: Path) -> dict[str, Layer]:
    """Return the layers that join actors, by name, as the query library in `folder` declares them. Raises `InputError`."""
    return {name: layer for name, layer in declared(library(folder)).items() if layer.mode in JOINING and layer.sign}


def declared(questions: dict[str, Question]) -> dict[str, Layer]:
    """Return every layer that `questions` declare, also those that feed scores alone. Raises `InputError`."""
    found = {}
    for question in questions.values():
        entry = question.layer if question.theme == THEME else None
        if entry is None:
            continue
        if entry.get("mode") not in MODES or entry.get("sign", 0) not in (1, 0, -1):
            raise InputError(f"{question.path}: a layer needs a mode ({', '.join(MODES)}) and a sign of 1, 0 or -1")
        name = question.name.partition("/")[2]
        found[name] = Layer(name, entry["mode"], entry.get("sign", 0), question, tuple(entry.get("parts", ())), entry.get("of", ""), entry.get("through", ""))
    return found


def settled(store: Store, at: Slice) -> Slice:
    """Return `at` with both days written out. Raises `InputError` for a malformed day or an unknown stage."""
    if at.stage not in STAGES:
        raise InputError(f"no stage is called {at.stage}; use {', '.join(STAGES)}")
    return replace(at, as_of=day(store, "as_of", at.as_of).isoformat(), known_on=day(store, "known_on", at.known_on).isoformat())


def read(store: Store, layer: Layer, at: Slice, available: dict[str, Layer]) -> list[Record]:
    """Return the records of `layer` in the settled slice `at`; `available` holds the layer that it may be `of`."""
    own = {p.name for p in layer.question.parameters}
    asked = {k: v for k, v in (("as_of", at.as_of), ("known_on", at.known_on), ("stage", at.stage)) if k in own}
    rows = ask(store, layer.question, asked).rows
    if not layer.of:
        return [_record(layer, row) for row in rows]
    bound = defaultdict(list)
    for tie in read(store, available[layer.of], at, available):
        bound[tie.topic].append(tie.source)
    return [replace(_record(layer, row), source=actor, instrument=local(row["through"])) for row in rows for actor in bound[local(row["through"])]]


def _record(layer: Layer, row: dict[str, str | None]) -> Record:
    shared, value, weight = local(row.get("through")), row.get("level"), row.get("weight")
    topic = shared if layer.mode in ("two-mode", "unions") else local(row.get("topic"))
    instrument = local(row.get("instrument")) or shared or local(row["row"])
    return Record(layer.name, local(row.get("actor") or row.get("from")), local(row.get("to")), topic, float(value) if value else 1.0,
                  float(weight) if weight else 1.0, instrument, path(row["row"]), row.get("needs") == "true")


def names(store: Store, question: Question) -> dict[str, dict[str, str | int]]:
    """Return label, ISO code, class and, where there are such, the state codes `cow` and `gw` of each actor by id."""
    known: dict[str, dict[str, str | int]] = {}
    for row in ask(store, question, {}).rows:
        codes = {name: int(value) for name in ("cow", "gw") if (value := row[name])}
        known[local(row["actor"])] = {"label": row["label"] or local(row["actor"]), "iso3": row["iso3"] or "", "kind": row["kind"] or "", **codes}
    return known


def path(iri: str | None) -> str:
    """Return what follows the common part of one of our IRIs (`actor/JPN`), other texts as they are."""
    return str(iri or "").removeprefix(ID)


def local(iri: str | None) -> str:
    """Return the last part of one of our IRIs (`JPN`), other texts as they are."""
    return path(iri).partition("/")[2] or str(iri or "")
