"""A prepared graph becomes the files of a build, and a store the dumps that people download.

Lines are sorted and archives carry no time, so that the same graph gives the same bytes.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from comity.errors import InputError
from comity.lines import TYPE_TOKEN, Change, Graphs, digest, ordered, quads, union
from comity.results import GRAPH_FORMATS
from comity.snapshot import FORMAT, MANIFEST, QUADS, Snapshot, pack
from comity.tables import METADATA, TableData
from comity.vocabulary import BASE, DATASET, DCTERMS, TYPE, VOID

if TYPE_CHECKING:
    from comity.build import Prepared

QUAD_FORMATS: Final = ("nq", "trig")
TURTLE: Final = "comity.ttl"
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
_FRICTIONLESS: Final = {"date": "date", "string": "string", "decimal": "number", "double": "number", "integer": "integer"}


def artefacts(prepared: Prepared, prefixes: dict[str, str]) -> dict[str, bytes]:
    """Return the files of a build by name; parts that did not change since the build before are taken from it."""
    packed, index = pack(prepared.graphs, prepared.base, prepared.change)
    text, counts = _afresh(prepared.graphs, prefixes) if prepared.base is None else _since(prepared, prepared.base, prefixes)
    return {
        TURTLE: text,
        "void.ttl": void(counts, prefixes),
        "datapackage.json": _json(data_package(prepared)),
        QUADS: packed,
        MANIFEST: _json({**manifest(prepared), **asdict(counts), "sha256": digest(packed), "turtle": digest(text), "graphs": index}),
    }


@dataclass(frozen=True)
class Counts:
    """How many statements the union of the graphs holds, in all and of each property, and how many things of each class, by IRI."""

    statements: int
    properties: dict[str, int]
    classes: dict[str, int]


def _afresh(graphs: Graphs, prefixes: dict[str, str]) -> tuple[bytes, Counts]:
    """Return the union of the graphs in Turtle, and its counts."""
    statements = union(graphs)
    return turtle(statements, prefixes), counted(statements)


def _since(prepared: Prepared, base: Snapshot, prefixes: dict[str, str]) -> tuple[bytes, Counts]:
    """Return what `_afresh` would, from the files of the build before, if they are whole, and what changed since."""
    text = (base.folder / TURTLE).read_bytes() if (base.folder / TURTLE).is_file() else b""
    if digest(text) != base.manifest["turtle"]:
        return _afresh({graph: prepared.graphs[graph] if graph in prepared.graphs else base.lines(graph) for graph in base.manifest["graphs"]}, prefixes)
    came, went = _differences(prepared.store, prepared.change)
    more, less = counted(_lines(came)), counted(_lines(went))
    counts = Counts(base.manifest["statements"] + more.statements - less.statements,
                    _sum(base.manifest["properties"], more.properties, less.properties), _sum(base.manifest["classes"], more.classes, less.classes))
    subjects = {triple.subject for triple in (*came, *went)}
    fresh = turtle(_lines({q.triple for s in subjects for q in prepared.store.quads_for_pattern(s, None, None, None)}), prefixes)
    blocks = {_subject(block, prefixes): block for block in _blocks(text)}
    for subject in subjects:
        blocks.pop(str(subject).encode(), None)
    blocks |= {_subject(block, prefixes): block for block in _blocks(fresh)}
    return _head(text) + b"".join([blocks[token] for token in sorted(blocks)]), counts


def _differences(store: ox.Store, change: Change) -> tuple[set[ox.Triple], set[ox.Triple]]:
    """Return the statements that came to the union of the graphs and those that went: one graph may lose what another still states."""
    added = {quad for graph, lines in change.added.items() for quad in ox.parse(quads(graph, lines), format=ox.RdfFormat.N_QUADS, lenient=True)}
    removed = {quad for graph, lines in change.removed.items() for quad in ox.parse(quads(graph, lines), format=ox.RdfFormat.N_QUADS, lenient=True)}
    lost = {quad.triple for quad in removed}
    came, went = set(), set()
    for triple in {quad.triple for quad in added} | lost:
        standing = set(store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None))
        is_old = triple in lost or not standing <= added
        if standing and not is_old:
            came.add(triple)
        if is_old and not standing:
            went.add(triple)
    return came, went


def _lines(triples: Iterable[ox.Triple]) -> list[bytes]:
    """Return `triples` as N-Triples lines, each once and sorted."""
    return list(ordered(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""))


def _sum(before: Mapping[str, int], more: Mapping[str, int], less: Mapping[str, int]) -> dict[str, int]:
    counts = {key: before.get(key, 0) + more.get(key, 0) - less.get(key, 0) for key in sorted({*before, *more})}
    return {key: count for key, count in counts.items() if count}


def turtle(statements: list[bytes], prefixes: dict[str, str]) -> bytes:
    """Write sorted N-Triples lines as Turtle, one block a subject."""
    triples = (q.triple for q in ox.parse(b"".join(statements), format=ox.RdfFormat.N_TRIPLES, lenient=True))
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""


def _subject(block: bytes, prefixes: Mapping[str, str]) -> bytes:
    """Return the subject of a block of Turtle in N-Triples form."""
    head = block.partition(b" ")[0]
    if head.startswith((b"<", b"_:")):
        return head
    prefix, _, name = head.partition(b":")
    return b"<" + prefixes[prefix.decode()].encode() + name.replace(b"\\", b"") + b">"


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
    is_quads = name in QUAD_FORMATS
    lines = sorted((store.dump(format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)) if is_quads else _lines(q.triple for q in store)
    if name in ("nq", "nt"):
        return b"".join(lines)
    if name == "ttl":
        return turtle(lines, prefixes)
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
        "quads": len(prepared.store),
        "rows": prepared.rows,
        "grades": prepared.grades,
        "derived": prepared.derived,
        "seconds": {stage: round(value, 2) for stage, value in prepared.seconds.items()},
        "inputs": prepared.inputs,
        "mentions": prepared.mentions,
    }


def counted(statements: list[bytes]) -> Counts:
    """Count distinct N-Triples lines."""
    properties = Counter([line.split(b" ", 2)[1] for line in statements])
    classes = Counter([line.split(b" ", 2)[2][:-3] for line in statements if TYPE_TOKEN in line and line.split(b" ", 2)[1] == TYPE_TOKEN])
    return Counts(len(statements), _by_iri(properties), _by_iri(classes))


def _by_iri(counts: Counter[bytes]) -> dict[str, int]:
    return {token[1:-1].decode(): n for token, n in sorted(counts.items()) if token.startswith(b"<")}


def void(size: Counts, prefixes: dict[str, str]) -> bytes:
    """Describe the dataset in VoID, with class and property partitions."""
    counts = {**{("property", p): n for p, n in size.properties.items()}, **{("class", c): n for c, n in size.classes.items()}}
    triples = [_void("triples", DATASET, ox.Literal(size.statements)),
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
    lines = _lines(q.triple for q in store)
    return void(counted(lines), prefixes)


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
