"""The rows of a scenario, checked as those of the tables are, become statements in the scenario's own named graph.

A row that replaces one of the graph takes every cell that it leaves empty from it, and the old one is retracted, by a statement
of the scenario; rows that refer to the old one are carried over to refer to the new one. No statement of the graph is changed.
"""

from __future__ import annotations

import csv
import datetime
import difflib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from comity.errors import InputError
from comity.scenario.evidence import EVIDENCE, Witness
from comity.scenario.model import Entry, Overlay
from comity.scenario.turtle import EMPTY, Form, forms
from comity.settings import Layout
from comity.tables import Fault, TableData, fill
from comity.triples import lift
from comity.vocabulary import NS, declared

_RETRACTED = ox.NamedNode(NS + "retractedOn")
#: what makes a relation dated; other tables hold one row an id, which is never replaced
_DATED = frozenset({"valid_from", "occurred_on"})
_PLACEHOLDER = {"source_id": "scenario", "locator": "scenario", "evidence_grade": "recalled"}


@dataclass
class Statements:
    """What a scenario states: `quads`, all in its graph; `rows`, the IRI of each row by its place; `old`, replaced IRI → successor's;
    `cells`, the whole cells of each row, by its IRI; `carried`, how many rows were carried over.
    """

    quads: list[ox.Quad] = field(default_factory=list)
    rows: dict[str, Entry] = field(default_factory=dict)
    old: dict[str, str] = field(default_factory=dict)
    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    carried: int = 0


def state(overlay: Overlay, base: ox.Store, places: Layout, day: datetime.date) -> Statements:
    """Return the statements of `overlay` about the graph in `base`, recorded on `day`. Raises `InputError` at the first fault, with its place."""
    known = forms(places.tables)
    found = Statements()
    by_table: dict[str, list[Entry]] = {}
    for entry in overlay.entries:
        form = _form(entry, known)
        whole = Entry(entry.table, _whole(entry, form, base), entry.replaces, entry.where)
        _check_id(whole, form, base, found)
        found.rows[form.start + entry.id], found.cells[form.start + entry.id] = entry, whole.cells
        if entry.replaces:
            found.old[form.start + entry.replaces] = form.start + entry.id
        by_table.setdefault(entry.table, []).append(whole)
    graph = ox.NamedNode(overlay.graph)
    tables = _typed(by_table, known, day)
    _check_keys(tables, known, base, found)
    quads, faults = lift(tables, declared(places.ontology))
    _stop(faults, by_table)
    witness = Witness(base, graph, day)
    successors = {new: old for old, new in found.old.items()}
    for quad in quads:
        if quad.predicate.value not in EVIDENCE:
            value = ox.NamedNode(found.old.get(quad.object.value, quad.object.value)) if isinstance(quad.object, ox.NamedNode) else quad.object
            found.quads.append(ox.Quad(quad.subject, quad.predicate, value, graph))
    for iri, entry in found.rows.items():
        found.quads += witness.of(iri, f"{entry.table}, {entry.id}", successors.get(iri))
    found.quads += _carry(found, base, known, witness)
    found.quads += witness.about(overlay.title, overlay.summary, overlay.as_of)
    return found


def _form(entry: Entry, known: Mapping[str, Form]) -> Form:
    form = known.get(entry.table)
    if form is None:
        near = difflib.get_close_matches(entry.table, known, n=1)
        raise InputError(f"{entry.where}: no table is called {entry.table or '(nothing)'}; {f'did you mean {near[0]}?' if near else 'see graph/README.md'}")
    names = {c.header for c in form.columns}
    for column in entry.cells:
        if column not in names:
            near = difflib.get_close_matches(column, names, n=1)
            raise InputError(f"{entry.where}: {entry.table} has no column {column}; {f'did you mean {near[0]}?' if near else 'see graph/README.md'}")
    given = sorted(entry.cells.keys() & {"recorded_on", "retracted_on", *_PLACEHOLDER})
    if given:
        raise InputError(f"{entry.where}: {given[0]}: a row of a scenario is hypothetical and its own source; leave the columns of evidence away")
    if not entry.id:
        raise InputError(f"{entry.where}: id is empty; give the row an id of its own")
    return form


def _whole(entry: Entry, form: Form, base: ox.Store) -> dict[str, str]:
    """Return the cells of a row with those it takes from the row that it replaces."""
    cells = dict(entry.cells)
    if entry.replaces:
        if not _DATED & {c.header for c in form.columns}:
            raise InputError(f"{entry.where}: replaces: {entry.table} names things, and a thing is never replaced; add an event or another dated row")
        said = [(q.predicate.value, q.object) for q in _of(base, form, entry.replaces)]
        if not said:
            raise InputError(f"{entry.where}: replaces: {entry.replaces} is not an id of {entry.table}{_near(entry.replaces, form, base)}")
        if any(predicate == _RETRACTED.value for predicate, _ in said):
            raise InputError(f"{entry.where}: replaces: {entry.replaces} was retracted; name the row that stands in its place")
        old, _ = form.cells((p, v) for p, v in said if isinstance(v, ox.NamedNode | ox.Literal))
        cells = {**old, **cells, "id": entry.id}
    return {name: value for name, value in cells.items() if value != EMPTY}


