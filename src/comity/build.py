"""The hand-edited tables become a checked graph on disk: the whole line from reading to writing, in order.

A version is written aside and takes the place of the last in one step, once every check has passed, so that a failed
build leaves the old one as it was. The same inputs give the same bytes, whether a build starts afresh or from the last one.
"""

from __future__ import annotations

import contextlib
import gzip
import itertools
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from comity import __version__, alignments, snapshot
from comity.dumps import artefacts
from comity.errors import FaultsFound, StoreError
from comity.inference import conclusions, rules
from comity.lines import Change, Graphs, Lines, apply, digest, load, written
from comity.mentions import Mentions, mentions
from comity.queries import header
from comity.settings import Layout
from comity.shelf import Shelf
from comity.snapshot import Snapshot
from comity.tables import METADATA, Fault, TableData, counted, read
from comity.triples import Place, lift, places_of
from comity.vocabulary import (
    ALIGNMENTS_GRAPH,
    DATASET,
    DATASET_GRAPH,
    DCTERMS,
    GRAPH,
    INFERRED,
    ONTOLOGY_GRAPH,
    OWL,
    OWN_GRAPHS,
    PROV,
    TYPE,
    VOID,
    XSD,
    declared,
    ontology,
    prefixes,
)

STAGES = ("tables", "triples", "inference", "checks", "files")
_SHELF = ".tables"
_LIBRARIES = ("csvw", "pyoxigraph", "pyshacl", "rdflib")
Progress = Callable[[str], None]


@dataclass
class Prepared:
    """The graph before it is written, with what was counted and found on the way.

    Attributes: `base`, the build before, if parts of it were used; `graphs`, the lines of each named graph, of those that
    were made anew if there is a base; `change`, what differs from it; `inputs`, the hashes of what the graph is made from;
    `mentions`, what rules and fault queries can match.
    """

    store: ox.Store
    version: str
    faults: list[Fault]
    tables: dict[str, TableData] = field(default_factory=dict)
    derived: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    graphs: Graphs = field(default_factory=dict)
    base: Snapshot | None = None
    change: Change = field(default_factory=Change)
    inputs: dict[str, Any] = field(default_factory=dict)
    mentions: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def rows(self) -> dict[str, int]:
        """Rows of each table."""
        return {name: len(table.rows) for name, table in self.tables.items()}

    @property
    def grades(self) -> dict[str, int]:
        """Rows of each evidence grade."""
        cells = (row.cells.get("evidence_grade") for table in self.tables.values() for row in table.rows)
        return dict(sorted(Counter(c for c in cells if c).items()))

    @cached_property
    def places(self) -> dict[str, Place]:
        """Where the subject of each row was written down."""
        return places_of(self.tables)


def build(places: Layout, out: Path | None = None, progress: Progress = lambda stage: None, *, afresh: bool = False) -> Prepared:
    """Build the graph of `places` into `out` (the layout's build folder by default).

    Only what a change since the last build touches is made again, unless `afresh`; the bytes are the same either way.
    Returns what was built. Raises `FaultsFound` if a check fails and `InputError` if the folder cannot be written;
    the previous build then stands untouched.
    """
    folder = out or places.build
    with snapshot.lock(folder):
        prepared = assemble(places, progress, folder=folder, afresh=afresh)
        _stop_at_faults(prepared)
        if prepared.base is None or prepared.base.manifest["inputs"] != prepared.inputs:
            _write(prepared, places, folder, progress)
        else:
            _check(prepared, places, progress)
    return prepared


def prepare(places: Layout, progress: Progress = lambda stage: None, *, folder: Path | None = None, afresh: bool = False) -> Prepared:
    """Run the line up to the checks, in memory. Faults are collected, not raised.

    With the build folder `folder`, what its last build found in order and no change touches is not read, derived or checked again.
    """
    prepared = assemble(places, progress, folder=folder, afresh=afresh)
    if not prepared.faults:
        _check(prepared, places, progress)
    return prepared


def _stop_at_faults(prepared: Prepared) -> None:
    if prepared.faults:
        raise FaultsFound(f"{counted(prepared.faults)}, nothing built; the first: {prepared.faults[0]} (all: comity check)")


def _write(prepared: Prepared, places: Layout, folder: Path, progress: Progress) -> None:
    """Check the graph and write its files as a new version of the build folder; the engine's store is filled meanwhile, as it takes longest."""
    with snapshot.new_version(folder, prepared.version) as new, ThreadPoolExecutor(1) as pool:
        store = pool.submit(snapshot.fill, new / snapshot.STORE, prepared.graphs, prepared.base, prepared.change)
        _check(prepared, places, progress)
        _stop_at_faults(prepared)
        with _timed("files", prepared.seconds, progress):
            for file, data in artefacts(prepared, prefixes(places.ontology)).items():
                (new / file).write_bytes(data)
            store.result()


