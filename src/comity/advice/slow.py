"""Forms that were measured to be slow in the embedded engine become findings, each with the form to write instead.

`docs/query-advice.md` holds the measurements; what was not slow there is no rule here.
"""

from __future__ import annotations

from collections.abc import Iterator

from comity.advice.model import Bind, Exists, Filter, Group, Item, Names, Nested, Path, Query, Select, Triple, Union, certain, names
from comity.advice.scopes import Finding, Joins, Scope, few, joins, triples
from comity.vocabulary import CONCEPT, NS, RDF

SLOW = "slow"
NOTE = "note"
_TYPE = Path("iri", f"<{RDF}type>")


def findings(scope: Scope) -> Iterator[Finding]:
    """Return what all rules find in one group."""
    yield from _exists(scope)
    yield from _paths(scope)
    if not scope.in_exists:
        for rule in (_minus, _products, _optionals, _pairs, _whole_graph):
            yield from rule(scope)


def _exists(scope: Scope) -> Iterator[Finding]:
    """EXISTS with a join of which a part names nothing from outside: the join is made anew for each row."""
    for exists in [e for i in scope.group.items if isinstance(i, Filter | Bind) for e in i.expression.exists] + _asked(scope):
        outer = scope.outer | names(scope.group.items)
        for patterns in _alternatives(exists.group):
            loose = [t for t in patterns if t.names and not t.names & outer]
            if len(patterns) > 1 and loose:
                yield _exists_finding(exists, patterns, loose[0], outer)
                break


def _asked(scope: Scope) -> list[Exists]:
    """Return each EXISTS outside the braces of the query whose group this is."""
    return list(scope.query.exists) if scope.group is scope.query.where else []


def _exists_finding(exists: Exists, patterns: list[Triple], loose: Triple, outer: Names) -> Finding:
    inner = next((n for n in sorted(loose.names) if n.startswith("?")), "?x")
    shared = next(iter(sorted(n for t in patterns for n in t.names & outer)), "?row")
    word = "NOT EXISTS" if exists.is_negated else "EXISTS"
    message = f"{word} joins {len(patterns)} patterns anew for each row, as one of them names no variable from outside"
    nested = f"{word} {{ … FILTER EXISTS {{ … }} }} with one pattern each"
    if exists.is_negated:
        return Finding(exists.start, "not-exists", SLOW, message,
                       f"write MINUS {{ … }}; or, where a FILTER in it reads outer variables, OPTIONAL {{ … }} FILTER(!BOUND({inner})); or {nested}")
    return Finding(exists.start, "not-exists", SLOW, message, f"write {{ SELECT DISTINCT {shared} WHERE {{ … }} }}; or {nested}")


def _alternatives(group: Group) -> list[list[Triple]]:
    """Return the patterns that `group` joins; each branch of a union on its own."""
    base: list[Triple] = []
    branches: list[list[Triple]] = []
    for item in group.items:
        match item:
            case Triple():
                base.append(item)
            case Nested():
                base += [t for more in _alternatives(item.group) for t in more]
            case Select():
                base += [t for more in _alternatives(item.query.where) for t in more]
            case Union():
                branches += [more for branch in item.branches for more in _alternatives(branch)]
            case _:
                pass
    return [[*base, *branch] for branch in branches] or [base]


def _minus(scope: Scope) -> Iterator[Finding]:
    """MINUS that shares no variable: it takes nothing away and still compares all with all."""
    for index, item in enumerate(scope.group.items):
        if isinstance(item, Nested) and item.kind == "MINUS" and not names(item.group.items) & names(scope.group.items[:index]):
            yield Finding(item.start, "idle-minus", SLOW, "MINUS shares no variable with what stands before it: it takes nothing away, after comparing all with all",
                          "name in it a variable of the rows, as in MINUS { ?row comity:retractedOn ?day }; or drop it")


def _products(scope: Scope) -> Iterator[Finding]:
    """Patterns that nothing joins, or only a FILTER after all pairs were made."""
    joined = joins(scope.group, scope.outer)
    single = _single(scope, joined)
    parts = [(min(names([i])), i.start) for i in scope.group.items
             if isinstance(i, Triple | Union | Select) or (isinstance(i, Nested) and i.kind in ("GRAPH", "GROUP")) if names([i])]
    parts = [(name, start) for name, start in parts if joined.root(name) not in {joined.root(s) for s in single}]
    for item in scope.group.items:
        if isinstance(item, Filter):
            for equal in item.expression.equalities:
                if equal.left and equal.right and _is_apart(joined, equal.left | equal.right, parts):
                    joined.link(equal.left | equal.right)
                    if equal.is_plain:
                        yield _filter_join(min(equal.left), min(equal.right), item.start)
    roots = {joined.root(name): (name, start) for name, start in reversed(parts)}
    if len(roots) > 1:
        (one, _), (other, start) = sorted(roots.values(), key=lambda part: part[1])[:2]
        yield _product(_shown(scope, joined, one), _shown(scope, joined, other), start)
    yield from _loose_optionals(scope)


