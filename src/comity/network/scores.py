"""A world table and its intervals become a dataset: every pair of actors with its scores, their parts, ends and evidence."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from comity.errors import InputError
from comity.names import dataset_version
from comity.network.composite import alignment, rivalry
from comity.network.dataset import ACTORS, TIES, Cell, Column, Dataset, standard
from comity.network.draws import observed
from comity.network.intervals import DRAWS, Intervals
from comity.network.kept import kept
from comity.network.matrix import Array
from comity.network.receipts import MEANINGS, explain
from comity.network.records import Slice
from comity.network.signing import ALPHA, TAU, rivals
from comity.network.world import LEAST, METHOD, World, world
from comity.queries import Question, library
from comity.settings import Layout
from comity.store import Store

#: which scores stand once a pair, and which once a direction (from the first to the second actor, and back)
_ONE, _TWO = ("A", "A1", "A2", "R3", "R4"), ("A3", "R", "R1", "R2")
_INSUFFICIENT = "insufficient evidence"
_UNITS = {"A": "-1 to 1", "A1": "up to 1", "A2": "-1 to 1"}


@dataclass(frozen=True)
class Scores:
    """All numbers of a world table, n × n each, ready to be shown."""

    world: World
    ends: Intervals

    @cached_property
    def values(self) -> dict[str, Array]:
        """The scores as observed."""
        return self.world.scores()

    @cached_property
    def equal(self) -> dict[str, Array]:
        """A and R with every weight that is not 0 set to 1."""
        one = observed(len(self.world.index.instruments), equal=True)
        parts = self.world.scores(one)
        parts["A2"] = self.values["A2"]
        return {"A": alignment(parts), "R": rivalry(parts)}

    @cached_property
    def bounds(self) -> tuple[Array, Array]:
        """The lowest and highest A1 that unknown cells leave open."""
        return self.world.rules.bounds()

    @cached_property
    def companions(self) -> dict[str, Array]:
        """S, kappa and pi of the table of rules."""
        return self.world.rules.companions()

    def kind(self, i: int, j: int) -> str:
        """Return what a pair is to one another (Maoz et al. 2007), or that the evidence does not say."""
        number = self.world.instruments
        if number["A"][i, j] < LEAST or max(number["R"][i, j], number["R"][j, i]) < LEAST:
            return _INSUFFICIENT
        together, apart = bool(self.ends.low["A"][i, j] > 0), bool(self._rivals[i, j])
        if together:
            return "competitive interdependence" if apart else "allies"
        return "rivals" if apart else "unrelated"

    @cached_property
    def _rivals(self) -> Array:
        return rivals(self.world, self.ends, tau=TAU)


def tabulate(scores: Scores, *, about: Mapping[str, object], evidence: bool = False) -> Dataset:
    """Return the dataset `scores`: one tie a pair of actors, one row an actor.

    Parameters: `about`, what made it (see `made`); `evidence`, whether each tie lists the rows behind it, which makes a world of
    two hundred actors a large file. A score that rests on fewer than three independent instruments is left empty.
    """
    world = scores.world
    ties = tuple(_pair(scores, int(i), int(j), evidence) for i, j in zip(*np.triu_indices(len(world.index.actors), 1), strict=True))
    actors = tuple({"id": a, "label": a, **world.names.get(a, {})} for a in world.index.actors)
    columns = (*standard("id", "label", "iso3", "cow", "gw", "kind", table=ACTORS), *_columns(evidence))
    return Dataset("scores", {ACTORS: actors, TIES: ties}, columns, about)


def scored(store: Store, places: Layout, at: Slice, *, draws: int = DRAWS, seed: int = 0) -> Scores:
    """Return the scores of one slice; intervals are kept in the folder `scores` of the build, and read from there the next time."""
    found = world(store, places.queries, at)
    basis = {"method": METHOD, "queries": _queries_hash(library(places.queries))}
    return Scores(found, kept(found, places.build / "scores", made=basis, count=draws, seed=seed))


def made(store: Store, world: World, ends: Intervals, questions: Mapping[str, Question]) -> dict[str, object]:
    """Return what a table of scores rests on: versions of data and method, the hash of the queries, the slice, seed and draws."""
    at = world.at
    return {"version": dataset_version(store), "method": METHOD, "query_sha256": _queries_hash(questions), "as_of": at.as_of, "known_on": at.known_on,
            "stage": at.stage, "unions_as_one": at.unions_as_one, "actors": " ".join(at.actors), "draws": ends.draws, "seed": ends.seed,
            "tau": TAU, "alpha": ALPHA}


def blocs(store: Store, places: Layout, at: Slice, *, draws: int = 100, behind: int = DRAWS, seed: int = 0) -> Dataset:
    """Return the dataset `blocs` of one slice: the chance that two actors stand in one bloc (see `membership`), beside the blocs as observed.

    The network as observed rests on intervals of `behind` draws; its blocs are those of the exact index.
    """
    from comity.network.frustration import frustration_index
    from comity.network.membership import drawn, membership, tabulate
    from comity.network.signing import signed_network

    found = scored(store, places, at, draws=behind, seed=seed)
    tied = signed_network(found.world, found.ends)
    tied = tied.subgraph(sorted(n for n in tied if tied.degree(n)))
    if not tied.number_of_edges():
        raise InputError(f"no tie of the signed network stands on {found.world.at.as_of}; choose a later day")
    chances = membership(drawn(found.world, count=draws, seed=seed), found.world.index.actors)
    about = made(store, found.world, found.ends, library(places.queries)) | {"draws": draws}
    return tabulate(chances, found.world.names, frustration_index(tied).partition, about=about)


def _queries_hash(questions: Mapping[str, Question]) -> str:
    texts = "\n".join(q.text for q in questions.values() if q.layer is not None)
    return hashlib.sha256(texts.encode()).hexdigest()


def _pair(scores: Scores, i: int, j: int, evidence: bool) -> dict[str, Cell]:
    world = scores.world
    row: dict[str, Cell] = {"source": world.index.actors[i], "target": world.index.actors[j], "layer": "scores", "relation": scores.kind(i, j)}
    counts = world.instruments
    row |= {"instruments_A": int(counts["A"][i, j]), "instruments_R": int(counts["R"][i, j]), "instruments_R_back": int(counts["R"][j, i])}
    for name in _ONE:
        row |= _shown(scores, name, name, i, j)
    for name in _TWO:
        row |= _shown(scores, name, name, i, j) | _shown(scores, name, f"{name}_back", j, i)
    if row["A"] is not None:
        row |= {"A_equal": _plain(scores.equal["A"][i, j]), "A_positive": _plain(scores.ends.positive[i, j])}
    if row["A1"] is not None:
        row |= {"A1_least": _plain(scores.bounds[0][i, j]), "A1_most": _plain(scores.bounds[1][i, j]), "topics": int(world.rules.common[i, j])}
        row |= {name: _plain(table[i, j]) for name, table in scores.companions.items()}
    test = world.commitments
    row |= {"A2_upper": _plain(test.test.upper[i, j]), "A2_lower": _plain(test.test.lower[i, j]), "A2_q": _plain(test.q_upper[i, j])}
    row["shared"] = int(test.shared[i, j])
    for name, (a, b) in (("R", (i, j)), ("R_back", (j, i))):
        row[f"{name}_equal"] = None if row[name] is None else _plain(scores.equal["R"][a, b])
    if evidence:
        row["through"] = tuple(_rows(world, i, j))
    return row


def _shown(scores: Scores, name: str, column: str, i: int, j: int) -> dict[str, Cell]:
    """Return a score and its ends, empty where it rests on fewer than three instruments."""
    counts = scores.world.instruments["A" if name.startswith("A") else "R"]
    if counts[i, j] < LEAST:
        return {column: None}
    cells: dict[str, Cell] = {column: _plain(scores.values[name][i, j])}
    if name in scores.ends.low:
        cells |= {f"{column}_low": _plain(scores.ends.low[name][i, j]), f"{column}_high": _plain(scores.ends.high[name][i, j])}
    return cells


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 6)


def _rows(world: World, i: int, j: int) -> Iterator[str]:
    seen: set[str] = set()
    for first, second in ((i, j), (j, i)):
        receipt = explain(world, world.index.actors[first], world.index.actors[second])
        seen |= {row for score in receipt.scores.values() for line in score.lines for row in line.rows}
    return iter(sorted(seen))


def _columns(evidence: bool) -> Iterator[Column]:
    yield from standard("source", "target", "layer", table=TIES)

    def column(name: str, type_: str, unit: str, meaning: str) -> Column:
        return Column(TIES, name, type_, unit, meaning)  # type: ignore[arg-type]

    yield column("relation", "text", "name", "allies, rivals, competitive interdependence or unrelated (Maoz et al. 2007), or insufficient evidence.")
    yield column("instruments_A", "integer", "count", "Independent instruments behind A and its parts; fewer than three, and they are not shown.")
    yield column("instruments_R", "integer", "count", "Independent instruments behind R and its parts from source to target.")
    yield column("instruments_R_back", "integer", "count", "Independent instruments behind R and its parts from target to source.")
    for name in (*_ONE, *_TWO):
        unit, meaning = _UNITS.get(name, "0 to 1"), MEANINGS[name]
        for suffix, way in (("", ""),) if name in _ONE else (("", ", from source to target"), ("_back", ", from target to source")):
            yield column(f"{name}{suffix}", "number", unit, f"{meaning.capitalize()}{way}.")
            if name != "R2":
                yield column(f"{name}{suffix}_low", "number", unit, f"Lower end of the 90 % interval of {name}{way}.")
                yield column(f"{name}{suffix}_high", "number", unit, f"Upper end of the 90 % interval of {name}{way}.")
    yield column("A_equal", "number", "-1 to 1", "A with every weight set to 1.")
    yield column("A_positive", "number", "0 to 1", "Share of the draws in which A is above 0.")
    yield column("A1_least", "number", "up to 1", "A1 if all that is unknown differed as far as it can.")
    yield column("A1_most", "number", "up to 1", "A1 if all that is unknown were alike.")
    yield column("topics", "integer", "count", "Topics on which the rules of both are known.")
    yield column("s", "number", "-1 to 1", "S of Signorino and Ritter (1999) of the same rules, unweighted.")
    yield column("kappa", "number", "up to 1", "Weighted kappa (Häge 2011) of the same rules, unweighted.")
    yield column("pi", "number", "up to 1", "Weighted pi (Häge 2011) of the same rules, unweighted.")
    yield column("A2_upper", "number", "probability", "Chance of sharing as much or more (stochastic degree sequence model).")
    yield column("A2_lower", "number", "probability", "Chance of sharing as much or less (stochastic degree sequence model).")
    yield column("A2_q", "number", "probability", "False discovery rate at which the two share more than chance gives (Benjamini and Hochberg 1995).")
    yield column("shared", "integer", "count", "Agreements, organisations and declarations that both hold.")
    yield column("R_equal", "number", "0 to 1", "R from source to target with every weight set to 1.")
    yield column("R_back_equal", "number", "0 to 1", "R from target to source with every weight set to 1.")
    if evidence:
        yield from standard("through", table=TIES)
