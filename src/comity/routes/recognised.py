"""Recognitions of a destination, and what befell the decisions behind them, become the state of adequacy on a day.

A recognition in force decides; else a class that the law itself describes, a decision that waits for its first day, and one
that ended, in this order. What no row speaks of was never decided, as far as the rows go.
"""

from __future__ import annotations

from collections.abc import Iterator

from comity.routes.judging import Case, Finding, left_out, required
from comity.routes.model import ADEQUACY, CLOSED, CONDITIONAL, OPEN, Evidence, Happening, Recognition, Rule

_ADOPTED = ("adopted", "signed")
_REASONS = {"invalidated": "invalidated", **dict.fromkeys(("revoked", "repealed", "terminated", "suspended", "replaced"), "repealed")}
#: schemes that reach part of a jurisdiction, so that silence on which part leaves a condition
_PARTIAL = ("partial-adequacy", "framework", "bridge")


def recognised(case: Case, rule: Rule) -> Finding:
    """Say whether the destination is recognised under `rule` on the day asked, and if not, why."""
    deciders = sorted({rule.jurisdiction, *(m for m in case.makers if m != case.asked.exporter), *followed(case, rule)})
    known = [r for who in deciders for r in case.recognitions.get(who, ()) if r.opened == ADEQUACY]
    here = [r for r in known if r.recognised in case.destinations]
    current = [_scoped(case, r) for r in here if in_force(case, r)]
    if current:
        return min(current, key=lambda f: (OPEN, CONDITIONAL, CLOSED).index(f.status))
    parts = [r for r in known if r.recognised in case.parts and in_force(case, r)]
    if parts:
        names = ", ".join(sorted(r.recognised_label for r in parts))
        return Finding(CONDITIONAL, "Single members of the union are recognised.", "", (f"Only towards {names}.",), tuple(r.evidence for r in parts))
    described = case.rows(rule.row, ADEQUACY, "class")
    if described:
        return Finding(CLOSED, described[0].summary, "out-of-scope", (), (described[0].evidence,))
    return _closed(case, here)


def followed(case: Case, rule: Rule) -> list[str]:
    """Return the jurisdictions whose decisions count under `rule`."""
    return [a.followed for a in case.rows(rule.row, ADEQUACY, "follows")]


def in_force(case: Case, row: Recognition) -> bool:
    """Say whether a recognition holds on the day asked; one without a first day does once its decision was adopted."""
    adopted = _events(case, row, *_ADOPTED)
    made = not adopted or adopted[0].day <= case.asked.as_of
    return made and row.holds(case.asked.as_of) and not _ended(case, row)


def _closed(case: Case, rows: list[Recognition]) -> Finding:
    """Say why no recognition holds."""
    day = case.asked.as_of
    for row in (r for r in rows if r.first > day):
        adopted = [h for h in _events(case, row, *_ADOPTED) if h.day <= day]
        if adopted:
            return Finding(CLOSED, f"{row.decision_label} was adopted on {adopted[0].day} and takes effect on {row.first}.", "not-yet-in-force",
                           (), (row.evidence, adopted[0].evidence))
    past = sorted((r for r in rows if r.first <= day and (r.end <= day or _ended(case, r))), key=lambda r: (r.end, r.row))
    if past:
        row = past[-1]
        ended = _ended(case, row)
        reason = _REASONS.get(ended[0].kind, "expired") if ended else "expired"
        when = min([row.end, *(h.day for h in ended)])
        return Finding(CLOSED, f"{row.decision_label} held until {when}.", reason, (), (row.evidence, *(h.evidence for h in ended[:1])))
    return Finding(CLOSED, "No recognition of this destination is recorded for that day or before it.", "never-decided")


def _scoped(case: Case, row: Recognition) -> Finding:
    """Say whether a recognition in force reaches this transfer."""
    findings = [*left_out(case, row.row, ""), *required(case, row.row, "")]
    rows: tuple[Evidence, ...] = (row.evidence, *(e for f in findings for e in f.evidence))
    for found in findings:
        if found.status == CLOSED:
            return Finding(CLOSED, found.text, found.reason, (), rows)
    conditions = [c for f in findings for c in f.conditions]
    narrow = row.scheme in _PARTIAL and not findings
    if narrow:
        conditions.append(f"Only within its scope: {row.scope}")
    text = f"{row.decision_label} recognises {row.recognised_label}."
    if row.first.year == 1:
        conditions.append("The first day of this recognition is not recorded.")
    uncertain = narrow or any(f.status == CONDITIONAL for f in findings)
    return Finding(CONDITIONAL if uncertain else OPEN, text, "", tuple(conditions), rows)


def _events(case: Case, row: Recognition, *kinds: str) -> list[Happening]:
    return [h for h in case.happenings.get(row.decision, []) if h.kind in kinds]


def _ended(case: Case, row: Recognition) -> list[Happening]:
    """Return the events by which the decision ended before or on the day asked, within the days of the recognition."""
    endings = _events(case, row, "invalidated", "revoked", "repealed", "replaced", "expired", "terminated", "suspended")
    return [h for h in endings if row.first < h.day <= case.asked.as_of]


def opened_by(case: Case, jurisdiction: str, *grounds: str) -> Iterator[Recognition]:
    """Return the recognitions in force that open one of `grounds` to the destination."""
    for row in case.recognitions.get(jurisdiction, ()):
        if row.opened in grounds and row.recognised in case.destinations and in_force(case, row):
            yield row
