"""The graph and its query library become descriptions for machines: a DCAT catalogue of what can be had, and the library as example queries.

Addresses are those of the host that serves them; the things described keep our IRIs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from comity.dumps import LICENCE
from comity.errors import ComityError
from comity.graph import Graph
from comity.names import dataset_version, newest
from comity.queries import Question, bindings
from comity.syntax import bind, form
from comity.vocabulary import BASE, DATASET, DCTERMS, OWL, RDFS, SHACL, TYPE, XSD

DCAT: Final = "http://www.w3.org/ns/dcat#"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
SCHEMA: Final = "https://schema.org/"
#: the vocabulary in which endpoints publish their example queries
SPEX: Final = "https://purl.expasy.org/sparql-examples/ontology#"
PREFIXES: Final = {"dcat": DCAT, "dcterms": DCTERMS, "foaf": FOAF, "schema": SCHEMA, "spex": SPEX, "sh": SHACL, "rdfs": RDFS, "owl": OWL, "xsd": XSD}
_IANA = "https://www.iana.org/assignments/media-types/"
_CATALOGUE = ox.NamedNode(f"{BASE}catalog")
_SERVICE = ox.NamedNode(f"{BASE}sparql")
_SELECTED = {"SELECT": "Select", "CONSTRUCT": "Construct", "ASK": "Ask", "DESCRIBE": "Describe"}


def catalogue(graph: Graph, host: str, media: dict[str, str]) -> list[ox.Triple]:
    """Describe the dataset, its dumps in the formats `media` (name → media type) and its endpoint at `host` in DCAT 3."""
    day = ox.Literal(newest(graph.store).isoformat(), datatype=ox.NamedNode(XSD + "date"))
    triples = [
        *_thing(_CATALOGUE, DCAT + "Catalog", "Comity catalogue", [(DCAT + "dataset", DATASET), (DCAT + "service", _SERVICE)]),
        *_thing(DATASET, DCAT + "Dataset", "Comity: international data governance", [
            (OWL + "versionInfo", ox.Literal(dataset_version(graph.store))), (DCTERMS + "modified", day), (DCTERMS + "license", ox.NamedNode(LICENCE)),
            (DCAT + "landingPage", ox.NamedNode(host)), (DCTERMS + "language", ox.Literal("en"))]),
        *_thing(_SERVICE, DCAT + "DataService", "Comity SPARQL endpoint", [
            (DCAT + "endpointURL", ox.NamedNode(f"{host}sparql")), (DCAT + "endpointDescription", ox.NamedNode(f"{host}sparql")),
            (DCAT + "servesDataset", DATASET), (DCTERMS + "conformsTo", ox.NamedNode("https://www.w3.org/TR/sparql11-protocol/"))]),
    ]
    for name, kind in sorted(media.items()):
        part = ox.NamedNode(f"{DATASET.value}/distribution/{name}")
        triples += [ox.Triple(DATASET, ox.NamedNode(DCAT + "distribution"), part),
                    *_thing(part, DCAT + "Distribution", f"The whole graph as {name}", [
                        (DCAT + "downloadURL", ox.NamedNode(f"{host}dumps/comity.{name}")), (DCAT + "mediaType", ox.NamedNode(_IANA + kind)),
                        (DCTERMS + "license", ox.NamedNode(LICENCE))])]
    return triples


def examples(graph: Graph, host: str) -> list[ox.Triple]:
    """Give each query of the library, with its defaults, as an example in SHACL and the vocabulary of SPARQL examples."""
    return [triple for question in graph.queries().values() for triple in _example(graph, host, question)]


def _example(graph: Graph, host: str, question: Question) -> Iterator[ox.Triple]:
    try:
        text = bind(question.text, bindings(graph.store, question, {}))
    except ComityError:  # a default that this graph does not know, as in a file of somebody else's
        return
    kind = form(text)
    node = ox.NamedNode(f"{BASE}queries/{question.name}")
    yield ox.Triple(node, TYPE, ox.NamedNode(SHACL + "SPARQLExecutable"))
    yield ox.Triple(node, TYPE, ox.NamedNode(f"{SHACL}SPARQL{_SELECTED[kind]}Executable"))
    yield ox.Triple(node, ox.NamedNode(RDFS + "comment"), ox.Literal(question.summary, language="en"))
    yield ox.Triple(node, ox.NamedNode(SHACL + kind.lower()), ox.Literal(text))
    yield ox.Triple(node, ox.NamedNode(SCHEMA + "target"), ox.NamedNode(f"{host}sparql"))
    for tag in question.tags:
        yield ox.Triple(node, ox.NamedNode(SCHEMA + "keywords"), ox.Literal(tag))


def _thing(node: ox.NamedNode, kind: str, title: str, values: list[tuple[str, ox.NamedNode | ox.Literal]]) -> Iterator[ox.Triple]:
    yield ox.Triple(node, TYPE, ox.NamedNode(kind))
    yield ox.Triple(node, ox.NamedNode(DCTERMS + "title"), ox.Literal(title, language="en"))
    for prop, value in values:
        yield ox.Triple(node, ox.NamedNode(prop), value)
