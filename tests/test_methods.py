"""The page of methods: its parts, the same bytes twice, what stands on the page of the real graph, the command and the server."""

from __future__ import annotations

import hashlib
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from real import ROOT
from real import built as real_graph
from starlette.testclient import TestClient

from comity.api.app import create_app
from comity.cli.main import run
from comity.errors import InputError
from comity.graph import Graph
from comity.names import dataset_version
from comity.network.composite import REACH
from comity.network.slices import Change
from comity.site.methods import MARK, Plan, Section, Table, markdown, page, pictures, version_line
from comity.site.methods.figures import heatmap, lines
from comity.site.methods.known import _joined, known
from comity.site.methods.made import made
from comity.site.methods.moves import Effects, _year, behind, network
from comity.site.methods.page import _verdicts
from comity.site.methods.parts import chance, html, number, span
from comity.site.methods.powers import powers
from comity.site.methods.sensitivity import REACHES, sensitivity
from comity.site.methods.signs import signs
from comity.site.methods.study import Study, spearman
from comity.site.methods.validation import validation

#: what its tests share is computed once, in one process
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("methods")]

PAGE = ROOT / "docs" / "methods.md"
ACTORS = ("USA", "CHN", "EU", "JPN", "GBR")
TINY = Plan(as_of="2024-01-01", years=(2021, 2024), actors=ACTORS, draws=20)
COMMAND = ["methods", "--as-of", "2024-01-01", "--years", "2021", "2024", "--draws", "20", *(word for a in ACTORS for word in ("--actors", a))]
VOTES = {"USA": 2.5, "CHN": -0.9, "JPN": 0.8, "DEU": 1.1, "FRA": 1.2, "GBR": 1.6}
POINTS = "Row,session,IdealPoint,iso3c\n" + "".join(f"1,74,{v},{iso}\n" for iso, v in VOTES.items())


@pytest.fixture(scope="module")
def study(small: Graph) -> Study:
    return Study(small, TINY)


@pytest.fixture(scope="module")
def sections(small: Graph) -> list[Section]:
    """Return the page of the small graph."""
    return page(small, TINY)


def _cells(section: Section, title: str) -> dict[str, tuple[str, ...]]:
    return {part.rows[k][0]: part.rows[k] for part in section.parts if isinstance(part, Table) and part.title == title for k in range(len(part.rows))}


# Parts

def test_numbers_have_no_minus_zero_and_what_is_unknown_is_empty() -> None:
    assert [number(v) for v in (-0.001, 0.125, float("nan"), 12)] == ["0.00", "0.12", "", "12.00"]
    assert span(-0.5, 0.25) == "-0.50 to 0.25"
    assert span(float("nan"), 1.0) == ""
    assert [chance(p) for p in (0.0001, 0.04, float("nan"))] == ["< 0.001", "0.040", ""]


def test_a_column_of_numbers_stands_to_the_right_and_a_bar_is_escaped() -> None:
    text = markdown([Section("S", (Table("T", "from", ("a|b", "n"), (("x", "1"), ("y", "·"))),))])
    assert "| a\\|b | n |\n| --- | ---: |\n| x | 1 |" in text
    assert text.startswith("## S\n\n### T\n")
    assert text.endswith("`from`\n")


