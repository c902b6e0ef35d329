"""The tables of a build become one file: a zip with CSVW and Frictionless descriptions, or an SQLite database.

The same tables give the same bytes: members stand in order and carry no time of their own.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from comity.errors import InputError
from comity.settings import Layout
from comity.snapshot import Snapshot, find
from comity.tables import METADATA

PACKAGE: Final = "datapackage.json"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_TYPES: Final = {"number": "REAL", "integer": "INTEGER"}


def package(places: Layout) -> bytes:
    """Return a zip of the tables with their CSVW metadata, their Frictionless data package and their codebook."""
    snapshot = find(places.build)
    described = _described(snapshot)
    files = {PACKAGE: (json.dumps(described, indent=2, ensure_ascii=False) + "\n").encode(), METADATA: _bytes(places.tables / METADATA)}
    files |= {resource["path"]: _bytes(places.tables / resource["path"]) for resource in described["resources"]}
    if (places.tables.parent / "README.md").is_file():
        files["README.md"] = _bytes(places.tables.parent / "README.md")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(member, files[name], compresslevel=9)
    return made.getvalue()


def database(places: Layout) -> bytes:
    """Return the tables as an SQLite database with keys and foreign keys; empty cells are NULL, lists and dates text.

    The table `about` holds the version of the data and its licence.
    """
    snapshot = find(places.build)
    described = _described(snapshot)
    resources = sorted(described["resources"], key=lambda r: str(r["name"]))
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT")
        connection.executemany("INSERT INTO about VALUES (?, ?)", [("licence", described["licenses"][0]["path"]), ("title", described["title"]),
                                                                   ("version", snapshot.version)])
        for resource in resources:
            connection.execute(_created(resource))
        for resource in resources:
            fields = [str(f["name"]) for f in resource["schema"]["fields"]]
            text = f"INSERT INTO {_name(resource['name'])} VALUES ({', '.join('?' * len(fields))})"  # noqa: S608 (names of our own tables, quoted)
            connection.executemany(text, _rows(places.tables / resource["path"], fields))
        connection.commit()
        return connection.serialize()
    finally:
        connection.close()


def _created(resource: dict[str, Any]) -> str:
    schema = resource["schema"]
    fields = [f"{_name(f['name'])} {_TYPES.get(f['type'], 'TEXT')}{' NOT NULL' if f['constraints']['required'] else ''}" for f in schema["fields"]]
    keys = [f"PRIMARY KEY ({', '.join(_name(k) for k in schema['primaryKey'])})"]
    keys += [f"FOREIGN KEY ({_name(k['fields'])}) REFERENCES {_name(k['reference']['resource'])} ({_name(k['reference']['fields'])})"
             for k in schema["foreignKeys"]]
    return f"CREATE TABLE {_name(resource['name'])} ({', '.join([*fields, *keys])}) STRICT"


def _rows(path: Path, fields: list[str]) -> Iterator[list[str | None]]:
    reader = csv.DictReader(io.StringIO(_bytes(path).decode()))
    if reader.fieldnames != fields:
        raise InputError(f"{path}:1: has other columns than the build; run: comity build")
    for row in reader:
        yield [row[field] or None for field in fields]


def _described(snapshot: Snapshot) -> dict[str, Any]:
    try:
        described: dict[str, Any] = json.loads((snapshot.folder / PACKAGE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{snapshot.folder / PACKAGE}: cannot be read ({error}); run: comity build") from None
    return {**described, "version": snapshot.version}


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); a release needs the tables beside the build") from None


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
