"""What people write (a name in any of six languages, a former name, a code, a slip of the pen) becomes scored candidates.

Scores, from 0 to 100: 100 a code, an id or the present name; 98 another name that the graph records, as an abbreviation or
a former one; at most 95 likeness (`rapidfuzz`: the better of the edit ratio in order and with words sorted, times 0.95); 70 to 90
when all words of one stand in the other. A match is certain only if its score is 98 or more and no other candidate reaches 98.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from comity.store import Store
from comity.vocabulary import ID, NS

CERTAIN = 98.0
LEAST = 60.0
_LIKE = 0.95
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "&": " and ", "ـ": "", "'": "", "’": "", ".": ""})
_ALIASES = {"st": "saint", "rep": "republic", "dem": "democratic"}
_NAMES = f"""
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX comity: <{NS}>
SELECT ?thing ?property ?name (LANG(?name) AS ?language) WHERE {{
  VALUES ?property {{ rdfs:label skos:altLabel skos:prefLabel comity:isoAlpha2 comity:isoAlpha3 comity:m49Code skos:exactMatch }}
  ?thing ?property ?name
  FILTER(STRSTARTS(STR(?thing), "{ID}"))
  FILTER(?property != skos:exactMatch || STRSTARTS(STR(?name), "http://www.wikidata.org/entity/"))
  FILTER NOT EXISTS {{ ?thing comity:retractedOn ?day }}
}}"""
_KINDS = f"""
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?thing ?class WHERE {{ ?thing rdfs:label ?name ; a ?class
  FILTER(STRSTARTS(STR(?thing), "{ID}") && STRSTARTS(STR(?class), "{NS}")) }}"""
_SORTS = ("actor", "instrument", "service", "model", "list")


@dataclass(frozen=True)
class Thing:
    """What can be matched: its IRI, English label and classes (`State`), its other names and its codes."""

    iri: str
    label: str
    kinds: tuple[str, ...]
    names: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The IRI as people write it, `actor/JPN`."""
        return self.iri.removeprefix(ID)


@dataclass(frozen=True)
class Candidate:
    """A thing with its score, the name that was like the text, and whether it is certain and unique."""

    thing: Thing
    score: float
    name: str
    match: bool = False


