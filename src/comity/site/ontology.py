"""Modules, shapes and the query library become a manual of the ontology: what each class holds, with pages in HTML and Markdown.

The links of a class are read from its shape, as the shape says which of them a row must have; the columns come from the
shape's messages, the questions from the text of the queries.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from comity.queries import Question, header
from comity.site.pages import part
from comity.vocabulary import BASE, CONCEPT, DCTERMS, NS, OWL, RDF, RDFS, SHACL, SKOS, XSD, ontology, read_turtle

EXAMPLE = SKOS + "example"
_KINDS = {OWL + "ObjectProperty": "link", OWL + "DatatypeProperty": "value", OWL + "AnnotationProperty": "annotation"}


@dataclass(frozen=True)
class Link:
    """One property of a class: what it points at (a class, a scheme, a date, a text), how often, and the column that fills it."""

    name: str
    label: str
    definition: str
    target: str
    target_kind: str
    often: str
    column: str
    iri: str


@dataclass
class Class:
    """One class of the ontology with everything that its page shows."""

    name: str
    label: str
    label_zh: str
    definition: str
    note: str
    source: str
    module: str
    parents: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    incoming: list[tuple[str, str]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    mappings: list[tuple[str, str]] = field(default_factory=list)
    example: str = ""

    @property
    def table(self) -> str:
        """The table in which its rows are edited, if the example tells."""
        return self.example.removeprefix(BASE + "id/").partition("/")[0]


@dataclass(frozen=True)
class Property:
    """One property: its kind (link, value, annotation), words and module."""

    name: str
    kind: str
    label: str
    label_zh: str
    definition: str
    source: str
    module: str


@dataclass(frozen=True)
class Concept:
    """One code of a scheme."""

    slug: str
    label: str
    label_zh: str
    definition: str


@dataclass(frozen=True)
class Scheme:
    """A closed list of codes."""

    name: str
    label: str
    label_zh: str
    definition: str
    source: str
    concepts: tuple[Concept, ...]


@dataclass(frozen=True)
class Module:
    """One file of the ontology."""

    name: str
    title: str
    description: str


@dataclass(frozen=True)
class Rule:
    """One rule: its file's name, the question that it answers, what it derives, and the rules that run before it."""

    name: str
    summary: str
    derives: str
    after: tuple[str, ...]


@dataclass(frozen=True)
class Manual:
    """The whole ontology as its pages show it; the rules belong to the module of derived statements."""

    modules: dict[str, Module]
    classes: dict[str, Class]
    properties: dict[str, Property]
    schemes: dict[str, Scheme]
    rules: tuple[Rule, ...]

    def of_module(self, name: str) -> tuple[list[Class], list[Property]]:
        """Return the classes and the properties of a module, in order of name."""
        return ([c for _, c in sorted(self.classes.items()) if c.module == name],
                [p for _, p in sorted(self.properties.items()) if p.module == name])


