"""A loaded graph becomes a pool of worker processes that answer queries and can be killed.

The engine cannot be interrupted from Python, so a query that outruns its time or memory is ended with its process
while the others go on. Workers are forked by a helper process (the nursery) that was itself forked right after
loading, before the server starts any thread: they share the graph's memory, and starting one takes milliseconds.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import queue
import resource
import signal
import socket
import struct
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Never

from comity.errors import QueryError, StoreError
from comity.results import Answer
from comity.store import EmbeddedStore
from comity.syntax import Term, bind


class QueryStopped(QueryError):
    """A query was ended because it outran its time or memory, or because every worker stayed busy."""


@dataclass(frozen=True)
class Limits:
    """What one query may use: `seconds` of time, `megabytes` of memory beyond the graph, `answer` megabytes of result; `workers` run at once."""

    workers: int = 2
    seconds: float = 10.0
    megabytes: int = 1024
    answer: int = 100


class IsolatedStore(EmbeddedStore):
    """An embedded graph whose queries run in killable processes.

    Make it before any thread is started. Attributes: `limits`.
    """

    def __init__(self, loaded: EmbeddedStore, limits: Limits) -> None:
        super().__init__(loaded.store, loaded.prefixes)
        self.limits = limits
        self._nursery = _Nursery(loaded, limits)
        self._idle: queue.Queue[_Worker] = queue.Queue()
        for _ in range(limits.workers):
            self._idle.put(self._nursery.spawn())

    def query(self, text: str, parameters: Mapping[str, Term] | None = None, *,
              default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        """Answer `text` in a worker. Raises `QueryError` as the graph does, and `QueryStopped` past a limit."""
        request = {"text": bind(text, parameters or {}), "default_graphs": list(default_graphs), "named_graphs": list(named_graphs)}
        with self._worker() as worker:
            reply = worker.ask(request, self.limits)
        kind, _, body = reply.partition(b"\n")
        if kind == b"error":
            raise QueryError(**json.loads(body))
        if kind == b"large":
            raise QueryStopped(body.decode())
        return Answer(kind.decode(), body, self.prefixes)

    def close(self) -> None:
        """End all workers and their nursery."""
        self._nursery.close()
        while not self._idle.empty():
            self._idle.get_nowait().kill()

    @contextlib.contextmanager
    def _worker(self) -> Iterator[_Worker]:
        """Lend an idle worker; one that had to be stopped is replaced by a fresh one."""
        try:
            worker = self._idle.get(timeout=self.limits.seconds)
        except queue.Empty:
            raise QueryStopped(f"all {self.limits.workers} workers stayed busy for {self.limits.seconds:g} s; try again later") from None
        try:
            yield worker
        except BaseException:  # a reply left unread would answer the next query
            worker.kill()
            worker = self._nursery.spawn()
            raise
        finally:
            self._idle.put(worker)


class _Worker:
    """One process at the other end of a socket."""

    def __init__(self, connection: Connection, pid: int) -> None:
        self.connection = connection
        self.pid = pid

    def ask(self, request: dict[str, Any], limits: Limits) -> bytes:
        """Send a request and return the reply. Raises `QueryStopped` if none comes in time or the process ends."""
        try:
            self.connection.send_bytes(json.dumps(request).encode())
            if not self.connection.poll(limits.seconds):
                raise QueryStopped(f"the query was stopped after {limits.seconds:g} s; narrow it, add LIMIT, or use the dump")
            return self.connection.recv_bytes()
        except (EOFError, OSError):
            raise QueryStopped(f"the query was stopped: it needed more than {limits.megabytes} MB; narrow it, add LIMIT, or use the dump") from None

    def kill(self) -> None:
        """End the process at once."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.connection.close()


class _Nursery:
    """A process without threads that holds the graph and forks workers when asked."""

    def __init__(self, loaded: EmbeddedStore, limits: Limits) -> None:
        self.lock = threading.Lock()
        self.control, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            self.control.close()
            _nurse(theirs, loaded, limits)
        theirs.close()

    def spawn(self) -> _Worker:
        """Return a new worker. Raises `StoreError` if the nursery is gone."""
        ours, theirs = socket.socketpair()
        with theirs, self.lock:
            try:
                socket.send_fds(self.control, [b"+"], [theirs.fileno()])
                pid = struct.unpack("!i", self.control.recv(4))[0]
            except (OSError, struct.error):
                raise StoreError("the server's workers are gone; start the server again") from None
        return _Worker(Connection(ours.detach()), pid)

    def close(self) -> None:
        """End the nursery; its control socket at its end is what it waits on."""
        self.control.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def _nurse(control: socket.socket, loaded: EmbeddedStore, limits: Limits) -> Never:
    """Fork a worker for each socket that arrives, until the server's end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            os._exit(0)
        pid = os.fork()
        if pid == 0:
            control.close()
            _work(Connection(descriptors[0]), loaded, limits)
        os.close(descriptors[0])
        control.send(struct.pack("!i", pid))


def _work(connection: Connection, loaded: EmbeddedStore, limits: Limits) -> Never:
    """Answer requests until the server's end closes or the process is killed."""
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stderr__.fileno() if sys.__stderr__ else 2)
    _limit_memory(limits.megabytes)
    while True:
        try:
            request = json.loads(connection.recv_bytes())
            connection.send_bytes(_reply(loaded, request, limits.answer))
        except EOFError:
            os._exit(0)
        except (MemoryError, OSError):
            os._exit(1)


def _reply(loaded: EmbeddedStore, request: dict[str, Any], megabytes: int) -> bytes:
    """Return the kind of answer, a line feed and its body; for an error, `error` and its fields as JSON; `large` for one that is too large."""
    try:
        answer = loaded.query(**request)
        if len(answer.body) > megabytes * 2**20:
            said = f"the answer has {len(answer):,} rows in {len(answer.body) / 2**20:.0f} MB, and at most {megabytes} MB are given"
            return f"large\n{said}; take it in parts with ORDER BY, LIMIT and OFFSET, or take a dump".encode()
        return answer.kind.encode() + b"\n" + answer.body
    except QueryError as error:
        return b"error\n" + json.dumps({"message": str(error), "line": error.line, "column": error.column}).encode()


def _limit_memory(megabytes: int) -> None:
    """Allow `megabytes` beyond what the process holds now, where the system tells that (Linux)."""
    statistics = Path("/proc/self/statm")
    if statistics.exists():
        held = int(statistics.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        limit = held + megabytes * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