def test_pictures_are_xml_with_a_cell_for_each_known_pair() -> None:
    svg = heatmap(["A&B", "C"], np.array([[np.nan, 0.5], [-0.25, np.nan]]), title="<t>")
    root = ET.fromstring(svg)
    texts = [e.text for e in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts.count("0.50") == texts.count("-0.25") == 1
    assert "A&B" in texts
    drawn = ET.fromstring(lines([1, 2, 3], {"one": [0.0, float("nan"), 2.0], "two": [1.0, 1.0, 1.0]}, title="t"))
    points = [e.attrib["points"].split() for e in drawn.iter("{http://www.w3.org/2000/svg}polyline")]
    assert [len(p) for p in points] == [2, 3]


def test_the_levels_of_an_axis_are_round_numbers_and_labels_stay_in_the_picture() -> None:
    drawn = ET.fromstring(lines([1, 2], {f"n{k}": [7.3, 0.0] for k in range(9)}, title="t"))
    texts = list(drawn.iter("{http://www.w3.org/2000/svg}text"))
    assert [t.text for t in texts][:5] == ["0", "2", "4", "6", "8"]
    assert sorted(float(t.attrib["y"]) for t in texts)[-1] <= float(drawn.attrib["height"])


def test_a_line_without_any_known_number_is_still_a_picture() -> None:
    ET.fromstring(lines([1.0], {"none": [float("nan")]}, title="t"))


def test_rank_correlation_leaves_unknown_cells_out() -> None:
    assert spearman(np.array([1.0, 2, 3, np.nan]), np.array([10.0, 30, 20, 5])) == pytest.approx(0.5)
    assert np.isnan(spearman(np.array([1.0, 1, 1]), np.array([1.0, 2, 3])))
    assert np.isnan(spearman(np.array([1.0, 2]), np.array([1.0, 2])))


def test_what_looks_like_html_is_shown_as_text_and_nothing_is_styled_in_the_page() -> None:
    made_of = html("<!-- a comment -->\n# T\n\n| a | b |\n| --- | ---: |\n| <b>x</b> | 1 |\n")
    assert "comment" not in made_of
    assert "&lt;b&gt;x&lt;/b&gt;" in made_of
    assert "style=" not in made_of
    assert '<td class="number">1</td>' in made_of


# What the tables say, on the small graph

def test_weights_are_those_of_the_graph(study: Study) -> None:
    section = made(study)
    rows = {(r[0], r[1]): r[2] for part in section.parts if isinstance(part, Table) and part.title == "Weights and levels" for r in part.rows}
    assert rows["bindingness", "weight"] == "hard 1, mixed 0.5, soft 0.25"
    assert rows["mechanism", "needsDecision"] == "adequacy 1, treaty 1"
    assert len(_cells(section, "Inputs")) == len(study.feeding("A1", "A2", "A3", "R1", "R2", "R3", "R4"))


def test_each_table_names_hash_day_seed_and_versions(sections: list[Section]) -> None:
    for section in sections:
        for part in section.parts:
            if isinstance(part, Table):
                assert all(word in part.origin for word in ("queries ", "as of ", "known on ", "seed 0", "data ", "methods 1.")), part.title


def test_a_hash_changes_with_the_queries_that_feed_a_table(study: Study) -> None:
    assert study.origin("A1").split(" · ")[0] != study.origin("A2").split(" · ")[0]
    assert study.origin("agreements") == study.origin("agreements")


def test_variants_of_reach_leave_one_part_out_each() -> None:
    assert all(f"without {part}" in REACHES and part not in REACHES[f"without {part}"] for part in REACH)
    assert REACHES["declared"] == REACH


def test_a_choice_that_changes_nothing_is_no_test_that_was_passed(study: Study) -> None:
    rows = _cells(sensitivity(study), "How rivalry is put together")
    assert rows["v: declared"][-1] == rows["ρ = 0.25"][-1] == ""
    assert {row[-1] for row in rows.values()} <= {"", "yes", "no"}


def test_an_agreement_of_many_ties_each_pair_less_and_strength_counts_agreements() -> None:
    graph = _joined({"pact": {"A", "B", "C"}, "deal": {"A", "B"}})
    assert graph["A"]["B"]["weight"] == pytest.approx(1.5)
    assert dict(graph.degree(weight="weight")) == pytest.approx({"A": 2.0, "B": 2.0, "C": 1.0})


def test_verdicts_are_the_rows_of_the_tables_that_give_one() -> None:
    table = Table("Known", "o", ("what", "found", "holds"), (("one", "x", "yes"), ("two", "y", "no")))
    other = Table("Else", "o", ("what", "n"), (("three", "no"),))
    _, failed, held = _verdicts([Section("S", (table, other))]).parts
    assert failed == "Not as expected (1):\n\n- Known: two"
    assert held == "As expected (1):\n\n- Known: one"


def test_the_instruments_behind_a_score_are_those_of_its_receipt(study: Study) -> None:
    world = study.world
    places = world.index.places
    found = behind(world, "R", places["EU"], places["USA"])
    own = {r.instrument for part in ("R1", "R2") for r in world.records[part] if r.source == "EU" and r.target in ("", "USA")}
    assert own
    assert own <= found
    alike = behind(world, "A", places["EU"], places["JPN"])
    held = {r.topic for r in world.records["A2"] if r.source == "EU"} & {r.topic for r in world.records["A2"] if r.source == "JPN"}
    assert held <= alike


def test_the_network_of_a_year_holds_scores_that_are_shown_only(study: Study) -> None:
    year = _year(study, "2024-01-01")
    graph = network(year, study.powers)
    for a, b, key in graph.edges(keys=True):
        i, j = year.world.index.places[a], year.world.index.places[b]
        assert year.world.instruments[key][i, j] >= 3


def test_the_effect_of_an_instrument_is_what_the_score_loses_without_it(study: Study) -> None:
    year = _year(study, "2024-01-01")
    source, target, _, place = (int(v) for v in year.world.restriction.acts[0])
    names = year.world.index
    change = Change("2023-01-01", "2024-01-01", names.actors[source], names.actors[target], "R", True, "heavier", 0.0, 1.0, (), ())
    effects = Effects({"2024-01-01": year})
    assert effects.effect(change, "2024-01-01", names.instruments[place]) > 0
    assert effects.effect(change, "2024-01-01", "no such instrument") == 0


# Outside data

def test_votes_are_compared_and_the_file_is_named_by_its_hash(small: Graph, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text(POINTS, encoding="utf-8")
    plain = validation(Study(small, TINY))
    assert "Not compared here, as no file was given: --ideal-points, --desta." in plain.parts
    section = validation(Study(small, replace(TINY, ideal_points=path)))
    assert "Not compared here, as no file was given: --desta." in section.parts
    votes = next(p for p in section.parts if isinstance(p, Table) and p.title == "Alignment and votes in the United Nations")
    assert f"points.csv SHA-256 {hashlib.sha256(POINTS.encode()).hexdigest()}" in votes.origin
    assert [row[0] for row in votes.rows] == ["A", "A1", "A2", "A3"]
    with pytest.raises(InputError, match="no ideal point of session 78"):
        page(small, replace(TINY, compared_on="2023-12-31", ideal_points=path))


def test_a_missing_file_is_refused_before_anything_is_computed(small: Graph, tmp_path: Path) -> None:
    steps: list[str] = []
    with pytest.raises(InputError, match=r"none\.csv: cannot be read"):
        page(small, replace(TINY, desta=tmp_path / "none.csv"), step=steps.append)
    assert steps == []


def test_powers_without_evidence_are_refused(small: Graph) -> None:
    with pytest.raises(InputError, match="name others with --actors"):
        page(small, replace(TINY, actors=("ZZZ",)))


# The command

def test_the_command_writes_the_bytes_of_the_page_made_before(
        built: Path, sections: list[Section], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COMITY_BUILD", str(built))
    (tmp_path / "methods.md").write_text(f"# By hand\n{MARK}\nold tables\n", encoding="utf-8")
    assert run([*COMMAND, "--out", str(tmp_path / "methods.md")]) == 0, capfd.readouterr().err
    written = {p.relative_to(tmp_path).as_posix(): p.read_bytes() for p in sorted(tmp_path.rglob("*")) if p.is_file()}
    assert written.pop("methods.md") == f"# By hand\n{MARK}\n\n{markdown(sections)}".encode()
    assert written == {f"methods/{name}": picture for name, picture in pictures(sections).items()}
    assert set(written) == {f"methods/{n}.svg" for n in ("alignment", "moves", "rivalry", "threshold")}
    assert markdown(sections).startswith("## What this page rests on\n")


def test_the_command_gives_json(sections: list[Section], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("comity.site.methods.page", lambda graph, plan, **options: sections)
    assert run([*COMMAND, "--format", "json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert [s["title"] for s in found][:2] == ["What this page rests on", "What fails, and what holds"]
    assert {p["kind"] for s in found for p in s["parts"]} == {"text", "table", "figure"}


@pytest.mark.parametrize(("words", "message"), [
    (["--years", "2024", "2021"], "must come after"), (["--out", "nowhere.md"], "no page with the line"), (["--ideal-points", "nowhere.csv"], "cannot be read"),
    (["--as-of", "1850-01-01"], "1850-01-01"), (["--draws", "3"], "20")])
def test_what_the_command_cannot_do_is_said_in_one_line(
    words: list[str], message: str, built: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COMITY_BUILD", str(built))
    assert run([*COMMAND, *words]) == 2
    said = capfd.readouterr().err
    assert message in said
    assert said.count("\n") == 1


# The page of the real graph, and the server

def test_the_page_is_that_of_the_graph() -> None:
    _, mark, rest = PAGE.read_text(encoding="utf-8").partition(MARK)
    assert mark, "docs/methods.md lacks the line after which the tables stand"
    assert version_line(dataset_version(real_graph().store)) in rest, "the tables are old; run: make methods IDEAL_POINTS=FILE DESTA=FILE"
    assert "1,000 draws" in rest
    assert "Not compared here" not in rest, "the page lacks the comparison with outside data; run: make methods IDEAL_POINTS=FILE DESTA=FILE"


def test_each_picture_of_the_page_is_there() -> None:
    text = PAGE.read_text(encoding="utf-8")
    names = {p.name for p in (ROOT / "docs" / "methods").glob("*.svg")}
    assert names
    assert all(f"(methods/{name})" in text for name in names)
    assert text.count("](methods/") == len(names)


@pytest.mark.gate
def test_the_tables_of_the_real_graph_are_the_same_twice() -> None:
    graph, plan = real_graph(), Plan(draws=20)
    # the whole page is written twice for the small graph; here what hangs on draws, solvers and the order of nodes
    one, two = ([section(Study(graph, plan)) for section in (powers, signs, known)] for _ in range(2))
    assert markdown(one) == markdown(two)
    assert pictures(one) == pictures(two)


def test_the_server_shows_the_page_and_its_pictures(small: Graph, tmp_path: Path) -> None:
    (tmp_path / "methods").mkdir()
    (tmp_path / "methods" / "one.svg").write_text("<svg/>", encoding="utf-8")
    (tmp_path / "methods.md").write_text("# Methods\n\n| a |\n| ---: |\n| 1 |\n\n![x](methods/one.svg)\n", encoding="utf-8")
    graph = Graph(small.store, replace(small.layout, pages=tmp_path))
    with TestClient(create_app(graph)) as client:
        shown = client.get("/methods")
        assert shown.status_code == 200
        assert "<h1>Methods</h1>" in shown.text
        assert '<img src="methods/one.svg"' in shown.text
        assert '<a href="/methods"' in shown.text
        picture = client.get("/methods/one.svg")
        assert (picture.text, picture.headers["content-type"]) == ("<svg/>", "image/svg+xml")
        assert client.get("/methods/..%2Fone.svg").status_code == 404
        assert client.get("/methods/two.svg").status_code == 404
    with TestClient(create_app(Graph(small.store, replace(small.layout, pages=tmp_path / "none")))) as client:
        assert "The page is not here." in client.get("/methods").text


def test_the_real_page_has_one_heading_and_no_styles_of_its_own() -> None:
    shown = html(PAGE.read_text(encoding="utf-8"))
    assert shown.count("<h1>") == 1
    assert "style=" not in shown
    assert shown.count("<table>") == shown.count('<div class="scroll">') > 20
