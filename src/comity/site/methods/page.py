"""A built graph and a plan become the methods page: how scores are made, what they say, what hangs on choices, and what fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from comity.graph import Graph
from comity.network.world import METHOD
from comity.site.methods.known import known
from comity.site.methods.made import made
from comity.site.methods.measures import measures
from comity.site.methods.moves import moves
from comity.site.methods.outside import digest
from comity.site.methods.parts import Figure, Section, Table
from comity.site.methods.powers import powers
from comity.site.methods.sensitivity import sensitivity
from comity.site.methods.signs import signs
from comity.site.methods.study import Plan, Study
from comity.site.methods.validation import validation

#: the line of the page after which everything is computed
MARK = "<!-- What follows is written by: comity methods --out docs/methods.md -->"
SECTIONS: tuple[Callable[[Study], Section], ...] = (made, powers, signs, measures, sensitivity, validation, known, moves)
#: what the last column of a table is called that says whether something came out as it should
_VERDICTS = ("holds", "as expected", "ranks kept")


def page(graph: Graph, plan: Plan, *, step: Callable[[str], None] = lambda name: None) -> list[Section]:
    """Return all sections of the page; `step` is told the name of each as it begins.

    The same graph, plan and libraries give the same page. Raises `InputError` for a day without evidence, unknown actors,
    years out of order, or files that cannot be read.
    """
    for path in (plan.ideal_points, plan.desta):
        if path is not None:
            digest(path)
    study = Study(graph, plan)
    found = []
    for section in SECTIONS:
        step(section.__name__)
        found.append(section(study))
    return [_head(study), _verdicts(found), *found]


def version_line(data: str) -> str:
    """Return the line of the page that says what it was computed from: the version of the dataset and of the methods."""
    return f"Data {data}, methods {METHOD}."


def structure(sections: list[Section]) -> list[dict[str, object]]:
    """Return the sections as plain mappings, each part with its `kind`."""
    return [{"title": section.title, "parts": [_plain(part) for part in section.parts]} for section in sections]


def _plain(part: str | Table | Figure) -> dict[str, object]:
    return {"kind": "text", "text": part} if isinstance(part, str) else {"kind": type(part).__name__.lower(), **asdict(part)}


def _head(study: Study) -> Section:
    plan = study.plan
    rows = [("day", study.reader.at.as_of), ("as known on", study.reader.at.known_on), ("day of the comparison with outside data", plan.compared_on),
            ("years of the changes", f"{plan.years[0]} to {plan.years[1]}"), ("powers", ", ".join(study.powers)),
            ("draws", f"{plan.draws:,}; {plan.fewer:,} where many are asked for in turn"), ("seed", str(plan.seed))]
    rows += [(what, f"{path.name}, SHA-256 {digest(path)}") for what, path in _files(plan)]
    rows += [("libraries", ", ".join(f"{name} {version(name)}" for name in ("igraph", "networkx", "numpy", "scipy")))]
    return Section("What this page rests on", (version_line(study.version), Table("Parameters", study.origin("A", "R"), ("what", "value"), tuple(rows))))


def _files(plan: Plan) -> Iterator[tuple[str, Path]]:
    for what, path in (("ideal points", plan.ideal_points), ("trade agreements", plan.desta)):
        if path is not None:
            yield what, path


def _verdicts(sections: list[Section]) -> Section:
    """Return what came out as expected and what did not, from the tables that say so."""
    tables = [part for section in sections for part in section.parts if isinstance(part, Table) and part.columns[-1] in _VERDICTS]
    lines = {word: [f"- {table.title}: {row[0]}" for table in tables for row in table.rows if row[-1] == word] for word in ("no", "yes")}
    titles = {"no": "Not as expected", "yes": "As expected"}
    parts = [f"{title} ({len(lines[word])}):\n\n" + ("\n".join(lines[word]) or "- nothing") for word, title in titles.items()]
    return Section("What fails, and what holds", ("Each line is a row of a table below; nothing is left out because it failed.", *parts))
