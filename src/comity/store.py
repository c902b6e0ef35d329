"""A snapshot becomes a store in this process that answers SPARQL, behind the protocol that every store keeps.

Stores take the same text and parameters and give the same kind of answer. The default graph is the union of all named graphs.
"""

from __future__ import annotations

import gzip
import itertools
import os
import re
import time
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pyoxigraph as ox

from comity.errors import InputError, QueryError, StoreError
from comity.lines import digest
from comity.results import Answer, Raw, answer_of
from comity.snapshot import MANIFEST, QUADS, STORE, Snapshot, find
from comity.sparql.forms import asked
from comity.syntax import Term, bind, graphs_named, keywords, position, refuse_side_effects, tokens, undeclared
from comity.views import VIEW, Moment, look, moment_of
from comity.vocabulary import BASE, DATASET, DATASET_GRAPH, OWL

#: what one quad takes in memory and to load, measured (docs/performance.md); it decides only when loading pays
_BYTES_A_QUAD, _SECONDS_A_QUAD = 400, 3e-6
_VIEWS_KEPT = 3
_FORMS_KEPT = 256
T = TypeVar("T")
_GRAPHS = "SELECT DISTINCT ?g WHERE { GRAPH ?g { } }"
_FORMATS = {".ttl": ox.RdfFormat.TURTLE, ".trig": ox.RdfFormat.TRIG, ".nq": ox.RdfFormat.N_QUADS, ".nt": ox.RdfFormat.N_TRIPLES}


