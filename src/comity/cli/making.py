"""Commands that make the graph: `build` and `check`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from comity.cli.output import emit
from comity.errors import FaultsFound, InputError
from comity.settings import layout
from comity.tables import counted

if TYPE_CHECKING:
    from comity.build import Prepared


@click.command()
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write to; default: build.")
@click.option("--afresh", is_flag=True, help="Start from nothing, not from what changed since the last build.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def build(out: Path | None, afresh: bool, form: str) -> None:
    """Build the graph from the tables; a build that fails leaves the old one untouched."""
    from comity import build as building
    from comity.dumps import manifest

    with _progress(building.STAGES) as step:
        prepared = building.build(layout(), out, step, afresh=afresh)
    if form == "json":
        click.echo(json.dumps(manifest(prepared), indent=1))
        return
    rows = sum(prepared.rows.values())
    grades = ", ".join(f"{count} {grade}" for grade, count in prepared.grades.items())
    click.echo(f"built {prepared.version}: {rows} rows, {len(prepared.store)} quads, {sum(prepared.derived.values())} of them derived")
    click.echo(f"evidence: {grades}")
    click.echo(f"time: {sum(prepared.seconds.values()):.1f} s ({', '.join(f'{k} {v} s' for k, v in _seconds(prepared).items())})")


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json", "ttl"]), default="text", show_default=True, help="ttl: a SHACL validation report.")
@click.option("--afresh", is_flag=True, help="Check every row, also those that have not changed since the last build.")
@click.option("--evidence", is_flag=True, help="List the rows that are only recalled.")
@click.option("--ontology", is_flag=True, help="Check the ontology instead: style, OWL 2 RL, consistency, alignment, unused terms.")
@click.option("--coding", is_flag=True, help="Say how far two coders of the transfer rules in the built graph agree (Krippendorff's alpha).")
def check(form: str, afresh: bool, evidence: bool, ontology: bool, coding: bool) -> None:
    """Check tables, shapes and cross-row rules, and report every fault with its place and remedy."""
    from comity import build as building
    from comity import report
    from comity.vocabulary import prefixes

    if form == "ttl" and (ontology or coding or evidence):
        raise InputError("--format ttl is for the report on the tables; leave out --ontology, --coding and --evidence, or take --format json")
    if ontology:
        _check_ontology(form)
        return
    if coding:
        _show_agreement(form)
        return
    with _progress(building.STAGES[:-1]) as step:
        prepared = building.prepare(layout(), step, folder=layout().build, afresh=afresh)
    recalled = _recalled(prepared) if evidence else []
    if form == "json":
        faults = report.entries(prepared.faults, prepared.places)
        click.echo(json.dumps({"version": prepared.version, "rows": prepared.rows, "grades": prepared.grades,
                               "faults": faults, **({"recalled": recalled} if evidence else {})}, indent=1, ensure_ascii=False))
    elif form == "ttl":
        emit(report.graph(prepared.faults, prepared.places, prepared.tables, prefixes(layout().ontology)))
    else:
        for fault in prepared.faults:
            click.echo(str(fault))
        for place in recalled:
            click.echo(place)
        total = sum(prepared.grades.values())
        shares = ", ".join(f"{count} {grade} ({count / total:.0%})" for grade, count in prepared.grades.items())
        click.echo(f"{sum(prepared.rows.values())} rows, {counted(prepared.faults)}; evidence: {shares}")
    if prepared.faults:
        raise FaultsFound(f"{counted(prepared.faults)} found; mend where the lines above say")


def _check_ontology(form: str) -> None:
    """Report on the ontology; anything above INFO is a fault, as a departure must say why."""
    from comity import build as building
    from comity.style import SEVERITIES, report

    with _progress(building.STAGES[:3]) as step:
        prepared = building.assemble(layout(), step)
    if prepared.faults:
        raise FaultsFound(f"{prepared.faults[0]} (all: comity check)")
    findings = report(layout(), prepared.store)
    counts = {severity: sum(f.severity == severity for f in findings) for severity in SEVERITIES}
    if form == "json":
        click.echo(json.dumps({"version": prepared.version, "counts": counts, "findings": [asdict(f) for f in findings]}, indent=1, ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(str(finding))
        click.echo(", ".join(f"{count} {severity}" for severity, count in counts.items()))
    if counts["ERROR"] or counts["WARN"]:
        raise FaultsFound(f"{counts['ERROR'] + counts['WARN']} findings on the ontology; mend where the lines above say, or declare the exception")


def _show_agreement(form: str) -> None:
    from comity.coding import agreement
    from comity.graph import open as open_graph

    found = agreement(open_graph().store)
    if form == "json":
        click.echo(json.dumps([asdict(a) for a in found], indent=1))
        return
    for a in found:
        alpha = "not enough to tell" if a.alpha is None else f"alpha {a.alpha:.2f} ({a.low:.2f} to {a.high:.2f})"
        click.echo(f"{a.variable}: {a.rules} rules, {a.alike:.0%} alike, {alpha}, {a.level}")


def _recalled(prepared: Prepared) -> list[str]:
    return [f"{table.path.name}:{row.line}: recalled: {row.cells['id']}"
            for table in prepared.tables.values() for row in table.rows if row.cells.get("evidence_grade") == "recalled"]


def _seconds(prepared: Prepared) -> dict[str, float]:
    return {stage: round(value, 2) for stage, value in prepared.seconds.items()}


@contextmanager
def _progress(stages: tuple[str, ...]) -> Iterator[Callable[[str], None]]:
    """Show a bar with the stage at work, on standard error and only on a terminal."""
    if not sys.stderr.isatty():
        yield lambda stage: None
        return
    with click.progressbar(length=len(stages), file=sys.stderr, show_eta=False, item_show_func=lambda s: s) as bar:
        yield lambda stage: bar.update(1, stage)
