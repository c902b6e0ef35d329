"""Faults become a report for people, programs and SHACL tools: text, JSON and a validation report graph.

Each fault names its file, row, column, what is wrong and how to mend it, and the check that found it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox

from comity.tables import Fault, TableData
from comity.triples import Place
from comity.vocabulary import BASE, SHACL, TYPE

CHECK = BASE + "check/"


def entries(faults: Iterable[Fault], places: Mapping[str, Place]) -> list[dict[str, Any]]:
    """Return the faults as plain mappings; `row` is the IRI of the row's subject, empty where the fault has no row."""
    rows = {place: subject for subject, place in places.items()}
    return [{"file": f.file, "line": f.line, "row": rows.get(Place(f.file, f.line), ""), "column": f.column, "message": f.message,
             "remedy": f.remedy, "check": f.check or "csvw", "severity": f.severity} for f in faults]


def graph(faults: Iterable[Fault], places: Mapping[str, Place], tables: Mapping[str, TableData], prefixes: dict[str, str]) -> bytes:
    """Return the faults as a SHACL validation report in Turtle.

    The focus node is the row's subject, or, where there is none, the place in the file (RFC 7111); the path is the property
    of the column; the source is the SHACL component, the fault query or CSVW.
    """
    report = ox.NamedNode(BASE + "report")
    found = entries(faults, places)
    triples = [ox.Triple(report, TYPE, _sh("ValidationReport")), ox.Triple(report, _sh("conforms"), ox.Literal(not found))]
    for number, entry in enumerate(found, 1):
        node = ox.NamedNode(f"{report.value}/{number}")
        focus = entry["row"] or BASE + "tables/" + entry["file"] + (f"#row={entry['line']}" if entry["line"] else "")
        path = _property(tables.get(entry["file"].removesuffix(".csv")), entry["column"])
        check = entry["check"] if entry["check"].startswith("http") else CHECK + entry["check"]
        triples += [ox.Triple(report, _sh("result"), node), ox.Triple(node, TYPE, _sh("ValidationResult")),
                    ox.Triple(node, _sh("focusNode"), ox.NamedNode(focus)),
                    *([ox.Triple(node, _sh("resultPath"), ox.NamedNode(path))] if path else []),
                    ox.Triple(node, _sh("resultMessage"), ox.Literal(entry["message"], language="en")),
                    ox.Triple(node, _sh("resultSeverity"), _sh("Violation")), ox.Triple(node, _sh("sourceConstraintComponent"), ox.NamedNode(check))]
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""


def _sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(SHACL + name)


def _property(table: TableData | None, column: str) -> str:
    found = [str(c.propertyUrl) for c in table.columns if c.header == column and c.propertyUrl] if table else []
    return found[0] if found else ""
