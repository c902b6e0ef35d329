"""Rows of the graph that decide on a transfer become typed records, and an answer a record of its bases.

Codes are the last part of their IRIs (`standard-clauses`), things keep their IRIs. Days are whole days: the first on which a
row possibly holds, and the first on which it no longer certainly does.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

OPEN, CONDITIONAL, CLOSED = "open", "conditional", "closed"
STATUSES = (OPEN, CONDITIONAL, CLOSED)
REASONS = ("never-decided", "expired", "invalidated", "out-of-scope", "prohibited", "listed", "not-yet-in-force", "repealed")
#: what stands for a transfer that needs no ground
FREE = "free"
ADEQUACY = "adequacy"
AUTHORITIES = "foreign-authorities"
NOTICE = ("Information from coded rows, not legal advice: the rows simplify the law, may lag behind it, and say nothing of duties "
          "that hold for any processing. Read the sources, and ask a lawyer before you rely on it.")


@dataclass(frozen=True)
class Evidence:
    """A row and where its statement was read."""

    row: str
    source: str
    locator: str
    grade: str


@dataclass(frozen=True)
class Fact:
    """What every dated row has: its IRI, its days and its evidence."""

    row: str
    first: datetime.date
    end: datetime.date
    evidence: Evidence

    def holds(self, day: datetime.date) -> bool:
        """Say whether the row holds on `day`, as far as its dates tell."""
        return self.first <= day < self.end


@dataclass(frozen=True)
class Rule(Fact):
    """A transfer rule; `closure` runs from 0 (free) to 1 (prohibited)."""

    jurisdiction: str
    category: str
    default: str
    closure: float
    recipient: str
    condition: str
    mechanisms: tuple[str, ...]
    instrument: str
    instrument_label: str
    article: str

    @property
    def title(self) -> str:
        """The law and article as people cite them."""
        return ", ".join(part for part in (self.instrument_label, self.article) if part) or self.row.rpartition("/")[2]


@dataclass(frozen=True)
class Threshold(Fact):
    """A quantity from or below which a rule or one of its mechanisms applies."""

    rule: str
    mechanism: str
    category: str
    at_least: int | None
    less_than: int | None
    unit: str
    summary: str


@dataclass(frozen=True)
class Applicability(Fact):
    """For whom a rule, one of its mechanisms or a recognition holds."""

    of: str
    mechanism: str
    effect: str
    trait: str
    category: str
    followed: str
    summary: str


@dataclass(frozen=True)
class Recognition(Fact):
    """A recognition with the ground that it opens."""

    recognised: str
    recognised_label: str
    scheme: str
    opened: str
    scope: str
    decision: str
    decision_label: str


@dataclass(frozen=True)
class Happening:
    """An event in the life of a decision."""

    kind: str
    day: datetime.date
    evidence: Evidence


@dataclass(frozen=True)
class Listing(Fact):
    """An entry of an actor on a list."""

    label: str
    instrument: str
    designator: str


@dataclass(frozen=True)
class Ban:
    """A measure that bars or suspends sending data to an actor."""

    label: str
    kind: str
    jurisdiction: str
    scope: str
    instrument: str
    evidence: Evidence


@dataclass(frozen=True)
class Access:
    """A rule by which authorities reach data, or that keeps data from those of others."""

    kind: str
    category: str
    mechanisms: tuple[str, ...]
    condition: str
    instrument: str
    title: str
    evidence: Evidence


@dataclass(frozen=True)
class Basis:
    """One ground for the transfer: `status` is open, conditional or closed, `reason` says why it is closed."""

    mechanism: str
    label: str
    status: str
    explanation: str
    reason: str = ""
    conditions: tuple[str, ...] = ()
    instrument: str = ""
    title: str = ""
    rule: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Remark:
    """Something beside the bases: a commitment of states, a conflict, a limit on onward transfers, or a rule that may hold as well."""

    kind: str
    label: str
    summary: str
    instrument: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Route:
    """The answer for one transfer; `coded` is False where no rule of the exporter is in the graph for that day."""

    exporter: str
    importer: str
    exporter_label: str
    importer_label: str
    as_of: datetime.date
    known_on: datetime.date
    data: str
    exporter_traits: tuple[str, ...]
    recipient_traits: tuple[str, ...]
    coded: bool
    explanation: str
    rules: tuple[Remark, ...] = ()
    bases: tuple[Basis, ...] = ()
    special: tuple[Remark, ...] = ()
    commitments: tuple[Remark, ...] = ()
    onward: tuple[Remark, ...] = ()
    conflicts: tuple[Remark, ...] = ()
    through: str = ""
    legs: tuple[Route, ...] = field(default=())

    def grounds(self, status: str) -> tuple[str, ...]:
        """Return the mechanisms with `status`, each once, in order."""
        return tuple(dict.fromkeys(b.mechanism for b in self.bases if b.status == status))
