"""Agreement of two coders: published values, what cannot be told, the interval, and the pairs taken from the graph."""

from __future__ import annotations

import pytest

from comity.coding import FEWEST, ORDER, agreement, measure
from comity.graph import Graph

# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section A: binary data, two observers, ten units, alpha 0.095.
FIRST = ["0", "1", "0", "0", "0", "0", "0", "0", "1", "0"]
SECOND = ["1", "1", "1", "0", "0", "1", "0", "0", "0", "0"]


def test_the_published_example_of_two_observers_comes_out() -> None:
    found = measure("x", "nominal", list(zip(FIRST, SECOND, strict=True)), draws=50)
    assert (found.rules, found.alike) == (10, 0.6)
    assert found.alpha == pytest.approx(0.095, abs=0.0005)


def test_full_agreement_is_one_with_an_interval_of_one() -> None:
    pairs = [(code, code) for code in ("free", "approval") * 6]
    found = measure("transferDefault", "ordinal", pairs, draws=200)
    assert (found.alike, found.alpha, found.low, found.high) == (1.0, 1.0, 1.0, 1.0)


def test_a_near_miss_weighs_less_than_a_far_one_where_codes_have_an_order() -> None:
    same = [(code, code) for code in ORDER for _ in range(3)]
    near = measure("transferDefault", "ordinal", [*same, ("conditional", "approval")], draws=10).alpha
    far = measure("transferDefault", "ordinal", [*same, ("free", "prohibited")], draws=10).alpha
    assert near is not None
    assert far is not None
    assert far < near < 1


@pytest.mark.parametrize("pairs", [[], [("a", "b")] * (FEWEST - 1), [("a", "a")] * 30])
def test_too_few_rules_or_one_code_alone_tell_nothing(pairs: list[tuple[str, str]]) -> None:
    found = measure("x", "nominal", pairs)
    assert (found.alpha, found.low, found.high) == (None, None, None)


def test_the_same_seed_gives_the_same_interval_and_the_interval_holds_alpha() -> None:
    pairs = list(zip(FIRST * 3, SECOND * 3, strict=True))
    one, again, other = (measure("x", "nominal", pairs, draws=100, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert (one.low, one.high) != (other.low, other.high)
    assert one.low is not None
    assert one.high is not None
    assert one.alpha is not None
    assert one.low < one.alpha < one.high


def test_the_pairs_come_from_second_codings_that_stand_and_only_where_both_coded(small: Graph) -> None:
    assert [(a.variable, a.rules, a.alike) for a in agreement(small.store)] == [
        ("transferDefault", 2, 0.5), ("localisation", 2, 1.0), ("recipient", 1, 0.0), ("mechanism", 2, 0.8)]


def test_rules_with_many_units_are_drawn_whole() -> None:
    pairs = [("named", "named"), ("not", "not")] * 12 + [("named", "not"), ("not", "named")]
    found = measure("mechanism", "nominal", pairs, each=2, draws=100)
    flat = measure("mechanism", "nominal", pairs, draws=100)
    assert (found.rules, flat.rules) == (13, 26)
    assert found.alpha == flat.alpha
    assert found.low is not None
    assert flat.low is not None
    assert found.low < flat.low
