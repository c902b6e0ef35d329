"""Signed graphs for the tests: small ones by hand, all ways of dividing them, and the graphs of the literature."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import networkx as nx
import numpy as np
import pytest
from real import ROOT

FOLDER = ROOT.parent / "shared" / "reference" / "signed-graphs"
SENATES = (105, 109, 110, 113, 114)
FIRST, LAST = "46-49", "96-99"


def ties(*edges: tuple[str, str, int], kind: type[nx.Graph[str]] = nx.Graph) -> nx.Graph[str]:
    """Return the graph of the edges (u, v, sign)."""
    graph = kind()
    for u, v, sign in edges:
        graph.add_edge(u, v, sign=sign)
    return graph


def drawn(seed: int, *, nodes: int, share: float, directed: bool = False, whole: bool = True) -> nx.Graph[int]:
    """Return a random graph with signed weights `w`, whole numbers from -3 to 3 or not."""
    random = np.random.default_rng(seed)
    graph: nx.Graph[int] = nx.DiGraph() if directed else nx.Graph()
    graph.add_edge(0, 1, w=-1.0)
    graph.add_nodes_from(range(nodes))
    for u in range(nodes):
        for v in range(nodes):
            if u != v and {u, v} != {0, 1} and random.random() < share:
                graph.add_edge(u, v, w=float(random.integers(-3, 4)) if whole else float(random.normal()))
    return graph


def divisions(nodes: int, *, most: int | None, fewest: int = 1) -> Iterator[tuple[int, ...]]:
    """Return every way of dividing nodes into blocks, numbered from 1 by first appearance."""
    grown: list[tuple[int, ...]] = [()]
    for _ in range(nodes):
        grown = [(*row, block) for row in grown for block in range(1, min(max(row, default=0) + 1, most or nodes) + 1)]
    return (row for row in grown if max(row) >= fewest)


def frustrated(graph: nx.Graph[Any], partition: Any, weight: str | None = None) -> float:
    """Return the weight of edges that stand against a partition, counted one by one."""
    values = [(partition[u] == partition[v], data[weight] if weight else data["sign"]) for u, v, data in graph.edges(data=True)]
    return sum(abs(value) for same, value in values if same == (value < 0))


def published(name: str) -> list[dict[str, str]]:
    """Return the rows of a file of the reference folder; skip, or on CI fail, where it is missing."""
    if not FOLDER.exists():
        reason = f"{FOLDER} is not here"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _signed(rows: list[dict[str, str]]) -> nx.Graph[str]:
    return ties(*((row["source"], row["target"], int(row["sign"])) for row in rows))


def tribes() -> nx.Graph[str]:
    """Return the Gahuku-Gama highland tribes (Read 1954)."""
    return _signed(published("tribes.csv"))


def senate(number: int) -> nx.Graph[str]:
    """Return the co-sponsorship of one Senate (Neal 2020)."""
    return _signed(published(f"senate_{number}.csv"))


@cache
def _windows() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in published("cow_signed_1946_1999.csv"):
        found.setdefault(row["window"], []).append(row)
    return found


def windows() -> dict[str, nx.Graph[str]]:
    """Return the windows of the Correlates of War (Doreian and Mrvar 2015), by name."""
    return {name: _signed(rows) for name, rows in _windows().items()}


def _weighted(name: str, graph: nx.Graph[str]) -> nx.Graph[str]:
    for row in published(name):
        graph.add_edge(row["source"], row["target"], weight=int(row["weight"]))
    return graph


def monastery(time: int) -> nx.Graph[str]:
    """Return Sampson's monastery at time 2, 3 or 4, directed and weighted."""
    return _weighted(f"sampson_T{time}.csv", nx.DiGraph())


def parties() -> nx.Graph[str]:
    """Return the Slovene parliamentary parties of 1994, weighted."""
    return _weighted("stranke94.csv", nx.Graph())
