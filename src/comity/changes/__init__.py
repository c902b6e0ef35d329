"""Two states of the graph become what changed between them: statements, things, answers, feeds and patches."""

from __future__ import annotations

from comity.changes.answers import AnswerChange, answers
from comity.changes.compare import Difference, Edit, Side, ThingChange, difference, sides
from comity.changes.patch import patch
from comity.changes.texts import markdown, text, to_json

__all__ = ["AnswerChange", "Difference", "Edit", "Side", "ThingChange", "answers", "difference", "markdown", "patch", "sides", "text", "to_json"]
