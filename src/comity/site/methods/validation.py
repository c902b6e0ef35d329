"""Scores and outside data become a test of the scores: does alignment go with votes in the United Nations, and with trade agreements?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from comity.network.matrix import Array, mirrored
from comity.network.mrqap import Regression, mrqap
from comity.network.project import Reader
from comity.network.world import World
from comity.site.methods import dyads
from comity.site.methods.outside import digest, ideal_points, parties
from comity.site.methods.parts import Section, Table, chance, number
from comity.site.methods.study import Mask, Study, shown, spearman

#: p below which a coefficient of the expected sign counts as found
_LEVEL = 0.05
_SCORES = ("A", "A1", "A2", "A3")
_IDEAL = ("Ideal points: Bailey, Strezhnev and Voeten 2017, Journal of Conflict Resolution 61 (2), doi:10.1177/0022002715595700")
_DESTA = ("Trade agreements: Dür, Baccini and Elsig 2014, Review of International Organizations 9 (3), doi:10.1007/s11558-013-9179-8")


def validation(study: Study) -> Section:
    """Return how the parts of alignment go with outside data on the day of comparison, and what goes with alignment today."""
    plan = study.plan
    text = ("Votes in the United Nations and trade agreements measure something else than rules on data; a score that agreed with neither "
            "would be suspect, one that agreed fully would be of no use. Both files end with 2019 or 2020, so the slice is that of "
            f"{plan.compared_on}. The files are the user's own copies and are not part of Comity.")
    parts: list[str | Table] = [text]
    if plan.ideal_points or plan.desta:
        past = _Past(study)
        parts += [_votes(past, plan.ideal_points)] if plan.ideal_points else []
        parts += [_treaties(past, plan.desta)] if plan.desta else []
    missing = [name for name, path in (("--ideal-points", plan.ideal_points), ("--desta", plan.desta)) if path is None]
    if missing:
        parts.append(f"Not compared here, as no file was given: {', '.join(missing)}.")
    return Section("Against outside data", (*parts, _applied(study)))


class _Past:
    """The slice of the day of comparison: its `world`, `facts` and `reader`."""

    def __init__(self, study: Study) -> None:
        day = study.plan.compared_on
        self.study, self.day, self.year = study, day, int(day[:4])
        self.reader = Reader(study.graph.store, study.graph.layout.queries, replace(study.at, as_of=day))
        self.world = study.world_on(day)
        self.facts = dyads.Facts(study, self.reader)


def _scores(table: World) -> dict[str, Array]:
    """Return the symmetric scores of alignment, those that rest on too few instruments left out."""
    values, visible = table.scores(), shown(table, "A")
    values["A3"] = (values["A3"] + values["A3"].T) / 2
    return {name: np.where(visible, values[name], np.nan) for name in _SCORES}


def _votes(past: _Past, path: Path) -> Table:
    actors = past.world.index.actors
    found = dyads.points(actors, past.facts, ideal_points(path, year=past.year))
    apart = dyads.distance(found)
    organisations = dyads.held(past.reader, "memberships").values()
    controls = {"same region": dyads.same(_labels(past, actors)), "shared organisations": dyads.sharing(actors, organisations)}
    rows = tuple(_compared(past, name, scores, apart, "distance", controls) for name, scores in _scores(past.world).items())
    return Table("Alignment and votes in the United Nations", _origin(past, path), _columns("distance", controls), rows,
                 f"Agreement is a negative number. Distance of ideal points in session {past.year - 1945} (of a union: its members' mean), "
                 f"{int((~np.isnan(found)).sum())} actors. A2 counts organisations itself, so the control takes away part of what it measures. {_IDEAL}.")


def _treaties(past: _Past, path: Path) -> Table:
    actors = past.world.index.actors
    codes = {code: a for a in actors for one in past.facts.standing(a) if (code := past.facts.m49.get(one, ""))}
    signed = dyads.sharing(actors, [{codes[c] for c in one if c in codes} for one in parties(path, year=past.year)])
    joined = np.log1p(signed)
    # DESTA lists states: an actor without a code that it uses is unknown, not without treaties
    listed = np.array([any(past.facts.m49.get(one) for one in past.facts.standing(a)) for a in actors])
    joined[~np.outer(listed, listed)] = np.nan
    controls = {"same region": dyads.same(_labels(past, actors))}
    rows = tuple(_compared(past, name, scores, joined, "treaties", controls) for name, scores in _scores(past.world).items())
    return Table("Alignment and trade agreements", _origin(past, path), _columns("treaties", controls), rows,
                 f"Agreement is a positive number. Log of 1 + the agreements in force that both are party to, at the end of {past.year}; "
                 f"{int(np.triu(signed > 0, 1).sum()):,} pairs share one. A2 and A3 rest on trade agreements themselves, "
                 f"as far as these hold rules on data. {_DESTA}.")


def _labels(past: _Past, actors: tuple[str, ...]) -> list[str]:
    return [past.facts.region.get(a, "") for a in actors]


def _origin(past: _Past, path: Path) -> str:
    return past.study.origin("A", day=past.day, draws=0, more=f"{path.name} SHA-256 {digest(path)} · {past.study.plan.fewer} orders of the actors")


def _columns(name: str, controls: dict[str, Array]) -> tuple[str, ...]:
    return ("score", "pairs", "rank correlation", f"coefficient of {name}", "p", *(cell for c in controls for cell in (f"of {c}", "p")), "R²", "as expected")


def _compared(past: _Past, score: str, values: Array, other: Array, name: str, controls: dict[str, Array]) -> tuple[str, ...]:
    upper = np.triu_indices(len(values), 1)
    alike = number(spearman(values[upper], other[upper]))
    fitted = _fitted(past.study, values, {name: other, **controls})
    if fitted is None:
        return score, "too few", alike, *("",) * (2 * len(controls) + 4)
    cells = [cell for predictor in (name, *controls) for cell in (number(fitted.coefficients[predictor], 3), chance(fitted.p[predictor]))]
    right = (fitted.coefficients[name] > 0) is (name == "treaties") and fitted.p[name] < _LEVEL
    return score, f"{fitted.dyads:,}", alike, *cells, number(fitted.r2), "yes" if right else "no"


def _applied(study: Study) -> Table:
    table, reader = study.world, study.reader
    actors, facts = table.index.actors, dyads.Facts(study, reader)
    predictors = {
        "same region": dyads.same([facts.region.get(a, "") for a in actors]),
        "both in the OECD": dyads.both(actors, dyads.held(reader, "memberships").get("oecd", ())),
        "a trade agreement of both": np.minimum(dyads.sharing(actors, dyads.held(reader, "trade").values()), 1.0),
        "recognition, either way": dyads.either(actors, reader, "recognitions")}
    more = f"{study.plan.fewer} orders of the actors"
    if study.plan.ideal_points:
        year = int(study.plan.compared_on[:4])
        predictors["distance of ideal points"] = dyads.distance(dyads.points(actors, facts, ideal_points(study.plan.ideal_points, year=year)))
        more += f" · {study.plan.ideal_points.name} SHA-256 {digest(study.plan.ideal_points)}"
    visible = shown(table, "R")
    rivalry = np.where(visible & visible.T, table.scores()["R"], np.nan)
    outcomes = _scores(table) | {"R, mean of both ways": (rivalry + rivalry.T) / 2}
    varied = {k: v for k, v in predictors.items() if np.nanstd(v[~np.eye(len(v), dtype=bool)]) > 0}
    rows = tuple((name, f"{one.dyads:,}", *(f"{number(one.coefficients[k], 3)} ({chance(one.p[k])})" for k in varied), number(one.r2))
                 for name, values in outcomes.items() if (one := _fitted(study, values, varied)))
    return Table("What goes with alignment", study.origin("A", "R", draws=0, more=more), ("score", "pairs", *varied, "R²"), rows,
                 "Coefficients, p in brackets (double semi-partialing, Dekker, Krackhardt and Snijders 2007). A2 and A3 hold agreements and recognitions "
                 "themselves, A1 the clauses of agreements: a part of these coefficients is there by construction. An association is no cause.")


def _fitted(study: Study, outcome: Array, predictors: dict[str, Array]) -> Regression | None:
    """Return the regression over the actors that have a number for some pair, None where too few pairs have one."""
    known: Mask = ~np.asarray(np.isnan(np.stack([outcome, *predictors.values()])).any(axis=0))
    np.fill_diagonal(known, False)
    upper = np.triu(known)
    design = np.column_stack([np.ones(int(upper.sum())), *(values[upper] for values in predictors.values())])
    if len(design) <= design.shape[1] or np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    # the others would only be carried along
    kept = np.ix_(*(np.flatnonzero(known.any(axis=1)),) * 2)
    chosen = {name: values[kept] for name, values in predictors.items()}
    return mrqap(mirrored(outcome)[kept], predictors=chosen, directed=False, permutations=study.plan.fewer, seed=study.plan.seed)
