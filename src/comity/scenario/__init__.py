"""A what-if on top of the graph becomes what it would change: participations, transfers, paradigms, alignment, rivalry and blocs.

A scenario is a small overlay of rows in a named graph of its own; the graph is read and never written to. What is imagined
weighs and counts like a row, is marked hypothetical, and enters no build and no dump.
"""

from __future__ import annotations

from comity.scenario.compare import DRAWS, compare, side
from comity.scenario.model import NOTICE, Outcome, Overlay
from comity.scenario.overlay import read
from comity.scenario.shipped import find, shipped
from comity.scenario.shown import schema, to_csv, to_json, to_markdown, to_text
from comity.scenario.sides import Side

__all__ = ["DRAWS", "NOTICE", "Outcome", "Overlay", "Side", "compare", "find", "read", "schema", "shipped", "side", "to_csv", "to_json",
           "to_markdown", "to_text"]
