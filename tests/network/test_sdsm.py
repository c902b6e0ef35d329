"""Shared commitments beyond chance, against enumeration, an independent library and hand calculation."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.stats import binom, poisson_binom

from comity.errors import InputError
from comity.network.discoveries import q_values
from comity.network.ensemble import bicm
from comity.network.matrix import Array
from comity.network.sdsm import sdsm


def table(seed: int, shape: tuple[int, int], shift: float = 0.0, unknown: float = 0.0) -> Array:
    generator = np.random.default_rng(seed)
    effect = generator.normal(size=(shape[0], 1)) + generator.normal(size=(1, shape[1])) + shift
    cells = (generator.logistic(size=shape) < effect).astype(float)
    return np.where(generator.random(shape) < unknown, np.nan, cells)


def enumerated(chance: Array, weights: Array, held: float) -> tuple[float, float]:
    """Return P(C ≥ held) and P(C ≤ held) over all outcomes."""
    upper = lower = 0.0
    for outcome in itertools.product([0, 1], repeat=len(chance)):
        bits = np.array(outcome)
        p = float(np.where(bits, chance, 1 - chance).prod())
        upper, lower = upper + p * (weights @ bits >= held), lower + p * (weights @ bits <= held)
    return upper, lower


@pytest.mark.parametrize("shift", [-0.5, 1.5])
@pytest.mark.parametrize("weights", [None, [1, 2, 3, 1, 0, 2, 1]])
def test_tails_are_those_of_every_outcome_enumerated(shift: float, weights: list[int] | None) -> None:
    matrix = table(1, (6, 7), shift, 0.2)
    result, cells = sdsm(matrix, weights=weights), np.nan_to_num(bicm(matrix))
    heavy = np.array(weights or [1] * 7)
    compared = 0
    for i, j in itertools.combinations(range(6), 2):
        if result.common[i, j]:
            upper, lower = enumerated(cells[i] * cells[j], heavy, result.count[i, j])
            assert (result.upper[i, j], result.lower[i, j]) == pytest.approx((upper, lower), abs=1e-12)
            compared += 1
    assert compared == 15


def test_the_tails_of_a_large_table_agree_with_scipy() -> None:
    matrix = table(2, (12, 80))
    result, cells = sdsm(matrix), bicm(matrix)
    for i, j in itertools.combinations(range(12), 2):
        law = poisson_binom(cells[i] * cells[j])
        assert result.lower[i, j] == pytest.approx(law.cdf(result.count[i, j]), abs=1e-9)
        assert result.upper[i, j] == pytest.approx(law.sf(result.count[i, j] - 1), abs=1e-9)


def test_a_tiny_upper_tail_keeps_its_digits() -> None:
    # cells given: both hold each of 40 columns, by chance 1 in 100 each
    result = sdsm(np.ones((2, 40)), cells=np.full((2, 40), 0.1))
    assert result.upper[0, 1] == pytest.approx(1e-80)
    assert result.lower[0, 1] == 1


def test_two_actors_with_one_of_two_columns_each() -> None:
    # every cell is 1/2, so a column is shared with chance 1/4: P(C = 0) = 9/16
    apart = sdsm([[1, 0], [0, 1]])
    assert (apart.count[0, 1], apart.expected[0, 1]) == (0, pytest.approx(0.5))
    assert (apart.upper[0, 1], apart.lower[0, 1], apart.score[0, 1]) == (pytest.approx(1), pytest.approx(9 / 16), pytest.approx(-7 / 16))


def test_the_score_is_the_mid_distribution_stretched_to_minus_one_and_one() -> None:
    cells = np.full((2, 10), np.sqrt(0.3))
    matrix = np.array([[1] * 5 + [0] * 5, [1] * 5 + [0] * 5])
    law = binom(10, 0.3)
    assert sdsm(matrix, cells=cells).score[0, 1] == pytest.approx(2 * (law.cdf(4) + law.pmf(5) / 2) - 1)


def test_a_cell_that_is_impossible_counts_in_no_pair() -> None:
    matrix = np.array([[1, 0, 1, np.nan], [1, 1, 0, 0], [0, 1, np.nan, 1], [0, 0, 1, 1]])
    result = sdsm(matrix)
    assert result.common[0].tolist() == [3, 3, 2, 3]
    cells = bicm(matrix)
    assert result.expected[0, 2] == pytest.approx(cells[0, 0] * cells[2, 0] + cells[0, 1] * cells[2, 1])


def test_a_pair_without_a_common_column_has_no_score() -> None:
    result = sdsm([[1, 0, np.nan, np.nan], [np.nan, np.nan, 1, 0], [1, 0, 0, 1]])
    assert result.common[0, 1] == 0
    assert np.isnan([result.upper[0, 1], result.lower[0, 1], result.score[0, 1]]).all()
    assert np.isnan(result.score.diagonal()).all()


@pytest.mark.parametrize("exact", [True, False])
def test_margins_that_leave_no_choice_give_no_surprise(exact: bool) -> None:
    result = sdsm([[1, 1, 0], [1, 1, 0], [1, 0, 0]], exact=exact)
    off = ~np.eye(3, dtype=bool)
    assert result.upper[off].tolist() == result.lower[off].tolist() == [1] * 6
    assert result.score[off].tolist() == [0] * 6


def test_all_arrays_are_symmetric() -> None:
    for exact, weights in ((True, np.arange(1, 41)), (False, np.random.default_rng(0).random(40))):
        result = sdsm(table(3, (15, 40), 0.0, 0.1), exact=exact, weights=weights)
        for one in (result.common, result.count, result.expected, result.upper, result.lower, result.score):
            assert np.array_equal(one, one.T, equal_nan=True)


def test_the_refined_normal_approximation_is_near_where_counts_are_not_small() -> None:
    matrix = table(4, (30, 300), 1.0)
    exact, near = sdsm(matrix), sdsm(matrix, exact=False)
    assert np.nanmax(np.abs(exact.score - near.score)) < 0.002


def test_the_approximation_weighs_columns_as_the_exact_distribution_does() -> None:
    matrix, weights = table(5, (10, 200), 1.0), np.tile([1, 2, 3, 4], 50)
    exact, near = sdsm(matrix, weights=weights), sdsm(matrix, weights=weights, exact=False)
    assert np.nanmax(np.abs(exact.score - near.score)) < 0.02
    assert sdsm(matrix, weights=weights * 0.25, exact=False).score == pytest.approx(near.score, abs=0.02, nan_ok=True)


@pytest.mark.parametrize("exact", [True, False])
def test_a_column_drawn_twice_is_two_columns(exact: bool) -> None:
    matrix, repeats = table(6, (8, 6)), np.array([2, 0, 1, 1, 3, 1])
    drawn, copied = sdsm(matrix, repeats=repeats, exact=exact), sdsm(np.repeat(matrix, repeats, axis=1), exact=exact)
    for name in ("common", "count", "expected", "upper", "lower"):
        assert getattr(drawn, name) == pytest.approx(getattr(copied, name), abs=1e-6, nan_ok=True)


def test_false_discoveries_are_rare_where_nothing_is_shared_beyond_chance() -> None:
    q = q_values(sdsm(table(7, (60, 100))).upper)
    assert np.nansum(np.triu(q < 0.05)) <= 2


def test_a_planted_bloc_is_discovered() -> None:
    generator = np.random.default_rng(8)
    chance = np.kron([[0.8, 0.05], [0.05, 0.8]], np.ones((10, 100)))
    q = q_values(sdsm((generator.random(chance.shape) < chance).astype(float)).upper)
    assert (q[:10, :10][np.triu_indices(10, 1)] < 0.05).mean() > 0.9
    assert not (q[:10, 10:] < 0.05).any()


def test_q_values_follow_the_published_step_up_rule() -> None:
    # p sorted: .01 .02 .03 .5 → q = .04 .04 .04 .5 (4 tests; the pair that is NaN is none)
    p = np.full((4, 4), np.nan)
    for (i, j), value in {(0, 1): 0.01, (0, 2): 0.02, (0, 3): 0.03, (1, 2): 0.5}.items():
        p[i, j] = p[j, i] = value
    q = q_values(p)
    assert [q[0, 1], q[0, 2], q[0, 3], q[1, 2]] == pytest.approx([0.04, 0.04, 0.04, 0.5])
    assert np.isnan([q[1, 3], q[2, 3], q[0, 0]]).all()
    assert np.isnan(q_values(np.full((2, 2), np.nan))).all()


@pytest.mark.parametrize("p", [np.zeros((2, 3)), np.array([[0, 0.1], [0.2, 0]]), np.array([[0, 1.5], [1.5, 0]])])
def test_p_values_that_are_none_are_refused(p: Array) -> None:
    with pytest.raises(InputError, match="p-value"):
        q_values(p)


BAD = {
    "not binary": ({"matrix": [[2, 0], [0, 1]]}, "neither 0 nor 1"),
    "one actor": ({"matrix": [[1, 0]]}, "two rows"),
    "half weights": ({"matrix": [[1, 0], [0, 1]], "weights": [0.5, 1]}, "whole numbers"),
    "negative weights": ({"matrix": [[1, 0], [0, 1]], "weights": [-1, 1]}, "negative"),
    "unknown weights": ({"matrix": [[1, 0], [0, 1]], "weights": [np.nan, 1]}, "finite"),
    "half repeats": ({"matrix": [[1, 0], [0, 1]], "repeats": [0.5, 1]}, "whole numbers"),
    "other cells": ({"matrix": [[1, 0], [0, 1]], "cells": np.ones((3, 2))}, "cell probabilities"),
    "cells beyond": ({"matrix": [[1, 0], [0, 1]], "cells": np.full((2, 2), 1.5)}, "cell probabilities"),
}


@pytest.mark.parametrize(("arguments", "message"), BAD.values(), ids=BAD)
def test_a_matrix_or_weights_that_are_none_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        sdsm(**arguments)  # type: ignore[arg-type]
