"""What a hostile client may send, and the status that it must get for it; after each, an ordinary question is answered as before."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from conftest import serving
from servers import Reply, canned

from comity.api import patience

#: instead of the ten that a client has
HEAD_SECONDS = 3.0
ASK = "ASK { ?s a comity:State }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?a != ?d && ?g != ?j) }"
FORM, DIRECT = "application/x-www-form-urlencoded", "application/sparql-query"


def get(query: str) -> tuple[str, str, dict[str, str], bytes]:
    return "GET", f"/sparql?query={quote(query, safe='')}", {}, b""


def post(body: bytes, kind: str = FORM) -> tuple[str, str, dict[str, str], bytes]:
    return "POST", "/sparql", {"Content-Type": kind}, body


def nested(depth: int, opening: str = "{ ", closing: str = " }") -> str:
    return f"SELECT * WHERE {{ {opening * depth} ?s ?p ?o {closing * depth} }}"


PRODUCT = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
DOUBLED = " ".join(f"BIND(CONCAT({', '.join([f'?{x}'] * 8)}) AS ?{y})" for x, y in zip("abcdefghijklm", "bcdefghijklmz", strict=True))
ABUSES: dict[str, tuple[tuple[str, str, dict[str, str], bytes], set[int]]] = {
    "a file by FROM": (get("SELECT * FROM <file:///etc/passwd> WHERE { ?s ?p ?o }"), {400}),
    "an internal host by FROM": (get("SELECT * FROM <http://127.0.0.1:1/> WHERE { ?s ?p ?o }"), {400}),
    "a metadata service by FROM NAMED": (get("SELECT * FROM NAMED <http://169.254.169.254/latest/> WHERE { GRAPH ?g { ?s ?p ?o } }"), {400}),
    "FROM behind a comment": (get("SELECT * FROM # <\n<file:///etc/passwd> WHERE { ?s ?p ?o }"), {400}),
    "FROM by a prefix": (get("PREFIX f: <file:///etc/> SELECT * FROM f:passwd WHERE { ?s ?p ?o }"), {200, 400}),
    "a file as default graph": (("GET", f"/sparql?query={quote(ASK)}&default-graph-uri=file:///etc/passwd", {}, b""), {200}),
    "SERVICE": (get("SELECT * WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"), {400}),
    "SERVICE SILENT": (get("SELECT * WHERE { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }"), {400}),
    "SERVICE in small letters": (get("select * where { service <http://127.0.0.1:1/> { ?s ?p ?o } }"), {400}),
    "SERVICE by an escape": (get("SELECT * WHERE { SERVIC\\u0045 <http://127.0.0.1:1/> { ?s ?p ?o } }"), {400}),
    "SERVICE glued to a number": (get("SELECT * WHERE { ?s ?p 1e5SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"), {400}),
    "SERVICE glued to a name": (get("PREFIX : <http://127.0.0.1:1/> SELECT * WHERE { SERVICE:x { ?s ?p ?o } }"), {400}),
    "SERVICE in a comment that has ended": (get("SELECT * WHERE { # \r SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"), {400}),
    "an update as query": (get("DELETE WHERE { ?s ?p ?o }"), {400}),
    "LOAD as query": (get("LOAD <file:///etc/passwd>"), {400}),
    "an update after a query": (get("SELECT * WHERE { ?s ?p ?o } ; DROP ALL"), {400}),
    "an update as parameter": (("GET", "/sparql?update=DROP%20ALL", {}, b""), {403}),
    "an update beside a query": (("GET", f"/sparql?query={quote(ASK)}&update=DROP%20ALL", {}, b""), {403}),
    "an update in a form": (post(b"update=DROP+ALL"), {403}),
    "an update by its type": (post(b"DROP ALL", "application/sparql-update"), {403}),
    "a using-graph": (post(b"query=ASK+%7B%7D&using-graph-uri=urn%3Ax"), {403}),
    "two queries": (("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", {}, b""), {400}),
    "a query in address and body": (("POST", "/sparql?query=ASK%7B%7D", {"Content-Type": DIRECT}, b"ASK {}"), {400}),
    "double encoding": (("GET", "/sparql?query=ASK%2520%257B%257D", {}, b""), {400}),
    "double encoding of SERVICE": (("GET", "/sparql?query=SELECT%20*%20%7B%20%2553ERVICE%20%3Chttp%3A%2F%2Fx%2F%3E%20%7B%7D%20%7D", {}, b""), {400}),
    "deep nesting of groups": (get(nested(1_000)), {200, 400, 503}),
    "deep nesting in a body": (post(nested(200_000).encode(), DIRECT), {400, 503}),
    "deep nesting of brackets": (post(("SELECT (" + "(" * 100_000 + "1" + ")" * 100_000 + " AS ?x) {}").encode(), DIRECT), {400, 503}),
    "deep nesting of FILTER NOT EXISTS": (post(nested(20_000, "FILTER NOT EXISTS { ").encode(), DIRECT), {400, 503}),
    "a giant IN list": (post(f"SELECT * WHERE {{ ?s ?p ?o FILTER(?s IN ({','.join(f'<urn:{n}>' for n in range(40_000))})) }}".encode(), DIRECT), {200, 503}),
    "a giant VALUES": (post(f"SELECT * WHERE {{ VALUES ?s {{ {' '.join(f'<urn:{n}>' for n in range(60_000))} }} ?s ?p ?o }}".encode(), DIRECT), {200, 503}),
    "a bomb of a regular expression": (get('SELECT * WHERE { BIND(REGEX(CONCAT("' + "a" * 5_000 + '", "b"), "^(a+)+$") AS ?x) }'), {200, 400, 503}),
    "a regular expression that is too large": (
        get('SELECT * WHERE { ?s rdfs:label ?l FILTER(REGEX(?l, "(((a{1,1000}){1,1000}){1,1000}){1,1000}")) }'), {200, 400, 503}),
    "a cross product": (get(RUNAWAY), {503}),
    "a path over everything": (get("SELECT (COUNT(*) AS ?n) WHERE { ?a (!<urn:x>)* ?b . ?c (!<urn:x>)* ?d . ?e (!<urn:x>)* ?f }"), {503}),
    "a bomb of memory": (get(f"SELECT (GROUP_CONCAT(?x) AS ?all) WHERE {{ {PRODUCT} BIND(CONCAT(STR(?a), STR(?d), STR(?g)) AS ?x) }}"), {503}),
    "strings that double": (get(f"SELECT ?z {{ BIND('{'a' * 16}' AS ?a) {DOUBLED} }}"), {200, 503}),
    "an answer over the limit": (get("SELECT * WHERE { ?a ?b ?c . ?d a ?f }"), {503}),
    "bad UTF-8 in a form": (post(b"query=ASK+%7B%7D%FF%FE"), {200, 400}),
    "bad UTF-8 in a body": (post(b"ASK { \xff\xfe }", DIRECT), {400}),
    "bad UTF-8 in the address": (("GET", "/sparql?query=ASK%20%7B%7D%FF", {}, b""), {200, 400}),
    "a zero byte": (get("ASK { ?s ?p \"\0\" }"), {200, 400}),
    "a body that is too large": (post(b"query=" + b"x" * 2_000_000), {413}),
    "an address that is too long": (get("ASK { " + " " * 12_000 + "}"), {414}),
    "an address without end": (get("ASK { " + " " * 30_000 + "}"), {414}),
    "an unnamed type": (("POST", "/sparql", {}, b"ASK {}"), {415}),
    "a form of another kind": (post(b"--x--", "multipart/form-data; boundary=x"), {415}),
    "an Accept of nothing we have": (("GET", "/sparql?query=ASK%7B%7D", {"Accept": "image/png"}, b""), {406}),
    "an endless Accept": (("GET", "/sparql?query=ASK%7B%7D", {"Accept": "text/csv;q=0.1, " * 1_500}, b""), {200, 400, 406}),
    "many headers": (("GET", "/sparql?query=ASK%7B%7D", {f"X-{n}": "x" * 200 for n in range(400)}, b""), {431}),
    "PUT": (("PUT", "/sparql", {}, b"x"), {405}),
    "DELETE": (("DELETE", "/graphs?default", {}, b""), {405}),
    "PATCH a thing": (("PATCH", "/doc/actor/JPN", {}, b""), {405}),
    "a path out of the folder": (("GET", "/static/../../../../etc/passwd", {}, b""), {404}),
    "an encoded path out of the folder": (("GET", "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd", {}, b""), {404}),
    "a dump out of the folder": (("GET", "/dumps/..%2f..%2fetc%2fpasswd", {}, b""), {404}),
    "a script as a name": (("GET", "/doc/actor/%3Cscript%3Ealert(1)%3C%2Fscript%3E", {"Accept": "text/html"}, b""), {404}),
}


def call(address: str, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send one request as it stands, without a library that would mend it."""
    parts = urlsplit(address)
    head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": parts.netloc, "Connection": "close", **headers}.items())
    length = f"Content-Length: {len(body)}\r\n" if body or method in ("POST", "PUT") else ""
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        with contextlib.suppress(OSError):  # the server may answer and close before it has read all
            connection.sendall(f"{method} {path} HTTP/1.1\r\n{head}{length}\r\n".encode() + body)
        said = b""
        with contextlib.suppress(OSError):
            while part := connection.recv(65536):
                said += part
    top, _, rest = said.partition(b"\r\n\r\n")
    status, *lines = top.decode("latin-1").split("\r\n")
    return int(status.split()[1]), {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}, rest


