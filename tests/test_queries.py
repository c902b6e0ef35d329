"""The query library: form of every file, answers on the real graph, expected rows on the small one, both clocks, errors."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from real import ROOT, built

from comity import queries
from comity.errors import InputError, QueryError
from comity.graph import Graph
from comity.results import Rows
from comity.settings import Layout
from comity.syntax import tokens
from comity.vocabulary import compact, prefixes

LIBRARY = ROOT / "queries"
FILES = sorted(LIBRARY.glob("*/*.rq"))
ANSWERS = [p for p in FILES if p.parent.name != queries.CHECKS]
NAMES = sorted(p.relative_to(LIBRARY).with_suffix("").as_posix() for p in ANSWERS)
EXPECTED = Path(__file__).parent / "queries"
JOINED = {"exceptions", "topics", "mechanisms"}
EVERYTHING = "2024-12-31"
CASES = {
    "aigc/models-of": {"jurisdiction": "CHN", "known_on": EVERYTHING},
    "aigc/providers-in-listed-jurisdictions": {"list": "usa-concern-list", "as_of": "2023-06-01", "known_on": EVERYTHING},
    "aigc/restricted-services": {"as_of": "2023-07-01", "known_on": EVERYTHING},
    "aigc/rules": {"known_on": EVERYTHING},
    "compare/party-to-one-only": {"a": "HTA", "b": "BDEA", "as_of": "2021-01-01", "known_on": EVERYTHING},
    "compare/provisions": {"a": "HTA", "b": "BDEA", "known_on": EVERYTHING},
    "compare/provisions-between": {"a": "JPN", "b": "SGP", "as_of": "2024-07-01", "known_on": EVERYTHING},
    "compare/shared-agreements": {"a": "JPN", "b": "SGP", "as_of": "2024-07-01", "known_on": EVERYTHING},
    "lookup/agreements-of": {"actor": "SGP", "as_of": "2024-01-15", "known_on": "2024-05-31"},
    "lookup/life-of": {"instrument": "EUDL", "known_on": EVERYTHING},
    "lookup/lists": {"as_of": "2022-06-01", "known_on": EVERYTHING},
    "lookup/members": {"organization": "EU", "as_of": "2019-06-01", "known_on": EVERYTHING},
    "lookup/parties": {"agreement": "HTA", "as_of": "2024-12-10", "known_on": EVERYTHING},
    "lookup/party-to-both": {"a": "HTA", "b": "BDEA", "as_of": "2021-01-01", "known_on": EVERYTHING},
    "lookup/positions-on": {"text": "hill-declaration", "as_of": "2023-11-01", "known_on": EVERYTHING},
    "lookup/recognised-by": {"recogniser": "EU", "as_of": "2024-01-01", "known_on": EVERYTHING},
    "lookup/recognition-history": {"recogniser": "EU", "recognised": "USA", "known_on": EVERYTHING},
    "measures/aimed-at": {"target": "CHN", "as_of": "2023-07-01", "known_on": EVERYTHING},
    "measures/between": {"a": "USA", "b": "CHN", "known_on": EVERYTHING},
    "network/actors": {"known_on": EVERYTHING},
    "network/agreements": {"as_of": "2021-01-01", "known_on": EVERYTHING},
    "network/declarations": {"as_of": "2024-01-01", "known_on": EVERYTHING},
    "network/measures": {"as_of": "2023-07-01", "known_on": EVERYTHING},
    "network/memberships": {"as_of": "2019-06-01", "known_on": EVERYTHING},
    "network/recognitions": {"as_of": "2024-01-01", "known_on": EVERYTHING},
    "policy/laws-in-force": {"jurisdiction": "EU", "as_of": "2017-01-01", "known_on": EVERYTHING},
    "policy/transfer-rule-history": {"jurisdiction": "CHN", "known_on": EVERYTHING},
    "policy/transfer-rules": {"as_of": "2023-01-01", "known_on": EVERYTHING},
    "policy/who-localises": {"as_of": "2023-01-01", "known_on": EVERYTHING},
    "provenance/disagreeing-sources": {"known_on": EVERYTHING},
    "provenance/evidence-grades": {"known_on": EVERYTHING},
    "provenance/recalled-rows": {"known_on": EVERYTHING},
}


@pytest.fixture(scope="module")
def real() -> Graph:
    return built()


def shown(rows: Rows) -> list[list[str]]:
    """Return the cells as people write them; the order inside joined cells is the engine's own and does not count."""
    return [["; ".join(sorted(text.split("; "))) if name in JOINED else text
             for name, text in ((n, compact(c.value, {}) if c is not None else "") for n, c in zip(rows.names, row, strict=True))]
            for row in rows.cells]


