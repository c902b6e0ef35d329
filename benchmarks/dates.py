"""What a date costs: the same questions asked without one and as of a day, in turn, on our store.

`WAYS` names each way to ask; a further way is one more function from a question and its terms to what is run.
"""

from __future__ import annotations

import datetime
import re
import statistics
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from comity.queries import Question
from comity.store import EmbeddedStore
from comity.syntax import Term, bind
from comity.views import Moment

RUNS = 31
PATTERN = re.compile(r"^\s*\?row comity:(?:held|possibly)From .*comity:knownUntil \?forgotten \.\n", re.MULTILINE)
FILTER = re.compile(r"\s*FILTER\(!\(\?from > \?as_of\) [^\n]*\?forgotten\)")


class Way(NamedTuple):
    """A way to ask: whether it takes a question, and what it runs on a store."""

    takes: Callable[[Question], bool]
    run: Callable[[EmbeddedStore, Question, Mapping[str, Term]], int]


def without_clocks(text: str) -> str:
    """Take the two clocks out of the text of a question that asks of them in the plain form."""
    return FILTER.sub("", PATTERN.sub("", text))


def is_plain(question: Question) -> bool:
    """Say whether nothing of the clocks is left when the plain form is taken out."""
    names = {p.name for p in question.parameters}
    return {"as_of", "known_on"} <= names and not re.search(r"\?(as_of|known_on|forgotten)\b", without_clocks(question.text))


def _undated(store: EmbeddedStore, question: Question, terms: Mapping[str, Term]) -> int:
    return len(store.query(bind(without_clocks(question.text), terms)).rows)


def _filtered(store: EmbeddedStore, question: Question, terms: Mapping[str, Term]) -> int:
    return len(store.query(bind(question.text, terms)).rows)


def _seen(store: EmbeddedStore, question: Question, terms: Mapping[str, Term]) -> int:
    day = datetime.date.fromisoformat(terms["as_of"].value)
    return len(store.query(bind(without_clocks(question.text), terms), default_graphs=[Moment(day, possibly=True).iri]).rows)


WAYS = {"without a date": Way(is_plain, _undated), "as of a day, by filters": Way(is_plain, _filtered), "as of a day, in its view": Way(is_plain, _seen)}


class Cost(NamedTuple):
    """Median seconds and rows of one question asked in one way."""

    seconds: float
    rows: int


def measure(store: EmbeddedStore, question: Question, terms: Mapping[str, Term]) -> dict[str, Cost]:
    """Ask `question` in each way that takes it, one after the other and again."""
    ways = {name: way for name, way in WAYS.items() if way.takes(question)}
    times: dict[str, list[float]] = {name: [] for name in ways}
    rows: dict[str, int] = {}
    for _ in range(RUNS):
        for name, way in ways.items():
            start = time.perf_counter()
            rows[name] = way.run(store, question, terms)
            times[name].append(time.perf_counter() - start)
    return {name: Cost(statistics.median(times[name]), rows[name]) for name in ways}
