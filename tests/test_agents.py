"""The tools for agents: each alone on the small graph, and all through the official client over stdio and HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from real import built

from comity.agents import tools as limits
from comity.agents.examples import nearest
from comity.agents.server import NAMES, server
from comity.agents.tools import Tools
from comity.errors import InputError, QueryError
from comity.graph import Graph

ROW = "https://w3id.org/comity/id/recognition/EU-USA-2016"
SOURCED = """SELECT ?row ?who ?from { ?row comity:recogniser ?who ; comity:recognised <https://w3id.org/comity/id/actor/USA> ; comity:validFrom ?from ;
  comity:knownFrom ?k } ORDER BY ?row"""


@pytest.fixture(scope="module")
def tools(small: Graph) -> Tools:
    return Tools(small)


def test_a_name_that_is_a_code_is_found_exactly(tools: Tools) -> None:
    found = tools.find_entity("JPN")
    assert found.exact
    assert [(m.iri, m.label) for m in found.matches] == [("https://w3id.org/comity/id/actor/JPN", "Japan")]


def test_a_part_of_a_name_lists_what_it_may_mean(tools: Tools) -> None:
    found = tools.find_entity("agreem")
    assert not found.exact
    assert "https://w3id.org/comity/id/instrument/harbour-agreement" in {m.iri for m in found.matches}


def test_a_name_of_nothing_and_a_name_of_too_much_are_refused_with_the_way_out(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="nothing is called Atlantis; search by"):
        tools.find_entity("Atlantis")
    monkeypatch.setattr(limits, "MOST_MATCHES", 1)
    with pytest.raises(InputError, match="more than 1 things have 'agreem' in their names; write more of the name"):
        tools.find_entity("agreem")


def test_a_row_is_described_with_its_source(tools: Tools) -> None:
    said = tools.describe("recognition/EU-USA-2016")
    fact = next(f for f in said.facts if f.property.endswith("#scope"))
    assert (fact.value, fact.rows) == ("Firms on the list of the Shield.", [ROW])
    assert [(e.row, e.locator, e.grade, bool(e.title)) for e in said.evidence if e.row == ROW] == [(ROW, "Art. 1", "official", True)]


def test_the_rows_of_a_class_are_given_when_asked_for_and_refused_when_too_many(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    said = tools.describe("USA")
    assert said.rows == {}
    assert said.rows_by_class["Recognition"] == 2
    rows = tools.describe("USA", rows_of="Recognition")
    assert set(rows.rows) == {ROW, ROW.replace("2016", "2023")}
    assert {e.row for e in rows.evidence} >= set(rows.rows)
    assert set(tools.describe("USA", rows_of="Recognition", as_of="2024-01-01").rows) == {ROW.replace("2016", "2023")}
    with pytest.raises(InputError, match="no row of the class Nonsense names United States"):
        tools.describe("USA", rows_of="Nonsense")
    monkeypatch.setattr(limits, "MOST_OF_CLASS", 1)
    with pytest.raises(InputError, match=r"2 rows of Recognition name .* at most 1 are given; narrow with as_of"):
        tools.describe("USA", rows_of="Recognition")


@pytest.mark.parametrize(("question", "name"), [
    ("Which agreements are two parties both bound by?", "lookup/party-to-both"),
    ("who recognises the data protection law of a state", "recognition/recognised-by-whom"),
    ("why was this derived, from which rows?", "provenance/why-derived"),
])
def test_a_question_in_plain_words_finds_its_query(small: Graph, question: str, name: str) -> None:
    assert name in [q.name for q in nearest(small.queries(), question, 5)]


def test_examples_are_few_and_hold_what_is_needed_to_run_them(tools: Tools) -> None:
    found = tools.examples_for("parties of an agreement", most=2)
    assert len(found.examples) == 2
    assert found.library > 100
    assert all("SELECT" in e.query and e.summary for e in found.examples)
    assert tools.examples_for("xyzzy").examples == []
    with pytest.raises(InputError, match="ask for 1 to 10"):
        tools.examples_for("parties", most=11)


def test_a_query_is_checked_without_running(tools: Tools) -> None:
    good = tools.check_query(SOURCED)
    assert (good.runs, good.error) == (True, "")
    broken = tools.check_query("SELECT * {\n ?s ?p }")
    assert (broken.runs, broken.line) == (False, 2)
    reaching = tools.check_query("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }")
    assert not reaching.runs
    assert "SERVICE" in reaching.error
    unknown = tools.check_query("SELECT ?a { ?a comity:isoAlpha4 ?b }")
    assert not unknown.runs
    assert any(a.severity == "wrong" for a in unknown.advice)


def test_every_cell_has_the_rows_that_state_it(tools: Tools) -> None:
    answer = tools.run_query(SOURCED)
    assert answer.columns == ["row", "who", "from"]
    assert [[cell.value.rsplit("/", 1)[-1] for cell in line] for line in answer.rows] == [
        ["EU-USA-2016", "EU", "2016-07-12"], ["EU-USA-2023", "EU", "2023-07-10"]]
    assert answer.rows[0][0].rows == [ROW]
    assert answer.rows[0][2].rows == [ROW], "the day is stated by the row of its line"
    assert ROW in answer.rows[0][1].rows
    assert answer.rows[0][1].label == "European Union"
    assert answer.unsourced == []
    assert {(e.row, e.grade) for e in answer.evidence} >= {(ROW, "official")}


def test_what_no_row_states_is_named_with_the_way_to_its_source(tools: Tools) -> None:
    answer = tools.run_query("SELECT (COUNT(*) AS ?n) { ?row comity:recogniser ?who ; comity:knownFrom ?k }")
    assert answer.unsourced == ["n"]
    assert "select also the row" in answer.hint


def test_a_query_of_the_library_runs_by_its_name(tools: Tools) -> None:
    answer = tools.run_query("lookup/party-to-both", {"a": "HTA", "b": "BDEA"}, as_of="2021-01-01", known_on="2024-12-31")
    assert "Singapore" in {cell.value for line in answer.rows for cell in line}
    assert answer.evidence
    with pytest.raises(InputError, match="has no parameter c"):
        tools.run_query("lookup/party-to-both", {"c": "HTA"})
    with pytest.raises(InputError, match="parameters belong to queries of the library"):
        tools.run_query(SOURCED, {"a": "HTA"})


def test_a_query_that_most_likely_is_not_meant_runs_only_despite_that(tools: Tools) -> None:
    text = "SELECT ?a { ?a comity:isoAlpha4 ?b }"
    with pytest.raises(InputError, match=r"isoAlpha4.*; mend it, or send it again with despite=true"):
        tools.run_query(text)
    answer = tools.run_query(text, despite=True)
    assert answer.rows == []
    assert answer.advice


def test_an_answer_that_is_too_large_is_refused_and_not_cut(tools: Tools) -> None:
    with pytest.raises(InputError, match=r"at most 500 rows and 5000 cells are given, none cut off; count or group in the query"):
        tools.run_query("SELECT ?s ?p ?o { ?s ?p ?o }")


def test_a_malformed_query_says_where(tools: Tools) -> None:
    with pytest.raises(QueryError, match="malformed at line 1"):
        tools.run_query("SELECT * { ?s ?p }")


def test_a_derived_statement_is_explained_by_rule_and_rows(tools: Tools) -> None:
    said = tools.explain("DEU")
    assert said.reasons
    assert all(r.rows and r.rule.startswith("https://w3id.org/comity/graph/inferred/") for r in said.reasons)
    assert said.own
    assert {e.grade for e in said.evidence} <= {"official", "secondary", "recalled"}


def test_a_route_has_its_ways_with_sources() -> None:
    said = Tools(built()).route("EU", "JPN", as_of="2024-06-01")
    assert said.coded
    adequacy = next(w for w in said.ways if w.mechanism == "adequacy")
    assert adequacy.status == "open"
    assert all(e.url.startswith("http") and e.title and e.grade for e in adequacy.evidence)
    assert "legal advice" in said.notice


def _text(result: Any) -> str:
    return " ".join(part.text for part in result.content)


async def _talk(target: Any) -> tuple[list[str], Any, Any, Any]:
    async with Client(target) as client:
        listed = await client.list_tools()
        assert all(t.output_schema and t.description and t.annotations.read_only_hint for t in listed.tools)
        found = await client.call_tool("find_entity", {"name": "JPN"})
        answer = await client.call_tool("run_query", {"query": SOURCED})
        refused = await client.call_tool("run_query", {"query": "SELECT ?a { ?a comity:isoAlpha4 ?b }"})
        return [t.name for t in listed.tools], found, answer, refused


def _right(said: tuple[list[str], Any, Any, Any]) -> None:
    names, found, answer, refused = said
    assert tuple(names) == NAMES
    assert found.structured_content["matches"][0]["label"] == "Japan"
    assert answer.structured_content["rows"][0][0]["rows"] == [ROW]
    assert refused.is_error
    assert "despite=true" in _text(refused)


def test_a_client_talks_to_the_server_in_one_process(small: Graph) -> None:
    _right(anyio.run(_talk, server(small)))


def test_a_client_talks_to_the_command_over_stdio(quads: Path) -> None:
    parameters = StdioServerParameters(command=sys.executable, args=["-m", "comity", "mcp", "--data", str(quads), "--timeout", "10"], env=dict(os.environ))
    _right(anyio.run(_talk, stdio_client(parameters)))


def test_a_client_talks_to_the_command_over_http(quads: Path) -> None:
    command = [sys.executable, "-m", "comity", "mcp", "--http", "--port", "0", "--data", str(quads), "--timeout", "10"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split(" at ")[1].split(" ")[0]
        try:
            _right(anyio.run(_talk, address))
        finally:
            process.terminate()


def test_an_answer_is_small(tools: Tools) -> None:
    from dataclasses import asdict

    assert len(json.dumps(asdict(tools.describe("JPN")))) < 20_000
