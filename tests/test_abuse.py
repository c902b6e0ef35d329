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
from urllib.parse import quote, urlsplit

import pytest
from conftest import serving

from comity.api import patience

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
    with serving("--data", str(quads), "--workers", "1") as address:
        yield address


def test_slow_clients_are_let_go_and_hold_nobody_up(patient: str) -> None:
    parts = urlsplit(patient)
    slow = [socket.create_connection((parts.hostname, parts.port), timeout=patience.HEAD_SECONDS + 10) for _ in range(50)]
    for connection in slow:
        connection.sendall(b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    start = time.perf_counter()
    assert call(patient, *get(ASK))[0] == 200
    assert time.perf_counter() - start < 5
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
