"""Explanations and reports: on the small and the real graph, as data, on the command line, and on the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from real import ROOT, built

from comity.cli.main import run
from comity.errors import InputError
from comity.graph import Graph
from comity.paradigms import classify, explain, label_agreement, read, readings
from comity.paradigms.explain import text
from comity.paradigms.report import MARK, REPORTS, current, plain, report
from comity.queries import day

#: what its tests share is computed once, in one process
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("paradigms")]

PAGE = ROOT / "docs" / "paradigms.md"
SCHEMA = json.loads((ROOT / "src" / "comity" / "paradigms" / "schema.json").read_text(encoding="utf-8"))
G20 = ("ARG", "AUS", "BRA", "CAN", "CHN", "DEU", "EU", "FRA", "GBR", "IDN", "IND", "ITA", "JPN", "KOR", "MEX", "RUS", "SAU", "TUR", "USA", "ZAF")
_DERIVED = """SELECT DISTINCT ?who ?paradigm WHERE {{
  ?d rdf:predicate comity:followsParadigm ; rdf:subject ?who ; rdf:object ?paradigm ; prov:wasDerivedFrom ?rule ;
    comity:heldFrom ?from ; comity:heldUntil ?until ; comity:knownFrom ?known ; comity:knownUntil ?gone .
  ?paradigm skos:inScheme <https://w3id.org/comity/concept/paradigm/scheme/{scheme}> .
  ?rule comity:transferDefault ?default ; comity:dataCategory <https://w3id.org/comity/concept/data-category/personal-data> .
  FILTER(STR(?from) <= "{day}" && "{day}" < STR(?until) && STR(?known) <= "{known}" && "{known}" < STR(?gone)) }}"""


def _derived(graph: Graph, scheme: str, as_of: str, known_on: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in graph.query(_DERIVED.format(scheme=scheme, day=as_of, known=known_on)):
        found.setdefault(str(row["who"]).rpartition("/")[2], set()).add(str(row["paradigm"]).rpartition("/")[2])
    return found


def _classified(graph: Graph, scheme: str, as_of: str, known_on: str) -> dict[str, set[str]]:
    records = read(graph.store, known_on)
    found = {who: classify(records, who, scheme, day(graph.store, "as_of", as_of)) for who in records.jurisdictions()}
    return {who: labels for who, c in found.items() if (labels := {s.decision.line.paradigm for s in c.steps if s.decision.line})}


@pytest.mark.parametrize("as_of", ["2005-06-01", "2019-06-01", "2024-12-31", "2026-11-22"])
@pytest.mark.parametrize("scheme", ["data-model", "digital-empires", "oecd", "wic"])
def test_the_rule_of_the_graph_and_the_classifier_give_the_same_labels(scheme: str, as_of: str) -> None:
    assert _derived(built(), scheme, as_of, "2026-11-22") == _classified(built(), scheme, as_of, "2026-11-22")


@pytest.mark.parametrize("known_on", ["2024-01-09", "2024-01-10", "2024-12-31"])
@pytest.mark.parametrize("as_of", ["2018-06-01", "2022-01-01", "2024-07-01"])
@pytest.mark.parametrize("scheme", ["digital-empires", "oecd", "wic"])
def test_they_do_so_on_both_clocks_of_the_small_graph(small: Graph, scheme: str, as_of: str, known_on: str) -> None:
    if known_on < "2024-01-10":
        assert _derived(small, scheme, as_of, known_on) == {}
        assert read(small.store, known_on).lines == {}
    else:
        assert _derived(small, scheme, as_of, known_on) == _classified(small, scheme, as_of, known_on)


def test_what_is_derived_stands_apart_from_what_is_asserted(small: Graph) -> None:
    rows = small.query("SELECT DISTINCT ?g ?basis WHERE { GRAPH ?g { ?d rdf:predicate comity:followsParadigm } ?d comity:basis ?basis }")
    assert rows.to_dicts() == [{"g": "https://w3id.org/comity/graph/inferred/paradigms", "basis": "https://w3id.org/comity/concept/basis/derived"}]


@pytest.mark.parametrize("who", G20)
def test_every_member_of_the_g20_is_explained_as_the_schema_says(who: str) -> None:
    data = built().paradigm(who, as_of="2026-11-22").to_dict()
    Draft202012Validator(SCHEMA).validate(data)
    assert [s["scheme"] for s in data["schemes"]] == ["data-model", "digital-empires", "oecd", "wic"]
    assert all(step["rows"] for s in data["schemes"] for step in s["trace"])


def test_the_schema_is_one_and_refuses_a_label_without_a_trace(small: Graph) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    data = small.paradigm("JPN", as_of="2023-01-01").to_dict()
    Draft202012Validator(SCHEMA).validate(data)
    labelled = next(s for s in data["schemes"] if s["status"] == "labelled")
    labelled["trace"] = []
    assert not Draft202012Validator(SCHEMA).is_valid(data)


def test_a_published_label_stands_beside_ours_and_never_in_its_place() -> None:
    found = built().paradigm("USA", as_of="2026-11-22", scheme="digital-empires")
    assert [p.paradigm for p in found.published] == ["market-driven"]
    assert "digital-empires by epfl-digital-empires-review (secondary): Market-driven" in text(found)
    assert built().paradigm("USA", as_of="2010-01-01", scheme="digital-empires").found[0].status == "abstains"


def test_the_readings_at_the_end_of_2024_add_up_and_restrictive_never_falls_from_2018_to_2024() -> None:
    for reading in readings(built().paradigms()):
        share = reading.share(reading.jurisdictions)
        assert share == pytest.approx(reading.jurisdictions["prudent-and-flexible"] / sum(reading.jurisdictions.values()))
        assert [year for year, _ in reading.rising] == list(range(2018, 2025))
        assert reading.rising[-1][1] > reading.rising[0][1]


def test_two_coders_are_compared_on_the_labels_of_the_schemes_that_ask_for_no_supervision() -> None:
    found = {a.variable: a for a in label_agreement(built().paradigms(), draws=50)}
    assert set(found) == {"data-model", "oecd", "wic"}
    assert found["oecd"].rules == 55
    assert found["oecd"].alpha is not None
    assert 0 < found["oecd"].alpha < 1


@pytest.mark.parametrize("name", REPORTS)
def test_each_report_has_rows_of_the_width_of_its_columns(small: Graph, name: str) -> None:
    sheets = report(small.paradigms(), name, day(small.store, "as_of", "2023-01-01"))
    assert sheets
    assert all(len(row) == len(sheet.columns) for sheet in sheets for row in sheet.rows)
    assert plain(sheets).startswith(sheets[0].title)


def test_the_table_of_all_marks_abstentions(small: Graph) -> None:
    [sheet] = report(small.paradigms(), "table", day(small.store, "as_of", "2023-01-01"), schemes=("wic", "digital-empires"))
    rows = {row[0]: row[2:] for row in sheet.rows}
    assert rows["CHN"] == ("restrictive", "state-driven")
    assert rows["FRA"] == ("prudent-and-flexible", "?")
    assert "EU" not in rows


def test_the_page_holds_what_the_graph_says() -> None:
    _, mark, rest = PAGE.read_text(encoding="utf-8").partition(MARK)
    assert mark, "docs/paradigms.md lacks the line after which everything is written"
    graph = built()
    assert rest.strip() == current(graph.store, graph.paradigms()).strip(), "the page is old; run: comity paradigms --out docs/paradigms.md"
    assert rest.count("\n### ") >= len(G20) - 1


def test_the_command_explains_one_jurisdiction_as_text_and_as_data(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["paradigm", "Japan", "--as-of", "2024-12-31", "--scheme", "wic"]) == 0
    out = capfd.readouterr().out
    assert "wic: Prudent and Flexible" in out
    assert "robustness: 1 row recoded would flip it; pivotal: transfer-rule/JPN-personal-data-2022" in out
    assert run(["paradigm", "JPN", "--format", "json"]) == 0
    Draft202012Validator(SCHEMA).validate(json.loads(capfd.readouterr().out))


@pytest.mark.parametrize(("arguments", "message"), [
    (["paradigm", "JPN", "--scheme", "nonsense"], "no scheme is called nonsense"),
    (["paradigm", "nobody-at-all"], "nothing is called nobody-at-all"),
    (["paradigm", "cptpp"], "is no jurisdiction"),
    (["paradigm", "JPN", "--as-of", "yesterday"], "as_of=yesterday: not a day"),
    (["paradigm", "JPN", "--known-on", "2000-01-01"], "no decision table was known on 2000-01-01"),
    (["paradigms", "--scheme", "nonsense"], "no scheme is called nonsense"),
    (["paradigms", "--report", "nonsense"], "is not one of"),
    (["paradigms", "--out", "no-such-page.md"], "no page with the line"),
])
def test_bad_input_is_one_line_with_the_reason(arguments: list[str], message: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run([*arguments]) == 2
    err = capfd.readouterr().err
    assert message in err
    assert err.count("\n") == 1


def test_the_command_gives_each_format_and_writes_the_page_after_its_mark(
        built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COMITY_BUILD", str(built))
    assert run(["paradigms", "--scheme", "oecd", "--as-of", "2024-12-31"]) == 0
    assert "Paradigms of all on 2024-12-31" in capfd.readouterr().out
    assert run(["paradigms", "--report", "crosswalk", "--format", "md", "--scheme", "oecd", "--scheme", "wic"]) == 0
    assert "### oecd against wic" in capfd.readouterr().out
    assert run(["paradigms", "--report", "sensitivity", "--format", "json", "--scheme", "wic"]) == 0
    assert json.loads(capfd.readouterr().out)[0]["columns"][0] == "line"
    page = tmp_path / "paradigms.md"
    page.write_text(f"# By hand\n{MARK}\nold\n", encoding="utf-8")
    assert run(["paradigms", "--out", str(page)]) == 0
    assert page.read_text(encoding="utf-8").startswith(f"# By hand\n{MARK}\n")
    assert "\nold\n" not in page.read_text(encoding="utf-8")


def test_python_asks_the_same(small: Graph) -> None:
    found = small.paradigm("China", as_of="2023-01-01", scheme="wic")
    assert (found.subject, found.name, found.found[0].paradigm) == ("CHN", "China", "restrictive")
    assert small.paradigm("China", as_of="2024-04-01", scheme="wic").found[0].paradigm == "prudent-and-flexible"
    assert explain(small.paradigms(), "CHN", day(small.store, "as_of", "2023-01-01"), schemes=("wic",)) == found
    with pytest.raises(InputError, match="is no jurisdiction"):
        small.paradigm("openai")
