"""Reading: what a cell becomes, and what is a fault where."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from comity.settings import Layout
from comity.tables import METADATA, Fault, Row, TableData, is_calendar_date, read
from comity.vocabulary import NS


def _row(tables: dict[str, TableData], table: str, identifier: str) -> Row:
    return next(row for row in tables[table].rows if row.cells["id"] == identifier)


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_small_tables_are_read_without_faults(pristine: Layout) -> None:
    tables, faults = read(pristine.tables)
    assert faults == []
    assert sum(len(t.rows) for t in tables.values()) > 100


def test_tables_come_in_the_order_of_the_metadata(pristine: Layout) -> None:
    tables, _ = read(pristine.tables)
    assert list(tables)[:2] == ["sources", "actors"]
    assert set(tables) == {p.stem for p in pristine.tables.glob("*.csv")}


def test_a_day_becomes_a_date_and_a_partial_date_stays_as_written(pristine: Layout) -> None:
    tables, _ = read(pristine.tables)
    cells = _row(tables, "participations", "harbour-agreement-GBR").cells
    assert cells["recorded_on"] == datetime.date(2024, 1, 10)
    assert type(cells["recorded_on"]) is datetime.date
    assert (cells["signed_on"], cells["ratified_on"], cells["valid_until"]) == ("2023-07-16", "2024-05", None)


def test_a_list_cell_becomes_its_members(pristine: Layout) -> None:
    tables, _ = read(pristine.tables)
    assert _row(tables, "actors", "GBR").cells["alt_labels"] == ["UK", "Britain"]
    assert _row(tables, "actors", "FRA").cells["alt_labels"] == []


def test_a_cell_with_a_comma_is_one_cell(pristine: Layout) -> None:
    tables, _ = read(pristine.tables)
    assert _row(tables, "provisions", "harbour-agreement-14-13").cells["summary"] == "No party requires local facilities, with exceptions."


def test_a_row_knows_its_line_in_the_file(pristine: Layout) -> None:
    tables, _ = read(pristine.tables)
    for table in tables.values():
        lines = table.path.read_text(encoding="utf-8").split("\n")
        assert all(lines[row.line - 1].startswith(row.cells["id"] + ",") for row in table.rows)


def test_a_fault_after_a_cell_of_two_lines_names_the_line_of_the_file(checkout: Layout) -> None:
    path = checkout.tables / "designations.csv"
    _edit(path, "sec. 4", '"sec.\n4"')
    _edit(path, "HKG,usa", "HKK,usa")
    _, faults = read(checkout.tables)
    assert [(f.line, f.column) for f in faults] == [(4, "designated_id")]


def test_a_unicode_line_separator_inside_a_cell_ends_no_row(checkout: Layout) -> None:
    _edit(checkout.tables / "lists.csv", "Countries of", "Countries\u2028\x85of")
    tables, faults = read(checkout.tables)
    assert faults == []
    assert tables["lists"].rows[0].cells["label_en"] == "Countries\u2028\x85of concern"


def test_a_table_that_cannot_be_read_is_one_fault_and_not_one_for_each_row_that_refers_to_it(checkout: Layout) -> None:
    (checkout.tables / "sources.csv").unlink()
    _, faults = read(checkout.tables)
    assert [f.file for f in faults] == ["sources.csv"]


def test_all_faults_are_reported_at_once_and_sorted_by_place(checkout: Layout) -> None:
    _edit(checkout.tables / "participations.csv", "2021-07-01", "2021-02-30")
    _edit(checkout.tables / "designations.csv", "usa-concern-list-HKG,USA,HKG", "usa-concern-list-HKG,USA,HKK")
    _edit(checkout.tables / "designations.csv", ",gazette,", ",,")
    _, faults = read(checkout.tables)
    assert [(f.file, f.line, f.column) for f in faults] == [
        ("designations.csv", 2, "source_id"), ("designations.csv", 3, "designated_id"), ("participations.csv", 9, "valid_until")]


@pytest.mark.parametrize(("member", "message"), [("UK; Britain", "has blanks around the value; remove them"),
                                                ("UK;;Britain", "has an empty member; remove the separator")])
def test_a_list_cell_with_a_careless_member_is_a_fault(checkout: Layout, member: str, message: str) -> None:
    _edit(checkout.tables / "actors.csv", "UK;Britain", member)
    _, faults = read(checkout.tables)
    assert [(f.file, f.column, f.message) for f in faults] == [("actors.csv", "alt_labels", message)]


def test_one_unknown_member_of_a_list_of_ids_is_a_fault(checkout: Layout) -> None:
    _edit(checkout.tables / "services.csv", "openai-model", "openai-model;opnai-model")
    _, faults = read(checkout.tables)
    assert [f.message for f in faults] == ["opnai-model is not an id of models.csv; did you mean openai-model?"]


def test_an_id_that_resembles_none_is_to_be_added_first(checkout: Layout) -> None:
    _edit(checkout.tables / "designations.csv", "USA,CHN,", "USA,Atlantis,")
    _, faults = read(checkout.tables)
    assert [f.message for f in faults] == ["Atlantis is not an id of actors.csv; add it there first"]


def test_an_id_used_three_times_is_two_faults(checkout: Layout) -> None:
    path = checkout.tables / "lists.csv"
    line = path.read_text(encoding="utf-8").splitlines(keepends=True)[1]
    path.write_text(path.read_text(encoding="utf-8") + line + line, encoding="utf-8")
    _, faults = read(checkout.tables)
    assert [f.line for f in faults] == [3, 4]
    assert all("stands already in line 2" in f.message for f in faults)


def test_a_header_alone_is_an_empty_table(checkout: Layout) -> None:
    path = checkout.tables / "claims.csv"
    path.write_text(path.read_text(encoding="utf-8").partition("\n")[0] + "\n", encoding="utf-8")
    tables, faults = read(checkout.tables)
    assert faults == []
    assert tables["claims"].rows == []


def test_the_description_of_each_table_fills_a_graph_of_its_name(pristine: Layout) -> None:
    tables, _ = read(pristine.tables)
    for name, table in tables.items():
        assert table.description.at_props["id"] == f"https://w3id.org/comity/graph/{name}"


def test_each_table_begins_with_id_and_ends_with_the_columns_of_evidence(pristine: Layout) -> None:
    tables, _ = read(pristine.tables)
    for name, table in tables.items():
        headers = [c.header for c in table.columns]
        assert headers[0] == "id"
        if name != "sources":
            assert headers[-5:] == ["source_id", "locator", "evidence_grade", "recorded_on", "retracted_on"]


def test_each_id_column_is_a_foreign_key_and_each_code_column_leads_to_a_scheme_or_the_ontology(pristine: Layout) -> None:
    tables, _ = read(pristine.tables)
    for table in tables.values():
        keys = {k.columnReference[0] for k in table.description.tableSchema.foreignKeys}
        assert keys == {c.header for c in table.columns if c.header.endswith(("_id", "_ids"))}
        for column in table.columns:
            if column.header.endswith(("_code", "_codes")):
                assert str(column.valueUrl).startswith((NS, "https://w3id.org/comity/concept/"))


@pytest.mark.parametrize("value", ["2024", "2024-02", "2024-02-29", "0001", "9999-12-31", "2000-02-29"])
def test_a_date_of_the_calendar_is_accepted(value: str) -> None:
    assert is_calendar_date(value)


@pytest.mark.parametrize("value", ["2023-02-29", "1900-02-29", "2024-02-30", "2024-04-31", "2024-13", "2024-00", "0000", "2024-01-00"])
def test_a_date_outside_the_calendar_is_refused(value: str) -> None:
    assert not is_calendar_date(value)


@pytest.mark.parametrize(("fault", "text"), [
    (Fault("a.csv", 3, "id", "is wrong"), "a.csv:3: id: is wrong"),
    (Fault("a.csv", 3, "", "is wrong"), "a.csv:3: is wrong"),
    (Fault("a.csv", 0, "", "is missing"), "a.csv: is missing"),
])
def test_a_fault_reads_as_place_and_message(fault: Fault, text: str) -> None:
    assert str(fault) == text


def test_the_metadata_is_the_real_one(pristine: Layout) -> None:
    from conftest import ROOT

    assert (pristine.tables / METADATA).read_bytes() == (ROOT / "graph" / "tables" / METADATA).read_bytes()
