"""Our labels become a comparison with the only published aggregates of the World Internet Conference's study, under several readings of its names.

The study (released on 15 April 2025) gives no criteria, no table and no label of a country: 194 documents of 136 countries and
regions to the end of 2024, nearly 60 % of national and regional policies Prudent and Flexible, Restrictive rising since 2018.
Each reading changes one thing in our table, and none is fitted to the shares.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from comity.paradigms.classify import Classification, documents
from comity.paradigms.records import Line, Records
from comity.paradigms.trend import everywhere

SCHEME, MIDDLE, RESTRICTIVE, OPEN = "wic", "prudent-and-flexible", "restrictive", "framework-based-facilitation"
END = datetime.date(2024, 12, 31)
SINCE = 2018
DOCUMENTS, JURISDICTIONS, SHARE = 194, 136, 0.6


@dataclass(frozen=True)
class Reading:
    """One reading of the three names: what it changes, and the shares that it gives.

    Attributes: `jurisdictions` and `documents`, paradigm → how many have that label at the end of 2024; `rising`, (year, Restrictive
    jurisdictions) from 2018 to 2024.
    """

    name: str
    about: str
    jurisdictions: dict[str, int]
    documents: dict[str, int]
    rising: tuple[tuple[int, int], ...]

    def share(self, counts: dict[str, int]) -> float | None:
        """Return the share of Prudent and Flexible among `counts`, None if they are empty."""
        total = sum(counts.values())
        return counts.get(MIDDLE, 0) / total if total else None


_ABOUT = {
    "as it stands": "the table of decision_rules.csv",
    "approval restrictive": "transfers that need the consent of an authority in each case count as Restrictive",
    "copy restrictive": "a copy or a part of the data kept at home counts as Restrictive",
    "treaty facilitates": "grounds for transfers beside a hard treaty duty to allow flows count as Framework-based Facilitation",
    "private tools facilitate": "grounds for transfers that include standard clauses, corporate rules or certification count as Framework-based Facilitation",
}


def readings(records: Records) -> tuple[Reading, ...]:
    """Return our table as it stands and its alternatives, each applied to the rules of the end of 2024."""
    records.scheme(SCHEME)
    tables = {"approval restrictive": _table(records, _approval_is_restrictive), "copy restrictive": _table(records, _copy_is_restrictive)}
    relabel = {"treaty facilitates": _bound, "private tools facilitate": _tooled}
    return tuple(_reading(tables.get(name, records), name, relabel.get(name, _plain)) for name in _ABOUT)


def _reading(records: Records, name: str, relabel: Callable[[Classification], str | None]) -> Reading:
    days = [datetime.date(year, 12, 31) for year in range(SINCE, END.year + 1)]
    per_day = {day: Counter(filter(None, map(relabel, everywhere(records, SCHEME, day)))) for day in days}
    texts = Counter(filter(None, map(relabel, documents(records, SCHEME, END))))
    rising = tuple((day.year, per_day[day][RESTRICTIVE]) for day in days)
    return Reading(name, _ABOUT[name], dict(sorted(per_day[END].items())), dict(sorted(texts.items())), rising)


def _plain(found: Classification) -> str | None:
    return found.paradigm


def _table(records: Records, change: Callable[[Line], Iterable[Line]]) -> Records:
    lines = tuple(new for line in records.lines[SCHEME] for new in change(line))
    return replace(records, lines={**records.lines, SCHEME: lines})


def _approval_is_restrictive(line: Line) -> Iterable[Line]:
    if line.paradigm == RESTRICTIVE and line.position == 1:
        return (replace(line, defaults=line.defaults | {"approval"}),)
    return (line,)


def _copy_is_restrictive(line: Line) -> Iterable[Line]:
    if "local-storage" in line.localisations:
        return (replace(line, localisations=line.localisations | {"local-copy", "conditional"}),)
    return (line,)


def _bound(found: Classification) -> str | None:
    treaty = any(row.id.startswith(("participation/", "derivation/")) for row in found.context)
    free = all(step.rule.default == "conditional" for step in found.steps)
    return OPEN if found.paradigm == MIDDLE and treaty and free else found.paradigm


def _tooled(found: Classification) -> str | None:
    tools = {"standard-clauses", "binding-corporate-rules", "certification"}
    offers = any(step.rule.mechanisms & tools for step in found.steps) and all(step.rule.default == "conditional" for step in found.steps)
    return OPEN if found.paradigm == MIDDLE and offers else found.paradigm
