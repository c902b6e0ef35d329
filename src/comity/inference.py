"""Asserted quads become derived ones by the rules of `ontology/rules`, each in a named graph of its own.

A rule is one SPARQL CONSTRUCT. Each runs once, after the rules that its `#+ after` line names, so that a rule may build on
others; recursion belongs inside a rule, as a property path. `unsettled` tells whether a line is missing.
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


def derive(store: ox.Store, folder: Path) -> dict[str, int]:
    """Run the rules in `folder` on `store`, each once, and add what they derive.

    Returns rule name → number of quads derived. Raises `InputError` if a rule is malformed or the rules have no order.
    """
    return {name: _run(store, name, path) for name, path in _rules(folder).items()}


def unsettled(store: ox.Store, folder: Path) -> dict[str, int]:
    """Run the rules again on a store in which they ran, and return those that still derive something, with how much."""
    return {name: count for name, count in derive(store, folder).items() if count}


def _rules(folder: Path) -> dict[str, Path]:
    """Return the rules of `folder` in the order in which they run."""
    rules = {path.stem: path for path in sorted(folder.glob("*.rq"))}
    if not rules:
        raise InputError(f"{folder}: no rules here; run the command from a checkout or install the package again")
    return _in_order(rules)


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
        triples = list(answer)
    except (SyntaxError, ValueError, OSError, RuntimeError) as error:
        raise InputError(f"{located(path, error)}; mend the rule") from None
    if any(isinstance(term, ox.BlankNode) for t in triples for term in (t.subject, t.object)):
        raise InputError(f"{path}: derives a blank node, which nobody could cite; give each thing an IRI")
    quads = {ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples}
    fresh = {q for q in quads if next(store.quads_for_pattern(q.subject, q.predicate, q.object, None), None) is None}
    store.extend(fresh)
    return len(fresh)
