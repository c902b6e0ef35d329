"""A signed graph becomes its share of balanced triangles and of balanced closed walks: two degrees of balance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from comity.network.cycles import Ties, triangles
from comity.network.moves import matrix
from comity.network.signed import Signed, signed


@dataclass(frozen=True)
class TriangleBalance:
    """The balance of triangles.

    Attributes: `value`, the share that is balanced, None where there is no triangle; `balanced` and `triangles`, how many
    there are, or with weights their summed intensity.
    """

    value: float | None
    balanced: float
    triangles: float


@dataclass(frozen=True)
class WalkBalance:
    """The balance of closed walks: `value`, 1 for a balanced graph and less, but above 0, for any other."""

    value: float


def triangle_balance(graph: nx.Graph[Any] | Signed, *, weight: str | None = None) -> TriangleBalance:
    """Return the share of triangles with an even number of negative ties (Cartwright and Harary 1956).

    `graph`, `weight` and errors as in `signed`; opposite arcs are one tie, of the sign of their sum. With `weight` each
    triangle counts as much as its intensity, the cube root of the product of its weights (Onnela et al. 2005,
    doi:10.1103/PhysRevE.71.065103). A graph without triangles has no share: `value` is None, not 1.
    """
    table = signed(graph, weight=weight)
    found = triangles(Ties(len(table.nodes), table.ends, table.net))
    size = intensities(table, found)
    total, balanced = float(size.sum()), float(size[table.signs[found].prod(axis=1) > 0].sum())
    return TriangleBalance(balanced / total if len(found) else None, balanced, total)


def intensities(table: Signed, found: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return (t,) what each triangle counts, rows of `found` being the numbers of its ties: 1, or its intensity."""
    return np.exp(np.log(np.abs(table.net[found])).mean(axis=1)) if table.weighted else np.ones(len(found))


def walk_balance(graph: nx.Graph[Any] | Signed, *, weight: str | None = None) -> WalkBalance:
    """Return tr exp(A) / tr exp(|A|), the balance of all closed walks, a walk of length l counting 1/l!.

    A is the (n, n) matrix of signs, or of weights where `weight` is named; see `signed` for `graph` and errors. 1 if and
    only if the graph is balanced (Estrada and Benzi 2014, doi:10.1103/PhysRevE.90.042802). The greatest eigenvalue is
    taken out of both traces, so that heavy weights do not overflow.
    """
    table = signed(graph, weight=weight)
    net = table.net if table.weighted else table.signs
    walks = matrix(Ties(len(table.nodes), table.ends, net))
    every = np.linalg.eigvalsh(np.abs(walks))
    share = np.exp(np.linalg.eigvalsh(walks) - every[-1]).sum() / np.exp(every - every[-1]).sum()
    return WalkBalance(min(1.0, float(share)))
