"""Commands that hand the graph on: `metrics`, `export`, `docs` and `coverage`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from comity.cli.output import emit
from comity.errors import InputError
from comity.graph import open as open_graph
from comity.results import GRAPH_FORMATS

if TYPE_CHECKING:
    from comity.network import Metrics


@click.command()
@click.option("--as-of", default="today", show_default=True, help="The day on which relations held.")
@click.option("--known-on", default="latest", show_default=True, help="The day on which the rows stood in the graph.")
@click.option("--layer", default="agreements", show_default=True, help="A query of queries/network; list: comity queries.")
@click.option("--format", "form", type=click.Choice(["csv", "json", "graphml", "gexf"]), default="csv", show_default=True)
@click.option("--table", type=click.Choice(["ties", "actors"]), default="ties", show_default=True, help="For CSV on standard output.")
@click.option("--seed", type=int, default=0, show_default=True, help="For the communities.")
@click.option("--out", type=click.Path(path_type=Path), help="Write data and codebook into this folder.")
def metrics(as_of: str, known_on: str, layer: str, form: str, table: str, seed: int, out: Path | None) -> None:
    """Shared commitments, direct ties, centralities and communities of one layer of the network."""
    from comity.names import dataset_version
    from comity.network import export as write
    from comity.network import layers, measure
    from comity.network.project import simple

    graph = open_graph()
    network = graph.network(as_of=as_of, known_on=known_on, layer=layer)
    measured = measure(simple(network, layers(graph.layout.queries)[layer]), seed=seed)
    version = dataset_version(graph.store)
    if out is None:
        emit(write(measured, form, version=version, table=table))
        return
    names = ("actors", "ties") if form == "csv" else ("",)
    files = {f"{layer}{'-' + t if t else ''}.{form}": write(measured, form, version=version, table=t or "ties") for t in names}
    _write(out, files | _companions(measured, layer, version))


def _companions(measured: Metrics, layer: str, version: str) -> dict[str, bytes]:
    from comity.network import codebook

    about = {"dataset": version, **measured.parameters, "seed": measured.seed, "modularity": measured.modularity}
    return {"codebook.csv": codebook(), f"{layer}-about.json": (json.dumps(about, indent=1) + "\n").encode()}


@click.command()
@click.option("--format", "form", type=click.Choice(sorted(GRAPH_FORMATS)), default="nq", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="File to write; default: standard output.")
def export(form: str, out: Path | None) -> None:
    """Write the whole graph: nq and trig with their named graphs, the others as one graph."""
    from comity.dumps import dump
    from comity.store import EmbeddedStore

    store = open_graph().store
    if not isinstance(store, EmbeddedStore):
        raise InputError("only the built graph can be exported")
    data = dump(store.store, form, store.prefixes)
    if out is None:
        emit(data)
    else:
        _write(out.parent, {out.name: data})


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("docs/ontology"), show_default=True, help="Folder to write to.")
def docs(out: Path) -> None:
    """Write the pages of the ontology as Markdown, with examples from the built graph."""
    from comity.site.manual import markdown

    _write(out, {name: text.encode() for name, text in markdown(open_graph()).items()})


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "md", "json"]), default="text", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Page of Markdown whose figures to write anew, after the line that says so.")
def coverage(form: str, out: Path | None) -> None:
    """Show what the built graph holds, from where, on which evidence, and how its counts compare with those of others."""
    from dataclasses import asdict

    from comity.site.coverage import MARK, figures, markdown, text

    tables = figures(open_graph())
    if out is not None:
        head, mark, _ = out.read_text(encoding="utf-8").partition(MARK) if out.is_file() else ("", "", "")
        if not mark:
            raise InputError(f"{out}: no page with the line {MARK}; add the line where the figures shall stand")
        _write(out.parent, {out.name: f"{head}{MARK}\n{markdown(tables)}".encode()})
    elif form == "json":
        click.echo(json.dumps([asdict(table) for table in tables], indent=1, ensure_ascii=False))
    else:
        click.echo(markdown(tables) if form == "md" else text(tables))


def _write(folder: Path, files: dict[str, bytes]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
            click.echo(f"wrote {folder / name} ({len(data):,} bytes)", err=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror}); choose another folder with --out") from None
