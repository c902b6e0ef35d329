"""A question in plain words becomes the queries of the library that are nearest to it.

Words are weighed by how few queries hold them (Spärck Jones 1972); the library is small enough that no index is kept.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping

from comity.queries import Question

_WORD = re.compile(r"[^\W_]{2,}")
_ENDINGS = ("ies", "ing", "ed", "es", "s", "y")


def nearest(questions: Mapping[str, Question], text: str, most: int) -> list[Question]:
    """Return up to `most` queries that share words with `text`, those with the rarest words first, ties by name."""
    bags = {name: _bag(question) for name, question in questions.items()}
    spread = Counter(word for bag in bags.values() for word in bag)
    wanted = _words(text)
    scores = {name: sum(math.log(1 + len(bags) / spread[w]) * (1 + math.log(bag[w])) for w in sorted(wanted) if w in bag) / math.sqrt(len(bag))
              for name, bag in bags.items()}
    found = sorted((name for name, score in scores.items() if score > 0), key=lambda name: (-scores[name], name))
    return [questions[name] for name in found[:most]]


def _bag(question: Question) -> Counter[str]:
    """Return the words of a query; its name and summary count twice."""
    return _words(" ".join([*(question.name, question.summary) * 2, *question.tags, *(p.about for p in question.parameters)]))


def _words(text: str) -> Counter[str]:
    return Counter(_stem(word) for word in _WORD.findall(text.lower()))


def _stem(word: str) -> str:
    """Cut the commonest endings of English, so that parties and party meet."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
