"""The world table of the built graph and of the small one: parts, intervals, signs, receipts and datasets."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from real import ROOT, built

from comity.errors import InputError
from comity.graph import Graph
from comity.network import Intervals, Slice, World, explain, intervals, multiplex, project, signed_network
from comity.network.composite import alignment, rivalry
from comity.network.formats import write
from comity.network.kept import kept
from comity.network.project import Reader
from comity.network.scores import Scores, made, tabulate
from comity.network.world import LEAST

#: what its tests share is computed once, in one process
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("world")]

LIBRARY = ROOT / "queries"
DAY = {"as_of": "2026-01-01", "known_on": "2999-01-01"}


@pytest.fixture(scope="module")
def world() -> World:
    return built().world(**DAY)


@pytest.fixture(scope="module")
def ends(world: World) -> Intervals:
    return intervals(world, count=40, seed=3)


@pytest.fixture(scope="module")
def scores(world: World, ends: Intervals) -> Scores:
    return Scores(world, ends)


def at(world: World, name: str, first: str, second: str) -> float:
    return float(world.scores()[name][world.index.places[first], world.index.places[second]])


def test_every_score_lies_in_its_range_and_symmetric_ones_are_symmetric(world: World) -> None:
    found = world.scores()
    for name, low in (("A1", -np.inf), ("A2", -1), ("A3", 0), ("A", -1), ("R1", 0), ("R2", 0), ("R3", 0), ("R4", 0), ("R", 0)):
        values = found[name][~np.isnan(found[name])]
        assert values.size
        assert values.min() >= low
        assert values.max() <= 1 + 1e-9
    for name in ("A1", "A2", "A", "R3", "R4"):
        assert np.array_equal(found[name], found[name].T, equal_nan=True)
    assert np.array_equal(found["A"], alignment(found), equal_nan=True)
    assert np.array_equal(found["R"], rivalry(found))


def test_known_facts_show_in_the_scores(world: World) -> None:
    assert at(world, "A", "JPN", "AUS") > at(world, "A", "JPN", "CHN")
    assert at(world, "R", "USA", "CHN") > 0.9 < at(world, "R", "CHN", "USA")
    assert at(world, "R1", "JPN", "AUS") == 0
    assert at(world, "R2", "EU", "JPN") == 0 < at(world, "R2", "EU", "CHN")
    assert at(world, "A3", "EU", "JPN") > at(world, "A3", "EU", "RUS")


def test_a_union_is_one_actor_unless_taken_apart(world: World) -> None:
    assert "DEU" not in world.index.places
    apart = built().world(**DAY, unions_as_one=False, actors=("DEU", "FRA", "USA", "JPN", "CHN"))
    assert "DEU" in apart.index.places
    assert at(apart, "A2", "DEU", "FRA") >= at(apart, "A2", "DEU", "CHN")


def test_an_organisation_stands_for_its_members_of_that_day() -> None:
    g7 = built().world(**DAY, actors=("g7",))
    assert set(g7.index.actors) == {"CAN", "EU", "GBR", "JPN", "USA"}


def test_the_stage_counts_signatures_or_leaves_provisional_application_out() -> None:
    held = {stage: built().world(**DAY, stage=stage).ties.held.sum() for stage in ("in-force", "applied", "signed")}
    assert held["in-force"] < held["applied"] < held["signed"]


@pytest.mark.parametrize(("given", "message"), [
    ({"actors": ("atlantis",)}, "no actor is called atlantis"), ({"stage": "hoped-for"}, "no stage is called hoped-for; use in-force, applied, signed"),
    ({"as_of": "1700-01-01"}, "no two actors have evidence on 1700-01-01"), ({"as_of": "soon"}, "as_of=soon: not a day"),
    ({"actors": ("JPN",)}, "no two actors have evidence"),
])
def test_a_slice_without_evidence_is_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        built().world(**{**DAY, **given})  # type: ignore[arg-type]


def test_scores_as_known_before_anything_was_recorded_are_refused(small: Graph) -> None:
    with pytest.raises(InputError, match="no two actors"):
        small.world(as_of="2024-01-01", known_on="2024-01-09")


# intervals

def test_the_same_seed_gives_the_same_intervals_and_another_one_others(world: World, ends: Intervals) -> None:
    again, other = intervals(world, count=40, seed=3), intervals(world, count=40, seed=4)
    assert all(np.array_equal(ends.low[n], again.low[n], equal_nan=True) and np.array_equal(ends.high[n], again.high[n], equal_nan=True) for n in ends.low)
    assert not np.array_equal(ends.low["A"], other.low["A"], equal_nan=True)


def test_an_interval_has_its_ends_in_order_and_mostly_holds_the_score(world: World, ends: Intervals) -> None:
    for name in ("A", "R", "A3"):
        low, high, value = ends.low[name], ends.high[name], world.scores()[name]
        known = ~np.isnan(low) & ~np.isnan(value)
        assert (low <= high)[known].all()
        inside = (value >= low - 0.001) & (value <= high + 0.001)
        assert inside[known].mean() > 0.8


def test_too_few_draws_have_no_ends(world: World) -> None:
    with pytest.raises(InputError, match="ask for 20 or more"):
        intervals(world, count=19)


def test_kept_intervals_come_back_as_they_were_and_a_new_version_makes_new_ones(world: World, ends: Intervals, tmp_path: Path) -> None:
    first = kept(world, tmp_path, made={"version": "1"}, count=40, seed=3)
    again = kept(world, tmp_path, made={"version": "1"}, count=40, seed=3)
    assert len(list(tmp_path.iterdir())) == 2
    assert np.array_equal(first.positive, again.positive, equal_nan=True)
    assert all(np.array_equal(first.high[n], again.high[n], equal_nan=True) for n in ends.high)
    kept(world, tmp_path, made={"version": "2"}, count=40, seed=3)
    assert len(list(tmp_path.iterdir())) == 4


def test_a_folder_that_cannot_be_written_to_costs_time_alone(world: World, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert kept(world, tmp_path / "file" / "below", made={}, count=20, seed=0).draws == 20


# signs

def test_edges_are_negative_where_rivalry_is_sure_both_ways_and_positive_where_they_are_tied(world: World, ends: Intervals) -> None:
    graph = signed_network(world, ends)
    assert graph["USA"]["CHN"]["sign"] == -1
    assert graph["JPN"]["AUS"]["sign"] == 1
    assert {"rivalry", "tie"} <= {d["why"] for *_, d in graph.edges(data=True)} <= {"rivalry", "shares", "tie"}
    assert set(graph) == set(world.index.actors)
    assert not any(graph.has_edge(*pair) for pair in graph.graph["mixed"])


def test_a_higher_threshold_leaves_fewer_negative_edges(world: World, ends: Intervals) -> None:
    counts = [sum(d["sign"] < 0 for *_, d in signed_network(world, ends, tau=tau).edges(data=True)) for tau in (0.3, 0.6, 0.9)]
    assert counts[0] >= counts[1] >= counts[2] > 0


def test_each_joining_layer_gives_its_signed_edges() -> None:
    reader = Reader(built().store, LIBRARY, Slice(**DAY))
    graph = multiplex(reader)
    layers = {key: d["sign"] for *_, key, d in graph.edges(keys=True, data=True)}
    assert layers.keys() <= {layer.name for layer in reader.joining()}
    assert {"trade", "recognitions", "measures"} <= layers.keys()
    assert {name for name, sign in layers.items() if sign < 0} == {"measures"}
    assert graph.has_edge("EU", "JPN", key="recognitions")


# receipts

def test_a_receipt_opens_every_score_to_rows_of_the_graph(world: World, ends: Intervals) -> None:
    receipt = explain(world, "EU", "CHN", ends=ends)
    assert list(receipt.scores) == ["A", "A1", "A2", "A3", "R", "R1", "R2", "R3", "R4"]
    rows = {row for score in receipt.scores.values() for line in score.lines for row in line.rows}
    values = " ".join(f"(<https://w3id.org/comity/id/{row}>)" for row in sorted(rows))
    answer = list(built().query(f"SELECT ?row WHERE {{ VALUES (?row) {{ {values} }} FILTER NOT EXISTS {{ ?row a ?class }} }}"))
    assert len(rows) > 50
    assert answer == []


def test_the_receipt_of_a2_lists_what_both_hold_and_that_of_r1_what_was_done(world: World) -> None:
    receipt = explain(world, "USA", "CHN")
    shared = int(world.commitments.shared[world.index.places["USA"], world.index.places["CHN"]])
    assert len(receipt.scores["A2"].lines) == shared
    acts = [r for r in world.records["R1"] if r.source == "USA" and r.target in ("CHN", "")]
    assert len(receipt.scores["R1"].lines) == len(acts)
    assert receipt.scores["R1"].value == pytest.approx(at(world, "R1", "USA", "CHN"), abs=1e-6)


def test_a_score_on_fewer_than_three_instruments_is_not_shown_but_its_rows_are(world: World) -> None:
    score = explain(world, "JPN", "CHN").scores["A3"]
    assert (score.value, score.low) == (None, None)
    assert score.reason == "insufficient evidence: it rests on 2 instruments, fewer than 3"
    assert [line.about for line in score.lines] == ["rcep", "wto-gats"]


@pytest.mark.parametrize(("pair", "message"), [
    (("FRA", "JPN"), "if it stands under its union, take unions apart"), (("openai", "JPN"), "give the id of a state"),
    (("JPN", "JPN"), "are one actor in this slice")])
def test_a_pair_without_a_receipt_is_refused(world: World, pair: tuple[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        explain(world, *pair)


# dataset

def test_the_dataset_has_a_row_a_pair_and_shows_nothing_on_thin_evidence(scores: Scores) -> None:
    world = scores.world
    dataset = tabulate(scores, about=made(built().store, world, scores.ends, built().queries()))
    n = len(world.index.actors)
    assert len(dataset.ties) == n * (n - 1) // 2
    for row in dataset.ties:
        assert (row["A"] is None) == (row["instruments_A"] < LEAST) or row["A"] is None
        if row["instruments_R"] < LEAST:
            assert row["R"] is row["R_low"] is row["R1"] is None
    pair = next(r for r in dataset.ties if (r["source"], r["target"]) == ("CHN", "USA"))
    assert (pair["relation"], pair["R"], pair["R_back"]) == ("rivals", round(at(world, "R", "CHN", "USA"), 6), round(at(world, "R", "USA", "CHN"), 6))
    assert {"version", "method", "query_sha256", "as_of", "seed", "draws"} <= dataset.about.keys()


def test_the_dataset_goes_through_the_writers_with_the_rows_behind_each_pair(tmp_path: Path) -> None:
    world = built().world(**DAY, actors=("USA", "CHN", "JPN", "EU", "GBR"))
    ends = intervals(world, count=20)
    dataset = tabulate(Scores(world, ends), about=made(built().store, world, ends, built().queries()), evidence=True)
    rows = list(csv.DictReader(io.StringIO(write(dataset, "csv").decode())))
    assert [(r["source"], r["target"]) for r in rows][:2] == [("CHN", "EU"), ("CHN", "GBR")]
    assert "participation/wto-gats-CHN" in rows[0]["through"]
    document = json.loads(write(dataset, "json"))
    assert len(document["edges"]) == 10
    assert b"wasDerivedFrom" in write(dataset, "nq")


def test_the_graph_of_layers_and_the_world_read_the_same_slice() -> None:
    reader = Reader(built().store, LIBRARY, Slice(**DAY))
    graph = project(built().store, LIBRARY, layers=("recognitions",), reader=reader)
    assert graph.graph["as_of"] == "2026-01-01"
    assert graph.has_edge("EU", "JPN", key="recognitions")
