"""A query and the form in which the engine is asked must give the same rows."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import pyoxigraph as ox
import pytest

from comity.errors import QueryError
from comity.sparql.forms import asked
from comity.store import EmbeddedStore

TEXT = '"two"@en'
PREFIXES = {"e": "http://e.example/"}


def some_store(seed: int, size: int = 60) -> EmbeddedStore:
    """Made-up statements between few things by few properties, in two graphs."""
    draw = random.Random(seed)
    store = ox.Store()
    for _ in range(size):
        thing, verb, other, graph = (ox.NamedNode(f"http://e.example/{kind}{draw.randrange(most)}") for kind, most in zip("tptg", (9, 3, 9, 2), strict=True))
        store.add(ox.Quad(thing, verb, other if draw.random() < 0.8 else ox.Literal("two", language="en"), graph))
    return EmbeddedStore(store, PREFIXES)


def raw(store: EmbeddedStore, text: str) -> Counter[frozenset[tuple[str, str]]]:
    """What the engine answers to the text itself: rows by variable, as `*` may list these in another order."""
    found = store.store.query(text, prefixes=PREFIXES, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return Counter(frozenset((v.value, str(row[v])) for v in found.variables if row[v] is not None) for row in found)


def ours(store: EmbeddedStore, text: str) -> Counter[frozenset[tuple[str, str]]]:
    found = store.query(text).rows
    return Counter(frozenset((n, str(c)) for n, c in zip(found.names, row, strict=True) if c is not None) for row in found.cells)


NESTED = {
    "two patterns": "SELECT ?a { ?a e:p0 ?b FILTER NOT EXISTS { ?c e:p1 ?a ; e:p2 ?d } }",
    "without NOT": "SELECT ?a { ?a e:p0 ?b FILTER EXISTS { ?c e:p1 ?a . ?d e:p2 ?c . ?d e:p0 ?f } }",
    "a sequence": "SELECT ?a { ?a e:p0 ?b FILTER NOT EXISTS { ?a e:p1/e:p2 ?c } }",
    "paths of all kinds":
        "SELECT ?a { ?a e:p0 ?b FILTER NOT EXISTS { ?a (e:p1|^e:p2)+ ?c . ?c !(e:p0|^e:p1) ?d . ?d ^e:p0/e:p1? ?f . ?f !^e:p2 ?g . ?g a* ?h } }",
    "a bracketed node": "SELECT ?a { ?a e:p0 ?b FILTER EXISTS { [ e:p1 ?a ; e:p2 [ e:p0 ?d ] ] } }",
    "a named blank node": "SELECT ?a { ?a e:p0 ?b FILTER EXISTS { _:hidden e:p1 ?a . _:hidden e:p2 ?hidden } }",
    "a condition": "SELECT ?a { ?a e:p0 ?b FILTER NOT EXISTS { ?c e:p1 ?a FILTER(?c != ?b) ?c e:p2 ?d . FILTER(?d != ?a || ?b = ?c) } }",
    "a function without brackets around it": "SELECT ?a { ?a e:p0 ?b FILTER NOT EXISTS { ?c e:p1 ?a FILTER isIRI(?d) ?c e:p2 ?d } }",
    "a text with a language": 'SELECT ?a { ?a e:p0 ?b FILTER NOT EXISTS { ?c e:p1 ?a ; e:p0 "two"@en } }',
    "texts with a type, numbers, truth": 'SELECT ?a { ?a e:p0 ?b FILTER NOT EXISTS { ?c e:p1 ?a ; e:p0 "2"^^<http://e.example/d>, -1.5e0, true, "x" } }',
    "a named graph": "SELECT ?a ?g { GRAPH ?g { ?a e:p0 ?b FILTER NOT EXISTS { ?c e:p1 ?a ; e:p2 ?d } } }",
    "a graph of its own": "SELECT ?a { ?a e:p0 ?b FILTER EXISTS { GRAPH ?h { ?c e:p1 ?a ; e:p2 ?d } ?d e:p0 ?f } }",
    "a graph by name": "SELECT ?a { ?a e:p0 ?b FILTER EXISTS { GRAPH e:g1 { ?c e:p1 ?a ; e:p2 ?d } } }",
    "a variable that may be unbound": "SELECT ?a ?c { ?a e:p0 ?b OPTIONAL { ?a e:p1 ?c } FILTER NOT EXISTS { ?d e:p2 ?c ; e:p1 ?f } }",
    "nothing shared": "SELECT ?a { ?a e:p0 ?b FILTER EXISTS { ?c e:p1 ?d . ?d e:p2 ?f } }",
    "in BIND": "SELECT ?a ?x { ?a e:p0 ?b BIND(EXISTS { ?c e:p1 ?a ; e:p2 ?d } AS ?x) }",
    "in SELECT": "SELECT ?a (EXISTS { ?c e:p1 ?a ; e:p2 ?d } AS ?x) { ?a e:p0 ?b }",
    "beside a condition": "SELECT ?a { ?a e:p0 ?b FILTER(?a != ?b && NOT EXISTS { ?c e:p1 ?a ; e:p2 ?d }) }",
    "two of them": "SELECT ?a { ?a e:p0 ?b FILTER NOT EXISTS { ?c e:p1 ?a ; e:p2 ?d } FILTER EXISTS { ?c e:p0 ?b ; e:p2 ?d } }",
    "one in another": "SELECT ?a { ?a e:p0 ?b FILTER NOT EXISTS { ?c e:p1 ?a FILTER EXISTS { ?c e:p2 ?d . ?f e:p0 ?d } } }",
    "in a sub-query": "SELECT ?a ?n { { SELECT ?a (COUNT(*) AS ?n) { ?a e:p0 ?b FILTER NOT EXISTS { ?c e:p1 ?a ; e:p2 ?d } } GROUP BY ?a } }",
    "prefixes and base of the query":
        "BASE <http://e.example/> PREFIX o: <http://e.example/p> SELECT ?a { ?a o:0 ?b FILTER NOT EXISTS { ?c <p1> ?a ; o:2 ?d } }",
    "other words and a variable with a dollar": "select $a { $a e:p0 ?b filter  not\n exists { $c e:p1 $a ; e:p2 $d } }",
}
LONG = "?a e:p0 ?b . " * 12
LATE = {
    "an OPTIONAL after a long join": f"SELECT * {{ {LONG} OPTIONAL {{ ?a e:p1 ?c }} }}",
    "with a condition on both sides": f"SELECT * {{ {LONG} OPTIONAL {{ ?a e:p1 ?c FILTER(?c != ?b) }} }}",
    "two of them, one that may find what the other left open": f"SELECT * {{ {LONG} OPTIONAL {{ ?a e:p1 ?c }} OPTIONAL {{ ?b e:p2 ?c }} }}",
    "in a graph": f"SELECT * {{ {LONG} OPTIONAL {{ GRAPH ?g {{ ?a e:p1 ?c }} }} FILTER(!BOUND(?c) || ?c != ?a) }}",
    "a UNION after a sub-query": "SELECT * { { SELECT ?a { ?a e:p0 ?b } } { ?a e:p1 ?c . ?c e:p2 ?d FILTER(?d != ?a) BIND(1 AS ?k) } UNION { ?a e:p2 ?c } }",
    "two with nothing between": f"SELECT * {{ {LONG} OPTIONAL{{?a e:p1 ?c}}OPTIONAL{{?b e:p2 ?d}}}}",
    "a UNION whose branch has a long join": f"SELECT * {{ {{ SELECT ?a {{ ?a e:p2 ?c }} }} {{ {LONG} OPTIONAL {{ ?a e:p1 ?d }} }} UNION {{ ?a e:p1 ?d }} }}",
    "with an OPTIONAL in a branch": "SELECT * { { SELECT ?a ?b { ?a e:p0 ?b } } { ?a e:p1 ?c OPTIONAL { ?c e:p2 ?d } } UNION { ?b e:p2 ?c } FILTER(?c != ?a) }",
}
LEFT = [
    "SELECT * { ?a e:p0 ?b OPTIONAL { ?a e:p1 ?c } }",
    f"SELECT * {{ {LONG} OPTIONAL {{ ?c e:p1 ?d }} }}",
    f"SELECT * {{ {LONG} OPTIONAL {{ ?a e:p1 ?c . ?c e:p2 ?d }} }}",
    "SELECT * { { SELECT ?a ?b { ?a e:p0 ?b } } { ?a e:p1 ?c FILTER(?c != ?b) } UNION { ?a e:p2 ?c } }",
    "SELECT * { { SELECT ?a ?b { ?a e:p0 ?b } } { ?a e:p1 ?c OPTIONAL { ?c e:p2 ?b } } UNION { ?a e:p2 ?c } }",
    "SELECT * { { SELECT ?a ?b { ?a e:p0 ?b } } { ?a e:p1 ?c BIND(?b AS ?d) } UNION { ?a e:p2 ?c } }",
    "SELECT * { { SELECT ?a ?b { ?a e:p0 ?b } } { ?a e:p1 ?c BIND(?c AS ?b) } UNION { ?a e:p2 ?c } }",
    "SELECT * { { SELECT ?a { ?a e:p0 ?b } } { ?a e:p1 ?c MINUS { ?c e:p2 ?a } } UNION { ?a e:p2 ?c } }",
    "SELECT * { { SELECT ?a { ?a e:p0 ?b } } { ?f e:p1 ?c } UNION { ?a e:p2 ?c } }",
    "SELECT * { ?a e:p0 ?b . { ?a e:p1 ?c . ?c e:p2 ?d } UNION { ?a e:p2 ?c } }",
    "SELECT * { { SELECT ?a { ?a e:p0 ?b } } { ?a e:p1|e:p0 ?c . ?c e:p2 ?d } UNION { ?a e:p2 ?c } }",
    f"SELECT * {{ {LONG} OPTIONAL {{ ?a !e:p1 ?c }} }}",
    "SELECT ?a { ?a e:p0 ?b FILTER NOT EXISTS { ?a e:p1 ?c ; e:p2 ?d } }",
    "SELECT ?a { ?a e:p0 ?b FILTER NOT EXISTS { ?c e:p1 ?a OPTIONAL { ?c e:p2 ?d } } }",
    "SELECT ?a { ?a e:p0 ?b FILTER NOT EXISTS { { ?c e:p1 ?a ; e:p2 ?d } UNION { ?a e:p2 ?b } } }",
    "SELECT ?a { ?a e:p0 ?b FILTER NOT EXISTS { ?c e:p1 ?a . { SELECT ?d { ?d e:p2 ?f } LIMIT 1 } } }",
    "SELECT ?a { ?a e:p0 ?b FILTER NOT EXISTS { ?c e:p1 ?a ; e:p2 ?d MINUS { ?d e:p0 ?a } } }",
    "SELECT ?a { ?a e:p0 ?b FILTER(STR(?b) = \"NOT EXISTS { ?c e:p1 ?a ; e:p2 ?d }\") }",
]


@pytest.mark.parametrize("name", [*NESTED, *LATE])
def test_both_forms_give_the_same_rows(name: str) -> None:
    text = (NESTED | LATE)[name]
    assert asked(text, PREFIXES) != text
    answers = [(ours(store, text), raw(store, text)) for store in map(some_store, range(12))]
    assert all(one == other for one, other in answers)
    assert name.startswith("texts") or any(one for one, _ in answers)


def test_some_question_tells_the_rows_apart() -> None:
    """The worlds above must hold rows that an EXISTS keeps and rows that it drops."""
    kept = [(raw(some_store(seed), NESTED["two patterns"]), raw(some_store(seed), "SELECT ?a { ?a e:p0 ?b }")) for seed in range(12)]
    assert any(one and one != other for one, other in kept)


@pytest.mark.parametrize("text", LEFT)
def test_what_is_fast_or_not_known_to_say_the_same_is_left(text: str) -> None:
    assert asked(text, PREFIXES) == text


THINGS = ["?a", "?b", "?c", "?d", "?f", "e:t1", "e:t2"]
VERBS = ["e:p0", "e:p1", "e:p2", "^e:p1", "e:p0/e:p1", "e:p0|e:p2", "e:p1+", "!e:p0", "?v"]


PLAIN = ["e:p0", "e:p1", "e:p2", "?v", "e:p0", "e:p1", "e:p2", "e:p0|e:p2"]


def some_patterns(draw: random.Random, things: list[str], verbs: list[str], least: int, most: int) -> list[str]:
    return [f"{draw.choice(things)} {draw.choice(verbs)} {draw.choice([*things, TEXT])} ." for _ in range(draw.randint(least, most))]


def test_joins_drawn_at_random_give_the_same_rows() -> None:
    draw = random.Random(7)
    changed = 0
    for number in range(400):
        patterns = some_patterns(draw, [*THINGS, "_:x"], VERBS, 2, 4)
        condition = draw.choice(["", "", "FILTER(?c != ?a)", "FILTER(?d = ?b || ?v != e:p0)"])
        text = f"SELECT ?a ?b {{ ?a e:p0 ?b OPTIONAL {{ ?b e:p1 ?c }} FILTER {draw.choice(['', 'NOT '])}EXISTS {{ {' '.join(patterns)} {condition} }} }}"
        changed += asked(text, PREFIXES) != text
        store = some_store(number, 25)
        assert ours(store, text) == raw(store, text), text
    assert changed > 100


def test_unions_drawn_at_random_give_the_same_rows() -> None:
    draw = random.Random(8)
    changed = 0
    for number in range(600):
        branches = []
        for _ in range(2):
            option, one, other = some_patterns(draw, THINGS, PLAIN, 1, 1)[0], draw.choice(THINGS), draw.choice(THINGS)
            inner = draw.choice(["", "", f"OPTIONAL {{ {option} }}", f"FILTER({one} != {other})", f"BIND({one} AS ?k)"])
            branches.append(f"{{ {' '.join(some_patterns(draw, THINGS, PLAIN, 1, 3))} {inner} }}")
        text = f"SELECT * {{ {{ SELECT ?a ?b {{ ?a e:p0 ?b FILTER(?a != ?b) }} }} {' UNION '.join(branches)} }}"
        changed += asked(text, PREFIXES) != text
        store = some_store(number, 25)
        assert ours(store, text) == raw(store, text), text
    assert changed > 100


@pytest.mark.parametrize("cut", range(1, 6))
def test_a_mistake_is_shown_where_it_stands_in_the_text(cut: int) -> None:
    text = "SELECT ?a {\n  ?a e:p0 ?b FILTER NOT EXISTS {\n    ?c e:p1 ?a ; e:p2 ?d\n  }\n} ORDER BY ?a LIMIT"
    broken = [text, text.replace("e:p2 ?d", "e:p2"), text.replace("{\n    ?c", "\n    ?c"), text.replace("LIMIT", "nonsense:x"), f"{text} 3 )"][cut - 1]
    with pytest.raises(QueryError) as plain:
        EmbeddedStore(ox.Store(), PREFIXES).query(broken)
    with pytest.raises(SyntaxError) as engine:
        ox.Store().query(broken, prefixes=PREFIXES)
    assert plain.value.line
    assert cut == 4 or f"{plain.value.line}:{plain.value.column}" in str(engine.value)


@pytest.mark.parametrize("length", [29, 30])
def test_a_long_chain_is_followed_to_its_end(length: int) -> None:
    chain = " . ".join(f"?x{i} e:p0 ?x{i + 1}" for i in range(30))
    text = f"SELECT ?x0 {{ ?x0 e:p1 ?y FILTER EXISTS {{ {chain} }} }}"
    line = [ox.NamedNode(f"http://e.example/t{i}") for i in range(length + 1)]
    steps = [(one, ox.NamedNode("http://e.example/p0"), other) for one, other in itertools.pairwise(line)]
    store = ox.Store()
    store.extend([ox.Quad(*step) for step in [*steps, (line[0], ox.NamedNode("http://e.example/p1"), line[1])]])
    assert asked(text, PREFIXES).count("FILTER EXISTS") == 30
    assert len(ours(EmbeddedStore(store, PREFIXES), text)) == (length == 30)


def test_the_order_of_patterns_follows_what_is_known() -> None:
    text = "SELECT ?a { ?a e:p0 ?b FILTER EXISTS { ?d e:p2 ?f . ?c e:p1 ?d . ?c e:p0 ?a } }"
    found = asked(text, PREFIXES)
    places = [found.index(f"?{one} <http://e.example/p{verb}> ?{other}") for one, verb, other in (("c", 0, "a"), ("c", 1, "d"), ("d", 2, "f"))]
    assert all(one < other for one, other in itertools.pairwise(places))
