"""What stands beside exported files: codebook, data package, Croissant description, and how they came to be."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from toy import ABOUT, ALL, LAYERS, ONE, TIMED

from comity.network.dataset import TIES, Dataset
from comity.network.formats import FORMATS, folder

NAMES = {"codebook.csv", "about.json", "datapackage.json", "croissant.json"}


def written(dataset: Dataset, name: str, path: Path) -> dict[str, bytes]:
    files = folder(dataset, name)
    for file, data in files.items():
        (path / file).write_bytes(data)
    return files


@pytest.mark.parametrize("name", FORMATS)
def test_every_folder_has_its_descriptions_and_they_name_each_file_with_its_hash(name: str) -> None:
    files = folder(ONE, name)
    hashes = {file: hashlib.sha256(data).hexdigest() for file, data in files.items()}
    about, package, croissant = (json.loads(files[f]) for f in ("about.json", "datapackage.json", "croissant.json"))
    assert about["sha256"] == {f: h for f, h in hashes.items() if f not in NAMES - {"codebook.csv"}}
    described = {f: h for f, h in hashes.items() if f not in ("datapackage.json", "croissant.json")}
    assert {r["path"]: r["hash"] for r in package["resources"]} == {f: f"sha256:{h}" for f, h in described.items()}
    assert {o["contentUrl"]: o["sha256"] for o in croissant["distribution"]} == described


def test_about_says_how_the_dataset_came_to_be() -> None:
    about = json.loads(folder(ONE, "csv")["about.json"])
    assert about.pop("sha256").keys() == {"toy-actors.csv", "toy-ties.csv", "codebook.csv"}
    assert about == {"name": "toy", **ABOUT}


def test_the_codebook_explains_each_column_in_order() -> None:
    rows = list(csv.DictReader(io.StringIO(folder(ONE, "csv")["codebook.csv"].decode())))
    assert [(r["table"], r["column"], r["type"], r["unit"], r["meaning"]) for r in rows] == [
        (c.table, c.name, c.type, c.unit, c.meaning) for c in ONE.columns]


def package(path: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from frictionless import Package, validate

        assert Package.metadata_validate is not None
        return validate(str(path / "datapackage.json"))


@pytest.mark.parametrize("dataset", ALL.values(), ids=ALL)
def test_a_folder_of_csv_is_a_valid_data_package(dataset: Dataset, tmp_path: Path) -> None:
    written(dataset, "csv", tmp_path)
    report = package(tmp_path)
    assert report.valid, report.flatten(["type", "message"])
    assert {task.name for task in report.tasks} >= {"actors", "ties"}


@pytest.mark.parametrize(("file", "old", "new", "kind"), [
    ("toy-ties.csv", b"EU,odd one", b"EU,nobody!", "hash-count"), ("toy-ties.csv", b"2.5", b"two", "type-error"),
    ("toy-actors.csv", b"odd one", b"DEU", "primary-key"), ("toy-ties.csv", b"EU,odd one", b"EU,nobody", "foreign-key")])
def test_the_data_package_notices_a_fault(tmp_path: Path, file: str, old: bytes, new: bytes, kind: str) -> None:
    files = written(ONE, "csv", tmp_path)
    (tmp_path / file).write_bytes(files[file].replace(old, new, 1))
    if kind != "hash-count":
        described = json.loads(files["datapackage.json"])
        for resource in described["resources"]:
            resource.pop("hash")
            resource.pop("bytes")
        (tmp_path / "datapackage.json").write_text(json.dumps(described))
    report = package(tmp_path)
    assert kind in {error[0] for error in report.flatten(["type"])}


@pytest.mark.parametrize("name", ["csv", "parquet"])
@pytest.mark.parametrize("dataset", [ONE, LAYERS, TIMED], ids=["one", "layers", "spells"])
def test_croissant_is_valid_and_its_records_are_the_rows(name: str, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(dataset, name, tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlcroissant

        croissant = mlcroissant.Dataset(jsonld=os.fspath(tmp_path / "croissant.json"))
        assert not croissant.metadata.ctx.issues.errors
        found = list(croissant.records(TIES))
    assert [(r["ties/source"], r["ties/target"]) for r in found] == [
        (str(t["source"]).encode(), str(t["target"]).encode()) for t in dataset.ties]


def test_croissant_notices_a_fault(tmp_path: Path) -> None:
    files = written(ONE, "csv", tmp_path)
    described = json.loads(files["croissant.json"])
    described["recordSet"][1]["field"][0]["source"]["fileObject"]["@id"] = "missing.csv"
    (tmp_path / "croissant.json").write_text(json.dumps(described))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlcroissant

        with pytest.raises(mlcroissant.ValidationError, match=r"missing\.csv"):
            mlcroissant.Dataset(jsonld=os.fspath(tmp_path / "croissant.json"))


def test_without_a_version_the_descriptions_have_none() -> None:
    files = folder(replace(ONE, about={}), "csv")
    assert "version" not in json.loads(files["croissant.json"])
    assert "version" not in json.loads(files["datapackage.json"])
