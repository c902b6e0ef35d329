"""Each part of alignment and rivalry on tables that can be computed by hand."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from comity.network.cells import Cells, Index, cells
from comity.network.closure import Closure
from comity.network.commitments import Commitments
from comity.network.composite import alignment, rivalry
from comity.network.draws import Draw, draws, observed
from comity.network.norms import Norms
from comity.network.records import Record
from comity.network.restriction import Restriction
from comity.network.rules import Rules
from comity.network.schemes import Schemes
from comity.network.similarity import similarities
from comity.network.ties import Ties

ONE = observed(1)
NONE = np.zeros((0, 4))


def record(source: str, topic: str, value: float, *, weight: float = 1.0, instrument: str = "law") -> Record:
    return Record("layer", source, "", topic, value, weight, instrument, f"row/{source}-{topic}-{value:g}")


def table(values: list[list[float]]) -> Cells:
    array = np.array(values)
    known = ~np.isnan(array)
    return Cells(tuple(f"t{k:02}" for k in range(array.shape[1])), array, known.astype(float), np.where(known, 0, -1), {})


# cells

def test_of_several_records_of_a_cell_the_one_farthest_from_nothing_counts() -> None:
    index = Index(("A", "B"), ("law",))
    made = cells([record("A", "t", 0.25), record("A", "t", -0.75), record("B", "t", 0.5), record("B", "t", -0.5)], index)
    assert made.values.tolist() == [[-0.75], [0.5]]
    assert [r.value for r in made.records[0, 0]] == [-0.75, 0.25]


def test_stances_that_pull_both_ways_meet_at_their_weighted_mean_to_the_nearest_quarter() -> None:
    made = cells([record("A", "t", 1.0), record("A", "t", -1.0, weight=0.25), record("B", "u", 1)], Index(("A", "B"), ("law",)), mean=True)
    assert made.values[0, 0] == 0.5
    assert np.isnan(made.values[0, 1])
    assert made.weights.tolist() == [[1, 0], [0, 1]]


def test_a_cell_rests_on_the_instrument_of_its_strongest_record() -> None:
    made = cells([record("A", "t", 1.0, instrument="x"), record("A", "t", 0.5, instrument="y")], Index(("A",), ("x", "y")))
    assert made.instruments.tolist() == [[0]]
    assert made.behind(2).tolist() == [[1, 0]]


# A1

RNG = np.random.default_rng(7)
RULES = np.where(RNG.random((8, 24)) < 0.2, np.nan, RNG.choice([0, 0.5, 1], size=(8, 24)))


def test_at_weights_of_one_a1_is_the_measure_of_that_name() -> None:
    assert Rules(table(RULES.tolist())).score(ONE) == pytest.approx(similarities(RULES, measure="a1").score, nan_ok=True)


def test_a_heavier_instrument_draws_a1_towards_what_it_says() -> None:
    values = np.array([[0, 1] * 10, [0, 0] * 10, [1, 0, 0, 1] * 5, [1, 1, 0, 0] * 5, [0, 1, 1, 0] * 5], dtype=float)
    made = Cells(tuple(f"t{k:02}" for k in range(20)), values, np.ones_like(values), np.tile([0, 1], (5, 10)), {})
    alike, apart = (Rules(made).score(Draw(np.array(w), *[np.array([0.0, 1.0])] * 2))[0, 1] for w in ([4.0, 0.25], [0.25, 4.0]))
    assert alike > Rules(made).score(observed(2))[0, 1] > apart


def test_too_few_topics_in_common_give_no_score_and_equal_rows_one() -> None:
    rows = np.where(np.arange(24) < 9, RULES, np.nan)
    rows[:, :9] = np.nan_to_num(RULES[:, :9])
    assert np.isnan(Rules(table(rows.tolist())).score(ONE)).all()
    twins = np.nan_to_num(np.vstack([RULES, RULES[:1]]))
    assert Rules(table(twins.tolist())).score(ONE)[0, -1] == pytest.approx(1)


def test_the_bounds_of_a1_are_apart_where_a_cell_is_unknown_and_one_where_all_are_known() -> None:
    rows = np.nan_to_num(RULES[:6, :14])
    rows[0, 0] = np.nan
    part = Rules(table(rows.tolist()))
    low, high = part.bounds()
    assert (low[0, 1:] < high[0, 1:]).all()
    assert low[1:, 1:] == pytest.approx(part.score(ONE)[1:, 1:])
    assert high[1:, 1:] == pytest.approx(part.score(ONE)[1:, 1:])
    # the cell is 0 to 1: an actor at 1 there differs from it by as much as 1, one at 0.5 by half
    spread = (high - low)[0, 1:] * Rules(table(rows.tolist())).model.step.max()
    assert (spread[rows[1:, 0] == 0.5].max(initial=0) < spread[rows[1:, 0] != 0.5].min())


# A2, A3

def test_a2_is_exact_for_the_table_and_goes_with_it_over_draws() -> None:
    held = (RNG.random((12, 60)) < 0.5).astype(float)
    part = Commitments(held, tuple(map(str, range(60))), np.arange(60.0))
    mean = np.mean([part.score(d) for d in draws(map(str, range(60)), [1.0], count=60, seed=0)], axis=0)
    pairs = np.triu_indices(12, 1)
    assert np.corrcoef(mean[pairs], part.score()[pairs])[0, 1] > 0.95
    assert part.shared[0, 1] == held[0] @ held[1]


def test_a_treaty_of_two_ties_more_than_one_of_three_and_a_grant_one_way() -> None:
    held = np.array([[1, 1], [1, 1], [0, 1]], dtype=float)
    score = Ties(held, np.array([1.0, 0.5]), np.zeros(2), np.array([[0, 2, 0.75, 0]], dtype=float)).score(ONE)
    assert score[0, 1] == pytest.approx(1 - exp(-(1 + 0.25)))
    assert score[2, 0] == pytest.approx(1 - exp(-0.25))
    assert score[0, 2] == pytest.approx(1 - exp(-(0.25 + 0.75)))


# R1 to R4

def test_named_acts_count_in_full_and_those_without_target_at_a_quarter_towards_all_others() -> None:
    part = Restriction(3, np.array([[0, 1, 1.0, 0], [0, 1, 0.5, 0]]), np.array([[0, -1, 1.0, 0]]))
    score = part.score(ONE)
    assert score[0].tolist() == pytest.approx([0, 1 - exp(-1.75), 1 - exp(-0.25)])
    assert part.score(ONE, neutral=0)[0, 2] == 0
    assert not score[1:].any()


def test_ways_that_wait_for_a_decision_are_shut_without_one() -> None:
    opened = np.zeros((3, 3))
    opened[0, 1] = 1
    score = Closure(np.array([3.0, 0, 0]), np.array([1.0, 0, 0]), np.array([np.nan, 1.0, np.nan]), opened).score()
    assert score[0, 1] == 0
    assert score[0, 2] == 0.25
    assert score[1, 0] == 1
    assert np.isnan(score[2]).all()


def test_a_decision_opens_a_law_that_names_no_way_of_its_own() -> None:
    opened = np.zeros((2, 2))
    opened[0, 1] = 1
    assert Closure(np.zeros(2), np.zeros(2), np.array([1.0, 1.0]), opened).score()[0, 1] == 0


def test_opposite_stances_clash_beyond_what_the_margins_give_and_absence_is_no_opposition() -> None:
    values = [[1, 1, 1, 1], [-1, -1, -1, -1], [1, 1, -1, -1], [np.nan] * 4]
    part = Norms(table(values), NONE)
    score = part.score(ONE)
    assert score[0, 1] == pytest.approx(0, abs=1e-3)  # who is for everything clashes with who is against everything by its margins
    assert part.opposed()[0].tolist() == [0, 4, 2, 0]
    assert not score[3].any()


def test_two_camps_clash_and_allies_do_not() -> None:
    values = [[1, 1, -1, -1], [1, 1, -1, -1], [-1, -1, 1, 1], [-1, -1, 1, 1]]
    score = Norms(table(values), NONE).score(ONE)
    # each cell is even by its margins: C = 4 against E[C] = 2
    assert score[0, 2] == pytest.approx(1 - exp(-2), abs=1e-6)
    assert score[0, 1] == 0
    assert (score == score.T).all()


def test_a_conflict_that_a_source_states_counts_in_both_directions() -> None:
    score = Norms(table([[1, 1], [1, 1]]), np.array([[0, 1, 0.5, 0]])).score(ONE)
    assert score[0, 1] == score[1, 0] == pytest.approx(1 - exp(-0.5))


def test_schemes_rival_between_those_who_joined_one_alone() -> None:
    held = np.array([[1, 0], [0, 1], [1, 1], [0, 0]], dtype=float)
    part = Schemes(held, np.array([[0, 1, 0.5, 0]]))
    assert part.score(ONE)[0].tolist() == [0, 0.5, 0, 0]
    assert part.opposed()[0].tolist() == [0, 1, 0, 0]
    assert not part.score(ONE)[2:].any()


# composite

def test_alignment_is_the_mean_of_the_known_parts_and_rivalry_a_noisy_or() -> None:
    unknown = np.full((2, 2), np.nan)
    parts = {"A1": unknown, "A2": np.full((2, 2), 0.5), "A3": np.array([[0, 0.2], [0.4, 0]])}
    assert alignment(parts)[0, 1] == pytest.approx((0.5 + 0.3) / 2)
    assert np.isnan(alignment(dict.fromkeys(parts, unknown))).all()
    rivals = {"R1": np.full((2, 2), 0.5), "R2": unknown, "R3": np.ones((2, 2)), "R4": np.zeros((2, 2))}
    assert rivalry(rivals)[0, 1] == pytest.approx(1 - (1 - 0.45) * (1 - 0.7))


def test_rules_far_below_chance_count_no_further_than_minus_one() -> None:
    parts = {"A1": np.full((2, 2), -3.0), "A2": np.full((2, 2), np.nan), "A3": np.zeros((2, 2))}
    assert alignment(parts)[0, 1] == pytest.approx(-0.5)
