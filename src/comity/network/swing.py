"""A signed graph becomes, for each node, how firmly it belongs to its bloc: what it costs to force it into another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from comity.errors import InputError
from comity.network.blocks import structural
from comity.network.cycles import Ties
from comity.network.divide import divide, within
from comity.network.frustration import deadline, frustration_index
from comity.network.moves import TOLERANCE, cost_of, matrix, slack
from comity.network.search import Limits, Task, search
from comity.network.signed import Signed, signed


@dataclass(frozen=True)
class Swing:
    """How firmly each node belongs to its bloc in `partition`, node → bloc, an optimal one.

    Attributes: `value`, the frustration index; `increase`, node → the least that the index grows when the node is forced
    into any other bloc; `shares`, node → bloc → share of the optimal partitions in which it stands there; `entropy`,
    node → the entropy of those shares in bits; `proven`, whether every increase is exact (else it is the least found);
    `complete`, whether the shares rest on all optimal partitions.
    """

    value: float
    partition: dict[Any, int]
    increase: dict[Any, float]
    shares: dict[Any, dict[int, float]]
    entropy: dict[Any, float]
    proven: bool
    complete: bool


class _Part(NamedTuple):
    """One connected component: its ties, its labels from 0, its anchors for each label, strongest first, and the blocks allowed."""

    ties: Ties
    labels: NDArray[np.int64]
    anchors: list[list[int]]
    blocks: int


def swing(graph: nx.Graph[Any] | Signed, partition: Mapping[Any, int] | None = None, *, blocks: int = 2, weight: str | None = None,
          time_limit: float = 60, limit: int = 1000) -> Swing:
    """Return what it costs to force each node into another bloc, and where the optimal partitions put it.

    Parameters: `graph`, `weight`, `time_limit` and errors as in `frustration_index`; `partition`, an optimal one whose
    blocs are meant, by default the one that `frustration_index` returns; `blocks`, 2 or more, the most blocs allowed;
    `limit`, the most optimal partitions counted in a component.

    Blocs are alike but for their members, so each is known by its anchor, the member whose ties agree most with the
    partition (for the anchor itself, the next member); anchors of one component stay apart. A node is forced into a bloc
    by a tie to its anchor that cannot be frustrated, everyone else being free to move; where fewer blocs than `blocks`
    stand in its component, also into an empty one. In each component the optimal partitions are counted that leave the anchors where they are. A node
    without ties stands everywhere: increase 0, entropy log2(blocks). Increases below a millionth of all weight count as 0.

    Raises `InputError` as `frustration_index`, and for a partition that leaves a node out or is not optimal.
    """
    until = deadline(time_limit)
    table = signed(graph, weight=weight)
    if blocks is None:
        raise InputError("blocks is None; give the most blocs allowed, 2 or more")
    index = frustration_index(table, blocks=blocks, time_limit=time_limit)
    ties = Ties(len(table.nodes), table.ends, table.net)
    labels = _labels(table, index.partition if partition is None else partition, blocks)
    if cost_of(ties, labels) > index.value - table.clash + slack(ties):
        raise InputError(f"the partition frustrates {cost_of(ties, labels) + table.clash:g}, the best {index.value:g}; give an optimal one or none")
    increase, shares = np.zeros(ties.n), np.full((ties.n, blocks), 1 / blocks)
    proven, complete = index.proven, True
    for members in _components(ties):
        part = _part(within(ties, members), labels[members], blocks)
        increase[members], exact = _increases(part, until)
        shares[members], every = _shares(part, increase[members] <= TOLERANCE * table.total, Limits(0, limit, until, slack(ties)))
        proven, complete = proven and exact, complete and exact and every
    named = {node: {block + 1: float(share) for block, share in enumerate(row) if share} for node, row in zip(table.nodes, shares, strict=True)}
    return Swing(index.value, dict(zip(table.nodes, (labels + 1).tolist(), strict=True)), dict(zip(table.nodes, increase.tolist(), strict=True)), named,
                 {node: sum(-share * log2(share) for share in row.values()) + 0.0 for node, row in named.items()}, proven, complete)


def _labels(table: Signed, partition: Mapping[Any, int], blocks: int) -> NDArray[np.int64]:
    wrong = [node for node in table.nodes if partition.get(node) not in range(1, blocks + 1)]
    if wrong:
        raise InputError(f"{wrong[0]} has bloc {partition.get(wrong[0])!r}; give each node a bloc from 1 to {blocks}")
    return np.array([partition[node] - 1 for node in table.nodes], dtype=np.int64)


def _components(ties: Ties) -> list[NDArray[np.int64]]:
    """Return the sorted members of each component of two nodes or more."""
    graph = coo_array((np.ones(len(ties.net)), (ties.ends[:, 0], ties.ends[:, 1])), shape=(ties.n, ties.n))
    part = connected_components(graph, directed=False)[1]
    return [members for number in range(int(part.max()) + 1) if len(members := np.flatnonzero(part == number)) > 1]


def _part(ties: Ties, labels: NDArray[np.int64], blocks: int) -> _Part:
    together = labels[:, None] == labels[None, :]
    agreement = np.where(together, 1, -1) * matrix(ties)
    strength = np.maximum(agreement, 0).sum(axis=1)
    order = np.argsort(-strength, kind="stable")
    return _Part(ties, labels, [[int(i) for i in order if labels[i] == block] for block in range(blocks)], blocks)


def _increases(part: _Part, until: float) -> tuple[NDArray[np.float64], bool]:
    """Return (n,) the least increase for each node, and whether all are exact."""
    base = cost_of(part.ties, part.labels)
    found, exact = np.zeros(part.ties.n), True
    empty = [block for block, members in enumerate(part.anchors) if not members][:1]
    for node, own in enumerate(part.labels.tolist()):
        anchors = {block: next((i for i in members if i != node), None) for block, members in enumerate(part.anchors)}
        standing = {block: anchor for block, anchor in anchors.items() if anchor is not None}
        forced = [_forced(part, standing, node, block, until) for block in [*standing, *empty] if block != own]
        lowest = min((cost for cost, _ in forced), default=base)
        found[node] = max(0.0, lowest - base)
        exact = exact and all(bound >= lowest - slack(part.ties) for _, bound in forced)
    return found, exact


def _forced(part: _Part, standing: dict[int, int], node: int, block: int, until: float) -> tuple[float, float]:
    """Return cost and bound when `node` goes to the anchor of `block`, or away from every anchor where it is empty; anchors stay apart."""
    weights = matrix(part.ties)
    heavy = float(np.abs(part.ties.net).sum()) + 1
    anchors = list(standing.values())
    bonds = [(a, b, -heavy) for at, a in enumerate(anchors) for b in anchors[:at]]
    bonds += [(node, standing[block], heavy)] if block in standing else [(node, a, -heavy) for a in anchors]
    broken = 0.0
    for a, b, weight in bonds:  # a tie that the bond contradicts is frustrated for good
        broken += max(0.0, -weights[a, b] * np.sign(weight))
        weights[a, b] = weights[b, a] = weight
    ends = np.argwhere(np.triu(weights, 1))
    found = divide(Ties(part.ties.n, ends, weights[tuple(ends.T)]), blocks=part.blocks, until=until)
    return found.cost + broken, found.bound + broken


def _shares(part: _Part, loose: NDArray[np.bool_], limits: Limits) -> tuple[NDArray[np.float64], bool]:
    """Return (n, blocks) the share of optimal partitions in which each node stands in each bloc, and whether these are all.

    Nodes that are not loose stand where they are in every one, so each bloc of them counts as one node.
    """
    standing = [block for block, members in enumerate(part.anchors) if members]
    firm = ~loose
    firm[[part.anchors[block][0] for block in standing]] = True
    movers = np.flatnonzero(~firm)
    place = np.zeros(part.ties.n, dtype=np.int64)
    place[firm] = np.searchsorted(standing, part.labels[firm])
    place[movers] = len(standing) + np.arange(len(movers))
    group = np.eye(len(standing) + len(movers))[place]
    weights = group.T @ matrix(part.ties) @ group / 2
    among = np.arange(len(standing))
    weights[np.ix_(among, among)] = 0
    heavy = float(np.abs(part.ties.net).sum()) + 1
    minus = np.maximum(-weights, 0)
    minus[np.ix_(among, among)] = heavy * (1 - np.eye(len(among)))
    task = Task(np.maximum(weights, 0), minus, 2 * np.eye(part.blocks, dtype=np.int64) - 1, directed=False)
    rest, _ = structural(task, part.blocks, limits.until)
    optima = search(task, rest, np.concatenate([among, np.searchsorted(standing, part.labels[movers])]), limits)
    names = np.array([*standing, *(block for block in range(part.blocks) if block not in standing)])
    rows = names[np.array(list(optima.found))]
    shares = (rows[:, :, None] == np.arange(part.blocks)).mean(axis=0)
    return shares[place], optima.finished and not optima.overfull
