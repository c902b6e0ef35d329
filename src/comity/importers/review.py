"""The rows of a dataset become rows of our tables, and a review that says of each what it is beside ours."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

from comity.errors import InputError
from comity.importers import laws, rows, treaties, values
from comity.importers.mapping import Mapping
from comity.importers.ours import Cells, Ours
from comity.importers.reading import load, parse
from comity.importers.verdict import Finding
from comity.matching import Matcher

REVIEW = ("row", "id", "verdict", "differs", "matched", "unmatched", "candidates", "why", "file", "sha256", "edition", "licence")


def review(how: Mapping, path: Path, matcher: Matcher, tables: Path) -> dict[str, bytes]:
    """Return the review tables of the file `path` by file name: rows in the columns of ours, and `review.csv`.

    `matcher` finds actors and things by name; `tables` is the folder of our tables, which is only read. The verdict on a row is
    `new`, `same`, `differs` (with the cells), `candidate` (ours may hold it: see `candidates`, with scores), `unmatched name` (its
    actor is not found) or `left out` (see `why`). Raises `InputError`.
    """
    data = load(path)
    header, numbered = parse(data, path.name, how)
    ours = Ours(tables)
    if how.kind != "csv":
        how.check(header, path.name)
    if not numbered:
        raise InputError(f"{path.name}: has a header and no rows; give the file as downloaded")
    if how.shape == "treaties":
        findings = treaties.judge(how, numbered, matcher, ours)
    elif how.shape == "laws":
        findings = laws.judge(how, numbered, ours)
    elif how.shape == "values":
        findings = values.judge(how, numbered, ours)
    else:
        findings = rows.judge(how, (path.name, header, numbered), matcher, ours)
    about = {"file": path.name, "sha256": hashlib.sha256(data).hexdigest(), "edition": how.edition, "licence": how.licence}
    return {**_tables(findings, ours), "review.csv": _csv(REVIEW, [finding.cells() | about for finding in findings])}


def _tables(findings: list[Finding], ours: Ours) -> dict[str, bytes]:
    """Return the rows of `findings` as files, in the columns of our tables of those names; numbers about states have columns of their own."""
    found: dict[str, list[Cells]] = {}
    for finding in findings:
        for table, made in finding.rows:
            found.setdefault(table, []).append(made)
    columns = {table: values.COLUMNS if table == values.TABLE else tuple(ours.table(table, table)[0]) for table in found}
    return {f"{table}.csv": _csv(columns[table], made) for table, made in found.items()}


def _csv(columns: tuple[str, ...], cells: list[Cells]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(cells)
    return out.getvalue().encode()
