"""Regression on matrices: the coefficients of least squares, and p-values that hold where ordinary ones do not."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.stats import linregress

from comity.errors import InputError
from comity.network.matrix import Array
from comity.network.mrqap import mrqap


def off(one: Array) -> Array:
    return one[~np.eye(len(one), dtype=bool)]


def noise(seed: int, size: int, count: int) -> list[Array]:
    generator = np.random.default_rng(seed)
    return [generator.normal(size=(size, size)) for _ in range(count)]


def test_an_exact_relation_is_found() -> None:
    x, z = noise(0, 8, 2)
    result = mrqap(1 + 2 * x - 3 * z, predictors={"x": x, "z": z}, permutations=99)
    assert result.coefficients == pytest.approx({"intercept": 1, "x": 2, "z": -3})
    assert result.r2 == pytest.approx(1)
    assert result.p == {"x": 0.01, "z": 0.01}
    assert result.dyads == 56


def test_one_predictor_gives_the_line_through_the_dyads() -> None:
    x, y = noise(1, 12, 2)
    result, line = mrqap(y, predictors={"x": x}, permutations=1), linregress(off(x), off(y))
    assert result.coefficients == pytest.approx({"intercept": line.intercept, "x": line.slope})
    assert result.r2 == pytest.approx(line.rvalue**2)
    assert result.t["x"] == pytest.approx(line.slope / line.stderr)


def test_two_predictors_give_the_normal_equations() -> None:
    x, z, y = noise(2, 10, 3)
    design = np.column_stack([np.ones(90), off(x), off(z)])
    expected = np.linalg.inv(design.T @ design) @ design.T @ off(y)
    assert list(mrqap(y, predictors={"x": x, "z": z}, permutations=1).coefficients.values()) == pytest.approx(expected.tolist())


def test_the_p_value_is_the_share_of_all_orders_that_are_as_extreme() -> None:
    x, y = noise(3, 4, 2)
    seen = linregress(off(x), off(y)).rvalue
    extreme = [abs(linregress(off(x[np.ix_(o, o)]), off(y)).rvalue) >= abs(seen) - 1e-12 for o in map(list, itertools.permutations(range(4)))]
    assert mrqap(y, predictors={"x": x}, permutations=4000).p["x"] == pytest.approx(np.mean(extreme), abs=0.03)


def test_actors_that_depend_on_themselves_do_not_make_a_finding() -> None:
    found, ordinary = 0, 0
    for seed in range(60):
        generator = np.random.default_rng(seed)
        x, y = (generator.normal(size=(15, 1)) + generator.normal(size=(1, 15)) + 0.3 * generator.normal(size=(15, 15)) for _ in range(2))
        found += mrqap(y, predictors={"x": x}, permutations=199, seed=seed).p["x"] <= 0.05
        ordinary += linregress(off(x), off(y)).pvalue <= 0.05
    assert found <= 8
    assert ordinary >= 15


def test_a_predictor_that_only_follows_another_is_not_found() -> None:
    x, z, e = noise(4, 30, 3)
    follower = 0.9 * x + 0.4 * z
    result = mrqap(x + 0.5 * e, predictors={"x": x, "follower": follower}, permutations=199)
    assert result.p["x"] == 0.005
    assert result.p["follower"] > 0.05


def test_a_dyad_unknown_in_any_matrix_is_left_out() -> None:
    x, y = noise(5, 10, 2)
    y[0, 1], x[2, 3] = np.nan, np.nan
    result = mrqap(y, predictors={"x": x}, permutations=50)
    known = ~np.isnan(off(x)) & ~np.isnan(off(y))
    assert result.dyads == 88
    assert result.coefficients["x"] == pytest.approx(linregress(off(x)[known], off(y)[known]).slope)
    assert 0 < result.p["x"] <= 1


def test_unknown_dyads_do_not_hide_a_relation_nor_make_one() -> None:
    x, z, e = noise(6, 30, 3)
    y = 0.5 * x + e
    y[np.random.default_rng(0).random((30, 30)) < 0.2] = np.nan
    result = mrqap(y, predictors={"x": x, "z": z}, permutations=199)
    assert result.p["x"] == 0.005
    assert result.p["z"] > 0.05


def test_an_undirected_pair_counts_once() -> None:
    x, y = (one + one.T for one in noise(7, 9, 2))
    result = mrqap(y, predictors={"x": x}, directed=False, permutations=99)
    upper = np.triu_indices(9, 1)
    assert result.dyads == 36
    assert result.coefficients["x"] == pytest.approx(linregress(x[upper], y[upper]).slope)
    assert result.p["x"] == pytest.approx(mrqap(y, predictors={"x": x}, permutations=99).p["x"])


def test_the_order_of_actors_does_not_change_the_coefficients() -> None:
    x, y = noise(8, 9, 2)
    order = np.random.default_rng(0).permutation(9)
    left = mrqap(y, predictors={"x": x}, permutations=1)
    right = mrqap(y[np.ix_(order, order)], predictors={"x": x[np.ix_(order, order)]}, permutations=1)
    assert left.coefficients == pytest.approx(right.coefficients)


def test_the_same_seed_gives_the_same_result() -> None:
    x, y = noise(9, 8, 2)
    assert mrqap(y, predictors={"x": x}, permutations=99, seed=4) == mrqap(y, predictors={"x": x}, permutations=99, seed=4)


SQUARE = np.arange(16.0).reshape(4, 4)
BAD = {
    "not square": (np.ones((2, 3)), {"x": np.ones((2, 3))}, {}, "square"),
    "other size": (SQUARE, {"x": np.eye(3)}, {}, "square"),
    "infinite": (SQUARE, {"x": np.full((4, 4), np.inf)}, {}, "infinite"),
    "no predictor": (SQUARE, {}, {}, "at least one predictor"),
    "constant": (SQUARE, {"x": np.ones((4, 4))}, {}, "vary"),
    "the same twice": (SQUARE, {"x": SQUARE**2, "y": 2 * SQUARE**2}, {}, "differ"),
    "nothing known": (np.full((4, 4), np.nan), {"x": SQUARE}, {}, "0 dyads"),
    "no permutation": (SQUARE, {"x": SQUARE**2}, {"permutations": 0}, "0 permutations"),
    "not symmetric": (SQUARE + SQUARE.T, {"x": SQUARE}, {"directed": False}, "predictor x is not symmetric"),
}


@pytest.mark.parametrize(("outcome", "predictors", "options", "message"), BAD.values(), ids=BAD)
def test_matrices_that_give_no_regression_are_refused(outcome: Array, predictors: dict[str, Array], options: dict[str, int], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        mrqap(outcome, predictors=predictors, **options)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
