"""The text of a query becomes its head and the pieces of its outermost group, each of which is a pattern that can stand alone.

Pieces are cut by brackets and signs alone; whether they are well formed is the engine's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from comity.errors import QueryError
from comity.syntax import Token, form, prologue, tokens

#: words that begin a piece of their own, and bring their own full stop
_BEGINS = ("OPTIONAL", "MINUS", "GRAPH", "SERVICE", "FILTER", "BIND", "VALUES", "{")
#: characters of a query that is cut up
_LONGEST = 20_000
_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")


@dataclass(frozen=True)
class Piece:
    """A pattern of the group: `kind`, `TRIPLES`, `GROUP` or the word that it begins with; its text, ready to be put into a group; its offset."""

    kind: str
    text: str
    start: int

    @property
    def shown(self) -> str:
        """The text on one line."""
        return " ".join(self.text.split())


@dataclass(frozen=True)
class Parts:
    """A query cut up: its prologue, its FROM clauses, the text and the pieces of its group, its VALUES after that, the rest."""

    prologue: str
    dataset: str
    body: str
    pieces: tuple[Piece, ...]
    values: str
    modifiers: str

    def ask(self, pieces: Sequence[Piece]) -> str:
        """Return a query whether anything matches `pieces` together."""
        return f"{self.prologue}ASK {self.dataset}{{ {' '.join(p.text for p in pieces)} }}"


def cut(text: str) -> Parts:
    """Cut `text` up. Raises `QueryError` for what is no query, for one without a group, and for one of more than 20,000 characters."""
    if len(text) > _LONGEST:
        raise QueryError(f"the query has {len(text):,} characters; up to {_LONGEST:,} are looked into")
    kind = form(text)
    head = prologue(text)
    line = [t for t in tokens(text) if t.kind not in ("space", "comment") and t.start >= len(head)]
    opening = _group(line, 1, kind == "CONSTRUCT")
    closing = _close(line, opening)
    between, after = line[1:opening], line[closing + 1:]
    values = next((i for i, t in enumerate(after) if _word(t) == "VALUES"), len(after))
    clauses = [_text(text, between[i:i + (3 if _word(between[i + 1]) == "NAMED" else 2)]) for i, t in enumerate(between[:-1]) if _word(t) == "FROM"]
    return Parts(head, "".join(f"{c} " for c in clauses), text[line[opening].start + 1:line[closing].start],
                 tuple(_pieces(text, line[opening + 1:closing])), _text(text, after[values:]), _text(text, after[:values]))


def _pieces(text: str, line: Sequence[Token]) -> Iterator[Piece]:
    if line and _word(line[0]) == "SELECT":
        yield Piece("SELECT", f"{{ {_text(text, line)} }}", line[0].start)
        return
    at = 0
    while at < len(line):
        if line[at].text == ".":
            at += 1
        elif _word(line[at]) in _BEGINS:
            end = _end_of_clause(line, at)
            yield Piece("GROUP" if line[at].text == "{" else _word(line[at]), _text(text, line[at:end]), line[at].start)
            at = end
        else:
            end = next((i for i in _outside(line, at) if _word(line[i]) in _BEGINS or _is_stop(line, i)), len(line))
            yield from _triples(text, line[at:end])
            at = end


def _triples(text: str, line: Sequence[Token]) -> Iterator[Piece]:
    """Cut a run of triples at its semicolons; not one whose subject is bracketed, which would be another thing in each piece."""
    if line[0].text in _OPENING:
        yield Piece("TRIPLES", f"{_text(text, line)} .", line[0].start)
        return
    start = 1
    for end in [*(i for i in _outside(line, 1) if line[i].text == ";"), len(line)]:
        if end > start:
            place = line[0].start if start == 1 else line[start].start
            yield Piece("TRIPLES", f"{line[0].text} {_text(text, line[start:end])} .", place)
        start = end + 1


def _end_of_clause(line: Sequence[Token], at: int) -> int:
    """Return the index after the clause that begins at `at`: after its last bracket, with all branches of a UNION."""
    wanted = ("(", "{") if _word(line[at]) in ("FILTER", "BIND") else ("{",)
    end = at
    while True:
        opening = next((i for i in range(end, len(line)) if line[i].text in wanted), len(line) - 1)
        end = _close(line, opening) + 1
        if line[at].text != "{" or end >= len(line) - 1 or _word(line[end]) != "UNION":
            return end


def _outside(line: Sequence[Token], at: int) -> Iterator[int]:
    """Return the indexes from `at` that stand in no bracket."""
    depth = 0
    for index in range(at, len(line)):
        if depth == 0:
            yield index
        depth += (line[index].text in _OPENING) - (line[index].text in _CLOSING)


def _is_stop(line: Sequence[Token], at: int) -> bool:
    """Whether a full stop ends a pattern here: not within a decimal number."""
    token = line[at]
    after = line[at + 1] if at + 1 < len(line) else None
    return token.text == "." and not (after is not None and after.start == token.start + 1 and after.text[:1].isdigit())


def _group(line: Sequence[Token], at: int, has_template: bool) -> int:
    opening = next((i for i in _outside(line, at) if line[i].text == "{"), None)
    if opening is None:
        raise QueryError("the query has no group of patterns; write one between { and }")
    is_template = has_template and opening == at
    return _group(line, _close(line, opening) + 1, False) if is_template else opening


def _close(line: Sequence[Token], opening: int) -> int:
    """Return the index of the bracket that closes the one at `opening`. Raises `QueryError`."""
    depth = 0
    for index in range(opening, len(line)):
        depth += (line[index].text in _OPENING) - (line[index].text in _CLOSING)
        if depth == 0:
            return index
    raise QueryError("a bracket of the query is not closed")


def _text(text: str, line: Sequence[Token]) -> str:
    return text[line[0].start:line[-1].start + len(line[-1].text)] if line else ""


def _word(token: Token) -> str:
    return token.text.upper() if token.kind == "word" else token.text
