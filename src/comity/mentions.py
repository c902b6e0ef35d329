"""The text of a query becomes what it can match: the predicates and classes that it names, or any.

A rule or fault query whose predicates and classes a change does not touch gives the same answer as before, so that a
build need not run it again. Parsed by rdflib (parsed only, never run); what cannot be parsed can match anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from comity.lines import TYPE_TOKEN, Change


@dataclass(frozen=True)
class Mentions:
    """The IRIs in a query, in N-Triples form, and whether it leaves a predicate or a class open."""

    names: frozenset[str]
    any_predicate: bool
    any_class: bool

    def touched_by(self, change: Change) -> bool:
        """Say whether `change` can change the answer of the query."""
        if self.any_predicate and change.predicates:
            return True
        if {p.decode() for p in change.predicates} & self.names - {TYPE_TOKEN.decode()}:
            return True
        return bool(change.classes) and (self.any_class or bool({c.decode() for c in change.classes} & self.names))


def mentions(text: str) -> Mentions:
    """Return what `text` can match, never too little."""
    from rdflib import RDF, URIRef, Variable
    from rdflib.paths import Path as PropertyPath
    from rdflib.plugins.sparql import prepareQuery

    try:
        parts = list(_parts(prepareQuery(text).algebra))
    except Exception:  # whatever the parser trips over: the engine itself says what is wrong with a query
        return Mentions(frozenset(), True, True)
    listed = {v for part in parts if isinstance(part, dict) for v in part if isinstance(v, Variable)}
    any_predicate = any_class = False
    for part in parts:
        if not isinstance(part, tuple) or len(part) != 3:
            continue
        predicate, value = part[1], part[2]
        steps = list(_parts(predicate))
        any_predicate |= (isinstance(predicate, Variable) and predicate not in listed) or any(type(s).__name__ == "NegatedPath" for s in steps)
        any_class |= (predicate == RDF.type and not isinstance(value, URIRef)) or (isinstance(predicate, PropertyPath) and RDF.type in steps)
    names = frozenset(f"<{part}>" for part in parts if isinstance(part, URIRef))
    return Mentions(names, any_predicate, any_class)


def _parts(node: Any) -> Iterator[Any]:
    """Walk the algebra: every node, triple, path and term below `node`."""
    yield node
    if isinstance(node, str):
        return
    if isinstance(node, dict):
        children = [*node.keys(), *node.values()]
    elif isinstance(node, list | tuple | set | frozenset):
        children = list(node)
    else:
        children = [getattr(node, name) for name in ("args", "path", "arg") if hasattr(node, name)]
    for child in children:
        yield from _parts(child)
