"""What a scenario changes becomes JSON as its schema describes it, rows of CSV, text for people, or a part of the page of all scenarios."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from comity.scenario.dyads import LISTED
from comity.scenario.model import NOTICE, Label, Move, Outcome, Overlay, Shape, Way

SCHEMA = "scenario.schema.json"
#: how many pairs a text or page shows; JSON and CSV have all
SHOWN = 12
_WIDTH = 118


def schema() -> dict[str, Any]:
    """Return the JSON Schema of an outcome."""
    found: dict[str, Any] = json.loads((files("comity.scenario") / SCHEMA).read_text(encoding="utf-8"))
    return found


def head(overlay: Overlay) -> dict[str, Any]:
    """Return what a scenario is, with its rows as written."""
    rows = [{"table": e.table, "id": e.id, "replaces": e.replaces or None, "cells": {k: v for k, v in e.cells.items() if k != "id"}} for e in overlay.entries]
    return {"id": overlay.slug, "title": overlay.title, "as_of": overlay.as_of.isoformat(), "summary": overlay.summary, "graph": overlay.graph, "rows": rows}


def to_json(found: Outcome) -> dict[str, Any]:
    """Return an outcome as plain values, in the shape of `schema`; the same scenario, graph, day and seed give the same."""
    then, now = found.before, found.after
    return {
        "scenario": head(found.overlay), "about": found.about() | {"actors": found.actors, "carried": found.rows[1]},
        "participations": [asdict(b) for b in found.bonds],
        "transfers": {"compared": found.pairs[0], "left_out": found.pairs[1], "data": found.overlay.data,
                      "changes": [asdict(w) | {"change": w.change} for w in found.ways]},
        "paradigms": [asdict(entry) for entry in found.labels],
        "dyads": {"moved": found.moved, "listed_from": LISTED, "changes": [_pair(m) for m in found.moves]},
        "network": {"before": _shape(then), "after": _shape(now),
                    "ties": [{"source": a, "target": b, "before": x, "after": y} for (a, b), x, y in ties(then, now)],
                    "blocs": {"dissolved": _sets(then, now), "formed": _sets(now, then)},
                    "swing": [{"actor": a, "before": x, "after": y} for a, x, y in swings(then, now)]},
        "reading": found.overlay.reading or None, "notice": NOTICE,
    }


def _pair(move: Move) -> dict[str, Any]:
    return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(move).items()}


def _shape(shape: Shape | None) -> dict[str, Any] | None:
    if shape is None:
        return None
    return {"positive": shape.positive, "negative": shape.negative, "mixed": shape.mixed, "frustration": shape.frustration, "proven": shape.proven,
            "balance": shape.balance, "tied": len(shape.blocs)}


def ties(then: Shape | None, now: Shape | None) -> Iterator[tuple[tuple[str, str], int | None, int | None]]:
    """Return the signed ties that differ, with their sign before and after, None where there is none."""
    old, new = (shape.ties if shape else {} for shape in (then, now))
    return ((pair, old.get(pair), new.get(pair)) for pair in sorted(old.keys() | new.keys()) if old.get(pair) != new.get(pair))


def swings(then: Shape | None, now: Shape | None) -> Iterator[tuple[str, float | None, float | None]]:
    """Return the actors that are tied to their bloc more or less firmly than before."""
    old, new = (shape.swing if shape else {} for shape in (then, now))
    return ((actor, old.get(actor), new.get(actor)) for actor in sorted(old.keys() | new.keys()) if old.get(actor) != new.get(actor))


def blocs(shape: Shape | None) -> set[tuple[str, ...]]:
    """Return the blocs of each part of the network that hangs together, as sorted members; between parts, sides say nothing of one another."""
    if shape is None:
        return set()
    part: dict[str, set[str]] = {}
    for a, b in shape.ties:
        joined = part.get(a, {a}) | part.get(b, {b})
        part.update(dict.fromkeys(joined, joined))
    return {tuple(sorted(m for m in members if shape.blocs[m] == shape.blocs[one])) for one, members in part.items()}


def _sets(shape: Shape | None, other: Shape | None) -> list[list[str]]:
    return [list(members) for members in sorted(blocs(shape) - blocs(other))]


def to_csv(found: Outcome) -> str:
    """Return every change as one row: kind, who, whom, what, before, after, and the ends of the interval of a difference."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("kind", "source", "target", "what", "before", "after", "difference", "low", "high"))
    for bond in found.bonds:
        writer.writerow(("participation", bond.actor, bond.whole, bond.status, *(("", "holds") if bond.change == "begins" else ("holds", "")), "", "", ""))
    for way in found.ways:
        writer.writerow((way.kind, way.exporter, way.recipient, way.name, way.before, way.after, way.change, "", ""))
    for label in found.labels:
        writer.writerow(("paradigm", label.jurisdiction, "", label.scheme, label.before, label.after, "", "", ""))
    for move in found.moves:
        values = (_cell(value) for value in (move.before, move.after, move.difference))
        writer.writerow(("score", move.source, move.target, move.score, *values, *(move.interval or ("", ""))))
    for (a, b), x, y in ties(found.before, found.after):
        writer.writerow(("tie", a, b, "sign", _cell(x), _cell(y), "", "", ""))
    for actor, then, now in swings(found.before, found.after):
        writer.writerow(("swing", actor, "", "increase of frustration", _cell(then), _cell(now), "", "", ""))
    return file.getvalue()


