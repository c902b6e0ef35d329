"""Figures of coverage: what they count on the small graph, the page that holds those of the real one, and the command."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from real import ROOT, built

from comity.cli.main import run
from comity.graph import Graph
from comity.site import coverage
from comity.site.coverage import MARK, OTHERS, Table, figures, markdown, text

PAGE = ROOT / "docs" / "coverage.md"


@cache
def real() -> list[Table]:
    """Return the figures of the built graph, counted once for the tests that run in one process for that."""
    return figures(built())


def _table(graph: Graph, title: str) -> Table:
    return next(t for t in figures(graph) if t.title == title)


def test_rows_are_counted_by_table_and_grade(small: Graph) -> None:
    rows = {row[0]: row[1:] for row in _table(small, "Rows by table and evidence").rows}
    assert rows["supervisions"] == ("4", "2", "2", "0", "100.0 %")
    total, official, secondary, recalled = (int(c) for c in rows["all"][:4])
    assert total == official + secondary + recalled == sum(int(counts[0]) for name, counts in rows.items() if name != "all")
    assert rows["all"][4] == f"{100 * (total - recalled) / total:.1f} %"


def test_states_of_a_group_are_those_that_are_members_on_the_day(small: Graph) -> None:
    rows = {row[0]: row for row in _table(small, "States by group").rows}
    assert rows["EU"][1:4] == ("2", "0", "0")
    assert rows["EU"][5] == "DEU, FRA"


def test_years_before_2015_stand_together_by_decade(small: Graph) -> None:
    names = [row[0] for row in _table(small, "Policy documents by the year of their first dated event").rows]
    assert "2016" in names
    assert all(name == "without a date" or len(name) == 4 or name[5:7] == "to" for name in names)


def test_shares_of_paradigms_add_up_within_a_scheme(small: Graph) -> None:
    rows = _table(small, "Paradigms").rows
    assert {row[0] for row in rows} == {"digital-empires", "oecd", "wic"}
    for scheme in ("digital-empires", "oecd", "wic"):
        assert sum(float(row[3].split()[0]) for row in rows if row[0] == scheme) == pytest.approx(100, abs=0.2)


def test_other_counts_stand_beside_ours_with_address_and_reason() -> None:
    assert all(address.startswith("https://") and reason for *_, address, reason in OTHERS)


@pytest.mark.xdist_group("coverage")
def test_the_page_holds_the_figures_of_the_graph() -> None:
    _, mark, rest = PAGE.read_text(encoding="utf-8").partition(MARK)
    assert mark, "docs/coverage.md lacks the line after which the figures stand"
    assert rest.strip() == markdown(real()).strip(), "the figures are old; run: comity coverage --out docs/coverage.md"


@pytest.mark.xdist_group("coverage")
def test_the_command_gives_text_markdown_and_json(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "figures", lambda _: real())  # the next test counts them
    assert run(["coverage"]) == 0
    assert "Policy documents by region\n" in capfd.readouterr().out
    assert run(["coverage", "--format", "md"]) == 0
    assert "\n### Paradigms\n`comity ask policy/paradigm-tally`\n\n| scheme |" in capfd.readouterr().out
    assert run(["coverage", "--format", "json"]) == 0
    assert {t["title"] for t in json.loads(capfd.readouterr().out)} >= {"Sources by language", "States by group"}


@pytest.mark.slow
def test_the_command_writes_what_follows_the_mark_and_nothing_else(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "coverage.md"
    page.write_text(f"# By hand\n{MARK}\nold figures\n", encoding="utf-8")
    assert run(["coverage", "--out", str(page)]) == 0
    written = page.read_text(encoding="utf-8")
    assert written.startswith(f"# By hand\n{MARK}\n\n### Rows by table and evidence\n")
    assert "old figures" not in written
    page.write_text("# By hand\n", encoding="utf-8")
    assert run(["coverage", "--out", str(page)]) == 2
    assert "no page with the line" in capfd.readouterr().err
    assert run(["coverage", "--out", str(tmp_path / "none.md")]) == 2


def test_text_is_aligned() -> None:
    table = Table("Title", "comity ask x", ("a", "b"), (("long", "1"), ("x", "22")), "A note.")
    assert text([table]) == "Title\na     b\nlong  1\nx     22\nA note."
