"""Actors become points on a plane and colours by group, the same for the same seed.

The layout is for the eye alone: distances mean nothing that a score would not say better.
"""

from __future__ import annotations

from typing import Final

import networkx as nx
import numpy as np

from comity.network.dataset import Dataset

#: above this, a picture shows nothing and the layout takes long
LARGEST: Final = 2_000
#: Okabe and Ito's colours, told apart with every kind of colour vision
_COLOURS: Final = ((0, 114, 178), (230, 159, 0), (0, 158, 115), (204, 121, 167), (86, 180, 233), (213, 94, 0), (240, 228, 66), (120, 120, 120))


def positions(dataset: Dataset) -> dict[str, tuple[float, float]]:
    """Return a point of the unit square for each actor, by the spring layout of networkx (Fruchterman and Reingold 1991).

    Half of each coordinate is the rank of the actor along that axis, so that what springs press together can be told apart and parts
    that no tie joins stay near. The seed is `about["seed"]`, 0 if there is none. Empty for more than `LARGEST` actors.
    """
    ids = sorted(str(actor["id"]) for actor in dataset.actors)
    if not 0 < len(ids) <= LARGEST:
        return {}
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(ids)
    ends = ((str(tie["source"]), str(tie["target"])) for tie in dataset.ties)
    graph.add_edges_from(sorted({(min(pair), max(pair)) for pair in ends}))
    seed = dataset.about.get("seed")
    found = nx.spring_layout(graph, seed=seed if isinstance(seed, int) else 0)
    points = np.array([found[name] for name in ids])
    span = np.ptp(points, axis=0)
    unit = (points - points.min(axis=0)) / np.where(span > 0, span, 1)
    ranks = unit.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable") / max(len(ids) - 1, 1)
    return {name: (round(float(x), 4), round(float(y), 4)) for name, (x, y) in zip(ids, (unit + ranks) / 2, strict=True)}


def colours(dataset: Dataset) -> dict[str, tuple[int, int, int]]:
    """Return red, green and blue (0–255) of each actor that belongs to a bloc or community; the last colour is shared by all past the seventh."""
    column = dataset.grouping
    if column is None:
        return {}
    return {name: _COLOURS[min(group, len(_COLOURS)) - 1] for name, group in dataset.groups(column).items()}
