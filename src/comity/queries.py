"""The files of the query library become named questions with typed parameters, and a name with values an answer.

One question a file; the file's path below `queries` is its name, its command and its address. The header lines that
begin with `#+` are YAML.
"""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import yaml

from comity.errors import InputError, QueryError
from comity.names import latest, resolve
from comity.results import Answer
from comity.store import Store, View
from comity.syntax import Term
from comity.views import Moment
from comity.vocabulary import XSD
from comity.written import from_yaml

CHECKS = "checks"
CLOCKS = ("as_of", "known_on")
TYPES = ("iri", "date", "integer", "text")


@dataclass(frozen=True)
class Parameter:
    """One parameter: its type (`iri`, `date`, `integer`, `text`), its default as written, and what it means."""

    name: str
    type: str
    default: str
    about: str = ""


@dataclass(frozen=True)
class Question:
    """One query of the library; `layer` is what its header says of the network layer it makes, if any."""

    name: str
    summary: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    text: str
    path: Path
    layer: dict[str, Any] | None = None

    @property
    def theme(self) -> str:
        """The folder that the query stands in."""
        return self.name.partition("/")[0]


def library(folder: Path) -> dict[str, Question]:
    """Read all questions below `folder`, by name; fault queries are left out. Raises `InputError`."""
    paths = sorted(p for p in folder.glob("*/*.rq") if p.parent.name != CHECKS)
    questions = [_question(path, folder) for path in paths]
    return {q.name: q for q in questions}


def find(questions: Mapping[str, Question], name: str) -> Question:
    """Return the question of a library called `name`, or by its last part alone where that is unique. Raises `InputError`."""
    matches = [q for q in questions.values() if name in (q.name, q.name.partition("/")[2])]
    if len(matches) == 1:
        return matches[0]
    near = [q.name for q in matches] or difflib.get_close_matches(name, questions, n=3, cutoff=0.4)
    raise InputError(f"no query is called {name}; {'did you mean ' + ' or '.join(near) + '?' if near else 'list them with: comity queries'}")


def ask(store: Store, question: Question, values: Mapping[str, str]) -> Answer:
    """Answer `question` on `store` with the given parameter values, defaults for the rest.

    Values are text: an IRI, `kind/slug`, ISO code or name for type `iri`; `YYYY-MM-DD` or `today` for `date`. A query that
    has no parameter `as_of` or `known_on` is asked of the view of that day.
    Raises `InputError` for an unknown parameter or a value that does not fit.
    """
    own = {p.name for p in question.parameters}
    clocks = {name: values[name] for name in CLOCKS if name in values and name not in own}
    seen = moment(store, clocks.get("as_of"), clocks.get("known_on"))
    terms = bindings(store, question, {k: v for k, v in values.items() if k not in clocks})
    try:
        return (store if seen is None else View(store, seen)).query(question.text, terms)
    except QueryError as error:
        raise QueryError(f"{question.path}: {error}", line=error.line, column=error.column) from None


def bindings(store: Store, question: Question, values: Mapping[str, str]) -> dict[str, Term]:
    """Return the RDF term of each parameter of `question`."""
    known = {p.name: p for p in question.parameters}
    for name in values:
        if name not in known:
            raise InputError(f"{question.name} has no parameter {name}; it takes {', '.join(known) or 'none'}")
    return {p.name: _term(store, p, values.get(p.name, p.default)) for p in question.parameters}


def _term(store: Store, parameter: Parameter, value: str) -> Term:
    match parameter.type:
        case "date":
            return ox.Literal(day(store, parameter.name, value).isoformat(), datatype=ox.NamedNode(XSD + "date"))
        case "integer":
            try:
                return ox.Literal(int(value))
            except ValueError:
                raise InputError(f"{parameter.name}={value}: not a whole number") from None
        case "iri":
            return resolve(store, value)
        case _:
            return ox.Literal(value)


def moment(store: Store, as_of: str | None, known_on: str | None, *, possibly: bool = False) -> Moment | None:
    """Return the place on the two clocks that these days name, None if neither is given. Raises `InputError`."""
    if as_of is None and known_on is None:
        return None
    days = [None if value is None else day(store, name, value) for name, value in zip(CLOCKS, (as_of, known_on), strict=True)]
    return Moment(days[0], days[1], possibly)


def day(store: Store, name: str, value: str) -> datetime.date:
    """Return the day that `value` names: `YYYY-MM-DD`, `today`, or `latest` for all that is recorded. Raises `InputError`."""
    if value == "today":
        return datetime.date.today()
    if value == "latest":
        return latest(store)
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        raise InputError(f"{name}={value}: not a day; write YYYY-MM-DD or today") from None


def header(path: Path) -> dict[str, Any]:
    """Read the `#+` lines of a query file as YAML. Raises `InputError` naming file and line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    block = "\n".join(line[2:].removeprefix(" ") for line in lines if line.startswith("#+"))
    try:
        values = from_yaml(block)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise InputError(f"{path}:{line}: the header is no YAML ({getattr(error, 'problem', error)}); quote values with a colon") from None
    if not isinstance(values, dict) or "summary" not in values:
        raise InputError(f"{path}:1: the header needs a line '#+ summary: ...'")
    return values


def _question(path: Path, folder: Path) -> Question:
    values = header(path)
    parameters = []
    for name, entry in (values.get("params") or {}).items():
        if not isinstance(entry, dict) or entry.get("type") not in TYPES or "default" not in entry:
            raise InputError(f"{path}: parameter {name} needs a type ({', '.join(TYPES)}) and a default")
        parameters.append(Parameter(name, entry["type"], str(entry["default"]), str(entry.get("about", ""))))
    name = path.relative_to(folder).with_suffix("").as_posix()
    text = path.read_text(encoding="utf-8")
    return Question(name, str(values["summary"]), tuple(values.get("tags") or ()), tuple(parameters), text, path, values.get("layer"))
