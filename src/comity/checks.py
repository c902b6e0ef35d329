"""The lifted graph becomes a report of faults: core SHACL shapes through pyshacl, cross-row rules as fault queries.

pyshacl is the reference and gets a plain rdflib graph; SPARQL constraints are kept out of the shapes because they
cost pyshacl minutes where the store answers in milliseconds. Every fault leads back to file, line and column.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

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


def validate(store: ox.Store, shapes: Path, places: Mapping[str, Place], tables: Mapping[str, TableData]) -> list[Fault]:
    """Validate what rows state, in the union of all graphs in `store`, against the shapes of the folder `shapes`.

    Returns one fault for each violation, at the place of its focus node. Raises `InputError` if a shape is malformed.
    Derivations are left out: they are many, a fault query looks at each, and their shape is run with the ontology's own. So
    are properties that no shape names, which no open shape can see.
    """
    columns = {name: _columns_by_property(table) for name, table in tables.items()}
    shape = _shapes_graph(shapes)
    seen = {str(term) for term in shape.all_nodes() if isinstance(term, rdflib.URIRef)} | {TYPE.value, RDFS + "subClassOf"}
    stated = plain_graph(q for q in store if q.predicate.value in seen and not q.subject.value.startswith(DERIVATION))
    return sorted(_violation(result, places, columns) for result in results(stated, shape, shapes))


@dataclass(frozen=True)
class Result:
    """One validation result of SHACL: focus, path, value, message, shape and severity, empty where SHACL gives none."""

    focus: str
    path: str
    value: str
    message: str
    source: str
    severity: str


def results(data: rdflib.Graph, shapes: rdflib.Graph, origin: Path) -> list[Result]:
    """Run `shapes` on `data` with pyshacl. Raises `InputError` naming `origin` if a shape is malformed."""
    import pyshacl

    logging.getLogger("pyshacl-validate").addFilter(_silent)
    try:
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=False, inference="none")
    except (RuntimeError, re.error) as error:
        raise InputError(f"{located(origin, error)}; mend the shape") from None
    if not isinstance(report, rdflib.Graph):
        raise InputError(f"{origin}: the shapes cannot be run ({report}); mend them")
    return [_result(report, node) for node in report.subjects(rdflib.RDF.type, SH.ValidationResult)]


def _result(report: rdflib.Graph, node: Node) -> Result:
    def value(name: rdflib.URIRef) -> str:
        return str(report.value(node, name) or "")

    return Result(value(SH.focusNode), value(SH.resultPath), value(SH.value), value(SH.resultMessage), value(SH.sourceShape), value(SH.resultSeverity))


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
        return Fault(result.focus, 0, "", message)
    column = columns.get(place.file.removesuffix(".csv"), {}).get(result.path, "")
    return Fault(place.file, place.line, column, message)


def find_faults(store: ox.Store, folder: Path, places: Mapping[str, Place]) -> list[Fault]:
    """Run each fault query of `folder` on `store`; each row it returns (`?row ?column ?detail`) is a fault."""
    paths = sorted(folder.glob("*.rq"))
    if not paths:
        raise InputError(f"{folder}: no fault queries here; run the command from a checkout or install the package again")
    return sorted(fault for path in paths for fault in _faults_of(store, path, places))


def _faults_of(store: ox.Store, path: Path, places: Mapping[str, Place]) -> Iterator[Fault]:
    try:
        text = path.read_text(encoding="utf-8")
        answer = store.query(text, use_default_graph_as_union=True)
        if not isinstance(answer, ox.QuerySolutions):
            raise InputError(f"{path}: a fault query is a SELECT of ?row ?column ?detail; write it as one")
        rows = [(row["row"].value, row["column"].value, row["detail"].value) for row in answer]
    except (AttributeError, KeyError):
        raise InputError(f"{path}: a row lacks ?row, ?column or ?detail; bind all three") from None
    except (SyntaxError, ValueError, OSError, RuntimeError) as error:
        raise InputError(f"{located(path, error)}; mend the query") from None
    solution = next((line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("#+ solution:")), "")
    for iri, column, detail in rows:
        place = places.get(iri, Place(iri, 0))
        yield Fault(place.file, place.line, column, f"{path.stem}: {detail}. {solution}")
