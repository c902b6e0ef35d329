"""The file of what was measured becomes `docs/performance.md` and its charts; nothing is measured here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from benchmarks.charts import chart
from benchmarks.dates import WAYS
from benchmarks.line import exponent
from benchmarks.results import geometric_mean, quads, read
from benchmarks.serving import CLIENTS, ROUNDS, ratios
from benchmarks.trial import ENGINES

CSV = "performance.csv"
STAGES = ("tables", "triples", "inference", "checks", "files")
CHANGED = "again, one row changed"
OURS = "ours, in memory"
ORDER = [engine.name for engine in ENGINES.values()]
INTRO = """# Performance

`make bench` measures this and writes the page from [performance.csv](performance.csv) (size, engine, query, measure, value).
`make bench SIZES=5M,20M` adds sizes; what was measured before stays. Absolute times are those of one small machine; ratios carry over.

Made-up worlds of any size come from a seed (`benchmarks/generate.py`) and pass the whole line, tables to checks, without a fault. Each engine
loads the graph in a process of its own and answers the mix of `benchmarks/mix.py` over the union of all graphs; every question is asked in a
process forked after loading and killed at the limit. *Cold* is the first run of a question, *warm* the median of the runs that follow, rows
read to the end. An answer counts only if its rows have the hash in `benchmarks/expected.csv`, which rdflib, or two engines that share no
code, found; all else is a failure and is left out of that engine's means. A ratio compares the questions that both engines answered.
"""


class Page:
    """The measured values by size, engine, query and measure, and the sections made from them."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.rows = read(out / CSV)
        self.values = {tuple(row[:4]): row.value for row in self.rows}

    def value(self, size: str, engine: str, query: str, measure: str) -> float:
        """Return a number, not a number where there is none."""
        return float(self.values.get((size, engine, query, measure), "nan"))

    def sizes(self) -> list[str]:
        """Return the sizes of made-up worlds, smallest first."""
        return sorted({r.size for r in self.rows if quads(r.size)}, key=quads)

    def engines(self, size: str) -> list[str]:
        """Return the engines that were measured at a size, in order."""
        found = {r.engine for r in self.rows if r.size == size and r.measure == "load_seconds"}
        return [name for name in ORDER if name in found]

    def queries(self, size: str) -> list[str]:
        """Return the questions that were asked at a size."""
        return sorted({r.query for r in self.rows if r.size == size and r.measure in ("median_ms", "failed")})

    def answered(self, size: str, engine: str) -> list[str]:
        """Return the questions that an engine answered rightly."""
        return [q for q in self.queries(size) if not math.isnan(self.value(size, engine, q, "median_ms")) and (size, engine, q, "failed") not in self.values]

    def mean(self, size: str, engine: str, measure: str = "median_ms") -> float:
        """Return the geometric mean over the questions that an engine answered rightly."""
        return geometric_mean(self.value(size, engine, q, measure) for q in self.answered(size, engine))

    def ratio(self, size: str, engine: str) -> float:
        """Return the geometric mean of the ratios to ours, over the questions that both answered."""
        both = set(self.answered(size, engine)) & set(self.answered(size, OURS))
        return geometric_mean(self.value(size, engine, q, "median_ms") / self.value(size, OURS, q, "median_ms") for q in sorted(both))


def write(out: Path) -> None:
    """Write the page and its charts into the folder `out`."""
    page = Page(out)
    parts = [INTRO, *_machine(page)]
    for size in page.sizes():
        parts += _size(page, size)
    parts += [*_growth(page), *_dates(page), *_serving(page), *_commands(page), *_real(page), *_absent(page)]
    (out / "performance.md").write_text("\n".join(parts).rstrip() + "\n", encoding="utf-8")


def _machine(page: Page) -> list[str]:
    said: dict[str, list[str]] = {}
    for size in [*page.sizes(), "real"]:
        words = "; ".join(f"{r.measure} {r.value}" for r in page.rows if r.size == size and r.engine == "machine")
        if words:
            said.setdefault(words, []).append(size)
    return ["## Machine and versions", "", *(f"- {', '.join(sizes)}: {words}" for words, sizes in said.items()), ""]


