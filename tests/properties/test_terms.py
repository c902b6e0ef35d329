"""IRIs, literals and query text: what is written is read back the same, and what cannot be written is refused."""

from __future__ import annotations

import json
from urllib.parse import unquote

import pyoxigraph as ox
from hypothesis import given
from hypothesis import strategies as st
from real import ROOT
from uritemplate import URITemplate

from comity.errors import ComityError
from comity.graph import Graph
from comity.queries import library
from comity.results import ROW_FORMATS, answer_of, write
from comity.settings import layout
from comity.syntax import bind, keywords, pointer, position, prologue, refuse_side_effects, tokens, undeclared
from comity.triples import _expander, _node

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
TAGS = st.sampled_from(["en", "zh", "zh-Hans", "fr-CA", "ar"])
LITERALS = st.one_of(TEXT.map(ox.Literal), st.builds(lambda text, tag: ox.Literal(text, language=tag), TEXT, TAGS),
                     st.builds(lambda text: ox.Literal(text, datatype=ox.NamedNode("https://example.org/type")), TEXT), st.integers().map(ox.Literal))
QUERIES = [question.text for question in library(layout(ROOT).queries).values()]
PIECES = st.one_of(st.sampled_from(['"', "'", '"""', "\\", "\\u0041", "<", ">", "#", "\n", "\r", "?x", "$y", "a:b", "@en", "{", "}", "SERVICE", "FROM", "<x>"]),
                   TEXT, st.sampled_from(QUERIES))
SPARQL = st.lists(PIECES, max_size=12).map("".join)


@given(TEXT)
def test_any_id_becomes_an_address_that_leads_back_to_it(text: str) -> None:
    iri = _node(_expander(URITemplate("https://w3id.org/comity/id/actor/{id}"), "id")(text)).value
    assert unquote(iri.removeprefix("https://w3id.org/comity/id/actor/")) == text
    assert set(iri) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%:/")


@given(TEXT)
def test_what_is_no_address_is_refused_with_what_to_do(text: str) -> None:
    try:
        assert _node(text).value == text
    except ValueError as error:
        assert "percent-encode" in str(error)


@given(LITERALS)
def test_a_literal_bound_in_a_query_comes_back_the_same(literal: ox.Literal) -> None:
    asked = bind("SELECT ?out { BIND(?it AS ?out) }", {"it": literal})
    [row] = ox.Store().query(asked)
    assert row["out"] == literal


@given(LITERALS)
def test_a_literal_in_an_answer_comes_back_the_same_from_each_format(literal: ox.Literal) -> None:
    raw = ox.Store().query(bind("SELECT ?out { BIND(?it AS ?out) }", {"it": literal}))
    rows = answer_of(raw, {}).rows
    assert rows.cells == ((literal,),)
    for name in ("json", "xml", "tsv"):
        if name == "xml" and any(ord(c) < 32 or ord(c) in (0xFFFE, 0xFFFF) for c in literal.value):
            continue  # XML cannot carry these
        written = write(ox.Store().query(bind("SELECT ?out { BIND(?it AS ?out) }", {"it": literal})), name, "ttl", {}, 1_000_000)
        [row] = ox.parse_query_results(written.body, format=ROW_FORMATS[name])
        assert (written.count, row["out"]) == (1, literal), name


@given(SPARQL)
def test_the_tokens_of_any_text_joined_are_the_text(text: str) -> None:
    found = tokens(text)
    assert "".join(token.text for token in found) == text
    assert [token.start for token in found] == [sum(len(t.text) for t in found[:n]) for n in range(len(found))]


@given(SPARQL)
def test_no_text_makes_a_reader_of_queries_fail(text: str) -> None:
    keywords(text)
    prologue(text)
    undeclared(text)
    try:
        refuse_side_effects(text)
    except ComityError as error:
        assert str(error)
    for offset in {0, len(text) // 2, len(text)}:
        line, column = position(text, offset)
        assert line >= 1
        assert column >= 1
        pointer(text, line, column)


@given(SPARQL, TEXT)
def test_binding_touches_no_string_comment_or_address(text: str, value: str) -> None:
    kept = [t.text for t in tokens(text) if t.kind in ("string", "iri", "comment")]
    bound = bind(text, {"x": ox.Literal(value)})
    if not any(t.kind == "variable" and t.text[1:] == "x" for t in tokens(text)):
        assert bound == text
    for piece in kept:
        assert piece in bound


@given(SPARQL)
def test_a_query_is_answered_or_refused_never_fails(small: Graph, text: str) -> None:
    try:
        json.dumps(small.query(text).to_dicts())
    except ComityError as error:
        assert str(error)
