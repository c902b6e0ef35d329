"""`comity metrics`: layers, scores of all pairs, and the receipt of one pair."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from comity.cli.output import emit, put
from comity.graph import Graph
from comity.graph import open as open_graph

if TYPE_CHECKING:
    from comity.network import Slice
    from comity.network.dataset import Dataset
    from comity.network.receipts import Receipt
    from comity.network.scores import Scores

#: as `comity.network.formats.FORMATS`, which would take long to import
_FORMATS = ("csv", "json", "parquet", "graphml", "gexf", "pajek", "dl", "ttl", "nq")
_SLICE = (
    click.option("--as-of", default="today", show_default=True, help="The day on which relations held."),
    click.option("--known-on", default="latest", show_default=True, help="The day on which the rows stood in the graph."),
    click.option("--stage", type=click.Choice(["in-force", "applied", "signed"]), default="applied", show_default=True,
                 help="Count treaties in force, also those applied provisionally, or also those signed."),
    click.option("--apart", is_flag=True, help="Take the members of a union one by one, not the union for all."),
    click.option("--actors", multiple=True, metavar="ID", help="Only these actors; an organisation (g20) stands for its members. May be repeated."),
)
_DRAWS = (
    click.option("--draws", type=click.IntRange(20), default=1000, show_default=True, help="Draws of instruments and weights behind the intervals."),
    click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same numbers."),
)
_WRITING = (
    click.option("--format", "form", type=click.Choice(_FORMATS), default="csv", show_default=True),
    click.option("--table", type=click.Choice(["ties", "actors"]), default="ties", show_default=True, help="For CSV and Parquet on standard output."),
    click.option("--out", type=click.Path(path_type=Path), help="Write data, codebook and descriptions into this folder."),
)


def _with(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def apply(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command
    return apply


@click.group(invoke_without_command=True)
@_with(*_SLICE, click.option("--layer", default="agreements", show_default=True, help="A joining layer of queries/network."), *_WRITING)
@click.option("--seed", type=int, default=0, show_default=True, help="For the communities and the layout.")
@click.pass_context
def metrics(ctx: click.Context, /, form: str, table: str, out: Path | None, **given: Any) -> None:
    """Measure a layer of the network: ties, centralities, communities.

    Scores of all pairs: `comity metrics world`; the rows behind one pair: `comity metrics explain JPN CHN`.
    """
    if ctx.invoked_subcommand is None:
        _write(_measured(given.pop("layer"), given.pop("seed"), _slice(**given)), form, table, out)


@metrics.command()
@_with(*_SLICE, *_DRAWS, *_WRITING)
@click.option("--evidence", is_flag=True, help="List the rows behind every pair.")
def world(draws: int, seed: int, evidence: bool, form: str, table: str, out: Path | None, **given: Any) -> None:
    """Alignment and rivalry of all pairs of actors, with every part, interval and count."""
    from comity.network.scores import made, tabulate

    graph = open_graph()
    scores = _scores(graph, _slice(**given), draws, seed)
    about = made(graph.store, scores.world, scores.ends, graph.queries())
    _write(tabulate(scores, about=about, evidence=evidence or form in ("ttl", "nq")), form, table, out)


@metrics.command()
@_with(*_SLICE, *_DRAWS, *_WRITING)
@click.option("--tau", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="From which lower end of rivalry on a tie is negative.")
@click.option("--time-limit", type=float, default=60, show_default=True, help="Seconds for the exact index; past them it says how far it is from proof.")
def signed(draws: int, seed: int, tau: float, time_limit: float, form: str, table: str, out: Path | None, **given: Any) -> None:
    """Who stands together and who against whom: signed ties, exact frustration, blocs, swing and brokerage."""
    from comity.network import signed_network
    from comity.network.scores import made
    from comity.network.structure import structure, tabulate

    graph = open_graph()
    scores = _scores(graph, _slice(**given), draws, seed)
    found = structure(signed_network(scores.world, scores.ends, tau=tau), seed=seed, time_limit=time_limit)
    about = made(graph.store, scores.world, scores.ends, graph.queries()) | {"tau": tau}
    _write(tabulate(found, about=about), form, table, out)


@metrics.command()
@_with(*_SLICE, *_WRITING)
@click.option("--draws", type=click.IntRange(1), default=100, show_default=True, help="Draws of the network, each divided exactly.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same numbers.")
def blocs(draws: int, seed: int, form: str, table: str, out: Path | None, **given: Any) -> None:
    """How likely two actors stand in one bloc, over draws of the evidence and all best divisions of each."""
    from comity.network.scores import blocs as probable

    graph = open_graph()
    _write(probable(graph.store, graph.layout, _slice(**given), draws=draws, seed=seed), form, table, out)


@metrics.command()
@_with(*_SLICE[1:], *_WRITING)
@click.option("--layer", default="agreements", show_default=True, help="A joining layer of queries/network.")
@click.option("--from", "first", required=True, metavar="DAY", help="First day.")
@click.option("--to", "last", required=True, metavar="DAY", help="Last day.")
def spells(layer: str, first: str, last: str, form: str, table: str, out: Path | None, **given: Any) -> None:
    """The ties of a layer with the days from which and until which each stood: a dynamic graph in GEXF, rows in the other formats."""
    from comity.network.history import history

    graph = open_graph()
    _write(history(graph.store, graph.layout.queries, layer, (first, last), at=_slice(as_of=first, **given)), form, table, out)


@metrics.command()
@click.argument("days", nargs=-1, required=True, metavar="DAY DAY...")
@_with(click.option("--layer", default="agreements", show_default=True, help="A joining layer of queries/network."), *_SLICE[1:])
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
def changes(days: tuple[str, ...], layer: str, form: str, **given: Any) -> None:
    """Which ties of a layer came, went or changed between DAYS, and what caused each."""
    from comity.network import Slice, project, slices
    from comity.network.slices import table

    graph = open_graph()

    def on(day: str) -> Any:
        at = Slice(day, given["known_on"], given["stage"], not given["apart"], given["actors"])
        return project(graph.store, graph.layout.queries, at=at, layers=(layer,))

    rows = table(slices(days, on))
    click.echo(json.dumps(rows, indent=1, ensure_ascii=False) if form == "json" else _lines(rows), nl=form == "json")


def _lines(rows: tuple[dict[str, object], ...]) -> str:
    import csv
    import io

    file = io.StringIO()
    if rows:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return file.getvalue()


@metrics.command()
@click.argument("first")
@click.argument("second")
@_with(*_SLICE, *_DRAWS)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def explain(first: str, second: str, draws: int, seed: int, form: str, **given: Any) -> None:
    """Open the scores of one pair to the rows behind them; R, R1, R2 and A3 run from FIRST to SECOND."""
    from dataclasses import asdict

    from comity.names import resolve
    from comity.network import explain as receipt
    from comity.network.records import local

    graph = open_graph()
    ends = [local(resolve(graph.store, name).value) for name in (first, second)]
    scores = _scores(graph, _slice(**given), draws, seed)
    found = receipt(scores.world, *ends, ends=scores.ends)
    click.echo(json.dumps(asdict(found), indent=1, ensure_ascii=False) if form == "json" else _text(found))


def _slice(*, apart: bool, actors: tuple[str, ...], **given: Any) -> Slice:
    from comity.network import Slice

    return Slice(unions_as_one=not apart, actors=actors, **given)


def _measured(layer: str, seed: int, at: Slice) -> Dataset:
    from comity.network import layers, measure, project
    from comity.network.export import made_by, tabulate
    from comity.network.project import simple

    graph = open_graph()
    network = project(graph.store, graph.layout.queries, at=at, layers=(layer,))
    chosen = layers(graph.layout.queries)[layer]
    return tabulate(measure(simple(network, chosen), seed=seed), about=made_by(graph.store, chosen), kind=chosen.kind)


def _scores(graph: Graph, at: Slice, draws: int, seed: int) -> Scores:
    from comity.network.scores import scored

    return scored(graph.store, graph.layout, at, draws=draws, seed=seed)


def _write(dataset: Dataset, form: str, table: str, out: Path | None) -> None:
    from comity.network.formats import folder, write

    if out is None:
        emit(write(dataset, form, table=table))
    else:
        put(out, folder(dataset, form))


def _text(receipt: Receipt) -> str:
    lines = [f"{receipt.first} and {receipt.second} on {receipt.as_of}, as known on {receipt.known_on}"]
    for score in receipt.scores.values():
        ends = "" if score.low is None else f" (90 % between {score.low:.2f} and {score.high:.2f})"
        shown = score.reason if score.value is None else f"{score.value:.2f}{ends}"
        lines += ["", f"{score.name}, {score.meaning}: {shown}", f"  rests on {score.instruments} instruments"]
        for line in score.lines:
            values = [f"{v:g}" for v in (line.first, line.second) if v is not None]
            lines.append(f"  {line.about}: {' '.join([*values, ''])}weight {line.weight:g}  [{', '.join(line.rows)}]")
    return "\n".join(lines)
