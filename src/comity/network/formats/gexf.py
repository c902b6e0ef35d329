"""A dataset becomes GEXF 1.3 that is valid against its schema, with spells of ties, positions and colours.

Written here because networkx writes an invalid 1.2draft and fails on missing values and lists.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Final

from comity.network.dataset import ACTORS, TIES, Cell, Column, Dataset, Row
from comity.network.formats.layout import colours, positions
from comity.network.formats.separated import plain
from comity.network.spells import closed

NAMESPACE: Final = "http://gexf.net/1.3"
_TYPES: Final = {"text": "string", "date": "string", "list": "string", "boolean": "boolean", "integer": "long", "number": "double"}
#: what elements hold as attributes of their own
_OWN: Final = {ACTORS: {"id", "label"}, TIES: {"source", "target", "start", "end", "weight"}}
_EXTENT: Final = 1000


def to_gexf(dataset: Dataset) -> bytes:
    """Return actors and ties of `dataset` as GEXF 1.3.

    Ties of a dataset with `start` or `end` make a dynamic graph: one edge a pair and layer, with its spells. Intervals of
    GEXF include their end, so that the half-open [a, b) becomes a to the day before b; partial dates are widened (see
    `comity.network.spells`). What changes from spell to spell becomes a dynamic attribute. Unknown cells are left out; an
    edge without `weight` has an unknown one, which Gephi takes as 1. `kind` of an edge is its layer. Positions and colours
    carry the prefix `viz`, which some readers look for, bound to the namespace in which the schema of 1.3 declares them.
    """
    root = ET.Element("gexf", {"xmlns": NAMESPACE, "xmlns:viz": NAMESPACE, "version": "1.3"})
    meta = ET.SubElement(root, "meta")
    ET.SubElement(meta, "creator").text = f"Comity {dataset.about.get('version', '')}".strip()
    ET.SubElement(meta, "description").text = ", ".join(f"{name} {value}" for name, value in sorted(dataset.about.items()))
    graph = ET.SubElement(root, "graph", {"mode": "dynamic" if dataset.timed else "static", **({"timeformat": "date"} if dataset.timed else {}),
                                          "defaultedgetype": "directed" if dataset.directed else "undirected", "idtype": "string"})
    edges = _grouped(dataset)
    changing = {name for rows in edges for name in rows[0] if name not in ("start", "end") and len({row[name] for row in rows}) > 1}
    number = count()
    own = _declare(graph, "node", "static", [c for c in dataset.of(ACTORS) if c.name not in _OWN[ACTORS]], number)
    columns = [c for c in dataset.of(TIES) if c.name not in _OWN[TIES] | changing]
    static = _declare(graph, "edge", "static", columns, number)
    dynamic = _declare(graph, "edge", "dynamic", [c for c in dataset.of(TIES) if c.name in changing], number)
    _nodes(ET.SubElement(graph, "nodes"), dataset, own)
    _edges(ET.SubElement(graph, "edges"), edges, static, dynamic)
    ET.indent(root)
    data: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _grouped(dataset: Dataset) -> list[list[Row]]:
    """Gather the spells of one tie; without spells each row is a tie."""
    if not dataset.timed:
        return [[tie] for tie in dataset.ties]
    spells: dict[tuple[Cell, ...], list[Row]] = {}
    for tie in dataset.ties:
        spells.setdefault((tie["source"], tie["target"], tie["layer"]), []).append(tie)
    return list(spells.values())


def _declare(graph: ET.Element, kind: str, mode: str, columns: Iterable[Column], number: Iterable[int]) -> dict[str, str]:
    """Declare columns as attributes; return their ids by name."""
    ids = {column: str(index) for column, index in zip(columns, number, strict=False)}
    if ids:
        element = ET.SubElement(graph, "attributes", {"class": kind, "mode": mode})
        for column, key in ids.items():
            ET.SubElement(element, "attribute", {"id": key, "title": column.name, "type": _TYPES[column.type]})
    return {column.name: key for column, key in ids.items()}


def _nodes(parent: ET.Element, dataset: Dataset, attributes: Mapping[str, str]) -> None:
    where, shade = positions(dataset), colours(dataset)
    for actor in dataset.actors:
        name = str(actor["id"])
        node = ET.SubElement(parent, "node", {"id": name, "label": str(actor["label"] or name)})
        _values(ET.SubElement(node, "attvalues"), actor, attributes, {})
        if name in shade:
            ET.SubElement(node, "viz:color", dict(zip("rgb", map(str, shade[name]), strict=True)))
        if name in where:
            x, y = (f"{(2 * part - 1) * _EXTENT:.1f}" for part in where[name])
            ET.SubElement(node, "viz:position", {"x": x, "y": y, "z": "0.0"})


def _edges(parent: ET.Element, edges: list[list[Row]], static: Mapping[str, str], dynamic: Mapping[str, str]) -> None:
    for index, rows in enumerate(edges):
        first = rows[0]
        weight = first.get("weight") if "weight" not in dynamic else None
        edge = ET.SubElement(parent, "edge", {"id": str(index), "source": str(first["source"]), "target": str(first["target"]),
                                              **({} if weight is None else {"weight": str(weight)}), "kind": str(first["layer"])})
        spells = [_spell(row) for row in rows]
        if any(spells):
            element = ET.SubElement(edge, "spells")
            for spell in spells:
                ET.SubElement(element, "spell", spell)
        values = ET.SubElement(edge, "attvalues")
        _values(values, first, static, {})
        for row, spell in zip(rows, spells, strict=True):
            _values(values, row, dynamic, spell)


def _spell(row: Row) -> dict[str, str]:
    start, end = (None if row.get(name) is None else str(row[name]) for name in ("start", "end"))
    return {name: day for name, day in zip(("start", "end"), closed(start, end), strict=True) if day is not None}


def _values(parent: ET.Element, row: Row, attributes: Mapping[str, str], spell: Mapping[str, str]) -> None:
    for name, key in attributes.items():
        value = plain(row[name])
        if value is not None:
            ET.SubElement(parent, "attvalue", {"for": key, "value": str(value).lower() if isinstance(value, bool) else str(value), **spell})
