"""The lock agrees with the project, names no host, has a hash for all, and each dependency that is no longer released has a reason."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from real import ROOT

from soak.supply import REASONS, direct, pinned

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
WANTED = {"run": PROJECT["dependencies"]} | {name: [*PROJECT["dependencies"], *EXTRAS[name]] for name in ("dev", "scale", "soak")}


@pytest.mark.parametrize("name", WANTED)
def test_each_dependency_is_locked_at_a_version_that_the_project_admits(name: str) -> None:
    text = (ROOT / "locks" / f"{name}.lock").read_text(encoding="utf-8")
    locked = [(canonicalize_name(n), Version(v)) for n, v in re.findall(r"^([\w.-]+)==([\w.!+-]+)", text, re.MULTILINE)]
    for line in WANTED[name]:
        wanted = Requirement(line)
        versions = [version for found, version in locked if found == canonicalize_name(wanted.name)]
        assert versions, f"{line} is not locked; run: make locks"
        assert all(wanted.specifier.contains(version, prereleases=True) for version in versions), f"{line} is locked at {versions}; run: make locks"


@pytest.mark.parametrize("name", WANTED)
def test_a_lock_has_a_hash_for_each_package_and_names_no_host(name: str) -> None:
    text = (ROOT / "locks" / f"{name}.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block.partition("\n")[0]


def test_the_page_of_dependencies_tells_of_each_and_why_those_not_released_of_late_are_kept() -> None:
    rows = dict(re.findall(r"^\| ([\w.-]+) \| (.*) \|$", (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8"), re.MULTILINE))
    locked = pinned()
    for name in direct():
        version, licence, fresh, reason = (cell.strip() for cell in rows[name].split("|"))
        assert version == locked[name], f"{name}: run: make supply"
        assert licence not in ("", "not said", "not installed here")
        assert fresh == "yes" or reason == REASONS[name]
    assert not REASONS.keys() - set(direct())
