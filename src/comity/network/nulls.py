"""A signed graph becomes a comparison of its balance with that of graphs whose ties stay and whose signs are drawn anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from comity.errors import InputError
from comity.network.balance import intensities
from comity.network.chances import positive_chances
from comity.network.cycles import Ties, triangles
from comity.network.divide import divide
from comity.network.frustration import deadline
from comity.network.signed import Signed, signed


@dataclass(frozen=True)
class Null:
    """What a graph shows and what chance gives, each by statistic: `triangle`, and `frustration` where it was asked for.

    Attributes: `observed`; `mean` and `sd` of the draws; `z` = (observed - mean) / sd, 0 where both are the same and
    infinite where only sd is 0; `p`, two-sided: twice the smaller of (1 + draws no greater) and (1 + draws no smaller),
    over 1 + draws, at most 1; `draws`; `seed`; `unproven`, how many indices rest on a solve that ran out of time.
    """

    observed: dict[str, float]
    mean: dict[str, float]
    sd: dict[str, float]
    z: dict[str, float]
    p: dict[str, float]
    draws: int
    seed: int
    unproven: int


def configuration_null(graph: nx.Graph[Any] | Signed, *, draws: int, seed: int, frustration: bool = False, weight: str | None = None,
                       time_limit: float = 60) -> Null:
    """Compare with graphs in which every node keeps its expected number of positive ties.

    Each tie is positive by itself with the chance that `positive_chances` gives: the fixed-topology signed configuration
    model (Gallo et al. 2024; Hao and Kovács 2024). A graph whose signs follow from the nodes' degrees alone shows no
    balance beyond this.

    Parameters: `graph`, `weight` and errors as in `signed`; `draws`, 1 or more; `seed`; `frustration`, whether to solve
    for the exact index of two blocks of each draw too; `time_limit` in seconds for each of these. `triangle` is the share
    of balanced triangles, left out where there are none; without triangles and `frustration` there is nothing to
    compare, which raises `InputError`. Weights stay with their ties.
    """
    table = signed(graph, weight=weight)
    chances = positive_chances(table)

    def draw(random: np.random.Generator) -> NDArray[np.float64]:
        return np.where(random.random(len(chances)) < chances, 1.0, -1.0)

    return _compared(table, draw, _plan(draws, seed), deadline(time_limit) - monotonic() if frustration else None)


def shuffle_null(graph: nx.Graph[Any] | Signed, *, draws: int, seed: int, frustration: bool = False, weight: str | None = None,
                 time_limit: float = 60) -> Null:
    """Compare with graphs whose signs are dealt out anew over the ties, whatever the nodes.

    For contrast only: where some nodes are hostile to all and others to none, it finds balance that the degrees alone
    explain. Parameters and errors as in `configuration_null`.
    """
    table = signed(graph, weight=weight)

    def draw(random: np.random.Generator) -> NDArray[np.float64]:
        return random.permutation(table.signs)

    return _compared(table, draw, _plan(draws, seed), deadline(time_limit) - monotonic() if frustration else None)


def _plan(draws: int, seed: int) -> tuple[int, int]:
    for name, value, least in (("draws", draws, 1), ("seed", seed, 0)):
        if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < least:
            raise InputError(f"{name} is {value!r}; give a whole number of {least} or more")
    return int(draws), int(seed)


def _compared(table: Signed, draw: Callable[[np.random.Generator], NDArray[np.float64]], plan: tuple[int, int], seconds: float | None) -> Null:
    draws, seed = plan
    found = triangles(Ties(len(table.nodes), table.ends, table.net))
    size = intensities(table, found)
    if not len(found) and seconds is None:
        raise InputError("the graph has no triangle; ask for frustration=True, which needs none")
    random, unproven = np.random.default_rng(seed), 0
    rows: dict[str, list[float]] = {name: [] for name, there in (("triangle", len(found)), ("frustration", seconds)) if there}
    for signs in (table.signs, *(draw(random) for _ in range(draws))):
        if len(found):
            rows["triangle"].append(float(size[signs[found].prod(axis=1) > 0].sum() / size.sum()))
        if seconds is not None:
            index = divide(Ties(len(table.nodes), table.ends, signs * np.abs(table.net)), blocks=2, until=monotonic() + seconds)
            rows["frustration"].append(table.clash + index.cost)
            unproven += index.cost > index.bound
    return _told({name: np.array(row) for name, row in rows.items()}, plan, unproven)


def _told(rows: dict[str, NDArray[np.float64]], plan: tuple[int, int], unproven: int) -> Null:
    observed = {name: float(row[0]) for name, row in rows.items()}
    mean = {name: float(row[1:].mean()) for name, row in rows.items()}
    sd = {name: float(row[1:].std()) for name, row in rows.items()}
    z, p = {}, {}
    for name, row in rows.items():
        close = 1e-9 * float(np.abs(row).max())
        apart = observed[name] - mean[name]
        z[name] = 0.0 if abs(apart) <= close else apart / sd[name] if sd[name] > close else float(np.copysign(np.inf, apart))
        tail = min((row[1:] <= row[0] + close).sum(), (row[1:] >= row[0] - close).sum())
        p[name] = min(1.0, 2 * (1 + int(tail)) / (1 + plan[0]))
    return Null(observed, mean, sd, z, p, *plan, unproven)
