"""Made-up rows of two or three jurisdictions become labels, conflicts, abstentions and radii that can be checked by hand."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from comity.errors import InputError
from comity.paradigms import (
    ABSTAINS,
    CONFLICT,
    LABELLED,
    Access,
    Line,
    Records,
    Row,
    Rule,
    Supervision,
    Tie,
    by_region,
    by_year,
    classify,
    documents,
    radius,
    sensitivity,
)

DAY = datetime.date(2020, 1, 1)
START, END, NEVER = datetime.date(2010, 1, 1), datetime.date(2022, 1, 1), datetime.date(9999, 12, 31)
LINES = (Line("t-1", "t", 1, "strict", "Strict", "Kept at home.", frozenset({"conditional"}), frozenset({"local-storage"})),
         Line("t-2", "t", 2, "middle", "Middle", "On grounds.", frozenset({"conditional"}), frozenset({"none"})),
         Line("t-3", "t", 3, "open", "Open", "Free.", frozenset({"free"})))
WATCH = (Line("w-1", "w", 1, "state", "State", "The services reach the data.", frozenset({"conditional"}), coverages=frozenset({"general"}),
              independences=frozenset({"governmental"}), accesses=frozenset({"security-access"})),
         Line("w-2", "w", 2, "rights", "Rights", "An independent authority.", frozenset({"conditional"}), coverages=frozenset({"general"}),
              independences=frozenset({"independent"})))


def rule(name: str, who: str = "AAA", default: str = "conditional", kept: str | None = "none", **more: object) -> Rule:
    return replace(Rule(f"transfer-rule/{name}", who, START, END, "book", "p. 1", "secondary", default=default, localisation=kept), **more)  # type: ignore[arg-type]


def records(*rules: Rule, **more: object) -> Records:
    grouped = {who: tuple(r for r in rules if r.jurisdiction == who) for who in sorted({r.jurisdiction for r in rules})}
    plain = Records(DAY, {"t": LINES, "w": WATCH}, grouped, names={"AAA": "Aland", "BBB": "Beland", "UUU": "Union"}, regions={"AAA": "North", "BBB": "South"})
    return replace(plain, **more)  # type: ignore[arg-type]


def watched(independence: str, coverage: str = "general") -> Supervision:
    return Supervision("supervision/a", "AAA", START, NEVER, coverage=coverage, independence=independence)


def test_a_jurisdiction_has_the_paradigm_of_its_rule_with_the_line_and_the_rows() -> None:
    found = classify(records(rule("a")), "AAA", "t", DAY)
    assert (found.status, found.paradigm, found.label) == (LABELLED, "middle", "Middle")
    [step] = found.steps
    assert [row.id for row in step.rows] == ["transfer-rule/a"]
    assert step.passed == (("t-1", "localisation is none"),)


@pytest.mark.parametrize(("day", "status"), [("2009-12-31", ABSTAINS), ("2010-01-01", LABELLED), ("2021-12-31", LABELLED), ("2022-01-01", ABSTAINS)])
def test_a_rule_counts_from_its_first_day_until_the_day_on_which_it_ends(day: str, status: str) -> None:
    assert classify(records(rule("a")), "AAA", "t", datetime.date.fromisoformat(day)).status == status


def test_rules_of_different_paradigms_are_a_conflict_and_none_is_chosen() -> None:
    found = classify(records(rule("a"), rule("b", default="free")), "AAA", "t", DAY)
    assert (found.status, found.paradigm, found.candidates) == (CONFLICT, None, ("middle", "open"))
    assert radius(found, LINES).rows is None


def test_a_rule_that_no_line_covers_does_not_take_the_label_of_the_others_away() -> None:
    found = classify(records(rule("a"), rule("b", default="prohibited")), "AAA", "t", DAY)
    assert found.paradigm == "middle"
    assert [s.decision.line is None for s in found.steps] == [False, True]


def test_an_unsettled_localisation_is_an_abstention_that_says_what_is_possible() -> None:
    found = classify(records(rule("a", kept=None)), "AAA", "t", DAY)
    assert (found.status, found.reason, found.candidates) == (ABSTAINS, "localisation not settled", ("middle", "strict"))


@pytest.mark.parametrize(("day", "rows", "more", "why"), [
    ("2009-01-01", (), {}, "no transfer rule coded for that day"),
    ("2009-01-01", (), {"absences": {"AAA": (Row("claim/a", "AAA", datetime.date(2000, 1, 1), NEVER),)}},
     "no transfer rule coded, and somebody checked that there is no data-protection law"),
    ("2009-01-01", (rule("a", dated=False),), {}, "the first day of its transfer rule is not recorded"),
    ("2020-01-01", (rule("a", default="prohibited"),), {}, "no line of the table covers what is coded"),
])
def test_an_abstention_says_why(day: str, rows: tuple[Rule, ...], more: dict[str, object], why: str) -> None:
    found = classify(records(*rows, **more), "AAA", "t", datetime.date.fromisoformat(day))
    assert (found.status, found.reason) == (ABSTAINS, why)


def test_a_state_is_bound_by_the_rules_of_its_union_while_it_is_a_member() -> None:
    tie = Tie("membership/b", "BBB", datetime.date(2015, 1, 1), NEVER, other="UUU")
    world = records(rule("u", "UUU"), members={"BBB": (tie,)}, unions=frozenset({"UUU"}))
    assert classify(world, "BBB", "t", DAY).paradigm == "middle"
    assert [row.id for row in classify(world, "BBB", "t", DAY).steps[0].rows] == ["transfer-rule/u", "membership/b"]
    assert classify(world, "BBB", "t", datetime.date(2014, 12, 31)).status == ABSTAINS


def test_law_authority_and_access_decide_where_a_table_asks_for_them() -> None:
    access = Access("access-rule/a", "AAA", START, NEVER, kind="security-access")
    free = records(rule("a"), supervisions={"AAA": (watched("independent"),)})
    assert classify(free, "AAA", "w", DAY).paradigm == "rights"
    kept = replace(free, supervisions={"AAA": (watched("governmental"),)})
    assert classify(kept, "AAA", "w", DAY).status == ABSTAINS
    reached = classify(replace(kept, accesses={"AAA": (access,)}), "AAA", "w", DAY)
    assert reached.paradigm == "state"
    assert [row.id for row in reached.steps[0].rows] == ["transfer-rule/a", "supervision/a", "access-rule/a"]
    assert classify(records(rule("a")), "AAA", "w", DAY).reason == "supervision not settled"


def test_the_radius_counts_the_rows_that_must_all_be_recoded() -> None:
    one = radius(classify(records(rule("a")), "AAA", "t", DAY), LINES)
    assert (one.rows, one.pivotal, one.unsettles) == (1, ("transfer-rule/a",), True)
    assert {f.paradigm: f.changes for f in one.flips} == {"open": (("transfer-rule/a", "transfer default: free"),),
                                                          "strict": (("transfer-rule/a", "localisation: local-storage"),)}
    two = radius(classify(records(rule("a"), rule("b")), "AAA", "t", DAY), LINES)
    assert (two.rows, two.pivotal) == (2, ("transfer-rule/a", "transfer-rule/b"))


def test_a_supervision_can_be_the_pivotal_row() -> None:
    access = Access("access-rule/a", "AAA", START, NEVER, kind="security-access")
    world = records(rule("a"), supervisions={"AAA": (watched("independent"),)}, accesses={"AAA": (access,)})
    found = radius(classify(world, "AAA", "w", DAY), WATCH)
    assert (found.rows, found.pivotal) == (1, ("supervision/a",))
    assert found.flips[0].changes == (("supervision/a", "independence: governmental"),)


def test_a_label_that_no_recoding_can_flip_has_no_radius() -> None:
    alone = (LINES[1],)
    found = classify(records(rule("a"), lines={"t": alone}), "AAA", "t", DAY)
    assert found.paradigm == "middle"
    assert radius(found, alone).rows is None
    assert radius(found, alone).unsettles


def test_a_document_has_the_paradigm_of_its_rules() -> None:
    found = documents(records(rule("a", document="law"), rule("b", "BBB", default="free", document="act"), rule("c", "BBB")), "t", DAY)
    assert [(c.subject, c.paradigm) for c in found] == [("act", "open"), ("law", "middle")]


def test_leaving_a_line_out_moves_what_it_alone_decides() -> None:
    weights = {w.line: w for w in sensitivity(records(rule("a"), rule("b", "BBB", default="free")), "t", DAY)}
    assert {name: (w.decides, w.moved) for name, w in weights.items()} == {"t-1": (0, 0), "t-2": (1, 1), "t-3": (1, 1)}
    assert weights["t-2"].to == (("middle", "", 1),)
    assert weights["t-2"].who == ("AAA",)


def test_years_and_regions_count_members_and_not_their_union() -> None:
    ties = {who: (Tie(f"membership/{who}", who, START, NEVER, other="UUU"),) for who in ("AAA", "BBB")}
    world = records(rule("u", "UUU"), members=ties, unions=frozenset({"UUU"}))
    years = [(t.slice, t.paradigms, t.abstains) for t in by_year(world, "t", 2009, 2011)]
    assert years == [("2009", {}, 0), ("2010", {"middle": 2}, 0), ("2011", {"middle": 2}, 0)]
    assert [(t.slice, t.paradigms) for t in by_region(world, "t", DAY)] == [("North", {"middle": 1}), ("South", {"middle": 1})]
    assert by_year(world, "t", 2009, 2009)[0].share("middle") is None


@pytest.mark.parametrize(("call", "message"), [
    (lambda r: classify(r, "AAA", "nonsense", DAY), "no scheme is called nonsense"),
    (lambda r: classify(r, "ZZZ", "t", DAY), "ZZZ is no jurisdiction"),
    (lambda r: by_year(r, "t", 2020, 2010), "years 2020 to 2010"),
    (lambda r: by_year(r, "t", 1066, 2010), "years 1066 to 2010"),
    (lambda r: sensitivity(r, "nonsense", DAY), "no scheme is called nonsense"),
])
def test_bad_input_is_refused_with_the_reason(call: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call(records(rule("a")))  # type: ignore[operator]
