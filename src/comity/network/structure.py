"""A signed network becomes its structure: how balanced it is, beyond what chance gives, in which blocs, and who could change sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx

from comity.errors import InputError
from comity.network.balance import triangle_balance, walk_balance
from comity.network.brokerage import ROLES, Brokerage, brokerage
from comity.network.communities import signed_communities
from comity.network.dataset import ACTORS, TIES, Cell, Column, Dataset, standard
from comity.network.frustration import FrustrationIndex, frustration_index
from comity.network.nulls import Null, configuration_null, shuffle_null
from comity.network.swing import Swing, swing

#: below so many tied actors there is no statistics: the structure is described and not tested
TESTED_FROM = 40
NULL_DRAWS = 500
_ROLES = tuple(role for role in ROLES if role != "total")


@dataclass(frozen=True)
class Structure:
    """The structure of a signed network, actors without a tie left out.

    Attributes: `graph`, the ties; `index`, the exact frustration of two blocs; `swing`, what each actor is tied to its bloc by;
    `triangle` and `walk`, balance (None without triangles); `configuration`, the test that counts, and `shuffle`, its contrast, None
    below `TESTED_FROM` actors or without triangles; `leiden`, frustration of the communities of a fast method, as a cross-check.
    """

    graph: nx.Graph[str]
    index: FrustrationIndex
    swing: Swing
    triangle: float | None
    walk: float
    configuration: Null | None
    shuffle: Null | None
    leiden: float


def structure(graph: nx.Graph[str], *, seed: int = 0, time_limit: float = 60) -> Structure:
    """Return the structure of a signed network such as `signed_network` gives. Raises `InputError` if it has no tie.

    A solver that reaches `time_limit` seconds leaves `index.proven` False and says how far from proof it is (`index.gap`).
    """
    tied = graph.subgraph(sorted(n for n in graph if graph.degree(n))).copy()
    if not tied.number_of_edges():
        raise InputError(f"no tie of the signed network stands on {graph.graph.get('as_of', 'that day')}; choose a later day or a lower threshold")
    index = frustration_index(tied, time_limit=time_limit)
    triangle = triangle_balance(tied).value
    tested = len(tied) >= TESTED_FROM and triangle is not None
    configuration = configuration_null(tied, draws=NULL_DRAWS, seed=seed) if tested else None
    shuffle = shuffle_null(tied, draws=NULL_DRAWS, seed=seed) if tested else None
    return Structure(tied, index, swing(tied, time_limit=time_limit), triangle, walk_balance(tied).value, configuration, shuffle,
                     signed_communities(tied, seed=seed).value)


def tabulate(found: Structure, *, about: Mapping[str, object]) -> Dataset:
    """Return the dataset `signed`: the signed ties, each actor with its bloc and roles, and the balance of the whole in `about`."""
    between = brokerage(found.graph, found.swing.partition)
    actors = tuple(_actor(found, between, node) for node in sorted(found.graph))
    ties = tuple(_tie(min(a, b), max(a, b), data) for a, b, data in sorted(found.graph.edges(data=True), key=lambda e: (min(e[:2]), max(e[:2]))))
    return Dataset("signed", {ACTORS: actors, TIES: ties}, (*_columns(),), {**about, **summary(found)})


def summary(found: Structure) -> dict[str, object]:
    """Return the balance of the whole in plain values."""
    signs = [d["sign"] for *_, d in found.graph.edges(data=True)]
    values: dict[str, object] = {
        "tied": len(found.graph), "positive": signs.count(1), "negative": signs.count(-1), "mixed": [list(pair) for pair in found.graph.graph.get("mixed", ())],
        "frustration": found.index.value, "frustration_proven": found.index.proven, "frustration_gap": round(found.index.gap, 6),
        "balance": round(found.index.balance, 6), "triangle_balance": found.triangle, "walk_balance": round(found.walk, 6), "leiden_frustration": found.leiden}
    for name, null in (("configuration", found.configuration), ("shuffle", found.shuffle)):
        if null is not None:
            values |= {f"{name}_z": round(null.z["triangle"], 4), f"{name}_p": round(null.p["triangle"], 6)}
        else:
            values[f"{name}_z"] = f"not tested: fewer than {TESTED_FROM} tied actors, or no triangle"
    return values


def _tie(first: str, second: str, data: Mapping[str, Any]) -> dict[str, Cell]:
    return {"source": first, "target": second, "layer": "signed", "sign": data["sign"], "weight": data["weight"], "A": round(data["A"], 6),
            "R": round(data["R"], 6), "why": data["why"]}


def _actor(found: Structure, between: Brokerage, node: str) -> dict[str, Cell]:
    signs = [found.graph[node][other]["sign"] for other in found.graph[node]]
    known = {k: v for k, v in found.graph.nodes[node].items() if k in ("label", "iso3", "cow", "gw", "kind")}
    row: dict[str, Cell] = {"id": node, "label": node, **known, "bloc": found.swing.partition[node], "positive": signs.count(1), "negative": signs.count(-1)}
    row |= {"swing": round(found.swing.increase[node], 6), "entropy": round(found.swing.entropy[node], 6)}
    for role in _ROLES:
        z = between.z[node][role]
        row |= {role: between.count[node][role], f"{role}_z": None if z is None else round(z, 4)}
    return row


def _columns() -> list[Column]:
    actors = [
        Column(ACTORS, "bloc", "integer", "number", "Bloc of the exact least frustrated division into two; where several are best, one of them."),
        Column(ACTORS, "positive", "integer", "count", "Positive ties."), Column(ACTORS, "negative", "integer", "count", "Negative ties."),
        Column(ACTORS, "swing", "number", "ties", "By how much the frustration index grows if the actor is forced into the other bloc."),
        Column(ACTORS, "entropy", "number", "bits", "Entropy of the actor's bloc over all best divisions; 0 if it stands in one in all of them."),
    ]
    for role in _ROLES:
        actors += [Column(ACTORS, role, "integer", "count", f"Times the actor is {role} between blocs (Gould and Fernandez 1989)."),
                   Column(ACTORS, f"{role}_z", "number", "z", f"The same against its expectation; empty where that cannot vary ({role}).")]
    ties = [Column(TIES, "A", "number", "-1 to 1", "Alignment."), Column(TIES, "R", "number", "0 to 1", "Rivalry, the lower of both directions."),
            Column(TIES, "why", "text", "name", "shares (more than chance gives), tie (direct and hard) or rivalry (surely above the threshold both ways).")]
    return [*standard("id", "label", "iso3", "cow", "gw", "kind", table=ACTORS), *actors,
            *standard("source", "target", "layer", "sign", "weight", table=TIES), *ties]
