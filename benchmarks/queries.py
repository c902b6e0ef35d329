"""The query library is timed on the built graph by each engine in turn, and the medians become `docs/performance.md`.

Peers answer the same bound text over the union of all graphs: pyoxigraph in memory (ours), the Oxigraph server over
HTTP through SPARQLWrapper, and rdflib in memory. An engine that fails, or whose rows differ in number, is shown so.
A query that takes an engine longer than `LIMIT` seconds is run once; one longer than `STOP` is stopped and failed.
"""

from __future__ import annotations

import csv
import math
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyoxigraph
import rdflib

from comity.dumps import dump
from comity.graph import open as open_graph
from comity.names import dataset_version
from comity.queries import Question, bindings
from comity.remote import RemoteStore
from comity.store import EmbeddedStore
from comity.syntax import bind

RUNS = 5
LIMIT = 2.0
STOP = 15
OUT = Path(__file__).resolve().parents[1] / "docs"
Engine = Callable[[str], int]


def main() -> None:
    """Time every query on every engine and write the table and the CSV."""
    signal.signal(signal.SIGALRM, _stop)
    graph = open_graph()
    store = graph.store
    assert isinstance(store, EmbeddedStore)
    questions = graph.queries()
    texts = {name: bind(q.text, bindings(store, q, {})) for name, q in questions.items()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "comity.nq"
        path.write_bytes(dump(store.store, "nq", store.prefixes))
        server, remote = _server(path, store.prefixes)
        try:
            engines: dict[str, Engine] = {
                "pyoxigraph in memory": lambda text: len(store.query(text).rows),
                "Oxigraph server over HTTP": lambda text: len(remote.query(text).rows),
                "rdflib in memory": _rdflib(path),
            }
            results = {name: _time_all(engine, texts) for name, engine in engines.items()}
        finally:
            server.terminate()
            server.wait(10)
    _write(questions, results, len(store), dataset_version(store))


def _stop(number: int, frame: object) -> None:
    raise TimeoutError


def _server(path: Path, prefixes: dict[str, str]) -> tuple[subprocess.Popen[bytes], RemoteStore]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    binary = str(Path(sys.executable).parent / "oxigraph")
    location = str(path.parent / "store")
    subprocess.run([binary, "load", "--location", location, "--file", str(path)], check=True, capture_output=True)
    server = subprocess.Popen([binary, "serve-read-only", "--location", location, "--bind", f"127.0.0.1:{port}", "--union-default-graph"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    remote = RemoteStore(f"http://127.0.0.1:{port}/query", prefixes)
    for _ in range(100):
        try:
            remote.query("ASK {}")
            return server, remote
        except Exception:  # the server is still starting
            time.sleep(0.1)
    raise SystemExit("the Oxigraph server did not start")


def _rdflib(path: Path) -> Engine:
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(path, format="nquads")
    return lambda text: len(list(dataset.query(text)))


def _time_all(engine: Engine, texts: dict[str, str]) -> dict[str, tuple[float, int | None]]:
    return {name: _time(engine, text) for name, text in texts.items()}


def _time(engine: Engine, text: str) -> tuple[float, int | None]:
    """Return the median seconds and the number of rows, None where the engine failed."""
    times: list[float] = []
    rows = None
    for _ in range(RUNS):
        start = time.perf_counter()
        signal.alarm(STOP)
        try:
            rows = engine(text)
        except Exception:  # a failure is a result, a time-out too
            return time.perf_counter() - start, None
        finally:
            signal.alarm(0)
        times.append(time.perf_counter() - start)
        if times[-1] > LIMIT:
            break
    return statistics.median(times), rows


def _write(questions: dict[str, Question], results: dict[str, dict[str, tuple[float, int | None]]], quads: int, version: str) -> None:
    names = list(results)
    ours = results[names[0]]
    with (OUT / "performance.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["query", "engine", "median_seconds", "rows"])
        writer.writerows([q, e, f"{results[e][q][0]:.6f}", results[e][q][1]] for e in names for q in questions)
    lines = ["# Performance", "", f"`make bench`, dataset {version}, {quads:,} quads, {platform.machine()}, Python {platform.python_version()}, "
             f"pyoxigraph {pyoxigraph.__version__}, rdflib {rdflib.__version__}. Medians of {RUNS} warm runs in one process, rows read to the end; "
             f"ratios to the first engine; a query is stopped after {STOP} s and counts as failed, and is left out of that engine's mean. "
             "Absolute times are those of one small shared machine.", "",
             "| query | rows | " + " | ".join(f"{n}" for n in names) + " |", "|---|---:|" + "---:|" * len(names)]
    for question in questions:
        cells = [_cell(results[n][question], ours[question], n == names[0]) for n in names]
        lines.append(f"| {question} | {ours[question][1]} | " + " | ".join(cells) + " |")
    means = [_mean(results[n]) for n in names]
    cells = [f"**{m * 1000:.1f} ms" + ("**" if i == 0 else f" ({m / means[0]:.1f}×)**") for i, m in enumerate(means)]
    lines.append("| **geometric mean** | | " + " | ".join(cells) + " |")
    (OUT / "performance.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


def _cell(result: tuple[float, int | None], ours: tuple[float, int | None], first: bool) -> str:
    seconds, rows = result
    if rows is None:
        return f"failed ({seconds:.0f} s)"
    note = "" if rows == ours[1] else f", {rows} rows"
    return f"{seconds * 1000:.1f} ms" + ("" if first else f" ({seconds / ours[0]:.1f}×{note})")


def _mean(results: dict[str, tuple[float, int | None]]) -> float:
    return math.exp(statistics.fmean(math.log(seconds) for seconds, rows in results.values() if rows is not None))


if __name__ == "__main__":
    main()
