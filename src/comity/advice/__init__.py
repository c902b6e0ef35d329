"""The text of a query becomes advice before it runs: forms known to be slow here, unknown names, dates that are not asked.

Nothing is run and nothing is raised; a query that cannot be read gives no advice, as the engine's own error says where it breaks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from comity.advice import order, products, reach
from comity.advice.terms import Terms, findings
from comity.advice.texts import Finding
from comity.errors import QueryError
from comity.sparql.reader import Reader
from comity.sparql.scopes import Scope, scopes
from comity.syntax import position


@dataclass(frozen=True)
class Advice:
    """One piece of advice: the rule, one line that says what is amiss, its place, the form to write instead, and how much it matters.

    `severity` is `slow`, `wrong` (the query most likely does not ask what it seems to) or `note`.
    """

    rule: str
    message: str
    line: int
    column: int
    remedy: str
    severity: str


def advise(text: str, terms: Terms, prefixes: Mapping[str, str], *, constants: Collection[str] = ()) -> list[Advice]:
    """Return advice on `text`, sorted by place; `constants` names parameters that are bound before it runs."""
    try:
        reader = Reader(text, prefixes, constants)
        query, iris = reader.read(), list(reader.iris())
    except QueryError:
        return []
    found = {*findings(iris, terms, reader.prefixes)}
    found |= {finding for scope in scopes(query) for finding in _slow(scope)}
    return [Advice(f.rule, f.message, *position(text, f.start), f.remedy, f.severity) for f in sorted(found)]


def _slow(scope: Scope) -> Iterator[Finding]:
    """Return what the rules on speed find in one group; an EXISTS ends at its first row, whatever its product."""
    yield from order.exists(scope)
    yield from reach.paths(scope)
    if not scope.in_exists:
        for rule in (order.minus, order.optionals, products.products, products.pairs, reach.whole_graph):
            yield from rule(scope)
