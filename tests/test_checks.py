"""Shapes and fault queries: each fault is found, and leads back to file, line and column."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT

from comity.build import prepare
from comity.checks import find_faults, validate
from comity.errors import InputError
from comity.settings import Layout
from comity.tables import Fault
from comity.triples import Place
from comity.vocabulary import ID, NS, TYPE, XSD

SHAPES = ROOT / "ontology" / "shapes"
CHECKS = ROOT / "queries" / "checks"


def _edit(places: Layout, file: str, old: str, new: str) -> None:
    path = places.tables / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old} must stand once in {file}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def _append(places: Layout, file: str, after: str, new: str) -> None:
    """Put a copy of the row that begins with `after` behind it, with `after` replaced by `new`."""
    path = places.tables / file
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    index = next(i for i, line in enumerate(lines) if line.startswith(after))
    lines.insert(index + 1, lines[index].replace(after, new, 1))
    path.write_text("".join(lines), encoding="utf-8")


#: fault query: file, text to replace, replacement, line and column of the fault found
FAULTS = {
    "claim-without-page": ("designations.csv", "2021-03-22,,gazette,sec. 4,", "2021-03-22,,gazette,,", 2, "locator"),
    "ends-before-it-starts": ("designations.csv", "2021-03-22,2023,", "2021-03-22,2020,", 3, "valid_until"),
    "in-force-before-signature": ("participations.csv", "party,2018-03-08,2018-07-06,2018-12-30", "party,2019-03-08,2018-07-06,2018-12-30", 6, "signed_on"),
    "instrument-in-force-before-adoption": ("events.csv", "adopted,2021-08-20", "adopted,2022-08-20", 6, "occurred_on"),
    "recognition-without-decision": ("recognitions.csv", "eu-jpn-decision", "hill-declaration", 2, "based_on_id"),
    "retracted-before-recorded": ("participations.csv", "2024-01-10,2024-06-01", "2024-01-10,2024-01-09", 7, "retracted_on"),
    "source-kind-below-grade": ("assignments.csv", "own-knowledge,,recalled", "own-knowledge,p. 5,secondary", 2, "evidence_grade"),
    "thing-of-wrong-class": ("instruments.csv", "gbr-transfer-guideline,Guideline", "gbr-transfer-guideline,State", 11, "class_code"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_query_finds_its_fault_at_its_cell_with_a_remedy(checkout: Layout, name: str) -> None:
    file, old, new, line, column = FAULTS[name]
    _edit(checkout, file, old, new)
    found = [f for f in prepare(checkout).faults if f.message.startswith(f"{name}: ")]
    assert [(f.file, f.line, f.column) for f in found] == [(file, line, column)]
    assert found[0].message.endswith(_solution(name))


def _solution(name: str) -> str:
    text = (CHECKS / f"{name}.rq").read_text(encoding="utf-8")
    return next(line for line in text.splitlines() if line.startswith("#+ solution: ")).removeprefix("#+ solution: ")


def test_an_actor_that_is_party_twice_at_once_by_one_source_is_a_fault(checkout: Layout) -> None:
    _append(checkout, "participations.csv", "river-convention-GBR,", "river-convention-GBR-2,")
    found = prepare(checkout).faults
    assert [(f.file, f.line, f.column) for f in found] == [("participations.csv", 16, "id")]
    assert found[0].message.startswith("party-twice-at-once: ")


def test_an_actor_that_was_party_in_two_periods_is_no_fault(checkout: Layout) -> None:
    _edit(checkout, "memberships.csv", "1973-01-01,2020-02-01,", "1973-01-01,1980-01-01,")
    _append(checkout, "memberships.csv", "EU-GBR,GBR,EU,member,1973-01-01,1980-01-01", "EU-GBR-2,GBR,EU,member,1980-01-01,2020-02-01")
    assert prepare(checkout).faults == []


def test_a_term_without_a_definition_is_a_fault(checkout: Layout) -> None:
    path = checkout.ontology / "concepts" / "stance.ttl"
    text = path.read_text(encoding="utf-8")
    line = next(part for part in text.splitlines() if "bars parties" in part)
    path.write_text(text.replace(line + "\n", ""), encoding="utf-8")
    found = prepare(checkout).faults
    assert [f.file.rpartition("/")[2] for f in found] == ["prohibits"]
    assert found[0].message.startswith("undocumented-term: ")


def test_a_derivation_that_names_no_row_is_a_fault(checkout: Layout) -> None:
    path = checkout.ontology / "rules" / "instrument-jurisdiction.rq"
    text = path.read_text(encoding="utf-8")
    assert "prov:wasDerivedFrom ?instrument, ?issuer" in text
    path.write_text(text.replace("prov:wasDerivedFrom ?instrument, ?issuer", "prov:wasDerivedFrom comity:"), encoding="utf-8")
    found = prepare(checkout).faults
    assert found
    assert all(f.message.startswith("derivation-without-rows: ") for f in found)


def test_each_fault_query_is_tried_here() -> None:
    assert {p.stem for p in CHECKS.glob("*.rq")} == {*FAULTS, "derivation-without-rows", "party-twice-at-once", "undocumented-term"}


@pytest.mark.parametrize("period", ["2023,2023,", "2023,2023-05-01,", "2023-05-10,2023,", "2023-05,2023-05,", ",2023,"])
def test_a_period_that_may_have_had_a_day_is_no_fault(checkout: Layout, period: str) -> None:
    _edit(checkout, "designations.csv", "2021-03-22,2023,", period)
    assert prepare(checkout).faults == []


@pytest.mark.parametrize("period", ["2023-05-10,2023-05-10,", "2023-05-10,2023-05-09,", "2023-05-10,2022,", "2023-05,2023-04,", "2023,2022,"])
def test_a_period_without_a_day_is_a_fault(checkout: Layout, period: str) -> None:
    _edit(checkout, "designations.csv", "2021-03-22,2023,", period)
    assert {(f.file, f.line) for f in prepare(checkout).faults} == {("designations.csv", 3)}


def test_a_violation_of_a_shape_names_file_line_column_and_what_was_found(checkout: Layout) -> None:
    _edit(checkout, "participations.csv", "hill-declaration-CHN,CHN,hill-declaration,", "hill-declaration-CHN,CHN,eu-data-law,")
    faults = prepare(checkout).faults
    assert faults == [Fault("participations.csv", 10, "instrument_id",
                            f"instrument_id names an instrument of instruments.csv. Found {ID}instrument/eu-data-law.")]


def _source(*titles: str) -> ox.Store:
    subject = ox.NamedNode(ID + "source/x")
    quads = [ox.Quad(subject, TYPE, ox.NamedNode(NS + "Source"))]
    quads += [ox.Quad(subject, ox.NamedNode("http://purl.org/dc/terms/title"), ox.Literal(t)) for t in titles]
    store = ox.Store()
    store.extend(quads)
    return store


TITLE = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix comity: <https://w3id.org/comity/ns#> .
comity:S a sh:NodeShape ; sh:targetClass comity:Source ; sh:property [ sh:path <http://purl.org/dc/terms/title> ; %s ; sh:message "One title." ] .
"""


