"""Patterns whose rows multiply become findings: parts that nothing joins, or only a FILTER, and things paired by what they share."""

from __future__ import annotations

from collections.abc import Iterator

from comity.advice.texts import Finding, finding
from comity.sparql.model import Equality, Filter, Names, Nested, Select, Triple, Union, names
from comity.sparql.scopes import Joins, Scope, anchors, few, joins, triples


def products(scope: Scope) -> Iterator[Finding]:
    """Find two parts of a group that share no variable, or are joined by a FILTER alone."""
    joined = joins(scope.group, scope.outer)
    _link_late(scope, joined)
    parts = _parts(scope, joined)
    for item in scope.group.items:
        for equal in item.expression.equalities if isinstance(item, Filter) else ():
            if _is_apart(joined, equal, parts):
                joined.link(equal.left | equal.right)
                if equal.is_plain:
                    yield finding("filter-join", item.start, one=min(equal.left), other=min(equal.right))
    roots = {joined.root(name): (start, name) for start, name in reversed(parts)}
    if len(roots) > 1:
        (_, one), (start, other) = sorted(roots.values())[:2]
        yield finding("cross-product", start, one=_shown(scope, joined, one), other=_shown(scope, joined, other))
    yield from _loose_optionals(scope)


def _link_late(scope: Scope, joined: Joins) -> None:
    """Join what stands after an OPTIONAL with what that binds; `order.optionals` has to say what is wrong with it."""
    soft: list[Names] = []
    for item in scope.group.items:
        if isinstance(item, Nested) and item.kind == "OPTIONAL":
            soft.append(names([item]))
        for optional in soft:
            if not isinstance(item, Nested) and optional & names([item]):
                joined.link(optional | names([item]))


def _parts(scope: Scope, joined: Joins) -> list[tuple[int, str]]:
    """Return the patterns that find rows, each by its place and a variable; not those about one thing or of one row."""
    given = few(scope.group)
    found = [(i.start, min(names([i]))) for i in scope.group.items
             if isinstance(i, Triple | Union | Select) or (isinstance(i, Nested) and i.kind in ("GRAPH", "GROUP")) if names([i])]
    single = {min(t.names) for t in triples(scope.group) if t.names and (not t.subject.is_open or t.subject.text in given)}
    rows = [i for i in scope.group.items if isinstance(i, Select) and "AGGREGATE" in i.query.words and "GROUP" not in i.query.words]
    apart = {joined.root(name) for name in single} | {joined.root(min(names([i]))) for i in rows if names([i])}
    return [(start, name) for start, name in found if joined.root(name) not in apart]


def _is_apart(joined: Joins, equal: Equality, parts: list[tuple[int, str]]) -> bool:
    found = {joined.root(name) for name in equal.left | equal.right}
    return len(found) > 1 and found <= {joined.root(name) for _, name in parts}


def _shown(scope: Scope, joined: Joins, name: str) -> str:
    """Return a variable that a person wrote, for the one that stands for a part."""
    written = (n for n in sorted(names(scope.group.items)) if n.startswith("?") and joined.root(n) == joined.root(name))
    return next(written, "a blank node")


def _loose_optionals(scope: Scope) -> Iterator[Finding]:
    """Find each OPTIONAL that shares no variable with what stands before it."""
    for index, item in enumerate(scope.group.items):
        before, own = names(scope.group.items[:index]) | scope.outer, names([item])
        if not isinstance(item, Nested) or item.kind != "OPTIONAL" or not before or not own or own & before:
            continue
        if all(t.subject.is_open for t in triples(item.group)):
            equal = [e for f in item.group.items if isinstance(f, Filter) for e in f.expression.equalities if e.is_plain and (e.left | e.right) & before]
            one, other = (min(equal[0].left), min(equal[0].right)) if equal else (min(before, key=_written_first), min(own, key=_written_first))
            yield finding("filter-join" if equal else "cross-product", item.start, one=one, other=other)


def _written_first(name: str) -> tuple[bool, str]:
    return (not name.startswith("?"), name)


def pairs(scope: Scope) -> Iterator[Finding]:
    """Find two patterns that join two open things by the same third: as many rows as the square of those that share it."""
    patterns = [t for t in triples(scope.group) if t.path.form in ("iri", "|") and t.subject.is_open and t.object.is_open]
    twins = [(one, other) for i, other in enumerate(patterns) for one in patterns[:i]
             if one.object.text == other.object.text and one.path == other.path and one.subject.text != other.subject.text]
    if not twins:
        return
    joined = joins(scope.group)
    anchored = {joined.root(name) for name in anchors(scope)}
    for one, other in twins:
        shared = _around(scope, one.subject.text) & _around(scope, other.subject.text)
        if shared == {one.object.text} and joined.root(one.object.text) not in anchored:
            yield finding("pairs", other.start, one=one.subject.shown, other=other.subject.shown, third=one.object.shown)
            return


def _around(scope: Scope, name: str) -> Names:
    """Return the variables that stand in one pattern with `name`."""
    return frozenset().union(*(t.names for t in triples(scope.group) if name in t.names)) - {name}
