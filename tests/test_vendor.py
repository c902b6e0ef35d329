"""What the pages load from others: each file has its hash in the manifest, each package its licence, and the bundles are of their sources."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from conftest import ROOT

VENDOR = ROOT / "src" / "comity" / "site" / "static" / "vendor"
AXE = ROOT / "tests" / "browser" / "vendor"
WEB = ROOT / "web"
LICENCES = {"MIT", "ISC", "BSD-3-Clause", "Apache-2.0", "MPL-2.0", "0BSD"}


def manifest(folder: Path) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return found


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("folder", [VENDOR, AXE], ids=["pages", "tests"])
def test_every_file_has_its_hash_in_the_manifest(folder: Path) -> None:
    stated = {name: value for entry in manifest(folder).values() for name, value in entry["sha256"].items()}  # type: ignore[attr-defined]
    there = {p.relative_to(folder).as_posix(): digest(p) for p in folder.rglob("*") if p.is_file() and p.name != "manifest.json"}
    assert stated == there


@pytest.mark.parametrize("folder", [VENDOR, AXE], ids=["pages", "tests"])
def test_every_package_names_its_version_and_an_open_licence_and_brings_the_text(folder: Path) -> None:
    for name, entry in manifest(folder).items():
        assert entry["licence"] in LICENCES, name
        if name == "islands":
            continue
        assert re.fullmatch(r"\d+\.\d+\.\d+", str(entry["version"])), name
        texts = [file for file in entry["sha256"] if re.search(r"LICENSE|licences/|axe-core\.txt", file)]  # type: ignore[attr-defined]
        assert texts, name
        assert all((folder / file).stat().st_size > 200 for file in texts), name


def test_bundles_are_made_of_the_sources_that_are_here() -> None:
    names = ["build.mjs", "package.json", "package-lock.json", *(p.relative_to(WEB).as_posix() for p in sorted((WEB / "src").rglob("*.js")))]
    assert manifest(VENDOR)["islands"]["sources"] == {name: digest(WEB / name) for name in names}, "run: make web"


def test_each_bundle_lists_the_packages_that_its_sources_import() -> None:
    listed = {name for name, entry in manifest(VENDOR).items() if "in" in entry}
    imported = {m for p in (WEB / "src").rglob("*.js") for m in re.findall(r'from "((?:@[\w-]+/)?[\w-]+)[^"]*"', p.read_text(encoding="utf-8"))}
    assert imported
    assert imported <= listed


def test_versions_are_exact_and_the_lock_names_no_registry() -> None:
    wanted = json.loads((WEB / "package.json").read_text(encoding="utf-8"))
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for part in ("dependencies", "devDependencies") for version in wanted[part].values())
    lock = (WEB / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock
    for name, entry in manifest(VENDOR).items():
        if "in" in entry:
            assert json.loads(lock)["packages"][f"node_modules/{name}"]["version"] == entry["version"]


def test_no_bundle_names_another_host() -> None:
    known = {"www.w3.org", "w3id.org"}
    for path in (VENDOR / "islands").glob("*.js"):
        hosts = set(re.findall(r"https?://([\w.-]+)", path.read_text(encoding="utf-8")))
        assert hosts <= known, path.name
