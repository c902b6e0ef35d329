"""A query that outruns its limits ends alone; neighbours, errors and answers are as without isolation."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from servers import Reply, canned

from comity.errors import InputError, QueryError
from comity.graph import Graph
from comity.isolation import IsolatedStore, Limits, QueryStopped
from comity.store import EmbeddedStore

# A test runner has threads of its own; a server forks before it starts any.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")

RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?a != ?d && ?g != ?j) }"
BOMB = "SELECT DISTINCT ?a ?c ?d ?f ?i WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

BOMBED = """
import sys
import comity
from comity.isolation import IsolatedStore, Limits, QueryStopped

store = IsolatedStore(comity.open(sys.argv[1]).store, Limits(workers=1, seconds=30.0, megabytes=16, answer=4096))
try:
    store.query(sys.argv[2])
except QueryStopped as error:
    print(error)
print(store.query("ASK {}").kind)
store.close()
"""


@pytest.fixture
def isolated(small: Graph) -> Iterator[IsolatedStore]:
    assert isinstance(small.store, EmbeddedStore)
    store = IsolatedStore(small.store, Limits(workers=2, seconds=1.0, megabytes=256))
    yield store
    store.close()


def _processes(store: IsolatedStore) -> list[int]:
    return [worker.pid for worker in list(store._pool.idle)]


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
        worker = store._pool.claim().result()
        with pytest.raises(QueryStopped, match="all 1 workers stayed busy"):
            store.query("ASK {}")
        with pytest.raises(QueryStopped, match="all 1 workers stayed busy"):
            asyncio.run(store.fetch("ASK {}", "json", "nt"))
        store._pool.give(worker)
        assert store.query("ASK {}").rows.cells
        assert asyncio.run(store.fetch("ASK {}", "json", "nt"))[0].count == 1
    finally:
        store.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_a_memory_bomb_ends_only_its_own_worker(built: Path) -> None:
    # In a process of its own, as a server is: what the tests before have freed is room that no limit counts.
    done = subprocess.run([sys.executable, "-c", BOMBED, built / "comity.nq.gz", BOMB], capture_output=True, text=True, check=True, timeout=60)
    said, answered = done.stdout.splitlines()
    assert "more than 16 MB" in said
    assert answered == "boolean"


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_rows_come_written_and_counted(isolated: IsolatedStore, small: Graph, name: str) -> None:
    text = "SELECT ?s ?label WHERE { ?s rdfs:label ?label } ORDER BY ?s ?label"
    made, advice = asyncio.run(isolated.fetch(text, name, "nt"))
    answer = small.store.query(text)
    assert (made.kind, made.name, made.count, made.body, advice) == ("rows", name, len(answer.rows), answer.serialize(name), 0)


def test_a_graph_comes_in_the_format_for_graphs(isolated: IsolatedStore, small: Graph) -> None:
    text = "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c }"
    made = asyncio.run(isolated.fetch(text, "csv", "ttl"))[0]
    answer = small.store.query(text)
    assert (made.kind, made.name, made.count, made.body) == ("graph", "ttl", len(answer), answer.serialize("ttl"))


@pytest.mark.parametrize(("text", "rows", "graph", "error"), [
    ("SELECT * WHERE { ?s ?p ?o }", "", "ttl", "gives rows, which come as json, xml, csv, tsv"),
    ("CONSTRUCT WHERE { ?s a ?c }", "csv", "", "gives a graph, which comes as ttl"),
    ("ASK {}", "", "ttl", "gives a boolean, which comes as json")])
def test_a_format_of_the_other_kind_is_refused(isolated: IsolatedStore, text: str, rows: str, graph: str, error: str) -> None:
    with pytest.raises(InputError, match=error):
        asyncio.run(isolated.fetch(text, rows, graph))


@pytest.mark.parametrize(("text", "error"), [
    ("SELECT * { SERVICE <http://example.org/> {} }", "SERVICE is refused"),
    ("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", "no graph of the dataset is called file:///etc/passwd")])
def test_what_is_fetched_is_vetted(isolated: IsolatedStore, text: str, error: str) -> None:
    with pytest.raises(QueryError, match=error) as caught:
        asyncio.run(isolated.fetch(text, "json", "nt"))
    assert (caught.value.line, caught.value.column > 1) == (1, True)


def test_a_runaway_query_does_not_hold_up_others_in_the_loop(isolated: IsolatedStore) -> None:
    async def both() -> tuple[BaseException, float]:
        runaway = asyncio.create_task(isolated.fetch(RUNAWAY, "json", "nt"))
        await asyncio.sleep(0.05)
        start = time.perf_counter()
        await isolated.fetch("ASK {}", "json", "nt")
        seconds = time.perf_counter() - start
        return (await asyncio.gather(runaway, return_exceptions=True))[0], seconds

    error, seconds = asyncio.run(both())
    assert isinstance(error, QueryStopped)
    assert "stopped after 1 s" in str(error)
    assert seconds < 0.9
    assert len(_processes(isolated)) == 2


def test_who_stops_waiting_leaves_the_worker_to_the_next(isolated: IsolatedStore) -> None:
    held = [isolated._pool.claim().result() for _ in range(2)]

    async def give_up() -> None:
        waiting = asyncio.create_task(isolated.fetch("ASK {}", "json", "nt"))
        await asyncio.sleep(0.05)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    asyncio.run(give_up())
    for worker in held:
        isolated._pool.give(worker)
    assert len(_processes(isolated)) == 2


@pytest.mark.parametrize("text", ["SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }", "SELECT * WHERE { GRAPH ?g { ?a ?b ?c } . ?d a ?f }"])
def test_an_answer_over_the_limit_is_refused_and_its_worker_kept(small: Graph, text: str) -> None:
    assert isinstance(small.store, EmbeddedStore)
    store = IsolatedStore(small.store, Limits(workers=1, seconds=20.0, megabytes=256, answer=1))
    try:
        before = _processes(store)
        for ask in (store.query, lambda text: asyncio.run(store.fetch(text, "csv", "nt"))):
            with pytest.raises(QueryStopped, match="more than 1 MB; take it in parts"):
                ask(text)
        assert _processes(store) == before
    finally:
        store.close()


@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_a_worker_opens_no_connection_even_for_a_query_that_nobody_vetted(isolated: IsolatedStore, silent: str) -> None:
    with canned(reply := Reply()) as url:
        text = f"SELECT * {{ SERVICE {silent}<{url}> {{ ?s ?p ?o }} }}"
        with contextlib.nullcontext() if silent else pytest.raises(QueryError):
            isolated.query(text)
    assert reply.requests == []


def test_a_worker_that_may_reach_out_does(small: Graph) -> None:
    assert isinstance(small.store, EmbeddedStore)
    with canned(reply := Reply(body=b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"far"}}]}}')) as url:
        store = IsolatedStore(small.store, Limits(workers=1, services=frozenset({url})))
        try:
            assert store.query(f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?x }} }}").rows.to_dicts() == [{"s": None, "p": None, "x": "far"}]
        finally:
            store.close()
    assert len(reply.requests) == 1


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


JAPAN = "<https://w3id.org/comity/id/actor/JPN>"
LOOK_UPS = (f"SELECT ?p ?o WHERE {{ {JAPAN} ?p ?o }}", f"select * {{{JAPAN} a ?c .}} limit 1",
            f"PREFIX r: <http://www.w3.org/2000/01/rdf-schema#> SELECT ?o {{ {JAPAN} r:label ?o }}")
OTHERS = (
    f"SELECT ?p ?o {{ {JAPAN} ?p ?o . ?o ?q ?r }}", f"SELECT ?p ?o {{ {JAPAN} ?p ?o FILTER(ISIRI(?o)) }}", f"SELECT ?o {{ {JAPAN} comity:iso3* ?o }}",
    f"SELECT ?o FROM <https://w3id.org/comity/graph/actors> {{ {JAPAN} ?p ?o }}", f"SELECT (SHA512(STR(?o)) AS ?h) {{ {JAPAN} ?p ?o }}",
    f"SELECT ?s {{ ?s ?p {JAPAN} }}", f"SELECT ?o {{ SERVICE <http://e.org/> {{ {JAPAN} ?p ?o }} }}", f"SELECT ?o {{ {JAPAN} ?p ?o }} # more\n", "ASK {}",
    "SELECT ?o { <actor/JPN> ?p ?o }", "SELECT ?o { <http://[> ?p ?o }")


@pytest.mark.parametrize("text", LOOK_UPS)
def test_a_look_up_waits_for_no_worker_and_has_the_same_answer(isolated: IsolatedStore, small: Graph, text: str) -> None:
    claims = [isolated._pool.claim() for _ in range(2)]  # all workers are busy
    made, advice = asyncio.run(isolated.fetch(text, "csv", "nt"))
    for claim in claims:
        isolated._pool.give(claim.result())
    assert made.count == len(small.store.query(text).rows) > 0
    assert made.body == small.store.query(text).serialize("csv")
    assert advice == 0


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_more_than_a_look_up_goes_to_a_worker(isolated: IsolatedStore, text: str) -> None:
    assert isolated.at_once(text, "csv", "nt") is None


def test_a_thing_with_many_statements_goes_to_a_worker() -> None:
    many = EmbeddedStore(ox.Store(), {})
    many.store.extend(ox.Quad(ox.NamedNode("http://e.org/s"), ox.NamedNode("http://e.org/p"), ox.Literal(n)) for n in range(1001))
    store = IsolatedStore(many, Limits(workers=1, seconds=5.0))
    try:
        assert store.at_once("SELECT ?o { <http://e.org/s> ?p ?o }", "csv", "nt") is None
        assert asyncio.run(store.fetch("SELECT ?o { <http://e.org/s> ?p ?o }", "csv", "nt"))[0].count == 1001
    finally:
        store.close()


@pytest.mark.parametrize("text", ["SELECT " + "?a " * 20_000 + "{", "SELECT ?a" + " " * 50_000 + "x", "PREFIX a: <http://e.org/> " * 5000])
def test_a_long_text_is_told_from_a_look_up_at_once(isolated: IsolatedStore, text: str) -> None:
    assert isolated.at_once(text, "csv", "nt") is None  # a reader that goes back and forth would take longer than a test may
