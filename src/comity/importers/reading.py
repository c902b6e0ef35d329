"""A delimited file, a workbook or SPARQL results become numbered rows of text; what cannot be read for certain is refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

from comity.errors import InputError
from comity.importers.mapping import Mapping
from comity.importers.workbook import sheet

LARGEST = 2**26
Numbered = tuple[int, dict[str, str]]


def load(path: Path) -> bytes:
    """Return the bytes of a file of at most 64 MB that is text or a workbook. Raises `InputError`."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise InputError(f"{path}: {size:,} bytes; give a file of at most {LARGEST:,}")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the name") from None
    if not data.strip():
        raise InputError(f"{path}: is empty; give the file as downloaded")
    if data.startswith((b"\x1f\x8b", b"%PDF", b"\xd0\xcf\x11\xe0")):
        raise InputError(f"{path}: is no text but an archive, an old workbook or a PDF; unpack it or save the sheet as CSV or .xlsx")
    return data


def parse(data: bytes, place: str, how: Mapping) -> tuple[list[str], list[Numbered]]:
    """Return header and numbered rows of a delimited file, of the sheet with the required columns, or of SPARQL results in JSON. Raises `InputError`."""
    if data.startswith(b"PK"):
        return sheet(data, place, how.required)
    text = _decode(data, place, how.encoding)
    if text.lstrip().startswith("{"):
        return _results(text, place)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=how.delimiter, strict=True)
    try:
        header = next(reader)
        if len(set(header)) < len(header):
            raise InputError(f"{place}:1: a column stands twice; name each once")
        return header, list(_rows(reader, header, place))
    except csv.Error as error:
        raise InputError(f"{place}:{reader.line_num}: {error}; mend the quotes") from None


def _rows(reader: Iterator[list[str]], header: list[str], place: str) -> Iterator[Numbered]:
    for number, row in enumerate(reader, 1):
        if row and len(row) != len(header):
            raise InputError(f"{place}: row {number} has {len(row)} cells where {len(header)} are expected; mend it")
        if row:
            yield number, {name: cell.strip() for name, cell in zip(header, row, strict=True)}


def _decode(data: bytes, place: str, otherwise: str) -> str:
    """Return the text: UTF-8, with or without a byte order mark, UTF-16 with one, or what is no UTF-8 in the encoding `otherwise`."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-16":
            raise InputError(f"{place}: begins as UTF-16 and breaks at byte {error.start}; download it again or save it as UTF-8") from None
        if otherwise:
            return data.decode(otherwise)
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{place}:{line}: byte {data[error.start]:#04x} is not UTF-8, it may be Latin-1; save the file as UTF-8") from None
    if "\0" in text:
        raise InputError(f"{place}: holds a NUL, so it is no text, or UTF-16 without a byte order mark; save the file as UTF-8")
    return text


def _results(text: str, place: str) -> tuple[list[str], list[Numbered]]:
    try:
        held = json.loads(text)
        header = [str(name) for name in held["head"]["vars"]]
        rows = [{name: str(row[name]["value"]) if name in row else "" for name in header} for row in held["results"]["bindings"]]
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{place}: no SPARQL results in JSON; save the answer of a SELECT query") from None
    return header, list(enumerate(rows, 1))
