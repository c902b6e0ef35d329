"""Intervals become files beside the build and are read back, as a thousand draws take longer than a reader waits.

Alignment and rivalry have a file each, named by what they are drawn from. So after a change of the graph only the scores that
the change can touch are drawn anew.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from comity.network.intervals import GROUPS, Intervals, intervals, weights_of
from comity.network.matrix import Array
from comity.network.world import World


def kept(world: World, folder: Path, *, made: Mapping[str, object], count: int, seed: int) -> Intervals:
    """Return the intervals of `world`, from `folder` where they stand there, else computed and, where it can be written to, left there.

    `made` names what the world was made with (version of the method, hash of the queries). The name of a group's file changes with
    it, with the actors, the records of its parts and all weights, with `count` and with `seed`, and with nothing else.
    """
    paths = {group: folder / f"{group}-{_key(world, parts, (sorted(made.items()), count, seed))}.npz" for group, parts in GROUPS.items()}
    missing = tuple(group for group, path in paths.items() if not path.is_file())
    drawn = intervals(world, count=count, seed=seed, groups=missing) if missing else None
    tables: dict[str, Array] = {}
    for group, path in paths.items():
        if drawn is not None and group in missing:
            found = dict(_tables(drawn, group))
            _keep(path, found)
        else:
            with np.load(path) as file:
                found = {name: file[name] for name in file.files}
        tables |= found
    low, high = ({name.removeprefix(side): table for name, table in tables.items() if name.startswith(side)} for side in ("low-", "high-"))
    return Intervals(low, high, tables["positive"], count, seed)


def _key(world: World, parts: tuple[str, ...], basis: tuple[object, ...]) -> str:
    drawn_from = (world.index.actors, sorted(weights_of(world)), [(part, world.records.get(part, [])) for part in parts], basis)
    return hashlib.sha256(repr(drawn_from).encode()).hexdigest()[:24]


def _tables(found: Intervals, group: str) -> Iterator[tuple[str, Array]]:
    for side, ends in (("low", found.low), ("high", found.high)):
        yield from ((f"{side}-{name}", table) for name, table in ends.items() if name.startswith(group))
    if group == "A":
        yield "positive", found.positive


def _keep(path: Path, tables: Mapping[str, Array]) -> None:
    """Write a file in one step; a folder that cannot be written to is passed over, as nothing is lost but time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(file, **tables)  # type: ignore[arg-type]
        Path(name).replace(path)
    except OSError:
        return
