"""Advice on a query, and why it has no row, become lines on the terminal, or JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from comity.advice import Advice, advise
from comity.advice.terms import terms
from comity.errors import InputError, QueryError
from comity.graph import Graph
from comity.settings import layout
from comity.store import refuse_malformed
from comity.vocabulary import prefixes


def check(text: str, form: str | None) -> int:
    """Print the advice on a query that is not run; return the exit code. Raises `QueryError` if the query is malformed."""
    if form not in (None, "table", "json"):
        raise InputError(f"--check gives lines or json, not {form}; drop --format, or write --format json")
    refuse_malformed(text, prefixes(layout().ontology))
    found = _advise(text)
    if form == "json":
        click.echo(json.dumps([asdict(advice) for advice in found], indent=1, ensure_ascii=False))
    else:
        for advice in found:
            click.echo(_lines(advice))
    return 1 if found else 0


def warn(text: str, *, with_notes: bool) -> None:
    """Print the advice on a query that is about to run to standard error."""
    for advice in _advise(text):
        if with_notes or advice.severity != "note":
            click.echo(_lines(advice), err=True)


def say_why_empty(graph: Graph, text: str) -> None:
    """Print to standard error which pattern left a query without rows; nothing if it cannot be told."""
    try:
        found = graph.explain(text)
    except QueryError:
        return
    if found is None:
        return
    place = f"line {found.line}, column {found.column}: {found.pattern}\n    " if found.pattern else ""
    click.echo(f"no row: {place}{found.message}", err=True)
    for pattern, line, column in found.against:
        click.echo(f"    line {line}, column {column}: {pattern}", err=True)


def _advise(text: str) -> list[Advice]:
    folder = layout().ontology
    return advise(text, terms(folder), prefixes(folder))


def _lines(advice: Advice) -> str:
    return f"{advice.severity} at line {advice.line}, column {advice.column}: {advice.message} ({advice.rule})\n    instead: {advice.remedy}"
