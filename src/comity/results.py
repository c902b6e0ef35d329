"""What an engine answers becomes rows, a truth value or triples, and these become any of the standard formats.

Serialisation happens in the engine's own writers; only the table for people is laid out here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

import pyoxigraph as ox

from comity.errors import InputError
from comity.frames import columns, multigraph
from comity.vocabulary import compact

if TYPE_CHECKING:
    import networkx
    import pandas
    import polars

ROW_FORMATS: Final = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
GRAPH_FORMATS: Final = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
}

_QUOTED = re.compile(rb'"[^"]*"')
_ROWS, _EMPTY_ROW = b'"bindings":[', b"},{}"
#: where a row follows another: a quote inside a text is escaped, so that only one that ends the text can follow a brace there
_OTHER_ROWS = re.compile(rb'\},\{(?:"[^",}]|\})')
Raw = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples
Cell = ox.NamedNode | ox.Literal | ox.BlankNode | None


@dataclass(frozen=True)
class Answer:
    """The answer to one query, complete and independent of the engine that gave it.

    Attributes: `kind`, one of `rows`, `boolean` and `graph`; `body`, SPARQL results in JSON, or sorted N-Triples for a
    graph; `prefixes`, for graph formats and for the table for people. The engine's own results are bound to the thread
    that made them and are not kept.
    """

    kind: str
    body: bytes
    prefixes: dict[str, str]
    _written: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)

    def serialize(self, name: str) -> bytes:
        """Return the answer in the format `name` (see `ROW_FORMATS`, `GRAPH_FORMATS`, and `table`), written once for each.

        Raises `InputError` if the format does not suit the kind of answer.
        """
        if name not in self._written:
            self._written[name] = self._write(name)
        return self._written[name]

    @property
    def size(self) -> int:
        """Bytes that the answer takes, in all formats in which it was written."""
        return len(self.body) + sum(len(text) for text in self._written.values() if text is not self.body)

    def _write(self, name: str) -> bytes:
        if name == "table":
            return self.to_table().encode()
        if self.kind == "graph":
            if name not in GRAPH_FORMATS:
                raise InputError(f"format {name} holds rows and this query gives a graph; use one of {', '.join(GRAPH_FORMATS)}")
            return self.body if name == "nt" else ox.serialize(self._triples(), format=GRAPH_FORMATS[name], prefixes=self.prefixes) or b""
        if name not in ROW_FORMATS:
            raise InputError(f"format {name} holds a graph and this query gives {self.kind}; use one of table, {', '.join(ROW_FORMATS)}")
        if name == "json":
            return self.body
        if self.kind == "boolean" and name in ("csv", "tsv"):
            return f"{str(self._truth()).lower()}\n".encode()
        return ox.parse_query_results(self.body, format=ROW_FORMATS["json"]).serialize(format=ROW_FORMATS[name]) or b""

    @cached_property
    def rows(self) -> Rows:
        """The rows of a SELECT; an ASK gives one row, a graph its triples."""
        if self.kind == "graph":
            return Rows(("subject", "predicate", "object"), tuple((t.subject, t.predicate, t.object) for t in self._triples()))
        raw = ox.parse_query_results(self.body, format=ROW_FORMATS["json"])
        if not isinstance(raw, ox.QuerySolutions):
            return Rows(("answer",), ((ox.Literal(bool(raw)),),))
        names = tuple(v.value for v in raw.variables)
        return Rows(names, tuple(tuple(solution[i] for i in range(len(names))) for solution in raw))

    def _triples(self) -> Iterator[Any]:
        return (quad.triple for quad in ox.parse(self.body, format=ox.RdfFormat.N_TRIPLES))

    def _truth(self) -> bool:
        return bool(ox.parse_query_results(self.body, format=ROW_FORMATS["json"]))

    def __len__(self) -> int:
        """Count rows or triples; a truth value counts as one."""
        if self.kind == "boolean":
            return 1
        return self.body.count(b"\n") if self.kind == "graph" else count_rows(self.body, "json")

    def to_table(self) -> str:
        """Lay the rows out for people, every cell in full."""
        rows = self.rows
        cells = [[show(cell, self.prefixes) for cell in row] for row in rows.cells]
        widths = [max([len(n), *(len(row[i]) for row in cells)]) for i, n in enumerate(rows.names)]
        lines = [rows.names, tuple("─" * w for w in widths), *cells]
        body = "\n".join("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines)
        return f"{body}\n({len(cells)} {'row' if len(cells) == 1 else 'rows'})\n"


@dataclass(frozen=True)
class Rows:
    """Rows of RDF terms; iterate for mappings of plain Python values.

    Attributes: `names`, the variables in order; `cells`, a tuple of rows, each a tuple of terms or None.
    """

    names: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]

    def __len__(self) -> int:
        return len(self.cells)

    def __iter__(self) -> Iterator[dict[str, str | None]]:
        return ({n: plain(c) for n, c in zip(self.names, row, strict=True)} for row in self.cells)

    def to_dicts(self) -> list[dict[str, str | None]]:
        """Return the rows as a list of mappings from variable to plain text."""
        return list(self)

    def to_pandas(self, *, typed: bool = False) -> pandas.DataFrame:
        """Return the rows as a DataFrame of text, one column a variable; `typed` gives numbers, truth values and days where all of a column are.

        Needs pandas; raises `InputError` without it.
        """
        try:
            import pandas
        except ImportError:
            raise InputError("to_pandas needs pandas; install it with: pip install pandas") from None
        return pandas.DataFrame(columns(self.names, self.cells, typed=typed), columns=list(self.names), dtype=None if self.cells else object)

    def to_polars(self, *, typed: bool = False) -> polars.DataFrame:
        """Return the rows as a polars DataFrame; see `to_pandas`. Needs polars; raises `InputError` without it."""
        try:
            import polars
        except ImportError:
            raise InputError("to_polars needs polars; install it with: pip install polars") from None
        made = columns(self.names, self.cells, typed=typed)
        return polars.DataFrame({n: polars.Series(n, v, dtype=None if any(c is not None for c in v) else polars.String) for n, v in made.items()})

    def to_networkx(self, source: str | None = None, target: str | None = None) -> networkx.MultiDiGraph[str]:
        """Return a graph with an edge a row, from column `source` to column `target`, by default the first two, or subject and object of triples.

        Columns `xLabel` name the nodes; all others are attributes of the edge. Raises `InputError` for a name of no column.
        """
        return multigraph(self.names, self.cells, source, target)

    def to_csv(self, path: str | Path) -> None:
        """Write the rows as CSV with a header line."""
        import csv

        with Path(path).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(self.names)
            writer.writerows([[plain(c) or "" for c in row] for row in self.cells])


@dataclass(frozen=True)
class Written:
    """An answer in one format: its kind as in `Answer`, the format's name, how many rows or triples, and the bytes."""

    kind: str
    name: str
    count: int
    body: bytes


