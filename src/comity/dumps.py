"""A prepared graph becomes the files of a build, and a store the dumps that people download.

Lines are sorted and archives carry no time, so that the same graph gives the same bytes.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from comity.errors import InputError
from comity.results import GRAPH_FORMATS
from comity.store import SNAPSHOT
from comity.tables import METADATA, TableData
from comity.vocabulary import BASE, DATASET, DCTERMS, TYPE, VOID

if TYPE_CHECKING:
    from comity.build import Prepared

QUAD_FORMATS: Final = ("nq", "trig")
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
_FRICTIONLESS: Final = {"date": "date", "string": "string", "decimal": "number", "integer": "integer"}


def artefacts(prepared: Prepared, prefixes: dict[str, str]) -> dict[str, bytes]:
    """Return the files of a build by name; the snapshot that readers open comes last."""
    return {
        "comity.ttl": dump(prepared.store, "ttl", prefixes),
        "void.ttl": void(prepared.store, prefixes),
        "datapackage.json": _json(data_package(prepared)),
        "manifest.json": _json(manifest(prepared)),
        SNAPSHOT: gzip.compress(dump(prepared.store, "nq", prefixes), compresslevel=6, mtime=0),
    }


def dump(store: ox.Store, name: str, prefixes: dict[str, str]) -> bytes:
    """Serialise the whole store in the format `name`: with its graphs as `nq` or `trig`, else as their union."""
    if name not in GRAPH_FORMATS:
        raise InputError(f"unknown format {name}; use one of {', '.join(GRAPH_FORMATS)}")
    if name in QUAD_FORMATS:
        lines = sorted((store.dump(format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True))
    else:
        lines = sorted(set((ox.serialize((q.triple for q in store), format=ox.RdfFormat.N_TRIPLES) or b"").splitlines(keepends=True)))
    sorted_ = b"".join(lines)
    if name in ("nq", "nt"):
        return sorted_
    statements = ox.parse(sorted_, format=ox.RdfFormat.N_QUADS)
    return ox.serialize(statements if name == "trig" else (q.triple for q in statements), format=GRAPH_FORMATS[name], prefixes=prefixes) or b""


def manifest(prepared: Prepared) -> dict[str, Any]:
    """Return what a build holds: version, rows by table, rows by grade, statements derived by rule."""
    return {
        "version": prepared.version,
        "quads": len(prepared.store),
        "rows": prepared.rows,
        "grades": prepared.grades,
        "derived": prepared.derived,
    }


def void(store: ox.Store, prefixes: dict[str, str]) -> bytes:
    """Describe the dataset in VoID: size, class and property partitions."""
    statements = {q.triple for q in store}
    counts = Counter(("property", t.predicate) for t in statements)
    counts.update(("class", t.object) for t in statements if t.predicate == TYPE and isinstance(t.object, ox.NamedNode))
    triples = [_void("triples", DATASET, ox.Literal(len(statements))),
               ox.Triple(DATASET, TYPE, ox.NamedNode(VOID + "Dataset")),
               ox.Triple(DATASET, ox.NamedNode(DCTERMS + "license"), ox.NamedNode(LICENCE)),
               _void("sparqlEndpoint", DATASET, ox.NamedNode(BASE + "sparql"))]
    for index, (kind, key) in enumerate(sorted(counts, key=str)):
        part = ox.NamedNode(f"{DATASET.value}/partition/{index}")
        triples += [_void(f"{kind}Partition", DATASET, part), _void(kind, part, key),
                    _void("triples" if kind == "property" else "entities", part, ox.Literal(counts[kind, key]))]
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""


def _void(name: str, subject: ox.NamedNode, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(VOID + name), value)


def data_package(prepared: Prepared) -> dict[str, Any]:
    """Describe the tables as a Frictionless data package, from the CSVW metadata."""
    return {
        "name": "comity",
        "title": "Comity: international data governance",
        "version": prepared.version,
        "licenses": [{"name": "CC-BY-4.0", "path": LICENCE}],
        "csvw": METADATA,
        "resources": [_resource(table) for table in prepared.tables.values()],
    }


def _resource(table: TableData) -> dict[str, Any]:
    schema = table.description.tableSchema
    fields = [{"name": c.header, "type": _FRICTIONLESS[c.datatype.base if c.datatype and not c.separator else "string"],
               "constraints": {"required": bool(c.required)}} for c in table.columns]
    single = {c.header for c in table.columns if not c.separator}
    keys = [{"fields": k.columnReference[0], "reference": {"resource": str(k.reference.resource).removesuffix(".csv"), "fields": "id"}}
            for k in schema.foreignKeys if k.columnReference[0] in single]
    return {"name": table.name, "path": table.path.name, "format": "csv", "encoding": "utf-8",
            "schema": {"fields": fields, "primaryKey": ["id"], "foreignKeys": keys}}


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
