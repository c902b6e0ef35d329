"""A row of theirs that is a number about a state becomes that number by our id of the state; we hold no such numbers, so all are new."""

from __future__ import annotations

from comity.importers.mapping import Mapping
from comity.importers.ours import Cells, Ours
from comity.importers.reading import Numbered
from comity.importers.verdict import Finding

TABLE = "values"
COLUMNS = ("id", "actor_id", "indicator", "period", "value")
FIRST_SESSION = 1945


def judge(how: Mapping, numbered: list[Numbered], ours: Ours) -> list[Finding]:
    """Return a finding for each row; a code of the Correlates of War that is not the one we hold `differs`."""
    actors = ours.rows("actors")
    return [_judged(how, row, ours.by_code, actors) for row in numbered]


def _judged(how: Mapping, row: Numbered, codes: dict[str, str], actors: dict[str, Cells]) -> Finding:
    number, theirs = row
    code, value = how.value(theirs, "actor"), how.value(theirs, "value")
    actor = codes.get(code)
    if actor is None:
        return Finding(number, "", "unmatched name", unmatched=(how.value(theirs, "name") or code,))
    session = how.value(theirs, "session")
    period = str(FIRST_SESSION + int(session)) if session.isdecimal() else how.value(theirs, "period")
    try:
        float(value)
    except ValueError:
        return Finding(number, actor, "left out", why=f"no number: {value or 'empty'}")
    indicator = how.value(theirs, "indicator") or how.parts["value"]
    cow = how.value(theirs, "cow")
    odd = ("cow",) if cow and actors[actor]["cow"] != cow else ()
    name = "-".join((actor, indicator, period))
    made = {"id": name, "actor_id": actor, "indicator": indicator, "period": period, "value": value}
    return Finding(number, name, "differs" if odd else "new", ((TABLE, made),), differs=odd)
