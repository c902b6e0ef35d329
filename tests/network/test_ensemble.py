"""The maximum-entropy ensemble: what it keeps, what it does at its limits, and what it refuses."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from comity.errors import InputError
from comity.network.ensemble import Ensemble, bicm, ensemble
from comity.network.matrix import Array, checked, checked_weights, scale

QUARTERS = (0.0, 0.25, 0.5, 1.0)


def ordinal(seed: int, shape: tuple[int, int], levels: tuple[float, ...], unknown: float = 0.0) -> Array:
    """Return a table whose rows and columns differ in level."""
    generator = np.random.default_rng(seed)
    effect = generator.normal(size=(shape[0], 1)) + generator.normal(size=(1, shape[1]))
    place = np.digitize(effect + generator.logistic(size=shape), np.linspace(-1, 1, len(levels) - 1))
    table = np.array(levels)[place]
    return np.where(generator.random(shape) < unknown, np.nan, table)


def margins(fit: Ensemble, table: Array, repeats: Array | None = None) -> float:
    """Return the largest difference between an expected and an observed sum."""
    times = np.ones(table.shape[1]) if repeats is None else repeats
    gap = np.nan_to_num(fit.expected - table)
    return float(max(np.abs(gap @ times).max(), np.abs(gap[:, times > 0].sum(axis=0)).max()))


def test_three_ties_between_two_and_two_leave_no_choice() -> None:
    assert bicm([[1, 1], [1, 0]]).tolist() == [[1, 1], [1, 0]]


def test_one_tie_each_leaves_every_cell_at_one_half() -> None:
    assert bicm([[1, 0], [0, 1]]) == pytest.approx(np.full((2, 2), 0.5))


def test_cells_of_a_small_table_follow_the_published_system_of_equations() -> None:
    # Saracco et al. 2015: p = x_i y_p / (1 + x_i y_p), so that the odds are a product of one factor a row and one a column
    table = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 0], [1, 0, 0.0]])
    cells = bicm(table)
    assert cells.sum(axis=0) == pytest.approx(table.sum(axis=0))
    assert cells.sum(axis=1) == pytest.approx(table.sum(axis=1))
    odds = cells / (1 - cells)
    assert np.linalg.matrix_rank(odds, tol=1e-8) == 1


def test_no_independent_cells_with_these_margins_have_more_entropy() -> None:
    table = ordinal(3, (4, 5), (0.0, 1.0))
    cells = bicm(table)
    inner = (cells > 0) & (cells < 1)

    def entropy(p: Array) -> float:
        return float(-(p[inner] * np.log(p[inner]) + (1 - p[inner]) * np.log(1 - p[inner])).sum())

    moves = 0
    for (i, k), (p, q) in itertools.product(itertools.combinations(range(4), 2), itertools.combinations(range(5), 2)):
        if inner[np.ix_([i, k], [p, q])].all():
            for shift in (1e-3, -1e-3):  # a swap that keeps every margin
                moved = cells.copy()
                moved[np.ix_([i, k], [p, q])] += shift * np.array([[1, -1], [-1, 1]])
                assert entropy(moved) < entropy(cells)
                moves += 1
    assert moves > 10


@pytest.mark.parametrize("levels", [(0.0, 1.0), (-1.0, 0.0, 1.0), QUARTERS])
@pytest.mark.parametrize("unknown", [0.0, 0.3])
def test_both_margins_are_kept_over_the_known_cells(levels: tuple[float, ...], unknown: float) -> None:
    table = ordinal(1, (30, 20), levels, unknown)
    fit = ensemble(table, levels=[levels] * 20)
    assert margins(fit, table) < 1e-7
    assert fit.residual < 1e-8
    assert np.array_equal(np.isnan(fit.expected), np.isnan(table))


def test_expected_values_are_the_lowest_level_and_the_steps_passed() -> None:
    table = ordinal(2, (20, 12), QUARTERS, 0.2)
    fit = ensemble(table, levels=[QUARTERS] * 12)
    sums = np.zeros_like(table)
    np.add.at(sums.T, fit.column_of_threshold, (fit.cumulative * fit.step).T)
    known = ~np.isnan(table)
    assert sums[known] == pytest.approx(fit.expected[known])
    assert (sums[~known] == 0).all()


def test_levels_of_a_cell_stand_in_the_ratio_of_the_exponential_of_their_distance() -> None:
    fit = ensemble(ordinal(4, (15, 10), QUARTERS), levels=[QUARTERS] * 10)
    column = fit.column_of_threshold == 3
    above = np.column_stack([np.ones(15), fit.cumulative[:, column], np.zeros(15)])
    chance = -np.diff(above, axis=1)
    theta = fit.actors + fit.topics[3]
    assert np.log(chance[:, 1:] / chance[:, :1]) == pytest.approx(np.outer(theta, QUARTERS[1:]))


def test_columns_may_have_different_levels() -> None:
    table = np.hstack([ordinal(5, (25, 8), (0.0, 1.0)), ordinal(6, (25, 8), QUARTERS), ordinal(7, (25, 4), (-1.0, 0.0, 1.0))])
    fit = ensemble(table, levels=[(0, 1)] * 8 + [QUARTERS] * 8 + [(-1, 0, 1)] * 4)
    assert margins(fit, table) < 1e-7
    assert len(fit.step) == 8 + 8 * 3 + 4 * 2


def test_a_row_or_column_at_the_end_of_its_scale_is_certain() -> None:
    table = np.array([[1, 1, 1, 1], [0, 0, 0, 0], [1, 0, 1, 0], [1, 1, 0, 0], [1, 0, 0, 1.0]])
    fit = ensemble(table)
    assert fit.expected[0].tolist() == [1, 1, 1, 1]
    assert fit.expected[1].tolist() == [0, 0, 0, 0]
    assert fit.expected[2:, 0].tolist() == [1, 1, 1]
    assert fit.expected[2:, 1:] == pytest.approx(np.full((3, 3), 1 / 3))
    assert np.isnan(fit.actors[:2]).all()
    assert np.isnan(fit.topics[0])


def test_margins_that_force_a_block_are_approached_without_overflow() -> None:
    table = np.array([[1, 1, 1, 0], [1, 1, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0.0]])
    assert ensemble(table).expected == pytest.approx(np.kron([[1, 0.5], [0.5, 0]], np.ones((2, 2))), abs=1e-7)


def test_small_tables_with_holes_all_converge() -> None:
    generator = np.random.default_rng(0)
    for _ in range(200):
        table = generator.choice([-1, 0, 1, np.nan], size=generator.integers(2, 8, 2))
        table[0, 0] = 1
        fit = ensemble(table, levels=[(-1, 0, 1)] * table.shape[1])
        assert margins(fit, table) < 1e-7
        assert ((fit.cumulative >= 0) & (fit.cumulative <= 1)).all()


def test_constant_columns_are_expected_as_they_are() -> None:
    table = np.array([[1, 0, 1.0], [1, 1, 0], [1, 0, 0]])
    assert ensemble(table).expected[:, 0].tolist() == [1, 1, 1]
    assert ensemble(table, levels=[(0, 1)] * 3).expected[:, 0].tolist() == [1, 1, 1]


def test_an_actor_or_topic_of_which_nothing_is_known_stays_unknown() -> None:
    fit = ensemble([[1, 0, np.nan], [0, 1, np.nan], [np.nan, np.nan, np.nan]])
    assert fit.expected[:2, :2] == pytest.approx(np.full((2, 2), 0.5))
    assert np.isnan(fit.expected[2]).all()
    assert not fit.cumulative[2].any()


def test_a_column_drawn_twice_counts_as_two_and_one_not_drawn_not_at_all() -> None:
    table = ordinal(8, (12, 4), QUARTERS)
    repeats = np.array([2, 1, 0, 3])
    drawn = ensemble(table, repeats=repeats)
    copied = ensemble(np.repeat(table, repeats, axis=1))
    assert drawn.expected[:, [0, 1, 3]] == pytest.approx(copied.expected[:, [0, 2, 3]], abs=1e-7)
    assert np.isnan(drawn.expected[:, 2]).all()


def test_a_warm_start_gives_the_same_fit_in_fewer_steps() -> None:
    table = ordinal(9, (60, 50), QUARTERS, 0.1)
    first = ensemble(table)
    repeats = np.bincount(np.random.default_rng(0).integers(0, 50, 50), minlength=50)
    cold, warm = ensemble(table, repeats=repeats), ensemble(table, repeats=repeats, levels=first.scale, start=first)
    known = ~np.isnan(cold.expected)
    assert warm.expected[known] == pytest.approx(cold.expected[known], abs=1e-7)
    assert warm.iterations < cold.iterations


def test_the_same_table_gives_the_same_bytes() -> None:
    table = ordinal(10, (20, 30), QUARTERS, 0.1)
    assert ensemble(table).cumulative.tobytes() == ensemble(table).cumulative.tobytes()


BAD = {
    "empty": ([], "shape"),
    "one actor": ([[1, 0]], "at least two rows"),
    "no topic": (np.zeros((3, 0)), "one column"),
    "all unknown": ([[np.nan], [np.nan]], "every cell"),
    "infinite": ([[1, 0], [0, np.inf]], "infinite"),
    "words": ([["a"], ["b"]], "not one of numbers"),
}


@pytest.mark.parametrize(("values", "message"), BAD.values(), ids=BAD)
def test_a_table_that_is_none_is_refused_in_one_line(values: object, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        ensemble(values)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_a_value_outside_its_levels_is_named() -> None:
    with pytest.raises(InputError, match=r"row 1, column 0: 2 is none of the levels"):
        ensemble([[1, 0], [2, 1]], levels=[(0, 1)] * 2)


def test_a_binary_ensemble_refuses_other_numbers() -> None:
    with pytest.raises(InputError, match="neither 0 nor 1"):
        bicm([[1, 0.5], [0, 1]])


@pytest.mark.parametrize("levels", [[(0, 1)], [(0, 1), (0, np.inf)]])
def test_levels_that_do_not_fit_the_columns_are_refused(levels: list[tuple[float, ...]]) -> None:
    with pytest.raises(InputError, match="level"):
        scale(checked([[1, 0], [0, 1]]), levels)


@pytest.mark.parametrize("weights", [[1], [1, -1], [1, np.nan], [0, 0]])
def test_weights_that_are_none_are_refused(weights: list[float]) -> None:
    with pytest.raises(InputError, match="weights"):
        checked_weights(weights, columns=2)


def test_a_start_of_another_shape_is_refused() -> None:
    with pytest.raises(InputError, match="start from"):
        ensemble([[1, 0], [0, 1]], start=ensemble([[1, 0, 0], [0, 1, 1]]))
