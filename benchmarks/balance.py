"""Signed graphs of the literature, planted and random ones become a table of exact frustration indices and the seconds they took.

Run from the root: `python -m benchmarks.balance [FOLDER] [--limit SECONDS]`; FOLDER holds the edge lists.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

import networkx as nx
import numpy as np

from comity.network.frustration import FrustrationIndex, frustration_index

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "reference" / "signed-graphs"
#: Name → nodes, ties, share of signs that are right.
MADE = {"planted 200/2000": (200, 2000, 0.9), "planted 200/4000": (200, 4000, 0.85), "random 100/200": (100, 200, 0.5), "random 200/400": (200, 400, 0.5)}


class Timed(NamedTuple):
    """One graph solved: its name, size, index and seconds."""

    name: str
    nodes: int
    ties: int
    index: FrustrationIndex
    seconds: float


def read(path: Path) -> dict[str, nx.Graph[str]]:
    """Return the graph of an edge list, or one a window, as `sign` or `weight` says."""
    graphs: dict[str, nx.Graph[str]] = defaultdict(nx.DiGraph if path.stem.startswith("sampson") else nx.Graph)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = " ".join([path.stem, *([row["window"]] if "window" in row else [])])
            graphs[name].add_edge(row["source"], row["target"], w=float(row.get("sign") or row["weight"]))
    return graphs


def literature(folder: Path) -> Iterator[tuple[str, nx.Graph[Any]]]:
    """Return every signed graph in `folder` by name."""
    for pattern in ("tribes.csv", "sampson_T?.csv", "stranke94.csv", "senate_*.csv", "cow_signed_*.csv"):
        for path in sorted(folder.glob(pattern)):
            yield from read(path).items()


def made(nodes: int, ties: int, right: float) -> nx.Graph[int]:
    """Return a random graph of two blocs in which a share of the signs is `right`: 1/2 has no blocs at all."""
    random = np.random.default_rng(1)
    graph = nx.gnm_random_graph(nodes, ties, seed=3)
    for u, v in graph.edges:
        graph[u][v]["w"] = (1 if (u < nodes // 2) == (v < nodes // 2) else -1) * (1 if random.random() < right else -1)
    return graph


def timed(name: str, graph: nx.Graph[Any], blocks: int | None, limit: float) -> Timed:
    """Return the index of `graph` and how long it took."""
    start = perf_counter()
    index = frustration_index(graph, blocks=blocks, weight="w", time_limit=limit)
    return Timed(name, len(graph), graph.number_of_edges(), index, perf_counter() - start)


def table(rows: list[Timed]) -> str:
    """Return the rows as text, windows of one series in one line."""
    series: dict[str, list[Timed]] = defaultdict(list)
    for row in rows:
        series["cow, 51 windows" if row.name.startswith("cow") else row.name].append(row)
    lines = [f"{'graph':<20}{'nodes':>9}{'ties':>11}{'index':>11}{'F':>13}{'proven':>8}{'median s':>10}{'most s':>8}"]
    for name, group in series.items():
        indices = [row.index for row in group]
        cells = [_span([row.nodes for row in group], "g"), _span([row.ties for row in group], "g"), _span([index.value for index in indices], "g"),
                 _span([index.balance for index in indices], ".3f"), f"{sum(index.proven for index in indices)}/{len(group)}"]
        seconds = [row.seconds for row in group]
        lines.append(f"{name:<20}{cells[0]:>9}{cells[1]:>11}{cells[2]:>11}{cells[3]:>13}{cells[4]:>8}{median(seconds):>10.2f}{max(seconds):>8.2f}")
    return "\n".join(lines)


def _span(values: list[float], form: str) -> str:
    return "–".join(f"{value:{form}}" for value in sorted({min(values), max(values)}))


def main() -> None:
    """Print one table for two blocks and one for any number."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds a graph (60)")
    options = parser.parse_args()
    graphs = [*literature(options.folder), *((name, made(*shape)) for name, shape in MADE.items())]
    for blocks in (2, None):
        print(f"\n{blocks or 'any number of'} blocks")
        print(table([timed(name, graph, blocks, options.limit) for name, graph in graphs]))


if __name__ == "__main__":
    main()
