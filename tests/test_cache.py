"""Answers that are kept: which questions count as the same, what is never kept, and how much."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence

import pyoxigraph as ox
import pytest

from comity.cache import CachedStore, Kept, normal
from comity.errors import QueryError
from comity.graph import Graph
from comity.results import Answer
from comity.store import EmbeddedStore
from comity.syntax import Term

STATES = "SELECT ?s WHERE { ?s a comity:State } ORDER BY ?s"


class _Counting(EmbeddedStore):
    """A graph that counts how often it is asked, and may take its time."""

    def __init__(self, graph: Graph, seconds: float = 0) -> None:
        assert isinstance(graph.store, EmbeddedStore)
        super().__init__(graph.store.store, graph.store.prefixes)
        self.asked: list[str] = []
        self.seconds = seconds

    def query(self, text: str, parameters: Mapping[str, Term] | None = None, *,
              default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        self.asked.append(text)
        time.sleep(self.seconds)
        return super().query(text, parameters, default_graphs=default_graphs, named_graphs=named_graphs)


def test_a_question_that_comes_again_is_not_asked_again(small: Graph) -> None:
    counting = _Counting(small)
    store = CachedStore(counting)
    first, again = store.query(STATES), store.query(f"# the same\n{STATES.replace(' WHERE', chr(10) + '  WHERE')}\n")
    assert again is first
    assert len(counting.asked) == 1
    assert (store.kept.hits, store.kept.misses) == (1, 1)


@pytest.mark.parametrize(("a", "b"), [
    ("SELECT ?s { ?s ?p 1.5 }", "SELECT ?s { ?s ?p 1 .5 }"),
    ('SELECT ?s { ?s ?p "a b" }', 'SELECT ?s { ?s ?p "a  b" }'),
    ("SELECT ?s { ?s ?p '#x' }", "SELECT ?s { ?s ?p '#y' }"),
    ("SELECT ?s { ?s ?p ?o }", "SELECT ?S { ?S ?p ?o }"),
])
def test_different_questions_stay_different(a: str, b: str) -> None:
    assert normal(a) != normal(b)


def test_graphs_and_parameters_are_part_of_the_question(small: Graph) -> None:
    store = CachedStore(_Counting(small))
    graph = "https://w3id.org/comity/graph/actors"
    everything, one = store.query("ASK { ?s a comity:Treaty }"), store.query("ASK { ?s a comity:Treaty }", default_graphs=[graph])
    assert everything is not one
    text = "ASK { ?s a ?class }"
    yes, no = (store.query(text, {"class": ox.NamedNode(f"https://w3id.org/comity/ns#{name}")}) for name in ("State", "Nonsense"))
    assert (yes.rows.cells, no.rows.cells) != (no.rows.cells, yes.rows.cells)


@pytest.mark.parametrize("call", ["NOW()", "rand()", "UUID()", "STRUUID()", "BNODE()"])
def test_what_changes_by_itself_is_never_kept(small: Graph, call: str) -> None:
    counting = _Counting(small)
    store = CachedStore(counting)
    for _ in range(2):
        store.query(f"SELECT ({call} AS ?x) {{}}")
    assert len(counting.asked) == 2


def test_a_failure_is_not_kept(small: Graph) -> None:
    counting = _Counting(small)
    store = CachedStore(counting)
    for _ in range(2):
        with pytest.raises(QueryError, match="malformed at line 1"):
            store.query("SELECT * WHERE { ?s ?p }")
    assert len(counting.asked) == 2
    assert not store._running


def test_those_who_ask_at_once_share_one_answer(small: Graph) -> None:
    counting = _Counting(small, seconds=0.3)
    store = CachedStore(counting)
    found: list[Answer] = []
    threads = [threading.Thread(target=lambda: found.append(store.query(STATES))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(answer) for answer in found}) == 1
    assert len(counting.asked) == 1


def test_the_longest_unused_goes_first() -> None:
    kept = Kept(megabytes=1)
    for name in "abcd":
        kept.put(name, name.upper(), 250_000)
    assert kept.get("a") == "A"
    kept.put("e", "E", 250_000)
    assert [kept.get(name) for name in "abcde"] == ["A", None, "C", "D", "E"]


def test_what_comes_again_under_its_name_counts_once() -> None:
    kept = Kept(megabytes=1)
    for _ in range(50):
        kept.put("a", "A", 250_000)
        kept.put("b", "B", 250_000)
    assert (kept.get("a"), kept.get("b")) == ("A", "B")


def test_a_value_that_would_push_out_the_others_is_not_kept() -> None:
    kept = Kept(megabytes=1)
    kept.put("small", 1, 1000)
    kept.put("large", 2, 300_000)
    assert (kept.get("small"), kept.get("large")) == (1, None)


def test_an_answer_larger_than_all_that_is_kept_is_given_and_not_kept(small: Graph) -> None:
    counting = _Counting(small)
    store = CachedStore(counting, megabytes=0)
    for _ in range(2):
        assert len(store.query(STATES)) > 0
    assert len(counting.asked) == 2


def test_formats_are_written_once_and_count(small: Graph) -> None:
    answer = small.store.query(STATES)
    before = answer.size
    assert answer.serialize("csv") is answer.serialize("csv")
    assert answer.serialize("json") is answer.body
    assert answer.size == before + len(answer.serialize("csv"))