def _is_apart(joined: Joins, variables: Names, parts: list[tuple[str, int]]) -> bool:
    found = {joined.root(name) for name in variables}
    return len(found) > 1 and found <= {joined.root(name) for name, _ in parts}


def _single(scope: Scope, joined: Joins) -> set[str]:
    """Return variables of which each stands for a part that is about one thing or has one row."""
    given = few(scope.group)
    found = {min(t.names) for t in triples(scope.group) if t.names and (not t.subject.is_open or t.subject.text in given)}
    rows = [i.query for i in scope.group.items if isinstance(i, Select) and "AGGREGATE" in i.query.words and "GROUP" not in i.query.words]
    return found | {min(q.projected) for q in rows if q.projected}


def _shown(scope: Scope, joined: Joins, name: str) -> str:
    """Return a variable that people wrote, for one that stands for its part."""
    written = (n for n in sorted(names(scope.group.items)) if n.startswith("?") and joined.root(n) == joined.root(name))
    return next(written, "a blank node")


def _product(one: str, other: str, start: int) -> Finding:
    return Finding(start, "cross-product", SLOW, f"nothing joins {one} with {other}: each row of the one is paired with each of the other",
                   f"join them by a pattern that names both, or by a variable that both share; else ask for {one} and {other} apart")


def _filter_join(left: str, right: str, start: int) -> Finding:
    return Finding(start, "filter-join", SLOW, f"only a FILTER joins {left} with {right}, after all pairs were made",
                   f"write {left} in place of {right} and drop the FILTER; literals must then be the same and not only equal")


def _loose_optionals(scope: Scope) -> Iterator[Finding]:
    """OPTIONAL that shares no variable with what stands before it."""
    for index, item in enumerate(scope.group.items):
        before, own = names(scope.group.items[:index]) | scope.outer, names([item])
        if not isinstance(item, Nested) or item.kind != "OPTIONAL" or not before or not own or own & before:
            continue
        if any(not t.subject.is_open for t in triples(item.group)):
            continue
        equal = [e for f in item.group.items if isinstance(f, Filter) for e in f.expression.equalities if e.is_plain and (e.left | e.right) & before]
        outside = next((n for n in sorted(before) if n.startswith("?")), "the rows")
        yield _filter_join(min(equal[0].left), min(equal[0].right), item.start) if equal else _product(outside, min(own), item.start)


def _optionals(scope: Scope) -> Iterator[Finding]:
    """A pattern after an OPTIONAL or MINUS: the engine keeps that order, so that the pattern comes too late to shrink the rows."""
    before: list[Item] = []
    kind, soft = "", frozenset[str]()
    for item in scope.group.items:
        if isinstance(item, Nested) and item.kind in ("OPTIONAL", "MINUS"):
            kind = kind or item.kind
            soft |= names([item])
        elif isinstance(item, Bind) and item.expression.names & soft:
            soft |= {item.target}
            before.append(item)
        else:
            open_ends = soft & names([item]) - certain(i for i in before if not isinstance(i, Bind)) - scope.bound
            computed = any(isinstance(b, Bind) and b.target in open_ends for b in before)
            if kind and names([item]) and not computed and isinstance(item, Triple | Nested | Union | Select):
                yield _late(kind, open_ends, item.start)
                return
            before.append(item)


def _late(kind: str, open_ends: Names, start: int) -> Finding:
    if open_ends:
        name = min(open_ends)
        return Finding(start, "optional-first", SLOW, f"{name} may be unbound after the OPTIONAL, and this pattern then matches everything",
                       f"put the pattern into the OPTIONAL that binds {name}, or drop the word OPTIONAL")
    return Finding(start, "optional-first", SLOW, f"this pattern stands after {kind} and is joined only after it, row by row",
                   f"put it before {kind}: patterns first, then FILTER, then MINUS and OPTIONAL")


def _paths(scope: Scope) -> Iterator[Finding]:
    """Paths of any length of which nothing else binds an end."""
    patterns = triples(scope.group)
    free = [t for t in patterns if t.path.form in ("*", "+", "?", "!") or t.path.is_nullable]
    bound = scope.bound | certain(i for i in scope.group.items if i not in free)
    for _ in free:  # an end that one path binds anchors the next
        bound |= {n for t in free if not (t.subject.is_open and t.object.is_open) or t.names & bound for n in t.names}
    joined = joins(scope.group)
    anchors = {joined.root(name) for name in _anchors(scope)}
    for triple in free:
        turns = triple.path.form in ("*", "+") and any((iri, not back) in triple.path.steps() for iri, back in triple.path.steps())
        is_bound = joined.root(triple.subject.text) in anchors if turns else triple.names & bound
        if triple.subject.is_open and triple.object.is_open and not is_bound:
            yield _path_finding(triple, turns)