class Store(Protocol):
    """Anything that answers SPARQL queries."""

    def query(self, text: str, parameters: Mapping[str, Term] | None = None, *,
              default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        """Answer `text` with its parameter variables bound to terms, over the given graphs or over all of them."""


class EmbeddedStore:
    """A graph in this process's memory or on its disk.

    A graph on disk answers at once and some three times slower than in memory. With `buy`, which loads it into memory, it is
    loaded as soon as the time spent on answers would have paid for that. Attributes: `on_disk`, whether answers still come from files.
    """

    def __init__(self, store: ox.Store, prefixes: dict[str, str], *, buy: Callable[[], ox.Store] | None = None, price: float = 0,
                 on_disk: bool = False) -> None:
        self.store = store
        self.prefixes = prefixes
        self.on_disk = on_disk
        self._buy = buy
        self._price = price
        self._views: dict[Moment, EmbeddedStore] = {}

    def query(self, text: str, parameters: Mapping[str, Term] | None = None, *,
              default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        """Answer `text`; relative IRIs count from ours, and our prefixes need not be declared. Raises `QueryError`."""
        return self.evaluate(bind(text, parameters or {}), lambda raw: answer_of(raw, self.prefixes), default_graphs, named_graphs)

    def evaluate(self, text: str, read: Callable[[Raw], T], default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> T:
        """Return what `read` makes of the engine's results, which live no longer than this call. Raises `QueryError`, and what `read` raises."""
        bound, moment = _view_asked(text, default_graphs, named_graphs)
        if moment is not None:
            return self._at(moment).evaluate(bound, read)
        dataset: dict[str, Any] = {} if "from" in bound.lower() and "FROM" in keywords(bound) else {"use_default_graph_as_union": True}
        form = self._form(bound)
        start = time.perf_counter()
        try:
            if default_graphs or named_graphs:
                dataset = {"default_graph": [ox.NamedNode(g) for g in default_graphs], "named_graphs": [ox.NamedNode(g) for g in named_graphs]}
            prefixes = self.prefixes if self._prefixed.search(bound) else {}  # reading them costs as much as a look-up
            return read(self.store.query(form, base_iri=BASE, prefixes=prefixes, **dataset))
        except SyntaxError as error:
            failure = _syntax_error(bound, str(error), self.prefixes)
        except (OSError, RuntimeError, ValueError) as error:
            failure = QueryError(f"the query failed: {error}")
        finally:
            self._spend(time.perf_counter() - start)
        raise failure  # outside the handlers: a context would keep the engine's results alive beyond this thread

    def vet(self, text: str, services: Collection[str] = ()) -> None:
        """Raise `QueryError` if a query reaches out but to `services`, or names a graph that is not here: nothing is fetched, so its answer would be empty.

        Graphs named beside the query may be missing, as the protocol's own tests name some that a server cannot have.
        """
        refuse_side_effects(text, services)
        if "from" not in text.lower():
            return
        for written, start in graphs_named(text):
            iri = written[1:-1]
            if written.startswith("<") and self._names and iri not in self._names and not iri.startswith(VIEW):
                line, column = position(text, start)
                raise QueryError(f"no graph of the dataset is called {iri}, and none is fetched; list them with: {_GRAPHS}", line=line, column=column)

    def names(self) -> list[str]:
        """Return the names of the graphs, sorted."""
        return sorted(self._names)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(name.value for name in self.store.named_graphs())

    @cached_property
    def _form(self) -> Callable[[str], str]:
        """What returns a query in the form in which the engine is asked, or raises `QueryError` if it cannot read it."""
        return lru_cache(_FORMS_KEPT)(partial(_form, prefixes=self.prefixes))

    @cached_property
    def _prefixed(self) -> re.Pattern[str]:
        """What a query that uses our prefixes holds."""
        return re.compile("|".join(re.escape(f"{name}:") for name in sorted(self.prefixes)) or "(?!)")

    def _at(self, moment: Moment) -> EmbeddedStore:
        """Return the view of the graph at `moment`, made once and kept while it is among the last few asked for."""
        if self._buy is not None:  # copying a graph costs more on disk than loading it
            self._load()
        view = self._views.pop(moment, None)
        if view is None:  # not `or`: the truth of a store is whether it has quads, and the engine counts them one by one
            view = EmbeddedStore(look(self.store, moment), self.prefixes)
        self._views[moment] = view
        while len(self._views) > _VIEWS_KEPT:
            del self._views[next(iter(self._views))]
        return view

    def _spend(self, seconds: float) -> None:
        self._price -= seconds
        if self._buy is not None and self._price < 0:
            self._load()

    def _load(self) -> None:
        assert self._buy is not None
        self.store, self._buy, self.on_disk = self._buy(), None, False

    def __len__(self) -> int:
        return len(self.store)


class View:
    """A store seen at one moment: every query is asked of that view."""

    def __init__(self, store: Store, moment: Moment) -> None:
        self.store = store
        self.moment = moment

    def query(self, text: str, parameters: Mapping[str, Term] | None = None, *,
              default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        """Answer `text` over the view; no other graph may be named beside it. Raises as the store does."""
        return self.store.query(text, parameters, default_graphs=[self.moment.iri, *default_graphs], named_graphs=named_graphs)


def _form(text: str, prefixes: dict[str, str]) -> str:
    form = asked(text, prefixes)
    if form != text:
        refuse_malformed(text, prefixes)  # while places are those of the text
    return form


def _view_asked(text: str, default_graphs: Sequence[str], named_graphs: Sequence[str]) -> tuple[str, Moment | None]:
    """Return the view that a query names with FROM or as its default graph, and the query without its FROM. Raises `QueryError`."""
    named = [g for g in default_graphs if g.startswith(VIEW)]
    if VIEW in text:
        text, found = _cut_view(text)
        named += found
    if not named:
        return text, None
    if len(named) > 1 or len(default_graphs) + len(named_graphs) > 1:
        raise QueryError("a view stands alone: name one, and no other graph beside it")
    try:
        return text, moment_of(named[0])
    except InputError as error:
        raise QueryError(str(error)) from None


def _cut_view(text: str) -> tuple[str, list[str]]:
    """Return `text` without `FROM <view>`, each replaced by blanks so that places stay right, and the views named."""
    parts = [t for t in tokens(text) if t.kind not in ("space", "comment")]
    found = []
    for word, iri in itertools.pairwise(parts):
        if word.text.upper() == "FROM" and iri.kind == "iri" and iri.text.startswith(f"<{VIEW}"):
            found.append(iri.text[1:-1])
            end = iri.start + len(iri.text)
            text = text[:word.start] + re.sub(r"[^\n]", " ", text[word.start:end]) + text[end:]
    return text, found


def open_snapshot(path: Path, prefixes: dict[str, str], *, memory: bool | None = None, beside: Sequence[Path] = ()) -> EmbeddedStore:
    """Open the newest version in a build folder, or any Turtle, TriG, N-Triples or N-Quads file, plain or gzipped.

    With `memory` the graph is loaded at once; without (False) a build stays on disk; by default it is opened on disk and
    loaded when that pays and fits. Other files are always loaded; triples of a file without graphs go to the default graph.
    `beside` are files whose named graphs join it in memory; the version then names them by their hash. Raises `StoreError`.
    """
    if beside:
        return _joined(open_snapshot(path, prefixes, memory=True), beside)
    if path.name == QUADS or path.suffix not in (".gz", *_FORMATS):
        folder = path.parent if path.name == QUADS else path
        if folder.is_dir() and (path.name != QUADS or (folder / MANIFEST).exists()):
            return _open_build(find(folder), prefixes, memory)
    if not path.exists():
        raise StoreError(f"{path}: no built graph here; run: comity build")
    return EmbeddedStore(_load_file(path), prefixes)


def _open_build(snapshot: Snapshot, prefixes: dict[str, str], memory: bool | None) -> EmbeddedStore:
    folder, size = snapshot.folder / STORE, int(snapshot.manifest["quads"])
    is_there = folder.is_dir()
    if memory or not is_there:
        if is_there and not _fits(size):
            return EmbeddedStore(_open_disk(snapshot), prefixes, on_disk=True)
        return EmbeddedStore(_load(snapshot), prefixes)
    buy = (lambda: _load(snapshot)) if memory is None and _fits(size) else None
    return EmbeddedStore(_open_disk(snapshot), prefixes, buy=buy, price=size * _SECONDS_A_QUAD, on_disk=True)


def _open_disk(snapshot: Snapshot) -> ox.Store:
    folder = snapshot.folder / STORE
    try:
        store = ox.Store.read_only(str(folder))
        stated = [str(q.object) for q in store.quads_for_pattern(DATASET, ox.NamedNode(OWL + "versionInfo"), None, DATASET_GRAPH)]
    except (OSError, ValueError, RuntimeError) as error:
        raise StoreError(f"{folder}: cannot be opened ({_one_line(str(error))}); run: comity build") from None
    if stated != [str(ox.Literal(snapshot.version))]:
        raise StoreError(f"{folder}: holds {', '.join(stated) or 'no version'} and {MANIFEST} beside it says {snapshot.version}; run: comity build")
    return store


def _load(snapshot: Snapshot) -> ox.Store:
    store = ox.Store()
    try:
        store.load(snapshot.text(), format=ox.RdfFormat.N_QUADS, lenient=True)
    except (SyntaxError, ValueError) as error:
        raise StoreError(f"{snapshot.folder / QUADS}: cannot be loaded ({_one_line(str(error))}); run: comity build") from None
    return store


def _fits(size: int) -> bool:
    """Say whether `size` quads fit into half of the memory that is free now, where the system tells, else into a quarter of all."""
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * 2
    except (ValueError, OSError):
        free = os.sysconf("SC_PHYS_PAGES")
    return size * _BYTES_A_QUAD < free * os.sysconf("SC_PAGE_SIZE") // 4


def _load_file(path: Path) -> ox.Store:
    suffix = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    if suffix not in _FORMATS:
        raise StoreError(f"{path}: unknown format; use a file that ends in {', '.join(_FORMATS)}, plain or with .gz")
    store = ox.Store()
    try:
        data = path.read_bytes()
        store.load(gzip.decompress(data) if path.suffix == ".gz" else data, format=_FORMATS[suffix])
    except (OSError, EOFError, SyntaxError, ValueError, zlib.error) as error:
        raise StoreError(f"{path}: cannot be loaded ({_one_line(str(error))}); give a whole file in the format of its name") from None
    return store


def _joined(store: EmbeddedStore, files: Sequence[Path]) -> EmbeddedStore:
    """Add the named graphs of `files` to a store in memory, none of which it may have, and give the dataset a version of its own."""
    if store.on_disk:
        raise StoreError("the graph does not fit into the free memory, and none can join it on disk; close other programs, or leave the files out")
    for file in files:
        other = _load_file(file)
        if any(True for _ in other.quads_for_pattern(None, None, None, ox.DefaultGraph())):
            raise StoreError(f"{file}: holds statements outside any named graph; give N-Quads or TriG in which each graph has a name")
        names = {name.value for name in other.named_graphs()}
        if taken := sorted(names & {name.value for name in store.store.named_graphs()}):
            raise StoreError(f"{file}: has a graph {taken[0]}, and so has what it is to join; name it otherwise")
        store.store.bulk_extend(other)
    mark = digest(*(file.read_bytes() for file in files))[:12]
    for quad in list(store.store.quads_for_pattern(DATASET, ox.NamedNode(OWL + "versionInfo"), None, DATASET_GRAPH)):
        store.store.remove(quad)
        store.store.add(ox.Quad(quad.subject, quad.predicate, ox.Literal(f"{_value(quad)}.with-{mark}"), quad.graph_name))
    return store


def _value(quad: ox.Quad) -> str:
    return quad.object.value if isinstance(quad.object, ox.Literal) else str(quad.object)


def refuse_malformed(text: str, prefixes: dict[str, str]) -> None:
    """Raise `QueryError` with line and column if the engine cannot read `text`; nothing is run.

    The engine has no call for that, but it reads a query before it misses a variable that is to be substituted (0.5.13).
    """
    absent = "absent"
    while absent in text:
        absent += "_"
    try:
        ox.Store().query(text, base_iri=BASE, prefixes=prefixes, substitutions={ox.Variable(absent): ox.Literal("")})
    except SyntaxError as error:
        raise _syntax_error(text, str(error), prefixes) from None
    except RuntimeError:
        return


def _syntax_error(text: str, message: str, prefixes: Mapping[str, str]) -> QueryError:
    unknown = [(name, start) for name, start in undeclared(text) if name not in prefixes]
    if unknown:
        name, start = unknown[0]
        line, column = position(text, start)
        return QueryError(f"the prefix {name}: at line {line}, column {column} is not declared; add: PREFIX {name}: <...>", line=line, column=column)
    match = re.match(r"error at (\d+):(\d+): (.*)", message, re.DOTALL)
    if match is None:
        return QueryError(f"the query is malformed: {_one_line(message)}")
    line, column = int(match[1]), int(match[2])
    said = _one_line(re.sub(r",? ?\[_\]", "", match[3]))
    if said in ("expected", "expected one of"):
        said = "something else was expected here"
    lines = text.split("\n")
    near = lines[line - 1][max(0, column - 1):][:40].strip() if line <= len(lines) else ""
    hint = f" near {near!r}" if near else " at its end"
    return QueryError(f"the query is malformed at line {line}, column {column}{hint}: {said}", line=line, column=column)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]


