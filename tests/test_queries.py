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
    "aigc/availability-of": {"provider": "openai", "as_of": "2024-09-01", "known_on": EVERYTHING},
    "aigc/available-services": {"as_of": "2024-09-01", "known_on": EVERYTHING},
    "aigc/code-signatories": {"as_of": "2024-01-15", "known_on": EVERYTHING},
    "aigc/filings": {"as_of": "2024-09-01", "known_on": EVERYTHING},
    "aigc/models-of": {"jurisdiction": "CHN", "as_of": EVERYTHING, "known_on": EVERYTHING},
    "aigc/obligations": {"role": "concept/aigc-role/provider", "as_of": "2024-09-15", "known_on": EVERYTHING},
    "aigc/models-open-to": {"jurisdiction": "CHN", "as_of": "2024-06-15", "known_on": EVERYTHING},
    "aigc/open-weights": {"as_of": EVERYTHING, "known_on": EVERYTHING},
    "aigc/providers-in-listed-jurisdictions": {"list": "usa-concern-list", "as_of": "2023-06-01", "known_on": EVERYTHING},
    "aigc/recurring-duties": {"as_of": "2024-09-15", "known_on": EVERYTHING},
    "aigc/regulators-of": {"provider": "openai", "as_of": "2024-09-15", "known_on": EVERYTHING},
    "aigc/restricted-services": {"as_of": "2023-07-01", "known_on": EVERYTHING},
    "aigc/roles": {"role": "concept/aigc-role/regulator", "as_of": "2024-09-01", "known_on": EVERYTHING},
    "aigc/rules": {"known_on": EVERYTHING},
    "aigc/rules-on-provider": {"provider": "openai", "as_of": "2024-09-15", "known_on": EVERYTHING},
    "aigc/training-compute": {"as_of": EVERYTHING, "known_on": EVERYTHING},
    "aigc/upcoming-duties": {"as_of": "2024-07-01", "known_on": EVERYTHING},
    "aigc/value-chain": {"service": "deepseek-chat", "known_on": EVERYTHING},
    "changes/began-or-ended": {"since": "2020-02-01", "until": "2022-04-01", "known_on": EVERYTHING},
    "changes/instruments": {"since": "2020-06-01", "until": "2021-04-01", "known_on": EVERYTHING},
    "changes/recorded-since": {"table": "https://w3id.org/comity/graph/participations", "since": "2024-06-01", "known_on": EVERYTHING},
    "changes/replaced-by": {"instrument": "usa-list-notice", "known_on": EVERYTHING},
    "changes/stricter": {"known_on": EVERYTHING},
    "compare/dispute-settlement": {"topic": "concept/topic/data-flows", "as_of": "2018-09-30", "known_on": EVERYTHING},
    "compare/exceptions": {"topic": "concept/topic/data-localisation", "as_of": "2024-07-01", "known_on": EVERYTHING},
    "compare/lists": {"as_of": "2022-06-01", "known_on": EVERYTHING},
    "compare/noodle-bowl": {"except": "VPA", "as_of": "2024-07-01", "known_on": EVERYTHING},
    "compare/overlapping-norms": {"actor": "SGP", "as_of": "2024-07-01", "known_on": EVERYTHING},
    "compare/party-to-one-only": {"a": "HTA", "b": "BDEA", "as_of": "2021-01-01", "known_on": EVERYTHING},
    "compare/provisions": {"a": "HTA", "b": "BDEA", "known_on": EVERYTHING},
    "compare/provisions-between": {"a": "JPN", "b": "SGP", "as_of": "2024-07-01", "known_on": EVERYTHING},
    "compare/shared-agreements": {"a": "JPN", "b": "SGP", "as_of": "2024-07-01", "known_on": EVERYTHING},
    "compare/topics": {"as_of": "2024-07-01", "known_on": EVERYTHING},
    "conflicts/access": {"as_of": "2022-06-01", "known_on": EVERYTHING},
    "conflicts/flows": {"as_of": "2021-01-15", "known_on": EVERYTHING},
    "conflicts/localisation": {"as_of": "2022-06-01", "known_on": "2024-05-31"},
    "conflicts/recognised-yet-listed": {"as_of": "2024-07-01", "known_on": EVERYTHING},
    "conflicts/schemes": {"as_of": "2024-07-01", "known_on": EVERYTHING},
    "conflicts/stated": {"as_of": "2024-06-01", "known_on": EVERYTHING},
    "coverage/by-language": {"known_on": EVERYTHING},
    "coverage/by-region": {"known_on": EVERYTHING},
    "coverage/by-year": {"known_on": EVERYTHING},
    "coverage/of-jurisdictions": {"known_on": EVERYTHING},
    "lookup/agreements-by-year": {"actor": "SGP", "except": "VPA", "known_on": EVERYTHING},
    "lookup/agreements-of": {"actor": "SGP", "as_of": "2024-01-15", "known_on": "2024-05-31"},
    "lookup/bound-by": {"actor": "DEU", "as_of": "2024-07-01", "known_on": EVERYTHING},
    "lookup/bound-through-union": {"actor": "GBR", "as_of": "2020-01-31", "known_on": EVERYTHING},
    "lookup/competences": {"holder": "EU", "as_of": "2024-07-01", "known_on": EVERYTHING},
    "lookup/contested": {"as_of": "2024-01-01", "known_on": EVERYTHING},
    "lookup/former-members": {"as_of": "2024-07-01", "known_on": EVERYTHING},
    "lookup/foundings": {"known_on": EVERYTHING},
    "lookup/joined-since": {"start": "2019-01-01", "as_of": "2024-12-30", "known_on": EVERYTHING},
    "lookup/life-of": {"instrument": "EUDL", "known_on": EVERYTHING},
    "lookup/lists": {"as_of": "2022-06-01", "known_on": EVERYTHING},
    "lookup/members": {"organization": "EU", "as_of": "2019-06-01", "known_on": EVERYTHING},
    "lookup/not-yet-in-force": {"as_of": "2018-10-01", "known_on": EVERYTHING},
    "lookup/parties": {"agreement": "HTA", "as_of": "2024-12-10", "known_on": EVERYTHING},
    "lookup/party-terms": {"agreement": "HTA", "as_of": "2020-12-29", "known_on": EVERYTHING},
    "lookup/party-to-both": {"a": "HTA", "b": "BDEA", "as_of": "2021-01-01", "known_on": EVERYTHING},
    "lookup/positions-on": {"text": "hill-declaration", "as_of": "2023-11-01", "known_on": EVERYTHING},
    "lookup/recognised-by": {"recogniser": "EU", "as_of": "2024-01-01", "known_on": EVERYTHING},
    "lookup/recognition-history": {"recogniser": "EU", "recognised": "USA", "known_on": EVERYTHING},
    "lookup/signed-not-bound": {"agreement": "HTA", "as_of": "2024-06-15", "known_on": EVERYTHING},
    "lookup/status-on": {"instrument": "usa-list-order", "as_of": "2020-06-15", "known_on": EVERYTHING},
    "lookup/successors": {"as_of": "2024-07-01", "known_on": EVERYTHING},
    "lookup/terms-of-party": {"party": "JPN", "as_of": "2024-07-01", "known_on": EVERYTHING},
    "lookup/territories": {"agreement": "hill-declaration", "as_of": "2023-12-01", "known_on": EVERYTHING},
    "lookup/union-agreements": {"union": "EU", "as_of": "2024-07-01", "known_on": EVERYTHING},
    "measures/against-firms": {"as_of": "2023-07-01", "known_on": EVERYTHING},
    "measures/aimed-at": {"target": "CHN", "as_of": "2023-07-01", "known_on": EVERYTHING},
    "measures/between": {"a": "USA", "b": "CHN", "known_on": EVERYTHING},
    "measures/by-kind": {"kind": "concept/measure-kind/app-ban", "as_of": "2023-07-01", "known_on": EVERYTHING},
    "measures/ended": {"as_of": "2023-12-01", "known_on": EVERYTHING},
    "measures/taken-by": {"issuer": "CHN", "as_of": "2024-07-01", "known_on": EVERYTHING},
    "network/access": {"as_of": "2024-07-01", "known_on": EVERYTHING},
    "network/actors": {"known_on": EVERYTHING},
    "network/agreements": {"as_of": "2021-01-01", "known_on": EVERYTHING},
    "network/ai": {"as_of": "2024-01-01", "known_on": EVERYTHING},
    "network/channels": {"as_of": "2024-07-01", "known_on": EVERYTHING},
    "network/commitments": {"as_of": "2021-01-01", "known_on": EVERYTHING},
    "network/declarations": {"as_of": "2024-01-01", "known_on": EVERYTHING},
    "network/designations": {"as_of": "2022-06-01", "known_on": EVERYTHING},
    "network/measures": {"as_of": "2023-07-01", "known_on": EVERYTHING},
    "network/mechanisms": {"as_of": "2023-01-01", "known_on": EVERYTHING},
    "network/memberships": {"as_of": "2019-06-01", "known_on": EVERYTHING},
    "network/neutral-measures": {"as_of": "2023-07-01", "known_on": EVERYTHING},
    "network/openness": {"as_of": "2024-07-01", "known_on": EVERYTHING},
    "network/promises": {"as_of": "2021-01-01", "known_on": EVERYTHING},
    "network/recognitions": {"as_of": "2024-01-01", "known_on": EVERYTHING},
    "network/scheme-rivalries": {"as_of": "2024-07-01", "known_on": EVERYTHING},
    "network/schemes": {"as_of": "2024-07-01", "known_on": EVERYTHING},
    "network/stances": {"as_of": "2024-01-01", "known_on": EVERYTHING},
    "network/stated-conflicts": {"as_of": "2024-01-15", "known_on": EVERYTHING},
    "network/supervision": {"as_of": "2024-07-01", "known_on": EVERYTHING},
    "network/trade": {"as_of": "2021-01-01", "known_on": EVERYTHING},
    "network/transfer-rules": {"as_of": "2023-01-01", "known_on": EVERYTHING},
    "network/unions": {"as_of": "2019-06-01", "known_on": EVERYTHING},
    "policy/access-rules": {"kind": "concept/access/blocking", "as_of": "2023-01-01", "known_on": EVERYTHING},
    "policy/approval": {"as_of": "2023-06-01", "known_on": EVERYTHING},
    "policy/coded-paradigms": {"as_of": "2023-01-01", "known_on": EVERYTHING},
    "policy/drafts": {"as_of": "2024-01-15", "known_on": EVERYTHING},
    "policy/first-laws": {"known_on": EVERYTHING},
    "policy/laws-in-force": {"jurisdiction": "EU", "as_of": "2017-01-01", "known_on": EVERYTHING},
    "policy/mechanisms": {"mechanism": "concept/mechanism/standard-clauses", "as_of": "2024-01-01", "known_on": EVERYTHING},
    "policy/paradigm-abstentions": {"as_of": "2024-07-01", "known_on": EVERYTHING},
    "policy/paradigm-map": {"scheme": "concept/paradigm/scheme/digital-empires", "as_of": "2023-01-01", "known_on": EVERYTHING},
    "policy/paradigm-tally": {"as_of": "2020-01-15", "known_on": "2024-05-31"},
    "policy/paradigms": {"as_of": "2023-01-01", "known_on": EVERYTHING},
    "policy/supervision": {"as_of": "2022-01-01", "known_on": EVERYTHING},
    "policy/supervisors": {"jurisdiction": "CHN", "known_on": EVERYTHING},
    "policy/thresholds": {"as_of": "2024-07-01", "known_on": EVERYTHING},
    "policy/transfer-rule-history": {"jurisdiction": "CHN", "known_on": EVERYTHING},
    "policy/transfer-rules": {"as_of": "2023-01-01", "known_on": EVERYTHING},
    "policy/who-localises": {"as_of": "2023-01-01", "known_on": EVERYTHING},
    "policy/without-law": {"as_of": "2024-01-15", "known_on": EVERYTHING},
    "positions/of-actor": {"actor": "CHN", "as_of": "2024-01-01", "known_on": EVERYTHING},
    "positions/on-issue": {"issue": "concept/topic/artificial-intelligence", "as_of": "2024-01-01", "known_on": EVERYTHING},
    "positions/opposed": {"as_of": "2024-01-01", "known_on": EVERYTHING},
    "positions/split": {"a": "USA", "b": "CHN", "as_of": "2024-01-01", "known_on": EVERYTHING},
    "provenance/disagreeing-sources": {"known_on": EVERYTHING},
    "provenance/evidence-grades": {"known_on": EVERYTHING},
    "provenance/second-codings": {"known_on": EVERYTHING},
    "provenance/recalled-rows": {"known_on": EVERYTHING},
    "provenance/sources-of": {"thing": "hill-declaration", "known_on": EVERYTHING},
    "provenance/weakest": {"known_on": EVERYTHING},
    "provenance/why-derived": {"thing": "EU", "known_on": EVERYTHING},
    "recognition/ended": {"as_of": "2024-01-01", "known_on": EVERYTHING},
    "recognition/expiring": {"as_of": "2020-07-15", "known_on": EVERYTHING},
    "recognition/gaps": {"recogniser": "EU", "recognised": "USA", "known_on": EVERYTHING},
    "recognition/mutual": {"as_of": "2024-01-01", "known_on": EVERYTHING},
    "recognition/one-way": {"as_of": "2024-01-01", "known_on": EVERYTHING},
    "recognition/partial": {"as_of": "2024-01-01", "known_on": EVERYTHING},
    "recognition/recognised-by-whom": {"recognised": "FRA", "as_of": "2024-01-01", "known_on": EVERYTHING},
    "routes/access": {"jurisdiction": "CHN", "as_of": "2024-07-01", "known_on": EVERYTHING},
    "routes/applicabilities": {"jurisdiction": "EU", "known_on": EVERYTHING},
    "routes/bans": {"target": "mistral", "as_of": "2024-07-01", "known_on": EVERYTHING},
    "routes/commitments": {"a": "DEU", "b": "JPN", "as_of": "2024-07-01", "known_on": EVERYTHING},
    "routes/decisions": {"recogniser": "EU", "known_on": EVERYTHING},
    "routes/derived-access": {"a": "CHN", "b": "USA", "as_of": "2022-06-01", "known_on": EVERYTHING},
    "routes/derived-duties": {"a": "SGP", "b": "JPN", "as_of": "2022-06-01", "known_on": EVERYTHING},
    "routes/jurisdictions": {"known_on": EVERYTHING},
    "routes/lists": {"designated": "HKG", "known_on": EVERYTHING},
    "routes/recognitions": {"recogniser": "EU", "known_on": EVERYTHING},
    "routes/rules": {"jurisdiction": "CHN", "known_on": EVERYTHING},
    "routes/stated": {"a": "EU", "b": "USA", "as_of": "2024-07-01", "known_on": EVERYTHING},
    "routes/thresholds": {"jurisdiction": "CHN", "known_on": "2024-05-31"},
    "routes/unions": {"actor": "GBR", "as_of": "2019-06-01", "known_on": EVERYTHING},
    "rulings/fines": {"as_of": "2023-07-01", "known_on": EVERYTHING},
    "rulings/on-instrument": {"instrument": "eu-usa-shield-decision", "known_on": EVERYTHING},
    "rulings/towards": {"addressee": "openai", "known_on": EVERYTHING},
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
def test_parameters_are_used_and_never_projected_nor_assigned(small: Graph, name: str) -> None:
    question = small.queries()[name]
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


