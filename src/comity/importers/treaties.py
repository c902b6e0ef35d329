"""A treaty of theirs becomes an instrument of ours that is like it in name, parties and year, or a new one with its dates and parties.

Likeness from 0 to 100: 40 the name (`rapidfuzz` token set ratio without the words that all treaties share), 40 the parties (shared of
all, organisations replaced by their members of that year, the European Union one; those that acceded later than two years after are not
counted), 20 the year of signature, less 10 for each year between. It is the treaty if the parties are at least 80 % shared, the years at
most one apart, and no other instrument of ours is as like; from 68 on, or 60 with the same name, it is a candidate, unless more than five
years lie between.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from comity.importers.mapping import Mapping
from comity.importers.ours import Cells, Ours
from comity.importers.reading import Numbered
from comity.importers.verdict import Finding, Slugs
from comity.matching import Matcher, fold

CLASSES = ("TradeAgreement", "DigitalEconomyAgreement")
SHARED, NEAR, NAMED, LIKE, FAR, LATE = 0.8, 68.0, 60.0, 75.0, 5, 2
_COMMON = {
    "a", "agreement", "and", "between", "cepa", "comprehensive", "economic", "establishing", "for", "free", "fta", "in", "of", "on",
    "partnership", "to", "trade",
}


@dataclass(frozen=True)
class Treaty:
    """A treaty with what it is compared by: folded names, parties, the year of signature and the day of entry into force."""

    id: str
    names: tuple[str, ...]
    parties: frozenset[str]
    signed: str
    force: str


class Known:
    """The treaties of ours, ready to be compared."""

    def __init__(self, how: Mapping, ours: Ours) -> None:
        self._how = how
        self._ours = ours

    @cached_property
    def treaties(self) -> list[Treaty]:
        """Our treaties, by id."""
        rows = self._ours.rows("instruments")
        return [self._treaty(name, row) for name, row in sorted(rows.items()) if row["class_code"] in CLASSES]

    def _treaty(self, name: str, row: Cells) -> Treaty:
        dates = self._ours.dates[name]
        signed = min((day for code in ("signed", "adopted") for day in dates[code]), default="")
        names = [row["label_en"], *row["alt_labels"].split(";")]
        joined = {party for party, day in self._ours.parties[name] if not (signed and day) or int(day[:4]) <= int(signed[:4]) + LATE}
        parties = self._ours.states(joined, signed[:4])
        return Treaty(name, tuple(plain(text, self._how) for text in names if text), parties, signed[:4], min(dates["in-force"], default=""))

    def rank(self, theirs: Treaty) -> list[tuple[float, Treaty]]:
        """Return our treaties with a likeness of at least 68, or 60 and the same name, to `theirs`, best first, ties by id."""
        near = [k for k in self.treaties if (k.parties & theirs.parties or not k.parties) and (_apart(theirs, k) or 0) <= FAR]
        scored = [(likeness(theirs, known), known) for known in near]
        close = [(score, known) for score, known in scored if score >= NEAR or (score >= NAMED and _same_name(theirs, known))]
        return sorted(close, key=lambda s: (-s[0], s[1].id))


def judge(how: Mapping, numbered: list[Numbered], matcher: Matcher, ours: Ours) -> list[Finding]:
    """Return a finding for each row of theirs; what is no treaty of its own is left out."""
    known, slugs = Known(how, ours), Slugs(ours.ids("instruments"))
    return [_judged(how, row, (matcher, ours, known), slugs) for row in numbered]


def _judged(how: Mapping, row: Numbered, about: tuple[Matcher, Ours, Known], slugs: Slugs) -> Finding:
    matcher, ours, known = about
    number, cells = row
    kind = how.types.get(how.value(cells, "type"), "")
    if not kind:
        return Finding(number, "", "left out", why=f"type {how.value(cells, 'type')}")
    parties, unmatched = _parties(how, cells, matcher, ours)
    signed, force = day(how.value(cells, "signed")), day(how.value(cells, "in-force"))
    names = tuple(plain(text, how) for text in (how.value(cells, "name"), how.value(cells, "other_name")) if text)
    theirs = Treaty("", names, ours.states(set(parties), signed[:4]), signed[:4], force)
    ranked = known.rank(theirs)
    topics = {topic for column, topic in how.topics.items() if cells.get(column, "0") not in ("0", *how.blank)}
    listed = tuple(f"{treaty.id} ({score:.0f})" for score, treaty in ranked[:3])
    best = _certain(theirs, ranked)
    if best:
        odd = _differs(theirs, best, topics - set(ours.rows("instruments")[best.id]["topic_codes"].split(";")))
        return Finding(number, best.id, "differs" if odd else "same", (), odd, unmatched=unmatched, candidates=listed)
    name = slugs.make(how.value(cells, "name"))
    instrument = {"id": name, "class_code": kind, "label_en": how.value(cells, "name"), "topic_codes": ";".join(sorted(topics))}
    made = _rows(instrument, parties, signed, force)
    return Finding(number, name, "candidate" if listed else "new", made, unmatched=unmatched, candidates=listed)


def _rows(instrument: Cells, parties: list[str], signed: str, force: str) -> tuple[tuple[str, Cells], ...]:
    """Return the rows of a new treaty: the instrument, its events and its parties. The day that each became a party is not said."""
    name = instrument["id"]
    dates = {code: on for code, on in (("signed", signed), ("in-force", force)) if on}
    events = [{"id": f"{name}-{code}", "instrument_id": name, "event_code": code, "occurred_on": on} for code, on in dates.items()]
    joined = [{"id": f"{name}-{party}", "participant_id": party, "instrument_id": name, "status_code": "party" if force else "signatory"} for party in parties]
    return (("instruments", instrument), *(("events", event) for event in events), *(("participations", party) for party in joined))


def _parties(how: Mapping, cells: Cells, matcher: Matcher, ours: Ours) -> tuple[list[str], tuple[str, ...]]:
    """Return the ids of the parties in the order of theirs, and the codes or names that are not found."""
    columns = re.compile(how.parts["parties"])
    given = [part.strip() for name, value in cells.items() if columns.fullmatch(name) and value not in how.blank for part in re.split(r"[;,()]", value)]
    found: dict[str, None] = {}
    missing = []
    for code in filter(None, given):
        actor = ours.by_code.get(how.codes.get(code, code.zfill(3) if code.isdecimal() else code))
        thing = None if actor else matcher.certain(code, kinds=("Actor",))
        if actor or thing:
            found[actor or (thing.iri.rsplit("/", 1)[-1] if thing else "")] = None
        else:
            missing.append(code)
    return list(found), tuple(missing)


def likeness(theirs: Treaty, ours: Treaty) -> float:
    """Return how like two treaties are, from 0 to 100; what either does not say counts as half."""
    from rapidfuzz import fuzz

    name = max((fuzz.token_set_ratio(a, b) for a in theirs.names for b in ours.names), default=0.0) / 100
    shared = _shared(theirs, ours) if theirs.parties and ours.parties else 0.5
    apart = _apart(theirs, ours)
    year = 0.5 if apart is None else max(0.0, 1 - apart / 2)
    return round(100 * (0.4 * name + 0.4 * shared + 0.2 * year), 1)


def _same_name(theirs: Treaty, ours: Treaty) -> bool:
    return any(sorted(a.split()) == sorted(b.split()) for a in theirs.names for b in ours.names)


def _certain(theirs: Treaty, ranked: list[tuple[float, Treaty]]) -> Treaty | None:
    """Return the one treaty of ours that is theirs without doubt."""
    sure = [(score, known) for score, known in ranked if score >= LIKE and _shared(theirs, known) >= SHARED and (_apart(theirs, known) or 0) <= 1]
    if not sure or _apart(theirs, sure[0][1]) is None or (len(sure) > 1 and sure[0][0] - sure[1][0] < 1):
        return None
    return sure[0][1]


def _shared(theirs: Treaty, ours: Treaty) -> float:
    return len(theirs.parties & ours.parties) / max(1, len(theirs.parties | ours.parties))


def _apart(theirs: Treaty, ours: Treaty) -> int | None:
    """Return the years between the signatures, or between the entries into force where a signature is unknown."""
    for a, b in ((theirs.signed, ours.signed), (theirs.force[:4], ours.force[:4])):
        if a and b:
            return abs(int(a) - int(b))
    return None


def _differs(theirs: Treaty, ours: Treaty, topics: set[str]) -> tuple[str, ...]:
    """Return what differs: a day is compared as far as both say it."""
    said = (("signed", theirs.signed, ours.signed), ("in-force", theirs.force, ours.force))
    odd = [name for name, a, b in said if a and b and a[: len(b)] != b[: len(a)]]
    odd += [f"party {name} only theirs" for name in sorted(theirs.parties - ours.parties)]
    odd += [f"party {name} only ours" for name in sorted(ours.parties - theirs.parties)]
    return (*odd, *(f"topic {name} only theirs" for name in sorted(topics)))


def plain(text: str, how: Mapping) -> str:
    """Return a name of a treaty folded, its abbreviations of states written out, without the words that all treaties share."""
    words = " ".join(how.words.get(word, word) for word in fold(text).split()).split()
    return " ".join(word for word in words if word not in _COMMON) or " ".join(words)


def day(text: str) -> str:
    """Return a day, month or year as `2018-03-08`; of a day with its parts in an order that cannot be told, the year alone."""
    if re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text):
        return text
    found = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    if found:
        return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
    year = re.findall(r"(?<!\d)\d{4}(?!\d)", text)
    return year[0] if len(year) == 1 else ""
