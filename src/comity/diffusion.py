"""Years in which states first had a rule of some type become a discrete-time hazard: do those adopt sooner whose neighbours and partners have?

Descriptive only. States of one region and partners of one agreement share much besides a tie, who adopts may choose its
partners, and a union adopts for all its members at once: a coefficient is an association, not an influence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from comity.errors import InputError
from comity.graph import Graph
from comity.paradigms.records import Records

#: type of rule → what counts as having it
TYPES = {
    "law": "a statute on personal data on record (policy/first-laws)",
    "adequacy": "a transfer rule, of its own or of its union, that lets data go where protection was found adequate",
    "localisation": "a transfer rule, of its own or of its union, for any data that keeps them, or a copy, at home",
}
COVARIATES = ("region", "trade partners", "recognitions", "world")
#: an agreement with more parties ties everybody to everybody
_MOST = 60
#: events for each coefficient below which a fit is not shown (Peduzzi et al. 1996)
_EVENTS_EACH = 10
_FIRST, _LAST = 1970, 2100
NOTICE = "An association, not an influence: who adopts may choose its partners, and neighbours share much besides."
_PARTIES = """PREFIX status: <https://w3id.org/comity/concept/participation-status/>
SELECT DISTINCT ?tie ?who ?from ?until WHERE {
  ?tie a ?class . FILTER(?class IN (comity:TradeAgreement, comity:DigitalEconomyAgreement))
  { ?row comity:inInstrument ?tie ; comity:participant ?who ; comity:status ?capacity FILTER(?capacity IN (status:party, status:provisional)) }
  UNION { ?row rdf:predicate comity:boundBy ; rdf:object ?tie ; rdf:subject ?who }
  ?row comity:heldFrom ?from ; comity:heldUntil ?until ; comity:knownUntil ?open FILTER(STR(?open) = "9999-12-31") } ORDER BY ?tie ?who ?from"""
_RECOGNISED = """SELECT DISTINCT ?row ?a ?b ?from ?until WHERE {
  ?row comity:recogniser ?a ; comity:recognised ?b ; comity:effectiveFrom ?from ; comity:effectiveUntil ?until ; comity:knownUntil ?open
  FILTER(STR(?open) = "9999-12-31") } ORDER BY ?row"""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Effect:
    """One coefficient: `estimate`, change of the log odds of adopting in a year for one more in the covariate (0 to 1); `error`, clustered by state."""

    covariate: str
    estimate: float
    error: float

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval by the normal distribution."""
        return self.estimate - 1.96 * self.error, self.estimate + 1.96 * self.error


@dataclass(frozen=True)
class Diffusion:
    """The hazard of one type: states, years at risk, adoptions, and the effects, empty with a `reason` where nothing can be told."""

    type: str
    first: int
    last: int
    states: int
    at_risk: int
    events: int
    effects: tuple[Effect, ...]
    reason: str = ""


def diffusion(graph: Graph, kind: str, *, first: int = 1990, last: int = 2025) -> Diffusion:
    """Fit the hazard of adopting a type of rule, state by state and year by year, on what held at the end of the year before.

    Raises `InputError` for an unknown type or years that are reversed or out of range.
    """
    if kind not in TYPES:
        raise InputError(f"no type of rule is called {kind}; there are {', '.join(TYPES)}")
    if not _FIRST <= first < last <= _LAST:
        raise InputError(f"years {first} to {last}: give two years from {_FIRST} to {_LAST}, the earlier first")
    records = graph.paradigms()
    states = [who for who in sorted(records.regions) if who not in records.unions]
    adopted = adoptions(graph, records, kind)
    trade, recognised = _spells(graph, states)
    panel = Panel(states, adopted, [records.regions[who] for who in states], trade, recognised)
    return fit(kind, *panel.rows(first, last), years=(first, last))


