"""The statements of rows become faults by the core SHACL shapes of `ontology/shapes`, through pyshacl.

A shape looks at one thing at a time: its own statements and the classes of what they name. So things are judged in
portions, side by side, and after a change only those that it touches. pyshacl is the reference and gets plain rdflib
graphs; SPARQL constraints are kept out, as they cost it minutes where a fault query costs milliseconds.
"""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.namespace import SH
from rdflib.term import Node

from comity.errors import InputError, located
from comity.tables import Fault, TableData
from comity.triples import Place
from comity.vocabulary import ID, RDFS, TYPE, XSD, read_turtle

DERIVATION = ID + "derivation/"
APART = ("style", "derived")
#: things judged in one portion at most, and at least: a process of its own costs half a second
_PORTION, _FEW = 20_000, 1_500
#: what a shape may say: nothing of this looks beyond the focus node's statements and the classes of what they name
_NEAR = frozenset({
    "path", "property", "targetClass", "targetSubjectsOf", "targetNode", "message", "name", "description", "severity", "order", "group",
    "minCount", "maxCount", "class", "datatype", "nodeKind", "pattern", "flags", "in", "hasValue", "minLength", "maxLength", "languageIn", "uniqueLang",
    "minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "lessThan", "lessThanOrEquals", "equals", "disjoint", "or", "and", "not", "xone",
    "deactivated"})


def validate(store: ox.Store, shapes: Path, places: Mapping[str, Place], tables: Mapping[str, TableData], *,
             only: set[str] | None = None) -> list[Fault]:
    """Validate what rows state, in the union of all graphs in `store`, against the shapes of the folder `shapes`.

    Returns one fault for each violation, at the place of its focus node; `only` narrows the focus nodes to some IRIs.
    Raises `InputError` if a shape is malformed, or looks further than a focus node's own statements and the classes of what
    they name: the things are judged in portions, side by side on the cores there are, and a portion holds no more.
    Derivations are left out: they are many, a fault query looks at each, and their shape is run with the ontology's own.
    """
    graph = _shapes_graph(shapes)
    targets = _targets(graph, shapes)
    focus = _focus(store, targets, only)
    things = sorted({thing for nodes in focus.values() for thing in nodes})
    cores = os.cpu_count() or 1
    count = -(-len(things) // max(_FEW, min(_PORTION, -(-len(things) // cores))))
    portions = [set(things[i::count]) for i in range(count)]
    found: list[Result] = []
    with ThreadPoolExecutor(cores) as pool:
        for start in range(0, len(portions), cores):
            tasks = [_task(store, graph, shapes, focus, portion) for portion in portions[start:start + cores]]
            judged = [run_portion(*tasks[0], graph)] if len(portions) == 1 else pool.map(_apart, tasks)
            found += [result for part in judged for result in part]
    columns = {name: _columns_by_property(table) for name, table in tables.items()}
    return sorted(_violation(result, places, columns) for result in found)


def _targets(graph: rdflib.Graph, origin: Path) -> dict[str, list[tuple[str, str]]]:
    """Return for each shape what it is aimed at, as (kind of target, IRI). Raises `InputError` if a shape looks too far."""
    far = {w for w in set(graph.predicates()) if isinstance(w, rdflib.URIRef) and w.startswith(str(SH)) and w.removeprefix(str(SH)) not in _NEAR}
    for shape, word in ((s, w) for w in far for s in graph.subjects(w)):
        raise InputError(f"{origin}: {word.removeprefix(str(SH))} of {shape} looks beyond the row, and rows are judged one by one; write it as a fault query")
    if any(not isinstance(path, rdflib.URIRef) for path in graph.objects(None, SH.path)):
        raise InputError(f"{origin}: a path that is no single property looks beyond the row, and rows are judged one by one; write it as a fault query")
    if any((shape, SH.path, None) in graph for shape in set(graph.subjects(SH.property))):
        raise InputError(f"{origin}: a property of a property looks beyond the row, and rows are judged one by one; write it as a fault query")
    targets: dict[str, list[tuple[str, str]]] = {}
    for kind in (SH.targetClass, SH.targetSubjectsOf, SH.targetNode):
        for shape, target in graph.subject_objects(kind):
            if not isinstance(target, rdflib.URIRef):
                raise InputError(f"{origin}: {shape} is aimed at {target}, which looks beyond the row: it is no thing of ours; aim it at an IRI")
            targets.setdefault(str(shape), []).append((kind.removeprefix(str(SH)), str(target)))
    for shape in set(graph.subjects(rdflib.RDF.type, SH.NodeShape)) & set(graph.subjects(rdflib.RDF.type, rdflib.RDFS.Class)):
        targets.setdefault(str(shape), []).append(("targetClass", str(shape)))
    return targets


def _focus(store: ox.Store, targets: Mapping[str, list[tuple[str, str]]], only: set[str] | None) -> dict[str, list[str]]:
    """Return the IRIs of the focus nodes of each shape."""
    focus: dict[str, set[str]] = {}
    for shape, aims in targets.items():
        for kind, target in aims:
            named = ox.NamedNode(target)
            classes = [named, *_narrower(store, named)] if kind == "targetClass" else []
            quads = (q for c in classes for q in store.quads_for_pattern(None, TYPE, c, None)) if classes else store.quads_for_pattern(None, named, None, None)
            nodes = {target} if kind == "targetNode" else {q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode)}
            focus.setdefault(shape, set()).update(n for n in nodes if not n.startswith(DERIVATION) and (only is None or n in only))
    return {shape: sorted(nodes) for shape, nodes in focus.items()}


