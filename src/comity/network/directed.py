"""A directed graph becomes its reciprocity and closure, set against graphs in which every actor keeps its in- and out-degree.

Adequacy, restrictions and recognitions have a direction: whether they are returned, and whether i → j → k comes with
i → k, tells exchange from hierarchy only beyond what the degrees give anyway.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import networkx as nx
import numpy as np

from comity.errors import InputError
from comity.network.matrix import Array

_PARTS = ("reciprocity", "closure")
_SWAPS = 5  # attempted swaps for each tie between two draws


@dataclass(frozen=True)
class Direction:
    """Reciprocity and closure of a directed graph.

    Attributes: `reciprocity`, the share of ties that are returned; `rho`, the same corrected for density, 1 if all
    are returned, 0 as in a random graph, negative if avoided, NaN in a complete graph; `closure`, the share of paths i → j → k that
    come with i → k, NaN without such a path; `mean`, `sd`, `z` and two-sided `p` of both under the null, by the names
    `reciprocity` and `closure`; `z` is NaN where the null does not vary; `draws` and `seed` of the null.
    """

    reciprocity: float
    rho: float
    closure: float
    mean: dict[str, float]
    sd: dict[str, float]
    z: dict[str, float]
    p: dict[str, float]
    draws: int
    seed: int


def directed(graph: nx.DiGraph[str], *, draws: int = 500, seed: int = 0) -> Direction:
    """Measure the reciprocity and closure of a directed graph; weights, parallel ties and loops do not count.

    ρ = (r - a) / (1 - a) with r the share of ties returned and the density a = L / (n (n - 1)) (Garlaschelli & Loffredo 2004).
    The null keeps every in- and out-degree exactly: ends of pairs of ties are swapped (igraph's `rewire`), five tries a tie between draws.
    Degrees kept on average only would not do: they vary once more in each draw, which raises closure even in a random graph.
    p = 2 min(P(draw ≥ seen), P(draw ≤ seen)), at most 1, each with one added to counts and draws. Where the measure is undefined, mean,
    sd, z and p are NaN. Raises `InputError` for an undirected graph, one without ties between two actors, or no draws.

    References: Garlaschelli & Loffredo, doi:10.1103/PhysRevLett.93.268701; Rao, Jana & Bandyopadhyay 1996 (swaps).
    """
    if not graph.is_directed():
        raise InputError("reciprocity and closure need a directed graph; give a DiGraph")
    nodes = sorted(graph, key=str)
    place = {node: k for k, node in enumerate(nodes)}
    seen = np.zeros((len(nodes), len(nodes)))
    for source, target in graph.edges():
        seen[place[source], place[target]] = float(source != target)
    if not seen.any() or draws < 1:
        raise InputError("no tie joins two actors, or no draw is asked for; choose a layer with ties and at least one draw")
    density = float(seen.sum()) / (len(nodes) * (len(nodes) - 1))
    values = dict(zip(_PARTS, _measured(seen), strict=True))
    rho = (values["reciprocity"] - density) / (1 - density) if density < 1 else float("nan")
    null = _null(seen, draws, seed)
    against = {part: _against(values[part], null[:, k]) for k, part in enumerate(_PARTS)}
    mean, sd, z, p = ({part: numbers[k] for part, numbers in against.items()} for k in range(4))
    return Direction(values["reciprocity"], rho, values["closure"], mean, sd, z, p, draws, seed)


def _measured(cells: Array) -> tuple[float, float]:
    """Return reciprocity and closure of an adjacency matrix without loops."""
    paths = cells @ cells
    np.fill_diagonal(paths, 0.0)
    total = float(paths.sum())
    return float((cells * cells.T).sum() / cells.sum()), float((paths * cells).sum()) / total if total else float("nan")


def _null(seen: Array, draws: int, seed: int) -> Array:
    """Return both measures of each draw (draws × 2)."""
    import igraph

    graph = igraph.Graph(n=len(seen), edges=np.argwhere(seen).tolist(), directed=True)
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311
    try:
        found = []
        for _ in range(draws):
            graph.rewire(n=_SWAPS * graph.ecount())
            cells = np.zeros_like(seen)
            cells[tuple(np.array(graph.get_edgelist()).T)] = 1.0
            found.append(_measured(cells))
    finally:
        igraph.set_random_number_generator(random)
    return np.array(found)


def _against(value: float, draws: Array) -> tuple[float, float, float, float]:
    """Return mean, standard deviation, z and two-sided p."""
    if np.isnan(value):
        return (float("nan"),) * 4
    mean, sd = float(draws.mean()), float(draws.std())
    upper, lower = ((1 + int(beyond.sum())) / (1 + len(draws)) for beyond in (draws >= value - 1e-12, draws <= value + 1e-12))
    return mean, sd, (value - mean) / sd if sd > 1e-12 else float("nan"), min(1.0, 2 * min(upper, lower))
