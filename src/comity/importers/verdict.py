"""What was found out about a row of theirs becomes a line of the review; ids for new rows are made here, each once."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from comity.matching import fold


@dataclass(frozen=True)
class Finding:
    """One row of theirs: the verdict on it and the rows of ours that it would become, as pairs of table and cells."""

    row: int
    id: str
    verdict: str
    rows: tuple[tuple[str, dict[str, str]], ...] = ()
    differs: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    why: str = ""

    def cells(self) -> dict[str, str]:
        """Return the line of the review; several values of a cell are parted by semicolons."""
        several = {name: ";".join(getattr(self, name)) for name in ("differs", "matched", "unmatched", "candidates")}
        return {"row": str(self.row), "id": self.id, "verdict": self.verdict, "why": self.why, **several}


class Slugs:
    """Ids for new rows: never one that ours hold, and never one twice."""

    def __init__(self, held: Container[str]) -> None:
        self._held = held
        self._given: set[str] = set()

    def make(self, name: str) -> str:
        """Return an id made from `name`, with a number behind it if it is taken; a name without Latin letters becomes `row`."""
        plain = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-") or "row"
        made, count = plain, 1
        while made in self._held or made in self._given:
            count += 1
            made = f"{plain}-{count}"
        self._given.add(made)
        return made