def _size(page: Page, size: str) -> list[str]:
    engines, queries = page.engines(size), page.queries(size)
    if not engines:
        return []
    header = ["engine", "version", "load s", "memory MB", "cold ms", "warm ms", "p95 ms", "to ours", "failed"]
    body = [[e, page.values.get((size, e, "", "version"), ""), _short(page.value(size, e, "", "load_seconds")), f"{page.value(size, e, '', 'memory_mb'):.0f}",
             *(_short(page.mean(size, e, m)) for m in ("cold_ms", "median_ms", "p95_ms")), f"{page.ratio(size, e):.1f}×",
             f"{len(queries) - len(page.answered(size, e))} of {len(queries)}"] for e in engines]
    return [f"## {size}: {page.value(size, 'build', '', 'quads'):,.0f} quads", "", "Geometric means over the mix.", "", *_table(header, body, left=2),
            *_per_query(page, size, lambda q: page.values.get((size, "expected", q, "rows"), "")), *_failures(page, size)]


def _per_query(page: Page, size: str, rows: Callable[[str], str], *last: list[str]) -> list[str]:
    engines = page.engines(size)
    body = [[q, rows(q), *(_cell(page, size, e, q) for e in engines)] for q in page.queries(size)] + list(last)
    return ["Warm medians in ms:", "", *_table(["query", "rows", *engines], body, left=1)]


def _cell(page: Page, size: str, engine: str, query: str) -> str:
    return "failed" if (size, engine, query, "failed") in page.values else _short(page.value(size, engine, query, "median_ms"))


def _failures(page: Page, size: str) -> list[str]:
    said: dict[tuple[str, str], list[str]] = {}
    for row in page.rows:
        if row.size == size and row.measure == "failed":
            said.setdefault((row.engine, row.value), []).append(row.query)
    lines = [f"- {engine}: {', '.join(queries)}: {reason}" for (engine, reason), queries in sorted(said.items())]
    lines += [f"- {e.name}: {e.note}." for e in ENGINES.values() if e.note and any(e.name == engine for engine, _ in said)]
    return ["Failures:", "", *lines, ""] if lines else []


def _growth(page: Page) -> list[str]:
    """Draw how load, memory, answers and the line grow, and state the exponents of the line."""
    sizes = page.sizes()
    if not sizes:
        return []
    count = {s: page.value(s, "build", "", "quads") for s in sizes}
    charts = {
        "answers": ("Geometric mean of warm medians", "ms", {e: [(count[s], page.mean(s, e)) for s in sizes] for e in ORDER}),
        "load": ("Loading", "seconds", {e: [(count[s], page.value(s, e, "", "load_seconds")) for s in sizes] for e in ORDER}),
        "memory": ("Peak of memory", "MB", {e: [(count[s], page.value(s, e, "", "memory_mb")) for s in sizes] for e in ORDER}),
        "line": ("From tables to a checked graph", "seconds", {s: [(count[z], page.value(z, "build", s, "seconds")) for z in sizes] for s in STAGES}),
    }
    folder = page.out / "performance"
    folder.mkdir(exist_ok=True)
    lines = ["## Growth", ""]
    for name, (title, unit, series) in charts.items():
        known = {k: [(x, y) for x, y in points if y > 0] for k, points in series.items()}
        if not any(known.values()):
            continue
        (folder / f"{name}.svg").write_text(chart(title, "quads", unit, known), encoding="utf-8")
        lines += [f"![{title}](performance/{name}.svg)", ""]
    return lines + _exponents(page, sizes, count)


def _exponents(page: Page, sizes: Sequence[str], count: dict[str, float]) -> list[str]:
    """Tabulate the seconds of each stage and the exponent of its growth; build is all stages but the checks."""
    def seconds(size: str, stages: Iterable[str]) -> float:
        return sum(page.value(size, "build", stage, "seconds") for stage in stages)

    rows = {stage: [stage] for stage in STAGES} | {"build (all but checks)": [s for s in STAGES if s != "checks"], "all": list(STAGES), CHANGED: [CHANGED]}
    body = []
    for name, stages in rows.items():
        points = [(count[s], seconds(s, stages)) for s in sizes if seconds(s, stages) > 0]
        body.append([name, *(_short(seconds(s, stages)) for s in sizes), f"{exponent(points):.2f}" if len(points) > 1 else ""])
    body.append(["peak of memory, MB", *(f"{page.value(s, 'build', '', 'memory_mb'):.0f}" for s in sizes), ""])
    last = sizes[-1]
    each = page.value(last, "build", "", "memory_mb") * 2**20 / count[last]
    return ["`comity build` by stage, seconds; the exponent k of quads^k by least squares of the logarithms, 1 is linear:", "",
            *_table(["stage", *sizes, "exponent"], body, left=1), "",
            f"A build keeps the graph in memory, at {last} {each / 1000:.1f} kB a quad; 20 M quads would want {20e6 * each / 2**30:.0f} GB."]


