"""A server reaches out by SERVICE to the addresses that it was given, and nowhere else."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import serving
from servers import Reply, canned
from test_abuse import call, get

ROWS = b'{"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "literal", "value": "far"}}]}}'


@pytest.fixture(scope="module")
def far() -> Reply:
    return Reply(body=ROWS)


@pytest.fixture(scope="module")
def places(far: Reply, quads: Path) -> Iterator[tuple[str, str, str, Reply]]:
    """Give our server's address, one that it may ask, one that it may not, and what the latter was asked; the former leads elsewhere at times."""
    with canned(far) as known, canned(unknown := Reply(body=ROWS)) as other, serving("--data", str(quads), "--timeout", "1", "--service", known) as ours:
        yield ours, known, other, unknown


def test_rows_of_a_known_server_join_ours_and_are_not_kept(places: tuple[str, str, str, Reply], far: Reply) -> None:
    ours, known, _, _ = places
    far.requests.clear()
    query = f"SELECT ?x ?name WHERE {{ <https://w3id.org/comity/id/actor/JPN> rdfs:label ?name FILTER(LANG(?name) = 'en') SERVICE <{known}> {{ ?s ?p ?x }} }}"
    for _ in range(2):
        status, headers, body = call(ours, *get(query))
        assert (status, headers["cache-control"], headers["comity-rows"]) == (200, "no-store", "1")
        [row] = json.loads(body)["results"]["bindings"]
        assert (row["x"]["value"], row["name"]["value"]) == ("far", "Japan")
    assert len(far.requests) == 2


@pytest.mark.parametrize("query", [
    "SELECT * {{ SERVICE <{other}> {{ ?s ?p ?x }} }}", "SELECT * {{ SERVICE ?where {{ ?s ?p ?x }} VALUES ?where {{ <{known}> }} }}",
    "PREFIX k: <{known}> SELECT * {{ SERVICE k: {{ ?s ?p ?x }} }}", "SELECT * {{ SERVICE <{known}> {{ SERVICE <{other}> {{ ?s ?p ?x }} }} }}",
    "SELECT * {{ SERVICE <{known}?x> {{ ?s ?p ?x }} }}", "SELECT * {{ ?s ?p 1e5SERVICE <{other}> {{ ?s ?p ?x }} }}"])
def test_any_other_call_is_refused_and_names_those_that_are_not(places: tuple[str, str, str, Reply], query: str) -> None:
    ours, known, other, unknown = places
    status, _, body = call(ours, *get(query.format(known=known, other=other)))
    assert status == 400
    assert known in body.decode() or "hidden" in body.decode()
    assert unknown.requests == []


def test_a_known_server_cannot_lead_to_another(places: tuple[str, str, str, Reply], far: Reply) -> None:
    ours, known, other, unknown = places
    for number in (301, 302, 303, 307, 308):
        far.status, far.header = number, {"Location": other}
        status, _, _ = call(ours, *get(f"SELECT * {{ SERVICE <{known}> {{ ?s ?p {number} }} }}"))
        assert status == 400
    far.status, far.header = 200, {}
    assert unknown.requests == []


def test_a_known_server_that_does_not_answer_costs_the_time_of_one_query(places: tuple[str, str, str, Reply], far: Reply) -> None:
    ours, known, _, _ = places
    far.seconds = 5
    start = time.monotonic()
    status, _, body = call(ours, *get(f"SELECT * {{ SERVICE <{known}> {{ ?s ?p ?late }} }}"))
    far.seconds = 0
    assert (status, "stopped after 1 s" in body.decode()) == (503, True)
    assert time.monotonic() - start < 4
    assert call(ours, *get("ASK {}"))[0] == 200


def test_a_cited_answer_is_from_this_graph_alone(places: tuple[str, str, str, Reply]) -> None:
    ours, known, _, _ = places
    body = f"SELECT * {{ SERVICE <{known}> {{ ?s ?p ?x }} }}".encode()
    status, _, said = call(ours, "POST", "/q", {"Content-Type": "application/sparql-query"}, body)
    assert (status, "cite it without SERVICE" in said.decode()) == (400, True)
