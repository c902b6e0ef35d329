"""Measures become files: CSV, JSON (node-link), GraphML and GEXF, with a codebook beside them."""

from __future__ import annotations

import csv
import io
import json
from typing import Final

import networkx as nx

from comity.errors import InputError
from comity.network.gexf import to_gexf
from comity.network.measure import Metrics

FORMATS: Final = ("csv", "json", "graphml", "gexf")
_CODEBOOK: Final = (
    ("actors", "id", "text", "Actor id: ISO 3166-1 alpha-3 for states and territories, a slug otherwise."),
    ("actors", "label", "text", "English name."),
    ("actors", "iso3", "text", "ISO 3166-1 alpha-3 code; empty for actors that are no state or territory."),
    ("actors", "kind", "text", "Class of the actor in the ontology."),
    ("actors", "degree", "count", "Number of actors tied to; in and out added in a directed layer."),
    ("actors", "strength", "count", "Sum of the weights of the actor's ties."),
    ("actors", "in_degree", "count", "Ties received (directed layers only)."),
    ("actors", "out_degree", "count", "Ties given (directed layers only)."),
    ("actors", "betweenness", "0 to 1", "Normalised betweenness centrality (Freeman 1977), distance 1/weight."),
    ("actors", "eigenvector", "0 to 1", "Weighted eigenvector centrality (Bonacich 1972) in the largest component, 0 elsewhere."),
    ("actors", "community", "number", "Louvain community (Blondel et al. 2008), 1 the largest; depends on the seed."),
    ("ties", "source", "text", "Actor id; giver of the tie in a directed layer."),
    ("ties", "target", "text", "Actor id; receiver of the tie in a directed layer."),
    ("ties", "layer", "text", "Name of the layer, which is the name of the query that made it."),
    ("ties", "sign", "1 or -1", "1 where the relation binds, -1 where it divides."),
    ("ties", "directed", "boolean", "Whether the tie has a direction."),
    ("ties", "weight", "count", "Agreements or memberships shared, or rows of a directed relation."),
    ("ties", "through", "list", "Ids, parted by blanks, of what is shared or of the rows behind the tie."),
)


def export(metrics: Metrics, name: str, *, version: str, table: str = "ties") -> bytes:
    """Return `metrics` in the format `name`.

    Parameters: `version`, the dataset's, written into the file; `table`, `ties` or `actors`, for CSV, which holds one
    table. Raises `InputError` for an unknown format or table.
    """
    match name:
        case "csv":
            return _csv(_table(metrics, table))
        case "json":
            return _json(metrics, version)
        case "graphml":
            return "\n".join(nx.generate_graphml(_networkx(metrics, version))).encode() + b"\n"
        case "gexf":
            return to_gexf(metrics, version=version)
    raise InputError(f"unknown format {name}; use one of {', '.join(FORMATS)}")


def codebook() -> bytes:
    """Return the meaning of every column as CSV."""
    return _csv(tuple({"table": t, "column": c, "unit": u, "meaning": m} for t, c, u, m in _CODEBOOK))


def _table(metrics: Metrics, table: str) -> tuple[dict[str, object], ...]:
    tables = {"ties": metrics.ties, "actors": metrics.actors}
    if table not in tables:
        raise InputError(f"unknown table {table}; use ties or actors")
    return tables[table]


def _csv(rows: tuple[dict[str, object], ...]) -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def _json(metrics: Metrics, version: str) -> bytes:
    document = {"version": version, **metrics.parameters, "seed": metrics.seed, "modularity": metrics.modularity,
                "nodes": list(metrics.actors), "edges": list(metrics.ties)}
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def _networkx(metrics: Metrics, version: str) -> nx.Graph[str]:
    directed = bool(metrics.ties[0]["directed"])
    graph: nx.Graph[str] = nx.DiGraph() if directed else nx.Graph()
    graph.graph.update(version=version, seed=metrics.seed, **metrics.parameters)
    for actor in metrics.actors:
        graph.add_node(str(actor["id"]), **{k: v for k, v in actor.items() if k != "id"})
    for tie in metrics.ties:
        graph.add_edge(str(tie["source"]), str(tie["target"]), **{k: v for k, v in tie.items() if k not in ("source", "target")})
    return graph
