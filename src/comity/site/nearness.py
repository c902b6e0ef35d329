"""The scores of all pairs become the powers nearest to and farthest from one, each with its interval."""

from __future__ import annotations

from dataclasses import dataclass

from comity.network.scores import Scores
from comity.network.world import LEAST

#: powers on each list
MOST = 8


@dataclass(frozen=True)
class Power:
    """Another power as one sees it: id, label, score with both ends of its interval, and how many instruments the score rests on."""

    id: str
    label: str
    score: float
    low: float
    high: float
    instruments: int


def nearness(scores: Scores, actor: str) -> dict[str, list[Power]]:
    """Return the powers with the highest alignment A, with the lowest, and those that `actor` restricts or opposes most (rivalry R, above 0).

    Pairs whose score rests on fewer than three independent instruments are left out; ties go by id. Empty lists for who is not in the world.
    """
    names = scores.world.index.actors
    if actor not in names:
        return {"nearest": [], "farthest": [], "rivals": []}
    aligned, rivals = _powers(scores, "A", actor), _powers(scores, "R", actor)
    nearest = sorted(aligned, key=lambda p: (-p.score, p.id))[:MOST]
    farthest = [p for p in sorted(aligned, key=lambda p: (p.score, p.id)) if p not in nearest][:MOST]
    return {"nearest": nearest, "farthest": farthest, "rivals": [p for p in sorted(rivals, key=lambda p: (-p.score, p.id)) if p.score > 0][:MOST]}


def _powers(scores: Scores, name: str, actor: str) -> list[Power]:
    world = scores.world
    row, table, counts = world.index.actors.index(actor), scores.values[name], world.instruments[name]
    low, high = scores.ends.low[name], scores.ends.high[name]
    labels = {other: str(world.names.get(other, {}).get("label", other)) for other in world.index.actors}
    return [Power(other, labels[other], float(table[row, j]), float(low[row, j]), float(high[row, j]), int(counts[row, j]))
            for j, other in enumerate(world.index.actors) if j != row and counts[row, j] >= LEAST and table[row, j] == table[row, j]]
