"""SPARQL text becomes tokens, so that parameters are bound as terms and refused features are found by their keyword.

The embedded engine substitutes only variables that are projected, and the protocol has no parameters at all; replacing
the variable's token by a serialised term works alike on every engine, and never touches strings, IRIs or comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pyoxigraph as ox

from comity.errors import QueryError

_TOKENS = re.compile(
    r"""
    (?P<comment>\#[^\n]*)
  | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
  | (?P<string>\"{3}(?:[^"\\]|\\.|"(?!""))*\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*'{3} | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*')
  | (?P<variable>[?$][^\W]+)
  | (?P<name>(?:_|[^\W\d_][\w.-]*)?:(?:[\w:%-]|\.+(?=[\w:%\\-])|\\[_~.\-!$&'()*+,;=/?\#@%])*)
  | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<word>[^\W\d]\w*)
  | (?P<space>\s+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)

Term = ox.NamedNode | ox.Literal


class Token(NamedTuple):
    """A piece of the query: its kind, its text and its offset."""

    kind: str
    text: str
    start: int


def tokens(text: str) -> Iterator[Token]:
    """Split `text` into tokens that joined again give `text`."""
    for match in _TOKENS.finditer(text):
        yield Token(match.lastgroup or "other", match[0], match.start())


def keywords(text: str) -> dict[str, int]:
    """Return each bare word of the query in capitals, with the offset where it first stands."""
    found: dict[str, int] = {}
    for token in tokens(text):
        if token.kind == "word":
            found.setdefault(token.text.upper(), token.start)
    return found


def bind(text: str, terms: Mapping[str, Term]) -> str:
    """Replace each variable named in `terms` by its term, in N-Triples form."""
    if not terms:
        return text
    return "".join(
        str(terms[token.text[1:]]) if token.kind == "variable" and token.text[1:] in terms else token.text
        for token in tokens(text)
    )


def position(text: str, offset: int) -> tuple[int, int]:
    """Return line and column of `offset`, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def refuse_side_effects(text: str) -> None:
    """Raise `QueryError` if the query reaches out (SERVICE) or holds escapes that could hide a keyword."""
    for token in tokens(text):
        if token.kind == "word" and token.text.upper() == "SERVICE":
            line, column = position(text, token.start)
            raise QueryError("SERVICE is refused: this graph answers from its own data only; federate from your side",
                             line=line, column=column)
        if token.text == "\\":
            line, column = position(text, token.start)
            raise QueryError("a backslash stands outside strings and IRIs; write the character itself", line=line, column=column)
