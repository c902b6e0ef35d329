"""Sections of text, tables and figures become one page of Markdown and the pictures beside it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_NUMBER = re.compile(r"(-?|< )\d|·$")


@dataclass(frozen=True)
class Table:
    """Figures under one heading: `origin`, what they rest on; `columns`; `rows`; and what to know (`note`)."""

    title: str
    origin: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A picture: the `name` of its file, what it shows (`caption`), and the SVG itself."""

    name: str
    caption: str
    svg: str


@dataclass(frozen=True)
class Section:
    """One heading and what stands under it, in order."""

    title: str
    parts: tuple[str | Table | Figure, ...]


def markdown(sections: Iterable[Section], *, folder: str = "methods") -> str:
    """Return the sections as Markdown that looks for its pictures in `folder`."""
    return "\n".join(f"## {section.title}\n\n" + "\n".join(_part(part, folder) for part in section.parts) for section in sections)


def html(text: str) -> str:
    """Return a page of Markdown as HTML: tables scroll on their own, comments are left out, and what looks like HTML is shown as text."""
    from markdown_it import MarkdownIt

    made: str = MarkdownIt("commonmark", {"html": False}).enable("table").render(_COMMENT.sub("", text))
    # styles in the page itself are refused by the server's own content policy
    made = made.replace(' style="text-align:right"', ' class="number"')
    return made.replace("<table>", '<div class="scroll"><table>').replace("</table>", "</table></div>")


def pictures(sections: Iterable[Section]) -> dict[str, bytes]:
    """Return the figures of the sections as files by name."""
    return {f"{part.name}.svg": part.svg.encode() for section in sections for part in section.parts if isinstance(part, Figure)}


def number(value: float, digits: int = 2) -> str:
    """Return a number as the page writes it, nothing where it is unknown; there is no minus zero."""
    return "" if math.isnan(value) else f"{round(value, digits) + 0.0:.{digits}f}"


def span(low: float, high: float) -> str:
    """Return the ends of an interval."""
    return "" if math.isnan(low) or math.isnan(high) else f"{number(low)} to {number(high)}"


def chance(p: float) -> str:
    """Return a p-value."""
    return "" if math.isnan(p) else "< 0.001" if p < 0.001 else f"{p:.3f}"


def _part(part: str | Table | Figure, folder: str) -> str:
    if isinstance(part, str):
        return part + "\n"
    if isinstance(part, Figure):
        return f"![{part.caption}]({folder}/{part.name}.svg)\n\n*{part.caption}*\n"
    sides = ("---:" if _is_numeric([row[i] for row in part.rows]) else "---" for i in range(len(part.columns)))
    lines = "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in (part.columns, tuple(sides), *part.rows))
    return f"### {part.title}\n\n{lines}\n\n" + (f"{part.note}\n\n" if part.note else "") + f"`{part.origin}`\n"


def _is_numeric(cells: list[str]) -> bool:
    return all(not cell or _NUMBER.match(cell) for cell in cells)
