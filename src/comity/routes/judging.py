"""One mechanism of a rule becomes open, conditional or closed for one transfer, with the conditions and the rows behind that.

Each test looks at one kind of row and says what follows from it; a closing one decides, then one that opens, and what is left
is conditional. Requirements that nothing is known of become conditions; exceptions that nothing is known of are named, not assumed.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from comity.routes.asked import Asked
from comity.routes.model import ADEQUACY, CLOSED, CONDITIONAL, OPEN, Applicability, Evidence, Happening, Recognition, Rule, Threshold


@dataclass(frozen=True)
class Finding:
    """What one test found: `status` is empty where it only adds a condition."""

    status: str = ""
    text: str = ""
    reason: str = ""
    conditions: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Case:
    """A transfer with the facts that decide on it: `makers` of the law are the exporter and its unions, `destinations` the importer and its unions."""

    asked: Asked
    makers: tuple[str, ...]
    destinations: frozenset[str]
    rules: tuple[Rule, ...]
    thresholds: tuple[Threshold, ...]
    applicabilities: tuple[Applicability, ...]
    recognitions: dict[str, tuple[Recognition, ...]]
    happenings: dict[str, list[Happening]]
    listed: dict[str, tuple[tuple[datetime.date, datetime.date], ...]]
    parts: dict[str, str] = field(default_factory=dict)

    def rows(self, of: str, mechanism: str, *effects: str, day: datetime.date | None = None) -> list[Applicability]:
        """Return the applicabilities of a rule or recognition for a mechanism (empty: of the whole) that hold on the day."""
        when = day or self.asked.as_of
        return [a for a in self.applicabilities if a.of == of and a.mechanism == mechanism and a.effect in effects and a.holds(when)]

    def fits(self, row: Applicability) -> bool | None:
        """Say whether what an applicability speaks of is true of the transfer."""
        if row.category:
            return row.category in self.asked.levels and self.asked.levels[row.category] <= 0
        return self.asked.has(row.trait)


def any_of(values: Iterable[bool | None]) -> bool | None:
    """Join three-valued statements of which one is enough."""
    known = list(values)
    return True if True in known else None if None in known else False


def all_of(values: Iterable[bool | None]) -> bool | None:
    """Join three-valued statements of which all are needed."""
    known = list(values)
    return False if False in known else None if None in known else True


def reserved(case: Case, rows: Iterable[Applicability]) -> Iterator[tuple[bool | None, list[Applicability]]]:
    """Group requirements by the party that they describe: within a party one is enough, and each party needs one."""
    groups: dict[str, list[Applicability]] = {}
    for row in rows:
        groups.setdefault(case.asked.codes.group(row.trait) if row.trait else "category", []).append(row)
    for _, members in sorted(groups.items()):
        yield any_of(map(case.fits, members)), members


def judge(case: Case, rule: Rule, mechanism: str) -> Finding:
    """Say how a mechanism of a rule stands for the transfer."""
    findings = [found for test in _TESTS for found in test(case, rule, mechanism)]
    conditions = tuple(dict.fromkeys(c for f in findings for c in f.conditions))
    rows = tuple(dict.fromkeys(e for f in findings for e in f.evidence))
    for status in (CLOSED, CONDITIONAL, OPEN):
        decisive = [f for f in findings if f.status == status]
        if decisive:
            closing = decisive[0].evidence if status == CLOSED else rows
            return Finding(status, decisive[0].text, decisive[0].reason, () if status == CLOSED else conditions, closing)
    return Finding(CONDITIONAL, case.asked.codes.meanings.get(mechanism, ""), "", conditions, rows)


def _sole(case: Case, rule: Rule, mechanism: str) -> Iterator[Finding]:
    for row in (a for a in case.applicabilities if a.of == rule.row and a.effect == "alone" and a.holds(case.asked.as_of)):
        fits = case.fits(row)
        if fits and row.mechanism != mechanism:
            yield Finding(CLOSED, row.summary, "out-of-scope", (), (row.evidence,))
        elif fits is None:
            yield Finding(conditions=(f"If {_who(case, row)}: {row.summary}",), evidence=(row.evidence,))


def is_sole(case: Case, rule: Rule, mechanism: str) -> bool:
    """Say whether a mechanism is the only way for the exporter, whatever the volume."""
    return any(case.fits(row) for row in case.rows(rule.row, mechanism, "alone"))


def _pending(case: Case, rule: Rule, mechanism: str) -> Iterator[Finding]:
    for row in case.rows(rule.row, mechanism, "pending"):
        yield Finding(CLOSED, row.summary, "not-yet-in-force", (), (row.evidence,))


def _left_out(case: Case, rule: Rule, mechanism: str) -> Iterator[Finding]:
    yield from left_out(case, rule.row, mechanism)


def left_out(case: Case, of: str, mechanism: str) -> Iterator[Finding]:
    """Find what shuts out those with a trait, or a category of data."""
    for row in case.rows(of, mechanism, "not"):
        fits = case.fits(row)
        if fits:
            yield Finding(CLOSED, row.summary, "out-of-scope", (), (row.evidence,))
        elif fits is None:
            yield Finding(conditions=(f"Unless {_who(case, row)}: {row.summary}",), evidence=(row.evidence,))


def _reserved(case: Case, rule: Rule, mechanism: str) -> Iterator[Finding]:
    yield from required(case, rule.row, mechanism)


def required(case: Case, of: str, mechanism: str) -> Iterator[Finding]:
    """Find what holds only for those with a trait."""
    for fits, rows in reserved(case, case.rows(of, mechanism, "only")):
        proof = tuple(r.evidence for r in rows)
        if fits is False:
            yield Finding(CLOSED, " ".join(dict.fromkeys(r.summary for r in rows)), "out-of-scope", (), proof)
        elif fits is None:
            who = " or ".join(_who(case, r) for r in rows)
            yield Finding(CONDITIONAL, "Usable if the transfer is of those for whom it is there.", "", (f"Only if {who}.",), proof)
        else:
            yield Finding(evidence=proof)


def _opened(case: Case, rule: Rule, mechanism: str) -> Iterator[Finding]:
    rows = case.rows(rule.row, mechanism, "opens")
    fits = any_of(map(case.fits, rows))
    if not rows:
        return
    if fits:
        met = [r for r in rows if case.fits(r)]
        yield Finding(OPEN, met[0].summary, "", (), tuple(r.evidence for r in met))
        return
    later = [a for a in case.applicabilities if a.effect == "opens" and a.mechanism == mechanism and a.first > case.asked.as_of and case.fits(a)]
    if later:
        yield Finding(CLOSED, f"Only from {later[0].first}: {later[0].summary}", "not-yet-in-force", (), (later[0].evidence,))
    elif fits is False:
        yield Finding(CLOSED, "Open only to others: " + " ".join(r.summary for r in rows), "out-of-scope", (), tuple(r.evidence for r in rows))
    else:
        yield Finding(conditions=tuple(f"Open without more if {_who(case, r)}." for r in rows), evidence=tuple(r.evidence for r in rows))


def _volumes(case: Case, rule: Rule, mechanism: str) -> Iterator[Finding]:
    if is_sole(case, rule, mechanism):
        return
    rows = nearest(case, [t for t in case.thresholds if t.rule == rule.row and t.mechanism == mechanism and t.holds(case.asked.as_of)])
    states = [(t, within(case, t)) for t in rows]
    outside = [t for t, state in states if state is False and (t.less_than is not None)]
    floors = [(t, state) for t, state in states if t.less_than is None]
    if outside:
        yield Finding(CLOSED, outside[0].summary, "out-of-scope", (), (outside[0].evidence,))
    elif floors and any_of(state for _, state in floors) is False:
        yield Finding(CLOSED, f"Not asked for at this volume. {floors[0][0].summary}", "out-of-scope", (), (floors[0][0].evidence,))
    else:
        yield Finding(conditions=tuple(t.summary for t, state in states if state is None), evidence=tuple(t.evidence for t, _ in states))


def nearest(case: Case, rows: list[Threshold]) -> list[Threshold]:
    """Keep the thresholds for the category nearest to that of the data."""
    distances = [case.asked.levels[t.category] for t in rows if t.category in case.asked.levels]
    return [t for t in rows if not t.category or (distances and case.asked.levels.get(t.category) == min(distances))]


def within(case: Case, row: Threshold) -> bool | None:
    """Say whether the number that the exporter gave lies within a threshold's bounds."""
    number = case.asked.quantity(row.unit)
    if number is None:
        return None
    return (row.at_least is None or number >= row.at_least) and (row.less_than is None or number < row.less_than)


def _recognised(case: Case, rule: Rule, mechanism: str) -> Iterator[Finding]:
    from comity.routes.recognised import recognised

    if mechanism == ADEQUACY:
        yield recognised(case, rule)


def _step(case: Case, rule: Rule, mechanism: str) -> Iterator[Finding]:
    for row in case.rows(rule.row, mechanism, "step"):
        yield Finding(CONDITIONAL, "Usable after a step of the exporter.", "", (row.summary,), (row.evidence,))


def _who(case: Case, row: Applicability) -> str:
    """Name a trait or category in a condition."""
    if row.category:
        return f"the data are {row.category.replace('-', ' ')}"
    label = case.asked.codes.traits[row.trait]
    return f"{case.asked.codes.group(row.trait)}: {label}"


_TESTS: tuple[Callable[[Case, Rule, str], Iterator[Finding]], ...] = (_sole, _pending, _left_out, _reserved, _opened, _volumes, _recognised, _step)
