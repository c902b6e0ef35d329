"""Questions that come again become answers that are kept: a built graph does not change, so neither do its answers.

Answers are kept by the query without comments and blanks, up to a number of megabytes, the longest unused going first. A
question that is being answered is not asked a second time: whoever asks the same meanwhile waits for that answer.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from comity.isolation import IsolatedStore
from comity.results import Answer, Written
from comity.store import EmbeddedStore
from comity.syntax import Term, bind, keywords, tokens

#: what makes two answers to one question differ
_CHANGING = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE", "SERVICE"})
_MOST = 20_000
_OVERHEAD = 1_000


class Kept:
    """Values by key, up to a number of megabytes; the longest unused goes first. Attributes: `hits` and `misses`, how often one was there."""

    def __init__(self, megabytes: float) -> None:
        self.megabytes = megabytes
        self.hits = self.misses = 0
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Any:
        """Return what is kept under `key`, or None."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                self.misses += 1
                return None
            self.hits += 1
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: object, size: int) -> None:
        """Keep `value`, of `size` bytes, unless it alone would take a quarter of the room."""
        size += _OVERHEAD
        if size > self.megabytes * 2**18:
            return
        with self._lock:
            self._size += size - self._values.pop(key, (None, 0))[1]
            self._values[key] = value, size
            while self._size > self.megabytes * 2**20 or len(self._values) > _MOST:
                self._size -= self._values.popitem(last=False)[1][1]


class CachedStore(EmbeddedStore):
    """A graph that keeps its answers. Attributes: `kept`, where they are."""

    def __init__(self, asked: EmbeddedStore, megabytes: float = 64) -> None:
        super().__init__(asked.store, asked.prefixes)
        self.kept = Kept(megabytes)
        self._asked = asked
        self._running: dict[Hashable, Future[Any]] = {}
        self._lock = threading.Lock()

    @property
    def fetches(self) -> bool:
        """Whether answers can be had without a thread: `fetch` needs workers behind it."""
        return isinstance(self._asked, IsolatedStore)

    def query(self, text: str, parameters: Mapping[str, Term] | None = None, *,
              default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        """Answer `text`, from what is kept if it was asked before. Raises as the graph does; failures are not kept."""
        bound = bind(text, parameters or {})
        graphs = tuple(default_graphs), tuple(named_graphs)
        key = (normal(bound), *graphs)
        answer: Answer | None = self.kept.get(key)
        if answer is not None:
            return answer
        mine, running = self._run((bound, *graphs))
        if running is not None:
            answer = running.result()
            assert isinstance(answer, Answer)
            return answer
        try:
            answer = self._asked.query(bound, default_graphs=default_graphs, named_graphs=named_graphs)
            self._settle(key, bound, mine, answer, 4 * answer.size)  # it may yet be written in other formats
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            self._end((bound, *graphs))
        return answer

    async def fetch(self, text: str, rows: str, graph: str, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> tuple[Written, int]:
        """Do what `IsolatedStore.fetch` does, from what is kept if it was asked before."""
        assert isinstance(self._asked, IsolatedStore)
        exact = text, tuple(default_graphs), tuple(named_graphs), rows, graph
        key = (normal(text), *exact[1:]) if self.kept.megabytes else exact
        found: tuple[Written, int] | None = self.kept.get(key) if self.kept.megabytes else None
        if found is not None:
            return found
        found = self._asked.at_once(text, rows, graph, default_graphs, named_graphs)
        if found is not None:
            self._keep(key, text, found, len(found[0].body))
            return found
        mine, running = self._run(exact)
        if running is not None:
            return await asyncio.wrap_future(running)
        try:
            found = await self._asked.fetch(text, rows, graph, default_graphs, named_graphs)
            self._settle(key, text, mine, found, len(found[0].body))
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            self._end(exact)
        return found

    def _run(self, exact: Hashable) -> tuple[Future[Any], Future[Any] | None]:
        """Return a place for the answer to a question, and where another is being answered already; the place of a mistake belongs to one wording."""
        with self._lock:
            mine: Future[Any] = Future()
            running = self._running.get(exact)
            if running is None:
                self._running[exact] = mine
            return mine, running

    def _settle(self, key: Hashable, text: str, mine: Future[Any], answer: object, size: int) -> None:
        self._keep(key, text, answer, size)
        mine.set_result(answer)

    def _keep(self, key: Hashable, text: str, answer: object, size: int) -> None:
        if self.kept.megabytes and not changes(text):
            self.kept.put(key, answer, size)

    def _end(self, exact: Hashable) -> None:
        with self._lock:
            del self._running[exact]


def changes(text: str) -> bool:
    """Whether a query calls a function that gives another value each time, or asks another server."""
    capitals = text.upper()
    return any(word in capitals for word in _CHANGING) and bool(_CHANGING & keywords(text).keys())


def normal(text: str) -> str:
    """Return a query without comments and with one blank for any run of blanks, so that one question in two layouts is one."""
    parts: list[str] = []
    for token in tokens(text):
        if token.kind not in ("comment", "space"):
            parts.append(token.text)
        elif parts and parts[-1] != " ":
            parts.append(" ")
    return "".join(parts).rstrip(" ")
