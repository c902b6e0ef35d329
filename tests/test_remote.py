"""The remote store: what it sends, what it accepts, and one line and one request for each way in which an endpoint can fail."""

from __future__ import annotations

import base64
import gzip
import time
import tracemalloc
from urllib.parse import parse_qsl

import pyoxigraph as ox
import pytest
from servers import Reply, canned, free_port

from comity.errors import ComityError, LimitError, QueryError, StoreError
from comity.remote import RemoteStore

EX = "http://example.org/"
JSON = "application/sparql-results+json"
ROWS = b'{"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {"type": "literal", "value": "x"}}]}}'
XML = b"""<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="a"/></head>
<results><result><binding name="a"><literal>x</literal></binding></result></results></sparql>"""
TURTLE = f"<{EX}s> <{EX}p> 'x' ."
TRIPLE = f'<{EX}s> <{EX}p> "x" .\n'
RDF = f"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="{EX}">
<rdf:Description rdf:about="{EX}s"><e:p>x</e:p></rdf:Description></rdf:RDF>"""
SELECT = "SELECT ?a { ?s ?p ?a }"
CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?o }"
IS_IT = "is it a SPARQL endpoint?"


def foreign() -> Reply:
    """Return the answer of a server that holds none of our graphs when it is asked for them."""
    return Reply(body=b'{"head": {"vars": ["graph", "union", "foreign"]}, "results": {"bindings": []}}')


def ours(*names: str, union: bool, foreign: bool) -> Reply:
    """Return the answer of a server that holds our graphs when it is asked for them."""
    flags = [f'"{name}": {{"type": "literal", "value": "1"}}' for name, is_set in (("union", union), ("foreign", foreign)) if is_set]
    rows = ["{" + ", ".join([f'"graph": {{"type": "uri", "value": "{EX}{name}"}}', *flags]) + "}" for name in names]
    return Reply(body=f'{{"head": {{"vars": ["graph", "union", "foreign"]}}, "results": {{"bindings": [{", ".join(rows)}]}}}}'.encode())


def sent(reply: Reply, index: int = 0) -> dict[str, list[str]]:
    """Return the form that was sent with a request, each name with its values."""
    form: dict[str, list[str]] = {}
    for name, value in parse_qsl(reply.requests[index][2].decode()):
        form.setdefault(name, []).append(value)
    return form


def fails(url: str, text: str = SELECT, timeout: float = 20, limit: int = 10_000) -> ComityError:
    """Ask, and return the error, which is one line of reasonable length that steers no terminal."""
    with pytest.raises(ComityError) as caught:
        RemoteStore(url, {}, timeout=timeout, limit=limit).query(text)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 700
    return caught.value


# What is sent

def test_a_query_is_one_post_that_declares_the_prefixes_which_it_uses_on_its_first_line() -> None:
    with canned(reply := Reply(body=ROWS)) as url:
        RemoteStore(url, {"ex": EX, "other": EX + "#"}).query("SELECT ?a {\n ?s ex:p ?a }", {"s": ox.NamedNode(EX + "s")}, default_graphs=[EX + "g"])
    assert len(reply.requests) == 1
    assert reply.headers[0]["accept"].startswith(JSON)
    assert reply.headers[0]["user-agent"].startswith("comity/")
    assert sent(reply) == {"query": [f"PREFIX ex: <{EX}> SELECT ?a {{\n <{EX}s> ex:p ?a }}"], "default-graph-uri": [EX + "g"]}


def test_a_prefix_that_the_query_declares_is_not_declared_again() -> None:
    with canned(reply := Reply(body=ROWS)) as url:
        RemoteStore(url, {"ex": EX}).query("prefix ex: <http://example.com/> SELECT ?a { ?s ex:p ?a }", named_graphs=[EX])
    assert sent(reply)["query"] == ["prefix ex: <http://example.com/> SELECT ?a { ?s ex:p ?a }"]


@pytest.mark.parametrize("text", [
    "DROP ALL", "INSERT DATA { <http://e/s> <http://e/p> 1 }", "# SELECT\nCLEAR ALL", "PREFIX select: <http://e/>\nDELETE WHERE { ?s ?p ?o }", "",
    "SELEC * {}"])
def test_what_is_no_query_is_refused_here_and_never_sent(text: str) -> None:
    with canned(reply := Reply()) as url:
        caught = fails(url, text)
    assert type(caught) is QueryError
    assert "one of SELECT, ASK, CONSTRUCT, DESCRIBE was expected here" in str(caught)
    assert caught.line >= 1
    assert reply.requests == []


def test_a_query_that_looks_like_an_update_is_sent_as_a_query() -> None:
    text = "SELECT ?a # <\n { ?s <http://e/INSERT> ?a } # DELETE"
    with canned(foreign(), reply := Reply(body=ROWS)) as url:
        RemoteStore(url, {}).query(text)
    assert sent(reply) == {"query": [text]}


def test_name_and_password_are_sent_with_each_request_and_shown_to_nobody() -> None:
    with canned(reply := Reply(status=401, body=b"who are you?")) as url:
        store = RemoteStore(url.replace("://", "://an%40na:pass%2Fword@"), {})
        assert store.url == url
        with pytest.raises(StoreError, match=r"answered 401 \(who are you\?\); give a name and password") as caught:
            store.query(SELECT)
    assert reply.headers[0]["authorization"] == "Basic " + base64.b64encode(b"an@na:pass/word").decode()
    assert "pass" not in str(caught.value).replace("password", "").replace("PASSWORD", "")
    assert "an%40na" not in repr(vars(caught.value)) + str(caught.value)


@pytest.mark.parametrize("url", [
    "http://anna:secret@[bad/sparql", "http:///sparql", "ftp://anna:secret@host/", "http://host:port/", "http://host:99999/", "http://anna:secret@host/a b",
    "http://anna:secret@host/é", "http://anna:secret@host/\nSet-Cookie:x", "http://anna@host/", "http://:secret@host/", "http://anna:se/cret@host/"])
def test_what_is_no_address_is_refused_before_anything_is_asked_and_keeps_its_password(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        RemoteStore(url, {})
    assert str(caught.value).isprintable()
    assert "http://" in str(caught.value)
    assert "cret" not in str(caught.value)


# Our graphs on the server

@pytest.mark.parametrize(("union", "foreign", "named"), [(True, False, False), (True, True, True), (False, False, True), (False, True, True)])
def test_our_graphs_are_named_where_the_default_graph_is_not_just_their_union(union: bool, foreign: bool, named: bool) -> None:
    with canned(first := ours("one", "two", union=union, foreign=foreign), reply := Reply(body=ROWS)) as url:
        store = RemoteStore(url, {"ex": EX})
        for text in ("SELECT ?a { ?s ex:p ?a }", "SELECT (1 AS ?a) WHERE { }"):
            store.query(text)
    clause = f" FROM <{EX}one> FROM NAMED <{EX}one> FROM <{EX}two> FROM NAMED <{EX}two> " if named else ""
    assert len(first.requests) == 1
    assert [sent(reply, i)["query"] for i in (0, 1)] == [[f"PREFIX ex: <{EX}> SELECT ?a {clause}{{ ?s ex:p ?a }}"], [f"SELECT (1 AS ?a) {clause}WHERE {{ }}"]]


@pytest.mark.parametrize(("text", "given"), [
    ("SELECT ?a FROM <http://e/g> { ?s ?p ?a }", {}), (SELECT, {"default_graphs": [EX]}), (SELECT, {"named_graphs": [EX]})])
def test_a_query_with_a_dataset_of_its_own_keeps_it_without_a_question(text: str, given: dict[str, list[str]]) -> None:
    with canned(reply := Reply(body=ROWS)) as url:
        RemoteStore(url, {}).query(text, **given)
    assert len(reply.requests) == 1
    assert sent(reply)["query"] == [text]


@pytest.mark.parametrize("first", [
    foreign(), Reply(status=400, kind="text/plain", body=b"GRAPH is not supported"), Reply(body=ROWS), Reply(body=b'{"head": {}, "boolean": true}')],
    ids=["none", "refused", "others", "boolean"])
def test_a_server_that_knows_none_of_our_graphs_is_asked_as_it_stands(first: Reply) -> None:
    with canned(first, reply := Reply(body=ROWS)) as url:
        store = RemoteStore(url, {})
        assert [len(store.query(SELECT)) for _ in range(2)] == [1, 1]
    assert len(first.requests) == 1
    assert [sent(reply, i) for i in (0, 1)] == [{"query": [SELECT]}] * 2


# What is accepted

@pytest.mark.parametrize("reply", [
    Reply(kind=JSON, body=ROWS), Reply(kind="application/json;charset=utf-8", body=ROWS), Reply(kind="", body=ROWS),
    Reply(kind="application/sparql-results+xml", body=XML), Reply(kind="text/xml; charset=UTF-8", body=XML),
    Reply(body=gzip.compress(ROWS), header={"Content-Encoding": "gzip"}), Reply(body=ROWS, length=-1), Reply(body=ROWS, header={"X-SPARQL-default-graph": EX}),
], ids=["json", "plain-json", "untyped", "xml", "plain-xml", "packed", "unannounced", "chatty"])
def test_rows_are_read_by_their_media_type_and_from_their_packing(reply: Reply) -> None:
    with canned(foreign(), reply) as url:
        answer = RemoteStore(url, {}).query(SELECT)
    assert answer.rows.to_dicts() == [{"a": "x"}]
    assert answer.serialize("json").startswith(b'{"head":{"vars":["a"]}')


@pytest.mark.parametrize(("kind", "body"), [
    ("application/n-triples", TRIPLE * 2), ("text/plain", TRIPLE), ("text/turtle; charset=utf-8", TURTLE), ("application/rdf+xml", RDF), ("", TRIPLE),
    ("application/ld+json", f'{{"@id": "{EX}s", "{EX}p": "x"}}')])
def test_a_graph_is_read_by_its_media_type(kind: str, body: str) -> None:
    with canned(foreign(), reply := Reply(kind=kind, body=body.encode())) as url:
        assert RemoteStore(url, {}).query(CONSTRUCT).serialize("nt") == TRIPLE.encode()
    assert reply.headers[0]["accept"].startswith("application/n-triples")


def test_a_graph_may_be_empty() -> None:
    with canned(foreign(), Reply(kind="application/n-triples", body=b"")) as url:
        assert len(RemoteStore(url, {}).query("DESCRIBE <http://example.org/s>")) == 0


# What fails

FAILURES = {
    "page": (Reply(kind="text/html", body=b"<!doctype html>\n<html>Welcome</html>"),
             "answered text/html in place of SPARQL results in JSON or XML (it begins '<!doctype html> <html>"),
    "page-as-json": (Reply(body=b"<html>Welcome</html>"), "that breaks off or is malformed"),
    "csv": (Reply(kind="text/csv", body=b"a\nx\n"), f"answered text/csv in place of SPARQL results in JSON or XML (it begins 'a x'); {IS_IT}"),
    "bytes": (Reply(kind="application/octet-stream", body=ROWS), "answered application/octet-stream in place of"),
    "xml-as-json": (Reply(body=XML), "sent application/sparql-results+json that breaks off or is malformed"),
    "graph": (Reply(kind="text/turtle", body=TURTLE.encode()), "answered text/turtle in place of SPARQL results"),
    "nothing": (Reply(body=b""), "it is empty"),
    "cut": (Reply(body=ROWS[:60]), "breaks off or is malformed"),
    "cancelled": (Reply(body=ROWS[:60] + b"The operation has been cancelled"), "The operation has been cancelled'); ask again, or ask for less"),
    "short": (Reply(body=ROWS, length=1000), "broke off its answer (IncompleteRead(0 bytes read, 906 more expected)); ask again"),
    "packed-short": (Reply(body=gzip.compress(ROWS)[:-9], header={"Content-Encoding": "gzip"}), "broke off its answer"),
    "not-packed": (Reply(body=ROWS, header={"Content-Encoding": "gzip"}), "broke off its answer"),
    "packed-oddly": (Reply(body=ROWS, header={"Content-Encoding": "br"}), "packed its answer as br"),
    "no-text": (Reply(body=ROWS.replace(b"x", b"\xff\xfe")), "breaks off or is malformed"),
    "too-large": (Reply(body=b" " * 20_000 + ROWS), "answers with more than 0.01 MB; narrow the query, add LIMIT, or load the dump"),
    "too-large-unannounced": (Reply(body=b" " * 1000, times=20, length=-1), "answers with more than 0.01 MB"),
    "too-large-unpacked": (Reply(body=gzip.compress(b" " * 200_000), header={"Content-Encoding": "gzip"}), "answers with more than 0.01 MB"),
    "no-http": (Reply(raw=b"SSH-2.0-OpenSSH_9.2\r\n"), "broke off its answer (SSH-2.0-OpenSSH_9.2"),
    "hung-up": (Reply(raw=b""), "broke off its answer (Remote end closed connection without response)"),
    "endless-header": (Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200), "broke off its answer (got more than 100 headers)"),
    "204": (Reply(status=204, body=b""), "answered 204 No Content instead of 200"),
    "206": (Reply(status=206, body=ROWS), "answered 206 Partial Content instead of 200"),
    "301": (Reply(status=301, header={"Location": "https://user:secret@other.example/sparql?token=1"}),
            "sends on to https://other.example/sparql?…; give that address if you trust it"),
    "302": (Reply(status=302, header={"Location": "//other.example/sparql"}), "sends on to http://other.example/sparql; give that address"),
    "303": (Reply(status=303, header={"Location": "/results/1"}), "/results/1; give that address if you trust it"),
    "307": (Reply(status=307, header={"Location": "/sparql/"}), "/sparql/; give that address if you trust it"),
    "308": (Reply(status=308, header={"Location": "file:///etc/passwd"}), "sends on to file:///etc/passwd"),
    "304": (Reply(status=304, body=b""), "answered 304 and named no other address"),
    "401": (Reply(status=401, body=b"Sign in\nfirst"), "answered 401 (Sign in first); give a name and password that it knows, as https://NAME:PASSWORD@host/path"),
    "403": (Reply(status=403, body=b"no"), "answered 403 (no); check the address and your access"),
    "404": (Reply(status=404, kind="text/html", body=b"<html>not here</html>"), "answered 404 (with a page); check the path of the address"),
    "405": (Reply(status=405, body=b""), "answered 405 (Method Not Allowed); it takes no POST"),
    "406": (Reply(status=406, body=b""), "answered 406 (Not Acceptable)"),
    "418": (Reply(status=418, body=b"tea"), "answered 418 (tea); check the address and your access"),
    "429": (Reply(status=429, body=b"slow down", header={"Retry-After": "120"}),
            "answered 429 (slow down); it has had too many requests; wait and ask again; it names a wait of 120 s"),
    "429-date": (Reply(status=429, body=b"", header={"Retry-After": "Mon, 23 Nov 2026 08:00:00 GMT"}), "it names a wait of Mon, 23 Nov 2026 08:00:00 GMT"),
    "500": (Reply(status=500, kind="text/plain", body=b"Oh\n\x1b[31mno" + b"x" * 100_000), "answered 500 (Oh [31mnoxxx"),
    "502": (Reply(status=502, body=b""), "answered 502 (Bad Gateway); the server behind it is out of service; try again later"),
    "503": (Reply(status=503, body=b"", header={"Retry-After": "5"}),
            "answered 503 (Service Unavailable); it is busy or out of service; try again later; it names a wait of 5 s"),
    "504": (Reply(status=504, body=b"\xff"), "it ran out of time; narrow the query, or add LIMIT"),
    "partial": (Reply(body=ROWS, header={"X-SQL-State": "S1TAT"}), "stopped at its time limit and gave a part of the rows (S1TAT)"),
    "capped": (Reply(body=ROWS, header={"X-SPARQL-MaxRows": "10000"}), "gives no more than 10000 rows and may have cut the answer there"),
}
LIMITED = {FAILURES[name][1] for name in ("too-large", "too-large-unannounced", "429", "429-date", "503", "504", "partial", "capped")}


@pytest.mark.parametrize("first", [True, False], ids=["first", "second"])
@pytest.mark.parametrize(("reply", "message"), FAILURES.values(), ids=FAILURES)
def test_an_endpoint_that_fails_is_one_line_and_one_request(reply: Reply, message: str, first: bool) -> None:
    reply.requests.clear()
    with canned(*([reply] if first else [foreign(), reply])) as url:
        caught = fails(url)
    assert type(caught) is (LimitError if message in LIMITED else StoreError)
    assert message in str(caught)
    assert str(caught).startswith(url)
    assert "secret" not in str(caught)
    assert len(reply.requests) == 1


@pytest.mark.parametrize(("body", "said"), [("expected '}'\nat line 3 — é".encode(), "expected '}' at line 3 — é"), (b"", "it says no more")])
def test_a_query_that_is_refused_is_an_error_of_the_query(body: bytes, said: str) -> None:
    with canned(foreign(), reply := Reply(status=400, kind="text/plain", body=body)) as url:
        caught = fails(url)
    assert type(caught) is QueryError
    assert str(caught) == f"{url} refused the query: {said}"
    assert len(reply.requests) == 1


@pytest.mark.parametrize(("reply", "message"), [
    (Reply(kind="text/html", body=b"<html>"), f"answered text/html in place of RDF (it begins '<html>'); {IS_IT}"),
    (Reply(kind=JSON, body=ROWS), f"answered {JSON} in place of RDF"),
    (Reply(kind="application/n-triples", body=f"{TRIPLE}<{EX}s> <{EX}".encode()), "breaks off or is malformed"),
    (Reply(kind="application/n-triples", body=TRIPLE.encode() + b"The operation has been cancelled"), "breaks off or is malformed"),
    (Reply(kind="text/turtle", body=b"\xff"), "breaks off or is malformed"),
], ids=["page", "rows", "cut", "cancelled", "bytes"])
def test_a_graph_that_is_none_or_breaks_off_is_refused(reply: Reply, message: str) -> None:
    with canned(foreign(), reply) as url:
        assert message in str(fails(url, CONSTRUCT))
    assert len(reply.requests) == 1


SLOW = {
    "never": Reply(seconds=30),
    "header-drips": Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50, drip=0.05),
    "body-drips": Reply(body=ROWS, drip=0.05),
    "error-drips": Reply(status=400, body=b"x" * 1000, drip=0.05),
}


@pytest.mark.parametrize("reply", SLOW.values(), ids=SLOW)
def test_an_answer_is_given_up_when_its_time_is_over_however_slowly_it_comes(reply: Reply) -> None:
    with canned(foreign(), reply) as url:
        start = time.monotonic()
        caught = fails(url, timeout=0.3)
        assert time.monotonic() - start < 2
    if reply.status == 200:
        assert type(caught) is LimitError
        assert str(caught) == f"{url} gave no whole answer within 0.3 s (timed out); narrow the query, or raise --timeout"
    else:
        assert "refused the query" in str(caught)
    assert len(reply.requests) == 1


def test_ten_million_rows_are_refused_at_the_limit_and_cost_no_memory() -> None:
    limit = 2**26
    with canned(foreign(), Reply(body=b" " * 2**20, times=2**10, length=-1)) as url:
        tracemalloc.start()
        try:
            caught = fails(url, limit=limit)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert "answers with more than 64 MB" in str(caught)
    assert most < limit * 3 / 4


def test_an_answer_as_large_as_the_limit_is_taken() -> None:
    with canned(foreign(), Reply(body=ROWS)) as url:
        assert len(RemoteStore(url, {}, limit=len(ROWS)).query(SELECT)) == 1


def test_an_address_where_nobody_answers_is_one_line() -> None:
    caught = fails(f"http://127.0.0.1:{free_port()}/sparql")
    assert type(caught) is StoreError
    assert "cannot be reached ([Errno" in str(caught)


def test_a_server_without_a_certificate_is_one_line() -> None:
    with canned(reply := Reply()) as url:
        caught = fails(url.replace("http://", "https://"))
    assert type(caught) is StoreError
    assert "cannot be reached ([SSL" in str(caught)
    assert reply.requests == []
