"""Positions of actors on topics become the similarity of each pair: S, kappa, pi, and A1, corrected for chance on both margins.

All four are one minus a ratio of differences |x - y|; they differ in what they divide by. S divides by the largest
difference, kappa and pi by what the actors' own distributions give, A1 by what activity and popularity together give.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from comity.errors import InputError
from comity.network.ensemble import Ensemble, ensemble
from comity.network.matrix import Array, Levels, Scale, checked, checked_weights, mirrored, scale

MEASURES = ("a1", "kappa", "pi", "s")
_NONE = 1e-6  # what a fit leaves of a difference that the margins rule out


@dataclass(frozen=True)
class Similarities:
    """One measure for all pairs, each an n × n symmetric array.

    Attributes: `score` (1 on the diagonal), NaN where there is none; `common`, the topics known for both that have weight; `observed` D_o and
    `expected` D_e, the mean difference and what it is set against; `measure`; `least`, the topics that a score needs.
    """

    score: Array
    common: Array
    observed: Array
    expected: Array
    measure: str
    least: int

    def reason(self, i: int, j: int) -> str:
        """Return why the pair has no score; empty if it has one."""
        if self.common[i, j] < self.least:
            return f"{self.common[i, j]:.0f} topics are known for both, fewer than {self.least}"
        return "" if self.expected[i, j] > 0 else "the margins leave no room for a difference"


def similarities(
    values: npt.ArrayLike,
    *,
    measure: str = "a1",
    weights: npt.ArrayLike | None = None,
    levels: Levels | None = None,
    least: int = 10,
    fitted: Ensemble | None = None,
) -> Similarities:
    """Compare the rows of `values` (actors × topics, NaN where unknown) in pairs, over the topics known for both.

    Parameters
    ----------
    values
        Positions on one ordinal scale, such as 0/1, -1/0/1 or 0/.25/.5/1 (n × m); only `s` brings topics of different range to one.
    measure
        `a1`, `kappa`, `pi` or `s`.
    weights
        One a topic (m), 1 each by default; weight 0 leaves a topic out.
    levels
        The levels of each topic, one list a column; those seen in it by default. `s` and `a1` depend on them.
    least
        Pairs with fewer topics known for both (and of positive weight) have no score.
    fitted
        The ensemble of `values`, where it is at hand (`a1`). If it was fitted with `repeats`, multiply the weights by them.

    Notes
    -----
    Score = 1 - D_o / D_e with D_o = Σ w_p |x_ip - x_jp| / Σ w_p, and D_e

    - `s`: one half, with differences in units of each topic's range, so that S is -1 at the largest difference;
    - `kappa`: the mean of |x_ip - x_jq| over all pairs of topics p, q, weighted by w_p w_q: each actor keeps its own distribution;
    - `pi`: the same with the mean of the two distributions for both;
    - `a1`: the expectation of D_o under the ensemble that keeps both margins: how far each actor goes and how popular each topic is.

    Each is 1 for equal rows; the last three are 0 at what chance gives and negative below. `reason` of the result says why a score is NaN: too few
    common topics, or D_e = 0. Raises `InputError` for values, weights, levels or a measure that are not well-formed.

    References
    ----------
    Signorino & Ritter 1999, doi:10.1111/0020-8833.00113; Häge 2011, doi:10.1093/pan/mpr023; Cohen 1968,
    doi:10.1037/h0026256; Scott 1955, doi:10.1086/266577. A1 is this project's; it joins those to Saracco et al. 2015.
    """
    if measure not in MEASURES:
        raise InputError(f"unknown measure {measure!r}; take one of {', '.join(MEASURES)}")
    table = checked(values)
    weight = checked_weights(weights, columns=table.shape[1])
    known = (~np.isnan(table)).astype(float)
    grid = fitted.scale if fitted is not None and levels is None else scale(table, levels)
    common, total = (known * (weight > 0)) @ known.T, mirrored((known * weight) @ known.T)
    total = np.where(total > 0, total, np.nan)
    # S counts each topic in units of its own range (Signorino & Ritter's w / Δmax)
    unit = np.where(grid.high > grid.low, grid.high - grid.low, 1.0) if measure == "s" else np.ones_like(weight)
    observed = _differences(grid.above(table), known, grid, weight / unit) / total
    if measure == "a1":
        model = _model(table, weight, grid, fitted)
        expected = _differences(model.cumulative, known, model.scale, weight) / total
    elif measure == "s":
        expected = np.where(np.isnan(total), np.nan, 0.5)
    else:
        expected = _own_distributions(table, known, weight, pooled=measure == "pi") / total**2
    return _scored(observed, expected, common, measure, least)


def similarity(
    x: npt.ArrayLike, y: npt.ArrayLike, *, measure: str = "a1", weights: npt.ArrayLike | None = None, levels: tuple[float, ...] | None = None
) -> float:
    """Return the similarity of two rows of positions, None or NaN where unknown: `s`, `kappa`, `pi` or `a1` as in `similarities`.

    `levels` is the scale common to all topics; the values seen in either row by default. Two rows alone say nothing about how
    popular a topic is, so that `a1` keeps the actors' margins only and equals `kappa`: take `similarities` of the whole table
    for A1 proper. NaN where no topic is known for both or D_e = 0. Raises `InputError` as `similarities` does.
    """
    if np.ndim(x) != 1 or np.shape(x) != np.shape(y):
        raise InputError(f"the two rows have the shapes {np.shape(x)} and {np.shape(y)}; give two lists of the same length")
    table = checked(np.array([x, y], dtype=object))
    one_scale = tuple(np.unique(table[~np.isnan(table)])) if levels is None else levels
    short = {"a1": "kappa"}.get(measure, measure)
    return float(similarities(table, measure=short, weights=weights, levels=[one_scale] * table.shape[1], least=1).score[0, 1])


def _differences(above: Array, known: Array, grid: Scale, weight: Array) -> Array:
    """Return Σ_p w_p E|x_ip - x_jp| over the topics known for both: |x - y| = Σ_k step_k (G_i + G_j - 2 G_i G_j), independent G.

    `above` is G or its expectation (n × T), 0 where unknown.
    """
    heavy = above * (weight[grid.column] * grid.step)
    one = heavy @ known[:, grid.column].T
    return mirrored(np.maximum(one + one.T - 2 * (heavy @ above.T), 0.0))


def _model(table: Array, weight: Array, grid: Scale, fitted: Ensemble | None) -> Ensemble:
    """Return the ensemble to compare with. Raises `InputError` if the one given does not cover the cells that have weight."""
    if fitted is None:
        return ensemble(table, levels=grid)
    if fitted.expected.shape != table.shape or (~np.isnan(table) & np.isnan(fitted.expected))[:, weight > 0].any():
        raise InputError("the fitted ensemble lacks cells that have weight; fit it to the same values, and multiply the weights by the repeats of its columns")
    return fitted


def _own_distributions(table: Array, known: Array, weight: Array, *, pooled: bool) -> Array:
    """Return Σ_p Σ_q w_p w_q |x_ip - y_jq| over the topics known for both, with both distributions averaged first if `pooled`."""
    levels = np.unique(table[~np.isnan(table)])
    total = (known * weight) @ known.T
    result = np.zeros_like(total)
    for level, step in zip(levels[:-1], np.diff(levels), strict=True):
        mine = ((table > level) * weight) @ known.T  # weight above the level in row i, over the topics known to j too
        left, right = ((mine + mine.T) / 2,) * 2 if pooled else (mine, mine.T)
        result += step * (left * (total - right) + right * (total - left))
    return mirrored(result)


def _scored(observed: Array, expected: Array, common: Array, measure: str, least: int) -> Similarities:
    expected = np.where(expected <= _NONE, 0.0, expected)
    score = np.where((common >= max(least, 1)) & (expected > 0), 1 - observed / np.where(expected > 0, expected, 1.0), np.nan)
    return Similarities(score, common, observed, expected, measure, max(least, 1))