def fold(text: str) -> str:
    """Return `text` without case, accents, points and double blanks, so that spellings of one name are equal."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c)).translate(_LETTERS)
    words = re.sub(r"[\W_]+", " ", bare).split()
    kept = [_ALIASES.get(word, word) for word in words if word != "the"]
    return unicodedata.normalize("NFC", " ".join(kept or words))


class Matcher:
    """All things that have names, ready to be matched; reads nothing more."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self.things = {thing.iri: thing for thing in sorted(things, key=lambda t: t.iri)}
        self._exact: dict[str, dict[str, float]] = defaultdict(dict)
        self._codes: dict[str, list[str]] = defaultdict(list)
        for thing in self.things.values():
            for name in thing.names:
                self._exact[fold(name)].setdefault(thing.iri, CERTAIN)
            for name in (thing.label, *thing.labels):
                self._exact[fold(name)][thing.iri] = 100.0
            for code in thing.codes:
                self._codes[code].append(thing.iri)
        self._exact.pop("", None)
        self._folded = sorted(self._exact)

    def match(self, text: str, *, kinds: Collection[str] = (), limit: int = 5, keep: Callable[[Thing], bool] | None = None) -> list[Candidate]:
        """Return the candidates for `text`, best first, ties by IRI; only of `kinds` and those that `keep` keeps, if given."""
        found = self._scores(text)
        chosen = [(score, self.things[iri], name) for iri, (score, name) in found.items() if self._wanted(self.things[iri], kinds, keep)]
        chosen.sort(key=lambda c: (-c[0], c[1].iri))
        sure = sum(score >= CERTAIN for score, _, _ in chosen) == 1
        return [Candidate(thing, score, name, sure and score >= CERTAIN) for score, thing, name in chosen[:limit]]

    def certain(self, text: str, *, kinds: Collection[str] = ()) -> Thing | None:
        """Return the one thing that `text` is a name or code of, or None; what is only like it is not looked for."""
        found = [iri for iri, _ in self._named(text.strip()).items() if self._wanted(self.things[iri], kinds, None)]
        return self.things[found[0]] if len(found) == 1 else None

    def complete(self, text: str, *, kinds: Collection[str] = (), limit: int = 10) -> list[Thing]:
        """Return things with a name in which a word begins with `text`, those with the shortest such name first; else the likeliest."""
        wanted = fold(text)
        best: dict[str, tuple[int, int]] = {}
        for name in self._folded:
            place = f" {name}".find(f" {wanted}")
            if wanted and place >= 0:
                for iri in self._exact[name]:
                    best[iri] = min(best.get(iri, (1, len(name))), (int(place > 0), len(name)))
        ordered = [self.things[iri] for iri in sorted(best, key=lambda i: (*best[i], i)) if self._wanted(self.things[iri], kinds, None)]
        return ordered[:limit] or [c.thing for c in self.match(text, kinds=kinds, limit=limit)]

    def _wanted(self, thing: Thing, kinds: Collection[str], keep: Callable[[Thing], bool] | None) -> bool:
        return (not kinds or any(kind in thing.kinds for kind in kinds)) and (keep is None or keep(thing))

    def _named(self, text: str) -> dict[str, tuple[float, str]]:
        """Score every thing that `text` is a name, code or id of."""
        found: dict[str, tuple[float, str]] = {}
        for iri in (ID + text.removeprefix(ID), *self._codes.get(text, ())):
            if iri in self.things:
                found[iri] = (100.0, text)
        for iri, score in self._exact.get(fold(text), {}).items():
            found.setdefault(iri, (score, text))
        for iri in () if found else self._codes.get(text.upper(), ()):  # capitals are asked for only where a word may be meant
            found[iri] = (100.0, text)
        return found

    def _scores(self, text: str) -> dict[str, tuple[float, str]]:
        """Score every thing that is like `text`."""
        wanted, found = fold(text), self._named(text.strip())
        if len(wanted) < 3 and wanted.isascii():  # two letters are like too much
            return found
        for name, score in self._like(wanted):
            for iri in self._exact[name]:
                if score > found.get(iri, (0.0, ""))[0]:
                    found[iri] = (score, name)
        return found

    def _like(self, wanted: str) -> list[tuple[str, float]]:
        """Return names like `wanted` with their scores."""
        from rapidfuzz import fuzz, process

        best: dict[str, float] = {}
        for scorer in (fuzz.ratio, fuzz.token_sort_ratio):
            for name, score, _ in process.extract(wanted, self._folded, scorer=scorer, score_cutoff=LEAST / _LIKE, limit=50):
                best[name] = max(best.get(name, 0.0), round(score * _LIKE, 1))
        words = set(wanted.split())
        for name in self._folded if words else ():
            theirs = set(name.split())
            if words <= theirs or (theirs <= words and len(name) > 3):
                best[name] = max(best.get(name, 0.0), round(70 + 20 * min(len(wanted), len(name)) / max(len(wanted), len(name)), 1))
        return [(name, min(score, 95.0)) for name, score in sorted(best.items())]


def read(store: Store) -> Matcher:
    """Return a matcher of all named actors, instruments, services, models and lists in `store`."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for row in store.query(_KINDS).rows:
        kinds[str(row["thing"])].append(str(row["class"]).removeprefix(NS))
    labels: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in store.query(_NAMES).rows:
        part = re.split(r"[#/]", str(row["property"]))[-1]
        sort = ("label" if row["language"] == "en" else "labels") if part in ("label", "prefLabel") else "names" if part == "altLabel" else "codes"
        labels[str(row["thing"])][sort].append(str(row["name"]).removeprefix("http://www.wikidata.org/entity/"))
    things = (_thing(iri, tuple(sorted(kinds[iri])), held) for iri, held in labels.items() if iri in kinds and iri.removeprefix(ID).partition("/")[0] in _SORTS)
    return Matcher(things)


def _thing(iri: str, kinds: tuple[str, ...], held: dict[str, list[str]]) -> Thing:
    label = min(held["label"] or held["labels"] or held["names"] or [iri.rsplit("/", 1)[-1]])
    names, codes, labels = (tuple(sorted(set(held[sort]))) for sort in ("names", "codes", "labels"))
    return Thing(iri, label, kinds, names, codes, labels)
