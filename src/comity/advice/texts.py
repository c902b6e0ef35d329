"""What a rule found becomes its words: each kind of finding has its rule, its severity, one line on what is amiss, and the better form.

`docs/query-advice.md` shows each rule with a bad and a good form and what was measured.
"""

from __future__ import annotations

from string import Template
from typing import Final, NamedTuple

SLOW: Final = "slow"
WRONG: Final = "wrong"
NOTE: Final = "note"


class Finding(NamedTuple):
    """One piece of advice at an offset of the text."""

    start: int
    rule: str
    severity: str
    message: str
    remedy: str


TEXTS: Final[dict[str, tuple[str, str, str, str]]] = {
    "not-exists": (
        "not-exists", SLOW, "NOT EXISTS joins $count patterns anew for each row, as one of them names no variable from outside",
        "MINUS { … }; or OPTIONAL { … } FILTER(!BOUND($inner)), whose FILTERs see outer variables; or one pattern each: NOT EXISTS { … FILTER EXISTS { … } }"),
    "exists": (
        "not-exists", SLOW, "EXISTS joins $count patterns anew for each row, as one of them names no variable from outside",
        "{ SELECT DISTINCT $shared WHERE { … } } in its place; or one pattern each: EXISTS { … FILTER EXISTS { … } }"),
    "joined-exists": (
        "not-exists", NOTE, "some servers (Jena, Oxigraph) join these $count patterns anew for each row; here they are asked one in another",
        "one pattern each: EXISTS { … FILTER EXISTS { … } }; or MINUS { … } for NOT EXISTS"),
    "idle-minus": (
        "idle-minus", SLOW, "MINUS shares no variable with what stands before it: it compares all with all and takes nothing away",
        "name a variable of the rows in it, as in MINUS { ?row comity:retractedOn ?day }; or drop it"),
    "cross-product": (
        "cross-product", SLOW, "nothing joins $one with $other: each row of the one is paired with each of the other",
        "a pattern that names both, or one variable that both share; else ask for $one and $other in two queries"),
    "filter-join": (
        "filter-join", SLOW, "only a FILTER joins $one with $other, after all pairs were made",
        "$one in place of $other, without the FILTER; literals must then be the same, not only equal"),
    "pairs": (
        "pairs", SLOW, "each $one is paired with each $other that has the same $third: a square of rows",
        "SELECT $one $third WHERE { … } alone, and its matrix times its transpose outside (SciPy, networkx); or bind $one"),
    "late": (
        "optional-first", SLOW, "this pattern stands after $word, so that the engine joins it only then, row by row",
        "patterns first, then FILTER, then MINUS and OPTIONAL; only what multiplies the rows stands well after an OPTIONAL"),
    "unbound": (
        "optional-first", SLOW, "$name may be unbound after the OPTIONAL, and this pattern then matches all that it can",
        "the pattern inside the OPTIONAL that binds $name; or no OPTIONAL"),
    "turning-path": (
        "unanchored-path", SLOW, "the path goes there and back from each $one, through all that hangs together",
        "VALUES $one { … } to start from one thing; or the pairs of one step alone, and their components outside (SciPy, networkx)"),
    "nullable-path": (
        "unanchored-path", SLOW, "nothing else binds $one or $other, and a path of no steps begins at each thing of the graph",
        "VALUES $one { … }, or a pattern that binds an end (a FILTER does not); or + in place of *, which leaves out the path of no steps"),
    "negated-path": (
        "unanchored-path", SLOW, "nothing else binds $one or $other: the path reads every statement of the graph",
        "VALUES $one { … }, or a pattern that binds an end (a FILTER does not)"),
    "all-pairs-path": (
        "unanchored-path", NOTE, "nothing else binds $one or $other: the path lists all pairs, and some servers refuse it (Virtuoso)",
        "VALUES $one { … }, or a pattern that binds an end (a FILTER does not)"),
    "whole-graph": (
        "whole-graph", SLOW, "nothing binds this pattern: it reads every statement of the graph",
        "what you know in its place, or VALUES (a FILTER comes after the reading); LIMIT without ORDER BY; or the dump, for all of it"),
    "unknown-ours": (
        "unknown-term", WRONG, "$name is not declared in the ontology: no statement has it", "$hint"),
    "unknown-other": (
        "unknown-term", WRONG, "$name is no name that this graph takes from that vocabulary: no statement has it", "$hint"),
    "clock-missing": (
        "clock-missing", NOTE, "$name belongs to dated rows, and nothing is asked of their dates: past and retracted rows count as if they held",
        '?row comity:heldFrom ?from ; comity:heldUntil ?until ; comity:knownUntil "9999-12-31"^^xsd:date FILTER(?from <= ?day && ?day < ?until)'),
}
RULES: Final = tuple(dict.fromkeys(rule for rule, *_ in TEXTS.values()))


def finding(kind: str, start: int, **words: object) -> Finding:
    """Return the finding of a kind at an offset, its words filled in."""
    rule, severity, message, remedy = TEXTS[kind]
    return Finding(start, rule, severity, Template(message).substitute(words), Template(remedy).substitute(words))
