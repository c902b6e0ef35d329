"""The rows of any engine become one hash, which does not depend on their order nor on how an engine writes a number.

Cells are N-Triples; numbers and truth values count by their value to nine digits, plain text as `xsd:string`, language tags
in small letters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import pyoxigraph as ox
import rdflib

from comity.vocabulary import XSD

NUMBERS = frozenset(XSD + n for n in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger"))


def digest(rows: Iterable[Sequence[Any]]) -> str:
    """Return the SHA-256 of `rows`, whatever their order."""
    lines = sorted("\t".join(cell(term) for term in row) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def cell(term: Any) -> str:
    """Return a term of pyoxigraph or rdflib in canonical form, nothing for an unbound variable."""
    match term:
        case None:
            return ""
        case ox.NamedNode():
            return f"<{term.value}>"
        case rdflib.URIRef():
            return f"<{term}>"
        case ox.Literal():
            return _literal(term.value, term.language, term.datatype.value)
        case rdflib.Literal():
            return _literal(str(term), term.language, str(term.datatype or ""))
    raise TypeError(f"{term!r} is no term that two engines could agree on")


def _literal(text: str, language: str | None, datatype: str) -> str:
    if datatype in NUMBERS:
        return f"{float(text):.9g}"
    if datatype == XSD + "boolean":
        return "1" if text in ("true", "1") else "0"
    if language:
        return f'"{text}"@{language.lower()}'
    return f'"{text}"' if datatype in ("", XSD + "string") else f'"{text}"^^<{datatype}>'
