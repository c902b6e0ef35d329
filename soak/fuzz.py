"""Queries of the library and requests of the protocol become hostile ones by chance, and each must get an honest answer.

A query is mutated by its tokens: some go, come twice, change places, are spliced from another query, or become words that hurt. A request
then gets a method, an address, headers and a body, which are mutated too. Whatever it is: the server answers, never with 500, never with a
page of its own for the error, in the type that it names, and goes on. What breaks that is written down, to be kept as a test.

    python -m soak.fuzz --requests 200000 --seed 1
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote_plus, urlencode, urlsplit

from comity.syntax import tokens
from soak.serving import ROOT, served

#: a client that asks for nothing outrageous gets one of these
HONEST = {200, 204, 301, 302, 303, 304, 307, 308, 400, 403, 404, 405, 406, 408, 409, 411, 413, 414, 415, 416, 429, 431, 503}
WORDS = [
    "SERVICE", "FROM", "LOAD", "DROP ALL", "<file:///etc/passwd>", "<http://127.0.0.1:1/>", "<>", "<<", ">>", "{", "}", "(", ")", "[", "]", "\\u0000",
    "\\U0010FFFF", "'", '"', '"""', "'''", "#", "\r", "\n", "\x00", "\ufeff", "\u202e", "😀", "-", "1e999", "99999999999999999999", "-0", "^^", "@en-",
    "comity:", "?", "$", "*", "+", "|", "!", "^", "DISTINCT", "REDUCED", "GROUP BY", "HAVING", "ORDER BY", "LIMIT -1", "OFFSET 99999999999", "FILTER",
    "EXISTS", "NOT", "MINUS", "UNION", "OPTIONAL", "VALUES", "BIND", "AS", "GRAPH", "UNDEF", "COUNT(*)", "REGEX(", "BNODE()", "NOW()", "IRI('x')",
    "STRLANG('a','b')", "xsd:date", "<graph/view/2024-01-01>", "?a ?b ?c .", "SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "WHERE", "BASE <x>", "PREFIX a: <a>",
]
ACCEPTS = [
    "*/*", "application/sparql-results+json", "text/csv", "text/turtle", "application/ld+json", "text/html", "application/rdf+xml", "image/png", "",
    "text/*;q=0.3, application/json;q=nan", "a/b" * 200, "application/sparql-results+xml;q=1.0001", ";;;", "\x7f",
]
KINDS = [
    "application/sparql-query", "application/x-www-form-urlencoded", "application/sparql-update", "text/plain", "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded; charset=utf-16", "", "application/sparql-query; charset=latin-1", "x" * 500,
]
PATHS = [
    "/sparql", "/sparql/", "/advice", "/queries/lookup/parties", "/queries/../..", "/doc/actor/JPN", "/doc/actor/JPN.ttl", "/id/actor/%00",
    "/doc/../../etc/passwd", "/doc/actor/JPN.exe", "/dumps/../../../etc/passwd", "/dumps/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/route", "/metrics", "/search",
    "/concept/topic/%ff", "/q/x", "/ontology/%0d%0aX-Injected:%201", "/static/../pages.py", "/graph/actors", "/timegate/actor/JPN", "/.well-known/void",
    "/catalog", "/health", "/\u202e", "/", "/query", "/routes", "/paradigms", "/methods", "/ontology",
]
FIELDS = ["default-graph-uri", "named-graph-uri", "as_of", "known_on", "possibly", "format", "update", "using-graph-uri", "query", "agreement", "from", "q"]


