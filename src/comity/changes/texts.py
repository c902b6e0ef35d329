"""A difference becomes lines for the terminal, release notes in Markdown, or JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from comity.changes.answers import AnswerChange
from comity.changes.compare import Difference, Edit, ThingChange
from comity.vocabulary import ID, compact

KINDS = ("entered", "changed", "gone")
#: properties that follow from others or from the row itself, and so say nothing in a note
_QUIET = ("heldFrom", "heldUntil", "possiblyFrom", "possiblyUntil", "knownFrom", "knownUntil", "type")


def to_json(difference: Difference, answers: Sequence[AnswerChange], prefixes: Mapping[str, str]) -> dict[str, Any]:
    """Return a difference as plain data: things with their edits, derived lines by rule, queries with the rows that went and came."""
    things = [{**asdict(thing), "edits": [{**asdict(e), "property": compact(e.property, dict(prefixes))} for e in thing.edits]} for thing in difference.things]
    return {"before": difference.before, "after": difference.after, "things": things,
            "derived": {rule: {"came": came, "went": went} for rule, (came, went) in sorted(difference.derived.items())},
            "queries": [asdict(answer) for answer in answers]}


def text(difference: Difference, answers: Sequence[AnswerChange], prefixes: Mapping[str, str]) -> str:
    """Lay a difference out for people, every thing and every row."""
    lines = [f"from {difference.before} to {difference.after}: {_counted(difference.things)}"]
    for thing in difference.things:
        lines.append(f"\n{thing.kind} {thing.iri.removeprefix(ID)}  {thing.label}")
        lines += [f"  {line}" for edit in thing.edits if not _is_quiet(edit) for line in _edit(edit, prefixes)]
    lines += [f"\nderived by {rule}: {came} came, {went} went" for rule, (came, went) in sorted(difference.derived.items())]
    for answer in answers:
        lines.append(f"\nquery {answer.name}: {answer.before} rows, now {answer.after}\n  {answer.columns}")
        lines += [f"  - {row}" for row in answer.went] + [f"  + {row}" for row in answer.came]
    return "\n".join(lines)


def markdown(difference: Difference, answers: Sequence[AnswerChange], prefixes: Mapping[str, str]) -> str:
    """Return release notes: counts by table, each thing that changed or is gone with its values, new ones by name, and queries by rows."""
    lines = [f"# Changes from {difference.before} to {difference.after}", ""]
    by_table = Counter((thing.table, thing.kind) for thing in difference.things)
    if by_table:
        lines += ["| table | entered | changed | gone |", "|---|---:|---:|---:|"]
        lines += [f"| {table} | {' | '.join(str(by_table[table, kind]) for kind in KINDS)} |" for table in sorted({t for t, _ in by_table})]
    else:
        lines.append("No row differs.")
    for kind, heading in (("gone", "Gone"), ("changed", "Changed"), ("entered", "Entered")):
        chosen = [thing for thing in difference.things if thing.kind == kind]
        if chosen:
            lines += ["", f"## {heading}", "", *(line for thing in chosen for line in _item(thing, prefixes))]
    if difference.derived:
        lines += ["", "## Derived statements", "", *(f"- {rule}: {came} came, {went} went" for rule, (came, went) in sorted(difference.derived.items()))]
    if answers:
        lines += ["", "## Queries whose answers differ", "", "| query | rows before | rows after | went | came |", "|---|---:|---:|---:|---:|",
                  *(f"| {a.name} | {a.before} | {a.after} | {len(a.went)} | {len(a.came)} |" for a in answers)]
    return "\n".join(lines) + "\n"


def _item(thing: ThingChange, prefixes: Mapping[str, str]) -> list[str]:
    head = f"- [{thing.label}]({thing.iri}) ({thing.table})"
    if thing.kind == "entered":
        return [head]
    return [head, *(f"  - `{line}`" for edit in thing.edits if thing.kind == "changed" and not _is_quiet(edit) for line in _edit(edit, prefixes))]


def _edit(edit: Edit, prefixes: Mapping[str, str]) -> list[str]:
    name = compact(edit.property, dict(prefixes))
    return [f"- {name} {_short(v, prefixes)}" for v in edit.before] + [f"+ {name} {_short(v, prefixes)}" for v in edit.after]


def _short(term: str, prefixes: Mapping[str, str]) -> str:
    return compact(term[1:-1], dict(prefixes)) if term.startswith("<") else term.partition("^^<")[0]


def _is_quiet(edit: Edit) -> bool:
    return edit.property.rsplit("#", 1)[-1] in _QUIET


def _counted(things: Iterable[ThingChange]) -> str:
    counts = Counter(thing.kind for thing in things)
    return ", ".join(f"{counts[kind]} {kind}" for kind in KINDS)
