"""The whole line: what a build writes, what stops it, and that nothing changes when it stops."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from comity.build import STAGES, build, prepare
from comity.errors import ComityError, FaultsFound, InputError, TableError
from comity.settings import Layout, layout
from comity.snapshot import CURRENT, MANIFEST, QUADS, VERSIONS
from comity.store import open_snapshot
from comity.tables import METADATA

FILES = {"comity.ttl", "void.ttl", "datapackage.json", MANIFEST, QUADS}
Change = Callable[[Path], None]


@pytest.fixture(scope="module")
def built(pristine: Layout, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a finished build of the small project: read it, never write to it."""
    folder = tmp_path_factory.mktemp("built")
    build(pristine, folder)
    return folder


def _bytes(folder: Path) -> dict[str, bytes]:
    """Return the files of the version that counts, without how long it took and without the engine's own store."""
    files = {p.name: p.read_bytes() for p in (folder / CURRENT).iterdir() if p.is_file()} if (folder / CURRENT).exists() else {}
    if MANIFEST in files:
        files[MANIFEST] = json.dumps({k: v for k, v in json.loads(files[MANIFEST]).items() if k != "seconds"}).encode()
    return files


def _copy(built: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(built, folder, symlinks=True)


def swap(old: str, new: str) -> Change:
    def change(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def put(data: str | bytes) -> Change:
    return lambda path: path.write_bytes(data if isinstance(data, bytes) else data.encode()) and None


def _to_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _empty(path: Path) -> None:
    shutil.rmtree(path)


T = "graph/tables/"
LIST_HEADER = "id,label_en,issued_by_id,instrument_id,source_id,locator,evidence_grade,recorded_on,retracted_on"
SHACL = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix c: <https://w3id.org/comity/ns#> .\n"

#: what is wrong: (file, change, error, what its message must say: place, fault and remedy)
BAD_INPUT: dict[str, tuple[str, Change, type[ComityError], str]] = {
    "unknown id": (T + "designations.csv", swap("USA,CHN,", "USA,CHM,"), FaultsFound,
                   "designations.csv:2: designated_id: CHM is not an id of actors.csv; did you mean CHN?"),
    "partial date outside the calendar": (T + "participations.csv", swap("2021-07-01", "2024-02-30"), FaultsFound,
                                          "participations.csv:9: valid_until: 2024-02-30 is no day of the calendar; correct it or give the month only"),
    "partial date in words": (T + "participations.csv", swap("2021-07-01", "July 2021"), FaultsFound,
                              "participations.csv:9: valid_until: invalid lexical value for string: July 2021; write YYYY-MM-DD, YYYY-MM or YYYY"),
    "day outside the calendar": (T + "participations.csv", swap("2024-01-10", "2024-02-30"), FaultsFound,
                                 "participations.csv:2: recorded_on: is no day of the calendar; write YYYY-MM-DD"),
    "day in another order": (T + "participations.csv", swap("2024-01-10", "10.1.2024"), FaultsFound,
                             "participations.csv:2: recorded_on: is no day of the calendar; write YYYY-MM-DD"),
    "missing day": (T + "lists.csv", swap("2024-01-10", ""), FaultsFound, "lists.csv:2: recorded_on: required column value is missing; write YYYY-MM-DD"),
    "missing source": (T + "designations.csv", swap(",gazette,", ",,"), FaultsFound,
                       "designations.csv:2: source_id: required column value is missing; fill the cell"),
    "missing id": (T + "sources.csv", swap("gazette,", ","), FaultsFound, "sources.csv:2: id: required column value is missing; must match "),
    "malformed id": (T + "designations.csv", swap("usa-concern-list-CHN,", "usa concern,"), FaultsFound,
                     "designations.csv:2: id: invalid lexical value for string: usa concern; must match "),
    "duplicate key": (T + "designations.csv", swap("usa-concern-list-HKG", "usa-concern-list-CHN"), FaultsFound,
                      "designations.csv:3: id: usa-concern-list-CHN stands already in line 2; ids are given once and never change"),
    "wrong encoding": (T + "lists.csv", put(f"{LIST_HEADER}\nx,é".encode("latin-1")), FaultsFound,
                       "lists.csv:2: byte 0xe9 is not UTF-8; save the file as UTF-8"),
    "carriage returns": (T + "lists.csv", swap("concern,USA", "concern\r,USA"), FaultsFound, "lists.csv:2: holds '\\r', a carriage return, byte order mark or"),
    "byte order mark": (T + "lists.csv", swap("id,label", "\ufeffid,label"), FaultsFound, "lists.csv:1: holds '\\ufeff', a carriage return, byte order mark"),
    "zero byte": (T + "lists.csv", swap("concern,USA", "concern\0,USA"), FaultsFound, "lists.csv:2: holds '\\x00', a carriage return, byte order mark or"),
    "extra column": (T + "lists.csv", swap("id,label_en", "id,colour,label_en"), FaultsFound, f"lists.csv:1: colour: header must read {LIST_HEADER}"),
    "extra column at the end": (T + "lists.csv", swap("retracted_on", "retracted_on,colour"), FaultsFound,
                                f"lists.csv:1: colour: header must read {LIST_HEADER}"),
    "missing column": (T + "lists.csv", swap(",locator", ""), FaultsFound, f"lists.csv:1: evidence_grade: header must read {LIST_HEADER}"),
    "missing last column": (T + "lists.csv", swap(",retracted_on", ""), FaultsFound, f"lists.csv:1: retracted_on: header must read {LIST_HEADER}"),
    "empty file": (T + "lists.csv", put(""), FaultsFound, f"lists.csv:1: id: header must read {LIST_HEADER}"),
    "extra cell": (T + "lists.csv", swap("usa-concern-list,", "usa-concern-list,x,"), FaultsFound,
                   "lists.csv:2: 10 cells where 9 are expected; quote cells that hold a comma"),
    "blank line": (T + "lists.csv", swap("\nusa", "\n\nusa"), FaultsFound, "lists.csv:2: 0 cells where 9 are expected"),
    "open quote": (T + "lists.csv", swap("Countries", '"Countries'), FaultsFound, "lists.csv:2: unexpected end of data; mend the quotes"),
    "blanks": (T + "lists.csv", swap("concern,USA", "concern ,USA"), FaultsFound, "lists.csv:2: label_en: has blanks around the value; remove them"),
    "unsorted rows": (T + "designations.csv", swap("usa-concern-list-CHN", "usa-concern-list-ZZZ"), FaultsFound,
                      "designations.csv:3: id: usa-concern-list-HKG stands after usa-concern-list-ZZZ; sort the rows by id"),
    "unknown code": (T + "positions.csv", swap("opposes", "dislikes"), FaultsFound,
                     "positions.csv:4: stance_code: dislikes is not in ontology/concepts/stance.ttl; use a code of that list or add it there"),
    "malformed code": (T + "positions.csv", swap("opposes", "Opposes!"), FaultsFound,
                       "positions.csv:4: stance_code: invalid lexical value for string: Opposes!; must match "),
    "unknown class": (T + "actors.csv", swap("g7,Bloc", "g7,Club"), FaultsFound,
                      "actors.csv:16: class_code: Club is no class of the ontology; use one or define it in its module"),
    "class of another table": (T + "actors.csv", swap("HKG,Territory", "HKG,Paradigm"), FaultsFound,
                               "actors.csv:7: class_code: thing-of-wrong-class: Paradigm is no kind of Actor. Use a subclass of comity:Actor"),
    "bad language": (T + "instruments.csv", swap("数据法,zh", "数据法,zh_Hans!"), FaultsFound,
                     "instruments.csv:3: label_original: zh_Hans! is no language tag; use BCP 47 such as en or zh"),
    "bad address": (T + "sources.csv", swap("org/news", "org/the news"), FaultsFound, "sources.csv:3: url: invalid lexical value"),
    "violated shape": (T + "positions.csv", swap("hill-declaration,,supports", "hill-declaration,data-privacy,supports"), FaultsFound,
                       "positions.csv:5: towards_issue_code: towards_instrument_id, towards_issue_code name one instrument or one issue."),
    "end before start": (T + "measures.csv", swap("2023-12-01", "2023-06-01"), FaultsFound, "measures.csv:4: The relation ends before it starts"),
    "table not described": (T + "extra.csv", put("id\n"), FaultsFound, f"extra.csv: is not described in {METADATA}; describe it there or remove it"),
    "missing table": (T + "lists.csv", Path.unlink, FaultsFound, "lists.csv: file is missing; restore it, with its header line at least"),
    "folder for a table": (T + "lists.csv", _to_folder, FaultsFound, "lists.csv: cannot be read (Is a directory); restore the file"),
    "missing metadata": (T + METADATA, Path.unlink, TableError, f"{METADATA}: missing; the tables cannot be read without it"),
    "folder for the metadata": (T + METADATA, _to_folder, TableError, f"{METADATA}: cannot be read (Is a directory); restore it"),
    "metadata with broken JSON": (T + METADATA, swap('"tables": [', '"tables" [\n'), TableError, f"{METADATA}:6: Expecting ':' delimiter; mend the JSON"),
    "metadata in another encoding": (T + METADATA, put(b'{"\xe9": 1}'), TableError, f"{METADATA}: no valid CSVW metadata"),
    "metadata without tables": (T + METADATA, put("{}"), TableError, f"{METADATA}: it describes no table; mend the metadata"),
    "metadata that is a list": (T + METADATA, put("[]"), TableError, f"{METADATA}: it describes no table; mend the metadata"),
    "metadata that is a text": (T + METADATA, put('"x"'), TableError, f"{METADATA}: no valid CSVW metadata"),
    "metadata with an unknown datatype": (T + METADATA, swap('"base": "date"', '"base": "dtae"'), TableError, f"{METADATA}: no valid CSVW metadata"),
    "metadata without a graph": (T + METADATA, swap('"@id": "https://w3id.org/comity/graph/lists",', ""), TableError,
                                 f"{METADATA}: lists.csv has no @id for its named graph; mend the metadata"),
    "metadata without subjects": (T + METADATA, swap('"aboutUrl": "https://w3id.org/comity/id/list/{id}",', ""), TableError,
                                  f"{METADATA}: lists.csv has no aboutUrl; mend the metadata"),
    "metadata with a key of no column": (T + METADATA, swap('{"columnReference": "list_id"', '{"columnReference": "lists_id"'), TableError,
                                         f"{METADATA}: designations.csv has no column lists_id; mend the metadata"),
    "broken module": ("ontology/actors.ttl", put("<http://a.org/b> a <http://a.org/c> .\n<http://a.org/b> a .\n"), InputError, "actors.ttl:2: "),
    "broken prefixes": ("ontology/prefixes.ttl", put("@prefix"), InputError, "prefixes.ttl:1: "),
    "no ontology": ("ontology", _empty, InputError, "ontology: no ontology here; run the command from a checkout or install the package again"),
    "broken shape file": ("ontology/shapes/actors.ttl", put("@prefix a: <http://a.org/> .\na:b a:c"), InputError, "actors.ttl:2: "),
    "shape file in another encoding": ("ontology/shapes/actors.ttl", put(b'<http://a.org/b> <http://a.org/c> "\xe9" .'), InputError, "actors.ttl:1: "),
    "malformed shape": ("ontology/shapes/actors.ttl", put(f'{SHACL}c:S sh:targetClass c:Actor ; sh:property [ sh:path c:x ; sh:minCount "m" ] .'),
                        InputError, "shapes: MinCountConstraintComponent sh:minCount must be a literal with datatype xsd:integer"),
    "no shapes": ("ontology/shapes", _empty, InputError, "shapes: no shapes here; run the command from a checkout or install the package again"),
    "broken rule": ("ontology/rules/known.rq", put("CONSTRUCT { ?s ?p ?o }\nWHERE {"), InputError, "known.rq:2: "),
    "rule that selects": ("ontology/rules/known.rq", put("SELECT * { ?s ?p ?o }"), InputError, "known.rq: a rule is a CONSTRUCT query; write it as one"),
    "rule in another encoding": ("ontology/rules/known.rq", put(b"# \xe9\nCONSTRUCT WHERE { ?s ?p ?o }"), InputError, "known.rq: 'utf-8' codec can't decode"),
    "rule that makes blank nodes": ("ontology/rules/known.rq", put("CONSTRUCT { ?s <http://a.org/p> [] } WHERE { ?s a <https://w3id.org/comity/ns#Bloc> }"),
                               InputError, "derives a blank node, which nobody could cite; give each thing an IRI"),
    "no rules": ("ontology/rules", _empty, InputError, "rules: no rules here; run the command from a checkout or install the package again"),
    "broken fault query": ("queries/checks/claim-without-page.rq", put("SELECT ?row\nWHERE {"), InputError, "claim-without-page.rq:2: "),
    "fault query that asks": ("queries/checks/claim-without-page.rq", put("ASK {}"), InputError,
                              "claim-without-page.rq: a fault query is a SELECT of ?row ?column ?detail; write it as one"),
    "fault query that binds too little": ("queries/checks/claim-without-page.rq", put("SELECT ?row { ?row a ?class }"), InputError,
                                          "claim-without-page.rq: a row lacks ?row, ?column or ?detail; bind all three"),
    "fault query in another encoding": ("queries/checks/claim-without-page.rq", put(b"# \xe9\nASK {}"), InputError,
                                        "claim-without-page.rq: 'utf-8' codec can't decode"),
    "no fault queries": ("queries/checks", _empty, InputError, "checks: no fault queries here; run the command from a checkout or install the package again"),
}


@pytest.mark.parametrize("name", BAD_INPUT)
def test_bad_input_stops_the_build_with_one_clear_line_and_leaves_the_old_build_as_it_was(checkout: Layout, built: Path, name: str) -> None:
    file, change, error, message = BAD_INPUT[name]
    root = checkout.ontology.parent
    _copy(built, checkout.build)
    change(root / file)
    with pytest.raises(ComityError) as caught:
        build(checkout)
    text = str(caught.value).replace(f"{root}{os.sep}", "")
    assert type(caught.value) is error
    assert caught.value.exit_code == (1 if error is FaultsFound else 2)
    assert message in text
    assert "\n" not in text
    assert "Traceback" not in text
    assert _bytes(checkout.build) == _bytes(built)


def test_the_line_of_a_stopped_build_says_how_many_faults_there_are_and_how_to_see_them(checkout: Layout) -> None:
    swap("USA,CHN,", "USA,CHM,")(checkout.tables / "designations.csv")
    swap("opposes", "dislikes")(checkout.tables / "positions.csv")
    with pytest.raises(FaultsFound, match=r"^2 faults, nothing built; the first: designations\.csv:2: .* \(all: comity check\)$"):
        build(checkout)


def test_a_first_build_that_fails_leaves_no_file(checkout: Layout) -> None:
    swap("opposes", "dislikes")(checkout.tables / "positions.csv")
    with pytest.raises(FaultsFound):
        build(checkout)
    assert _bytes(checkout.build) == {}


@pytest.mark.parametrize("below", ["", "folder", "deep/er"])
def test_a_folder_that_cannot_be_written_is_refused(pristine: Layout, tmp_path: Path, below: str) -> None:
    obstacle = tmp_path / "file"
    obstacle.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"cannot be written \(.+\); choose another folder with --out") as caught:
        build(pristine, obstacle / below)
    assert caught.value.exit_code == 2
    assert obstacle.read_text(encoding="utf-8") == "mine"


def test_a_file_that_cannot_be_replaced_is_refused_and_leaves_no_litter(pristine: Layout, tmp_path: Path) -> None:
    (tmp_path / "comity.ttl" / "in-the-way").mkdir(parents=True)
    with pytest.raises(InputError, match=r"comity\.ttl.*: cannot be written \(.+\); free space or choose another folder"):
        build(pristine, tmp_path)
    assert not (tmp_path / CURRENT).exists()
    assert list((tmp_path / VERSIONS).iterdir()) == []


def test_a_second_build_waits_for_nobody_and_touches_nothing(checkout: Layout, built: Path) -> None:
    _copy(built, checkout.build)
    with (checkout.build / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(InputError, match=r"another build is at work here.*; wait for it to end$"):
            build(checkout)
    assert _bytes(checkout.build) == _bytes(built)


def test_the_lock_is_free_again_after_a_failed_build(checkout: Layout) -> None:
    path = checkout.tables / "positions.csv"
    swap("opposes", "dislikes")(path)
    with pytest.raises(FaultsFound):
        build(checkout)
    swap("dislikes", "opposes")(path)
    build(checkout)
    assert set(_bytes(checkout.build)) == FILES


def test_a_build_writes_its_files_and_nothing_else(built: Path) -> None:
    assert set(_bytes(built)) == FILES


def test_the_files_of_a_build_can_be_read_by_everyone(built: Path) -> None:
    assert {p.stat().st_mode & 0o777 for p in (built / CURRENT).rglob("*") if p.is_file()} == {0o644}


def test_two_builds_of_the_same_tables_give_the_same_bytes(checkout: Layout, built: Path) -> None:
    build(checkout)
    assert _bytes(checkout.build) == _bytes(built)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_bytes_of_a_build_do_not_depend_on_the_seed_of_hashes(checkout: Layout, built: Path, seed: str) -> None:
    code = "import sys; from pathlib import Path; from comity.build import build; from comity.settings import layout; build(layout(Path(sys.argv[1])))"
    subprocess.run([sys.executable, "-c", code, checkout.ontology.parent], check=True, timeout=60, env={**os.environ, "PYTHONHASHSEED": seed})
    assert _bytes(checkout.build) == _bytes(built)


def test_the_snapshot_holds_the_graph_that_was_prepared(built: Path, pristine: Layout) -> None:
    prepared = prepare(pristine)
    assert set(open_snapshot(built / QUADS, {}).store) == set(prepared.store)


def test_the_manifest_counts_what_was_built(built: Path, pristine: Layout) -> None:
    prepared = prepare(pristine)
    manifest = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    expected = {"version": prepared.version, "quads": len(prepared.store), "rows": prepared.rows, "grades": prepared.grades, "derived": prepared.derived}
    assert {k: manifest[k] for k in expected} == expected
    assert sum(g["quads"] for g in manifest["graphs"].values()) == len(prepared.store)
    assert manifest["classes"]["https://w3id.org/comity/ns#State"] == 8
    assert set(manifest["seconds"]) == set(STAGES[:-1])
    assert set(manifest["grades"]) == {"official", "recalled", "secondary"}
    assert manifest["rows"]["lists"] == 1


def test_the_version_changes_with_each_input_and_with_nothing_else(checkout: Layout, pristine: Layout) -> None:
    versions = {prepare(checkout).version}
    assert versions == {prepare(pristine).version}
    for path in (checkout.tables / "lists.csv", checkout.tables / METADATA, checkout.ontology / "actors.ttl", checkout.ontology / "rules" / "known.rq"):
        path.write_bytes(path.read_bytes() + b"\n")
        fresh = layout(checkout.ontology.parent)
        versions.add(prepare(fresh).version)
    assert len(versions) == 5


def test_the_graph_of_each_rule_says_what_it_derives(checkout: Layout) -> None:
    prepared = prepare(checkout)
    rows = prepared.store.query("""PREFIX dcterms: <http://purl.org/dc/terms/>
        SELECT ?graph WHERE { GRAPH <https://w3id.org/comity/graph/dataset> {
          ?graph dcterms:title ?question ; dcterms:description ?derives FILTER(STRENDS(?question, "?") && ?derives != "") } }""")
    said = {row["graph"].value.rpartition("/")[2] for row in rows}
    assert said == {p.stem for p in (checkout.ontology / "rules").glob("*.rq")} == set(prepared.derived)


def test_the_graph_states_its_version_and_the_day_of_its_newest_row(small: object, pristine: Layout) -> None:
    prepared = prepare(pristine)
    rows = prepared.store.query("""SELECT ?version ?day WHERE { GRAPH <https://w3id.org/comity/graph/dataset> {
        <https://w3id.org/comity/dataset> <http://www.w3.org/2002/07/owl#versionInfo> ?version ; <http://purl.org/dc/terms/modified> ?day } }""")
    assert [(row["version"].value, row["day"].value) for row in rows] == [(prepared.version, "2024-06-01")]


def test_the_stages_are_announced_in_order(pristine: Layout, tmp_path: Path) -> None:
    seen: list[str] = []
    prepared = build(pristine, tmp_path, seen.append)
    assert tuple(seen) == STAGES
    assert set(prepared.seconds) == set(STAGES)


def test_preparing_collects_faults_and_raises_none(checkout: Layout) -> None:
    swap("opposes", "dislikes")(checkout.tables / "positions.csv")
    prepared = prepare(checkout)
    assert len(prepared.faults) == 1
    assert prepared.rows["positions"] == 7
    assert len(prepared.store) == 0


def test_a_new_build_replaces_the_old_one(checkout: Layout, built: Path) -> None:
    _copy(built, checkout.build)
    swap("Countries of concern", "Countries of great concern")(checkout.tables / "lists.csv")
    build(checkout)
    assert b"Countries of great concern" in (checkout.build / "comity.ttl").read_bytes()
    assert all(_bytes(checkout.build)[name] != data for name, data in _bytes(built).items() if name != "void.ttl")


def test_the_inputs_of_a_build_are_left_alone(checkout: Layout) -> None:
    root = checkout.ontology.parent

    def digests() -> dict[Path, str]:
        folders = (checkout.ontology, checkout.tables, checkout.queries)
        return {p: hashlib.sha256(p.read_bytes()).hexdigest() for f in folders for p in f.rglob("*") if p.is_file()}

    before = digests()
    build(checkout)
    assert digests() == before
    assert {p.name for p in root.iterdir()} == {"ontology", "queries", "graph", "build"}
