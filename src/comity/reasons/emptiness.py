"""A query without rows becomes the pattern that leaves it so, and the patterns that this one does not go with.

A group that matches nothing keeps matching nothing as it grows, so the pattern is found by halving; each step asks the graph
whether anything matches. FILTERs count for the whole group and are tried last.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from comity.errors import QueryError
from comity.reasons.pieces import Parts, Piece, cut
from comity.syntax import position

#: a group of more patterns is not looked into, and no more is asked after so many seconds
_MOST, _SECONDS = 60, 10.0
_NOT_ALONE = ("FILTER", "BIND", "MINUS", "OPTIONAL")


@dataclass(frozen=True)
class Emptiness:
    """Why a query has no row.

    Attributes: `message`, one sentence; `pattern`, the one after which nothing is left, with its `line` and `column` (empty and 0 if
    all patterns match and what follows the group takes the rows away); `is_alone`, whether it matches nothing even alone;
    `against`, the patterns of which each, left out, lets rows through, with line and column.
    """

    message: str
    pattern: str = ""
    line: int = 0
    column: int = 0
    is_alone: bool = False
    against: tuple[tuple[str, int, int], ...] = ()


def explain(ask: Callable[[str], bool], text: str) -> Emptiness | None:
    """Return why `text` has no row, or None if its patterns match and nothing after them takes rows away.

    `ask` answers an ASK query. Raises `QueryError` if the query is malformed or its group has too many patterns.
    """
    parts = cut(text)
    pieces = [*parts.pieces, *([Piece("VALUES", parts.values, max(0, text.rfind(parts.values)))] if parts.values else [])]
    pieces.sort(key=lambda piece: piece.kind == "FILTER")
    if len(pieces) > _MOST:
        raise QueryError(f"the group has {len(pieces)} patterns; up to {_MOST} are looked into")
    if ask(parts.ask(pieces)):
        return Emptiness(f"the patterns match, but what follows them leaves no row: {parts.modifiers}") if parts.modifiers else None
    until = time.monotonic() + _SECONDS
    last = _first_empty(ask, parts, pieces)
    before, killer = pieces[:last], pieces[last]
    is_alone = killer.kind not in _NOT_ALONE and (not before or not ask(parts.ask([killer])))
    against = [] if is_alone else _against(ask, parts, pieces[:last + 1], until)
    return Emptiness(_said(killer, is_alone, against, last), killer.shown, *position(text, killer.start), is_alone,
                     tuple((p.shown, *position(text, p.start)) for p in against))


def _first_empty(ask: Callable[[str], bool], parts: Parts, pieces: Sequence[Piece]) -> int:
    """Return the index of the piece with which the group, grown from the front, first matches nothing."""
    low, high = 0, len(pieces) - 1
    while low < high:
        middle = (low + high) // 2
        if ask(parts.ask(pieces[:middle + 1])):
            low = middle + 1
        else:
            high = middle
    return low


def _against(ask: Callable[[str], bool], parts: Parts, pieces: Sequence[Piece], until: float) -> list[Piece]:
    """Return the pieces, but the last, of which each left out lets the others match; what binds a name that others read cannot be left out."""
    found = []
    for index, piece in enumerate(pieces[:-1]):
        if time.monotonic() > until:
            break
        if piece.kind != "BIND" and ask(parts.ask([*pieces[:index], *pieces[index + 1:]])):
            found.append(piece)
    return found


def _said(killer: Piece, is_alone: bool, against: Sequence[Piece], before: int) -> str:
    if is_alone:
        return "nothing in the graph matches this pattern, even alone"
    if killer.kind == "FILTER":
        return f"rows match the {before} other patterns, and this FILTER lets none of them through" if before > 1 else "this FILTER lets no row through"
    if against:
        return "rows match what stands before, and none of them matches this pattern; it goes with the rest once one of these is left out"
    return "rows match what stands before, and none of them matches this pattern"