def _check(prepared: Prepared, places: Layout, progress: Progress) -> None:
    """Collect the faults that shapes and fault queries find, side by side."""
    from comity.checks import find_faults
    from comity.shacl import validate

    with _timed("checks", prepared.seconds, progress), ThreadPoolExecutor(1) as pool:
        violations = pool.submit(validate, prepared.store, places.ontology / "shapes", prepared.places, prepared.tables, only=_touched(prepared))
        faults = find_faults(prepared.store, places.queries / "checks", prepared.places, unless=lambda path: _is_settled(prepared, "checks", path))
        _remember(prepared, sorted((places.queries / "checks").glob("*.rq")))
        prepared.faults = sorted({*faults, *violations.result()})


def assemble(places: Layout, progress: Progress = lambda stage: None, *, folder: Path | None = None, afresh: bool = False) -> Prepared:
    """Run the line up to inference, in memory. Faults of the tables are collected, not raised."""
    inputs = _inputs(places)
    version = f"{__version__}+{digest(json.dumps([inputs[k] for k in ('tables', 'metadata', 'ontology')]).encode())[:12]}"
    base = None if afresh or folder is None else _base(folder, inputs)
    prepared = Prepared(ox.Store(), version, [], inputs=inputs, base=base)
    with ThreadPoolExecutor(2) as pool:
        loads = [pool.submit(_load, prepared.store, base, graph) for graph in base.manifest["graphs"] if graph != DATASET_GRAPH.value] if base else []
        with _timed("tables", prepared.seconds, progress):
            _read(prepared, places, Shelf(None if afresh or folder is None or not folder.is_dir() else folder / _SHELF))
        with _timed("triples", prepared.seconds, progress):
            for done in loads:
                done.result()
            _lift(prepared, places)
    if prepared.faults:
        return prepared
    with _timed("inference", prepared.seconds, progress):
        _derive(prepared, places)
    return prepared


def _inputs(places: Layout) -> dict[str, Any]:
    """Return the hashes of all that a build is made from and made with."""
    ours = [p.read_bytes() for p in sorted(Path(__file__).parent.glob("*.py"))]
    listed = sorted(p for kind in ("ttl", "rq", "tsv") for p in places.ontology.rglob(f"*.{kind}"))
    metadata = places.tables / METADATA
    return {
        "program": digest(*ours, *(installed(name).encode() for name in _LIBRARIES)),
        "ontology": digest(*(part for path in listed for part in (path.relative_to(places.ontology).as_posix().encode(), path.read_bytes()))),
        "metadata": digest(metadata.read_bytes()) if metadata.is_file() else "",
        "tables": {path.stem: digest(path.read_bytes()) for path in sorted(places.tables.glob("*.csv")) if path.is_file()},
        "checks": {path.stem: digest(path.read_bytes()) for path in sorted((places.queries / "checks").glob("*.rq"))},
    }


def _base(folder: Path, inputs: dict[str, Any]) -> Snapshot | None:
    """Return the last build in `folder` if only rows or fault queries changed since, and its files are whole."""
    try:
        base = snapshot.find(folder)
        base.packed()
    except StoreError:
        return None
    before = base.manifest["inputs"]
    return base if all(before[k] == inputs[k] for k in ("program", "ontology", "metadata")) and before["tables"].keys() == inputs["tables"].keys() else None


def _read(prepared: Prepared, places: Layout, shelf: Shelf) -> None:
    """Read the tables, those from the shelf that have not changed."""
    def key(table: TableData) -> str:
        return digest(*(str(prepared.inputs[k]).encode() for k in ("program", "metadata")), str(prepared.inputs["tables"].get(table.name)).encode())

    taken: set[str] = set()

    def take(table: TableData) -> bool:
        if shelf.take(key(table), table):
            taken.add(table.name)
        return table.name in taken

    prepared.tables, prepared.faults = read(places.tables, take)
    if not prepared.faults:
        for table in prepared.tables.values():
            if table.name not in taken:
                shelf.keep(key(table), table)
        shelf.tidy()


def _load(store: ox.Store, base: Snapshot, graph: str) -> None:
    """Put the quads of one graph of the base into the store. The one that describes the base is not for the rules to see."""
    store.load(gzip.decompress(base.member(graph)), format=ox.RdfFormat.N_QUADS, lenient=True)


def _lift(prepared: Prepared, places: Layout) -> None:
    """Put the quads of the tables into the store, in place of those of the base where a table changed since."""
    before = prepared.base.manifest["inputs"]["tables"] if prepared.base else {}
    changed = {name: table for name, table in prepared.tables.items() if before.get(name) != prepared.inputs["tables"].get(name)}
    quads, faults = lift(changed, declared(places.ontology))
    prepared.faults = sorted(prepared.faults + faults)
    if not prepared.faults:
        _settle(prepared, quads, [table.description.at_props["id"] for table in changed.values()])