def _cell(value: float | None) -> str | float:
    return "" if value is None else value


def to_text(found: Outcome) -> str:
    """Lay an outcome out for people; what is left out of a list is counted."""
    lines = [found.overlay.title, found.overlay.summary, "", *(f"{a}: {b}" for a, b in figures(found)), ""]
    for heading, entries in sections(found):
        lines += [heading, *(f"  {entry}" for entry in entries), ""]
    if found.overlay.reading:
        lines += ["Reading", found.overlay.reading.strip(), ""]
    return "\n".join([*(_wrap(line) for line in lines), NOTICE])


def _wrap(line: str) -> str:
    return line if len(line) <= _WIDTH or "\n" in line else textwrap.fill(line, _WIDTH, subsequent_indent="    ", break_long_words=False)


def figures(found: Outcome) -> Iterator[tuple[str, str]]:
    """Return the figures of an outcome, each with its name."""
    yield "What-if day", f"{found.as_of}, as known on {found.known_on}"
    yield "Rows", f"{found.rows[0]} imagined, {found.rows[1]} carried over to them"
    left = f", {found.pairs[1]} left out" if found.pairs[1] else ""
    yield "Transfers compared", f"{found.pairs[0]}{left}; {len({(w.exporter, w.recipient) for w in found.ways})} differ"
    much = Counter(m.score for m in found.moves)
    yield f"Pairs that move by {LISTED} or more", ", ".join(f"{name} {much[name]}" for name in found.moved)
    yield "Pairs that move at all", ", ".join(f"{name} {count}" for name, count in found.moved.items())
    for name, shape in (("Signed network before", found.before), ("Signed network after", found.after)):
        if shape is not None:
            proof = "proven" if shape.proven else "not proven"
            yield name, (f"{shape.positive} positive, {shape.negative} negative, {shape.mixed} both; frustration {shape.frustration:g} ({proof}), "
                         f"balance {shape.balance:g}")
    yield "Intervals", f"90 % over {found.draws} draws, seed {found.seed}" if found.draws else "none: no draws, and ties follow the scores as observed"


def sections(found: Outcome) -> Iterator[tuple[str, list[str]]]:
    """Return the lists of changes under their headings, those that are empty left out."""
    bonds = [f"{b.actor} {'is' if b.change == 'begins' else 'is no longer'} {b.status} of {_name(found, b.whole)}" for b in found.bonds]
    yield from _filled("Participations in force", bonds)
    yield from _filled("Legal bases opened", _ways(found, "basis", "opened"))
    yield from _filled("Legal bases closed", _ways(found, "basis", "closed"))
    yield from _filled("Treaty clauses that bind both", _ways(found, "clause", ""))
    yield from _filled("Paradigms", _labels(found.labels))
    yield from _filled("Pairs", _moves(found.moves))
    words = {1: "positive", -1: "negative", None: "none"}
    yield from _filled("Signed ties", [f"{a} and {b}: {words[x]} → {words[y]}" for (a, b), x, y in ties(found.before, found.after)])
    yield from _filled("Blocs", _blocs(blocs(found.before), blocs(found.after)))
    yield from _filled("Swing", [f"{actor}: {_shown(x)} → {_shown(y)}" for actor, x, y in swings(found.before, found.after)])


