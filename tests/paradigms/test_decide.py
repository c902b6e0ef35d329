"""One table on some codes: the first line decides, unknowns are tried out, and what is not covered stays open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comity.paradigms import Coded, Line, decide, refusal

STRICT = Line("t-1", "t", 1, "strict", "Strict", "Kept at home.", frozenset({"conditional", "approval"}), frozenset({"local-storage"}))
MIDDLE = Line("t-2", "t", 2, "middle", "Middle", "On grounds.", frozenset({"conditional", "approval"}), frozenset({"none", "local-copy"}))
OPEN = Line("t-3", "t", 3, "open", "Open", "Free.", frozenset({"free"}))
LINES = (STRICT, MIDDLE, OPEN)
WATCHED = replace(STRICT, id="t-0", localisations=frozenset(), coverages=frozenset({"general"}), independences=frozenset({"governmental"}))


def test_the_first_line_that_covers_the_codes_decides() -> None:
    both = (STRICT, replace(MIDDLE, localisations=frozenset()))
    assert decide(both, Coded("conditional", "local-storage")).line == STRICT
    assert decide(both[::-1], Coded("conditional", "local-storage")).line == both[1]


def test_an_unknown_input_that_matters_leaves_the_table_silent_with_what_is_possible() -> None:
    found = decide(LINES, Coded("conditional", None))
    assert (found.line, found.possible, found.unknown) == (None, ("middle", "strict"), ("localisation",))


def test_an_unknown_input_that_does_not_matter_is_no_reason_to_abstain() -> None:
    found = decide(LINES, Coded("free", None))
    assert (found.line, found.unknown) == (OPEN, ())
    wide = replace(MIDDLE, localisations=frozenset({"none", "local-copy", "conditional", "local-processing"}), paradigm="one")
    assert decide((replace(STRICT, paradigm="one"), wide), Coded("conditional", None)).possible == ("one",)


def test_codes_that_no_line_covers_have_no_paradigm() -> None:
    assert decide(LINES, Coded("prohibited", "none")).line is None
    assert decide(LINES, Coded("prohibited", "none")).possible == ()


def test_no_supervision_on_record_is_tried_out_with_every_law_and_authority() -> None:
    assert decide((WATCHED, MIDDLE), Coded("conditional", "none")).unknown == ("supervision",)
    assert decide((WATCHED, MIDDLE), Coded("conditional", "none")).possible == ("middle", "strict")
    assert decide((WATCHED, MIDDLE), Coded("conditional", "none", coverage="general", independence="independent")).line == MIDDLE


@pytest.mark.parametrize(("line", "coded", "why"), [
    (STRICT, Coded("free", "local-storage"), "the default is free"),
    (STRICT, Coded("approval", "none"), "localisation is none"),
    (replace(OPEN, mechanisms=frozenset({"security-assessment"})), Coded("free", "none"), "no security-assessment among the mechanisms"),
    (WATCHED, Coded("approval", "none", coverage="sectoral", independence="governmental"), "the law is sectoral"),
    (WATCHED, Coded("approval", "none", coverage="general", independence="independent"), "the authority is independent"),
    (replace(OPEN, accesses=frozenset({"security-access"})), Coded("free", "none"), "no security-access on record"),
    (replace(OPEN, accesses=frozenset({"security-access"})), Coded("free", "none", accesses=frozenset({"security-access"})), ""),
])
def test_a_line_says_why_it_does_not_cover_some_codes(line: Line, coded: Coded, why: str) -> None:
    assert refusal(line, coded) == why
