"""The table of transfer cases speaks the words of the vocabulary, so that no case passes by being misspelt."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REASONS = {"never-decided", "expired", "invalidated", "out-of-scope", "prohibited", "listed", "not-yet-in-force", "repealed"}


def slugs(scheme: str) -> set[str]:
    text = (ROOT / "ontology" / "concepts" / f"{scheme}.ttl").read_text(encoding="utf-8")
    return set(re.findall(rf"concept/{scheme}/([a-z0-9-]+)>", text))


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def words(cell: str) -> list[str]:
    return [word for word in cell.split(";") if word]


CASES = read(Path(__file__).with_name("cases.csv"))
GROUNDS = slugs("mechanism") | {"free"}
ACTORS = {row["id"] for row in read(ROOT / "graph" / "tables" / "actors.csv")}


def test_cases_are_sorted_and_named_once() -> None:
    names = [case["id"] for case in CASES]
    assert names == sorted(set(names))


def test_cases_cover_enough_exporters() -> None:
    assert len(CASES) >= 45
    assert len({case["from"] for case in CASES}) >= 15


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_case_uses_known_words_and_contradicts_itself_nowhere(case: dict[str, str]) -> None:
    assert {case["from"], case["to"]} <= ACTORS
    assert date.fromisoformat(case["as_of"])
    assert case["data"] in slugs("data-category")
    opened, conditional = words(case["open"]), words(case["conditional"])
    closed = dict(word.split(":") for word in words(case["closed"]))
    assert set(closed.values()) <= REASONS
    every = [*opened, *conditional, *closed]
    assert set(every) <= GROUNDS
    assert len(every) == len(set(every))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_case_says_why_and_where_it_was_read(case: dict[str, str]) -> None:
    assert case["reasoning"].endswith(".")
    assert all(re.match(r"https?://", url) for url in words(case["source_url"]))
    assert case["source_url"]
    assert case["locator"]
    assert case["evidence"] in {"official", "secondary"}
