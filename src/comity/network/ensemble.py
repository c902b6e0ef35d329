"""A table of actors by topics becomes its maximum-entropy ensemble: all tables that have its row and column sums on average.

For 0/1 cells this is the bipartite configuration model (BiCM). Newton's method on the concave likelihood fits the
effects; rows and columns whose sum leaves no choice take their exact limit beforehand, so that nothing overflows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from comity.errors import InputError
from comity.network.matrix import Array, Levels, Scale, checked, checked_weights, scale

Mask = npt.NDArray[np.bool_]
_MOST = 200
_HALVINGS = 30
_PRECISION = 1e-6  # of a Newton step, relative


@dataclass(frozen=True)
class Ensemble:
    """Independent cells with P(x_ip = l) ∝ exp(l · (a_i + b_p)) over the levels l of column p.

    Attributes: `cumulative` (n × T), P(x_ip > threshold), 0 where unknown; `expected` (n × m), NaN where unknown;
    `scale`, the levels and thresholds; `actors` a (n) and `topics` b (m), fixed up to a constant that moves from one to
    the other, NaN where the margins leave no choice; `residual`, the largest difference between an expected and an
    observed margin; `iterations` of Newton's method.
    """

    cumulative: Array
    expected: Array
    scale: Scale
    actors: Array
    topics: Array
    residual: float
    iterations: int

    @property
    def column_of_threshold(self) -> npt.NDArray[np.intp]:
        """Return the column that each threshold belongs to (T)."""
        return self.scale.column

    @property
    def step(self) -> Array:
        """Return the distance between the two levels around each threshold (T)."""
        return self.scale.step


def ensemble(
    values: npt.ArrayLike, *, levels: Levels | Scale | None = None, repeats: npt.ArrayLike | None = None, start: Ensemble | None = None, tolerance: float = 1e-8
) -> Ensemble:
    """Fit the maximum-entropy ensemble that keeps both margins of `values` over its known cells.

    Parameters
    ----------
    values
        Numbers (n × m), NaN where unknown; unknown cells count in neither margin.
    levels
        The levels of each column, one list a column or the `scale` of an earlier fit; those seen in it by default.
    repeats
        How often each column counts (m), whole or not, as in a bootstrap over columns; a column of 0 is left out.
    start
        An earlier fit of the same shape to start from.
    tolerance
        Largest difference allowed between expected and observed margins, in units of the levels.

    Returns
    -------
    The ensemble: Σ_p r_p E[x_ip] = Σ_p r_p x_ip for each row and Σ_i E[x_ip] = Σ_i x_ip for each column.

    Notes
    -----
    Where a row or column has all its open cells at their lowest or all at their highest level, its effect is infinite
    and its cells are certain; they are taken out, again and again, before the fit. Margins that force a block inside
    (separation) are approached until `tolerance` holds. Raises `InputError` for a table, levels or repeats that are not
    well-formed, and if the fit does not converge.

    References
    ----------
    Saracco, Di Clemente, Gabrielli & Squartini 2015, doi:10.1038/srep10595; Squartini & Garlaschelli 2011,
    doi:10.1088/1367-2630/13/8/083001.
    """
    table = checked(values)
    grid = scale(table, levels)
    times = checked_weights(repeats, columns=table.shape[1], name="repeats")
    known = ~np.isnan(table) & (times > 0)
    free = _free(table, known, grid)
    model = _Model(table, free, times, grid)
    actors, topics = _begin(start, table.shape)
    actors, topics, iterations, residual = model.fit(actors, topics, tolerance)
    return _result(table, known, model, grid, (actors, topics), (iterations, residual))


def bicm(matrix: npt.ArrayLike, *, repeats: npt.ArrayLike | None = None) -> Array:
    """Return the probability of each cell of a 0/1 `matrix` (n × m) under the bipartite configuration model.

    p_ip = 1 / (1 + exp(-(a_i + b_p))) with expected row and column sums equal to those observed over the known cells;
    NaN where the cell is unknown. `repeats` as in `ensemble`. Saracco et al. 2015, doi:10.1038/srep10595.
    """
    table = checked(matrix, binary=True)
    return ensemble(table, levels=[(0.0, 1.0)] * table.shape[1], repeats=repeats).expected


def _free(table: Array, known: Mask, grid: Scale) -> Mask:
    """Return the cells that the margins leave open: without rows and columns at an end of their range, taken out until none is left."""
    low, high = table == grid.low, table == grid.high
    free = known & (grid.low < grid.high)
    while True:
        certain = np.zeros_like(free)
        for end in (low, high):
            held = end | ~free
            certain |= held.all(axis=1, keepdims=True) | held.all(axis=0, keepdims=True)
        if not (free & certain).any():
            return free
        free &= ~certain


def _begin(start: Ensemble | None, shape: tuple[int, ...]) -> tuple[Array, Array]:
    if start is None:
        return np.zeros(shape[0]), np.zeros(shape[1])
    if start.expected.shape != shape:
        raise InputError(f"the fit to start from has the shape {start.expected.shape}, the table {shape}; start from a fit of the same table")
    return np.nan_to_num(start.actors), np.nan_to_num(start.topics)


class _Model:
    """The likelihood of the open cells and its derivatives, with each column's levels counted from the middle of its range."""

    def __init__(self, table: Array, free: Mask, times: Array, grid: Scale) -> None:
        self.free, self.times, self.factor = free, times, free * times
        self.middle = np.nan_to_num((grid.low + grid.high) / 2)
        self.reach = np.nan_to_num((grid.high - grid.low) / 2)
        self.table = np.where(free, table - self.middle, 0.0)
        self.present = (~np.isnan(grid.levels.T)).astype(float)
        self.present[0] = 1.0
        self.levels = np.nan_to_num(grid.levels.T - self.middle)

    def weights(self, theta: Array) -> list[Array]:
        """Return exp(l · θ) for each rank of level, scaled so that the largest of a cell is 1, and 0 where a column has no such level."""
        top = np.abs(theta) * self.reach
        return [np.exp(theta * one - top) * there for one, there in zip(self.levels, self.present, strict=True)]

    def moments(self, actors: Array, topics: Array) -> tuple[float, Array, Array]:
        """Return the log-likelihood, the mean of each cell above the middle of its range, and the variance of each open cell (0 in the others)."""
        theta = (actors[:, None] + topics) * self.free
        total, first, second = (np.zeros_like(theta) for _ in range(3))
        for weight, one in zip(self.weights(theta), self.levels, strict=True):
            total += weight
            weight *= one
            first += weight
            second += weight * one
        mean = first / total
        value = self.table * theta - np.abs(theta) * self.reach - np.log(total)
        return float((value * self.factor).sum()), mean, (second / total - mean * mean) * self.factor

    def fit(self, actors: Array, topics: Array, tolerance: float) -> tuple[Array, Array, int, float]:
        """Return effects, iterations and the largest residual of a margin. Raises `InputError` if it stays above `tolerance`."""
        value, mean, spread = self.moments(actors, topics)
        for iteration in range(_MOST):
            gap = (self.table - mean) * self.free
            rows, columns = _over_topics(gap, self.times), gap.sum(axis=0)
            residual = float(max(np.abs(rows).max(), np.abs(columns).max()))
            if residual <= tolerance:
                return actors, topics, iteration, residual
            to_actors, to_topics = _newton(spread, rows, columns * self.times)
            for halving in range(_HALVINGS):
                length = 0.5**halving
                new = self.moments(actors + length * to_actors, topics + length * to_topics)
                if new[0] >= value - 1e-10 * (1 + abs(value)):
                    break
            actors, topics = actors + length * to_actors, topics + length * to_topics
            value, mean, spread = new
        raise InputError(f"the margins are met to {residual:g} only after {_MOST} steps; raise the tolerance or look for columns with very unequal levels")


