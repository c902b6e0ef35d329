"""Rules, recognitions, measures and answers of a few powers become lanes of marks over years, and the rows of the table that says the same.

A day of which only year or month is written is drawn as the stretch in which it lies; a line runs to an end only where a row states one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from comity.errors import InputError
from comity.graph import Graph
from comity.network.spells import earliest, latest
from comity.results import Rows
from comity.site.languages import mark
from comity.site.timeline import LEFT, ticks
from comity.vocabulary import XSD

LANES: Final = {"rules": mark("Rules"), "recognitions": mark("Recognitions"), "measures": mark("Measures"), "answers": mark("Answers")}
#: kinds of measures that answer those of others
_ANSWERS: Final = ("counter-measure", "blocking-rule")
LEAST, MOST = 2, 5
WIDTH, _MARGIN = 1180, 24
_MARK, _GAP, _HEAD = 12, 3, 26
_ROWS = """SELECT ?lane ?row ?label ?since ?adopted ?endsOn ?kind ?aim ?aimLabel ?power ?source ?locator ?grade WHERE {
  { SELECT DISTINCT ?lane ?row ?label ?kind ?aim ?aimLabel ?power WHERE {
    { ?row a comity:PolicyDocument ; comity:jurisdiction ?taker ; rdfs:label ?label BIND("rules" AS ?lane) }
    UNION { ?row a comity:TransferRule ; comity:jurisdiction ?taker ; comity:dataCategory ?kind . ?kind skos:prefLabel ?label BIND("rules" AS ?lane) }
    UNION { ?row a comity:Recognition ; comity:recogniser ?taker ; comity:recognised ?aim ; comity:scheme ?kind . ?aim rdfs:label ?aimLabel
      BIND("recognitions" AS ?lane) BIND(?aimLabel AS ?label) BIND(?aim AS ?power) }
    UNION { ?row a comity:Measure ; comity:issuer ?by ; comity:measureKind ?kind ; rdfs:label ?label BIND("measures" AS ?lane)
      OPTIONAL { ?by comity:basedIn ?seat } FILTER(COALESCE(?seat, ?by) = ?taker)
      OPTIONAL { ?row comity:target ?aim . ?aim rdfs:label ?aimLabel FILTER(LANG(?aimLabel) = "en")
        OPTIONAL { ?aim comity:basedIn ?aimSeat } OPTIONAL { ?aim comity:providedBy/comity:basedIn ?provider }
        BIND(COALESCE(?provider, ?aimSeat, ?aim) AS ?power) } }
    FILTER(LANG(?label) = "en") } }
  ?row comity:knownFrom ?known ; comity:knownUntil ?forgotten ; prov:hadPrimarySource ?source ; comity:evidenceGrade ?grade .
  FILTER(!(?known > ?known_on) && ?known_on < ?forgotten)
  OPTIONAL { ?row comity:locator ?locator }
  OPTIONAL { ?row comity:validFrom|comity:inForceOn|comity:appliesFrom ?since }
  OPTIONAL { ?row comity:adoptedOn ?adopted }
  OPTIONAL { ?row comity:validUntil|comity:repealedOn ?endsOn }
}"""


@dataclass(frozen=True)
class Deed:
    """One row of a lane.

    Attributes: IRI and label of the row, when it began and ended as it is written (`until` empty if no end is stated), whether `since` is
    the day of adoption as no other is known; its kind; IRI and label of whom it concerns, and whether that is another power shown; evidence.
    """

    power: str
    lane: str
    row: str
    label: str
    since: str
    until: str
    adopted: bool
    kind: str
    aim: str
    aim_label: str
    between: bool
    source: str
    locator: str
    grade: str


@dataclass(frozen=True)
class Mark:
    """A deed as drawn: the end of the stretch in which it began, the start of that stretch, the end of its line if it has one, and its row."""

    deed: Deed
    x: float
    first: float
    last: float | None
    y: float


@dataclass(frozen=True)
class Lane:
    """One lane of one power: its middle, its top and height, its marks, and how many dated rows lie outside the years."""

    name: str
    top: float
    height: float
    marks: tuple[Mark, ...]
    outside: int


@dataclass(frozen=True)
class Strip:
    """All lanes of one power, IRI and label, and how many rows have no date."""

    iri: str
    label: str
    top: float
    lanes: tuple[Lane, ...]
    undated: int


@dataclass(frozen=True)
class Lanes:
    """A drawing: its size, the years on its axis as (year, x), the strips, and the rows drawn, by date."""

    width: int
    height: float
    ticks: tuple[tuple[int, float], ...]
    strips: tuple[Strip, ...]
    deeds: tuple[Deed, ...]


def lanes(graph: Graph, powers: Sequence[tuple[str, str]], *, first: int, last: int, known_on: datetime.date) -> Lanes:
    """Return what `powers` (IRI and label, two to five) did from the beginning of the year `first` to the end of `last`.

    Raises `InputError` for fewer or more powers, the same one twice, and years in the wrong order or more than a century apart.
    """
    if not LEAST <= len(powers) <= MOST or len(set(powers)) < len(powers):
        raise InputError(f"{len(powers)} powers named; name {LEAST} to {MOST} different ones, parted by commas, such as CHN, EU, USA")
    if not 0 <= last - first < 100:
        raise InputError(f"from {first} to {last}: give two years in order, at most a hundred years apart")
    scale = (WIDTH - LEFT - _MARGIN) / (last + 1 - first)
    strips: list[Strip] = []
    top = 0.0
    for iri, label in powers:
        deeds = _deeds(graph, iri, {other for other, _ in powers if other != iri}, known_on)
        strip = _strip(iri, label, deeds, (first, last, scale), top)
        strips.append(strip)
        top = strip.lanes[-1].top + strip.lanes[-1].height + _GAP
    shown = sorted((m.deed for s in strips for lane in s.lanes for m in lane.marks), key=lambda d: (d.since, d.power, d.lane, d.row))
    return Lanes(WIDTH, top + 24, ticks(first, last + 1, scale), tuple(strips), tuple(shown))


def _deeds(graph: Graph, iri: str, others: set[str], known_on: datetime.date) -> list[Deed]:
    """Return the rows of one power, each once, by its first date."""
    bound: dict[str, ox.NamedNode | ox.Literal] = {"taker": ox.NamedNode(iri)}
    bound["known_on"] = ox.Literal(known_on.isoformat(), datatype=ox.NamedNode(XSD + "date"))
    found: dict[str, list[dict[str, str]]] = {}
    for row in _dicts(graph.store.query(_ROWS, bound).rows):
        found.setdefault(row["row"], []).append(row)
    return [_deed(iri, rows, others) for _, rows in sorted(found.items())]


def _deed(iri: str, rows: list[dict[str, str]], others: set[str]) -> Deed:
    one = min(rows, key=lambda row: (row["since"] or "~", row["aimLabel"]))
    since = one["since"] or min((row["adopted"] for row in rows if row["adopted"]), default="")
    kind = one["kind"].rsplit("/", 1)[-1]
    lane = "answers" if kind in _ANSWERS else one["lane"]
    label = one["label"] or one["aimLabel"] or one["row"].rsplit("/", 1)[-1]
    aimed = any(row["power"] in others for row in rows if row["power"])
    until = max((row["endsOn"] for row in rows), default="")
    return Deed(iri, lane, one["row"], label, since, until, not one["since"], kind, one["aim"], one["aimLabel"], aimed,
                one["source"], one["locator"], one["grade"])


def _strip(iri: str, label: str, deeds: Iterable[Deed], axis: tuple[int, int, float], top: float) -> Strip:
    dated = [deed for deed in deeds if deed.since]
    found, at = [], top + _HEAD
    for name in LANES:
        lane = _lane(name, [deed for deed in dated if deed.lane == name], axis, at)
        found.append(lane)
        at += lane.height + _GAP
    return Strip(iri, label, top, tuple(found), sum(1 for deed in deeds if not deed.since))


def _lane(name: str, deeds: Sequence[Deed], axis: tuple[int, int, float], top: float) -> Lane:
    """Put marks side by side on as few levels as they need, so that none covers another."""
    first, last, _ = axis
    inside = sorted((d for d in deeds if int(d.since[:4]) <= last and int(d.since[:4]) >= first), key=lambda d: (earliest(d.since), d.row))
    levels: list[float] = []
    marks = []
    for deed in inside:
        begin, x, end = _place(earliest(deed.since), axis), _place(latest(deed.since), axis), _end(deed, axis)
        level = next((i for i, taken in enumerate(levels) if taken + _MARK / 2 < begin - _MARK / 2), len(levels))
        levels[level:level + 1] = [max(x, end or 0)]
        marks.append(Mark(deed, x, begin, end, top + 2 + _MARK * (level + 0.5)))
    return Lane(name, top, _MARK * max(len(levels), 1) + 4, tuple(marks), len(deeds) - len(inside))


def _end(deed: Deed, axis: tuple[int, int, float]) -> float | None:
    return _place(earliest(deed.until), axis) if deed.until and latest(deed.until) > latest(deed.since) else None


def _place(day: datetime.date, axis: tuple[int, int, float]) -> float:
    """Return where a day stands on the axis, at its edge if it lies beyond."""
    first, last, scale = axis
    year = day.year + (day.timetuple().tm_yday - 1) / 366
    return round(LEFT + (min(max(year, first), last + 1) - first) * scale, 1)


def _dicts(rows: Rows) -> list[dict[str, str]]:
    return [{name: value or "" for name, value in row.items()} for row in rows.to_dicts()]
