"""A graph and a day become one side of a comparison: who is bound, how all pairs score, which paradigm each has, who stands with whom.

The same code reads the world that is and the world imagined, so that a difference is the scenario's doing alone.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyoxigraph as ox

from comity.network.frustration import frustration_index
from comity.network.intervals import DIRECTED, SYMMETRIC, Intervals
from comity.network.matrix import Array
from comity.network.project import Reader
from comity.network.records import Slice
from comity.network.signing import signed_network
from comity.network.swing import swing
from comity.network.world import LEAST, World, world
from comity.paradigms import read
from comity.paradigms.classify import classify
from comity.queries import Question
from comity.routes.facts import Library
from comity.scenario.model import Shape
from comity.settings import Layout
from comity.store import EmbeddedStore
from comity.vocabulary import XSD

_BONDS = """PREFIX status: <https://w3id.org/comity/concept/participation-status/> PREFIX membership: <https://w3id.org/comity/concept/membership-status/>
SELECT DISTINCT ?actor ?whole ?status ?row WHERE {
  ?row comity:participant|comity:member ?actor ; comity:inInstrument|comity:inOrganization ?whole ; comity:status|comity:membershipStatus ?status ;
    comity:heldUntil ?until ; comity:knownFrom ?known ; comity:knownUntil ?forgotten .
  FILTER(?status IN (status:party, status:provisional, status:participant, membership:member))
  OPTIONAL { ?row comity:heldFrom ?held }
  FILTER(!(?held > ?as_of) && ?as_of < ?until && !(?known > ?known_on) && ?known_on < ?forgotten)
} ORDER BY ?actor ?whole ?status ?row"""
_NAMES = 'SELECT ?thing ?label WHERE { ?thing rdfs:label ?label FILTER(LANG(?label) = "en" && STRSTARTS(STR(?thing), "https://w3id.org/comity/id/")) }'
SCORES = ("A", "A1", "A2", "A3", "R")
ONE_WAY = frozenset({"A3", "R"})


@dataclass(frozen=True)
class Side:
    """One world on one day; what is costly is made when it is first asked for."""

    store: EmbeddedStore
    places: Layout
    as_of: datetime.date
    known_on: datetime.date
    questions: dict[str, Question]

    @cached_property
    def world(self) -> World:
        """The world table."""
        at = Slice(self.as_of.isoformat(), self.known_on.isoformat())
        return world(self.store, self.places.queries, reader=Reader(self.store, self.places.queries, at, questions=self.questions))

    @cached_property
    def scores(self) -> dict[str, Array]:
        """All scores as observed."""
        return self.world.scores()

    @cached_property
    def shown(self) -> dict[str, Array]:
        """The scores that are compared, NaN where they rest on too few instruments."""
        counts = self.world.instruments
        return {name: np.where(counts["R" if name == "R" else "A"] < LEAST, np.nan, self.scores[name]) for name in SCORES}

    @cached_property
    def bonds(self) -> dict[tuple[str, str, str], str]:
        """Who is bound by or a member of what, and as what, with the row that says so."""
        rows = self.store.query(_BONDS, {"as_of": _day(self.as_of), "known_on": _day(self.known_on)}).rows
        return {(str(r["actor"]), str(r["whole"]), str(r["status"])): str(r["row"]) for r in rows}

    @cached_property
    def labels(self) -> dict[tuple[str, str], str]:
        """The paradigm of each jurisdiction in each scheme, empty where the classifier abstains, `conflict` where rules contradict each other."""
        records = read(self.store, self.known_on.isoformat())
        found = (classify(records, who, scheme, self.as_of) for who in records.jurisdictions() for scheme in records.lines)
        return {(c.subject, c.scheme): c.paradigm or ("conflict" if c.status == "conflict" else "") for c in found}

    @cached_property
    def library(self) -> Library:
        """What answers the questions on routes."""
        return Library(self.store, self.questions, self.known_on)

    @cached_property
    def names(self) -> dict[str, str]:
        """The English names of our things by IRI."""
        return {str(r["thing"]): str(r["label"]) for r in self.store.query(_NAMES).rows}

    @cached_property
    def observed(self) -> Intervals:
        """Intervals without width, for a comparison without draws."""
        ends = {name: self.scores[name] for name in (*SYMMETRIC, *DIRECTED)}
        return Intervals(ends, ends, (self.scores["A"] > 0).astype(float), 0, 0)

    def shape(self, ends: Intervals, like: Shape | None = None) -> Shape | None:
        """Return the signed network, None where no tie stands; `like`, one whose solution holds where its ties are the same."""
        graph = signed_network(self.world, ends)
        tied = graph.subgraph(sorted(n for n in graph if graph.degree(n))).copy()
        ties = {(min(a, b), max(a, b)): int(d["sign"]) for a, b, d in tied.edges(data=True)}
        mixed = len(graph.graph["mixed"])
        if not ties:
            return None
        if like is not None and like.ties == ties:
            return replace(like, mixed=mixed)
        index, firm = frustration_index(tied), swing(tied)
        signs = list(ties.values())
        return Shape(signs.count(1), signs.count(-1), mixed, index.value, index.proven, round(index.balance, 6), dict(sorted(firm.partition.items())),
                     {node: round(value, 6) for node, value in sorted(firm.increase.items())}, dict(sorted(ties.items())))


def _day(day: datetime.date) -> ox.Literal:
    return ox.Literal(day.isoformat(), datatype=ox.NamedNode(XSD + "date"))
