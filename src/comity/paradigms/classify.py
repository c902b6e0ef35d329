"""Rows that hold on a day become the paradigm of a jurisdiction or of a document in one scheme, with all that led there.

Each transfer rule is weighed with each supervision of its jurisdiction. Where those that a line decides agree, that is the
paradigm; where they do not, the conflict is shown and no paradigm is named. A state is bound by its own rules and by those
of a union of which it is a member. Every label is our own coding.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from comity.errors import InputError
from comity.paradigms.decide import Coded, Decision, asks_supervision, decide, refusal
from comity.paradigms.records import PERSONAL, Access, Line, Records, Row, Rule, Supervision, Tie

OWN_CODING = "Our own coding by our own decision table; no label of the scheme's authors."
LABELLED, CONFLICT, ABSTAINS = "labelled", "conflict", "abstains"


@dataclass(frozen=True)
class Step:
    """One transfer rule weighed with one supervision: the codes, the line that decides and why no earlier one did.

    Attributes: `via`, the membership through which the rule binds; `passed`, (line id, reason) of the lines that do not cover it.
    """

    rule: Rule
    supervision: Supervision | None
    accesses: tuple[Access, ...]
    via: Tie | None
    coded: Coded
    decision: Decision
    passed: tuple[tuple[str, str], ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows on which the step rests."""
        line = self.decision.line
        used = self.accesses if line is not None and line.accesses else ()
        return tuple(r for r in (self.rule, self.via, self.supervision, *used) if r is not None)


@dataclass(frozen=True)
class Classification:
    """What one scheme says of a jurisdiction, or of a document, on a day.

    Attributes: `paradigm`, None unless `status` is labelled; `reason`, why there is none; `candidates`, the paradigms that
    rules decide (of a conflict) or that unknowns leave open; `steps`, the trace; `context`, rows that no line asks for:
    commitments to allow flows, and a checked absence of a law.
    """

    subject: str
    scheme: str
    as_of: datetime.date
    status: str
    paradigm: str | None = None
    label: str = ""
    reason: str = ""
    candidates: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    context: tuple[Row, ...] = field(default=(), repr=False)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that decide, each once, in order."""
        found = {s.decision.line.id: s.decision.line for s in self.steps if s.decision.line}
        return tuple(sorted(found.values(), key=lambda line: (line.position, line.id)))


def classify(records: Records, subject: str, scheme: str, as_of: datetime.date, *, category: str = PERSONAL) -> Classification:
    """Return the paradigm of a jurisdiction (by id) in a scheme on a day, for one category of data.

    Raises `InputError` for a scheme without a table and for what is no jurisdiction.
    """
    lines = records.scheme(scheme)
    if subject not in records.names and subject not in records.rules:
        raise InputError(f"{subject} is no jurisdiction of this graph; give a state, a territory or a union by ISO code or name")
    steps = [_step(records, lines, rule, watch, via, as_of)
             for rule, via in rules_on(records, subject, as_of, category)
             for watch in (_watched(records, subject, as_of) if asks_supervision(lines) else (None,))]
    return _conclude(records, subject, (subject,), scheme, steps, as_of)


def documents(records: Records, scheme: str, as_of: datetime.date, *, category: str = PERSONAL) -> tuple[Classification, ...]:
    """Return the paradigm of each document on which a transfer rule in force on a day rests, by id of the document."""
    lines = records.scheme(scheme)
    steps: dict[str, list[Step]] = {}
    for who, rules in records.rules.items():
        for rule in rules:
            if rule.document and rule.category == category and rule.holds(as_of):
                watched = _watched(records, who, as_of) if asks_supervision(lines) else (None,)
                steps.setdefault(rule.document, []).extend(_step(records, lines, rule, watch, None, as_of) for watch in watched)
    return tuple(_conclude(records, name, sorted({s.rule.jurisdiction for s in steps[name]}), scheme, steps[name], as_of) for name in sorted(steps))


def rules_on(records: Records, subject: str, as_of: datetime.date, category: str) -> list[tuple[Rule, Tie | None]]:
    """Return the transfer rules that bind a jurisdiction on a day, each with the membership through which it does, if any."""
    own = [(rule, None) for rule in records.rules.get(subject, ())]
    shared = [(rule, tie) for tie in records.members.get(subject, ()) if tie.holds(as_of) for rule in records.rules.get(tie.other, ())]
    return [(rule, tie) for rule, tie in (*own, *shared) if rule.category == category and rule.holds(as_of)]


def _watched(records: Records, subject: str, as_of: datetime.date) -> tuple[Supervision | None, ...]:
    found = tuple(row for row in records.supervisions.get(subject, ()) if row.holds(as_of))
    return found or (None,)


def _step(records: Records, lines: tuple[Line, ...], rule: Rule, watch: Supervision | None, via: Tie | None, as_of: datetime.date) -> Step:
    who = via.jurisdiction if via else rule.jurisdiction
    accesses = tuple(row for row in records.accesses.get(who, ()) if row.holds(as_of)) if any(line.accesses for line in lines) else ()
    coded = Coded(rule.default, rule.localisation, rule.mechanisms, watch.coverage if watch else None, watch.independence if watch else None,
                  frozenset(row.kind for row in accesses))
    decision = decide(lines, coded)
    before = lines[:lines.index(decision.line)] if decision.line else lines
    passed = tuple((line.id, refusal(line, coded)) for line in before)
    asked = decision.line.accesses if decision.line else frozenset()
    return Step(rule, watch, tuple(row for row in accesses if row.kind in asked), via, coded, decision, passed)


def _conclude(records: Records, subject: str, bound: Sequence[str], scheme: str, steps: list[Step], as_of: datetime.date) -> Classification:
    context = tuple(row for who in bound for rows in (records.commitments, records.absences) for row in rows.get(who, ()) if row.holds(as_of))
    decided = {s.decision.line.paradigm: s.decision.line.label for s in steps if s.decision.line}
    found = Classification(subject, scheme, as_of, ABSTAINS, candidates=tuple(sorted(decided)), steps=tuple(steps), context=context)
    if len(decided) == 1:
        [(paradigm, label)] = decided.items()
        return replace(found, status=LABELLED, paradigm=paradigm, label=label)
    if decided:
        return replace(found, status=CONFLICT, reason="rules that bind it belong to different paradigms")
    possible = tuple(sorted({p for s in steps for p in s.decision.possible}))
    return replace(found, reason=_why(records, subject, as_of, steps), candidates=possible)


def _why(records: Records, subject: str, as_of: datetime.date, steps: list[Step]) -> str:
    if not steps:
        if any(row.holds(as_of) for row in records.absences.get(subject, ())):
            return "no transfer rule coded, and somebody checked that there is no data-protection law"
        if any(not rule.dated for rule in records.rules.get(subject, ())):
            return "the first day of its transfer rule is not recorded"
        return "no transfer rule coded for that day"
    unknown = sorted({name for s in steps for name in s.decision.unknown})
    if unknown and any(s.decision.possible for s in steps):
        return f"{' and '.join(unknown)} not settled"
    return "no line of the table covers what is coded"
