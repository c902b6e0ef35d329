"""The ontology's files become the names that a query may use, and a query's other names findings.

What is known is what the files say: terms and concepts of ours, the excerpts of other vocabularies, and the shapes, from which
the properties follow that only dated rows have.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from comity.advice.model import Node
from comity.advice.scopes import Finding
from comity.vocabulary import CONCEPT, NS, RDFS, SHACL, TYPE, compact, declared, ontology, read_turtle

WRONG = "wrong"
NOTE = "note"
CLOCKS = frozenset(NS + name for name in (
    "heldFrom", "heldUntil", "possiblyFrom", "possiblyUntil", "validFrom", "validUntil", "knownUntil", "retractedOn", "effectiveFrom", "effectiveUntil"))
SHARED = frozenset({NS + "jurisdiction", NS + "signedOn"})
_NEAR = 0.8


@dataclass(frozen=True)
class Terms:
    """What can be known of names without asking the graph.

    Attributes: `own`, our terms and concepts; `reused`, those of other vocabularies; `excerpts`, the namespaces of which all
    that we use is there; `dated`, the classes of dated rows and the properties that only they have.
    """

    own: frozenset[str]
    reused: frozenset[str]
    excerpts: frozenset[str]
    dated: frozenset[str]


@cache
def terms(folder: Path) -> Terms:
    """Read the names from the ontology in `folder`."""
    quads = ontology(folder)
    taken = {q.subject.value for path in sorted((folder / "imports").glob("*.ttl")) for q in read_turtle(path) if isinstance(q.subject, ox.NamedNode)}
    used = {q.predicate.value for q in quads} | {q.object.value for q in quads if q.predicate == TYPE and isinstance(q.object, ox.NamedNode)}
    classes = _below(NS + "TimedRelation", quads)
    return Terms(declared(folder), frozenset(taken | used), frozenset(map(_namespace, taken)), frozenset(classes | _properties(folder, classes)))


def _below(top: str, quads: Iterable[ox.Quad]) -> set[str]:
    """Return `top` and all its subclasses."""
    pairs = [(q.subject.value, q.object.value) for q in quads if q.predicate.value == RDFS + "subClassOf" and isinstance(q.object, ox.NamedNode)]
    found, size = {top}, 0
    while len(found) > size:
        size = len(found)
        found |= {narrow for narrow, broad in pairs if broad in found}
    return found


def _properties(folder: Path, classes: set[str]) -> set[str]:
    """Return the properties that the shapes give to `classes` and to no other class."""
    quads = [q for path in sorted((folder / "shapes").glob("*.ttl")) for q in read_turtle(path)]
    classes_of = {q.subject: q.object.value for q in quads if q.predicate.value == SHACL + "targetClass"}
    shapes = {q.object: q.subject for q in quads if q.predicate.value == SHACL + "property"}
    users: dict[str, set[str]] = {}
    for quad in quads:
        if quad.predicate.value == SHACL + "path" and isinstance(quad.object, ox.NamedNode):
            users.setdefault(quad.object.value, set()).add(classes_of.get(shapes.get(quad.subject, quad.subject), ""))
    return {name for name, used in users.items() if used <= classes and name.startswith(NS)} - CLOCKS - SHARED


def findings(iris: Iterable[Node], known: Terms, prefixes: Mapping[str, str]) -> Iterator[Finding]:
    """Return what is to be said of the names of a query."""
    named = [(node.text[1:-1], node.start) for node in iris]
    seen = set()
    for iri, start in named:
        if iri not in seen:
            seen.add(iri)
            yield from _unknown(iri, start, known, dict(prefixes))
    dated = [(start, iri) for iri, start in named if iri in known.dated]
    if dated and not seen & CLOCKS:
        start, iri = min(dated)
        yield Finding(start, "clock-missing", NOTE, f"{compact(iri, dict(prefixes))} belongs to dated rows, and no date is asked: past and retracted rows count as if they held",
                      "add ?row comity:heldFrom ?from ; comity:heldUntil ?until ; comity:knownUntil \"9999-12-31\"^^xsd:date FILTER(?from <= ?day && ?day < ?until)")


def _unknown(iri: str, start: int, known: Terms, prefixes: dict[str, str]) -> Iterator[Finding]:
    is_ours = iri.startswith((NS, CONCEPT))
    space = (NS if iri.startswith(NS) else CONCEPT) if is_ours else _namespace(iri)
    if iri in known.own or iri in known.reused or iri == space or (not is_ours and space not in prefixes.values()):
        return
    near = _nearest(iri, space, known.own if is_ours else known.reused)
    if not near and not is_ours and space not in known.excerpts:
        return
    shown = compact(iri, prefixes)
    said = f"{shown} is not declared in the ontology" if is_ours else f"{shown} is none of the names that this graph takes from that vocabulary"
    yield Finding(start, "unknown-term", WRONG, f"{said}: no statement has it", f"did you mean {compact(near, prefixes)}?" if near else "look it up at /ontology, or in ontology/")


def _nearest(iri: str, space: str, names: frozenset[str]) -> str:
    """Return the name in `space` that `iri` is most likely a slip of, if any."""
    locals_ = {name.removeprefix(space).lower(): name for name in sorted(names) if name.startswith(space)}
    found = difflib.get_close_matches(iri.removeprefix(space).lower(), locals_, n=1, cutoff=_NEAR)
    return locals_[found[0]] if found else ""


def _namespace(iri: str) -> str:
    """Return an IRI up to its last `#` or `/`."""
    return iri[:max(iri.rfind("#"), iri.rfind("/")) + 1]
