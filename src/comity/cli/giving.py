"""Commands that hand the graph on: `export`, `release`, `docs` and `coverage`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from comity.cli.output import emit, put
from comity.errors import InputError
from comity.graph import open as open_graph
from comity.results import GRAPH_FORMATS

_TABLES = {"sqlite": "database", "tables": "package"}


@click.command()
@click.option("--format", "form", type=click.Choice(sorted([*GRAPH_FORMATS, *_TABLES])), default="nq", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="File to write; default: standard output.")
def export(form: str, out: Path | None) -> None:
    """Write the whole graph: nq and trig with their named graphs, the others as one graph; sqlite, tables (a zip) hold the tables behind it."""
    from comity.dumps import dump
    from comity.store import EmbeddedStore

    if form in _TABLES:
        from comity.release import tables
        from comity.settings import layout

        data: bytes = getattr(tables, _TABLES[form])(layout())
    else:
        store = open_graph().store
        if not isinstance(store, EmbeddedStore):
            raise InputError("only the built graph can be exported")
        data = dump(store.store, form, store.prefixes)
    if out is None:
        emit(data)
    else:
        put(out.parent, {out.name: data})


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("dist/release"), show_default=True, help="Folder to write to.")
@click.option("--since", metavar="BUILD", help="A build, dump or day (known on) before this one: what changed since is written to CHANGES.md.")
def release(out: Path, since: str | None) -> None:
    """Write the files of a release: dumps, tables, citation, RO-Crate, metadata for Zenodo, checksums; the same build gives the same bytes."""
    from comity.release import folder
    from comity.settings import layout
    from comity.vocabulary import prefixes

    places = layout()
    names = prefixes(places.ontology)
    notes = b""
    if since is not None:
        from comity import changes

        old, new = changes.sides(since, str(places.build))
        found = changes.difference(old, new)
        notes = changes.markdown(found, changes.answers(old, new, found), names).encode()
    put(out, folder.release(places, names, notes))


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("docs/ontology"), show_default=True, help="Folder to write to.")
def docs(out: Path) -> None:
    """Write the pages of the ontology as Markdown, with examples from the built graph."""
    from comity.site.manual import markdown

    put(out, {name: text.encode() for name, text in markdown(open_graph()).items()})


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "md", "json"]), default="text", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Page of Markdown whose figures to write anew, after the line that says so.")
def coverage(form: str, out: Path | None) -> None:
    """Show what the built graph holds, from where, on which evidence, and how its counts compare with those of others."""
    from dataclasses import asdict

    from comity.site.coverage import MARK, figures, markdown, text

    head, mark, _ = out.read_text(encoding="utf-8").partition(MARK) if out is not None and out.is_file() else ("", "", "")
    if out is not None and not mark:
        raise InputError(f"{out}: no page with the line {MARK}; add the line where the figures shall stand")
    tables = figures(open_graph(memory=False))  # each question is asked once: loading would not pay
    if out is not None:
        put(out.parent, {out.name: f"{head}{MARK}\n{markdown(tables)}".encode()})
    elif form == "json":
        click.echo(json.dumps([asdict(table) for table in tables], indent=1, ensure_ascii=False))
    else:
        click.echo(markdown(tables) if form == "md" else text(tables))
