"""A prepared graph becomes the files of a build, and a store the dumps that people download.

Lines are sorted and archives carry no time, so that the same graph gives the same bytes.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from comity.errors import InputError
from comity.lines import TYPE_TOKEN, digest, ordered, union
from comity.results import GRAPH_FORMATS
from comity.snapshot import FORMAT, MANIFEST, QUADS, pack
from comity.tables import METADATA, TableData
from comity.vocabulary import BASE, DATASET, DCTERMS, TYPE, VOID

if TYPE_CHECKING:
    from comity.build import Prepared

QUAD_FORMATS: Final = ("nq", "trig")
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
_FRICTIONLESS: Final = {"date": "date", "string": "string", "decimal": "number", "integer": "integer"}


def artefacts(prepared: Prepared, prefixes: dict[str, str]) -> dict[str, bytes]:
    """Return the files of a build by name; parts that did not change since the build before are taken from it."""
    statements = union(prepared.graphs)
    properties, classes = counted(statements)
    packed, index = pack(prepared.graphs, prepared.base, prepared.change)
    return {
        "comity.ttl": turtle(statements, prefixes, _kept_blocks(prepared)),
        "void.ttl": void(len(statements), properties, classes, prefixes),
        "datapackage.json": _json(data_package(prepared)),
        QUADS: packed,
        MANIFEST: _json({**manifest(prepared), "classes": classes, "sha256": digest(packed), "graphs": index}),
    }


def _kept_blocks(prepared: Prepared) -> dict[bytes, bytes]:
    """Return the Turtle of each subject of the build before that did not change since, by subject."""
    base, changed = prepared.base, prepared.change.subjects
    if base is None:
        return {}
    graphs = {graph: base.lines(graph) if graph in prepared.change.added else lines for graph, lines in prepared.graphs.items()}
    subjects = sorted({line.partition(b" ")[0] for lines in graphs.values() for line in lines})
    blocks = _blocks((base.folder / "comity.ttl").read_bytes())
    return {s: b for s, b in zip(subjects, blocks, strict=True) if s not in changed} if len(subjects) == len(blocks) else {}


def turtle(statements: list[bytes], prefixes: dict[str, str], kept: Mapping[bytes, bytes]) -> bytes:
    """Write sorted N-Triples lines as Turtle, one block a subject; `kept` holds blocks that were written before."""
    fresh = b"".join([line for line in statements if line.partition(b" ")[0] not in kept] if kept else statements)
    text = ox.serialize((q.triple for q in ox.parse(fresh, format=ox.RdfFormat.N_TRIPLES, lenient=True)), format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""
    if not kept:
        return text
    subjects = list(dict.fromkeys(line.partition(b" ")[0] for line in statements))
    made = iter(_blocks(text))
    return _head(text) + b"".join(kept[s] if s in kept else next(made) for s in subjects)


def _head(text: bytes) -> bytes:
    """Return the prefix declarations at the start of Turtle as `turtle` writes it."""
    return b"".join(itertools.takewhile(lambda line: bytes(line).startswith(b"@prefix"), text.splitlines(keepends=True)))


def _blocks(text: bytes) -> list[bytes]:
    """Split Turtle as `turtle` writes it after its prefixes, one block a subject; within one, each line but the last ends in `;` or `,`."""
    body = text[len(_head(text)):]
    return [block + b" .\n" for block in body.split(b" .\n")[:-1]]


def dump(store: ox.Store, name: str, prefixes: dict[str, str]) -> bytes:
    """Serialise the whole store in the format `name`: with its graphs as `nq` or `trig`, else as their union."""
    if name not in GRAPH_FORMATS:
        raise InputError(f"unknown format {name}; use one of {', '.join(GRAPH_FORMATS)}")
    if name in QUAD_FORMATS:
        lines = sorted((store.dump(format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True))
    else:
        lines = list(ordered(ox.serialize((q.triple for q in store), format=ox.RdfFormat.N_TRIPLES) or b""))
    if name in ("nq", "nt"):
        return b"".join(lines)
    if name == "ttl":
        return turtle(lines, prefixes, {})
    statements = ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS)
    return ox.serialize(statements if name == "trig" else (q.triple for q in statements), format=GRAPH_FORMATS[name], prefixes=prefixes) or b""


def manifest(prepared: Prepared) -> dict[str, Any]:
    """Return what a build holds and how it came about.

    Version, quads, rows by table, rows by grade, statements derived by rule, seconds by stage, whether all was made afresh or
    only what a change touched, and the hashes of the inputs. The seconds are the only thing in a build that two builds do not share.
    """
    return {
        "format": FORMAT,
        "version": prepared.version,
        "quads": sum(map(len, prepared.graphs.values())),
        "rows": prepared.rows,
        "grades": prepared.grades,
        "derived": prepared.derived,
        "seconds": {stage: round(value, 2) for stage, value in prepared.seconds.items()},
        "inputs": prepared.inputs,
        "mentions": prepared.mentions,
    }


def counted(statements: list[bytes]) -> tuple[dict[str, int], dict[str, int]]:
    """Count the statements of each property and the things of each class, by IRI."""
    properties = Counter([line.split(b" ", 2)[1] for line in statements])
    classes = Counter([line.split(b" ", 2)[2][:-3] for line in statements if TYPE_TOKEN in line and line.split(b" ", 2)[1] == TYPE_TOKEN])
    return _by_iri(properties), _by_iri(classes)


def _by_iri(counts: Counter[bytes]) -> dict[str, int]:
    return {token[1:-1].decode(): n for token, n in sorted(counts.items()) if token.startswith(b"<")}


def void(size: int, properties: Mapping[str, int], classes: Mapping[str, int], prefixes: dict[str, str]) -> bytes:
    """Describe the dataset of `size` statements in VoID, with class and property partitions."""
    counts = {**{("property", p): n for p, n in properties.items()}, **{("class", c): n for c, n in classes.items()}}
    triples = [_void("triples", DATASET, ox.Literal(size)),
               ox.Triple(DATASET, TYPE, ox.NamedNode(VOID + "Dataset")),
               ox.Triple(DATASET, ox.NamedNode(DCTERMS + "license"), ox.NamedNode(LICENCE)),
               _void("sparqlEndpoint", DATASET, ox.NamedNode(BASE + "sparql"))]
    for index, (kind, key) in enumerate(sorted(counts)):
        part = ox.NamedNode(f"{DATASET.value}/partition/{index}")
        triples += [_void(f"{kind}Partition", DATASET, part), _void(kind, part, ox.NamedNode(key)),
                    _void("triples" if kind == "property" else "entities", part, ox.Literal(counts[kind, key]))]
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""


def describe(store: ox.Store, prefixes: dict[str, str]) -> bytes:
    """Describe the dataset in `store` in VoID."""
    lines = list(ordered(ox.serialize((q.triple for q in store), format=ox.RdfFormat.N_TRIPLES) or b""))
    return void(len(lines), *counted(lines), prefixes)


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
