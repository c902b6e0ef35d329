"""The six classes by matrices of textbooks, the payoffs, and how firm a class is."""

from __future__ import annotations

import numpy as np
import pytest

from comity.game.dyads import ASYMMETRIC, CLASSES, INDETERMINATE, TIED, classify, dyad, kind, parts, payoffs, stability

#: both open, only itself open, only the other open, neither
MATRICES = {
    "harmony": (4, 3, 2, 1), "coordination": (4, 1, 2, 3), "stag hunt": (4, 1, 3, 2),
    "prisoner's dilemma": (3, 1, 4, 2), "chicken": (3, 2, 4, 1), "deadlock": (2, 1, 4, 3),
}


@pytest.mark.parametrize("name", CLASSES)
def test_each_class_is_told_by_its_textbook_matrix(name: str) -> None:
    assert kind(MATRICES[name]) == name
    assert classify(MATRICES[name], MATRICES[name]) == name


def test_sides_that_order_outcomes_differently_are_asymmetric() -> None:
    assert classify(MATRICES["harmony"], MATRICES["deadlock"]) == ASYMMETRIC


@pytest.mark.parametrize("matrix", [(3, 1, 3, 2), (4, 2, 3, 2)])
def test_own_choices_of_the_same_worth_are_a_tie(matrix: tuple[float, ...]) -> None:
    assert kind(matrix) == TIED


def test_every_order_of_four_outcomes_has_a_class() -> None:
    from itertools import permutations

    counts = {name: sum(kind(order) == name for order in permutations((1, 2, 3, 4))) for name in CLASSES}
    assert sum(counts.values()) == 24
    assert counts == {"harmony": 6, "coordination": 5, "stag hunt": 1, "prisoner's dilemma": 1, "chicken": 6, "deadlock": 5}


def test_parts_and_payoffs_by_hand() -> None:
    side = parts(0.5, 0.75, 1.0)
    assert side == {"reach": 0.75, "openness": -0.25, "matching": 0.25}
    assert payoffs(side) == (0.75, -0.25, 0.75, 0.25)
    assert parts(0, 0, 9)["matching"] == 0.5


def test_a_clear_game_is_firm_and_one_on_the_edge_is_not() -> None:
    b = np.zeros(10)
    friends, edge = {"reach": 1.0, "openness": 1.0, "matching": 0.0}, {"reach": 1.0, "openness": 0.01, "matching": 0.0}
    assert stability((friends, friends), b) == 1.0
    assert stability((edge, edge), b) < 0.4
    assert dyad(("A", "B"), (edge, edge), b).verdict == INDETERMINATE
    assert dyad(("A", "B"), (friends, friends), b).verdict == "harmony"
