"""The text of a query becomes what it can match: the predicates and classes that it names, or any.

A rule or fault query whose predicates and classes a change does not touch gives the same answer as before, so that a
build need not run it again.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from comity.errors import QueryError
from comity.lines import TYPE_TOKEN, Change
from comity.sparql.model import Path, Triple, Values
from comity.sparql.reader import Reader
from comity.sparql.scopes import scopes
from comity.syntax import tokens

_TYPE = TYPE_TOKEN.decode()


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
        if {p.decode() for p in change.predicates} & self.names - {_TYPE}:
            return True
        return bool(change.classes) and (self.any_class or bool({c.decode() for c in change.classes} & self.names))


def mentions(text: str) -> Mentions:
    """Return what `text` can match, never too little."""
    reader = Reader(text, {})
    try:
        groups = [scope.group for part in (reader, *_template(text, reader)) for scope in scopes(part.read())]
    except QueryError:  # what cannot be read here can match anything; the engine itself says what is wrong with it
        return Mentions(frozenset(), True, True)
    triples = [item for group in groups for item in group.items if isinstance(item, Triple)]
    listed = {name for group in groups for item in group.items if isinstance(item, Values) for name in item.names}
    paths = [path for triple in triples for path in _within(triple.path)]
    types = [triple for triple in triples if (_TYPE, False) in triple.path.steps() or (_TYPE, True) in triple.path.steps()]
    return Mentions(
        frozenset(node.text for node in reader.iris()),
        any(path.form == "!" or (path.form == "variable" and path.text not in listed) for path in paths),
        any(triple.path.form != "iri" or not triple.object.text.startswith("<") for triple in types))


def _template(text: str, reader: Reader) -> Iterator[Reader]:
    """Return a reader of what a CONSTRUCT makes, as a group: what it makes is left out where it is stated already, so it counts too."""
    pieces = [t for t in tokens(text) if t.kind not in ("space", "comment")]
    for word, brace in itertools.pairwise(pieces):
        if word.kind == "word" and word.text.upper() == "CONSTRUCT" and brace.text == "{":
            end = next((t.start for t in pieces if t.start > brace.start and t.text == "}"), len(text))
            yield Reader(f"SELECT * {text[brace.start:end]} }}", reader.prefixes)
            return


def _within(path: Path) -> Iterator[Path]:
    """Return `path` and all paths that it is made of."""
    yield path
    for part in path.parts:
        yield from _within(part)
