"""A network and two of its actors become their alignment or rivalry: the score, its interval and the rows behind it."""

from __future__ import annotations

from dataclasses import dataclass

from comity.errors import InputError
from comity.network.intervals import DRAWS, intervals
from comity.network.project import Network
from comity.network.receipts import Receipt, explain
from comity.network.world import world


@dataclass(frozen=True)
class Dyad:
    """One score of a pair.

    Attributes: `score`, None if the evidence is insufficient; `low` and `high`, the ends of its 90 % interval; `rows`, the evidence
    as kind and id; `receipt`, all parts of all scores with their lines.
    """

    score: float | None
    low: float | None
    high: float | None
    rows: tuple[str, ...]
    receipt: Receipt


def alignment(network: Network, first: str, second: str, *, draws: int = DRAWS, seed: int = 0) -> Dyad:
    """Return how closely two actors of a network are aligned (A); see `composite`.

    Parameters: `network`, as `Graph.network` gives it, of any layer: all layers of its slice count; `draws` and `seed`, for the
    interval. Raises `InputError` for an actor without evidence, and for a graph that no query made.
    """
    return _dyad(network, (first, second), "A", draws=draws, seed=seed)


def rivalry(network: Network, first: str, second: str, *, draws: int = DRAWS, seed: int = 0) -> Dyad:
    """Return how far the first of two actors rivals the second (R, directed); see `alignment`."""
    return _dyad(network, (first, second), "R", draws=draws, seed=seed)


def _dyad(network: Network, pair: tuple[str, str], name: str, *, draws: int, seed: int) -> Dyad:
    reader = getattr(network, "reader", None)
    if reader is None:
        raise InputError("this graph does not know its slice; ask of the network that graph.network() gives, not of a copy")
    found = world(reader.store, reader.folder, reader=reader)
    receipt = explain(found, *pair, ends=intervals(found, count=draws, seed=seed))
    score = receipt.scores[name]
    parts = [s for n, s in receipt.scores.items() if n.startswith(name)]
    rows = sorted({row for part in parts for line in part.lines for row in line.rows})
    return Dyad(score.value, score.low, score.high, tuple(rows), receipt)
