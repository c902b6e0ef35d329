"""Records about topics become a table of actors by topics, each cell with its value, its weight, its instrument and its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from comity.network.matrix import Array
from comity.network.records import Record


@dataclass(frozen=True)
class Index:
    """The actors and instruments of a world, in order, with their places."""

    actors: tuple[str, ...]
    instruments: tuple[str, ...]

    @property
    def places(self) -> dict[str, int]:
        """Return the place of each actor."""
        return {name: k for k, name in enumerate(self.actors)}

    @property
    def instrument_places(self) -> dict[str, int]:
        """Return the place of each instrument."""
        return {name: k for k, name in enumerate(self.instruments)}


@dataclass(frozen=True)
class Cells:
    """A table of n actors by m topics.

    Attributes: `topics`; `values` (n × m), NaN where unknown; `weights` (n × m), 0 where unknown; `instruments` (n × m), the
    place of the instrument behind the cell, -1 where unknown; `records`, those of each cell by (actor, topic).
    """

    topics: tuple[str, ...]
    values: Array
    weights: Array
    instruments: npt.NDArray[np.intp]
    records: Mapping[tuple[int, int], tuple[Record, ...]]

    def spread(self, draw: Array) -> Array:
        """Return what each cell's instrument counts in a draw (n × m), 0 where unknown: its root, as a pair multiplies two cells."""
        return np.where(self.instruments >= 0, np.sqrt(draw)[self.instruments], 0.0)

    def behind(self, instruments: int) -> Array:
        """Return 1 where an actor has a cell that rests on an instrument (n × I)."""
        table = np.zeros((len(self.values), instruments))
        rows, columns = np.nonzero(self.instruments >= 0)
        table[rows, self.instruments[rows, columns]] = 1.0
        return table


def cells(records: Iterable[Record], index: Index, *, mean: bool = False) -> Cells:
    """Return the table of `records`.

    Where several records speak of one cell, the one farthest from 0 counts (of equals the higher), the strongest duty or the
    strictest rule; with `mean`, the mean weighted by their weights, to the nearest quarter, with their largest weight, as for
    stances that pull both ways. A cell rests on the instrument of its strongest record.
    """
    places, instruments = index.places, index.instrument_places
    groups: dict[tuple[int, str], list[Record]] = defaultdict(list)
    for record in records:
        groups[places[record.source], record.topic].append(record)
    topics = tuple(sorted({topic for _, topic in groups}))
    column = {topic: k for k, topic in enumerate(topics)}
    shape = (len(index.actors), len(topics))
    values, weights, behind = np.full(shape, np.nan), np.zeros(shape), np.full(shape, -1, dtype=np.intp)
    kept = {}
    for (actor, topic), found in groups.items():
        found = sorted(found, key=lambda r: (-abs(r.value), -r.value, r.row))
        place = actor, column[topic]
        values[place] = _mean(found) if mean else found[0].value
        weights[place] = max(r.weight for r in found) if mean else found[0].weight
        behind[place] = instruments[found[0].instrument]
        kept[place] = tuple(found)
    return Cells(topics, values, weights, behind, kept)


def _mean(records: list[Record]) -> float:
    total = sum(r.weight for r in records)
    return round(4 * sum(r.weight * r.value for r in records) / total) / 4 if total else 0.0
