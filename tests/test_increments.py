"""A build from the last one gives the same bytes, and a check the same faults, as one that starts afresh."""

from __future__ import annotations

import csv
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from comity import build as building
from comity.build import _inputs, build, prepare
from comity.errors import FaultsFound
from comity.settings import Layout, layout
from comity.snapshot import CURRENT, MANIFEST, QUADS, STORE

Rows = list[dict[str, str]]


@pytest.fixture
def project(checkout: Layout, built: Path) -> Layout:
    """Return a small project with a finished build, which the test may change."""
    shutil.rmtree(checkout.build, ignore_errors=True)
    shutil.copytree(built, checkout.build, symlinks=True)
    return checkout


def _change(places: Layout, table: str, act: Callable[[Rows], Rows]) -> None:
    path = places.tables / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, names = list(reader), reader.fieldnames or []
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(act(rows), key=lambda row: row["id"]))


def _set(identifier: str, **cells: str) -> Callable[[Rows], Rows]:
    return lambda rows: [{**row, **cells} if row["id"] == identifier else row for row in rows]


def _copy(identifier: str, **cells: str) -> Callable[[Rows], Rows]:
    return lambda rows: [*rows, *({**row, **cells} for row in rows if row["id"] == identifier)]


def _drop(identifier: str) -> Callable[[Rows], Rows]:
    return lambda rows: [row for row in rows if row["id"] != identifier]


def _files(folder: Path) -> dict[str, bytes | dict[str, object]]:
    files: dict[str, bytes | dict[str, object]] = {p.name: p.read_bytes() for p in (folder / CURRENT).iterdir() if p.is_file()}
    files[MANIFEST] = {k: v for k, v in json.loads((folder / MANIFEST).read_text(encoding="utf-8")).items() if k != "seconds"}
    files[STORE] = b"".join(sorted((ox.Store.read_only(str(folder / CURRENT / STORE)).dump(format=ox.RdfFormat.N_QUADS) or b"").splitlines(keepends=True)))
    return files


