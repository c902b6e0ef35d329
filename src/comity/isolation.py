"""A loaded graph becomes a pool of worker processes that answer queries and can be killed.

The engine cannot be interrupted from Python, so a query that outruns its time or memory is ended with its process
while the others go on. Workers are forked by a helper process (the nursery) that was itself forked right after
loading, before the server starts any thread: they share the graph's memory, and starting one takes milliseconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import itertools
import json
import os
import re
import resource
import signal
import socket
import struct
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Never

import pyoxigraph as ox

from comity.errors import InputError, QueryError, StoreError
from comity.results import Answer, TooLarge, Written, write
from comity.store import EmbeddedStore
from comity.syntax import Term, bind


class QueryStopped(QueryError):
    """A query was ended because it outran its time or memory, or because every worker stayed busy."""


@dataclass(frozen=True)
class Limits:
    """What one query may use: `seconds` of time, `megabytes` of memory beyond the graph, `answer` megabytes of result; `workers` run at once.

    `services` are the addresses that it may reach by SERVICE.
    """

    workers: int = 2
    seconds: float = 10.0
    megabytes: int = 1024
    answer: int = 100
    services: frozenset[str] = frozenset()


_IRI = r"<([a-z][a-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]+)>"
_TERM = rf"(?:\?\w+|{_IRI.replace('(', '(?:')}|[a-z][\w-]*:[a-z][\w-]*)"
#: one pattern about one thing, after prefixes: nothing in it can take long or reach out
_LOOK_UP = re.compile(rf"\s*+(?:PREFIX\s++[a-z][\w-]*:\s*+{_IRI.replace('(', '(?:')}\s*+)*+SELECT\s++(?:\*\s*+|(?:\?\w++\s*+)++)(?:WHERE\s*+)?+"
                      rf"\{{\s*+{_IRI}\s++(?:a|{_TERM})\s++{_TERM}\s*+(?:\.\s*+)?+\}}\s*+(?:LIMIT\s++\d++\s*+)?+", re.ASCII | re.IGNORECASE)
_FEW = 1000
_THINGS = 2**16
_SIZES = struct.Struct("!IQ")
_CHUNK = 2**16


class IsolatedStore(EmbeddedStore):
    """An embedded graph whose queries run in killable processes.

    Make it before any thread is started. Attributes: `limits`. With `advise`, which counts the pieces of advice on a query,
    workers count them too. They close the descriptors in `without`, such as the server's port.
    """

    def __init__(self, loaded: EmbeddedStore, limits: Limits, advise: Callable[[str], int] = lambda _: 0, without: Sequence[int] = ()) -> None:
        super().__init__(loaded.store, loaded.prefixes)
        self.limits = limits
        self._task = _Task(loaded, limits, advise)
        self._has_few = lru_cache(_THINGS)(partial(_has_few, loaded.store))
        self._nursery = _Nursery(self._task, without)
        self._pool = _Pool([self._nursery.spawn() for _ in range(limits.workers)])

    def query(self, text: str, parameters: Mapping[str, Term] | None = None, *,
              default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        """Answer `text` in a worker. Raises `QueryError` as the graph does, and `QueryStopped` past a limit."""
        request = {"text": bind(text, parameters or {}), "default_graphs": [*default_graphs], "named_graphs": [*named_graphs], "rows": "json", "graph": "nt"}
        claim = self._pool.claim()
        try:
            worker = claim.result(self.limits.seconds)
        except TimeoutError:
            self._pool.drop(claim)
            raise self._busy() from None
        try:
            reply = worker.ask(request, self.limits)
        except BaseException:  # a reply left unread would answer the next query
            worker.kill()
            worker = self._nursery.spawn()
            raise
        finally:
            self._pool.give(worker)
        written = _read(*reply)[0]
        return Answer(written.kind, written.body, self.prefixes)

    async def fetch(self, text: str, rows: str, graph: str, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> tuple[Written, int]:
        """Vet and answer `text` without a thread, written in the format `rows`, or `graph` for triples; with it the number of pieces of advice.

        Raises `QueryError`, `QueryStopped` past a limit, `InputError` for a format of the other kind.
        """
        found = self.at_once(text, rows, graph, default_graphs, named_graphs)
        if found is not None:
            return found
        request = {"text": text, "default_graphs": [*default_graphs], "named_graphs": [*named_graphs], "rows": rows, "graph": graph, "vet": True}
        claim = self._pool.claim()
        try:
            worker = claim.result() if claim.done() else await asyncio.wait_for(asyncio.wrap_future(claim), self.limits.seconds)
        except BaseException as error:
            self._pool.drop(claim)
            if isinstance(error, TimeoutError):
                raise self._busy() from None
            raise
        try:
            reply = await worker.ask_here(request, self.limits)
        except BaseException:
            worker.kill()
            worker = await asyncio.to_thread(self._nursery.spawn)
            raise
        finally:
            self._pool.give(worker)
        return _read(*reply)

    def at_once(self, text: str, rows: str, graph: str, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> tuple[Written, int] | None:
        """Return what `fetch` does for statements about one thing that has few, which takes no worker; None for others. Raises as `fetch` does."""
        found = _LOOK_UP.fullmatch(text)
        if found is None or default_graphs or named_graphs or self._task.loaded.on_disk or not self._has_few(found[1]):
            return None
        return self._task.answer(text, rows, graph, [], [], vet=True)

    def close(self) -> None:
        """End all workers and their nursery."""
        self._nursery.close()
        for worker in self._pool.idle:
            worker.kill()

    def _busy(self) -> QueryStopped:
        return QueryStopped(f"all {self.limits.workers} workers stayed busy for {self.limits.seconds:g} s; try again later")


_ERRORS: dict[str, Callable[..., Exception]] = {"QueryError": QueryError, "QueryStopped": QueryStopped, "InputError": InputError}


class _Pool:
    """Idle workers, and who waits for one, in the order of coming."""

    def __init__(self, workers: Iterable[_Worker]) -> None:
        self.idle = deque(workers)
        self._waiting: deque[Future[_Worker]] = deque()
        self._lock = threading.Lock()

    def claim(self) -> Future[_Worker]:
        """Return a worker that is idle, or will be."""
        claim: Future[_Worker] = Future()
        with self._lock:
            if self.idle:
                claim.set_result(self.idle.popleft())
            else:
                self._waiting.append(claim)
        return claim

    def give(self, worker: _Worker) -> None:
        """Hand an idle worker to whoever waits longest."""
        with self._lock:
            while self._waiting:
                claim = self._waiting.popleft()
                if claim.set_running_or_notify_cancel():
                    claim.set_result(worker)
                    return
            self.idle.append(worker)

    def drop(self, claim: Future[_Worker]) -> None:
        """Give a claim up; a worker that came in that moment goes to the next."""
        if not claim.cancel() and not claim.cancelled():
            self.give(claim.result())


class _Worker:
    """One process at the other end of a socket; messages both ways are preceded by their lengths."""

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self.connection = connection
        self.pid = pid

    def ask(self, request: dict[str, Any], limits: Limits) -> tuple[bytes, bytes]:
        """Send a request and return head and body of the reply. Raises `QueryStopped` if none comes in time or the process ends."""
        self.connection.settimeout(limits.seconds)
        try:
            _send(self.connection, json.dumps(request).encode())
            sizes = _receive(self.connection, _SIZES.size)
            head, body = _SIZES.unpack(sizes)
            return bytes(_receive(self.connection, head)), bytes(_receive(self.connection, body))
        except (EOFError, OSError) as error:
            raise _stopped(error, limits) from None

    async def ask_here(self, request: dict[str, Any], limits: Limits) -> tuple[bytes, bytes]:
        """Do the same without a thread."""
        loop = asyncio.get_running_loop()
        self.connection.setblocking(False)
        try:
            async with asyncio.timeout(limits.seconds):
                message = json.dumps(request).encode()
                await loop.sock_sendall(self.connection, struct.pack("!I", len(message)) + message)
                said = await loop.sock_recv(self.connection, _CHUNK)
                head, size = _SIZES.unpack_from(said)
                whole = bytearray(_SIZES.size + head + size)
                whole[:len(said)], done = said, len(said)
                while done < len(whole):
                    count = await loop.sock_recv_into(self.connection, memoryview(whole)[done:])
                    if not count:
                        raise EOFError
                    done += count
                body = _SIZES.size + head
                return bytes(whole[_SIZES.size:body]), bytes(whole[body:])
        except (EOFError, OSError, struct.error) as error:
            raise _stopped(error, limits) from None

    def kill(self) -> None:
        """End the process at once."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.connection.close()


