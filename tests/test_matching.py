"""A table of names as people write them, in six languages, former ones, codes and slips of the pen, against the real graph."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest
from real import built

from comity.matching import Matcher, Thing, fold, read

CASES = list(csv.reader((Path(__file__).parent / "fixtures" / "names.csv").read_text(encoding="utf-8").splitlines()))[1:]


@cache
def matcher() -> Matcher:
    return read(built().store)


def test_the_table_has_more_than_a_hundred_names() -> None:
    assert len(CASES) > 100


@pytest.mark.parametrize(("text", "expected", "certain"), CASES, ids=[c[0] for c in CASES])
def test_a_name_finds_its_thing_and_is_certain_only_where_it_should_be(text: str, expected: str, certain: str) -> None:
    best = matcher().match(text)[0]
    assert (best.thing.id, best.match) == (expected, certain == "true")


def test_a_name_of_two_things_is_never_certain() -> None:
    two = Matcher([Thing("https://w3id.org/comity/id/actor/a", "Office", ("Authority",)), Thing("https://w3id.org/comity/id/actor/b", "Office", ("Firm",))])
    assert [c.match for c in two.match("office")] == [False, False]
    assert two.certain("office") is None
    assert [c.match for c in two.match("office", kinds=("Firm",))] == [True]


def test_spellings_of_one_name_are_equal() -> None:
    assert fold("The République de  Côte-d’Ivoire") == fold("republique de cote d'ivoire".replace("cote d", "cote-d"))


def test_what_has_no_name_finds_nothing() -> None:
    assert matcher().match("") == []
    assert matcher().match("zz") == []
