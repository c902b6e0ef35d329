"""A signed graph becomes its frustration index: the least weight of ties that stand against a division into blocks."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from numbers import Real
from time import monotonic
from typing import Any

import networkx as nx

from comity.errors import InputError
from comity.network.cycles import Ties
from comity.network.divide import divide
from comity.network.signed import Signed, signed


@dataclass(frozen=True)
class FrustrationIndex:
    """The frustration index of a signed graph.

    Attributes: `value`, the weight of frustrated lines under `partition`; `proven`, whether no partition has less;
    `bound`, a weight below which no partition can come; `total`, the weight of all lines; `partition`, node → block,
    blocks numbered from 1 by their first node. Where several partitions are best, this is one of them.
    """

    value: float
    proven: bool
    bound: float
    total: float
    partition: dict[Any, int]

    @property
    def gap(self) -> float:
        """Return how far the bound lies below the value, as a share of the value: 0 where it is proven, 1 where nothing is known."""
        return 0.0 if self.proven else (self.value - self.bound) / self.value

    @property
    def balance(self) -> float:
        """Return F = 1 - 2 L / m (Aref and Wilson 2018): 1 balanced; 0 or more for two blocks."""
        return 1 - 2 * self.value / self.total


def frustration_index(graph: nx.Graph[Any] | Signed, *, blocks: int | None = 2, weight: str | None = None, time_limit: float = 60) -> FrustrationIndex:
    """Return the least weight of positive ties between and negative ties within blocks, over all partitions.

    Parameters: `graph`, `weight` and errors as in `signed`; `blocks`, the most blocks allowed, 2 or more, some of which
    may stay empty: 2 gives the line index of balance (Harary 1959), more the generalised balance of Davis (1967), and
    None any number, which is correlation clustering; `time_limit` in seconds for the whole graph.

    The answer is exact. Each biconnected component is solved for itself, as no cycle leaves it, by linear and integer
    programs on HiGHS over the cycles that forbid balance, the unbalanced triangles first: f_ij + f_jk + f_ik >= 1 (Aref
    and Wilson 2018; Aref, Mason and Wilson 2020). When the time is up, the best partition found is returned with
    `proven` false and its gap. Costs that differ by less than a millionth of the greatest weight count as equal.

    Raises `InputError` as `signed`, and for fewer than 2 blocks or a limit that is no positive number.

    References: F. Harary (1959), Behavioral Science 4(4). J. A. Davis (1967), Human Relations 20(2). P. Doreian and
    A. Mrvar (1996), Social Networks 18(2), doi:10.1016/0378-8733(95)00259-6. S. Aref and M. C. Wilson (2018), Journal of
    Complex Networks 6(2). S. Aref, A. J. Mason and M. C. Wilson (2020), Networks 75(1).
    """
    if blocks is not None and (not isinstance(blocks, int) or isinstance(blocks, bool) or blocks < 2):
        raise InputError(f"blocks is {blocks!r}; give a whole number of 2 or more, or None for any number")
    until = deadline(time_limit)
    table = signed(graph, weight=weight)
    found = divide(Ties(len(table.nodes), table.ends, table.net), blocks=blocks, until=until)
    partition = dict(zip(table.nodes, found.labels.tolist(), strict=True))
    value, bound = table.clash + found.cost, table.clash + found.bound
    return FrustrationIndex(value, found.cost == found.bound, bound, table.total, partition)


def deadline(time_limit: float) -> float:
    """Return the clock at which the time is up. Raises `InputError` for a limit that is no positive number."""
    if not isinstance(time_limit, Real) or isinstance(time_limit, bool) or isnan(time_limit) or time_limit <= 0:
        raise InputError(f"time_limit is {time_limit!r}; give a positive number of seconds")
    return monotonic() + float(time_limit)
