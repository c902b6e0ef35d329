"""The command `game`: who plays which strategy, what draws them together, how well that predicts, whom ties could tip, and games of two."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from comity.errors import InputError
from comity.graph import open as open_graph

_FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
_OPTIONS = (
    click.option("--first", type=int, default=1999, show_default=True, help="First year of the panel."),
    click.option("--last", type=int, default=2025, show_default=True, help="Last year."),
    click.option("--until", type=int, default=2020, show_default=True, help="Last year of the fit that is scored on the years after it."),
    click.option("--draws", type=click.IntRange(20), default=200, show_default=True, help="Draws of jurisdictions behind the intervals."),
    click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same numbers."),
)


def _years(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group()
def game() -> None:
    """Rules as a game: strategies, the pull of ties, predictions beside simple rules, tipping points, games of two. Descriptive only."""


@game.command()
@_years
@_FORMAT
def fit(form: str, **years: Any) -> None:
    """Show the weights of the utility with intervals, and how the weight of ties reads."""
    _show(("fit",), form, years)


@game.command()
@_years
@_FORMAT
def predict(form: str, **years: Any) -> None:
    """Score the fit on later years beside persistence, the region's frequencies and the base rate."""
    _show(("predict",), form, years)


@game.command()
@_years
@_FORMAT
def tipping(form: str, **years: Any) -> None:
    """Show the fewest ties whose switch would tip another jurisdiction by its best reply."""
    _show(("tipping",), form, years)


@game.command()
@click.argument("first_power", metavar="A")
@click.argument("second_power", metavar="B")
@_years
@_FORMAT
def dyad(first_power: str, second_power: str, form: str, **years: Any) -> None:
    """Show the 2×2 game of jurisdictions A and B, its class, and the share of perturbed payoffs that keep it."""
    _show((), form, years, pair=(first_power, second_power))


@game.command()
@_years
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Page of Markdown to write anew after the line that says so.")
def page(out: Path, **years: Any) -> None:
    """Write the computed part of the page on the game."""
    from comity.cli.output import put
    from comity.game.report import MARK, markdown
    from comity.game.study import study

    head, mark, _ = out.read_text(encoding="utf-8").partition(MARK) if out.is_file() else ("", "", "")
    if not mark:
        raise InputError(f"{out}: no page with the line {MARK}; add the line where the figures shall stand")
    put(out.parent, {out.name: f"{head}{MARK}\n\n{markdown(study(open_graph(), **years))}".encode()})


def _show(parts: tuple[str, ...], form: str, years: dict[str, Any], pair: tuple[str, str] | None = None) -> None:
    from comity.game.report import text, to_dict
    from comity.game.study import study

    made = study(open_graph(), **years)
    data = to_dict(made, parts, (made.dyad(*pair),) if pair else ())
    click.echo(json.dumps(data, indent=1, ensure_ascii=False) if form == "json" else text(data))
