"""What must not change an answer of the library does not: the names of rows and with them their order, facts about others, and a clock set to now.

Nothing here knows a right answer; each test compares two answers that must be the same.
"""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from test_queries import CASES

from comity.build import prepare
from comity.graph import Graph
from comity.settings import Layout, layout
from comity.store import EmbeddedStore
from comity.vocabulary import ID, prefixes

#: tables whose rows nothing else names
LEAVES = ("assignments", "availabilities", "designations", "memberships", "participations", "positions", "roles", "second_codings", "supervisions")
#: queries that count over all there is
COUNTS = {"provenance/evidence-grades", "provenance/rows-by-grade", "coverage/by-year", "coverage/by-region", "coverage/by-language", "provenance/tables"}
Rows = list[dict[str, str]]


def _altered(pristine: Layout, root: Path, change: Callable[[str, Rows], Rows]) -> Graph:
    """Return the graph of the small project after `change` of the rows of each table."""
    shutil.copytree(pristine.ontology.parent, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("build"))
    places = layout(root)
    for path in sorted(places.tables.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows, names = list(reader), reader.fieldnames or []
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(sorted(change(path.stem, rows), key=lambda row: row["id"]))
    prepared = prepare(places)
    assert prepared.faults == []
    return Graph(EmbeddedStore(prepared.store, prefixes(places.ontology)), places)


def _new(name: str) -> str:
    return "r" + hashlib.sha256(name.encode()).hexdigest()[:12]


@pytest.fixture(scope="module")
def renamed(pristine: Layout, tmp_path_factory: pytest.TempPathFactory) -> tuple[Graph, dict[str, str]]:
    """Return the small graph with rows of other names, in another order, and the old name of each."""
    old: dict[str, str] = {}

    def change(table: str, rows: Rows) -> Rows:
        if table not in LEAVES:
            return rows
        old.update({_new(row["id"]): row["id"] for row in rows})
        return [{**row, "id": _new(row["id"])} for row in rows]

    return _altered(pristine, tmp_path_factory.mktemp("renamed"), change), old


@pytest.fixture(scope="module")
def extended(pristine: Layout, tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """Return the small graph with two organisations more, one a member of the other, by a source of their own."""
    def change(table: str, rows: Rows) -> Rows:
        first = next(iter(rows), {})
        if table == "sources":
            return [*rows, {**first, "id": "unrelated-page", "title": "Unrelated page", "url": "https://example.org/unrelated"}]
        if table == "actors":
            like = next(row for row in rows if row["id"] == "g7")
            bare = dict.fromkeys(like, "") | {k: like[k] for k in ("class_code", "recorded_on", "evidence_grade", "locator")}
            made = [{**bare, "id": f"unrelated-{n}", "label_en": f"Unrelated {n}", "label_zh": f"無關 {n}", "source_id": "unrelated-page"} for n in "ab"]
            return [*rows, *made]
        if table == "memberships":
            return [*rows, {**first, "id": "unrelated-a-b", "member_id": "unrelated-a", "organization_id": "unrelated-b", "source_id": "unrelated-page"}]
        return rows

    return _altered(pristine, tmp_path_factory.mktemp("extended"), change)


def _answer(graph: Graph, name: str, values: dict[str, str], spell: Callable[[str], str] = str) -> Counter[tuple[str, ...]]:
    """Return the rows; what order leaves open and the names of derivations, which are made from those of rows, do not count."""
    def plain(cell: object) -> str:
        text = re.sub(r"id/derivation/\w+", "id/derivation/x", spell(str(cell)))
        return "; ".join(sorted(text.split("; ")))

    return Counter(tuple("" if cell is None else plain(cell) for cell in row) for row in graph.ask(name, **values).cells)


@pytest.mark.parametrize(("name", "values"), CASES.items(), ids=CASES)
def test_names_and_order_of_rows_change_no_answer(small: Graph, renamed: tuple[Graph, dict[str, str]], name: str, values: dict[str, str]) -> None:
    graph, old = renamed

    def spell(cell: str) -> str:
        for new, before in old.items():
            cell = cell.replace(new, before)
        return cell

    assert _answer(graph, name, values, spell) == _answer(small, name, values)


@pytest.mark.parametrize(("name", "values"), [(n, v) for n, v in CASES.items() if n not in COUNTS], ids=[n for n in CASES if n not in COUNTS])
def test_a_fact_about_others_changes_no_answer(small: Graph, extended: Graph, name: str, values: dict[str, str]) -> None:
    kept = Counter({row: n for row, n in _answer(extended, name, values).items() if "nrelated" not in " ".join(row)})
    assert kept == _answer(small, name, values)


@pytest.mark.parametrize(("name", "values"), CASES.items(), ids=CASES)
def test_known_now_is_as_known_at_all(small: Graph, name: str, values: dict[str, str]) -> None:
    now, always = ({**values, "known_on": day} for day in ("2999-01-01", "latest"))
    assert _answer(small, name, now) == _answer(small, name, always)


def test_a_row_named_anew_is_the_same_row(small: Graph, renamed: tuple[Graph, dict[str, str]]) -> None:
    graph, old = renamed
    new = _new("harbour-agreement-JPN")
    before, after = small.describe(f"{ID}participation/harbour-agreement-JPN"), graph.describe(f"{ID}participation/{new}")
    assert old[new] == "harbour-agreement-JPN"
    assert {(s.predicate, s.value) for s in before.statements} == {(s.predicate, s.value) for s in after.statements}