def _has_few(store: ox.Store, iri: str) -> bool:
    """Whether there are few statements about a thing; of what is no IRI there are not."""
    try:
        statements = store.quads_for_pattern(ox.NamedNode(iri), None, None, None)
    except ValueError:
        return False
    return sum(1 for _ in itertools.islice(statements, _FEW + 1)) <= _FEW


def _stopped(error: Exception, limits: Limits) -> QueryStopped:
    if isinstance(error, TimeoutError):
        return QueryStopped(f"the query was stopped after {limits.seconds:g} s; narrow it, add LIMIT, or use the dump")
    return QueryStopped(f"the query was stopped: it needed more than {limits.megabytes} MB; narrow it, add LIMIT, or use the dump")


def _send(connection: socket.socket, message: bytes) -> None:
    connection.sendall(struct.pack("!I", len(message)) + message)


def _receive(connection: socket.socket, size: int) -> bytearray:
    """Read `size` bytes. Raises `EOFError` if the other end closed."""
    buffer = bytearray(size)
    done = 0
    while done < size:
        count = connection.recv_into(memoryview(buffer)[done:])
        if not count:
            raise EOFError
        done += count
    return buffer


def _read(head: bytes, body: bytes) -> tuple[Written, int]:
    """Return what a reply says. Raises the error that it carries."""
    said = json.loads(head)
    error = said.pop("error", None)
    if error is not None:
        raise _ERRORS[error](said.pop("message"), **said)
    return Written(said["kind"], said["name"], said["count"], body), said["advice"]