def adoptions(graph: Graph, records: Records, kind: str) -> dict[str, int]:
    """Return state → the first year in which it has a rule of the type; those without a dated one are left out."""
    if kind == "law":
        return {str(r["jurisdiction"]).rpartition("/")[2]: int(str(r["year"])) for r in reversed(list(graph.ask("policy/first-laws"))) if r["year"]}
    kept = ("local-copy", "local-storage", "local-processing")
    found: dict[str, int] = {}
    for author, rules in records.rules.items():
        for rule in rules:
            if rule.dated and ("adequacy" in rule.mechanisms if kind == "adequacy" else rule.localisation in kept):
                bound = {author: rule.start} | {who: max(rule.start, t.start) for who, ties in records.members.items() for t in ties
                                                if t.other == author and max(rule.start, t.start) < min(rule.end, t.end)}
                for who, start in bound.items():
                    found[who] = min(found.get(who, start.year), start.year)
    return found


#: first and last year (not included) of each tie between two places of the list of states
Spells = list[tuple[int, int, int, int]]


@dataclass(frozen=True)
class Panel:
    """States with the year in which each adopted, their regions, and their ties in time."""

    states: Sequence[str]
    adopted: Mapping[str, int]
    regions: Sequence[str]
    trade: Spells
    recognised: Spells

    def rows(self, first: int, last: int) -> tuple[Array, Array, npt.NDArray[np.int64]]:
        """Return covariates (row × covariate), adoptions (0 or 1) and the state of each row, for the states at risk in each year."""
        years = np.array([self.adopted.get(who, _LAST + 1) for who in self.states])
        regions = np.array(self.regions)
        same = (regions[:, None] == regions[None, :]) & ~np.eye(len(regions), dtype=bool)
        found = []
        for year in range(first, last + 1):
            has = (years < year).astype(float)
            shares = [_share(same, has), _share(_at(self.trade, year, len(years)), has), _share(_at(self.recognised, year, len(years)), has)]
            world = np.full(len(years), has.mean())
            for i in np.flatnonzero(years >= year):
                found.append((*(s[i] for s in shares), world[i], float(years[i] == year), i))
        data = np.array(found, dtype=float).reshape(-1, len(COVARIATES) + 2)
        return data[:, :len(COVARIATES)], data[:, -2], data[:, -1].astype(np.int64)


def _share(tied: npt.NDArray[np.bool_], has: Array) -> Array:
    """Return the share of those tied to each that have adopted, 0 where nobody is tied."""
    partners = tied.sum(axis=1)
    return np.asarray(tied @ has / np.maximum(partners, 1))


def _at(spells: Spells, year: int, n: int) -> npt.NDArray[np.bool_]:
    """Return who is tied to whom at the end of the year before `year`."""
    tied = np.zeros((n, n), dtype=bool)
    for a, b, start, end in spells:
        if start < year <= end:
            tied[a, b] = tied[b, a] = True
    return tied


def _spells(graph: Graph, states: Sequence[str]) -> tuple[Spells, Spells]:
    place = {who: i for i, who in enumerate(states)}
    parties: dict[str, list[tuple[int, int, int]]] = {}
    for row in graph.query(_PARTIES):
        who = str(row["who"]).rpartition("/")[2]
        if who in place:
            parties.setdefault(str(row["tie"]), []).append((place[who], _year(row["from"]), _year(row["until"])))
    trade = [(a, b, max(s, t), min(e, f)) for bound in parties.values() if len(bound) <= _MOST
             for i, (a, s, e) in enumerate(bound) for b, t, f in bound[i + 1:] if a != b]
    pairs = [(str(r["a"]).rpartition("/")[2], str(r["b"]).rpartition("/")[2], _year(r["from"]), _year(r["until"])) for r in graph.query(_RECOGNISED)]
    return trade, [(place[a], place[b], s, e) for a, b, s, e in pairs if a in place and b in place]


def _year(day: object) -> int:
    return int(str(day)[:4])


