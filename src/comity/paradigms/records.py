"""What bears on paradigms becomes records: rules, supervisions, access, ties and the lines of the decision tables, each with its days."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from comity.errors import InputError

PERSONAL = "personal-data"
#: transfer default, localisation and mechanisms of one coding
Codes = tuple[str, str | None, frozenset[str]]


@dataclass(frozen=True)
class Row:
    """One row that holds from `start` until `end` (half-open): its `id` (kind/slug), whose it is, and where it was read.

    `dated` is False where the first day is not recorded.
    """

    id: str
    jurisdiction: str
    start: datetime.date
    end: datetime.date
    source: str = ""
    locator: str = ""
    grade: str = ""
    dated: bool = True

    def holds(self, day: datetime.date) -> bool:
        """Say whether the row certainly holds on `day`."""
        return self.start <= day < self.end


@dataclass(frozen=True)
class Rule(Row):
    """A transfer rule as coded; `localisation` is None where it was not settled."""

    default: str = ""
    localisation: str | None = None
    mechanisms: frozenset[str] = frozenset()
    category: str = PERSONAL
    document: str | None = None


@dataclass(frozen=True)
class Supervision(Row):
    """Who supervises the data-protection law, how far the law reaches and how independent the body is."""

    coverage: str = ""
    independence: str = ""


@dataclass(frozen=True)
class Access(Row):
    """A way in which authorities reach data."""

    kind: str = ""


@dataclass(frozen=True)
class Tie(Row):
    """The union of which the jurisdiction is a member, or an agreement whose hard duty to allow flows binds it."""

    other: str = ""


@dataclass(frozen=True)
class Published(Row):
    """A label that a named source gives the jurisdiction."""

    scheme: str = ""
    paradigm: str = ""
    label: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a decision table. Empty sets do not ask; see `decision_rules.csv`."""

    id: str
    scheme: str
    position: int
    paradigm: str
    label: str
    summary: str
    defaults: frozenset[str]
    localisations: frozenset[str] = frozenset()
    mechanisms: frozenset[str] = frozenset()
    coverages: frozenset[str] = frozenset()
    independences: frozenset[str] = frozenset()
    accesses: frozenset[str] = frozenset()
    source: str = ""
    grade: str = ""


@dataclass(frozen=True)
class Records:
    """All that the classifier needs, as known on one day.

    Attributes: `known_on`; `lines`, scheme → its lines in order; `rules`, `supervisions`, `accesses`, `members`, `commitments`,
    jurisdiction → rows in order of their ids; `absences`, jurisdiction → rows that say that no data-protection law was found;
    `published`, jurisdiction → labels by others; `second`, first and second coding of the rules that were coded twice; `names` and
    `regions`, jurisdiction → English name and M49 region; `unions`, the jurisdictions that are unions of states.
    """

    known_on: datetime.date
    lines: dict[str, tuple[Line, ...]]
    rules: dict[str, tuple[Rule, ...]]
    supervisions: dict[str, tuple[Supervision, ...]] = field(default_factory=dict)
    accesses: dict[str, tuple[Access, ...]] = field(default_factory=dict)
    members: dict[str, tuple[Tie, ...]] = field(default_factory=dict)
    commitments: dict[str, tuple[Tie, ...]] = field(default_factory=dict)
    absences: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    published: dict[str, tuple[Published, ...]] = field(default_factory=dict)
    second: tuple[tuple[Codes, Codes], ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)
    unions: frozenset[str] = frozenset()

    def scheme(self, name: str) -> tuple[Line, ...]:
        """Return the lines of a scheme by its name. Raises `InputError` if there is none."""
        if name not in self.lines:
            raise InputError(f"no scheme is called {name}; decision tables are there for {', '.join(sorted(self.lines)) or 'none'}")
        return self.lines[name]

    def schemes(self, names: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the schemes of these names, all by default. Raises `InputError` for an unknown one, and if no table was known on the day."""
        if not self.lines:
            raise InputError(f"no decision table was known on {self.known_on}; ask for a later day of the record clock")
        for name in names:
            self.scheme(name)
        return tuple(names) or tuple(self.lines)

    def jurisdictions(self) -> tuple[str, ...]:
        """Return all that have a transfer rule of their own or through a union, on any day, by id."""
        through = {j for j, ties in self.members.items() if any(t.other in self.rules for t in ties)}
        return tuple(sorted({*self.rules, *through}))
