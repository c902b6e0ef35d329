"""A snapshot, a file or an address becomes a graph that a person can question from Python.

This is the package's front door; everything behind it can be used on its own.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from comity import queries
from comity.errors import StoreError
from comity.remote import LARGEST, RemoteStore
from comity.results import Rows
from comity.settings import Layout, layout
from comity.store import Store, View, open_snapshot
from comity.vocabulary import ID, prefixes

if TYPE_CHECKING:
    from comity.advice import Advice
    from comity.describe import Description
    from comity.network import Network, World
    from comity.paradigms import Explanation, Records
    from comity.queries import Question
    from comity.reasons import Emptiness, Evidence
    from comity.routes import Route
    from comity.scenario import Outcome, Overlay, Side
    from comity.syntax import Term


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

    def paradigm(self, name: str, *, as_of: str = "today", known_on: str = "latest", scheme: str | None = None) -> Explanation:
        """Return to which paradigm a jurisdiction belongs on a day, in one scheme or in all, with the trace to the rows; our own coding.

        See `comity.paradigms`. Raises `InputError` for an unknown scheme, a name of nothing or of no jurisdiction, and what is no day.
        """
        from comity.names import resolve
        from comity.paradigms import explain

        records = self.paradigms(known_on=known_on)
        subject = resolve(self.store, name).value.removeprefix(f"{ID}actor/")
        return explain(records, subject, queries.day(self.store, "as_of", as_of), schemes=() if scheme is None else (scheme,))

    def paradigms(self, *, known_on: str = "latest") -> Records:
        """Return all rows that bear on paradigms as known on a day, read once for each; every function of `comity.paradigms` takes them."""
        from comity.paradigms import read

        day = queries.day(self.store, "known_on", known_on).isoformat()
        if day not in self._records:
            self._records[day] = read(self.store, day)
        return self._records[day]

    @cached_property
    def _records(self) -> dict[str, Records]:
        return {}

    def advise(self, text: str) -> tuple[Advice, ...]:
        """Return what is slow or unknown in a SPARQL query, without running it; see `comity.advice`."""
        return _advise(self.layout.ontology, text)

    def explain(self, text: str) -> Emptiness | None:
        """Return the pattern that leaves a SPARQL query without rows, None if it has some; see `comity.reasons`. Raises `QueryError`."""
        from comity.reasons import explain

        return explain(lambda asked: next(iter(self.store.query(asked).rows))["answer"] == "true", text)

    def why(self, text: str, row: Mapping[str, Term]) -> list[Evidence]:
        """Return the rows of evidence, with sources, behind one row of a query's answer, given as terms by variable; see `comity.reasons`.

        Raises `QueryError`, and `InputError` for variables that are not in the query.
        """
        from comity.reasons import why

        return why(self.store, text, row, prefixes(self.layout.ontology))

    def count_advice(self, text: str) -> int:
        """Return how many pieces of advice there are on a query; queries that differ in the things they name alone are read once."""
        return len(self.advise(_THINGS.sub(r"\1x>", text)))

    def network(
        self, *, as_of: str = "today", known_on: str = "latest", layer: str | None = None, stage: str = "applied", unions_as_one: bool = True,
        actors: Sequence[str] = (),
    ) -> Network:
        """Return who relates to whom on a day as a multigraph; see `comity.network.project` and, for the parameters, `Slice`."""
        from comity.network import Slice, project

        at = Slice(as_of, known_on, stage, unions_as_one, tuple(actors))
        return project(self.store, self.layout.queries, at=at, layers=None if layer is None else (layer,))

    def world(
        self, *, as_of: str = "today", known_on: str = "latest", stage: str = "applied", unions_as_one: bool = True, actors: Sequence[str] = ()
    ) -> World:
        """Return alignment and rivalry of all pairs of actors on a day; see `comity.network.world`."""
        from comity.network import Slice, world

        return world(self.store, self.layout.queries, Slice(as_of, known_on, stage, unions_as_one, tuple(actors)))

    def route(self, exporter: str, importer: str, *, as_of: str = "today", known_on: str = "latest", data: str = "personal-data",
              sender: str = "", recipient: str = "", via: str = "") -> Route:
        """Return the legal bases that the exporter's law gives for sending data to the importer; information, not legal advice.

        Places are ISO codes, names or IRIs; `data` is a code of `concept/data-category`. `sender` and `recipient` say what is
        known, parted by commas: codes of `concept/trait`, numbers (`persons:50000`), for the recipient also a firm's name. What
        is not said is unknown. `via` asks for two hops. Raises `InputError` for what cannot be used.
        """
        from comity.routes import Wish, route

        return route(self.store, self.queries(), Wish(exporter, importer, as_of, known_on, data, sender, recipient, via))

    def scenario(self, source: str | Path, *, as_of: str | None = None, draws: int = 200, seed: int = 0) -> Outcome:
        """Return what a scenario would change: participations, transfers, paradigms, scores of pairs, signed network; see `comity.scenario`.

        Parameters: `source`, the name of a shipped scenario, or a folder, CSV or Turtle file; `as_of`, another day than its what-if day;
        `draws` and `seed`, for the intervals, 0 draws for none. The graph is never written to. Raises `InputError` for a scenario that
        is contradictory or impossible, and for a graph behind an address.
        """
        from comity.scenario import compare, find, side

        overlay = find(str(source), self.layout)
        day = overlay.as_of if as_of is None else queries.day(self.store, "as_of", as_of)
        if day not in self._sides:
            self._sides.clear()  # one is kept: a world table of all pairs is large
            self._sides[day] = side(self.store, self.layout, day)
        return compare(overlay, self._sides[day], draws=draws, seed=seed)

    def scenarios(self) -> dict[str, Overlay]:
        """Return the scenarios that come with the project, by name."""
        from comity.scenario import shipped

        return shipped(self.layout)

    @cached_property
    def _sides(self) -> dict[datetime.date, Side]:
        return {}


@lru_cache(maxsize=256)
def _advise(folder: Path, text: str) -> tuple[Advice, ...]:
    from comity.advice import advise
    from comity.advice.terms import terms

    return tuple(advise(text, terms(folder), prefixes(folder)))


def open(source: str | Path | None = None, *, timeout: float = 60, limit: int = LARGEST, memory: bool | None = None,  # noqa: A001
         beside: Sequence[str | Path] = ()) -> Graph:
    """Open the built graph, a build folder, a file (Turtle, TriG, N-Triples, N-Quads, also gzipped) or a SPARQL endpoint's address.

    Parameters: `source`, a path, an `http(s)` address (with `NAME:PASSWORD@` before the host if it wants a login), or
    nothing for the built graph; `timeout`, seconds for each answer of a remote server; `limit`, the most bytes of one;
    `memory`, True to load a build at once, False to leave it on disk, None to load it when that pays; `beside`, N-Quads or TriG
    files whose named graphs join it, such as scores. Raises `StoreError` if it cannot be opened, and for files beside a server.
    """
    places = layout()
    names = prefixes(places.ontology)
    if isinstance(source, str) and "://" in source:
        if beside:
            raise StoreError(f"{beside[0]}: a file cannot join the graph of a server; load it there, or open a build")
        return Graph(RemoteStore(source, names, timeout=timeout, limit=limit), places)
    return Graph(open_snapshot(Path(source) if source else places.build, names, memory=memory, beside=[Path(file) for file in beside]), places)
