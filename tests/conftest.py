"""The tiny tables of `fixtures/tables` become a small project that each test may use or spoil.

States are real, facts are made up: a few rows of each kind, with round cases for both clocks. The tables name only the
columns that they fill; here they are widened to the header that the real CSVW metadata describes.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from chromium import address, browser, page  # noqa: F401 fixtures
from hypothesis import HealthCheck, settings
from servers import comity_server

from comity.build import build, prepare
from comity.dumps import dump
from comity.graph import Graph
from comity.settings import Layout, layout
from comity.store import EmbeddedStore
from comity.tables import METADATA
from comity.vocabulary import prefixes

ROOT = Path(__file__).resolve().parents[1]
TABLES = Path(__file__).parent / "fixtures" / "tables"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--long`, under which tests that try many cases try many more."""
    parser.addoption("--long", action="store_true", help="try as many cases as make soak does")


def pytest_configure(config: pytest.Config) -> None:
    """Let Hypothesis try the same few examples each time, and many others under `--long`; nothing is kept on disk."""
    settings.register_profile("short", max_examples=40, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    settings.register_profile("long", max_examples=2000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    settings.load_profile("long" if config.getoption("--long") else "short")


@pytest.fixture(scope="session")
def effort(request: pytest.FixtureRequest) -> int:
    """Return 1, or 100 for the long form."""
    return 100 if request.config.getoption("--long") else 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no process of several is left alone with it."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """Return the small project, shared by the session: read it, never write to it."""
    return project(tmp_path_factory.mktemp("pristine"))


@pytest.fixture
def checkout(pristine: Layout, tmp_path: Path) -> Layout:
    """Return a copy of the small project that the test may change."""
    shutil.copytree(pristine.ontology.parent, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("build"))  # there some keep what they computed
    return layout(tmp_path)


@pytest.fixture(scope="session")
def built(pristine: Layout, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a finished build of the small project: read it, never write to it."""
    folder = tmp_path_factory.mktemp("built")
    build(pristine, folder)
    return folder


@pytest.fixture(scope="session")
def small(pristine: Layout) -> Graph:
    """Return the graph of the small project: read it, never write to it."""
    prepared = prepare(pristine)
    assert prepared.faults == []
    return Graph(EmbeddedStore(prepared.store, prefixes(pristine.ontology)), pristine)


def project(folder: Path) -> Layout:
    for name in ("ontology", "queries"):
        shutil.copytree(ROOT / name, folder / name)
    places = layout(folder)
    places.tables.mkdir(parents=True)
    shutil.copy(ROOT / "graph" / "tables" / METADATA, places.tables)
    for table in json.loads((places.tables / METADATA).read_text(encoding="utf-8"))["tables"]:
        header = [c["name"] for c in table["tableSchema"]["columns"] if not c.get("virtual")]
        _widen(TABLES / table["url"], header, places.tables / table["url"])
    return places


def _widen(path: Path, header: list[str], target: Path) -> None:
    """Copy the table at `path`, or nothing but the header where there is none, with all the columns of `header`."""
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, header, restval="", lineterminator="\n")
        writer.writeheader()
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                writer.writerows(csv.DictReader(file))


@pytest.fixture(scope="session")
def quads(small: Graph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the small graph as a file of N-Quads."""
    assert isinstance(small.store, EmbeddedStore)
    path = tmp_path_factory.mktemp("quads") / "small.nq"
    path.write_bytes(dump(small.store.store, "nq", small.store.prefixes))
    return path


@contextmanager
def serving(*options: str, before: str = "") -> Iterator[str]:
    """Run `comity serve` and give its address."""
    with comity_server(*options, before=before) as server:
        yield server.address


@pytest.fixture(scope="session")
def served(quads: Path) -> Iterator[str]:
    """Serve the small graph, with tight limits, and return the address."""
    with serving("--data", str(quads), "--timeout", "1", "--memory", "256", "--answer", "1", "--each", "8") as place:
        yield place
