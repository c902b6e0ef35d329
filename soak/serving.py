"""The small graph of the tests becomes a server on a free port, for as long as a soak lasts."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from comity.build import prepare
from comity.dumps import dump
from comity.settings import layout
from comity.vocabulary import prefixes

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def served(*options: str, real: bool = False) -> Iterator[tuple[str, int]]:
    """Serve the small graph, or the built one, and give its address and the process."""
    with tempfile.TemporaryDirectory() as folder:
        source = [] if real else ["--data", str(_small(Path(folder)))]
        sys.path.insert(0, str(ROOT / "tests"))
        from servers import comity_server

        with comity_server(*source, *options) as server:
            yield server.address, server.process.pid


def _small(folder: Path) -> Path:
    sys.path.insert(0, str(ROOT / "tests"))
    from conftest import project

    places = project(folder)
    prepared = prepare(places)
    path = folder / "small.nq"
    path.write_bytes(dump(prepared.store, "nq", prefixes(layout(ROOT).ontology)))
    return path
