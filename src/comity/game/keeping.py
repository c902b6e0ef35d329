"""A panel becomes a file beside the build and is read back, as asking for the ties of every year takes longer than a reader waits."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from comity.game.panel import Panel
from comity.game.strategies import lines
from comity.graph import Graph
from comity.names import dataset_version

#: changes when the same rows would give another panel
_METHOD = "1"


def kept(graph: Graph, first: int, last: int, make: Callable[[], Panel]) -> Panel:
    """Return the panel of these years from the folder `game` of the build, or make it and, where that can be written to, leave it there."""
    questions = "\n".join(q.text for q in graph.queries().values() if q.layer is not None)
    basis = [_METHOD, dataset_version(graph.store), first, last, [asdict(line) for line in lines()], questions]
    path = graph.layout.build / "game" / f"{hashlib.sha256(json.dumps(basis).encode()).hexdigest()[:24]}.npz"
    if path.is_file():
        with np.load(path) as file:
            texts = (tuple(str(text) for text in file[name]) for name in ("actors", "regions"))
            return Panel(next(texts), tuple(int(y) for y in file["years"]), file["played"], file["ties"], file["covariates"], file["pressures"], next(texts))
    panel = make()
    _keep(path, panel)
    return panel


def _keep(path: Path, panel: Panel) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(file, **{field: np.asarray(value) for field, value in vars(panel).items()})  # type: ignore[arg-type]
        Path(name).replace(path)
    except OSError:
        return
