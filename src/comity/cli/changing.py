"""The command that compares two states of the graph: `diff`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from comity.cli.output import emit, put
from comity.errors import InputError


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--known-on", "clock", flag_value="known_on", default="known_on", help="A and B are days on which rows stood in the graph (the default).")
@click.option("--as-of", "clock", flag_value="as_of", help="A and B are days on which facts held.")
@click.option("--query", "names", multiple=True, metavar="NAME", help="Compare the answers of this query only; may be repeated.")
@click.option("--no-queries", is_flag=True, help="Compare no answers.")
@click.option("--format", "form", type=click.Choice(["text", "md", "json", "patch"]), default="text", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="File to write; default: standard output.")
def diff(before: str, after: str, clock: str, names: tuple[str, ...], no_queries: bool, form: str, out: Path | None) -> None:
    """Show what changed from A to B: builds, dumps, or two days of the built graph; by thing, and by query of the library.

    Example: comity diff 2026-11-22 latest --format md
    """
    from comity import changes

    if no_queries and names:
        raise InputError("give either --query or --no-queries, not both")
    old, new = changes.sides(before, after, clock=clock)
    found = changes.difference(old, new)
    answers = [] if no_queries or form == "patch" else changes.answers(old, new, found, names)
    prefixes = new.store.prefixes
    if form == "patch":
        data = changes.patch(found)
    elif form == "json":
        data = (json.dumps(changes.to_json(found, answers, prefixes), indent=1, ensure_ascii=False) + "\n").encode()
    else:
        data = ((changes.markdown if form == "md" else changes.text)(found, answers, prefixes).rstrip() + "\n").encode()
    if out is None:
        emit(data)
    else:
        put(out.parent, {out.name: data})
