"""The blocks of docs/r.md run in R and find what Comity finds."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from real import ROOT

pytestmark = pytest.mark.gate
BLOCKS = re.findall(r"```r\n(.*?)```", (ROOT / "docs" / "r.md").read_text(encoding="utf-8"), re.DOTALL)


def said(code: str, **given: str) -> str:
    """Return what R prints for `code` with the texts `given`; R and its igraph may be missing on a developer's machine, but not in CI."""
    if shutil.which("Rscript") is None:
        if os.environ.get("CI"):
            pytest.fail("R must be there in CI")
        pytest.skip("R is not installed: apt-get install r-base-core r-cran-igraph")
    before = "".join(f'{name} <- "{value}"\n' for name, value in given.items())
    done = subprocess.run(["Rscript", "--vanilla", "-e", before + code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_r_reads_a_question_of_the_library_from_a_server(served: str) -> None:
    assert "Singapore" in said(BLOCKS[0], address=served)


def test_r_and_its_igraph_read_the_files_and_find_the_same_centralities(tmp_path: Path) -> None:
    for form in ("csv", "graphml"):
        subprocess.run([sys.executable, "-m", "comity", "metrics", "--layer", "agreements", "--as-of", "2024-12-31", "--format", form, "--out", str(tmp_path)],
                       cwd=ROOT, check=True, capture_output=True)
    counts = [len(list(csv.reader((tmp_path / f"agreements-{table}.csv").read_text(encoding="utf-8").splitlines()))) - 1 for table in ("actors", "ties")]
    assert said(BLOCKS[1], folder=str(tmp_path)).split()[-2:] == [str(n) for n in counts]
