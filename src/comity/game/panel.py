"""Years and jurisdictions become one panel of arrays: what each played, who was tied to whom, what pressed on whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from comity.errors import InputError

STRATEGIES = ("open", "conditional", "control", "hedge")
RELATIONS = ("trade", "recognition", "region")
COVARIATES = ("trade partners", "state access")
PRESSURES = ("partners ask adequacy", "measures aimed at it")
#: the strategy that each pressure favours
FAVOURED = ("conditional", "control")
#: no strategy is coded
UNKNOWN = -1

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Panel:
    """T years and n jurisdictions.

    Attributes: `actors` (n) and `years` (T), ascending; `played`, (T, n) place in `STRATEGIES` at the end of each year, -1 where none is
    coded; `ties`, (T, R, n, n), 1 where two are tied by a relation, symmetric, 0 on the diagonal; `covariates`, (T, n, K);
    `pressures`, (T, n, P), each from 0 to 1; `regions` (n), empty where there is none.
    """

    actors: tuple[str, ...]
    years: tuple[int, ...]
    played: Places
    ties: npt.NDArray[Any]
    covariates: Array
    pressures: Array
    regions: tuple[str, ...]

    def place(self, year: int) -> int:
        """Return the place of a year. Raises `InputError` if the panel does not have it."""
        if year not in self.years:
            raise InputError(f"the panel has no year {year}; it runs from {self.years[0]} to {self.years[-1]}")
        return self.years.index(year)


def shares(ties: npt.NDArray[Any], mix: Array) -> Array:
    """Return (R, n, S): of those tied to each by each relation who play anything, the share that plays each strategy.

    `ties` is (R, n, n); `mix` is (n, S), the chance that each plays each strategy, all 0 where it is not known to play. A
    jurisdiction without such ties has shares of 0.
    """
    toward = ties @ mix
    return np.asarray(toward / np.maximum(toward.sum(axis=2, keepdims=True), 1e-12) * (toward.sum(axis=2, keepdims=True) > 0))


def pooled(ties: npt.NDArray[Any], mix: Array) -> Array:
    """Return (n, S): the mean of `shares` over the relations by which a jurisdiction is tied to anybody who plays; Σ_j W_ij [s_j = s]."""
    each = shares(ties, mix)
    reached = (each.sum(axis=2) > 0).sum(axis=0)
    return np.asarray(each.sum(axis=0) / np.maximum(reached, 1)[:, None])


def weights(ties: npt.NDArray[Any], plays: npt.NDArray[np.bool_]) -> Array:
    """Return W (n × n): how much each of those who play counts among the ties of each; rows sum to 1, or to 0 without such ties."""
    reach = ties * plays[None, None, :]
    total = reach.sum(axis=2, keepdims=True)
    each = reach / np.maximum(total, 1)
    return np.asarray(each.sum(axis=0) / np.maximum((total[:, :, 0] > 0).sum(axis=0), 1)[:, None])


def mixed(played: Places) -> Array:
    """Return (n, S), 1 for what each plays and 0 elsewhere; a row of zeros where nothing is coded."""
    return np.asarray(played[:, None] == np.arange(len(STRATEGIES))[None, :], dtype=float)
