"""Measures become a dataset, and so files: CSV, JSON, Parquet, GraphML, GEXF, Pajek, DL and RDF, with a codebook beside them."""

from __future__ import annotations

import hashlib
from typing import Final

from comity import __version__
from comity.errors import InputError
from comity.names import dataset_version
from comity.network.dataset import ACTORS, TIES, Column, Dataset, Row, Type
from comity.network.formats import FORMATS, write
from comity.network.formats.companions import codebook as written
from comity.network.measure import Metrics
from comity.network.records import Layer
from comity.store import Store

__all__ = ["FORMATS", "codebook", "export", "made_by", "tabulate"]

_CODEBOOK: Final = (
    ("actors", "id", "text", "Actor id: ISO 3166-1 alpha-3 for states and territories, a slug otherwise."),
    ("actors", "label", "text", "English name."),
    ("actors", "iso3", "text", "ISO 3166-1 alpha-3 code; empty for actors that are no state or territory."),
    ("actors", "cow", "code", "Country code of the Correlates of War project; empty where it gives none."),
    ("actors", "gw", "code", "Number in the lists of Gleditsch and Ward; empty where they give none."),
    ("actors", "kind", "text", "Class of the actor in the ontology."),
    ("actors", "degree", "count", "Number of actors tied to; in and out added in a directed layer."),
    ("actors", "strength", "count", "Sum of the weights of the actor's ties."),
    ("actors", "in_degree", "count", "Ties received (directed layers only)."),
    ("actors", "out_degree", "count", "Ties given (directed layers only)."),
    ("actors", "in_strength", "count", "Sum of the weights of the ties received (directed layers only)."),
    ("actors", "out_strength", "count", "Sum of the weights of the ties given (directed layers only)."),
    ("actors", "betweenness", "0 to 1", "Normalised betweenness centrality (Freeman 1977), distance 1/weight."),
    ("actors", "harmonic", "per distance", "Harmonic centrality (Rochat 2009): mean of 1/distance to all others, along directions, 0 for those out of reach."),
    ("actors", "eigenvector", "0 to 1", "Weighted eigenvector centrality (Bonacich 1972) in the largest component, 0 elsewhere."),
    ("actors", "pagerank", "0 to 1", "Weighted PageRank (Brin and Page 1998), damping 0.85; all actors together 1."),
    ("actors", "hub", "0 to 1", "Weighted hub score (Kleinberg 1999): ties given to authorities (directed layers only)."),
    ("actors", "authority", "0 to 1", "Weighted authority score (Kleinberg 1999): ties received from hubs (directed layers only)."),
    ("actors", "community", "number", "Leiden community by modularity (Traag, Waltman and van Eck 2019), 1 the largest; depends on the seed."),
    ("ties", "source", "text", "Actor id; giver of the tie in a directed layer."),
    ("ties", "target", "text", "Actor id; receiver of the tie in a directed layer."),
    ("ties", "layer", "text", "Name of the layer, which is the name of the query that made it."),
    ("ties", "sign", "1 or -1", "1 where the relation binds, -1 where it divides."),
    ("ties", "directed", "boolean", "Whether the tie has a direction."),
    ("ties", "weight", "count", "Agreements or memberships shared, or rows of a directed relation."),
    ("ties", "through", "list", "Ids, parted by blanks, of what is shared or of the rows behind the tie."),
)


#: unit → type; whether other numbers are whole is seen from the values
_TYPES: Final[dict[str, Type]] = {"text": "text", "boolean": "boolean", "list": "list", "code": "integer"}


def tabulate(metrics: Metrics, *, about: dict[str, object] | None = None, kind: str = "") -> Dataset:
    """Return `metrics` as a dataset, named for its layers.

    Parameters: `about`, what is known of its making besides parameters, seed and modularity (`version`, `method`,
    `query_sha256`); `kind`, of which kind the ids in `through` are. Raises `InputError` for a column that the codebook lacks.
    """
    layers = metrics.parameters.get("layers", "network")
    ties: tuple[Row, ...] = tuple({**tie, "through": tuple(str(tie["through"]).split())} for tie in metrics.ties)  # type: ignore[dict-item]
    actors: tuple[Row, ...] = metrics.actors  # type: ignore[assignment]
    columns = (*_columns(ACTORS, actors), *_columns(TIES, ties))
    made = {**(about or {}), **metrics.parameters, "seed": metrics.seed, "modularity": metrics.modularity}
    directed = any(tie["directed"] for tie in metrics.ties)
    return Dataset(layers.replace(" ", "-"), {ACTORS: actors, TIES: ties}, columns, made, directed, {layer: kind for layer in layers.split() if kind})


def made_by(store: Store, layer: Layer) -> dict[str, object]:
    """Return what the measures of `layer` rest on: versions of data and method, and the hash of the layer's query."""
    return {"version": dataset_version(store), "method": f"comity {__version__}", "query": layer.question.name,
            "query_sha256": hashlib.sha256(layer.question.text.encode()).hexdigest()}


def export(metrics: Metrics, name: str, *, version: str, table: str = TIES, kind: str = "") -> bytes:
    """Return `metrics` in the format `name`; see `comity.network.formats.write`.

    Parameters: `version`, the dataset's, written into the file; `table`, `ties` or `actors`, for CSV and Parquet, which
    hold one table; `kind`, of which kind the ids in `through` are, for RDF. Raises `InputError` for an unknown format or table.
    """
    return write(tabulate(metrics, about={"version": version}, kind=kind), name, table=table)


def codebook() -> bytes:
    """Return the meaning of every column that `measure` may fill as CSV."""
    return written(tuple(Column(table, name, _TYPES.get(unit, "number"), unit, meaning) for table, name, unit, meaning in _CODEBOOK))


def _columns(table: str, rows: tuple[Row, ...]) -> tuple[Column, ...]:
    """Return the columns that the rows have, as the codebook explains them."""
    book = {name: (unit, meaning) for t, name, unit, meaning in _CODEBOOK if t == table}
    found = []
    for name in rows[0] if rows else ():
        if name not in book:
            raise InputError(f"column {name} of {table} is not explained; add it to the codebook")
        unit, meaning = book[name]
        whole = all(isinstance(row[name], int) for row in rows if row[name] not in (None, ""))
        found.append(Column(table, name, _TYPES.get(unit, "integer" if whole else "number"), unit, meaning))
    return tuple(found)
