"""The shelf gives back what was put on it, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.settings import Layout
from comity.shelf import Shelf
from comity.tables import TableData, read


@pytest.fixture(scope="module")
def tables(pristine: Layout) -> dict[str, TableData]:
    return read(pristine.tables)[0]


def _empty(table: TableData) -> TableData:
    return TableData(table.name, table.path, table.description)


def test_a_table_comes_back_with_the_same_rows_types_and_lines(tables: dict[str, TableData], tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    for name, table in tables.items():
        shelf.keep(name, table)
        copy = _empty(table)
        assert shelf.take(name, copy)
        assert copy.rows == table.rows
        assert [[type(c) for c in r.cells.values()] for r in copy.rows] == [[type(c) for c in r.cells.values()] for r in table.rows]
        assert list(copy.lines) == list(table.lines)


@pytest.mark.parametrize("data", ["", "[", "[[1]]", '[[1, {"id": "x"}]]', '{"a": 1}', "[[2, null]]"])
def test_a_torn_or_foreign_file_is_no_table(tables: dict[str, TableData], tmp_path: Path, data: str) -> None:
    (tmp_path / "key.json").write_text(data, encoding="utf-8")
    assert not Shelf(tmp_path).take("key", _empty(tables["participations"]))


def test_what_was_not_asked_for_is_dropped(tables: dict[str, TableData], tmp_path: Path) -> None:
    Shelf(tmp_path).keep("old", tables["lists"])
    shelf = Shelf(tmp_path)
    shelf.keep("new", tables["lists"])
    shelf.tidy()
    assert [p.name for p in tmp_path.iterdir()] == ["new.json"]


def test_no_folder_holds_nothing(tables: dict[str, TableData]) -> None:
    shelf = Shelf(None)
    shelf.keep("key", tables["lists"])
    shelf.tidy()
    assert not shelf.take("key", _empty(tables["lists"]))


def test_a_shelf_that_cannot_be_written_keeps_nothing_and_says_nothing(tables: dict[str, TableData], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    shelf = Shelf(tmp_path / "file" / "below")
    shelf.keep("key", tables["lists"])
    assert not shelf.take("key", _empty(tables["lists"]))
