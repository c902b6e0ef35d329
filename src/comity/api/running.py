"""An application and a listening socket become a server that can leave its place to another without losing a request."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from comity.api.copies import Copies
from comity.api.patience import PatientProtocol

#: connections and requests at once, beyond which a request is answered 503
CONNECTIONS = 1000
#: seconds that a server which leaves waits for the connections that it has
LEAVING = 60.0


class Server(uvicorn.Server):
    """uvicorn, which when told to leave lets each connection have the answer to what it sent, even if the request is still on its way.

    What it is told its copies are told, and it ends after them.
    """

    def __init__(self, app: FastAPI, ready: Callable[[], None], copies: Copies) -> None:
        super().__init__(uvicorn.Config(app, http=PatientProtocol, log_level="error", access_log=False, server_header=False, limit_concurrency=CONNECTIONS))
        self.ready = ready
        self.copies = copies
        self.is_leaving = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to take connections, and say so."""
        await super().startup(sockets)
        self.ready()

    def leave(self, number: int, _: object) -> None:
        """Begin to leave."""
        self.copies.tell(number)
        self.is_leaving = self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End; one that leaves first waits until its connections are gone, as uvicorn closes those whose request has not arrived yet."""
        if self.is_leaving:
            for server in self.servers:
                server.close()
            self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
            end = time.monotonic() + LEAVING
            await asyncio.sleep(0.2)  # what was accepted a moment ago becomes a connection
            while self.server_state.connections and time.monotonic() < end:
                await asyncio.sleep(0.05)
        await super().shutdown(sockets)
        await asyncio.to_thread(self.copies.end)


def run(app: FastAPI, listener: socket.socket, ready: Callable[[], None], *, leave: signal.Signals, copies: Copies) -> None:
    """Serve until stopped (SIGINT, SIGTERM), until the signal `leave`, or until the process ends that `copies` says to follow.

    `ready` is called once connections are taken. `copies` of this process serve the same and end with it.
    """
    server = Server(app, ready, copies)
    signal.signal(leave, server.leave)
    if copies.parent is not None:
        threading.Thread(target=_end_with, args=(copies.parent,), daemon=True).start()
    copies.watch()
    server.run(sockets=[listener])


def _end_with(parent: int) -> None:
    with contextlib.suppress(OSError):
        os.read(parent, 1)
        os.kill(os.getpid(), signal.SIGTERM)
