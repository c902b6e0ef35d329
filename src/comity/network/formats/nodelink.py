"""A dataset becomes node-link JSON, as networkx and D3 read it, with everything that made it at the top."""

from __future__ import annotations

import json

from comity.network.dataset import ACTORS, TIES, Dataset


def to_json(dataset: Dataset) -> bytes:
    """Return `dataset` as node-link JSON: `nodes`, `edges`, `directed`, `multigraph`, `about` spread at the top, further tables by name.

    Unknown cells are null, ids of a list an array. Read by `networkx.node_link_graph(document, edges="edges")`.
    """
    further = {name: rows for name, rows in dataset.tables.items() if name not in (ACTORS, TIES)}
    document = {**dataset.about, "directed": dataset.directed, "multigraph": dataset.parallel, "nodes": dataset.actors, "edges": dataset.ties, **further}
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()
