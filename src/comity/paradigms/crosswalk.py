"""Labels of the same jurisdictions in two schemes become a contingency table with two measures of how far the schemes say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Crosswalk:
    """How the labels of two schemes meet.

    Attributes: `first`, `second`, names of the schemes; `rows`, `columns`, their labels in order; `counts`, label of the
    first → for each label of the second how many jurisdictions; `n`, those that both label; `cramers_v` and `ami`, see
    the functions of these names, None where they are not defined.
    """

    first: str
    second: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    n: int
    cramers_v: float | None
    ami: float | None


def crosswalk(first: Mapping[str, str], second: Mapping[str, str], *, names: tuple[str, str] = ("first", "second")) -> Crosswalk:
    """Cross the labels of two schemes (jurisdiction → label) over the jurisdictions that both label."""
    both = sorted(first.keys() & second.keys())
    met = Counter((first[j], second[j]) for j in both)
    rows, columns = (tuple(sorted({pair[i] for pair in met})) for i in (0, 1))
    counts = np.array([[met[r, c] for c in columns] for r in rows], dtype=np.int64).reshape(len(rows), len(columns))
    plain = tuple(tuple(int(x) for x in line) for line in counts)
    return Crosswalk(*names, rows, columns, plain, len(both), cramers_v(counts), adjusted_mutual_information(counts))


def cramers_v(counts: Sequence[Sequence[int]] | Counts) -> float | None:
    """Return Cramér's V of a contingency table, from 0 (independent) to 1 (one scheme settles the other).

    V = √(χ² / (n (min(r, c) - 1))), without correction (Cramér 1946). None where a side has fewer than two labels.
    """
    from scipy.stats.contingency import association

    table = np.asarray(counts, dtype=np.int64)
    if table.ndim != 2 or min(table.shape) < 2:
        return None
    return float(association(table, method="cramer"))


def adjusted_mutual_information(counts: Sequence[Sequence[int]] | Counts) -> float | None:
    """Return the mutual information of a contingency table adjusted for chance: 1 for the same partition, about 0 for unrelated ones.

    AMI = (I - E) / (mean of the two entropies - E), with E the expectation of I when both margins are kept and all else is
    drawn at random (hypergeometric; Vinh, Epps and Bailey 2010, JMLR 11, eqs. 24a and 33). None where neither side divides anything.
    """
    from scipy.stats import hypergeom

    table = np.asarray(counts, dtype=np.int64)
    if table.size == 0:
        return None
    n = int(table.sum())
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    shared = float(sum(_part(int(x), int(a), int(b), n) for a, line in zip(rows, table, strict=True) for b, x in zip(columns, line, strict=True)))
    expected = 0.0
    for a in rows:
        for b in columns:
            k = np.arange(max(1, a + b - n), min(a, b) + 1)
            expected += float(sum(p * _part(int(x), int(a), int(b), n) for p, x in zip(hypergeom.pmf(k, n, a, b), k, strict=True)))
    ceiling = (_entropy(rows, n) + _entropy(columns, n)) / 2
    return None if np.isclose(ceiling, expected) else (shared - expected) / (ceiling - expected)


def _part(x: int, a: int, b: int, n: int) -> float:
    return float(x / n * np.log(n * x / (a * b))) if x else 0.0


def _entropy(sizes: Counts, n: int) -> float:
    shares = sizes[sizes > 0] / n
    return float(-(shares * np.log(shares)).sum())
