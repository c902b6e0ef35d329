"""Each engine that can hold the graph gets one small class: load a file, open what was loaded, answer, close.

Data stand in named graphs, and every engine answers over their union. An engine runs in a process of its own (see `trial`):
`load` there, `open` and `query` in a process forked from it, so that a query that runs too long can be killed.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from comity.settings import layout
from comity.store import EmbeddedStore, Store, open_snapshot
from comity.vocabulary import prefixes

Answers = Sequence[Sequence[Any]]


class Engine(ABC):
    """A way to hold and ask the graph.

    Attributes: `name`; `family`, equal for engines that share the code which answers; `package`, the distribution that
    brings it; `install`, what to do where it lacks; `most`, the quads above which it is not tried; `note`, what explains its failures.
    """

    name: ClassVar[str]
    family: ClassVar[str]
    package: ClassVar[str] = "pyoxigraph"
    install: ClassVar[str] = "pip install 'comity[bench]'"
    most: ClassVar[int] = 50_000_000
    note: ClassVar[str] = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def is_here(cls) -> bool:
        """Say whether the engine is installed."""
        return importlib.util.find_spec(cls.package) is not None

    @classmethod
    def version(cls) -> str:
        """Return the version of the engine."""
        return importlib.metadata.version(cls.package)

    @abstractmethod
    def load(self, data: Path) -> None:
        """Read the N-Quads file `data`."""

    def open(self) -> None:  # noqa: B027
        """Make ready to answer, in the forked process."""

    @abstractmethod
    def query(self, text: str) -> Answers:
        """Answer `text`, all rows read."""

    def server(self) -> int | None:
        """Return the process that holds the data, where it is not this one."""
        return None

    def restart(self) -> None:  # noqa: B027
        """Recover after a query was killed."""

    def close(self) -> None:  # noqa: B027
        """End what was started."""


class Embedded(Engine):
    """Ours: the store of the package, in memory."""

    name = "ours, in memory"
    family = "oxigraph"
    store: Store

    def load(self, data: Path) -> None:
        """Load as `comity.open` does."""
        self.store = open_snapshot(data, {})

    def query(self, text: str) -> Answers:
        """Answer as the package does."""
        return self.store.query(text).rows.cells


class EmbeddedOnDisk(Embedded):
    """Ours on disk: the same store over RocksDB."""

    name = "ours, on disk"

    def load(self, data: Path) -> None:
        """Load in bulk."""
        import pyoxigraph as ox

        store = ox.Store(str(self.folder / "store"))
        store.bulk_load(path=str(data), format=ox.RdfFormat.N_QUADS)
        store.flush()

    def open(self) -> None:
        """Open the files, as threads of the engine do not survive a fork."""
        import pyoxigraph as ox

        self.store = EmbeddedStore(ox.Store.read_only(str(self.folder / "store")), prefixes(layout().ontology))


class Rdflib(Engine):
    """rdflib in memory."""

    name = "rdflib"
    family = "rdflib"
    package = "rdflib"
    most = 1_000_000
    backend: ClassVar[str] = "default"
    parser: ClassVar[str] = "nquads"

    def load(self, data: Path) -> None:
        """Parse with rdflib."""
        import rdflib

        self.dataset = rdflib.Dataset(self.backend, default_union=True)
        self.dataset.parse(data, format=self.parser)

    def query(self, text: str) -> Answers:
        """Answer through rdflib."""
        result = self.dataset.query(text)
        rows: Answers = list(result.graph if result.graph is not None else result)  # type: ignore[arg-type]
        return rows


class Oxrdflib(Rdflib):
    """rdflib's interface on an Oxigraph store."""

    name = "oxrdflib"
    family = "oxigraph"
    package = "oxrdflib"
    most = 5_000_000
    backend = "Oxigraph"
    parser = "ox-nquads"
