"""Rows that are well formed and cannot be, beside those of the graph, are refused: who joins twice, leaves what it never joined, or turns time round.

The fault queries of the graph are asked of the world imagined as well; those that name a row of the scenario refuse it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from comity.checks import find_faults
from comity.errors import InputError
from comity.routes.facts import Library
from comity.routes.places import check_day
from comity.scenario.model import Overlay
from comity.scenario.rows import Statements
from comity.store import EmbeddedStore
from comity.vocabulary import CONCEPT

#: the fault queries that judge what a row says, not how it is documented
_ASKED: Final = frozenset({"ends-before-it-starts", "in-force-before-signature", "instrument-in-force-before-adoption", "member-before-founding",
                           "overlapping-periods", "party-twice-at-once", "thing-of-disjoint-classes", "thing-of-wrong-class", "value-outside-range"})
_STATUS = f"{CONCEPT}participation-status/"
#: who may leave: applicants and those that are acceding are not in
_IN = ("party", "provisional", "participant", "signatory")
_STARTS, _ENDS = ("valid_from", "occurred_on"), "valid_until"
_TWICE = """PREFIX membership: <https://w3id.org/comity/concept/membership-status/> PREFIX status: <https://w3id.org/comity/concept/participation-status/>
SELECT ?row ?other WHERE {
  ?row prov:hadPrimarySource ?scenario ; comity:possiblyFrom ?from ; comity:heldUntil ?until .
  { ?row comity:participant ?who ; comity:inInstrument ?whole ; comity:status ?one .
    ?other comity:participant ?who ; comity:inInstrument ?whole ; comity:status ?two
    FILTER(?one IN (status:party, status:provisional, status:participant) && ?two IN (status:party, status:provisional, status:participant)) }
  UNION { ?row comity:member ?who ; comity:inOrganization ?whole ; comity:membershipStatus membership:member .
    ?other comity:member ?who ; comity:inOrganization ?whole ; comity:membershipStatus membership:member }
  UNION { ?row comity:recogniser ?who ; comity:recognised ?whole ; comity:scheme ?scheme ; comity:basedOn ?basis .
    ?other comity:recogniser ?who ; comity:recognised ?whole ; comity:scheme ?scheme ; comity:basedOn ?basis }
  ?other comity:possiblyFrom ?otherFrom ; comity:heldUntil ?otherUntil ; comity:knownUntil "9999-12-31"^^xsd:date .
  FILTER(?row != ?other && ?from < ?otherUntil && ?otherFrom < ?until)
} ORDER BY ?row ?other"""


def check_days(overlay: Overlay, library: Library) -> None:
    """Refuse a what-if day outside coverage, and a row that begins after it or ends before it begins. Raises `InputError`."""
    try:
        check_day(library, overlay.as_of)
    except InputError as error:
        raise InputError(f"{overlay.home}: {error}") from None
    for entry in overlay.entries:
        for column in _STARTS:
            start = entry.cells.get(column, "")
            if start[:10] > overlay.as_of.isoformat()[:len(start)]:
                raise InputError(f"{entry.where}: {column}: {start} comes after the what-if day {overlay.as_of}, so that the row would change nothing; "
                                 "begin it on that day or before")


def check_ends(overlay: Overlay, stated: Statements, base: ox.Store) -> None:
    """Refuse the end of a participation or membership that was never begun, or that ended before. Raises `InputError`."""
    for iri, entry in stated.rows.items():
        cells = stated.cells[iri]
        begin, end = cells.get("valid_from", ""), entry.cells.get(_ENDS, "")
        if end and begin and end[:len(begin)] < begin[:len(end)]:
            raise InputError(f"{entry.where}: {_ENDS}: ends on {end}, before it begins on {begin}; put the dates in order")
        if entry.table not in ("participations", "memberships") or not end:
            continue
        old = next((o for o, new in stated.old.items() if new == iri), "")
        what = f"{cells.get('participant_id') or cells.get('member_id')} in {cells.get('instrument_id') or cells.get('organization_id')}"
        if not old:
            raise InputError(f"{entry.where}: {_ENDS}: ends a participation of {what} that no row begins; name in replaces the row that it ends")
        said = list(base.quads_for_pattern(ox.NamedNode(old), None, None, None))  # what the engine iterates by must not outlive its thread in a traceback
        values = {q.predicate.value.rpartition("#")[2]: q.object.value for q in said if isinstance(q.object, ox.NamedNode | ox.Literal)}
        _check_old(entry.where, what, end, values)


def _check_old(where: str, what: str, end: str, old: dict[str, str]) -> None:
    status, ended = old.get("status", ""), old.get("validUntil", "")
    if status.startswith(_STATUS) and status.removeprefix(_STATUS) not in _IN:
        raise InputError(f"{where}: {_ENDS}: {what} is only {status.removeprefix(_STATUS)}, and nobody leaves what it never joined")
    if ended and ended <= end[:len(ended)]:
        raise InputError(f"{where}: {_ENDS}: {what} ended already on {ended}; it cannot end again on {end}")


def check_world(overlay: Overlay, stated: Statements, world: EmbeddedStore, checks: Path) -> None:
    """Refuse rows that clash with those of the graph, or with one another. Raises `InputError` for the first."""
    for row, other in _doubles(world, overlay.graph):
        entry = stated.rows.get(row)
        if entry is not None:
            raise InputError(f"{entry.where}: {entry.id} joins or decides what {other.rpartition('/')[2]} says already for that time; "
                             "name that row in replaces, or end it first")
    for fault in find_faults(world.store, checks, {}, unless=lambda path: path.stem not in _ASKED):
        if fault.file in stated.rows:
            entry = stated.rows[fault.file]
            raise InputError(f"{entry.where}: {fault.column}: {fault.message.removeprefix(f'{fault.check}: ')}")


def _doubles(world: EmbeddedStore, graph: str) -> Iterator[tuple[str, str]]:
    for row in world.query(_TWICE, {"scenario": ox.NamedNode(graph)}).rows:
        yield str(row["row"]), str(row["other"])
