"""One engine loads one file and answers questions; what was measured is printed as one line of JSON for the load and each question.

Run as a process of its own, so that its peak of memory is the engine's. Each question is asked in a process forked after
loading: one that takes longer than the limit is killed, whatever the engine is doing, and the next finds the data loaded.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import engines, servers
from benchmarks.answers import digest
from benchmarks.engines import Engine

ENGINES: dict[str, type[Engine]] = {
    "ours": engines.Embedded, "served": servers.Comity, "disk": engines.EmbeddedOnDisk, "oxrdflib": engines.Oxrdflib, "oxigraph": servers.Oxigraph,
    "virtuoso": servers.Virtuoso, "jena": servers.Jena, "rdflib": engines.Rdflib}
FORK = multiprocessing.get_context("fork")


class Limits(NamedTuple):
    """How long one run may take, how often a question is asked again, and after how many seconds of runs no more."""

    seconds: float = 60.0
    runs: int = 20
    budget: float = 2.0


def main() -> None:
    """Run the trial that standard input describes: engine, data, questions by name, limits."""
    order = json.load(sys.stdin)
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as folder:
        engine = ENGINES[order["engine"]](Path(folder))
        try:
            start = time.perf_counter()
            engine.load(Path(order["data"]))
            say(load=time.perf_counter() - start, memory=peak(engine.server()))
            for name, text in order["questions"].items():
                say(query=name, **ask(engine, text, Limits(*order["limits"])))
        except Exception as error:  # what did not load is a result
            say(broken=f"{type(error).__name__}: {error}")
        finally:
            engine.close()


def say(**values: Any) -> None:
    """Print one line of JSON at once."""
    print(json.dumps(values), flush=True)


def ask(engine: Engine, text: str, limits: Limits) -> dict[str, Any]:
    """Ask one question until it was run often or long enough. Returns what was measured, or `failed` with the reason."""
    ours, theirs = FORK.Pipe()
    worker = FORK.Process(target=_work, args=(engine, text, limits, theirs))
    worker.start()
    theirs.close()
    seconds: list[float] = []
    try:
        while ours.poll(limits.seconds + 1):
            said = ours.recv()
            if isinstance(said, dict):
                return said | ({"cold": seconds[0], "warm": seconds[1:] or seconds} if seconds else {})
            seconds.append(said)
        worker.kill()
        worker.join()
        engine.restart()
        return {"failed": f"no answer in {limits.seconds:.0f} s"}
    except EOFError:
        return {"failed": "the process ended"}
    finally:
        worker.join()
        ours.close()


def _work(engine: Engine, text: str, limits: Limits, out: Connection) -> None:
    """Send the seconds of each run as they pass, then the rest."""
    try:
        engine.open()
        spent = 0.0
        for run in range(limits.runs + 1):
            start = time.perf_counter()
            rows = engine.query(text)
            seconds = time.perf_counter() - start
            out.send(seconds)
            spent += seconds if run else 0
            if spent > limits.budget or seconds > limits.seconds / 2:
                break
        out.send({"rows": len(rows), "sha256": digest(rows), "memory": peak(engine.server())})
    except Exception as error:  # a failure is a result
        out.send({"failed": f"{type(error).__name__}: {error}"[:200]})


def peak(process: int | None) -> float:
    """Return the peak of resident memory of a process, or of this one, in megabytes."""
    status = Path(f"/proc/{process or os.getpid()}/status")
    if status.exists():
        return int(next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1]) / 1024
    usage = resource.getrusage(resource.RUSAGE_CHILDREN if process else resource.RUSAGE_SELF).ru_maxrss
    return usage / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    main()
