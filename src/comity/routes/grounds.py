"""The rules that govern a transfer become its bases: each ground of the law, open, conditional or closed, with the reason.

Beside the grounds of the governing rules stand those that the exporter's law knew before or will know later, and those of
rules that gave way; they are closed, each with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from comity.routes.choosing import Choice, covers, stricter
from comity.routes.judging import Case, Finding, judge, nearest, within
from comity.routes.model import (
    ADEQUACY,
    AUTHORITIES,
    CLOSED,
    CONDITIONAL,
    FREE,
    OPEN,
    STATUSES,
    Access,
    Ban,
    Basis,
    Evidence,
    Rule,
    Threshold,
)
from comity.routes.recognised import opened_by

_APPROVAL = "regulator-approval"


def bases(case: Case, choice: Choice) -> list[Basis]:
    """Return the bases of the governing rules, and the closed ones that others leave behind."""
    own = _prohibit(case, choice, [b for rule in choice.governing for b in of_rule(case, rule)])
    own = _lower(case, choice, own)
    free = _freedom(case, choice, own)
    here = {b.mechanism for b in own}
    return [*own, *free, *_gone(case, choice, here | {b.mechanism for b in free})]


def of_rule(case: Case, rule: Rule) -> list[Basis]:
    """Return the bases that one rule gives: its grounds, and what its default and its exemptions leave without any."""
    added = {t.mechanism for t in case.thresholds if t.rule == rule.row and t.mechanism and t.holds(case.asked.as_of) and t.category in case.asked.levels}
    opened = {r.opened: r for r in opened_by(case, rule.jurisdiction, *case.asked.codes.grounds)}
    grounds = [*rule.mechanisms, *sorted((added | opened.keys()) - {*rule.mechanisms, FREE})]
    if not grounds and rule.default == "approval":
        grounds = [_APPROVAL]
    found = []
    for ground in grounds:
        finding = judge(case, rule, ground)
        by_treaty = opened.get(ground)
        if by_treaty and finding.status == CONDITIONAL and ground != ADEQUACY:
            finding = Finding(OPEN, by_treaty.scope, "", (), (by_treaty.evidence,))
        found.append(_basis(case, rule, ground, finding))
    return [*found, *_default(case, rule, grounds), *_exemption(case, rule)]


def _basis(case: Case, rule: Rule, ground: str, finding: Finding) -> Basis:
    proof = tuple(dict.fromkeys((*finding.evidence, rule.evidence)))
    return Basis(ground, case.asked.codes.grounds.get(ground, ground), finding.status, finding.text, finding.reason, finding.conditions,
                 rule.instrument, rule.title, rule.row, proof)


def _default(case: Case, rule: Rule, grounds: list[str]) -> list[Basis]:
    """Return what the rule says where no ground is named."""
    if rule.default == FREE:
        bound = "negative-list" in grounds or rule.recipient == "listed-countries"
        text = "Free unless the destination stands on a list." if bound else "The rule leaves such transfers free."
        return [_basis(case, rule, FREE, Finding(CONDITIONAL if bound else OPEN, text, "", (rule.condition,) if bound and rule.condition else ()))]
    if rule.default == "accountability" or (rule.default == "conditional" and not grounds):
        text = "The exporter stays answerable for the data." if rule.default == "accountability" else "The rule sets conditions; no ground is coded."
        return [_basis(case, rule, rule.default, Finding(CONDITIONAL, text, "", (rule.condition,) if rule.condition else ()))]
    return []


def _exemption(case: Case, rule: Rule) -> list[Basis]:
    """Say whether the volume or a trait frees the transfer from the grounds of the rule."""
    for row in (a for a in case.applicabilities if a.of == rule.row and a.effect == "exempts" and a.holds(case.asked.as_of)):
        if case.fits(row):
            return [_basis(case, rule, FREE, Finding(OPEN, row.summary, "", (), (row.evidence,)))]
    rows = [t for t in case.thresholds if t.rule == rule.row and not t.mechanism and t.less_than is not None and t.holds(case.asked.as_of)]
    return [_basis(case, rule, FREE, _below(case, rule, row)) for row in rows[:1]]


def _below(case: Case, rule: Rule, row: Threshold) -> Finding:
    own = [t for t in case.thresholds if t.rule == rule.row and t.holds(case.asked.as_of)]
    sole = [a for a in case.applicabilities if a.of == rule.row and a.effect == "alone" and a.holds(case.asked.as_of) and case.fits(a)]
    if sole:
        return Finding(CLOSED, sole[0].summary, "out-of-scope", (), (sole[0].evidence,))
    if row not in nearest(case, own):
        return Finding(CLOSED, f"Not for this category of data. {row.summary}", "out-of-scope", (), (row.evidence,))
    state = within(case, row)
    if state is None:
        return Finding(CONDITIONAL, "Free at small volumes.", "", (row.summary,), (row.evidence,))
    if state:
        return Finding(OPEN, row.summary, "", (), (row.evidence,))
    return Finding(CLOSED, f"The volume is too large. {row.summary}", "out-of-scope", (), (row.evidence,))


def _prohibit(case: Case, choice: Choice, found: list[Basis]) -> list[Basis]:
    """Close everything where a governing rule prohibits the transfer and leaves no way."""
    for rule in choice.governing:
        usable = [b for b in found if b.rule == rule.row and b.status != CLOSED]
        if rule.default == "prohibited" and not usable and choice.sure:
            text = f"{rule.title} prohibits the transfer."
            return [b if b.status == CLOSED else replace(b, status=CLOSED, reason="prohibited", explanation=text, conditions=()) for b in found]
    return found


def _lower(case: Case, choice: Choice, found: list[Basis]) -> list[Basis]:
    """Turn open into conditional where a stricter rule may hold, or where it is not sure that the governing one does."""
    doubts = [_doubt(case, r) for r in stricter(case, choice)]
    if not choice.sure:
        doubts += [f"Only if {r.title} covers the transfer: {_scope(case, r)}" for r in choice.governing]
        doubts = list(dict.fromkeys(doubts))
    return [_with(b, [*doubts, *(f"{r.title}: {r.condition}" for r in _groundless(choice) if r.row != b.rule)]) for b in found]


def _groundless(choice: Choice) -> list[Rule]:
    """Return the governing rules that restrict without naming a ground, so that they hold beside the grounds of others."""
    return [r for r in choice.governing if r.closure and not r.mechanisms]


def _with(basis: Basis, doubts: list[str]) -> Basis:
    """Add conditions to an open basis, which is then conditional."""
    return replace(basis, status=CONDITIONAL, conditions=(*basis.conditions, *doubts)) if basis.status == OPEN and doubts else basis


def _doubt(case: Case, rule: Rule) -> str:
    return f"Only if {rule.title} does not cover the transfer: {_scope(case, rule)}"


def _scope(case: Case, rule: Rule) -> str:
    """Say in words whom a rule is made for."""
    rows = case.rows(rule.row, "", "only", "not", "reaches")
    return " ".join(dict.fromkeys(r.summary for r in rows)) or rule.condition


def _freedom(case: Case, choice: Choice, own: list[Basis]) -> list[Basis]:
    """Say why the transfer is not free where a rule that gave way leaves it so, or where it is prohibited."""
    if any(b.mechanism == FREE for b in own):
        return []
    barring = [r for r in choice.governing if r.default == "prohibited" and not any(b.rule == r.row and b.status != CLOSED for b in own)]
    if barring and choice.sure:
        return [_basis(case, barring[0], FREE, Finding(CLOSED, f"{barring[0].title} prohibits the transfer. {barring[0].condition}", "prohibited"))]
    nearer = choice.governing[0]
    found = Finding(CLOSED, f"A nearer rule takes precedence: {nearer.title}.", "out-of-scope", (), (nearer.evidence,))
    return [_basis(case, r, FREE, found) for r in choice.displaced if r.default == FREE][:1]


def _gone(case: Case, choice: Choice, here: set[str]) -> list[Basis]:
    """Return grounds that rules which gave way, ended or did not begin yet name, and the governing ones do not."""
    day, governing = case.asked.as_of, choice.governing
    found: dict[str, Basis] = {}

    def add(rules: Iterable[Rule], reason: str, text: str) -> None:
        for rule in rules:
            for ground in rule.mechanisms:
                if ground not in here and ground not in found:
                    found[ground] = _basis(case, rule, ground, Finding(CLOSED, text.format(rule=rule), reason))

    nearest_level = min((case.asked.levels[r.category] for r in governing), default=0)
    wider = [r for r in choice.displaced if case.asked.levels[r.category] > nearest_level]
    covering = [r for r in case.rules if r.category in case.asked.levels]
    later = sorted((r for r in covering if r.first > day and covers(case, r, r.first)), key=lambda r: (r.first, r.row))
    earlier = sorted((r for r in covering if r.end <= day and covers(case, r, r.first)), key=lambda r: (r.end, r.row), reverse=True)
    add(wider, "out-of-scope", "{rule.title} names it for data of a wider category.")
    add(later, "not-yet-in-force", "Only {rule.title} names it, from {rule.first}.")
    add(earlier, "repealed", "{rule.title} named it until {rule.end}; the rule in force, as coded, does not.")
    return list(found.values())


def barred(found: list[Basis], ban: Ban) -> list[Basis]:
    """Close every way to a recipient that a measure bars from data."""
    text = f"{ban.label}. {ban.scope}"
    return [replace(b, status=CLOSED, reason="listed", explanation=text, conditions=(), evidence=(ban.evidence, *b.evidence)) if b.status != CLOSED else b
            for b in found]


def blocked(case: Case, found: list[Basis], rules: Iterable[Access]) -> list[Basis]:
    """Add what blocking rules ask where the recipient is a foreign authority; nothing is then open without it."""
    hits = [r for r in rules if r.kind == "blocking" and r.mechanisms and (not r.category or r.category in case.asked.levels)]
    if not hits or case.asked.has(AUTHORITIES) is not True:
        return found
    asked = tuple(dict.fromkeys(f"{r.title}: {r.condition}" for r in hits))
    held = [replace(b, status=CONDITIONAL, conditions=(*b.conditions, *asked)) if b.status == OPEN else b for b in found]
    grounds: dict[str, list[Access]] = {}
    for row in hits:
        for ground in row.mechanisms:
            grounds.setdefault(ground, []).append(row)
    added = [_of_block(case, ground, rows) for ground, rows in sorted(grounds.items())]
    kept = [b for b in held if b.mechanism not in grounds]
    return [*added, *kept]


def _of_block(case: Case, ground: str, rows: list[Access]) -> Basis:
    proof: tuple[Evidence, ...] = tuple(r.evidence for r in rows)
    return Basis(ground, case.asked.codes.grounds[ground], CONDITIONAL, "Data may be handed to a foreign authority on this ground.", "",
                 tuple(f"{r.title}: {r.condition}" for r in rows), rows[0].instrument, rows[0].title, "", proof)


def ordered(found: Iterable[Basis]) -> tuple[Basis, ...]:
    """Sort bases: open, conditional, closed; within each by mechanism and rule, each statement once."""
    return tuple(sorted(dict.fromkeys(found), key=lambda b: (STATUSES.index(b.status), b.mechanism, b.rule)))
