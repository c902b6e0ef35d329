"""P-values of all pairs become q-values: the share of false discoveries among those at least as strong (Benjamini & Hochberg 1995)."""

from __future__ import annotations

import numpy as np

from comity.errors import InputError
from comity.network.matrix import Array


def q_values(p: Array) -> Array:
    """Return the q-value of each pair of a symmetric matrix of p-values (n × n), each pair counted once.

    Pairs that are NaN, and the diagonal, are no tests: they stay NaN and do not count. Raises `InputError` unless `p` is a
    symmetric square of numbers from 0 to 1. Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.
    """
    from scipy.stats import false_discovery_control

    table = np.asarray(p, dtype=float)
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise InputError(f"the p-values have the shape {table.shape}; give one for each pair, n × n")
    if not np.array_equal(table, table.T, equal_nan=True):
        raise InputError("the p-values are not symmetric; a pair has one")
    left, right = np.triu_indices(len(table), 1)
    tested = ~np.isnan(table[left, right])
    left, right = left[tested], right[tested]
    values = table[left, right]
    if ((values < 0) | (values > 1)).any():
        raise InputError("a p-value lies outside 0 to 1; give probabilities")
    result = np.full_like(table, np.nan)
    if len(values):
        result[left, right] = result[right, left] = false_discovery_control(values, method="bh")
    return result
