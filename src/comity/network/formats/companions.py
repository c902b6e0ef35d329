"""The files of a dataset become described: a codebook, a Frictionless data package, a Croissant description, and how it came to be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from comity.network.dataset import ACTORS, TIES, Column, Dataset
from comity.network.formats.separated import rows_to_csv

LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
HOME: Final = "https://w3id.org/comity/"
_FRICTIONLESS: Final = {"text": "string", "date": "string", "list": "string"}
_CROISSANT: Final = {"text": "sc:Text", "date": "sc:Text", "list": "sc:Text", "integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean"}
_CONTEXT: Final = {
    "@language": "en", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs", "column": "cr:column", "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/", "rai": "http://mlcommons.org/croissant/RAI/", "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "dct": "http://purl.org/dc/terms/", "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract", "field": "cr:field", "fileProperty": "cr:fileProperty", "fileObject": "cr:fileObject", "fileSet": "cr:fileSet",
    "format": "cr:format", "includes": "cr:includes", "isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath", "key": "cr:key", "md5": "cr:md5",
    "parentField": "cr:parentField", "path": "cr:path", "recordSet": "cr:recordSet", "references": "cr:references", "regex": "cr:regex",
    "repeated": "cr:repeated", "replace": "cr:replace",
    "samplingRate": "cr:samplingRate", "sc": "https://schema.org/", "separator": "cr:separator", "source": "cr:source",
    "subField": "cr:subField", "transform": "cr:transform"}


def companions(dataset: Dataset, files: Mapping[str, bytes], media: str) -> dict[str, bytes]:
    """Return `codebook.csv`, `about.json`, `datapackage.json` and `croissant.json` for the `files` of `dataset`.

    `about.json` holds what `about` holds and the SHA-256 of every other file but the two descriptions, which hold it too.
    """
    described = {**files, "codebook.csv": codebook(dataset.columns)}
    about = {"name": dataset.name, **dataset.about, "sha256": {name: _sum(data) for name, data in described.items()}}
    described["about.json"] = _json(about)
    tables = {f"{dataset.name}-{table}": table for table in dataset.tables}
    return {"codebook.csv": described["codebook.csv"], "about.json": described["about.json"],
            "datapackage.json": _json(_package(dataset, described, tables)), "croissant.json": _json(_croissant(dataset, described, tables, media))}


def codebook(columns: tuple[Column, ...]) -> bytes:
    """Return the meaning of every column as CSV."""
    return rows_to_csv(("table", "column", "type", "unit", "meaning"),
                       ({"table": c.table, "column": c.name, "type": c.type, "unit": c.unit, "meaning": c.meaning} for c in columns))


def _package(dataset: Dataset, files: Mapping[str, bytes], tables: Mapping[str, str]) -> dict[str, Any]:
    """Describe the files as a Frictionless data package, with keys where they are CSV tables."""
    resources = []
    for path, data in files.items():
        stem, _, ending = path.rpartition(".")
        resource: dict[str, Any] = {"name": path.lower(), "path": path, "bytes": len(data), "hash": f"sha256:{_sum(data)}"}
        if ending == "csv" and stem in tables:
            table = tables[stem]
            resource |= {"name": table, "profile": "tabular-data-resource", "format": "csv", "encoding": "utf-8", "schema": _schema(dataset, table)}
        resources.append(resource)
    return {"name": dataset.name.lower(), "title": f"Comity: {dataset.name}", **_version(dataset), "homepage": HOME,
            "licenses": [{"name": "CC-BY-4.0", "path": LICENCE}], "resources": resources}


def _schema(dataset: Dataset, table: str) -> dict[str, Any]:
    fields = [{"name": c.name, "type": _FRICTIONLESS.get(c.type, c.type), "description": f"{c.meaning} Unit: {c.unit}.",
               **({"trueValues": ["True"], "falseValues": ["False"]} if c.type == "boolean" else {})} for c in dataset.of(table)]
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if table == ACTORS:
        schema["primaryKey"] = ["id"]
    if table == TIES:
        schema["foreignKeys"] = [{"fields": [end], "reference": {"resource": ACTORS, "fields": ["id"]}} for end in ("source", "target")]
    return schema


def _croissant(dataset: Dataset, files: Mapping[str, bytes], tables: Mapping[str, str], media: str) -> dict[str, Any]:
    """Describe the files in Croissant 1.0, with a record set for each table."""
    other = {"csv": "text/csv", "json": "application/json", "parquet": "application/x-parquet"}
    kinds = {path: other.get(path.rpartition(".")[2], media.partition(";")[0]) for path in files}
    objects = [{"@type": "cr:FileObject", "@id": path, "name": path, "contentUrl": path, "encodingFormat": kinds[path],
                "sha256": _sum(data)} for path, data in files.items()]
    records = [{"@type": "cr:RecordSet", "@id": tables[stem], "name": tables[stem], "field": [_field(c, path) for c in dataset.of(tables[stem])]}
               for path in files if (stem := path.rpartition(".")[0]) in tables and path.endswith((".csv", ".parquet"))]
    return {"@context": _CONTEXT, "@type": "sc:Dataset", "conformsTo": "http://mlcommons.org/croissant/1.0", "name": dataset.name,
            "description": f"Comity: {dataset.name}; actors, ties and scores of international data governance.", "url": HOME, "license": LICENCE,
            "citeAs": ", ".join(("The Comity authors: Comity", dataset.name, *_version(dataset).values())),
            "creator": {"@type": "sc:Organization", "name": "The Comity authors"}, **_version(dataset), "distribution": objects, "recordSet": records}


def _field(column: Column, path: str) -> dict[str, Any]:
    field: dict[str, Any] = {"@type": "cr:Field", "@id": f"{column.table}/{column.name}", "name": column.name, "description": column.meaning,
                             "dataType": _CROISSANT[column.type], "source": {"fileObject": {"@id": path}, "extract": {"column": column.name}}}
    if column.table == TIES and column.name in ("source", "target"):
        field["references"] = {"field": {"@id": f"{ACTORS}/id"}}
    return field


def _version(dataset: Dataset) -> dict[str, str]:
    version = dataset.about.get("version")
    return {"version": str(version)} if version else {}


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()
