"""What is installed becomes a page of dependencies with licences and ages, and the lock a bill of materials (CycloneDX).

    python -m soak.supply --since 2025-11-22 --page docs/dependencies.md --bill build/sbom.json

A licence is what the installed package says of itself. Whether there was a release since a day is asked of the index, by resolving each direct
dependency as of that day and now. One without is kept for a reason that stands below, or not at all.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from soak.serving import ROOT

LOCK = ROOT / "locks" / "run.lock"
#: direct dependency without a release of late → why it is kept
REASONS = {
    "igraph": "version 1.0 is a year old and its C core goes on; python-igraph has wheels for each Python we admit",
    "jinja2": "finished rather than left: the Pallets project mends faults of security as they come, last in 3.1.6",
    "openpyxl": "reads the workbooks of others in the importers alone; nothing else reads them as completely, and nothing served meets it",
    "pyowl2-profiles": "checks the ontology against the profile OWL 2 RL, at the desk alone; pinned, and no other library does it",
    "python-mimeparse": "one small module for one thing that does not change, the reading of Accept; small enough to take over",
    "pyyaml": "6.0.3 brought wheels for Python 3.14; only the safe loader is used, on headers of our own files",
    "sparqlwrapper": "the client of remote endpoints that the field knows; part of the RDFLib project, which answers for it",
}


def direct() -> list[str]:
    """Return the names of the dependencies that `pyproject.toml` asks for at run time, in small letters."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return sorted(re.match(r"[\w.-]+", line)[0].lower() for line in project["dependencies"])  # type: ignore[index]


def pinned(lock: Path = LOCK) -> dict[str, str]:
    """Return name → version as locked; of several for several Pythons, the last."""
    return dict(re.findall(r"^([\w.-]+)==([\w.!+-]+)", lock.read_text(encoding="utf-8"), re.MULTILINE))


def licence(name: str) -> str:
    """Return the licence that an installed package names, in one line."""
    try:
        about = distribution(name).metadata
    except PackageNotFoundError:
        return "not installed here"
    classified = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier", []) if c.startswith("License ::")]
    said = about.get("License-Expression") or "; ".join(classified) or (about.get("License") or "").strip().partition("\n")[0]
    return said or "not said"


def newest(names: list[str], day: str = "") -> dict[str, str]:
    """Return the newest version of each package, as of `day` if given, as the index tells; those it dates not are missing."""
    found = {}
    for name in names:
        command = [Path(sys.executable).with_name("uv"), "pip", "compile", "-q", "--no-deps", "--no-header", "--no-annotate", "-"]
        done = subprocess.run([*command, *(["--exclude-newer", day] if day else [])], input=name, capture_output=True, text=True, check=False)
        version = re.search(r"==(\S+)", done.stdout)
        if done.returncode == 0 and version:
            found[name] = version[1]
    return found


def page(since: str) -> str:
    """Return the page of dependencies."""
    names, locked = direct(), pinned()
    before, now = newest(names, since), newest(names)
    lines = ["# Dependencies", "",
             f"What runs with Comity, as locked in `locks/run.lock`, with hashes. Written by `make supply`; releases since {since} as the index tells.", "",
             "| package | version | licence | released since | kept because |", "|---|---|---|---|---|"]
    for name in names:
        fresh = "not told" if name not in before else "no" if before[name] == now.get(name) else "yes"
        lines.append(f"| {name} | {locked[name]} | {licence(name)} | {fresh} | {REASONS.get(name, '') if fresh != 'yes' else ''} |")
    others = sorted(set(locked) - set(names))
    lines += ["", f"They bring {len(others)} more:", "", "| package | version | licence |", "|---|---|---|"]
    lines += [f"| {name} | {locked[name]} | {licence(name)} |" for name in others]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the page and the bill that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--since", default="2025-11-22")
    parser.add_argument("--page", type=Path)
    parser.add_argument("--bill", type=Path)
    asked = parser.parse_args()
    if asked.bill:
        command = [Path(sys.executable).with_name("cyclonedx-py"), "requirements", str(LOCK), "--output-reproducible", "--output-format", "JSON"]
        asked.bill.write_text(subprocess.run(command, capture_output=True, text=True, check=True).stdout, encoding="utf-8")
    if asked.page:
        asked.page.write_text(page(asked.since), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
