"""Scores become a signed network: who stands together, who stands against whom, and who does both at once."""

from __future__ import annotations

from collections import defaultdict

import networkx as nx
import numpy as np

from comity.network.commitments import Commitments
from comity.network.intervals import Intervals
from comity.network.matrix import Array
from comity.network.project import Reader
from comity.network.records import Record
from comity.network.world import LEAST, World

#: from which lower bound of rivalry on a tie is negative, swept in the tables of the methods page
TAU = 0.5
#: up to which rate of false discoveries a pair shares more than chance gives
ALPHA = 0.05


def signed_network(world: World, ends: Intervals, *, tau: float = TAU, alpha: float = ALPHA) -> nx.Graph[str]:
    """Return the signed network of a world: one edge a pair with `sign`, `weight`, `A`, `R` and `why`.

    An edge is positive where two actors share more than chance gives (q of the upper tail below `alpha`) or are tied directly
    and hard (a treaty of the two alone, or a recognition in full); negative where the lower end of the interval of R passes
    `tau` in both directions, and three instruments or more, of one or the other, are aimed at the pair. Pairs that are both
    have no edge and are listed in the graph attribute `mixed` as pairs of ids; all others are neutral or unknown. Every actor
    is a node.
    """
    scores, actors = world.scores(), world.index.actors
    shares = world.commitments.q_upper < alpha
    tied = tied_hard(world)
    against = rivals(world, ends, tau=tau)
    graph: nx.Graph[str] = nx.Graph(as_of=world.at.as_of, known_on=world.at.known_on, tau=tau, alpha=alpha, draws=ends.draws, seed=ends.seed)
    graph.add_nodes_from((a, world.names.get(a, {})) for a in actors)
    mixed = []
    for i, j in zip(*np.triu_indices(len(actors), 1), strict=True):
        binds, divides = bool(shares[i, j] or tied[i, j]), bool(against[i, j])
        if binds and divides:
            mixed.append((actors[i], actors[j]))
        elif binds or divides:
            rivalry = float(min(scores["R"][i, j], scores["R"][j, i]))
            why = "rivalry" if divides else "shares" if shares[i, j] else "tie"
            graph.add_edge(actors[i], actors[j], sign=1 if binds else -1, weight=1.0, A=float(scores["A"][i, j]), R=rivalry, why=why)
    graph.graph["mixed"] = tuple(mixed)
    return graph


def divided(tied: nx.Graph[str]) -> dict[str, int]:
    """Return the bloc of each actor that the signed network `tied` ties, by the exact frustration index into two; empty without ties."""
    from comity.network.frustration import frustration_index

    held = tied.subgraph(sorted(name for name in tied if tied.degree(name)))
    return frustration_index(held).partition if held.number_of_edges() else {}


def rivals(world: World, ends: Intervals, *, tau: float = TAU) -> Array:
    """Return which pairs are rivals (n × n, symmetric): R surely above `tau` both ways, and `LEAST` instruments aimed at the pair."""
    low = np.minimum(ends.low["R"], ends.low["R"].T)
    return np.asarray((low > tau) & (world.instruments["aimed"] >= LEAST))


def tied_hard(world: World) -> Array:
    """Return whether two actors are tied by a hard treaty of the two alone, or one recognises the other in full (n × n)."""
    ties = world.ties
    alone = (ties.held.sum(axis=0) == 2) & (ties.weights >= 1)
    tied = (ties.held[:, alone] @ ties.held[:, alone].T) > 0
    for source, target, weight, _ in ties.grants:
        if weight >= 1:
            tied[int(source), int(target)] = tied[int(target), int(source)] = True
    np.fill_diagonal(tied, False)
    return np.asarray(tied)


def multiplex(reader: Reader, *, chosen: tuple[str, ...] | None = None, alpha: float = ALPHA, tau: float = TAU) -> nx.MultiGraph[str]:
    """Return the signed edges of the layers called `chosen`, all by default.

    Positive where two share more of a two-mode layer than chance gives, or something hard that they hold alone, or where one
    recognises the other; negative where the acts of a dividing layer between two, in either direction, come to 1 - exp(-Σ w)
    above `tau`. Edges are keyed by layer, with `layer`, `sign` and `weight`.
    """
    graph: nx.MultiGraph[str] = nx.MultiGraph(as_of=reader.at.as_of, known_on=reader.at.known_on)
    for layer in reader.joining(chosen):
        records = reader.records(layer.name)
        edges = _shared(records, alpha) if layer.mode == "two-mode" else _done(records, tau if layer.sign < 0 else 0.0)
        for a, b in sorted(edges):
            graph.add_edge(a, b, key=layer.name, layer=layer.name, sign=layer.sign, weight=1.0)
    return graph


def _done(records: list[Record], tau: float) -> set[tuple[str, str]]:
    """Return the pairs whose acts in either direction come to more than `tau`."""
    total: dict[tuple[str, str], float] = defaultdict(float)
    for record in records:
        total[min(record.source, record.target), max(record.source, record.target)] += record.weight
    return {pair for pair, weight in total.items() if 1 - np.exp(-weight) > tau}


def _shared(records: list[Record], alpha: float) -> set[tuple[str, str]]:
    """Return the pairs that share more than chance gives, or a hard thing alone."""
    holders: dict[str, set[str]] = defaultdict(set)
    for record in records:
        holders[record.topic].add(record.source)
    hard = {r.topic for r in records if r.weight >= 1}
    alone = {(min(who), max(who)) for thing, who in holders.items() if len(who) == 2 and thing in hard}
    actors, things = sorted({r.source for r in records}), sorted(thing for thing, who in holders.items() if len(who) > 1)
    if len(actors) < 2 or not things:
        return alone
    table = np.array([[float(actor in holders[thing]) for thing in things] for actor in actors])
    beyond = Commitments(table, tuple(things), np.zeros(len(things))).q_upper < alpha
    return alone | {(actors[i], actors[j]) for i, j in zip(*np.nonzero(np.triu(beyond, 1)), strict=True)}
