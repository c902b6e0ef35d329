"""A query becomes the form in which the engine is asked, which gives the same rows sooner.

An EXISTS over a join becomes one EXISTS in another, a pattern each, answered by look-ups: the engine makes such a join anew for
each row where one of its patterns names nothing from outside (oxigraph#885). There is a row of a join if there is one of its
first pattern for which there is one of the rest, so both forms say the same.

An OPTIONAL of one pattern that follows a long join is asked row by row (LATERAL, SEP 6), as the engine itself does after a short one;
after thirteen patterns, where its estimate of the rows overflows, it reads all that the OPTIONAL may match (0.5.13). So is a UNION of
joins after a sub-query, which would be read as a whole and costs at most some look-ups for each row that the sub-query had to find.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from comity.errors import QueryError
from comity.sparql.model import Bind, Exists, Filter, Group, Item, Names, Nested, Node, Path, Select, Triple, Union, certain, names
from comity.sparql.reader import Reader
from comity.sparql.scopes import Scope, scopes, triples

#: so many patterns are a long join
LONG = 12


class Join(NamedTuple):
    """An EXISTS whose `patterns` the engine joins anew for each row, as those in `loose` name nothing of `outer`."""

    exists: Exists
    patterns: Sequence[Triple]
    loose: Sequence[Triple]
    outer: Names


class Unit(NamedTuple):
    """A pattern in the graph that it reads, if it names one."""

    triple: Triple
    graph: Node | None

    @property
    def names(self) -> Names:
        """The variables and blank nodes in it."""
        return self.triple.names | ({self.graph.text} if self.graph is not None and self.graph.is_open else set())


def asked(text: str, prefixes: Mapping[str, str]) -> str:
    """Return `text`, a query that the engine can read, in the form in which it is asked; as it is where no other is known to say the same."""
    words = text.lower()
    if "exists" not in words and ("optional" not in words or sum(map(text.count, ";.,{")) < LONG) and not ("union" in words and words.count("select") > 1):
        return text
    try:
        reader = Reader(text, prefixes)
        query = reader.read()
    except QueryError:
        return text
    writer = _Writer(text)
    edits = []
    for scope in scopes(query):
        edits += [(j.exists.start, j.exists.end, writer.exists(j)) for j in slow_joins(scope) if units(j.exists.group) is not None]
        edits += [edit for i in _late(scope.group) for edit in ((i.start, i.start, "LATERAL { "), (i.end, i.end, " }"))]
    for start, end, written in sorted(edits, reverse=True):  # so that " }" comes before what begins where it ends
        text = text[:start] + written + text[end:]
    return text


def _late(group: Group) -> Iterator[Nested | Union]:
    """Find each OPTIONAL of one pattern after a long join that binds a variable of it, and each UNION after a sub-query that does."""
    for index, item in enumerate(group.items):
        before = group.items[:index]
        if isinstance(item, Nested) and _is_optional(item) and len(units(item.group) or ()) == 1:
            if sum(isinstance(i, Triple) for i in before) >= LONG and names(item.group.items) & certain(before):
                yield item
        elif isinstance(item, Union) and len(before) == 1 and isinstance(before[0], Select) and all(_may_follow(b, before) for b in item.branches):
            yield item


def _may_follow(branch: Group, before: Sequence[Item]) -> bool:
    """Whether a branch says the same where the rows before it are known: what both name must be bound by patterns of the branch itself."""
    patterns = triples(branch)
    options = [i for i in branch.items if isinstance(i, Nested) and _is_optional(i)]
    values = [i for i in branch.items if isinstance(i, Filter | Bind) and not i.expression.exists]
    if len(patterns) + len(options) + len(values) < len(branch.items) or not _is_plain(patterns):
        return False
    conditions = [*values, *(i for option in options for i in option.group.items if isinstance(i, Filter))]
    shared = (names(branch.items) | frozenset().union(*(c.expression.names for c in conditions))) & names(before)
    return bool(shared & certain(before)) and shared <= names(patterns)


def _is_optional(item: Nested) -> bool:
    """Whether it is an OPTIONAL of plain patterns and conditions."""
    return item.kind == "OPTIONAL" and units(item.group) is not None and _is_plain(item.group.items)


def _is_plain(items: Sequence[Item]) -> bool:
    """Whether no pattern is a path: between two known ends the engine finds it once, and else as often as it leads there (0.5.13)."""
    return all(i.path.form in ("iri", "variable") if isinstance(i, Triple) else _is_plain(i.group.items) for i in items if isinstance(i, Triple | Nested))


def slow_joins(scope: Scope) -> Iterator[Join]:
    """Find each EXISTS of a group with a join of which a part names nothing from outside."""
    outer = scope.outer | names(scope.group.items)
    found = [e for i in scope.group.items if isinstance(i, Filter | Bind) for e in i.expression.exists]
    if scope.group is scope.query.where:
        found += scope.query.exists
    for each in found:
        for patterns in _alternatives(each.group):
            loose = [t for t in patterns if t.names and not t.names & outer]
            if len(patterns) > 1 and loose:
                yield Join(each, patterns, loose, outer)
                break


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


def units(group: Group) -> list[Unit] | None:
    """Return the patterns of a group that holds nothing else but conditions without EXISTS of their own; None for other groups."""
    found = []
    for item in group.items:
        match item:
            case Triple():
                found.append(Unit(item, None))
            case Nested() if item.kind == "GRAPH" and all(isinstance(i, Triple) for i in item.group.items):
                found += [Unit(i, item.graph) for i in item.group.items if isinstance(i, Triple)]
            case Filter() if not item.expression.exists:
                pass
            case _:
                return None
    return found


class _Writer:
    """Writes what was read as SPARQL again; conditions as they stand in `text`, blank nodes as variables with names that it does not have."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.hidden = "hidden"
        while self.hidden in text:
            self.hidden += "_"
        self.numbers: dict[str, int] = {}

    def exists(self, join: Join) -> str:
        group = join.exists.group
        conditions = " ".join(self.text[i.start:i.end] for i in group.items if isinstance(i, Filter))
        body = conditions
        for unit in reversed(_ordered(units(group) or [], join.outer)):
            body = f"{self._unit(unit)} {'FILTER EXISTS ' if body != conditions else ''}{body}"
            body = f"{{ {body} }}"
        return f"{'NOT ' * join.exists.is_negated}EXISTS {body}"

    def _unit(self, unit: Unit) -> str:
        pattern = f"{self._node(unit.triple.subject)} {self._path(unit.triple.path)} {self._node(unit.triple.object)} ."
        return f"GRAPH {self._node(unit.graph)} {{ {pattern} }}" if unit.graph is not None else pattern

    def _node(self, node: Node) -> str:
        if node.text[0] != "_":
            return node.text
        return f"?{self.hidden}{self.numbers.setdefault(node.text, len(self.numbers))}"

    def _path(self, path: Path) -> str:
        match path.form:
            case "iri" | "variable":
                return path.text
            case "^" | "!":
                return f"{path.form}{self._path(path.parts[0])}"
            case "?" | "*" | "+":
                return f"({self._path(path.parts[0])}){path.form}"
            case _:
                return f"({path.form.join(map(self._path, path.parts))})"


def _ordered(found: list[Unit], known: Names) -> list[Unit]:
    """Return the patterns so that each has as little to find as can be, given those before it."""
    out = []
    left = list(found)
    while left:
        best = min(left, key=lambda unit: (not unit.names & known and bool(unit.names), len(unit.names - known)))
        left.remove(best)
        out.append(best)
        known |= best.names
    return out
