"""Rows in the hands of pandas, polars and networkx, from a graph here and from a server."""

from __future__ import annotations

import datetime
import doctest

import networkx as nx
import pandas
import polars
import pytest
from real import ROOT, built

import comity
from comity.errors import InputError
from comity.graph import Graph

VALUES = """SELECT ?a ?b ?n ?day ?odd ?none { VALUES (?a ?b ?n ?day ?odd) {
  (<http://example.org/a> <http://example.org/b> 1 "2024-01-31"^^xsd:date 1) (<http://example.org/b> <http://example.org/c> 2 "2024-02-01"^^xsd:date "x") } }"""


def test_text_stays_text_unless_types_are_asked_for(small: Graph) -> None:
    rows = small.query(VALUES)
    assert rows.to_polars()["n"].to_list() == ["1", "2"]
    assert rows.to_pandas()["n"].tolist() == ["1", "2"]


def test_a_column_of_one_type_becomes_numbers_or_days(small: Graph) -> None:
    rows = small.query(VALUES)
    frame = rows.to_polars(typed=True)
    assert frame.schema["n"] == polars.Int64
    assert frame["day"].to_list() == [datetime.date(2024, 1, 31), datetime.date(2024, 2, 1)]
    assert frame["odd"].to_list() == ["1", "x"], "a column of two types stays text"
    assert frame["none"].to_list() == [None, None]
    assert rows.to_pandas(typed=True)["n"].sum() == 3


def test_a_partial_date_keeps_its_column_text(small: Graph) -> None:
    rows = small.query('SELECT ?d { VALUES ?d { "2024-01-31"^^xsd:date "2024"^^xsd:gYear } }')
    assert rows.to_polars(typed=True)["d"].to_list() == ["2024-01-31", "2024"]


def test_no_rows_still_have_their_columns(small: Graph) -> None:
    rows = small.query("SELECT ?a ?b { ?a <http://example.org/p> ?b }")
    assert rows.to_polars().columns == ["a", "b"]
    assert rows.to_polars().height == 0
    assert list(rows.to_pandas(typed=True).columns) == ["a", "b"]
    assert rows.to_networkx().number_of_nodes() == 0


def test_rows_become_edges_with_what_stands_beside(small: Graph) -> None:
    graph = small.query(VALUES).to_networkx()
    assert isinstance(graph, nx.MultiDiGraph)
    assert list(graph.edges(data=True)) == [
        ("http://example.org/a", "http://example.org/b", {"n": 1, "day": datetime.date(2024, 1, 31), "odd": "1"}),
        ("http://example.org/b", "http://example.org/c", {"n": 2, "day": datetime.date(2024, 2, 1), "odd": "x"})]


def test_columns_with_labels_name_the_nodes(small: Graph) -> None:
    rows = small.query("""SELECT ?from ?fromLabel ?to { ?row comity:recogniser ?from ; comity:recognised ?to ; comity:knownFrom ?k .
      ?from rdfs:label ?fromLabel FILTER(LANG(?fromLabel) = "en") }""")
    graph = rows.to_networkx("from", "to")
    assert graph.nodes["https://w3id.org/comity/id/actor/EU"]["label"] == "European Union"
    assert graph.number_of_edges() == len(rows)


def test_triples_become_edges_from_subject_to_object(small: Graph) -> None:
    graph = small.query("CONSTRUCT { ?row comity:recogniser ?who } WHERE { ?row comity:recogniser ?who }").to_networkx()
    assert {d["predicate"] for *_, d in graph.edges(data=True)} == {"https://w3id.org/comity/ns#recogniser"}


@pytest.mark.parametrize(("names", "message"), [(("a", "z"), "no column z; name two of: a, b"), (("a", "a"), "a is named twice")])
def test_an_edge_needs_two_columns(small: Graph, names: tuple[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        small.query(VALUES).to_networkx(*names)


def test_a_server_gives_the_same_frames(small: Graph, served: str) -> None:
    text = "SELECT ?row ?from { ?row comity:recogniser ?who ; comity:validFrom ?from } ORDER BY ?row"
    near, far = small.query(text), comity.open(f"{served}/sparql").query(text)
    assert near.to_polars(typed=True).equals(far.to_polars(typed=True))
    pandas.testing.assert_frame_equal(near.to_pandas(), far.to_pandas())
    assert nx.utils.graphs_equal(near.to_networkx(), far.to_networkx())


@pytest.mark.gate
def test_the_examples_of_the_page_on_python_run(served: str) -> None:
    built()  # says what to do where there is no build
    page = ROOT / "docs" / "python.md"
    result = doctest.testfile(str(page), module_relative=False, globs={"address": f"{served}/sparql"},
                              optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert result.attempted > 15
    assert result.failed == 0


def test_the_package_says_that_it_is_typed() -> None:
    assert (ROOT / "src" / "comity" / "py.typed").exists()
