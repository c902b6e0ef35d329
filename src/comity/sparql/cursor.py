"""The tokens of a query become a line that a reader walks along, with prefixes resolved and limits kept.

What a reader does not know is refused as a whole; so is a text so long, deep or full that looking at it would cost more than running it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urljoin

from comity.errors import QueryError
from comity.sparql.model import Node
from comity.syntax import Token, tokens
from comity.vocabulary import BASE

LONGEST = 10_000
MOST = 250
DEEPEST = 40
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")


class Cursor:
    """A place among the tokens of a query, after its prologue. Raises `QueryError` for what is not known there."""

    def __init__(self, text: str, prefixes: Mapping[str, str]) -> None:
        if len(text) > LONGEST:
            raise QueryError("too long to be looked at")
        self.text = text
        self.prefixes = dict(prefixes)
        self.base = BASE
        self.tokens = [t for t in tokens(text) if t.kind not in ("space", "comment")] + [Token("end", "", len(text))] * 2
        self.at = self.depth = self.hidden = self.size = 0
        self._prologue()
        self.body = self.at

    def iris(self) -> Iterator[Node]:
        """Return the IRIs that the query names after its prologue, each where it stands."""
        for token in self.tokens[self.body:]:
            if token.kind == "iri" or (token.kind == "name" and token.text.partition(":")[0] in self.prefixes):
                yield Node(self._iri(token), token.start)

    @property
    def _word(self) -> str:
        """The next token, keywords in capitals."""
        token = self.tokens[self.at]
        return token.text.upper() if token.kind == "word" and token.text != "a" else token.text

    @property
    def _end(self) -> int:
        """Where the last token that was taken ends."""
        last = self.tokens[self.at - 1]
        return last.start + len(last.text)

    def _take(self, *wanted: str) -> Token:
        token = self.tokens[self.at]
        if self._word not in (wanted or (self._word or None,)):
            raise QueryError(f"{token.text!r} is not known here")
        self.at += 1
        return token

    def _has(self, word: str) -> bool:
        """Take the next token if it is `word`."""
        found = self._word == word
        self.at += found
        return found

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise QueryError("nested too deeply to be looked at")

    def _count(self) -> None:
        self.size += 1
        if self.size > MOST:
            raise QueryError("too much to be looked at")

    def _fresh(self) -> Node:
        self.hidden += 1
        return Node(f"_:hidden {self.hidden}", self.tokens[self.at].start)

    def _iri(self, token: Token) -> str:
        if token.kind == "iri":
            return token.text if _ABSOLUTE.match(token.text) else self._absolute(token)
        prefix, _, local = token.text.partition(":")
        if token.kind != "name" or prefix not in self.prefixes:
            raise QueryError(f"{token.text!r} is no IRI")
        return "<" + self.prefixes[prefix] + local.replace("\\", "") + ">"

    def _absolute(self, token: Token) -> str:
        try:
            return f"<{urljoin(self.base, token.text[1:-1])}>"
        except ValueError:
            raise QueryError(f"{token.text} is no IRI") from None

    def _prologue(self) -> None:
        while self._word in ("PREFIX", "BASE", "VERSION"):
            keyword = self._take().text.upper()
            if keyword == "VERSION":
                self._take()
            elif keyword == "PREFIX":
                name = self._take().text.removesuffix(":")
                self.prefixes[name] = self._iri(self._take())[1:-1]
            else:
                self.base = self._iri(self._take())[1:-1]
