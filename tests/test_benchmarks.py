"""The benchmark's own parts: the generator, the mix and its hashes, and what is made of the numbers."""

from __future__ import annotations

import filecmp
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
import rdflib

from benchmarks.answers import cell, digest
from benchmarks.charts import chart
from benchmarks.dates import is_plain, without_clocks
from benchmarks.generate import generate
from benchmarks.line import exponent
from benchmarks.mix import mix, read_expected
from benchmarks.page import write
from benchmarks.results import Measured, geometric_mean, keep, p95, quads, read
from benchmarks.world import Chance
from comity.build import Prepared, prepare
from comity.queries import library
from comity.settings import layout
from comity.store import EmbeddedStore
from comity.vocabulary import XSD

ROOT = Path(__file__).resolve().parents[1]
QUADS, SEED = 20_000, 1
AGAIN = "if a question, a rule or the generator changed: python -m benchmarks.run --sizes 20k --parts worlds --out /tmp/bench --accept"
SLEEPY = """
import time
from pathlib import Path
from benchmarks.engines import Engine
from benchmarks.trial import Limits, ask
class Sleepy(Engine):
    name = family = "sleepy"
    restarts = 0
    def load(self, data): pass
    def query(self, text):
        time.sleep(60 if text == "slow" else 0)
        return []
    def restart(self): self.restarts += 1
engine = Sleepy(Path("."))
slow, fast = (ask(engine, text, Limits(0.2, 3, 1.0)) for text in ("slow", "fast"))
print(slow["failed"], engine.restarts, fast["rows"], len(fast["warm"]))
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = tmp_path_factory.mktemp("world")
    generate(folder, quads=QUADS, seed=SEED)
    return prepare(replace(layout(), tables=folder))


def test_the_same_seed_gives_the_same_tables_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        generate(tmp_path / name, quads=QUADS, seed=seed)
    files = [p.name for p in (tmp_path / "one").iterdir()]
    assert filecmp.cmpfiles(tmp_path / "one", tmp_path / "again", files, shallow=False)[0] == files
    assert "participations.csv" in filecmp.cmpfiles(tmp_path / "one", tmp_path / "other", files, shallow=False)[1]


def test_a_made_up_world_passes_the_whole_line_without_a_fault(world: Prepared) -> None:
    assert world.faults == []
    assert QUADS * 0.9 < len(world.store) < QUADS * 1.1


def test_the_rules_find_something_in_a_made_up_world(world: Prepared) -> None:
    assert [name for name, count in world.derived.items() if not count and name not in ("conflicts-flows", "paradigms")] == []


def test_each_question_of_the_mix_gives_the_rows_that_the_engines_agree_on(world: Prepared) -> None:
    store, expected = EmbeddedStore(world.store, {}), read_expected(QUADS, SEED)
    answers = {name: store.query(text).rows.cells for name, text in mix().items()}
    assert [name for name, rows in answers.items() if not rows] == []
    assert {n: (len(rows), digest(rows)) for n, rows in answers.items()} == {n: (e.rows, e.sha256) for n, e in expected.items()}, AGAIN


def test_popular_numbers_come_about_as_often_as_zipf_says() -> None:
    chance = Chance(1)
    draws = [chance.popular(100) for _ in range(20_000)]
    assert min(draws) == 1
    assert max(draws) == 100
    assert 1.6 < draws.count(1) / draws.count(2) < 1.9  # log(2/1) : log(3/2)


def test_the_hash_does_not_depend_on_the_order_of_rows_or_on_how_a_number_is_written() -> None:
    one = [(ox.NamedNode("urn:a"), ox.Literal("1.50", datatype=ox.NamedNode(XSD + "decimal")), None)]
    other = [(rdflib.URIRef("urn:a"), rdflib.Literal("15e-1", datatype=rdflib.XSD.double), None)]
    assert digest([*one, (ox.Literal("x"),)]) == digest([(rdflib.Literal("x", datatype=rdflib.XSD.string),), *other])
    assert cell(ox.Literal("a", language="en")) != cell(ox.Literal("a"))


def test_a_question_that_takes_too_long_is_killed_and_the_next_is_answered() -> None:
    said = subprocess.run([sys.executable, "-c", SLEEPY], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30).stdout
    assert said == "no answer in 0 s 1 0 3\n"


def test_the_exponent_of_growth_is_that_of_known_curves() -> None:
    assert exponent([(n, 3 * n) for n in (100, 1000, 5000)]) == pytest.approx(1)
    assert exponent([(n, 0.2 * n**2) for n in (100, 1000, 5000)]) == pytest.approx(2)


def test_the_clocks_are_taken_out_of_a_question_in_the_plain_form() -> None:
    questions = library(layout().queries)
    plain = without_clocks(questions["lookup/parties"].text)
    assert is_plain(questions["lookup/parties"])
    assert "heldUntil" not in plain
    assert "comity:inInstrument ?agreement" in plain
    assert not is_plain(questions["lookup/bound-by"])


def test_a_new_block_of_values_takes_the_place_of_the_old_one_and_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "performance.csv"
    keep(path, [Measured("1M", "ours", "star", "rows", "20"), Measured("100k", "ours", "star", "rows", "2"), Measured("100k", "ours", "path", "rows", "1")])
    keep(path, [Measured("100k", "ours", "star", "rows", "3")])
    assert read(path) == [Measured("100k", "ours", "star", "rows", "3"), Measured("1M", "ours", "star", "rows", "20")]


def test_sizes_percentiles_and_means_are_as_they_say() -> None:
    assert [quads(s) for s in ("20k", "5M", "300", "real")] == [20_000, 5_000_000, 300, 0]
    assert p95([float(n) for n in range(1, 101)]) == 95
    assert geometric_mean([1, 100]) == pytest.approx(10)


def test_a_failure_is_named_and_left_out_of_the_mean(tmp_path: Path) -> None:
    ours = [("", "load_seconds", "1"), ("star", "median_ms", "2"), ("path", "median_ms", "9"), ("path", "failed", "no answer in 60 s")]
    rows = [Measured("100k", "build", "", "quads", "100000"), *(Measured("100k", "ours, in memory", *values) for values in ours)]
    keep(tmp_path / "performance.csv", rows)
    write(tmp_path)
    text = (tmp_path / "performance.md").read_text(encoding="utf-8")
    assert "- ours, in memory: path: no answer in 60 s" in text
    assert "| 1 of 2 |" in text


def test_a_chart_is_well_formed_and_has_a_dot_for_each_point() -> None:
    drawn = chart("Load & go", "quads", "s", {"one": [(1e5, 1), (1e6, 12)], "other": [(1e5, 1.01)], "none": []})
    assert len(ElementTree.fromstring(drawn).findall(".//{http://www.w3.org/2000/svg}circle")) == 3
