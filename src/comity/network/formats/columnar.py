"""A table of a dataset becomes Parquet with typed columns, whose metadata say what they mean and how the dataset came to be."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from comity.network.dataset import Dataset

if TYPE_CHECKING:
    import pyarrow


def to_parquet(dataset: Dataset, table: str) -> bytes:
    """Return one table of `dataset` as Parquet.

    Unknown cells are null; ids of a list are a list of strings; dates are strings, as they may be partial. Fields carry
    `unit` and `meaning`, the schema carries `comity` (JSON of `about`). Raises `InputError` for an unknown table.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    types: dict[str, pyarrow.DataType] = {"text": pa.string(), "date": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(),
                                          "list": pa.list_(pa.string())}
    fields = [pa.field(c.name, types[c.type], metadata={"unit": c.unit, "meaning": c.meaning}) for c in dataset.of(table)]
    schema = pa.schema(fields, metadata={"comity": json.dumps(dict(dataset.about), ensure_ascii=False)})
    rows = dataset.tables[table]
    columns = [pa.array([_listed(row[f.name]) for row in rows], f.type) for f in fields]
    file = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), file)
    return file.getvalue()


def _listed(cell: object) -> object:
    return list(cell) if isinstance(cell, tuple) else cell