def fit(kind: str, x: Array, y: Array, groups: npt.NDArray[np.int64], *, years: tuple[int, int]) -> Diffusion:
    """Fit a logit of `y` on an intercept and `x`, with errors clustered by `groups`; see `logit`."""
    found = Diffusion(kind, *years, len(np.unique(groups)), len(y), int(y.sum()), ())
    varies = x.std(axis=0) > 0 if len(y) else np.zeros(x.shape[1], dtype=bool)
    if y.sum() < _EVENTS_EACH * max(varies.sum(), 1):
        return Diffusion(**{**vars(found), "reason": f"{int(y.sum())} adoptions are too few for {varies.sum()} covariates"})
    estimates, errors = logit(np.column_stack([np.ones(len(y)), x[:, varies]]), y, groups)
    names = [name for name, used in zip(COVARIATES, varies, strict=True) if used]
    effects = tuple(Effect(name, float(b), float(e)) for name, b, e in zip(("intercept", *names), estimates, errors, strict=True))
    return Diffusion(**{**vars(found), "effects": effects})


def logit(x: Array, y: Array, groups: npt.NDArray[np.int64], *, steps: int = 50) -> tuple[Array, Array]:
    """Return coefficients and clustered standard errors of a logistic regression by Newton's method.

    x is rows × coefficients with its intercept, y is 0 or 1. Errors are A⁻¹ B A⁻¹ with A = Xᵀ W X and B = Σ_g s_g s_gᵀ, s_g the sum
    of the scores of a group, times g / (g - 1) (Liang and Zeger 1986, doi:10.1093/biomet/73.1.13).
    Raises `InputError` where the covariates tell adoptions from the rest perfectly, or one follows from the others.
    """
    beta = np.zeros(x.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        information = x.T @ (x * (p * (1 - p))[:, None])
        if np.linalg.cond(information) > 1e12:
            break
        step = np.linalg.solve(information, x.T @ (y - p))
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            inverse = np.linalg.inv(information)
            members, place = np.unique(groups, return_inverse=True)
            scores = np.zeros((len(members), x.shape[1]))
            np.add.at(scores, place, x * (y - p)[:, None])
            spread = scores.T @ scores * len(members) / max(len(members) - 1, 1)
            return beta, np.sqrt(np.diag(inverse @ spread @ inverse))
    raise InputError("the fit does not settle: covariates tell adoptions apart perfectly or depend on each other; give more years or another type")


def text(found: Diffusion) -> str:
    """Return the result as lines for people."""
    lines = [f"{found.type}: {TYPES[found.type]}",
             f"{found.states} states and territories, {found.at_risk} years at risk from {found.first} to {found.last}, {found.events} adoptions"]
    lines += [f"no fit: {found.reason}"] if found.reason else []
    for effect in found.effects:
        low, high = effect.interval
        lines.append(f"  {effect.covariate:<15}{effect.estimate:6.2f}  error {effect.error:.2f}  95 % {low:.2f} to {high:.2f}")
    return "\n".join([*lines, NOTICE])


def to_dict(found: Sequence[Diffusion]) -> dict[str, Any]:
    """Return results as plain values, in the shape of `schema`."""
    return {"notice": NOTICE, "found": [
        {"type": d.type, "about": TYPES[d.type], "first": d.first, "last": d.last, "states": d.states, "at_risk": d.at_risk, "events": d.events,
         "reason": d.reason or None, "effects": [_effect(e) for e in d.effects]} for d in found]}


def _effect(effect: Effect) -> dict[str, Any]:
    low, high = effect.interval
    return {"covariate": effect.covariate, "estimate": round(effect.estimate, 6), "error": round(effect.error, 6), "low": round(low, 6), "high": round(high, 6)}


def schema() -> dict[str, Any]:
    """Return the JSON Schema of `to_dict`."""
    found: dict[str, Any] = json.loads((files("comity") / "diffusion.schema.json").read_text(encoding="utf-8"))
    return found
