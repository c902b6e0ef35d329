"""Patterns that begin everywhere become findings: paths of which nothing binds an end, and the whole graph."""

from __future__ import annotations

from collections.abc import Iterator

from comity.advice.texts import Finding, finding
from comity.sparql.model import Names, Query, Triple, certain
from comity.sparql.scopes import Scope, anchors, joins, triples


def paths(scope: Scope) -> Iterator[Finding]:
    """Find each path of any length, or of all properties but some, of which nothing else binds an end."""
    free = [t for t in _loose(scope) if t.path.form != "variable"]
    if not free:
        return
    bound = _bound(scope)
    joined = joins(scope.group)
    anchored = {joined.root(name) for name in anchors(scope)}
    for triple in free:
        turns = triple.path.form in ("*", "+") and any((iri, not back) in triple.path.steps() for iri, back in triple.path.steps())
        is_bound = joined.root(triple.subject.text) in anchored if turns else triple.names & bound
        if triple.subject.is_open and triple.object.is_open and not is_bound:
            kind = "negated" if triple.path.form == "!" else "turning" if turns else "nullable" if triple.path.is_nullable else "all-pairs"
            yield finding(f"{kind}-path", triple.start, one=triple.subject.shown, other=triple.object.shown)


def whole_graph(scope: Scope) -> Iterator[Finding]:
    """Find each pattern of three open terms that nothing else binds, in a query that gives all of it back."""
    everything = [t for t in _loose(scope) if t.path.form == "variable"]
    if everything and not _is_limited(scope.query) and not scope.graph.startswith("<"):
        bound = _bound(scope)
        yield from (finding("whole-graph", t.start) for t in everything if not t.names & bound)


def _loose(scope: Scope) -> list[Triple]:
    """Return the patterns that would begin everywhere if nothing bound an end."""
    return [t for t in triples(scope.group) if t.path.form in ("variable", "*", "+", "?", "!") or t.path.is_nullable]


def _bound(scope: Scope) -> Names:
    """Return what other patterns bind, and then those of the loose ones that begin at something bound."""
    loose = _loose(scope)
    bound = scope.bound | certain(i for i in scope.group.items if i not in loose)
    size = -1
    while len(bound) > size:
        size = len(bound)
        bound |= {n for t in loose if not (t.subject.is_open and t.object.is_open) or t.names & bound for n in t.names}
    return bound


def _is_limited(query: Query) -> bool:
    """Whether a query stops early or gives back little."""
    return query.form == "ASK" or bool(query.words & {"AGGREGATE", "GROUP"}) or ("LIMIT" in query.words and "ORDER" not in query.words)
