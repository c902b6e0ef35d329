"""Tables of actors, ties and scores become one typed dataset that every writer of files reads.

Writers know nothing of the scores; a column says what it holds, in which unit, and what it means.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from comity.errors import InputError
from comity.network.spells import earliest, latest

Type = Literal["text", "integer", "number", "boolean", "date", "list"]
Cell = str | int | float | bool | tuple[str, ...] | None
Row = Mapping[str, Cell]

ACTORS: Final = "actors"
TIES: Final = "ties"
GROUPINGS: Final = ("bloc", "community")
#: a day, or what is known of one
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_NAME = re.compile(r"[A-Za-z0-9][\w-]*", re.ASCII)
#: what the formats cannot hold in a line
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_PLAIN: Final[Mapping[str, type]] = {"text": str, "date": str, "boolean": bool, "integer": int, "number": float}


@dataclass(frozen=True)
class Column:
    """One column of one table: what its cells are, in which unit, and what they mean (a sentence)."""

    table: str
    name: str
    type: Type
    unit: str
    meaning: str


#: columns that every dataset may take as they are; `id`, `label`, `source`, `target` and `layer` must be there
STANDARD: Final = (
    Column(ACTORS, "id", "text", "id", "Actor id: ISO 3166-1 alpha-3 for states and territories, a slug otherwise."),
    Column(ACTORS, "label", "text", "name", "English name."),
    Column(ACTORS, "iso3", "text", "code", "ISO 3166-1 alpha-3 code; empty for actors that are no state or territory."),
    Column(ACTORS, "cow", "integer", "code", "Country code of the Correlates of War project; empty where it gives none."),
    Column(ACTORS, "gw", "integer", "code", "Number in the list of independent states of Gleditsch and Ward; empty where it gives none."),
    Column(ACTORS, "kind", "text", "class", "Class of the actor in the ontology."),
    Column(TIES, "source", "text", "id", "Actor id; giver of the tie in a directed network."),
    Column(TIES, "target", "text", "id", "Actor id; receiver of the tie in a directed network."),
    Column(TIES, "layer", "text", "name", "Name of the layer."),
    Column(TIES, "sign", "integer", "1, 0 or -1", "1 where the tie binds, -1 where it divides, 0 neutral; empty if unknown."),
    Column(TIES, "weight", "number", "weight", "Strength of the tie."),
    Column(TIES, "start", "date", "day", "First day on which the tie held; a partial date (2004, 2004-06) where the day is unknown."),
    Column(TIES, "end", "date", "day", "First day on which the tie no longer held; empty if it still does."),
    Column(TIES, "through", "list", "ids", "Ids of the rows, or of what is shared, behind the tie."),
)
_NEEDED: Final = {ACTORS: ("id", "label"), TIES: ("source", "target", "layer")}


@dataclass(frozen=True)
class Dataset:
    """Actors, ties and any further tables, typed.

    Attributes: `name`, the stem of its files; `tables`, rows by table, `actors` and `ties` always there, further ones at
    will; `columns`, of all tables, in the order in which they are written; `about`, how it came to be: `version` of the
    dataset, `method`, `query_sha256`, `seed` and parameters, as plain values; `directed`, whether ties have a direction; `kinds`,
    for each layer the kind (`instrument`, `measure`) of ids in `through` that name none, as `instrument/cptpp` does.

    A cell is a plain value of its column's type, a tuple of ids for `list`, or None if it is unknown; a column that a row
    leaves out is unknown there, and so is an empty text or list, as most formats cannot tell the two apart. Numbers of numpy and
    lists become plain ones. An undirected tie stands once; a tie that held several times stands once a spell.

    Raises `InputError` for a cell of another type, a number that is not finite, a text of several lines, a column that is
    not declared or has no meaning, an actor given twice, a tie whose end is no actor, and a spell that ends before it starts.
    """

    name: str
    tables: Mapping[str, tuple[Row, ...]]
    columns: tuple[Column, ...]
    about: Mapping[str, object] = field(default_factory=dict)
    directed: bool = False
    kinds: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_names(self.name, self.tables, self.about)
        _check_columns(self.columns)
        unknown = sorted(self.tables.keys() - {c.table for c in self.columns})
        if unknown:
            raise InputError(f"table {unknown[0]} of {self.name}: no column is declared; declare its columns")
        tables = {name: _typed(rows, self.of(name)) for name, rows in {ACTORS: (), TIES: (), **self.tables}.items()}
        object.__setattr__(self, "tables", tables)
        _check_ends(tables[ACTORS], tables[TIES])

    @property
    def actors(self) -> tuple[Row, ...]:
        """The rows of the actors."""
        return self.tables[ACTORS]

    @property
    def ties(self) -> tuple[Row, ...]:
        """The rows of the ties."""
        return self.tables[TIES]

    @property
    def timed(self) -> bool:
        """Whether some tie has a first or last day."""
        return any(tie.get("start") or tie.get("end") for tie in self.ties)

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of the layers, in the order in which the ties name them."""
        return tuple(dict.fromkeys(str(tie["layer"]) for tie in self.ties))

    @property
    def parallel(self) -> bool:
        """Whether some pair of actors is tied more than once: in several layers or spells."""
        pairs = [(str(t["source"]), str(t["target"])) for t in self.ties]
        return len({pair if self.directed else tuple(sorted(pair)) for pair in pairs}) < len(pairs)

    @property
    def grouping(self) -> str | None:
        """The column of the actors that sorts them into groups, if there is one: `bloc`, else `community`."""
        return next((name for name in GROUPINGS if any(c.name == name for c in self.of(ACTORS))), None)

    def groups(self, column: str) -> dict[str, int]:
        """Return actor id → number of its group in `column`, from 1 in the order of their names or numbers; without actors whose group is unknown."""
        known = {str(actor["id"]): cell for actor in self.actors if isinstance(cell := actor[column], str | int | float)}
        number = {group: index for index, group in enumerate(sorted(set(known.values()), key=_numbers_first), 1)}
        return {name: number[group] for name, group in known.items()}

    def of(self, table: str) -> tuple[Column, ...]:
        """Return the columns of one table. Raises `InputError` for a table that is not there."""
        found = tuple(column for column in self.columns if column.table == table)
        if not found:
            raise InputError(f"unknown table {table}; use {' or '.join(dict.fromkeys(c.table for c in reversed(self.columns)))}")
        return found