@dataclass(frozen=True)
class Request:
    """One request, as it can be written down and sent again."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def line(self) -> str:
        """Return the request on one line, which `read` reads."""
        return json.dumps([self.method, self.path, self.headers, self.body.decode("latin-1")])


def read(line: str) -> Request:
    """Return a request that was written down."""
    method, path, headers, body = json.loads(line)
    return Request(method, path, tuple((name, value) for name, value in headers), body.encode("latin-1"))


class Mutator:
    """Requests by chance, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "queries").glob("*/*.rq"))]
        self.queries = [[t.text for t in tokens(text) if t.kind != "comment"] for text in texts]

    def request(self) -> Request:
        """Return the next request."""
        chance = self.chance
        text = self._query()
        path = "/sparql" if chance.random() < .8 else chance.choice(PATHS)
        headers = [("Accept", chance.choice(ACCEPTS))] if chance.random() < .5 else []
        if chance.random() < .05:
            headers.append((chance.choice(["If-None-Match", "Accept-Datetime", "Origin", "X-Forwarded-For", "Range", "Cookie", "Accept-Language"]),
                            self._noise(chance.randrange(40))))
        match chance.randrange(4):
            case 0 | 1:
                return Request(chance.choice(["GET"] * 8 + ["HEAD", "OPTIONS"]), f"{path}?{self._form(text)}"[:60_000], self._clean(headers), b"")
            case 2:
                kind = chance.choice(KINDS) if chance.random() < .3 else KINDS[0]
                return Request("POST", path, self._clean([*headers, ("Content-Type", kind)]), self._bytes(text.encode("utf-8", "surrogatepass")))
            case _:
                kind = chance.choice(KINDS) if chance.random() < .3 else KINDS[1]
                return Request(chance.choice(["POST"] * 8 + ["PUT", "DELETE", "PATCH", "TRACE", "BREW"]), path, self._clean([*headers, ("Content-Type", kind)]),
                               self._bytes(self._form(text).encode()))

    def _query(self) -> str:
        parts = list(self.chance.choice(self.queries))
        for _ in range(self.chance.choice([0, 1, 1, 2, 3, 5, 20])):
            place = self.chance.randrange(len(parts) + 1)
            match self.chance.randrange(6):
                case 0:
                    del parts[place:place + self.chance.randrange(1, 4)]
                case 1:
                    parts[place:place] = parts[place:place + self.chance.randrange(1, 8)]
                case 2:
                    parts.insert(place, f" {self.chance.choice(WORDS)} ")
                case 3:
                    other = self.chance.choice(self.queries)
                    start = self.chance.randrange(len(other))
                    parts[place:place] = other[start:start + self.chance.randrange(1, 12)]
                case 4 if len(parts) > 1:
                    one, two = self.chance.sample(range(len(parts)), 2)
                    parts[one], parts[two] = parts[two], parts[one]
                case _:
                    parts.insert(place, self._noise(self.chance.randrange(1, 6)))
        return "".join(parts)

    def _form(self, text: str) -> str:
        fields = [("query", text)]
        if self.chance.random() < .3:
            values = ["2024-01-01", "today", "JPN", "file:///etc/passwd", "", "9999-99-99", self._noise(8)]
            fields.append((self.chance.choice(FIELDS), self.chance.choice(values)))
        encoded = urlencode(fields, errors="surrogatepass")
        if self.chance.random() < .95:
            return encoded
        return encoded.replace("%", self.chance.choice(["%", "%%", "%2", "%zz"]), 1) + quote_plus(self._noise(3), errors="replace")

    def _noise(self, length: int) -> str:
        pick = self.chance.randrange
        return "".join(chr(self.chance.choice([pick(32, 127), pick(128, 0xD800), pick(32)])) for _ in range(length))

    def _bytes(self, body: bytes) -> bytes:
        if body and self.chance.random() < .1:
            data = bytearray(body)
            data[self.chance.randrange(len(data))] = self.chance.randrange(256)
            return bytes(data)
        return body

    @staticmethod
    def _clean(headers: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Leave out what the client itself would refuse to send."""
        return tuple((name, "".join(c for c in value if c == "\t" or 32 <= ord(c) < 127)) for name, value in headers)


def complaint(request: Request, status: int, headers: dict[str, str], body: bytes) -> str:
    """Return what is wrong with an answer, nothing if it is honest."""
    kind = headers.get("content-type", "").partition(";")[0]
    if status not in HONEST:
        return f"status {status}"
    if "x-injected" in headers:
        return "a header was injected"
    if b"Traceback (most recent call last)" in body or b"root:x:0" in body:
        return "says what nobody should see"
    if request.method in ("HEAD", "OPTIONS") or not body:
        return ""
    try:
        if kind.endswith("json"):
            json.loads(body)
        elif kind.endswith("xml"):
            ET.fromstring(body)
    except (ValueError, ET.ParseError) as error:
        return f"{kind} that cannot be read: {error}"
    return ""


def send(address: str, request: Request, connection: HTTPConnection) -> tuple[int, str]:
    """Send a request and return its status and what is wrong with the answer."""
    connection.putrequest(request.method, request.path.encode("ascii", "xmlcharrefreplace").decode().replace(" ", "%20"), skip_accept_encoding=True)
    for name, value in request.headers:
        connection.putheader(name, value)
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        connection.putheader("Content-Length", str(len(request.body)))
    connection.endheaders(request.body or None)
    answer = connection.getresponse()
    body = answer.read()
    return answer.status, complaint(request, answer.status, {k.lower(): v for k, v in answer.getheaders()}, body)


def attack(address: str, seed: int, count: int) -> tuple[Counter[int], list[tuple[str, str]]]:
    """Send `count` requests of `seed`; return how often each status came, and what was wrong with which request."""
    mutator, statuses, found = Mutator(seed), Counter[int](), []
    host = urlsplit(address).netloc
    connection = HTTPConnection(host, timeout=60)
    for _ in range(count):
        request = mutator.request()
        for attempt in range(2):
            try:
                status, wrong = send(address, request, connection)
            except (HTTPException, OSError, UnicodeError, ValueError) as error:
                connection.close()
                connection = HTTPConnection(host, timeout=60)
                status, wrong = 0, f"{type(error).__name__}: {error}"
                if attempt == 0 and not isinstance(error, TimeoutError):
                    continue  # the server may have closed the connection after the answer before
            break
        if status == 0 and ("can't contain control characters" in wrong or "Invalid" in wrong):
            continue  # the client refused to send it
        statuses[status] += 1
        if wrong:
            found.append((wrong, request.line()))
        if status in (400, 408, 413, 414, 431):
            connection.close()
            connection = HTTPConnection(host, timeout=60)
    connection.close()
    return statuses, found


def main() -> int:
    """Attack a server of the small graph, print what came, and write down what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--out", type=Path, default=Path("build/fuzz.jsonl"))
    asked = parser.parse_args()
    began = time.monotonic()
    with served("--timeout", "0.3", "--memory", "256", "--answer", "2", "--each", "1000") as (address, _), ThreadPoolExecutor(asked.clients) as pool:
        share = -(-asked.requests // asked.clients)
        parts = list(pool.map(lambda n: attack(address, asked.seed * 1000 + n, share), range(asked.clients)))
    statuses = sum((part for part, _ in parts), Counter[int]())
    found = [one for _, part in parts for one in part]
    print(f"{sum(statuses.values()):,} requests in {time.monotonic() - began:.0f} s, seed {asked.seed}; status: "
          + ", ".join(f"{status} {count:,}" for status, count in sorted(statuses.items())))
    print(f"{len(found)} wrong answers")
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text("".join(f"{json.dumps([wrong, line])}\n" for wrong, line in found), encoding="utf-8")
    for wrong, count in Counter(wrong for wrong, _ in found).most_common(20):
        print(f"  {count} {wrong}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
