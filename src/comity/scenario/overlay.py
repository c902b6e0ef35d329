"""A folder of tables, one table or one Turtle file becomes the rows of a scenario, as written.

A folder holds `scenario.csv`, one row that says what the scenario is, and tables in the shape of the graph's, with the columns that
they fill; one CSV file holds both, each row with its table in the first column. Whatever the form, the same rows come out.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from pathlib import Path

from comity.errors import InputError
from comity.scenario.model import Entry, Overlay
from comity.scenario.turtle import entries_of

HEAD = "scenario"
ABOUT = ("id", "title", "as_of", "summary", "exporters", "recipients", "data")
REPLACES = "replaces"
READING = "reading.md"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read(path: Path, tables: Path) -> Overlay:
    """Return the scenario at `path`: a folder, a CSV file or a Turtle file; `tables`, the folder of the graph's tables and their metadata.

    Raises `InputError` with file and line for what cannot be read, a missing or double head, an unusable slug or day, and no rows.
    """
    if path.is_dir():
        found = [entry for file in sorted(path.glob("*.csv")) for entry in _table(file, file.stem)]
        if not found:
            raise InputError(f"{path}: no tables here; add scenario.csv, and a table of the graph with the rows to imagine")
    elif path.suffix == ".csv":
        found = _table(path, "")
    elif path.suffix == ".ttl":
        found = entries_of(path, tables)
    else:
        raise InputError(f"{path}: no scenario; give a folder of tables, a file .csv or a file .ttl, or the name of a shipped one (comity scenario)")
    reading = path / READING
    return _overlay(path, found, reading.read_text(encoding="utf-8") if reading.is_file() else "")


def _table(path: Path, table: str) -> list[Entry]:
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); give a folder, a CSV or a Turtle file") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not UTF-8; save the file as UTF-8") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = reader.fieldnames or []
    except csv.Error as error:
        raise InputError(f"{path}:1: {error}; mend the quotes") from None
    if len(set(names)) < len(names) or (not table and names[:1] != ["table"]):
        raise InputError(f"{path}:1: the header must name each column once{'' if table else ', and table first'}; mend the header")
    found = []
    try:
        for row in reader:
            where = f"{path.name}:{reader.line_num}"
            if None in row or None in row.values():
                raise InputError(f"{where}: not as many cells as the header has names; quote cells that hold a comma")
            cells = {name: value for name, value in row.items() if value}
            found.append(Entry(table or cells.pop("table", ""), cells, cells.pop(REPLACES, ""), where))
    except csv.Error as error:
        raise InputError(f"{path.name}:{reader.line_num}: {error}; mend the quotes") from None
    return found


def _overlay(path: Path, found: list[Entry], reading: str) -> Overlay:
    heads = [entry for entry in found if entry.table == HEAD]
    rows = tuple(entry for entry in found if entry.table != HEAD)
    if len(heads) != 1:
        raise InputError(f"{path}: {len(heads) or 'no'} rows of table {HEAD}; give one, with {', '.join(ABOUT[:4])}")
    head = heads[0]
    unknown = sorted(head.cells.keys() - {*ABOUT})
    if unknown:
        raise InputError(f"{head.where}: {unknown[0]}: a scenario has no such column; it has {', '.join(ABOUT)}")
    missing = [name for name in ABOUT[:4] if name not in head.cells]
    if missing:
        raise InputError(f"{head.where}: {missing[0]} is empty; say what the scenario is")
    if not _SLUG.fullmatch(head.id):
        raise InputError(f"{head.where}: id: {head.id} cannot name a graph; use small letters, digits and single hyphens")
    if not rows:
        raise InputError(f"{path}: an empty overlay: nothing but its head; add the rows to imagine, such as a participation")
    lists = [tuple(part.strip() for part in head.cells.get(name, "").split(";") if part.strip()) for name in ("exporters", "recipients")]
    return Overlay(head.id, head.cells["title"], day_of(head.cells["as_of"], head.where), head.cells["summary"], rows, lists[0], lists[1],
                   head.cells.get("data", "personal-data"), str(path), reading)


def day_of(text: str, where: str) -> datetime.date:
    """Return the what-if day. Raises `InputError` if it is no day."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{where}: as_of: {text} is no day; write YYYY-MM-DD") from None
