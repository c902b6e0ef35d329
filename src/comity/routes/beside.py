"""What bears on a transfer beside its bases becomes remarks: rules that may hold too, limits on onward transfers, conflicts."""

from __future__ import annotations

from collections.abc import Iterator

from comity.routes.choosing import Choice
from comity.routes.facts import Library
from comity.routes.judging import Case
from comity.routes.model import ADEQUACY, Remark, Rule
from comity.routes.recognised import opened_by

#: kinds of access by which authorities of the importer reach data that arrived
_REACHING = ("compelled-domestic", "compelled-extraterritorial", "security-access", "foreign-intelligence")


def special(case: Case, choice: Choice) -> tuple[Remark, ...]:
    """Return the rules that may hold for the transfer as well, with what has to be known."""
    return tuple(Remark("may-hold", rule.title, _scope(case, rule), rule.instrument, (rule.evidence,)) for rule in choice.possible)


def _scope(case: Case, rule: Rule) -> str:
    rows = case.rows(rule.row, "", "only", "reaches")
    return " ".join(dict.fromkeys([*(r.summary for r in rows), rule.condition]))


def onward(case: Case, choice: Choice) -> tuple[Remark, ...]:
    """Return the limits that the governing rules, and recognitions in force under them, set to passing the data on."""
    found = []
    for rule in choice.governing:
        rows = case.rows(rule.row, "", "onward")
        for recognition in opened_by(case, rule.jurisdiction, ADEQUACY):
            rows += case.rows(recognition.row, "", "onward")
        found += [Remark("onward", rule.title, row.summary, rule.instrument, (row.evidence, rule.evidence)) for row in rows]
    return tuple(dict.fromkeys(found))


def conflicts(library: Library, case: Case, choice: Choice) -> tuple[Remark, ...]:
    """Return what may contradict the transfer: blocking rules, access by authorities there, measures, conflicts that are stated or follow from the rows."""
    asked = case.asked
    makers = list(dict.fromkeys([asked.exporter, *(r.jurisdiction for r in choice.governing)]))
    found = [Remark("blocking", r.title or r.kind, r.condition, r.instrument, (r.evidence,)) for m in makers for r in library.access(m, asked.as_of)
             if r.kind == "blocking" and _touches(case, r.category)]
    for place in sorted(case.destinations):
        found += [Remark("government-access", r.title or r.kind, r.condition, r.instrument, (r.evidence,)) for r in library.access(place, asked.as_of)
                  if r.kind in _REACHING and _touches(case, r.category)]
    for target in filter(None, (asked.importer, asked.firm)):
        found += [Remark("measure", b.label, b.scope, b.instrument, (b.evidence,)) for b in library.bans(target, asked.as_of) if b.jurisdiction in makers]
    found += [r for m in makers for r in library.stated(m, asked.importer, asked.as_of)]
    return tuple(dict.fromkeys([*found, *_derived(library, case, choice, makers)]))


def _derived(library: Library, case: Case, choice: Choice, makers: list[str]) -> Iterator[Remark]:
    """Give the potential conflicts that follow from the rows: of access and blocking, and of the governing rules with a clause that binds both."""
    governing = {rule.row for rule in choice.governing}
    for maker in makers:
        for place in sorted(case.destinations):
            for remark, categories in library.derived_access(maker, place, case.asked.as_of):
                if all(_touches(case, category) for category in categories):
                    yield remark
        for remark, rule in library.derived_duties(maker, case.asked.importer, case.asked.as_of):
            if rule in governing:
                yield remark


def _touches(case: Case, category: str) -> bool:
    return not category or category == "all-data" or category in case.asked.levels
