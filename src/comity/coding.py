"""Two codings of the same rules become Krippendorff's alpha for each variable, with an interval by bootstrap over the rules.

Alpha is 1 for perfect agreement and 0 for what chance gives (Krippendorff, Content Analysis, 4th ed. 2019, ch. 12); the
library of that name computes it. A variable counts only where both coders found the text to settle it. A rule has many
mechanisms: each one that either coder names anywhere is a unit, coded as named or not, and rules are drawn whole.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import krippendorff
import numpy as np
import numpy.typing as npt
import pyoxigraph as ox

from comity.store import Store
from comity.vocabulary import NS

#: variable → level of measurement; the defaults stand in order of how far they close
VARIABLES = {"transferDefault": "ordinal", "localisation": "nominal", "recipient": "nominal"}
ORDER = ("free", "accountability", "conditional", "approval", "prohibited")
MECHANISM = "mechanism"
FEWEST = 10
_PAIRS = """
SELECT ?first ?second WHERE {
  ?row comity:codingOf ?rule ; comity:knownUntil ?open ; ?property ?second . ?rule ?property ?first
  FILTER(STR(?open) = "9999-12-31")
} ORDER BY ?rule ?row"""
_NAMED = """
SELECT ?row ?coder ?code WHERE {
  ?row comity:codingOf ?rule ; comity:knownUntil ?open FILTER(STR(?open) = "9999-12-31")
  { ?rule comity:mechanism ?code BIND("1" AS ?coder) } UNION { ?row comity:mechanism ?code BIND("2" AS ?coder) }
}"""


@dataclass(frozen=True)
class Agreement:
    """Agreement on one variable: rules that both coded, share coded alike, alpha and its 95 % interval.

    Alpha and its bounds are None below ten rules, or where all codes are the same, as then nothing can be told.
    """

    variable: str
    level: str
    rules: int
    alike: float
    alpha: float | None
    low: float | None
    high: float | None


def agreement(store: Store, *, draws: int = 1000, seed: int = 0) -> list[Agreement]:
    """Return the agreement on each variable of the second codings in `store`.

    `draws` bootstrap samples of the rules give the interval; the same seed gives the same bounds.
    """
    found = []
    for name, level in VARIABLES.items():
        rows = store.query(_PAIRS, {"property": ox.NamedNode(NS + name)}).rows.cells
        pairs = [(a.value.rpartition("/")[2], b.value.rpartition("/")[2]) for a, b in rows if a is not None and b is not None]
        found.append(measure(name, level, pairs, draws=draws, seed=seed))
    named = _named(store)
    used = sorted({code for pair in named for side in pair for code in side})
    pairs = [("named" if code in first else "not", "named" if code in second else "not") for first, second in named for code in used]
    return [*found, measure(MECHANISM, "nominal", pairs, each=len(used) or 1, draws=draws, seed=seed)]


def _named(store: Store) -> list[tuple[set[str], set[str]]]:
    """Return the mechanisms of each rule as the first and as the second coder named them, where both named some."""
    sides: dict[str, tuple[set[str], set[str]]] = {}
    for row in store.query(_NAMED).rows:
        first, second = sides.setdefault(str(row["row"]), (set(), set()))
        (first if row["coder"] == "1" else second).add(str(row["code"]).rpartition("/")[2])
    return [pair for _, pair in sorted(sides.items()) if all(pair)]


def measure(name: str, level: str, pairs: Sequence[tuple[str, str]], *, each: int = 1, draws: int = 1000, seed: int = 0) -> Agreement:
    """Return the agreement on one variable from pairs of codes, `each` pairs a rule."""
    rules = len(pairs) // each
    alike = sum(a == b for a, b in pairs) / len(pairs) if pairs else 0.0
    codes = list(ORDER) if level == "ordinal" else sorted({code for pair in pairs for code in pair})
    if rules < FEWEST or len({code for pair in pairs for code in pair}) < 2:
        return Agreement(name, level, rules, alike, None, None, None)
    data = np.array([[codes.index(a), codes.index(b)] for a, b in pairs], dtype=float).reshape(rules, each, 2)
    generator = random.Random(seed)  # noqa: S311
    samples = [data[[generator.randrange(rules) for _ in data]] for _ in range(draws)]
    drawn = [_alpha(sample, level, len(codes)) for sample in samples if len(np.unique(sample)) > 1]
    low, high = (float(np.quantile(drawn, q)) for q in (0.025, 0.975))
    return Agreement(name, level, rules, alike, _alpha(data, level, len(codes)), low, high)


def _alpha(data: npt.NDArray[np.float64], level: str, codes: int) -> float:
    return float(krippendorff.alpha(reliability_data=data.reshape(-1, 2).T, level_of_measurement=level, value_domain=list(range(codes))))
