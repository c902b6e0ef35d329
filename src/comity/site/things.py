"""What the graph says of a thing becomes its page: first what holds on a day, then a timeline, facts, and the rows with their evidence.

Long tables show their newest rows, and `all=<class>` in the address shows the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from urllib.parse import urlencode

from comity.describe import LABELS, Description, Mention, Statement
from comity.graph import Graph
from comity.names import newest
from comity.paradigms import Explanation
from comity.queries import day
from comity.site.briefs import HEADS, brief
from comity.site.comparison import topics
from comity.site.languages import called, translate
from comity.site.pages import CLOCKS, DATES, EVIDENCE, HEADINGS, LAST, NAMES, days, part, render
from comity.site.timeline import timeline
from comity.vocabulary import ID, NS, RDF

#: rows of one class that a page shows before it is asked for all
MOST = 8
_PLACES = ("State", "Territory", "SupranationalUnion")
_BESIDE = ("basedOn", "locator", "note", "summary", "scope", "condition", "article", *EVIDENCE, *CLOCKS)


@dataclass(frozen=True)
class Wish:
    """What a reader asks of a page: its path, the days on both clocks (nothing for the newest), doubtful dates too, and the class shown in full."""

    address: str
    as_of: str = ""
    known_on: str = ""
    possibly: bool = False
    whole: str = ""

    def query(self) -> str:
        """Return the days as the query of an address, with its question mark; nothing if none is named."""
        pairs = [(name, value) for name, value in (("as_of", self.as_of), ("known_on", self.known_on), ("possibly", "1" if self.possibly else "")) if value]
        return f"?{urlencode(pairs)}" if pairs else ""


@dataclass(frozen=True)
class Group:
    """The rows of one class that name a thing, laid out as a table: those shown, how many there are, and IRIs of rows that sources date differently."""

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[Mention, ...]
    total: int
    disputed: frozenset[str]


def entity(description: Description, graph: Graph, wish: Wish) -> str:
    """Render the page of one thing of `graph`, described on the days of `wish`."""
    facts: dict[str, list[Statement]] = defaultdict(list)
    for statement in description.statements:
        name = part(statement.predicate)
        if name not in (*EVIDENCE, *CLOCKS) and statement.predicate not in (*LABELS, RDF + "type"):
            facts[_word(statement)].append(statement)
    last = newest(graph.store).isoformat()
    at = {name: day(graph.store, name, value or last).isoformat() for name, value in (("as_of", wish.as_of), ("known_on", wish.known_on))}
    groups = [_group(kind, rows, description.iri, whole=wish.whole) for kind, rows in description.mentions.items()]
    is_agreement = NS + "Agreement" in description.kinds
    coded = topics(graph, [description.iri], known_on=at["known_on"]) if is_agreement else {}
    provisions = {topic: cells[description.iri] for topic, cells in coded.items()}
    title = called(description.iri, description.label)
    token = days.set(wish.query())
    try:
        return render(
            "entity.html", title=title, thing=description, facts=facts, groups=sorted(groups, key=_rank), address=wish.address, wish=wish,
            names=[s for s in description.statements if s.predicate in LABELS and s.value != title],
            own=Mention(description.iri, "", description.statements), at=at, sections=brief(graph, description.iri, description.kinds, **at),
            heads=HEADS, drawing=timeline(description.mentions, tuple(HEADINGS), until=at["as_of"]), paradigms=_paradigms(graph, description, at),
            place=description.iri.removeprefix(f"{ID}actor/") if _is_place(description) else "", agreement=is_agreement,
            provisions=provisions)
    finally:
        days.reset(token)


def _is_place(description: Description) -> bool:
    return any(NS + kind in description.kinds for kind in _PLACES)


def _paradigms(graph: Graph, description: Description, at: dict[str, str]) -> dict[str, object] | None:
    """Return to which paradigms a place belongs on the day, as plain data; None for what is no place or has no rule."""
    if not _is_place(description):
        return None
    found: Explanation = graph.paradigm(description.iri, **at)
    return found.to_dict() if any(c.label for c in found.found) else None


def _group(kind: str, rows: tuple[Mention, ...], thing: str, *, whole: str) -> Group:
    """Choose the columns of a class: what its rows hold, without what they have in common with the page."""
    name = part(kind) or "Other"
    ordered = sorted(rows, key=_when)
    shown = tuple(ordered if whole == name else ordered[-MOST:])
    labels = {s.predicate: _word(s) for row in shown for s in row.statements
              if part(s.predicate) not in EVIDENCE and s.predicate != RDF + "type" and s.value != thing}
    order = sorted(labels, key=lambda p: (part(p) in LAST, part(p) in DATES, DATES.index(part(p)) if part(p) in DATES else 0, labels[p]))
    return Group(name, tuple((p, labels[p]) for p in order), shown, len(rows), frozenset(disputed(rows)))


def _word(statement: Statement) -> str:
    """Return what a page calls a property."""
    name = part(statement.predicate)
    return translate(NAMES[name]) if name in NAMES else called(statement.predicate, statement.property_label)


def disputed(rows: Iterable[Mention]) -> set[str]:
    """Return the IRIs of rows which say the same of the same things by different sources, but with other dates.

    A retracted row disputes nothing, nor does one that says a day where another says its year, nor one whose spell ended before the other began.
    """
    alike: dict[frozenset[tuple[str, str]], list[Mention]] = defaultdict(list)
    for row in rows:
        if not _dates(row).keys() & {"retractedOn"}:
            alike[frozenset((s.predicate, s.value) for s in row.statements if s.is_iri and part(s.predicate) not in _BESIDE)].append(row)
    return {row.iri for same in alike.values() for pair in combinations(same, 2) if _disagree(*map(_dates, pair)) for row in pair}


def _dates(row: Mention) -> dict[str, str]:
    return {name: s.value for s in row.statements if (name := part(s.predicate)) in (*DATES, "retractedOn", "hadPrimarySource")}


def _disagree(first: dict[str, str], second: dict[str, str]) -> bool:
    if first.get("hadPrimarySource") == second.get("hadPrimarySource"):
        return False
    for one, other in ((first, second), (second, first)):
        if "validUntil" in one and one["validUntil"] <= other.get("validFrom", ""):
            return False
    both = (first.keys() & second.keys()) - {"hadPrimarySource"}
    return any(not first[name].startswith(second[name]) and not second[name].startswith(first[name]) for name in both)


def _rank(group: Group) -> tuple[int, str]:
    """Put what readers look for first, in the order of the headings."""
    known = list(HEADINGS)
    return (known.index(group.name) if group.name in known else len(known), group.name)


def _when(row: Mention) -> tuple[str, str]:
    """Sort rows by their first date, undated ones first, as of a long table the end is shown."""
    dates = [s.value for s in row.statements if part(s.predicate) in ("validFrom", "occurredOn", "signedOn")]
    return (min(dates, default=""), row.iri)
