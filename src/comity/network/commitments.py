"""Who holds what becomes A2, how much more or less two actors share than their activity and its popularity make likely."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from comity.network.discoveries import q_values
from comity.network.draws import Draw
from comity.network.ensemble import bicm
from comity.network.matrix import Array
from comity.network.sdsm import Approximation, Sdsm, sdsm


@dataclass(frozen=True)
class Commitments:
    """Part A2 for all pairs: `held` (n × m), 1 where an actor holds a thing; `things`, what; `instruments` (m), the place of each."""

    held: Array
    things: tuple[str, ...]
    instruments: Array

    @cached_property
    def chance(self) -> Array:
        """The probability of each cell under the bipartite configuration model (n × m)."""
        return bicm(self.held)

    @cached_property
    def test(self) -> Sdsm:
        """The exact comparison with the stochastic degree sequence model; nothing to compare where nothing is shared."""
        if not self.things:
            none, void = np.zeros((len(self.held),) * 2), np.full((len(self.held),) * 2, np.nan)
            return Sdsm(none, none, void, void, void, void)
        return sdsm(self.held, cells=self.chance)

    @cached_property
    def q_upper(self) -> Array:
        """The false discovery rate at which a pair shares more than chance gives (n × n)."""
        return q_values(self.test.upper)

    def score(self, draw: Draw | None = None) -> Array:
        """Return the mid-p score (n × n), -1 to 1, exact for the table itself, by the refined normal approximation in a draw."""
        if draw is None or not self.things:
            return self.test.score
        weights = draw.instruments[self.instruments.astype(int)]
        root = self.held * np.sqrt(weights)
        upper, lower = self._approximation.tails(root @ root.T, weights, np.ones_like(weights))
        score = lower - upper
        np.fill_diagonal(score, np.nan)
        return score

    @cached_property
    def _approximation(self) -> Approximation:
        return Approximation(self.chance)

    @cached_property
    def shared(self) -> Array:
        """The number of things that both hold (n × n)."""
        return np.asarray(self.held @ self.held.T)
