"""Coded inputs and an ordered decision table become a paradigm, or the reason for which the table says nothing.

The first line that covers the inputs decides. Where an input is unknown, every code that it may have is tried: one paradigm
for all of them is a decision, else the table abstains. Nothing is guessed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from comity.paradigms.records import Line

DEFAULTS = ("free", "accountability", "conditional", "approval", "prohibited")
LOCALISATIONS = ("none", "conditional", "local-copy", "local-storage", "local-processing")
COVERAGES = ("general", "private-sector", "public-sector", "sectoral")
INDEPENDENCES = ("independent", "other-regulator", "governmental", "not-established", "none")


@dataclass(frozen=True)
class Coded:
    """The codes that a table may ask for: of one transfer rule, one supervision and all access rules; None is unknown."""

    default: str
    localisation: str | None = None
    mechanisms: frozenset[str] = frozenset()
    coverage: str | None = None
    independence: str | None = None
    accesses: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Decision:
    """What a table says of some codes.

    Attributes: `line`, the line that decides, None if the table abstains; `possible`, the paradigms that the unknown inputs
    leave open, empty for none of them; `unknown`, the inputs that are unknown and matter.
    """

    line: Line | None
    possible: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def refusal(line: Line, coded: Coded) -> str:
    """Return why a line does not cover codes that are all known, empty where it does."""
    if coded.default not in line.defaults:
        return f"the default is {coded.default}"
    if line.localisations and coded.localisation not in line.localisations:
        return f"localisation is {coded.localisation or 'not settled'}"
    if line.mechanisms and not line.mechanisms & coded.mechanisms:
        return f"no {' or '.join(sorted(line.mechanisms))} among the mechanisms"
    if line.coverages and coded.coverage not in line.coverages:
        return f"the law is {coded.coverage}" if coded.coverage else "no supervision of the law on record"
    if line.independences and coded.independence not in line.independences:
        return f"the authority is {coded.independence}" if coded.independence else "no supervision of the law on record"
    if line.accesses and not line.accesses & coded.accesses:
        return f"no {' or '.join(sorted(line.accesses))} on record"
    return ""


def asks_supervision(lines: Sequence[Line]) -> bool:
    """Say whether a table asks for the reach of the law or for its authority."""
    return any(line.coverages or line.independences for line in lines)


@lru_cache(maxsize=65536)
def decide(lines: tuple[Line, ...], coded: Coded) -> Decision:
    """Return what the table `lines` (in order) says of `coded`."""
    unknown = _unknown(lines, coded)
    reached = [_first(lines, whole) for whole in _completions(coded, unknown)]
    labels = {line.paradigm if line else None for line in reached}
    if len(labels) == 1 and reached[0] is not None:
        return Decision(reached[0], (reached[0].paradigm,), unknown)
    return Decision(None, tuple(sorted(label for label in labels if label)), unknown)


def _unknown(lines: tuple[Line, ...], coded: Coded) -> tuple[str, ...]:
    relevant = [line for line in lines if coded.default in line.defaults]
    found = ["localisation"] if coded.localisation is None and any(line.localisations for line in relevant) else []
    return (*found, *(["supervision"] if coded.independence is None and asks_supervision(relevant) else []))


def _completions(coded: Coded, unknown: tuple[str, ...]) -> Iterator[Coded]:
    kept = LOCALISATIONS if "localisation" in unknown else (coded.localisation,)
    laws = tuple(itertools.product(COVERAGES, INDEPENDENCES)) if "supervision" in unknown else ((coded.coverage, coded.independence),)
    for localisation, (coverage, independence) in itertools.product(kept, laws):
        yield replace(coded, localisation=localisation, coverage=coverage, independence=independence)


def _first(lines: tuple[Line, ...], coded: Coded) -> Line | None:
    return next((line for line in lines if not refusal(line, coded)), None)