#: what a curator does to a table
EDITS: dict[str, tuple[str, Callable[[Rows], Rows]]] = {
    "a label": ("actors", _set("JPN", label_fr="Le Japon")),
    "a note": ("participations", _set("harbour-agreement-USA", note="Withdrew in 2021")),
    "a date": ("participations", _set("harbour-agreement-JPN", valid_from="2019-01-15")),
    "a date that opens": ("participations", _set("harbour-agreement-USA", valid_until="")),
    "a day of recording": ("memberships", _set("EU-DEU", recorded_on="2024-02-01")),
    "a retraction": ("memberships", _set("g7-JPN", retracted_on="2024-05-01")),
    "a new row": ("memberships", _copy("g7-JPN", id="g7-DEU", member_id="DEU")),
    "a row less": ("memberships", _drop("g7-USA")),
    "a thing of another class": ("actors", _set("deepseek", class_code="Firm")),
    "a law's event": ("events", _set("eu-data-law-in-force", occurred_on="2018-05")),
    "an end of a law": ("events", _drop("usa-list-order-replaced")),
    "a source": ("sources", _set("newspaper", title="Another newspaper")),
    "a new thing": ("actors", _copy("JPN", id="NZL", label_en="New Zealand", label_zh="新西兰", iso_alpha2="NZ", iso_alpha3="NZL", m49="554", wikidata="",
                                    dpv="", eu_authority="", label_fr="", label_es="", label_ar="", label_ru="", alt_labels="")),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try some of the edits alone, in the long form every one; all are made one after the other below."""
    if "edit" in metafunc.fixturenames:
        every = sorted(EDITS)
        metafunc.parametrize("edit", every if metafunc.config.getoption("--long") else random.Random(3).sample(every, 5))


def test_a_build_after_a_change_has_the_bytes_of_one_that_starts_afresh(project: Layout, tmp_path: Path, edit: str) -> None:
    table, act = EDITS[edit]
    before = (project.tables / f"{table}.csv").read_bytes()
    _change(project, table, act)
    assert (project.tables / f"{table}.csv").read_bytes() != before
    prepared = build(project)
    assert prepared.base is not None
    assert prepared.change.subjects
    build(project, tmp_path / "afresh", afresh=True)
    assert _files(project.build) == _files(tmp_path / "afresh")


def test_many_changes_one_after_the_other_end_where_one_build_does(project: Layout, tmp_path: Path) -> None:
    names = random.Random(7).sample(sorted(EDITS), len(EDITS))
    for name in names:
        _change(project, *EDITS[name])
        build(project)
    build(project, tmp_path / "afresh", afresh=True)
    assert _files(project.build) == _files(tmp_path / "afresh")


@pytest.fixture(scope="module")
def dated(pristine: Layout, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes | dict[str, object]]:
    """Return the files of a build that starts afresh after the change of a date."""
    root = tmp_path_factory.mktemp("dated")
    shutil.copytree(pristine.ontology.parent, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("build"))
    places = layout(root)
    _change(places, *EDITS["a date"])
    build(places, afresh=True)
    return _files(places.build)


@pytest.mark.parametrize("spoil", [lambda p: p.write_bytes(p.read_bytes()[:-500]), lambda p: p.unlink(), lambda p: p.write_bytes(b"")])
def test_a_dump_that_is_torn_is_not_built_on(project: Layout, dated: dict[str, bytes | dict[str, object]], spoil: Callable[[Path], None]) -> None:
    spoil(project.build / CURRENT / "comity.ttl")
    _change(project, *EDITS["a date"])
    prepared = build(project)
    assert prepared.base is not None
    assert _files(project.build) == dated


def test_a_change_and_its_undoing_end_where_they_began(project: Layout, built: Path) -> None:
    text = (project.tables / "participations.csv").read_bytes()
    _change(project, *EDITS["a date"])
    build(project)
    (project.tables / "participations.csv").write_bytes(text)
    build(project)
    assert _files(project.build) == _files(built)


#: faults that a change makes, also in rows that it does not touch: (table, change, files in which faults are found)
FAULTS: dict[str, tuple[str, Callable[[Rows], Rows], set[str]]] = {
    "a shape of the row": ("positions", _set("hill-declaration-USA", towards_issue_code="data-privacy"), {"positions.csv"}),
    "a class that others count on": ("instruments", _set("harbour-agreement", class_code="Statute"), {"participations.csv"}),
    "a rule between rows": ("memberships", _copy("g7-JPN", id="g7-JPN-2"), {"memberships.csv"}),
    "an end before the start": ("measures", _set("deu-app-ban-2023", valid_until="2023-01-01"), {"measures.csv"}),
    "a reference to nothing": ("actors", _drop("KOR"), {"participations.csv"}),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_check_after_a_change_finds_the_faults_of_one_that_starts_afresh(project: Layout, name: str) -> None:
    table, act, files = FAULTS[name]
    _change(project, table, act)
    found = prepare(project, folder=project.build)
    assert found.faults == prepare(project).faults
    assert files <= {f.file for f in found.faults}
    with pytest.raises(FaultsFound):
        build(project)


def test_a_fault_that_stays_is_found_again_and_one_that_is_mended_is_gone(project: Layout) -> None:
    text = (project.tables / "positions.csv").read_bytes()
    _change(project, *FAULTS["a shape of the row"][:2])
    for _ in range(2):
        with pytest.raises(FaultsFound):
            build(project)
    (project.tables / "positions.csv").write_bytes(text)
    assert build(project).faults == []


def test_nothing_changed_writes_nothing(project: Layout) -> None:
    before = {p: p.stat().st_mtime_ns for p in (project.build / CURRENT).rglob("*")}
    assert build(project).change.subjects == set()
    assert {p: p.stat().st_mtime_ns for p in (project.build / CURRENT).rglob("*")} == before


def test_only_what_a_change_touches_is_done_again(project: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    lifted: list[set[str]] = []
    real = building.lift
    monkeypatch.setattr(building, "lift", lambda tables, declared: lifted.append(set(tables)) or real(tables, declared))
    _change(project, *EDITS["a label"])
    prepared = build(project)
    assert lifted == [{"actors"}]
    assert prepared.change.subjects >= {b"<https://w3id.org/comity/id/actor/JPN>"}
    touched = {graph for graph, lines in prepared.change.added.items() if lines}
    assert touched == {"https://w3id.org/comity/graph/actors", "https://w3id.org/comity/graph/dataset"}


@pytest.mark.parametrize("spoil", [
    lambda p: (p.build / CURRENT / QUADS).write_bytes(b"torn"),
    lambda p: (p.build / CURRENT / MANIFEST).write_text("{}", encoding="utf-8"),
    lambda p: shutil.rmtree((p.build / CURRENT).resolve()),
    lambda p: (p.ontology / "rules" / "known.rq").write_bytes((p.ontology / "rules" / "known.rq").read_bytes() + b"# more\n"),
    lambda p: (p.ontology / "shapes" / "actors.ttl").write_bytes((p.ontology / "shapes" / "actors.ttl").read_bytes() + b"# more\n"),
], ids=["torn quads", "foreign manifest", "no version", "another rule", "another shape"])
def test_a_base_that_cannot_be_trusted_is_not_used(project: Layout, built: Path, tmp_path: Path, spoil: Callable[[Layout], None]) -> None:
    before = _inputs(project)["ontology"]
    spoil(project)
    assert build(project).base is None
    if _inputs(project)["ontology"] == before:
        assert _files(project.build) == _files(built)
    else:
        build(project, tmp_path / "afresh", afresh=True)
        assert _files(project.build) == _files(tmp_path / "afresh")


def test_a_new_fault_query_is_asked_of_rows_that_did_not_change(project: Layout) -> None:
    path = project.queries / "checks" / "odd-bloc.rq"
    path.write_text('#+ problem: x\n#+ solution: Mend it.\nSELECT ?row ?column ?detail { ?row a <https://w3id.org/comity/ns#Bloc> '
                    'BIND("id" AS ?column) BIND("odd" AS ?detail) }', encoding="utf-8")
    with pytest.raises(FaultsFound, match="odd-bloc"):
        build(project)
