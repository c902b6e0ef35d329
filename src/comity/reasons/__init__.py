"""A query and its answer become reasons: the pattern that leaves an answer empty, the rows of evidence behind one row."""

from __future__ import annotations

from comity.reasons.emptiness import Emptiness, explain
from comity.reasons.evidence import Evidence, why

__all__ = ["Emptiness", "Evidence", "explain", "why"]
