"""Tokens, binding and the refusal of features that reach out."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from comity.errors import QueryError
from comity.syntax import bind, keywords, position, refuse_side_effects, tokens

JAPAN = ox.NamedNode("https://w3id.org/comity/id/actor/JPN")
UNTOUCHED = [
    'SELECT * { ?s ?p "?a" }',
    "SELECT * { ?s ?p '?a' }",
    'SELECT * { ?s ?p """x ?a "quoted ?a" """ }',
    "SELECT * { ?s ?p '''x ?a ' ?a''' }",
    'SELECT * { ?s ?p "escaped \\" ?a" }',
    "SELECT * { ?s ?p <http://example.org/?a> }",
    "SELECT * { ?s ?p <http://example.org/x#?a> }",
    "SELECT * { ?s ?p ?o } # ?a in a comment",
    "# ?a\nSELECT * { ?s ?p ?o }",
    "SELECT * { ?s ?p ?as_of }",
    "SELECT * { ?s ?p ?ab ; ?q ?b }",
]
INJECTIONS = ['x" } ; DROP ALL #', "'} UNION { ?s ?p ?o", "line\nbreak", "back\\slash", '"""', "?a", "<http://example.org/>", "} } SERVICE <http://h/> { {"]
HIDDEN = [
    "SELECT * { ?service ?p ?o }",
    "SELECT * { $SERVICE ?p ?o }",
    "PREFIX ex: <http://example.org/> SELECT * { ?s ex:SERVICE ?o }",
    "PREFIX SERVICE: <http://example.org/> SELECT * { ?s SERVICE:x ?o }",
    'SELECT * { ?s ?p "SERVICE <http://example.org/> {}" }',
    "SELECT * { ?s ?p '''\nSERVICE <http://example.org/>\n''' }",
    "SELECT * { ?s ?p <http://example.org/SERVICE> }",
    "SELECT * { ?s ?p ?o } # SERVICE <http://example.org/> {}",
    'SELECT * { ?s ?p "a backslash \\" SERVICE" }',
    'SELECT * { ?s ?p "x"@en-SERVICE }',
]
CALLS = [
    "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }",
    "SELECT * { SeRvIcE SILENT <http://example.org/> { ?s ?p ?o } }",
    "SELECT * {service<http://example.org/>{?s ?p ?o}}",
    'SELECT * { ?s ?p "x" SERVICE <http://example.org/> {} }',
    "SELECT * { ?s ?p ?o # comment\n SERVICE <http://example.org/> {} }",
    "SELECT * { ?s ?p <http://example.org/#x> SERVICE ?where {} }",
    "SELECT * { ?s ?p 1SERVICE <http://example.org/> {} }",
    "SELECT * { ?s ?p '' SERVICE <http://example.org/> {} }",
    "SELECT * { ?s ?p ?o FILTER(1<2) SERVICE <http://example.org/> {} FILTER(3>2) }",
    "SELECT * { ?s ?p ?o FILTER(?o<?p)SERVICE ?x {} FILTER(?o>?p) }",
    "SELECT * { S\\u0045RVICE <http://example.org/> { ?s ?p ?o } }",
    "SELECT * { \\u0053ERVICE <http://example.org/> { ?s ?p ?o } }",
    "SELECT * { \\U00000053ERVICE <http://example.org/> { ?s ?p ?o } }",
]


@pytest.mark.parametrize("text", [*UNTOUCHED, *HIDDEN, *CALLS, "", "é ?é 漢 ?漢", "a:b-c.d 1.5e3 ^^ || && \r\n\t"])
def test_tokens_joined_again_give_the_text(text: str) -> None:
    parts = list(tokens(text))
    assert "".join(t.text for t in parts) == text
    assert all(text.startswith(t.text, t.start) for t in parts)


@pytest.mark.parametrize("text", UNTOUCHED)
def test_binding_leaves_strings_iris_comments_and_other_variables_alone(text: str) -> None:
    assert bind(text, {"a": JAPAN}) == text


def test_binding_replaces_a_variable_wherever_it_stands_in_either_spelling() -> None:
    assert bind("SELECT * { ?a ?p $a FILTER(?a=?b) }", {"a": JAPAN}) == f"SELECT * {{ {JAPAN} ?p {JAPAN} FILTER({JAPAN}=?b) }}"


def test_binding_without_terms_gives_the_very_text() -> None:
    assert bind("SELECT * { ?a ?p ?o }", {}) == "SELECT * { ?a ?p ?o }"


def test_binding_is_done_once_so_that_a_value_that_looks_like_a_parameter_stays_a_value() -> None:
    assert bind("?a ?b", {"a": ox.Literal("?b"), "b": ox.Literal("x")}) == '"?b" "x"'


@pytest.mark.parametrize("value", INJECTIONS)
def test_what_is_bound_stays_one_literal_whatever_it_holds(value: str) -> None:
    store = ox.Store()
    store.add(ox.Quad(JAPAN, JAPAN, ox.Literal("innocent")))
    [row] = store.query(bind("SELECT ?v WHERE { VALUES ?v { ?wanted } }", {"wanted": ox.Literal(value)}))
    assert row["v"] == ox.Literal(value)


@pytest.mark.parametrize("text", CALLS)
def test_a_query_that_reaches_out_is_refused_however_it_is_spelled(text: str) -> None:
    with pytest.raises(QueryError) as caught:
        refuse_side_effects(text)
    assert caught.value.line >= 1
    assert caught.value.column >= 1


@pytest.mark.parametrize("text", HIDDEN)
def test_the_word_service_is_no_call_where_it_is_a_name_a_string_or_a_comment(text: str) -> None:
    refuse_side_effects(text)
    ox.Store().query(text)


def test_the_refusal_names_line_and_column_of_the_keyword() -> None:
    with pytest.raises(QueryError, match="SERVICE is refused") as caught:
        refuse_side_effects("SELECT *\nWHERE {\n  SERVICE <http://example.org/> {} }")
    assert (caught.value.line, caught.value.column) == (3, 3)


def test_keywords_are_bare_words_in_capitals_with_their_first_place() -> None:
    found = keywords('select ?construct { ex:describe ?p "ask" } # construct\nselect')
    assert found == {"SELECT": 0}


def test_a_blank_node_is_one_name() -> None:
    assert [(t.kind, t.text) for t in tokens("_:b0")] == [("name", "_:b0")]


@pytest.mark.parametrize(("text", "parts"), [
    ("a:b.", ["a:b", "."]), ("a:b.c.", ["a:b.c", "."]), ("a:.", ["a:", "."]), ("a:b..", ["a:b", ".", "."]), ("_:b.}", ["_:b", ".", "}"]),
    ("a:b\\..", ["a:b\\.", "."])])
def test_a_name_does_not_end_with_the_full_stop_of_its_triple(text: str, parts: list[str]) -> None:
    assert [t.text for t in tokens(text)] == parts


def test_positions_count_from_one() -> None:
    assert [position("ab\ncd", i) for i in (0, 1, 3, 4)] == [(1, 1), (1, 2), (2, 1), (2, 2)]
