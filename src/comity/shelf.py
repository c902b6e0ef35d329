"""A table that was read without fault is kept on a shelf under the hash of what it was read from, and taken from there.

The shelf saves time and nothing else: it may be deleted at any moment, and a torn or foreign file on it is read as none.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from comity.tables import Row, TableData

_READERS: dict[str, Callable[[str], object]] = {"date": datetime.date.fromisoformat, "decimal": Decimal, "double": float}


class Shelf:
    """A folder of tables as read; without a folder it holds nothing and takes nothing."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.used: set[str] = set()

    def take(self, key: str, table: TableData) -> bool:
        """Fill `table` with the rows kept under `key`, and say whether there were any."""
        if self.folder is None:
            return False
        try:
            rows = json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8"))
            readers = {c.header: _READERS[c.datatype.base] for c in table.columns if c.datatype and c.datatype.base in _READERS}
            taken = [Row(line, _typed(cells, readers)) for line, cells in rows]
        except (OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError):
            return False
        table.rows = taken
        for row in table.rows:
            table.lines.setdefault(row.cells["id"], []).append(row.line)
        self.used.add(key)
        return True

    def keep(self, key: str, table: TableData) -> None:
        """Keep the rows of `table` under `key`; a shelf that cannot be written stays as it is."""
        if self.folder is None:
            return
        text = json.dumps([[row.line, row.cells] for row in table.rows], default=str, ensure_ascii=False)
        beside = self.folder / f".{key}.new"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            beside.write_text(text, encoding="utf-8")
            beside.replace(self.folder / f"{key}.json")
        except OSError:
            return
        self.used.add(key)

    def tidy(self) -> None:
        """Drop what was neither taken nor kept."""
        for path in self.folder.glob("*.json") if self.folder else ():
            if path.stem not in self.used:
                path.unlink(missing_ok=True)


def _typed(cells: dict[str, Any], readers: dict[str, Callable[[str], object]]) -> dict[str, Any]:
    for name, reader in readers.items():
        if cells[name] is not None:
            cells[name] = reader(cells[name])
    return cells
