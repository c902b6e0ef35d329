"""Made-up panels of the game, in which the pull of ties is known."""

from __future__ import annotations

import numpy as np

from comity.game.design import stay, terms, worth
from comity.game.fitting import chances
from comity.game.panel import COVARIATES, PRESSURES, RELATIONS, STRATEGIES, UNKNOWN, Panel, mixed


def empty(actors: int, years: int, regions: tuple[str, ...] = ()) -> Panel:
    """Return a panel in which nobody is tied and nobody plays."""
    shape = (years, actors)
    return Panel(tuple(f"S{i:03d}" for i in range(actors)), tuple(range(2000, 2000 + years)), np.full(shape, UNKNOWN),
                 np.zeros((years, len(RELATIONS), actors, actors)), np.zeros((*shape, len(COVARIATES))), np.zeros((*shape, len(PRESSURES))),
                 regions or ("",) * actors)


def simulated(b: float, *, actors: int = 120, years: int = 15, seed: int = 0, persistence: float = 1.0) -> Panel:
    """Return a panel of actors tied to a few others at random who reply to the year before with weight `b` of ties."""
    rng = np.random.default_rng(seed)
    panel = empty(actors, years)
    for relation in range(len(RELATIONS)):
        tied = np.triu(rng.random((actors, actors)) < 3 / actors, 1)
        panel.ties[:, relation] = (tied | tied.T)[None]
    beta = np.zeros(len(terms()))
    beta[-2:] = b, persistence
    panel.played[0] = rng.integers(0, len(STRATEGIES), actors)
    for t in range(1, years):
        every = worth(panel, t - 1, mixed(panel.played[t - 1]))
        p = chances(np.stack([stay(one, before) for one, before in zip(every, panel.played[t - 1], strict=True)]), beta)
        panel.played[t] = [rng.choice(len(STRATEGIES), p=row / row.sum()) for row in p]
    return panel
