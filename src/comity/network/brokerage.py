"""A network and a partition become the five brokerage roles that each node plays between groups.

Gould & Fernandez (1989) count open two-paths by the groups of their ends; what chance would give is computed exactly here,
from one count of pairs of two-paths that serves every null.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from comity.errors import InputError
from comity.network.adjacency import Adjacency, Node, Places, adjacency

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Whole = NDArray[np.int64]
ROLES: Final = ("coordinator", "itinerant", "gatekeeper", "representative", "liaison", "total")
NULLS: Final = ("density", "labels")


@dataclass(frozen=True)
class Brokerage:
    """Roles of the nodes: node → role → number, the roles being those of `ROLES`.

    Attributes: `count` of open two-paths; `expected` and `sd`, mean and standard deviation under the null; `z`, the
    difference in standard deviations, None where the null leaves no room to vary; `null`; `density` of the network.
    """

    count: dict[Node, dict[str, int]]
    expected: dict[Node, dict[str, float]]
    sd: dict[Node, dict[str, float]]
    z: dict[Node, dict[str, float | None]]
    null: str
    density: float


def brokerage(graph: nx.Graph[Any], partition: Mapping[Any, Hashable], *, null: str = "density") -> Brokerage:
    """Count the brokerage roles of Gould & Fernandez (1989, Sociological Methodology 19: 89-126).

    A node v is a broker for the ordered pair (a, b) if a → v → b stand and a → b does not. By groups of a, v and b:
    coordinator A → A → A; itinerant (consultant) A → B → A; gatekeeper A → B → B; representative A → A → B; liaison
    A → B → C; `total`, all five. Weights, signs, parallel ties and ties to oneself do not count.

    A tie without direction runs both ways, as in `sna` of R: each open pair counts twice, and a gatekeeper is as much a
    representative. The moments are those of the undirected null, in which the two directions are one.

    Nulls, with exact means and variances: `density`, the original one: each tie stands with the probability d = density,
    so E = P·d²(1−d) over P ordered pairs of the role, and pairs of two-paths that share a tie have the covariance
    d³(1−d)³; it takes a node of many ties for a broker in every role. `labels`: the network and the broker's own group stay, the groups of
    the others are dealt out again (moments of Mantel 1967), which asks for the role apart from the number of ties; the
    total cannot vary then. z is approximately normal at best (see the paper).

    Parameters: `graph`, any networkx graph; `partition`, node → group, of all nodes and no others, in two groups or more;
    `null`. Raises `InputError` for another partition or null, and for a graph without ties.
    """
    if null not in NULLS:
        raise InputError(f"unknown null {null}; use one of {', '.join(NULLS)}")
    ties = adjacency(graph)
    named = checked(partition, ties.nodes)
    place = {name: index for index, name in enumerate(dict.fromkeys(named))}
    groups = np.array([place[name] for name in named])
    n = len(ties.nodes)
    density = len(ties.source) / (n * (n - 1) / (1 if ties.directed else 2))
    matrix = ties.matrix()
    incoming = matrix.T.tocsr()
    shapes = [_shapes(np.bincount(groups, minlength=len(place)), own) for own in range(len(place))]
    rows = []
    for v in range(n):
        around = _around(matrix, incoming, v)
        roles = shapes[groups[v]]
        moments = [_by_density(roles[r], density, ties) if null == "density" else _by_labels(roles[r], around.shape, n - 1) for r in ROLES]
        rows.append((_count(around, groups, v), moments))
    return _result(ties.nodes, rows, null, density)


def checked(partition: Mapping[Any, Hashable], nodes: tuple[Node, ...]) -> list[Hashable]:
    """Return the group of each node. Raises `InputError` unless the partition fits."""
    missing = [node for node in nodes if node not in partition]
    if missing:
        raise InputError(f"the partition has no group for {missing[0]} ({len(missing)} of {len(nodes)} nodes); give each node one")
    unknown = sorted(str(node) for node in partition.keys() - set(nodes))
    if unknown:
        raise InputError(f"the partition names {unknown[0]}, which is no node of the graph; leave it out")
    groups = [partition[node] for node in nodes]
    if len(set(groups)) < 2:
        raise InputError(f"all nodes are in one group, {groups[0]}; roles between groups need two or more")
    return groups


class _Shape(NamedTuple):
    """How many arcs a small digraph has, and how many ordered pairs of its arcs meet in which way."""

    arcs: int
    back: int  # i→j and j→i
    fork: int  # i→j and i→k
    join: int  # i→j and k→j
    chain: int  # i→j and j→k, or k→i

    @property
    def apart(self) -> int:
        """Return how many ordered pairs of different arcs share no node."""
        return self.arcs**2 - sum(self)


class _Around(NamedTuple):
    """The open two-paths through a node: `sources` and `targets` by place, `open` their table of 0 and 1, and its shape."""

    sources: Places
    targets: Places
    open: Whole
    shape: _Shape


def _around(matrix: csr_array, incoming: csr_array, v: int) -> _Around:
    sources, targets = (np.sort(m.indices[m.indptr[v]:m.indptr[v + 1]]) for m in (incoming, matrix))
    table = 1 - matrix[sources][:, targets].toarray().astype(np.int64)
    table[sources[:, None] == targets[None, :]] = 0
    _, a, b = np.intersect1d(sources, targets, assume_unique=True, return_indices=True)
    out, into = table.sum(axis=1), table.sum(axis=0)
    back = int((table[a][:, b] * table[a][:, b].T).sum())
    shape = _Shape(int(out.sum()), back, int((out * (out - 1)).sum()), int((into * (into - 1)).sum()), 2 * (int((out[a] * into[b]).sum()) - back))
    return _Around(sources, targets, table, shape)


def _count(around: _Around, groups: Whole, v: int) -> dict[str, int]:
    plays = _plays(groups[around.sources][:, None], groups[around.targets][None, :], int(groups[v]))
    return {role: int(around.open[mask].sum()) for role, mask in plays.items()}


def _plays(start: Whole, end: Whole, own: int) -> dict[str, NDArray[np.bool_]]:
    """Say of each role which paths from groups `start` to groups `end` through a node of group `own` are of it."""
    home, back, same = start == own, end == own, start == end
    return {"coordinator": home & back, "itinerant": ~home & same, "gatekeeper": ~home & back, "representative": home & ~back,
            "liaison": ~home & ~back & ~same, "total": np.ones_like(same)}


def _shapes(sizes: Whole, own: int) -> dict[str, _Shape]:
    """Return the digraph of all pairs that a broker of group `own` can stand between in each role; `sizes` of the groups."""
    others = sizes.copy()
    others[own] -= 1
    group = np.arange(len(sizes))
    return {role: _shape(mask.astype(np.int64), others) for role, mask in _plays(group[:, None], group[None, :], own).items()}


def _shape(joined: Whole, sizes: Whole) -> _Shape:
    """Return the shape of the digraph in which groups of `sizes` send an arc from each member to each other one where `joined` is 1."""
    itself = np.diag(joined)
    # A group of no members has no member that could lack the arc to itself.
    out, into = (np.where(sizes > 0, m @ sizes - itself, 0) for m in (joined, joined.T))
    both = joined * joined.T
    back = int(sizes @ both @ sizes - (np.diag(both) * sizes).sum())
    fork, join = (int((sizes * d * (d - 1)).sum()) for d in (out, into))
    return _Shape(int((sizes * out).sum()), back, fork, join, 2 * (int((sizes * out * into).sum()) - back))


def _by_density(role: _Shape, density: float, ties: Adjacency) -> tuple[float, float]:
    """Return mean and variance where each tie stands with the probability `density`."""
    d, p = density, density**2 * (1 - density)
    same, sharing = role.arcs, role.fork + role.join
    if not ties.directed:
        # a–v–b and b–v–a are one event, and arcs that meet anyhow share a tie.
        same, sharing = same + role.back, sharing + role.chain
    return role.arcs * p, same * p * (1 - p) + sharing * (d * (1 - d)) ** 3


def _by_labels(role: _Shape, around: _Shape, others: int) -> tuple[float, float]:
    """Return mean and variance where the groups of the `others` are dealt out again (Mantel 1967), in whole numbers."""
    tuples = [others]
    for less in (1, 2, 3):
        tuples.append(tuples[-1] * max(others - less, 0))
    _, two, three, four = tuples
    products = ((around.arcs * role.arcs + around.back * role.back, two), (around.fork * role.fork + around.join * role.join, three),
                (Fraction(around.chain * role.chain, 2), three), (around.apart * role.apart, four))
    square = sum((Fraction(product) / among for product, among in products if among), Fraction())
    mean = Fraction(around.arcs * role.arcs, two) if two else Fraction()
    return float(mean), float(square - mean**2)


def _result(nodes: tuple[Node, ...], rows: list[tuple[dict[str, int], list[tuple[float, float]]]], null: str, density: float) -> Brokerage:
    count, expected, sd, z = {}, {}, {}, {}
    for node, (counts, moments) in zip(nodes, rows, strict=True):
        count[node] = counts
        expected[node] = {role: mean for role, (mean, _) in zip(ROLES, moments, strict=True)}
        sd[node] = {role: sqrt(variance) for role, (_, variance) in zip(ROLES, moments, strict=True)}
        z[node] = {role: (counts[role] - expected[node][role]) / sd[node][role] if sd[node][role] else None for role in ROLES}
    return Brokerage(count, expected, sd, z, null, density)