@pytest.mark.parametrize("name", ABUSES)
def test_abuse_gets_its_status_and_harms_no_one_else(served: str, name: str) -> None:
    request, statuses = ABUSES[name]
    status, headers, body = call(served, *request)
    assert status in statuses, body[:300]
    assert b"root:" not in body
    assert b"<script>alert" not in body
    if status >= 400 and status != 431 and "json" in headers.get("content-type", ""):
        said = json.loads(body)
        assert said["status"] == status
        assert "Traceback" not in said["detail"]
    assert call(served, *get(ASK))[0] == 200


#: what another server behind ours answers otherwise
PROXIED = {"FROM by a prefix": {400}, "a file as default graph": {400}}


@pytest.fixture(scope="module")
def proxied(quads: Path) -> Iterator[str]:
    """Serve a server of ours by another."""
    with serving("--data", str(quads), "--timeout", "1", "--memory", "256", "--answer", "10", "--each", "1000") as behind, \
            serving("--endpoint", f"{behind}/sparql", "--timeout", "5", "--answer", "1", "--each", "8") as address:
        yield address


@pytest.fixture(scope="module")
def watched() -> Iterator[tuple[str, Reply]]:
    """Serve a server that answers nothing by one of ours that has little patience, and give what it was asked."""
    with canned(reply := Reply()) as behind, serving("--endpoint", behind, "--timeout", "0.5", "--answer", "1") as address:
        yield address, reply


