"""Tables and scenarios as files: what is written is read back, and what cannot be read is refused in one line, with nothing half done."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pyoxigraph as ox
from hypothesis import example, given
from hypothesis import strategies as st
from real import ROOT

from comity.errors import ComityError, InputError
from comity.graph import Graph
from comity.scenario import read, side
from comity.scenario.compare import stated_on
from comity.store import EmbeddedStore
from comity.tables import METADATA, TableData, fill, metadata

TABLES = ROOT / "graph" / "tables"
DESCRIPTION = {str(t.url): t for t in metadata(TABLES / METADATA).tables}["memberships.csv"]
HEADER = [c.header for c in DESCRIPTION.tableSchema.columns if not c.virtual]
PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), min_size=1, max_size=30).filter(lambda t: t == t.strip())
DATES = st.one_of(st.just(""), st.dates().map(str), st.from_regex(r"\A(19|20)[0-9]{2}(-(0[1-9]|1[0-2]))?\Z"))
ANY = st.one_of(st.text(max_size=20), DATES, st.sampled_from(["JPN", "EU", '"', ",", ";", "\n", "\r\n", "\x00", "\ufeff", "=1+1", "party"]))
GOOD = st.fixed_dictionaries({
    "id": st.from_regex(r"\A[A-Za-z0-9]{1,6}(-[A-Za-z0-9]{1,4}){0,2}\Z"), "member_id": st.just("JPN"), "organization_id": st.just("EU"),
    "membership_status_code": st.sampled_from(["member", "observer"]), "valid_from": DATES, "valid_until": DATES,
    "source_id": st.just("gazette"), "locator": PLAIN,
    "evidence_grade": st.sampled_from(["official", "secondary"]), "recorded_on": st.dates().map(str), "retracted_on": st.just("")})
HEAD = {"table": "scenario", "id": "what-if", "title": "What if", "as_of": "2024-06-01", "summary": "Something else."}
COLUMNS = ["table", "id", "title", "as_of", "summary", "replaces", "member_id", "organization_id", "membership_status_code", "valid_from", "valid_until",
           "note"]


def text_of(rows: list[dict[str, str]], header: list[str]) -> str:
    """Return rows as CSV."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, header, restval="", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def filled(data: bytes) -> tuple[TableData, list[str]]:
    """Read a table of these bytes; return it and the faults found."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "memberships.csv"
        path.write_bytes(data)
        table = TableData("memberships", path, DESCRIPTION)
        faults, _ = fill(table)
    return table, [str(fault) for fault in faults]


@given(st.lists(GOOD, max_size=6, unique_by=lambda row: row["id"]))
def test_a_table_written_is_read_back_cell_by_cell(rows: list[dict[str, str]]) -> None:
    rows.sort(key=lambda row: row["id"])
    table, faults = filled(text_of(rows, HEADER).encode())
    assert faults == []
    assert [{name: "" if cell is None else str(cell) for name, cell in row.cells.items() if name in HEADER} for row in table.rows] == rows


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(HEADER, ANY)), min_size=1, max_size=4))
def test_a_table_of_any_cells_is_read_or_each_fault_is_told_in_a_line(rows: list[dict[str, str]]) -> None:
    table, faults = filled(text_of(rows, HEADER).encode("utf-8", "surrogatepass"))
    assert faults or len(table.rows) == len(rows)
    assert all("memberships.csv" in fault for fault in faults)


@given(st.one_of(st.binary(max_size=200), st.binary(max_size=60).map(lambda tail: ",".join(HEADER).encode() + b"\n" + tail)))
def test_a_table_of_any_bytes_is_read_or_its_faults_are_told(data: bytes) -> None:
    filled(data)


@given(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(COLUMNS, ANY)), max_size=4), st.booleans())
def test_a_scenario_of_any_cells_is_read_or_refused_in_one_line(rows: list[dict[str, str]], headed: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "what-if.csv"
        path.write_bytes(text_of([*([HEAD] if headed else []), *rows], COLUMNS).encode("utf-8", "surrogatepass"))
        try:
            overlay = read(path, TABLES)
        except InputError as error:
            assert str(error).splitlines() == [str(error)]
        else:
            assert overlay.slug == "what-if" or not headed
            assert overlay.entries


@given(st.one_of(st.binary(max_size=120), st.text(max_size=120).map(lambda t: t.encode("utf-8", "surrogatepass"))), st.sampled_from([".csv", ".ttl"]))
@example(b'"', ".csv")  # found here: an open quote in the header
def test_a_scenario_of_any_bytes_is_refused_in_one_line(data: bytes, suffix: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"what-if{suffix}"
        path.write_bytes(data)
        try:
            read(path, TABLES)
        except InputError as error:
            assert str(error).splitlines() == [str(error)]
        else:
            raise AssertionError("chance wrote a scenario")


@given(st.fixed_dictionaries({"id": ANY, "member_id": st.sampled_from(["JPN", "EU", "NOBODY", ""]), "organization_id": st.sampled_from(["EU", "g7", "x"]),
                              "membership_status_code": st.sampled_from(["member", "observer", "friend"]), "valid_from": ANY, "valid_until": DATES,
                              "replaces": st.sampled_from(["", "EU-GBR", "nothing"])}))
def test_a_scenario_is_stated_whole_or_not_at_all_and_the_graph_stays(small: Graph, row: dict[str, str]) -> None:
    assert isinstance(small.store, EmbeddedStore)
    before = len(small.store.store)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "what-if.csv"
        path.write_bytes(text_of([HEAD, {"table": "memberships", **row}], COLUMNS).encode("utf-8", "surrogatepass"))
        try:
            overlay = read(path, small.layout.tables)
            stated = stated_on(overlay, side(small.store, small.layout, overlay.as_of))
        except ComityError as error:
            assert str(error).splitlines() == [str(error)]
        else:
            assert {q.graph_name for q in stated.quads} == {ox.NamedNode(overlay.graph)}
    assert len(small.store.store) == before