def _settle(prepared: Prepared, quads: Iterable[ox.Quad], graphs: list[str]) -> None:
    """Let `graphs` hold `quads`: take their lines, and note what changed since the base."""
    fresh = prepared.store if prepared.base is None else ox.Store()
    fresh.bulk_extend(quads)
    for graph in graphs:
        _note(prepared, graph, written(fresh, graph))
        if prepared.base is not None:
            apply(prepared.store, graph, prepared.change)


def _note(prepared: Prepared, graph: str, lines: Lines) -> None:
    """Take the lines of a graph made anew, and what differs from the base."""
    prepared.graphs[graph] = lines
    if prepared.base is not None:
        prepared.change.compare(graph, prepared.base.lines(graph), lines)


def _derive(prepared: Prepared, places: Layout) -> None:
    """Add the ontology, run the rules that a change touches, and add what describes the dataset and each rule."""
    if prepared.base is None:
        _settle(prepared, [*ontology(places.ontology), *alignments.quads(places.ontology)], [ONTOLOGY_GRAPH.value, ALIGNMENTS_GRAPH.value])
    order = rules(places.ontology / "rules")
    settled = list(itertools.takewhile(lambda name: _is_settled(prepared, "ontology", order[name]), order))
    prepared.derived = {name: prepared.base.size(INFERRED + name) for name in settled if prepared.base}
    if len(settled) < len(order):
        _conclude(prepared, {name: path for name, path in order.items() if name not in settled})
    described = ox.Store()
    described.extend([*_dataset(prepared), *_inferred(places)])
    _note(prepared, DATASET_GRAPH.value, written(described, DATASET_GRAPH.value))
    load(prepared.store, DATASET_GRAPH.value, prepared.graphs[DATASET_GRAPH.value])
    _remember(prepared, sorted(order.values()))


def _conclude(prepared: Prepared, order: dict[str, Path]) -> None:
    """Run the rules of `order`, the first of which a change touches, or take what they derived in the base where nothing touches them."""
    base = prepared.base
    for name in order:
        prepared.store.remove_graph(ox.NamedNode(INFERRED + name))
    stated: set[bytes] = set().union(*prepared.graphs.values())
    if base is not None:
        anew = {DATASET_GRAPH.value, *prepared.graphs, *(INFERRED + name for name in order)}
        stated.update(*(base.lines(graph) for graph in base.manifest["graphs"] if graph not in anew))
    for name, path in order.items():
        graph = INFERRED + name
        if base is not None and _is_settled(prepared, "ontology", path):
            lines = base.lines(graph)
        else:
            lines = conclusions(prepared.store, path, stated)
            _note(prepared, graph, lines)
        load(prepared.store, graph, lines)
        stated.update(lines)
        prepared.derived[name] = len(lines)


def _is_settled(prepared: Prepared, kind: str, path: Path) -> bool:
    """Say whether the query at `path` was run in the base and cannot give another answer now."""
    if prepared.base is None or (kind == "checks" and prepared.base.manifest["inputs"]["checks"].get(path.stem) != prepared.inputs["checks"].get(path.stem)):
        return False
    known = prepared.base.manifest["mentions"].get(path.stem)
    return known is not None and not Mentions(frozenset(known[0]), *known[1:]).touched_by(prepared.change)


def _remember(prepared: Prepared, paths: list[Path]) -> None:
    """Note what the queries at `paths` can match, for the build after this one."""
    before = prepared.base.manifest if prepared.base else {"mentions": {}, "inputs": {"checks": {}}}
    for path in paths:
        is_known = path.stem in before["mentions"] and before["inputs"]["checks"].get(path.stem) == prepared.inputs["checks"].get(path.stem)
        if is_known:
            prepared.mentions[path.stem] = before["mentions"][path.stem]
        else:
            found = mentions(path.read_text(encoding="utf-8"))
            prepared.mentions[path.stem] = [sorted(found.names), found.any_predicate, found.any_class]


def _touched(prepared: Prepared) -> set[str] | None:
    """Return the IRIs of the things whose shapes may judge them otherwise than in the base; None if there is no base.

    A shape looks at the statements of its focus node and at the classes of what they name, and no further.
    """
    if prepared.base is None:
        return None
    touched = {token.decode()[1:-1] for token in prepared.change.subjects}
    for token in prepared.change.retyped:
        named = ox.NamedNode(token.decode()[1:-1])
        touched |= {q.subject.value for q in prepared.store.quads_for_pattern(None, None, named, None) if isinstance(q.subject, ox.NamedNode)}
    return touched


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
