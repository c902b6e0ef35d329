"""The rules of a jurisdiction become those that govern one transfer, those that may, and those that give way.

Every rule that covers the data holds for a transfer unless it is for others. Of those that surely hold, the ones for the
nearest category of data govern, and among them those made for just such a transfer. A stricter rule that may hold is never
passed over: it turns what is open into conditional.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from comity.routes.judging import Case, all_of, any_of, reserved
from comity.routes.model import AUTHORITIES, FREE, Applicability, Rule

_EVERYONE = ("", "any", "listed-countries", "unlisted-countries")


@dataclass(frozen=True)
class Choice:
    """The rules of one day: `governing` decide, `possible` may hold too, `displaced` give way; `sure` is False if none surely holds."""

    governing: tuple[Rule, ...]
    possible: tuple[Rule, ...]
    displaced: tuple[Rule, ...]
    sure: bool = True


def choose(case: Case) -> Choice:
    """Sort the rules that hold on the day asked."""
    today = [r for r in case.rules if r.holds(case.asked.as_of) and r.category in case.asked.levels]
    scopes = {r.row: covers(case, r, case.asked.as_of) for r in today}
    sure = [r for r in today if scopes[r.row]]
    possible = [r for r in today if scopes[r.row] is None]
    if not sure:
        near = _nearest(case, possible)
        return Choice(tuple(near), tuple(r for r in possible if r not in near), (), sure=False)
    governing = _most_special(case, _levels(case, sure))
    return Choice(tuple(governing), tuple(possible), tuple(r for r in sure if r not in governing))


def covers(case: Case, rule: Rule, day: datetime.date) -> bool | None:
    """Say whether a rule is made for this transfer: by its recipients, and by what it requires or leaves out."""
    rows = case.rows(rule.row, "", "only", "not", "reaches", day=day)
    only = [r for r in rows if r.effect == "only"]
    shut = any(case.fits(r) for r in rows if r.effect == "not")
    needs = all_of(fits for fits, _ in reserved(case, only))
    return all_of([_reaches(case, rule, rows, day), needs, not shut])


def _reaches(case: Case, rule: Rule, rows: list[Applicability], day: datetime.date) -> bool | None:
    """Say whether the recipient is one of those that the rule speaks of."""
    listed = any(first <= day < end for first, end in case.listed.get(rule.instrument, ()))
    if rule.recipient in _EVERYONE:
        return True
    if rule.recipient == AUTHORITIES:
        return case.asked.has(AUTHORITIES) is True
    if rule.recipient == "not-of-concern":
        return not listed
    return listed or any_of(case.fits(r) for r in rows if r.effect == "reaches")


def _nearest(case: Case, rules: list[Rule]) -> list[Rule]:
    distances = [case.asked.levels[r.category] for r in rules]
    return [r for r in rules if case.asked.levels[r.category] == min(distances)]


def _levels(case: Case, rules: list[Rule]) -> list[Rule]:
    """Take the rules for the nearest category, and go on to the next one as long as those name no ground of their own."""
    taken: list[Rule] = []
    rest = list(rules)
    while rest:
        near = _nearest(case, rest)
        taken += near
        rest = [r for r in rest if r not in near]
        if any(r.mechanisms or r.default in (FREE, "prohibited", "accountability") for r in near):
            break
    return taken


def _most_special(case: Case, rules: list[Rule]) -> list[Rule]:
    """Keep the rules made for such a transfer where there are any; rules without a ground of their own stay beside them."""
    def special(rule: Rule) -> bool:
        return rule.recipient not in _EVERYONE or any(case.fits(a) for a in case.rows(rule.row, "", "only"))

    own = [r for r in rules if special(r)]
    return own or rules


def stricter(case: Case, choice: Choice) -> list[Rule]:
    """Return the rules that may hold, are stricter than those that govern, and are made for a category at least as near."""
    closure = max((r.closure for r in choice.governing), default=0.0)
    reach = max((case.asked.levels[r.category] for r in choice.governing), default=0)
    return [r for r in choice.possible if r.closure > closure and case.asked.levels[r.category] <= reach]