@pytest.mark.parametrize("path", ANSWERS, ids=[p.stem for p in ANSWERS])
def test_no_question_says_less_or_equal_which_virtuoso_answers_wrongly_for_dates(path: Path) -> None:
    code = "".join(t.text for t in tokens(path.read_text(encoding="utf-8")) if t.kind != "comment")
    assert not re.search(r"[<>]=", code), "write !(?a > ?b); see docs/remote.md"


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
    with (EXPECTED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        assert list(real.ask(name, **given).names) == next(csv.reader(file))


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


@pytest.mark.parametrize(("day", "agreements"), [
    ("2019-01-31", ["river-convention"]), ("2019-02-01", ["river-convention", "valley-agreement"]),
    ("2020-01-31", ["river-convention", "valley-agreement"]), ("2020-02-01", ["river-convention"]),
])
def test_an_agreement_of_a_union_binds_a_member_until_it_leaves(small: Graph, day: str, agreements: list[str]) -> None:
    assert actors(small, "lookup/bound-by", "agreement", actor="GBR", as_of=day, known_on=EVERYTHING) == agreements


@pytest.mark.parametrize(("day", "reachers"), [("2020-01-31", ["USA"]), ("2020-02-01", ["GBR", "USA"])])
def test_a_union_blocks_the_reach_of_a_former_member(small: Graph, day: str, reachers: list[str]) -> None:
    assert actors(small, "conflicts/access", "reacher", as_of=day, known_on=EVERYTHING) == reachers


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


@pytest.mark.parametrize(("day", "stage", "joined"), [
    ("2024-06-30", "applied", ["JPN", "SGP"]), ("2024-12-31", "in-force", ["GBR", "JPN", "SGP"]), ("2023-07-15", "signed", ["JPN", "SGP"]),
    ("2023-07-16", "signed", ["GBR", "JPN", "SGP"]), ("2018-12-29", "applied", []), ("2018-12-30", "applied", ["JPN", "SGP", "USA"])])
def test_a_scheme_is_joined_by_the_stage_asked_for_and_counts_while_a_statement_on_it_holds(small: Graph, day: str, stage: str, joined: list[str]) -> None:
    rows = small.ask("network/schemes", as_of=day, known_on=EVERYTHING, stage=stage)
    assert [str(r["actor"]).rpartition("/")[2] for r in rows if str(r["through"]).endswith("/harbour-agreement")] == joined


@pytest.mark.parametrize(("known_on", "rivals"), [("2024-05-31", ["CHN", "valley-agreement"]), ("2024-06-01", ["CHN"])])
def test_a_statement_of_exclusivity_counts_until_it_is_retracted(small: Graph, known_on: str, rivals: list[str]) -> None:
    rows = small.ask("network/scheme-rivalries", as_of="2024-01-01", known_on=known_on)
    assert sorted(str(r["to"]).rpartition("/")[2] for r in rows if float(r["weight"]) == 1) == rivals


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


def test_a_bill_and_a_checked_absence_of_law_are_found_from_the_day_on_which_they_are_known(checkout: Layout) -> None:
    from comity.build import prepare
    from comity.store import EmbeddedStore

    evidence = "gazette,heading,official,2024-01-10,"
    for table, rows in {
        "instruments.csv": ["sgp-data-bill,Statute,Data Bill of Singapore,,,,SGP,,,personal-data-protection,hard,draft,,," + evidence,
                            "kor-no-law,Statute,Republic of Korea: no statute found,,,,KOR,,,personal-data-protection,,no-law,,Two pages read.," + evidence],
        "events.csv": ["sgp-data-bill-proposed,sgp-data-bill,proposed,2023-11-20,,," + evidence],
    }.items():
        path = checkout.tables / table
        header, *lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([header, *sorted(lines + rows)]) + "\n", encoding="utf-8")
    prepared = prepare(checkout)
    assert prepared.faults == []
    graph = Graph(EmbeddedStore(prepared.store, prefixes(checkout.ontology)), checkout)
    drafts = graph.ask("policy/drafts", as_of="2024-01-01", known_on=EVERYTHING)
    assert [(r["instrumentLabel"], r["since"], r["grade"].rpartition("/")[2]) for r in drafts] == [("Data Bill of Singapore", "2023-11-20", "official")]
    assert len(graph.ask("policy/drafts", as_of="2023-11-19", known_on=EVERYTHING)) == 0
    absent = graph.ask("policy/without-law", as_of="2024-01-10", known_on=EVERYTHING)
    assert [(r["jurisdictionLabel"], r["recorded"], r["note"]) for r in absent] == [("Republic of Korea", "2024-01-10", "Two pages read.")]
    assert len(graph.ask("policy/without-law", as_of="2024-01-09", known_on=EVERYTHING)) == 0
    assert not any(r["jurisdiction"].endswith(("/KOR", "/SGP")) for r in graph.ask("policy/first-laws", known_on=EVERYTHING))
    regions = {r["regionLabel"]: (r["documents"], r["absences"], r["jurisdictions"]) for r in graph.ask("coverage/by-region", known_on=EVERYTHING)}
    assert regions["Eastern Asia"] == ("2", "1", "3")
    states = {r["jurisdictionLabel"]: (r["documents"], r["absences"]) for r in graph.ask("coverage/of-jurisdictions", known_on=EVERYTHING)}
    assert (states["Republic of Korea"], states["Singapore"]) == (("0", "1"), ("1", "0"))
    assert sum(int(r["documents"]) for r in graph.ask("coverage/by-year", known_on=EVERYTHING)) == sum(int(documents) for documents, *_ in regions.values())


