"""The classifications of one jurisdiction become an explanation that ends in rows: as data, or as lines for people."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from comity.paradigms.classify import CONFLICT, OWN_CODING, Classification, Step, classify
from comity.paradigms.radius import Radius, radius
from comity.paradigms.records import Published, Records, Row

_OPEN = datetime.date(9999, 12, 31)


@dataclass(frozen=True)
class Explanation:
    """What every scheme asked for says of a jurisdiction on a day, with the robustness of each label.

    Attributes: `found` and `radii`, scheme by scheme in the same order; `published`, labels that sources give it.
    """

    subject: str
    name: str
    as_of: datetime.date
    known_on: datetime.date
    found: tuple[Classification, ...]
    radii: tuple[Radius, ...]
    published: tuple[Published, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as the JSON schema `schema.json` of this package describes it."""
        return {"jurisdiction": self.subject, "name": self.name, "as_of": self.as_of.isoformat(), "known_on": self.known_on.isoformat(),
                "coding": OWN_CODING, "schemes": [_scheme(c, r) for c, r in zip(self.found, self.radii, strict=True)],
                "context": [_row(row) for row in (self.found[0].context if self.found else ())],
                "published": [{"scheme": p.scheme, "paradigm": p.paradigm, "label": p.label, **_row(p)} for p in self.published]}


def explain(records: Records, subject: str, as_of: datetime.date, *, schemes: Sequence[str] = ()) -> Explanation:
    """Explain a jurisdiction (by id) in the schemes named, in all by default. Raises `InputError` as `classify` does."""
    asked = records.schemes(schemes)
    found = tuple(classify(records, subject, scheme, as_of) for scheme in asked)
    radii = tuple(radius(c, records.scheme(c.scheme)) for c in found)
    published = tuple(p for p in records.published.get(subject, ()) if p.scheme in asked and p.holds(as_of))
    return Explanation(subject, records.names.get(subject, subject), as_of, records.known_on, found, radii, published)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of an explanation as plain values."""
    found: dict[str, Any] = json.loads((files("comity.paradigms") / "schema.json").read_text(encoding="utf-8"))
    return found


def _scheme(found: Classification, firm: Radius) -> dict[str, Any]:
    return {"scheme": found.scheme, "status": found.status, "paradigm": found.paradigm, "label": found.label or None, "reason": found.reason or None,
            "candidates": list(found.candidates), "trace": [_step(step) for step in found.steps],
            "radius": {"rows": firm.rows, "pivotal": list(firm.pivotal), "unsettles": firm.unsettles,
                       "flips": [{"paradigm": f.paradigm, "changes": [{"row": row, "recode": text} for row, text in f.changes]} for f in firm.flips]}}


def _step(step: Step) -> dict[str, Any]:
    coded = step.coded
    return {"line": step.decision.line.id if step.decision.line else None, "because": step.decision.line.summary if step.decision.line else None,
            "unknown": list(step.decision.unknown),
            "inputs": {"transfer_default": coded.default, "localisation": coded.localisation, "mechanisms": sorted(coded.mechanisms),
                       "coverage": coded.coverage, "independence": coded.independence, "access": sorted(coded.accesses)},
            "passed": [{"line": line, "because": why} for line, why in step.passed], "rows": [_row(row) for row in step.rows]}


def _row(row: Row) -> dict[str, Any]:
    end = None if row.end == _OPEN else row.end.isoformat()
    start = row.start.isoformat() if row.dated else None
    return {"row": row.id, "from": start, "until": end, "source": row.source or None, "locator": row.locator or None, "grade": row.grade or None}


def text(explanation: Explanation) -> str:
    """Return the explanation as lines for people."""
    lines = [f"{explanation.name} ({explanation.subject}) on {explanation.as_of}, as known on {explanation.known_on}", OWN_CODING]
    for found, firm in zip(explanation.found, explanation.radii, strict=True):
        lines += ["", f"{found.scheme}: {found.label or outcome(found)}", *(f"  {line}" for line in trace(found)), *(f"  {line}" for line in firmness(firm))]
    lines += [f"{p.scheme} by {p.source} ({p.grade}): {p.label}" for p in explanation.published]
    return "\n".join(lines)


def outcome(found: Classification) -> str:
    """Say in words why there is no label: the conflict or the abstention."""
    if found.status == CONFLICT:
        return f"{found.status} between {' and '.join(found.candidates)}: {found.reason}"
    return f"{found.status}: {found.reason}{'; it may be ' + ' or '.join(found.candidates) if found.candidates else ''}"


def trace(found: Classification, *, cite: bool = True) -> Iterator[str]:
    """Give a line for each transfer rule and supervision weighed: the codes, the line that decides, the rows (cited in full or by id)."""
    for step in found.steps:
        line = step.decision.line
        open_ = f"{' and '.join(step.decision.unknown)} not settled" if step.decision.unknown else "none covers it"
        yield f"{codes(step)}: {f'{line.id} ({line.summary})' if line else f'no line decides ({open_})'}"
        yield f"  rows: {'; '.join(cited(row) if cite else row.id for row in step.rows)}"


def cited(row: Row) -> str:
    """Name a row with its first day and where it was read."""
    since = f"since {row.start}" if row.dated else "first day not recorded"
    return f"{row.id} ({since}; {row.source}{', ' + row.locator if row.locator else ''}; {row.grade})"


def codes(step: Step) -> str:
    """Name the codes that a step weighs."""
    coded = step.coded
    parts = [f"default {coded.default}", f"localisation {coded.localisation or 'not settled'}"]
    parts += [f"law {coded.coverage}, authority {coded.independence}"] if coded.independence else []
    parts += ["security assessment"] if "security-assessment" in coded.mechanisms else []
    return ", ".join(parts)


def firmness(firm: Radius) -> Iterator[str]:
    """Give lines on the robustness of a label, none where there is no label."""
    if firm.rows is None:
        return
    yield f"robustness: {firm.rows} {'row' if firm.rows == 1 else 'rows'} recoded would flip it; pivotal: {', '.join(firm.pivotal)}"
    for flip in firm.flips:
        yield f"  to {flip.paradigm}: {'; '.join(f'{row} {recode}' for row, recode in flip.changes)}"
    if firm.unsettles:
        yield "  one row recoded can leave it without a single label"
