"""Rules in force on a day become the strategy that a jurisdiction plays, by the ordered table `strategies.csv` beside this module.

The first line that covers the jurisdiction decides. It asks for the model of its rules on personal data (open, conditional,
control, conflict or none, as `comity.paradigms` finds it in the scheme data-model), for a treaty in force that asks firmly for
free flows of data, and for a rule that shuts in data of another category. Every strategy is our own coding.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from comity.paradigms import CONFLICT, Records
from comity.paradigms import classify as paradigm
from comity.paradigms.classify import rules_on
from comity.paradigms.records import PERSONAL, Rule

SCHEME = "data-model"
#: codes by which a rule shuts data in
SHUT_DEFAULTS, SHUT_LOCALISATIONS = frozenset({"prohibited", "approval"}), frozenset({"local-storage", "local-processing"})


@dataclass(frozen=True)
class Line:
    """One line of the table; an empty `model`, `duty` (yes or no) or `elsewhere` (closed or open) does not ask."""

    position: int
    model: str
    duty: str
    elsewhere: str
    strategy: str
    summary: str


@dataclass(frozen=True)
class Played:
    """What a jurisdiction plays on a day: `strategy`, None where no line covers it; the `line` that decides; `rows`, the ids that bear on it."""

    strategy: str | None
    line: Line | None
    rows: tuple[str, ...]


@cache
def lines() -> tuple[Line, ...]:
    """Return the table that comes with the package, in order."""
    rows = csv.DictReader((files("comity.game") / "strategies.csv").read_text(encoding="utf-8").splitlines())
    found = (Line(int(r["position"]), r["model"], r["duty"], r["elsewhere"], r["strategy"], r["summary"]) for r in rows)
    return tuple(sorted(found, key=lambda line: line.position))


def decide(model: str, duty: bool, shut: bool, table: Sequence[Line]) -> Line | None:
    """Return the first line that covers a model, a duty to let data flow and other data that are shut in; None if none does."""
    words = (model, "yes" if duty else "no", "closed" if shut else "open")
    return next((line for line in table if all(asked in ("", word) for asked, word in zip((line.model, line.duty, line.elsewhere), words, strict=True))), None)


def strategy(records: Records, who: str, day: datetime.date, table: Sequence[Line] | None = None) -> Played:
    """Return what jurisdiction `who` (by id) plays on `day`. Raises `InputError` for what is no jurisdiction."""
    found = paradigm(records, who, SCHEME, day)
    model = found.paradigm or ("conflict" if found.status == CONFLICT else "none")
    duties = [tie for tie in records.commitments.get(who, ()) if tie.holds(day)]
    shut = [rule for category in _others(records) for rule, _ in rules_on(records, who, day, category) if _shuts(rule)]
    line = decide(model, bool(duties), bool(shut), lines() if table is None else table)
    if line is None:
        return Played(None, None, ())
    rows = [row.id for step in found.steps for row in step.rows]
    rows += [tie.id for tie in duties if line.duty] + [rule.id for rule in shut if line.elsewhere]
    return Played(line.strategy, line, tuple(sorted(set(rows))))


def _others(records: Records) -> list[str]:
    return sorted({rule.category for rules in records.rules.values() for rule in rules} - {PERSONAL})


def _shuts(rule: Rule) -> bool:
    return rule.dated and (rule.default in SHUT_DEFAULTS or rule.localisation in SHUT_LOCALISATIONS)
