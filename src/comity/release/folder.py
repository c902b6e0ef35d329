"""The built graph becomes a folder to publish: dumps, tables, citation, crate and checksums, the same bytes for the same build."""

from __future__ import annotations

import gzip

from comity.dumps import dump
from comity.errors import InputError
from comity.release.crate import CRATE, SUMS, crate, sums, zenodo
from comity.release.tables import database, package
from comity.settings import Layout
from comity.snapshot import find
from comity.store import open_snapshot

PACKED = ("nq", "trig", "jsonld")


def release(places: Layout, prefixes: dict[str, str], notes: bytes = b"") -> dict[str, bytes]:
    """Return the files of a release by name; `notes`, if any, become CHANGES.md. Raises `InputError` if a part is missing."""
    version = find(places.build).version
    store = open_snapshot(places.build, prefixes, memory=True).store
    citation = _citation(places)
    files = {f"comity.{form}.gz": gzip.compress(dump(store, form, prefixes), mtime=0) for form in PACKED}
    files |= {"comity.ttl": dump(store, "ttl", prefixes), "comity.sqlite": database(places), "comity-tables.zip": package(places), "CITATION.cff": citation,
              ".zenodo.json": zenodo(citation, version)}
    if notes:
        files["CHANGES.md"] = notes
    files[CRATE] = crate(files, citation, version)
    return {**files, SUMS: sums(files)}


def _citation(places: Layout) -> bytes:
    path = places.ontology.parent / "CITATION.cff"
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); a release needs it") from None