def _path_finding(triple: Triple, turns: bool) -> Finding:
    ends = [n.text if n.text.startswith("?") else "the step between" for n in (triple.subject, triple.object)]
    remedy = f"bind one end: VALUES {ends[0] if ends[0].startswith('?') else '?start'} {{ … }} or a pattern; a FILTER does not"
    if triple.path.form == "!":
        return Finding(triple.start, "unanchored-path", SLOW, f"nothing else binds {ends[0]} or {ends[1]}: the path reads every statement of the graph", remedy)
    if turns:
        return Finding(triple.start, "unanchored-path", SLOW, f"the path goes there and back from each {ends[0]}, through all that hangs together",
                       f"start it from one thing: VALUES {ends[0] if ends[0].startswith('?') else '?start'} {{ … }}; or take the pairs of one step and find the components outside")
    if triple.path.is_nullable:
        return Finding(triple.start, "unanchored-path", SLOW, f"nothing else binds {ends[0]} or {ends[1]}: the path begins at each thing of the graph",
                       f"{remedy}; + in place of * leaves out the way of no steps")
    return Finding(triple.start, "unanchored-path", NOTE, f"nothing else binds {ends[0]} or {ends[1]}: all pairs are listed, and some servers (Virtuoso) refuse the path", remedy)


def _pairs(scope: Scope) -> Iterator[Finding]:
    """Two things that share a third: as many pairs as the square of those that share it."""
    patterns = [t for t in triples(scope.group) if t.path.form in ("iri", "|") and t.subject.is_open and t.object.is_open]
    joined = joins(scope.group)
    anchors = {joined.root(name) for name in _anchors(scope)}
    for index, second in enumerate(patterns):
        for first in patterns[:index]:
            if (first.path, first.object.text) == (second.path, second.object.text) and first.subject.text != second.subject.text:
                shared = _around(scope, first.subject.text) & _around(scope, second.subject.text)
                if shared == {first.object.text} and joined.root(first.object.text) not in anchors:
                    yield _pair_finding(first, second)
                    return


def _pair_finding(first: Triple, second: Triple) -> Finding:
    one, other, third = (n.text if n.text.startswith("?") else "the step between" for n in (first.subject, second.subject, first.object))
    return Finding(second.start, "pairs", SLOW, f"pairs each {one} with each {other} that has the same {third}, itself included: a square of rows",
                   f"SELECT {one} {third} WHERE {{ … }} alone and multiply the matrix by its transpose outside (SciPy, networkx), or bind {one}")


def _around(scope: Scope, name: str) -> Names:
    """Return the variables that stand in one pattern with `name`."""
    return frozenset().union(*(t.names for t in triples(scope.group) if name in t.names)) - {name}


def _anchors(scope: Scope) -> Names:
    """Return variables that some value keeps to few rows: one from around the group, a sub-query, VALUES, or a thing or text in a pattern."""
    subqueries = [i for i in scope.group.items if isinstance(i, Select)]
    fixed = [t.names for t in triples(scope.group) if not t.subject.is_open or (t.path.form == "iri" and t.path != _TYPE and _is_thing(t.object.text))]
    return (scope.outer | names(subqueries) | few(scope.group)).union(*fixed)


def _is_thing(text: str) -> bool:
    """Whether a constant is one of many: no class, no code of a list, no date or number."""
    if text.startswith("<"):
        return not text.startswith((f"<{NS}", f"<{CONCEPT}"))
    return text[0] in "\"'" and "^^" not in text


def _whole_graph(scope: Scope) -> Iterator[Finding]:
    """Every statement, with nothing to limit them."""
    everything = [t for t in triples(scope.group) if t.path.form == "variable" and t.subject.is_open and t.object.is_open]
    if not everything or _is_limited(scope.query) or scope.graph.startswith("<"):
        return
    bound = scope.bound | certain(i for i in scope.group.items if i not in everything)
    for triple in everything:
        if not triple.names & bound:
            yield Finding(triple.start, "whole-graph", SLOW, "nothing binds this pattern: it reads every statement of the graph",
                          "write what you know into it, or VALUES (a FILTER comes after the reading); add LIMIT, without ORDER BY; for all of it take the dump, /dumps/")


def _is_limited(query: Query) -> bool:
    """Whether a query stops early or gives back little."""
    return query.form == "ASK" or bool(query.words & {"AGGREGATE", "GROUP"}) or ("LIMIT" in query.words and "ORDER" not in query.words)
