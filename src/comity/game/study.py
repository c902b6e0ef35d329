"""A graph becomes the whole study of the game: the panel, fits of several forms, scores, tipping points and the games of dyads."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from comity.errors import InputError
from comity.game.design import APART, PERSISTENCE, TIES, design
from comity.game.dyads import INSUFFICIENT, Dyad, dyad, parts
from comity.game.fitting import DRAWS, Fit, Terms, fit
from comity.game.keeping import kept
from comity.game.panel import Panel
from comity.game.reading import read
from comity.game.scoring import Score, scores
from comity.game.strategies import strategy
from comity.game.tipping import Tip, tipping
from comity.graph import Graph
from comity.names import dataset_version, resolve
from comity.network import World
from comity.network.records import local
from comity.network.world import LEAST

#: forms of the fit beside the first: how others' choices enter
FORMS = ("year before", "same year", "relations apart")


@dataclass(frozen=True, eq=False)
class Study:
    """Everything about the game of one graph, each part made when it is first asked for.

    Attributes: `graph`; `panel`; `until`, the last year of the fit that is scored; `draws` and `seed` of the intervals; `version` of the data.
    """

    graph: Graph
    panel: Panel
    until: int
    draws: int
    seed: int
    version: str

    @cached_property
    def fit(self) -> Fit:
        """The fit to all years, each row a reply to what the others played the year before."""
        return fit(design(self.panel), draws=self.draws, seed=self.seed)

    @cached_property
    def forms(self) -> dict[str, Fit]:
        """The fit in each of `FORMS`."""
        same, apart = design(self.panel, same_year=True), design(self.panel, ties=APART)
        return dict(zip(FORMS, (self.fit, *(fit(rows, draws=self.draws, seed=self.seed) for rows in (same, apart))), strict=True))

    @cached_property
    def scores(self) -> tuple[Score, ...]:
        """Scores of the fit to the years up to `until` on those after it, beside simple rules."""
        return scores(self.panel, until=self.until)

    @cached_property
    def tips(self) -> tuple[Tip, ...]:
        """Tipping points in the last year."""
        return tipping(self.panel, self.fit.terms)

    def tipped(self) -> tuple[tuple[str, int, int, Tip | None], ...]:
        """Return (setting, pairs that ties could tip, pairs asked, the easiest) as fitted, without cost of change, and both with b at the upper end."""
        high = self.fit.estimate(TIES).high
        settings = {"as fitted": {}, "a change costs nothing": {PERSISTENCE: 0.0}, "b at the upper end of its interval": {TIES: high},
                    "both": {PERSISTENCE: 0.0, TIES: high}}
        found = []
        for name, changes in settings.items():
            tips = self.tips if not changes else tipping(self.panel, _with(self.fit.terms, changes))
            possible = [tip for tip in tips if tip.adopters]
            found.append((name, len(possible), len(tips), possible[0] if possible else None))
        return tuple(found)

    @property
    def end(self) -> datetime.date:
        """The last day of the last year."""
        return datetime.date(self.panel.years[-1], 12, 31)

    @cached_property
    def world(self) -> World:
        """Alignment and rivalry on the last day."""
        return self.graph.world(as_of=self.end.isoformat())

    def dyad(self, first: str, second: str) -> Dyad:
        """Return the game of two jurisdictions, by code or name. Raises `InputError` for one with itself, or that is not in the world table."""
        pair = tuple(local(resolve(self.graph.store, name).value) for name in (first, second))
        actors = self.world.index.actors
        missing = [name for name in pair if name not in actors]
        if pair[0] == pair[1] or missing:
            raise InputError(f"{missing[0]} has no scores on {self.end}; a member of a union is asked through it" if missing
                             else f"{pair[0]} and itself: give two different jurisdictions")
        i, j = (actors.index(name) for name in pair)
        values, counts = self.world_scores, self.world.instruments
        b, drawn = self.fit.terms[TIES], self.fit.drawn[:, self.fit.terms.names.index(TIES)]
        sides = tuple(parts(float(np.nan_to_num(values["A3"][x, y])), float(np.nan_to_num(values["R"][x, y])), b) for x, y in ((i, j), (j, i)))
        found = dyad((pair[0], pair[1]), (sides[0], sides[1]), drawn, seed=self.seed)
        if counts["A"][i, j] < LEAST or max(counts["R"][i, j], counts["R"][j, i]) < LEAST:
            found = replace(found, verdict=INSUFFICIENT)
        records = self.graph.paradigms()
        played = [strategy(records, name, self.end) for name in pair]
        return replace(found, plays=(played[0].strategy, played[1].strategy), rows=(played[0].rows, played[1].rows))

    @cached_property
    def world_scores(self) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
        """The scores of the world table."""
        return self.world.scores()

    def dyads(self, powers: Sequence[str]) -> tuple[Dyad, ...]:
        """Return the games of all pairs of `powers`, in their order."""
        return tuple(self.dyad(a, b) for k, a in enumerate(powers) for b in powers[k + 1:])


def study(graph: Graph, *, first: int = 1999, last: int = 2025, until: int = 2020, draws: int = DRAWS, seed: int = 0) -> Study:
    """Return the study of a graph: the panel of the years `first` to `last`, scored on the years after `until`.

    Raises `InputError` as `reading.read` does, and if `until` does not part the years.
    """
    if not first < until < last:
        raise InputError(f"the fit to {until} leaves no years to fit or to predict between {first} and {last}; give a year between them")
    panel = kept(graph, first, last, lambda: read(graph, first=first, last=last))
    return Study(graph, panel, until, draws, seed, dataset_version(graph.store))


def _with(terms: Terms, changes: dict[str, float]) -> Terms:
    values = terms.values.copy()
    for name, value in changes.items():
        values[terms.names.index(name)] = value
    return Terms(terms.names, values)