class TooLarge(Exception):
    """An answer has more bytes than may be written."""


def write(raw: Raw, rows: str, graph: str, prefixes: dict[str, str], most: int) -> Written:
    """Write an engine's results in the format `rows`, or `graph` for triples, while they are found; either is empty where none will do.

    Raises `TooLarge` as soon as rows have more than `most` bytes, `InputError` where no format will do, and what the engine raises.
    """
    if isinstance(raw, ox.QuerySolutions):
        if not rows:
            raise InputError(f"this query gives rows, which come as {', '.join(ROW_FORMATS)}")
        sink = _Sink(most)
        raw.serialize(output=cast("IO[bytes]", sink), format=ROW_FORMATS[rows])
        body = b"".join(sink.parts)
        return Written("rows", rows, count_rows(body, rows), body)
    answer = answer_of(raw, prefixes)
    name = graph if answer.kind == "graph" else rows
    if not name:
        raise InputError(f"this query gives a {answer.kind}, which comes as {', '.join(GRAPH_FORMATS if answer.kind == 'graph' else ROW_FORMATS)}")
    body = answer.serialize(name)
    if len(body) > most:
        raise TooLarge
    return Written(answer.kind, name, len(answer), body)


class _Sink(io.RawIOBase):
    """Takes bytes up to a limit; one large buffer would be copied again and again as it grows."""

    def __init__(self, most: int) -> None:
        self.parts: list[bytes] = []
        self.left = most

    def write(self, data: Any) -> int:
        part = bytes(data)
        self.left -= len(part)
        if self.left < 0:
            raise TooLarge
        self.parts.append(part)
        return len(part)


def count_rows(body: bytes, name: str) -> int:
    """Count the rows in SPARQL results as the engine writes them in the format `name`."""
    if name == "xml":
        return body.count(b"<result>")
    if name == "csv":
        return (_QUOTED.sub(b"", body) if b'"' in body else body).count(b"\n") - 1
    if name == "json":
        if body.endswith(b'"bindings":[]}}'):
            return 0
        others = _OTHER_ROWS.findall(body)
        if _EMPTY_ROW not in others and not body.startswith(b"{}", body.index(_ROWS) + len(_ROWS)):
            return 1 + len(others)
        body = ox.parse_query_results(body, format=ROW_FORMATS["json"]).serialize(format=ROW_FORMATS["tsv"]) or b""
    return body.count(b"\n") - 1


def answer_of(raw: Raw, prefixes: dict[str, str]) -> Answer:
    """Read an engine's results to their end. Raises what the engine raises while it evaluates."""
    if isinstance(raw, ox.QueryTriples):
        return graph_answer(raw, prefixes)
    return Answer("boolean" if isinstance(raw, ox.QueryBoolean) else "rows", raw.serialize(format=ROW_FORMATS["json"]) or b"", prefixes)


def graph_answer(triples: Iterable[ox.Triple], prefixes: dict[str, str]) -> Answer:
    """Return `triples`, each once and sorted, as the answer to a CONSTRUCT."""
    lines = (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").splitlines(keepends=True)
    return Answer("graph", b"".join(sorted(set(lines))), prefixes)


def plain(cell: Cell) -> str | None:
    """Return the text of a term: an IRI or a lexical form, without type or language."""
    return None if cell is None else cell.value


def show(cell: Cell, prefixes: dict[str, str]) -> str:
    """Return a term for people: a prefixed name where one fits, else its text on one line."""
    if cell is None:
        return ""
    return compact(cell.value, prefixes) if isinstance(cell, ox.NamedNode) else cell.value.replace("\n", " ")
