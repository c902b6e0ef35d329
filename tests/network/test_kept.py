"""Intervals that are read back, or drawn anew only where a change can touch them, equal those drawn whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from comity.graph import Graph
from comity.network import intervals
from comity.network.intervals import DIRECTED, SYMMETRIC, Intervals
from comity.network.kept import kept
from comity.network.project import Reader
from comity.network.records import Slice
from comity.network.world import World, world


@pytest.mark.parametrize(("layer", "group"), [("measures", "R"), ("agreements", "A")])
def test_a_changed_instrument_makes_one_group_new_with_the_same_numbers_as_drawing_all(small: Graph, tmp_path: Path, layer: str, group: str) -> None:
    before, after = _worlds(small, layer)
    kept(before, tmp_path, made={}, count=20, seed=3)
    old = _files(tmp_path)
    assert sorted(name[0] for name in old) == ["A", "R"]
    found = kept(after, tmp_path, made={}, count=20, seed=3)
    assert [name[0] for name in _files(tmp_path) - old] == [group]
    _are_equal(found, intervals(after, count=20, seed=3))


@pytest.mark.parametrize(("day", "made", "count", "seed"), [
    ("2021-01-01", {}, 20, 3), ("2023-07-01", {"method": "2.0"}, 20, 3), ("2023-07-01", {}, 21, 3), ("2023-07-01", {}, 20, 4)])
def test_other_actors_method_draws_or_seed_are_drawn_anew(small: Graph, tmp_path: Path, day: str, made: dict[str, str], count: int, seed: int) -> None:
    kept(small.world(as_of="2023-07-01", known_on="2024-12-31"), tmp_path, made={}, count=20, seed=3)
    kept(small.world(as_of=day, known_on="2024-12-31"), tmp_path, made=made, count=count, seed=seed)
    assert len(_files(tmp_path)) == 4


def _files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _are_equal(one: Intervals, other: Intervals) -> None:
    for name in SYMMETRIC + DIRECTED:
        assert np.array_equal(one.low[name], other.low[name], equal_nan=True), name
        assert np.array_equal(one.high[name], other.high[name], equal_nan=True), name
    assert np.array_equal(one.positive, other.positive, equal_nan=True)


def _worlds(small: Graph, layer: str) -> tuple[World, World]:
    """Return a world, and the same without the last row of a layer."""
    at = Slice("2023-07-01", "2024-12-31")
    reader, other = (Reader(small.store, small.layout.queries, at, questions=small.queries()) for _ in range(2))
    records = other.records(layer)
    assert records
    other._read[layer] = records[:-1]
    return world(small.store, small.layout.queries, reader=reader), world(small.store, small.layout.queries, reader=other)
