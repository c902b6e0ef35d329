"""The records of one slice become the world table: every part of alignment and rivalry for all pairs of actors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from comity.errors import InputError
from comity.network.cells import Cells, Index, cells
from comity.network.closure import Closure
from comity.network.commitments import Commitments
from comity.network.composite import alignment, rivalry
from comity.network.draws import Draw, observed
from comity.network.matrix import Array
from comity.network.norms import Norms
from comity.network.project import Reader
from comity.network.records import Record, Slice
from comity.network.restriction import Restriction
from comity.network.rules import Rules
from comity.network.schemes import Schemes
from comity.network.ties import Ties
from comity.store import Store

#: version of the methods: changes when the same rows would give another number
METHOD = "1.0"
KINDS = frozenset({"State", "Territory", "SupranationalUnion"})
#: scores that rest on fewer independent instruments are not shown
LEAST = 3


@dataclass(frozen=True)
class World:
    """All parts for the n actors of a slice.

    Attributes: `at`, the slice, days written out; `index`, actors and instruments; `names`, what is known of each actor;
    `records` by part; the parts themselves.
    """

    at: Slice
    index: Index
    names: dict[str, dict[str, str | int]]
    records: dict[str, list[Record]]
    rules: Rules
    commitments: Commitments
    ties: Ties
    restriction: Restriction
    closure: Closure
    norms: Norms
    schemes: Schemes

    def scores(self, draw: Draw | None = None) -> dict[str, Array]:
        """Return A1 to A3, A, R1 to R4 and R by name (n × n each), in a draw or, by default, as observed; NaN where unknown."""
        return self.alignments(draw) | self.rivalries(draw)

    def alignments(self, draw: Draw | None = None) -> dict[str, Array]:
        """Return A1 to A3 and A, as `scores` does."""
        one = draw or observed(len(self.index.instruments))
        parts = {"A1": self.rules.score(one), "A2": self.commitments.score(draw), "A3": self.ties.score(one)}
        return parts | {"A": alignment(parts)}

    def rivalries(self, draw: Draw | None = None) -> dict[str, Array]:
        """Return R1 to R4 and R, as `scores` does."""
        one = draw or observed(len(self.index.instruments))
        parts = {"R1": self.restriction.score(one), "R2": self._closure, "R3": self.norms.score(one), "R4": self.schemes.score(one)}
        return parts | {"R": rivalry(parts)}

    @cached_property
    def _closure(self) -> Array:
        return self.closure.score()

    @cached_property
    def instruments(self) -> dict[str, Array]:
        """The number of independent instruments behind A (symmetric) and R (from row to column) of each pair (n × n each).

        `aimed` counts those by which either stands against the other, once each (symmetric), without laws and measures that treat all
        others alike: acts, stances that clash, conflicts that sources state, rival schemes.
        """
        count = len(self.index.instruments)
        coded = self.rules.cells.behind(count)
        joined = np.zeros((len(self.index.actors), count))
        for k, place in enumerate(self.commitments.instruments.astype(int)):
            joined[:, place] = np.maximum(joined[:, place], self.commitments.held[:, k])
        compared = ~np.isnan(self.rules.score(observed(count)))
        either = coded.sum(axis=1)[:, None] + coded.sum(axis=1) - coded @ coded.T
        beyond = joined * (1 - coded)
        alike = np.where(compared, either + beyond @ beyond.T, joined @ joined.T)
        acts, shared = self._acts(), self.norms.opposed() + self.schemes.opposed()
        mine, both = ({pair: len(found) for pair, found in sets.items()} for sets in (acts, _either(acts)))
        return {"A": alike + self._granted(), "aimed": shared + self._table(both), "R": shared + self._table(mine) + self._general()}

    def _granted(self) -> Array:
        """Return the number of recognitions between two actors, in both directions."""
        total = np.zeros((len(self.index.actors),) * 2)
        for source, target in {(int(a), int(b)) for a, b, _, _ in self.ties.grants}:
            total[source, target] += 1
            total[target, source] += 1
        return total

    def _acts(self) -> dict[tuple[int, int], set[int]]:
        """Return the instruments by which the first of two stands against the second: acts, and conflicts that sources state (both ways)."""
        sets: dict[tuple[int, int], set[int]] = defaultdict(set)
        for source, target, _, instrument in self.restriction.acts:
            sets[int(source), int(target)].add(int(instrument))
        for left, right, _, instrument in self.norms.stated:
            sets[int(left), int(right)].add(int(instrument))
            sets[int(right), int(left)].add(int(instrument))
        return sets

    def _table(self, counts: Mapping[tuple[int, int], int]) -> Array:
        table = np.zeros((len(self.index.actors),) * 2)
        for pair, number in counts.items():
            table[pair] = number
        return table

    def _general(self) -> Array:
        """Return the number of laws on transfers and of measures without a target of the row, and of its decisions for the column."""
        own = {(r.source, r.instrument) for part in ("R1", "R2") for r in self.records[part] if not r.target}
        places, total = self.index.places, (self.closure.opened > 0).astype(float)
        for name, _ in own:
            total[places[name]] += 1
        return np.asarray(total)


def world(store: Store, folder: Path, at: Slice | None = None, *, reader: Reader | None = None) -> World:
    """Return the world table of one slice: `store`, the graph; `folder`, the query library.

    Raises `InputError` for a slice without any evidence, an unknown actor or stage, or a malformed day.
    """
    reader = reader or Reader(store, folder, at or Slice())
    names = reader.names()
    by_part: dict[str, list[Record]] = defaultdict(list)
    modes = {layer.name: layer.mode for layer in reader.layers.values()}
    for layer in reader.layers.values():
        for part in layer.parts:
            found = reader.records(layer.name)
            by_part[part] += found if layer.mode == "rivals" else [r for r in found if _is_power(r, names)]
    if not any(modes[r.layer] == "rivals" for r in by_part["R4"]):
        by_part["R4"] = []  # who joined what says nothing where nothing rivals it
    every = [r for records in by_part.values() for r in records if modes[r.layer] != "rivals"]
    if len({r.source for r in every}) < 2:
        raise InputError(f"no two actors have evidence on {reader.at.as_of}; choose a later day, or other actors")
    instruments = {r.instrument for records in by_part.values() for r in records}
    index = Index(tuple(sorted({a for r in every for a in (r.source, r.target) if a})), tuple(sorted(instruments)))
    return _assembled(reader, index, names, by_part, lambda record, *wanted: modes[record.layer] in wanted)


def _is_power(record: Record, names: Mapping[str, Mapping[str, str | int]]) -> bool:
    """Return whether the ends of a record are states, territories or unions."""
    return all(names.get(actor, {}).get("kind") in KINDS for actor in (record.source, record.target) if actor)


def _either(sets: Mapping[tuple[int, int], set[int]]) -> dict[tuple[int, int], set[int]]:
    """Return the instruments of each pair whichever way they run, under both orders."""
    return {(a, b): found | sets.get((j, i), set()) for (i, j), found in sets.items() for a, b in ((i, j), (j, i))}


def _assembled(
    reader: Reader, index: Index, names: dict[str, dict[str, str | int]], parts: dict[str, list[Record]], is_mode: Callable[..., bool]
) -> World:
    places, instruments = index.places, index.instrument_places

    def acts(part: str, mode: str) -> Array:
        found = [(places[r.source], places.get(r.target, -1), r.weight, instruments[r.instrument]) for r in parts[part] if is_mode(r, mode)]
        return np.array(found, dtype=float).reshape(-1, 4)

    held, things, _ = _held(parts["A2"], index)
    tied, bonds, strength = _held([r for r in parts["A3"] if is_mode(r, "two-mode")], index)
    return World(
        reader.at, index, names, dict(parts), Rules(cells(parts["A1"], index)),
        Commitments(held, things, np.array([instruments[t] for t in things], dtype=float)),
        Ties(tied, strength, np.array([instruments[t] for t in bonds], dtype=float), acts("A3", "directed")),
        Restriction(len(index.actors), acts("R1", "directed"), acts("R1", "neutral")), _closure(parts["R2"], index, acts("R2", "directed"), is_mode),
        Norms(_stances([r for r in parts["R3"] if is_mode(r, "signed")], index), _stated([r for r in parts["R3"] if is_mode(r, "opposed")], index)),
        _schemes(parts["R4"], index, is_mode))


def _held(records: list[Record], index: Index) -> tuple[Array, tuple[str, ...], Array]:
    """Return who holds what (n × m), the things, and the weight of each; what one actor alone or nobody holds is left out."""
    holders: dict[str, set[str]] = defaultdict(set)
    weight: dict[str, float] = defaultdict(float)
    for record in records:
        holders[record.topic].add(record.source)
        weight[record.topic] = max(weight[record.topic], record.weight)
    things = tuple(sorted(t for t, who in holders.items() if len(who) > 1))
    table = np.zeros((len(index.actors), len(things)))
    for k, thing in enumerate(things):
        table[[index.places[a] for a in holders[thing]], k] = 1.0
    return table, things, np.array([weight[t] for t in things])


def _stances(records: list[Record], index: Index) -> Cells:
    return cells(records, index, mean=True)


def _stated(records: list[Record], index: Index) -> Array:
    """Return each pair of rules that sources set against each other once, with the mean of what they say."""
    groups: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for record in records:
        groups[record.source, record.target, record.topic].append(record)
    places, instruments = index.places, index.instrument_places
    found = [(places[s], places[t], float(np.mean([r.weight for r in rs])), instruments[rs[0].instrument]) for (s, t, _), rs in groups.items()]
    return np.array(found, dtype=float).reshape(-1, 4)


def _closure(records: list[Record], index: Index, openings: Array, is_mode: Callable[..., bool]) -> Closure:
    n = len(index.actors)
    ways: dict[int, set[tuple[str, bool]]] = defaultdict(set)
    bare = np.full(n, np.nan)
    for record in (r for r in records if is_mode(r, "channels")):
        place = index.places[record.source]
        if record.topic:
            ways[place].add((record.topic, record.needs))
        else:
            # a rule that asks for grounds and of which no way is coded says nothing of how open it is
            bare[place] = np.fmax(bare[place], {0.0: 0.0, 0.25: 0.0, 1.0: 1.0}.get(record.value, np.nan))
    free, waiting = np.zeros(n), np.zeros(n)
    for place, found in ways.items():
        free[place], waiting[place] = sum(not needs for _, needs in found), sum(needs for _, needs in found)
    opened = np.zeros((n, n))
    for source, target in openings[:, :2].astype(int):
        opened[source, target] = 1.0
    return Closure(free, waiting, bare, opened)


def _schemes(records: list[Record], index: Index, is_mode: Callable[..., bool]) -> Schemes:
    rivals = _paired([r for r in records if is_mode(r, "rivals")])
    names = sorted({end for pair in rivals for end in pair})
    held = np.zeros((len(index.actors), len(names)))
    for record in (r for r in records if is_mode(r, "two-mode") and r.topic in names):
        held[index.places[record.source], names.index(record.topic)] = 1.0
    found = [(names.index(a), names.index(b), weight, index.instrument_places[instrument]) for (a, b), (weight, instrument) in rivals.items()]
    return Schemes(held, np.array(found, dtype=float).reshape(-1, 4))


def _paired(records: list[Record]) -> dict[tuple[str, str], tuple[float, str]]:
    """Return the mean of what sources say of each pair of schemes, with the instrument of the first of them."""
    groups: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in records:
        groups[min(record.source, record.target), max(record.source, record.target)].append(record)
    return {pair: (float(np.mean([r.weight for r in found])), found[0].instrument) for pair, found in sorted(groups.items())}