def _newton(spread: Array, rows: Array, columns: Array) -> tuple[Array, Array]:
    """Return the Newton step: the variances are the Hessian; actors are eliminated, topics solved for by conjugate gradients.

    Free of the threads of the linear algebra library, whose waiting costs more than such small systems when the processor is shared.
    """
    row, column = spread.sum(axis=1), spread.sum(axis=0)
    row, column = np.where(row > 0, row, 1.0), np.where(column > 0, column, 1.0)
    rest = columns - _over_actors(spread, rows / row)
    step, scaled = np.zeros_like(rest), rest / column
    along, size = scaled, float(rest @ scaled)
    enough = _PRECISION**2 * size
    for _ in range(2 * len(rest)):
        image = column * along - _over_actors(spread, _over_topics(spread, along) / row)
        curvature = float(along @ image)
        if size <= enough or curvature <= 0:
            break
        step, rest = step + size / curvature * along, rest - size / curvature * image
        scaled = rest / column
        size, before = float(rest @ scaled), size
        along = scaled + size / before * along
    return (rows - _over_topics(spread, step)) / row, step


def _over_topics(table: Array, topics: Array) -> Array:
    product: Array = np.einsum("ip,p->i", table, topics)
    return product


def _over_actors(table: Array, actors: Array) -> Array:
    product: Array = np.einsum("ip,i->p", table, actors)
    return product


def _result(table: Array, known: Mask, model: _Model, grid: Scale, effects: tuple[Array, Array], run: tuple[int, float]) -> Ensemble:
    actors, topics = effects
    column = grid.column
    tails = np.cumsum(model.weights((actors[:, None] + topics) * model.free)[::-1], axis=0)[::-1]
    place = (grid.levels[column] <= grid.threshold[:, None]).sum(axis=1)
    tail = (tails / tails[0])[place, :, column].T
    certain = grid.above(np.where(known, table, -np.inf))
    cumulative = np.where(model.free[:, column], tail, certain)
    _, mean, _ = model.moments(actors, topics)
    expected = np.where(model.free, mean + model.middle, np.where(known, table, np.nan))
    actors = np.where(model.free.any(axis=1), actors, np.nan)
    topics = np.where(model.free.any(axis=0), topics, np.nan)
    return Ensemble(cumulative, expected, grid, actors, topics, run[1], run[0])
