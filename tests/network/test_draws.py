"""Draws of instruments and weights."""

from __future__ import annotations

import numpy as np
import pytest

from comity.network.draws import draws, observed

WEIGHTS = np.array([0.25, 0.5, 1.0])


def test_the_same_seed_gives_the_same_draws_and_another_seed_others() -> None:
    first, again, other = ([d.instruments for d in draws(["a", "b"], WEIGHTS, count=5, seed=s)] for s in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_one_more_instrument_leaves_the_draws_of_the_others_as_they_are() -> None:
    few = [d.instruments for d in draws(["a", "c"], WEIGHTS, count=5, seed=1)]
    more = [d.instruments for d in draws(["a", "b", "c"], WEIGHTS, count=5, seed=1)]
    assert np.array_equal(few, [m[[0, 2]] for m in more])


def test_instruments_count_once_on_average_and_never_not_at_all() -> None:
    table = np.array([d.instruments for d in draws([str(k) for k in range(50)], WEIGHTS, count=400, seed=0)])
    assert table.min() > 0
    assert table.mean() == pytest.approx(1, abs=0.03)


def test_drawn_weights_keep_the_order_of_the_declared_ones_and_their_mean() -> None:
    table = np.array([d.weight(WEIGHTS) for d in draws(["a"], WEIGHTS, count=400, seed=0)])
    assert (np.diff(table, axis=1) >= 0).all()
    assert table.max() <= 1
    assert table.mean(axis=0) == pytest.approx(WEIGHTS, abs=0.03)
    assert table.std(axis=0)[0] > 0.02


def test_as_observed_every_instrument_counts_once_and_weights_are_as_declared() -> None:
    one = observed(3)
    assert one.instruments.tolist() == [1, 1, 1]
    assert one.weight(WEIGHTS).tolist() == WEIGHTS.tolist()


def test_equal_weights_are_one_where_they_are_not_nothing() -> None:
    assert observed(1, equal=True).weight(np.array([0.0, 0.1, 1.0])).tolist() == [0, 1, 1]


def test_a_weight_outside_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        next(draws(["a"], [1.5], count=2, seed=0))
