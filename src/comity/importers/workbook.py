"""A sheet of an Excel workbook becomes a header and numbered rows of text; a workbook that would swell beyond bounds is refused unopened."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Iterable, Sequence

from comity.errors import InputError

LARGEST = 2**28
PARTS = 2000
SEARCHED = 30
Numbered = tuple[int, dict[str, str]]


def sheet(data: bytes, place: str, required: Sequence[str]) -> tuple[list[str], list[Numbered]]:
    """Return header and rows, numbered from 1, of the first sheet with a row among its first 30 that holds all `required` names.

    A cell that is a day becomes `2018-03-08`, a whole number has no point. Raises `InputError`, for a workbook that unpacks to
    more than 256 MB too.
    """
    _bounded(data, place)
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for page in book.worksheets:
            rows = page.iter_rows(values_only=True)
            for _, row in zip(range(SEARCHED), rows, strict=False):
                header = [_text(cell) for cell in row]
                if set(required) <= set(header):
                    return _table(header, rows, place)
    except (KeyError, ValueError, TypeError, OSError, SyntaxError, zipfile.BadZipFile) as error:
        raise InputError(f"{place}: the workbook cannot be read ({type(error).__name__}); open it and save it again as .xlsx") from None
    raise InputError(f"{place}: no sheet has the columns {', '.join(required)} within its first {SEARCHED} rows; give the workbook as downloaded")


def _bounded(data: bytes, place: str) -> None:
    """Raise `InputError` unless the archive is a workbook of bounded size; its directory alone is read."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except zipfile.BadZipFile:
        raise InputError(f"{place}: is a broken archive; download it again") from None
    size = sum(part.file_size for part in parts)
    if size > LARGEST or len(parts) > PARTS:
        raise InputError(f"{place}: {len(parts):,} parts of {size:,} bytes unpacked; give a workbook of at most {PARTS:,} parts and {LARGEST:,} bytes")
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise InputError(f"{place}: is an archive and no workbook; unpack it and give the file inside")


def _table(header: list[str], rows: Iterable[tuple[object, ...]], place: str) -> tuple[list[str], list[Numbered]]:
    """Return the table under `header`; columns without a name must be empty."""
    names = [name for name in header if name]
    if len(set(names)) < len(names):
        raise InputError(f"{place}: a column stands twice; name each once")
    found = []
    for number, row in enumerate(rows, 1):
        cells = {name: _text(cell) for name, cell in zip(header, row, strict=False) if name}
        if any(cells.values()):
            found.append((number, {name: cells.get(name, "") for name in names}))
    return names, found


def _text(cell: object) -> str:
    if isinstance(cell, datetime.datetime | datetime.date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
