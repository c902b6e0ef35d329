"""Ours and the Oxigraph server hold the same file on the same machine and are asked over HTTP at once by eight clients, one after the other.

The load comes from wrk, a program in C that takes little of the two cores. Each round starts fresh servers and asks ours and the
other in turn, so that what disturbs the machine disturbs both; a value is the median of the rounds.
"""

from __future__ import annotations

import http.client
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from benchmarks.mix import mix
from benchmarks.results import p95
from benchmarks.servers import Copied, Keeping, Oxigraph, Server, free_port

INSTALL = "apt-get install wrk"
CLIENTS = 8
SECONDS = 5
ROUNDS = 5
SUBJECTS = 500
#: of the mix, what takes a few milliseconds, and what takes longest
MEDIUM = ("lookup/agreements-of", "lookup/bound-by", "lookup/parties", "measures/aimed-at", "compare/party-to-one-only", "construct")
HEAVY = ("provenance/evidence-grades", "network/agreements", "changes/began-or-ended", "recognition/one-way", "compare/shared-agreements")
ROWS = 100_000
LARGE = f"SELECT ?s ?p ?o WHERE {{ ?s ?p ?o }} LIMIT {ROWS}"
_LUA = """local paths, n = {}, 0
function init(args) for line in io.lines(args[1]) do paths[#paths + 1] = line end n = math.random(#paths) end
function request() n = n % #paths + 1 return wrk.format("GET", paths[n]) end
"""


class Load(NamedTuple):
    """What a server did under load: answers a second, and answers that were no answers."""

    rate: float
    failed: int


def is_here() -> bool:
    """Say whether wrk is installed."""
    return shutil.which("wrk") is not None


def loads() -> dict[str, list[str]]:
    """Return the texts of each kind of load: look-ups of one thing; these with questions of some milliseconds, eight to two; the heaviest."""
    texts = mix()
    light = [f"SELECT ?property ?value WHERE {{ <https://w3id.org/comity/id/actor/firm-{n:07}> ?property ?value }}" for n in range(1, SUBJECTS + 1)]
    mixed = [text for n, name in enumerate(MEDIUM * 20) for text in (*light[4 * n:4 * n + 4], texts[name])]
    return {"light": light, "mixed": mixed, "heavy": [texts[name] for name in HEAVY]}


def measure(data: Path, *, rounds: int = ROUNDS, seconds: int = SECONDS) -> Iterator[tuple[str, str, float]]:
    """Yield engine, measure and value: answers a second under each load, milliseconds of look-ups and to the first byte of a large answer."""
    values: dict[tuple[str, str], list[float]] = {}
    engines: Sequence[type[Server]] = (Oxigraph, Copied, Keeping)
    with ExitStack() as stack:
        running = {engine.name: stack.enter_context(_served(engine, data)) for engine in engines}
        empty = stack.enter_context(_empty())
        asked = loads()
        for _ in range(rounds):
            for kind, texts in asked.items():
                for name, url in running.items():
                    load = press(url, texts, seconds)
                    if load.failed:
                        raise RuntimeError(f"{name} failed {load.failed} times under the {kind} load")
                    values.setdefault((name, f"{kind}, answers a second"), []).append(load.rate)
            for name, url in {"an empty route": empty, **running}.items():
                values.setdefault((name, "look-up, p95 ms"), []).append(1000 * p95(look_up(url, asked["light"] if name in running else [""])))
            for name, url in running.items():
                values.setdefault((name, f"first byte of {ROWS:,} rows, ms"), []).append(1000 * first_byte(url))
    for (name, what), found in values.items():
        yield name, what, statistics.median(found)


def press(url: str, texts: Sequence[str], seconds: int) -> Load:
    """Ask for `texts` in turn, `CLIENTS` at a time."""
    parts = urlsplit(url)
    with tempfile.TemporaryDirectory(prefix="comity-wrk-") as name:
        script, paths = Path(name) / "wrk.lua", Path(name) / "paths"
        script.write_text(_LUA, encoding="ascii")
        paths.write_text("".join(f"{parts.path}?query={quote(text, safe='')}\n" for text in texts), encoding="ascii")
        command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "--timeout", "60s", "-s", str(script), f"http://{parts.netloc}", "--", str(paths)]
        return told(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def told(text: str) -> Load:
    """Read what wrk prints. Raises `ValueError` for what it does not print."""
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    if rate is None:
        raise ValueError(f"wrk said something else: {text[:200]!r}")
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return Load(float(rate[1]), sum(map(int, errors.groups() if errors else ())) + int(refused[1] if refused else 0))


def look_up(url: str, texts: Sequence[str], count: int = 1000) -> list[float]:
    """Return the seconds that each of `count` look-ups takes on one connection, after some to warm up."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    found = []
    for number in range(count + 100):
        text = texts[number % len(texts)]
        start = time.perf_counter()
        connection.request("GET", f"{parts.path}?query={quote(text, safe='')}" if text else parts.path)
        connection.getresponse().read()
        found.append(time.perf_counter() - start)
    connection.close()
    return found[100:]


def first_byte(url: str) -> float:
    """Return the seconds until the first byte of a large answer in CSV. Raises `RuntimeError` if rows are missing."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    start = time.perf_counter()
    connection.request("GET", f"{parts.path}?query={quote(LARGE, safe='')}", headers={"Accept": "text/csv"})
    response = connection.getresponse()
    response.read(1)
    seconds = time.perf_counter() - start
    lines = response.read().count(b"\n")
    connection.close()
    if lines < ROWS:
        raise RuntimeError(f"{url} gave {lines:,} lines in place of {ROWS:,} rows")
    return seconds


@contextmanager
def _served(engine: type[Server], data: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="comity-served-") as name:
        server = engine(Path(name))
        server.load(data)
        try:
            yield server.url
        finally:
            server.close()


@contextmanager
def _empty() -> Iterator[str]:
    """Serve one FastAPI route that does nothing, as the measure of the framework alone."""
    port = free_port()
    code = f"""
import uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/empty")
def empty(): return {{}}
uvicorn.run(app, port={port}, log_level="critical")
"""
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        for _ in range(100):
            try:
                connection = http.client.HTTPConnection(f"127.0.0.1:{port}")
                connection.request("GET", "/empty")
                connection.getresponse().read()
                break
            except OSError:
                time.sleep(0.1)
        try:
            yield f"http://127.0.0.1:{port}/empty"
        finally:
            process.kill()


def ratios(values: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Return each value of ours as a multiple of the other server's."""
    theirs = {what: value for (name, what), value in values.items() if name == Oxigraph.name}
    return {(name, what): value / theirs[what] for (name, what), value in values.items() if what in theirs and name != Oxigraph.name}
