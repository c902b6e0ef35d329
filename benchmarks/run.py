"""`make bench`: made-up worlds and the real graph are built, loaded by each engine and asked; the results become the page.

A world is generated, built by `comity build` in a checkout of its own, and given as N-Quads to each engine in turn.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks import commands, dates, page, serving
from benchmarks.generate import generate
from benchmarks.line import CHECKED, ROOT, Built, build, change_a_row, checkout, quads_of
from benchmarks.mix import LIBRARY, Expected, mix, read_expected, terms, write_expected
from benchmarks.results import Measured, keep, p95, quads
from benchmarks.trial import ENGINES, Limits
from comity.graph import open as open_graph
from comity.queries import bindings, library
from comity.settings import layout
from comity.store import EmbeddedStore, open_snapshot
from comity.syntax import bind

TRIAL_SECONDS = 3 * 3600
SERVED = "1M"
REAL = ("ours", "oxigraph", "rdflib")


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--sizes", default="100k,1M", help="sizes of made-up worlds, such as 100k,1M,5M; nothing for none")
    parser.add_argument("--engines", default=",".join(ENGINES), help=f"some of {','.join(ENGINES)}; nothing for none")
    parser.add_argument("--parts", default="worlds,dates,serving,commands,real", help="some of worlds,dates,serving,commands,real")
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="folder of performance.csv, performance.md and the charts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=Limits().seconds, help="seconds after which a run of a question is killed")
    parser.add_argument("--accept", action="store_true", help="write the hashes on which engines without common code agree to expected.csv")
    asked = parser.parse_args()
    bench = Bench(asked)
    for size in filter(None, asked.sizes.split(",")):
        bench.world(size)
    if "real" in asked.parts:
        bench.real()
    if "commands" in asked.parts:
        bench.commands()
    page.write(asked.out)


class Bench:
    """One run with its settings."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.asked = asked
        self.engines = [e for e in asked.engines.split(",") if e]
        asked.out.mkdir(parents=True, exist_ok=True)

    def keep(self, rows: list[Measured]) -> None:
        """Write rows to the file at once, so that nothing is lost when a later part fails."""
        keep(self.asked.out / page.CSV, rows)

    def world(self, size: str) -> None:
        """Build a world of `size` and ask every engine."""
        with tempfile.TemporaryDirectory(prefix="comity-bench-") as name:
            folder = Path(name)
            data, built = self._data(folder, quads(size))
            self.keep(_machine(size) + _line(size, built))
            answers: dict[str, list[dict[str, Any]]] = {}
            for slug in self.engines if "worlds" in self.asked.parts else ():
                answers[slug] = self.trial(slug, size, data, mix())
                self._judge(size, answers)
            if "serving" in self.asked.parts and quads(size) == quads(SERVED):
                self.serving(size, data)
            if "dates" in self.asked.parts and quads(size) <= CHECKED:
                questions = {n: q for n, q in library(layout().queries).items() if n in LIBRARY and dates.is_plain(q)}
                store = open_snapshot(data, {})
                self.keep(_dated(size, {n: dates.measure(store, q, terms(q, LIBRARY[n])) for n, q in questions.items()}))

    def serving(self, size: str, data: Path) -> None:
        """Ask ours and the Oxigraph server over HTTP, many clients at once."""
        if not serving.is_here():
            self.keep([Measured(size, "serving", "", "absent", f"not installed: {serving.INSTALL}")])
            return
        say(f"{size}: serving")
        self.keep([Measured(size, "serving", name, what, f"{value:.3f}") for name, what, value in serving.measure(data)])

    def _data(self, folder: Path, count: int) -> tuple[Path, Built]:
        """Generate and build a world; return its N-Quads and what the build took."""
        tables, data = folder / "tables", folder / "data.nq"
        say(f"generating {count:,} quads")
        generate(tables, quads=count, seed=self.asked.seed)
        if count > CHECKED:
            command = [sys.executable, "-m", "benchmarks.line", str(tables), str(data)]
            return data, Built(*json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout))
        place = checkout(folder / "checkout", tables)
        say("building")
        built = build(place, place / "build")
        quads_of(place / "build", data)
        change_a_row(place / "graph" / "tables")
        again = build(place, place / "build")
        return data, built._replace(seconds={**built.seconds, page.CHANGED: sum(again.seconds.values())})

    def trial(self, slug: str, size: str, data: Path, questions: Mapping[str, str]) -> list[dict[str, Any]]:
        """Run one engine in a process of its own, where it is installed and made for the size. Returns what it said, line by line."""
        engine = ENGINES[slug]
        reason = f"not installed: {engine.install}" if not engine.is_here() else f"not tried above {engine.most:,} quads" if quads(size) > engine.most else ""
        if reason:
            self.keep([Measured(size, engine.name, "", "absent", reason)])
            return []
        say(f"{size}: {engine.name}")
        order = {"engine": slug, "data": str(data), "questions": questions, "limits": Limits(seconds=self.asked.limit)}
        with tempfile.TemporaryFile("w+") as said:
            command = [sys.executable, "-m", "benchmarks.trial"]
            with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=said, text=True, start_new_session=True) as process:
                try:
                    process.communicate(json.dumps(order), TRIAL_SECONDS)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, 9)
            said.seek(0)
            lines = [json.loads(line) for line in said]
        if not any("load" in line for line in lines):
            self.keep([Measured(size, engine.name, "", "absent", lines[0]["broken"] if lines else "ended without a word, out of memory perhaps")])
            return []
        return lines

    def _judge(self, size: str, answers: Mapping[str, list[dict[str, Any]]]) -> None:
        """Hold the answers against what is expected, after accepting what engines agree on where that was asked for."""
        count, seed = quads(size), self.asked.seed
        if self.asked.accept:
            write_expected(count, seed, agreed(answers))
        expected = read_expected(count, seed)
        self.keep([Measured(size, "expected", name, "rows", str(e.rows)) for name, e in expected.items()])
        for slug, lines in answers.items():
            if lines:
                self.keep(_told(size, slug, lines, lambda line: _wrong(line, expected.get(line["query"]))))

    def real(self) -> None:
        """Ask the whole library of the built graph, and what a date costs there."""
        graph = open_graph()
        store = graph.store
        assert isinstance(store, EmbeddedStore)
        questions = {name: (q, bindings(store, q, {})) for name, q in graph.queries().items()}
        with tempfile.TemporaryDirectory(prefix="comity-bench-") as name:
            data = Path(name) / "data.nq"
            quads_of(layout().build, data)
            texts = {n: bind(q.text, t) for n, (q, t) in questions.items()}
            answers = {slug: lines for slug in REAL if slug in self.engines and (lines := self.trial(slug, "real", data, texts))}
        self.keep([*_machine("real"), Measured("real", "build", "", "quads", str(len(store)))])
        ours = {line["query"]: line.get("rows") for line in answers.get("ours", []) if "query" in line}
        for slug, lines in answers.items():
            self.keep(_told("real", slug, lines, lambda line: "" if line["rows"] == ours.get(line["query"]) else f"{line['rows']} rows, not as ours"))
        if "dates" in self.asked.parts:
            self.keep(_dated("real", {n: dates.measure(store, q, t) for n, (q, t) in questions.items() if dates.is_plain(q)}))

    def commands(self) -> None:
        """Time the command line."""
        say("commands")
        self.keep([Measured("real", "command", name, "seconds", f"{seconds:.4f}") for name, seconds in commands.measure()])


