"""Rows, truth values and graphs in every format, and what they become in Python."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pandas
import pyoxigraph as ox
import pytest

from comity.errors import InputError
from comity.results import GRAPH_FORMATS, ROW_FORMATS, Answer, graph_answer, show
from comity.store import EmbeddedStore

EX = "http://example.org/"
SELECT = 'SELECT ?iri ?text ?none { VALUES (?iri ?text ?none) { (ex:a "comma, \\"quote\\"\\nline"@en UNDEF) (ex:b 7 UNDEF) } } ORDER BY ?iri'
TRIPLES = [ox.Triple(ox.NamedNode(EX + "a"), ox.NamedNode(EX + "p"), ox.Literal("é", language="fr")),
           ox.Triple(ox.NamedNode(EX + "a"), ox.NamedNode(EX + "p"), ox.Literal(1))]


def ask(text: str) -> Answer:
    return EmbeddedStore(ox.Store(), {"ex": EX}).query(text)


@pytest.mark.parametrize(("text", "kind"), [
    (SELECT, "rows"), ("ASK {}", "boolean"), ("CONSTRUCT { ex:a ex:b ex:c } WHERE {}", "graph"), ("DESCRIBE ex:a", "graph")])
def test_an_answer_knows_its_kind(text: str, kind: str) -> None:
    assert ask(text).kind == kind


def test_rows_as_json_keep_types_languages_and_gaps() -> None:
    document = json.loads(ask(SELECT).serialize("json"))
    assert document["head"]["vars"] == ["iri", "text", "none"]
    first, second = document["results"]["bindings"]
    assert first == {"iri": {"type": "uri", "value": EX + "a"}, "text": {"type": "literal", "value": 'comma, "quote"\nline', "xml:lang": "en"}}
    assert second["text"]["datatype"] == "http://www.w3.org/2001/XMLSchema#integer"


def test_rows_as_csv_come_back_through_a_csv_reader() -> None:
    rows = list(csv.reader(ask(SELECT).serialize("csv").decode().splitlines(keepends=True)))
    assert rows == [["iri", "text", "none"], [EX + "a", 'comma, "quote"\nline', ""], [EX + "b", "7", ""]]


def test_rows_as_tsv_are_terms_with_tabs_between() -> None:
    header, first, second = ask(SELECT).serialize("tsv").decode().splitlines()
    assert header == "?iri\t?text\t?none"
    assert first == f'<{EX}a>\t"comma, \\"quote\\"\\nline"@en\t'
    assert second == f"<{EX}b>\t7\t"


def test_rows_as_xml_are_results_of_the_standard() -> None:
    root = ET.fromstring(ask(SELECT).serialize("xml"))
    space = "{http://www.w3.org/2005/sparql-results#}"
    assert root.tag == space + "sparql"
    assert [v.get("name") for v in root.iter(space + "variable")] == ["iri", "text", "none"]
    assert len(list(root.iter(space + "result"))) == 2


@pytest.mark.parametrize(("text", "word"), [("ASK {}", "true"), ("ASK { ?s ?p ?o }", "false")])
def test_a_truth_value_has_every_row_format(text: str, word: str) -> None:
    assert json.loads(ask(text).serialize("json"))["boolean"] is (word == "true")
    assert f"<boolean>{word}</boolean>" in ask(text).serialize("xml").decode()
    assert ask(text).serialize("csv").decode() == f"{word}\n"
    assert ask(text).serialize("tsv").decode() == f"{word}\n"
    assert ask(text).rows.to_dicts() == [{"answer": word}]
    assert word in ask(text).to_table()


@pytest.mark.parametrize("name", GRAPH_FORMATS)
def test_a_graph_comes_back_from_every_graph_format(name: str) -> None:
    data = graph_answer(TRIPLES, {"ex": EX}).serialize(name)
    assert {q.triple for q in ox.parse(input=data, format=GRAPH_FORMATS[name])} == set(TRIPLES)


def test_a_graph_uses_the_prefixes_in_turtle() -> None:
    assert b"ex:a ex:p" in graph_answer(TRIPLES, {"ex": EX}).serialize("ttl")


def test_an_empty_graph_is_an_empty_document() -> None:
    assert graph_answer([], {}).serialize("nt") == b""
    assert graph_answer([], {}).rows.to_dicts() == []


@pytest.mark.parametrize("name", [*GRAPH_FORMATS, "nonsense"])
def test_rows_refuse_the_formats_of_graphs(name: str) -> None:
    with pytest.raises(InputError, match=f"format {name} holds a graph and this query gives rows; use one of table, json, xml, csv, tsv"):
        ask(SELECT).serialize(name)


@pytest.mark.parametrize("name", [*ROW_FORMATS, "nonsense"])
def test_a_graph_refuses_the_formats_of_rows(name: str) -> None:
    with pytest.raises(InputError, match=f"format {name} holds rows and this query gives a graph; use one of ttl, nt"):
        graph_answer(TRIPLES, {}).serialize(name)


def test_rows_are_mappings_of_plain_text_in_the_order_of_the_query() -> None:
    rows = ask(SELECT).rows
    assert len(rows) == 2
    assert list(rows) == rows.to_dicts()
    assert rows.to_dicts()[1] == {"iri": EX + "b", "text": "7", "none": None}


def test_an_answer_gives_its_rows_again_and_again() -> None:
    answer = ask(SELECT)
    assert answer.rows is answer.rows
    assert answer.to_table() == answer.to_table()


def test_rows_become_a_data_frame_of_strings() -> None:
    frame = ask(SELECT).rows.to_pandas()
    assert list(frame.columns) == ["iri", "text", "none"]
    assert frame["text"].tolist() == ['comma, "quote"\nline', "7"]
    assert frame["none"].isna().all()


def test_no_rows_become_a_data_frame_that_still_has_its_columns() -> None:
    frame = ask("SELECT ?a ?b { ?a ex:p ?b }").rows.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert (list(frame.columns), len(frame)) == (["a", "b"], 0)


def test_rows_are_written_as_csv_that_reads_back(tmp_path: Path) -> None:
    ask(SELECT).rows.to_csv(tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == [{"iri": EX + "a", "text": 'comma, "quote"\nline', "none": ""}, {"iri": EX + "b", "text": "7", "none": ""}]


def test_the_table_for_people_shows_every_cell_in_full_on_one_line_and_counts() -> None:
    long = "x" * 500
    table = ask(f'SELECT ?a ?b {{ VALUES (?a ?b) {{ ("{long}" ex:b) ("two\\nlines" UNDEF) }} }}').to_table()
    header, _, first, second, count = table.splitlines()
    assert header.split() == ["a", "b"]
    assert first == f"{long}  ex:b"
    assert second == "two lines"
    assert count == "(2 rows)"


def test_the_table_counts_one_row_and_no_rows() -> None:
    assert ask("SELECT (1 AS ?n) {}").to_table().endswith("(1 row)\n")
    assert ask("SELECT ?n { ?n ex:p ?o }").to_table().endswith("(0 rows)\n")


@pytest.mark.parametrize(("term", "text"), [
    (None, ""), (ox.Literal("a\nb"), "a b"), (ox.NamedNode(EX + "local"), "ex:local"), (ox.NamedNode(EX + "a/b"), EX + "a/b"),
    (ox.NamedNode("https://w3id.org/comity/id/actor/JPN"), "actor/JPN"), (ox.NamedNode("https://w3id.org/comity/concept/topic/x"), "concept/topic/x"),
])
def test_terms_are_shown_as_people_write_them(term: ox.NamedNode | ox.Literal | None, text: str) -> None:
    assert show(term, {"ex": EX}) == text


ODD = '"},{" "},{}" ",},{" "}},{" "{}" "[{}" "},{\\"x" ' + "'\"bindings\":[{}' '\"bindings\":[]}}'"


@pytest.mark.parametrize(("text", "number"), [
    (SELECT, 2), ("ASK {}", 1), ("SELECT ?x WHERE { FILTER(false) }", 0),
    (f"SELECT ?x ?é {{ VALUES ?x {{ {ODD} }} VALUES ?é {{ {ODD} }} }}", 81), (f"SELECT ?x {{ VALUES ?x {{ UNDEF {ODD} UNDEF }} }}", 11),
    ("SELECT ?x { VALUES ?x { UNDEF UNDEF } }", 2), ("SELECT ?x { VALUES ?x { UNDEF 1 } }", 2), ("SELECT ?x { VALUES ?x { 1 UNDEF } }", 2),
    ("SELECT ?bindings { VALUES ?bindings { 1 } }", 1), ("SELECT ?é { VALUES ?é { 1 2 3 } }", 3),
    ("CONSTRUCT { ex:a ex:b ?x } WHERE { VALUES ?x { 1 2 2 } }", 2)])
def test_the_length_of_an_answer_counts_rows_also_where_cells_hold_line_ends(text: str, number: int) -> None:
    answer = ask(text)
    assert len(answer) == number
    assert number == len(answer.rows)
