"""A wheel carries the ontology, the tables, the queries and the built graph; an editable install reads them in the checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: what is carried, and below which name: of the build, the quads of the version that counts (the engine's own store is twenty times as large)
CARRIED = {"ontology": "ontology", "queries": "queries", "graph": "graph", "build/current/comity.nq.gz": "build/comity.nq.gz",
           "build/current/manifest.json": "build/manifest.json"}


class CarryGraph(BuildHookInterface[Any]):
    """Adds what the package reads at run time below `comity/data`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the folders that are there; without a built graph, say how to get one."""
        if version != "standard":
            return
        for name, target in CARRIED.items():
            path = Path(self.root, name).resolve()
            if path.exists():
                build_data["force_include"][str(path)] = f"comity/data/{target}"
            else:
                self.app.display_warning(f"{name} is missing and will not be carried; run: make build")
