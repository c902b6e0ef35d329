"""Agreements and recognitions between two actors become A3, how closely they are tied directly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comity.network.draws import Draw
from comity.network.matrix import Array


@dataclass(frozen=True)
class Ties:
    """Part A3 for all pairs, directed.

    A3_ij = 1 - exp(-Σ w): over what both are bound by, each of its k holders tied to the k - 1 others by w / (k - 1), so that a
    bilateral treaty ties more than a convention of a hundred (Newman 2001, doi:10.1103/PhysRevE.64.016132); and over what i grants j.

    Attributes: `held` (n × m) and `weights` (m), `instruments` (m) of what is shared; `grants`, (giver, receiver, weight,
    instrument) of what runs one way, one row a grant (g × 4).
    """

    held: Array
    weights: Array
    instruments: Array
    grants: Array

    def score(self, draw: Draw) -> Array:
        """Return A3 (n × n), 0 to 1; from row to column."""
        holders = self.held.sum(axis=0)
        each = draw.weight(self.weights) * draw.instruments[self.instruments.astype(int)] / np.maximum(holders - 1, 1)
        return np.asarray(1 - np.exp(-((self.held * each) @ self.held.T + summed(self.grants, len(self.held), draw))))


def summed(acts: Array, actors: int, draw: Draw) -> Array:
    """Return the weights of directed acts (from, to, weight, instrument; a × 4), summed by pair (n × n)."""
    total = np.zeros((actors, actors))
    if len(acts):
        source, target, instrument = (acts[:, k].astype(int) for k in (0, 1, 3))
        np.add.at(total, (source, target), draw.weight(acts[:, 2]) * draw.instruments[instrument])
    return total
