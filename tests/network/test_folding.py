"""Members of a union become the union, by the rule that the module states."""

from __future__ import annotations

import pytest

from comity.network.folding import fold
from comity.network.records import Record

UNIONS = {"A": "U", "B": "U", "C": "U"}


def record(source: str, target: str = "", topic: str = "t", value: float = 1.0, weight: float = 1.0) -> Record:
    return Record("layer", source, target, topic, value, weight, "law", f"row/{source}{target}{topic}{value:g}")


def told(records: list[Record]) -> list[tuple[str, str, str, float, float]]:
    return [(r.source, r.target, r.topic, r.value, round(r.weight, 4)) for r in records]


def test_what_a_union_holds_itself_silences_its_members() -> None:
    assert told(fold([record("U", value=0.5), record("A"), record("B"), record("C")], UNIONS, "levels")) == [("U", "", "t", 0.5, 1.0)]


def test_what_more_than_half_of_the_members_hold_is_the_unions_with_the_rows_of_each() -> None:
    folded = fold([record("A"), record("B"), record("X")], UNIONS, "two-mode")
    assert told(folded) == [("X", "", "t", 1.0, 1.0), ("U", "", "t", 1.0, 1.0), ("U", "", "t", 1.0, 1.0)]
    assert {r.row for r in folded} == {"row/At1", "row/Bt1", "row/Xt1"}


def test_half_of_the_members_or_fewer_do_not_speak_for_the_union() -> None:
    four = UNIONS | {"D": "U"}
    assert fold([record("A"), record("B")], four, "two-mode") == []
    assert fold([record("A")], UNIONS, "levels") == []


def test_the_commonest_value_counts_and_of_equals_the_lowest() -> None:
    assert told(fold([record("A", value=1), record("B", value=0.5), record("C", value=0.5)], UNIONS, "levels")) == [("U", "", "t", 0.5, 1.0)] * 2
    assert told(fold([record("A", value=1), record("B", value=0.5)], UNIONS, "levels")) == [("U", "", "t", 0.5, 1.0)]


def test_a_membership_in_the_union_itself_is_no_tie_of_the_union() -> None:
    assert fold([record(m, topic="U") for m in "ABC"], UNIONS, "two-mode") == []


@pytest.mark.parametrize("mode", ["directed", "opposed"])
def test_an_act_of_a_member_or_towards_one_counts_by_its_share(mode: str) -> None:
    folded = fold([record("A", "X"), record("X", "B", weight=0.5), record("A", "B"), record("X", "Y")], UNIONS, mode)
    assert told(folded) == [("U", "X", "t", 1.0, 0.3333), ("X", "U", "t", 1.0, 0.1667), ("X", "Y", "t", 1.0, 1.0)]


def test_a_measure_without_a_target_stays_with_its_share() -> None:
    assert told(fold([record("A"), record("X")], UNIONS, "neutral")) == [("U", "", "t", 1.0, 0.3333), ("X", "", "t", 1.0, 1.0)]


def test_ways_out_of_members_count_only_where_the_union_has_no_law_of_its_own() -> None:
    own = [record("U", topic="consent"), *(record(m, topic="adequacy") for m in "ABC")]
    assert told(fold(own, UNIONS, "channels")) == [("U", "", "consent", 1.0, 1.0)]


def test_without_unions_nothing_changes() -> None:
    records = [record("A"), record("A", "B")]
    assert fold(records, {}, "two-mode") == records
