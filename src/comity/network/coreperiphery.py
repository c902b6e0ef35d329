"""A network becomes a core, whose ties reach everywhere, and a periphery without ties of its own.

Borgatti & Everett's (2000) discrete model, fitted by local search and held against networks that chance would give.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from comity.errors import InputError
from comity.network.adjacency import Adjacency, Node, Numbers, Places, adjacency
from comity.network.chance import seeded

Sides = NDArray[np.bool_]

if TYPE_CHECKING:
    from igraph import Graph as Igraph

NULLS: Final = ("degrees", "density")
#: fitness that differs by less is the same
CLOSE: Final = 1e-12


@dataclass(frozen=True)
class CorePeriphery:
    """A core and its fit.

    Attributes: `core` and `periphery`, in order; `fitness`, −1 to 1; `p`, share of the null's networks that fit as well,
    the observed one counted among them, None where none were drawn; `expected`, their mean fitness; `null`, `draws`, `seed`.
    """

    core: tuple[Node, ...]
    periphery: tuple[Node, ...]
    fitness: float
    p: float | None
    expected: float | None
    null: str
    draws: int
    seed: int


def core_periphery(graph: nx.Graph[Any], *, null: str = "degrees", draws: int = 200, restarts: int = 10, seed: int = 0) -> CorePeriphery:
    """Find the core that correlates best with the network (Borgatti & Everett 2000, doi:10.1016/S0378-8733(99)00019-2).

    Fitness is Pearson's correlation over the ordered pairs i ≠ j of a_ij (is there a tie?) and δ_ij = 1 if i or j is in
    the core: 1 for a star, whose core is the hub. The search starts from the best prefix of the nodes by degree, which is
    the whole optimum of the related error count (Lip 2011, arXiv:1102.5511), and from random cores; it moves and swaps
    single nodes while that helps. The best found is no proven optimum. Weights, signs and parallel ties do not count.

    Nulls, each network of which is searched in the same way: `degrees`, ties rewired so that each node keeps its degree
    (in and out, if directed); a core that the degrees alone force is then no finding, and a star has p = 1 (Kojaku & Masuda
    2018, doi:10.1088/1367-2630/aab547). `density`, as many ties at random (Boyd, Fitzgerald & Beck 2006); nearly every
    network with unequal degrees passes it. p = (1 + networks at least as fit) / (1 + draws).

    Parameters: `draws` from the null, 0 for none; `restarts` from random cores; `seed` of both.
    Raises `InputError` for fewer than three nodes, no ties or all possible ties, an unknown null or a negative number.
    """
    if null not in NULLS:
        raise InputError(f"unknown null {null}; use one of {', '.join(NULLS)}")
    if draws < 0 or restarts < 0:
        raise InputError(f"draws {draws} and restarts {restarts} cannot be negative")
    ties = adjacency(graph)
    table = ties.matrix().toarray()
    n = len(ties.nodes)
    if n < 3 or table.sum() == n * (n - 1):
        raise InputError(f"{n} nodes with {len(ties.source)} ties have no core and periphery; three nodes and a missing tie are needed")
    best, core = _search(table, np.random.default_rng(seed), restarts)
    found = _null(ties, null, draws, restarts, seed)
    groups = [tuple(node for node, inside in zip(ties.nodes, core, strict=True) if inside is side) for side in (True, False)]
    p = (1 + int((found >= best - CLOSE).sum())) / (1 + draws) if draws else None
    return CorePeriphery(groups[0], groups[1], best, p, float(found.mean()) if draws else None, null, draws, seed)


def _null(ties: Adjacency, null: str, draws: int, restarts: int, seed: int) -> Numbers:
    """Return the fitness of `draws` networks of the null."""
    import igraph

    graph = ties.igraph()
    chance = np.random.default_rng([seed, 1])
    found = np.zeros(draws)
    with seeded(seed):
        for draw in range(draws):
            if null == "degrees":
                graph.rewire()
                other = graph
            else:
                other = igraph.Graph.Erdos_Renyi(n=len(ties.nodes), m=len(ties.source), directed=ties.directed)
            found[draw] = _search(_table(other), chance, restarts)[0]
    return found


def _table(graph: Igraph) -> Numbers:
    table = np.zeros((graph.vcount(), graph.vcount()))
    source, target = np.array(graph.get_edgelist()).T
    table[source, target] = 1
    return table if graph.is_directed() else table + table.T


def _search(table: Numbers, chance: np.random.Generator, restarts: int) -> tuple[float, list[bool]]:
    """Return the best fitness found and who is in its core."""
    model = _Model(table)
    starts = [model.by_degree(), *(model.by_chance(chance) for _ in range(restarts))]
    best, core = -2.0, starts[0]
    for start in starts:
        fitness, climbed = model.climb(start)
        if fitness > best + CLOSE:
            best, core = fitness, climbed
    return best, [bool(inside) for inside in core]


class _Model:
    """The fit of cores to one network.

    `both` holds the ties either way; a core of k nodes leaves `inner` ties among the others, which decide its fitness.
    """

    def __init__(self, table: Numbers) -> None:
        self.n = len(table)
        self.both = table + table.T
        self.ties = table.sum()
        self.pairs = self.n * (self.n - 1)
        left = self.n - np.arange(self.n + 1)
        self.ideal = self.pairs - left * (left - 1)
        # Without a pair in the periphery, or without a core, there is nothing to correlate.
        possible = (self.ideal > 0) & (self.ideal < self.pairs)
        variance = self.ties * (self.pairs - self.ties) * self.ideal * (self.pairs - self.ideal)
        self.scale = np.where(possible, 1 / np.sqrt(np.where(possible, variance, 1)), 0)
        self.bar = np.where(possible, 0, -2)

    def fitness(self, size: int | Places, inner: float | Numbers) -> Numbers:
        """Return the correlation of cores of `size` that leave `inner` ties outside; −2 where it is not defined."""
        value: Numbers = ((self.ties - inner) * self.pairs - self.ties * self.ideal[size]) * self.scale[size] + self.bar[size]
        return value

    def by_degree(self) -> Sides:
        order = np.argsort(-self.both.sum(axis=1), kind="stable")
        later = np.triu(self.both[np.ix_(order, order)]).sum(axis=1)
        inner = np.append(np.cumsum(later[::-1])[::-1], 0.0)
        core = np.zeros(self.n, dtype=bool)
        core[order[:int(np.argmax(self.fitness(np.arange(self.n + 1), inner)))]] = True
        return core

    def by_chance(self, chance: np.random.Generator) -> Sides:
        core = np.zeros(self.n, dtype=bool)
        core[chance.permutation(self.n)[:chance.integers(1, self.n - 1)]] = True
        return core

    def climb(self, core: Sides) -> tuple[float, Sides]:
        """Move one node or swap two, always the best, until nothing helps."""
        core = core.copy()
        outside = self.both @ ~core
        while True:
            inner = float(outside[~core].sum()) / 2
            now = float(self.fitness(int(core.sum()), inner))
            change = self._move(core, outside, inner, now) or self._swap(core, outside, inner, now)
            if not change:
                return now, core
            for place in change:
                outside += self.both[place] if core[place] else -self.both[place]
                core[place] = not core[place]

    def _move(self, core: Sides, outside: Numbers, inner: float, now: float) -> list[int]:
        after = self.fitness(core.sum() + np.where(core, -1, 1), inner + np.where(core, outside, -outside))
        best = int(np.argmax(after))
        return [best] if after[best] > now + CLOSE else []

    def _swap(self, core: Sides, outside: Numbers, inner: float, now: float) -> list[int]:
        ins, outs = np.flatnonzero(core), np.flatnonzero(~core)
        change = outside[ins][:, None] - outside[outs][None, :] - self.both[np.ix_(ins, outs)]
        i, j = divmod(int(np.argmin(change)), len(outs))
        better = self.fitness(len(ins), inner + float(change[i, j])) > now + CLOSE
        return [int(ins[i]), int(outs[j])] if better else []
