"""The files of a release become what archives read: an RO-Crate 1.1, metadata for Zenodo, and checksums."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

import yaml

from comity.errors import InputError
from comity.written import from_yaml

LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
CRATE: Final = "ro-crate-metadata.json"
SUMS: Final = "SHA256SUMS"
#: what each file is and its media type, by the end of its name
KINDS: Final = {
    ".ttl": ("the graph in Turtle, as one graph", "text/turtle"), ".jsonld.gz": ("the graph in JSON-LD, as one graph, gzipped", "application/gzip"),
    ".nq.gz": ("the graph in N-Quads, with its named graphs, gzipped", "application/gzip"), ".trig.gz": ("the graph in TriG, gzipped", "application/gzip"),
    ".sqlite": ("the tables as an SQLite database", "application/vnd.sqlite3"),
    ".zip": ("the tables as CSV with CSVW and Frictionless metadata", "application/zip"),
    ".cff": ("how to cite it", "text/yaml"), ".md": ("what changed", "text/markdown"), ".json": ("metadata", "application/json"),
}


def zenodo(citation: bytes, version: str) -> bytes:
    """Return metadata for Zenodo from a CITATION.cff. Raises `InputError` if that is no citation."""
    said = _citation(citation)
    return _json({"title": said["title"], "upload_type": "dataset", "version": version, "description": " ".join(str(said["abstract"]).split()),
                  "creators": [{"name": author["name"]} for author in said["authors"]], "keywords": said["keywords"], "license": "cc-by-4.0",
                  "access_right": "open"})


def crate(files: Mapping[str, bytes], citation: bytes, version: str) -> bytes:
    """Return the RO-Crate of the files of a release; the day of publication is the citation's, so that the bytes stay the same."""
    said = _citation(citation)
    parts = [_file(name, data) for name, data in sorted(files.items())]
    root = {"@id": "./", "@type": "Dataset", "name": said["title"], "description": " ".join(str(said["abstract"]).split()), "version": version,
            "datePublished": str(said["date-released"]), "license": {"@id": LICENCE}, "author": [{"@id": "#authors"}], "keywords": said["keywords"],
            "hasPart": [{"@id": part["@id"]} for part in parts]}
    head = {"@id": CRATE, "@type": "CreativeWork", "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}, "about": {"@id": "./"}}
    licence = {"@id": LICENCE, "@type": "CreativeWork", "name": "Creative Commons Attribution 4.0 International"}
    authors = {"@id": "#authors", "@type": "Organization", "name": said["authors"][0]["name"]}
    return _json({"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": [head, root, *parts, licence, authors]})


def sums(files: Mapping[str, bytes]) -> bytes:
    """Return the checksums as `sha256sum --check` reads them."""
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items())).encode()


def _file(name: str, data: bytes) -> dict[str, Any]:
    about, media = next((kind for end, kind in KINDS.items() if name.endswith(end)), ("data", "application/octet-stream"))
    return {"@id": name, "@type": "File", "name": f"{name}: {about}", "encodingFormat": media, "contentSize": str(len(data)),
            "sha256": hashlib.sha256(data).hexdigest()}


def _citation(text: bytes) -> dict[str, Any]:
    try:
        said: dict[str, Any] = from_yaml(text)
        missing = [key for key in ("title", "abstract", "authors", "keywords", "date-released") if key not in said]
    except (yaml.YAMLError, TypeError) as error:
        raise InputError(f"CITATION.cff cannot be read ({' '.join(str(error).split())[:120]}); mend it") from None
    if missing:
        raise InputError(f"CITATION.cff has no {missing[0]}; add it")
    return said


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
