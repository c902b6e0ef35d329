"""Datasets of others in small become review tables, and files that are not what they should be are refused in one line."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from real import ROOT, SUITES, built
from servers import oxigraph

from comity.cli.main import run
from comity.errors import InputError
from comity.graph import Graph
from comity.importers import KINDS, document, mapping, review
from comity.importers.asking import asked
from comity.importers.ours import Ours
from comity.importers.treaties import day
from comity.importers.verdict import Slugs
from comity.matching import Matcher, read
from comity.settings import Layout

FIXTURES = Path(__file__).parent / "fixtures" / "imports"


@pytest.fixture(scope="module")
def matcher(small: Graph) -> Matcher:
    return read(small.store)


@pytest.fixture(scope="module")
def real() -> Matcher:
    return read(built().store)


def verdicts(kind: str, path: Path, matcher: Matcher, places: Layout) -> list[dict[str, str]]:
    made = review(mapping(kind), path, matcher, places.tables)
    return list(csv.DictReader(io.StringIO(made["review.csv"].decode())))


def test_a_model_is_judged_apart_from_the_name_of_its_developer(matcher: Matcher, pristine: Layout) -> None:
    rows = verdicts("epoch", FIXTURES / "epoch.csv", matcher, pristine)
    assert [(r["id"], r["verdict"], r["differs"], r["unmatched"]) for r in rows] == [
        ("deepseek-chat-model", "same", "", "Unheard Labs"),
        ("new-model", "new", "", ""),
        ("other-thing", "new", "", "Unheard Labs"),
        ("openai-model", "differs", "developed_by_id;released_on", ""),
        ("mistral-model", "same", "", ""),
        ("mistral-models", "candidate", "", ""),
    ]
    assert rows[4]["matched"] == "Mistral AI = mistral;OpenAI = openai"
    assert rows[5]["candidates"].startswith("mistral-model (9")
    assert {len(r["sha256"]) for r in rows} == {64}
    assert {r["licence"] for r in rows} == {"CC BY 4.0; cite Epoch AI"}


def test_an_item_of_wikidata_is_the_state_that_has_its_id(matcher: Matcher, pristine: Layout) -> None:
    assert [(r["id"], r["verdict"]) for r in verdicts("wikidata", FIXTURES / "wikidata.json", matcher, pristine)] == [("JPN", "same")]


def test_a_treaty_is_ours_by_name_parties_and_year_together(matcher: Matcher, pristine: Layout) -> None:
    rows = verdicts("desta", FIXTURES / "desta.csv", matcher, pristine)
    assert [(r["id"], r["verdict"], r["differs"]) for r in rows] == [
        ("afghanistan-narnia", "new", ""),
        ("harbour-agreement", "same", ""),
        ("harbour-agreement", "differs", "in-force"),
        ("harbour-pact", "candidate", ""),
        ("", "left out", ""),
        ("afghanistan-narnia-2", "new", ""),
    ]
    assert rows[3]["candidates"].startswith("harbour-agreement (")
    assert rows[0]["unmatched"] == "4;999"


def test_a_new_treaty_comes_with_its_dates_and_parties(matcher: Matcher, pristine: Layout) -> None:
    made = review(mapping("desta"), FIXTURES / "desta.csv", matcher, pristine.tables)
    tables = {name: list(csv.DictReader(io.StringIO(made[f"{name}.csv"].decode()))) for name in ("instruments", "events", "participations")}
    assert [(e["event_code"], e["occurred_on"]) for e in tables["events"] if e["instrument_id"] == "harbour-pact"] == [("signed", "2021"), ("in-force", "2022")]
    assert [p["participant_id"] for p in tables["participations"]] == ["JPN", "SGP"]
    assert {i["class_code"] for i in tables["instruments"]} == {"TradeAgreement"}


def test_members_of_the_union_stand_for_it_in_the_years_of_their_membership(pristine: Layout, tmp_path: Path) -> None:
    (tmp_path / "memberships.csv").write_text(
        "id,member_id,organization_id,membership_status_code,valid_from,valid_until,retracted_on\n"
        "1,DEU,EU,member,1958,,\n2,FRA,EU,member,1958,,\n3,ITA,EU,member,1958,,\n4,GBR,EU,member,1973,2020,\n5,CHE,efta,member,1960,,\n", encoding="utf-8")
    ours = Ours(tmp_path)
    assert ours.states({"DEU", "FRA", "ITA", "JPN"}, "1965") == {"EU", "JPN"}
    assert ours.states({"DEU", "FRA", "JPN"}, "1980") == {"DEU", "FRA", "JPN"}
    assert ours.states({"EU", "efta", "GBR"}, "2021") == {"EU", "CHE"}


def test_who_has_applied_is_no_party_yet(tmp_path: Path) -> None:
    (tmp_path / "participations.csv").write_text(
        "id,instrument_id,participant_id,status_code,signed_on,valid_from\n1,pact,JPN,party,,2019\n2,pact,CHN,applicant,,\n", encoding="utf-8")
    assert Ours(tmp_path).parties["pact"] == [("JPN", "2019")]


def test_a_sheet_below_notes_is_read_with_days_and_topics(matcher: Matcher, pristine: Layout) -> None:
    rows = verdicts("taped", FIXTURES / "taped.xlsx", matcher, pristine)
    assert [(r["row"], r["id"], r["verdict"], r["differs"]) for r in rows] == [
        ("1", "harbour-agreement", "differs", "topic personal-data-protection only theirs"),
        ("2", "lantern-agreement", "new", ""),
    ]
    assert rows[1]["unmatched"] == "NRN"


def workbook(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def test_a_workbook_that_swells_is_refused_before_it_is_unpacked(matcher: Matcher, pristine: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = workbook(tmp_path / "given.xlsx", {"xl/workbook.xml": b" " * 100_000})
    with pytest.raises(InputError, match="the workbook cannot be read"):
        verdicts("taped", given, matcher, pristine)
    monkeypatch.setattr("comity.importers.workbook.LARGEST", 99_999)
    with pytest.raises(InputError, match="1 parts of 100,000 bytes unpacked"):
        verdicts("taped", given, matcher, pristine)


def test_an_archive_that_is_no_workbook_is_refused(matcher: Matcher, pristine: Layout, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is an archive and no workbook"):
        verdicts("taped", workbook(tmp_path / "given.zip", {"data.csv": b"a"}), matcher, pristine)


def test_a_workbook_without_the_columns_is_refused(matcher: Matcher, pristine: Layout) -> None:
    with pytest.raises(InputError, match="no sheet has the columns Model"):
        verdicts("epoch", FIXTURES / "taped.xlsx", matcher, pristine)


def test_a_law_of_theirs_is_compared_by_state_and_subject(matcher: Matcher, pristine: Layout) -> None:
    rows = verdicts("unctad", FIXTURES / "unctad.csv", matcher, pristine)
    privacy = [(r["id"], r["verdict"]) for r in rows if r["why"].startswith("Privacy")]
    assert privacy == [("jpn-data-law", "same"), ("chn-data-law", "differs"), ("gbr-personal-data-protection", "new")]
    assert [r["unmatched"] for r in rows if r["verdict"] == "unmatched name"] == ["Narnia"]
    assert ("CHN", "left out", "Electronic Transactions: No Data") in {(r["id"], r["verdict"], r["why"]) for r in rows}


def test_a_number_about_a_state_is_kept_by_our_id(matcher: Matcher, pristine: Layout) -> None:
    made = review(mapping("stri"), FIXTURES / "stri.csv", matcher, pristine.tables)
    assert made["values.csv"].decode() == "id,actor_id,indicator,period,value\nJPN-STRI-2024,JPN,STRI,2024,0.082\n"
    rows = verdicts("stri", FIXTURES / "stri.csv", matcher, pristine)
    assert [(r["verdict"], r["why"], r["unmatched"]) for r in rows] == [("new", "", ""), ("left out", "no number: empty", ""), ("unmatched name", "", "NRN")]


def test_ideal_points_are_read_as_published_in_latin_1_and_by_year(matcher: Matcher, pristine: Layout) -> None:
    rows = verdicts("ideal-points", FIXTURES / "ideal-points.csv", matcher, pristine)
    assert [(r["id"], r["verdict"], r["differs"], r["unmatched"]) for r in rows] == [
        ("JPN-IdealPoint-1946", "new", "", ""), ("DEU-IdealPoint-1975", "new", "", ""), ("", "unmatched name", "", "Soviet Union")]


def test_an_event_is_a_law_of_ours_by_its_title_or_a_candidate(matcher: Matcher, pristine: Layout) -> None:
    rows = verdicts("dpa", FIXTURES / "dpa.csv", matcher, pristine)
    assert [(r["id"], r["verdict"], r["unmatched"]) for r in rows] == [
        ("jpn-data-law", "same", ""), ("data-laws-of-japan", "candidate", "Narnia"), ("ordinance-on-lighthouses", "new", "")]


@pytest.mark.parametrize(("given", "read_as"), [
    ("2018-03-08", "2018-03-08"), ("8.3.2018", "2018-03-08"), ("03/08/2018", "2018"), ("8 March 2018", "2018"),
    ("2018", "2018"), ("2018 or 2019", ""), ("", ""),
])
def test_a_day_whose_parts_cannot_be_told_is_its_year(given: str, read_as: str) -> None:
    assert day(given) == read_as


def test_two_new_rows_never_get_one_id() -> None:
    slugs = Slugs({"a-b"})
    assert [slugs.make(name) for name in ("A B", "a-b", "É", "数据", "数", "e-2", "É")] == ["a-b-2", "a-b-3", "e", "row", "row-2", "e-2", "e-3"]


def test_the_id_of_a_retracted_row_is_not_given_again(tmp_path: Path) -> None:
    (tmp_path / "instruments.csv").write_text("id,retracted_on\npact,2024-01-01\n", encoding="utf-8")
    ours = Ours(tmp_path)
    assert (ours.rows("instruments"), Slugs(ours.ids("instruments")).make("Pact")) == ({}, "pact-2")


def test_the_page_of_the_mappings_is_current() -> None:
    assert (ROOT / "docs" / "importers.md").read_text(encoding="utf-8") == document(), "run: comity import all --mapping > docs/importers.md"


@pytest.mark.suites
@pytest.mark.parametrize(("kind", "place", "least"), [
    ("desta", "desta/DESTA_list_of_treaties.csv", {"same": 50, "candidate": 10, "new": 400, "left out": 341}),
    ("epoch", "ai/epoch_notable_ai_models_2025-02-24.csv", {"same": 50, "new": 500}),
    ("ideal-points", "unga/IdealpointestimatesAll_Apr2020.csv", {"new": 10_000}),
    ("unctad", "unctad/cyberlaw_tracker_2026-04.csv", {"same": 200, "new": 200, "differs": 10}),
])
def test_the_real_file_is_read_whole(kind: str, place: str, least: dict[str, int], real: Matcher) -> None:
    path = SUITES.parent / "reference" / place
    if not path.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{path} is missing")
    made = review(mapping(kind), path, real, ROOT / "graph" / "tables")
    rows = list(csv.DictReader(io.StringIO(made["review.csv"].decode())))
    found = Counter(row["verdict"] for row in rows)
    assert {verdict: count for verdict, count in least.items() if found[verdict] < count} == {}
    fresh = [row["id"] for row in rows if row["verdict"] in ("new", "candidate")]
    assert len(set(fresh)) == len(fresh)


def test_a_row_of_our_own_is_the_same_until_a_cell_changes(matcher: Matcher, pristine: Layout, tmp_path: Path) -> None:
    text = (pristine.tables / "actors.csv").read_text(encoding="utf-8")
    given = tmp_path / "actors.csv"
    given.write_text(text.replace("Japon", "Nippon"), encoding="utf-8")
    odd = [(r["id"], r["verdict"], r["differs"]) for r in verdicts("csv", given, matcher, pristine) if r["verdict"] != "same"]
    assert odd == [("JPN", "differs", "label_fr")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_says_the_encoding(matcher: Matcher, pristine: Layout, tmp_path: Path, encoding: str) -> None:
    given = tmp_path / "epoch.csv"
    given.write_bytes((FIXTURES / "epoch.csv").read_text(encoding="utf-8").encode(encoding))
    assert len(verdicts("epoch", given, matcher, pristine)) == 6


@pytest.mark.parametrize(("data", "message"), [
    (b"", "is empty"), (b"PK\x03\x04", "broken archive"),
    (b"%PDF-1.7", "unpack it"), ("Model\nÉ\n".encode("latin-1"), "save the file as UTF-8"), (b"a,b\n1,2\n", "has no column Model"),
    (b"Model,Organization,Publication date,Training compute (FLOP),Mood\n1,2,3,4,5\n", "column Mood is unknown"), (b"a\0b", "UTF-16 without a byte order mark"),
    ("Model".encode("utf-16") + b"x", "begins as UTF-16 and breaks at byte 12"),
    (b"Model,Organization,Publication date,Training compute (FLOP)\n1,2\n", "row 1 has 2 cells"), (b"{}", "no SPARQL results"),
    (b"Model,Organization,Publication date,Training compute (FLOP)\n", "no rows"), (b"a,a\n1,2\n", "a column stands twice"),
])
def test_what_is_no_such_file_is_refused_in_one_line(matcher: Matcher, pristine: Layout, tmp_path: Path, data: bytes, message: str) -> None:
    given = tmp_path / "given.csv"
    given.write_bytes(data)
    with pytest.raises(InputError, match=message.replace("(", r"\(")) as error:
        verdicts("epoch", given, matcher, pristine)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_mapping_says_edition_and_licence(kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["import", kind, "--mapping"]) == 0
    assert "licence: " in capfd.readouterr().out


def test_an_unknown_kind_is_wrong_usage(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["import", "nonsense", "x.csv"]) == 2
    assert "use one of csv" in capfd.readouterr().err


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the endpoint of a server that holds two items in the words of Wikidata."""
    folder = tmp_path_factory.mktemp("wikidata")
    items = (("Q17", "Japan", "JP", "JPN"), ("Q1", "Narnia", "NN", "NNN"))
    prefixes = ("@prefix wd: <http://www.wikidata.org/entity/> . @prefix wdt: <http://www.wikidata.org/prop/direct/> . "
                "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .")
    (folder / "items.ttl").write_text(prefixes + "".join(
        f'wd:{q} wdt:P297 "{two}" ; wdt:P298 "{three}" ; rdfs:label "{name}"@en, "x{name}"@fr .' for q, name, two, three in items), encoding="utf-8")
    with oxigraph(folder / "items.ttl", folder / "data") as url:
        yield url


