"""Whole and partial dates, and half-open spells as closed ones."""

from __future__ import annotations

import pytest

from comity.network.spells import closed, earliest, latest


@pytest.mark.parametrize(("text", "first", "last"), [
    ("2004", "2004-01-01", "2004-12-31"), ("2004-02", "2004-02-01", "2004-02-29"), ("2003-02", "2003-02-01", "2003-02-28"),
    ("2004-12", "2004-12-01", "2004-12-31"), ("2004-06-15", "2004-06-15", "2004-06-15")])
def test_a_partial_date_may_mean_any_day_of_its_month_or_year(text: str, first: str, last: str) -> None:
    assert (earliest(text).isoformat(), latest(text).isoformat()) == (first, last)


@pytest.mark.parametrize(("start", "end", "spell"), [
    ("2004-05-01", "2007-01-01", ("2004-05-01", "2006-12-31")), ("2004-05-01", "2004-05-02", ("2004-05-01", "2004-05-01")),
    ("2004", "2004", ("2004-01-01", "2004-12-30")),
    ("2004-05", None, ("2004-05-01", None)), (None, "2004-03", (None, "2004-03-30")), (None, None, (None, None))])
def test_a_half_open_spell_ends_on_the_day_before_its_end_and_partial_dates_are_widened(
        start: str | None, end: str | None, spell: tuple[str | None, str | None]) -> None:
    assert closed(start, end) == spell


@pytest.mark.parametrize("text", ["2003-02-29", "2004-13", "2004-00-01"])
def test_a_day_that_does_not_exist_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"day|month"):
        earliest(text)
