"""Rows of choices become the weights of the utility: a multinomial logit with a ridge, and intervals by drawing jurisdictions.

u_i(s) = θ_s·X_i + π·pressure_i(s) + b Σ_j W_ij [s_j = s] + c [s = s_i(t-1)], up to a constant the same as a cost c of each change;
P(s) = exp u_i(s) / Σ exp u_i, the logit quantal response (McKelvey and Palfrey 1995, doi:10.1006/game.1995.1023; Blume 1993 on the
logit best reply). Terms are identified in units of the noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comity.errors import InputError
from comity.game.design import OWN, Design
from comity.game.panel import STRATEGIES, Array

#: the ridge on covariates and pressures (a normal prior of standard deviation 1), and on all else, where it only keeps estimates finite
RIDGE, FLOOR = 1.0, 0.01
DRAWS, TAIL = 200, 0.05


@dataclass(frozen=True)
class Terms:
    """Weights of the terms by name."""

    names: tuple[str, ...]
    values: Array

    def __getitem__(self, name: str) -> float:
        return float(self.values[self.names.index(name)])


@dataclass(frozen=True)
class Estimate:
    """One weight with its 90 % interval."""

    term: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Fit:
    """A fit: its `terms`; `drawn`, (B, K) the weights of each draw of jurisdictions; `rows`, `actors` and `moves` (first choices and changes) behind it."""

    terms: Terms
    drawn: Array
    rows: int
    actors: int
    moves: int

    def estimate(self, term: str) -> Estimate:
        """Return one weight with its interval."""
        place = self.terms.names.index(term)
        low, high = np.quantile(self.drawn[:, place], (TAIL, 1 - TAIL))
        return Estimate(term, float(self.terms.values[place]), float(low), float(high))

    def estimates(self) -> tuple[Estimate, ...]:
        """Return all weights in their order."""
        return tuple(self.estimate(name) for name in self.terms.names)


def fit(rows: Design, *, draws: int = DRAWS, seed: int = 0, ridge: float = RIDGE) -> Fit:
    """Fit the weights to `rows`, with `draws` block-bootstrap samples of whole jurisdictions.

    Raises `InputError` for fewer than 20 draws or two jurisdictions, a negative ridge, and rows in which nobody ever moves.
    """
    actors = np.unique(rows.actors)
    moves = int((rows.chosen != rows.before).sum())
    if draws < 20 or ridge < 0:
        raise InputError(f"{draws} draws with a ridge of {ridge}: ask for 20 draws or more and a ridge of 0 or above")
    if len(actors) < 2 or not moves:
        raise InputError(f"{len(actors)} jurisdictions with {moves} moves tell nothing; give more years")
    best = maximise(rows, np.ones(len(rows.chosen)), ridge=ridge)
    rng = np.random.default_rng(seed)
    place = np.searchsorted(actors, rows.actors)
    drawn = np.empty((draws, len(rows.terms)))
    for k in range(draws):
        times = rng.multinomial(len(actors), np.full(len(actors), 1 / len(actors)))
        drawn[k] = maximise(rows, times[place].astype(float), ridge=ridge, start=best)
    return Fit(Terms(rows.terms, best), drawn, len(rows.chosen), len(actors), moves)


def maximise(rows: Design, counts: Array, *, ridge: float = RIDGE, start: Array | None = None) -> Array:
    """Return the weights (K,) with the highest penalised log-likelihood, each row counted `counts` times (SciPy, trust region; concave)."""
    from scipy.optimize import minimize

    held = counts > 0
    values, chosen, times = rows.values[held], rows.chosen[held], counts[held]
    free = len(rows.terms) - len(OWN)
    own = np.full(len(OWN), ridge)
    own[:len(STRATEGIES) - 1] = 0
    penalty = np.maximum(np.concatenate([own, [ridge, ridge], np.zeros(free - 2)]), FLOOR)
    taken = values[np.arange(len(chosen)), chosen]

    def loss(beta: Array) -> tuple[float, Array]:
        p = chances(values, beta)
        lost = -(times @ np.log(p[np.arange(len(chosen)), chosen])) + 0.5 * penalty @ beta**2
        mean = np.einsum("rs,rsk->rk", p, values)
        return float(lost), -(times @ (taken - mean)) + penalty * beta

    def curvature(beta: Array) -> Array:
        p = chances(values, beta)
        centred = values - np.einsum("rs,rsk->rk", p, values)[:, None, :]
        flat = centred.reshape(-1, values.shape[2])
        return np.asarray(flat.T @ (flat * (p * times[:, None]).reshape(-1, 1)) + np.diag(penalty))

    begin = np.zeros(len(rows.terms)) if start is None else start
    found = minimize(loss, begin, jac=True, hess=curvature, method="trust-exact", options={"gtol": 1e-6})
    return np.asarray(found.x)


def chances(values: Array, beta: Array) -> Array:
    """Return the chance of each strategy in each row, (N, S)."""
    utility = values @ beta
    utility = utility - utility.max(axis=-1, keepdims=True)
    weight = np.exp(utility)
    return np.asarray(np.maximum(weight / weight.sum(axis=-1, keepdims=True), 1e-300))
