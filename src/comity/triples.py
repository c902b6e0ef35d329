"""Typed rows become RDF quads by the rules of the CSVW metadata: `aboutUrl`, `propertyUrl`, `valueUrl`, `datatype`, `lang`.

W3C csv2rdf in minimal mode, with two stated additions: a list cell gives one value for each member, also under a
`valueUrl`; and a column annotated `comity:languageFrom` takes its language tag from another column of the row. Each
table fills the named graph that its `@id` names. No blank nodes.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import quote

import pyoxigraph as ox
from csvw import Column
from uritemplate import URITemplate

from comity.tables import PARTIAL_DATE, Fault, Row, TableData
from comity.vocabulary import CONCEPT, NS, XSD

LANGUAGE_FROM = NS + "languageFrom"
_PARTIAL_TYPES = {10: "date", 7: "gYearMonth", 4: "gYear"}

Value = ox.NamedNode | ox.Literal


@dataclass(frozen=True)
class Place:
    """Where a subject was written down."""

    file: str
    line: int


class Lifted(NamedTuple):
    """The quads of tables and the faults met."""

    quads: list[ox.Quad]
    faults: list[Fault]


def lift(tables: dict[str, TableData], declared: frozenset[str]) -> Lifted:
    """Turn `tables` into quads.

    `declared` holds the IRIs of all terms and concepts; a code that leads to none of them is a fault.
    """
    lifted = Lifted([], [])
    for table in tables.values():
        lifted.faults.extend(_lift_table(table, declared, lifted.quads))
    return lifted


def places_of(tables: dict[str, TableData]) -> dict[str, Place]:
    """Return the place of the row of each subject, by its IRI."""
    return {address(row.cells["id"]): Place(table.path.name, row.line)
            for table in tables.values() for address in (_expander(table.description.tableSchema.aboutUrl, "id"),) for row in table.rows}


def _expander(template: URITemplate, name: str) -> Callable[[object], str]:
    """Return what fills `name` into an RFC 6570 template; `{name}` alone at its end, as nearly all have it, is quick to fill."""
    start, braces, rest = template.uri.partition(f"{{{name}}}")
    if braces and not rest and "{" not in start:
        return lambda value: start + quote(str(value), safe="")
    return lambda value: str(template.expand({name: str(value)}))


def _lift_table(table: TableData, declared: frozenset[str], quads: list[ox.Quad]) -> Iterator[Fault]:
    graph = ox.NamedNode(table.description.at_props["id"])
    about = _expander(table.description.tableSchema.aboutUrl, "id")
    columns = [(c, ox.NamedNode(str(c.propertyUrl)), _reader(c)) for c in table.description.tableSchema.columns
               if not c.suppressOutput]
    for row in table.rows:
        subject = ox.NamedNode(about(row.cells["id"]))
        for column, predicate, values in columns:
            try:
                for value in values(row):
                    _check_code(value, declared)
                    quads.append(ox.Quad(subject, predicate, value, graph))
            except ValueError as error:
                yield Fault(table.path.name, row.line, column.header, str(error))


def _reader(column: Column) -> Callable[[Row], Iterator[Value]]:
    """Return the function that reads the values of `column` from a row."""
    name = column.header
    if column.virtual:
        constant = ox.NamedNode(str(column.valueUrl))
        return lambda row: iter((constant,))
    if column.valueUrl is not None:
        address = _expander(column.valueUrl, name)
        return lambda row: (_node(address(v)) for v in _members(row.cells[name]))
    language_column = column.common_props.get(LANGUAGE_FROM)
    language = None if column.lang == "und" else column.lang
    is_partial = column.datatype is not None and column.datatype.at_props.get("id") == PARTIAL_DATE

    def literals(row: Row) -> Iterator[Value]:
        tag = row.cells[language_column] if language_column else language
        for member in _members(row.cells[name]):
            yield _partial_date(member) if is_partial else _literal(member, tag)

    return literals


def _members(cell: object) -> list[object]:
    if cell is None:
        return []
    return [m for m in cell if m is not None] if isinstance(cell, list) else [cell]


def _node(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError:
        raise ValueError(f"{iri} is no valid address; percent-encode what does not belong in one") from None


def _literal(value: object, language: str | None) -> ox.Literal:
    if isinstance(value, datetime.date):
        return ox.Literal(value.isoformat(), datatype=ox.NamedNode(XSD + "date"))
    if isinstance(value, float):
        return ox.Literal(value)
    if isinstance(value, int | Decimal):
        return ox.Literal(str(value), datatype=ox.NamedNode(XSD + ("integer" if isinstance(value, int) else "decimal")))
    try:
        return ox.Literal(str(value), language=language)
    except ValueError:
        raise ValueError(f"{language} is no language tag; use BCP 47 such as en or zh") from None


def _partial_date(value: object) -> ox.Literal:
    text = str(value)
    return ox.Literal(text, datatype=ox.NamedNode(XSD + _PARTIAL_TYPES[len(text)]))


def _check_code(value: Value, declared: frozenset[str]) -> None:
    if not isinstance(value, ox.NamedNode) or value.value in declared:
        return
    if value.value.startswith(CONCEPT):
        scheme, _, code = value.value.removeprefix(CONCEPT).partition("/")
        raise ValueError(f"{code} is not in ontology/concepts/{scheme}.ttl; use a code of that list or add it there")
    if value.value.startswith(NS):
        raise ValueError(f"{value.value.removeprefix(NS)} is no class of the ontology; use one or define it in its module")
