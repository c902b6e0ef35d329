"""A scenario and a graph become what the one changes in the other: both worlds are read alike, and their differences listed.

The order of the work: refuse what cannot be, imagine the world, then compare participations, transfers, paradigms, scores and the
signed network. The world that is, which many scenarios share, may be given.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

from comity.errors import InputError
from comity.names import dataset_version, newest
from comity.queries import library
from comity.routes.codes import last
from comity.scenario.dyads import moves
from comity.scenario.imagine import imagine
from comity.scenario.model import Bond, Label, Outcome, Overlay
from comity.scenario.refusals import check_days, check_ends, check_world
from comity.scenario.rows import Statements, state
from comity.scenario.sides import Side
from comity.scenario.transfers import pairs, ways
from comity.settings import Layout
from comity.store import EmbeddedStore, Store

DRAWS = 200


def compare(overlay: Overlay, before: Side, *, draws: int = DRAWS, seed: int = 0) -> Outcome:
    """Return what `overlay` changes in the world `before`; nothing is written to its graph.

    Parameters: `draws`, of instruments and weights behind the intervals, 20 or more; 0 for none, the signed network then taking scores as
    observed; `seed`, of these draws. Raises `InputError` for a scenario that is contradictory or impossible, with the reason.
    """
    if draws and draws < 20:
        raise InputError(f"{draws} draws leave no 5 % at either end; ask for 20 or more, or for 0 and no intervals")
    seconds: dict[str, float] = {}
    with _timed(seconds, "rows"):
        overlay = replace(overlay, as_of=before.as_of)
        check_days(overlay, before.library)
        stated = stated_on(overlay, before)
    with _timed(seconds, "imagine"), ThreadPoolExecutor(1) as pool:
        known = pool.submit(lambda: (before.world, before.shown, before.labels, before.bonds))  # meanwhile, as the rules run outside Python
        store = EmbeddedStore(imagine(before.store.store, stated.quads, before.places.ontology / "rules"), before.store.prefixes)
        known.result()
    after = Side(store, before.places, before.as_of, before.known_on, before.questions)
    with _timed(seconds, "checks"):
        check_world(overlay, stated, store, before.places.queries / "checks")
    with _timed(seconds, "transfers"):
        asked, left_out = pairs(overlay, stated, before, after)
        found = tuple(ways(before, after, asked, overlay.data))
    with _timed(seconds, "scores"):
        listed, moved, ends = moves(before, after, draws=draws, seed=seed)
    with _timed(seconds, "network"):
        was = before.shape(ends[0])
        shapes = was, after.shape(ends[1], was)
    return Outcome(overlay, before.as_of, before.known_on, dataset_version(before.store), (len(stated.rows), stated.carried), tuple(_bonds(before, after)),
                   found, (len(asked), left_out), tuple(_labels(before, after)), listed, moved, len(after.world.index.actors), *shapes, draws, seed, seconds,
                   {**before.names, **after.names})


def side(store: Store, places: Layout, as_of: datetime.date) -> Side:
    """Return the world that is, as known on the day of its newest row, on which the rows of a scenario count as recorded.

    Raises `InputError` for a graph behind an address, which cannot be copied.
    """
    if not isinstance(store, EmbeddedStore):
        raise InputError("a scenario needs the whole graph: open a build or a file, not an address or the view of a day")
    return Side(store, places, as_of, newest(store), library(places.queries))


def stated_on(overlay: Overlay, before: Side) -> Statements:
    """Return the statements of a scenario about the world that is. Raises `InputError` for rows that do not fit, and for a name that is taken."""
    if overlay.graph in before.store.names():
        raise InputError(f"{overlay.home}: the name {overlay.slug} is taken by a graph of the dataset; choose another id")
    base = before.store.store
    stated = state(overlay, base, before.places, before.known_on)
    check_ends(overlay, stated, base)
    return stated


def _bonds(before: Side, after: Side) -> Iterator[Bond]:
    for key in sorted(before.bonds.keys() ^ after.bonds.keys()):
        change, rows = ("begins", after.bonds) if key in after.bonds else ("ends", before.bonds)
        yield Bond(change, last(key[0]), last(key[1]), last(key[2]), rows[key])


def _labels(before: Side, after: Side) -> Iterator[Label]:
    names = _by_id(after.names)
    for who, scheme in sorted(before.labels.keys() | after.labels.keys()):
        old, new = before.labels.get((who, scheme), ""), after.labels.get((who, scheme), "")
        if old != new:
            yield Label(who, names.get(who, who), scheme, old, new)


def _by_id(names: Mapping[str, str]) -> dict[str, str]:
    return {last(iri): name for iri, name in names.items() if "/actor/" in iri}


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[stage] = round(time.perf_counter() - start, 3)
