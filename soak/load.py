"""Mixed traffic on the built graph, with runaways and nonsense among it, becomes counts, times and memory, each answer held against a recorded one.

    python -m soak.load --minutes 30

Every ordinary address is asked once before and its answer is recorded; during the load each answer must be that one, byte for byte. One
request in a hundred is a query that runs away, which must be stopped with 503, and one in a hundred is no query at all, which must be 400.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote, urlsplit

from comity.queries import library
from comity.settings import layout
from soak.serving import ROOT, served

CLIENTS = 8
RUNAWAY = f"/sparql?query={quote('SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?d) }')}"
NONSENSE = f"/sparql?query={quote('SELECT WHERE {')}"
#: of each hundred requests
RUNAWAYS = NONSENSES = 1
THINGS = ("actor/JPN", "actor/EU", "actor/SGP", "instrument/cptpp", "instrument/eu-gdpr-2016", "concept/topic/data-flows")


@dataclass
class Seen:
    """What the clients saw: seconds of good answers, how often each status came, and what was wrong."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def addresses() -> list[str]:
    """Return what ordinary clients ask: questions of the library at a fixed day in three formats, documents in three, pages and searches."""
    asked = []
    for name, question in library(layout(ROOT).queries).items():
        if name.startswith(("network/", "routes/")):
            continue
        day = "&as_of=2026-01-01" if any(p.name == "as_of" for p in question.parameters) else ""
        asked += [f"/queries/{name}?known_on=2026-11-01{day}&format={form}" for form in ("json", "csv")]
    asked += [f"/doc/{thing}.{form}" for thing in THINGS for form in ("html", "ttl", "jsonld") if not thing.startswith("concept/")]
    asked += [f"/sparql?query={quote(f'SELECT ?p ?o {{ <https://w3id.org/comity/id/{thing}> ?p ?o }} ORDER BY ?p ?o')}" for thing in THINGS]
    return [*asked, "/", "/queries", "/ontology", "/search?q=data", "/.well-known/void", "/catalog"]


def get(connection: HTTPConnection, path: str) -> tuple[int, str]:
    """Return status and digest of an answer."""
    connection.request("GET", path, headers={"Accept-Encoding": "identity"})
    answer = connection.getresponse()
    return answer.status, hashlib.sha256(answer.read()).hexdigest()


def client(host: str, oracle: dict[str, str], seed: int, end: float, seen: Seen) -> None:
    """Ask until `end`."""
    chance, connection, asked = random.Random(seed), HTTPConnection(host, timeout=60), sorted(oracle)
    while time.monotonic() < end:
        draw = chance.randrange(100)
        path = RUNAWAY + f"%23{chance.random()}" if draw < RUNAWAYS else NONSENSE if draw < RUNAWAYS + NONSENSES else chance.choice(asked)
        began = time.monotonic()
        for _ in range(2):  # a connection that idled may be closed as the request is sent; a GET is sent again, as by any client
            try:
                status, digest = get(connection, path)
                break
            except (HTTPException, OSError) as error:
                connection.close()
                connection = HTTPConnection(host, timeout=60)
                status, digest = 0, f"{type(error).__name__}: {error}"
        took = time.monotonic() - began
        with seen.lock:
            seen.statuses[status] += 1
            expected = 503 if draw < RUNAWAYS else 400 if draw < RUNAWAYS + NONSENSES else 200
            if path in oracle and status == 200:
                seen.seconds.append(took)
            if status == 503:
                continue  # a runaway that was stopped, or every worker was busy with one; counted, and said
            if status != expected or (path in oracle and oracle[path] != digest):
                seen.wrong.append(f"{path[:120]}: {status} {digest if status == 0 else ''}")


def tree(pid: int) -> list[int]:
    """Return a process and all below it."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found = [pid]
    for one in found:
        found += [child for child, parent in pairs if parent == one]
    return found


def megabytes(pids: list[int]) -> float:
    """Return what processes hold of memory that they do not share, where the system tells (Linux), else their resident memory."""
    total = 0.0
    for pid in pids:
        try:
            said = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
            total += sum(float(line.split()[1]) for line in said.splitlines() if line.startswith("Pss:")) / 1024
        except ProcessLookupError:
            continue  # a worker that was stopped in this moment
        except OSError:
            listed = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout.strip()
            total += float(listed or 0) / 1024
    return total


def main() -> int:
    """Load a server of the built graph and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    seen, memory = Seen(), []
    with served("--timeout", "2", real=True) as (address, pid), ThreadPoolExecutor(CLIENTS) as pool:
        host = urlsplit(address).netloc
        connection = HTTPConnection(host, timeout=120)
        first = {path: get(connection, path) for path in addresses()}
        left_out = [path for path, (status, _) in first.items() if status != 200]
        oracle = {path: digest for path, (status, digest) in first.items() if status == 200}
        end = time.monotonic() + 60 * asked.minutes
        clients = [pool.submit(client, host, oracle, asked.seed * 100 + n, end, seen) for n in range(CLIENTS)]
        before = len(tree(pid))
        while time.monotonic() < end:
            memory.append(megabytes(tree(pid)))
            time.sleep(min(5, 6 * asked.minutes))
        for one in clients:
            one.result()
        time.sleep(3)
        after = len(tree(pid))
    _say(asked.minutes, oracle, left_out, seen, memory, (before, after))
    return 1 if seen.wrong or after != before else 0


def _say(minutes: float, oracle: dict[str, str], left_out: list[str], seen: Seen, memory: list[float], processes: tuple[int, int]) -> None:
    times = sorted(seen.seconds)
    at = {p: times[min(len(times) - 1, int(p / 100 * len(times)))] * 1000 for p in (50, 90, 99)}
    half = len(memory) // 2
    print(f"{sum(seen.statuses.values()):,} requests in {minutes:g} min from {CLIENTS} clients on {len(oracle)} addresses; status: "
          + ", ".join(f"{status} {count:,}" for status, count in sorted(seen.statuses.items())))
    print(f"good answers: median {at[50]:.1f} ms, 90 % below {at[90]:.0f} ms, 99 % below {at[99]:.0f} ms; wrong: {len(seen.wrong)}")
    print(f"memory of all processes: first half at most {max(memory[:half] or [0]):.0f} MB, second half at most {max(memory[half:] or [0]):.0f} MB")
    print(f"processes before and after: {processes[0]}, {processes[1]}")
    for path in left_out:
        print(f"  not 200 before the load, left out: {path}")
    for what, count in Counter(seen.wrong).most_common(10):
        print(f"  {count} {what}")


if __name__ == "__main__":
    sys.exit(main())