@pytest.mark.parametrize(("issue", "holders"), [
    ("concept/issue/data-sovereignty", ["CHN", "USA"]), ("concept/topic/artificial-intelligence", ["CHN", "EU", "GBR", "USA"])])
def test_positions_on_an_issue_are_found_by_the_issue_and_by_the_topic_of_texts(small: Graph, issue: str, holders: list[str]) -> None:
    assert actors(small, "positions/on-issue", "holder", issue=issue, as_of="2024-01-01", known_on=EVERYTHING) == holders


@pytest.mark.parametrize(("known_on", "amounts"), [("2024-05-31", ["5000"]), ("2024-06-01", ["5000000"])])
def test_a_corrected_fine_counts_from_the_day_of_its_correction(small: Graph, known_on: str, amounts: list[str]) -> None:
    assert [r["amount"] for r in small.ask("rulings/fines", as_of="2023-07-01", known_on=known_on)] == amounts


@pytest.mark.parametrize(("as_of", "instruments"), [("2024-08-30", []), ("2024-08-31", ["eu-ai-law"]), ("2024-09-30", ["eu-ai-law"]), ("2024-10-01", [])])
def test_a_rule_reaches_a_provider_while_both_the_duty_and_the_service_certainly_hold(small: Graph, as_of: str, instruments: list[str]) -> None:
    assert actors(small, "aigc/rules-on-provider", "instrument", provider="openai", as_of=as_of, known_on=EVERYTHING) == instruments
    assert actors(small, "aigc/regulators-of", "instrument", provider="openai", as_of=as_of, known_on=EVERYTHING) == instruments


