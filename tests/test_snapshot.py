"""Versions of the built graph: one counts at any moment, whole, and a torn one is named."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from comity.errors import FaultsFound, InputError, StoreError
from comity.lines import Change, Graphs, union
from comity.snapshot import CURRENT, MANIFEST, QUADS, STORE, VERSIONS, Snapshot, fill, find, new_version, pack
from comity.store import EmbeddedStore, open_snapshot
from comity.vocabulary import GRAPH

G, H = "http://example.org/g", "http://example.org/h"
GRAPHS: Graphs = {G: tuple(f'<http://example.org/{n}> <http://example.org/p> "{n}" .\n'.encode() for n in "abc"),
                  H: (b"<http://example.org/a> <http://example.org/p> <http://example.org/b> .\n",)}


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    """Return a copy of the build that the test may spoil."""
    shutil.copytree(built, tmp_path / "build", symlinks=True)
    return tmp_path / "build"


def test_a_version_gives_each_graph_again(built: Path) -> None:
    found = find(built)
    store = open_snapshot(built, {}, memory=True).store
    for graph, entry in found.manifest["graphs"].items():
        assert len(found.lines(graph)) == entry["quads"] == len(list(store.quads_for_pattern(None, None, None, ox.NamedNode(graph))))
    assert found.lines("http://example.org/none") == ()
    assert gzip.decompress((built / QUADS).read_bytes()) == found.text()


def test_a_part_that_did_not_change_is_taken_as_it_was(built: Path) -> None:
    base = find(built)
    graphs = {graph: base.lines(graph) for graph in base.manifest["graphs"]}
    packed, index = pack(graphs, None, Change())
    assert packed == (base.folder / QUADS).read_bytes()
    assert index == base.manifest["graphs"]
    change = Change()
    graphs[GRAPH + "lists"] = ()
    change.compare(GRAPH + "lists", base.lines(GRAPH + "lists"), ())
    assert pack(graphs, base, change) == pack(graphs, None, Change())


def test_the_store_on_disk_follows_a_change(tmp_path: Path) -> None:
    fill(tmp_path / "one", GRAPHS, None, Change())
    assert len(ox.Store.read_only(str(tmp_path / "one"))) == 4
    change = Change()
    after = {**GRAPHS, G: (GRAPHS[G][0], b'<http://example.org/d> <http://example.org/p> "1" .\n')}
    change.compare(G, GRAPHS[G], after[G])
    (tmp_path / "base").mkdir()
    (tmp_path / "one").rename(tmp_path / "base" / STORE)
    fill(tmp_path / "two", after, Snapshot(tmp_path / "base", {"graphs": {}}), change)
    stored = ox.Store.read_only(str(tmp_path / "two"))
    assert sorted(ox.serialize((q.triple for q in stored), format=ox.RdfFormat.N_TRIPLES).splitlines(keepends=True)) == union(after)


@pytest.mark.parametrize(("spoil", "message"), [
    (lambda f: (f / CURRENT / MANIFEST).unlink(), "no built graph here; run: comity build"),
    (lambda f: (f / CURRENT / MANIFEST).write_text("{"), "manifest.json: cannot be read"),
    (lambda f: (f / CURRENT / MANIFEST).write_text("[]"), "manifest.json: cannot be read"),
    (lambda f: (f / CURRENT / MANIFEST).write_text('{"format": 99}'), "written by another version of Comity (format 99, this one reads 1); run: comity build"),
    (lambda f: shutil.rmtree(f / VERSIONS), "no built graph here; run: comity build"),
])
def test_what_is_no_version_is_named(copy: Path, spoil: object, message: str) -> None:
    spoil(copy)  # type: ignore[operator]
    with pytest.raises(StoreError) as caught:
        open_snapshot(copy, {})
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def _cut_at_a_member(folder: Path) -> None:
    entry = sorted(json.loads((folder / MANIFEST).read_text())["graphs"].values(), key=lambda e: e["offset"])[5]
    (folder / QUADS).write_bytes((folder / QUADS).read_bytes()[:entry["offset"]])


@pytest.mark.parametrize("spoil", [
    lambda f: (f / QUADS).write_bytes((f / QUADS).read_bytes()[:5000]), _cut_at_a_member, lambda f: (f / QUADS).write_bytes(b""),
    lambda f: (f / QUADS).unlink(),
    lambda f: (f / QUADS).write_bytes(gzip.compress(b"<http://example.org/a> <http://example.org/p> <http://example.org/b> .\n")),
], ids=["half", "half-at-a-member", "empty", "gone", "another"])
def test_half_a_snapshot_is_not_loaded(copy: Path, spoil: object) -> None:
    spoil((copy / CURRENT).resolve())  # type: ignore[operator]
    with pytest.raises(StoreError, match=r"comity\.nq\.gz: .*; run: comity build"):
        open_snapshot(copy, {}, memory=True)


@pytest.mark.parametrize("spoil", [
    lambda f: (f / "CURRENT").unlink(), lambda f: [p.write_bytes(b"") for p in f.glob("MANIFEST-*")], lambda f: [p.unlink() for p in f.glob("*.sst")],
], ids=["no-current", "torn-manifest", "no-tables"])
def test_half_a_store_is_not_opened(copy: Path, spoil: object) -> None:
    spoil((copy / CURRENT / STORE).resolve())  # type: ignore[operator]
    with pytest.raises(StoreError, match=r"; run: comity build"):
        len(open_snapshot(copy, {}, memory=False).query("SELECT * { ?s ?p ?o }"))


def test_a_store_of_another_version_is_not_opened(copy: Path) -> None:
    path = copy / CURRENT / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), "version": "9.9.9+0"}), encoding="utf-8")
    with pytest.raises(StoreError, match=r"manifest.json beside it says 9\.9\.9\+0; run: comity build"):
        open_snapshot(copy, {})


def test_without_the_engines_store_the_quads_are_loaded(copy: Path, built: Path) -> None:
    shutil.rmtree((copy / CURRENT / STORE).resolve())
    assert set(open_snapshot(copy, {}).store) == set(open_snapshot(built, {}).store)


def test_a_build_is_opened_on_disk_and_loaded_once_that_pays(built: Path) -> None:
    store = open_snapshot(built, {})
    on_disk = store.store
    store.query("ASK {}")
    assert store.store is on_disk
    store._price = 0
    rows = store.query("SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o").rows
    assert store.store is not on_disk
    assert store.query("SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o").rows == rows
    fixed: EmbeddedStore = open_snapshot(built, {}, memory=False)
    fixed._price = -1
    fixed.query("ASK {}")
    assert len(fixed) == len(store)


def _publish(folder: Path, name: str, text: bytes) -> Path:
    with new_version(folder, name) as new:
        (new / "a.txt").write_bytes(text)
        (new / STORE).mkdir()
    return (folder / CURRENT).resolve()


def _fail(folder: Path, error: BaseException) -> None:
    with new_version(folder, "two") as new:
        (new / "a.txt").write_bytes(b"2")
        raise error


@pytest.mark.parametrize(("error", "seen", "message"), [
    (OSError(28, "No space left on device", "store"), InputError, r"store: cannot be written \(No space left on device\); free space or choose another folder"),
    (FaultsFound("1 fault"), FaultsFound, "1 fault"),
    (KeyboardInterrupt("stopped"), KeyboardInterrupt, "stopped"),
])
def test_a_version_is_published_whole_or_not_at_all(tmp_path: Path, error: BaseException, seen: type[BaseException], message: str) -> None:
    first = _publish(tmp_path, "one", b"1")
    with pytest.raises(seen, match=message):
        _fail(tmp_path, error)
    assert (tmp_path / CURRENT).resolve() == first
    assert (tmp_path / "a.txt").read_bytes() == b"1"
    assert [p.name for p in (tmp_path / VERSIONS).iterdir()] == ["one"]


def test_the_version_before_is_kept_and_older_ones_and_leftovers_are_not(tmp_path: Path) -> None:
    for number in range(4):
        _publish(tmp_path, f"v{number}", str(number).encode())
        (tmp_path / VERSIONS / f".killed{number}.new").mkdir()
    assert (tmp_path / "a.txt").read_bytes() == b"3"
    assert sorted(p.name for p in (tmp_path / VERSIONS).iterdir()) == [".killed3.new", "v2", "v3"]


def test_the_same_version_again_stands_beside_the_first(tmp_path: Path) -> None:
    first, second = (_publish(tmp_path, "same", text) for text in (b"1", b"2"))
    assert (first.name, second.name) == ("same", "same.2")
    assert (tmp_path / "a.txt").read_bytes() == b"2"


def test_who_opened_the_old_version_goes_on_reading_it(tmp_path: Path) -> None:
    _publish(tmp_path, "one", b"1")
    with (tmp_path / "a.txt").open("rb") as old:
        _publish(tmp_path, "two", b"2")
        assert old.read() == b"1"
    assert (tmp_path / "a.txt").read_bytes() == b"2"
