"""The ontology's files become prefixes, term names and one graph that the rest of the line can ask.

Every IRI of the project is spelled here or in the tables' metadata, and nowhere else.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from comity.errors import InputError, located

NS: Final = "https://w3id.org/comity/ns#"
CONCEPT: Final = "https://w3id.org/comity/concept/"
ID: Final = "https://w3id.org/comity/id/"
GRAPH: Final = "https://w3id.org/comity/graph/"
BASE: Final = "https://w3id.org/comity/"
SCORES: Final = "https://w3id.org/comity/scores/"

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
DCTERMS: Final = "http://purl.org/dc/terms/"
OWL: Final = "http://www.w3.org/2002/07/owl#"
PROV: Final = "http://www.w3.org/ns/prov#"
SHACL: Final = "http://www.w3.org/ns/shacl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
VOID: Final = "http://rdfs.org/ns/void#"
QB: Final = "http://purl.org/linked-data/cube#"

TYPE: Final = ox.NamedNode(RDF + "type")
DATASET: Final = ox.NamedNode(BASE + "dataset")
DATASET_GRAPH: Final = ox.NamedNode(GRAPH + "dataset")
ONTOLOGY_GRAPH: Final = ox.NamedNode(GRAPH + "ontology")
ALIGNMENTS_GRAPH: Final = ox.NamedNode(GRAPH + "alignments")
#: the graphs that are neither a table's nor a rule's
OWN_GRAPHS: Final = (DATASET_GRAPH, ONTOLOGY_GRAPH, ALIGNMENTS_GRAPH)
INFERRED: Final = GRAPH + "inferred/"


@cache
def prefixes(folder: Path) -> dict[str, str]:
    """Return prefix → namespace as `ontology/prefixes.ttl` declares them."""
    names: dict[ox.NamedNode | ox.BlankNode, dict[str, str]] = {}
    for quad in read_turtle(folder / "prefixes.ttl"):
        if isinstance(quad.object, ox.Literal):
            local = quad.predicate.value.removeprefix(SHACL)
            names.setdefault(quad.subject, {})[local] = quad.object.value  # type: ignore[arg-type]
    if any(entry.keys() != {"prefix", "namespace"} for entry in names.values()):
        raise InputError(f"{folder / 'prefixes.ttl'}: a declaration lacks its sh:prefix or sh:namespace; add it")
    return {entry["prefix"]: entry["namespace"] for entry in names.values()}


@cache
def ontology(folder: Path) -> tuple[ox.Quad, ...]:
    """Return the quads of all modules and concept schemes, in the ontology's own named graph, sorted."""
    files = [p for p in sorted(folder.glob("*.ttl")) if p.name != "prefixes.ttl"]
    files += sorted((folder / "concepts").glob("*.ttl"))
    if not files:
        raise InputError(f"{folder}: no ontology here; run the command from a checkout or install the package again")
    quads = {ox.Quad(q.subject, q.predicate, q.object, ONTOLOGY_GRAPH) for path in files for q in read_turtle(path)}
    return tuple(sorted(quads, key=str))


@cache
def declared(folder: Path) -> frozenset[str]:
    """Return the IRIs of all terms and concepts that the ontology declares."""
    return frozenset(q.subject.value for q in ontology(folder) if q.predicate == TYPE and isinstance(q.subject, ox.NamedNode))


def compact(iri: str, names: dict[str, str]) -> str:
    """Return `iri` as people write it: `actor/JPN`, `concept/topic/x`, a prefixed name, else unchanged."""
    if iri.startswith((ID, CONCEPT)):
        return iri.removeprefix(ID).removeprefix(BASE)
    for prefix, namespace in names.items():
        local = iri.removeprefix(namespace)
        if local != iri and local.replace("-", "").replace("_", "").isalnum():
            return f"{prefix}:{local}"
    return iri


def read_turtle(path: Path) -> list[ox.Quad]:
    """Return the quads of a Turtle file; blank nodes of two files never meet. Raises `InputError` with the line of a mistake."""
    try:
        return list(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True))
    except (SyntaxError, OSError) as error:
        raise InputError(f"{located(path, error)}; mend the Turtle") from None
