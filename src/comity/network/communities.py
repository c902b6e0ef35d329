"""A signed graph becomes communities by the Leiden algorithm: a quick cross-check of the exact blocs, never the blocs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np

from comity.errors import InputError
from comity.network.cycles import Ties
from comity.network.moves import cost_of
from comity.network.signed import Signed, numbered, signed


@dataclass(frozen=True)
class Communities:
    """Communities: `partition`, node → community, numbered from 1 by first node; `value`, the weight of lines that they frustrate; `seed`."""

    partition: dict[Any, int]
    value: float
    seed: int


def signed_communities(graph: nx.Graph[Any] | Signed, *, seed: int = 0, weight: str | None = None) -> Communities:
    """Return communities that the Leiden algorithm finds on signed weights.

    The constant Potts model at resolution 0 gains by what positive weight it holds within and loses by negative
    (Traag and Bruggeman 2009, doi:10.1103/PhysRevE.80.036115; Traag, Waltman and van Eck 2019), which is to frustrate as
    little as possible with any number of blocks. Nothing is proven: `value` is never below
    `frustration_index(graph, blocks=None).value`, which is.

    Parameters: `graph`, `weight` and errors as in `signed`; `seed`, of the algorithm, 0 or more.
    """
    import igraph
    import leidenalg

    if not isinstance(seed, (int, np.integer)) or isinstance(seed, bool) or seed < 0:
        raise InputError(f"seed is {seed!r}; give a whole number of 0 or more")
    table = signed(graph, weight=weight)
    plain = igraph.Graph(n=len(table.nodes), edges=table.ends.tolist())
    found = leidenalg.find_partition(plain, leidenalg.CPMVertexPartition, weights=table.net.tolist(), resolution_parameter=0.0,
                                     n_iterations=-1, seed=int(seed))
    labels = numbered(found.membership)
    value = table.clash + cost_of(Ties(len(table.nodes), table.ends, table.net), np.array(labels))
    return Communities(dict(zip(table.nodes, labels, strict=True)), value, int(seed))
