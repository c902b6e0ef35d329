"""A dataset becomes RDF: one Data Cube for each measured column, each observation with the rows that it was derived from.

A cube with a single measure keeps the integrity constraints of the vocabulary where cells are unknown: an unknown cell
has no observation. All nodes have IRIs.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

import pyoxigraph as ox

from comity.errors import InputError
from comity.network.dataset import ACTORS, TIES, Cell, Column, Dataset, Row
from comity.network.formats.companions import LICENCE
from comity.vocabulary import DATASET, DCTERMS, GRAPH, ID, NS, OWL, PROV, QB, RDF, RDFS, SCORES, TYPE, XSD

_MEASURED: Final = ("number", "integer", "boolean")
#: numbers that name an actor and measure nothing
_CODES: Final = ("cow", "gw")
_TYPES: Final = {"integer": "integer", "number": "double", "boolean": "boolean", "text": "string", "list": "string"}
#: whole and partial dates by the length of their text
_DATES: Final = {4: "gYear", 7: "gYearMonth", 10: "date"}
_NUMBER: Final = Column("", "number", "integer", "count", "Counts the rows that share all other dimensions, from 1.")
_PREFIXES: Final = {"qb": QB, "rdf": RDF, "rdfs": RDFS, "xsd": XSD, "dcterms": DCTERMS, "prov": PROV, "owl": OWL, "comity": NS}


def to_rdf(dataset: Dataset, form: str = "ttl") -> bytes:
    """Return `dataset` as Turtle (`ttl`) or, in a named graph of its own, as N-Quads (`nq`), sorted.

    Every column of numbers or truth values (but for codes of states) makes a `qb:DataSet` of its own. Dimensions are
    the actor; source, target and layer of a tie; the leading text columns of a further table; and a number where rows
    share all of these. Further columns of ties are attributes. Where a row lists what stands behind it in `through`, its
    observations are `prov:wasDerivedFrom` one collection, whose `prov:hadMember` are these: an IRI, `kind/slug`, or a slug
    whose kind `dataset.kinds` gives for the layer. Raises `InputError` for a slug of unknown kind and for an unknown cell in
    a dimension.
    """
    whole = ox.NamedNode(f"{SCORES}{_key(dataset)}")
    triples = {*_described(dataset, whole), *(t for table in dataset.tables for t in _cubes(dataset, table, whole))}
    if form == "ttl":
        return ox.serialize(sorted(triples, key=str), format=ox.RdfFormat.TURTLE, prefixes=_PREFIXES) or b""
    graph = ox.NamedNode(f"{GRAPH}scores/{_key(dataset)}")
    lines = ox.serialize((ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples), format=ox.RdfFormat.N_QUADS) or b""
    return b"".join(sorted(lines.splitlines(keepends=True)))


def _key(dataset: Dataset) -> str:
    """Return a name that changes with whatever made the dataset."""
    made = json.dumps(dict(dataset.about), sort_keys=True, default=str).encode()
    return f"{_slug(dataset.name)}-{hashlib.sha256(made).hexdigest()[:12]}"


def _described(dataset: Dataset, whole: ox.NamedNode) -> Iterator[ox.Triple]:
    yield ox.Triple(whole, ox.NamedNode(DCTERMS + "title"), ox.Literal(f"Comity: {dataset.name}", language="en"))
    yield ox.Triple(whole, ox.NamedNode(DCTERMS + "description"), ox.Literal(json.dumps(dict(dataset.about), sort_keys=True, ensure_ascii=False)))
    yield ox.Triple(whole, ox.NamedNode(DCTERMS + "license"), ox.NamedNode(LICENCE))
    yield ox.Triple(whole, ox.NamedNode(PROV + "wasDerivedFrom"), DATASET)
    if version := dataset.about.get("version"):
        yield ox.Triple(whole, ox.NamedNode(OWL + "versionInfo"), ox.Literal(str(version)))


def _cubes(dataset: Dataset, table: str, whole: ox.NamedNode) -> Iterator[ox.Triple]:
    columns, rows = dataset.of(table), dataset.tables[table]
    dimensions = _dimensions(table, columns)
    keys = [tuple(row[c.name] for c in dimensions) for row in rows]
    if any(cell is None for key in keys for cell in key):
        raise InputError(f"table {table} of {dataset.name}: an unknown cell among {', '.join(c.name for c in dimensions)}; fill it, as it names the row")
    seen: Counter[tuple[Cell, ...]] = Counter()
    if len(set(keys)) < len(keys):
        dimensions = (*dimensions, _NUMBER)
        rows = tuple({**row, "number": _count(seen, key)} for row, key in zip(rows, keys, strict=True))
    measures = [c for c in columns if c.type in _MEASURED and c.name not in _CODES]
    attributes = [c for c in columns if table == TIES and c not in dimensions and c not in measures and c.name != "through"]
    home = f"{whole.value}/{_slug(table)}"
    behind = {_place(row, dimensions): tuple(_behind(dataset, row)) for row in rows}
    for place, found in behind.items():
        yield from _receipt(_evidence(home, place), found)
    for measure in measures:
        cube = ox.NamedNode(f"{home}/{_slug(measure.name)}")
        yield ox.Triple(cube, ox.NamedNode(DCTERMS + "isPartOf"), whole)
        yield from _structure(cube, dimensions, measure, attributes)
        for row in (row for row in rows if row[measure.name] is not None):
            place = _place(row, dimensions)
            observation = ox.NamedNode(f"{cube.value}/{place}")
            yield from _observation(cube, observation, row, (*dimensions, measure, *attributes))
            if behind[place]:
                yield ox.Triple(observation, ox.NamedNode(PROV + "wasDerivedFrom"), _evidence(home, place))


def _dimensions(table: str, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    named = {ACTORS: ("id",), TIES: ("source", "target", "layer")}.get(table)
    if named is not None:
        return tuple(c for name in named for c in columns if c.name == name)
    leading = next((i for i, c in enumerate(columns) if c.type != "text"), len(columns))
    return columns[:leading]


def _count(seen: Counter[tuple[Cell, ...]], key: tuple[Cell, ...]) -> int:
    seen[key] += 1
    return seen[key]


def _structure(cube: ox.NamedNode, dimensions: tuple[Column, ...], measure: Column, attributes: list[Column]) -> Iterator[ox.Triple]:
    """Declare a cube, its structure and the properties in it."""
    structure = ox.NamedNode(cube.value + "/structure")
    yield ox.Triple(cube, TYPE, ox.NamedNode(QB + "DataSet"))
    yield ox.Triple(cube, ox.NamedNode(RDFS + "label"), ox.Literal(f"{measure.name} of {measure.table}", language="en"))
    yield ox.Triple(cube, ox.NamedNode(QB + "structure"), structure)
    yield ox.Triple(structure, TYPE, ox.NamedNode(QB + "DataStructureDefinition"))
    parts = [*(("dimension", c) for c in dimensions), ("measure", measure), *(("attribute", c) for c in attributes)]
    for order, (role, column) in enumerate(parts, 1):
        component, kind = ox.NamedNode(f"{structure.value}/{_slug(column.name)}"), _property(column)
        yield ox.Triple(structure, ox.NamedNode(QB + "component"), component)
        yield ox.Triple(component, TYPE, ox.NamedNode(QB + "ComponentSpecification"))
        yield ox.Triple(component, ox.NamedNode(QB + role), kind)
        yield ox.Triple(component, ox.NamedNode(QB + "order"), ox.Literal(order))
        if role == "attribute":
            yield ox.Triple(component, ox.NamedNode(QB + "componentRequired"), ox.Literal(False))
        yield ox.Triple(kind, TYPE, ox.NamedNode(RDF + "Property"))
        yield ox.Triple(kind, TYPE, ox.NamedNode(f"{QB}{role.capitalize()}Property"))
        yield ox.Triple(kind, ox.NamedNode(RDFS + "label"), ox.Literal(column.name, language="en"))
        yield ox.Triple(kind, ox.NamedNode(RDFS + "comment"), ox.Literal(f"{column.meaning} Unit: {column.unit}.", language="en"))
        if column.type != "date":
            yield ox.Triple(kind, ox.NamedNode(RDFS + "range"), ox.NamedNode(NS + "Actor" if _is_actor(column) else XSD + _TYPES[column.type]))


def _place(row: Row, dimensions: tuple[Column, ...]) -> str:
    """Return the end of the IRIs of what is said of a row: its dimensions."""
    return "/".join(_slug(str(row[column.name])) for column in dimensions)


def _observation(cube: ox.NamedNode, observation: ox.NamedNode, row: Row, columns: tuple[Column, ...]) -> Iterator[ox.Triple]:
    yield ox.Triple(observation, TYPE, ox.NamedNode(QB + "Observation"))
    yield ox.Triple(observation, ox.NamedNode(QB + "dataSet"), cube)
    for column in columns:
        if row[column.name] is not None:
            yield ox.Triple(observation, _property(column), _term(column, row[column.name]))


def _evidence(home: str, place: str) -> ox.NamedNode:
    return ox.NamedNode(f"{home}/evidence/{place}")


def _receipt(receipt: ox.NamedNode, found: tuple[ox.NamedNode, ...]) -> Iterator[ox.Triple]:
    """Gather the rows behind a row of numbers once, as each of its numbers rests on them."""
    if found:
        yield ox.Triple(receipt, TYPE, ox.NamedNode(PROV + "Collection"))
    for one in found:
        yield ox.Triple(receipt, ox.NamedNode(PROV + "hadMember"), one)


def _behind(dataset: Dataset, row: Row) -> Iterator[ox.NamedNode]:
    through = row.get("through")
    return (_row(dataset, row, name) for name in (through if isinstance(through, tuple) else ()))


def _property(column: Column) -> ox.NamedNode:
    return ox.NamedNode("/".join(filter(None, (f"{SCORES}property", _slug(column.table), _slug(column.name)))))


def _is_actor(column: Column) -> bool:
    return column.name in ("source", "target", "actor") or (column.table, column.name) == (ACTORS, "id")


def _term(column: Column, cell: Cell) -> ox.NamedNode | ox.Literal:
    if _is_actor(column):
        return ox.NamedNode(f"{ID}actor/{_slug(str(cell))}")
    text = " ".join(cell) if isinstance(cell, tuple) else str(cell).lower() if isinstance(cell, bool) else str(cell)
    return ox.Literal(text, datatype=ox.NamedNode(XSD + (_DATES[len(text)] if column.type == "date" else _TYPES[column.type])))


def _row(dataset: Dataset, row: Row, name: str) -> ox.NamedNode:
    """Return the IRI of a row behind an observation."""
    if "://" in name:
        return ox.NamedNode(name)
    kind = "" if "/" in name else dataset.kinds.get(str(row.get("layer")))
    if kind is None:
        raise InputError(f"{name} in layer {row.get('layer')}: of which kind it is, is unknown; write kind/{name}, or give the layer's kind in `kinds`")
    return ox.NamedNode(ID + "/".join(quote(part, safe="") for part in (*filter(None, (kind,)), *name.split("/"))))


def _slug(text: str) -> str:
    return quote(text, safe="")
