"""A decision table becomes the weight of each of its lines: how many labels move when the line is left out."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

from comity.paradigms.records import Records
from comity.paradigms.trend import everywhere, labels, moves


@dataclass(frozen=True)
class Weight:
    """What leaving one line out does.

    Attributes: `line`, its id; `decides`, how many jurisdictions it helps to decide; `moved`, how many labels change; `to`,
    (old label, new label, how many), the new one empty where the table then abstains; `who`, the jurisdictions that move.
    """

    line: str
    decides: int
    moved: int
    to: tuple[tuple[str, str, int], ...]
    who: tuple[str, ...]


def sensitivity(records: Records, scheme: str, as_of: datetime.date) -> tuple[Weight, ...]:
    """Leave each line of a scheme out in turn and compare the labels of all states and territories on a day."""
    lines = records.scheme(scheme)
    before = everywhere(records, scheme, as_of)
    old = labels(before)
    found = []
    for line in lines:
        without = replace(records, lines={**records.lines, scheme: tuple(other for other in lines if other != line)})
        new = labels(everywhere(without, scheme, as_of))
        changed = moves(old, new)
        decides = sum(any(used.id == line.id for used in c.lines) for c in before)
        who = tuple(j for j in sorted(old.keys() | new.keys()) if old.get(j) != new.get(j))
        found.append(Weight(line.id, decides, changed.total(), tuple((a, b, n) for (a, b), n in sorted(changed.items())), who))
    return tuple(found)
