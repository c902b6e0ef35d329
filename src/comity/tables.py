"""CSV files and their W3C CSVW metadata become typed rows and a list of faults.

Types, required cells and patterns are checked by the `csvw` library; keys are checked here on the rows once read,
because the library reads every table again for each foreign key and names no column. Nothing is guessed: a cell that
does not fit is a fault with file, line, column and remedy.
"""

from __future__ import annotations

import csv
import datetime
import difflib
import io
import json
import logging
import re
import warnings
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from csvw import Column, Table, TableGroup

from comity.errors import TableError

PARTIAL_DATE = "http://id.loc.gov/datatypes/edtf/EDTF-level0"
METADATA = "csvw-metadata.json"
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufeff]")


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend: where it is, what is wrong and how to mend it, and the check that found it, CSVW if empty."""

    file: str
    line: int
    column: str
    message: str
    severity: str = "error"
    check: str = field(default="", compare=False)

    @property
    def remedy(self) -> str:
        """How to mend it: what the message says after its last semicolon or full stop, or all of it if it is one sentence."""
        said = self.message.partition(" Found ")[0]
        return re.split(r"[;.] (?=\S)", said)[-1]

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.column + ': ' if self.column else ''}{self.message}"


def counted(faults: list[Fault]) -> str:
    """Return the number of faults in words that agree with it."""
    return f"{len(faults)} fault{'' if len(faults) == 1 else 's'}"


@dataclass(frozen=True)
class Row:
    """One row as read: its line in the file and its typed cells by column name."""

    line: int
    cells: dict[str, Any]


@dataclass
class TableData:
    """One table: its CSVW description, its path, its rows in file order and the lines of each id."""

    name: str
    path: Path
    description: Table
    rows: list[Row] = field(default_factory=list)
    lines: dict[str, list[int]] = field(default_factory=dict)

    @property
    def columns(self) -> list[Column]:
        """The columns that stand in the file, without the virtual ones."""
        return [c for c in self.description.tableSchema.columns if not c.virtual]


def read(folder: Path, kept: Callable[[TableData], bool] = lambda table: False) -> tuple[dict[str, TableData], list[Fault]]:
    """Read all tables that the metadata in `folder` describes.

    `kept` may fill a table that was read before without fault, and says whether it did. Returns the tables by name, in
    the metadata's order, and the faults found, sorted by place.
    Raises `TableError` if the metadata itself cannot be read.
    """
    group = metadata(folder / METADATA)
    tables: dict[str, TableData] = {}
    faults: list[Fault] = []
    unread: set[str] = set()
    for description in group.tables:
        path = folder / str(description.url)
        table = TableData(path.stem, path, description)
        tables[table.name] = table
        if kept(table):
            continue
        found, is_read = fill(table)
        faults += found
        if not is_read:
            unread.add(path.name)
    faults += _key_faults(tables, unread)
    faults += [Fault(p.name, 0, "", f"is not described in {METADATA}; describe it there or remove it")
               for p in sorted(folder.glob("*.csv")) if p.stem not in tables]
    return tables, sorted(faults)


def fill(table: TableData) -> tuple[list[Fault], bool]:
    """Read the rows of one table from its file into `table`; return the faults found, and whether the file has the shape to be read at all."""
    shape = list(_shape_faults(table))
    return (shape, False) if shape else ([*_read_rows(table), *_row_faults(table)], True)


def metadata(path: Path) -> TableGroup:
    """Return the CSVW metadata at `path`. Raises `TableError` if it cannot be read or lacks what the line needs."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            group = _described(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TableError(f"{path}: missing; the tables cannot be read without it") from None
    except OSError as error:
        raise TableError(f"{path}: cannot be read ({error.strerror}); restore it") from None
    except json.JSONDecodeError as error:
        raise TableError(f"{path}:{error.lineno}: {error.msg}; mend the JSON") from None
    except (ValueError, TypeError, KeyError, UserWarning) as error:
        raise TableError(f"{path}: no valid CSVW metadata ({error}); compare it with the W3C recommendation") from None
    lack = "it describes no table" if not group.tables else next((f"{t.url} {lack}" for t in group.tables if (lack := _lack(t))), "")
    if lack:
        raise TableError(f"{path}: {lack}; mend the metadata")
    return group


@lru_cache(maxsize=1)
def _described(text: str) -> TableGroup:
    """Return the metadata that `text` states: nobody changes it, and csvw takes longer over it than over many a table."""
    return TableGroup.fromvalue(json.loads(text))


def _lack(description: Table) -> str:
    """Return what the line needs and the description of a table lacks, if anything."""
    schema = description.tableSchema
    if not description.at_props.get("id"):
        return "has no @id for its named graph"
    if schema.aboutUrl is None:
        return "has no aboutUrl"
    names = {c.header for c in schema.columns if not c.virtual}
    missing = {"id", *(key.columnReference[0] for key in schema.foreignKeys)} - names
    return f"has no column {min(missing)}" if missing else ""


