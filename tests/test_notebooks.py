"""Notebooks and snippets of the documents run with the tools that their readers use."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from conftest import serving
from nbclient import NotebookClient
from real import ROOT, built
from servers import oxigraph

NOTEBOOKS = ROOT / "docs" / "notebooks"
OWN = """<http://example.org/a> <http://example.org/code> "JPN" ; <http://example.org/offices> 3 .
<http://example.org/b> <http://example.org/code> "DEU" ; <http://example.org/offices> 2 ."""
quiet = pytest.mark.filterwarnings("ignore")


def _run(name: str) -> nbformat.NotebookNode:
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    return NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}).execute()


def test_notebooks_are_kept_without_output() -> None:
    for path in NOTEBOOKS.glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells), path.name


@quiet
@pytest.mark.gate
@pytest.mark.parametrize("name", ["scholar", "analyst"])
def test_a_notebook_runs(name: str) -> None:
    built()
    assert _run(name).cells[-1].source


@quiet
@pytest.mark.gate
def test_the_mash_up_runs_with_a_server_of_the_users_own(quads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "own.ttl"
    data.write_text(OWN, encoding="utf-8")
    with oxigraph(data, tmp_path / "own") as own, serving("--data", str(quads), "--service", own) as address:
        monkeypatch.setenv("OWN", own)
        monkeypatch.setenv("COMITY", f"{address}/sparql")
        _run("mashup")


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
def test_the_snippet_of_javascript_runs(served: str, tmp_path: Path) -> None:
    text = (ROOT / "docs" / "javascript.md").read_text(encoding="utf-8")
    script = tmp_path / "snippet.mjs"
    snippets = re.findall(r"```js\n(.*?)```", text, re.DOTALL)
    assert len(snippets) == 1
    script.write_text(f"const address = {served!r};\n{snippets[0]}", encoding="utf-8")
    done = subprocess.run(["node", str(script)], capture_output=True, text=True, timeout=30, check=True)
    assert "Singapore" in done.stdout
