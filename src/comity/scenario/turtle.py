"""Statements about rows become the cells of the tables again: the way from tables to triples, walked back.

The metadata of the tables says which predicate is which column and how an IRI is made of an id; what fits no column is refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from csvw import Column, Table

from comity.errors import InputError
from comity.scenario.model import SCENARIO, Entry
from comity.tables import METADATA, metadata
from comity.triples import LANGUAGE_FROM
from comity.vocabulary import DCTERMS, NS, read_turtle

SCHEMA = "http://schema.org/"

REPLACED = DCTERMS + "replaces"
#: a cell of a successor that holds this is empty, whatever the row had that it stands for
EMPTY = "(empty)"
_HEAD = {DCTERMS + "title": "title", DCTERMS + "valid": "as_of", DCTERMS + "description": "summary", SCHEMA + "fromLocation": "exporters",
         SCHEMA + "toLocation": "recipients", NS + "dataCategory": "data"}


@dataclass(frozen=True)
class Form:
    """How the rows of one table are written as statements."""

    name: str
    table: Table

    @property
    def start(self) -> str:
        """What the IRIs of its rows begin with."""
        return str(self.table.tableSchema.aboutUrl.uri).partition("{")[0]

    @property
    def columns(self) -> list[Column]:
        """The columns that stand in the file."""
        return [c for c in self.table.tableSchema.columns if not c.virtual]

    def cells(self, statements: Iterable[tuple[str, ox.NamedNode | ox.Literal]]) -> tuple[dict[str, str], list[str]]:
        """Return the cells that predicates and values come from, and the predicates that fit no column."""
        found: dict[str, list[str]] = defaultdict(list)
        odd = []
        constants = {str(c.valueUrl) for c in self.table.tableSchema.columns if c.virtual}
        for predicate, value in statements:
            names = [(_is_apt(c, value), c.header, text) for c in self.columns
                     if str(c.propertyUrl) == predicate and (text := _text(c, value)) is not None]
            if names:
                _, name, text = max(names, key=lambda entry: entry[0])
                found[name].append(text)
            elif value.value not in constants:
                odd.append(predicate)
        separators = {c.header: c.separator or ";" for c in self.columns}
        return {name: separators[name].join(sorted(values)) for name, values in found.items()}, odd


def forms(tables: Path) -> dict[str, Form]:
    """Return the tables that the metadata in the folder `tables` describes, by name."""
    return {Path(str(t.url)).stem: Form(Path(str(t.url)).stem, t) for t in metadata(tables / METADATA).tables}


def entries_of(path: Path, tables: Path) -> list[Entry]:
    """Return the rows of the Turtle file at `path`. Raises `InputError` for a subject of no table and a statement that is no cell."""
    known = forms(tables)
    about: dict[str, list[tuple[str, ox.NamedNode | ox.Literal]]] = defaultdict(list)
    for quad in read_turtle(path):
        if not isinstance(quad.subject, ox.NamedNode) or not isinstance(quad.object, ox.NamedNode | ox.Literal):
            raise InputError(f"{path.name}: a blank node, which nobody could cite; give each row an IRI")
        about[quad.subject.value].append((quad.predicate.value, quad.object))
    return [_head(iri, said, path) if iri.startswith(SCENARIO) else _entry(iri, said, known, path) for iri, said in sorted(about.items())]


def _head(iri: str, said: Iterable[tuple[str, ox.NamedNode | ox.Literal]], path: Path) -> Entry:
    cells: dict[str, list[str]] = defaultdict(list)
    for predicate, value in said:
        if predicate in _HEAD:
            cells[_HEAD[predicate]].append(value.value.rpartition("/")[2] if isinstance(value, ox.NamedNode) else value.value)
    return Entry("scenario", {"id": iri.removeprefix(SCENARIO)} | {k: ";".join(sorted(v)) for k, v in cells.items()}, "", path.name)


def _entry(iri: str, said: list[tuple[str, ox.NamedNode | ox.Literal]], known: Mapping[str, Form], path: Path) -> Entry:
    form = next((f for f in known.values() if iri.startswith(f.start)), None)
    if form is None:
        raise InputError(f"{path.name}: {iri} is the row of no table; begin it as those of the graph do, such as {known['participations'].start}")
    where = f"{path.name}, {iri.rpartition('/')[2]}"
    replaced = [value.value.removeprefix(form.start) for predicate, value in said if predicate == REPLACED]
    cells, odd = form.cells((predicate, value) for predicate, value in said if predicate != REPLACED)
    if odd or len(replaced) > 1:
        raise InputError(f"{where}: {odd[0] if odd else REPLACED} {'is no column of ' + form.name if odd else 'stands twice'}; see graph/README.md")
    return Entry(form.name, {**cells, "id": iri.removeprefix(form.start)}, replaced[0] if replaced else "", where)


def _text(column: Column, value: ox.NamedNode | ox.Literal) -> str | None:
    """Return the text of the cell that gives `value` under the rules of `column`, None if none does."""
    if column.valueUrl is None or (isinstance(value, ox.Literal) and value.value == EMPTY):
        return value.value if isinstance(value, ox.Literal) else None
    start = str(column.valueUrl.uri).partition("{")[0]
    if not start:
        return value.value
    if isinstance(value, ox.Literal) or not value.value.startswith(start) or "/" in (rest := value.value.removeprefix(start)):
        return None
    return rest


def _is_apt(column: Column, value: ox.NamedNode | ox.Literal) -> int:
    """Say how well a column suits the language of a value: 2 its own, 1 that of another cell, 0 none said."""
    spoken = value.language if isinstance(value, ox.Literal) else None
    if spoken is None:
        return int(column.lang == "und")
    return 2 if column.lang == spoken else int(LANGUAGE_FROM in column.common_props)
