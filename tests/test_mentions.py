"""What a query can match, read from its text: never too little."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT

from comity.lines import TYPE_TOKEN, Change
from comity.mentions import mentions

P, Q, C, D = (f"<http://example.org/{n}>" for n in "pqCD")


def _change(*predicates: str, classes: tuple[str, ...] = ()) -> Change:
    typed = {TYPE_TOKEN} if classes else set()
    return Change(predicates={p.encode() for p in predicates} | typed, classes={c.encode() for c in classes})


#: query → whether a statement with predicate P, one with Q, a thing of class C and one of class D can change its answer
CASES = {
    f"SELECT * {{ ?s {P} ?o }}": (True, False, False, False),
    f"SELECT * {{ ?s ?any ?o . ?s {P} ?x }}": (True, True, True, True),
    f"SELECT * {{ VALUES ?k {{ {P} }} ?s ?k ?o }}": (True, False, False, False),
    f"SELECT * {{ ?s a {C} }}": (False, False, True, False),
    f"SELECT * {{ ?s a ?class ; {Q} 1 }}": (False, True, True, True),
    f"SELECT * {{ ?s a/{P}* {C} }}": (True, False, True, True),
    f"SELECT * {{ ?s ^{P}/{Q}+ ?o }}": (True, True, False, False),
    f"SELECT * {{ ?s !{P} ?o }}": (True, True, True, True),
    f"SELECT * {{ ?s {P} ?o FILTER NOT EXISTS {{ ?o {Q} 1 }} }}": (True, True, False, False),
    f"SELECT * {{ {{ SELECT ?s {{ ?s {P} ?o }} }} MINUS {{ ?s a {C} }} OPTIONAL {{ ?s {Q} ?z }} }}": (True, True, True, False),
    f"CONSTRUCT {{ ?s {Q} ?o }} WHERE {{ GRAPH ?g {{ ?s {P} ?o }} }}": (True, True, False, False),
    f"CONSTRUCT {{ ?s ?k ?o }} WHERE {{ ?s {P} ?o, ?k }}": (True, True, True, True),
    "nonsense": (True, True, True, True),
}


@pytest.mark.parametrize("text", CASES)
def test_a_query_is_touched_by_what_it_can_match(text: str) -> None:
    found = mentions(text)
    changes = (_change(P), _change(Q), _change(classes=(C,)), _change(classes=(D,)))
    assert tuple(found.touched_by(c) for c in changes) == CASES[text]


@pytest.mark.parametrize("text", CASES)
def test_no_change_touches_no_query(text: str) -> None:
    assert not mentions(text).touched_by(Change())


FILES = [*sorted((ROOT / "ontology" / "rules").glob("*.rq")), *sorted((ROOT / "queries" / "checks").glob("*.rq"))]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_each_rule_and_fault_query_can_be_read(path: Path) -> None:
    assert mentions(path.read_text(encoding="utf-8")).names
