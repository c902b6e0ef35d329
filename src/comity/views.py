"""A day becomes a view: the graph with only what held on it, or as it was known on it.

Views are graphs with names, so that any SPARQL client can ask them with FROM or `default-graph-uri`:

    https://w3id.org/comity/view/held/2024-01-01            what certainly held on that day, as known now
    https://w3id.org/comity/view/possible/2024-01-01        what certainly or possibly held (partial and unknown dates)
    https://w3id.org/comity/view/known/2025-06-01           all days, as the graph stood on that day
    https://w3id.org/comity/view/held/2024-01-01/known/2025-06-01    both clocks

A view is made once, in memory, and asked like any graph, with its named graphs. Both clocks are half-open: a row holds
on its first day and no longer on the day it ends; it is known on the day of recording and no longer on that of retraction.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from comity.errors import InputError
from comity.lines import listed, load
from comity.vocabulary import BASE, INFERRED, NS, PROV, RDF, XSD

VIEW = BASE + "view/"
_ADDRESS = re.compile(r"(?:(held|possible)/(\d{4}-\d{2}-\d{2}))?(?:(?:^|/)known/(\d{4}-\d{2}-\d{2}))?")
_PREFIXES = {"comity": NS, "prov": PROV, "rdf": RDF, "xsd": XSD}
_FORGOTTEN = 'SELECT ?row { ?row comity:knownFrom ?from ; comity:knownUntil ?until FILTER(?from > "DAY"^^xsd:date || ?until <= "DAY"^^xsd:date) }'
#: a provision without a first day of its own holds as long as its agreement binds
_NOT_HELD = """SELECT ?row {
  ?row comity:possiblyFrom ?early ; comity:heldUntil ?until . OPTIONAL { ?row comity:heldFrom ?from } OPTIONAL { ?row comity:partOf ?whole }
  OPTIONAL { ?row comity:occurredOn ?point }
  FILTER(!BOUND(?point) && (?until <= "DAY"^^xsd:date || ?from > "DAY"^^xsd:date || (!BOUND(?from) && !BOUND(?whole)))) }"""
_IMPOSSIBLE = """SELECT ?row { ?row comity:possiblyFrom ?from ; comity:possiblyUntil ?until . OPTIONAL { ?row comity:occurredOn ?point }
  FILTER(!BOUND(?point) && (?from > "DAY"^^xsd:date || ?until <= "DAY"^^xsd:date)) }"""
_DERIVATIONS = "SELECT ?row ?s ?p ?o ?dated { ?row rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o OPTIONAL { ?row comity:possiblyFrom ?dated } }"
_GROUNDS = "SELECT ?row ?ground { ?row rdf:subject ?s ; prov:wasDerivedFrom ?ground }"


@dataclass(frozen=True)
class Moment:
    """A place on the two clocks.

    Attributes: `as_of`, a day on which rows held, certainly or also `possibly`; `known_on`, a day on which they stood in the graph.
    """

    as_of: datetime.date | None = None
    known_on: datetime.date | None = None
    possibly: bool = False

    @property
    def iri(self) -> str:
        """The name of the view."""
        held = f"{'possible' if self.possibly else 'held'}/{self.as_of}" if self.as_of else ""
        known = f"known/{self.known_on}" if self.known_on else ""
        return VIEW + "/".join(part for part in (held, known) if part)


def moment_of(iri: str) -> Moment:
    """Return the moment that the name of a view stands for. Raises `InputError` if it is no such name."""
    match = _ADDRESS.fullmatch(iri.removeprefix(VIEW))
    try:
        if match is None or not (match[1] or match[3]):
            raise ValueError
        days = [datetime.date.fromisoformat(day) if day else None for day in (match[2], match[3])]
    except ValueError:
        forms = "held/YYYY-MM-DD, possible/YYYY-MM-DD, known/YYYY-MM-DD, or one of the first two and the last joined by /"
        raise InputError(f"{iri} is no view; after {VIEW} write {forms}") from None
    return Moment(days[0], days[1], match[1] == "possible")


def look(store: ox.Store, moment: Moment) -> ox.Store:
    """Return a copy of `store` with what held and was known at `moment`.

    Left out are rows outside the moment; derivations whose own days are outside it, or, where they have none, any of whose
    rows is; and conclusions that no derivation left supports. Things such as actors and instruments, and the dated events in
    their lives, are nothing that holds on some days: they go by the clock of recording alone.
    """
    hidden = _hidden(store, moment)
    unsupported = _weigh(store, hidden)
    view = ox.Store()
    for name in store.named_graphs():
        graph = name.value
        lines: Iterable[bytes] = (line for line in listed(store, graph) if line.partition(b" ")[0] not in hidden)
        load(view, graph, (line for line in lines if line not in unsupported) if graph.startswith(INFERRED) else lines)
    return view


def _hidden(store: ox.Store, moment: Moment) -> set[bytes]:
    """Return the rows and derivations outside `moment`, in N-Triples form."""
    asked = []
    if moment.known_on:
        asked.append(_FORGOTTEN.replace("DAY", moment.known_on.isoformat()))
    if moment.as_of:
        asked.append((_IMPOSSIBLE if moment.possibly else _NOT_HELD).replace("DAY", moment.as_of.isoformat()))
    return {str(row["row"]).encode() for text in asked for row in _rows(store, text)}


def _weigh(store: ox.Store, hidden: set[bytes]) -> set[bytes]:
    """Add to `hidden` the derivations without days of their own that rest on a hidden row.

    Returns the lines of the conclusions that no derivation left supports.
    """
    shaken = {str(row["row"]) for row in _rows(store, _GROUNDS) if str(row["ground"]).encode() in hidden}
    fallen: set[bytes] = set()
    standing: set[bytes] = set()
    for row in _rows(store, _DERIVATIONS):
        name = str(row["row"])
        if row["dated"] is None and name in shaken:
            hidden.add(name.encode())
        line = f"{row['s']} {row['p']} {row['o']} .\n".encode()
        (fallen if name.encode() in hidden else standing).add(line)
    return fallen - standing


def _rows(store: ox.Store, text: str) -> Iterator[ox.QuerySolution]:
    answer = store.query(text, prefixes=_PREFIXES, use_default_graph_as_union=True)
    assert isinstance(answer, ox.QuerySolutions)
    return iter(answer)
