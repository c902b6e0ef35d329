"""Two worlds become the transfers whose legal bases, or whose treaty clauses, differ: which routes open and which close."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from comity.names import resolve
from comity.routes import Route, Wish, route
from comity.routes.codes import last
from comity.routes.model import STATUSES
from comity.scenario.model import Overlay, Way
from comity.scenario.rows import Statements
from comity.scenario.sides import Side
from comity.vocabulary import ID

#: more transfers than these are compared among the members of the G20 alone
MOST = 40
_GROUP = "g20"
_ACTOR = f"{ID}actor/"
_INSTRUMENT = f"{ID}instrument/"
_PLACES = """SELECT DISTINCT ?place WHERE { ?place a ?class FILTER(?class IN (comity:State, comity:Territory, comity:SupranationalUnion)) }"""
#: who is concerned by what happens to an instrument: those whom it binds, those whose decision on recipients it is, and these recipients
_CONCERNED = """SELECT DISTINCT ?one ?other WHERE {
  { ?row comity:inInstrument ?instrument ; comity:participant ?one . BIND(?one AS ?other) ?row comity:status ?status
    FILTER(STRENDS(STR(?status), "/party") || STRENDS(STR(?status), "/provisional") || STRENDS(STR(?status), "/participant")) }
  UNION { ?row comity:basedOn ?instrument ; comity:recogniser ?one ; comity:recognised ?other }
} ORDER BY ?one ?other"""


def pairs(overlay: Overlay, stated: Statements, before: Side, after: Side) -> tuple[list[tuple[str, str]], int]:
    """Return the transfers to compare, as IRIs of exporter and recipient, and how many were left out.

    Those that the scenario names; else those between a place that a row names and any other that it names, or that its instrument binds
    or concerns, in both directions; the members of the G20 stand in where a row names one place alone, and where there are too many.
    """
    named, met = _touched(stated, before, after)
    exporters = [resolve(after.store, name).value for name in overlay.exporters] or sorted(met)
    recipients = [resolve(after.store, name).value for name in overlay.recipients] or sorted(met)
    members = sorted(who for who, whole, _ in after.bonds if whole == _ACTOR + _GROUP)
    if not overlay.recipients and len(met) < 2:
        recipients = members
    firm = named or met
    chosen = [(a, b) for a in exporters for b in recipients if a != b and (overlay.exporters or overlay.recipients or a in firm or b in firm)]
    if len(chosen) <= MOST or overlay.exporters or overlay.recipients:
        return chosen, 0
    kept = [(a, b) for a, b in chosen if {a, b} <= {*members, *named}]
    return kept[:MOST], len(chosen) - len(kept[:MOST])


def _touched(stated: Statements, before: Side, after: Side) -> tuple[set[str], set[str]]:
    """Return the places that rows name, or the rows that they replace, and these with those whom their instruments concern."""
    places = {str(row["place"]) for row in after.store.query(_PLACES).rows}
    ours = [q for q in stated.quads if isinstance(q.subject, ox.NamedNode) and q.subject.value in stated.rows]
    ours += [q for old in stated.old for q in before.store.store.quads_for_pattern(ox.NamedNode(old), None, None, None)]
    objects = {q.object.value for q in ours if isinstance(q.object, ox.NamedNode)}
    named = objects & places
    met = set(named)
    for instrument in sorted(o for o in objects if o.startswith(_INSTRUMENT)):
        for row in after.store.query(_CONCERNED, {"instrument": ox.NamedNode(instrument)}).rows:
            met |= {str(row["one"]), str(row["other"])} & places
    return named, met


def ways(before: Side, after: Side, asked: Iterable[tuple[str, str]], data: str) -> Iterator[Way]:
    """Return the bases and clauses of the transfers `asked` whose standing differs, in order."""
    for exporter, recipient in asked:
        wish = Wish(exporter, recipient, before.as_of.isoformat(), before.known_on.isoformat(), data)
        then, now = (_standing(route(side.store, side.questions, wish, library=side.library)) for side in (before, after))
        for key in sorted(then.keys() | now.keys()):
            old, new = then.get(key, ("", "")), now.get(key, ("", ""))
            if old[0] != new[0]:
                yield Way(last(exporter), last(recipient), *key, old[0], new[0], new[1] or old[1])


def _standing(answer: Route) -> dict[tuple[str, str], tuple[str, str]]:
    """Return the best status of each mechanism with its reason, and the clauses that bind both; a clause gives no basis of its own."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for basis in sorted(answer.bases, key=lambda b: STATUSES.index(b.status), reverse=True):
        found["basis", basis.mechanism] = (basis.status, f"{basis.title}{f': {basis.reason}' if basis.reason else ''}")
    for clause in answer.commitments:
        found["clause", clause.label] = ("binds", clause.kind)
    return found
