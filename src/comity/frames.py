"""Rows of RDF terms become the columns and graphs of other libraries.

A column is typed only if every value in it is of one type and whole: a day of which only the year is known keeps a column text.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from comity.errors import InputError

if TYPE_CHECKING:
    import networkx as nx

Cell = ox.NamedNode | ox.Literal | ox.BlankNode | None
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "integer": int, "decimal": lambda text: float(Decimal(text)), "double": float, "float": float, "boolean": lambda text: text in ("true", "1"),
    "date": datetime.date.fromisoformat,
}
_TRIPLE: Final = ("subject", "predicate", "object")


def columns(names: Sequence[str], rows: Sequence[Sequence[Cell]], *, typed: bool) -> dict[str, list[Any]]:
    """Return the values of each column, None where unbound: as text, or if `typed` as int, float, bool or date where all are."""
    values = zip(*rows, strict=True) if rows else [()] * len(names)
    return {name: _column(list(cells), typed=typed) for name, cells in zip(names, values, strict=True)}


def _column(cells: list[Cell], *, typed: bool) -> list[Any]:
    kinds = {cell.datatype.value if isinstance(cell, ox.Literal) and not cell.language else "" for cell in cells if cell is not None}
    kind = next(iter(kinds)).removeprefix(_XSD) if len(kinds) == 1 else ""
    read = _READERS.get(kind, str) if typed else str
    try:
        return [None if cell is None else read(cell.value) for cell in cells]
    except (ValueError, ArithmeticError):  # a lexical form outside Python's range, such as the year 12000, keeps the column text
        return [None if cell is None else cell.value for cell in cells]


def multigraph(names: Sequence[str], rows: Sequence[Sequence[Cell]], source: str | None, target: str | None) -> nx.MultiDiGraph[str]:
    """Return a graph with an edge for each row in which `source` and `target` are bound.

    Nodes are the text of these cells; a column `xLabel` names the nodes of column `x` (attribute `label`); all other bound
    columns are attributes of the edge, typed where all values are of one type. Raises `InputError` for a name of no column.
    """
    import networkx as nx

    start, end = _ends(names, source, target)
    values = columns(names, rows, typed=True)
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    beside = [n for n in names if n not in (start, end, f"{start}Label", f"{end}Label")]
    texts = columns([start, end], [[row[names.index(start)], row[names.index(end)]] for row in rows], typed=False)
    for i, (a, b) in enumerate(zip(texts[start], texts[end], strict=True)):
        if a is None or b is None:
            continue
        for node, name in ((a, start), (b, end)):
            label = values.get(f"{name}Label", [None] * len(rows))[i]
            graph.add_node(node, **({"label": label} if label is not None else {}))
        graph.add_edge(a, b, **{n: values[n][i] for n in beside if not _is_empty(values[n][i])})
    return graph


def _ends(names: Sequence[str], source: str | None, target: str | None) -> tuple[str, str]:
    plain = [n for n in names if not n.endswith("Label")]
    first, second = ("subject", "object") if tuple(names) == _TRIPLE else (*plain, "", "")[:2]
    start, end = source or first, target or second
    for name in (start, end):
        if name not in names:
            raise InputError(f"no column {name or 'to draw an edge to'}; name two of: {', '.join(names)}")
    if start == end:
        raise InputError(f"an edge goes from one column to another, and {start} is named twice; name two of: {', '.join(names)}")
    return start, end


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
