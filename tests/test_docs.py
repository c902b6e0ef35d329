"""The documents say what the program does: commands, queries, columns and examples."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from comity.cli.main import _COMMANDS, run

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
METADATA = json.loads((ROOT / "graph" / "tables" / "csvw-metadata.json").read_text(encoding="utf-8"))
EXAMPLES = [line for line in README.splitlines() if line.startswith("comity ") and ">" not in line and "--out" not in line]


@pytest.mark.parametrize("line", [pytest.param(line, marks=[pytest.mark.gate] if "--draws" in line else []) for line in EXAMPLES])
def test_an_example_of_the_readme_runs(line: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(shlex.split(line)[1:]) == 0
    assert capfd.readouterr().out.strip()


def test_the_readme_has_examples() -> None:
    assert len(EXAMPLES) >= 6


@pytest.mark.parametrize("command", sorted(_COMMANDS))
def test_each_command_is_documented_in_the_readme_or_the_changelog(command: str) -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"\bcomity {command}\b|`comity build[^`]*\b{command}\b", README + changelog)


@pytest.mark.parametrize("table", METADATA["tables"], ids=lambda t: t["url"])
def test_the_codebook_names_each_column_with_its_meaning(table: dict[str, object]) -> None:
    codebook = (ROOT / "graph" / "README.md").read_text(encoding="utf-8")
    section = codebook.split(f"\n## {table['url']}\n")[1].split("\n## ")[0]
    columns = [c for c in table["tableSchema"]["columns"] if not c.get("virtual")]  # type: ignore[index]
    for column in columns:
        assert re.search(rf"\| `{column['name']}`[^|]*\|[^|]*\| {re.escape(column['dc:description'])} \|", section), column["name"]
    assert section.count("\n| `") == len(columns)


def test_nothing_in_the_repository_points_at_a_machine() -> None:
    pattern = re.compile(r"/(?:home|Users|root|work|tmp)/[a-z]")
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("src/**/*.py"), *ROOT.glob("queries/**/*.rq")]:
        assert not pattern.search(path.read_text(encoding="utf-8")), path
