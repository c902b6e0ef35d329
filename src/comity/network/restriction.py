"""Measures and lists become R1, how hard one actor restricts another, its firms or its data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comity.network.draws import Draw
from comity.network.matrix import Array
from comity.network.ties import summed

#: what a measure that names no target counts towards each other actor, swept from 0 to 0.5
NEUTRAL = 0.25


@dataclass(frozen=True)
class Restriction:
    """Part R1 for all pairs, directed: 1 - exp(-Σ w) over `acts` (from, to, weight, instrument) and, at `NEUTRAL`, over `neutral`
    acts that name no target (from, -1, weight, instrument).
    """

    actors: int
    acts: Array
    neutral: Array

    def score(self, draw: Draw, *, neutral: float = NEUTRAL) -> Array:
        """Return R1 (n × n), 0 to 1; from row to column."""
        total = summed(self.acts, self.actors, draw)
        if len(self.neutral):
            weights = draw.weight(self.neutral[:, 2]) * draw.instruments[self.neutral[:, 3].astype(int)]
            total += neutral * np.bincount(self.neutral[:, 0].astype(int), weights, minlength=self.actors)[:, None]
        np.fill_diagonal(total, 0.0)
        return np.asarray(1 - np.exp(-total))
