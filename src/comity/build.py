"""The hand-edited tables become a checked graph on disk: the whole line from reading to writing, in order.

Nothing is written until every check has passed, and each file is replaced in one step, so that a failed build leaves
the old one as it was. The same inputs give the same bytes.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from comity import __version__, alignments
from comity.dumps import artefacts
from comity.errors import FaultsFound, InputError
from comity.inference import derive
from comity.queries import header
from comity.settings import Layout
from comity.tables import METADATA, Fault, TableData, counted, read
from comity.triples import Place, lift
from comity.vocabulary import DATASET, DATASET_GRAPH, DCTERMS, GRAPH, INFERRED, OWL, OWN_GRAPHS, PROV, TYPE, VOID, XSD, declared, ontology, prefixes

STAGES = ("tables", "triples", "inference", "checks", "files")
Progress = Callable[[str], None]


@dataclass
class Prepared:
    """The graph before it is written, with what was counted and found on the way."""

    store: ox.Store
    version: str
    faults: list[Fault]
    tables: dict[str, TableData] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    derived: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def rows(self) -> dict[str, int]:
        """Rows of each table."""
        return {name: len(table.rows) for name, table in self.tables.items()}

    @property
    def grades(self) -> dict[str, int]:
        """Rows of each evidence grade."""
        cells = (row.cells.get("evidence_grade") for table in self.tables.values() for row in table.rows)
        return dict(sorted(Counter(c for c in cells if c).items()))


def build(places: Layout, out: Path | None = None, progress: Progress = lambda stage: None) -> Prepared:
    """Build the graph of `places` into `out` (the layout's build folder by default).

    Returns what was built. Raises `FaultsFound` if a check fails and `InputError` if the folder cannot be written;
    the previous build then stands untouched.
    """
    folder = out or places.build
    with _lock(folder):
        prepared = prepare(places, progress)
        if prepared.faults:
            raise FaultsFound(f"{counted(prepared.faults)}, nothing built; the first: {prepared.faults[0]} (all: comity check)")
        progress("files")
        start = time.perf_counter()
        for name, data in artefacts(prepared, prefixes(places.ontology)).items():
            _replace(folder / name, data)
        prepared.seconds["files"] = time.perf_counter() - start
    return prepared


def prepare(places: Layout, progress: Progress = lambda stage: None) -> Prepared:
    """Run the line up to the checks, in memory. Faults are collected, not raised."""
    from comity.checks import find_faults, validate

    prepared = assemble(places, progress)
    if prepared.faults:
        return prepared
    with _timed("checks", prepared.seconds, progress):
        faults = validate(prepared.store, places.ontology / "shapes", prepared.places, prepared.tables)
        faults += find_faults(prepared.store, places.queries / "checks", prepared.places)
        prepared.faults = sorted(set(faults))
    return prepared


def assemble(places: Layout, progress: Progress = lambda stage: None) -> Prepared:
    """Run the line up to inference, in memory. Faults of the tables are collected, not raised."""
    seconds: dict[str, float] = {}
    prepared = Prepared(ox.Store(), _version(places), [], seconds=seconds)
    with _timed("tables", seconds, progress):
        prepared.tables, prepared.faults = read(places.tables)
    with _timed("triples", seconds, progress):
        lifted = lift(prepared.tables, declared(places.ontology))
    prepared.places = lifted.places
    prepared.faults = sorted(prepared.faults + lifted.faults)
    if prepared.faults:
        return prepared
    with _timed("inference", seconds, progress):
        store = prepared.store
        store.bulk_extend([*ontology(places.ontology), *alignments.quads(places.ontology), *lifted.quads, *_dataset(prepared)])
        prepared.derived = derive(store, places.ontology / "rules")
        store.extend(_inferred(places))
    return prepared


def _version(places: Layout) -> str:
    """Return the dataset's version: a hash of everything that the graph is made from."""
    digest = hashlib.sha256()
    files = [*places.tables.glob("*.csv"), places.tables / METADATA, *(p for kind in ("ttl", "rq", "tsv") for p in places.ontology.rglob(f"*.{kind}"))]
    for path in sorted(files):
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{__version__}+{digest.hexdigest()[:12]}"


def _dataset(prepared: Prepared) -> list[ox.Quad]:
    """Describe the dataset inside itself: its version, the day of its newest row, and its graphs."""
    days = [row.cells[c] for t in prepared.tables.values() for row in t.rows for c in ("recorded_on", "retracted_on") if row.cells.get(c)]
    values: list[tuple[str, ox.NamedNode | ox.Literal]] = [
        (OWL + "versionInfo", ox.Literal(prepared.version)),
        (DCTERMS + "title", ox.Literal("Comity", language="en")),
        (DCTERMS + "license", ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")),
        (TYPE.value, ox.NamedNode(VOID + "Dataset")),
    ]
    values += [(VOID + "subset", graph) for graph in (*OWN_GRAPHS, *(ox.NamedNode(GRAPH + name) for name in prepared.tables))]
    if days:
        values.append((DCTERMS + "modified", ox.Literal(max(days).isoformat(), datatype=ox.NamedNode(XSD + "date"))))
    return [ox.Quad(DATASET, ox.NamedNode(p), o, DATASET_GRAPH) for p, o in values]


def _inferred(places: Layout) -> list[ox.Quad]:
    """Say of the graph of each rule which question it answers, and what it derives from which rows."""
    quads = []
    for path in sorted((places.ontology / "rules").glob("*.rq")):
        values, graph = header(path), ox.NamedNode(INFERRED + path.stem)
        quads.append(ox.Quad(DATASET, ox.NamedNode(VOID + "subset"), graph, DATASET_GRAPH))
        said = ((TYPE.value, ox.NamedNode(PROV + "Entity")), (DCTERMS + "title", ox.Literal(str(values["summary"]), language="en")),
                (DCTERMS + "description", ox.Literal(str(values.get("derives", "")), language="en")))
        quads += [ox.Quad(graph, ox.NamedNode(p), o, DATASET_GRAPH) for p, o in said]
    return quads


@contextlib.contextmanager
def _timed(stage: str, seconds: dict[str, float], progress: Progress) -> Iterator[None]:
    progress(stage)
    start = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - start


@contextlib.contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Hold the build folder, so that two builds never write at once."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / ".lock").open("w")
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror}); choose another folder with --out") from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError(f"{folder}: another build is at work here; wait for it to end") from None
        yield


def _replace(path: Path, data: bytes) -> None:
    """Write `data` beside `path`, force it to disk and put it in place in one step."""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); free space or choose another folder with --out") from None
