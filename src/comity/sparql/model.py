"""A query's shape: groups of patterns, filters and sub-queries as they were written, each with its offset.

Blank nodes count as variables; a parameter that is bound before the query runs counts as an IRI.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

Names = frozenset[str]


class Node(NamedTuple):
    """A term where it stands: `text` begins with `?` for a variable, `_` for a blank node, `<` for an IRI, else it is a literal."""

    text: str
    start: int

    @property
    def is_open(self) -> bool:
        """Whether the engine has to find it."""
        return self.text[0] in "?_"

    @property
    def shown(self) -> str:
        """Its name, or one for a hidden node."""
        return self.text if self.text[0] == "?" else "?x"


@dataclass(frozen=True)
class Path:
    """A property path: `form` is `iri`, `variable`, one of `| / ^ !`, or a modifier `? * +`; `text` is the IRI or variable."""

    form: str
    text: str = ""
    parts: tuple[Path, ...] = ()

    @property
    def is_nullable(self) -> bool:
        """Whether it also leads from each thing to itself."""
        match self.form:
            case "?" | "*":
                return True
            case "|":
                return any(p.is_nullable for p in self.parts)
            case "/" | "^" | "+":
                return all(p.is_nullable for p in self.parts)
            case _:
                return False

    def steps(self, *, back: bool = False) -> set[tuple[str, bool]]:
        """Return each property with whether it is followed backwards."""
        if self.form == "iri":
            return {(self.text, back)}
        return {step for part in self.parts for step in part.steps(back=back != (self.form == "^"))}


@dataclass(frozen=True)
class Triple:
    """One pattern; a sequence of steps was split into several over hidden nodes."""

    subject: Node
    path: Path
    object: Node
    start: int

    @cached_property
    def names(self) -> Names:
        """The variables and blank nodes in it."""
        verb = {self.path.text} if self.path.form == "variable" else set()
        return frozenset({n.text for n in (self.subject, self.object) if n.is_open} | verb)


@dataclass(frozen=True)
class Exists:
    """An EXISTS or NOT EXISTS, from `start` to `end`."""

    group: Group
    is_negated: bool
    start: int
    end: int


class Equality(NamedTuple):
    """A condition `left = right` that must hold, by the variables of both sides; plain if each is one variable and nothing else."""

    left: Names
    right: Names
    is_plain: bool
    start: int


@dataclass(frozen=True)
class Expression:
    """What an expression says to its surroundings."""

    names: Names
    equalities: tuple[Equality, ...] = ()
    exists: tuple[Exists, ...] = ()


@dataclass(frozen=True)
class Filter:
    """A condition on the group, from `start` to `end`."""

    expression: Expression
    start: int
    end: int


@dataclass(frozen=True)
class Bind:
    """A value computed for each row."""

    expression: Expression
    target: str
    start: int


@dataclass(frozen=True)
class Values:
    """Rows written into the query."""

    names: Names
    rows: int
    start: int


@dataclass(frozen=True)
class Nested:
    """A group inside a group, from `start` to `end`: `kind` is `OPTIONAL`, `MINUS`, `GRAPH` or `GROUP`."""

    kind: str
    group: Group
    start: int
    end: int
    graph: Node | None = None


@dataclass(frozen=True)
class Union:
    """Groups of which each gives its rows, from `start` to `end`."""

    branches: tuple[Group, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Select:
    """A query inside a group."""

    query: Query
    start: int


Item = Triple | Filter | Bind | Values | Nested | Union | Select


@dataclass(frozen=True)
class Group:
    """What stands between two braces, in its order."""

    items: tuple[Item, ...]


@dataclass(frozen=True)
class Query:
    """A query or sub-query: `projected` is None for `*`; `words` holds the keywords around its group, and `AGGREGATE` for any aggregate."""

    form: str
    where: Group
    projected: Names | None
    words: Names
    exists: tuple[Exists, ...]


def names(items: Iterable[Item]) -> Names:
    """Return the variables that `items` may bind."""
    return frozenset().union(*(_names(item) for item in items))


def _names(item: Item) -> Names:
    match item:
        case Triple() | Values():
            return item.names
        case Bind():
            return frozenset({item.target})
        case Union():
            return names(i for branch in item.branches for i in branch.items)
        case Select():
            return names(item.query.where.items) if item.query.projected is None else item.query.projected
        case Nested() if item.kind != "MINUS":
            return names(item.group.items) | _graph(item)
        case _:
            return frozenset()


def certain(items: Iterable[Item]) -> Names:
    """Return the variables that `items` bind in each row."""
    return frozenset().union(*(_certain(item) for item in items))


def _certain(item: Item) -> Names:
    match item:
        case Triple() | Values() | Bind():
            return _names(item)
        case Union():
            return frozenset.intersection(*(certain(branch.items) for branch in item.branches))
        case Select():
            where = item.query.where.items
            return _names(item) - (names(where) - certain(where))
        case Nested() if item.kind in ("GRAPH", "GROUP"):
            return certain(item.group.items) | _graph(item)
        case _:
            return frozenset()


def _graph(item: Nested) -> Names:
    return frozenset({item.graph.text}) if item.graph is not None and item.graph.is_open else frozenset()