def agreed(answers: Mapping[str, list[dict[str, Any]]]) -> dict[str, Expected]:
    """Return the answers that rdflib gave, or that engines of two families share."""
    found: dict[str, dict[tuple[int, str], list[str]]] = {}
    for slug, lines in answers.items():
        for line in lines:
            if "rows" in line:
                found.setdefault(line["query"], {}).setdefault((line["rows"], line["sha256"]), []).append(slug)
    kept = {}
    for query, sides in found.items():
        for (rows, sha256), slugs in sides.items():
            families = {ENGINES[s].family for s in slugs}
            if "rdflib" in slugs or (len(families) > 1 and not any("rdflib" in others for others in sides.values())):
                kept[query] = Expected(rows, sha256, "+".join(slugs))
    return kept


def _wrong(line: Mapping[str, Any], expected: Expected | None) -> str:
    """Return what is wrong with an answer, if anything."""
    if expected is None:
        return "no expected answer"
    return "" if line["sha256"] == expected.sha256 else f"{line['rows']} rows, other than the {expected.rows} expected"


def _told(size: str, slug: str, lines: list[dict[str, Any]], wrong: Any) -> list[Measured]:
    """Turn the lines of a trial into values."""
    engine = ENGINES[slug]
    rows = [Measured(size, engine.name, "", "version", engine.version())]
    memory = max(line.get("memory", 0.0) for line in lines)
    rows.append(Measured(size, engine.name, "", "memory_mb", f"{memory:.1f}"))
    rows.append(Measured(size, engine.name, "", "load_seconds", f"{lines[0]['load']:.3f}"))
    for line in (line for line in lines if "query" in line):
        query, failed = line["query"], line.get("failed") or wrong(line)
        if failed:
            rows.append(Measured(size, engine.name, query, "failed", failed))
        if "warm" in line:
            values = {"cold_ms": line["cold"], "median_ms": statistics.median(line["warm"]), "p95_ms": p95(line["warm"])}
            rows += [Measured(size, engine.name, query, m, f"{1000 * v:.3f}") for m, v in values.items()]
            rows.append(Measured(size, engine.name, query, "rows", str(line["rows"])))
    return rows


def _line(size: str, built: Built) -> list[Measured]:
    values = [("", "quads", str(built.quads)), ("", "memory_mb", f"{built.memory:.1f}"), *((s, "seconds", f"{v:.3f}") for s, v in built.seconds.items())]
    return [Measured(size, "build", stage, measure, value) for stage, measure, value in values]


def _dated(size: str, costs: Mapping[str, Mapping[str, dates.Cost]]) -> list[Measured]:
    return [Measured(size, "date", name, f"{what} {way}", value) for name, ways in costs.items() for way, cost in ways.items()
            for what, value in (("ms", f"{1000 * cost.seconds:.4f}"), ("rows", str(cost.rows)))]


def _machine(size: str) -> list[Measured]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    said = {"cores": str(os.cpu_count()), "memory": f"{memory:.0f} GB", "system": f"{platform.system()} {platform.release()} {platform.machine()}",
            "Python": platform.python_version(), "day": datetime.date.today().isoformat()}
    return [Measured(size, "machine", "", measure, value) for measure, value in said.items()]


def say(text: str) -> None:
    """Say on standard error what is at work."""
    print(f"{datetime.datetime.now():%H:%M:%S} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
