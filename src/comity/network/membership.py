"""Draws of a world become the chance that two actors stand in the same bloc, over the best divisions of each draw's signed network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np

from comity.errors import InputError
from comity.network.blocks import blockmodels
from comity.network.dataset import ACTORS, TIES, Cell, Column, Dataset, standard
from comity.network.draws import draws
from comity.network.matrix import Array
from comity.network.signing import ALPHA, TAU, tied_hard
from comity.network.world import LEAST, World

DRAWS = 100
#: the most best divisions of one component that are counted, and the seconds for each
_OPTIMA, _SECONDS = 200, 5.0


#: the ties of a graph: two ends in order, and the sign
_Ties = frozenset[tuple[str, str, int]]


@dataclass(frozen=True, eq=False)
class Membership:
    """Bloc probabilities over draws.

    Attributes: `actors` (n), sorted; `together`, (n, n) the mean over the draws in which ties join two actors of the share of best
    divisions into at most two blocs that put them in one, NaN where no draw joins them; `joined`, (n, n) the share of draws in
    which a path of ties joins them; `draws`; `proven`, the share of draws whose divisions are proven and all counted.
    """

    actors: tuple[str, ...]
    together: Array
    joined: Array
    draws: int
    proven: float


def membership(networks: Iterable[nx.Graph[str]], actors: Sequence[str]) -> Membership:
    """Return how often `actors` stand in one bloc, over signed `networks`, one a draw.

    Each connected component is divided for itself, as nothing says how the blocs of two components relate: a component without
    negative ties is one bloc; in another every division into one or two blocs of least frustration counts alike (the consensus
    of `blockmodels`). Raises `InputError` for no network.
    """
    names = tuple(sorted(actors))
    place = {name: i for i, name in enumerate(names)}
    total, joined = np.zeros((2, len(names), len(names)))
    count = certain = 0
    seen: dict[_Ties, tuple[Array, bool]] = {}
    for graph in networks:
        count += 1
        sure = True
        for members in nx.connected_components(graph):
            part = graph.subgraph(sorted(members))
            rows = np.array([place[n] for n in sorted(members)])
            share, whole = _whole(part, seen)
            total[np.ix_(rows, rows)] += share
            joined[np.ix_(rows, rows)] += 1
            sure = sure and whole
        certain += sure
    if not count:
        raise InputError("no draw of the network; ask for one or more")
    with np.errstate(invalid="ignore"):
        together = np.where(joined > 0, total / np.maximum(joined, 1), np.nan)
    return Membership(names, together, joined / count, count, certain / count)


def _whole(part: nx.Graph[str], known: dict[_Ties, tuple[Array, bool]]) -> tuple[Array, bool]:
    """Return the share of best divisions of a component in which two of its nodes (sorted) stand together, and whether these are all and proven.

    Each biconnected component is divided for itself, as no cycle leaves it. The divisions of two that meet in a node are free of
    one another, so that what two nodes have in common (1 together, -1 apart, on average) multiplies along the nodes between them.
    """
    names = sorted(part)
    place = {name: i for i, name in enumerate(names)}
    common = np.eye(len(names))
    reached: list[int] = []
    sure = True
    for members in _in_order(part):
        rows = [place[n] for n in members]
        ties = frozenset((min(a, b), max(a, b), int(data["sign"])) for a, b, data in part.subgraph(members).edges(data=True))
        share, exact = known[ties] = known[ties] if ties in known else _divided(part.subgraph(members))
        sure = sure and exact
        common[np.ix_(rows, rows)] = 2 * share - 1
        if reached:
            [joint] = set(rows) & set(reached)
            new = [i for i in rows if i != joint]
            common[np.ix_(new, reached)] = np.outer(common[new, joint], common[joint, reached])
            common[np.ix_(reached, new)] = common[np.ix_(new, reached)].T
        reached += [i for i in rows if i not in reached]
    return (1 + common) / 2, sure


def _in_order(part: nx.Graph[str]) -> Iterator[list[str]]:
    """Give the biconnected components of a connected graph, each sorted, so that each meets those before it in one node."""
    waiting: list[list[str]] = sorted(sorted(str(name) for name in members) for members in nx.biconnected_components(part))
    reached: set[str] = set(waiting[0])
    while waiting:
        members = next(m for m in waiting if reached & set(m))
        waiting.remove(members)
        reached |= set(members)
        yield members


def _divided(part: nx.Graph[str]) -> tuple[Array, bool]:
    """Return the same of a biconnected component, by the search for every best division."""
    n = part.number_of_nodes()
    against = sum(data["sign"] < 0 for *_, data in part.edges(data=True))
    if not against:
        return np.ones((n, n)), True
    two = blockmodels(part, 2, time_limit=_SECONDS, limit=_OPTIMA)
    if against < two.value:
        return np.ones((n, n)), two.proven
    share, whole = two.consensus(), two.proven and two.complete
    if against == two.value:
        k = len(two.partitions)
        share = (share * k + 1) / (k + 1)
    return share, whole


def drawn(world: World, *, count: int = DRAWS, seed: int = 0, tau: float = TAU, alpha: float = ALPHA) -> Iterator[nx.Graph[str]]:
    """Give the signed network of each draw of instruments and weights (see `draws`).

    Positive ties are those of `signed_network`, the same in every draw, as their test is exact for what is held and takes no weights. A
    tie is negative where R of the draw passes `tau` in both directions and `LEAST` instruments are aimed at the pair. A pair that is
    both has none.
    """
    actors, weights = world.index.actors, {r.weight for records in world.records.values() for r in records}
    binds, aimed = (tied_hard(world) > 0) | (world.commitments.q_upper < alpha), world.instruments["aimed"] >= LEAST
    for draw in draws(world.index.instruments, weights, count=count, seed=seed):
        found = world.rivalries(draw)["R"]
        against = (np.minimum(found, found.T) > tau) & aimed
        graph: nx.Graph[str] = nx.Graph()
        for i, j in zip(*np.nonzero(np.triu(binds != against, 1)), strict=True):
            graph.add_edge(actors[i], actors[j], sign=1 if binds[i, j] else -1)
        yield graph


def tabulate(found: Membership, names: dict[str, dict[str, str | int]], blocs: dict[str, int], *, about: dict[str, object]) -> Dataset:
    """Return the dataset `blocs`: each actor that any draw ties, with its bloc as observed and how firm that is, each pair with its chance to stand together.

    Parameters: `names`, what is known of each actor; `blocs`, actor → bloc as observed, from 1; `about`, what made it. Pairs that
    no draw joins are left out.
    """
    actors = tuple(_actor(found, blocs, names, i) for i, name in enumerate(found.actors) if name in blocs or found.joined[i].any())
    ties = tuple(_pair(found, int(i), int(j)) for i, j in zip(*np.triu_indices(len(found.actors), 1), strict=True) if found.joined[i, j] > 0)
    columns = [
        *standard("id", "label", "iso3", "cow", "gw", "kind", table=ACTORS),
        Column(ACTORS, "bloc", "integer", "number", "Bloc of the exact least frustrated division into two, as observed, unknown without ties there."),
        Column(ACTORS, "own", "number", "0 to 1", "Mean chance over draws of standing with each other member of its bloc."),
        Column(ACTORS, "other", "number", "0 to 1", "Mean chance over draws of standing with each member of the other bloc."),
        *standard("source", "target", "layer", table=TIES),
        Column(TIES, "together", "number", "0 to 1", "Chance over draws and best divisions that the two stand in one bloc, where ties join them."),
        Column(TIES, "joined", "number", "0 to 1", "Share of draws in which a path of ties joins the two."),
    ]
    return Dataset("blocs", {ACTORS: actors, TIES: ties}, tuple(columns), {**about, "draws": found.draws, "proven": round(found.proven, 4)})


def _actor(found: Membership, blocs: dict[str, int], names: dict[str, dict[str, str | int]], i: int) -> dict[str, Cell]:
    name = found.actors[i]
    known: dict[str, Cell] = {k: v for k, v in names.get(name, {}).items() if k in ("label", "iso3", "cow", "gw", "kind")}
    own = blocs.get(name)
    inside = np.array([own is not None and blocs.get(a) == own and a != name for a in found.actors])
    outside = np.array([own is not None and a in blocs and blocs[a] != own for a in found.actors])
    return {"id": name, "label": name, **known, "bloc": own, "own": _mean(found.together[i, inside]), "other": _mean(found.together[i, outside])}


def _mean(values: Array) -> float | None:
    known = values[~np.isnan(values)]
    return round(float(known.mean()), 6) if len(known) else None


def _pair(found: Membership, i: int, j: int) -> dict[str, Cell]:
    return {"source": found.actors[i], "target": found.actors[j], "layer": "blocs", "together": round(float(found.together[i, j]), 6),
            "joined": round(float(found.joined[i, j]), 6)}