def test_a_violation_without_a_row_names_the_thing_itself(tmp_path: Path) -> None:
    (tmp_path / "s.ttl").write_text(TITLE % "sh:minCount 1", encoding="utf-8")
    assert validate(_source(), tmp_path, {}, {}) == [Fault(ID + "source/x", 0, "", "One title.")]
    assert validate(_source("A"), tmp_path, {}, {}) == []


def test_validation_sees_all_graphs_as_one(tmp_path: Path) -> None:
    (tmp_path / "s.ttl").write_text(TITLE % "sh:maxCount 1", encoding="utf-8")
    store = _source("A")
    store.add(ox.Quad(ox.NamedNode(ID + "source/x"), ox.NamedNode("http://purl.org/dc/terms/title"), ox.Literal("A"), ox.NamedNode("http://x.org/g")))
    assert validate(store, tmp_path, {}, {}) == []
    store.add(ox.Quad(ox.NamedNode(ID + "source/x"), ox.NamedNode("http://purl.org/dc/terms/title"), ox.Literal("B"), ox.NamedNode("http://x.org/g")))
    assert len(validate(store, tmp_path, {}, {})) == 1


def test_a_year_out_of_the_ordinary_keeps_its_spelling_on_the_way_to_the_shapes(tmp_path: Path) -> None:
    (tmp_path / "s.ttl").write_text(TITLE % 'sh:pattern "^0[0-9]{3}$"', encoding="utf-8")
    subject = ox.NamedNode(ID + "source/x")
    store = _source()
    store.add(ox.Quad(subject, ox.NamedNode("http://purl.org/dc/terms/title"), ox.Literal("0800", datatype=ox.NamedNode(XSD + "gYear"))))
    assert validate(store, tmp_path, {}, {}) == []


@pytest.mark.parametrize(("text", "message"), [
    ("@prefix a: <http://x.org/> .\na:b a:c", r"s\.ttl:2: .*; mend the Turtle"),
    (TITLE % 'sh:minCount "many"', r"MinCount.*; mend the shape"),
    (TITLE % 'sh:pattern "("', r"unterminated.*; mend the shape"),
    ("", "no shapes here"),
])
def test_shapes_that_cannot_be_run_are_refused_in_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str], text: str, message: str) -> None:
    (tmp_path / "s.ttl").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        validate(_source("A"), tmp_path, {}, {})
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_fault_query_reports_at_the_place_of_the_row_with_its_solution(tmp_path: Path) -> None:
    text = f'#+ solution: Mend it.\nSELECT ?row ?column ?detail WHERE {{ ?row a <{NS}Source> BIND("title" AS ?column) BIND("odd" AS ?detail) }}'
    (tmp_path / "odd-source.rq").write_text(text, encoding="utf-8")
    assert find_faults(_source(), tmp_path, {ID + "source/x": Place("sources.csv", 7)}) == [Fault("sources.csv", 7, "title", "odd-source: odd. Mend it.")]
    assert find_faults(_source(), tmp_path, {}) == [Fault(ID + "source/x", 0, "title", "odd-source: odd. Mend it.")]


@pytest.mark.parametrize(("text", "message"), [
    ("SELECT ?row WHERE {", r"q\.rq:1: .*; mend the query"),
    ("ASK {}", r"q\.rq: a fault query is a SELECT of \?row \?column \?detail"),
    ("SELECT ?row ?column WHERE { ?row a ?column }", r"q\.rq: a row lacks \?row, \?column or \?detail; bind all three"),
    ("SELECT ?row ?column ?detail WHERE { ?row a ?column }", r"q\.rq: a row lacks \?row, \?column or \?detail; bind all three"),
    ("SELECT ?row WHERE { ?row a ?c FILTER(<http://x.org/f>(?c)) }", r"q\.rq: .*; mend the query"),
])
def test_a_fault_query_that_cannot_be_run_is_refused_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "q.rq").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        find_faults(_source("A"), tmp_path, {})
    assert "\n" not in str(caught.value)


def test_a_folder_without_fault_queries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no fault queries here"):
        find_faults(_source(), tmp_path, {})
