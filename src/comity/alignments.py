"""The SSSOM table and the frozen excerpts of other vocabularies become mappings, quads and a list of what does not fit.

SSSOM is a TSV file with its metadata as YAML in comment lines (https://mapping-commons.github.io/sssom/). An excerpt
holds identifiers, labels and types of the terms that a list beside it names.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import yaml

from comity.errors import InputError
from comity.vocabulary import ALIGNMENTS_GRAPH, TYPE, declared, read_turtle
from comity.written import from_yaml

FILE = "alignments.sssom.tsv"
COLUMNS = ("subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification", "confidence", "comment")


@dataclass(frozen=True)
class Mapping:
    """One mapping: full IRIs of subject, predicate and object, the labels beside them, and its line in the file."""

    subject: str
    subject_label: str
    predicate: str
    object: str
    object_label: str
    confidence: float
    comment: str
    line: int


def mappings(folder: Path) -> list[Mapping]:
    """Read the mappings of the ontology in `folder`, in file order. Raises `InputError` naming file and line."""
    path = folder / FILE
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        metadata = from_yaml("\n".join(line[1:].removeprefix(" ") for line in lines if line.startswith("#")))
    except (OSError, yaml.YAMLError) as error:
        raise InputError(f"{path}: cannot be read ({error}); restore the file") from None
    prefixes = metadata.get("curie_map", {}) if isinstance(metadata, dict) else {}
    start = sum(line.startswith("#") for line in lines)
    reader = csv.DictReader(lines[start:], delimiter="\t", strict=True)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise InputError(f"{path}:{start + 1}: the columns must read {', '.join(COLUMNS)}")
    return [_mapping(path, number, row, prefixes) for number, row in enumerate(reader, start + 2)]


def _mapping(path: Path, line: int, row: dict[str, str], prefixes: dict[str, str]) -> Mapping:
    def expand(curie: str) -> str:
        prefix, colon, local = curie.partition(":")
        if not colon or prefix not in prefixes:
            raise InputError(f"{path}:{line}: {curie} has a prefix that the curie_map does not name; add it there")
        return prefixes[prefix] + local

    try:
        return Mapping(expand(row["subject_id"]), row["subject_label"], expand(row["predicate_id"]), expand(row["object_id"]),
                       row["object_label"], float(row["confidence"]), row["comment"], line)
    except (TypeError, ValueError, AttributeError):
        raise InputError(f"{path}:{line}: wants {len(COLUMNS)} cells and a number as confidence; correct the line") from None


def quads(folder: Path) -> list[ox.Quad]:
    """Return each mapping as a statement in the graph of alignments, sorted."""
    found = {ox.Quad(ox.NamedNode(m.subject), ox.NamedNode(m.predicate), ox.NamedNode(m.object), ALIGNMENTS_GRAPH) for m in mappings(folder)}
    return sorted(found, key=str)


def excerpts(folder: Path) -> dict[str, dict[str, str]]:
    """Return for each frozen excerpt in `folder`/imports the IRIs of its terms with their English labels."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted((folder / "imports").glob("*.ttl")):
        terms = found.setdefault(path.stem, {})
        for quad in read_turtle(path):
            if isinstance(quad.subject, ox.NamedNode):
                label = quad.object.value if isinstance(quad.object, ox.Literal) and quad.object.language == "en" else ""
                terms[quad.subject.value] = label or terms.get(quad.subject.value, "")
    return found


def wanted(path: Path) -> set[str]:
    """Return the IRIs that the list `path` (`<name>.terms`) asks for."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line.partition(" #")[0].strip() for line in lines if line.strip() and not line.startswith("#")}


def misfits(folder: Path) -> Iterator[tuple[int, str]]:
    """Yield line and complaint for each mapping whose ends are not where they should be."""
    ours, theirs = declared(folder), {iri: label for terms in excerpts(folder).values() for iri, label in terms.items()}
    for mapping in mappings(folder):
        if mapping.subject not in ours:
            yield mapping.line, f"{mapping.subject} is no term or concept of the ontology: correct subject_id."
        if mapping.object not in theirs:
            yield mapping.line, f"{mapping.object} is in no excerpt: add it to ontology/imports or correct object_id."
        elif theirs[mapping.object] != mapping.object_label:
            yield mapping.line, f"{mapping.object} is called {theirs[mapping.object]} there: correct object_label."
        if not 0 < mapping.confidence <= 1:
            yield mapping.line, f"confidence {mapping.confidence} is not between 0 and 1."


def typed(folder: Path, used: set[str]) -> list[ox.Quad]:
    """Return the types that the excerpts give to the external terms in `used`, which make them known to a reasoner."""
    paths = sorted((folder / "imports").glob("*.ttl"))
    return [q for path in paths for q in read_turtle(path) if q.predicate == TYPE and str(getattr(q.subject, "value", "")) in used]
