"""A layer over a span of days becomes ties with the days from which and until which each stood, for dynamic graphs."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import networkx as nx

from comity.errors import InputError
from comity.network.dataset import ACTORS, TIES, Cell, Column, Dataset, standard
from comity.network.export import made_by
from comity.network.project import Reader, project
from comity.network.records import Record, Slice
from comity.network.slices import checked
from comity.queries import library
from comity.store import Store
from comity.vocabulary import ID

#: every property on whose day a relation may come or go
_DAYS = """SELECT DISTINCT ?kind ?day WHERE {
  ?row ?clock ?day FILTER(?clock IN (comity:heldFrom, comity:heldUntil, comity:effectiveFrom, comity:effectiveUntil, comity:possiblyFrom, comity:signedOn))
  FILTER(STR(?day) > "FIRST" && STR(?day) < "LAST~") BIND(STRBEFORE(STRAFTER(STR(?row), "BASE"), "/") AS ?kind) } ORDER BY ?day"""
#: rows that say who a union stands for
_MEMBERSHIP = "membership"
_Pair = tuple[str, str, bool]  # source, target, directed
_Tie = tuple[float, str]  # weight, through


def history(store: Store, folder: Path, layer: str, span: tuple[str, str], *, at: Slice) -> Dataset:
    """Return the ties of `layer` from the first to the last day of `span`, both included: a row for each spell in which a tie kept its weight.

    `at` gives everything but the day. The layer is read anew on every day on which a row comes or goes of a kind that it rests on at the
    end of any year of the span, or on which the membership of a union may change, so that no spell is missed.
    `start` is empty where the tie stood on the first day already, `end` (the first day on which
    it no longer stands) where it still stands on the last. A tie with other things behind it is another spell.
    Raises `InputError` for an unknown layer, days out of order, and a span in which no tie stands.
    """
    first, last = checked(span)
    questions = library(folder)
    known = {}
    spells: list[tuple[_Pair, _Tie, str | None, str | None]] = []
    open_: dict[_Pair, tuple[_Tie, str | None]] = {}
    standing: list[Record] | None = None
    chosen = Reader(store, folder, replace(at, as_of=first), questions=questions).joining((layer,))[0]
    for day in (first, *_days(store, first, last, _kinds(store, folder, layer, span, at))):
        reader = Reader(store, folder, replace(at, as_of=day), questions=questions)
        records = reader.records(layer)
        if records == standing:
            continue
        standing = records
        network = project(store, folder, layers=(layer,), reader=reader)
        known.update({n: dict(network.nodes[n]) for n in network})
        now = _ties(network)
        for pair in [p for p, (tie, _) in open_.items() if now.get(p) != tie]:
            tie, start = open_.pop(pair)
            spells.append((pair, tie, start, day))
        for pair, tie in now.items():
            open_.setdefault(pair, (tie, None if day == first else day))
    spells += [(pair, tie, start, None) for pair, (tie, start) in open_.items()]
    if not spells:
        raise InputError(f"no tie of layer {layer} stands between {first} and {last}; choose other days or another layer")
    about = {**made_by(store, chosen), "layers": layer, "from": first, "to": last, "known_on": reader.at.known_on, "stage": at.stage,
             "unions_as_one": at.unions_as_one, "actors": " ".join(at.actors)}
    return _dataset(layer, chosen.sign, chosen.kind, spells, known, about, directed=chosen.mode == "directed")


def _kinds(store: Store, folder: Path, layer: str, span: tuple[str, str], at: Slice) -> frozenset[str]:
    """Return the kinds of rows (`participation`) that the layer rests on at the ends of the span and of each year in it."""
    questions = library(folder)
    ends = [f"{year}-12-31" for year in range(int(span[0][:4]), int(span[1][:4]))]
    readers = (Reader(store, folder, replace(at, as_of=day), questions=questions) for day in (*span, *ends))
    found = {record.row.partition("/")[0] for reader in readers for record in reader.records(layer)}
    return frozenset(found | ({_MEMBERSHIP} if at.unions_as_one else set()))


def _days(store: Store, first: str, last: str, kinds: frozenset[str]) -> Iterator[str]:
    """Give the days after the first, up to the last, on which a row of these kinds comes or goes; a partial date counts as its first day."""
    text = _DAYS.replace("FIRST", first).replace("LAST", last).replace("BASE", ID)
    found = {str(row["day"]) for row in store.query(text).rows if str(row["kind"]) in kinds}
    whole = sorted({day + "0000-01-01"[len(day):] for day in found})
    for day in whole:
        if first < day <= last and _is_day(day):
            yield day


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _ties(network: nx.MultiDiGraph[str]) -> dict[_Pair, _Tie]:
    found = {}
    for u, v, data in network.edges(data=True):
        directed = bool(data["directed"])
        if directed or u < v:
            found[u, v, directed] = (float(data["weight"]), str(data["through"]))
    return found


def _dataset(layer: str, sign: int, kind: str, spells: list[tuple[_Pair, _Tie, str | None, str | None]], known: dict[str, dict[str, Cell]],
             about: dict[str, object], *, directed: bool) -> Dataset:
    ties = tuple({"source": s, "target": t, "layer": layer, "sign": sign, "weight": weight, "through": tuple(through.split()), "start": start, "end": end}
                 for (s, t, _), (weight, through), start, end in sorted(spells, key=lambda p: (p[0], p[2] or "")))
    ends = {end for (s, t, _), *_ in spells for end in (s, t)}
    columns: tuple[Column, ...] = (*standard("id", "label", "iso3", "cow", "gw", "kind", table=ACTORS),
                                   *standard("source", "target", "layer", "sign", "weight", "through", "start", "end", table=TIES))
    actors = tuple({"id": name, **{c: known[name].get(c) for c in ("label", "iso3", "cow", "gw", "kind")}} for name in sorted(ends))
    return Dataset(f"{layer}-spells", {ACTORS: actors, TIES: ties}, columns, about, directed, {layer: kind} if kind else {})
