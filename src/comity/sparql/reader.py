"""The text of a query becomes its shape by recursive descent over the tokens of `comity.syntax`.

Grammar is the engine's business: SERVICE, RDF 1.2 and broken text are not known here and refused as a whole. Expressions are
read only for their variables, equalities and EXISTS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from comity.errors import QueryError
from comity.sparql.cursor import DEEPEST, Cursor
from comity.sparql.expressions import equalities, names
from comity.sparql.model import Bind, Exists, Expression, Filter, Group, Item, Nested, Node, Path, Query, Select, Triple, Union, Values
from comity.syntax import Token
from comity.vocabulary import RDF

AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?")
_MEMBER = Path("iri", f"<{RDF}first>")


class Reader(Cursor):
    """Reads one query; `constants` are variables that are bound before it runs. Raises `QueryError` for what it does not know."""

    def __init__(self, text: str, prefixes: Mapping[str, str], constants: Collection[str] = ()) -> None:
        super().__init__(text, prefixes)
        self.constants = {f"?{name}" for name in constants}

    def read(self) -> Query:
        """Return the query's shape."""
        query = self._query()
        self._take("")
        return query

    # Queries

    def _query(self) -> Query:
        form = self._take("SELECT", "ASK", "CONSTRUCT", "DESCRIBE").text.upper()
        words: set[str] = set()
        exists: list[Exists] = []
        projected = self._projection(words, exists) if form == "SELECT" else None
        if form == "CONSTRUCT" and self._word == "{":
            while self._take().text != "}":
                pass
        while self._word not in ("WHERE", "{", "", "LIMIT"):  # FROM, or what is described
            self._take()
        self._has("WHERE")
        items = list(self._group().items) if self._word == "{" else []
        while self._word not in ("}", ""):
            if self._word == "VALUES":
                items.append(self._values())
            else:
                self._loose(words, exists)
        return Query(form, Group(tuple(items)), projected, frozenset(words), tuple(exists))

    def _projection(self, words: set[str], exists: list[Exists]) -> frozenset[str] | None:
        found = set()
        while True:
            if self._word == "(":
                expression, target, inner = self._assignment()
                exists += expression.exists
                words.update({"AGGREGATE"} if AGGREGATES & {t.text.upper() for t in inner} else ())
                found.add(target)
            elif self._has("*"):
                return None
            elif self._word in ("DISTINCT", "REDUCED"):
                words.add(self._take().text.upper())
            elif self.tokens[self.at].kind == "variable":
                found.add(self._name(self._take()))
            else:
                return frozenset(found)

    def _loose(self, words: set[str], exists: list[Exists]) -> None:
        """Take one piece of what follows a group: ordering, grouping, limits."""
        if self._word in ("NOT", "EXISTS"):
            exists.append(self._exists())
            return
        token = self._take()
        if token.kind == "word":
            word = token.text.upper()
            words.add("AGGREGATE" if word in AGGREGATES else word)

    # Groups

    def _group(self) -> Group:
        self._take("{")
        self._deeper()
        items: list[Item] = []
        start = self.tokens[self.at].start
        if self._word == "SELECT":
            items.append(Select(self._query(), start))
        while self._word != "}":
            if not self._has("."):
                self._count()
                items += self._items()
        self._take("}")
        self.depth -= 1
        return Group(tuple(items))

    def _items(self) -> list[Item]:
        start = self.tokens[self.at].start
        match self._word:
            case "{":
                return [self._braces(start)]
            case "OPTIONAL" | "MINUS" as kind:
                self._take()
                return [Nested(kind, self._group(), start, self._end)]
            case "GRAPH":
                self._take()
                graph = self._node([])
                return [Nested("GRAPH", self._group(), start, self._end, graph)]
            case "FILTER":
                self._take()
                return [Filter(self._condition(), start, self._end)]
            case "BIND":
                self._take()
                expression, target, _ = self._assignment()
                return [Bind(expression, target, start)]
            case "VALUES":
                return [self._values()]
        return list(self._triples())

    def _braces(self, start: int) -> Item:
        branches = [self._group()]
        while self._has("UNION"):
            branches.append(self._group())
        if len(branches) > 1:
            return Union(tuple(branches), start, self._end)
        only = branches[0].items
        return Select(only[0].query, start) if len(only) == 1 and isinstance(only[0], Select) else Nested("GROUP", branches[0], start, self._end)

    def _values(self) -> Values:
        start = self._take("VALUES").start
        many = self._has("(")
        found = []
        while self.tokens[self.at].kind == "variable":
            found.append(self._name(self._take()))
        if many:
            self._take(")")
        elif len(found) != 1:
            raise QueryError("VALUES names no variable")
        self._take("{")
        rows = 0
        while not self._has("}"):
            rows += 1
            if many:
                self._take("(")
                while self._take().text != ")":
                    pass
            else:
                self._node([])
        return Values(frozenset(found), rows, start)

    # Triples

    def _triples(self) -> list[Triple]:
        out: list[Triple] = []
        is_list = self._word in ("[", "(")
        subject = self._node(out)
        if not is_list or self._is_verb():
            self._properties(subject, out)
        return out

    def _is_verb(self) -> bool:
        token = self.tokens[self.at]
        return token.kind in ("variable", "iri", "name") or token.text in ("a", "^", "(", "!")

    def _properties(self, subject: Node, out: list[Triple]) -> None:
        start = subject.start
        while True:
            verb = self.tokens[self.at]
            path = Path("variable", self._name(self._take())) if verb.kind == "variable" else self._path()
            if path.text in self.constants:
                path = Path("iri", f"<{path.text}>")
            while True:
                value = self._node(out)
                self._add(out, Triple(subject, path, value, start))
                if not self._has(","):
                    break
                start = self.tokens[self.at].start
            if self._word != ";":
                return
            while self._has(";"):
                pass
            if not self._is_verb():
                return
            start = self.tokens[self.at].start

    def _add(self, out: list[Triple], triple: Triple) -> None:
        """Add a pattern; sequences and inverses become plain patterns."""
        subject, path, value, start = triple.subject, triple.path, triple.object, triple.start
        if path.form == "^":
            self._add(out, Triple(value, path.parts[0], subject, start))
        elif path.form == "/":
            nodes = [subject, *(self._fresh() for _ in path.parts[1:]), value]
            for i, part in enumerate(path.parts):
                self._add(out, Triple(nodes[i], part, nodes[i + 1], start))
        else:
            self._count()
            out.append(triple)

    def _node(self, out: list[Triple]) -> Node:
        token = self.tokens[self.at]
        number = _NUMBER.match(self.text, token.start)
        if number:
            while self.tokens[self.at].start < number.end():
                self.at += 1
            return Node(number[0], token.start)
        self._take()
        match token.kind:
            case "variable":
                name = self._name(token)
                return Node(f"<{name}>" if name in self.constants else name, token.start)
            case "name" if token.text.startswith("_:"):
                return Node(token.text, token.start)
            case "iri" | "name":
                return Node(self._iri(token), token.start)
            case "string":
                return self._literal(token)
            case "word" if token.text.upper() in ("TRUE", "FALSE", "UNDEF"):
                return Node(token.text, token.start)
        if token.text not in ("[", "("):
            raise QueryError(f"{token.text!r} is no term")
        return self._list(token, out)

    def _literal(self, token: Token) -> Node:
        if self.tokens[self.at].kind == "tag":
            return Node(token.text + self._take().text, token.start)
        if self._has("^"):
            self._take("^")
            return Node(f"{token.text}^^{self._iri(self._take())}", token.start)
        return Node(token.text, token.start)

    def _list(self, opening: Token, out: list[Triple]) -> Node:
        """Read a bracketed node with its properties, or a collection."""
        self._deeper()
        node = self._fresh()._replace(start=opening.start)
        if opening.text == "[":
            if self._word != "]":
                self._properties(node, out)
            self._take("]")
        else:
            while not self._has(")"):
                member = self._node(out)
                out.append(Triple(node, _MEMBER, member, member.start))
        self.depth -= 1
        return node

    # Paths

    def _path(self) -> Path:
        return self._chain("|", lambda: self._chain("/", self._step))

    def _chain(self, sign: str, part: Callable[[], Path]) -> Path:
        parts = [part()]
        while self._has(sign):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Path(sign, parts=tuple(parts))

    def _step(self) -> Path:
        back = self._has("^")
        if self._has("!"):
            negated = Path("^", parts=(self._primary(),)) if self._has("^") else self._primary()
            path = Path("!", parts=(negated,))
        else:
            path = self._primary()
        after = self.tokens[self.at]
        if after.text in ("?", "*", "+") and not self.text[after.start + 1:after.start + 2].isdigit():
            self._take()
            path = Path(after.text, parts=(path,))
        return Path("^", parts=(path,)) if back else path

    def _primary(self) -> Path:
        if self._has("("):
            self._deeper()
            path = self._path()
            self._take(")")
            self.depth -= 1
            return path
        return Path("iri", f"<{RDF}type>" if self._has("a") else self._iri(self._take()))

    # Expressions

    def _condition(self) -> Expression:
        if self._word in ("NOT", "EXISTS"):
            return Expression(frozenset(), exists=(self._exists(),))
        call = [] if self._word == "(" else [self._take()]
        opening = self.tokens[self.at]
        inner, exists = self._bracket()
        closing = self.tokens[self.at - 1]
        return self._expression([*call, opening, *inner, closing], exists)

    def _exists(self) -> Exists:
        start = self.tokens[self.at].start
        negated = self._has("NOT")
        self._take("EXISTS")
        return Exists(self._group(), negated, start, self._end)

    def _bracket(self) -> tuple[list[Token], list[Exists]]:
        """Take what stands in brackets and return its tokens, and apart from them each EXISTS."""
        self._take("(")
        inner: list[Token] = []
        exists: list[Exists] = []
        depth = 1
        while depth:
            if self._word == "EXISTS" or (self._word == "NOT" and self.tokens[self.at + 1].text.upper() == "EXISTS"):
                exists.append(self._exists())
                continue
            token = self._take()
            depth += (token.text == "(") - (token.text == ")")
            if depth > DEEPEST:
                raise QueryError("nested too deeply to be looked at")
            inner.append(token)
        return inner[:-1], exists

    def _assignment(self) -> tuple[Expression, str, list[Token]]:
        """Take `( expression AS ?name )`."""
        inner, exists = self._bracket()
        if [t.text.upper() for t in inner[-2:-1]] != ["AS"]:
            raise QueryError("nothing is assigned here")
        return self._expression(inner[:-2], exists), self._name(inner[-1]), inner

    def _expression(self, parts: list[Token], exists: list[Exists]) -> Expression:
        equal = [e._replace(left=e.left - self.constants, right=e.right - self.constants) for e in equalities(parts)]
        return Expression(names(parts) - self.constants, tuple(e for e in equal if e.left and e.right), tuple(exists))

    def _name(self, token: Token) -> str:
        if token.kind != "variable":
            raise QueryError(f"{token.text!r} is no variable")
        return f"?{token.text[1:]}"
