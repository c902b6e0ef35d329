"""Turn a list of wanted terms and a local copy of a vocabulary into a frozen excerpt.

Of each wanted term it keeps the types, one English label and those parents that are wanted too; no definition, no sentence.
Run `python excerpt.py imports/prov.terms prov-o.ttl > imports/prov.ttl` (or RDF/XML, N-Quads, a JSON list of Wikidata properties).
Lines `#! key: value` at the head of the list become the header of the excerpt.
"""

import json
import sys
from pathlib import Path

from rdflib import OWL, RDF, RDFS, SKOS, Dataset, Graph, Literal, URIRef

PARENTS = (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.broader)
PREFIXES = {"dcterms": "http://purl.org/dc/terms/", "owl": str(OWL), "rdf": str(RDF), "rdfs": str(RDFS), "skos": str(SKOS)}


def read_terms(path: Path) -> tuple[dict[str, str], list[URIRef]]:
    """Return the header and the wanted terms of a list."""
    lines = path.read_text(encoding="utf-8").splitlines()
    header = dict(line[2:].strip().split(": ", 1) for line in lines if line.startswith("#!"))
    return header, [URIRef(line.split(" # ")[0].strip()) for line in lines if line and not line.startswith("#")]


def read_vocabulary(path: Path) -> Graph:
    """Read RDF in any syntax, or a JSON list of Wikidata properties with `id` and `label`."""
    graph = Dataset(default_union=True) if path.suffix == ".nq" else Graph()
    if path.suffix != ".json":
        return graph.parse(path, format={".nq": "nquads", ".rdf": "xml"}.get(path.suffix))
    for entry in json.loads(path.read_text(encoding="utf-8")):
        term = URIRef(f"http://www.wikidata.org/entity/{entry['id']}")
        graph.add((term, RDF.type, URIRef("http://wikiba.se/ontology#Property"))).add((term, RDFS.label, Literal(entry["label"], lang="en")))
    return graph


def describe(graph: Graph, term: URIRef, wanted: set[URIRef]) -> str:
    """Write one term; one that the vocabulary does not type and label in English ends the run."""
    found = [(p, str(o)) for p in (RDFS.label, SKOS.prefLabel) for o in graph.objects(term, p) if getattr(o, "language", "") in (None, "en", "en-us")]
    iris = {p: sorted(o for o in graph.objects(term, p) if isinstance(o, URIRef) and o != OWL.NamedIndividual) for p in (RDF.type, *PARENTS)}
    if not iris[RDF.type] or not found:
        raise SystemExit(f"{term}: the vocabulary has no type or English label for it; take it out of the list")
    label, text = min(found, key=lambda pair: (pair[0] != RDFS.label, pair[1]))
    parents = [f"{short(p)} {short(o)}" for p in PARENTS for o in iris[p] if o in wanted and o != term]
    lines = [f"a {', '.join(map(short, iris[RDF.type]))}", f"{short(label)} {Literal(text, lang='en').n3()}", *parents]
    return f"\n<{term}>\n    " + " ;\n    ".join(lines) + " .\n"


def short(iri: URIRef) -> str:
    """Write an IRI with its prefix if it has one."""
    return next((f"{p}:{iri.removeprefix(ns)}" for p, ns in PREFIXES.items() if iri.startswith(ns)), f"<{iri}>")


if __name__ == "__main__":
    terms = Path(sys.argv[1])
    (header, wanted), vocabulary = read_terms(terms), read_vocabulary(Path(sys.argv[2]))
    sys.stdout.write("".join(f"@prefix {p}: <{ns}> .\n" for p, ns in PREFIXES.items()))
    head = "".join(f" ;\n    {key} {value}" for key, value in sorted(header.items()))
    sys.stdout.write(f"\n<https://w3id.org/comity/ns/imports/{terms.stem}> a owl:Ontology{head} .\n")
    sys.stdout.write("".join(describe(vocabulary, term, set(wanted)) for term in sorted(wanted)))