def test_items_asked_of_an_endpoint_are_reviewed_like_a_copy(endpoint: str, matcher: Matcher, pristine: Layout, tmp_path: Path) -> None:
    (tmp_path / "wikidata.json").write_bytes(asked(mapping("wikidata"), endpoint, None))
    found = verdicts("wikidata", tmp_path / "wikidata.json", matcher, pristine)
    assert [(r["id"], r["verdict"]) for r in found] == [("narnia", "new"), ("JPN", "same")]


def test_the_command_asks_an_endpoint_a_question_of_the_users_own_and_keeps_the_answer(endpoint: str, tmp_path: Path) -> None:
    (tmp_path / "mine.rq").write_text(
        "SELECT ?item ?itemLabel { ?item <http://www.w3.org/2000/01/rdf-schema#label> ?itemLabel FILTER(STR(?itemLabel) = 'Japan') }", encoding="utf-8")
    assert run(["import", "wikidata", str(tmp_path / "mine.rq"), "--endpoint", endpoint, "--out", str(tmp_path / "review")]) == 0
    rows = list(csv.DictReader((tmp_path / "review" / "review.csv").read_text(encoding="utf-8").splitlines()))
    kept = (tmp_path / "review" / "wikidata.json").read_bytes()
    assert [(r["id"], r["verdict"], r["sha256"]) for r in rows] == [("JPN", "same", hashlib.sha256(kept).hexdigest())]


@pytest.mark.parametrize(("kind", "query", "message"), [("epoch", None, "no endpoint gives it"), ("wikidata", "ASK { ?s ?p ?o }", "is no SELECT query"),
                                                        ("wikidata", b"\xff", "cannot be read")])
def test_what_cannot_be_asked_of_an_endpoint_is_refused_before_anything_is_sent(kind: str, query: str | bytes | None, message: str, tmp_path: Path) -> None:
    path = None if query is None else tmp_path / "query.rq"
    if path and query:
        path.write_bytes(query.encode() if isinstance(query, str) else query)
    with pytest.raises(InputError, match=message):
        asked(mapping(kind), "http://127.0.0.1:1/sparql", path)


def test_an_endpoint_that_does_not_answer_is_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["import", "wikidata", "--endpoint", "http://127.0.0.1:1/sparql", "--out", str(tmp_path / "review")]) == 2
    assert "127.0.0.1:1" in capfd.readouterr().err
    assert not (tmp_path / "review").exists()
