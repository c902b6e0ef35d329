"""What an engine answers becomes rows, a truth value or triples, and these become any of the standard formats.

Serialisation happens in the engine's own writers; only the table for people is laid out here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from comity.errors import InputError
from comity.vocabulary import compact

if TYPE_CHECKING:
    import pandas

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

Raw = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples
Cell = ox.NamedNode | ox.Literal | ox.BlankNode | None


@dataclass(frozen=True)
class Answer:
    """The answer to one query, read once: serialise it or iterate over its rows, not both.

    `prefixes` serve graph formats and the table for people.
    """

    raw: Raw
    prefixes: dict[str, str]

    @property
    def kind(self) -> str:
        """`rows`, `boolean` or `graph`."""
        if isinstance(self.raw, ox.QueryBoolean):
            return "boolean"
        return "rows" if isinstance(self.raw, ox.QuerySolutions) else "graph"

    def serialize(self, name: str) -> bytes:
        """Return the answer in the format `name` (see `ROW_FORMATS`, `GRAPH_FORMATS`, and `table`).

        Raises `InputError` if the format does not suit the kind of answer.
        """
        if name == "table":
            return self.to_table().encode()
        if isinstance(self.raw, ox.QueryTriples):
            if name not in GRAPH_FORMATS:
                raise InputError(f"format {name} holds rows and this query gives a graph; use one of {', '.join(GRAPH_FORMATS)}")
            return ox.serialize(self.raw, format=GRAPH_FORMATS[name], prefixes=self.prefixes) or b""
        if name not in ROW_FORMATS:
            raise InputError(f"format {name} holds a graph and this query gives {self.kind}; use one of table, {', '.join(ROW_FORMATS)}")
        if isinstance(self.raw, ox.QueryBoolean) and name in ("csv", "tsv"):
            return f"{str(bool(self.raw)).lower()}\n".encode()
        return self.raw.serialize(format=ROW_FORMATS[name]) or b""

    @cached_property
    def rows(self) -> Rows:
        """The rows of a SELECT; an ASK gives one row, a graph its triples."""
        if isinstance(self.raw, ox.QueryBoolean):
            return Rows(("answer",), ((ox.Literal(bool(self.raw)),),))
        if isinstance(self.raw, ox.QueryTriples):
            return Rows(("subject", "predicate", "object"), tuple((t.subject, t.predicate, t.object) for t in self.raw))
        names = tuple(v.value for v in self.raw.variables)
        return Rows(names, tuple(tuple(solution[i] for i in range(len(names))) for solution in self.raw))

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

    def to_pandas(self) -> pandas.DataFrame:
        """Return the rows as a DataFrame of strings, one column a variable. Needs pandas."""
        try:
            import pandas
        except ImportError:
            raise InputError("to_pandas needs pandas; install it with: pip install pandas") from None
        return pandas.DataFrame([[plain(c) for c in row] for row in self.cells], columns=list(self.names))

    def to_csv(self, path: str | Path) -> None:
        """Write the rows as CSV with a header line."""
        import csv

        with Path(path).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(self.names)
            writer.writerows([[plain(c) or "" for c in row] for row in self.cells])


def graph_answer(triples: Iterable[ox.Triple], prefixes: dict[str, str]) -> Answer:
    """Return `triples` as the answer to a CONSTRUCT."""
    store = ox.Store()
    store.bulk_extend([ox.Quad(t.subject, t.predicate, t.object) for t in triples])
    return Answer(store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"), prefixes)


def plain(cell: Cell) -> str | None:
    """Return the text of a term: an IRI or a lexical form, without type or language."""
    return None if cell is None else cell.value


def show(cell: Cell, prefixes: dict[str, str]) -> str:
    """Return a term for people: a prefixed name where one fits, else its text on one line."""
    if cell is None:
        return ""
    return compact(cell.value, prefixes) if isinstance(cell, ox.NamedNode) else cell.value.replace("\n", " ")
