"""The lifted graph becomes a report of faults: core SHACL shapes through pyshacl, cross-row rules as fault queries.

pyshacl is the reference and gets a plain rdflib graph; SPARQL constraints are kept out of the shapes because they
cost pyshacl minutes where the store answers in milliseconds. Every fault leads back to file, line and column.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import rdflib
from rdflib.namespace import SH

from comity.errors import InputError, located
from comity.tables import Fault, TableData
from comity.triples import Place
from comity.vocabulary import XSD, read_turtle


def validate(store: ox.Store, shapes: Path, places: Mapping[str, Place], tables: Mapping[str, TableData]) -> list[Fault]:
    """Validate the union of all graphs in `store` against the shapes of the folder `shapes`.

    Returns one fault for each violation, at the place of its focus node. Raises `InputError` if a shape is malformed.
    """
    import pyshacl

    graph = _shapes_graph(shapes)
    logging.getLogger("pyshacl-validate").addFilter(_silent)
    try:
        _, report, _ = pyshacl.validate(_plain_graph(store), shacl_graph=graph, advanced=False, inference="none")
    except (RuntimeError, re.error) as error:
        raise InputError(f"{located(shapes, error)}; mend the shape") from None
    if not isinstance(report, rdflib.Graph):
        raise InputError(f"{shapes}: the shapes cannot be run ({report}); mend them")
    columns = {name: _columns_by_property(table) for name, table in tables.items()}
    return sorted(_violation(report, node, places, columns) for node in report.subjects(rdflib.RDF.type, SH.ValidationResult))


def _silent(record: logging.LogRecord) -> bool:
    """Keep pyshacl from writing to standard error what its exception says again."""
    return False


def _shapes_graph(folder: Path) -> rdflib.Graph:
    """Return the shapes of all files in `folder`; pyoxigraph reads them, as it names the line of a mistake."""
    graph = _plain_graph(quad for path in sorted(folder.glob("*.ttl")) for quad in read_turtle(path))
    if not graph:
        raise InputError(f"{folder}: no shapes here; run the command from a checkout or install the package again")
    return graph


def _plain_graph(quads: Iterable[ox.Quad]) -> rdflib.Graph:
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


def _violation(report: rdflib.Graph, node: rdflib.term.Node, places: Mapping[str, Place], columns: Mapping[str, dict[str, str]]) -> Fault:
    focus, path, value = str(report.value(node, SH.focusNode)), report.value(node, SH.resultPath), report.value(node, SH.value)
    message = str(report.value(node, SH.resultMessage))
    place = places.get(focus)
    found = f" Found {value}." if value is not None else ""
    if place is None:
        return Fault(focus, 0, "", message + found)
    column = columns.get(place.file.removesuffix(".csv"), {}).get(str(path), "")
    return Fault(place.file, place.line, column, message + found)


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
