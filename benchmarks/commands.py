"""What a person waits for at a terminal: whole processes of the command line, and builds again after a change."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.line import ROOT, build, change_a_row, checkout, run

RUNS = 5
PYTHON = sys.executable
COMMANDS = {
    "python -c pass": [PYTHON, "-c", "pass"],
    "comity --version": [PYTHON, "-m", "comity", "--version"],
    "comity sparql -q 'ASK {}'": [PYTHON, "-m", "comity", "sparql", "-q", "ASK {}"],
    "comity ask lookup/agreements-of": [PYTHON, "-m", "comity", "ask", "lookup/agreements-of"],
    "open to first answer, in Python": [PYTHON, "-c", "import comity; len(comity.open().query('SELECT ?s WHERE { ?s ?p ?o } LIMIT 1'))"],
}


def measure() -> Iterator[tuple[str, float]]:
    """Yield what was run and its median seconds."""
    for name, command in COMMANDS.items():
        yield name, statistics.median(_timed(partial(run, command, ROOT)) for _ in range(RUNS))
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as name:
        folder = checkout(Path(name), ROOT / "graph" / "tables")
        yield from rebuilds(folder)


def rebuilds(folder: Path) -> Iterator[tuple[str, float]]:
    """Build the checkout `folder` from nothing, again as it stands, and again after one changed row."""
    yield "comity build, from nothing", _timed(lambda: build(folder, folder / "build"))
    yield "comity build, nothing changed", _timed(lambda: build(folder, folder / "build"))
    change_a_row(folder / "graph" / "tables")
    yield "comity build, one row changed", _timed(lambda: build(folder, folder / "build"))


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
