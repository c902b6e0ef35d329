"""A built graph and a plan become the slice, the scores and the intervals that every table of the methods page rests on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import networkx as nx
import numpy as np
import numpy.typing as npt

from comity.errors import InputError
from comity.graph import Graph
from comity.names import dataset_version, newest
from comity.network.composite import ALIGNMENT, RIVALRY
from comity.network.intervals import DRAWS
from comity.network.matrix import Array
from comity.network.project import Reader, project, simple
from comity.network.records import Slice
from comity.network.scores import Scores, scored
from comity.network.world import LEAST, METHOD, World, world

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Plan:
    """What to compute.

    Attributes: `as_of`, the day of the tables; `compared_on`, the day of the comparison with outside data, which end with 2019;
    `years`, from and to, of the changes; `actors`, the powers, ids or organisations for their members; `draws` and `seed`;
    `ideal_points` and `desta`, the user's own copies of outside data, None to leave the comparison out.
    """

    as_of: str = "2026-01-01"
    compared_on: str = "2019-12-31"
    years: tuple[int, int] = (2015, 2026)
    actors: tuple[str, ...] = ("g20", "CHE", "NZL", "SGP")
    draws: int = DRAWS
    seed: int = 0
    ideal_points: Path | None = None
    desta: Path | None = None

    @property
    def fewer(self) -> int:
        """The draws, or orders of actors, where many are asked for in turn."""
        return max(20, self.draws // 5)


class Study:
    """The scores of one slice of `graph`, and how they came about; each is computed once."""

    def __init__(self, graph: Graph, plan: Plan) -> None:
        self.graph = graph
        self.plan = plan
        self.at = Slice(as_of=plan.as_of, known_on=newest(graph.store).isoformat())
        self.version = dataset_version(graph.store)
        self._graphs: dict[str, nx.Graph[str]] = {}

    @cached_property
    def reader(self) -> Reader:
        """The layers of the slice."""
        return Reader(self.graph.store, self.graph.layout.queries, self.at)

    @cached_property
    def scores(self) -> Scores:
        """The scores of the slice with their intervals."""
        return self.scored()

    @property
    def world(self) -> World:
        """The world table of the slice."""
        return self.scores.world

    def scored(self, *, draws: int | None = None, **changes: object) -> Scores:
        """Return the scores of a slice that differs from that of the page as `changes` say."""
        at = replace(self.at, **changes)  # type: ignore[arg-type]
        return scored(self.graph.store, self.graph.layout, at, draws=draws or self.plan.draws, seed=self.plan.seed)

    def world_on(self, day: str) -> World:
        """Return the world table of another day, without intervals."""
        return world(self.graph.store, self.graph.layout.queries, replace(self.at, as_of=day))

    @cached_property
    def powers(self) -> tuple[str, ...]:
        """The ids of the powers. Raises `InputError` if fewer than two of those named have evidence on the day."""
        wanted = set(self.plan.actors)
        members = {r.source for r in self.reader.records("memberships") if r.topic in wanted}
        found = tuple(a for a in self.world.index.actors if a in members | wanted)
        if len(found) < 2:
            raise InputError(f"of {', '.join(self.plan.actors)} fewer than two actors have evidence on {self.reader.at.as_of}; name others with --actors")
        return found

    def layer(self, name: str) -> nx.Graph[str]:
        """Return one layer of the slice as a graph."""
        if name not in self._graphs:
            whole = project(self.graph.store, self.graph.layout.queries, reader=self.reader, layers=(name,))
            self._graphs[name] = simple(whole, self.reader.layers[name])
        return self._graphs[name]

    def feeding(self, *parts: str) -> tuple[str, ...]:
        """Return the names of the layers that feed any of these parts of the scores."""
        return tuple(name for name, layer in sorted(self.reader.layers.items()) if set(parts) & set(layer.parts))

    def origin(self, *names: str, day: str = "", draws: int | None = None, more: str = "") -> str:
        """Return the line under a table: the hash of its queries (layers, or parts of scores), parameters, seed and versions."""
        parts = {"A": ALIGNMENT, "R": RIVALRY}
        asked = {layer for name in names for layer in (self.feeding(*parts.get(name, (name,))) or (name,))}
        at, count = self.reader.at, self.plan.draws if draws is None else draws
        cells = (f"queries {digest(self.reader, asked)}", f"as of {day or at.as_of}", f"known on {at.known_on}", f"stage {at.stage}",
                 "unions as one" if at.unions_as_one else "unions apart", more, f"seed {self.plan.seed}", f"{count:,} draws" if count else "",
                 f"data {self.version}", f"methods {METHOD}")
        return " · ".join(cell for cell in cells if cell)


def digest(reader: Reader, names: set[str]) -> str:
    """Return the first twelve digits of the SHA-256 of the texts of these layers' queries."""
    return hashlib.sha256("\n".join(reader.layers[n].question.text for n in sorted(names)).encode()).hexdigest()[:12]


def pairs(count: int) -> Iterator[tuple[int, int]]:
    """Return the places of all pairs of `count` actors."""
    return ((int(i), int(j)) for i, j in zip(*np.triu_indices(count, 1), strict=True))


def shown(table: World, name: str) -> Mask:
    """Return which scores are shown (n × n, true or false): those that rest on `LEAST` instruments or more."""
    enough: Mask = table.instruments["A" if name.startswith("A") else "R"] >= LEAST
    return enough


def spearman(x: Array, y: Array) -> float:
    """Return Spearman's rank correlation over the cells known in both; NaN for fewer than three, or where one does not vary."""
    from scipy.stats import rankdata

    known = ~(np.isnan(x) | np.isnan(y))
    one, other = rankdata(x[known]), rankdata(y[known])
    if known.sum() < 3 or not one.std() or not other.std():
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])
