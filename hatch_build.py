"""A wheel carries the ontology, the tables, the queries and the built graph; an editable install reads them in the checkout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: what is carried, and below which name: of the build, the quads of the version that counts (the engine's own store is twenty times as large)
CARRIED = {"ontology": "ontology", "queries": "queries", "graph": "graph", "scenarios": "scenarios",
           "docs/methods.md": "docs/methods.md", "docs/methods": "docs/methods", "docs/coverage.md": "docs/coverage.md",
           "build/current/comity.nq.gz": "build/comity.nq.gz", "build/current/datapackage.json": "build/datapackage.json", "CITATION.cff": "CITATION.cff"}
MANIFEST = "build/current/manifest.json"


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
        if Path(self.root, MANIFEST).exists():
            build_data["force_include"][self._manifest()] = "comity/data/build/manifest.json"

    def _manifest(self) -> str:
        """Return the place of a manifest without the seconds that the build took: the only thing that two builds do not share."""
        said = json.loads(Path(self.root, MANIFEST).read_text(encoding="utf-8"))
        place = Path(self.directory, ".manifest.json")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps({**said, "seconds": {}}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return str(place)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Leave nothing but the wheel."""
        Path(self.directory, ".manifest.json").unlink(missing_ok=True)
