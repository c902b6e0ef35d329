"""`comity methods`: the page of methods, every table and figure of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from comity.cli.output import put
from comity.errors import InputError
from comity.graph import open as open_graph


@click.command()
@click.option("--as-of", default="2026-01-01", show_default=True, help="The day of the tables.")
@click.option("--compared-on", default="2019-12-31", show_default=True, help="The day of the comparison with outside data.")
@click.option("--years", nargs=2, type=int, default=(2015, 2026), show_default=True, help="First and last year of the changes.")
@click.option("--actors", multiple=True, metavar="ID", default=("g20", "CHE", "NZL", "SGP"), show_default=True,
              help="The powers; an organisation stands for its members. May be repeated.")
@click.option("--draws", type=click.IntRange(20), default=1000, show_default=True, help="Draws of instruments and weights behind the intervals.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same page.")
@click.option("--ideal-points", type=click.Path(path_type=Path), help="Your copy of the ideal points of Bailey, Strezhnev and Voeten, all sessions (CSV).")
@click.option("--desta", type=click.Path(path_type=Path), help="Your copy of DESTA's list of treaties (CSV).")
@click.option("--format", "form", type=click.Choice(["md", "json"]), default="md", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Page of Markdown to write anew after the line that says so; pictures go into its folder.")
def methods(form: str, out: Path | None, years: tuple[int, int], **given: object) -> None:
    """Compute every table and figure of the methods page: how scores are made, what they say, what hangs on choices, what fails."""
    from comity.site.methods import MARK, Plan, markdown, page, pictures, structure

    if years[0] >= years[1]:
        raise InputError(f"--years {years[0]} {years[1]}: the last year must come after the first")
    head, mark, _ = out.read_text(encoding="utf-8").partition(MARK) if out is not None and out.is_file() else ("", "", "")
    if out is not None and not mark:
        raise InputError(f"{out}: no page with the line {MARK}; add the line where the tables shall stand")
    sections = page(open_graph(), Plan(years=years, **given), step=_told)  # type: ignore[arg-type]
    if out is not None:
        put(out.parent, {out.name: f"{head}{MARK}\n\n{markdown(sections, folder=out.stem)}".encode()})
        put(out.parent / out.stem, pictures(sections))
    else:
        click.echo(json.dumps(structure(sections), indent=1, ensure_ascii=False) if form == "json" else markdown(sections))


def _told(name: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"{name} …", err=True)
