"""A fit to earlier years becomes chances for later ones, scored beside simple rules: persistence, frequencies of the region, the base rate.

All predictors are frozen at the last year of the fit. "year ahead" lets each see what was played the year before; "from the
start" lets it see nothing after the last year of the fit, and feeds its own chances on from year to year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from comity.errors import InputError
from comity.game.design import POOLED, Design, design, stay, worth
from comity.game.fitting import RIDGE, chances, maximise
from comity.game.panel import STRATEGIES, UNKNOWN, Array, Panel, Places, mixed

HORIZONS = ("year ahead", "from the start")
PREDICTORS = ("game", "game without ties", "persistence", "region", "base rate")
SUBSETS = ("all", "played before", "changed", "began")
_COUNT = len(STRATEGIES)


@dataclass(frozen=True)
class Score:
    """How well one predictor did on one subset: `rows`, `log_loss` (mean of -ln p, 0 is best) and `brier` (0 best, 2 worst)."""

    horizon: str
    subset: str
    predictor: str
    rows: int
    log_loss: float
    brier: float


def scores(panel: Panel, *, until: int = 2020, ridge: float = RIDGE) -> tuple[Score, ...]:
    """Fit to the years up to `until`, predict those after it, and score every predictor on every subset that has rows.

    Raises `InputError` if no year of the panel lies on either side.
    """
    rows = design(panel)
    known, later = rows.where(rows.years <= until), rows.where(rows.years > until)
    if not len(known.chosen) or not len(later.chosen):
        raise InputError(f"nothing to fit or to predict around {until}; the panel runs from {panel.years[0]} to {panel.years[-1]}")
    beta = maximise(known, np.ones(len(known.chosen)), ridge=ridge)
    alone = _untied(known, ridge)
    return tuple(score for horizon in HORIZONS for score in _scored(horizon, later, _predicted(horizon, panel, known, later, (beta, alone))))


def _untied(known: Design, ridge: float) -> Array:
    """Return the weights of the game fitted with ties left out (weight 0)."""
    place = known.terms.index("ties")
    values = known.values.copy()
    values[:, :, place] = 0
    return maximise(Design(known.terms, values, known.chosen, known.before, known.actors, known.years), np.ones(len(known.chosen)), ridge=ridge)


def _predicted(horizon: str, panel: Panel, known: Design, later: Design, betas: tuple[Array, Array]) -> dict[str, Array]:
    base, region, move = base_rate(known), regional(panel, known), moving(known)
    first = began(known)
    found: dict[str, Array] = {}
    if horizon == HORIZONS[0]:
        found = {name: chances(later.values, beta) for name, beta in zip(PREDICTORS, betas, strict=False)}
        found["persistence"] = np.array([first if b == UNKNOWN else _persist(move)[b] for b in later.before])
    else:
        start = int(known.years.max())
        for name, beta in zip(PREDICTORS, betas, strict=False):
            found[name] = ahead(panel, later, start, lambda t, mix, b=beta: replies(panel, t, mix, b))  # type: ignore[misc]
        constant = np.concatenate([np.tile(_persist(move), (len(panel.actors), 1, 1)), np.tile(first, (len(panel.actors), 1, 1))], axis=1)
        found["persistence"] = ahead(panel, later, start, lambda t, mix: constant)
    return found | {"region": region[later.actors], "base rate": np.tile(base, (len(later.chosen), 1))}


def base_rate(known: Design) -> Array:
    """Return the share of each strategy among all choices of the fit, with one choice of each added."""
    counts = np.bincount(known.chosen, minlength=_COUNT) + 1.0
    return np.asarray(counts / counts.sum())


def began(known: Design) -> Array:
    """Return the share of each strategy among first choices, with one of each added."""
    counts = np.bincount(known.chosen[known.before == UNKNOWN], minlength=_COUNT) + 1.0
    return np.asarray(counts / counts.sum())


def moving(known: Design) -> float:
    """Return the chance of a change in a year: changes and one, over the choices of those who played before, and two."""
    played = known.before != UNKNOWN
    return float(((known.chosen != known.before) & played).sum() + 1) / float(played.sum() + 2)


def regional(panel: Panel, known: Design) -> Array:
    """Return (n, S) the shares of strategies in the region of each in the last year of the fit, with one choice at the base rate added."""
    base, last = base_rate(known), panel.place(int(known.years.max()))
    found = np.tile(base, (len(panel.actors), 1))
    for name in sorted({r for r in panel.regions if r}):
        inside = np.array([r == name for r in panel.regions])
        counts = mixed(panel.played[last, inside]).sum(axis=0)
        found[inside] = (counts + base) / (counts.sum() + 1)
    return found


def _persist(move: float) -> Array:
    """Return (S, S) the chance of each strategy after each: staying, or any other alike."""
    return np.asarray(np.where(np.eye(_COUNT) > 0, 1 - move, move / (_COUNT - 1)))


def replies(panel: Panel, t: int, mix: Array, beta: Array) -> Array:
    """Return (n, S + 1, S) the chance of each strategy after each, last after none, if the others play `mix`; all else as in year place `t`."""
    every = worth(panel, t, mix, ties=POOLED)
    after = [*range(_COUNT), UNKNOWN]
    return np.stack([chances(np.stack([stay(one, before) for one in every]), beta) for before in after], axis=1)


def ahead(panel: Panel, later: Design, start: int, reply: Callable[[int, Array], Array]) -> Array:
    """Return the chances of the rows `later` when nothing after the year `start` is seen.

    Chances are fed on from year to year (a mean field: others count by their chances). Who begins to play in which year is
    given, what it then plays is not.
    """
    t = panel.place(start)
    mix = mixed(panel.played[t])
    found = np.zeros((len(later.chosen), _COUNT))
    for year in panel.years[t + 1:]:
        table = reply(t, mix)
        here = later.years == year
        begun = mix.sum(axis=1) > 0
        new = np.where(begun[:, None], np.einsum("ns,nsk->nk", mix, table[:, :_COUNT]), 0)
        for i in later.actors[here]:
            if not begun[i]:
                new[i] = table[i, _COUNT]
        mix = new
        found[here] = mix[later.actors[here]]
    return found


def _scored(horizon: str, later: Design, predicted: dict[str, Array]) -> Iterator[Score]:
    for subset in SUBSETS:
        rows = _subset(subset, later)
        for name in PREDICTORS:
            if rows.any():
                yield Score(horizon, subset, name, int(rows.sum()), *losses(predicted[name][rows], later.chosen[rows]))


def _subset(name: str, rows: Design) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    played = rows.before != UNKNOWN
    masks = {"all": np.ones(len(played), dtype=bool), "played before": played, "changed": played & (rows.chosen != rows.before), "began": ~played}
    return np.asarray(masks[name])


def losses(p: Array, chosen: Places) -> tuple[float, float]:
    """Return the log loss and the Brier score (sum over strategies) of chances `p` (N, S) for what was `chosen` (N,)."""
    taken = p[np.arange(len(chosen)), chosen]
    return float(-np.log(taken).mean()), float(((p - mixed(chosen)) ** 2).sum(axis=1).mean())
