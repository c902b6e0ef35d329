"""Agreements become columns: rows are their parties with the days on which each was bound, and the topics with what each agreement says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from comity.graph import Graph
from comity.queries import day
from comity.results import Rows
from comity.vocabulary import XSD

MOST = 5
_LABELS = """SELECT ?instrument ?label WHERE { VALUES ?instrument { %s } ?instrument rdfs:label ?label FILTER(LANG(?label) = "en") }"""
_PROVISIONS = """SELECT ?instrument ?topic ?topicLabel ?article ?stance ?bindingness ?exception ?summary ?row ?source ?locator ?grade WHERE {
  VALUES ?instrument { %s }
  ?row comity:knownFrom ?known ; comity:knownUntil ?forgotten FILTER(!(?known > ?known_on) && ?known_on < ?forgotten)
  ?row comity:partOf ?instrument ; comity:topic ?topic ; comity:stance ?stance ; comity:bindingness ?bindingness ; comity:summary ?summary .
  ?row prov:hadPrimarySource ?source ; comity:evidenceGrade ?grade .
  OPTIONAL { ?row comity:locator ?locator }
  OPTIONAL { ?row comity:article ?article }
  OPTIONAL { ?row comity:exception ?exception }
  ?topic skos:prefLabel ?topicLabel FILTER(LANG(?topicLabel) = "en")
} ORDER BY ?topicLabel ?instrument ?article ?row ?exception"""
Cells = dict[str, list[dict[str, str]]]


@dataclass(frozen=True)
class Comparison:
    """Agreements side by side.

    Attributes: `agreements`, IRI and label of each; `parties`, by label of the party, for each agreement the rows that bind it; `topics`, by
    label of the topic, for each agreement its provisions. Where an agreement has no entry nothing is coded, which is not "it has none".
    """

    agreements: tuple[tuple[str, str], ...]
    parties: dict[str, Cells]
    topics: dict[str, Cells]

    def to_dict(self) -> dict[str, object]:
        """Return all of it for JSON."""
        return {"agreements": [{"iri": iri, "label": label} for iri, label in self.agreements], "parties": self.parties, "topics": self.topics}


def compare(graph: Graph, instruments: Sequence[str], *, as_of: str = "today", known_on: str = "latest") -> Comparison:
    """Return the agreements `instruments` (IRIs) side by side on a day. Raises `InputError` for what is no day."""
    values = " ".join(str(ox.NamedNode(iri)) for iri in dict.fromkeys(instruments))
    labels = {row["instrument"]: row["label"] for row in _dicts(graph.query(_LABELS % values))}
    parties: dict[str, Cells] = {}
    for iri in labels:
        for row in _dicts(graph.ask("lookup/parties", agreement=iri, as_of=as_of, known_on=known_on)):
            parties.setdefault(row.get("actorLabel") or row["actor"], {}).setdefault(iri, []).append(row)
    return Comparison(tuple((iri, labels[iri]) for iri in dict.fromkeys(instruments) if iri in labels), dict(sorted(parties.items())),
                      topics(graph, instruments, known_on=known_on))


def topics(graph: Graph, instruments: Sequence[str], *, known_on: str = "latest") -> dict[str, Cells]:
    """Return by label of the topic, for each of the agreements (IRIs), its provisions with their evidence. Raises `InputError` for what is no day."""
    values = " ".join(str(ox.NamedNode(iri)) for iri in dict.fromkeys(instruments))
    found: dict[str, Cells] = {}
    known = ox.Literal(day(graph.store, "known_on", known_on).isoformat(), datatype=ox.NamedNode(XSD + "date"))
    for row in _dicts(graph.store.query(_PROVISIONS % values, {"known_on": known}).rows):
        cell = found.setdefault(row["topicLabel"], {}).setdefault(row["instrument"], [])
        if cell and cell[-1]["row"] == row["row"]:
            cell[-1]["exception"] += f", {row['exception'].rsplit('/', 1)[-1]}"
        else:
            cell.append({**row, "exception": row["exception"].rsplit("/", 1)[-1]})
    return found


def _dicts(rows: Rows) -> list[dict[str, str]]:
    return [{name: value or "" for name, value in row.items()} for row in rows.to_dicts()]
