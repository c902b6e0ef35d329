"""The folder of the project's own scenarios becomes a list of them, and a name or a path the scenario that is meant."""

from __future__ import annotations

import difflib
from pathlib import Path

from comity.errors import InputError
from comity.scenario.model import Overlay
from comity.scenario.overlay import read
from comity.settings import Layout


def shipped(places: Layout) -> dict[str, Overlay]:
    """Return the scenarios that come with the project, by name; none where there is no such folder. Raises `InputError` for one that cannot be read."""
    folders = sorted(path.parent for path in places.scenarios.glob("*/scenario.csv"))
    found = {folder.name: read(folder, places.tables) for folder in folders}
    for name, overlay in found.items():
        if overlay.slug != name:
            raise InputError(f"{overlay.home}: calls itself {overlay.slug}; folder and id are one name")
    return found


def find(source: str, places: Layout) -> Overlay:
    """Return the scenario that `source` names: a shipped one, or a folder, CSV or Turtle file.

    Raises `InputError` if there is none, if it cannot be read, or if it takes the name of a shipped one.
    """
    known = shipped_names(places)
    if source in known:
        return read(places.scenarios / source, places.tables)
    path = Path(source)
    if not path.exists():
        near = difflib.get_close_matches(source, known, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else "list them with: comity scenario"
        raise InputError(f"no scenario is called {source}, and no file is there; {hint}")
    overlay = read(path, places.tables)
    if overlay.slug in known and path.resolve() != (places.scenarios / overlay.slug).resolve():
        raise InputError(f"{path}: the name {overlay.slug} is taken by a shipped scenario; choose another id")
    return overlay


def shipped_names(places: Layout) -> tuple[str, ...]:
    """Return the names of the scenarios that come with the project, sorted."""
    return tuple(sorted(path.parent.name for path in places.scenarios.glob("*/scenario.csv")))