def _shape_faults(table: TableData) -> Iterator[Fault]:
    """Check encoding, header and the number of cells, which a typed reader would pad or cut."""
    name = table.path.name
    expected = [c.header for c in table.columns]
    try:
        data = table.path.read_bytes()
        text = data.decode("utf-8")
    except FileNotFoundError:
        yield Fault(name, 0, "", "file is missing; restore it, with its header line at least")
        return
    except OSError as error:
        yield Fault(name, 0, "", f"cannot be read ({error.strerror}); restore the file")
        return
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        yield Fault(name, line, "", f"byte {data[error.start]:#04x} is not UTF-8; save the file as UTF-8")
        return
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        yield Fault(name, line, "", f"holds {control[0]!a}, a carriage return, byte order mark or control character; save it as plain UTF-8 with LF line ends")
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        if header != expected:
            yield Fault(name, 1, _first_difference(header, expected), f"header must read {','.join(expected)}")
            return
        for row in reader:
            if len(row) != len(expected):
                yield Fault(name, reader.line_num, "", f"{len(row)} cells where {len(expected)} are expected; quote cells that hold a comma")
            table.lines.setdefault(row[0] if row else "", []).append(reader.line_num)
    except csv.Error as error:
        yield Fault(name, reader.line_num, "", f"{error}; mend the quotes")


def _first_difference(header: list[str], expected: list[str]) -> str:
    for index, name in enumerate(header):
        if index >= len(expected) or name != expected[index]:
            return name or "(empty)"
    return expected[len(header)] if len(header) < len(expected) else ""


class _Collector(logging.Handler):
    """Turns what the csvw library logs while it reads (`file:line:column name: message`) into faults."""

    def __init__(self, name: str, columns: list[Column]) -> None:
        super().__init__()
        self.name_of_file = name
        self.columns = {c.header: c for c in columns}
        self.faults: list[Fault] = []

    def emit(self, record: logging.LogRecord) -> None:
        match = re.match(r".*?:(\d+):\d+ ([^:]+): (.*)", record.getMessage(), re.DOTALL)
        if match is None:
            self.faults.append(Fault(self.name_of_file, 0, "", record.getMessage()))
            return
        line, column, message = int(match[1]), match[2], match[3]
        described = self.columns.get(column)
        if described is not None and described.datatype is not None and described.datatype.base == "date" and "required" not in message:
            message = "is no day of the calendar"
        self.faults.append(Fault(self.name_of_file, line, column, message + _remedy(described)))


def _remedy(column: Column | None) -> str:
    datatype = column.datatype if column else None
    if datatype is None:
        return "; fill the cell"
    if datatype.at_props.get("id") == PARTIAL_DATE:
        return "; write YYYY-MM-DD, YYYY-MM or YYYY"
    if datatype.base == "date":
        return "; write YYYY-MM-DD"
    return f"; must match {datatype.format}" if datatype.format else "; fill the cell"


def _read_rows(table: TableData) -> list[Fault]:
    collector = _Collector(table.path.name, table.columns)
    log = logging.Logger("comity.tables")
    log.addHandler(collector)
    for _, line, cells in table.description.iterdicts(log=log, with_metadata=True, fname=table.path):
        table.rows.append(Row(line, {name: _day(value) for name, value in cells.items()}))
    return collector.faults


def _day(value: object) -> object:
    """Return the day alone where the library reads a CSVW `date` as midnight of that day."""
    return value.date() if isinstance(value, datetime.datetime) else value


def _row_faults(table: TableData) -> Iterator[Fault]:
    """Check what CSVW cannot say: real calendar days, outer blanks, the order of rows."""
    name = table.path.name
    dates = [c.header for c in table.columns if c.datatype and c.datatype.at_props.get("id") == PARTIAL_DATE]
    previous = ""
    for row in table.rows:
        for column in dates:
            value = row.cells[column]
            if value and not is_calendar_date(value):
                yield Fault(name, row.line, column, f"{value} is no day of the calendar; correct it or give the month only")
        for column, value in row.cells.items():
            members = value if isinstance(value, list) else [value]
            if any(isinstance(m, str) and m != m.strip() for m in members):
                yield Fault(name, row.line, column, "has blanks around the value; remove them")
            if isinstance(value, list) and any(m in (None, "") for m in value):
                yield Fault(name, row.line, column, "has an empty member; remove the separator")
        identifier = row.cells["id"]
        if identifier < previous:
            yield Fault(name, row.line, "id", f"{identifier} stands after {previous}; sort the rows by id")
        previous = identifier


def is_calendar_date(value: str) -> bool:
    """Say whether `value` (YYYY, YYYY-MM or YYYY-MM-DD) exists in the calendar."""
    try:
        datetime.date.fromisoformat(value + "-01-01"[len(value) - 4:] if len(value) < 10 else value)
    except ValueError:
        return False
    return True


def _key_faults(tables: dict[str, TableData], unread: set[str]) -> Iterator[Fault]:
    """Check primary and foreign keys as the metadata declares them; keys into a table that was not read, or lacks an id, say nothing."""
    ids = {table.path.name: table.lines for table in tables.values()}
    for table in tables.values():
        for identifier, (first, *others) in table.lines.items():
            for line in others:
                yield Fault(table.path.name, line, "id", f"{identifier} stands already in line {first}; ids are given once and never change")
        for key in table.description.tableSchema.foreignKeys:
            column, target = key.columnReference[0], str(key.reference.resource)
            if target not in unread and "" not in ids.get(target, {}):
                yield from dangling(table, column, target, ids.get(target, {}))


def dangling(table: TableData, column: str, target: str, known: Collection[str]) -> Iterator[Fault]:
    """Return the faults of the cells of `column` that name no id of the table `target`, whose ids are `known`."""
    for row in table.rows:
        value = row.cells[column]
        for reference in value if isinstance(value, list) else [value]:
            if reference is not None and reference not in known:
                near = difflib.get_close_matches(reference, known, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                yield Fault(table.path.name, row.line, column, f"{reference} is not an id of {target}{hint or '; add it there first'}")