@pytest.mark.parametrize("name", ABUSES)
def test_abuse_gets_its_status_where_another_server_answers(proxied: str, name: str) -> None:
    request, statuses = ABUSES[name]
    status, _, body = call(proxied, *request)
    assert status in PROXIED.get(name, statuses), body[:300]
    assert b"root:" not in body
    assert b"<script>alert" not in body
    assert call(proxied, *get(ASK))[0] == 200


@pytest.mark.parametrize(("fields", "words"), [({"seconds": 2}, "no whole answer within 0.5 s"), ({"body": b" " * 2**21}, "more than 1 MB"),
                                               ({"status": 503}, "answered 503"), ({"status": 429}, "answered 429")])
def test_limits_of_time_and_size_are_said_where_another_server_answers(watched: tuple[str, Reply], fields: dict[str, Any], words: str) -> None:
    address, reply = watched
    usual = {name: getattr(reply, name) for name in fields}
    vars(reply).update(fields)
    status, headers, body = call(address, *get(f"{ASK} # {words}"))
    vars(reply).update(usual)
    said = json.loads(body)
    assert (status, headers["retry-after"]) == (503, "10")
    assert words in said["detail"]
    assert said["elapsed"] > 0


ASKED = b"SELECT+DISTINCT+%3Fn+WHERE+%7B+VALUES"


@pytest.mark.parametrize("name", ["a file by FROM", "a metadata service by FROM NAMED", "FROM behind a comment", "FROM by a prefix", "a file as default graph",
                                  "SERVICE", "SERVICE SILENT", "SERVICE in small letters", "SERVICE by an escape", "an update as query", "LOAD as query",
                                  "an update as parameter", "an update in a form", "an update by its type", "a pragma", "a function of its own"])
