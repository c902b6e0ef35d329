"""What the made-up world is drawn from and written to: chance, ids, and the tables of a folder.

Only `Random.random` is drawn from, whose sequence Python promises to keep.
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import json
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comity.settings import layout
from comity.tables import METADATA

STATES = 200
MILLION = 1_000_000
FIXED, PER_STATE, PER_UNIT = 3_500, 296, 453
FIRST, LAST = datetime.date(1995, 1, 1), datetime.date(2023, 12, 31)
RECORDED = datetime.date(2024, 1, 1), datetime.date(2025, 6, 30)
RETRACTED = datetime.date(2025, 7, 1), datetime.date(2025, 12, 1)
KINDS = ("official", "official", "official", "treaty-depositary", "secondary")
GRADES = {"official": "official", "treaty-depositary": "official", "secondary": "secondary"}


@dataclass(frozen=True)
class Size:
    """How many things of each kind a world of a wanted number of quads has."""

    states: int
    units: int

    @classmethod
    def of(cls, quads: int) -> Size:
        """Return the size of a world of about `quads` quads, ontology and derived statements included."""
        states = max(12, min(quads // 2000, STATES), quads * STATES // MILLION if quads > MILLION else 0)
        return cls(states, max(20, (quads - FIXED - states * PER_STATE) // PER_UNIT))

    @property
    def firms(self) -> int:
        """Firms that make or offer generative AI."""
        return self.units // 3

    @property
    def models(self) -> int:
        """Models, and services, one for two firms."""
        return self.firms // 2

    @property
    def sources(self) -> int:
        """Pages that rows were read on."""
        return self.units


class Chance:
    """Draws of one seed: evenly, by popularity, and days of the calendar."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed).random

    def hits(self, share: float) -> bool:
        """Say yes in `share` of all cases."""
        return self.random() < share

    def below(self, limit: int) -> int:
        """Return a number from 0 to `limit` - 1, each as often."""
        return int(self.random() * limit)

    def popular(self, limit: int) -> int:
        """Return a number from 1 to `limit`, k about 1/k as often as 1 (Zipf)."""
        return int((limit + 1) ** self.random())

    def one(self, options: Sequence[str]) -> str:
        """Return one of `options`."""
        return options[self.below(len(options))]

    def some(self, options: Sequence[str], most: int) -> list[str]:
        """Return one to `most` of `options`, sorted."""
        return sorted({self.one(options) for _ in range(1 + self.below(most))})

    def populars(self, limit: int, count: int) -> list[int]:
        """Return up to `count` different popular numbers, sorted."""
        return sorted({self.popular(limit) for _ in range(count)})

    def day(self, first: datetime.date, last: datetime.date) -> datetime.date:
        """Return a day from `first` to `last`."""
        return first + datetime.timedelta(self.below((last - first).days + 1))

    def written(self, day: datetime.date) -> str:
        """Return `day` as a source gives it: mostly whole, at times the month or the year alone."""
        draw = self.random()
        return day.isoformat()[: 10 if draw < 0.82 else 7 if draw < 0.94 else 4]


class Tables:
    """The open CSV files of a folder; rows arrive in the order of their ids."""

    def __init__(self, folder: Path, stack: contextlib.ExitStack) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        source = layout().tables / METADATA
        shutil.copy(source, folder)
        self._writers: dict[str, Any] = {}
        self._last: dict[str, str] = {}
        for table in json.loads(source.read_text(encoding="utf-8"))["tables"]:
            header = [c["name"] for c in table["tableSchema"]["columns"] if not c.get("virtual")]
            file = stack.enter_context((folder / table["url"]).open("w", encoding="utf-8", newline=""))
            writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
            writer.writeheader()
            self._writers[table["url"].removesuffix(".csv")] = writer

    def add(self, table: str, identifier: str, cells: dict[str, Any]) -> None:
        """Write one row."""
        assert self._last.get(table, "") < identifier, f"{table}: {identifier} out of order"
        self._last[table] = identifier
        self._writers[table].writerow({"id": identifier, **cells})


@dataclass
class World:
    """What the parts of the generator share."""

    size: Size
    chance: Chance
    tables: Tables

    def add(self, table: str, identifier: str, **cells: Any) -> None:
        """Write one row with the page that it was read on."""
        if self.chance.hits(0.05):
            page = {"source_id": "source-own", "evidence_grade": "recalled"}
        else:
            number = self.chance.popular(self.size.sources)
            page = {"source_id": key("source", number), "locator": f"Art. {1 + self.chance.below(60)}", "evidence_grade": GRADES[kind_of(number)]}
        self.tables.add(table, identifier, {"recorded_on": self.chance.day(*RECORDED).isoformat(), **page, **cells})

    def add_corrected(self, table: str, identifier: str, wrong: dict[str, str], **cells: Any) -> None:
        """Write one row; at times one that was misread, its retraction and the right one."""
        if not self.chance.hits(0.04):
            return self.add(table, identifier, **cells)
        day = self.chance.day(*RETRACTED).isoformat()
        self.add(table, identifier, **{**cells, **wrong}, retracted_on=day)
        return self.add(table, f"{identifier}-2", **cells, recorded_on=day)

    def state(self) -> str:
        """Return the id of a state, popular ones more often."""
        return key("state", self.chance.popular(self.size.states))

    def firm(self) -> str:
        """Return the id of a firm, popular ones more often."""
        return key("firm", self.chance.popular(self.size.firms))

    def period(self, first: datetime.date = FIRST, last: datetime.date = LAST, ended: float = 0.15) -> dict[str, str]:
        """Return a half-open period that starts between two days; a share of `ended` has an end, a year after at least."""
        start = self.chance.day(first, last)
        cells = {"valid_from": self.chance.written(start)}
        if self.chance.hits(ended):
            cells["valid_until"] = self.chance.written(start + datetime.timedelta(731 + self.chance.below(2000)))
        return cells


def kind_of(source: int) -> str:
    """Return the kind of the source of that number."""
    return KINDS[source % len(KINDS)]


def key(kind: str, number: int) -> str:
    """Return the id of the thing of that kind and number; ids sort as their numbers do."""
    return f"{kind}-{number:07}"
