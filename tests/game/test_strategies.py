"""The table of strategies line by line, and what the small graph plays."""

from __future__ import annotations

import datetime

import pytest
from real import built

from comity.game.panel import STRATEGIES
from comity.game.strategies import decide, lines, strategy


@pytest.mark.parametrize(("model", "duty", "shut", "found"), [
    ("conflict", False, False, "hedge"), ("control", True, False, "hedge"), ("control", False, True, "control"), ("conditional", True, True, "hedge"),
    ("conditional", True, False, "conditional"), ("conditional", False, True, "conditional"), ("open", False, True, "hedge"), ("open", True, False, "open"),
    ("none", True, True, "hedge"), ("none", True, False, None), ("none", False, True, None)])
def test_the_table_decides(model: str, duty: bool, shut: bool, found: str | None) -> None:
    line = decide(model, duty, shut, lines())
    assert (line.strategy if line else None) == found


def test_each_line_names_a_strategy_and_says_so_in_words() -> None:
    assert [line.position for line in lines()] == list(range(1, len(lines()) + 1))
    assert {line.strategy for line in lines()} == set(STRATEGIES)
    assert all(line.summary.endswith(".") for line in lines())


def test_a_strategy_ends_in_rows() -> None:
    records = built().paradigms()
    found = strategy(records, "CHN", datetime.date(2023, 1, 1))
    assert found.strategy is not None
    assert {"transfer-rule/CHN-personal-data-2022", "participation/rcep-CHN"} <= set(found.rows)
    assert strategy(records, "CHN", datetime.date(1990, 1, 1)).strategy is None
