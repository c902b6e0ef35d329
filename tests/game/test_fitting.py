"""The fit of the game: weights recovered from panels in which they are known, the design by hand, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from made import empty, simulated

from comity.errors import InputError
from comity.game.design import APART, OWN, design
from comity.game.fitting import fit, maximise
from comity.game.panel import STRATEGIES, UNKNOWN, mixed, pooled, weights
from comity.game.report import reading

OPEN, CONDITIONAL, CONTROL, HEDGE = range(len(STRATEGIES))


@pytest.mark.parametrize(("b", "said"), [(3.0, "coordination"), (-3.0, "differentiation")])
def test_a_made_up_world_gives_back_its_weight_of_ties(b: float, said: str) -> None:
    every = [maximise(design(panel), np.ones(panel.played[1:].size))[-2] for panel in (simulated(b, seed=seed) for seed in range(6))]
    assert np.mean(every) == pytest.approx(b, abs=0.2)
    found = fit(design(simulated(b, seed=2)), draws=40)
    estimate = found.estimate("ties")
    assert estimate.low < b < estimate.high
    assert estimate.low * estimate.high > 0
    assert reading(found).startswith(f"b: {said}")
    assert found.estimate("persistence").value == pytest.approx(1.0, abs=0.3)


def test_where_ties_do_nothing_the_interval_holds_nought() -> None:
    found = fit(design(simulated(0.0)), draws=40)
    assert found.estimate("ties").low < 0 < found.estimate("ties").high
    assert "can be told" in reading(found)


def test_the_same_seed_gives_the_same_numbers_and_another_gives_others() -> None:
    rows = design(simulated(1.0, actors=30, years=6))
    first, again, other = (fit(rows, draws=20, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.drawn, again.drawn)
    assert not np.array_equal(first.drawn, other.drawn)


def test_without_ridge_inclinations_are_the_log_odds_of_the_shares() -> None:
    panel = empty(8, 2)
    panel.played[1] = [OPEN, OPEN, OPEN, OPEN, CONDITIONAL, CONDITIONAL, CONTROL, HEDGE]
    rows = design(panel)
    beta = maximise(rows, np.ones(8), ridge=0.0)
    assert beta[:3] == pytest.approx([np.log(2 / 4), np.log(1 / 4), np.log(1 / 4)], abs=0.05)


def test_a_panel_of_three_becomes_the_rows_worked_out_by_hand() -> None:
    panel = empty(3, 2)
    panel.played[:] = [[OPEN, CONTROL, UNKNOWN], [CONTROL, CONTROL, CONTROL]]
    panel.ties[:, 0] = [[0, 1, 1], [1, 0, 0], [1, 0, 0]]
    panel.ties[:, 1] = [[0, 0, 0], [0, 0, 1], [0, 1, 0]]
    panel.pressures[0, 0] = [0.5, 0.25]
    rows = design(panel)
    assert rows.chosen.tolist() == [CONTROL] * 3
    assert rows.before.tolist() == [OPEN, CONTROL, UNKNOWN]
    ties, persistence = rows.values[:, :, -2], rows.values[:, :, -1]
    # the first is tied by trade to the second, who plays control, and to the third, who plays nothing yet
    assert ties.tolist() == [[0, 0, 1, 0], [1, 0, 0, 0], [0.5, 0, 0.5, 0]]
    assert persistence.tolist() == [[1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]
    assert rows.values[0, :, len(OWN):len(OWN) + 2].tolist() == [[0, 0], [0.5, 0], [0, 0.25], [0, 0]]
    apart = design(panel, ties=APART)
    assert apart.values[2, :, -4:-1].tolist() == [[1, 0, 0], [0, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_the_same_year_looks_at_what_others_play_now() -> None:
    panel = empty(2, 2)
    panel.played[:] = [[OPEN, OPEN], [OPEN, CONTROL]]
    panel.ties[:, 0] = [[0, 1], [1, 0]]
    assert design(panel, same_year=True).values[0, :, -2].tolist() == [0, 0, 1, 0]
    assert design(panel).values[0, :, -2].tolist() == [1, 0, 0, 0]


def test_weights_times_strategies_are_the_pooled_shares() -> None:
    panel = simulated(0.0, actors=12, years=2)
    played = panel.played[0].copy()
    played[:3] = UNKNOWN
    assert weights(panel.ties[0], played != UNKNOWN) @ mixed(played) == pytest.approx(pooled(panel.ties[0], mixed(played)))


@pytest.mark.parametrize(("options", "words"), [({"draws": 5}, "20 draws"), ({"ridge": -1.0}, "ridge of -1")])
def test_too_few_draws_and_a_negative_ridge_are_refused(options: dict[str, float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        fit(design(simulated(0.0, actors=10, years=3)), **options)  # type: ignore[arg-type]


def test_a_panel_in_which_nobody_moves_is_refused() -> None:
    panel = empty(3, 3)
    panel.played[:] = OPEN
    with pytest.raises(InputError, match="0 moves"):
        fit(design(panel))
