"""Asserted quads become derived ones by the rules of `ontology/rules`, each in a named graph of its own.

A rule is one SPARQL CONSTRUCT. Each runs once, after the rules that its `#+ after` line names, so that a rule may build on
others; recursion belongs inside a rule, as a property path. `unsettled` tells whether a line is missing.
What a rule derives never enters the graphs of the asserted rows, and what a graph states already is not derived again:
the engine's union of graphs gives a statement once for each graph that holds it.
"""

from __future__ import annotations

import graphlib
import re
from collections.abc import Iterator, Set
from pathlib import Path

import pyoxigraph as ox

from comity.errors import InputError, asked
from comity.lines import Lines, load, ordered
from comity.vocabulary import INFERRED


def derive(store: ox.Store, folder: Path) -> dict[str, int]:
    """Run the rules in `folder` on `store`, each once, and add what they derive.

    Returns rule name → number of quads derived. Raises `InputError` if a rule is malformed or the rules have no order.
    """
    stated = set(ordered(ox.serialize((q.triple for q in store), format=ox.RdfFormat.N_TRIPLES) or b""))
    counts = {}
    for name, path in rules(folder).items():
        lines = conclusions(store, path, stated)
        load(store, INFERRED + name, lines)
        stated.update(lines)
        counts[name] = len(lines)
    return counts


def conclusions(store: ox.Store, path: Path, stated: Set[bytes]) -> Lines:
    """Return the lines that the rule of the file `path` derives from `store` beyond those `stated`. Raises `InputError` if it is malformed."""
    return tuple([line for line in _run(store, path) if line not in stated])


def unsettled(store: ox.Store, folder: Path) -> dict[str, int]:
    """Run the rules again on a store in which they ran, and return those that still derive something, with how much."""
    return {name: count for name, count in derive(store, folder).items() if count}


def rules(folder: Path) -> dict[str, Path]:
    """Return the rules of `folder` in the order in which they run."""
    return {name: path for level in levels(folder) for name, path in level.items()}


def levels(folder: Path) -> list[dict[str, Path]]:
    """Return the rules of `folder` in the order in which they run, those together of which none builds on another."""
    found = {path.stem: path for path in sorted(folder.glob("*.rq"))}
    if not found:
        raise InputError(f"{folder}: no rules here; run the command from a checkout or install the package again")
    return list(_in_order(found))


def _in_order(found: dict[str, Path]) -> Iterator[dict[str, Path]]:
    """Sort rules into levels, so that each comes after those that its header names."""
    wanted = {name: re.findall(r"[\w-]+", _after(path)) for name, path in found.items()}
    for name, others in wanted.items():
        for other in others:
            if other not in found:
                raise InputError(f"{found[name]}: comes after {other}, which is no rule of this folder; correct the header")
    order = graphlib.TopologicalSorter(wanted)
    try:
        order.prepare()
    except graphlib.CycleError as error:
        names = sorted(set(error.args[1]))
        raise InputError(f"{found[names[0]].parent}: the rules {', '.join(names)} each come after the other; drop one of their lines") from None
    while order.is_active():
        level = order.get_ready()
        yield {name: found[name] for name in level}
        order.done(*level)


def _after(path: Path) -> str:
    lines = path.read_bytes().decode("utf-8", "replace").splitlines()
    return next((line.partition(":")[2] for line in lines if line.startswith("#+ after:")), "")


def _run(store: ox.Store, path: Path) -> Lines:
    """Return what the rule of the file `path` derives from `store`, whether stated already or not."""
    lines = asked(path, lambda text: _construct(store, text), "mend the rule")
    if lines is None:
        raise InputError(f"{path}: a rule is a CONSTRUCT query; write it as one")
    if any(b"_:" in line and (line.startswith(b"_:") or line.split(b" ", 2)[2].startswith(b"_:")) for line in lines):
        raise InputError(f"{path}: derives a blank node, which nobody could cite; give each thing an IRI")
    return lines


def _construct(store: ox.Store, text: str) -> Lines | None:
    """Return what a query constructs, None if it constructs nothing."""
    answer = store.query(text, use_default_graph_as_union=True)
    return ordered(answer.serialize(format=ox.RdfFormat.N_TRIPLES) or b"") if isinstance(answer, ox.QueryTriples) else None
