"""The manual of the ontology becomes pages: HTML for the server, Markdown for the folder `docs/ontology`, a diagram, a JSON-LD context.

What changes with the data (counts) stands on the server's pages only; the Markdown shows one chosen row of each class.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import jinja2
import pyoxigraph as ox

from comity.graph import Graph
from comity.site.ontology import Class, Manual, read
from comity.site.pages import environment, render
from comity.store import Store
from comity.vocabulary import ALIGNMENTS_GRAPH, BASE, ID, NS, compact, prefixes

#: what newcomers look for, and the class that models it
GUIDE = (
    ("who is party to what, since when", "Participation"), ("reservations, declarations, carve-outs", "PartyTerm"),
    ("reach to territories", "TerritorialApplication"), ("what an agreement says, article by article", "Provision"),
    ("adequacy and other recognition", "Recognition"), ("the life of a law or treaty", "InstrumentEvent"),
    ("what a law asks of data that leaves", "TransferRule"), ("quantities that decide", "Threshold"),
    ("for whom a rule or recognition holds", "Applicability"),
    ("access by authorities, and blocking", "AccessRule"), ("who supervises a law, how independently", "Supervision"),
    ("rules that conflict, as a source says", "NormConflict"), ("schemes that rival, as a source says", "SchemeRivalry"),
    ("what powers do to one another", "Measure"),
    ("lists of countries of concern", "Designation"), ("judgments and fines", "Ruling"), ("votes, signatures, refusals", "Position"),
    ("paradigms", "ParadigmAssignment"), ("how rules are sorted into paradigms", "DecisionRule"),
    ("who makes, runs and supervises generative AI", "RoleHolding"),
    ("duties under AI rules", "Obligation"), ("filings and signatures of codes", "Filing"), ("where a service can be used", "Availability"),
    ("who took whose place", "Succession"), ("what the rules concluded, and from which rows", "Derivation"), ("where a fact was read", "Source"))
#: the module that holds what is said of the ontology as a whole
ROOT = "ns"
_ALIGNED = f"SELECT ?s ?p ?o WHERE {{ GRAPH <{ALIGNMENTS_GRAPH.value}> {{ ?s ?p ?o }} }}"
_THINGS = "SELECT (COUNT(DISTINCT ?thing) AS ?n) WHERE { ?thing a ?class }"
_ROWS = """SELECT ?code (COUNT(DISTINCT ?row) AS ?n) WHERE {
  ?code skos:inScheme ?scheme . ?row ?property ?code ; comity:recordedOn ?day } GROUP BY ?code"""
_EXAMPLE = 'SELECT ?property ?value WHERE { GRAPH ?graph { ?thing ?property ?value } FILTER(!CONTAINS(STR(?graph), "/inferred/")) }'
_WIDTH, _HEIGHT, _GAP = 7.4, 26, 8


def manual(graph: Graph) -> Manual:
    """Read the manual of the ontology beside `graph`, with the mappings that the graph holds."""
    aligned = [(str(r["s"]), str(r["p"]), str(r["o"])) for r in graph.store.query(_ALIGNED).rows]
    return read(graph.layout.ontology, graph.queries(), aligned)


def class_page(entry: Class, whole: Manual, graph: Graph) -> str:
    """Render the page of one class with its diagram, its example and the questions that use it."""
    line = lineage(entry, whole)
    count = next(iter(graph.store.query(_THINGS, {"class": ox.NamedNode(NS + entry.name)}).rows))["n"]
    questions = {q.name: q for owner in line for q in owner.questions}
    return render("ontology_class.html", title=entry.label, entry=entry, lineage=line, count=int(str(count)), diagram=diagram(entry, whole),
                  example=example(entry, graph), questions=[questions[name] for name in sorted(questions)])


def codes_page(name: str, whole: Manual, store: Store) -> str:
    """Render the page of one list of codes with the number of rows that use each."""
    scheme = whole.schemes[name]
    rows = store.query(_ROWS, {"scheme": ox.NamedNode(f"{BASE}concept/{name}")}).rows
    used = sorted({(c.name, link.name) for c in whole.classes.values() for link in c.links if link.target == name and link.target_kind == "scheme"})
    return render("ontology_codes.html", title=scheme.label, scheme=scheme, used=used, root=name.partition("/")[0],
                  counts={str(r["code"]).rpartition("/")[2]: int(str(r["n"])) for r in rows})


def lineage(entry: Class, whole: Manual) -> list[Class]:
    """Return the class and those above it, nearest first."""
    found = [entry]
    for name in (p.removeprefix(NS) for p in entry.parents if p.startswith(NS)):
        found += [c for c in lineage(whole.classes[name], whole) if c not in found]
    return found


def example(entry: Class, graph: Graph) -> str:
    """Write the chosen row of a class in Turtle, as the tables state it."""
    if not entry.example.startswith(ID):
        return ""
    names = prefixes(graph.layout.ontology)
    cells = graph.store.query(_EXAMPLE, {"thing": ox.NamedNode(entry.example)}).rows.cells
    rows = sorted({(p.value, _written(value, names)) for p, value in cells if isinstance(p, ox.NamedNode)},
                  key=lambda pair: (not pair[0].endswith("#type"), pair))
    lines = [f"    {'a' if p.endswith('#type') else compact(p, names)} {value}" for p, value in rows]
    return f"@base <{ID}> .\n\n<{entry.example.removeprefix(ID)}>\n" + " ;\n".join(lines) + " ." if lines else ""


def _written(value: object, names: Mapping[str, str]) -> str:
    """Write a term in Turtle: things and concepts relative to the base, terms with their prefix."""
    if not isinstance(value, ox.NamedNode):
        return str(value) if not isinstance(value, ox.Literal) else _literal(value, names)
    if value.value.startswith(BASE) and not value.value.startswith(NS):
        return f"<{value.value.removeprefix(ID)}>" if value.value.startswith(ID) else f"<../{value.value.removeprefix(BASE)}>"
    short = compact(value.value, dict(names))
    return short if short != value.value else f"<{value.value}>"


def _literal(value: ox.Literal, names: Mapping[str, str]) -> str:
    text = str(value)
    return text.replace(f"^^<{value.datatype.value}>", f"^^{compact(value.datatype.value, dict(names))}")


def diagram(entry: Class, whole: Manual) -> str:
    """Draw a class between what names it and what it names, as SVG that takes its colours from the page."""
    before = [(c, p, f"/ontology/{c}") for c, p in entry.incoming][:8]
    links = [link for owner in lineage(entry, whole) for link in owner.links if link.target_kind != "value"][:12]
    after = [(link.target, link.name, f"/ontology/{link.target}" if link.target_kind == "class" else f"/ontology/codes/{link.target}") for link in links]
    if not before and not after:
        return ""
    rows = max(len(before), len(after))
    height = rows * (_HEIGHT + _GAP) + _GAP
    left, middle, right = (max((len(n) for n, _, _ in side), default=0) * _WIDTH + 18 for side in (before, [(entry.name, "", "")], after))
    gap = max((len(p) for _, p, _ in [*before, *after]), default=0) * 6.2 + 60
    start = left + (gap if before else 0)
    end = start + middle + (gap if after else 0)
    boxes = [_box(start, (height - _HEIGHT) / 2, middle, entry.name, f"/ontology/{entry.name}", "self")]
    for side, x, width, near, far in ((before, 0.0, left, start, left), (after, end, right, start + middle, end)):
        offset = (height - len(side) * (_HEIGHT + _GAP) + _GAP) / 2
        for row, (name, label, address) in enumerate(side):
            y = offset + row * (_HEIGHT + _GAP)
            boxes += [_box(x, y, width, name, address, ""), _line(near, height / 2, far, y + _HEIGHT / 2, label)]
    return render("diagram.svg", width=round(end + right), height=round(height), boxes=boxes, title=f"{entry.name} and what it is linked with")


def _box(x: float, y: float, width: float, text: str, address: str, kind: str) -> dict[str, Any]:
    return {"x": round(x, 1), "y": round(y, 1), "width": round(width, 1), "height": _HEIGHT, "text": text, "address": address, "kind": kind}


def _line(x1: float, y1: float, x2: float, y2: float, label: str) -> dict[str, Any]:
    forward = x2 > x1
    return {"x1": round(x1, 1), "y1": round(y1, 1), "x2": round(x2, 1), "y2": round(y2, 1), "label": label,
            "tx": round(x2 - 8 if forward else x2 + 8, 1), "ty": round(y2 + 4, 1), "anchor": "end" if forward else "start"}


def markdown(graph: Graph) -> dict[str, str]:
    """Return the Markdown pages by file name: one for each module, one for the codes, and their index."""
    whole = manual(graph)
    plain = _plain()
    pages = {"README.md": plain.get_template("manual.md").render(manual=whole, guide=GUIDE),
             "codes.md": plain.get_template("codes.md").render(manual=whole)}
    for name, module in whole.modules.items():
        classes, properties = whole.of_module(name)
        if name != ROOT:
            pages[f"{name}.md"] = plain.get_template("module.md").render(
                manual=whole, module=module, classes=classes, properties=properties, arrows=_arrows(classes),
                examples={c.name: example(c, graph) for c in classes})
    return {name: "\n".join(line.rstrip() for line in _close(text)) + "\n" for name, text in pages.items()}


def _close(text: str) -> list[str]:
    """Drop doubled empty lines and those at the end."""
    lines = text.rstrip().split("\n")
    return [line for n, line in enumerate(lines) if line.strip() or (n and lines[n - 1].strip())]


def _arrows(classes: list[Class]) -> list[str]:
    """Return the lines of a Mermaid class diagram: kinds, and links between classes."""
    names = {c.name for c in classes}
    kinds = [f"{p.removeprefix(NS)} <|-- {c.name}" for c in classes for p in c.parents if p.startswith(NS)]
    links = sorted({f"{c.name} --> {link.target} : {link.name}" for c in classes for link in c.links
                    if link.target_kind == "class" and (link.target in names or len(names) < 16)})
    return kinds + links


@cache
def _plain() -> jinja2.Environment:
    """Return the environment of the Markdown templates, which escape nothing."""
    made = environment().overlay(autoescape=False)
    made.filters["mdlink"] = _markdown_link
    return made


def _markdown_link(iri: str, whole: Manual) -> str:
    """Link a class of ours to its place in the Markdown pages, any other to its address."""
    name = iri.removeprefix(NS)
    if iri.startswith(NS) and name in whole.classes:
        return f"[{name}]({whole.classes[name].module}.md#{name.lower()})"
    return f"[{urlsplit(iri).fragment or iri.rpartition('/')[2]}]({iri})"


def context(whole: Manual, names: Mapping[str, str]) -> dict[str, Any]:
    """Return a JSON-LD context: each class and property under its own name, links as IRIs, and the prefixes in `names`."""
    terms: dict[str, Any] = {name: NS + name for name in sorted(whole.classes)}
    for name, entry in sorted(whole.properties.items()):
        terms[name] = {"@id": NS + name, "@type": "@id"} if entry.kind == "link" else NS + name
    return {"@context": {"@version": 1.1, "id": "@id", "type": "@type", **names, **terms}}