def _narrower(store: ox.Store, named: ox.NamedNode) -> set[ox.NamedNode]:
    """Return the classes below `named`."""
    found: set[ox.NamedNode] = set()
    queue = [named]
    while queue:
        for quad in store.quads_for_pattern(None, ox.NamedNode(RDFS + "subClassOf"), queue.pop(), None):
            if isinstance(quad.subject, ox.NamedNode) and quad.subject not in found:
                found.add(quad.subject)
                queue.append(quad.subject)
    return found


def _task(store: ox.Store, graph: rdflib.Graph, shapes: Path, focus: Mapping[str, list[str]], portion: set[str]) -> tuple[dict[str, Any], bytes]:
    """Return what it takes to judge a portion of the things: the shapes with their focus nodes, and N-Triples."""
    seen = {str(term) for term in graph.all_nodes() if isinstance(term, rdflib.URIRef)} | {TYPE.value}
    own = [q for thing in portion for q in store.quads_for_pattern(ox.NamedNode(thing), None, None, None) if q.predicate.value in seen]
    named = {q.object for q in own if isinstance(q.object, ox.NamedNode) and q.object.value not in portion}
    around = [q for thing in named for q in store.quads_for_pattern(thing, TYPE, None, None)]
    classes = list(store.quads_for_pattern(None, ox.NamedNode(RDFS + "subClassOf"), None, None))
    data = ox.serialize({q.triple for q in (*own, *around, *classes)}, format=ox.RdfFormat.N_TRIPLES) or b""
    return {"shapes": str(shapes), "focus": {shape: [n for n in nodes if n in portion] for shape, nodes in focus.items()}}, data


def _apart(task: tuple[dict[str, Any], bytes]) -> list[Result]:
    """Judge a portion in a process of its own, so that each core has work."""
    done = subprocess.run([sys.executable, "-m", "comity.shacl"], input=json.dumps(task[0]).encode() + b"\n" + task[1], capture_output=True)
    said = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode == InputError.exit_code:
        raise InputError(said)
    if done.returncode:
        raise InputError(f"{task[0]['shapes']}: the checks stopped ({said[-200:]}); free memory and try again")
    return [Result(*fields) for fields in json.loads(done.stdout)]


def run_portion(task: dict[str, Any], data: bytes, graph: rdflib.Graph | None = None) -> list[Result]:
    """Run each shape of `task` on its focus nodes, in N-Triples `data`. Raises `InputError` if a shape is malformed.

    `graph` holds the shapes if they were read already, and is spent.
    """
    stated = plain_graph(ox.parse(data, format=ox.RdfFormat.N_TRIPLES))
    shapes = Path(task["shapes"])
    graph = _shapes_graph(shapes) if graph is None else graph
    parts = {shape: _spread(graph, rdflib.URIRef(shape)) for shape, nodes in task["focus"].items() if nodes}
    return [r for shape, names in parts.items() for r in results(stated, graph, shapes, use=names, focus=task["focus"][shape])]