@pytest.mark.parametrize(("since", "until", "rows"), [
    ("2020-12-28", "2020-12-29", 1), ("2020-12-29", "2021-01-31", 0), ("2021-01-01", "2021-01-31", 0),
    ("2021-01-01", "2021-02-01", 1), ("2021-01-02", "2021-02-01", 0)])
def test_an_event_of_unknown_day_falls_between_two_days_only_with_its_whole_month(small: Graph, since: str, until: str, rows: int) -> None:
    assert len(small.ask("changes/instruments", since=since, until=until, known_on=EVERYTHING)) == rows


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
    assert queries.find(queries.library(LIBRARY), "party-to-both").name == "lookup/party-to-both"


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
        queries.find(queries.library(tmp_path), "q")


def test_fault_queries_are_no_part_of_the_library() -> None:
    assert not any(name.startswith("checks/") for name in queries.library(LIBRARY))


@pytest.mark.parametrize(("given", "sum_"), [({}, "42"), ({"n": "-1"}, "0"), ({"n": " 7 "}, "8")])
def test_an_integer_parameter_counts(small: Graph, tmp_path: Path, given: dict[str, str], sum_: str) -> None:
    write(tmp_path, "#+ summary: How many?\n#+ params: {n: {type: integer, default: 41}}\nSELECT (?n + 1 AS ?sum) {}")
    assert queries.ask(small.store, queries.find(queries.library(tmp_path), "q"), given).rows.to_dicts() == [{"sum": sum_}]


