"""The cases worked out from the law hold against the code and the rows, but for gaps that are named with their reason."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from real import built

from comity.routes import Route

#: cases that the code or the rows cannot know, by id, each with the reason; none is adjusted in silence
GAPS: dict[str, str] = {}


def words(cell: str) -> set[str]:
    return {word for word in cell.split(";") if word}


with Path(__file__).with_name("cases.csv").open(encoding="utf-8", newline="") as file:
    CASES = [pytest.param(row, id=row["id"], marks=[pytest.mark.xfail(reason=GAPS[row["id"]], strict=True)] if row["id"] in GAPS else [])
             for row in csv.DictReader(file)]
NAMES = {str(case.id) for case in CASES}


@pytest.fixture(scope="module", autouse=True)
def without_conflicts() -> Iterator[None]:
    """Leave away the conflicts that stand beside an answer: no case here looks at them, and they take two thirds of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("comity.routes.answering.conflicts", lambda *arguments, **options: ())
        yield


@cache
def answered(exporter: str, importer: str, as_of: str, data: str, sender: str, recipient: str) -> Route:
    return built().route(exporter, importer, as_of=as_of, data=data, sender=sender, recipient=recipient)


def answer(case: dict[str, str]) -> Route:
    return answered(*(case[column] for column in ("from", "to", "as_of", "data", "exporter", "recipient")))


@pytest.mark.parametrize("case", CASES)
def test_a_case_worked_out_from_the_law_is_answered_as_the_law_says(case: dict[str, str]) -> None:
    route = answer(case)
    assert set(route.grounds("open")) == words(case["open"])
    assert words(case["conditional"]) <= set(route.grounds("conditional"))
    assert words(case["closed"]) <= {f"{b.mechanism}:{b.reason}" for b in route.bases if b.status == "closed"}
    assert route.coded is any(case[column] for column in ("open", "conditional", "closed"))
    assert route.coded or route.bases == ()


@pytest.mark.parametrize("case", CASES)
def test_no_ground_of_one_rule_is_open_and_shut_at_once(case: dict[str, str]) -> None:
    pairs = [(b.mechanism, b.rule) for b in answer(case).bases]
    assert len(pairs) == len(set(pairs))


def test_every_gap_is_a_case_and_says_why() -> None:
    assert GAPS.keys() <= NAMES
    assert all(reason.endswith(".") for reason in GAPS.values())
