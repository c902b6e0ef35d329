"""A dataset becomes a file of a named format, or a folder of files with their codebook and descriptions."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from comity.errors import InputError
from comity.network.dataset import TIES, Dataset
from comity.network.formats.columnar import to_parquet
from comity.network.formats.companions import companions
from comity.network.formats.dl import to_dl
from comity.network.formats.gexf import to_gexf
from comity.network.formats.graphml import to_graphml
from comity.network.formats.nodelink import to_json
from comity.network.formats.observations import to_rdf
from comity.network.formats.pajek import to_pajek, to_partition
from comity.network.formats.separated import to_csv

#: format → media type
MEDIA: Final = {
    "csv": "text/csv; charset=utf-8", "json": "application/json", "parquet": "application/vnd.apache.parquet", "graphml": "application/graphml+xml",
    "gexf": "application/gexf+xml", "pajek": "text/plain; charset=utf-8", "dl": "text/plain; charset=utf-8", "ttl": "text/turtle", "nq": "application/n-quads"}
FORMATS: Final = tuple(MEDIA)
#: formats whose file holds one table
TABULAR: Final = ("csv", "parquet")
_ENDINGS: Final = {"pajek": "net"}


def write(dataset: Dataset, name: str, *, table: str = TIES) -> bytes:
    """Return `dataset` in the format `name`.

    Parameters: `table`, for CSV and Parquet, whose file holds one table. The other formats hold actors and ties, JSON
    and RDF all tables. Raises `InputError` for an unknown format or table, and for what a format cannot hold.
    """
    match name:
        case "csv":
            return to_csv(dataset, table)
        case "parquet":
            return to_parquet(dataset, table)
        case "json":
            return to_json(dataset)
        case "graphml":
            return to_graphml(dataset)
        case "gexf":
            return to_gexf(dataset)
        case "pajek":
            return to_pajek(dataset)
        case "dl":
            return to_dl(dataset)
        case "ttl" | "nq":
            return to_rdf(dataset, name)
    raise InputError(f"unknown format {name}; use one of {', '.join(FORMATS)}")


def folder(dataset: Dataset, name: str) -> dict[str, bytes]:
    """Return the files of `dataset` in the format `name`, by file name, with `codebook.csv`, `about.json`, `datapackage.json` and `croissant.json`.

    CSV and Parquet make a file a table, DL one a layer, Pajek a partition beside the network where actors are grouped.
    """
    ending = _ENDINGS.get(name, name)
    if name in TABULAR:
        files = {f"{dataset.name}-{table}.{ending}": write(dataset, name, table=table) for table in dataset.tables}
    elif name == "dl" and len(dataset.layers) > 1:
        files = {f"{dataset.name}-{quote(layer, safe='')}.dl": to_dl(dataset, layer) for layer in dataset.layers}
    else:
        files = {f"{dataset.name}.{ending}": write(dataset, name)}
    if name == "pajek" and dataset.grouping is not None:
        files[f"{dataset.name}-{dataset.grouping}.clu"] = to_partition(dataset, dataset.grouping)
    return files | companions(dataset, files, MEDIA[name])
