"""What a reader types becomes things: by name in any language, code or abbreviation, and where hardly any fits, by names that are like it.

Nothing is guessed: a name with a typing error lists what it may mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from comity.matching import Matcher
from comity.suggestions import Suggestions
from comity.vocabulary import BASE, CONCEPT, ID

#: with fewer things than this by name, likely ones are added
FEW = 3
_LIKELY = 8


@dataclass(frozen=True)
class Found:
    """A thing that is offered: its IRI, its label, the name that fitted or was like it, its kind, and whether it is only like what was typed."""

    iri: str
    label: str
    name: str
    kind: str
    is_like: bool = False


def found(suggestions: Suggestions, matcher: Matcher, text: str, *, limit: int = 50) -> list[Found]:
    """Return up to `limit` things for `text`: those with a name that holds it, best first, then, if these are few, those with a name like it."""
    if not text.strip():
        return []
    named = [Found(t.iri, t.label, t.name, _kind(t.iri, matcher)) for t in suggestions.things(text, limit=limit)]
    if len(named) >= FEW:
        return named
    known = {one.iri for one in named}
    likely = [Found(c.thing.iri, c.thing.label, c.name, _kind(c.thing.iri, matcher), is_like=True)
              for c in matcher.match(text, limit=_LIKELY) if c.thing.iri not in known]
    return [*named, *likely][:limit]


def _kind(iri: str, matcher: Matcher) -> str:
    """Return the most telling class of a thing, else the kind in its IRI."""
    thing = matcher.things.get(iri)
    kinds: Sequence[str] = thing.kinds if thing else ()
    general = ("Actor", "Instrument", "PolicyDocument", "Agreement")
    return next((k for k in kinds if k not in general), next(iter(kinds), iri.removeprefix(ID).removeprefix(CONCEPT).removeprefix(BASE).partition("/")[0]))
