"""A row of theirs that is a row of one of our tables becomes that row, compared cell by cell with the one of ours that it names."""

from __future__ import annotations

import re

from comity.errors import InputError
from comity.importers.mapping import Cell, Mapping
from comity.importers.ours import Cells, Ours
from comity.importers.reading import Numbered
from comity.importers.verdict import Finding, Slugs
from comity.matching import Matcher, fold

NEAR = 85.0
ENTITY = "http://www.wikidata.org/entity/"


class Near:
    """The names of our things of the classes of a kind of dataset, to find those that are like a text."""

    def __init__(self, how: Mapping, matcher: Matcher) -> None:
        self._names = {
            name: thing.iri.rsplit("/", 1)[-1]
            for thing in matcher.things.values()
            if any(kind in thing.kinds for kind in how.classes)
            for name in sorted({fold(text) for text in (thing.label, *thing.labels, *thing.names)})
        }

    def to(self, text: str) -> tuple[str, ...]:
        """Return up to three ids with names like `text`, each with the edit ratio of `rapidfuzz` with words sorted, best first."""
        from rapidfuzz import fuzz, process

        found: dict[str, float] = {}
        for name, score, _ in process.extract(fold(text), list(self._names), scorer=fuzz.token_sort_ratio, score_cutoff=NEAR, limit=9):
            found[self._names[name]] = max(score, found.get(self._names[name], 0.0))
        return tuple(f"{thing} ({found[thing]:.0f})" for thing in sorted(found, key=lambda t: (-found[t], t))[:3])


def judge(how: Mapping, given: tuple[str, list[str], list[Numbered]], matcher: Matcher, ours: Ours) -> list[Finding]:
    """Return a finding for each row. `given` is the file's name, header and rows; with no `how.cells` its columns are ours. Raises `InputError`."""
    place, header, numbered = given
    table = how.table or place.removesuffix(".csv")
    columns, held = ours.table(table, place)
    if not how.cells:
        if header != columns:
            odd = next((name for name in header if name not in columns), "a missing column or another order")
            raise InputError(f"{place}: {odd} does not fit; the header must read {','.join(columns)}")
        return [_plain(table, row, held) for row in numbered]
    known = (matcher, held, Slugs(held), Near(how, matcher))
    return [_mapped(how, row, known) for row in numbered]


def _plain(table: str, row: Numbered, held: dict[str, Cells]) -> Finding:
    number, cells = row
    found = held.get(cells["id"])
    odd = () if found is None else tuple(sorted(name for name, value in cells.items() if value and not equal(found.get(name, ""), value)))
    return Finding(number, cells["id"], verdict(found, odd), ((table, cells),), differs=odd)


def _mapped(how: Mapping, row: Numbered, known: tuple[Matcher, dict[str, Cells], Slugs, Near]) -> Finding:
    number, theirs = row
    matcher, held, slugs, close = known
    cells = {name: _plainly(how, theirs, cell) for name, cell in how.cells.items() if not cell.match}
    name = _named(how, cells, matcher)
    ours = held.get(name)
    odd = {column for column, value in cells.items() if ours is not None and column != how.key and value and not equal(ours.get(column, ""), value)}
    matched, unmatched = [], []
    for column, cell in how.cells.items():
        if cell.match:
            found = actors(_plainly(how, theirs, cell), cell, matcher)
            ids = [actor for actor in found.values() if actor]
            matched += [f"{text} = {actor}" for text, actor in found.items() if actor]
            unmatched += [text for text, actor in found.items() if not actor]
            same = ours is not None and ours.get(column, "") in ids
            cells[column] = ours[column] if same and ours is not None else next(iter(ids), "")
            odd |= {column} if ours is not None and ids and not same else set()
    near = () if ours is not None else close.to(cells[how.key])
    cells["id"] = name if ours is not None else slugs.make(cells[how.key])
    said = "candidate" if near else verdict(ours, tuple(odd))
    return Finding(number, cells["id"], said, ((how.table, cells),), tuple(sorted(odd)), tuple(matched), tuple(unmatched), near)


def verdict(ours: Cells | None, odd: tuple[str, ...]) -> str:
    """Return the word for a row of which `ours` is ours and `odd` are the cells that differ."""
    return "new" if ours is None else "differs" if odd else "same"


def equal(ours: str, theirs: str) -> bool:
    """Whether two cells say the same, be it as a number that is written in another way."""
    try:
        return ours == theirs or float(ours) == float(theirs)
    except ValueError:
        return False


def actors(text: str, cell: Cell, matcher: Matcher) -> dict[str, str]:
    """Return the ids of the actors that `text` names, by name, empty for one that is not found.

    The whole is tried before its parts, since a name may hold what parts names elsewhere (`Anthropic, PBC`).
    """
    whole = matcher.certain(text, kinds=("Actor",)) if text else None
    names = [text] if whole or not cell.split else [part.strip() for part in re.split(cell.split, text)]
    found = {name: whole or matcher.certain(name, kinds=("Actor",)) for name in names if name}
    return {name: thing.iri.rsplit("/", 1)[-1] if thing else "" for name, thing in found.items()}


def _plainly(how: Mapping, row: Cells, cell: Cell) -> str:
    value = row.get(cell.column, "")
    return "" if value in how.blank else value.removeprefix(ENTITY)


def _named(how: Mapping, cells: Cells, matcher: Matcher) -> str:
    """Return the id of ours that the key certainly names, or nothing."""
    for text in filter(None, (cells.get("wikidata", ""), cells[how.key])):
        found = matcher.certain(text, kinds=how.classes)
        if found:
            return found.iri.rsplit("/", 1)[-1]
    return ""
