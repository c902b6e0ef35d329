"""Asserted quads become derived ones by the rules of `ontology/rules`, each in a named graph of its own.

A rule is one SPARQL CONSTRUCT. Rules run in the order that their `#+ after` lines ask for, then of their names, again
and again until nothing new appears, so a rule may build on another; a good order saves rounds, and changes no result.
What a rule derives never enters the graphs of the asserted rows, and what a graph states already is not derived again:
the engine's union of graphs gives a statement once for each graph that holds it.
"""

from __future__ import annotations

import graphlib
import re
from pathlib import Path

import pyoxigraph as ox

from comity.errors import InputError, located
from comity.vocabulary import INFERRED

MAXIMUM_ROUNDS = 20


def derive(store: ox.Store, folder: Path) -> dict[str, int]:
    """Run the rules in `folder` on `store` until nothing new appears, and add what they derive.

    Returns rule name → number of quads derived. Raises `InputError` if a rule is malformed or the rules do not settle.
    """
    rules = _in_order({path.stem: path for path in sorted(folder.glob("*.rq"))})
    if not rules:
        raise InputError(f"{folder}: no rules here; run the command from a checkout or install the package again")
    counts = dict.fromkeys(rules, 0)
    for _ in range(MAXIMUM_ROUNDS):
        found = {name: _run(store, name, path) for name, path in rules.items()}
        counts = {name: counts[name] + found[name] for name in rules}
        if not any(found.values()):
            return counts
    raise InputError(f"{folder}: the rules still derive new statements after {MAXIMUM_ROUNDS} rounds; look for a rule that feeds itself")


def _in_order(rules: dict[str, Path]) -> dict[str, Path]:
    """Sort rules so that each comes after those that its header names."""
    wanted = {name: re.findall(r"[\w-]+", _after(path)) for name, path in rules.items()}
    for name, others in wanted.items():
        for other in others:
            if other not in rules:
                raise InputError(f"{rules[name]}: comes after {other}, which is no rule of this folder; correct the header")
    try:
        return {name: rules[name] for name in graphlib.TopologicalSorter(wanted).static_order()}
    except graphlib.CycleError as error:
        names = sorted(set(error.args[1]))
        raise InputError(f"{rules[names[0]].parent}: the rules {', '.join(names)} each come after the other; drop one of their lines") from None


def _after(path: Path) -> str:
    lines = path.read_bytes().decode("utf-8", "replace").splitlines()
    return next((line.partition(":")[2] for line in lines if line.startswith("#+ after:")), "")


def _run(store: ox.Store, name: str, path: Path) -> int:
    graph = ox.NamedNode(INFERRED + name)
    try:
        answer = store.query(path.read_text(encoding="utf-8"), use_default_graph_as_union=True)
        if not isinstance(answer, ox.QueryTriples):
            raise InputError(f"{path}: a rule is a CONSTRUCT query; write it as one")
        quads = {ox.Quad(t.subject, t.predicate, t.object, graph) for t in answer}
    except (SyntaxError, ValueError, OSError, RuntimeError) as error:
        raise InputError(f"{located(path, error)}; mend the rule") from None
    fresh = {q for q in quads if next(store.quads_for_pattern(q.subject, q.predicate, q.object, None), None) is None}
    store.extend(fresh)
    return len(fresh)