class _Facts:
    """The statements of the ontology by subject and predicate."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.values: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = defaultdict(lambda: defaultdict(list))
        for quad in quads:
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
                self.values[quad.subject.value][quad.predicate.value].append(quad.object)

    def text(self, subject: str, predicate: str, language: str = "en") -> str:
        """Return the value of a property in a language, else an empty text."""
        values = (v for v in self.values[subject][predicate] if isinstance(v, ox.Literal))
        return next((v.value for v in values if (v.language or "en") == language), "")

    def nodes(self, subject: str, predicate: str) -> list[str]:
        """Return the IRIs that a property points at, sorted."""
        return sorted(v.value for v in self.values[subject][predicate] if isinstance(v, ox.NamedNode))

    def node(self, subject: str, predicate: str) -> str:
        """Return the first IRI that a property points at, else an empty text."""
        return next(iter(self.nodes(subject, predicate)), "")


def read(folder: Path, questions: Mapping[str, Question], aligned: Iterable[tuple[str, str, str]] = ()) -> Manual:
    """Read the manual of the ontology in `folder`; `aligned` holds subject, predicate and object of each mapping."""
    facts = _Facts(ontology(folder))
    ours = sorted(s for s in facts.values if s.startswith(NS.removesuffix("#")))
    manual = Manual(
        {part(s): Module(part(s), facts.text(s, DCTERMS + "title"), facts.text(s, DCTERMS + "description"))
         for s in ours if OWL + "Ontology" in facts.nodes(s, RDF + "type")},
        {part(s): _class(facts, s) for s in ours if OWL + "Class" in facts.nodes(s, RDF + "type")},
        {part(s): _property(facts, s, kind) for s in ours for t, kind in _KINDS.items() if t in facts.nodes(s, RDF + "type")},
        _schemes(facts), tuple(_rule(path) for path in sorted((folder / "rules").glob("*.rq"))))
    _read_shapes(folder, manual)
    _relate(manual, questions, aligned)
    return manual


def _class(facts: _Facts, iri: str) -> Class:
    return Class(part(iri), facts.text(iri, RDFS + "label"), facts.text(iri, RDFS + "label", "zh"), facts.text(iri, SKOS + "definition"),
                 facts.text(iri, SKOS + "scopeNote"), facts.node(iri, DCTERMS + "source"), part(facts.node(iri, RDFS + "isDefinedBy")),
                 parents=facts.nodes(iri, RDFS + "subClassOf"), example=facts.node(iri, EXAMPLE))


def _property(facts: _Facts, iri: str, kind: str) -> Property:
    return Property(part(iri), kind, facts.text(iri, RDFS + "label"), facts.text(iri, RDFS + "label", "zh"), facts.text(iri, SKOS + "definition"),
                    facts.node(iri, DCTERMS + "source"), part(facts.node(iri, RDFS + "isDefinedBy")))


def _rule(path: Path) -> Rule:
    values = header(path)
    return Rule(path.stem, values["summary"], values.get("derives", ""), tuple(values.get("after") or ()))


def _schemes(facts: _Facts) -> dict[str, Scheme]:
    found = {}
    for iri in sorted(s for s in facts.values if SKOS + "ConceptScheme" in facts.nodes(s, RDF + "type")):
        codes = [s for s in sorted(facts.values) if iri in facts.nodes(s, SKOS + "inScheme")]
        concepts = tuple(Concept(part(c), facts.text(c, SKOS + "prefLabel"), facts.text(c, SKOS + "prefLabel", "zh"),
                                 facts.text(c, SKOS + "definition")) for c in codes)
        name = iri.removeprefix(CONCEPT)
        found[name] = Scheme(name, facts.text(iri, SKOS + "prefLabel"), facts.text(iri, SKOS + "prefLabel", "zh"), facts.text(iri, SKOS + "definition"),
                             facts.node(iri, DCTERMS + "source"), concepts)
    return found


def _read_shapes(folder: Path, manual: Manual) -> None:
    """Give each class the links that its shape states."""
    for path in sorted((folder / "shapes").glob("*.ttl")):
        statements: dict[ox.NamedNode | ox.BlankNode, dict[str, list[ox.NamedNode | ox.BlankNode | ox.Literal]]] = defaultdict(lambda: defaultdict(list))
        for quad in read_turtle(path):
            statements[quad.subject][quad.predicate.value].append(quad.object)  # type: ignore[index, arg-type]
        for shape in list(statements):
            target = statements[shape].get(SHACL + "targetClass", [])
            name = part(target[0].value) if len(target) == 1 and isinstance(target[0], ox.NamedNode) else ""
            if name in manual.classes:
                links = [_link(statements[p], manual) for p in statements[shape][SHACL + "property"] if p in statements]  # type: ignore[index]
                manual.classes[name].links += [link for link in links if link is not None]


def _link(shape: Mapping[str, list[ox.NamedNode | ox.BlankNode | ox.Literal]], manual: Manual) -> Link | None:
    def first(name: str) -> str:
        return next((v.value for v in shape.get(SHACL + name, []) if not isinstance(v, ox.BlankNode)), "")

    path = first("path")
    if not path:
        return None
    scheme = re.search(r"/concept/([a-z-]+)/", first("pattern"))
    wanted, literal = part(first("class")), first("datatype").removeprefix(XSD).removeprefix(RDF)
    if scheme:
        target, kind = scheme[1], "scheme"
    elif wanted and wanted != "Concept":
        target, kind = wanted, "class"
    else:
        text = "text" if literal in ("string", "langString") else literal or "any thing"
        target, kind = "day, month or year" if "[0-9]{4}" in first("pattern") else text, "value"
    least, most = first("minCount") or first("qualifiedMinCount") or "0", first("maxCount") or first("qualifiedMaxCount") or "n"
    if path == RDFS + "label":
        return Link("label", "label", "Its English name.", "text", "value", "1", "label_en", path)
    column = re.match(r"((?:[a-z0-9]+_)*[a-z0-9]+(?:, [a-z_]+)*) (?:names|takes|is|name|aim)\b", first("message"))
    known = manual.properties.get(part(path)) if path.startswith(NS) else None
    return Link(part(path), known.label if known else part(path), known.definition if known else "", target, kind,
                least if least == most else f"{least}..{most}", column[1] if column else "", path)


def _relate(manual: Manual, questions: Mapping[str, Question], aligned: Iterable[tuple[str, str, str]]) -> None:
    """Link classes to their subclasses, to those that point at them, to their questions and to other vocabularies."""
    special = _distinctive(manual)
    for name, entry in manual.classes.items():
        entry.children = sorted(c.name for c in manual.classes.values() if NS + name in c.parents)
        entry.incoming = sorted({(c.name, link.name) for c in manual.classes.values() for link in c.links
                                 if link.target_kind == "class" and link.target == name})
        words = re.compile(rf"comity:(?:{'|'.join([name, *sorted(special[name])])})\b")
        entry.questions = [q for _, q in sorted(questions.items()) if words.search(q.text)]
    for subject, predicate, object_ in sorted(aligned):
        if subject.startswith(NS) and (entry_ := manual.classes.get(part(subject))):
            entry_.mappings.append((part(predicate), object_))


def _distinctive(manual: Manual) -> dict[str, set[str]]:
    """Return for each class the properties that no other class has, by which a query shows that it uses the class."""
    owners: dict[str, set[str]] = defaultdict(set)
    for entry in manual.classes.values():
        for link in entry.links:
            owners[link.name].add(entry.name)
    return {name: {p for p, found in owners.items() if found == {name}} for name in manual.classes}
