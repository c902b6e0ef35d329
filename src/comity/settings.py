"""The place of each file of the project becomes a path, in a checkout and in an installed wheel alike.

An editable install works on the checkout that holds this file; a wheel carries the same folders inside the package.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

BUILD_VARIABLE = "COMITY_BUILD"


@dataclass(frozen=True)
class Layout:
    """The folders that the line reads from and writes to."""

    ontology: Path
    tables: Path
    queries: Path
    build: Path
    pages: Path

    @property
    def scenarios(self) -> Path:
        """The folder of the scenarios that are shipped, beside the query library."""
        return self.queries.parent / "scenarios"


def layout(root: Path | None = None) -> Layout:
    """Return the folders of `root`, or of the checkout or wheel that this package runs from."""
    base = root or _base()
    override = os.environ.get(BUILD_VARIABLE)
    build = Path(override) if override and root is None else base / "build"
    return Layout(base / "ontology", base / "graph" / "tables", base / "queries", build, base / "docs")


def _base() -> Path:
    """Return the folder that holds `ontology`: the wheel's own data folder, or the checkout's root."""
    package = Path(__file__).resolve().parent
    carried = package / "data"
    return carried if carried.is_dir() else package.parents[1]
