"""Query headers, the weights in the graph and the constants of the code become the account of how each score is made."""

from __future__ import annotations

from comity.network.composite import ALIGNMENT, REACH, RIVALRY
from comity.network.draws import CONCENTRATION
from comity.network.folding import QUORUM
from comity.network.intervals import TAIL
from comity.network.receipts import MEANINGS
from comity.network.restriction import NEUTRAL
from comity.network.rules import LEAST as TOPICS
from comity.network.signing import ALPHA, TAU
from comity.network.world import LEAST
from comity.site.methods.parts import Section, Table
from comity.site.methods.study import Study, digest

#: the formula of each score; what the letters stand for is said in the docstring of the class that computes it
FORMULAS = {
    "A1": "1 - D_o / D_e, with D_o = Σ u_p |x_ip - x_jp| / Σ u_p over the topics known for both, D_e its expectation when both margins are kept",
    "A2": "2 F(c) - 1 at the mid-point of F, the distribution of the number c of things that both hold under the stochastic degree sequence model",
    "A3": "1 - exp(-Σ w), a treaty of k parties counting w / (k - 1)",
    "A": "mean of A1 (not below -1), A2 and A3 of both directions, over those known",
    "R1": "1 - exp(-Σ w) over acts that name the other, and ρ Σ w over those that name nobody",
    "R2": "1 - open ways / ways that the law of the first provides",
    "R3": "1 - exp(-max(0, C - E[C]) - T), with C = Σ w_p [x_ip x_jp < 0] |x_ip x_jp|, T what sources state",
    "R4": "the largest rivalry of a scheme that the one has joined alone with one that the other has joined alone",
    "R": "1 - Π (1 - v_k R_k)",
}
_SCALES = """SELECT ?concept ?property ?value WHERE {
  VALUES ?property { comity:weight comity:factor comity:level comity:direction comity:directionOfBar comity:needsDecision }
  GRAPH <https://w3id.org/comity/graph/ontology> { ?concept ?property ?value } }"""


def made(study: Study) -> Section:
    """Return how each score is made, from which queries, with which weights."""
    text = ("Each part of a score is computed from the answers of saved queries alone; the last table holds every weight, read from the graph. "
            "`comity metrics explain JPN CHN` opens any pair to the rows behind it.")
    return Section("How each score is made", (text, _formulas(study), _queries(study), _constants(study), _scales(study)))


def _formulas(study: Study) -> Table:
    rows = tuple((name, MEANINGS[name], FORMULAS[name], ", ".join(study.feeding(name))) for name in (*ALIGNMENT, "A", *RIVALRY, "R"))
    return Table("Scores", study.origin("A", "R", draws=0), ("score", "what it says", "formula", "layers"), rows)


def _queries(study: Study) -> Table:
    found = [(f"network/{name}", study.reader.layers[name]) for name in study.feeding(*ALIGNMENT, *RIVALRY)]
    rows = tuple((f"`{name}`", layer.question.summary, ", ".join(layer.parts), layer.mode, digest(study.reader, {layer.name}),
                  str(len(study.reader.records(layer.name)))) for name, layer in found)
    columns = ("query", "what it asks", "feeds", "kind", "SHA-256", "records")
    return Table("Inputs", study.origin("A", "R", draws=0), columns, rows, "Each runs as `comity ask NAME --as-of DAY`.")


def _constants(study: Study) -> Table:
    rows = (
        ("instruments that a score needs", str(LEAST)), ("common topics that A1 needs", str(TOPICS)),
        ("ρ, a measure that names nobody", str(NEUTRAL)), ("v, how far each part carries R", ", ".join(f"{k} {v}" for k, v in REACH.items())),
        ("τ, lower end of R from which a tie is negative", str(TAU)), ("false discovery rate below which a tie is positive", str(ALPHA)),
        ("share of draws left out at either end", str(TAIL)), ("pseudo-observations behind drawn weights", str(CONCENTRATION)),
        ("share of members that speaks for a union", f"more than {QUORUM}"))
    return Table("Declared constants", study.origin("A", "R", draws=0), ("what", "value"), rows)


def _scales(study: Study) -> Table:
    found: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for row in study.graph.query(_SCALES):
        scheme, _, code = str(row["concept"]).removeprefix("https://w3id.org/comity/concept/").partition("/")
        value = str(row["value"])
        order = {"true": 1.0, "false": 0.0}.get(value)
        found.setdefault((scheme, str(row["property"]).rpartition("#")[2]), []).append((float(value) if order is None else order, code))
    rows = tuple((scheme, name, ", ".join(f"{code} {value:g}" for value, code in sorted(codes, key=lambda c: (-c[0], c[1]))))
                 for (scheme, name), codes in sorted(found.items()))
    return Table("Weights and levels", study.origin("A", "R", draws=0, more="graph/ontology"), ("list of codes", "term", "values"), rows,
                 "Our coding (`ontology/scales.ttl`); the tables of sensitivity show what hangs on it.")


