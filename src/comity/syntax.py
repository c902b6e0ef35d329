"""SPARQL text becomes tokens, so that parameters are bound as terms and refused features are found by their keyword.

The embedded engine substitutes only variables that are projected, and the protocol has no parameters at all; replacing
the variable's token by a serialised term works alike on every engine, and never touches strings, IRIs or comments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
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
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_MODIFIERS = ("ORDER", "GROUP", "HAVING", "LIMIT", "OFFSET", "VALUES")


class Token(NamedTuple):
    """A piece of the query: its kind, its text and its offset."""

    kind: str
    text: str
    start: int


@lru_cache(maxsize=16)
def tokens(text: str) -> tuple[Token, ...]:
    """Split `text` into tokens that joined again give `text`; several readers of one query come one after the other."""
    return tuple(Token(match.lastgroup or "other", match[0], match.start()) for match in _TOKENS.finditer(text))


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


def pointer(text: str, line: int, column: int) -> str:
    """Return line `line` of `text`, and below it a caret under its column."""
    lines = text.split("\n")
    shown = lines[line - 1].replace("\t", " ") if 0 < line <= len(lines) else ""
    return f"{shown}\n{' ' * (min(column, len(shown) + 1) - 1)}^"


def graphs_named(text: str) -> list[tuple[str, int]]:
    """Return the IRIs of graphs that a query names with FROM or FROM NAMED, each with its offset; prefixed names are left out."""
    parts = [t for t in tokens(text) if t.kind not in ("space", "comment")]
    words = [t.text.upper() if t.kind == "word" else "" for t in parts]
    return [(t.text[1:-1], t.start) for i, t in enumerate(parts)
            if t.kind == "iri" and i and (words[i - 1] == "FROM" or (i > 1 and words[i - 2:i] == ["FROM", "NAMED"]))]


def form(text: str) -> str:
    """Return which of `FORMS` the query has. Raises `QueryError` for an update and for what is neither."""
    first = next((t for t in tokens(text) if t.kind == "word" and t.text.upper() not in ("BASE", "PREFIX", "DEFINE")), Token("word", "", len(text)))
    if first.text.upper() in FORMS:
        return first.text.upper()
    line, column = position(text, first.start)
    raise QueryError(f"the query is malformed at line {line}, column {column}: one of {', '.join(FORMS)} was expected here", line=line, column=column)


def over(text: str, graphs: Sequence[str]) -> str:
    """Return a query that names no dataset asked over `graphs`, if any: over their union, and each of them by its name."""
    if not graphs:
        return text
    place = _dataset_place(text)
    return f"{text[:place]} {' '.join(f'FROM <{g}> FROM NAMED <{g}>' for g in graphs)} {text[place:]}"


def _dataset_place(text: str) -> int:
    """Return the offset at which a dataset clause belongs: before the pattern, or where a DESCRIBE without one has its modifiers."""
    parts = [t for t in tokens(text) if t.kind not in ("comment", "space")]
    words = [t.text.upper() if t.kind in ("word", "other") else "" for t in parts]
    first = next((i for i, word in enumerate(words) if word in FORMS), len(parts))
    ends = {"WHERE", "{", *(_MODIFIERS if words[first:first + 1] == ["DESCRIBE"] else ())}
    depth = 0
    for index in range(first + 1, len(parts)):
        template = words[index - 1] == "CONSTRUCT" and words[index] == "{"
        if depth == 0 and words[index] in ends and not template:
            return parts[index].start
        depth += (words[index] in ("(", "{")) - (words[index] in (")", "}"))
    return parts[-1].start + len(parts[-1].text) if parts else 0


def undeclared(text: str) -> list[tuple[str, int]]:
    """Return the prefixes that `text` uses and does not declare, each time with the offset."""
    declared = {"_", *re.findall(r"(?i)\bprefix\s+([\w.-]*):", text)}
    used = [(t.text.partition(":")[0], t.start) for t in tokens(text) if t.kind == "name"]
    return [(name, start) for name, start in used if name not in declared]


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