def actors(graph: Graph, name: str, column: str, **values: str) -> list[str]:
    return [str(row[column]).rpartition("/")[2] for row in graph.ask(name, **values)]


@pytest.mark.parametrize("path", FILES, ids=[p.stem for p in FILES])
def test_every_file_has_a_header_with_a_question_tags_and_typed_parameters(path: Path) -> None:
    head = queries.header(path)
    assert head["summary"].endswith("?")
    assert head["tags"]
    assert all(set(entry) <= {"type", "default", "about"} and entry["type"] in queries.TYPES and str(entry["default"])
               for entry in (head.get("params") or {}).values())
    assert path.parent.name != queries.CHECKS or (head["problem"].endswith(".") and head["solution"].endswith("."))


@pytest.mark.parametrize("path", FILES, ids=[p.stem for p in FILES])
def test_every_file_is_at_most_forty_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 40


@pytest.mark.parametrize("path", FILES, ids=[p.stem for p in FILES])
def test_every_file_declares_the_prefixes_that_it_uses_as_the_ontology_does(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    declared = dict(re.findall(r"^PREFIX\s+([\w.-]*):\s*<([^>]*)>", text, re.MULTILINE))
    known = prefixes(ROOT / "ontology")
    body = re.sub(r"^PREFIX.*$", "", text, flags=re.MULTILINE)
    used = {t.text.partition(":")[0] for t in tokens(body) if t.kind == "name"}
    assert {n: known.get(n, iri) for n, iri in declared.items()} == declared
    assert used == set(declared)


@pytest.mark.parametrize("name", NAMES)
def test_parameters_are_used_and_never_projected_nor_assigned(name: str) -> None:
    question = queries.library(LIBRARY)[name]
    parts = [t for t in tokens(question.text) if t.kind != "comment"]
    text = "".join(t.text for t in parts)
    used = {t.text[1:] for t in parts if t.kind == "variable"}
    for parameter in question.parameters:
        variable = rf"[?$]{parameter.name}\b"
        assert parameter.name in used
        assert not re.search(rf"\bAS\s+{variable}", text, re.IGNORECASE)
        assert not re.search(rf"\bVALUES\s+(\(\s*)?({variable}|[^{{]*{variable}[^{{]*\{{)", text, re.IGNORECASE)
        assert not any(re.search(variable, clause) for clause in re.findall(r"(?is)\bSELECT\b(.*?)\bWHERE\b", text))
        assert not any(re.search(variable, clause) for clause in re.findall(r"(?is)\bGROUP BY\b([^{}]*)", text))


@pytest.mark.parametrize("name", NAMES)
def test_every_question_has_an_answer_on_the_real_graph(real: Graph, name: str) -> None:
    assert len(real.ask(name)) > 0


@pytest.mark.parametrize("name", NAMES)
def test_a_question_known_before_the_first_recording_has_no_rows(real: Graph, name: str) -> None:
    assert len(real.ask(name, known_on="2000-01-01")) == 0


@pytest.mark.parametrize("name", NAMES)
def test_every_question_takes_the_clocks_that_it_needs(real: Graph, name: str) -> None:
    taken = {p.name: p.default for p in real.queries()[name].parameters}
    assert taken["known_on"] == "latest"
    given = {"known_on": "2999-01-01", **({"as_of": "2024-02-29"} if "as_of" in taken else {})}
    assert real.ask(name, **given).names == real.ask(name).names


def test_every_question_has_expected_rows_and_every_expectation_a_question() -> None:
    assert sorted(CASES) == NAMES
    assert sorted(p.relative_to(EXPECTED).with_suffix("").as_posix() for p in EXPECTED.rglob("*.csv")) == NAMES


@pytest.mark.parametrize(("name", "values"), CASES.items(), ids=CASES)
def test_the_small_graph_gives_the_expected_rows(small: Graph, name: str, values: dict[str, str]) -> None:
    with (EXPECTED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    answer = small.ask(name, **values)
    assert list(answer.names) == header
    assert shown(answer) == rows


@pytest.mark.parametrize(("day", "parties"), [
    ("2018-12-29", []), ("2018-12-30", ["JPN", "SGP", "USA"]), ("2018-12-31", ["JPN", "SGP", "USA"]),
    ("2021-06-30", ["JPN", "SGP", "USA"]), ("2021-07-01", ["JPN", "SGP"]), ("2021-07-02", ["JPN", "SGP"]),
])
def test_a_party_is_bound_from_its_first_day_until_the_day_on_which_it_no_longer_is(small: Graph, day: str, parties: list[str]) -> None:
    assert actors(small, "lookup/parties", "actor", agreement="HTA", as_of=day, known_on=EVERYTHING) == parties


@pytest.mark.parametrize(("day", "recognised"), [
    ("2016-07-11", []), ("2016-07-12", ["USA"]), ("2020-07-15", ["JPN", "USA"]), ("2020-07-16", ["JPN"]), ("2020-07-17", ["JPN"]),
    ("2023-07-09", ["JPN"]), ("2023-07-10", ["JPN", "USA"]),
])
def test_a_recognition_ends_on_the_day_of_the_judgment(small: Graph, day: str, recognised: list[str]) -> None:
    assert actors(small, "lookup/recognised-by", "recognised", recogniser="EU", as_of=day, known_on=EVERYTHING) == recognised


@pytest.mark.parametrize(("day", "certain", "possible"), [
    ("2024-11-30", False, False), ("2024-12-01", False, True), ("2024-12-30", False, True), ("2024-12-31", True, True)])
def test_an_unknown_day_counts_as_possible_from_the_first_and_as_certain_on_the_last_of_its_month(
        small: Graph, day: str, certain: bool, possible: bool) -> None:
    assert ("harbour-agreement" in actors(small, "lookup/agreements-of", "agreement", actor="GBR", as_of=day, known_on=EVERYTHING)) is certain
    assert ("GBR" in actors(small, "lookup/parties", "actor", agreement="HTA", as_of=day, known_on=EVERYTHING)) is possible


@pytest.mark.parametrize(("known_on", "since"), [
    ("2024-01-09", []), ("2024-01-10", ["2019-12-30"]), ("2024-05-31", ["2019-12-30"]), ("2024-06-01", ["2018-12-30"])])
def test_a_row_counts_from_the_day_it_was_recorded_until_the_day_it_was_retracted(small: Graph, known_on: str, since: list[str]) -> None:
    rows = small.ask("lookup/parties", agreement="HTA", as_of="2020-06-01", known_on=known_on)
    assert [r["since"] for r in rows if str(r["actor"]).endswith("/SGP")] == since


def test_a_retracted_date_disagrees_with_nobody(checkout: Layout) -> None:
    from comity.build import prepare
    from comity.store import EmbeddedStore

    path = checkout.tables / "events.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["source_id"] == "newspaper" and row["instrument_id"] == "bridge-agreement":
            row["retracted_on"] = "2024-06-01"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    prepared = prepare(checkout)
    assert prepared.faults == []
    graph = Graph(EmbeddedStore(prepared.store, prefixes(checkout.ontology)), checkout)
    assert len(graph.ask("provenance/disagreeing-sources", known_on="2024-05-31")) == 1
    assert len(graph.ask("provenance/disagreeing-sources", known_on="2024-06-01")) == 0


@pytest.mark.parametrize(("name", "values", "message"), [
    ("lookup/parties", {"treaty": "HTA"}, "lookup/parties has no parameter treaty; it takes agreement, as_of, known_on"),
    ("lookup/parties", {"as_of": "2024-02-30"}, "as_of=2024-02-30: not a day; write YYYY-MM-DD or today"),
    ("lookup/parties", {"as_of": "soon"}, "as_of=soon: not a day"),
    ("lookup/parties", {"known_on": "2024-06-31"}, "known_on=2024-06-31: not a day"),
    ("lookup/parties", {"agreement": "Atlantis Accord"}, "nothing is called Atlantis Accord"),
    ("lookup/parties", {"agreement": 'x" } ; DROP ALL #'}, "nothing is called"),
    ("lookup/parties", {"agreement": "http://example.org/not an iri"}, "is no valid IRI"),
    ("lookup/partys", {}, "did you mean lookup/parties"),
    ("zzzz", {}, "list them with: comity queries"),
])
def test_what_cannot_be_asked_is_refused_with_one_line_that_says_how_to_mend_it(small: Graph, name: str, values: dict[str, str], message: str) -> None:
    with pytest.raises(InputError) as caught:
        small.ask(name, **({"agreement": "HTA"} | values if name == "lookup/parties" else values))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_question_is_found_by_its_last_part_alone() -> None:
    assert queries.find(LIBRARY, "party-to-both").name == "lookup/party-to-both"


def write(folder: Path, text: str, name: str = "q") -> Path:
    path = folder / "theme" / f"{name}.rq"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("text", "message"), [
    ("SELECT * {}", "needs a line '#+ summary"),
    ("#+ tags: [a]\nSELECT * {}", "needs a line '#+ summary"),
    ("#+ summary: What: is it?\nSELECT * {}", ":1: the header is no YAML"),
    ("#+ summary: What?\n#+ params: {a: {type: iri}}\nSELECT * {}", "parameter a needs a type (iri, date, integer, text) and a default"),
    ("#+ summary: What?\n#+ params: {a: {type: word, default: x}}\nSELECT * {}", "parameter a needs a type"),
])
def test_a_malformed_header_names_the_file_and_the_fault(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(InputError) as caught:
        queries.library(tmp_path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_a_name_that_two_themes_share_is_refused_with_both(tmp_path: Path) -> None:
    write(tmp_path, "#+ summary: What?\nSELECT * {}")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "q.rq").write_text("#+ summary: What?\nSELECT * {}", encoding="utf-8")
    with pytest.raises(InputError, match="did you mean other/q or theme/q"):
        queries.find(tmp_path, "q")


def test_fault_queries_are_no_part_of_the_library() -> None:
    assert not any(name.startswith("checks/") for name in queries.library(LIBRARY))


@pytest.mark.parametrize(("given", "sum_"), [({}, "42"), ({"n": "-1"}, "0"), ({"n": " 7 "}, "8")])
def test_an_integer_parameter_counts(small: Graph, tmp_path: Path, given: dict[str, str], sum_: str) -> None:
    write(tmp_path, "#+ summary: How many?\n#+ params: {n: {type: integer, default: 41}}\nSELECT (?n + 1 AS ?sum) {}")
    assert queries.ask(small.store, queries.find(tmp_path, "q"), given).rows.to_dicts() == [{"sum": sum_}]


def test_an_integer_parameter_refuses_what_is_no_whole_number(small: Graph, tmp_path: Path) -> None:
    write(tmp_path, "#+ summary: How many?\n#+ params: {n: {type: integer, default: 1}}\nSELECT (?n AS ?m) {}")
    with pytest.raises(InputError, match=r"n=1\.5: not a whole number"):
        queries.ask(small.store, queries.find(tmp_path, "q"), {"n": "1.5"})


def test_a_text_parameter_is_a_literal_whatever_it_holds(small: Graph, tmp_path: Path) -> None:
    write(tmp_path, "#+ summary: What?\n#+ params: {t: {type: text, default: x}}\nSELECT (STRLEN(?t) AS ?n) {}")
    assert queries.ask(small.store, queries.find(tmp_path, "q"), {"t": '"} SELECT'}).rows.to_dicts() == [{"n": "9"}]


def test_a_malformed_query_of_the_library_is_reported_with_its_file_and_place(small: Graph, tmp_path: Path) -> None:
    path = write(tmp_path, "#+ summary: What?\nSELECT * WHERE {\n  ?s ?p }")
    with pytest.raises(QueryError) as caught:
        queries.ask(small.store, queries.find(tmp_path, "q"), {})
    assert str(caught.value).startswith(f"{path}: the query is malformed at line 3")
    assert caught.value.line == 3
