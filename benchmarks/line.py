"""Tables become a built graph through the command `comity build`, in a checkout of its own, timed stage by stage.

Above `CHECKED` quads the checks are left out, as the copy of the graph that they need is larger than this machine's memory.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from comity.build import assemble
from comity.settings import layout
from comity.snapshot import QUADS

ROOT = Path(__file__).resolve().parents[1]
CHECKED = 6_000_000


class Built(NamedTuple):
    """What a build gave: its quads, the seconds of each stage, and the peak of memory in megabytes."""

    quads: int
    seconds: dict[str, float]
    memory: float


def checkout(folder: Path, tables: Path) -> Path:
    """Copy this checkout's code, ontology and queries into `folder`, with the tables of the folder `tables`."""
    for name in ("src", "ontology", "queries"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(tables, folder / "graph" / "tables", dirs_exist_ok=True)
    return folder


def build(folder: Path, out: Path) -> Built:
    """Run `comity build` in the checkout `folder`."""
    code, text, memory = run([sys.executable, "-m", "comity", "build", "--out", str(out), "--format", "json"], folder)
    if code:
        raise SystemExit(f"comity build failed in {folder}: {text}")
    said = json.loads(text)
    return Built(said["quads"], said["seconds"], memory)


def run(command: Sequence[str], folder: Path) -> tuple[int, str, float]:
    """Run a command on the code of the checkout `folder`; return its exit code, what it printed and its peak of memory."""
    environment = {k: v for k, v in os.environ.items() if k != "COMITY_BUILD"} | {"PYTHONPATH": str(folder / "src")}
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, text, usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def quads_of(out: Path, data: Path) -> None:
    """Unpack the snapshot of the build in `out` to the N-Quads file `data`."""
    with gzip.open(out / QUADS) as packed, data.open("wb") as file:
        shutil.copyfileobj(packed, file)


def without_checks(tables: Path, data: Path) -> Built:
    """Run the line up to inference and write the graph to the N-Quads file `data`, in this process."""
    import pyoxigraph as ox

    from benchmarks.trial import peak

    prepared = assemble(replace(layout(), tables=tables))
    if prepared.faults:
        raise SystemExit(f"{prepared.faults[0]}")
    prepared.store.dump(str(data), format=ox.RdfFormat.N_QUADS)
    return Built(len(prepared.store), prepared.seconds, peak(None))


def change_a_row(tables: Path) -> None:
    """Say something else in the note of the first row of `participations.csv`."""
    path = tables / "participations.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, first, *rest = csv.reader(file)
    first[header.index("note")] = f"Changed at {time.time_ns()}."
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, first, *rest])


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Return k of y = c x^k through `points`, by least squares of the logarithms; 1 is linear growth."""
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / sum((x - mean_x) ** 2 for x in xs)


if __name__ == "__main__":
    print(json.dumps(without_checks(Path(sys.argv[1]), Path(sys.argv[2]))))
