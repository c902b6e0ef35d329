"""Lines of named graphs: written, loaded, compared and put together without loss."""

from __future__ import annotations

import pyoxigraph as ox

from comity.lines import TYPE_TOKEN, Change, digest, load, ordered, quads, triples, union, written
from comity.vocabulary import TYPE

G = "http://example.org/g"
A, B, C = (f"<http://example.org/{n}>".encode() for n in "abc")


def _line(*terms: bytes) -> bytes:
    return b" ".join(terms) + b" .\n"


def test_lines_that_are_loaded_are_written_again_sorted() -> None:
    store = ox.Store()
    lines = (_line(B, A, b'"two words . and \\n a break"@en'), _line(A, B, C))
    load(store, G, lines)
    assert written(store, G) == tuple(sorted(lines))
    assert written(store, "http://example.org/other") == ()


def test_a_line_keeps_its_triple_on_the_way_to_quads_and_back() -> None:
    lines = ordered(_line(A, B, b'"<http://example.org/g> ."') + _line(A, B, C) * 2)
    assert len(lines) == 2
    assert triples(quads(G, lines), G) == lines
    assert {q.graph_name for q in ox.parse(quads(G, lines), format=ox.RdfFormat.N_QUADS)} == {ox.NamedNode(G)}


def test_the_union_of_graphs_holds_a_line_once() -> None:
    assert union({"g": (_line(A, B, C),), "h": (_line(A, B, A), _line(A, B, C))}) == [_line(A, B, A), _line(A, B, C)]


def test_a_change_names_its_subjects_predicates_and_classes() -> None:
    change = Change()
    change.compare(G, [_line(A, B, C), _line(A, TYPE_TOKEN, B)], [_line(A, B, C), _line(C, B, A), _line(A, TYPE_TOKEN, C)])
    assert (change.added[G], change.removed[G]) == ({_line(C, B, A), _line(A, TYPE_TOKEN, C)}, {_line(A, TYPE_TOKEN, B)})
    assert (change.subjects, change.predicates, change.classes, change.retyped) == ({A, C}, {B, TYPE_TOKEN}, {B, C}, {A})
    assert str(TYPE).encode() == TYPE_TOKEN


def test_what_stays_the_same_is_no_change() -> None:
    change = Change()
    change.compare(G, [_line(A, B, C)], [_line(A, B, C)])
    assert not change.subjects
    assert not change.predicates


def test_a_digest_tells_its_parts_apart() -> None:
    assert digest(b"ab", b"c") != digest(b"a", b"bc")
    assert digest(b"ab", b"c") == digest(b"ab", b"c")
