"""A seed becomes draws: how much each instrument counts, and how much each weight is worth, in one draw of the bootstrap.

Instruments are drawn as a Bayesian bootstrap draws them (Rubin 1981): each gets a positive random weight, so that no law
drops out of a draw altogether, which would leave pairs whose evidence is two laws without a score in two draws of three.
Each instrument has a stream of its own, made from the seed and its name: what one more instrument changes is its own doing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from comity.network.matrix import Array

#: how closely drawn weights keep to the declared ones: the number of pseudo-observations behind their gaps
CONCENTRATION = 20.0


@dataclass(frozen=True)
class Draw:
    """One draw: `instruments`, how much each counts (I, mean 1), and the steps of the monotone map from declared to drawn weights."""

    instruments: Array
    declared: Array
    drawn: Array

    def weight(self, weights: Array) -> Array:
        """Return the drawn weights in place of the declared ones, whatever their shape."""
        return np.interp(weights, self.declared, self.drawn)


def observed(instruments: int, *, equal: bool = False) -> Draw:
    """Return the draw in which every instrument counts once and each weight is as declared, or, if `equal`, 1 where it is not 0."""
    ends = np.array([0.0, 1.0])
    return Draw(np.ones(instruments), np.array([0.0, 1e-9, 1.0]), np.array([0.0, 1.0, 1.0])) if equal else Draw(np.ones(instruments), ends, ends)


def draws(instruments: Iterable[str], weights: Iterable[float], *, count: int, seed: int) -> Iterator[Draw]:
    """Return `count` draws for `instruments` (by name, in their order) and the declared `weights`.

    Instrument weights are exponential with mean 1 (the Dirichlet of the Bayesian bootstrap up to its sum; scores are ratios or
    sums of shares). Drawn weights keep the order of the declared ones: the gaps between them, from 0 up to 1, are Dirichlet
    with mean the declared gaps and `CONCENTRATION` pseudo-observations. The same seed gives the same draws. Rubin 1981,
    doi:10.1214/aos/1176345338.
    """
    table = np.array([_stream(seed, name).standard_exponential(count) for name in instruments]).reshape(-1, count)
    levels = np.unique([0.0, 1.0, *weights])
    if levels[0] < 0 or levels[-1] > 1:
        raise ValueError("weights lie between 0 and 1")
    gaps = _stream(seed, "weights").dirichlet(CONCENTRATION * np.diff(levels), size=count)
    for column, gap in zip(table.T, gaps, strict=True):
        yield Draw(column, levels, np.concatenate([[0.0], np.minimum(np.cumsum(gap), 1.0)]))


def _stream(seed: int, name: str) -> np.random.Generator:
    return np.random.default_rng([seed, int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")])
