"""Bytes that a fuzzer chooses by the branches they reach become input of our parsers, which must read it or refuse it as they say.

    python -m soak.guided --seconds 60

Coverage-guided, by Atheris, which has wheels for Linux up to Python 3.13; elsewhere the properties of `tests/properties` are what there is. Each
parser runs in a process of its own, as the fuzzer ends its process; what breaks one is kept under `build/guided`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from soak.serving import ROOT

Target = Callable[[bytes], None]


def _dates(data: bytes) -> None:
    from comity.errors import InputError
    from comity.tables import is_calendar_date
    from comity.views import moment_of

    text = data.decode("utf-8", "replace")
    if len(text) in (4, 7, 10):
        is_calendar_date(text)
    try:
        moment_of(text)
    except InputError as error:
        assert "\n" not in str(error)


def _header(data: bytes) -> None:
    from comity.errors import InputError
    from comity.queries import header

    with tempfile.NamedTemporaryFile(suffix=".rq") as file:
        file.write(b"".join(b"#+ " + line + b"\n" for line in data.split(b"\n")).decode("utf-8", "replace").encode())
        file.flush()
        try:
            header(Path(file.name))
        except InputError as error:
            assert "\n" not in str(error)


def _table(data: bytes) -> None:
    from comity.tables import METADATA, TableData, fill, metadata

    description = next(t for t in metadata(ROOT / "graph" / "tables" / METADATA).tables if str(t.url) == "lists.csv")
    head = ",".join(c.header for c in description.tableSchema.columns if not c.virtual).encode()
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(head + b"\n" + data)
        file.flush()
        fill(TableData("lists", Path(file.name), description))


def _scenario(data: bytes) -> None:
    from comity.errors import InputError
    from comity.scenario import read

    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(data)
        file.flush()
        try:
            read(Path(file.name), ROOT / "graph" / "tables")
        except InputError as error:
            assert "\n" not in str(error)


def _query(data: bytes) -> None:
    from comity.errors import ComityError
    from comity.graph import _advise
    from comity.syntax import over, prologue, refuse_side_effects, tokens, undeclared

    text = data.decode("utf-8", "replace")
    assert "".join(token.text for token in tokens(text)) == text
    prologue(text)
    undeclared(text)
    for step in (refuse_side_effects, lambda t: over(t, ["https://example.org/g"]), lambda t: _advise(ROOT / "ontology", t)):
        try:
            step(text)
        except ComityError as error:
            assert "\n" not in str(error)


TARGETS: dict[str, Target] = {"dates": _dates, "headers": _header, "tables": _table, "scenarios": _scenario, "queries": _query}


def _fuzz(name: str, seconds: int, kept: Path) -> None:
    import atheris

    with atheris.instrument_imports(include=["comity", "csv"]):
        import comity.graph
        import comity.queries
        import comity.scenario
        import comity.syntax
        import comity.tables
        import comity.views  # noqa: F401
    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", f"-artifact_prefix={kept}/", "-max_len=400", "-print_final_stats=1"], TARGETS[name])
    atheris.Fuzz()


def main() -> int:
    """Fuzz each parser for some seconds; 1 if one broke."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--only", choices=sorted(TARGETS))
    asked = parser.parse_args()
    kept = ROOT / "build" / "guided"
    kept.mkdir(parents=True, exist_ok=True)
    if asked.only:
        _fuzz(asked.only, asked.seconds, kept)
        return 0
    try:
        import atheris  # noqa: F401
    except ImportError:
        print("Atheris is not installed: it has wheels for Linux up to Python 3.13 alone; nothing was fuzzed")
        return 0
    broken = 0
    for name in TARGETS:
        command = [sys.executable, "-m", "soak.guided", "--only", name, "--seconds", str(asked.seconds)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
        runs = [line.split()[-1] for line in done.stderr.splitlines() if "number_of_executed_units" in line]
        print(f"{name}: {int(runs[-1]):,} inputs, " if runs else f"{name}: ", "broken" if done.returncode else "none broke it")
        if done.returncode:
            broken += 1
            print(done.stdout[-3000:], done.stderr[-2000:])
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
