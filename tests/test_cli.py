"""The command line: every command, its formats, exit codes and one-line errors."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import os
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from real import ROOT
from servers import Reply, canned, comity_server

import comity.settings
from comity.build import build
from comity.cli.main import run
from comity.settings import Layout

COMITY = Path(sys.executable).with_name("comity")
STATES = "SELECT ?code { ?s a comity:State ; comity:isoAlpha3 ?code } ORDER BY ?code"
BOTH = ["ask", "party-to-both", "-p", "a=HTA", "-p", "b=BDEA", "--as-of", "2021-01-01", "--known-on", "2024-12-31"]


@pytest.fixture(scope="session")
def built_small(pristine: Layout) -> Layout:
    """Return the small project with its graph built."""
    build(pristine)
    return pristine


@pytest.fixture
def project(built_small: Layout, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """Make the command line work on the small project."""
    root = built_small.ontology.parent
    monkeypatch.delenv(comity.settings.BUILD_VARIABLE, raising=False)
    monkeypatch.setattr(comity.settings, "_base", lambda: root)
    return built_small


@pytest.fixture
def own(checkout: Layout, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """Make the command line work on a copy of the small project that the test may change."""
    root = checkout.ontology.parent
    monkeypatch.delenv(comity.settings.BUILD_VARIABLE, raising=False)
    monkeypatch.setattr(comity.settings, "_base", lambda: root)
    return checkout


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def comity_run(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Return a function that runs the command line and gives exit code, output and errors."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(list(arguments))
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


def refused(result: tuple[int, str, str], message: str) -> None:
    code, out, err = result
    assert (code, out) == (2, "")
    assert err.startswith("comity: ")
    assert err.count("\n") == 1
    assert message in err
    assert "Traceback" not in err


def test_every_command_has_help_and_the_list_names_them_all(comity_run: Run) -> None:
    code, out, _ = comity_run("--help")
    assert code == 0
    for name in ("ask", "build", "check", "describe", "export", "metrics", "queries", "serve", "sparql"):
        assert re.search(rf"^  {name} ", out, re.MULTILINE)
        assert comity_run(name, "-h")[0] == 0


def test_the_version_is_that_of_the_package(comity_run: Run) -> None:
    assert comity_run("--version") == (0, f"comity {comity.__version__}\n", "")


@pytest.mark.parametrize(("arguments", "message"), [
    (["fly"], "No such command 'fly'"), (["sparql", "--nope"], "No such option"), (["ask"], "Missing argument"),
    (["sparql", "-q", STATES, "--format", "xlsx"], "is not one of 'table'"), (["export", "--format", "xlsx"], "is not one of"),
    (["metrics", "--format", "xlsx"], "is not one of"), (["metrics", "--seed", "x"], "is not a valid integer"),
    (["serve", "--port", "70000"], "70000 is not in the range"), (["sparql", "-q", STATES, "--timeout", "0"], "0 is not in the range"),
])
def test_wrong_usage_is_one_line_that_points_to_the_help(comity_run: Run, arguments: list[str], message: str) -> None:
    result = comity_run(*arguments)
    refused(result, message)
    assert "--help" in result[2]


# sparql

def test_rows_come_as_a_table_by_default(project: Layout, comity_run: Run) -> None:
    code, out, err = comity_run("sparql", "-q", STATES)
    assert (code, err) == (0, "")
    assert out.splitlines() == ["code", "────", "CHN", "DEU", "FRA", "GBR", "JPN", "KOR", "SGP", "USA", "(8 rows)"]


@pytest.mark.parametrize(("form", "beginning"), [
    ("csv", "code\r\nCHN\r\n"), ("tsv", "?code\n\"CHN\"\n"), ("json", '{"head":{"vars":["code"]}'), ("xml", "<?xml")])
def test_rows_come_in_every_format_of_rows(project: Layout, comity_run: Run, form: str, beginning: str) -> None:
    code, out, _ = comity_run("sparql", "-q", STATES, "--format", form)
    assert code == 0
    assert out.startswith(beginning)


@pytest.mark.parametrize(("form", "format_"), [(None, ox.RdfFormat.TURTLE), ("ttl", ox.RdfFormat.TURTLE), ("nt", ox.RdfFormat.N_TRIPLES),
                                               ("jsonld", ox.RdfFormat.JSON_LD), ("rdf", ox.RdfFormat.RDF_XML)])
def test_a_graph_comes_as_turtle_by_default_and_in_every_format_of_graphs(project: Layout, comity_run: Run, form: str | None, format_: ox.RdfFormat) -> None:
    code, out, _ = comity_run("sparql", "-q", "CONSTRUCT WHERE { ?s a comity:State }", *(["--format", form] if form else []))
    assert code == 0
    assert len(list(ox.parse(input=out, format=format_))) == 8


def test_a_query_is_read_from_a_file_and_from_standard_input(project: Layout, comity_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "q.rq").write_text(STATES, encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.StringIO(STATES))
    assert comity_run("sparql", str(tmp_path / "q.rq")) == comity_run("sparql", "-") == comity_run("sparql", "-q", STATES)


@pytest.mark.parametrize(("arguments", "message"), [
    (["sparql", "-q", "SELECT * WHERE {\n ?s ?p"], "malformed at line 2"),
    (["sparql", "-q", "SELECT * { ?s nope:p ?o }"], "the prefix nope: at line 1, column 15 is not declared"),
    (["sparql", "-q", "DROP ALL"], "malformed"),
    (["sparql", "-q", "SELECT * { SERVICE <http://e/> { ?s ?p ?o } }"], "SERVICE is refused"),
    (["sparql", "no-such-file.rq"], "no-such-file.rq: cannot be read (No such file or directory)"),
    (["sparql"], "give a query either as FILE"),
    (["sparql", "x.rq", "-q", "ASK {}"], "give a query either as FILE"),
    (["sparql", "-q", STATES, "--format", "ttl"], "format ttl holds a graph and this query gives rows"),
    (["sparql", "-q", "DESCRIBE <http://e/>", "--format", "csv"], "format csv holds rows and this query gives a graph"),
    (["ask", "lookup/partys"], "did you mean lookup/parties"),
    (["ask", "parties", "-p", "agreement"], "--param agreement: write KEY=VALUE"),
    (["ask", "parties", "-p", "treaty=x"], "has no parameter treaty"),
    (["ask", "parties", "-p", "agreement=HTA", "--as-of", "soon"], "as_of=soon: not a day"),
    (["ask", "parties", "-p", "agreement=Atlantis"], "nothing is called Atlantis"),
    (["sparql", "-q", "ASK {}", "--as-of", "soon"], "as_of=soon: not a day"),
    (["describe", "Atlantis"], "nothing is called Atlantis"),
    (["metrics", "--layer", "friendship"], "no layer is called friendship; use access, agreements"),
    (["metrics", "--as-of", "1900-01-01"], "no tie stands on 1900-01-01 in layer agreements"),
    (["serve", "--data", "x.ttl", "--endpoint", "http://e/"], "give either --data or --endpoint, not both"),
    (["serve", "--data", "no-such-file.ttl"], "no-such-file.ttl: no built graph here"),
    (["serve", "--host", "no.such.host.invalid"], "cannot be served on"),
])
def test_what_cannot_be_done_is_one_line_and_exit_code_two(project: Layout, comity_run: Run, arguments: list[str], message: str) -> None:
    refused(comity_run(*arguments), message)


def test_a_file_that_is_no_text_is_refused(project: Layout, comity_run: Run, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_bytes(b"\xff\xfe\x00")
    refused(comity_run("sparql", str(tmp_path / "q.rq")), "cannot be read")


@pytest.mark.parametrize("arguments", [
    ["sparql", "-q", "ASK {}"], BOTH, ["describe", "JPN"], ["metrics"], ["export"], ["serve", "--port", "0"]], ids=lambda a: a[0])
def test_without_a_built_graph_every_command_says_how_to_build_one(
        comity_run: Run, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITY_BUILD", str(tmp_path))
    refused(comity_run(*arguments), f"{tmp_path}: no built graph here; run: comity build")


@pytest.mark.parametrize("command", [["sparql", "-q", "ASK {}"], ["ask", "evidence-grades"], ["describe", "JPN"]], ids=lambda c: c[0])
def test_a_remote_endpoint_is_asked_and_its_failure_is_one_line(project: Layout, comity_run: Run, command: list[str]) -> None:
    with canned(reply := Reply(kind="text/html", body=b"<html>")) as url:
        refused(comity_run(*command, "--endpoint", url), "is it a SPARQL endpoint?")
    assert len(reply.requests) == 1


def test_a_remote_endpoints_answer_is_shown(project: Layout, comity_run: Run) -> None:
    with canned(Reply(), Reply(body=b'{"head": {}, "boolean": true}')) as url:
        assert comity_run("sparql", "-q", "ASK {}", "--endpoint", url)[1].splitlines()[-2:] == ["true", "(1 row)"]


def test_a_remote_endpoint_is_given_up_when_its_time_is_over(project: Layout, comity_run: Run) -> None:
    with canned(Reply(seconds=30)) as url:
        refused(comity_run("sparql", "-q", "ASK {}", "--endpoint", url, "--timeout", "0.2"), "gave no whole answer within 0.2 s (timed out)")


@pytest.mark.parametrize(("endpoint", "message"), [
    ("localhost:7878/query", "Invalid value for '--endpoint': write the whole address, http://host/path or https://host/path."),
    ("anna:secret@localhost", "write the whole address"), ("ftp://anna:secret@localhost/", "ftp://localhost/ is no address of a SPARQL endpoint"),
    ("http://anna:secret@127.0.0.1:1/", "http://127.0.0.1:1/ cannot be reached")])
@pytest.mark.parametrize("command", [["sparql", "-q", "ASK {}"], ["ask", "evidence-grades"], ["describe", "JPN"]], ids=lambda c: c[0])
def test_an_endpoint_is_a_whole_address_and_its_password_is_never_shown(
        project: Layout, comity_run: Run, command: list[str], endpoint: str, message: str) -> None:
    result = comity_run(*command, "--endpoint", endpoint)
    refused(result, message)
    assert "secret" not in result[2]


def test_a_server_of_a_remote_graph_wants_a_whole_address_too(project: Layout, comity_run: Run) -> None:
    refused(comity_run("serve", "--endpoint", "localhost:7878"), "write the whole address")


SLOW = "SELECT ?s ?p {\n  ?s ?p ?o FILTER(?s = <https://w3id.org/comity/id/actor/JPN>) }"
NOTED = "SELECT (COUNT(*) AS ?n) { ?row comity:participant ?a }"
SLIP = "SELECT ?s { ?s a comity:Stat }"


def test_a_query_is_only_checked_and_not_run_when_that_is_asked(comity_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITY_BUILD", str(tmp_path))
    assert comity_run("sparql", "--check", "-q", STATES) == (0, "", "")
    code, out, err = comity_run("sparql", "--check", "-q", SLOW)
    assert (code, err) == (1, "")
    first, second = out.splitlines()
    assert first.startswith("slow at line 2, column 3: nothing binds this pattern")
    assert first.endswith("(whole-graph)")
    assert second.startswith("    instead: ")


def test_a_check_comes_as_json_too(comity_run: Run) -> None:
    code, out, _ = comity_run("sparql", "--check", "--format", "json", "-q", SLIP)
    assert code == 1
    assert json.loads(out) == [{"rule": "unknown-term", "severity": "wrong", "line": 1, "column": 18, "remedy": "comity:State; did you mean that?",
                                "message": "comity:Stat is not declared in the ontology: no statement has it"}]
    assert json.loads(comity_run("sparql", "--check", "--format", "json", "-q", STATES)[1]) == []


@pytest.mark.parametrize(("arguments", "message"), [
    (["-q", "SELECT * {\n ?s ?p"], "malformed at line 2"), (["-q", "SELECT * { ?s nope:p ?o }"], "the prefix nope:"), (["-q", "DROP ALL"], "malformed"),
    (["-q", "ASK { SERVICE <http://e/> {} }"], "SERVICE is refused"), (["-q", STATES, "--format", "csv"], "--check gives lines or json, not csv"),
    ([], "give a query")])
def test_what_cannot_be_checked_is_one_line(comity_run: Run, arguments: list[str], message: str) -> None:
    refused(comity_run("sparql", "--check", *arguments), message)


@pytest.mark.parametrize(("arguments", "in_terminal", "expected"), [
    ([], False, []), ([], True, ["whole-graph"]), (["--advice"], False, ["whole-graph"]), (["--advice"], True, ["whole-graph"])])
def test_a_terminal_shows_what_is_slow_before_the_query_runs(
        project: Layout, comity_run: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str], in_terminal: bool, expected: list[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: in_terminal)
    code, out, err = comity_run("sparql", "-q", SLOW, *arguments)
    assert code == 0
    assert "rdf-syntax-ns#type" in out or "rdf:type" in out
    assert re.findall(r"\(([a-z-]+)\)$", err, re.MULTILINE) == expected


@pytest.mark.parametrize(("arguments", "shown"), [([], False), (["--advice"], True)])
def test_a_note_is_shown_only_when_advice_is_asked(
        project: Layout, comity_run: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str], shown: bool) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert ("clock-missing" in comity_run("sparql", "-q", NOTED, *arguments)[2]) is shown


@pytest.mark.parametrize(("query", "said"), [
    ("SELECT * { ?s a comity:State ; comity:isoAlpha2 'XQ' }", "no row: line 1, column 32: ?s comity:isoAlpha2 'XQ' .\n    nothing in the graph matches"),
    ("SELECT * { ?s a comity:State } OFFSET 99", "no row: the patterns match, but what follows"), ("SELECT * { ?s a comity:State }", "")])
def test_a_terminal_says_why_there_is_no_row(project: Layout, comity_run: Run, query: str, said: str) -> None:
    code, _, err = comity_run("sparql", "--advice", "-q", query)
    assert code == 0
    assert said in err
    assert ("no row" in err) is bool(said)


# queries, ask, describe

def test_the_library_is_listed_with_summaries_and_parameters(project: Layout, comity_run: Run) -> None:
    code, out, _ = comity_run("queries")
    assert code == 0
    assert "lookup/party-to-both\n    Which actors were party to both" in out
    entries = json.loads(comity_run("queries", "--format", "json")[1])
    assert [e["name"] for e in entries] == [line for line in out.splitlines() if not line.startswith(" ")]
    assert all(e["summary"] and e["parameters"] is not None for e in entries)


def test_a_library_query_is_answered_as_a_table_and_in_the_other_formats(project: Layout, comity_run: Run) -> None:
    code, out, _ = comity_run(*BOTH)
    assert code == 0
    assert "actor/SGP" in out
    assert out.endswith("(1 row)\n")
    [row] = csv.DictReader(io.StringIO(comity_run(*BOTH, "--format", "csv")[1]))
    assert (row["actorLabel"], row["sinceA"], row["sinceB"]) == ("Singapore", "2018-12-30", "2020-12-28")
    assert json.loads(comity_run(*BOTH, "--format", "json")[1])["results"]["bindings"]


def test_a_thing_is_described_as_text_and_as_json(project: Layout, comity_run: Run) -> None:
    code, out, _ = comity_run("describe", "日本")
    assert code == 0
    assert out.startswith("Japan  <https://w3id.org/comity/id/actor/JPN>\n")
    assert "Participation (3)" in out
    assert "Depositary of treaties" in out
    assert "(derived)" in out
    assert json.loads(comity_run("describe", "JPN", "--format", "json")[1])["label"] == "Japan"


# metrics, export

@pytest.mark.parametrize(("table", "first"), [("ties", "source"), ("actors", "id")])
def test_metrics_go_to_standard_output_as_csv(project: Layout, comity_run: Run, table: str, first: str) -> None:
    code, out, err = comity_run("metrics", "--as-of", "2021-01-01", "--table", table)
    assert (code, err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == 5
    assert next(iter(rows[0])) == first


@pytest.mark.parametrize(("form", "mark"), [("json", '"version": "0.6.0+'), ("graphml", "<graphml"), ("gexf", "<gexf")])
def test_metrics_come_in_every_format_with_the_datasets_version(project: Layout, comity_run: Run, form: str, mark: str) -> None:
    out = comity_run("metrics", "--as-of", "2021-01-01", "--format", form)[1]
    assert mark in out
    assert "0.6.0+" in out


@pytest.mark.parametrize(("form", "files"), [
    ("csv", ["agreements-actors.csv", "agreements-ties.csv"]), ("parquet", ["agreements-actors.parquet", "agreements-ties.parquet"]),
    ("gexf", ["agreements.gexf"]), ("pajek", ["agreements.net", "agreements-community.clu"]), ("dl", ["agreements.dl"]), ("nq", ["agreements.nq"])])
def test_metrics_are_written_into_a_folder_with_codebook_and_parameters(
        project: Layout, comity_run: Run, tmp_path: Path, form: str, files: list[str]) -> None:
    folder = tmp_path / "new" / "folder"
    code, out, err = comity_run("metrics", "--as-of", "2021-01-01", "--format", form, "--seed", "4", "--out", str(folder))
    assert (code, out) == (0, "")
    assert sorted(p.name for p in folder.iterdir()) == sorted([*files, "about.json", "codebook.csv", "croissant.json", "datapackage.json"])
    assert err.count("wrote ") == len(files) + 4
    about = json.loads((folder / "about.json").read_text())
    assert (about["as_of"], about["seed"], about["layers"], about["query"]) == ("2021-01-01", 4, "agreements", "network/agreements")
    assert about["query_sha256"] == hashlib.sha256((ROOT / "queries/network/agreements.rq").read_bytes()).hexdigest()
    assert about["sha256"].keys() == {*files, "codebook.csv"}
    assert all(hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest for name, digest in about["sha256"].items())


def test_the_formats_of_the_command_line_are_those_of_the_writers() -> None:
    from comity.cli.measuring import _FORMATS
    from comity.network.formats import FORMATS

    assert _FORMATS == FORMATS


SLICE = ["--as-of", "2021-01-01", "--draws", "20"]


def test_the_scores_of_all_pairs_come_as_a_table_with_the_rows_behind_them(project: Layout, comity_run: Run) -> None:
    code, out, _ = comity_run("metrics", "world", *SLICE, "--evidence")
    assert code == 0
    rows = {(r["source"], r["target"]): r for r in csv.DictReader(io.StringIO(out))}
    assert rows["JPN", "USA"]["shared"] == "2"
    assert {"participation/harbour-agreement-JPN", "membership/g7-USA"} <= set(rows["JPN", "USA"]["through"].split(" "))
    assert rows["JPN", "USA"]["relation"] == "insufficient evidence"


def test_a_receipt_names_the_rows_behind_each_part(project: Layout, comity_run: Run) -> None:
    code, out, _ = comity_run("metrics", "explain", "Japan", "USA", *SLICE)
    assert code == 0
    assert out.startswith("JPN and USA on 2021-01-01")
    assert "harbour-agreement: weight" in out
    found = json.loads(comity_run("metrics", "explain", "JPN", "USA", *SLICE, "--format", "json")[1])
    assert [line["about"] for line in found["scores"]["A2"]["lines"]] == ["g7", "harbour-agreement"]
    assert found["scores"]["A3"]["reason"].startswith("insufficient evidence")


def test_the_changes_of_a_layer_name_what_caused_them(project: Layout, comity_run: Run) -> None:
    code, out, _ = comity_run("metrics", "changes", "2019-01-01", "2021-01-01", "--layer", "recognitions")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    found = {(r["source"], r["target"], r["move"], r["came"], r["gone"]) for r in rows}
    assert found >= {("EU", "USA", "lost", "", "EU-USA-2016"), ("EU", "JPN", "gained", "EU-JPN-2019", "")}


@pytest.mark.parametrize(("arguments", "message"), [
    (["explain", "JPN", "JPN"], "are one actor in this slice"), (["explain", "JPN", "Atlantis"], "nothing is called Atlantis"),
    (["explain", "JPN", "DEU"], "if it stands under its union"), (["world", "--as-of", "1700-01-01"], "no two actors have evidence on 1700-01-01"),
    (["world", "--actors", "atlantis"], "no actor is called atlantis"), (["world", "--draws", "3"], "Invalid value for '--draws'"),
    (["signed", "--as-of", "2023-07-01", "--draws", "20", "--actors", "SGP", "--actors", "GBR"], "no tie of the signed network"),
    (["changes", "2021-01-01", "2020-01-01"], "2020-01-01"),
])
def test_scores_that_cannot_be_given_are_refused_in_a_line(project: Layout, comity_run: Run, arguments: list[str], message: str) -> None:
    code, out, err = comity_run("metrics", *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("command", [["metrics", "--as-of", "2021-01-01"], ["export"]], ids=lambda c: c[0])
def test_a_place_that_cannot_be_written_is_one_line(project: Layout, comity_run: Run, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "file").write_text("")
    refused(comity_run(*command, "--out", str(tmp_path / "file" / "x")), "cannot be written")


@pytest.mark.parametrize(("form", "format_", "quads"), [
    ("nq", ox.RdfFormat.N_QUADS, True), ("trig", ox.RdfFormat.TRIG, True), ("ttl", ox.RdfFormat.TURTLE, False),
    ("nt", ox.RdfFormat.N_TRIPLES, False), ("jsonld", ox.RdfFormat.JSON_LD, False), ("rdf", ox.RdfFormat.RDF_XML, False)])
def test_the_whole_graph_is_exported_with_its_graphs_or_as_one(project: Layout, comity_run: Run, form: str, format_: ox.RdfFormat, quads: bool) -> None:
    code, out, _ = comity_run("export", "--format", form)
    assert code == 0
    graphs = {q.graph_name for q in ox.parse(input=out, format=format_)}
    assert (len(graphs) > 20) is quads


def test_an_export_is_written_into_a_file(project: Layout, comity_run: Run, tmp_path: Path) -> None:
    code, out, err = comity_run("export", "--format", "nt", "--out", str(tmp_path / "new" / "all.nt"))
    assert (code, out) == (0, "")
    assert "wrote" in err
    assert (tmp_path / "new" / "all.nt").stat().st_size > 10_000


# build, check

def test_a_build_says_what_it_built_as_text_and_as_json(own: Layout, comity_run: Run, tmp_path: Path) -> None:
    code, out, _ = comity_run("build", "--out", str(tmp_path / "a"))
    assert code == 0
    assert out.startswith("built 0.6.0+")
    assert (tmp_path / "a" / "comity.nq.gz").exists()
    document = json.loads(comity_run("build", "--format", "json")[1])
    assert document["rows"]["actors"] == 18
    assert (own.build / "comity.nq.gz").exists()


def test_a_check_without_faults_says_so_and_lists_what_is_only_recalled_when_asked(own: Layout, comity_run: Run) -> None:
    code, out, err = comity_run("check")
    assert (code, err) == (0, "")
    assert " 0 faults" in out
    assert "recalled: USA-personal-data" in comity_run("check", "--evidence")[1]
    assert len(json.loads(comity_run("check", "--evidence", "--format", "json")[1])["recalled"]) == 18


def test_a_fault_ends_check_and_build_with_code_one_and_its_place_and_leaves_the_old_build(own: Layout, comity_run: Run) -> None:
    assert comity_run("build")[0] == 0
    before = (own.build / "comity.nq.gz").read_bytes()
    path = own.tables / "recognitions.csv"
    spoiled = path.read_text(encoding="utf-8").replace("USA,framework,Firms on the list of the Shield", "USA,frame,Firms on the list of the Shield")
    path.write_text(spoiled, encoding="utf-8")
    code, out, err = comity_run("check")
    assert code == 1
    assert "recognitions.csv:3" in out
    assert err == "comity: 1 fault found; mend where the lines above say\n"
    document = json.loads(comity_run("check", "--format", "json")[1])
    assert [f["line"] for f in document["faults"]] == [3]
    code, out, err = comity_run("build")
    assert (code, out) == (1, "")
    assert "nothing built" in err
    assert err.count("\n") == 1
    assert (own.build / "comity.nq.gz").read_bytes() == before


def test_a_build_into_a_place_that_cannot_be_written_is_one_line(own: Layout, comity_run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused(comity_run("build", "--out", str(tmp_path / "file" / "x")), "cannot be written")


# serve, and the command as a process

@contextlib.contextmanager
def served(*arguments: str, build_folder: Path) -> Iterator[str]:
    """Run `comity serve` on a free port and give the address that it prints."""
    with comity_server(*arguments, folder=build_folder) as server:
        yield server.address


def fetch(url: str, accept: str = "text/csv") -> str:
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept}), timeout=20) as response:
        return str(response.read().decode())


def test_a_server_prints_its_address_and_answers_there(built_small: Layout) -> None:
    with served(build_folder=built_small.build) as address:
        assert fetch(f"{address}/sparql?query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%20%3Fs%20a%20comity%3AState%20%7D") == "n\r\n8\r\n"
        assert json.loads(fetch(f"{address}/health", "application/json"))["status"] == "good"


def test_a_server_serves_a_turtle_file_in_place_of_the_built_graph(tmp_path: Path) -> None:
    (tmp_path / "mine.ttl").write_text("<http://example.org/s> <http://example.org/p> 'mine' .", encoding="utf-8")
    with served("--data", str(tmp_path / "mine.ttl"), build_folder=tmp_path) as address:
        assert fetch(f"{address}/sparql?query=SELECT%20%3Fo%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D") == "o\r\nmine\r\n"
        assert json.loads(fetch(f"{address}/health", "application/json"))["version"] == "unversioned"


def test_a_busy_port_is_one_line(project: Layout, comity_run: Run) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        refused(comity_run("serve", "--port", str(port)), f"127.0.0.1:{port} cannot be served on (Address already in use); choose another with --port")


def command(*arguments: str, build_folder: Path, text: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"COMITY_BUILD": str(build_folder)}
    return subprocess.run([COMITY, *arguments], env=environment, input=text, capture_output=True, text=True, timeout=60)


def test_the_installed_command_reads_standard_input_and_answers(built_small: Layout) -> None:
    done = command("sparql", "-", "--format", "csv", build_folder=built_small.build, text=STATES)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["code", "CHN", "DEU", "FRA", "GBR", "JPN", "KOR", "SGP", "USA"]


def test_the_installed_command_ends_with_code_two_and_no_traceback(tmp_path: Path) -> None:
    done = command("sparql", "-q", "SELECT", build_folder=tmp_path)
    refused((done.returncode, done.stdout, done.stderr), "run: comity build")


def test_the_package_runs_as_a_module(built_small: Layout) -> None:
    done = subprocess.run([sys.executable, "-m", "comity", "--version"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, f"comity {comity.__version__}\n")


def test_a_reader_that_goes_away_early_is_no_error(built_small: Layout) -> None:
    environment = os.environ | {"COMITY_BUILD": str(built_small.build)}
    with subprocess.Popen([COMITY, "export"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0


PARTIES = "SELECT ?party { ?row comity:inInstrument <https://w3id.org/comity/id/instrument/harbour-agreement> ; comity:participant ?party } ORDER BY ?party"


@pytest.mark.parametrize(("options", "parties"), [
    (["--as-of", "2019-06-01"], ["JPN", "SGP", "USA"]),
    (["--as-of", "2021-07-01"], ["JPN", "SGP", "SGP"]),
    (["--as-of", "2024-12-30"], ["JPN", "SGP", "SGP"]),
    (["--as-of", "2024-12-30", "--possibly"], ["GBR", "JPN", "SGP", "SGP"]),
    (["--as-of", "2021-07-01", "--known-on", "latest"], ["JPN", "SGP"]),
    (["--known-on", "2024-01-10"], ["GBR", "JPN", "SGP", "USA"]),
    ([], ["GBR", "JPN", "SGP", "SGP", "USA"]),
])
def test_any_query_can_be_asked_of_a_day(project: Layout, comity_run: Run, options: list[str], parties: list[str]) -> None:
    code, out, _ = comity_run("sparql", "-q", PARTIES, "--format", "csv", *options)
    assert code == 0
    assert [line.rpartition("/")[2].strip() for line in out.splitlines()[1:]] == parties


def test_the_report_of_a_check_is_text_json_or_shacl(own: Layout, comity_run: Run) -> None:
    path = own.tables / "participations.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2021-07-01", "2024-02-30"), encoding="utf-8")
    message = "2024-02-30 is no day of the calendar; correct it or give the month only"
    assert f"participations.csv:9: valid_until: {message}" in comity_run("check")[1]
    (fault,) = json.loads(comity_run("check", "--format", "json")[1])["faults"]
    assert (fault["file"], fault["line"], fault["column"], fault["remedy"]) == ("participations.csv", 9, "valid_until", "correct it or give the month only")
    code, out, _ = comity_run("check", "--format", "ttl")
    assert code == 1
    assert "sh:ValidationReport" in out
    assert message in out
    refused(comity_run("check", "--format", "ttl", "--ontology"), "--format ttl is for the report on the tables")
