"""Coded rules of each year become a game of rules: who plays which strategy, whether ties draw strategies together, and how well that predicts.

Estimates describe associations between what jurisdictions do and what those tied to them did before; see `docs/game.md` for
what they can and cannot show.
"""

from comity.game.dyads import CLASSES, Dyad, classify, kind, stability
from comity.game.fitting import Estimate, Fit, Terms, fit
from comity.game.panel import RELATIONS, STRATEGIES, Panel
from comity.game.reading import read
from comity.game.scoring import Score, scores
from comity.game.strategies import Line, Played, lines, strategy
from comity.game.study import Study, study
from comity.game.tipping import Tip, tipping

__all__ = [
    "CLASSES",
    "RELATIONS",
    "STRATEGIES",
    "Dyad",
    "Estimate",
    "Fit",
    "Line",
    "Panel",
    "Played",
    "Score",
    "Study",
    "Terms",
    "Tip",
    "classify",
    "fit",
    "kind",
    "lines",
    "read",
    "scores",
    "stability",
    "strategy",
    "study",
    "tipping",
]
