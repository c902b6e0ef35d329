"""Schemes that a source calls rival or exclusive become R4, how far two actors have joined competing ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from comity.network.draws import Draw
from comity.network.matrix import Array


@dataclass(frozen=True)
class Schemes:
    """Part R4 for all pairs, symmetric: the largest rivalry of a scheme that one has joined and the other has not, and one for which
    the reverse holds.

    Attributes: `held` (n × s), 1 where an actor has joined a scheme; `rivals` (k × 4): scheme, scheme, rivalry from 0 to 1, instrument.
    """

    held: Array
    rivals: Array

    def score(self, draw: Draw) -> Array:
        """Return R4 (n × n), 0 to 1; in a draw each rivalry is worth what its weight is drawn to."""
        result = np.zeros((len(self._sets[0]),) * 2)
        for extent, apart in zip(draw.weight(self.rivals[:, 2]), self._apart, strict=True):
            result = np.maximum(result, extent * apart)
        return self._spread(result)

    def opposed(self) -> Array:
        """Return the number of pairs of rival schemes that stand between two actors (n × n)."""
        return self._spread(np.asarray(self._apart[self.rivals[:, 2] > 0].sum(axis=0, dtype=float)))

    @cached_property
    def _sets(self) -> tuple[Array, npt.NDArray[np.intp]]:
        """The different sets of schemes that actors have joined (t × s), and the place of each actor's (n): they are few."""
        found, places = np.unique(self.held, axis=0, return_inverse=True)
        return found, places.ravel()

    @cached_property
    def _apart(self) -> Array:
        """For each pair of schemes, 1 where one set has the first alone and the other the second alone (k × t × t)."""
        held, (first, second) = self._sets[0], self.rivals[:, :2].astype(int).T
        one, other = (held[:, here].T * (1 - held[:, there].T) for here, there in ((first, second), (second, first)))
        return np.asarray(one[:, :, None] * other[:, None, :] + other[:, :, None] * one[:, None, :])

    def _spread(self, table: Array) -> Array:
        places = self._sets[1]
        return table[np.ix_(places, places)]
