"""The ontology becomes a report on itself: style, OWL 2 RL membership, consistency, alignment, and terms that nobody uses.

Style is SHACL (`ontology/shapes/style.ttl`); the profile is read by pyowl2-profiles, consistency by owlrl. A term may
depart from a rule if it says so (`comity:exemptFrom`) and why (`skos:editorialNote`); the report then lists it as INFO.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import rdflib
from rdflib.namespace import SH, SKOS

from comity import alignments
from comity.inference import unsettled
from comity.settings import Layout
from comity.shacl import DERIVATION, plain_graph, results
from comity.vocabulary import BASE, CONCEPT, NS, ONTOLOGY_GRAPH, OWL, RDFS, TYPE, ontology, read_turtle

STYLE = BASE + "style/"
SEVERITIES = ("ERROR", "WARN", "INFO")
#: what each part of the report yields: severity, term, rule and message
Found = tuple[str, str, str, str]
_SEVERITY = {str(SH.Violation): "ERROR", str(SH.Warning): "WARN", str(SH.Info): "INFO"}
_EXEMPT = ox.NamedNode(NS + "exemptFrom")
_NOTE = ox.NamedNode(str(SKOS.editorialNote))


@dataclass(frozen=True, order=True)
class Finding:
    """One finding: how grave it is, the rule, the file and line, the term, and what to do."""

    severity: str
    file: str
    line: int
    term: str
    rule: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{self.severity} {place}: {self.term} {self.message} [{self.rule}]"


def report(places: Layout, graph: ox.Store) -> list[Finding]:
    """Return all findings on the ontology of `places`, gravest first.

    `graph` is the whole graph after inference, which tells the terms in use; the rules run on it once more.
    Raises `InputError` for files that cannot be read.
    """
    quads = ontology(places.ontology)
    known = [*quads, *alignments.typed(places.ontology, {t.value for q in quads for t in (q.predicate, q.object) if isinstance(t, ox.NamedNode)})]
    lines = _lines(places.ontology)
    exempt = _exemptions(quads)
    found = [*style(places.ontology, quads), *profile(known), *consistency(known), *unused(places, quads, graph), *derivations(places.ontology, graph),
             *examples(quads, graph)]
    listed = [_finding(severity, term, rule, message, lines, exempt) for severity, term, rule, message in found]
    listed += [Finding("ERROR", f"ontology/rules/{name}.rq", 0, "", "Order", f"derives {count} more when run again: name in #+ after what it builds on.")
               for name, count in unsettled(graph, places.ontology / "rules").items()]
    listed += [Finding("ERROR", f"ontology/{alignments.FILE}", line, "", "Alignment", message) for line, message in alignments.misfits(places.ontology)]
    return sorted(set(listed), key=lambda f: (SEVERITIES.index(f.severity), f))


def _finding(severity: str, term: str, rule: str, message: str, lines: dict[str, tuple[str, int]], exempt: dict[tuple[str, str], str]) -> Finding:
    file, line = lines.get(term, ("ontology", 0))
    reason = exempt.get((term, STYLE + rule))
    if reason and severity != "INFO":
        return Finding("INFO", file, line, _short(term), rule, f"departs from the rule: {reason}")
    return Finding(severity, file, line, _short(term), rule, message)


def _short(iri: str) -> str:
    return iri.replace(NS, "comity:").replace(BASE, "")


def _lines(folder: Path) -> dict[str, tuple[str, int]]:
    """Return file and line at which each term, concept and module is declared."""
    places: dict[str, tuple[str, int]] = {}
    for path in [*sorted(folder.glob("*.ttl")), *sorted((folder / "concepts").glob("*.ttl"))]:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = re.match(r"(?:comity:(\S+)|<([^>]+)>) a ", line)
            if match:
                iri = NS + match[1] if match[1] else match[2]
                places.setdefault(iri, (path.relative_to(folder.parent).as_posix(), number))
    return places


def _exemptions(quads: Iterable[ox.Quad]) -> dict[tuple[str, str], str]:
    notes = {q.subject: q.object.value for q in quads if q.predicate == _NOTE and isinstance(q.object, ox.Literal)}
    return {(q.subject.value, q.object.value): notes[q.subject] for q in quads
            if q.predicate == _EXEMPT and q.subject in notes and isinstance(q.subject, ox.NamedNode) and isinstance(q.object, ox.NamedNode)}


def style(folder: Path, quads: Iterable[ox.Quad]) -> Iterator[Found]:
    """Run the shapes of style in `folder` on the terms of ours among `quads`."""
    shapes = plain_graph(read_turtle(folder / "shapes" / "style.ttl"))
    graph = plain_graph(q for q in quads if isinstance(q.subject, ox.NamedNode) and q.subject.value.startswith(BASE))
    for result in results(graph, shapes, folder / "shapes" / "style.ttl", details=True):
        rule = result.source.removeprefix(STYLE)
        yield _SEVERITY[result.severity], result.focus, rule, str(shapes.value(rdflib.URIRef(result.source), SH.message) or result.message)


def derivations(folder: Path, graph: ox.Store) -> Iterator[Found]:
    """Run the shape of derivations on what the rules wrote."""
    path = folder / "shapes" / "derived.ttl"
    written = plain_graph(q for q in graph if q.subject.value.startswith(DERIVATION))
    for result in results(written, plain_graph(read_turtle(path)), path):
        yield "ERROR", result.focus, "Derivation", result.message


def examples(quads: Iterable[ox.Quad], graph: ox.Store) -> Iterator[Found]:
    """Find classes whose example is not among their things in `graph`."""
    shown = [(q.subject, q.object) for q in quads if q.predicate.value == str(SKOS.example)]
    for term, example in shown:
        if isinstance(term, ox.NamedNode) and isinstance(example, ox.NamedNode) and not any(graph.quads_for_pattern(example, TYPE, term, None)):
            yield "ERROR", term.value, "Example", f"shows {example.value}, which is none of its things: name a row of that class that will stay."


def profile(quads: Iterable[ox.Quad]) -> Iterator[Found]:
    """Find what is outside OWL 2 RL or OWL 2 DL."""
    from pyowl2_profiles import detect_profiles

    store = ox.Store()
    store.extend(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
    verdicts = detect_profiles(store, graph_iri=None)
    for name in ("rl", "dl"):
        for sample in verdicts[name]["sample_violations"]:
            yield "ERROR", str(sample["subject_iri"]), "Profile", f"is outside OWL 2 {name.upper()} ({sample['axiom_type']}): say it in a shape or a rule."


def consistency(quads: Iterable[ox.Quad]) -> Iterator[Found]:
    """Close the ontology, with one thing of each class, under the rules of OWL 2 RL, which write down what contradicts itself."""
    from owlrl import DeductiveClosure, OWLRL_Semantics

    graph = plain_graph(quads)
    for term in set(graph.subjects(rdflib.RDF.type, rdflib.OWL.Class)):
        if str(term).startswith(NS):
            graph.add((rdflib.URIRef(f"{BASE}example/{str(term).removeprefix(NS)}"), rdflib.RDF.type, term))
    DeductiveClosure(OWLRL_Semantics).expand(graph)
    error = rdflib.URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")
    for message in sorted(str(o) for o in graph.objects(None, error)):
        yield "ERROR", NS.removesuffix("#"), "Consistency", f"contradicts itself: {message}"


def unused(places: Layout, quads: Iterable[ox.Quad], graph: Iterable[ox.Quad]) -> Iterator[Found]:
    """Find terms that no statement, query, rule or mapping uses; for concepts that is only worth knowing."""
    used = {m.subject for m in alignments.mappings(places.ontology)}
    for quad in graph:
        used.add(quad.predicate.value)
        if isinstance(quad.object, ox.NamedNode) and (quad.graph_name != ONTOLOGY_GRAPH or quad.predicate == TYPE):
            used.add(quad.object.value)
    texts = "\n".join(p.read_text(encoding="utf-8") for p in [*places.queries.glob("*/*.rq"), *(places.ontology / "rules").glob("*.rq")])
    used |= {NS + name for name in re.findall(r"\bcomity:(\w+)", texts)}
    parents = {q.object.value for q in quads if q.predicate.value == RDFS + "subClassOf" and isinstance(q.object, ox.NamedNode)}
    kinds = {OWL + name for name in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")}
    for quad in quads:
        if quad.predicate != TYPE or not isinstance(quad.subject, ox.NamedNode) or not isinstance(quad.object, ox.NamedNode):
            continue
        iri = quad.subject.value
        if iri.startswith(NS) and quad.object.value in kinds and iri not in used | parents:
            yield "WARN", iri, "Used", "is used by no row, query, rule or mapping: use it, or say why it is here."
        if iri.startswith(CONCEPT) and quad.object.value == str(SKOS.Concept) and iri not in used:
            yield "INFO", iri, "Used", "is a code that no row uses yet."
