"""The OpenAPI document of a served graph becomes requests of every kind that it admits and many that it does not, each answer held against it.

    python -m soak.openapi --examples 200

Checked are: no error of the server, statuses and types of content as documented, data of the shape documented, methods as named in Allow. That a
string which fits its schema is accepted is not asked: most are names of things, which must exist.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

from soak.serving import served

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,unsupported_method"


def main() -> int:
    """Run schemathesis on a server of the small graph and print what it found; 0 if nothing."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--examples", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with served("--timeout", "1", "--memory", "256", "--answer", "2", "--each", "1000") as (address, _):
        command = [Path(sys.executable).with_name("schemathesis"), "run", f"{address}/openapi.json", "--max-examples", str(asked.examples),
                   "--seed", str(asked.seed), "--phases", "examples,coverage,fuzzing", "--checks", CHECKS, "--request-timeout", "30",
                   "--suppress-health-check", "all", "--no-color"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout[-20_000:], done.stderr[-2_000:])
        return 1
    print(" ".join(re.findall(r"(?:Tested: \d+|\d+ generated[^\n]*|No issues[^\n]*)", done.stdout)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
