"""The words of a scenario become typed values: its rows as written, and what changed between the world that is and the one imagined."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Final

from comity.vocabulary import CONCEPT, GRAPH

#: the named graph of a scenario is this and its slug
SCENARIO: Final = GRAPH + "scenario/"
#: what stands in place of a grade of evidence, outside the graph's scheme of grades
HYPOTHETICAL: Final = CONCEPT + "scenario/hypothetical"
NOTICE: Final = "A thought experiment on coded rows, not a forecast: what does not follow from a row does not change."


@dataclass(frozen=True)
class Entry:
    """One row of an overlay as written: its table, its filled cells as text, the row of the graph that it stands in place of, and its place."""

    table: str
    cells: dict[str, str]
    replaces: str
    where: str

    @property
    def id(self) -> str:
        """The id of the row."""
        return self.cells.get("id", "")


@dataclass(frozen=True)
class Overlay:
    """A scenario as written.

    Attributes: `slug`, its name; `title`; `as_of`, the what-if day; `summary`, one sentence; `entries`, its rows; `exporters` and
    `recipients`, the places whose routes are compared, those that the rows touch if empty; `data`, the category of data of these
    routes; `home`, where it was read; `reading`, what to make of it.
    """

    slug: str
    title: str
    as_of: datetime.date
    summary: str
    entries: tuple[Entry, ...]
    exporters: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    data: str = "personal-data"
    home: str = ""
    reading: str = ""

    @property
    def graph(self) -> str:
        """The name of its graph."""
        return SCENARIO + self.slug


@dataclass(frozen=True)
class Bond:
    """A participation or membership that holds on the day in one world and not in the other; `change` is `begins` or `ends`."""

    change: str
    actor: str
    whole: str
    status: str
    row: str


@dataclass(frozen=True)
class Way:
    """A legal basis, or a treaty clause, of one transfer whose standing differs; `before` or `after` is empty where it is not there."""

    exporter: str
    recipient: str
    kind: str
    name: str
    before: str
    after: str
    reason: str

    @property
    def change(self) -> str:
        """What happened: `opened`, `closed` or `changed`."""
        rank = {"": 0, "closed": 0, "conditional": 1, "open": 2, "binds": 2}
        then, now = rank[self.before], rank[self.after]
        return "opened" if now > then else "closed" if now < then else "changed"


@dataclass(frozen=True)
class Label:
    """A jurisdiction whose paradigm differs in a scheme; empty where the classifier abstains."""

    jurisdiction: str
    name: str
    scheme: str
    before: str
    after: str


@dataclass(frozen=True)
class Move:
    """One score of a pair in both worlds, with the interval of each and of the difference where draws were made, as numbers or None."""

    source: str
    target: str
    score: str
    before: float | None
    after: float | None
    difference: float | None
    before_interval: tuple[float, float] | None = None
    after_interval: tuple[float, float] | None = None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Shape:
    """The signed network of one world: ties by sign, the exact frustration of two blocs with its proof, blocs and swing by actor."""

    positive: int
    negative: int
    mixed: int
    frustration: float | None
    proven: bool
    balance: float | None
    blocs: dict[str, int]
    swing: dict[str, float]
    ties: dict[tuple[str, str], int]


@dataclass(frozen=True)
class Outcome:
    """What a scenario changes.

    Attributes: `overlay`; `as_of` and `known_on`, the days of both worlds; `version` of the dataset; `rows`, those of the scenario
    and those carried over to a successor; `bonds`, `ways`, `labels`, `moves`, what differs; `pairs`, how many transfers were compared and
    how many left out; `actors`, how many were scored; `before` and `after`, the signed networks; `draws` and `seed`; `seconds`, by stage.
    """

    overlay: Overlay
    as_of: datetime.date
    known_on: datetime.date
    version: str
    rows: tuple[int, int]
    bonds: tuple[Bond, ...]
    ways: tuple[Way, ...]
    pairs: tuple[int, int]
    labels: tuple[Label, ...]
    moves: tuple[Move, ...]
    moved: dict[str, int]
    actors: int
    before: Shape | None
    after: Shape | None
    draws: int
    seed: int
    seconds: dict[str, float]
    names: dict[str, str]

    def about(self) -> dict[str, Any]:
        """Return what the outcome rests on, as plain values."""
        return {"version": self.version, "as_of": self.as_of.isoformat(), "known_on": self.known_on.isoformat(), "draws": self.draws, "seed": self.seed}
