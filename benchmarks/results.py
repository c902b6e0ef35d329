"""What was measured is kept as one tidy CSV file: size, engine, query, measure, value.

A block is what one trial gave, all rows of one size and engine; a new block takes the place of the old one.
"""

from __future__ import annotations

import csv
import math
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

HEADER = ("size", "engine", "query", "measure", "value")


class Measured(NamedTuple):
    """One value: of a size (`100k`, `real`), an engine or part of the line, a query or stage (or none), and a measure."""

    size: str
    engine: str
    query: str
    measure: str
    value: str


def read(path: Path) -> list[Measured]:
    """Read the file, nothing where there is none."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return [Measured(*row) for row in rows] if tuple(header) == HEADER else []


def keep(path: Path, rows: list[Measured]) -> None:
    """Write `rows` in place of the blocks of the same sizes and engines."""
    blocks = {(r.size, r.engine) for r in rows}
    kept: list[Measured] = [r for r in read(path) if (r.size, r.engine) not in blocks] + rows
    kept.sort(key=lambda r: (quads(r.size), *r))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEADER, *kept])


def quads(size: str) -> int:
    """Return the number that a size such as `100k` or `5M` stands for, 0 for the real graph and what has no size."""
    digits = size.rstrip("kM")
    return int(digits) * {"k": 1_000, "M": 1_000_000}.get(size[len(digits):], 1) if digits.isdigit() else 0


def p95(values: list[float]) -> float:
    """Return the 95th percentile by nearest rank."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


def geometric_mean(values: Iterable[float]) -> float:
    """Return the geometric mean, not a number of no values."""
    logs = [math.log(v) for v in values]
    return math.exp(statistics.fmean(logs)) if logs else math.nan
