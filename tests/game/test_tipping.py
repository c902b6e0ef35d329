"""Tipping points by hand: who is tipped by how few, who follows, and who never is."""

from __future__ import annotations

import numpy as np
import pytest
from made import empty

from comity.game.design import terms
from comity.game.fitting import Terms
from comity.game.panel import Panel
from comity.game.tipping import margin, tipping


def _terms(b: float, c: float) -> Terms:
    values = np.zeros(len(terms()))
    values[-2:] = b, c
    return Terms(terms(), values)


def _star(others: int) -> Panel:
    """Return a hub that plays open like all the others, who are tied to it alone."""
    panel = empty(others + 1, 1)
    panel.played[:] = 0
    panel.ties[0, 0, 0, 1:] = panel.ties[0, 0, 1:, 0] = 1
    return panel


def test_a_hub_is_tipped_by_as_many_as_outweigh_the_rest_and_what_a_change_costs() -> None:
    found = {(t.actor, t.target): t for t in tipping(_star(5), _terms(5, 2))}
    tip = found["S000", "control"]
    # it stands to lose 5 (all ties) and 2 (the change); each that switches is worth 2: four make 8
    assert tip.gap == pytest.approx(7)
    assert tip.adopters == ("S001", "S002", "S003", "S004")
    assert tip.follow == 1
    assert found["S001", "control"].adopters == ("S000",)
    # once the hub and the first have switched, each other follows, as its one tie has
    assert found["S001", "control"].follow == 4


@pytest.mark.parametrize(("b", "c"), [(0.0, 1.0), (-2.0, 1.0), (1.0, 3.0)])
def test_no_adopters_tip_anybody_without_a_pull_or_against_a_cost_that_outweighs_it(b: float, c: float) -> None:
    assert all(not tip.adopters for tip in tipping(_star(3), _terms(b, c)))


def test_the_margin_is_what_ties_can_move_over_what_a_change_costs() -> None:
    assert margin(_terms(1, 4)) == 0.5
    assert margin(_terms(1, 0)) == float("inf")
