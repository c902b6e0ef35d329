"""A dataset becomes GraphML with typed keys, which networkx, igraph, Gephi and yEd read."""

from __future__ import annotations

import json

import networkx as nx

from comity.network.dataset import Dataset, Row
from comity.network.formats.separated import plain


def to_graphml(dataset: Dataset) -> bytes:
    """Return `dataset` as GraphML.

    Actors and ties only. Unknown cells are left out (igraph reads a truth value that is left out as false, as it has no
    missing ones); ids of a list are parted by blanks; ties of one pair in several layers or spells have edge ids of
    their own, so that they come back as a multigraph. `about` stands at the graph.
    """
    return "\n".join(nx.generate_graphml(to_networkx(dataset))).encode() + b"\n"


def to_networkx(dataset: Dataset) -> nx.Graph[str]:
    """Return actors and ties of `dataset` as a networkx graph, a multigraph where a pair is tied more than once."""
    kinds: dict[tuple[bool, bool], type[nx.Graph[str]]] = {
        (False, False): nx.Graph, (False, True): nx.MultiGraph, (True, False): nx.DiGraph, (True, True): nx.MultiDiGraph}
    parallel = dataset.parallel
    graph = kinds[dataset.directed, parallel]()
    graph.graph.update({name: _scalar(value) for name, value in dataset.about.items() if value is not None})
    for actor in dataset.actors:
        graph.add_node(str(actor["id"]), **_known(actor, "id"))
    for index, tie in enumerate(dataset.ties):
        key = {"key": f"e{index}"} if parallel else {}
        graph.add_edge(str(tie["source"]), str(tie["target"]), **key, **_known(tie, "source", "target"))
    return graph


def _known(row: Row, *but: str) -> dict[str, str | int | float | bool]:
    return {name: value for name, cell in row.items() if name not in but and (value := plain(cell)) is not None}


def _scalar(value: object) -> str | int | float | bool:
    return value if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False, sort_keys=True)
