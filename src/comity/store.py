"""A snapshot becomes a store in this process that answers SPARQL, behind the protocol that every store keeps.

Stores take the same text and parameters and give the same kind of answer. The default graph is the union of all named graphs.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pyoxigraph as ox

from comity.errors import QueryError, StoreError
from comity.results import Answer, answer_of
from comity.syntax import Term, bind, position, undeclared
from comity.vocabulary import BASE

SNAPSHOT = "comity.nq.gz"
_FORMATS = {".ttl": ox.RdfFormat.TURTLE, ".trig": ox.RdfFormat.TRIG, ".nq": ox.RdfFormat.N_QUADS, ".nt": ox.RdfFormat.N_TRIPLES}


class Store(Protocol):
    """Anything that answers SPARQL queries."""

    def query(self, text: str, parameters: Mapping[str, Term] | None = None, *,
              default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        """Answer `text` with its parameter variables bound to terms, over the given graphs or over all of them."""


class EmbeddedStore:
    """A graph in this process's memory."""

    def __init__(self, store: ox.Store, prefixes: dict[str, str]) -> None:
        self.store = store
        self.prefixes = prefixes

    def query(self, text: str, parameters: Mapping[str, Term] | None = None, *,
              default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        """Answer `text`; relative IRIs count from ours, and our prefixes need not be declared. Raises `QueryError`."""
        bound = bind(text, parameters or {})
        dataset: dict[str, Any] = {"use_default_graph_as_union": True}
        try:
            if default_graphs or named_graphs:
                dataset = {"default_graph": [ox.NamedNode(g) for g in default_graphs], "named_graphs": [ox.NamedNode(g) for g in named_graphs]}
            return answer_of(self.store.query(bound, base_iri=BASE, prefixes=self.prefixes, **dataset), self.prefixes)
        except SyntaxError as error:
            failure = _syntax_error(bound, str(error), self.prefixes)
        except (OSError, RuntimeError, ValueError) as error:
            failure = QueryError(f"the query failed: {error}")
        raise failure  # outside the handlers: a context would keep the engine's results alive beyond this thread

    def __len__(self) -> int:
        return len(self.store)


def open_snapshot(path: Path, prefixes: dict[str, str]) -> EmbeddedStore:
    """Load the snapshot of a build, or any Turtle, TriG, N-Triples or N-Quads file, plain or gzipped.

    Triples of a file without graphs go to the default graph. Raises `StoreError`.
    """
    suffix = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    if suffix not in _FORMATS:
        raise StoreError(f"{path}: unknown format; use a file that ends in {', '.join(_FORMATS)}, plain or with .gz")
    try:
        data = path.read_bytes()
        store = ox.Store()
        store.load(gzip.decompress(data) if path.suffix == ".gz" else data, format=_FORMATS[suffix])
    except FileNotFoundError:
        raise StoreError(f"{path}: no built graph here; run: comity build") from None
    except (OSError, EOFError, SyntaxError, ValueError, zlib.error) as error:
        raise StoreError(f"{path}: cannot be loaded ({_one_line(str(error))}); if it is a build, run: comity build") from None
    return EmbeddedStore(store, prefixes)


def _syntax_error(text: str, message: str, prefixes: Mapping[str, str]) -> QueryError:
    unknown = [(name, start) for name, start in undeclared(text) if name not in prefixes]
    if unknown:
        name, start = unknown[0]
        line, column = position(text, start)
        return QueryError(f"the prefix {name}: at line {line}, column {column} is not declared; add: PREFIX {name}: <...>", line=line, column=column)
    match = re.match(r"error at (\d+):(\d+): (.*)", message, re.DOTALL)
    if match is None:
        return QueryError(f"the query is malformed: {_one_line(message)}")
    line, column = int(match[1]), int(match[2])
    said = _one_line(re.sub(r",? ?\[_\]", "", match[3]))
    if said in ("expected", "expected one of"):
        said = "something else was expected here"
    lines = text.split("\n")
    near = lines[line - 1][max(0, column - 1):][:40].strip() if line <= len(lines) else ""
    hint = f" near {near!r}" if near else " at its end"
    return QueryError(f"the query is malformed at line {line}, column {column}{hint}: {said}", line=line, column=column)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]