def _spread(graph: rdflib.Graph, shape: rdflib.URIRef) -> list[str]:
    """Let the property shapes of `shape` stand by themselves in `graph`; return the names of all that now take its focus nodes.

    The verdicts are the same, but pyshacl enters a property shape of a node shape once for each focus node, and one that
    stands by itself once for all: a third of the time.
    """
    names = [str(shape)]
    if str(graph.value(shape, SH.deactivated)) in ("true", "1"):
        return names
    for number, part in enumerate(list(graph.objects(shape, SH.property))):
        name = rdflib.URIRef(f"{shape}.{number}") if isinstance(part, rdflib.BNode) else part
        for predicate, value in list(graph.predicate_objects(part)):
            graph.add((name, predicate, value))
        graph.remove((shape, SH.property, part))
        names.append(str(name))
    return names


@dataclass(frozen=True)
class Result:
    """One validation result of SHACL: focus, path, value, message, shape, severity and component, empty where SHACL gives none."""

    focus: str
    path: str
    value: str
    message: str
    source: str
    severity: str
    component: str


def results(
    data: rdflib.Graph, shapes: rdflib.Graph, origin: Path, *, use: Sequence[str] = (), focus: Sequence[str] = (), details: bool = False
) -> list[Result]:
    """Run `shapes` on `data` with pyshacl, or only those named in `use` and only on the nodes `focus`; with `details` also what stands below a result.

    Raises `InputError` naming `origin` if a shape is malformed.
    """
    import pyshacl

    logging.getLogger("pyshacl-validate").addFilter(_silent)
    try:
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=False, inference="none",
                                        use_shapes=list(use) or None, focus_nodes=list(focus) or None)
    except (RuntimeError, re.error) as error:
        raise InputError(f"{located(origin, error)}; mend the shape") from None
    if not isinstance(report, rdflib.Graph):
        raise InputError(f"{origin}: the shapes cannot be run ({report}); mend them")
    found = report.subjects(rdflib.RDF.type, SH.ValidationResult) if details else report.objects(None, SH.result)
    return [_result(report, node) for node in found]


def _result(report: rdflib.Graph, node: Node) -> Result:
    def value(name: rdflib.URIRef) -> str:
        return str(report.value(node, name) or "")

    return Result(value(SH.focusNode), value(SH.resultPath), value(SH.value), value(SH.resultMessage), value(SH.sourceShape), value(SH.resultSeverity),
                  value(SH.sourceConstraintComponent))


def _silent(record: logging.LogRecord) -> bool:
    """Keep pyshacl from writing to standard error what its exception says again."""
    return False


def _shapes_graph(folder: Path) -> rdflib.Graph:
    """Return the shapes for data in `folder`; pyoxigraph reads them, as it names the line of a mistake."""
    graph = plain_graph(quad for path in sorted(folder.glob("*.ttl")) if path.stem not in APART for quad in read_turtle(path))
    if not graph:
        raise InputError(f"{folder}: no shapes here; run the command from a checkout or install the package again")
    return graph


def plain_graph(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    """Copy `quads`, as the union of their graphs, into rdflib, whose plain graphs pyshacl reads without surprises.

    Terms are converted one by one and shared, which is several times faster than writing and parsing N-Triples.
    """
    graph = rdflib.Graph()
    term = cache(_rdflib_term)
    for quad in quads:
        graph.add((term(quad.subject), term(quad.predicate), term(quad.object)))
    return graph


def _rdflib_term(term: ox.NamedNode | ox.BlankNode | ox.Literal) -> rdflib.URIRef | rdflib.BNode | rdflib.Literal:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    datatype = None if term.language or term.datatype.value == XSD + "string" else rdflib.URIRef(term.datatype.value)
    return rdflib.Literal(term.value, lang=term.language, datatype=datatype, normalize=False)


def _columns_by_property(table: TableData) -> dict[str, str]:
    return {str(c.propertyUrl): c.header for c in table.columns if c.propertyUrl}


def _violation(result: Result, places: Mapping[str, Place], columns: Mapping[str, dict[str, str]]) -> Fault:
    place = places.get(result.focus)
    message = result.message + (f" Found {result.value}." if result.value else "")
    if place is None:
        return Fault(result.focus, 0, "", message, check=result.component)
    column = columns.get(place.file.removesuffix(".csv"), {}).get(result.path, "")
    return Fault(place.file, place.line, column, message, check=result.component)


def main() -> int:
    """Judge the portion that standard input holds, a task as JSON and then N-Triples; results go to standard output as JSON."""
    task, _, data = sys.stdin.buffer.read().partition(b"\n")
    try:
        sys.stdout.write(json.dumps([astuple(result) for result in run_portion(json.loads(task), data)]))
    except InputError as error:
        sys.stderr.write(str(error))
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