def _of(base: ox.Store, form: Form, identifier: str) -> Iterator[ox.Quad]:
    try:
        subject = ox.NamedNode(form.start + identifier)
    except ValueError:
        return iter(())
    return base.quads_for_pattern(subject, None, None, ox.NamedNode(form.table.at_props["id"]))


def _near(wanted: str, form: Form, base: ox.Store) -> str:
    ids = {q.subject.value.removeprefix(form.start) for q in base.quads_for_pattern(None, None, None, ox.NamedNode(form.table.at_props["id"]))
           if isinstance(q.subject, ox.NamedNode)}
    near = difflib.get_close_matches(wanted, sorted(ids), n=1)
    return f"; did you mean {near[0]}?" if near else "; see the table"


def _check_id(entry: Entry, form: Form, base: ox.Store, found: Statements) -> None:
    iri = form.start + entry.id
    if iri in found.rows:
        raise InputError(f"{entry.where}: id: {entry.id} stands already in {found.rows[iri].where}; ids are given once")
    if next(_of(base, form, entry.id), None) is not None:
        raise InputError(f"{entry.where}: id: {entry.id} is a row of the graph; give the row an id of its own, and name that one in replaces")
    if entry.replaces and form.start + entry.replaces in found.old:
        raise InputError(f"{entry.where}: replaces: {entry.replaces} is replaced twice; replace it once")


def _typed(by_table: Mapping[str, list[Entry]], known: Mapping[str, Form], day: datetime.date) -> dict[str, TableData]:
    """Read the rows as the tables are read, with the same checks."""
    tables, faults = {}, []
    with tempfile.TemporaryDirectory() as folder:
        for name, entries in by_table.items():
            form, path = known[name], Path(folder) / f"{name}.csv"
            entries.sort(key=lambda entry: entry.id)
            header = [c.header for c in form.columns]
            evidence = {k: v for k, v in {**_PLACEHOLDER, "recorded_on": day.isoformat()}.items() if k in header}
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
                writer.writeheader()
                writer.writerows({**entry.cells, **evidence, **({"retracted_on": ""} if "retracted_on" in header else {})} for entry in entries)
            tables[name] = TableData(name, path, form.table)
            faults += fill(tables[name])[0]
    _stop(faults, by_table)
    return tables


def _stop(faults: Iterable[Fault], by_table: Mapping[str, list[Entry]]) -> None:
    """Raise the first fault with the place where its row was written."""
    for fault in sorted(faults):
        entries = by_table[fault.file.removesuffix(".csv")]
        where = entries[fault.line - 2].where if 2 <= fault.line <= len(entries) + 1 else fault.file
        raise InputError(f"{where}: {f'{fault.column}: ' if fault.column else ''}{fault.message}")


def _check_keys(tables: Mapping[str, TableData], known: Mapping[str, Form], base: ox.Store, found: Statements) -> None:
    """Refuse a row that names a thing which neither the graph nor the scenario has."""
    for table in tables.values():
        for key in table.description.tableSchema.foreignKeys:
            column, target = key.columnReference[0], known[Path(str(key.reference.resource)).stem]
            for row in table.rows:
                value = row.cells[column]
                for name in (value if isinstance(value, list) else [value]) if column != "source_id" else ():
                    if name is not None and target.start + name not in found.rows and next(_of(base, target, name), None) is None:
                        entry = found.rows[known[table.name].start + row.cells["id"]]
                        raise InputError(f"{entry.where}: {column}: {name} is not an id of {target.name}{_near(name, target, base)}")


def _carry(found: Statements, base: ox.Store, known: Mapping[str, Form], witness: Witness) -> Iterator[ox.Quad]:
    """Return the rows that refer to a replaced one, carried over to its successor: a rule's exceptions go on under the rule that follows it."""
    dated = {f.table.at_props["id"]: f for f in known.values() if _DATED & {c.header for c in f.columns}}
    waiting = list(found.old)
    while waiting:
        for quad in sorted(base.quads_for_pattern(None, None, ox.NamedNode(waiting.pop()), None), key=str):
            row = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else ""
            graph = quad.graph_name
            said = list(base.quads_for_pattern(quad.subject, None, None, graph))
            if not isinstance(graph, ox.NamedNode) or graph.value not in dated or row in found.old or any(q.predicate == _RETRACTED for q in said):
                continue
            found.old[row] = f"{row}--{witness.graph.value.rpartition('/')[2]}"
            waiting.append(row)
    for row, new in list(found.old.items()):
        if new in found.rows:
            continue
        found.carried += 1
        for quad in list(base.quads_for_pattern(ox.NamedNode(row), None, None, None)):  # what the engine iterates by must not outlive its thread in a traceback
            if isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value in dated and quad.predicate.value not in EVIDENCE:
                value = ox.NamedNode(found.old.get(quad.object.value, quad.object.value)) if isinstance(quad.object, ox.NamedNode) else quad.object
                yield ox.Quad(ox.NamedNode(new), quad.predicate, value, witness.graph)
        yield from witness.of(new, f"carried over from {row.rpartition('/')[2]}", row)
