"""Shapes and fault queries: each fault is found, and leads back to file, line and column."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT

from comity.build import assemble, prepare
from comity.checks import find_faults
from comity.errors import InputError
from comity.settings import Layout
from comity.shacl import validate
from comity.tables import Fault
from comity.triples import Place
from comity.vocabulary import ID, NS, RDFS, TYPE, XSD

SHAPES = ROOT / "ontology" / "shapes"
CHECKS = ROOT / "queries" / "checks"


@pytest.fixture
def checkout(checkout: Layout, built: Path) -> Layout:
    """Return a checkout that was built, so that only what a test changes is checked anew."""
    shutil.copytree(built, checkout.build, symlinks=True)
    return checkout


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
    "amount-without-currency": ("rulings.csv", "fined,5000000,GBP,", "fined,5000000,,", 4, "currency"),
    "claim-without-page": ("designations.csv", "2021-03-22,,gazette,sec. 4,", "2021-03-22,,gazette,,", 2, "locator"),
    "ends-before-it-starts": ("designations.csv", "2021-03-22,2023,", "2021-03-22,2020,", 3, "valid_until"),
    "in-force-before-signature": ("participations.csv", "party,2018-03-08,2018-07-06,2018-12-30", "party,2019-03-08,2018-07-06,2018-12-30", 6, "signed_on"),
    "instrument-in-force-before-adoption": ("events.csv", "adopted,2021-08-20", "adopted,2022-08-20", 6, "occurred_on"),
    "member-before-founding": ("memberships.csv", "g7-GBR,GBR,g7,member,1975,", "g7-GBR,GBR,g7,member,1975-10-31,", 5, "valid_from"),
    "overlapping-periods": ("designations.csv", "usa-concern-list-HKG,USA,HKG,", "usa-concern-list-HKG,USA,CHN,", 3, "id"),
    "recognition-without-decision": ("recognitions.csv", "eu-jpn-decision", "hill-declaration", 2, "based_on_id"),
    "retracted-before-recorded": ("participations.csv", "2024-01-10,2024-06-01", "2024-01-10,2024-01-09", 7, "retracted_on"),
    "same-name-twice": ("actors.csv", "Authority,Data Registrar,", "Authority,Information Commissioner's Office,", 17, "label_en"),
    "source-kind-below-grade": ("assignments.csv", "own-knowledge,,recalled", "own-knowledge,p. 5,secondary", 2, "evidence_grade"),
    "status-after-its-end": ("instruments.csv", "data-security,hard,replaced,", "data-security,hard,in-force,", 18, "legal_status_code"),
    "thing-of-disjoint-classes": ("actors.csv", "mistral,AigcProvider,", "mistral,Statute,", 18, ""),
    "thing-of-wrong-class": ("instruments.csv", "gbr-transfer-guideline,Guideline", "gbr-transfer-guideline,State", 11, "class_code"),
    "unknown-article": ("party_terms.csv", "harbour-agreement-14-13,Art. 14.13,", "harbour-agreement-14-11,Art. 14.13,", 2, "provision_id"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_query_finds_its_fault_at_its_cell_with_a_remedy(checkout: Layout, name: str) -> None:
    file, old, new, line, column = FAULTS[name]
    _edit(checkout, file, old, new)
    found = [f for f in prepare(checkout, folder=checkout.build).faults if f.message.startswith(f"{name}: ")]
    assert [(f.file, f.line, f.column) for f in found] == [(file, line, column)]
    assert found[0].message.endswith(_solution(name))


def _solution(name: str) -> str:
    text = (CHECKS / f"{name}.rq").read_text(encoding="utf-8")
    return next(line for line in text.splitlines() if line.startswith("#+ solution: ")).removeprefix("#+ solution: ")


def _found(places: Layout) -> list[tuple[str, str, int, str]]:
    return [(f.message.partition(":")[0], f.file, f.line, f.column) for f in prepare(places, folder=places.build).faults]


def _copies(places: Layout, file: str, row: str, old: str, news: list[str]) -> list[int]:
    """Put behind the row named `row` a copy for each of `news`, with `old` replaced by it; return the lines of the copies."""
    path = places.tables / file
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    index = next(i for i, line in enumerate(lines, 1) if line.startswith(f"{row},"))
    assert lines[index - 1].count(old) == 1, f"{old} must stand once in {row}"
    lines[index:index] = [lines[index - 1].replace(old, new).replace(f"{row},", f"{row}-{n},", 1) for n, new in enumerate(news, 2)]
    path.write_text("".join(lines), encoding="utf-8")
    return list(range(index + 1, index + 1 + len(news)))


def test_a_member_that_may_have_joined_on_the_founding_day_is_no_fault(checkout: Layout) -> None:
    for member, begin in (("GBR", "1975-11-01"), ("JPN", "1975-11"), ("USA", "")):
        _edit(checkout, "memberships.csv", f"g7-{member},{member},g7,member,1975,", f"g7-{member},{member},g7,member,{begin},")
    _append(checkout, "memberships.csv", "g7-USA,USA,g7,member,,,newspaper,para. 2,secondary,2024-01-10,",
            "g7-USA-2,USA,g7,member,1970,,newspaper,para. 2,secondary,2024-01-10,2024-06-01")
    assert _found(checkout) == []


def test_a_month_or_year_wholly_before_the_founding_is_a_fault(checkout: Layout) -> None:
    for member, begin in (("GBR", "1975-10"), ("JPN", "1974")):
        _edit(checkout, "memberships.csv", f"g7-{member},{member},g7,member,1975,", f"g7-{member},{member},g7,member,{begin},")
    assert _found(checkout) == [("member-before-founding", "memberships.csv", line, "valid_from") for line in (5, 6)]


def test_a_row_said_twice_for_one_time_is_a_fault_in_each_table(checkout: Layout) -> None:
    rows = {"availabilities.csv": ("openai-chat-CHN", 5), "designations.csv": ("usa-concern-list-CHN", 3), "recognitions.csv": ("EU-USA-2023", 5),
            "roles.csv": ("mistral-provider", 8), "transfer_rules.csv": ("EU-personal-data-2018", 7)}
    for file, (row, _) in rows.items():
        _append(checkout, file, f"{row},", f"{row}-2,")
    assert _found(checkout) == [("overlapping-periods", file, line, "id") for file, (_, line) in rows.items()]


SHIELD = "framework,Firms on the list of the Shield.,eu-usa-shield-decision,2016-07-12,2020-07-16,"
BAN = "deepseek-chat,DEU,blocked,2023-06-27,2023-12-01,,newspaper,para. 11,secondary,2024-01-10,"


def test_rows_that_differ_in_time_source_or_content_are_no_fault(checkout: Layout) -> None:
    _copies(checkout, "recognitions.csv", "EU-USA-2016", SHIELD, [
        SHIELD.replace("2016-07-12,2020-07-16", "2020-07-16,2021-01-01"), SHIELD.replace("shield-decision", "framework-decision"),
        SHIELD.replace("framework,", "adequacy,")])
    _copies(checkout, "availabilities.csv", "deepseek-chat-DEU", BAN, [
        BAN.replace("newspaper", "gazette"), BAN.replace("blocked", "restricted"), BAN.replace("DEU", "FRA"), f"{BAN}2024-06-01"])
    _append(checkout, "transfer_rules.csv", "SGP-telecom-data-2020,SGP,,", "SGP-telecom-data-2020-2,SGP,usa-list-rule,")
    assert _found(checkout) == []


@pytest.mark.parametrize(("period", "faults"), [("2020,2021", []), ("2020-07-15,2021-01-01", [("overlapping-periods", "recognitions.csv", 4, "id")])])
def test_periods_overlap_where_they_certainly_share_a_day(checkout: Layout, period: str, faults: list[tuple[str, str, int, str]]) -> None:
    _copies(checkout, "recognitions.csv", "EU-USA-2016", "2016-07-12,2020-07-16", [period])
    assert _found(checkout) == faults


def test_an_article_says_what_its_number_counts(checkout: Layout) -> None:
    fine = ["Art. 5", "Annex 8-B", "§ 5", "18 U.S.C. § 2702", "45 CFR § 164.502", "45 C.F.R. § 164.502", "General duties", "number not seen (filing)"]
    wrong = ["14.11", "5", "(3)", "18 UASACA § 2702"]
    _copies(checkout, "obligations.csv", "chn-data-law-17-filing", "Art. 17", fine)
    lines = _copies(checkout, "obligations.csv", "hill-declaration-2-evaluation", "Para. 2", wrong)
    assert _found(checkout) == [("unknown-article", "obligations.csv", line, "article") for line in lines]


def test_a_term_touches_the_article_that_it_names_in_its_own_agreement(checkout: Layout) -> None:
    own = "harbour-agreement-14-13,"
    fine = [own, f"{own}Art. 14", f"{own}Art. 14.13(2)", f"{own}Art. 14.13 and Annex 1"]
    wrong = [f"{own}Art. 14.1", f"{own}Art. 14.133", "valley-agreement-8-82,Art. 8.82", "valley-agreement-8-82,"]
    lines = _copies(checkout, "party_terms.csv", "harbour-agreement-JPN-reservation", "harbour-agreement-14-13,Art. 14.13", fine + wrong)
    assert _found(checkout) == [("unknown-article", "party_terms.csv", line, "provision_id") for line in lines[len(fine):]]


def test_a_sum_and_its_currency_stand_or_fall_together(checkout: Layout) -> None:
    lines = _copies(checkout, "rulings.csv", "ico-decision-deepseek-2", "5000000,GBP", [",", "7000,EUR", ",GBP", "7000,"])
    wrong = ((lines[2], "amount"), (lines[3], "currency"))
    assert _found(checkout) == [("amount-without-currency", "rulings.csv", line, column) for line, column in wrong]


def _ended(places: Layout, *events: str) -> None:
    """Record as in force the order that was replaced on 2021-03-22, and put each of `events` behind the row of its end."""
    _edit(places, "instruments.csv", "data-security,hard,replaced,", "data-security,hard,in-force,")
    _copies(places, "events.csv", "usa-list-order-replaced", "replaced,2021-03-22,usa-list-rule,,gazette,sec. 9,official,2024-01-10,",
            [f"{event},,,gazette,sec. 9,official,2024-01-10,{retracted}" for event, _, retracted in (e.partition(" retracted ") for e in events)])


@pytest.mark.parametrize("event", ["in-force,2022-01-01", "applies,2022", "partially-applies,2024-01-10"])
def test_an_instrument_revived_after_its_end_is_no_fault(checkout: Layout, event: str) -> None:
    _ended(checkout, event)
    assert _found(checkout) == []


@pytest.mark.parametrize("events", [
    ["in-force,2020-01-01", "in-force,2021-03-22", "in-force,2024-02-01", "amended,2022-01-01"],
    ["in-force,2022-01-01 retracted 2024-06-01"],
    ["in-force,2022-01-01", "repealed,2023-01-01"],
], ids=["not-revived", "not-known-any-more", "ended-again"])
def test_an_instrument_whose_last_change_was_its_end_is_a_fault(checkout: Layout, events: list[str]) -> None:
    _ended(checkout, *events)
    assert set(_found(checkout)) == {("status-after-its-end", "instruments.csv", 18, "legal_status_code")}


def test_an_end_after_the_day_of_recording_or_retracted_is_no_fault(checkout: Layout) -> None:
    entered = "in-force,2016-05-24,,,gazette,Art. 99,official,2024-01-10,"
    _copies(checkout, "events.csv", "eu-data-law-in-force", entered,
            [entered.replace("in-force,2016-05-24", "repealed,2024-01-11"), entered.replace("in-force,2016-05-24", "repealed,2023-01-01") + "2024-06-01"])
    _copies(checkout, "events.csv", "river-convention-in-force", "in-force,1985-10-01", ["terminated,2024"])
    assert _found(checkout) == []


def test_classes_that_are_not_disjoint_and_narrower_values_are_no_fault(checkout: Layout) -> None:
    _edit(checkout, "actors.csv", "mistral,AigcProvider,", "mistral,Authority,")
    _edit(checkout, "instruments.csv", "gbr-transfer-guideline,Guideline", "gbr-transfer-guideline,AdministrativeRule")
    assert _found(checkout) == []


def test_a_value_outside_the_range_is_a_fault_of_the_row_that_points_at_it(checkout: Layout) -> None:
    _edit(checkout, "instruments.csv", "gbr-transfer-guideline,Guideline", "gbr-transfer-guideline,State")
    found = [f for f in prepare(checkout, folder=checkout.build).faults if f.message.startswith("value-outside-range: ")]
    assert [(f.file, f.line, f.column) for f in found] == [("supervisions.csv", 4, ""), ("transfer_rules.csv", 7, "")]
    assert found[0].message.endswith(_solution("value-outside-range"))


def test_an_actor_that_is_party_twice_at_once_by_one_source_is_a_fault(checkout: Layout) -> None:
    _append(checkout, "participations.csv", "river-convention-GBR,", "river-convention-GBR-2,")
    found = prepare(checkout, folder=checkout.build).faults
    assert [(f.file, f.line, f.column) for f in found] == [("participations.csv", 16, "id")]
    assert found[0].message.startswith("party-twice-at-once: ")


def test_an_actor_that_was_party_in_two_periods_is_no_fault(checkout: Layout) -> None:
    _edit(checkout, "memberships.csv", "1973-01-01,2020-02-01,", "1973-01-01,1980-01-01,")
    _append(checkout, "memberships.csv", "EU-GBR,GBR,EU,member,1973-01-01,1980-01-01", "EU-GBR-2,GBR,EU,member,1980-01-01,2020-02-01")
    assert prepare(checkout, folder=checkout.build).faults == []


def test_a_term_without_a_definition_is_a_fault(checkout: Layout) -> None:
    path = checkout.ontology / "concepts" / "stance.ttl"
    text = path.read_text(encoding="utf-8")
    line = next(part for part in text.splitlines() if "bars parties" in part)
    path.write_text(text.replace(line + "\n", ""), encoding="utf-8")
    found = prepare(checkout, folder=checkout.build).faults
    assert [f.file.rpartition("/")[2] for f in found] == ["prohibits"]
    assert found[0].message.startswith("undocumented-term: ")


def test_a_derivation_that_names_no_row_is_a_fault(checkout: Layout) -> None:
    path = checkout.ontology / "rules" / "instrument-jurisdiction.rq"
    text = path.read_text(encoding="utf-8")
    assert "prov:wasDerivedFrom ?instrument, ?issuer" in text
    path.write_text(text.replace("prov:wasDerivedFrom ?instrument, ?issuer", "prov:wasDerivedFrom comity:"), encoding="utf-8")
    found = prepare(checkout, folder=checkout.build).faults
    assert found
    assert all(f.message.startswith("derivation-without-rows: ") for f in found)


def test_a_name_that_is_not_in_english_is_no_english_label(checkout: Layout) -> None:
    prepared = assemble(checkout)
    label = ox.NamedNode(RDFS + "label")
    names = [q for q in prepared.store.quads_for_pattern(ox.NamedNode(ID + "actor/JPN"), label, None) if isinstance(q.object, ox.Literal)]
    assert {q.object.language for q in names} == {"en", "fr", "zh"}
    for quad in names:
        if quad.object.language == "en":
            prepared.store.remove(quad)
    found = find_faults(prepared.store, CHECKS, prepared.places)
    assert [(f.file, f.line, f.column) for f in found] == [("actors.csv", 8, "label_en")]
    assert found[0].message.endswith(_solution("no-english-label"))


def test_each_fault_query_is_tried_here() -> None:
    others = {"derivation-without-rows", "no-english-label", "party-twice-at-once", "undocumented-term", "value-outside-range"}
    assert {p.stem for p in CHECKS.glob("*.rq")} == {*FAULTS, *others}


@pytest.mark.parametrize("period", ["2023,2023,", "2023,2023-05-01,", "2023-05-10,2023,", "2023-05,2023-05,", ",2023,"])
def test_a_period_that_may_have_had_a_day_is_no_fault(checkout: Layout, period: str) -> None:
    _edit(checkout, "designations.csv", "2021-03-22,2023,", period)
    assert prepare(checkout, folder=checkout.build).faults == []


@pytest.mark.parametrize("period", ["2023-05-10,2023-05-10,", "2023-05-10,2023-05-09,", "2023-05-10,2022,", "2023-05,2023-04,", "2023,2022,"])
def test_a_period_without_a_day_is_a_fault(checkout: Layout, period: str) -> None:
    _edit(checkout, "designations.csv", "2021-03-22,2023,", period)
    assert {(f.file, f.line) for f in prepare(checkout, folder=checkout.build).faults} == {("designations.csv", 3)}


def test_a_violation_of_a_shape_names_file_line_column_and_what_was_found(checkout: Layout) -> None:
    _edit(checkout, "participations.csv", "hill-declaration-CHN,CHN,hill-declaration,", "hill-declaration-CHN,CHN,eu-data-law,")
    faults = prepare(checkout, folder=checkout.build).faults
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
