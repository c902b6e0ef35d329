"""Two codings of the same transfer rules become the agreement on their labels: Krippendorff's alpha for each scheme.

A scheme that asks for supervision is left out, as supervision was coded once. A rule counts where a table decides both codings.
"""

from __future__ import annotations

from comity.coding import Agreement, measure
from comity.paradigms.decide import Coded, asks_supervision, decide
from comity.paradigms.records import Records


def label_agreement(records: Records, *, draws: int = 1000, seed: int = 0) -> tuple[Agreement, ...]:
    """Return how far two coders lead each scheme to the same label; see `comity.coding.measure` for alpha and its interval."""
    found = []
    for scheme, lines in records.lines.items():
        if asks_supervision(lines):
            continue
        decided = [tuple(decide(lines, Coded(*codes)).line for codes in pair) for pair in records.second]
        pairs = [(a.paradigm, b.paradigm) for a, b in decided if a is not None and b is not None]
        found.append(measure(scheme, "nominal", pairs, draws=draws, seed=seed))
    return tuple(found)
