"""Scores of predictions: simple rules and losses by hand, and who wins where it is known."""

from __future__ import annotations

import numpy as np
import pytest
from made import empty, simulated

from comity.errors import InputError
from comity.game.design import design
from comity.game.panel import UNKNOWN
from comity.game.scoring import HORIZONS, ahead, base_rate, began, losses, moving, regional, scores


def _three() -> np.ndarray:
    """Return what four play in three years: one begins, one changes."""
    return np.array([[0, 1, 1, UNKNOWN], [0, 1, 2, 1], [0, 1, 2, 1]])


def test_the_simple_rules_by_hand() -> None:
    panel = empty(4, 3, ("north", "north", "south", ""))
    panel.played[:] = _three()
    rows = design(panel)
    assert base_rate(rows) == pytest.approx(np.array([3, 5, 3, 1]) / 12)
    assert began(rows) == pytest.approx(np.array([1, 2, 1, 1]) / 5)
    assert moving(rows) == pytest.approx((1 + 1) / (7 + 2))
    region = regional(panel, rows)
    base = base_rate(rows)
    assert region[0] == pytest.approx((np.array([1, 1, 0, 0]) + base) / 3)
    assert region[2] == pytest.approx((np.array([0, 0, 1, 0]) + base) / 2)
    assert region[3] == pytest.approx(base)


def test_losses_by_hand() -> None:
    p = np.array([[0.5, 0.5, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25]])
    log_loss, brier = losses(p, np.array([0, 3]))
    assert log_loss == pytest.approx((np.log(2) + np.log(4)) / 2)
    assert brier == pytest.approx((0.5 + 0.75) / 2)


def test_chances_are_fed_on_from_year_to_year() -> None:
    panel = empty(2, 3)
    panel.played[:] = [[0, UNKNOWN], [0, UNKNOWN], [1, 2]]
    later = design(panel)
    table = np.zeros((2, 5, 4))
    table[:, 0], table[:, 1], table[:, 4] = [0.5, 0.5, 0, 0], [0, 1, 0, 0], [0, 0, 0.25, 0.75]
    found = ahead(panel, later, 2000, lambda t, mix: table)
    # the first: half stay in 2001, half of these in 2002; the second begins in 2002
    assert found.tolist() == [[0.5, 0.5, 0, 0], [0.25, 0.75, 0, 0], [0, 0, 0.25, 0.75]]


def test_where_ties_pull_the_game_beats_every_simple_rule() -> None:
    found = [s for s in scores(simulated(6.0, seed=3), until=2010) if s.subset == "all" and s.horizon == HORIZONS[0]]
    losses_ = {s.predictor: s.log_loss for s in found}
    assert min(losses_, key=lambda name: losses_[name]) == "game"
    assert losses_["game"] < losses_["game without ties"] - 0.1


def test_where_everybody_stays_persistence_is_hard_to_beat() -> None:
    panel = simulated(0.0, persistence=12.0)
    found = {s.predictor: s for s in scores(panel, until=2010) if s.subset == "all" and s.horizon == HORIZONS[0]}
    assert found["persistence"].log_loss < 0.02
    assert found["base rate"].log_loss > 1


def test_a_year_without_rows_on_either_side_is_refused() -> None:
    with pytest.raises(InputError, match="nothing to fit"):
        scores(simulated(0.0, actors=10, years=3), until=2030)
