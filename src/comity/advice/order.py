"""Patterns that the engine evaluates at the wrong time become findings: inside EXISTS, in an idle MINUS, after an OPTIONAL."""

from __future__ import annotations

from collections.abc import Iterator

from comity.advice.texts import Finding, finding
from comity.sparql.forms import slow_joins, units
from comity.sparql.model import Bind, Item, Names, Nested, Select, Triple, Union, certain, names
from comity.sparql.scopes import Scope


def exists(scope: Scope) -> Iterator[Finding]:
    """Find each EXISTS with a join of which a part names nothing from outside; it is but a note where the engine is asked in another form."""
    for join in slow_joins(scope):
        inner = _first(join.loose[0].names, "?x")
        shared = _first(join.outer.intersection(*[frozenset().union(*(t.names for t in join.patterns))]), "?row")
        slow = "not-exists" if join.exists.is_negated else "exists"
        yield finding(slow if units(join.exists.group) is None else "joined-exists", join.exists.start, count=len(join.patterns), inner=inner, shared=shared)


def _first(found: Names, otherwise: str) -> str:
    return min((n for n in found if n.startswith("?")), default=otherwise)


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