def test_an_integer_parameter_refuses_what_is_no_whole_number(small: Graph, tmp_path: Path) -> None:
    write(tmp_path, "#+ summary: How many?\n#+ params: {n: {type: integer, default: 1}}\nSELECT (?n AS ?m) {}")
    with pytest.raises(InputError, match=r"n=1\.5: not a whole number"):
        queries.ask(small.store, queries.find(queries.library(tmp_path), "q"), {"n": "1.5"})


def test_a_text_parameter_is_a_literal_whatever_it_holds(small: Graph, tmp_path: Path) -> None:
    write(tmp_path, "#+ summary: What?\n#+ params: {t: {type: text, default: x}}\nSELECT (STRLEN(?t) AS ?n) {}")
    assert queries.ask(small.store, queries.find(queries.library(tmp_path), "q"), {"t": '"} SELECT'}).rows.to_dicts() == [{"n": "9"}]


def test_a_malformed_query_of_the_library_is_reported_with_its_file_and_place(small: Graph, tmp_path: Path) -> None:
    path = write(tmp_path, "#+ summary: What?\nSELECT * WHERE {\n  ?s ?p }")
    with pytest.raises(QueryError) as caught:
        queries.ask(small.store, queries.find(queries.library(tmp_path), "q"), {})
    assert str(caught.value).startswith(f"{path}: the query is malformed at line 3")
    assert caught.value.line == 3
