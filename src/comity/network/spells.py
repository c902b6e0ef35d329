"""Whole and partial dates become the days that they may mean, and half-open spells the closed ones that other tools read."""

from __future__ import annotations

import calendar
import datetime


def earliest(text: str) -> datetime.date:
    """Return the first day that `2004`, `2004-06` or `2004-06-15` may mean. Raises `ValueError`."""
    year, month, day = (*map(int, text.split("-")), 1, 1)[:3]
    return datetime.date(year, month, day)


def latest(text: str) -> datetime.date:
    """Return the last day that `2004`, `2004-06` or `2004-06-15` may mean. Raises `ValueError`."""
    first = earliest(text)
    month = first.month if "-" in text else 12
    return first if text.count("-") == 2 else datetime.date(first.year, month, calendar.monthrange(first.year, month)[1])


def closed(start: str | None, end: str | None) -> tuple[str | None, str | None]:
    """Return first and last day of the half-open spell [`start`, `end`), None where it is open.

    A partial date is widened: the spell starts on the first and ends before the last day that it may mean, so that no day
    on which the tie may have held is lost.
    """
    first = earliest(start).isoformat() if start else None
    last = (latest(end) - datetime.timedelta(days=1)).isoformat() if end else None
    return first, last
