"""Coded rules become A1, how alike the rules of two actors are, corrected for chance on both margins."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from comity.network.cells import Cells
from comity.network.draws import Draw
from comity.network.ensemble import Ensemble, ensemble
from comity.network.matrix import Array
from comity.network.similarity import similarities

LEAST = 10


class Rules:
    """Part A1 for all pairs of the n actors of a table of rules.

    A1 = 1 - D_o / D_e with D_o = Σ u_p |x_ip - x_jp| / Σ u_p over the topics known for both, u_p the product of the weights of
    the two cells, and D_e its expectation under the maximum-entropy ensemble that keeps how far each actor goes and how popular
    each topic is (see `similarity`, which this equals at weights of 1). NaN with fewer than `LEAST` common topics.
    """

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.known = (~np.isnan(cells.values)).astype(float)
        self.common: Array = self.known @ self.known.T

    @cached_property
    def model(self) -> Ensemble:
        """The ensemble fitted to the known cells."""
        return ensemble(self.cells.values)

    @cached_property
    def _above(self) -> Array:
        return self.model.scale.above(self.cells.values)

    def score(self, draw: Draw) -> Array:
        """Return A1 (n × n, symmetric, 1 on the diagonal) in a draw; the margins stay those of the table itself."""
        if not self.known.any():
            return np.full(self.common.shape, np.nan)
        weight = self.known * np.sqrt(draw.weight(self.cells.weights)) * self.cells.spread(draw.instruments)
        wide = weight[:, self.model.column_of_threshold]
        observed, expected = (self._differences(above, wide) for above in (self._above, self.model.cumulative))
        possible = (self.common >= LEAST) & (expected > 1e-9)
        score: Array = np.where(possible, 1 - observed / np.where(possible, expected, 1.0), np.nan)
        return score

    def bounds(self) -> tuple[Array, Array]:
        """Return the lowest and highest A1 that the unknown cells leave open: if all of them differed as far as they can, and if none did."""
        if not self.known.any():
            return (np.full(self.common.shape, np.nan),) * 2
        model, values = self.model, self.cells.values
        low, high = model.scale.low, model.scale.high
        reach = np.where(np.isnan(values), high - low, np.maximum(values - low, high - values))
        open_ = 1 - self.known
        # where neither is known the range itself; where one is, as far as the other can be from it
        one = (self.known * reach) @ open_.T
        farthest = one + one.T + (open_ * (high - low)) @ open_.T
        wide = self.known[:, model.column_of_threshold]
        observed, expected = self._differences(self._above, wide), self._differences(model.cumulative, wide)
        rate = np.where(self.common >= LEAST, expected / np.maximum(self.common, 1), np.nan)
        total = rate * self.known.shape[1]
        return 1 - (observed + farthest) / total, 1 - observed / total

    def companions(self) -> dict[str, Array]:
        """Return S, kappa and pi of the same table, unweighted, as the choice of measure can decide the story."""
        if not self.known.any():
            return dict.fromkeys(("s", "kappa", "pi"), np.full(self.common.shape, np.nan))
        fitted = {m: similarities(self.cells.values, measure=m, least=LEAST).score for m in ("s", "kappa", "pi")}
        return {m: np.asarray(score) for m, score in fitted.items()}

    def _differences(self, above: Array, wide: Array) -> Array:
        """Return Σ u_p E|x_i - x_j| over thresholds; see `similarity`."""
        root = np.sqrt(self.model.step)
        heavy = above * wide * root
        one = heavy @ (wide * root).T
        return np.maximum((one + one.T) - 2 * (heavy @ heavy.T), 0.0)
