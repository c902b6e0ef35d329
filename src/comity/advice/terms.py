"""The ontology's files become the names that a query may use, and a query's other names findings.

What is known is what the files say: terms and concepts of ours, the excerpts of other vocabularies, and the shapes, from which
the properties follow that only dated rows have.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from comity.advice.texts import Finding, finding
from comity.sparql.model import Node
from comity.vocabulary import CONCEPT, NS, RDFS, SHACL, TYPE, compact, declared, ontology, read_turtle

CLOCKS = frozenset(NS + name for name in (
    "heldFrom", "heldUntil", "possiblyFrom", "possiblyUntil", "validFrom", "validUntil", "knownUntil", "retractedOn", "effectiveFrom", "effectiveUntil"))
SHARED = frozenset({NS + "jurisdiction", NS + "signedOn"})
_NEAR = 0.8
_MOST = 20


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
    pairs = [(q.subject.value, q.object.value) for q in quads
             if q.predicate.value == RDFS + "subClassOf" and isinstance(q.subject, ox.NamedNode) and isinstance(q.object, ox.NamedNode)]
    found, size = {top}, 0
    while len(found) > size:
        size = len(found)
        found |= {narrow for narrow, broad in pairs if broad in found}
    return found


def _properties(folder: Path, classes: set[str]) -> set[str]:
    """Return the properties that the shapes give to `classes` and to no other class."""
    quads = [q for path in sorted((folder / "shapes").glob("*.ttl")) for q in read_turtle(path)]
    classes_of = {q.subject: q.object.value for q in quads if q.predicate.value == SHACL + "targetClass" and isinstance(q.object, ox.NamedNode)}
    shapes = {q.object: q.subject for q in quads if q.predicate.value == SHACL + "property"}
    users: dict[str, set[str]] = {}
    for quad in quads:
        if quad.predicate.value == SHACL + "path" and isinstance(quad.object, ox.NamedNode):
            users.setdefault(quad.object.value, set()).add(classes_of.get(shapes.get(quad.subject, quad.subject), ""))
    return {name for name, used in users.items() if used <= classes and name.startswith(NS)} - CLOCKS - SHARED


def findings(iris: Iterable[Node], known: Terms, prefixes: dict[str, str]) -> Iterator[Finding]:
    """Return what is to be said of the names of a query."""
    named = [(node.text[1:-1], node.start) for node in iris]
    first = dict(reversed(named))
    unknown = (f for iri, start in sorted(first.items(), key=lambda pair: pair[1]) for f in _unknown(iri, start, known, prefixes))
    yield from islice(unknown, _MOST)
    dated = [(start, iri) for iri, start in named if iri in known.dated]
    if dated and not first.keys() & CLOCKS:
        start, iri = min(dated)
        yield finding("clock-missing", start, name=compact(iri, prefixes))


def _unknown(iri: str, start: int, known: Terms, prefixes: dict[str, str]) -> Iterator[Finding]:
    is_ours = iri.startswith((NS, CONCEPT))
    space = (NS if iri.startswith(NS) else CONCEPT) if is_ours else _namespace(iri)
    if iri in known.own or iri in known.reused or iri == space or (not is_ours and space not in prefixes.values()):
        return
    near = _nearest(iri, space, known.own if is_ours else known.reused)
    if near or is_ours or space in known.excerpts:
        hint = f"{compact(near, prefixes)}; did you mean that?" if near else "a name that is listed at /ontology or in ontology/"
        yield finding("unknown-ours" if is_ours else "unknown-other", start, name=compact(iri, prefixes), hint=hint)


def _nearest(iri: str, space: str, names: frozenset[str]) -> str:
    """Return the name in `space` that `iri` is most likely a slip of, if any."""
    locals_ = {name.removeprefix(space).lower(): name for name in sorted(names) if name.startswith(space)}
    found = difflib.get_close_matches(iri.removeprefix(space).lower(), locals_, n=1, cutoff=_NEAR)
    return locals_[found[0]] if found else ""


def _namespace(iri: str) -> str:
    """Return an IRI up to its last `#` or `/`."""
    return iri[:max(iri.rfind("#"), iri.rfind("/")) + 1]
