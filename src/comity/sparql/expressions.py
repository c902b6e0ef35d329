"""The tokens of an expression become its variables and the equalities that hold wherever it is true."""

from __future__ import annotations

from collections.abc import Iterator

from comity.sparql.model import Equality, Names
from comity.syntax import Token


def names(parts: list[Token]) -> Names:
    """Return the variables that an expression reads."""
    return frozenset(f"?{t.text[1:]}" for t in parts if t.kind == "variable")


def equalities(parts: list[Token]) -> Iterator[Equality]:
    """Return each `left = right` that must be true for the whole to be true."""
    for conjunct in _conjuncts(parts):
        texts = [t.text for t in conjunct]
        if len(conjunct) == 6 and texts[0].upper() == "SAMETERM":
            yield Equality(names(conjunct[2:3]), names(conjunct[4:5]), True, conjunct[0].start)
        for i in _outside(texts, "="):
            if i and texts[i - 1] not in ("!", "<", ">"):
                left, right = conjunct[:i], conjunct[i + 1:]
                yield Equality(names(left), names(right), len(left) == len(right) == 1, conjunct[0].start)


def _conjuncts(parts: list[Token]) -> Iterator[list[Token]]:
    """Return the conditions that must all hold; one with an alternative is none."""
    texts = [t.text for t in parts]
    if len(parts) > 2 and texts[0] == "(" and _outside(texts, ")") == [len(parts) - 1]:
        yield from _conjuncts(parts[1:-1])
        return
    if any(texts[i + 1:i + 2] == ["|"] for i in _outside(texts, "|")):
        return
    ands = [i for i in _outside(texts, "&") if texts[i + 1:i + 2] == ["&"]]
    if not ands:
        yield parts
        return
    for begin, end in zip([0, *(i + 2 for i in ands)], [*ands, len(parts)], strict=True):
        yield from _conjuncts(parts[begin:end])


def _outside(texts: list[str], sign: str) -> list[int]:
    """Return where `sign` stands outside all brackets; a closing bracket stands outside what it closes."""
    found, depth = [], 0
    for i, text in enumerate(texts):
        depth -= text == ")"
        if text == sign and depth == 0:
            found.append(i)
        depth += text == "("
    return found
