"""What a tool answers: small typed values, each fact with the rows of evidence behind it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Evidence:
    """A row and its source: `row` is its IRI, `grade` one of official, secondary, recalled; empty where the row states none."""

    row: str
    source: str
    title: str
    url: str
    locator: str
    grade: str


@dataclass(frozen=True)
class Match:
    """One thing that a name may mean."""

    iri: str
    label: str


@dataclass(frozen=True)
class Found:
    """What a name may mean; `exact` says that it is the name, code or IRI of the one thing listed."""

    matches: list[Match]
    exact: bool


@dataclass(frozen=True)
class Fact:
    """One statement; `rows` are the IRIs of the rows (see `evidence`) or derivations that state it."""

    property: str
    value: str
    label: str
    derived: bool
    rows: list[str]


@dataclass(frozen=True)
class Described:
    """A thing, its facts, how many rows of each class name it, and, if a class was asked for, those rows' facts."""

    iri: str
    label: str
    facts: list[Fact]
    rows_by_class: dict[str, int]
    rows: dict[str, list[Fact]]
    evidence: list[Evidence]
    version: str


@dataclass(frozen=True)
class Example:
    """A query of the library: its name can be given to `run_query`."""

    name: str
    summary: str
    parameters: dict[str, str]
    query: str


@dataclass(frozen=True)
class Examples:
    """The queries of the library that are nearest to a question, nearest first, and how many there are in all."""

    examples: list[Example]
    library: int


@dataclass(frozen=True)
class Advised:
    """One piece of advice on a query and the form to write instead."""

    rule: str
    severity: str
    line: int
    column: int
    message: str
    remedy: str


@dataclass(frozen=True)
class Checked:
    """Whether a query would be run, the error if it is malformed or refused, and advice; nothing was run."""

    runs: bool
    error: str
    line: int
    column: int
    advice: list[Advised]


@dataclass(frozen=True)
class Cell:
    """One value: `kind` is iri, literal or unbound; `rows` are the rows of evidence, of this line of the answer, that are or state it."""

    value: str
    kind: str
    datatype: str = ""
    language: str = ""
    label: str = ""
    rows: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Answered:
    """All rows of an answer. `unsourced` names the columns with values that no row of evidence in the answer states."""

    columns: list[str]
    rows: list[list[Cell]]
    evidence: list[Evidence]
    unsourced: list[str]
    hint: str
    advice: list[Advised]
    version: str


@dataclass(frozen=True)
class Way:
    """One legal basis for a transfer: open, conditional or closed."""

    mechanism: str
    label: str
    status: str
    explanation: str
    conditions: list[str]
    instrument: str
    evidence: list[Evidence]


@dataclass(frozen=True)
class Ways:
    """The legal bases for a transfer; `coded` is false where the exporter's law has not been read, which is not a no."""

    exporter: str
    importer: str
    as_of: str
    known_on: str
    data: str
    coded: bool
    explanation: str
    ways: list[Way]
    conflicts: list[Way]
    onward: list[Way]
    notice: str
    version: str


@dataclass(frozen=True)
class Reason:
    """Why a derived statement stands: the rule that gave it and the rows that it rests on."""

    property: str
    value: str
    rule: str
    derivation: str
    rows: list[str]


@dataclass(frozen=True)
class Explained:
    """The rows behind a thing: its own evidence, and the reasons of what was derived about it."""

    iri: str
    label: str
    own: list[Evidence]
    reasons: list[Reason]
    evidence: list[Evidence]
    version: str
