"""A fit and the last year seen become tipping points: how few of its ties would have to switch until a best reply is to follow them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comity.game.design import PERSISTENCE, TIES, stay, worth
from comity.game.fitting import Terms
from comity.game.panel import STRATEGIES, UNKNOWN, Array, Panel, Places, mixed, weights


@dataclass(frozen=True)
class Tip:
    """What it takes to move one jurisdiction to one other strategy.

    Attributes: `gap`, by how much what it plays is worth more to it than `target`, in units of the noise; `adopters`, the fewest
    ties whose switch to `target` closes the gap, strongest first, None where all of them would not; `follow`, how many others
    then follow to `target` by best reply, one after the other.
    """

    actor: str
    plays: str
    target: str
    gap: float
    adopters: tuple[str, ...] | None
    follow: int = 0


def tipping(panel: Panel, terms: Terms, *, year: int | None = None) -> tuple[Tip, ...]:
    """Return a `Tip` for each jurisdiction that plays in `year` (the last by default) and each other strategy, easiest first.

    A tie j that plays neither adds b W_ij to the target when it switches to it; one that plays the same as i adds b W_ij and
    takes as much from staying. Gains add up and do not depend on order, so the fewest adopters are those of the largest gains.
    With b of 0 or below no adopters tip anybody. What is worth more already without adopters (a gap below 0) needs none: the
    jurisdiction plays what the fit does not call its best reply.
    """
    t = panel.place(panel.years[-1] if year is None else year)
    played = panel.played[t]
    utility = _utility(panel, t, played, terms)
    ties, b = weights(panel.ties[t], played != UNKNOWN), terms[TIES]
    asked = [(int(i), s) for i in np.flatnonzero(played != UNKNOWN) for s in range(len(STRATEGIES)) if s != played[i]]
    found = [_tip(panel, played, pair, (utility, ties, b)) for pair in asked]
    tips = [_followed(panel, t, played, tip, terms) for tip in found]
    return tuple(sorted(tips, key=lambda p: (p.adopters is None, len(p.adopters or ()), p.gap, p.actor, p.target)))


def _utility(panel: Panel, t: int, played: Places, terms: Terms) -> Array:
    """Return (n, S) what each strategy is worth to each, given what all play."""
    every = worth(panel, t, mixed(played))
    return np.stack([stay(one, before) @ terms.values for one, before in zip(every, played, strict=True)])


def _tip(panel: Panel, played: Places, asked: tuple[int, int], state: tuple[Array, Array, float]) -> Tip:
    (i, target), (utility, ties, b) = asked, state
    gap = float(utility[i, played[i]] - utility[i, target])
    gains = b * ties[i] * ((played != target).astype(float) + (played == played[i]))
    gains[(played == UNKNOWN) | (played == target)] = 0
    order = np.lexsort((np.arange(len(gains)), -gains))
    reached = np.concatenate([[0.0], np.cumsum(np.maximum(gains[order], 0))])
    enough = np.flatnonzero(reached > gap)
    names = tuple(panel.actors[j] for j in order[:enough[0]]) if len(enough) else None
    return Tip(panel.actors[i], STRATEGIES[played[i]], STRATEGIES[target], gap, names)


def _followed(panel: Panel, t: int, played: Places, tip: Tip, terms: Terms) -> Tip:
    """Count who follows once the adopters and the tipped have switched for good and each other replies in turn."""
    if tip.adopters is None or not tip.adopters:
        return tip
    target = STRATEGIES.index(tip.target)
    state = played.copy()
    state[[panel.actors.index(who) for who in (*tip.adopters, tip.actor)]] = target
    start = int((state == target).sum())
    while True:
        utility = _utility(panel, t, state, terms)
        best = utility.argmax(axis=1)
        joins = (state != UNKNOWN) & (state != target) & (best == target)
        if not joins.any():
            return Tip(tip.actor, tip.plays, tip.target, tip.gap, tip.adopters, int((state == target).sum()) - start)
        state[joins] = target


def margin(terms: Terms) -> float:
    """Return the most that ties can ever move between two strategies, over what a change costs; below 1 they can never pay for it alone."""
    return 2 * terms[TIES] / terms[PERSISTENCE] if terms[PERSISTENCE] > 0 else float("inf")
