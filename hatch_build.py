"""A wheel carries the ontology, the tables, the queries and the built graph; an editable install reads them in the checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("ontology", "queries", "graph", "build/comity.nq.gz")


class CarryGraph(BuildHookInterface[Any]):
    """Adds what the package reads at run time below `comity/data`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the folders that are there; without a built graph, say how to get one."""
        if version != "standard":
            return
        for name in FOLDERS:
            path = Path(self.root, name)
            if path.exists():
                build_data["force_include"][str(path)] = f"comity/data/{name}"
            else:
                self.app.display_warning(f"{name} is missing and will not be carried; run: make build")
