"""SPARQL text becomes tokens, so that parameters are bound as terms and refused features are found by their keyword.

The embedded engine substitutes only variables that are projected, and the protocol has no parameters at all; replacing
the variable's token by a serialised term works alike on every engine, and never touches strings, IRIs or comments.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import pyoxigraph as ox

from comity.errors import QueryError

#: what may follow a backslash in a string; where an engine reads no such escape, it may read no string, and what seemed to stand in it as the query
_ESCAPE = r"""\\(?:[tbnrf"'\\] | u(?![dD][89a-fA-F])[0-9A-Fa-f]{4} | U00(?!00[dD][89a-fA-F])(?:0[0-9A-Fa-f]|10)[0-9A-Fa-f]{4})"""
_TOKENS = re.compile(
    rf"""
    (?P<comment>\#[^\n\r]*)
  | (?P<iri><[^<>"{{}}|^`\\\x00-\x20]*>)
  | (?P<string>\"{{3}}(?:[^"\\]|{_ESCAPE}|"(?!""))*\"{{3}} | '{{3}}(?:[^'\\]|{_ESCAPE}|'(?!''))*'{{3}}
             | "(?:[^"\\\n\r]|{_ESCAPE})*" | '(?:[^'\\\n\r]|{_ESCAPE})*')
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
#: tokens in which an engine may find a keyword and its neighbours where we find one word
_HIDING = ("word", "name", "tag")
#: without which a query is harmless, whatever its tokens; the long s is a capital S to some
_SUSPECT = re.compile(r"[s\u017f]ervice|from|\\", re.IGNORECASE)
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
    """Return the graphs that a query names with FROM or FROM NAMED, as they are written there, each with its offset."""
    parts = [t for t in tokens(text) if t.kind not in ("space", "comment")]
    words = [t.text.upper() if t.kind == "word" else "" for t in parts]
    return [(t.text, t.start) for i, t in enumerate(parts)
            if t.kind in ("iri", "name") and i and (words[i - 1] == "FROM" or (i > 1 and words[i - 2:i] == ["FROM", "NAMED"]))]


def prologue(text: str) -> str:
    """Return the text before the word with which the query itself begins: its BASE and PREFIX lines."""
    first = next((t.start for t in tokens(text) if t.kind == "word" and t.text.upper() in FORMS), len(text))
    return text[:first]


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


def refuse_side_effects(text: str, services: Collection[str] = ()) -> None:
    """Raise `QueryError` if the query reaches out by SERVICE, but to one of `services` in full, or holds escapes that could hide a keyword.

    The engine wants no blank between a keyword and its neighbours: it reads `1e5SERVICE`, `SERVICESILENT` and `SERVICE:a` as two
    words each, so that whatever may be read so is refused.
    """
    if not _SUSPECT.search(text):
        return
    parts = [t for t in tokens(text) if t.kind not in ("space", "comment")]
    for index, token in enumerate(parts):
        said = ""
        if token.text == "\\":
            said = "a backslash stands outside strings and IRIs; write the character itself"
        elif token.kind == "word" and token.text.upper() != "FROM" and "FROM" in token.text.upper():
            said = "the word FROM is hidden in another; write blanks around it"
        elif token.kind in _HIDING and "SERVICE" in token.text.upper():
            said = _reaching(token, parts[index + 1:index + 4], services)
        if said:
            line, column = position(text, token.start)
            raise QueryError(said, line=line, column=column)


def _reaching(token: Token, after: Sequence[Token], services: Collection[str]) -> str:
    """Return why `token`, which holds the word SERVICE, is refused before the tokens `after`; empty if it is not."""
    if token.kind == "word" and token.text.upper() == "SERVICE":
        place = after[1:2] if after and after[0].text.upper() == "SILENT" else after[:1]
        if place and place[0].kind == "iri" and place[0].text[1:-1] in services:
            return ""
        if services:
            return f"SERVICE is refused but to {', '.join(sorted(services))}, written in full between < and >"
        return "SERVICE is refused: this graph answers from its own data only; federate from your side"
    if token.kind != "word":
        between = itertools.takewhile(lambda t: t.kind in ("iri", "name", "variable") or t.text.upper() == "SILENT", after)
        following = after[len(list(between)):]
        if not following or following[0].text != "{":  # the name of something called a service, and no pattern for another server
            return ""
    return "the word SERVICE is hidden in another; write blanks around it, and a dot before {"
