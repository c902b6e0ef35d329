"""Scores of two powers become a 2×2 ordinal game of each letting the other's data flow or shutting them in, its class, and how firm that is.

What an outcome is worth to i, with its own choice first, o for open and c for control:
u(oo) = α + γ + δ, u(oc) = γ, u(co) = α, u(cc) = δ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comity.game.panel import Array

CLASSES = ("harmony", "coordination", "stag hunt", "prisoner's dilemma", "chicken", "deadlock")
TIED, ASYMMETRIC, INDETERMINATE, INSUFFICIENT = "tied", "asymmetric", "indeterminate", "insufficient evidence"
#: the share of perturbed games below which a class is not named
FIRM = 0.7
#: standard deviation of the noise on each payoff, and how many games are drawn
NOISE, DRAWS = 0.1, 1000


@dataclass(frozen=True)
class Dyad:
    """The game of two powers.

    Attributes: `payoffs`, (2, 4), of each: both open, only itself open, only the other open, neither; `classes`, the class by the order
    of each; `found`, the class of the game as it stands; `kept`, the share of perturbed games that keep it; `verdict`, that class,
    or indeterminate, or insufficient evidence; `parts`, what the payoffs were made of, by name, for each; `plays` and `rows`, the
    strategy of each towards all and the rows behind it.
    """

    actors: tuple[str, str]
    payoffs: tuple[tuple[float, ...], tuple[float, ...]]
    classes: tuple[str, str]
    found: str
    kept: float
    verdict: str
    parts: tuple[dict[str, float], dict[str, float]]
    plays: tuple[str | None, str | None] = (None, None)
    rows: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


def kind(payoffs: Array | tuple[float, ...]) -> str:
    """Return the class of the order of one side: R both open, S itself alone open, T the other alone open, P neither.

    harmony R > T, S > P; coordination R > T, P > S, P >= T; stag hunt R > T > P > S; prisoner's dilemma T > R > P > S; chicken T > R,
    S > P; deadlock T > R, P > S, P >= R. `tied` where own choices are worth the same, so that there is no order to speak of. Names
    after Rapoport and Guyer (1966) and Robinson and Goforth (2005), who order all 78.
    """
    r, s, t, p = (float(value) for value in payoffs)
    if r == t or s == p:
        return TIED
    if r > t:
        return "harmony" if s > p else "stag hunt" if t > p else "coordination"
    return "chicken" if s > p else "prisoner's dilemma" if r > p else "deadlock"


def classify(first: Array | tuple[float, ...], second: Array | tuple[float, ...]) -> str:
    """Return the class of a game if both sides order it alike, else `asymmetric`."""
    one, other = kind(first), kind(second)
    return one if one == other else ASYMMETRIC


def payoffs(parts: dict[str, float]) -> tuple[float, float, float, float]:
    """Return R, S, T, P from α (`reach`), γ (`openness`) and δ (`matching`)."""
    reach, openness, matching = parts["reach"], parts["openness"], parts["matching"]
    return reach + openness + matching, openness, reach, matching


def parts(tie: float, rivalry: float, b: float) -> dict[str, float]:
    """Return α, γ and δ of one side towards the other.

    `reach` = (1 + A3) / 2, what data of the other are worth: something to everybody, more between those who are tied (declared);
    `openness` = A3 - R, what letting its own data flow is worth: ties and recognitions towards the other less what it does against it;
    `matching` = b / 4, what doing as the other does is worth: the most by which ties move a choice in the fitted game, from -½ to ½.
    """
    return {"reach": (1 + tie) / 2, "openness": tie - rivalry, "matching": float(np.clip(b / 4, -0.5, 0.5))}


def stability(sides: tuple[dict[str, float], dict[str, float]], b: Array, *, noise: float = NOISE, count: int = DRAWS, seed: int = 0) -> float:
    """Return the share of perturbed games with the class of each side as it stands.

    Each payoff gets normal noise of standard deviation `noise`, and `matching` is that of one of the drawn weights `b`.
    """
    rng = np.random.default_rng(seed)
    found = kind(payoffs(sides[0])), kind(payoffs(sides[1]))
    picked = rng.choice(b, size=count)
    shaken = rng.normal(0, noise, size=(count, 2, 4))
    kept = 0
    for one, moves in zip(picked, shaken, strict=True):
        matched = float(np.clip(one / 4, -0.5, 0.5))
        kept += found == tuple(kind(np.array(payoffs({**side, "matching": matched})) + move) for side, move in zip(sides, moves, strict=True))
    return kept / count


def dyad(actors: tuple[str, str], sides: tuple[dict[str, float], dict[str, float]], drawn: Array, *, seed: int = 0) -> Dyad:
    """Return the game of two powers from the parts of each side and the drawn weights of ties."""
    games = payoffs(sides[0]), payoffs(sides[1])
    found = classify(*games)
    kept = stability(sides, drawn, seed=seed)
    return Dyad(actors, games, (kind(games[0]), kind(games[1])), found, kept, found if kept >= FIRM else INDETERMINATE, sides)
