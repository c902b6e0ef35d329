"""An answer becomes JSON as its schema describes it, or text for people; both say that it is no legal advice."""

from __future__ import annotations

import json
import textwrap
from importlib.resources import files
from typing import Any

from comity.routes.codes import last
from comity.routes.model import CLOSED, NOTICE, STATUSES, Basis, Evidence, Remark, Route

TREATIES = "Treaties bind the states that made them; they give the exporter no legal basis of its own."
SCHEMA = "route.schema.json"
_HEADINGS = {"open": "Open: usable that day without a further step", "conditional": "Conditional: usable once what it asks is done",
             "closed": "Closed: known to that law, but shut to this transfer"}
_WIDTH = 118


def schema() -> dict[str, Any]:
    """Return the JSON Schema of an answer."""
    found: dict[str, Any] = json.loads((files("comity.routes") / SCHEMA).read_text(encoding="utf-8"))
    return found


def to_json(route: Route) -> dict[str, Any]:
    """Return an answer as plain values, in the shape of `schema`."""
    return {
        "from": last(route.exporter), "to": last(route.importer), "from_label": route.exporter_label, "to_label": route.importer_label,
        "as_of": route.as_of.isoformat(), "known_on": route.known_on.isoformat(), "data": route.data, "exporter": list(route.exporter_traits),
        "recipient": list(route.recipient_traits), "coded": route.coded, "explanation": route.explanation, "rules": [_remark(r) for r in route.rules],
        "bases": [_basis(b) for b in route.bases], "special": [_remark(r) for r in route.special],
        "commitments": [{**_remark(r), "note": TREATIES} for r in route.commitments], "onward": [_remark(r) for r in route.onward],
        "conflicts": [_remark(r) for r in route.conflicts],
        "via": {"through": last(route.through), "legs": [to_json(leg) for leg in route.legs], "onward": [_remark(r) for r in route.legs[0].onward],
                "explanation": hops(route)} if route.legs else None,
        "notice": NOTICE,
    }


def hops(route: Route) -> str:
    """Say what the two hops come to; both laws must allow theirs, and the first may limit the second."""
    first, second = route.legs
    ways = [f"{leg.exporter_label} to {leg.importer_label}: " + (_best(leg) if leg.coded else "not coded") for leg in (first, second)]
    limits = ("limits on passing the data on are coded for the first hop, see there" if first.onward
              else "no limit on passing the data on is coded, which does not say that there is none")
    return f"{'; '.join(ways)}; {limits}."


def _best(route: Route) -> str:
    for status in STATUSES:
        if route.grounds(status) and status != CLOSED:
            return f"{status} ({', '.join(route.grounds(status))})"
    return "no way is open or conditional"


def _basis(basis: Basis) -> dict[str, Any]:
    return {"mechanism": basis.mechanism, "label": basis.label, "status": basis.status, "reason": basis.reason or None, "explanation": basis.explanation,
            "conditions": list(basis.conditions), "instrument": basis.instrument or None, "title": basis.title, "rule": basis.rule or None,
            "evidence": [_evidence(e) for e in basis.evidence]}


def _remark(remark: Remark) -> dict[str, Any]:
    return {"kind": remark.kind, "label": remark.label, "summary": remark.summary, "instrument": remark.instrument or None,
            "evidence": [_evidence(e) for e in remark.evidence]}


def _evidence(evidence: Evidence) -> dict[str, str]:
    return {"source": evidence.source, "locator": evidence.locator, "grade": evidence.grade, "row": evidence.row}


def to_text(route: Route) -> str:
    """Lay an answer out for people."""
    lines = [f"{route.exporter_label} → {route.importer_label}, {route.data}, as of {route.as_of}, as known on {route.known_on}", route.explanation]
    lines += [f"Rule: {r.summary}" for r in route.rules if r.summary]
    for status in STATUSES:
        found = [b for b in route.bases if b.status == status]
        if found:
            lines += ["", _HEADINGS[status], *(line for b in found for line in _of_basis(b))]
    for heading, remarks in (("May hold as well", route.special), (f"Commitments between both. {TREATIES}", route.commitments),
                             ("Limits on onward transfers", route.onward), ("Conflicts and access", route.conflicts)):
        if remarks:
            lines += ["", heading, *(f"  - {r.label}: {r.summary} [{_sources(r.evidence)}]" for r in remarks)]
    for leg in route.legs:
        lines += ["", "— Hop —", to_text(leg).removesuffix(f"\n\n{NOTICE}")]
    if route.legs:
        lines += ["", hops(route)]
    return "\n".join([*(_wrap(line) for line in lines), "", NOTICE])


def _of_basis(basis: Basis) -> list[str]:
    reason = f" ({basis.reason})" if basis.reason else ""
    return [f"  {basis.label}{reason}: {basis.explanation} {basis.title} [{_sources(basis.evidence)}]", *(f"    · {c}" for c in basis.conditions)]


def _sources(evidence: tuple[Evidence, ...]) -> str:
    return "; ".join(dict.fromkeys(f"{last(e.source)}, {e.grade}" for e in evidence))


def _wrap(line: str) -> str:
    """Break a long line, with what follows set in."""
    if "\n" in line or len(line) <= _WIDTH:
        return line
    margin = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.fill(line, _WIDTH, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False)
