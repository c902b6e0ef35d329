"""A query with its answer becomes a record that can be cited, opened again, and held against the data of today.

A record holds the query, its place on the two clocks, the version of the data, and the answer as sorted lines with their
SHA-256. Its name is made from query, clocks and version, so the same question on the same data has one name.
"""

from __future__ import annotations

import datetime
import gzip
import json
import re
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from comity.cache import normal
from comity.errors import InputError
from comity.graph import Graph
from comity.lines import digest
from comity.names import dataset_version
from comity.results import Answer

_NAME = re.compile(r"[0-9a-f]{16}")
#: bytes of one answer, and bytes of all that are kept
_MOST, _MOST_KEPT = 5_000_000, 500_000_000


@dataclass(frozen=True)
class Citation:
    """One cited answer: `lines` are its rows as tab-separated values, or its triples, sorted; `columns` is the header line of rows."""

    name: str
    query: str
    as_of: str | None
    known_on: str | None
    possibly: bool
    version: str
    cited_on: str
    kind: str
    columns: str
    sha256: str
    lines: tuple[str, ...]

    @property
    def title(self) -> str:
        """What a reference calls the answer."""
        return f"Comity: answer to a query ({len(self.lines)} {'statements' if self.kind == 'graph' else 'rows'}, data {self.version})"

    def bibtex(self, address: str) -> str:
        """Return the citation in BibTeX, with the address at which it is served."""
        return (f"@misc{{comity-{self.name},\n  author = {{{{The Comity authors}}}},\n  title = {{{{{self.title}}}}},\n  year = {{{self.cited_on[:4]}}},\n"
                f"  howpublished = {{\\url{{{address}}}}},\n  note = {{SHA-256 of the answer: {self.sha256}; asked on {self.cited_on}}}\n}}\n")

    def csl(self, address: str) -> dict[str, object]:
        """Return the citation as an item of the Citation Style Language."""
        return {"id": f"comity-{self.name}", "type": "dataset", "title": self.title, "author": [{"literal": "The Comity authors"}], "URL": address,
                "version": self.version, "issued": {"date-parts": [[int(part) for part in self.cited_on.split("-")]]},
                "note": f"SHA-256 of the answer: {self.sha256}"}


def cite(graph: Graph, folder: Path, query: str, as_of: str | None = None, known_on: str | None = None, *, possibly: bool = False) -> Citation:
    """Answer `query` and keep the answer in `folder`; the same question on the same data is kept once.

    `today` and `latest` are written down as the days that they mean. Raises `QueryError` for the query, `InputError` for a
    day, an answer too large to keep, and a folder that is full or cannot be written.
    """
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    as_of = today if as_of == "today" else as_of
    version = dataset_version(graph.store)
    name = digest(normal(query).encode(), json.dumps([as_of, known_on, possibly]).encode(), version.encode())[:16]
    with_name = folder / f"{name}.json.gz"
    if with_name.exists():
        return find(folder, name)
    answer = graph.at(as_of, known_on, possibly=possibly).store.query(query)
    if len(answer.body) > _MOST:
        raise InputError(f"the answer has {len(answer.body):,} bytes, and at most {_MOST:,} are kept; narrow the query, or cite the dataset's version")
    columns, lines = written(answer)
    made = Citation(name, query, as_of, known_on, possibly, version, today, answer.kind, columns, digest(*(line.encode() for line in lines)), lines)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if sum(path.stat().st_size for path in folder.glob("*.json.gz")) >= _MOST_KEPT:
            raise InputError("the folder of cited answers is full; whoever runs this server has to make room")
        beside = folder / f".{name}.new"
        beside.write_bytes(gzip.compress(json.dumps(asdict(made), ensure_ascii=False).encode(), mtime=0))
        beside.replace(with_name)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror}); choose another with --cited") from None
    return made


def find(folder: Path, name: str) -> Citation:
    """Return the citation called `name`. Raises `InputError` if there is none."""
    try:
        if not _NAME.fullmatch(name):
            raise FileNotFoundError
        fields = json.loads(gzip.decompress((folder / f"{name}.json.gz").read_bytes()))
    except (OSError, EOFError, ValueError):
        raise InputError(f"nothing is known of a cited answer {name}; cite a query again from its result") from None
    return Citation(**{**fields, "lines": tuple(fields["lines"])})


def written(answer: Answer) -> tuple[str, tuple[str, ...]]:
    """Return the header line of an answer, empty for what is no table, and its lines, sorted: their order is not part of an answer."""
    if answer.kind == "graph":
        return "", tuple(answer.body.decode().splitlines())
    if answer.kind == "boolean":
        return "", (answer.serialize("csv").decode().strip(),)
    head, *rows = answer.serialize("tsv").decode().split("\n")
    return head, tuple(sorted(row for row in rows[:-1]))


def compare(citation: Citation, graph: Graph) -> tuple[list[str], list[str]]:
    """Ask the cited query again of `graph`; return the lines that came and those that went since."""
    now = graph.at(citation.as_of, citation.known_on, possibly=citation.possibly).store.query(citation.query)
    before, after = Counter(citation.lines), Counter(written(now)[1])
    return sorted((after - before).elements()), sorted((before - after).elements())
