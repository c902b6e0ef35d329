"""Matrices of ties become a regression of one on others, tested by permuting actors: multiple regression QAP.

Double semi-partialing (Dekker, Krackhardt & Snijders 2007) permutes what a predictor adds to the others, so that the
test holds where predictors are correlated and where the ties of an actor depend on each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from comity.errors import InputError
from comity.network.matrix import Array


@dataclass(frozen=True)
class Regression:
    """Least squares over dyads with permutation tests.

    Attributes: `coefficients` of the intercept and of each predictor; `t`, their ordinary t statistics; `p`, two-sided, of each
    predictor; `r2`; `dyads` used; `permutations`; `seed`.
    """

    coefficients: dict[str, float]
    t: dict[str, float]
    p: dict[str, float]
    r2: float
    dyads: int
    permutations: int
    seed: int


def mrqap(
    outcome: npt.ArrayLike, *, predictors: Mapping[str, npt.ArrayLike], directed: bool = True, permutations: int = 1000, seed: int = 0
) -> Regression:
    """Regress the ties `outcome` (n × n) on those of `predictors` (n × n each) and test each by permuting actors.

    Parameters
    ----------
    outcome
        The matrix to explain; NaN where unknown. The diagonal is ignored.
    predictors
        Matrices by name; NaN where unknown. A dyad unknown in any matrix is left out.
    directed
        Whether i → j and j → i are two dyads; otherwise all matrices must be symmetric and each pair counts once.
    permutations
        How many orders of the actors are drawn for each predictor.
    seed
        Of the permutations; the same seed gives the same p-values.

    Notes
    -----
    Each predictor is regressed on the others; rows and columns of the residuals are permuted together and take the
    predictor's place; p = (1 + the number of permuted |t| ≥ the observed |t|) / (1 + permutations). A permuted residual that is unknown
    drops its dyad in that permutation. Raises `InputError` for matrices that are not square and alike, too few dyads, or
    predictors that determine each other.

    References
    ----------
    Dekker, Krackhardt & Snijders 2007, doi:10.1007/s11336-007-9016-1; Krackhardt 1988, doi:10.1016/0378-8733(88)90004-4.
    """
    matrices = _matrices(outcome, predictors, directed)
    names = list(predictors)
    size = len(matrices[0])
    rows, columns = np.nonzero(~np.eye(size, dtype=bool)) if directed else np.triu_indices(size, 1)
    known = ~np.isnan(np.stack(matrices)[:, rows, columns]).any(axis=0)
    rows, columns = rows[known], columns[known]
    y = matrices[0][rows, columns]
    design = np.column_stack([np.ones_like(y), *(one[rows, columns] for one in matrices[1:])])
    if permutations < 1 or len(y) <= design.shape[1] or np.linalg.matrix_rank(design) < design.shape[1]:
        raise InputError(f"{len(y)} dyads and {permutations} permutations for {design.shape[1]} coefficients; give more, and predictors that vary and differ")
    coefficients, t, r2 = _least_squares(y, design)
    generator = np.random.default_rng(seed)
    p = {}
    for place, name in enumerate(names, 1):
        draws = _permuted(y, design, place, (rows, columns, size), [generator.permutation(size) for _ in range(permutations)])
        p[name] = float((1 + (np.abs(draws) >= abs(t[place]) * (1 - 1e-9)).sum()) / (1 + permutations))
    every = ["intercept", *names]
    return Regression(dict(zip(every, coefficients.tolist(), strict=True)), dict(zip(every, t.tolist(), strict=True)), p, r2, len(y), permutations, seed)


def _matrices(outcome: npt.ArrayLike, predictors: Mapping[str, npt.ArrayLike], directed: bool) -> list[Array]:
    if not predictors or "intercept" in predictors:
        raise InputError("give at least one predictor, and none named intercept")
    found: list[Array] = []
    for name, values in {"the outcome": outcome, **{f"predictor {k}": v for k, v in predictors.items()}}.items():
        one = np.asarray(values, dtype=float)
        if one.ndim != 2 or one.shape[0] != one.shape[1] or (found and one.shape != found[0].shape) or np.isinf(one).any():
            raise InputError(f"{name} has the shape {one.shape} or infinite cells; give square matrices of one size with finite numbers or NaN")
        off = ~np.eye(len(one), dtype=bool)
        if not directed and not np.allclose(one[off], one.T[off], rtol=1e-12, atol=0, equal_nan=True):
            raise InputError(f"{name} is not symmetric; take directed=True or make it symmetric")
        found.append(one)
    return found


def _least_squares(y: Array, design: Array) -> tuple[Array, Array, float]:
    """Return coefficients, t statistics and R²."""
    q, r = np.linalg.qr(design)
    coefficients = np.linalg.solve(r, q.T @ y)
    rest = y - design @ coefficients
    total = float(((y - y.mean()) ** 2).sum())
    variance = float(rest @ rest) / (len(y) - design.shape[1])
    errors = np.sqrt(np.maximum(variance, 1e-300) * (np.linalg.inv(r) ** 2).sum(axis=1))
    return coefficients, coefficients / errors, 1 - float(rest @ rest) / total if total > 0 else float("nan")


def _permuted(y: Array, design: Array, place: int, dyads: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], int], orders: list[npt.NDArray[np.intp]]) -> Array:
    """Return the t statistic of the residual predictor in each order of the actors."""
    rows, columns, size = dyads
    others = np.ascontiguousarray(np.linalg.qr(np.delete(design, place, axis=1))[0].T)
    own = design[:, place] - (others @ design[:, place]) @ others
    residuals = np.full((size, size), np.nan)
    if (rows < columns).all():
        residuals[columns, rows] = own
    residuals[rows, columns] = own
    flat = rows * size + columns
    return np.array([_statistic(y, others, residuals[order][:, order].ravel()[flat]) for order in orders])


def _statistic(y: Array, others: Array, own: Array) -> float:
    """Return t of `own` in the regression of `y` on it and the orthonormal rows `others`, over the dyads where `own` is known.

    Sums instead of products of the linear algebra library: its threads wait for each other longer than such sums take.
    """
    known = ~np.isnan(own)
    if not known.all():
        y, own = y[known], own[known]
        others = np.ascontiguousarray(np.linalg.qr(others[:, known].T)[0].T)
    whole, beside, along = np.einsum("d,d->", own, own), np.einsum("kd,d->k", others, own), np.einsum("kd,d->k", others, y)
    left = float(whole - beside @ beside)
    if left <= 1e-12 * whole:
        return 0.0
    free = len(y) - len(others) - 1
    if free < 1:  # too few dyads are left where unknown ones were dealt in
        return 0.0
    slope = float(np.einsum("d,d->", own, y) - beside @ along) / left
    rest = float(np.einsum("d,d->", y, y) - along @ along) - slope**2 * left
    return slope / float(np.sqrt(max(rest, 1e-300) / free / left))
