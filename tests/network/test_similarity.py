"""Similarity of rows: published values, hand calculation, and what chance alone gives."""

from __future__ import annotations

import csv
import itertools
import os

import krippendorff
import numpy as np
import pytest
from real import ROOT
from scipy.stats import spearmanr

from comity.errors import InputError
from comity.network.ensemble import ensemble
from comity.network.matrix import Array
from comity.network.similarity import MEASURES, similarities, similarity

REFERENCE = ROOT.parent / "shared" / "reference" / "signed-graphs"
QUARTERS = (0.0, 0.25, 0.5, 1.0)


def published(name: str) -> list[dict[str, str]]:
    path = REFERENCE / name
    if not path.exists():
        reason = f"{path} is not here"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def column(rows: list[dict[str, str]], name: str) -> list[float]:
    return [float(row[name]) for row in rows]


#: Signorino & Ritter 1999, table 5: alliance portfolios on the scale 0..3 and their S
TABLE_5 = {
    "a": ([0, 1, 2, 3], [3, 2, 1, 0], -1 / 3),
    "b": ([1, 2, 2, 3], [3, 2, 2, 1], 1 / 3),
    "c": ([2, 2, 3, 3], [3, 3, 2, 2], 1 / 3),
    "d": ([3, 3, 3, 3], [3, 3, 3, 3], 1),
    "e": ([0] * 10 + [0, 3], [0] * 10 + [3, 0], 2 / 3),
    "g": ([0] + [2] * 10 + [3], [3] + [2] * 10 + [0], 2 / 3),
}


@pytest.mark.parametrize(("x", "y", "expected"), TABLE_5.values(), ids=TABLE_5)
def test_s_gives_the_published_examples(x: list[int], y: list[int], expected: float) -> None:
    assert similarity(x, y, measure="s", levels=(0, 1, 2, 3)) == pytest.approx(expected)


@pytest.mark.suites
def test_s_of_germany_and_russia_in_1914_is_as_published() -> None:
    rows = published("alliances1914.csv")
    arguments = {"measure": "s", "levels": (0, 1, 2, 3)}
    germany, russia = column(rows, "GMY"), column(rows, "RUS")
    assert similarity(germany, russia, **arguments) == pytest.approx(0.40)  # type: ignore[arg-type]
    # printed as -.45; the capabilities printed beside it, rounded to two places, give -.46
    assert similarity(germany, russia, weights=column(rows, "Cap"), **arguments) == pytest.approx(-0.45, abs=0.011)  # type: ignore[arg-type]


#: Signorino & Ritter 1999, table 8: S from alliances, and from alliances and votes with half the weight each
TABLE_8 = {
    ("USA", "UK"): (-0.59, -0.01),
    ("USA", "FRN"): (-0.58, 0.10),
    ("USA", "RUS"): (-0.70, -0.60),
    ("UK", "FRN"): (0.99, 0.73),
    ("UK", "RUS"): (0.87, 0.19),
    ("FRN", "RUS"): (0.88, 0.30),
}


@pytest.mark.suites
@pytest.mark.parametrize("pair", TABLE_8, ids="-".join)
def test_s_of_the_powers_in_1947_is_as_published(pair: tuple[str, str]) -> None:
    alliances, votes = published("alliances1947.csv"), published("UNVotes1947.csv")
    capability = np.array(column(alliances, "SysCap"))
    small = capability == 0  # shares rounded to 0 hold what the others leave of the whole
    capability[small] = (1 - capability.sum()) / small.sum()
    values = np.array([column(alliances, power) + column(votes, power) for power in pair])
    levels = [(0, 1, 2, 3)] * len(alliances) + [(1, 2, 3)] * len(votes)
    only = similarities(values, measure="s", levels=levels, weights=[*capability, *[0] * len(votes)])
    both = similarities(values, measure="s", levels=levels, weights=[*capability, *[1 / len(votes)] * len(votes)])
    assert (only.score[0, 1], both.score[0, 1]) == pytest.approx(TABLE_8[pair], abs=0.03)
    assert (only.common[0, 1], both.common[0, 1]) == (26, 58)