class _Nursery:
    """A process without threads that holds the graph and forks workers when asked."""

    def __init__(self, task: _Task, without: Sequence[int]) -> None:
        self.lock = threading.Lock()
        self.control, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            self.control.close()
            for descriptor in without:
                os.close(descriptor)
            _nurse(theirs, task)
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
        return _Worker(ours, pid)

    def close(self) -> None:
        """End the nursery; its control socket at its end is what it waits on."""
        self.control.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def _nurse(control: socket.socket, task: _Task) -> Never:
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
            _work(socket.socket(fileno=descriptors[0]), task)
        os.close(descriptors[0])
        control.send(struct.pack("!i", pid))


def _work(connection: socket.socket, task: _Task) -> Never:
    """Answer requests until the server's end closes or the process is killed."""
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stderr__.fileno() if sys.__stderr__ else 2)
    _limit_memory(task.limits.megabytes)
    # In a thread of its own, as the engine's random numbers belong to threads: forked with their state, all workers would draw the same.
    thread = threading.Thread(target=_serve, args=(connection, task))
    thread.start()
    thread.join()
    os._exit(1)


def _serve(connection: socket.socket, task: _Task) -> None:
    while True:
        try:
            size = struct.unpack("!I", _receive(connection, 4))[0]
            head, body = task.reply(**json.loads(_receive(connection, size)))
            start = _CHUNK - _SIZES.size - len(head)
            connection.sendall(_SIZES.pack(len(head), len(body)) + head + body[:start])
            connection.sendall(body[start:])
        except EOFError:
            os._exit(0)
        except (MemoryError, OSError):
            os._exit(1)


@dataclass(frozen=True)
class _Task:
    """What every worker does: answer from a graph, within limits, with the count of advice."""

    loaded: EmbeddedStore
    limits: Limits
    advise: Callable[[str], int]

    def reply(self, text: str, rows: str, graph: str, default_graphs: list[str], named_graphs: list[str], *, vet: bool = False) -> tuple[bytes, bytes]:
        """Return the head of a reply, in JSON, and its body; an error is a head with its name and parts. The process can open nothing meanwhile."""
        try:
            with _shut_in() if not self.limits.services and not self.loaded.on_disk else contextlib.nullcontext():
                made, advice = self.answer(text, rows, graph, default_graphs, named_graphs, vet=vet)
        except QueryError as error:
            return _head(error=type(error).__name__, message=str(error), line=error.line, column=error.column), b""
        except InputError as error:
            return _head(error="InputError", message=str(error)), b""
        return _head(kind=made.kind, name=made.name, count=made.count, advice=advice), made.body

    def answer(self, text: str, rows: str, graph: str, default_graphs: list[str], named_graphs: list[str], *, vet: bool) -> tuple[Written, int]:
        """Return the answer in the format for its kind, and the number of pieces of advice. Raises `QueryError`, `QueryStopped`, `InputError`."""
        if vet:
            self.loaded.vet(text, self.limits.services)
        most = self.limits.answer * 2**20
        try:
            made = self.loaded.evaluate(text, lambda raw: write(raw, rows, graph, self.loaded.prefixes, most), default_graphs, named_graphs)
        except TooLarge:
            raise QueryStopped(f"the answer has more than {self.limits.answer} MB; take it in parts with ORDER BY, LIMIT and OFFSET, or take a dump") from None
        return made, self.advise(text) if vet else 0


def _head(**said: object) -> bytes:
    return json.dumps(said).encode()


@contextlib.contextmanager
def _shut_in() -> Iterator[None]:
    """Let the process open neither socket nor file: a second bolt, should the engine read as SERVICE what our reader does not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _limit_memory(megabytes: int) -> None:
    """Allow `megabytes` beyond what the process holds now, where the system tells that (Linux)."""
    statistics = Path("/proc/self/statm")
    if statistics.exists():
        held = int(statistics.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        limit = held + megabytes * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