def _labels(found: Sequence[Label]) -> list[str]:
    groups: dict[tuple[str, str, str], list[str]] = {}
    for label in found:
        groups.setdefault((label.scheme, label.before or "no label", label.after or "no label"), []).append(label.name)
    return [f"{scheme}: {before} → {after}: {', '.join(names)}" for (scheme, before, after), names in sorted(groups.items())]


def _blocs(old: set[tuple[str, ...]], new: set[tuple[str, ...]]) -> list[str]:
    """Return each bloc that is new, as the one it comes nearest to with who came and went, and those that nothing follows."""
    lines, followed = [], set()
    for members in sorted(new - old):
        near = max(sorted(old - new), key=lambda other: len({*other} & {*members}), default=())
        came, gone = sorted({*members} - {*near}), sorted({*near} - {*members})
        if {*near} & {*members}:
            followed.add(near)
            words = [f"{', '.join(who)} {verb}" for who, verb in ((came, "come in"), (gone, "go out")) if who]
            lines.append(f"that of {near[0]} ({len(near)} members): {'; '.join(words)}")
        else:
            lines.append(f"new: {', '.join(members)}")
    return [*lines, *(f"gone: {', '.join(members)}" for members in sorted(old - new - followed))]


def _filled(heading: str, entries: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    if entries:
        yield heading, list(entries)


def _ways(found: Outcome, kind: str, change: str) -> list[str]:
    """Return the transfers whose bases or clauses differ, those alike in one line."""
    groups: dict[tuple[str, ...], list[Way]] = {}
    for way in found.ways:
        if way.kind == kind and change in ("", way.change):
            groups.setdefault((way.name, way.before, way.after, way.reason if kind == "basis" else ""), []).append(way)
    return [f"{name}: {before or 'not there'} → {after or 'not there'}{f' ({reason})' if reason else ''}: {_routes(ways)}"
            for (name, before, after, reason), ways in groups.items()]


def _routes(found: Iterable[Way]) -> str:
    return ", ".join(f"{way.exporter}→{way.recipient}" for way in found)


def _moves(found: Sequence[Move]) -> list[str]:
    """Return the largest moves, and how many more are listed elsewhere."""
    lines = []
    for m in found[:SHOWN]:
        arrow = "→" if m.score in ("R", "A3") else "–"
        ends = f" [{m.interval[0]:.2f}, {m.interval[1]:.2f}]" if m.interval else ""
        by = f", by {m.difference:+.2f}{ends}" if m.difference is not None else " (too few instruments on one side)"
        lines.append(f"{m.score} {m.source}{arrow}{m.target}: {_shown(m.before)} → {_shown(m.after)}{by}")
    more = len(found) - SHOWN
    return [*lines, *([f"and {more} more of {LISTED} or above, in JSON and CSV"] if more > 0 else [])]


def _shown(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"


def _name(found: Outcome, identifier: str) -> str:
    names = (found.names.get(f"https://w3id.org/comity/id/{kind}/{identifier}") for kind in ("instrument", "actor"))
    return next((name for name in names if name), identifier)


def to_markdown(found: Outcome) -> str:
    """Return an outcome as one part of the page of all scenarios."""
    lines = [f"## {found.overlay.title}", "", f"`comity scenario {found.overlay.slug}`: {found.overlay.summary}", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in figures(found)]
    lines += ["", "Rows imagined:", "", *(f"- {_row(e)}" for e in head(found.overlay)["rows"])]
    for heading, entries in sections(found):
        lines += ["", f"### {heading}", "", *(f"- {entry}" for entry in entries)]
    return "\n".join([*lines, "", "### Reading", "", found.overlay.reading.strip(), ""])


def _row(row: dict[str, Any]) -> str:
    cells = ", ".join(f"{name} {value}" for name, value in row["cells"].items())
    stands = f", in place of `{row['replaces']}`" if row["replaces"] else ""
    return f"`{row['table']}` `{row['id']}`{stands}: {cells}"
