"""Patterns that the engine evaluates at the wrong time become findings: inside EXISTS, in an idle MINUS, after an OPTIONAL."""

from __future__ import annotations

from collections.abc import Iterator

from comity.advice.model import Bind, Exists, Filter, Group, Item, Names, Nested, Select, Triple, Union, certain, names
from comity.advice.scopes import Scope
from comity.advice.texts import Finding, finding


def exists(scope: Scope) -> Iterator[Finding]:
    """Find each EXISTS with a join of which a part names nothing from outside."""
    outer = scope.outer | names(scope.group.items)
    asked = [e for i in scope.group.items if isinstance(i, Filter | Bind) for e in i.expression.exists]
    if scope.group is scope.query.where:
        asked += scope.query.exists
    for each in asked:
        yield from _exists(each, outer)


def _exists(each: Exists, outer: Names) -> Iterator[Finding]:
    for patterns in _alternatives(each.group):
        loose = [t for t in patterns if t.names and not t.names & outer]
        if len(patterns) > 1 and loose:
            inner = _first(loose[0].names, "?x")
            shared = _first(outer.intersection(*[frozenset().union(*(t.names for t in patterns))]), "?row")
            yield finding("not-exists" if each.is_negated else "exists", each.start, count=len(patterns), inner=inner, shared=shared)
            return


def _first(found: Names, otherwise: str) -> str:
    return min((n for n in found if n.startswith("?")), default=otherwise)


def _alternatives(group: Group) -> list[list[Triple]]:
    """Return the patterns that `group` joins; each branch of a union on its own."""
    base: list[Triple] = []
    branches: list[list[Triple]] = []
    for item in group.items:
        match item:
            case Triple():
                base.append(item)
            case Nested():
                base += [t for more in _alternatives(item.group) for t in more]
            case Select():
                base += [t for more in _alternatives(item.query.where) for t in more]
            case Union():
                branches += [more for branch in item.branches for more in _alternatives(branch)]
            case _:
                pass
    return [[*base, *branch] for branch in branches] or [base]


def minus(scope: Scope) -> Iterator[Finding]:
    """Find each MINUS that shares no variable with what stands before it."""
    for index, item in enumerate(scope.group.items):
        if isinstance(item, Nested) and item.kind == "MINUS" and not names(item.group.items) & names(scope.group.items[:index]):
            yield finding("idle-minus", item.start)


def optionals(scope: Scope) -> Iterator[Finding]:
    """Find the first pattern after an OPTIONAL or MINUS, where the engine leaves it; not one that uses a value computed from the OPTIONAL."""
    before: list[Item] = []
    kind, soft = "", frozenset[str]()
    for item in scope.group.items:
        if isinstance(item, Nested) and item.kind in ("OPTIONAL", "MINUS"):
            kind, soft = kind or item.kind, soft | names([item])
            continue
        if isinstance(item, Bind) and item.expression.names & soft:
            soft |= {item.target}
        elif kind and isinstance(item, Triple | Nested | Union | Select) and names([item]):
            open_ends = soft & names([item]) - certain(b for b in before if not isinstance(b, Bind)) - scope.bound
            if not any(isinstance(b, Bind) and b.target in open_ends for b in before):
                yield finding("unbound", item.start, name=min(open_ends)) if open_ends else finding("late", item.start, word=kind)
                return
        before.append(item)
