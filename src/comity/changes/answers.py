"""Two states become the queries of the library whose answers differ, with the rows that went and the rows that came.

A query that names nothing of what changed answers as before and is not asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from comity import queries
from comity.changes.compare import Difference, Side
from comity.citing import written
from comity.errors import InputError
from comity.mentions import mentions
from comity.queries import Question
from comity.store import Store


@dataclass(frozen=True)
class AnswerChange:
    """One query whose answer differs: its columns as a line, the rows that went and came as tab-separated terms, and how many there were and are."""

    name: str
    summary: str
    columns: str
    went: tuple[str, ...]
    came: tuple[str, ...]
    before: int
    after: int


def answers(before: Side, after: Side, difference: Difference, names: Iterable[str] = ()) -> list[AnswerChange]:
    """Ask the library, or the queries called `names`, with their defaults, of both states; return those whose answers differ, by name.

    Raises `InputError` for a name of no query.
    """
    library = after.graph.queries()
    asked = [queries.find(library, name) for name in names] or list(library.values())
    touched = [q for q in asked if mentions(q.text).touched_by(difference.change)]
    found = [answer_change(question, {}, before.store, after.store) for question in sorted(touched, key=lambda q: q.name)]
    return [change for change in found if change is not None]


def answer_change(question: Question, values: Mapping[str, str], before: Store, after: Store,
                  clocks: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {})) -> AnswerChange | None:
    """Ask one query of two stores, on each with its own `clocks`; return None if the answers are the same."""
    (was, old), (columns, new) = (_lines(question, {**values, **clock}, store) for store, clock in zip((before, after), clocks, strict=True))
    if old == new:
        return None
    went, came = (tuple(sorted(lines.elements())) for lines in (old - new, new - old))
    return AnswerChange(question.name, question.summary, columns or was, went, came, old.total(), new.total())


def _lines(question: Question, values: Mapping[str, str], store: Store) -> tuple[str, Counter[str]]:
    """Return the answer as lines; a state that does not yet know a thing that the question names has none."""
    try:
        columns, lines = written(queries.ask(store, question, values))
    except InputError:
        return "", Counter()
    return columns, Counter(lines)
