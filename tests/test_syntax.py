"""Tokens, binding and the refusal of features that reach out."""

from __future__ import annotations

import time

import pyoxigraph as ox
import pytest

from comity.errors import QueryError
from comity.store import refuse_malformed
from comity.syntax import bind, form, keywords, over, position, refuse_side_effects, tokens, undeclared

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
#: what the engine reads as a call where a word, a name, a comment or a string seems to go on
GLUED = [
    "SELECT * { ?s ?p 1e5SERVICE <http://example.org/> {} }",
    "SELECT * { ?s ?p trueSERVICE<http://example.org/>{} }",
    "SELECT * { SERVICESILENT <http://example.org/> {} }",
    "PREFIX : <http://example.org/> SELECT * { SERVICE:a {} }",
    "PREFIX : <http://example.org/> SELECT * { SERVICESILENT:a {} }",
    "PREFIX e: <http://example.org/> SELECT * { SERVICEe:a {} }",
    "PREFIX SERVICE: <urn:x:> PREFIX : <http://example.org/> SELECT * { SERVICE:a {} }",
    "PREFIX a: <http://x:8> SELECT * { ?s <urn:p>* a:SERVICE <http://example.org/> {} }",
    "PREFIX a: <http://x:8> SELECT * { ?s a:1SERVICE SILENT <http://example.org/> {} }",
    "SELECT * { # \r SERVICE <http://example.org/> {} }",
    'SELECT * { VALUES ?x { """a" } SERVICE <http://example.org/> {} # \\x """\n }',
    "SELECT * { VALUES ?x { '''a' } SERVICE <http://example.org/> {} # \\uD800 '''\n }",
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
    *GLUED,
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


@pytest.mark.parametrize("text", GLUED)
def test_the_engine_takes_what_is_glued_together_for_a_query(text: str) -> None:
    refuse_malformed(text, {})


@pytest.mark.parametrize("text", [
    "SELECT * { SERVICE <http://a.example/> { ?s ?p ?o } }", "SELECT * { service silent<http://a.example/>{} }",
    "SELECT * { SERVICE # <\n <http://a.example/> {} SERVICE <http://b.example/> {} }"])
def test_a_server_of_the_list_may_be_called(text: str) -> None:
    refuse_side_effects(text, {"http://a.example/", "http://b.example/"})


@pytest.mark.parametrize("text", [
    *CALLS, "SELECT * { SERVICE ?x {} VALUES ?x { <http://a.example/> } }", "PREFIX a: <http://a.example/> SELECT * { SERVICE a: {} }",
    "BASE <http://a.example/> SELECT * { SERVICE <> {} }", "SELECT * { SERVICE <http://a.example> {} }", "SELECT * { SERVICE <http://a.example/x> {} }",
    "SELECT * { SERVICE <HTTP://A.EXAMPLE/> {} }", "SELECT * { SERVICE <http://a.example/> { SERVICE <http://c.example/> {} } }",
    "SELECT * { SERVICE SILENT SILENT <http://a.example/> {} }", "SELECT * { SERVICE"])
def test_no_other_server_may_be_called(text: str) -> None:
    with pytest.raises(QueryError):
        refuse_side_effects(text, {"http://a.example/", "http://b.example/"})


@pytest.mark.parametrize("text", ["SELECT * FROMNAMED<file:///x> {}", "ASKFROM<file:///x> {}", "SELECT (1e5FROM AS ?x) {}"])
def test_a_dataset_hidden_in_another_word_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="the word FROM is hidden"):
        refuse_side_effects(text)


def test_a_thousand_names_of_services_are_read_in_a_moment() -> None:
    start = time.perf_counter()
    refuse_side_effects("SELECT * { VALUES ?x { " + "comity:Service " * 20_000 + "} }")
    assert time.perf_counter() - start < 5


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


@pytest.mark.parametrize(("text", "expected"), [
    ("SELECT * {}", "SELECT"), ("# DROP\nBASE <http://e/> prefix ask: <http://e/> select * {}", "SELECT"), ("ask{}", "ASK"),
    ("PREFIX : <http://e/>\nCONSTRUCT WHERE { :insert ?p ?o }", "CONSTRUCT"), ("DESCRIBE <http://e/DROP>", "DESCRIBE"),
    ("define sql:x 'DROP' SELECT * {}", "SELECT")])
def test_the_form_of_a_query_is_its_first_keyword(text: str, expected: str) -> None:
    assert form(text) == expected


@pytest.mark.parametrize(("text", "line", "column"), [
    ("DROP ALL", 1, 1), ("PREFIX ex: <http://e/>\n INSERT DATA { ex:s ex:p 1 }", 2, 2), ("", 1, 1), ("# only\n", 2, 1)])
def test_what_has_no_form_is_refused_with_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(QueryError, match="one of SELECT, ASK, CONSTRUCT, DESCRIBE was expected here") as caught:
        form(text)
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize("text", [
    "SELECT * | { ?s ?p ?o }", "SELECT ?s | WHERE { { SELECT ?s WHERE { ?s ?p ?o } } }", "select(COUNT(*)AS ?n)|{ ?s ?p ?o }",
    "SELECT (EXISTS { ?s ?p 1 } AS ?x) | WHERE { ?s ?p ?o }", "SELECT (IF(EXISTS { ?s ?p 1 }, 1, 2) AS ?x) | { ?s ?p ?o }",
    "ASK | { ?s ?p ?o }", "PREFIX ask: <http://e/> ASK | WHERE { ?s ask:where ?o }", "CONSTRUCT { ?s ?p ?o } | WHERE { ?s ?p ?o }",
    "CONSTRUCT { ?s ?p ?o . ?o ?p ?s } | { ?s ?p ?o }", "CONSTRUCT | WHERE { ?s ?p ?o }", "DESCRIBE <http://e/s> |", "DESCRIBE ?s | WHERE { ?s ?p ?o }",
    "DESCRIBE <http://e/s> | LIMIT 1", "DESCRIBE <http://e/s> |# a comment", "DESCRIBE ?s | { ?s ?p ?o } LIMIT 1", "SELECT * # { WHERE\n| { ?s ?p '{' }",
])
def test_a_dataset_is_named_where_the_grammar_wants_it(text: str) -> None:
    clause = "FROM <http://e/g> FROM NAMED <http://e/g>"
    asked = over(text.replace("|", ""), ["http://e/g"])
    assert asked.split() == text.replace("|", f" {clause} ").split()
    assert asked.count("\n") == text.count("\n")
    ox.Store().query(asked)


@pytest.mark.parametrize("text", ["", "nonsense", "SELECT", "SELECT * WHERE", "CONSTRUCT {", "}}{", "DROP ALL"])
def test_a_dataset_leaves_what_is_malformed_to_the_engine(text: str) -> None:
    assert over(text, []) == text
    with pytest.raises(SyntaxError):
        ox.Store().query(over(text, ["http://e/g"]))


def test_prefixes_that_are_used_and_not_declared_are_found_with_their_places() -> None:
    assert undeclared("PREFIX a: <http://e/> SELECT * { a:s b:p _:x ; :q 'c:d' }") == [("b", 37), ("", 47)]
