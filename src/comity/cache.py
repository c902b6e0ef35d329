"""Questions that come again become answers that are kept: a built graph does not change, so neither do its answers.

Answers are kept by the query without comments and blanks, up to a number of megabytes, the longest unused going first. A
question that is being answered is not asked a second time: whoever asks the same meanwhile waits for that answer.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import Future

from comity.results import Answer
from comity.store import EmbeddedStore
from comity.syntax import Term, bind, keywords, tokens

Key = tuple[str, tuple[str, ...], tuple[str, ...]]
#: what makes two answers to one question differ
_CHANGING = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})
_MOST = 2_000


class CachedStore(EmbeddedStore):
    """A graph that keeps its answers.

    Attributes: `megabytes`, how much is kept; `hits` and `misses`, how often an answer was there.
    """

    def __init__(self, asked: EmbeddedStore, megabytes: int = 64) -> None:
        super().__init__(asked.store, asked.prefixes)
        self.megabytes = megabytes
        self.hits = self.misses = 0
        self._asked = asked
        self._kept: OrderedDict[Key, Answer] = OrderedDict()
        self._running: dict[Key, Future[Answer]] = {}
        self._lock = threading.Lock()

    def query(self, text: str, parameters: Mapping[str, Term] | None = None, *,
              default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        """Answer `text`, from what is kept if it was asked before. Raises as the graph does; failures are not kept."""
        bound = bind(text, parameters or {})
        graphs = tuple(default_graphs), tuple(named_graphs)
        key = (normal(bound), *graphs)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self.hits += 1
                self._kept.move_to_end(key)
                return kept
            self.misses += 1
            exact = (bound, *graphs)  # the place of a mistake belongs to one wording
            running = self._running.get(exact)
            if running is None:
                mine = self._running[exact] = Future()
        if running is not None:
            return running.result()
        try:
            answer = self._asked.query(bound, default_graphs=default_graphs, named_graphs=named_graphs)
            if not _CHANGING & keywords(bound).keys():
                self._keep(key, answer)
            mine.set_result(answer)
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._running[exact]
        return answer

    def _keep(self, key: Key, answer: Answer) -> None:
        with self._lock:
            self._kept[key] = answer
            size = sum(kept.size for kept in self._kept.values())
            while self._kept and (size > self.megabytes * 2**20 or len(self._kept) > _MOST):
                size -= self._kept.popitem(last=False)[1].size


def normal(text: str) -> str:
    """Return a query without comments and with one blank for any run of blanks, so that one question in two layouts is one."""
    parts: list[str] = []
    for token in tokens(text):
        if token.kind not in ("comment", "space"):
            parts.append(token.text)
        elif parts and parts[-1] != " ":
            parts.append(" ")
    return "".join(parts).rstrip(" ")
