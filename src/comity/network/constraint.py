"""A network becomes the structural holes of its nodes: how much the contacts of each hold it in.

igraph computes the constraint. It has no effective size, and networkx 3.6 gives two for one weighted or directed graph, with
and without `nodes`; so the formula is written out here as a product of matrices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np

from comity.network.adjacency import Adjacency, Node, Numbers, adjacency


@dataclass(frozen=True)
class StructuralHoles:
    """Burt's measures: node → value, None for a node without ties.

    Attributes: `constraint`; `effective_size`, contacts less their redundancy; `efficiency`, effective size per contact.
    """

    constraint: dict[Node, float | None]
    effective_size: dict[Node, float | None]
    efficiency: dict[Node, float | None]


def constraint(graph: nx.Graph[Any], *, weight: str | None = None) -> StructuralHoles:
    """Measure the structural holes around each node (Burt 1992, Structural Holes, ch. 2).

    With a_ij the weight from i to j, p_ij = (a_ij + a_ji) / Σ_k (a_ik + a_ki) the share of i's ties that j takes and
    m_jq = (a_jq + a_qj) / max_k (a_jk + a_kj): constraint c_i = Σ_j (p_ij + Σ_q p_iq p_qj)² over the contacts j of i,
    and effective size e_i = Σ_j (1 − Σ_q p_iq m_jq). Without weights and directions e_i = n − 2t/n for n contacts with t ties among them
    (Borgatti 1997). Constraint is 1 for a single contact, may exceed 1 in small dense graphs, and falls towards 0
    with many contacts that do not know each other.

    Parameters: any networkx graph, opposite and parallel ties added; `weight`, edge attribute of positive weights, or None
    to count ties. Raises `InputError` for a graph without ties or a weight that is not positive.
    """
    ties = adjacency(graph, weight=weight).flat()
    constrained = np.array(ties.igraph().constraint(weights="weight"))
    degree = np.bincount(np.concatenate((ties.source, ties.target)), minlength=len(ties.nodes))
    size = degree - _redundancy(ties)
    with np.errstate(invalid="ignore"):
        efficiency = size / degree
    return StructuralHoles(*({node: float(value) if contacts else None for node, value, contacts in zip(ties.nodes, values, degree, strict=True)}
                             for values in (constrained, size, efficiency)))


def _redundancy(ties: Adjacency) -> Numbers:
    """Return Σ_j Σ_q p_iq m_jq over the contacts j of each node i."""
    from scipy.sparse import diags_array

    matrix = ties.matrix()
    sums, largest = matrix.sum(axis=1), matrix.max(axis=1).toarray().ravel()
    by_sum, by_largest = (diags_array(np.divide(1, x, out=np.zeros_like(x), where=x > 0)) @ matrix for x in (sums, largest))
    contacts = (matrix > 0).astype(np.float64)
    shared: Numbers = np.asarray(contacts.multiply(by_sum @ by_largest.T).sum(axis=1)).ravel()
    return shared
