"""A panel becomes rows of choices: one for each jurisdiction and year in which it plays, with what each strategy would be worth by each term."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comity.game.panel import COVARIATES, FAVOURED, PRESSURES, RELATIONS, STRATEGIES, UNKNOWN, Array, Panel, Places, mixed, pooled, shares

TIES, PERSISTENCE = "ties", "persistence"
#: how ties enter: all in one, or each relation by itself
POOLED, APART = "pooled", "apart"
_OTHERS = STRATEGIES[1:]
OWN = (*_OTHERS, *(f"{name}: {other}" for name in COVARIATES for other in _OTHERS))


@dataclass(frozen=True, eq=False)
class Design:
    """N rows of choices among S strategies by K terms.

    Attributes: `terms`, their names; `values`, (N, S, K), what each strategy has of each term; `chosen`, (N,); `before`, (N,) the
    strategy of the year before, -1 for one that begins to play; `actors`, (N,) places; `years`, (N,).
    """

    terms: tuple[str, ...]
    values: Array
    chosen: Places
    before: Places
    actors: Places
    years: Places

    def where(self, kept: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Design:
        """Return the rows that are `kept`."""
        return Design(self.terms, self.values[kept], self.chosen[kept], self.before[kept], self.actors[kept], self.years[kept])


def terms(ties: str = POOLED) -> tuple[str, ...]:
    """Return the names of the terms: own inclinations (open is the reference), pressures, ties, persistence."""
    tied = (TIES,) if ties == POOLED else tuple(f"{TIES}: {name}" for name in RELATIONS)
    return (*OWN, *PRESSURES, *tied, PERSISTENCE)


def design(panel: Panel, *, ties: str = POOLED, same_year: bool = False) -> Design:
    """Return the rows of all years but the first.

    Ties, covariates and pressures are those of the end of the year before. What the others play is that of the year before
    too, so that each row is a reply to what could be seen; or of the `same_year`, as in a Potts model, whose fit is then a
    pseudo-likelihood (Besag 1975, doi:10.2307/2987782).
    """
    values, marks = [], []
    for t in range(1, len(panel.years)):
        seen = mixed(panel.played[t if same_year else t - 1])
        every = worth(panel, t - 1, seen, ties=ties)
        for i in np.flatnonzero(panel.played[t] != UNKNOWN):
            before = panel.played[t - 1, i]
            values.append(stay(every[i], before))
            marks.append((panel.played[t, i], before, i, panel.years[t]))
    table = np.array(marks, dtype=np.int64).reshape(-1, 4)
    tensor = np.array(values).reshape(-1, len(STRATEGIES), len(terms(ties)))
    return Design(terms(ties), tensor, table[:, 0], table[:, 1], table[:, 2], table[:, 3])


def worth(panel: Panel, t: int, mix: Array, *, ties: str = POOLED) -> Array:
    """Return (n, S, K) what each strategy has of each term for each jurisdiction, without persistence, if the others play `mix` (n × S)."""
    n, count = len(panel.actors), len(STRATEGIES)
    found = np.zeros((n, count, len(terms(ties))))
    for s in range(1, count):
        found[:, s, s - 1] = 1
        for k in range(len(COVARIATES)):
            found[:, s, (k + 1) * len(_OTHERS) + s - 1] = panel.covariates[t, :, k]
    for k, favoured in enumerate(FAVOURED):
        found[:, STRATEGIES.index(favoured), len(OWN) + k] = panel.pressures[t, :, k]
    start = len(OWN) + len(PRESSURES)
    if ties == POOLED:
        found[:, :, start] = pooled(panel.ties[t], mix)
    else:
        found[:, :, start:-1] = np.moveaxis(shares(panel.ties[t], mix), 0, 2)
    return found


def stay(one: Array, before: int) -> Array:
    """Return a copy of the terms of one jurisdiction (S × K) in which staying with the strategy `before` counts, if it had one."""
    found = one.copy()
    if before != UNKNOWN:
        found[before, -1] = 1
    return found
