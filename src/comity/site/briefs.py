"""A state, a provider or an agreement becomes what its page says first: answers of the query library on one day, each row with source and grade.

The day is the one asked for, else that of the newest row, so that a page stays the same until the next build.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from comity.graph import Graph
from comity.site.languages import mark
from comity.vocabulary import ID, NS

#: rows of one section that the page shows; the rest stands behind its question
MOST = 8
HEADS = {
    "instrument": mark("instrument"), "from": mark("since"), "since": mark("since"), "endsOn": mark("until"), "topics": mark("topics"),
    "category": mark("data"), "default": mark("default"),
    "mechanisms": mark("mechanisms"), "localisation": mark("localisation"), "basis": mark("law"), "agreement": mark("agreement"),
    "way": mark("how"), "recognised": mark("whom"), "recogniser": mark("by whom"), "union": mark("through"), "scheme": mark("scheme"), "row": mark("measure"),
    "aim": mark("against"), "issuer": mark("by whom"), "kind": mark("kind"), "day": mark("date"), "stance": mark("stance"), "towards": mark("towards"),
    "article": mark("article"), "duty": mark("duty"), "role": mark("role"), "seat": mark("place"), "authority": mark("authority"), "duties": mark("duties"),
    "service": mark("service"), "jurisdiction": mark("place"), "status": mark("status"), "actor": mark("party"), "signedOn": mark("signed"),
    "ratifiedOn": mark("ratified"), "party": mark("party"), "summary": mark("summary"), "by": mark("by whom"),
}


Row = Mapping[str, str | None]
_CALLED = 'SELECT ?thing ?label WHERE { VALUES ?thing { %s } ?thing rdfs:label|skos:prefLabel ?label FILTER(LANG(?label) = "en") }'
#: groups that say least stand last
_LAST = ("https://w3id.org/comity/concept/availability-status/available",)


@dataclass(frozen=True)
class Asked:
    """A question of the library that a page asks: its name, the parameter that is the thing, the heading, the columns shown, and the one that groups rows."""

    question: str
    parameter: str
    heading: str
    columns: tuple[str, ...]
    by: str = ""


@dataclass(frozen=True)
class Section:
    """An answer on a page: the question asked, its first rows or, where a column groups them, its groups, how many rows there are, and the address of all."""

    asked: Asked
    rows: tuple[Row, ...]
    total: int
    address: str
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True)
class Group:
    """Rows that say the same of one or several values of the grouping column.

    Attributes: `values`, IRI and label of each; `total`, how many rows each has; `things`, the rows by the thing in the first column.
    """

    values: tuple[tuple[str, str], ...]
    total: int
    things: tuple[tuple[Row, ...], ...]


_STATE = (
    Asked("policy/laws-in-force", "jurisdiction", mark("Laws in force"), ("instrument", "from", "topics")),
    Asked("policy/transfer-rule-history", "jurisdiction", mark("Transfer rules over time"),
          ("since", "endsOn", "category", "default", "mechanisms", "localisation", "basis")),
    Asked("lookup/bound-by", "actor", mark("Agreements that bind it"), ("agreement", "way", "since")),
    Asked("lookup/recognised-by", "recogniser", mark("Whom it recognises"), ("recognised", "scheme", "since", "endsOn")),
    Asked("recognition/recognised-by-whom", "recognised", mark("Who recognises it"), ("recogniser", "union", "scheme", "since", "endsOn")),
    Asked("measures/taken-by", "issuer", mark("Measures it takes"), ("row", "by", "aim", "kind", "since")),
    Asked("measures/aimed-at", "target", mark("Measures against it, its firms and services"), ("row", "issuer", "kind", "since")),
    Asked("positions/of-actor", "actor", mark("Positions it takes"), ("day", "stance", "towards")),
)
_PROVIDER = (
    Asked("aigc/rules-on-provider", "provider", mark("What binds it, and where"), ("instrument", "duty", "role", "since"), "seat"),
    Asked("aigc/regulators-of", "provider", mark("Who supervises it"), ("authority", "instrument", "duties")),
    Asked("aigc/availability-of", "provider", mark("Where its services are restricted, and where they can be used"),
          ("service", "jurisdiction", "since"), "status"),
    Asked("measures/aimed-at", "target", mark("Measures against it, its firms and services"), ("row", "issuer", "kind", "since")),
)
_AGREEMENT = (
    Asked("lookup/parties", "agreement", mark("Parties on the day"), ("actor", "status", "signedOn", "ratifiedOn", "since")),
    Asked("lookup/party-terms", "agreement", mark("Terms of single parties"), ("party", "article", "summary", "since")),
)
_OF = {"State": _STATE, "Territory": _STATE, "SupranationalUnion": _STATE, "AigcActor": _PROVIDER, "Agreement": _AGREEMENT}


def brief(graph: Graph, iri: str, kinds: Collection[str], *, as_of: str, known_on: str) -> list[Section]:
    """Return what the page of the thing `iri` says first on a day; nothing for kinds that have no such questions.

    A question that the library of `graph` lacks is passed over.
    """
    asked = next((of for kind, of in _OF.items() if NS + kind in kinds), ())
    days = {"as_of": as_of, "known_on": known_on}
    made = [_section(graph, iri, one, days) for one in asked if one.question in graph.queries()]
    return [section for section in made if section.total]


def _section(graph: Graph, iri: str, asked: Asked, days: dict[str, str]) -> Section:
    taken = {p.name for p in graph.queries()[asked.question].parameters}
    values = {asked.parameter: iri, **{name: value for name, value in days.items() if name in taken}}
    rows = list(graph.ask(asked.question, **values).to_dicts())
    shown = {**values, asked.parameter: iri.removeprefix(ID)}
    return Section(asked, tuple(rows[:MOST]), len(rows), f"/queries/{asked.question}?{urlencode(shown)}", grouped(graph, rows, asked) if asked.by else ())


def grouped(graph: Graph, rows: Sequence[Row], asked: Asked) -> tuple[Group, ...]:
    """Return the rows by the value of the grouping column, values of which the same is said together, in the order of the answer."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row[asked.by]), []).append(row)
    alike: dict[frozenset[tuple[str | None, ...]], list[str]] = {}
    for value in sorted(found, key=lambda value: (value in _LAST, value)):
        alike.setdefault(frozenset(tuple(row[c] for c in asked.columns) for row in found[value]), []).append(value)
    called = {str(row["thing"]): str(row["label"]) for row in graph.query(_CALLED % " ".join(f"<{value}>" for value in found)).to_dicts()}
    return tuple(_group([(value, called.get(value, value.rpartition("/")[2])) for value in values], found[values[0]], asked) for values in alike.values())


def _group(values: list[tuple[str, str]], rows: Sequence[Row], asked: Asked) -> Group:
    things: dict[str, list[Row]] = {}
    for row in rows:
        things.setdefault(str(row[asked.columns[0]]), []).append(row)
    return Group(tuple(sorted(values, key=lambda value: value[1])), len(rows), tuple(tuple(one) for one in things.values()))