def test_what_could_reach_out_never_gets_to_the_server_behind(watched: tuple[str, Reply], name: str) -> None:
    address, reply = watched
    reply.requests.clear()
    more = {"a pragma": get('DEFINE get:soft "soft" SELECT * FROM <http://127.0.0.1:1/> { ?s ?p ?o }'),
            "a function of its own": get("SELECT (bif:http_get('http://127.0.0.1:1/') AS ?x) {}")}
    status, _, _ = call(address, *(more.get(name) or ABUSES[name][0]))
    assert status in (400, 403)
    assert [body for _, _, body in reply.requests if b"passwd" in body or b"127.0.0.1" in body or b"169.254" in body or b"SERVIC" in body.upper()
            if ASKED not in body] == []


def test_a_graph_that_the_server_behind_holds_may_be_named(proxied: str) -> None:
    graph = json.loads(call(proxied, *get("SELECT ?g { GRAPH ?g { ?s a comity:State } } LIMIT 1"))[2])["results"]["bindings"][0]["g"]["value"]
    for query in (f"ASK FROM <{graph}> {{ ?s a comity:State }}", f"PREFIX g: <{graph}> ASK FROM NAMED g: {{ GRAPH ?g {{ ?s a comity:State }} }}"):
        status, _, body = call(proxied, *get(query))
        assert (status, json.loads(body)["boolean"]) == (200, True)
    method, path, headers, body = get(ASK)
    assert json.loads(call(proxied, method, f"{path}&default-graph-uri={quote(graph, safe='')}", headers, body)[2])["boolean"] is True
    assert call(proxied, *get(f"ASK FROM <{graph}> FROM <urn:none> {{ ?s a comity:State }}"))[0] == 400


def test_a_stopped_query_says_its_limit_and_how_long_it_ran(served: str) -> None:
    _, headers, body = call(served, *get(RUNAWAY + " # says"))
    said = json.loads(body)
    assert "stopped after 1 s" in said["detail"]
    assert 0.9 < said["elapsed"] < 3
    assert headers["retry-after"] == "10"


def test_a_question_beside_a_runaway_is_answered_before_it_is_stopped(served: str) -> None:
    thread = threading.Thread(target=call, args=(served, *get(RUNAWAY + " # beside")))
    thread.start()
    time.sleep(0.1)
    assert call(served, *get("ASK {} # beside"))[0] == 200
    assert thread.is_alive()
    thread.join()


def test_who_asks_too_much_at_once_is_told_to_wait_and_others_are_not(served: str) -> None:
    found: list[tuple[int, str]] = []

    def ask(number: int) -> None:
        status, headers, _ = call(served, *get(f"{RUNAWAY} # turn {number}"))
        found.append((status, headers.get("retry-after", "")))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = [status for status, _ in found]
    assert statuses.count(429) == 4
    assert statuses.count(503) == 8
    assert {later for _, later in found} == {"10"}
    assert call(served, *get(ASK))[0] == 200


@pytest.fixture(scope="module")
def patient(quads: Path) -> Iterator[str]:
    """Serve with one worker, and less patience with those who send their head slowly."""
    with serving("--data", str(quads), "--workers", "1", before=f"from comity.api import patience; patience.HEAD_SECONDS = {HEAD_SECONDS}") as address:
        yield address


def test_slow_clients_are_let_go_and_hold_nobody_up(patient: str) -> None:
    parts = urlsplit(patient)
    slow = [socket.create_connection((parts.hostname, parts.port), timeout=HEAD_SECONDS + 10) for _ in range(50)]
    for connection in slow:
        connection.sendall(b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    start = time.perf_counter()
    assert call(patient, *get(ASK))[0] == 200
    assert time.perf_counter() - start < HEAD_SECONDS - 0.5
    assert {connection.recv(100).split(b" ")[1] for connection in slow} == {b"408"}
    for connection in slow:
        connection.close()


def test_a_head_without_end_is_cut(patient: str) -> None:
    parts = urlsplit(patient)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        sent = 0
        try:
            while sent < 50 * patience.HEAD_BYTES:
                sent += connection.send(b"X-Long: " + b"x" * 8_000 + b"\r\n")
            said = connection.recv(100)
        except OSError:
            said = b""
        assert said == b"" or said.startswith(b"HTTP/1.1 431")
    assert sent < 50 * patience.HEAD_BYTES
    assert call(patient, *get(ASK))[0] == 200


def test_no_worker_is_left_over_or_lost(patient: str) -> None:
    for number in range(5):
        call(patient, *get(f"SELECT * FROM <file:///x> {{ ?s ?p ?o }} # {number}"))
    with urllib.request.urlopen(f"{patient}/health", timeout=10) as answer:
        assert json.load(answer)["status"] == "good"
