"""The command `import`: a user's own copy of a public dataset beside our rows, for review."""

from __future__ import annotations

from pathlib import Path

import click

from comity.errors import InputError


@click.command("import")
@click.argument("kind")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint, for wikidata; FILE is then a SELECT query of your own.")
@click.option("--out", default="review", show_default=True, type=click.Path(path_type=Path, file_okay=False), help="The folder for the review tables.")
@click.option("--mapping", "show", is_flag=True, help="Show which column goes where, the edition and the terms of the licence.")
def import_(kind: str, file: Path | None, endpoint: str | None, out: Path, show: bool) -> None:
    """Compare FILE, a dataset of KIND, with our tables; nothing of ours is changed.

    KIND is one of csv, desta, dpa, epoch, ideal-points, stri, taped, unctad or wikidata; `all` with --mapping.

    Examples: comity import epoch notable_ai_models.csv --out review;
    comity import wikidata --endpoint https://query.wikidata.org/sparql
    """
    from comity.cli.output import put
    from comity.importers import document, mapping, review

    if show and kind == "all":
        click.echo(document(), nl=False)
        return
    how = mapping(kind)
    if show:
        click.echo(how.shown())
        return
    if endpoint:
        from comity.importers.asking import asked

        put(out, {f"{kind}.json": asked(how, endpoint, file)})
        file = out / f"{kind}.json"
    if file is None:
        raise InputError(f"import {kind}: no file; give the path of your copy, or --mapping")
    from comity.graph import open as open_graph
    from comity.importers.reading import load
    from comity.matching import read

    load(file)  # a file that cannot be read is refused before the graph is opened
    graph = open_graph()
    put(out, review(how, file, read(graph.store), graph.layout.tables))
