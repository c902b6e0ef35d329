"""Questions of the library, with values of the made-up world, and some shapes that it lacks become the mix that all engines answer.

What each must answer stands in `expected.csv`: the number of rows and their hash by size and seed, and who found it. A hash
is written only where rdflib, or two engines that share no code, say the same.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox

from comity.queries import Parameter, Question, library
from comity.settings import layout
from comity.syntax import Term, bind
from comity.vocabulary import ID, XSD

EXPECTED = Path(__file__).with_name("expected.csv")
CLOCKS = {"as_of": "2019-06-30", "known_on": "2025-03-31", "since": "2012-01-01", "until": "2013-01-01"}
LIBRARY: dict[str, dict[str, str]] = {
    "lookup/agreements-of": {"actor": "actor/state-0000001"},
    "lookup/parties": {"agreement": "instrument/agreement-0000001"},
    "lookup/bound-by": {"actor": "actor/state-0000002"},
    "compare/shared-agreements": {"a": "actor/state-0000001", "b": "actor/state-0000002"},
    "compare/party-to-one-only": {"a": "instrument/agreement-0000001", "b": "instrument/agreement-0000002"},
    "network/agreements": {},
    "recognition/mutual": {},
    "recognition/one-way": {},
    "measures/aimed-at": {"target": "actor/state-0000001"},
    "changes/began-or-ended": {},
    "aigc/open-weights": {"as_of": "2030-01-01"},
    "provenance/evidence-grades": {},
    "provenance/sources-of": {"thing": "actor/state-0000001"},
    "provenance/why-derived": {"thing": "actor/state-0000002"},
}
PREFIXES = """PREFIX comity: <https://w3id.org/comity/ns#>
PREFIX event: <https://w3id.org/comity/concept/event/>
PREFIX id: <https://w3id.org/comity/id/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
OWN = {
    "star": "SELECT ?property ?value WHERE { <https://w3id.org/comity/id/instrument/agreement-0000001> ?property ?value }",
    "path": """SELECT ?firm ?seat WHERE {
  ?firm org:subOrganizationOf+ <https://w3id.org/comity/id/actor/firm-0000001> ; comity:basedIn ?seat }""",
    "text": """SELECT ?text ?label WHERE { ?text comity:legalStatus ?status ; rdfs:label ?label FILTER(REGEX(STR(?label), "source code|cyber", "i")) }""",
    "top": """SELECT ?actor (COUNT(?agreement) AS ?agreements) WHERE { ?row comity:participant ?actor ; comity:inInstrument ?agreement }
GROUP BY ?actor ORDER BY DESC(?agreements) ?actor LIMIT 10""",
    "not-exists": """SELECT ?text WHERE { ?text comity:legalStatus ?status
  FILTER NOT EXISTS { ?event comity:happenedTo ?text ; comity:eventKind event:in-force } }""",
    "construct": """CONSTRUCT { ?agreement rdfs:label ?name ; comity:participant ?actor . ?actor rdfs:label ?label } WHERE {
  ?row comity:inInstrument ?agreement ; comity:participant <https://w3id.org/comity/id/actor/state-0000003>, ?actor .
  ?agreement rdfs:label ?name . ?actor rdfs:label ?label }""",
}


class Expected(NamedTuple):
    """What an answer must be: the number of its rows, their hash, and who found it."""

    rows: int
    sha256: str
    found_by: str


def mix() -> dict[str, str]:
    """Return the text of each question of the mix, its parameters bound."""
    questions = library(layout().queries)
    texts = {name: bind(questions[name].text, terms(questions[name], values)) for name, values in LIBRARY.items()}
    return texts | {name: PREFIXES + text for name, text in OWN.items()}


def terms(question: Question, values: Mapping[str, str]) -> dict[str, Term]:
    """Return the term of each parameter of `question`: things by `values`, days by `values` or the clocks of the mix, texts as they are by default."""
    return {p.name: _term(p, values) for p in question.parameters}


def _term(parameter: Parameter, values: Mapping[str, str]) -> Term:
    name = parameter.name
    if parameter.type == "date":
        return ox.Literal(values.get(name, CLOCKS.get(name, "")), datatype=ox.NamedNode(XSD + "date"))
    return ox.NamedNode(ID + values[name]) if parameter.type == "iri" else ox.Literal(values.get(name, parameter.default))


def read_expected(quads: int, seed: int) -> dict[str, Expected]:
    """Return what `expected.csv` holds for a size and a seed, by question."""
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        return {r["query"]: Expected(int(r["rows"]), r["sha256"], r["found_by"]) for r in csv.DictReader(file)
                if (int(r["quads"]), int(r["seed"])) == (quads, seed)}


def write_expected(quads: int, seed: int, answers: Mapping[str, Expected]) -> None:
    """Put `answers` into `expected.csv` in place of what stood there for the same questions, size and seed."""
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    rows = [r for r in rows if (int(r[0]), int(r[1])) != (quads, seed) or (r[2] not in answers and r[2] in mix())]
    rows += [[str(quads), str(seed), name, str(a.rows), a.sha256, a.found_by] for name, a in answers.items()]
    with EXPECTED.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *sorted(rows, key=lambda r: (int(r[0]), int(r[1]), r[2]))])
