"""Days become counts: how many jurisdictions, states and territories, fall under each paradigm of a scheme at the end of each year or in each region.

A union is counted through its members, never beside them.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from comity.errors import InputError
from comity.paradigms.classify import Classification, classify
from comity.paradigms.records import Records

FIRST, LAST = 1970, 9998


@dataclass(frozen=True)
class Tally:
    """Counts of one slice (a year, a region): `paradigms`, paradigm → jurisdictions; `abstains`, those with a rule and no label, conflicts included."""

    slice: str
    paradigms: dict[str, int]
    abstains: int

    @property
    def labelled(self) -> int:
        """How many have a label."""
        return sum(self.paradigms.values())

    def share(self, paradigm: str) -> float | None:
        """Return the share of a paradigm among those with a label, None if there are none."""
        return self.paradigms.get(paradigm, 0) / self.labelled if self.labelled else None


def everywhere(records: Records, scheme: str, as_of: datetime.date) -> tuple[Classification, ...]:
    """Classify all states and territories that have a transfer rule on some day, by id."""
    return tuple(classify(records, who, scheme, as_of) for who in records.jurisdictions() if who not in records.unions)


def labels(found: Iterable[Classification]) -> dict[str, str]:
    """Return subject → paradigm of those that have one."""
    return {c.subject: c.paradigm for c in found if c.paradigm}


def by_year(records: Records, scheme: str, first: int, last: int) -> tuple[Tally, ...]:
    """Return the counts on the last day of each year, or on the day of the records in the year in which they end.

    Raises `InputError` if the years are reversed or outside the calendar.
    """
    if not FIRST <= first <= last <= LAST:
        raise InputError(f"years {first} to {last}: give two years from {FIRST} on, the earlier first")
    ends = [datetime.date(year, 12, 31) for year in range(first, last + 1)]
    days = [records.known_on if day.year == records.known_on.year else day for day in ends]
    return tuple(_tally(str(day.year), everywhere(records, scheme, day)) for day in days)


def by_region(records: Records, scheme: str, as_of: datetime.date) -> tuple[Tally, ...]:
    """Return the counts of each region of M49 on a day, by name of the region."""
    groups: dict[str, list[Classification]] = {}
    for found in everywhere(records, scheme, as_of):
        groups.setdefault(records.regions.get(found.subject, "without a region"), []).append(found)
    return tuple(_tally(name, groups[name]) for name in sorted(groups))


def moves(before: Mapping[str, str], after: Mapping[str, str]) -> Counter[tuple[str, str]]:
    """Count (old label, new label) of those whose label differs; a missing label is empty."""
    return Counter((before.get(j, ""), after.get(j, "")) for j in sorted(before.keys() | after.keys()) if before.get(j) != after.get(j))


def _tally(name: str, found: Iterable[Classification]) -> Tally:
    known = [c for c in found if c.steps]
    counts = Counter(c.paradigm for c in known if c.paradigm)
    return Tally(name, {p: counts[p] for p in sorted(counts)}, sum(c.paradigm is None for c in known))
