"""A 0/1 table of actors by instruments becomes shared commitments beyond chance: the stochastic degree sequence model.

For each pair of actors, the number of columns that both hold is set against independent cells with the probabilities
of the bipartite configuration model, which keeps how active each actor and how popular each column is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from comity.errors import InputError
from comity.network.ensemble import bicm
from comity.network.matrix import Array, checked, checked_weights, mirrored

_CHUNK = 256


@dataclass(frozen=True)
class Sdsm:
    """Shared commitments of all pairs, each an n × n symmetric array.

    Attributes: `common`, the columns known for both; `count` C, the (weighted) columns that both hold; `expected` E[C]; `upper`
    P(C ≥ count); `lower` P(C ≤ count); `score`, the mid-p score 2 F - 1 = `lower` - `upper` with F = P(C < count) + P(C = count) / 2:
    1 far more than chance, 0 what chance gives, -1 far fewer. All but `common` and `count` are NaN on the diagonal and
    where no column is known for both.
    """

    common: Array
    count: Array
    expected: Array
    upper: Array
    lower: Array
    score: Array


def sdsm(
    matrix: npt.ArrayLike, *, exact: bool = True, weights: npt.ArrayLike | None = None, repeats: npt.ArrayLike | None = None, cells: Array | None = None
) -> Sdsm:
    """Compare what each pair of rows of a 0/1 `matrix` (n × m) shares with the stochastic degree sequence model.

    Parameters
    ----------
    matrix
        1 held, 0 not, NaN impossible or unknown (a state not yet existing): such a cell counts in no margin and no pair.
    exact
        The Poisson-binomial distribution by convolution; otherwise its refined normal approximation (Hong 2013),
        which needs matrix products alone.
    weights
        What a shared column counts (m); whole numbers if `exact`.
    repeats
        How often each column was drawn (m, whole), as in a bootstrap over columns; each copy is a column of its own.
    cells
        The cell probabilities (n × m) if already fitted; `bicm(matrix, repeats=repeats)` by default.

    Notes
    -----
    C_ij = Σ_p w_p B_p with independent B_p ~ Bernoulli(p_ip p_jp). The upper tail is summed from its own terms, so that
    small p-values keep their digits. The approximation corrects for skewness, and by half a unit for whole weights.
    Raises `InputError` for a matrix, weights, repeats or cells that are not well-formed.

    References
    ----------
    Neal 2014, doi:10.1016/j.socnet.2014.06.001; Neal, Domagalski & Sagan 2021, doi:10.1038/s41598-021-03238-3;
    Hong 2013, doi:10.1016/j.csda.2012.10.006; Saracco et al. 2015, doi:10.1038/srep10595.
    """
    table = checked(matrix, binary=True)
    counts = checked_weights(weights, columns=table.shape[1])
    times = checked_weights(repeats, columns=table.shape[1], name="repeats")
    if (times % 1).any() or (exact and (counts % 1).any()):
        raise InputError("repeats, and weights of the exact distribution, must be whole numbers; scale the weights or take exact=False")
    fitted = bicm(table, repeats=times) if cells is None else np.asarray(cells, dtype=float)
    if fitted.shape != table.shape or (fitted < 0).any() or (fitted > 1).any():
        raise InputError(f"the cell probabilities have the shape {fitted.shape}, the matrix {table.shape}; give one from 0 to 1 for each cell")
    known = ~np.isnan(table)
    held, chance = np.where(known, table, 0.0), np.where(known, np.nan_to_num(fitted), 0.0)
    common = (known * times) @ known.T.astype(float)
    count, expected = (mirrored((one * (times * counts)) @ one.T) for one in (held, chance))
    upper, lower = _exact(chance, count, counts, times) if exact else Approximation(chance).tails(count, counts, times)
    void = common == 0
    np.fill_diagonal(void, True)
    expected, upper, lower = (np.where(void, np.nan, mirrored(one)) for one in (expected, upper, lower))
    return Sdsm(common, count, expected, upper, lower, lower - upper)


class Approximation:
    """The refined normal approximation of the tails for cells of probability `chance` (n × m), prepared for many weights.

    G(z) = Φ(z) + γ (1 - z²) φ(z) / 6 with the skewness γ (Hong 2013).
    """

    def __init__(self, chance: Array) -> None:
        self._powers = {k: chance**k for k in (1, 2, 3)}

    def tails(self, count: Array, weights: Array, times: Array) -> tuple[Array, Array]:
        """Return P(C ≥ count) and P(C ≤ count), n × n each, for columns that count `weights` and were drawn `times` times (m each)."""
        from scipy.special import ndtr

        def summed(k: int, j: int) -> Array:
            """Return Σ_p r_p w_p^j q_p^k: a product with its own transpose, of which half is computed."""
            table = self._powers[k] * np.sqrt(times * weights**j)
            return np.asarray(table @ table.T)

        first, second, third = summed(1, 1), summed(2, 2), summed(3, 3)
        square, cube, double = (summed(1, 2), summed(1, 3), summed(2, 3)) if (weights != 1).any() else (first, first, second)
        variance = square - second
        sure = variance <= 1e-12 * np.maximum(square, 1.0)
        deviation = np.sqrt(np.where(sure, 1.0, variance))
        skewness = (cube - 3 * double + 2 * third) / deviation**3
        half = 0.0 if (weights % 1).any() else 0.5

        def tail(z: Array) -> Array:
            value: Array = ndtr(z) + skewness * (1 - z * z) * np.exp(-z * z / 2) / (6 * np.sqrt(2 * np.pi))
            return value.clip(0.0, 1.0)

        lower = tail((count - first + half) / deviation)
        upper = 1 - (tail((count - first - half) / deviation) if half else lower)
        return np.where(sure, 1.0, upper), np.where(sure, 1.0, lower)


def _exact(chance: Array, count: Array, weights: Array, times: Array) -> tuple[Array, Array]:
    """Return both tails of the Poisson-binomial distribution of every pair, those of equal count together.

    Where a pair shares more than half, the columns that it does not share are counted: they are fewer.
    """
    copies = np.repeat(np.arange(len(times)), times.astype(int))
    used = copies[weights[copies] > 0]
    columns, shifts = np.ascontiguousarray(chance.T[used]), weights[used].astype(int)
    upper, lower = np.ones_like(count), np.ones_like(count)
    for left, right, held in _groups(count):
        share, missed = columns[:, left] * columns[:, right], int(shifts.sum()) - held
        above, below = _tails(share, shifts, held) if held <= missed else _tails(1 - share, shifts, missed)[::-1]
        upper[left, right] = upper[right, left] = above
        lower[left, right] = lower[right, left] = below
    return upper, lower


def _groups(count: Array) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], int]]:
    """Return chunks of pairs with the same count: small enough for the processor's cache."""
    left, right = np.triu_indices(len(count), 1)
    held = np.rint(count[left, right]).astype(int)
    order = np.argsort(held, kind="stable")
    left, right, held = left[order], right[order], held[order]
    cuts = np.flatnonzero(np.diff(held)) + 1
    for begin, end in zip([0, *cuts], [*cuts, len(held)], strict=True):
        for at in range(begin, end, _CHUNK):
            stop = min(at + _CHUNK, end)
            yield left[at:stop], right[at:stop], int(held[at])


def _tails(chance: Array, shifts: npt.NDArray[np.intp], held: int) -> tuple[Array, Array]:
    """Return P(C ≥ held) and P(C ≤ held) for pairs whose column p shares with probability `chance` (M × pairs).

    The states 0..held are kept one by one and all above as one, which only grows: no difference of near numbers is taken.
    """
    states = np.zeros((held + 1, chance.shape[1]))
    states[0] = 1.0
    beyond = np.zeros(chance.shape[1])
    top = 0
    for share, shift in zip(chance, shifts, strict=True):
        if not share.any():
            continue
        leaving = max(0, held + 1 - shift)
        beyond += states[leaving : top + 1].sum(axis=0) * share if leaving <= top else 0.0
        reach = min(top + shift, held)
        moved = states[: reach - shift + 1] * share if reach >= shift else None
        states[: top + 1] *= 1 - share
        if moved is not None:
            states[shift : reach + 1] += moved
        top = reach
    return np.minimum(states[held] + beyond, 1.0), np.minimum(states.sum(axis=0), 1.0)
