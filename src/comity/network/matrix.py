"""A table of actors by topics becomes a checked array and the scale of its columns; not a number (NaN) is unknown.

An ordinal cell is counted through its thresholds: with G(k) = 1 if the cell stands above level k, |x - y| is the sum of
step(k) · |G_x(k) - G_y(k)|, so that whatever is linear in G is one matrix product over all pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from comity.errors import InputError

Array = npt.NDArray[np.float64]
Levels = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Scale:
    """The levels of each column, and one threshold for each two neighbouring levels.

    Attributes: `levels` (m × K) ascending, the rest of a row NaN; `column`, `threshold` and `step` (T each): the
    column of a threshold, the level that a cell must exceed, and the distance to the next level.
    """

    levels: Array
    column: npt.NDArray[np.intp]
    threshold: Array
    step: Array

    @property
    def low(self) -> Array:
        """Return the lowest level of each column (m); NaN where a column has none."""
        return self.levels[:, 0]

    @property
    def high(self) -> Array:
        """Return the highest level of each column (m); NaN where a column has none."""
        high: Array = np.fmax.reduce(self.levels, axis=1)
        return high

    def above(self, values: Array) -> Array:
        """Return 1 where a cell stands above the threshold, 0 where it does not or is unknown (n × T)."""
        return (values[:, self.column] > self.threshold).astype(float)


def scale(values: Array, levels: Levels | Scale | None = None) -> Scale:
    """Return the scale of `values`: the `levels` given, one list a column, or those seen in each column.

    Raises `InputError` if the number of columns differs or a value stands outside the levels.
    """
    if isinstance(levels, Scale):
        found = levels
    else:
        seen = [np.unique(c[~np.isnan(c)]) for c in values.T] if levels is None else [np.unique(np.asarray(one, dtype=float)) for one in levels]
        found = _scale(seen)
    if len(found.levels) != values.shape[1]:
        raise InputError(f"{len(found.levels)} lists of levels for {values.shape[1]} columns; give one list a column")
    if levels is not None:
        inside = (values[:, :, None] == found.levels).any(axis=2) | np.isnan(values)
        if not inside.all():
            row, column = (int(k) for k in np.argwhere(~inside)[0])
            raise InputError(f"row {row}, column {column}: {values[row, column]:g} is none of the levels of its column; add it or leave the cell NaN")
    return found


def _scale(seen: list[Array]) -> Scale:
    padded = np.full((len(seen), max(1, *(len(one) for one in seen))), np.nan)
    for row, one in zip(padded, seen, strict=True):
        if not np.isfinite(one).all():
            raise InputError("a level is not a finite number; give numbers only")
        row[: len(one)] = one
    steps = np.diff(padded, axis=1)
    column, place = np.nonzero(~np.isnan(steps))
    return Scale(padded, column, padded[column, place], steps[column, place])


def checked(values: npt.ArrayLike, *, binary: bool = False) -> Array:
    """Return `values` as an array of floats (n × m).

    Raises `InputError` unless it is a table of at least two rows and a column with at least one cell known, all of
    them finite and, if `binary`, 0 or 1.
    """
    try:
        table = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(f"the table is not one of numbers ({error}); write unknown cells as NaN") from error
    if table.ndim != 2 or table.shape[0] < 2 or table.shape[1] < 1:
        raise InputError(f"the table has the shape {table.shape}; give at least two rows (actors) and one column (topic)")
    if np.isnan(table).all():
        raise InputError("every cell of the table is unknown; give at least one known cell")
    if np.isinf(table).any():
        raise InputError("a cell of the table is infinite; give finite numbers, or NaN where unknown")
    if binary and not (np.isnan(table) | (table == 0) | (table == 1)).all():
        raise InputError("a cell of the table is neither 0 nor 1; give 0, 1 or NaN")
    return table


def checked_weights(weights: npt.ArrayLike | None, *, columns: int, name: str = "weights") -> Array:
    """Return one weight a column, 1 each if None. Raises `InputError` unless they are finite, not negative and not all 0."""
    if weights is None:
        return np.ones(columns)
    array = np.asarray(weights, dtype=float)
    if array.shape != (columns,):
        raise InputError(f"{name} have the shape {array.shape}; give one number for each of the {columns} columns")
    if not np.isfinite(array).all() or (array < 0).any() or not array.any():
        raise InputError(f"{name} must be finite, not negative and not all 0; mend column {int(np.argmin(np.isfinite(array) & (array >= 0)))}")
    return array


def mirrored(square: Array) -> Array:
    """Return `square` with the upper triangle in place of the lower: products of matrices are symmetric up to rounding only."""
    return np.triu(square) + np.triu(square, 1).T
