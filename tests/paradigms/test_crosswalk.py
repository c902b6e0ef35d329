"""Two partitions of a few things: Cramér's V and adjusted mutual information against values worked out by hand or elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from comity.paradigms import adjusted_mutual_information, cramers_v, crosswalk


def test_the_same_partition_under_other_names_scores_one() -> None:
    found = crosswalk({"A": "x", "B": "x", "C": "y"}, {"A": "1", "B": "1", "C": "2"}, names=("one", "two"))
    assert (found.rows, found.columns, found.counts, found.n) == (("x", "y"), ("1", "2"), ((2, 0), (0, 1)), 3)
    assert found.cramers_v == pytest.approx(1)
    assert found.ami == pytest.approx(1)


def test_only_what_both_schemes_label_is_crossed() -> None:
    assert crosswalk({"A": "x", "B": "x"}, {"B": "1", "C": "1"}).n == 1


def test_independent_labels_have_a_v_of_zero_and_less_information_than_chance_gives() -> None:
    assert cramers_v([[2, 2], [2, 2]]) == pytest.approx(0)
    # two by two, margins 2 and 2: the overlap is 2 or 0 with chance 1/3 (information log 2), 1 with chance 2/3 (information 0)
    assert adjusted_mutual_information([[1, 1], [1, 1]]) == pytest.approx(-(np.log(2) / 3) / (np.log(2) - np.log(2) / 3))


def test_cramers_v_is_the_root_of_the_mean_square_contingency() -> None:
    # χ² of ((3, 1), (1, 3)) is 2, n is 8
    assert cramers_v([[3, 1], [1, 3]]) == pytest.approx(np.sqrt(2 / 8))


def test_measures_that_are_not_defined_are_none() -> None:
    assert cramers_v([[3, 1]]) is None
    assert crosswalk({}, {}).cramers_v is None
    assert crosswalk({}, {}).ami is None
    assert crosswalk({"A": "x"}, {"A": "1"}).ami is None
