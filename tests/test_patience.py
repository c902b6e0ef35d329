"""A client that does not take its answer is cut off and its turn is free again; one that takes it slowly gets all of it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import uvicorn

from comity.api import patience
from comity.api.app import create_app
from comity.cli.serving import listen
from comity.graph import Graph

#: some two megabytes
LARGE = "SELECT ?a ?b ?c ?d WHERE { ?a ?b ?c . ?d a comity:State } LIMIT 15000"


@pytest.fixture
def server(small: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    """Serve in a thread, with short patience and one turn for each client."""
    monkeypatch.setattr(patience, "TAKE_SECONDS", 0.4)
    monkeypatch.setattr(patience, "TAKE_BYTES", 2**13)
    listener = listen("127.0.0.1", 0)
    app = create_app(small, tmp_path, each=1)
    running = uvicorn.Server(uvicorn.Config(app, http=patience.PatientProtocol, log_level="error", timeout_keep_alive=1))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield listener.getsockname()
    finally:
        running.should_exit = True
        thread.join()


def ask(place: tuple[str, int], query: str) -> socket.socket:
    """Send a query by a socket that takes little at once."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**14)
    connection.settimeout(20)
    connection.connect(place)
    connection.sendall(f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n".encode())
    return connection


def status(place: tuple[str, int], query: str) -> bytes:
    with ask(place, query) as connection:
        return connection.recv(100).split(b" ")[1]


def length_of(place: tuple[str, int]) -> int:
    """Return how long the large answer is, as its head says, and wait until that turn is over."""
    with ask(place, LARGE) as connection:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(2**12)
    while status(place, "ASK {}") == b"429":
        time.sleep(0.05)
    return int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])


def test_a_client_that_takes_nothing_is_cut_off_and_its_turn_is_free(server: tuple[str, int]) -> None:
    with ask(server, LARGE) as idle:
        assert idle.recv(10, socket.MSG_PEEK)
        assert status(server, "ASK {}") == b"429"
        end = time.monotonic() + 10
        while status(server, "ASK {}") == b"429":
            assert time.monotonic() < end
            time.sleep(0.1)
        with contextlib.suppress(ConnectionResetError):
            while idle.recv(2**20):
                pass
    assert status(server, "ASK {}") == b"200"


def test_an_answer_that_is_cut_off_is_not_taken_for_a_whole_one(server: tuple[str, int]) -> None:
    length, taken = length_of(server), 0
    with ask(server, LARGE) as idle:
        assert idle.recv(10, socket.MSG_PEEK)
        time.sleep(3 * patience.TAKE_SECONDS)
        with contextlib.suppress(ConnectionResetError):
            while part := idle.recv(2**20):
                taken += len(part)
    assert taken < length


def test_a_client_that_takes_its_answer_slowly_gets_all_of_it(server: tuple[str, int]) -> None:
    length, taken = length_of(server), 0
    with ask(server, LARGE) as slow:
        assert slow.recv(10, socket.MSG_PEEK)
        start = time.monotonic()
        while taken < length:
            taken += len(slow.recv(2**15))
            time.sleep(0.02)
    assert taken >= length
    assert time.monotonic() - start > 2 * patience.TAKE_SECONDS
