"""The dated rows about a thing become a drawing of lanes by year, one lane a class, and the table that says the same.

A spell without an end runs to the edge; a day of which only the year is known stands at its beginning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from comity.describe import Mention
from comity.vocabulary import NS

WIDTH, LEFT, HIGH = 860, 190, 22
_BEGIN = ("validFrom", "occurredOn", "signedOn", "releasedOn", "issued")
_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_LEAST = 2


@dataclass(frozen=True)
class Lane:
    """One class of rows: its name, its height on the page, SVG paths of spells and of days, first and last year, number of rows."""

    name: str
    y: int
    spells: str
    days: str
    first: int
    last: int
    count: int


@dataclass(frozen=True)
class Timeline:
    """A drawing: its size, the years on its axis as (year, x), and its lanes."""

    width: int
    height: int
    left: int
    ticks: tuple[tuple[int, float], ...]
    lanes: tuple[Lane, ...]


def timeline(mentions: Mapping[str, Sequence[Mention]], order: Sequence[str], *, until: str) -> Timeline | None:
    """Draw the rows about a thing by class, in the order of `order`, up to the day `until`; None with fewer than two dated rows."""
    dated = {kind.removeprefix(NS): spans for kind, rows in mentions.items() if (spans := [span for row in rows if (span := _span(row))])}
    begins = [begin for spans in dated.values() for begin, _ in spans]
    if len(begins) < _LEAST:
        return None
    ends = [end for spans in dated.values() for _, end in spans if end is not None]
    first, last = int(min(begins)), int(max([*begins, *ends, _year(until) or 0])) + 1
    scale = (WIDTH - LEFT - 10) / max(last - first, 1)
    names = sorted(dated, key=lambda name: (order.index(name) if name in order else len(order), name))
    lanes = tuple(_lane(name, sorted(dated[name], key=lambda s: (s[0], s[1] or 0)), HIGH * i, (first, last, scale)) for i, name in enumerate(names))
    return Timeline(WIDTH, HIGH * len(lanes) + 24, LEFT, ticks(first, last, scale), lanes)


def ticks(first: int, last: int, scale: float) -> tuple[tuple[int, float], ...]:
    """Return round years of an axis from `first` to `last`, about a dozen at most, each with its place for `scale` pixels a year."""
    step = next((s for s in (1, 2, 5, 10, 20, 50) if (last - first) / s <= 12), 100)
    return tuple((year, round(LEFT + (year - first) * scale, 1)) for year in range(first, last + 1) if year % step == 0)


def _lane(name: str, spans: list[tuple[float, float | None]], top: int, axis: tuple[int, int, float]) -> Lane:
    first, last, scale = axis
    y = top + HIGH // 2
    spells, days = [], []
    for begin, end in dict.fromkeys(spans):
        x = round(LEFT + (begin - first) * scale, 1)
        days.append(f"M{x:g} {y - 5}v10")
        if end is None or end > begin:
            spells.append(f"M{x:g} {y}H{round(LEFT + ((last if end is None else end) - first) * scale, 1):g}")
    return Lane(name, y, "".join(spells), "".join(days), int(spans[0][0]), int(spans[-1][0]), len(spans))


def _span(row: Mention) -> tuple[float, float | None] | None:
    """Return begin and end of a row as years with fractions; the end of a mere day is its begin, None is open. None for a row that is undated or retracted."""
    values = {s.predicate.removeprefix(NS): s.value for s in row.statements}
    if "retractedOn" in values:
        return None
    found = [(name, year) for name in _BEGIN if (year := _year(values.get(name, ""))) is not None]
    if not found:
        return None
    name, begin = found[0]
    if name != "validFrom":
        return begin, begin
    end = _year(values.get("validUntil", ""))
    return begin, end if end is None else max(end, begin)


def _year(text: str) -> float | None:
    match = _DAY.match(text)
    return None if match is None else round(int(match[1]) + (int(match[2] or 1) - 1) / 12 + (int(match[3] or 1) - 1) / 372, 3)
