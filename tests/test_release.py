"""Releases: wheel, dumps, tables and their descriptions, read back by other tools, with the same bytes twice."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import frictionless
import pyoxigraph as ox
import pytest
import yaml
from real import ROOT
from rocrate.rocrate import ROCrate
from starlette.testclient import TestClient

from comity.api.app import create_app
from comity.build import build
from comity.errors import InputError
from comity.graph import Graph
from comity.release.crate import SUMS, sums, zenodo
from comity.release.folder import release
from comity.release.tables import database, package
from comity.settings import Layout, layout
from comity.store import open_snapshot
from comity.vocabulary import prefixes


@pytest.fixture(scope="module")
def places(pristine: Layout, tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """Return a copy of the small project with its graph built."""
    folder = tmp_path_factory.mktemp("release")
    shutil.copytree(pristine.ontology.parent, folder, dirs_exist_ok=True)
    shutil.copy(ROOT / "CITATION.cff", folder)
    made = layout(folder)
    build(made)
    return made


@pytest.fixture(scope="module")
def files(places: Layout) -> dict[str, bytes]:
    return release(places, prefixes(places.ontology))


def test_the_same_build_gives_the_same_bytes(places: Layout, files: dict[str, bytes]) -> None:
    assert release(places, prefixes(places.ontology)) == files


def test_the_database_has_every_row_with_keys_that_hold(places: Layout, tmp_path: Path) -> None:
    (tmp_path / "comity.sqlite").write_bytes(database(places))
    connection = sqlite3.connect(tmp_path / "comity.sqlite")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        with (places.tables / "participations.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert connection.execute("SELECT id, participant_id, coalesce(valid_from, '') FROM participations ORDER BY id").fetchall() == sorted(
            (r["id"], r["participant_id"], r["valid_from"]) for r in rows)
        title = connection.execute("SELECT s.title FROM recognitions r JOIN sources s ON s.id = r.source_id WHERE r.id = 'EU-JPN-2019'").fetchone()
        assert title[0]
    finally:
        connection.close()


def test_a_table_that_was_changed_after_the_build_is_refused(places: Layout, tmp_path: Path) -> None:
    shutil.copytree(places.ontology.parent, tmp_path, dirs_exist_ok=True, symlinks=True)
    other = layout(tmp_path)
    path = other.tables / "lists.csv"
    path.write_text("x" + path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(InputError, match=r"lists.csv:1: has other columns than the build; run: comity build"):
        database(other)


def test_the_package_of_tables_is_valid_for_frictionless(places: Layout, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(package(places))) as archive:
        assert {m.date_time for m in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None
        archive.extractall(tmp_path)
    assert (tmp_path / "csvw-metadata.json").is_file()
    described = frictionless.Package(str(tmp_path / "datapackage.json"))
    names = ("actors", "sources", "recognitions")
    for name in names:
        assert described.get_resource(name).read_rows()


def test_the_crate_lists_every_file_with_its_checksum(files: dict[str, bytes], tmp_path: Path) -> None:
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    crate = ROCrate(str(tmp_path))
    listed = {e.id: e for e in crate.data_entities}
    assert set(listed) == set(files) - {"ro-crate-metadata.json", SUMS}
    assert all(e["sha256"] == hashlib.sha256(files[name]).hexdigest() for name, e in listed.items())
    assert crate.license["@id"] if isinstance(crate.license, dict) else crate.license.id == "https://creativecommons.org/licenses/by/4.0/"
    assert str(crate.datePublished).startswith(str(yaml.safe_load(files["CITATION.cff"])["date-released"]))


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_the_checksums_are_those_of_the_usual_tool(files: dict[str, bytes], tmp_path: Path) -> None:
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    assert subprocess.run(["sha256sum", "--check", "--strict", "--quiet", SUMS], cwd=tmp_path, check=False).returncode == 0
    assert sums({"a": b"x"}) != sums({"a": b"y"})


@pytest.mark.parametrize(("name", "form"), [("comity.nq.gz", ox.RdfFormat.N_QUADS), ("comity.trig.gz", ox.RdfFormat.TRIG)])
def test_the_dumps_hold_the_whole_graph(places: Layout, files: dict[str, bytes], name: str, form: ox.RdfFormat) -> None:
    read = ox.Store()
    read.load(gzip.decompress(files[name]), format=form)
    assert set(read) == set(open_snapshot(places.build, {}, memory=True).store)


def test_metadata_for_zenodo_says_what_the_citation_says() -> None:
    text = (ROOT / "CITATION.cff").read_bytes()
    said = json.loads(zenodo(text, "1.0"))
    assert said["title"] == yaml.safe_load(text)["title"]
    assert (said["license"], said["version"], said["upload_type"]) == ("cc-by-4.0", "1.0", "dataset")
    assert (ROOT / ".zenodo.json").read_bytes() == zenodo(text, str(yaml.safe_load(text)["version"])), "write it anew from CITATION.cff"
    for broken in (b"title: x", b"- x", b"title: ["):
        with pytest.raises(InputError, match=r"CITATION\.cff"):
            zenodo(broken, "1.0")


def test_a_server_lists_the_files_and_gives_them_with_their_checksum(places: Layout) -> None:
    graph = Graph(open_snapshot(places.build, prefixes(places.ontology), memory=True), places)
    with TestClient(create_app(graph)) as client:
        page = client.get("/dumps/").text
        for name, data in (("comity.sqlite", database(places)), ("comity-tables.zip", package(places))):
            assert f'href="/dumps/{name}"' in page
            reply = client.get(f"/dumps/{name}")
            assert reply.content == data
            assert reply.headers["repr-digest"].startswith("sha-256=:")
        assert client.get("/dumps/nothing.zip").status_code == 404
        assert client.get("/dumps/comity.docx").status_code == 404


def test_wheel_and_source_archive_have_the_same_bytes_twice_and_the_wheel_carries_the_graph(tmp_path: Path) -> None:
    made = [_packed(tmp_path / name) for name in ("one", "two")]
    assert made[0] == made[1]
    wheel = next(p for p in (tmp_path / "one").iterdir() if p.suffix == ".whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        assert {"comity/data/build/comity.nq.gz", "comity/data/build/datapackage.json", "comity/data/CITATION.cff", "comity/py.typed"} <= names
        assert json.loads(archive.read("comity/data/build/manifest.json"))["seconds"] == {}


def _packed(folder: Path) -> dict[str, str]:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1577836800"}
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(folder)], cwd=ROOT, env=environment, check=True,
                   capture_output=True)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}
