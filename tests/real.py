"""The built graph of the checkout becomes one graph shared by the tests that ask about real data."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from comity.graph import Graph
from comity.graph import open as open_graph

ROOT = Path(__file__).resolve().parents[1]
SUITES = ROOT.parent / "shared" / "suites"


@cache
def built() -> Graph:
    """Return the graph in `build`, opened once a process."""
    snapshot = ROOT / "build" / "comity.nq.gz"
    if not snapshot.exists():
        pytest.fail(f"{snapshot} is missing; run: make build")
    return open_graph(snapshot)
