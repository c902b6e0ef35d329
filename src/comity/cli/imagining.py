"""The command `scenario`: what would change if a row were otherwise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from comity.errors import InputError
from comity.graph import open as open_graph

if TYPE_CHECKING:
    from comity.graph import Graph
    from comity.scenario import Outcome

#: the line of the page after which everything is written by the command
MARK = "<!-- What follows is written by: comity scenario --all --out docs/scenarios.md -->"


@click.command()
@click.argument("source", metavar="[FILE|NAME]", required=False)
@click.option("--as-of", help="Another day than the scenario's own (YYYY-MM-DD or today).")
@click.option("--draws", type=click.IntRange(0), default=200, show_default=True, help="Draws of instruments and weights behind the intervals; 0 for none.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same numbers.")
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
@click.option("--all", "every", is_flag=True, help="Each shipped scenario in turn.")
@click.option("--out", type=click.Path(path_type=Path), help="With --all: page of Markdown to write anew after the line that says so.")
def scenario(source: str | None, as_of: str | None, draws: int, seed: int, form: str, every: bool, out: Path | None) -> None:
    """Show what a what-if would change; without FILE or NAME, list the shipped scenarios.

    FILE is a folder of tables, a CSV or a Turtle file with the rows to imagine: docs/scenarios.md. Example: comity scenario dpf-invalidated
    """
    if (source and every) or (out and not every):
        raise InputError("give one scenario, or --all for the shipped ones, which --out writes as a page")
    graph = open_graph(memory=True) if source or every else open_graph()
    if not source and not every:
        click.echo(_listed(graph, form))
        return
    names = [source] if source else list(graph.scenarios())
    found = [graph.scenario(name, as_of=as_of, draws=draws, seed=seed) for name in names]
    if out is not None:
        _write(found, out)
    else:
        click.echo(_shown(found, form), nl=form != "csv")


def _listed(graph: Graph, form: str) -> str:
    from comity.scenario.shown import head

    known = graph.scenarios()
    if form == "json":
        return json.dumps([head(overlay) for overlay in known.values()], indent=1, ensure_ascii=False)
    return "\n".join(f"{name.ljust(max(map(len, known)))}  {overlay.title}" for name, overlay in known.items())


def _shown(found: list[Outcome], form: str) -> str:
    from comity.scenario import to_csv, to_json, to_text

    if form == "json":
        values = [to_json(one) for one in found]
        return json.dumps(values[0] if len(values) == 1 else values, indent=1, ensure_ascii=False)
    return "".join(map(to_csv, found)) if form == "csv" else "\n\n".join(map(to_text, found))


def _write(found: list[Outcome], out: Path) -> None:
    from comity.scenario import to_markdown

    before, mark, _ = out.read_text(encoding="utf-8").partition(MARK) if out.is_file() else ("", "", "")
    if not mark:
        raise InputError(f"{out}: no page with the line {MARK}; add the line where the scenarios shall stand")
    data = "\n".join([f"{before}{MARK}\n", *map(to_markdown, found)]).encode()
    try:
        out.write_bytes(data)
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror}); choose another file with --out") from None
    click.echo(f"wrote {out} ({len(data):,} bytes)", err=True)
