"""A build that is killed, or that the disk has no room for, leaves the build before it whole; the next build then succeeds.

The short form kills at a few moments, the long one (`make soak`) at sixty; both are spread over the whole build.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from comity.build import build
from comity.settings import Layout
from comity.snapshot import CURRENT, VERSIONS, find
from comity.store import open_snapshot

#: builds the checkout of the first argument into the folder of the second, and says when it begins
_BUILDER = """
import resource, signal, sys
from pathlib import Path
from comity.build import build
from comity.errors import ComityError
from comity.settings import layout
most = int(sys.argv[3])
if most:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
print("go", flush=True)
try:
    build(layout(Path(sys.argv[1])), Path(sys.argv[2]), lambda stage: print(stage, flush=True))
except ComityError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


@pytest.fixture(scope="module")
def changed(pristine: Layout, built: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, set[str]]:
    """Return a checkout in which a row changed, the build before the change, and the versions of before and after."""
    root = tmp_path_factory.mktemp("changed")
    shutil.copytree(pristine.ontology.parent, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("build"))
    table = root / "graph" / "tables" / "actors.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",Japan,", ",Japan (changed),"), encoding="utf-8")
    after = build(Layout(root / "ontology", root / "graph" / "tables", root / "queries", root / "build", root / "docs")).version
    shutil.rmtree(root / "build")
    before = find(built).version
    assert before != after
    return root, built, {before, after}


def _begin(root: Path, folder: Path, most: int = 0, *before: str) -> subprocess.Popen[str]:
    process = subprocess.Popen([*before, sys.executable, "-c", _BUILDER, str(root), str(folder), str(most)],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    assert process.stdout is not None
    assert process.stdout.readline() == "go\n"
    return process


def _answers(folder: Path) -> str:
    """Return the version that counts in `folder`, which must be whole: its quads are counted and its bytes are hashed."""
    snapshot = find(folder)
    snapshot.packed()
    for memory in (True, False):
        store = open_snapshot(folder, {}, memory=memory)
        assert len(store.store) == snapshot.manifest["quads"]
    return snapshot.version


def _bytes(folder: Path) -> dict[Path, bytes]:
    """Return what a build gives: not its lock, nor the tables that it read and keeps by their hash, which are judged when read again."""
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path: (folder / path).read_bytes() for path in files if path.name != ".lock" and path.parts[0] != ".tables"}


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_build_killed_at_any_moment_leaves_a_whole_build(changed: tuple[Path, Path, set[str]], tmp_path: Path, effort: int) -> None:
    root, before, versions = changed
    chance = random.Random(20261122)
    began = time.monotonic()
    whole = _begin(root, tmp_path / "whole")
    said, error = whole.communicate(timeout=120)
    assert (whole.returncode, error) == (0, "")
    span = time.monotonic() - began
    points = 5 if effort == 1 else 60
    seen: set[str] = set()
    for number in range(points):
        folder = tmp_path / f"build-{number}"
        shutil.copytree(before, folder, symlinks=True)
        process = _begin(root, folder)
        time.sleep(span * (number + chance.random()) / points)
        process.kill()
        reached = process.communicate(timeout=60)[0].splitlines()
        seen |= set(reached)
        assert _answers(folder) in versions
        if number % 4 == 0:  # the next build finds what the killed one left, and clears it away
            assert _begin(root, folder).communicate(timeout=120)[1] == ""
            assert _answers(folder) == next(iter(versions - {find(before).version}))
            assert [path.name for path in (folder / VERSIONS).glob(".*")] == []
        shutil.rmtree(folder)
    assert len(seen) > 2, f"the kills came too early to mean much: {sorted(seen)} of {said.splitlines()}"


@pytest.mark.parametrize("share", [0, .1, .5, .9])
def test_a_disk_without_room_is_one_line_and_leaves_the_build_before(changed: tuple[Path, Path, set[str]], tmp_path: Path, share: float) -> None:
    root, before, _ = changed
    folder = tmp_path / "build"
    shutil.copytree(before, folder, symlinks=True)
    held = _bytes(folder)
    largest = max(path.stat().st_size for path in (folder / CURRENT).resolve().iterdir() if path.is_file())
    process = _begin(root, folder, max(1, int(share * largest)))
    error = process.communicate(timeout=120)[1]
    assert process.returncode == 2, error
    assert "Traceback" not in error
    assert len(error.splitlines()) == 1
    assert _answers(folder) == find(before).version
    assert _bytes(folder) == held


def test_a_folder_that_may_only_be_read_is_one_line(changed: tuple[Path, Path, set[str]], tmp_path: Path) -> None:
    root, before, _ = changed
    folder = tmp_path / "build"
    shutil.copytree(before, folder, symlinks=True)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444, follow_symlinks=True)
    # root may write everywhere unless it gives that power up
    drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    process = _begin(root, folder, 0, *drop)
    error = process.communicate(timeout=120)[1]
    assert (process.returncode, len(error.splitlines())) == (2, 1), error
    assert "cannot be written (Permission denied)" in error
    assert _answers(folder) == find(before).version


@pytest.mark.parametrize("seconds", [-10**9, 10**9])
def test_a_clock_that_moved_changes_nothing_in_a_build(pristine: Layout, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + seconds)
    folder = tmp_path / "build"
    shutil.copytree(built, folder, symlinks=True)
    for path in folder.rglob("*"):
        os.utime(path, (now() + seconds, now() + seconds), follow_symlinks=False)
    assert build(pristine, folder).version == find(built).version
    assert build(pristine, tmp_path / "afresh").version == find(built).version
    assert (tmp_path / "afresh" / CURRENT / "comity.nq.gz").read_bytes() == (built / CURRENT / "comity.nq.gz").read_bytes()
