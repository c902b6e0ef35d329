"""Two places, a day and what is known of a transfer become an answer: its bases, and what stands beside them.

The order of the work: read the words, read the rows, choose the rules, judge their grounds, then add measures, blocking rules,
commitments, limits on onward transfers and conflicts.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace

from comity import queries
from comity.errors import InputError
from comity.queries import Question
from comity.routes import asked as words_asked
from comity.routes.asked import Asked, words
from comity.routes.beside import conflicts, onward, special
from comity.routes.choosing import Choice, choose
from comity.routes.codes import last, read
from comity.routes.facts import Library
from comity.routes.grounds import barred, bases, blocked, ordered
from comity.routes.judging import Case
from comity.routes.model import FREE, OPEN, Basis, Evidence, Remark, Route
from comity.routes.places import Place, check_day, place
from comity.routes.recognised import opened_by
from comity.store import Store


@dataclass(frozen=True)
class Wish:
    """What is asked, in the words of the person who asks; days are `YYYY-MM-DD`, `today` or `latest`."""

    exporter: str
    importer: str
    as_of: str = "today"
    known_on: str = "latest"
    data: str = "personal-data"
    sender: str = ""
    recipient: str = ""
    via: str = ""


def route(store: Store, questions: Mapping[str, Question], wish: Wish, *, library: Library | None = None) -> Route:
    """Answer which legal bases the exporter's law gives for a transfer; see `Graph.route` for the words.

    `library`, one that has answered for the same store and day of the record clock, remembers its rows: for many transfers at once.
    Raises `InputError` for places, days, categories and traits that cannot be used.
    """
    known_on = queries.day(store, "known_on", wish.known_on)
    as_of = queries.day(store, "as_of", wish.as_of)
    library = library or Library(store, questions, known_on)
    check_day(library, as_of)
    there = [place(library, name, as_of) for name in (wish.exporter, wish.importer, *([wish.via] if wish.via else []))]
    if len({p.iri for p in there}) < len(there):
        raise InputError(f"{there[0].label} twice: exporter, importer and the place between differ; name two places")
    direct = _direct(library, wish, as_of, there[0], there[1])
    if not wish.via:
        return direct
    legs = (_direct(library, replace(wish, recipient=""), as_of, there[0], there[2]), _direct(library, replace(wish, sender=""), as_of, there[2], there[1]))
    return replace(direct, through=there[2].iri, legs=legs)


def _direct(library: Library, wish: Wish, as_of: datetime.date, here: Place, there: Place) -> Route:
    asked = _asked(library, wish, as_of, here, there)
    case = _case(library, asked, here, there)
    choice = choose(case)
    route = Route(here.iri, there.iri, here.label, there.label, as_of, library.known_on, wish.data, words(wish.sender), words(wish.recipient),
                  bool(choice.governing), "", tuple(Remark("rule", r.title, r.condition, r.instrument, (r.evidence,)) for r in choice.governing), (),
                  special(case, choice), tuple(library.commitments(here.iri, there.iri, as_of)))
    if not choice.governing:
        return replace(route, explanation=_nothing(case, here))
    found, text = _inside(case, choice, here, there)
    if not found:
        found, text = _bases(library, case, choice, here), _summary(choice)
    return replace(route, bases=ordered(found), explanation=text, onward=onward(case, choice), conflicts=conflicts(library, case, choice))


def _asked(library: Library, wish: Wish, as_of: datetime.date, here: Place, there: Place) -> Asked:
    codes = read(library.store)
    known, quantities, firm = words_asked.describe(library.store, codes, words(wish.sender), words(wish.recipient))
    levels = words_asked.levels(codes, wish.data, known)
    return Asked(here.iri, there.iri, as_of, wish.data, levels, codes, known, words_asked.shut_out(codes, known), quantities, firm)


def _case(library: Library, asked: Asked, here: Place, there: Place) -> Case:
    """Read all rows that may decide on the transfer."""
    makers = [here.iri, *here.unions]
    applicabilities = [a for m in makers for a in library.applicabilities(m)]
    deciders = sorted({*makers, *(a.followed for a in applicabilities if a.followed)})
    applicabilities += [a for d in deciders if d not in makers for a in library.applicabilities(d)]
    listed: dict[str, tuple[tuple[datetime.date, datetime.date], ...]] = {}
    for target in (there.iri, *([asked.firm] if asked.firm else [])):
        for row in library.listings(target):
            listed[row.instrument] = (*listed.get(row.instrument, ()), (row.first, row.end))
    return Case(asked, tuple(makers), frozenset({there.iri, *there.unions}), tuple(r for m in makers for r in library.rules(m)),
                tuple(t for m in makers for t in library.thresholds(m)), tuple(applicabilities),
                {d: tuple(library.recognitions(d)) for d in deciders}, {k: v for d in deciders for k, v in library.happenings(d).items()}, listed,
                _members(library, there, asked.as_of))


def _members(library: Library, there: Place, as_of: datetime.date) -> dict[str, str]:
    """Return the members of the importer if it is a union."""
    rows = library.rows("lookup/members", organization=there.iri, as_of=as_of.isoformat())
    return {r["member"]: r["memberLabel"] for r in rows if last(r["status"]) == "member"}


def _inside(case: Case, choice: Choice, here: Place, there: Place) -> tuple[list[Basis], str]:
    """Return the one basis of a transfer that stays within the reach of the law: inside a union, or treated as domestic."""
    governed = {r.jurisdiction for r in choice.governing}
    shared = governed & ({*here.unions, here.iri} & {*there.unions, there.iri})
    for union in sorted(shared):
        rule = next(r for r in choice.governing if r.jurisdiction == union)
        proof = tuple(e for place in (here, there) for iri, (_, e) in place.unions.items() if iri == union)
        text = f"{rule.title} holds in both places: sending data between them is no transfer abroad."
        return [_free(case, rule.instrument, rule.title, rule.row, text, (*proof, rule.evidence))], text
    for rule in choice.governing:
        for row in opened_by(case, rule.jurisdiction, FREE):
            return [_free(case, row.decision, row.decision_label, rule.row, row.scope, (row.evidence, rule.evidence))], row.scope
    return [], ""


def _free(case: Case, instrument: str, title: str, rule: str, text: str, proof: tuple[Evidence, ...]) -> Basis:
    return Basis(FREE, case.asked.codes.grounds[FREE], OPEN, text, "", (), instrument, title, rule, proof)


def _bases(library: Library, case: Case, choice: Choice, here: Place) -> list[Basis]:
    found = bases(case, choice)
    makers = {here.iri, *here.unions}
    if case.asked.firm:
        for ban in library.bans(case.asked.firm, case.asked.as_of):
            if ban.kind == "data-export-restriction" and ban.jurisdiction in makers:
                found = barred(found, ban)
    return blocked(case, found, [r for maker in sorted(makers) for r in library.access(maker, case.asked.as_of)])


def _summary(choice: Choice) -> str:
    titles = "; ".join(dict.fromkeys(r.title for r in choice.governing))
    return f"Governed by {titles}." if choice.sure else f"It is not sure that a coded rule holds for this transfer; nearest is {titles}."


def _nothing(case: Case, here: Place) -> str:
    """Say honestly that nothing can be concluded."""
    covering = [r for r in case.rules if r.category in case.asked.levels]
    if not case.rules:
        return f"Not coded: no transfer rule of {here.label} is recorded. Nothing follows from that, neither that the transfer is open nor that it is closed."
    when = sorted(r.first for r in covering if r.first > case.asked.as_of)
    later = f" The next one recorded begins on {when[0]}." if when else ""
    return f"Not coded: rules of {here.label} are recorded, but none for this data, this recipient and this day.{later} Nothing follows from that."
