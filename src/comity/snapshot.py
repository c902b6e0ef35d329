"""The files of a build become one version that takes the place of the last in one step, and are found and read again.

A build folder holds each version in a folder of its own, `current`, a link to the one that counts, and links to its
files. A version is written aside, forced to disk, and then the link is replaced: whoever opens a file sees the old
version or the new one, whole. The version before is kept, for those who are still reading it.
"""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from comity.errors import InputError, StoreError
from comity.lines import Change, Graphs, Lines, apply, digest, quads, triples

QUADS: Final = "comity.nq.gz"
STORE: Final = "store"
MANIFEST: Final = "manifest.json"
CURRENT: Final = "current"
VERSIONS: Final = "versions"
FORMAT: Final = 1


@dataclass(frozen=True)
class Snapshot:
    """One version of the built graph on disk: its folder and its manifest."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def version(self) -> str:
        """The dataset's version."""
        return str(self.manifest["version"])

    def lines(self, graph: str) -> Lines:
        """Return the lines of one named graph, none if the version has no such graph."""
        member = self.manifest["graphs"].get(graph)
        if member is None:
            return ()
        return triples(gzip.decompress(self.member(graph)), graph)

    def size(self, graph: str) -> int:
        """Return how many quads one named graph holds."""
        return int(self.manifest["graphs"][graph]["quads"])

    def member(self, graph: str) -> bytes:
        """Return the compressed part of the N-Quads file that holds one named graph."""
        member = self.manifest["graphs"][graph]
        with (self.folder / QUADS).open("rb") as file:
            file.seek(member["offset"])
            return file.read(member["bytes"])

    def packed(self) -> bytes:
        """Return the compressed N-Quads. Raises `StoreError` if the file is torn or is not the one of the manifest."""
        path = self.folder / QUADS
        try:
            data = path.read_bytes()
        except OSError as error:
            raise StoreError(f"{path}: cannot be read ({error}); run: comity build") from None
        if digest(data) != self.manifest["sha256"]:
            raise StoreError(f"{path}: is torn or of another version than {MANIFEST} beside it; run: comity build")
        return data

    def text(self) -> bytes:
        """Return the whole graph as N-Quads. Raises `StoreError` as `packed` does."""
        return gzip.decompress(self.packed())


def find(folder: Path) -> Snapshot:
    """Return the version that counts in the build folder `folder`. Raises `StoreError` if there is none that this package can read."""
    place = folder / CURRENT if (folder / CURRENT).exists() else folder
    path = place / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        made = manifest.get("format")
    except FileNotFoundError:
        raise StoreError(f"{folder}: no built graph here; run: comity build") from None
    except (OSError, ValueError, AttributeError) as error:
        raise StoreError(f"{path}: cannot be read ({error}); run: comity build") from None
    if made != FORMAT:
        raise StoreError(f"{path}: written by another version of Comity (format {made}, this one reads {FORMAT}); run: comity build")
    return Snapshot(place.resolve(), manifest)


def pack(graphs: Graphs, base: Snapshot | None, change: Change) -> tuple[bytes, dict[str, dict[str, int]]]:
    """Return the N-Quads of `graphs`, and of those that `base` has besides, as one gzip member a graph, and where each member stands.

    Members of graphs that did not change are taken from `base`. They carry no time, so the same graph gives the same bytes.
    """
    before: dict[str, Any] = base.manifest["graphs"] if base else {}
    parts, index, offset = [], {}, 0
    for graph in sorted({*graphs, *before}):
        if base and graph in before and not change.added.get(graph) and not change.removed.get(graph):
            part, size = base.member(graph), base.size(graph)
        else:
            part, size = gzip.compress(quads(graph, graphs[graph]), compresslevel=6, mtime=0), len(graphs[graph])
        index[graph] = {"quads": size, "offset": offset, "bytes": len(part)}
        parts.append(part)
        offset += len(part)
    return b"".join(parts), index


def fill(folder: Path, graphs: Graphs, base: Snapshot | None, change: Change) -> None:
    """Make the engine's own store of `graphs`, and of those that `base` has besides, in `folder`: from that of `base` by what changed, or afresh."""
    size = sum(map(len, graphs.values())) + sum(base.size(graph) for graph in base.manifest["graphs"] if graph not in graphs) if base else 0
    if base is not None and (base.folder / STORE).is_dir():
        shutil.copytree(base.folder / STORE, folder)
        store = ox.Store(str(folder))
        for graph in {*change.added, *change.removed}:
            apply(store, graph, change)
        store.flush()
        if len(store) == size:
            return
        del store
        shutil.rmtree(folder)
    kept = [gzip.decompress(base.member(graph)) for graph in base.manifest["graphs"] if graph not in graphs] if base else []
    store = ox.Store(str(folder))
    store.bulk_load(b"".join([*kept, *(quads(graph, lines) for graph, lines in graphs.items())]), format=ox.RdfFormat.N_QUADS, lenient=True)
    store.flush()


@contextlib.contextmanager
def new_version(folder: Path, name: str) -> Iterator[Path]:
    """Give a folder to write the files of the version `name` into; once all are there, it counts in the build folder `folder`.

    If the writing fails, nothing of it stays and the version that counted still does; `InputError` then says what could not be written.
    """
    versions = folder / VERSIONS
    aside = versions / f".{name}.new"
    try:
        versions.mkdir(parents=True, exist_ok=True)
        for leftover in versions.glob(".*.new"):
            shutil.rmtree(leftover)
        aside.mkdir()
        yield aside
        _force(aside)
        previous = (folder / CURRENT).readlink().name if (folder / CURRENT).is_symlink() else ""
        for file in aside.iterdir():
            if file.is_file():
                _link(folder / file.name, f"{CURRENT}/{file.name}")
        target = versions / _free(versions, name)
        aside.rename(target)
        _link(folder / CURRENT, f"{VERSIONS}/{target.name}")
        for old in versions.iterdir():
            if old.name not in (target.name, previous):
                shutil.rmtree(old)
    except OSError as error:
        raise InputError(f"{error.filename or folder}: cannot be written ({error.strerror}); free space or choose another folder with --out") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _free(versions: Path, name: str) -> str:
    """Return `name`, with a number if a version of that name stands already."""
    taken = {path.name for path in versions.iterdir()}
    return next(n for n in (name, *(f"{name}.{i}" for i in range(2, len(taken) + 3))) if n not in taken)


def _link(path: Path, target: str) -> None:
    """Let `path` be a link to `target`, in one step, whatever stood there."""
    if path.is_symlink() and path.readlink() == Path(target):
        return
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.replace(path)
    _sync(path.parent)


def _force(folder: Path) -> None:
    """Force a folder and all that is in it to disk, readable by everyone."""
    for path in sorted(folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
        _sync(path)
    folder.chmod(0o755)
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold the build folder, so that two builds never write at once. Raises `InputError` if another build does, or it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / ".lock").open("a+")
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror}); choose another folder with --out") from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.seek(0)
            holder = handle.read().strip()
            raise InputError(f"{folder}: another build is at work here{f' (process {holder})' if holder else ''}; wait for it to end") from None
        with contextlib.suppress(OSError):  # only a courtesy to whoever finds the folder held
            handle.truncate(0)
            os.write(handle.fileno(), f"{os.getpid()}\n".encode())
        yield
