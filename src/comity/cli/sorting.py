"""Commands that sort rules into paradigms and follow their spread: `paradigm`, `paradigms`, `diffusion`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from comity.errors import InputError
from comity.graph import open as open_graph

if TYPE_CHECKING:
    from comity.graph import Graph

_AS_OF = click.option("--as-of", default="today", show_default=True, help="The day on which rules held (YYYY-MM-DD or today).")
_KNOWN_ON = click.option("--known-on", default="latest", show_default=True, help="The day on which the rows stood in the graph.")
_REPORTS = ("table", "crosswalk", "sensitivity", "trend", "regions", "readings", "coding")


@click.command()
@click.argument("name")
@_AS_OF
@_KNOWN_ON
@click.option("--scheme", help="One scheme: data-model, digital-empires, oecd or wic; default: all, side by side.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def paradigm(name: str, as_of: str, known_on: str, scheme: str | None, form: str) -> None:
    """Show to which paradigms the rules of jurisdiction NAME belong, by which rows and lines, and how firmly. Our own coding."""
    from comity.paradigms.explain import text

    found = open_graph().paradigm(name, as_of=as_of, known_on=known_on, scheme=scheme)
    click.echo(json.dumps(found.to_dict(), indent=1, ensure_ascii=False) if form == "json" else text(found))


@click.command()
@_AS_OF
@_KNOWN_ON
@click.option("--scheme", "schemes", multiple=True, help="One scheme; may be given again. Default: all.")
@click.option("--report", "name", type=click.Choice(_REPORTS), default="table", show_default=True, help="What to show.")
@click.option("--format", "form", type=click.Choice(["text", "md", "json"]), default="text", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Page of Markdown to write anew after the line that says so, for the day of the newest row.")
def paradigms(as_of: str, known_on: str, schemes: tuple[str, ...], name: str, form: str, out: Path | None) -> None:
    """Show the paradigms of all jurisdictions, or how firm they are: see --report. Our own coding."""
    from comity.paradigms.report import as_data, markdown, plain, report
    from comity.queries import day

    graph = open_graph()
    if out is not None:
        _write(graph, out)
        return
    sheets = report(graph.paradigms(known_on=known_on), name, day(graph.store, "as_of", as_of), schemes=schemes)
    if form == "json":
        click.echo(json.dumps(as_data(sheets), indent=1, ensure_ascii=False))
    else:
        click.echo(markdown(sheets) if form == "md" else plain(sheets))


@click.command()
@click.option("--type", "kinds", multiple=True, help="law, adequacy or localisation; may be given again. Default: all.")
@click.option("--first", type=int, default=1990, show_default=True, help="First year.")
@click.option("--last", type=int, default=2025, show_default=True, help="Last year.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def diffusion(kinds: tuple[str, ...], first: int, last: int, form: str) -> None:
    """Show whether states adopt a type of rule sooner when neighbours, trade partners and those tied by recognition have. Descriptive only."""
    from dataclasses import asdict

    from comity.diffusion import TYPES, text
    from comity.diffusion import diffusion as measured

    graph = open_graph()
    found = [measured(graph, kind, first=first, last=last) for kind in kinds or tuple(TYPES)]
    click.echo(json.dumps([asdict(d) for d in found], indent=1) if form == "json" else "\n\n".join(text(d) for d in found))


def _write(graph: Graph, out: Path) -> None:
    from comity.paradigms.report import MARK, current

    head, mark, _ = out.read_text(encoding="utf-8").partition(MARK) if out.is_file() else ("", "", "")
    if not mark:
        raise InputError(f"{out}: no page with the line {MARK}; add the line where the figures shall stand")
    data = f"{head}{MARK}\n{current(graph.store, graph.paradigms())}".encode()
    try:
        out.write_bytes(data)
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror}); choose another file with --out") from None
    click.echo(f"wrote {out} ({len(data):,} bytes)", err=True)
