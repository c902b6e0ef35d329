"""Records of the members of a union become records of the union, which stands for them as one actor.

Twenty-seven nearly identical rows would swamp every statistic, so this is the default. The rule: what a union holds itself
counts; else what more than half of its members hold, at the value most of them share; an act of one member towards others,
or of others towards it, counts by its share of the members. What passes between members of one union is left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from comity.network.records import Record

QUORUM = 0.5


def fold(records: Iterable[Record], unions: Mapping[str, str], mode: str) -> list[Record]:
    """Return `records` of one layer with the members of `unions` (member → union) replaced by their union.

    Parameters: `mode` of the layer, as in `records`. Returns the records in their order; a record that leads from a union to
    itself is dropped.
    """
    sizes = Counter(unions.values())
    if mode in ("directed", "opposed", "neutral"):
        moved = [_moved(r, unions, sizes) for r in records]
        return [r for r in moved if not r.target or r.source != r.target]
    kept: list[Record] = []
    groups: dict[tuple[str, str], list[Record]] = defaultdict(list)
    own: set[tuple[str, str]] = set()
    for record in records:
        union = unions.get(record.source)
        if union is None:
            kept.append(record)
            own.add(_cell(record.source, record, mode))
        elif record.topic != union:
            groups[_cell(union, record, mode)].append(record)
    for (union, _), members in groups.items():
        if _cell(union, members[0], mode) not in own and len({r.source for r in members}) > QUORUM * sizes[union]:
            kept += _shared(union, members)
    return kept


def _cell(actor: str, record: Record, mode: str) -> tuple[str, str]:
    """Return what an actor's own record of this mode keeps its members' from speaking on: one topic, or all ways out."""
    return (actor, "" if mode == "channels" else record.topic)


def _moved(record: Record, unions: Mapping[str, str], sizes: Mapping[str, int]) -> Record:
    source, target = unions.get(record.source), unions.get(record.target)
    share = (sizes[source] if source else 1) * (sizes[target] if target else 1)
    return replace(record, source=source or record.source, target=target or record.target, weight=record.weight / share)


def _shared(union: str, members: list[Record]) -> list[Record]:
    """Return the records of the members that hold the commonest value (of equals the lowest), as the union's."""
    values = Counter(r.value for r in members)
    commonest = max(values.values())
    value = min(v for v, n in values.items() if n == commonest)
    return [replace(r, source=union) for r in members if r.value == value]