def _dates(page: Page) -> list[str]:
    """Tabulate what a date costs: each way to ask against the first."""
    plain, *ways = WAYS
    body: list[list[str]] = []
    ratios: list[list[float]] = []
    for size in [*page.sizes(), "real"]:
        for query in sorted({r.query for r in page.rows if r.size == size and r.engine == "date"}):
            base = page.value(size, "date", query, f"ms {plain}")
            costs = [page.value(size, "date", query, f"ms {way}") for way in ways]
            body.append([size, query, _short(base), *(f"{_short(c)} ({c / base:.2f}×)" if c > 0 else "" for c in costs)])
            ratios.append([c / base for c in costs])
    means = [geometric_mean(r for r in column if r > 0) for column in zip(*ratios, strict=True)]
    if not body:
        return []
    body.append(["", "**geometric mean**", "", *(f"**{m:.2f}×**" for m in means)])
    return ["## A date", "", "The same question without any date and as of a day on both clocks, in ms, on our store in memory.", "",
            *_table(["size", "query", plain, *ways], body, left=2)]


def _serving(page: Page) -> list[str]:
    """Tabulate ours against the Oxigraph server over HTTP."""
    rows = [r for r in page.rows if r.engine == "serving" and r.measure != "absent"]
    if not rows:
        return []
    names, measures = list(dict.fromkeys(r.query for r in rows)), list(dict.fromkeys(r.measure for r in rows))
    values = {(r.query, r.measure): float(r.value) for r in rows}
    times = ratios(values)
    body = [[what, *(_short(values.get((name, what), math.nan)) + (f" ({times[name, what]:.2f}×)" if (name, what) in times else "") for name in names)]
            for what in measures]
    return [f"## Over HTTP, many at once ({rows[0].size})", "",
            f"{CLIENTS} clients by wrk on the same cores, medians of {ROUNDS} rounds in which the servers took turns; in brackets, the multiple of the",
            "Oxigraph server. *Light* are look-ups of one thing, *mixed* four of these to one question of some milliseconds, *heavy* the slowest of the mix.",
            "Ours answers in as many processes as there are cores (`--processes`) and runs each query in one that can be killed; *answers kept* is default.",
            "", *_table(["measure", *names], body, left=1)]


def _commands(page: Page) -> list[str]:
    body = [[r.query, _short(float(r.value))] for r in page.rows if (r.size, r.engine) == ("real", "command")]
    return ["## Commands", "", "Whole processes on the real graph, medians, seconds.", "", *_table(["command", "s"], body, left=1)] if body else []


def _real(page: Page) -> list[str]:
    engines = page.engines("real")
    if not engines:
        return []
    mean = ["**geometric mean**", "", *(f"**{_short(page.mean('real', e))}** ({page.ratio('real', e):.1f}×)" for e in engines)]
    return ["## The real graph", "", f"The whole library with its default values on {page.value('real', 'build', '', 'quads'):,.0f} quads; "
            "an answer with another number of rows than ours is a failure.", "",
            *_per_query(page, "real", lambda q: page.values.get(("real", OURS, q, "rows"), ""), mean), *_failures(page, "real")]


def _absent(page: Page) -> list[str]:
    lines = sorted({f"- {r.size}: {r.engine}: {r.value}" for r in page.rows if r.measure == "absent"})
    return ["## Not here", "", *lines, ""] if lines else []


def _table(header: Sequence[str], body: Sequence[Sequence[str]], *, left: int) -> list[str]:
    """Lay out a Markdown table, its first `left` columns to the left."""
    return ["| " + " | ".join(header) + " |", "|" + "---|" * left + "---:|" * (len(header) - left), *("| " + " | ".join(row) + " |" for row in body), ""]


def _short(number: float) -> str:
    """Write three figures, nothing for what is not known."""
    return "" if math.isnan(number) else f"{number:.0f}" if number >= 100 else f"{number:.3g}"
