"""An answer of the library and one of `plain` become two bags of rows that can be held against each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import plain

from comity.graph import Graph
from comity.names import resolve
from comity.settings import Layout, layout

#: names of derivations are digests of the rule and its rows: which rows stand behind is compared, the digest is not
UNTOLD = {"derivation"}
#: how heavy a row weighs is a table of defaults, not an answer from the rows
UNWEIGHED = {"network": {"weight", "level"}, "routes": {"closure", "opened"}}
Rows = Counter[tuple[tuple[str, str], ...]]


@cache
def records(root: str, known_on: str) -> plain.Records:
    """Return the tables of the project in a folder, read once for each day."""
    return plain.Records(layout(Path(root)), known_on)


def differences(graph: Graph, places: Layout, name: str, values: Mapping[str, str]) -> tuple[Rows, Rows]:
    """Return the rows that only the library gives, and those that only the second implementation gives."""
    answer = graph.ask(name, **values)
    untold = UNTOLD | UNWEIGHED.get(name.partition("/")[0], set())
    columns = [column for column in answer.names if column not in untold]
    one = Counter(_row(columns, {n: c.value for n, c in zip(answer.names, cells, strict=True) if c is not None}) for cells in answer.cells)
    other = Counter(_row(columns, row) for row in _by_hand(graph, places, name, values))
    return one - other, other - one


def _by_hand(graph: Graph, places: Layout, name: str, values: Mapping[str, str]) -> plain.Answer:
    asked: dict[str, str] = {}
    for parameter in graph.queries()[name].parameters:
        text = values.get(parameter.name, parameter.default)
        match parameter.type:
            case "date":
                asked[parameter.name] = plain.day_of(text)
            case "iri":
                asked[parameter.name] = plain.short(resolve(graph.store, text).value)
            case _:
                asked[parameter.name] = text
    return plain.ANSWERS[name](records(str(places.ontology.parent), asked.pop("known_on", "latest")), **asked)


def _row(columns: list[str], cells: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    unknown = set(cells) - set(columns) - UNTOLD - set().union(*UNWEIGHED.values())
    assert not unknown, f"no such column: {unknown}"
    return tuple((column, _cell(cells.get(column))) for column in columns)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | set | tuple):
        return "; ".join(sorted({plain.short(str(part)) for part in value if part}))
    parts = [plain.short(part) for part in str(value).split("; ")]
    return "; ".join(sorted("derivation" if part.startswith("derivation/") else part for part in parts))
