"""A snapshot, a file or an address becomes a graph that a person can question from Python.

This is the package's front door; everything behind it can be used on its own.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from comity import queries
from comity.remote import LARGEST, RemoteStore
from comity.results import Rows
from comity.settings import Layout, layout
from comity.store import Store, View, open_snapshot
from comity.vocabulary import ID, prefixes

if TYPE_CHECKING:
    import networkx

    from comity.advice import Advice
    from comity.describe import Description
    from comity.queries import Question


#: a thing of ours by its kind and name
_THINGS = re.compile(rf"(<{re.escape(ID)}[^<>/\s]+/)[^<>\s]*>")


class Graph:
    """The knowledge graph, embedded or remote.

    Attributes: `store`, the engine behind it; `layout`, where the query library stands.
    """

    def __init__(self, store: Store, places: Layout) -> None:
        self.store = store
        self.layout = places

    def query(self, text: str) -> Rows:
        """Answer a SPARQL query; the project's prefixes need not be declared. Raises `QueryError`."""
        return self.store.query(text).rows

    def at(self, as_of: str | None = None, known_on: str | None = None, *, possibly: bool = False) -> Graph:
        """Return the graph as it held on the day `as_of` and as it was known on the day `known_on`; see `comity.views`.

        Days are `YYYY-MM-DD`, `today`, or `latest` for all that is recorded; `possibly` keeps what partial dates leave
        open. Raises `InputError`.
        """
        moment = queries.moment(self.store, as_of, known_on, possibly=possibly)
        return self if moment is None else Graph(View(self.store, moment), self.layout)

    def ask(self, name: str, **values: object) -> Rows:
        """Answer the library query `name` with parameters as keywords (text, dates); see `queries`."""
        question = queries.find(self.queries(), name)
        return queries.ask(self.store, question, {k: str(v) for k, v in values.items()}).rows

    def queries(self) -> dict[str, Question]:
        """Return the query library by name, read once."""
        return self._library

    @cached_property
    def _library(self) -> dict[str, Question]:
        return queries.library(self.layout.queries)

    def describe(self, name: str) -> Description:
        """Return what the graph says of one thing, with the evidence. Raises `InputError` if there is no such thing."""
        from comity.describe import describe
        from comity.names import resolve

        return describe(self.store, resolve(self.store, name))

    def advise(self, text: str) -> tuple[Advice, ...]:
        """Return what is slow or unknown in a SPARQL query, without running it; see `comity.advice`."""
        return _advise(self.layout.ontology, text)

    def count_advice(self, text: str) -> int:
        """Return how many pieces of advice there are on a query; queries that differ in the things they name alone are read once."""
        return len(self.advise(_THINGS.sub(r"\1x>", text)))

    def network(self, *, as_of: str = "today", known_on: str = "latest", layer: str | None = None) -> networkx.MultiDiGraph[str]:
        """Return who relates to whom on a day as a multigraph; see `comity.network.project`."""
        from comity.network import project

        return project(self.store, self.layout.queries, as_of=as_of, known_on=known_on, layers=None if layer is None else (layer,))


@lru_cache(maxsize=256)
def _advise(folder: Path, text: str) -> tuple[Advice, ...]:
    from comity.advice import advise
    from comity.advice.terms import terms

    return tuple(advise(text, terms(folder), prefixes(folder)))


def open(source: str | Path | None = None, *, timeout: float = 60, limit: int = LARGEST, memory: bool | None = None) -> Graph:  # noqa: A001
    """Open the built graph, a build folder, a file (Turtle, TriG, N-Triples, N-Quads, also gzipped) or a SPARQL endpoint's address.

    Parameters: `source`, a path, an `http(s)` address (with `NAME:PASSWORD@` before the host if it wants a login), or
    nothing for the built graph; `timeout`, seconds for each answer of a remote server; `limit`, the most bytes of one;
    `memory`, True to load a build at once, False to leave it on disk, None to load it when that pays.
    Raises `StoreError` if it cannot be opened.
    """
    places = layout()
    names = prefixes(places.ontology)
    if isinstance(source, str) and "://" in source:
        return Graph(RemoteStore(source, names, timeout=timeout, limit=limit), places)
    return Graph(open_snapshot(Path(source) if source else places.build, names, memory=memory), places)
