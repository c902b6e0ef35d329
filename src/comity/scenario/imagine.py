"""A graph and the statements of a scenario become the graph imagined, in memory: the scenario beside the rows, and all that is derived anew.

The rules that the scenario touches run again over both; those that nothing touches keep what they derived. The graph itself is
read and never written to.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox

from comity.inference import conclusions, levels
from comity.lines import Change, Lines, listed, load
from comity.mentions import mentions
from comity.vocabulary import DATASET_GRAPH, INFERRED


def imagine(base: ox.Store, quads: Sequence[ox.Quad], folder: Path) -> ox.Store:
    """Return a store that holds `base`, `quads` in their own graph, and what the rules in `folder` derive from both.

    A build does the same when rows change: a rule runs again if a predicate or class that it can match was touched, by the scenario
    or by what another rule now derives otherwise. Raises `InputError` if a rule is malformed.
    """
    steps = levels(folder)
    world, stated, change = ox.Store(), set[bytes](), Change()
    derived = {INFERRED + name for step in steps for name in step}
    kept = [n.value for n in base.named_graphs() if isinstance(n, ox.NamedNode) and n.value not in derived and n != DATASET_GRAPH]
    imagined = ox.Store()
    imagined.extend(quads)
    with ThreadPoolExecutor(2) as pool:  # the engine works outside Python's lock
        for lines in pool.map(lambda name: _copy(base, world, name), kept):
            stated.update(lines)
        for graph in [n.value for n in imagined.named_graphs()]:
            lines = _copy(imagined, world, graph)
            change.compare(graph, (), lines)
            stated.update(lines)
        for step in steps:
            again = {name: pool.submit(conclusions, world, path, frozenset()) for name, path in step.items()
                     if mentions(path.read_text(encoding="utf-8")).touched_by(change)}
            for name in step:
                _conclude(world, (base, name), again.get(name), (stated, change))
    load(world, DATASET_GRAPH.value, listed(base, DATASET_GRAPH.value))
    return world


def _conclude(world: ox.Store, rule: tuple[ox.Store, str], again: Future[Lines] | None, seen: tuple[set[bytes], Change]) -> None:
    """Put into `world` what a rule now derives, or what it derived in the base where nothing touched it; what is stated is not derived again."""
    (base, name), (stated, change) = rule, seen
    before = listed(base, INFERRED + name)
    after = before if again is None else [line for line in again.result() if line not in stated]
    if again is not None:
        change.compare(INFERRED + name, before, after)
    load(world, INFERRED + name, after)
    stated.update(after)


def _copy(base: ox.Store, world: ox.Store, graph: str) -> list[bytes]:
    lines = listed(base, graph)
    load(world, graph, lines)
    return lines
