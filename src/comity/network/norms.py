"""Stances that point opposite ways, and conflicts that a source states, become R3, how far the norms of two actors clash."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from comity.network.cells import Cells
from comity.network.draws import Draw
from comity.network.ensemble import Ensemble, ensemble
from comity.network.matrix import Array


@dataclass(frozen=True)
class Norms:
    """Part R3 for all pairs, symmetric: 1 - exp(-max(0, C - E[C]) - T).

    C = Σ w_p [x_ip x_jp < 0] |x_ip x_jp| over the topics known for both: absence is never opposition. E[C] is its expectation
    under the ensemble that keeps both margins of the table of stances. T sums, over the pairs of rules that sources set against
    each other, how far they clash on the mean of the sources.

    Attributes: `cells`, values from -1 to 1; `stated` (c × 4): from, to, extent, instrument.
    """

    cells: Cells
    stated: Array

    @cached_property
    def model(self) -> Ensemble:
        """The ensemble fitted to the known stances."""
        return ensemble(self.cells.values)

    @cached_property
    def _halves(self) -> tuple[Array, Array, Array, Array]:
        """Positive and negative parts of the stances, observed and expected (n × m each)."""
        values = np.nan_to_num(self.cells.values)
        known = ~np.isnan(self.cells.values)
        grid = self.model.scale
        step = np.maximum(grid.threshold + grid.step, 0) - np.maximum(grid.threshold, 0)
        rise = np.zeros((len(grid.column), self.cells.values.shape[1]))
        rise[np.arange(len(grid.column)), grid.column] = step
        positive = np.where(known, np.maximum(grid.low, 0) + self.model.cumulative @ rise, 0.0)
        negative = np.where(known, positive - np.nan_to_num(self.model.expected), 0.0)
        return np.maximum(values, 0), np.maximum(-values, 0), positive, negative

    def score(self, draw: Draw) -> Array:
        """Return R3 (n × n), 0 to 1, symmetric."""
        if not self.cells.topics:
            return np.asarray(1 - np.exp(-self._stated(draw)))
        weight = np.sqrt(draw.weight(self.cells.weights)) * self.cells.spread(draw.instruments)
        seen_for, seen_against, for_, against = (half * weight for half in self._halves)
        observed, expected = seen_for @ seen_against.T, for_ @ against.T
        clash = (observed + observed.T) - (expected + expected.T)
        return np.asarray(1 - np.exp(-np.maximum(clash, 0.0) - self._stated(draw)))

    def opposed(self) -> Array:
        """Return the number of topics on which two actors point opposite ways (n × n)."""
        values = np.nan_to_num(self.cells.values)
        for_, against = (values > 0).astype(float), (values < 0).astype(float)
        return np.asarray(for_ @ against.T + against @ for_.T)

    def _stated(self, draw: Draw) -> Array:
        total = np.zeros((len(self.cells.values),) * 2)
        if len(self.stated):
            left, right, instrument = (self.stated[:, k].astype(int) for k in (0, 1, 3))
            extent = draw.weight(self.stated[:, 2]) * draw.instruments[instrument]
            np.add.at(total, (left, right), extent)
            np.add.at(total, (right, left), extent)
        return total
