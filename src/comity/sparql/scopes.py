"""A query becomes its groups, each with the variables that reach it from outside.

The engine hands bindings down into OPTIONAL, UNION, GRAPH, plain groups and EXISTS, and not into MINUS nor sub-queries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from comity.sparql.model import Bind, Exists, Filter, Group, Item, Names, Nested, Path, Query, Select, Triple, Union, Values, certain, names
from comity.vocabulary import CONCEPT, NS, RDF

_NONE: Names = frozenset()
_TYPE = Path("iri", f"<{RDF}type>")


class Scope(NamedTuple):
    """A group where it stands: `outer` may be bound around it, `bound` surely is; `graph` is the graph that it reads, if it names one."""

    group: Group
    query: Query
    outer: Names = _NONE
    bound: Names = _NONE
    graph: str = ""
    in_exists: bool = False


def scopes(query: Query) -> Iterator[Scope]:
    """Return all groups of `query`, outer before inner."""
    yield from _walk(Scope(query.where, query))
    for exists in query.exists:
        yield from _walk(_asked(Scope(query.where, query), exists))


def _walk(scope: Scope) -> Iterator[Scope]:
    yield scope
    for inner in _below(scope):
        yield from _walk(inner)


def _below(scope: Scope) -> Iterator[Scope]:
    items = scope.group.items
    for index, item in enumerate(items):
        others = [*items[:index], *items[index + 1:]]
        match item:
            case Nested() if item.kind == "MINUS":
                yield Scope(item.group, scope.query, graph=scope.graph)
            case Nested():
                graph = item.graph.text if item.graph is not None else scope.graph
                yield _inside(scope, others, item.group)._replace(graph=graph)
            case Union():
                yield from (_inside(scope, others, branch) for branch in item.branches)
            case Select():
                yield from scopes(item.query)
            case Filter() | Bind():
                yield from (_asked(scope, exists) for exists in item.expression.exists)
            case _:
                pass


def _inside(scope: Scope, others: list[Item], group: Group) -> Scope:
    return scope._replace(group=group, outer=scope.outer | names(others), bound=scope.bound | certain(others))


def _asked(scope: Scope, exists: Exists) -> Scope:
    return _inside(scope, list(scope.group.items), exists.group)._replace(in_exists=True)


def triples(group: Group) -> list[Triple]:
    """Return the patterns that stand directly in `group`."""
    return [item for item in group.items if isinstance(item, Triple)]


def few(group: Group) -> Names:
    """Return the variables of `group` that take a value written into the query: by VALUES, or by a BIND that reads no variable."""
    given = [i for i in group.items if isinstance(i, Values) or (isinstance(i, Bind) and not i.expression.names)]
    return names(given)


class Joins:
    """Variables that some pattern joins, as sets that grow together."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def root(self, name: str) -> str:
        """Return the one variable that stands for all that are joined with `name`."""
        while (above := self._parents.get(name, name)) != name:
            name = above
        return name

    def link(self, joined: Iterable[str]) -> None:
        """Join all variables of `joined`."""
        first, *others = [self.root(name) for name in sorted(joined)] or [""]
        for other in others:
            self._parents[self.root(other)] = self.root(first)


def joins(group: Group, outer: Names = _NONE) -> Joins:
    """Return what joins what in `group`; all that is bound around it hangs together, and a BIND joins if a pattern uses its value."""
    found = Joins()
    found.link(outer)
    used: Names = _NONE
    for item in group.items:
        if not isinstance(item, Bind | Filter) and not (isinstance(item, Nested) and item.kind in ("OPTIONAL", "MINUS")):
            found.link(names([item]))
            used |= names([item])
    for item in reversed(group.items):
        if isinstance(item, Bind) and item.target in used:
            found.link(item.expression.names | {item.target})
            used |= item.expression.names
    return found


def anchors(scope: Scope) -> Names:
    """Return variables that some value keeps to few rows: one from around the group, a sub-query, VALUES, or a thing or text in a pattern."""
    subqueries = [i for i in scope.group.items if isinstance(i, Select)]
    fixed = [t.names for t in triples(scope.group) if not t.subject.is_open or (t.path.form == "iri" and t.path != _TYPE and _is_thing(t.object.text))]
    return (scope.outer | names(subqueries) | few(scope.group)).union(*fixed)


def _is_thing(text: str) -> bool:
    """Whether a constant is one of many: no class, no code of a list, no date or number."""
    if text.startswith("<"):
        return not text.startswith((f"<{NS}", f"<{CONCEPT}"))
    return text[0] in "\"'" and "^^" not in text
