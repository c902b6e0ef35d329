"""The names of places and a day become actors and a date that the graph can answer for, or a refusal that says why not."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from comity.errors import InputError
from comity.names import resolve
from comity.routes.facts import Library
from comity.routes.model import Evidence

_ACTOR = """
SELECT ?label ?known ?forgotten WHERE {
  ?actor a ?class ; rdfs:label ?label ; comity:knownFrom ?known ; comity:knownUntil ?forgotten .
  FILTER(?class IN (comity:State, comity:Territory, comity:SupranationalUnion) && LANG(?label) = "en")
} ORDER BY ?known"""


@dataclass(frozen=True)
class Place:
    """A state, territory or union, with the unions to which it belongs on the day asked: their names and the rows of membership."""

    iri: str
    label: str
    unions: Mapping[str, tuple[str, Evidence]]


def check_day(library: Library, as_of: datetime.date) -> None:
    """Refuse a day of which no coded rule speaks. Raises `InputError`."""
    days = [(r["first"], r["newest"]) for r in library.rows("routes/jurisdictions")]
    if not days:
        raise InputError(f"known_on={library.known_on}: no transfer rule was recorded by that day; name a later one")
    first = min((f for f, _ in days if not f.startswith("0001")), default="0001-01-01")
    last = max(datetime.date.today().isoformat(), *(n for _, n in days))
    if not first <= as_of.isoformat() <= last:
        raise InputError(f"as_of={as_of}: outside coverage; the coded rules reach from {first} to {last}")


def place(library: Library, name: str, as_of: datetime.date) -> Place:
    """Return the state, territory or union called `name`. Raises `InputError` for anything else, and for what was not known on the day."""
    iri = resolve(library.store, name)
    rows = [{k: v or "" for k, v in row.items()} for row in library.store.query(_ACTOR, {"actor": iri}).rows]
    if not rows:
        raise InputError(f"{name}: no state, territory or union of the graph; name a place, and a firm with --recipient")
    known = library.known_on.isoformat()
    if not any(r["known"] <= known < r["forgotten"] for r in rows):
        row = rows[-1]
        end = f" and retracted on {row['forgotten']}" if row["forgotten"] < "9999" else ""
        raise InputError(f"{name}: recorded on {row['known']}{end}, so not known on {known}; choose another --known-on")
    return Place(iri.value, rows[0]["label"], library.unions(iri.value, as_of))
