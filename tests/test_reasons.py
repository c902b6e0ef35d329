"""Why a query has no row, and what a row of its answer rests on."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox
import pytest

from comity.errors import InputError, QueryError
from comity.graph import Graph
from comity.reasons import explain
from comity.reasons.pieces import cut
from comity.vocabulary import ID

PEOPLE = """
@prefix : <http://example.org/> .
:ada :knows :bob ; :age 36 . :bob :knows :cy ; :age 20 ."""
HEAD = "PREFIX : <http://example.org/> "


@pytest.fixture(scope="module")
def ask() -> Callable[[str], bool]:
    store = ox.Store()
    store.load(PEOPLE.encode(), format=ox.RdfFormat.TURTLE)
    return lambda text: bool(store.query(text))


def texts(query: str) -> list[str]:
    return [piece.shown for piece in cut(HEAD + query).pieces]


@pytest.mark.parametrize(("query", "expected"), [
    ("SELECT * { ?a :knows ?b ; :age ?n . ?b :age 1.5 }", ["?a :knows ?b .", "?a :age ?n .", "?b :age 1.5 ."]),
    ("ASK { [ :knows ?b ; :age 3 ] :age ?n }", ["[ :knows ?b ; :age 3 ] :age ?n ."]),
    ("SELECT * { { ?a :knows ?b } UNION { ?b :knows ?a } FILTER(?a != ?b) ?a :age ?n }",
     ["{ ?a :knows ?b } UNION { ?b :knows ?a }", "FILTER(?a != ?b)", "?a :age ?n ."]),
    ("CONSTRUCT { ?a :knows ?b } WHERE { ?a :age 1 OPTIONAL { ?a :knows ?b } }", ["?a :age 1 .", "OPTIONAL { ?a :knows ?b }"]),
    ("SELECT * { ?a :age ?n FILTER NOT EXISTS { ?a :knows ?b . ?b :age 3 } BIND(1 AS ?c) VALUES (?n ?d) { (1 2) } }",
     ["?a :age ?n .", "FILTER NOT EXISTS { ?a :knows ?b . ?b :age 3 }", "BIND(1 AS ?c)", "VALUES (?n ?d) { (1 2) }"]),
    ("SELECT (EXISTS { ?x :age 1 } AS ?y) { GRAPH ?g { ?a :age '}' } }", ["GRAPH ?g { ?a :age '}' }"]),
    ("SELECT * { SELECT ?a { ?a :age 1 } LIMIT 2 }", ["{ SELECT ?a { ?a :age 1 } LIMIT 2 }"]),
    ("SELECT * { ?a :age 1 . # not . this ; one\n ?a :knows <http://example.org/a;b.c> }", ["?a :age 1 .", "?a :knows <http://example.org/a;b.c> ."]),
    ("SELECT * {}", []),
    (f"ASK {{ {' UNION '.join(['{ ?a :age 1 }'] * 3)} . ?a :age 2 }}", [" UNION ".join(["{ ?a :age 1 }"] * 3), "?a :age 2 ."]),
])
def test_a_group_is_cut_where_a_pattern_ends(query: str, expected: list[str]) -> None:
    assert texts(query) == expected


def test_the_pieces_of_every_query_of_the_library_ask_what_the_whole_group_asks(small: Graph) -> None:
    for question in small.queries().values():
        parts = cut(question.text)
        whole = f"{parts.prologue}ASK {parts.dataset}{{ {parts.body} }}"
        assert small.store.query(parts.ask(parts.pieces)).body == small.store.query(whole).body, question.name


@pytest.mark.parametrize("query", ["", "nonsense", "DESCRIBE <a>", "SELECT * { ?a :knows ?b", "INSERT DATA { :a :b :c }"])
def test_what_has_no_group_is_refused(query: str) -> None:
    with pytest.raises(QueryError):
        cut(query)


def test_a_very_long_query_is_not_looked_into() -> None:
    with pytest.raises(QueryError, match="up to 20,000"):
        cut(f"ASK {{ {'?a ?b ?c . ' * 2000} }}")


def test_a_long_union_is_one_piece() -> None:
    assert len(texts(f"ASK {{ {' UNION '.join(['{ ?a :age 1 }'] * 800)} }}")) == 1


def test_a_pattern_that_nothing_matches_is_named_with_its_place(ask: Callable[[str], bool]) -> None:
    found = explain(ask, f"{HEAD}SELECT * {{\n ?a :knows ?b ;\n  :likes ?c ; :age ?n }}")
    assert found is not None
    assert (found.pattern, found.line, found.column, found.is_alone, found.against) == ("?a :likes ?c .", 3, 3, True, ())


def test_patterns_that_do_not_go_together_are_named(ask: Callable[[str], bool]) -> None:
    found = explain(ask, f"{HEAD}SELECT * {{ ?a :age 36 . ?a :knows ?b . ?b :knows :ada }}")
    assert found is not None
    assert (found.pattern, found.is_alone) == ("?b :knows :ada .", True)
    found = explain(ask, f"{HEAD}SELECT * {{ ?a :age 36 . ?a :knows ?b . ?a :knows :cy }}")
    assert found is not None
    assert (found.pattern, found.is_alone, [pattern for pattern, _, _ in found.against]) == ("?a :knows :cy .", False, ["?a :age 36 ."])


def test_a_filter_counts_for_the_whole_group_wherever_it_stands(ask: Callable[[str], bool]) -> None:
    found = explain(ask, f"{HEAD}SELECT * {{ FILTER(?n > 50) ?a :knows ?b . ?a :age ?n }}")
    assert found is not None
    assert found.pattern == "FILTER(?n > 50)"
    assert "FILTER lets none of them through" in found.message


def test_values_after_the_group_are_a_pattern_too(ask: Callable[[str], bool]) -> None:
    found = explain(ask, f"{HEAD}SELECT * {{ ?a :age ?n }} VALUES ?n {{ 99 }}")
    assert found is not None
    assert (found.pattern, [p for p, _, _ in found.against]) == ("VALUES ?n { 99 }", ["?a :age ?n ."])


def test_what_follows_the_group_may_take_all_rows_away(ask: Callable[[str], bool]) -> None:
    found = explain(ask, f"{HEAD}SELECT * {{ ?a :age ?n }} OFFSET 5")
    assert found is not None
    assert (found.pattern, found.message.endswith("OFFSET 5")) == ("", True)


def test_a_query_whose_patterns_match_needs_no_reason(ask: Callable[[str], bool]) -> None:
    assert explain(ask, f"{HEAD}SELECT * {{ ?a :age ?n }}") is None
    assert explain(ask, "SELECT * {}") is None


def test_a_group_of_too_many_patterns_is_not_looked_into(ask: Callable[[str], bool]) -> None:
    with pytest.raises(QueryError, match="up to 60"):
        explain(ask, f"{HEAD}SELECT * {{ {'?a :age 1 . ' * 61} }}")


def test_a_graph_explains_an_empty_answer_from_python(small: Graph) -> None:
    found = small.explain("SELECT * { ?s a comity:State ; comity:isoAlpha2 'XQ' }")
    assert found is not None
    assert found.pattern == "?s comity:isoAlpha2 'XQ' ."
    assert small.explain("SELECT * { ?s a comity:State }") is None


# Why a row

def reasons(small: Graph, query: str, row: dict[str, str]) -> list[tuple[str, str]]:
    values = {name: ox.NamedNode(ID + slug) for name, slug in row.items()}
    return [(e.row.removeprefix(ID), e.role) for e in small.why(query, values)]


RECOGNISED = "SELECT ?b { ?row comity:recogniser ?a ; comity:recognised ?b ; comity:basedOn ?i }"


def test_the_rows_that_matched_come_first_though_the_answer_does_not_show_them(small: Graph) -> None:
    found = reasons(small, RECOGNISED, {"b": "actor/USA"})
    assert found[0] == ("recognition/EU-USA-2016", "match")
    assert ("actor/USA", "thing") in found
    assert not [row for row, _ in found if row == "actor/JPN"]


def test_a_row_that_counts_has_the_evidence_of_all_that_was_counted(small: Graph) -> None:
    query = "SELECT ?i (COUNT(?row) AS ?n) { ?row comity:inInstrument ?i ; comity:participant ?who BIND(STR(?who) AS ?name) } GROUP BY ?i"
    rows = small.store.query(query).rows
    instrument, count = next((cells[0], cells[1]) for cells in rows.cells if isinstance(cells[1], ox.Literal) and int(cells[1].value) > 1)
    assert isinstance(instrument, ox.NamedNode)
    assert isinstance(count, ox.Literal)
    found = small.why(query, {"i": instrument, "n": count})
    assert len([e for e in found if "/id/participation/" in e.row]) == int(count.value)


def test_a_derived_statement_leads_to_the_rows_behind_it(small: Graph) -> None:
    query = "SELECT ?who ?what { ?who comity:boundBy ?what }"
    derived = small.store.query("""SELECT ?s ?o ?row {
      ?d a comity:Derivation ; rdf:subject ?s ; rdf:predicate comity:boundBy ; rdf:object ?o ; prov:wasDerivedFrom ?row }""")
    who, what, behind = derived.rows.cells[0]
    assert isinstance(who, ox.NamedNode)
    assert isinstance(what, ox.NamedNode)
    assert isinstance(behind, ox.NamedNode)
    found = small.why(query, {"who": who, "what": what})
    assert behind.value in {e.row for e in found if e.role == "behind"}


def test_values_that_a_query_makes_are_compared_after_they_are_made(small: Graph) -> None:
    query = "SELECT ?code { ?s a comity:State ; comity:isoAlpha2 ?two BIND(LCASE(?two) AS ?code) }"
    found = small.why(query, {"code": ox.Literal("jp")})
    assert [e.row for e in found] == [f"{ID}actor/JPN"]
    query = "SELECT ?code { SELECT ?s ?code { ?s a comity:State ; comity:isoAlpha2 ?two BIND(LCASE(?two) AS ?code) } }"
    found = small.why(query, {"code": ox.Literal("jp")})
    assert [e.row for e in found] == [f"{ID}actor/JPN"]


def test_terms_of_the_ontology_rest_on_no_row(small: Graph) -> None:
    assert reasons(small, "SELECT ?p { ?p a owl:DatatypeProperty }", {}) == []


def test_a_variable_that_is_not_in_the_query_is_refused(small: Graph) -> None:
    with pytest.raises(InputError, match=r"no variable \?c"):
        reasons(small, RECOGNISED, {"c": "actor/USA"})
    with pytest.raises(QueryError, match="no variable"):
        reasons(small, "ASK { comity:State a owl:Class }", {})
