"""The TOML file of a kind of dataset becomes its mapping: what it looks like, on what terms it is given, and which column goes where."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from comity.errors import InputError

KINDS = ("csv", "desta", "dpa", "epoch", "ideal-points", "stri", "taped", "unctad", "wikidata")


@dataclass(frozen=True)
class Cell:
    """Where a cell of ours comes from: a column of theirs, whether it names actors that must be found, and what parts several of them."""

    column: str
    match: bool = False
    split: str = ""


@dataclass(frozen=True)
class Mapping:
    """How one kind of dataset is read. `columns` are patterns of column names; `cells` are by our columns.

    `shape` says what a row of theirs is: a row of one of our tables (`rows`), a treaty with dates and parties (`treaties`), a state
    with a law or none on each of several subjects (`laws`), or a number about a state (`values`); `parts` is what that shape asks for.
    `encoding` is the one that the dataset is published in where that is not UTF-8; files of others in it are refused.
    """

    kind: str
    title: str
    licence: str
    edition: str
    shape: str = "rows"
    table: str = ""
    delimiter: str = ","
    encoding: str = ""
    classes: tuple[str, ...] = ()
    key: str = ""
    columns: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    blank: tuple[str, ...] = ("",)
    cells: dict[str, Cell] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    topics: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)

    def check(self, header: Sequence[str], place: str) -> None:
        """Raise `InputError` if `header` is not that of this kind."""
        missing = [name for name in self.required if name not in header]
        if missing:
            raise InputError(f"{place}: has no column {missing[0]}, so it is no {self.title}; see comity import {self.kind} --mapping")
        known = re.compile("|".join(self.columns))
        unknown = [name for name in header if not known.fullmatch(name)]
        if unknown:
            raise InputError(f"{place}: column {unknown[0] or '(no name)'} is unknown: another edition than {self.edition}; remove it or give that edition")

    def value(self, row: Table[str, str], part: str) -> str:
        """Return the cell of the column that `part` names, empty if their word for it is that for nothing."""
        found = row.get(self.parts.get(part, ""), "")
        return "" if found in self.blank else found

    def lines(self) -> list[tuple[str, str]]:
        """Return what becomes what: pairs of their column and its place with us."""
        cells = [(cell.column, f"{self.table}.{name}" + (" (names of actors)" if cell.match else "")) for name, cell in self.cells.items()]
        parts = [(column, part) for part, column in self.parts.items()]
        types = [(f"type {theirs}", ours or "left out") for theirs, ours in self.types.items()]
        return [*cells, *parts, *types, *((column, f"instruments.topic_codes: {topic}") for column, topic in self.topics.items())]

    def shown(self) -> str:
        """Return the mapping as lines for people."""
        lines = [f"  {theirs} -> {ours}" for theirs, ours in self.lines()] or ["  columns as in our table of the file's name"]
        return "\n".join([self.title, f"edition: {self.edition}", f"licence: {self.licence}", *lines])


def mapping(kind: str) -> Mapping:
    """Return the mapping of `kind`. Raises `InputError` if there is none."""
    if kind not in KINDS:
        raise InputError(f"{kind}: no such kind of dataset; use one of {', '.join(KINDS)}")
    held: dict[str, Any] = tomllib.loads((files("comity.importers") / f"{kind}.toml").read_text(encoding="utf-8"))
    cells = {name: Cell(**cell) for name, cell in held.pop("cells", {}).items()}
    rest: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in held.items()}
    return Mapping(**rest, kind=kind, cells=cells)
