"""Commands that question the graph: `sparql`, `queries`, `ask`, `describe`."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from comity.cli.output import emit
from comity.errors import InputError
from comity.graph import open as open_graph
from comity.results import GRAPH_FORMATS, ROW_FORMATS
from comity.settings import layout

if TYPE_CHECKING:
    from comity.describe import Description, Mention
    from comity.queries import Question

_FORMATS = click.Choice(["table", *ROW_FORMATS, *(f for f in GRAPH_FORMATS if f not in ("nq", "trig"))])
_AS_OF = click.option("--as-of", help="The day on which facts held (YYYY-MM-DD or today).")
_KNOWN_ON = click.option("--known-on", help="The day on which the rows stood in the graph (YYYY-MM-DD, today or latest).")
_TIMEOUT = click.option("--timeout", type=click.FloatRange(0.1, 3600), default=60, show_default=True, help="Seconds for each answer of a remote server.")


def address(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Refuse what is no address of a server, so that it is not taken for a file."""
    if value is not None and "://" not in value:
        raise click.BadParameter("write the whole address, http://host/path or https://host/path.")
    return value


def addresses(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse what are no addresses of servers, as they stand between < and > in queries."""
    for value in values:
        if not re.fullmatch(r"https?://[^<>\"{}|^`\\\x00-\x20]+", value):
            raise click.BadParameter(f"{value} is no address; write http://host/path or https://host/path, as between < and > in a query.")
    return values


_ENDPOINT = click.option("--endpoint", metavar="URL", callback=address, help="Ask this SPARQL server in place of the built graph.")

_BESIDE = click.option("--with", "beside", type=click.Path(exists=True, dir_okay=False, path_type=Path), multiple=True, metavar="FILE",
                       help="Ask also the named graphs of this file (N-Quads or TriG), such as scores; may be repeated.")


@click.command()
@click.argument("file", required=False)
@click.option("-q", "--query", "text", help="The query itself.")
@_AS_OF
@_KNOWN_ON
@click.option("--possibly", is_flag=True, help="With --as-of: keep also what partial and unknown dates leave open.")
@click.option("--format", "form", type=_FORMATS, help="Default: table for rows, ttl for graphs.")
@click.option("--advice", is_flag=True, help="Say on standard error what is slow or unknown in it, and why there is no row; always in a terminal.")
@click.option("--check", is_flag=True, help="Only say that, on standard output (--format table or json); exit code 1 if there is something to say.")
@_BESIDE
@_ENDPOINT
@_TIMEOUT
def sparql(file: str | None, text: str | None, as_of: str | None, known_on: str | None, possibly: bool, form: str | None, advice: bool, check: bool,
           beside: tuple[Path, ...], endpoint: str | None, timeout: float) -> int:
    """Run a SPARQL 1.1 query from FILE, from standard input (-) or from -q; with a day, over the graph as it held or was known then."""
    from comity.cli import advising
    from comity.syntax import refuse_side_effects

    query = _text(file, text)
    refuse_side_effects(query)
    if check:
        return advising.check(query, form)
    if advice or sys.stderr.isatty():
        advising.warn(query, with_notes=advice)
    graph = open_graph(endpoint, timeout=timeout, beside=beside).at(as_of, known_on, possibly=possibly)
    answer = graph.store.query(query)
    if (advice or sys.stderr.isatty()) and answer.kind == "rows" and not len(answer):
        advising.say_why_empty(graph, query)
    name = form or ("ttl" if answer.kind == "graph" else "table")
    emit(answer.serialize(name))
    return 0


def _text(file: str | None, text: str | None) -> str:
    if (file is None) == (text is None):
        raise InputError("give a query either as FILE (or - for standard input) or with -q")
    if text is not None:
        return text
    try:
        return sys.stdin.read() if file == "-" else Path(str(file)).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: cannot be read ({getattr(error, 'strerror', None) or error})") from None


@click.command()
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def queries(form: str) -> None:
    """List the query library with parameters and defaults."""
    from comity.queries import library

    questions = library(layout().queries).values()
    if form == "json":
        click.echo(json.dumps([_entry(q) for q in questions], indent=1, ensure_ascii=False))
        return
    for question in questions:
        parameters = " ".join(f"{p.name}={p.default}" for p in question.parameters)
        click.echo(f"{question.name}\n    {question.summary}\n    {parameters}")


def _entry(question: Question) -> dict[str, object]:
    return {"name": question.name, "summary": question.summary, "tags": list(question.tags),
            "parameters": [{"name": p.name, "type": p.type, "default": p.default} for p in question.parameters]}


@click.command()
@click.argument("name")
@click.option("-p", "--param", "pairs", multiple=True, metavar="KEY=VALUE", help="A parameter; IRIs may be ISO codes or names.")
@_AS_OF
@_KNOWN_ON
@click.option("--format", "form", type=_FORMATS, help="Default: table for rows, ttl for graphs.")
@_ENDPOINT
@_TIMEOUT
def ask(name: str, pairs: tuple[str, ...], as_of: str | None, known_on: str | None, form: str | None, endpoint: str | None, timeout: float) -> None:
    """Answer the library query NAME, for example: comity ask lookup/party-to-both -p a=CPTPP -p b=RCEP --as-of 2024-01-01"""
    from comity import queries as library

    values = dict(_pair(pair) for pair in pairs)
    values.update({k: v for k, v in (("as_of", as_of), ("known_on", known_on)) if v is not None})
    question = library.find(library.library(layout().queries), name)
    answer = library.ask(open_graph(endpoint, timeout=timeout).store, question, values)
    chosen = form or ("ttl" if answer.kind == "graph" else "table")
    emit(answer.serialize(chosen))


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name:
        raise InputError(f"--param {text}: write KEY=VALUE")
    return name, value


@click.command()
@click.argument("name")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@_ENDPOINT
@_TIMEOUT
def describe(name: str, form: str, endpoint: str | None, timeout: float) -> None:
    """Show what the graph says of one thing (IRI, kind/slug, ISO code or name), with its evidence."""
    from comity.describe import to_json
    from comity.vocabulary import prefixes

    description = open_graph(endpoint, timeout=timeout).describe(name)
    if form == "json":
        click.echo(json.dumps(to_json(description, prefixes(layout().ontology)), indent=1, ensure_ascii=False))
        return
    click.echo(_describe(description))


def _describe(description: Description) -> str:
    lines = [f"{description.label}  <{description.iri}>"]
    for statement in description.statements:
        mark = " (derived)" if statement.is_derived else ""
        lines.append(f"  {statement.property_label}: {statement.value_label or statement.value}{mark}")
    for kind, mentions in description.mentions.items():
        lines.append(f"\n{kind.rpartition('#')[2] or 'Other'} ({len(mentions)})")
        lines += [f"  {_mention(m, description.iri)}" for m in mentions]
    return "\n".join(lines)


def _mention(mention: Mention, thing: str) -> str:
    """Lay out one row: what it joins, its dates, then source, locator and grade."""
    parts = [f"{s.property_label} {s.value_label or s.value}" for s in mention.statements
             if s.value != thing and s.property_label not in ("type", "recorded on")]
    return "; ".join(parts)
