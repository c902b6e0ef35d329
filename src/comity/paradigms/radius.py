"""A classification becomes its robustness radius: the fewest coded rows whose recoding would flip the label, and which rows these are.

A row may be recoded to any codes of its columns at once. A flip is another label on which all rules that a line decides agree;
a recoding that only sets rules against each other, or leaves them undecided, unsettles the label and is counted apart.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from comity.paradigms.classify import LABELLED, Classification, Step
from comity.paradigms.decide import COVERAGES, DEFAULTS, INDEPENDENCES, LOCALISATIONS, Coded, asks_supervision, decide
from comity.paradigms.records import Line

#: past so many recoded supervisions the search stops; no jurisdiction has had more than three at once
_MOST = 2


@dataclass(frozen=True)
class Flip:
    """One smallest set of recodings: the label that it would give, and row id → the changes, as `column: code`."""

    paradigm: str
    changes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Radius:
    """How firmly a label stands.

    Attributes: `rows`, the fewest rows whose recoding gives another label, None if no recoding of the rows in use does, or
    there is no label; `pivotal`, the ids of the rows of all smallest sets; `flips`, for each other label that so many rows can
    give, the one set with the fewest changed cells; `unsettles`, whether recoding a single row can take the label away.
    """

    rows: int | None
    pivotal: tuple[str, ...] = ()
    flips: tuple[Flip, ...] = ()
    unsettles: bool = False


_Change = tuple[int, tuple[tuple[str, str], ...]]


def radius(classification: Classification, lines: tuple[Line, ...]) -> Radius:
    """Return the robustness radius of a classification under the table by which it was made."""
    if classification.status != LABELLED:
        return Radius(None)
    found: dict[str, list[_Change]] = {}
    for watch in _recoded_supervisions(classification, lines):
        for target in sorted({line.paradigm for line in lines} - {classification.paradigm}):
            change = _cheapest(classification, lines, watch, target)
            if change is not None:
                found.setdefault(target, []).append(change)
    sizes = [len({row for row, _ in change}) for changes in found.values() for _, change in changes]
    unsettles = _unsettles(classification, lines)
    if not sizes:
        return Radius(None, unsettles=unsettles)
    least = min(sizes)
    smallest = {target: [c for c in changes if len({row for row, _ in c[1]}) == least] for target, changes in found.items()}
    pivotal = sorted({row for changes in smallest.values() for _, change in changes for row, _ in change})
    flips = tuple(Flip(target, min(changes)[1]) for target, changes in sorted(smallest.items()) if changes)
    return Radius(least, tuple(pivotal), flips, unsettles)


_Watch = dict[str, tuple[str | None, str | None]]


def _recoded_supervisions(classification: Classification, lines: tuple[Line, ...]) -> Iterator[_Watch]:
    """Give every recoding of at most two supervisions, the one that changes nothing first."""
    yield {}
    if not asks_supervision(lines):
        return
    rows = sorted({s.supervision.id for s in classification.steps if s.supervision})
    codes: list[tuple[str | None, str | None]] = list(itertools.product(COVERAGES, INDEPENDENCES))
    for count in range(1, min(len(rows), _MOST) + 1):
        for chosen in itertools.combinations(rows, count):
            yield from (dict(zip(chosen, picked, strict=True)) for picked in itertools.product(codes, repeat=count))


def _cheapest(classification: Classification, lines: tuple[Line, ...], watch: _Watch, target: str) -> _Change | None:
    """Return the fewest changed cells, with the changes, that give `target` once the supervisions are recoded as `watch` says."""
    changes: list[tuple[str, str]] = []
    for step in _one_each(classification):
        if step.supervision and step.supervision.id in watch:
            coverage, independence = watch[step.supervision.id]
            cells = [f"coverage: {coverage}"] if coverage != step.supervision.coverage else []
            cells += [f"independence: {independence}"] if independence != step.supervision.independence else []
            if not cells:
                return None
            changes += [(step.supervision.id, text) for text in cells]
    decided = False
    for rule in sorted({s.rule.id for s in classification.steps}):
        steps = [s for s in classification.steps if s.rule.id == rule]
        change = _cheapest_of_rule(steps, lines, watch, target)
        if change is None:
            return None
        changes += [(rule, text) for text in change]
        decided = True
    return (len(changes), tuple(changes)) if changes and decided else None


def _one_each(classification: Classification) -> list[Step]:
    return list({s.supervision.id if s.supervision else "": s for s in classification.steps}.values())


def _cheapest_of_rule(steps: list[Step], lines: tuple[Line, ...], watch: _Watch, target: str) -> tuple[str, ...] | None:
    """Return the fewest changed cells of one rule after which it belongs to `target`, none where it does already."""
    for changed, texts in _recodings(steps[0].coded, lines):
        labels = set()
        for step in steps:
            coverage, independence = watch.get(step.supervision.id if step.supervision else "", (step.coded.coverage, step.coded.independence))
            line = decide(lines, replace(changed, coverage=coverage, independence=independence)).line
            labels.add(line.paradigm if line else None)
        if labels - {None} == {target}:
            return texts
    return None


def _recodings(coded: Coded, lines: tuple[Line, ...]) -> list[tuple[Coded, tuple[str, ...]]]:
    """Return every recoding of a transfer rule with the cells that it changes, the fewest first and the nearest defaults before the others."""
    asked = sorted({code for line in lines for code in line.mechanisms})
    named = [frozenset(c) for n in range(len(asked) + 1) for c in itertools.combinations(asked, n)]
    found = []
    for default, kept, ways in itertools.product(DEFAULTS, LOCALISATIONS, named):
        mechanisms = (coded.mechanisms - set(asked)) | ways
        texts = [f"transfer default: {default}"] if default != coded.default else []
        texts += [f"localisation: {kept}"] if kept != coded.localisation else []
        texts += [f"mechanism: {'' if code in ways else 'no '}{code}" for code in asked if (code in ways) != (code in coded.mechanisms)]
        far = abs(DEFAULTS.index(default) - DEFAULTS.index(coded.default))
        found.append((len(texts), far, LOCALISATIONS.index(kept), tuple(texts), replace(coded, default=default, localisation=kept, mechanisms=mechanisms)))
    return [(changed, texts) for _, _, _, texts, changed in [(0, 0, 0, (), coded), *sorted(found, key=lambda f: f[:4])]]


def _unsettles(classification: Classification, lines: tuple[Line, ...]) -> bool:
    """Say whether recoding one rule or one supervision can leave no single label."""
    def outcome(rule: str, watch: _Watch, changed: Coded | None) -> set[str]:
        labels = set()
        for step in classification.steps:
            coded = changed if changed is not None and step.rule.id == rule else step.coded
            coverage, independence = watch.get(step.supervision.id if step.supervision else "", (step.coded.coverage, step.coded.independence))
            line = decide(lines, replace(coded, coverage=coverage, independence=independence)).line
            labels |= {line.paradigm} if line else set()
        return labels

    rules = {s.rule.id: s.coded for s in classification.steps}
    if any(len(outcome(rule, {}, changed)) != 1 for rule, coded in sorted(rules.items()) for changed, _ in _recodings(coded, lines)):
        return True
    return any(len(outcome("", watch, None)) != 1 for watch in _recoded_supervisions(classification, lines) if len(watch) == 1)
