"""A difference becomes an RDF Patch: one transaction of quads to delete and to add.

The form is that of Apache Jena (https://afs.github.io/rdf-patch/); rdflib reads it too.
"""

from __future__ import annotations

from comity.changes.compare import Difference
from comity.lines import digest, quads


def patch(difference: Difference) -> bytes:
    """Return the patch that leads from the state before to the one after; the same difference gives the same bytes."""
    change = difference.change
    gone = [b"D " + line for g in sorted(change.removed) for line in _quads(g, change.removed[g])]
    come = [b"A " + line for g in sorted(change.added) for line in _quads(g, change.added[g])]
    name = digest(*gone, *come)
    return b"".join([f'H id "sha256:{name}" .\n'.encode(), b"TX .\n", *gone, *come, b"TC .\n"])


def _quads(graph: str, lines: set[bytes]) -> list[bytes]:
    return quads(graph, sorted(lines)).splitlines(keepends=True)
