"""A multigraph of layers becomes how evenly each node spreads its ties over them.

Battiston, Nicosia & Latora (2014, doi:10.1103/PhysRevE.89.032804); a layer is a key of the multigraph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np

from comity.errors import InputError
from comity.network.adjacency import Node, ordered


@dataclass(frozen=True)
class Participation:
    """Participation of the nodes across layers.

    Attributes: `layers`, sorted; `degree`, node → layer → number of partners; `overlap`, node → sum over the layers;
    `z`, the overlap in standard deviations from its mean, None if all are equal; `coefficient`, 0 (one layer) to 1 (all
    layers alike), None for a node without ties.
    """

    layers: tuple[str, ...]
    degree: dict[Node, dict[str, int]]
    overlap: dict[Node, int]
    z: dict[Node, float | None]
    coefficient: dict[Node, float | None]


def participation(graph: nx.MultiGraph[Any], *, layers: tuple[str, ...] | None = None) -> Participation:
    """Return the multiplex participation coefficient and the overlapping degree of each node.

    With k_il the number of partners of i in layer l of M and o_i = Σ_l k_il: P_i = M/(M−1) · [1 − Σ_l (k_il/o_i)²] and
    z_i = (o_i − mean o)/σ_o (σ of the population). A partner counts once in a layer, whichever way and however often tied;
    weights and signs do not count. Rule of thumb of the paper: focused up to 1/3, mixed up to 2/3, multiplex above;
    hubs from z = 2.

    Parameters: `graph`, a MultiGraph or MultiDiGraph keyed by layer (`Graph.network` returns one); `layers`, the layers
    counted, those with a tie by default: a layer without ties lowers every coefficient, which is right if it was asked for.
    Raises `InputError` for a graph without keys, without ties, or with fewer than two layers.
    """
    if not graph.is_multigraph():
        raise InputError("participation needs a multigraph whose edges are keyed by layer; hand in MultiGraph or MultiDiGraph")
    nodes = ordered(graph)
    partners: dict[str, dict[Node, set[Node]]] = {layer: {} for layer in layers or ()}
    for u, v, key in graph.edges(keys=True):
        if u != v and (layers is None or str(key) in partners):
            at = partners.setdefault(str(key), {})
            at.setdefault(u, set()).add(v)
            at.setdefault(v, set()).add(u)
    names = tuple(sorted(partners))
    if len(names) < 2:
        raise InputError(f"participation compares layers and there is {len(names)} ({', '.join(names) or 'none'}); hand in a graph of two or more")
    counts = np.array([[len(partners[layer].get(node, ())) for layer in names] for node in nodes], dtype=np.int64)
    return _result(nodes, names, counts)


def _result(nodes: list[Node], names: tuple[str, ...], counts: np.ndarray[Any, np.dtype[np.int64]]) -> Participation:
    overlap = counts.sum(axis=1)
    if not overlap.any():
        raise InputError(f"no tie stands in the layers {', '.join(names)}; choose others")
    spread, mean, among = float(overlap.std()), float(overlap.mean()), len(names)
    coefficient = {node: among / (among - 1) * (1 - float(((row / total) ** 2).sum())) if total else None
                   for node, row, total in zip(nodes, counts, overlap, strict=True)}
    return Participation(
        names, {node: dict(zip(names, row.tolist(), strict=True)) for node, row in zip(nodes, counts, strict=True)},
        dict(zip(nodes, overlap.tolist(), strict=True)),
        {node: (float(total) - mean) / spread if spread else None for node, total in zip(nodes, overlap, strict=True)}, coefficient)