def test_kappa_and_pi_of_the_usual_example_of_fifty_proposals() -> None:
    # yes/yes 20, yes/no 5, no/yes 10, no/no 15: p_o = .7; Cohen's p_e = .5, Scott's = .55² + .45²
    x, y = [1] * 25 + [0] * 25, [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    assert similarity(x, y, measure="kappa") == pytest.approx(0.4)
    assert similarity(x, y, measure="pi") == pytest.approx((0.7 - 0.505) / (1 - 0.505))


def test_weighted_kappa_of_three_grades_by_hand() -> None:
    # differences 0, 1, 0 → D_o = 1/3; all nine pairings of (0, 1, 2) with (0, 2, 2): (0+2+2 + 1+1+1 + 2+0+0) / 9 = 1
    assert similarity([0, 1, 2], [0, 2, 2], measure="kappa") == pytest.approx(2 / 3)
    # pooled 1/6, 1/6, 4/6 … of grades 0, 1, 2: shares 2/6, 1/6, 3/6 → D_e = 2 (2·1·1 + 2·3·2 + 1·3·1) / 36
    assert similarity([0, 1, 2], [0, 2, 2], measure="pi") == pytest.approx(1 - (1 / 3) / (34 / 36))


@pytest.mark.suites
def test_alpha_of_the_canonical_reliability_data_is_the_published_one() -> None:
    rows = [[float(row[f"u{k}"]) if row[f"u{k}"] else np.nan for k in range(1, 13)] for row in published("krippendorff_canonical.csv")]
    assert krippendorff.alpha(np.array(rows), level_of_measurement="nominal") == pytest.approx(0.743, abs=5e-4)


def brute(x: Array, y: Array, weights: Array, measure: str) -> float:
    """Return kappa or pi over all pairings of topics."""
    known = ~np.isnan(x) & ~np.isnan(y)
    x, y, w = x[known], y[known], weights[known] / weights[known].sum()
    pools = [(x, y)] if measure == "kappa" else [(x, y), (y, x), (x, x), (y, y)]
    expected = np.mean([(np.outer(w, w) * np.abs(a[:, None] - b)).sum() for a, b in pools])
    return float(1 - (w * np.abs(x - y)).sum() / expected)


def drawn(seed: int, shape: tuple[int, int], levels: tuple[float, ...] = QUARTERS, unknown: float = 0.2) -> Array:
    generator = np.random.default_rng(seed)
    return np.where(generator.random(shape) < unknown, np.nan, generator.choice(levels, size=shape))


@pytest.mark.parametrize("measure", ["kappa", "pi"])
def test_the_matrix_form_agrees_with_all_pairings_of_topics(measure: str) -> None:
    values, weights = drawn(0, (6, 20)), np.random.default_rng(1).random(20)
    result = similarities(values, measure=measure, weights=weights, least=1)
    for i, j in itertools.combinations(range(6), 2):
        assert result.score[i, j] == pytest.approx(brute(values[i], values[j], weights, measure))
        assert similarity(values[i], values[j], measure=measure, weights=weights) == pytest.approx(result.score[i, j])


def test_a1_is_one_less_the_ratio_of_the_difference_to_that_of_independent_cells() -> None:
    values, weights = drawn(2, (8, 25)), np.random.default_rng(3).random(25)
    fit = ensemble(values, levels=[QUARTERS] * 25)
    result = similarities(values, weights=weights, levels=[QUARTERS] * 25)
    column = fit.column_of_threshold
    for i, j in itertools.combinations(range(8), 2):
        known = ~np.isnan(values[i]) & ~np.isnan(values[j])
        seen = (weights * np.abs(values[i] - values[j]))[known].sum() / weights[known].sum()
        chance = 0.0
        for p in np.flatnonzero(known):
            laws = [-np.diff([1.0, *fit.cumulative[k, column == p], 0.0]) for k in (i, j)]
            chance += weights[p] * sum(a * b * abs(u - v) for (a, u), (b, v) in itertools.product(*(list(zip(law, QUARTERS, strict=True)) for law in laws)))
        assert result.observed[i, j] == pytest.approx(seen)
        assert result.expected[i, j] == pytest.approx(chance / weights[known].sum())
        assert result.score[i, j] == pytest.approx(1 - seen / (chance / weights[known].sum()))


def test_equal_rows_score_one_and_opposite_rows_below_zero() -> None:
    values = np.tile([[1, 0], [1, 0], [0, 1], [0, 1]], 6).astype(float)
    for measure in MEASURES:
        score = similarities(values, measure=measure).score
        assert score[0, 1] == pytest.approx(1)
        assert score[0, 2] == pytest.approx(-1)
        assert score.diagonal() == pytest.approx(np.ones(4))


def test_similarity_due_to_popular_topics_alone_is_none() -> None:
    # all take part in the first ten topics, where nothing can differ; in the others each pair differs as chance has it
    base = np.hstack([np.ones((4, 10)), np.kron(np.eye(4), np.ones(6))])
    s, kappa, a1 = (similarities(base, measure=m).score[0, 1] for m in ("s", "kappa", "a1"))
    assert s > 0.2
    assert kappa > 0.2
    assert a1 == pytest.approx(1 - 12 / (24 * 2 * 0.25 * 0.75))


def activity(values: Array, score: Array) -> float:
    """Return the rank correlation of how active an actor is with how similar it is to the others."""
    off = np.where(np.eye(len(score), dtype=bool), np.nan, score)
    return float(spearmanr(values.sum(axis=1), np.nanmean(off, axis=1))[0])


def test_a1_is_free_of_activity_where_counts_and_jaccard_are_not() -> None:
    found: dict[str, list[float]] = {"counts": [], "jaccard": [], "kappa": [], "a1": []}
    for seed in range(5):
        generator = np.random.default_rng(seed)
        effect = generator.normal(size=(120, 1)) + generator.normal(size=(1, 130)) - 1
        values = (generator.logistic(size=(120, 130)) < effect).astype(float)
        shared, active = values @ values.T, values.sum(axis=1)
        found["counts"].append(activity(values, shared))
        found["jaccard"].append(activity(values, shared / (active[:, None] + active - shared)))
        for measure in ("kappa", "a1"):
            found[measure].append(activity(values, similarities(values, measure=measure).score))
    mean = {name: float(np.mean(numbers)) for name, numbers in found.items()}
    assert mean["counts"] > 0.85
    assert mean["jaccard"] > 0.85
    assert mean["kappa"] > 0.2
    assert abs(mean["a1"]) < 0.15


def test_a1_is_none_on_average_where_there_is_no_bloc() -> None:
    generator = np.random.default_rng(4)
    effect = generator.normal(size=(60, 1)) + generator.normal(size=(1, 100))
    score = similarities((generator.logistic(size=(60, 100)) < effect).astype(float)).score
    assert abs(score[np.triu_indices(60, 1)].mean()) < 0.03


def test_too_few_common_topics_give_no_score_and_say_so() -> None:
    values = drawn(5, (3, 12), unknown=0.0)
    values[0, :3] = np.nan
    result = similarities(values)
    assert np.isnan(result.score[0, 1])
    assert result.reason(0, 1) == "9 topics are known for both, fewer than 10"
    assert (result.reason(1, 2), np.isnan(result.score[1, 2])) == ("", np.False_)
    enough = similarities(values, least=9)
    assert not np.isnan(enough.score).any()
    assert enough.reason(0, 1) == ""


@pytest.mark.parametrize("measure", ["a1", "kappa", "pi"])
def test_margins_without_room_for_a_difference_give_no_score_and_say_so(measure: str) -> None:
    result = similarities(np.ones((3, 12)), measure=measure)
    assert np.isnan(result.score).all()
    assert result.reason(0, 1) == "the margins leave no room for a difference"


def test_a_topic_of_weight_zero_is_as_if_it_were_not_there() -> None:
    values = drawn(6, (5, 15))
    weights = np.ones(15)
    weights[4] = 0
    for measure in ("kappa", "pi", "s"):
        left = similarities(values, measure=measure, weights=weights, least=1, levels=[QUARTERS] * 15)
        right = similarities(np.delete(values, 4, axis=1), measure=measure, least=1, levels=[QUARTERS] * 14)
        assert left.score == pytest.approx(right.score, nan_ok=True)
        assert left.common.tolist() == right.common.tolist()


def test_a_fit_at_hand_is_used() -> None:
    values = drawn(7, (10, 20))
    fit = ensemble(values)
    assert similarities(values, fitted=fit).score == pytest.approx(similarities(values).score, nan_ok=True)
    assert similarities(values, fitted=fit, levels=[QUARTERS] * 20).score == pytest.approx(similarities(values).score, nan_ok=True)
    with pytest.raises(InputError, match="fit it to the same values"):
        similarities(values[:9], fitted=fit)


def test_a_bootstrap_over_topics_is_the_table_with_topics_repeated() -> None:
    values, weights = drawn(8, (10, 20)), np.random.default_rng(0).random(20)
    repeats = np.bincount(np.random.default_rng(1).integers(0, 20, 20), minlength=20)
    fit = ensemble(values, repeats=repeats)
    left = similarities(values, weights=weights * repeats, fitted=fit, least=1)
    right = similarities(np.repeat(values, repeats, axis=1), weights=np.repeat(weights, repeats), least=1)
    assert left.score == pytest.approx(right.score, abs=1e-6)
    with pytest.raises(InputError, match="multiply the weights"):
        similarities(values, fitted=fit)


def test_all_arrays_are_symmetric() -> None:
    for measure in MEASURES:
        result = similarities(drawn(9, (12, 30)), measure=measure, weights=np.random.default_rng(2).random(30))
        for one in (result.score, result.common, result.observed, result.expected):
            assert np.array_equal(one, one.T, equal_nan=True)


def test_two_rows_alone_have_no_topic_margins_so_that_a1_is_kappa() -> None:
    x, y = [1, 0, None, 1, 0.5], [1, 0.5, 0, 0, np.nan]
    assert similarity(x, y, measure="a1") == similarity(x, y, measure="kappa")  # type: ignore[arg-type]


def test_two_rows_without_a_common_topic_have_no_score() -> None:
    assert np.isnan(similarity([1, np.nan], [np.nan, 0], measure="s"))


BAD = {
    "measure": ({"x": [1, 0], "y": [0, 1], "measure": "jaccard"}, "unknown measure 'jaccard'"),
    "lengths": ({"x": [1, 0], "y": [0, 1, 1]}, "same length"),
    "words": ({"x": ["a"], "y": ["b"]}, "numbers"),
    "nothing known": ({"x": [None], "y": [None]}, "every cell"),
    "weights": ({"x": [1, 0], "y": [0, 1], "weights": [1, -1]}, "not negative"),
    "levels": ({"x": [1, 0], "y": [0, 2], "levels": (0, 1)}, "none of the levels"),
}


@pytest.mark.parametrize(("arguments", "message"), BAD.values(), ids=BAD)
def test_rows_that_are_none_are_refused_in_one_line(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        similarity(**arguments)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
