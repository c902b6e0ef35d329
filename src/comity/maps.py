"""Answers of library queries become layers of a map: what stands for each place on a day, with its evidence.

A map colours places by what is recorded; it draws no border and takes no side.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from comity.errors import InputError
from comity.graph import Graph
from comity.queries import day
from comity.vocabulary import CONCEPT, ID

Row = dict[str, str | None]
_CODES: Final = "SELECT ?place ?code WHERE { ?place comity:m49Code ?code }"
_EVIDENCE: Final = ("source", "locator", "grade", "row")


@dataclass(frozen=True)
class Layer:
    """A layer: the library `query` behind it (none for what is computed), the columns of place and value, the parameter that `of` fills and its default."""

    query: str
    place: str
    value: str
    parameter: str = ""
    default: str = ""


LAYERS: Final = {
    "paradigm": Layer("policy/paradigm-map", "jurisdiction", "paradigmLabel", "scheme", "concept/paradigm/scheme/wic"),
    "law": Layer("policy/first-laws", "jurisdiction", "year"),
    "recognised-by": Layer("lookup/recognised-by", "recognised", "scheme", "recogniser", "actor/EU"),
    "party-to": Layer("lookup/parties", "actor", "status", "agreement", "instrument/cptpp"),
    "restricts": Layer("network/measures", "from", "measures", "", "actor/CHN"),
    "bloc": Layer("", "actor", "bloc"),
}
#: layers that no scheme, actor or agreement narrows
WHOLE: Final = ("law", "bloc")
#: draws behind the signed network, as many as its page shows, so that what is kept serves both
_DRAWS: Final = 200


@dataclass(frozen=True)
class Place:
    """What one layer says of one place: its `values`, and the evidence of each; `m49` is empty for what no map shows, such as a union."""

    iri: str
    label: str
    m49: str
    values: tuple[str, ...]
    evidence: tuple[dict[str, str], ...]
    sources: int


@dataclass(frozen=True)
class Contested:
    """A territory whose status is contested on the day; `m49` is empty where the United Nations give it no code."""

    iri: str
    label: str
    m49: str


@dataclass(frozen=True)
class Chart:
    """One layer on one day: the places it names, how many of them have each value, and whose status is `contested` whatever the layer."""

    layer: str
    of: str
    query: str
    as_of: str
    known_on: str
    places: tuple[Place, ...]
    legend: dict[str, int]
    contested: tuple[Contested, ...] = ()


def chart(graph: Graph, layer: str, *, of: str = "", as_of: str = "today", known_on: str = "latest") -> Chart:
    """Return what `layer` says of all places on a day.

    `of` names the scheme of paradigms, the recogniser, the agreement or the power restricted; `law` takes none. The layer `law` gives the
    year of the earliest statute, and shows years up to that of `as_of`; so does `bloc` take none, which gives the bloc of each actor that
    the signed network of all scores ties, to members of a union that of their union. Raises `InputError` for an unknown layer, name or day.
    """
    if layer not in LAYERS:
        raise InputError(f"no layer of the map is called {layer}; use {', '.join(LAYERS)}")
    if of and layer in WHOLE:
        raise InputError(f"of={of}: the layer {layer} takes none; leave it out")
    days = {"as_of": day(graph.store, "as_of", as_of).isoformat(), "known_on": day(graph.store, "known_on", known_on).isoformat()}
    chosen = LAYERS[layer]
    codes = {row["place"]: str(row["code"]).zfill(3) for row in graph.query(_CODES).to_dicts()}
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in _rows(graph, layer, of or chosen.default, days):
        iri = str(row[chosen.place])
        found[str(row.get(f"{chosen.place}Label") or iri.rpartition("/")[2]), iri].append(row)
    places = tuple(_place(chosen.value, label, iri, codes.get(iri, ""), rows) for (label, iri), rows in sorted(found.items()))
    unsettled = {(str(row["actorLabel"]), str(row["actor"])) for row in graph.ask("lookup/contested", **days).to_dicts()}
    contested = tuple(Contested(iri, label, codes.get(iri, "")) for label, iri in sorted(unsettled))
    return Chart(layer, of or chosen.default, chosen.query, days["as_of"], days["known_on"], places, _legend(places), contested)


def _rows(graph: Graph, layer: str, of: str, days: dict[str, str]) -> Iterable[Row]:
    chosen = LAYERS[layer]
    if layer == "law":
        rows = graph.ask(chosen.query, known_on=days["known_on"]).to_dicts()
        return [row for row in rows if str(row["year"]) <= days["as_of"][:4]]
    if layer == "bloc":
        return _blocs(graph, days)
    if layer == "restricts":
        return _restrictions(graph, of, days)
    return graph.ask(chosen.query, **{chosen.parameter: of}, **days).to_dicts()


def _restrictions(graph: Graph, of: str, days: dict[str, str]) -> list[Row]:
    from comity.names import resolve

    target = resolve(graph.store, of.removeprefix("actor/")).value
    labels = {row["actor"]: row["label"] for row in graph.ask("network/actors", known_on=days["known_on"]).to_dicts()}
    rows = [row for row in graph.ask("network/measures", **days).to_dicts() if row["to"] == target]
    number = Counter(taker for taker, _ in {(row["from"], row["row"]) for row in rows})
    return [{**row, "fromLabel": labels.get(row["from"]), "measures": str(number[row["from"]])} for row in rows]


def _blocs(graph: Graph, days: dict[str, str]) -> list[Row]:
    from comity.network.project import Reader
    from comity.network.records import Slice
    from comity.network.scores import scored
    from comity.network.signing import divided, signed_network

    at = Slice(days["as_of"], days["known_on"])
    scores = scored(graph.store, graph.layout, at, draws=_DRAWS)
    own = divided(signed_network(scores.world, scores.ends))
    unions = Reader(graph.store, graph.layout.queries, at).unions
    found = own | {member: own[union] for member, union in unions.items() if union in own}
    return [{"actor": f"{ID}actor/{name}", "actorLabel": str(scores.world.names.get(name, {}).get("label", name)), "bloc": str(bloc)}
            for name, bloc in sorted(found.items())]


def _place(column: str, label: str, iri: str, m49: str, rows: list[Row]) -> Place:
    values = sorted({_short(str(row[column])) for row in rows})
    evidence = {tuple((key, value) for key in _EVIDENCE if (value := row.get(key))) for row in rows}
    proofs = tuple(dict(proof) for proof in sorted(evidence) if proof)
    return Place(iri, label, m49, tuple(values), proofs, len({proof.get("source") or proof.get("row") for proof in proofs}))


def _short(value: str) -> str:
    return value.rpartition("/")[2] if value.startswith((CONCEPT, ID)) else value


def _legend(places: Iterable[Place]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for place in places:
        for value in place.values:
            counts[value] += 1
    return dict(sorted(counts.items()))