def _numbers_first(group: str | int | float) -> tuple[float, str]:
    return (math.inf, group) if isinstance(group, str) else (group, "")


def standard(*names: str, table: str) -> tuple[Column, ...]:
    """Return the columns of `STANDARD` called `names` in `table`, in the order asked for. Raises `InputError`."""
    known = {c.name: c for c in STANDARD if c.table == table}
    missing = [name for name in names if name not in known]
    if missing:
        raise InputError(f"no standard column of {table} is called {missing[0]}; use {', '.join(known)}")
    return tuple(known[name] for name in names)


def _check_names(name: str, tables: Iterable[str], about: Mapping[str, object]) -> None:
    odd = [text for text in (name, *tables) if not _NAME.fullmatch(text)]
    if odd:
        raise InputError(f"the name of a dataset or table becomes that of a file, and {odd[0]!r} cannot; use letters, digits, - and _")
    try:
        json.dumps(dict(about), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InputError(f"about: {error}; give texts, finite numbers, truth values, lists and mappings") from None


def _check_columns(columns: tuple[Column, ...]) -> None:
    twice = [key for key, n in Counter((c.table, c.name) for c in columns).items() if n > 1]
    if twice:
        raise InputError(f"column {'.'.join(twice[0])} is declared twice; declare it once")
    for column in columns:
        if not column.meaning.endswith("."):
            raise InputError(f"column {column.table}.{column.name} has no meaning; write one sentence with a full stop")
    for table, names in _NEEDED.items():
        missing = [name for name in names if (table, name) not in {(c.table, c.name) for c in columns}]
        if missing:
            raise InputError(f"table {table} lacks the column {missing[0]}; declare it")


def _typed(rows: Iterable[Row], columns: tuple[Column, ...]) -> tuple[Row, ...]:
    names = {column.name for column in columns}
    typed = []
    for row in rows:
        if not row.keys() <= names:
            raise InputError(f"table {columns[0].table}: column {min(row.keys() - names)} is not declared; declare it")
        typed.append({c.name: _cell(c, row.get(c.name)) for c in columns})
    return tuple(typed)


def _cell(column: Column, value: object) -> Cell:
    """Return `value` as a plain value of the column's type."""
    plain = value.item() if hasattr(value, "item") else value  # numbers of numpy
    if plain is None or plain == "" or plain == () or plain == []:
        return None
    if isinstance(plain, list | tuple) and column.type == "list":
        return _ids(column, plain)
    if column.type == "number" and type(plain) is int:
        plain = float(plain)
    if type(plain) is not _PLAIN.get(column.type) or not isinstance(plain, str | int | float):
        raise _wrong(column, value, f"give {column.type} or None")
    if isinstance(plain, float) and not math.isfinite(plain):
        raise _wrong(column, value, "give a finite number, or None if it is unknown")
    if isinstance(plain, str) and _CONTROL.search(plain):
        raise _wrong(column, value, "give one line without control characters")
    if column.type == "date" and not _is_date(str(plain)):
        raise _wrong(column, value, "give YYYY, YYYY-MM or YYYY-MM-DD, or None")
    return plain


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text) and earliest(text))
    except ValueError:
        return False


def _ids(column: Column, values: list[object] | tuple[object, ...]) -> tuple[str, ...]:
    ids = tuple(v for v in values if isinstance(v, str) and v and not _CONTROL.search(v) and not re.search(r"\s", v))
    if len(ids) < len(values):
        raise _wrong(column, values, "a list holds ids without blanks")
    return ids


def _wrong(column: Column, value: object, remedy: str) -> InputError:
    return InputError(f"{column.table}.{column.name}: {value!r} is no {column.type}; {remedy}")


def _check_ends(actors: tuple[Row, ...], ties: tuple[Row, ...]) -> None:
    ids = Counter(actor["id"] for actor in actors)
    twice = sorted(str(key) for key, n in ids.items() if n > 1 or key is None)
    if twice:
        raise InputError(f"actor {twice[0]} stands twice or has no id; give each actor once")
    for tie in ties:
        for end in ("source", "target"):
            if tie[end] not in ids:
                raise InputError(f"tie {tie['source']} – {tie['target']}: {tie[end]} is no actor; add it to the actors")
        _check_spell(tie)


def _check_spell(tie: Row) -> None:
    start, end = tie.get("start"), tie.get("end")
    if start and end and not earliest(str(start)) < latest(str(end)):
        raise InputError(f"tie {tie['source']} – {tie['target']}: starts on {start} and ends on {end}; the end is the first day on which it no longer held")
