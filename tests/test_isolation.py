"""A query that outruns its limits ends alone; neighbours, errors and answers are as without isolation."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator

import pytest

from comity.errors import QueryError
from comity.graph import Graph
from comity.isolation import IsolatedStore, Limits, QueryStopped
from comity.store import EmbeddedStore

# A test runner has threads of its own; a server forks before it starts any.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")

RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?a != ?d && ?g != ?j) }"
BOMB = "SELECT DISTINCT ?a ?c ?d ?f ?i WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture
def isolated(small: Graph) -> Iterator[IsolatedStore]:
    assert isinstance(small.store, EmbeddedStore)
    store = IsolatedStore(small.store, Limits(workers=2, seconds=1.0, megabytes=256))
    yield store
    store.close()


def _processes(store: IsolatedStore) -> list[int]:
    return [worker.pid for worker in list(store._idle.queue)]


def test_answers_are_those_of_the_graph_itself(isolated: IsolatedStore, small: Graph) -> None:
    for text in ("SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 50", "ASK { ?s a comity:State }",
                 "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c }"):
        assert sorted(map(str, isolated.query(text).rows.cells)) == sorted(map(str, small.store.query(text).rows.cells))


def test_a_malformed_query_keeps_its_place_and_its_worker(isolated: IsolatedStore) -> None:
    before = _processes(isolated)
    with pytest.raises(QueryError) as caught:
        isolated.query("SELECT * WHERE { ?s ?p }")
    assert not isinstance(caught.value, QueryStopped)
    assert caught.value.line == 1
    assert caught.value.column > 1
    assert sorted(_processes(isolated)) == sorted(before)


def test_a_runaway_query_is_stopped_and_its_worker_replaced(isolated: IsolatedStore) -> None:
    before = _processes(isolated)
    with pytest.raises(QueryStopped, match="stopped after 1 s"):
        isolated.query(RUNAWAY)
    after = _processes(isolated)
    assert len(after) == 2
    assert len(set(after) & set(before)) == 1
    assert isolated.query("ASK {}").rows.cells


def test_a_neighbour_answers_while_a_query_runs_away(isolated: IsolatedStore) -> None:
    caught: list[Exception] = []

    def run_away() -> None:
        try:
            isolated.query(RUNAWAY)
        except QueryStopped as error:
            caught.append(error)

    thread = threading.Thread(target=run_away)
    thread.start()
    answered = sum(1 for _ in range(20) if isolated.query("ASK {}").kind == "boolean" and thread.is_alive())
    thread.join()
    assert answered == 20
    assert len(caught) == 1


def test_busy_workers_are_said_to_be_busy(small: Graph) -> None:
    assert isinstance(small.store, EmbeddedStore)
    store = IsolatedStore(small.store, Limits(workers=1, seconds=0.5, megabytes=256))
    try:
        with store._worker(), pytest.raises(QueryStopped, match="all 1 workers stayed busy"):
            store.query("ASK {}")
    finally:
        store.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_a_memory_bomb_ends_only_its_own_worker(small: Graph) -> None:
    assert isinstance(small.store, EmbeddedStore)
    store = IsolatedStore(small.store, Limits(workers=1, seconds=30.0, megabytes=16))
    try:
        with pytest.raises(QueryStopped, match="more than 16 MB"):
            store.query(BOMB)
        assert store.query("ASK {}").rows.cells
    finally:
        store.close()


def test_closing_leaves_no_process(small: Graph) -> None:
    assert isinstance(small.store, EmbeddedStore)
    store = IsolatedStore(small.store, Limits(workers=2, seconds=1.0))
    pids = _processes(store)
    store.close()
    for pid in pids:
        assert _is_gone(pid)


def _is_gone(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        threading.Event().wait(0.05)
    return False
