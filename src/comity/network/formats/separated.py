"""A table of a dataset becomes CSV: UTF-8, a comma between cells, unknown cells empty, ids of a list parted by blanks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from comity.network.dataset import Cell, Dataset


def to_csv(dataset: Dataset, table: str) -> bytes:
    """Return one table of `dataset` as CSV, with a header even if it has no rows. Raises `InputError` for an unknown table."""
    names = [column.name for column in dataset.of(table)]
    return rows_to_csv(names, ({name: plain(value) for name, value in row.items()} for row in dataset.tables[table]))


def rows_to_csv(names: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """Return rows as CSV with the columns `names`."""
    file = io.StringIO()
    writer = csv.DictWriter(file, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def plain(cell: Cell) -> str | int | float | bool | None:
    """Return a cell as one value: the ids of a list parted by blanks."""
    return " ".join(cell) if isinstance(cell, tuple) else cell
