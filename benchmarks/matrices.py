"""The statistics on matrices are timed at the size of the whole world: `python -m benchmarks.matrices`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import networkx as nx
import numpy as np

from comity.network.directed import directed
from comity.network.discoveries import q_values
from comity.network.ensemble import bicm, ensemble
from comity.network.matrix import Array
from comity.network.mrqap import mrqap
from comity.network.sdsm import sdsm
from comity.network.similarity import MEASURES, similarities

QUARTERS = (0.0, 0.25, 0.5, 1.0)


def main() -> None:
    """Print the median of each: elapsed and processor milliseconds. They differ where threads of the linear algebra work or wait."""
    cells = _table((200, 150), QUARTERS)
    first = ensemble(cells)
    drawn = np.bincount(np.random.default_rng(1).integers(0, 150, 150), minlength=150)
    _time("ensemble 200 × 150, four levels, a fifth unknown", lambda: ensemble(cells))
    _time("the same for columns drawn anew, from that fit", lambda: ensemble(cells, levels=first.scale, repeats=drawn, start=first))
    for measure in MEASURES:
        _time(f"similarity {measure} 200 × 150", lambda measure=measure: similarities(cells, measure=measure, levels=first.scale, fitted=first))
    for shift in (-1.5, 1.2):
        _commitments(_table((200, 300), (0.0, 1.0), shift))
    x, z, y = np.random.default_rng(2).normal(size=(3, 200, 200))
    _time("regression on 200 × 200, two predictors, 1,000 permutations each", lambda: mrqap(y, predictors={"x": x, "z": z}), runs=1)
    graph = nx.gnp_random_graph(100, 0.1, seed=0, directed=True)
    _time("reciprocity and closure, 100 actors, 990 ties, 500 draws", lambda: directed(graph), runs=1)


def _commitments(binary: Array) -> None:
    chance = bicm(binary)
    near = sdsm(binary, exact=False, cells=chance).upper
    _time(f"BiCM 200 × 300, mean {np.nanmean(binary):.2f}", lambda: bicm(binary))
    _time("shared commitments, normal approximation", lambda: sdsm(binary, exact=False, cells=chance))
    _time("shared commitments, exact", lambda: sdsm(binary, cells=chance), runs=1)
    _time("q-values of 19,900 pairs", lambda: q_values(near))


def _table(shape: tuple[int, int], levels: tuple[float, ...], shift: float = 0.0) -> Array:
    generator = np.random.default_rng(0)
    effect = generator.normal(size=(shape[0], 1)) + generator.normal(size=(1, shape[1])) + shift
    place = np.digitize(effect + generator.logistic(size=shape), np.linspace(-1, 1, len(levels) - 1) if len(levels) > 2 else [0.0])
    return np.where(generator.random(shape) < 0.2, np.nan, np.array(levels)[place])


def _time(name: str, work: Callable[[], object], runs: int = 7) -> None:
    """Print the medians; where there is more than one run, a first warms up."""
    if runs > 1:
        work()
    elapsed, busy = [], []
    for _ in range(runs):
        start = time.perf_counter(), time.process_time()
        work()
        elapsed.append((time.perf_counter() - start[0]) * 1000)
        busy.append((time.process_time() - start[1]) * 1000)
    print(f"{name:70} {statistics.median(elapsed):9.1f} ms {statistics.median(busy):9.1f} ms")


if __name__ == "__main__":
    main()
