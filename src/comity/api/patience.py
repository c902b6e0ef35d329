"""A connection gets bounds: how much a client may send before its request is whole, and how long it may take over it and over its answer.

uvicorn's parser waits for ever for the end of a head, and keeps whatever comes; behind a proxy that is the proxy's work, but
this server may stand alone.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop, TimerHandle, Transport
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: bytes of an address, which must be more than the application takes, and of a head, seconds until a head and until a body must have come
ADDRESS_BYTES = 2**15 + 2**12
HEAD_BYTES = 2**17
HEAD_SECONDS = 10.0
BODY_SECONDS = 30.0
#: of an answer, the least that a client must take in each such span
TAKE_BYTES = 2**17
TAKE_SECONDS = 30.0
#: bytes of which more are sent at once
_JOINED = 2**14
_SAID = {408: b"Request Timeout", 431: b"Request Header Fields Too Large"}


class PatientProtocol(HttpToolsProtocol):
    """HTTP/1.1 of uvicorn that ends a request whose head grows or lingers, or whose body lingers, and an answer that is not taken."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._timer: TimerHandle | None = None
        self._head = 0
        self._is_head, self._is_whole = True, False
        self._taking: TimerHandle | None = None
        self._left, self._is_moving = 0, False

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first head."""
        super().connection_made(cast("Transport", _Joining(transport, self.loop)))
        self._wait(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._wait(None)
        if self._taking is not None:
            self._taking.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what belongs to an unfinished head."""
        self._is_whole = False
        super().data_received(data)
        self._head = self._head + len(data) if self._is_head and not self._is_whole else 0
        if self._head > HEAD_BYTES:
            self._refuse(431)

    def on_message_begin(self) -> None:
        """Begin to wait for a head."""
        self._is_head = True
        self._wait(HEAD_SECONDS)
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Take no more of an address than what the application refuses as too long."""
        self.url = (self.url + url)[:ADDRESS_BYTES]

    def on_headers_complete(self) -> None:
        """Wait for the body."""
        self._is_head = False
        self._wait(BODY_SECONDS)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Stop waiting: the request is whole."""
        self._wait(None)
        self._is_head = self._is_whole = True
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Begin to watch whether the client takes what waits for it."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """Note that the client took nearly all that waited."""
        self._is_moving = True
        super().resume_writing()

    def on_response_complete(self) -> None:
        """Watch what of the answer has not been taken yet: the server may wait to close the connection, or for another request."""
        self.transport.flush()  # type: ignore[attr-defined]
        self._watch()
        super().on_response_complete()

    def _watch(self) -> None:
        left = self.transport.get_write_buffer_size()
        if left and self._taking is None:
            self._left, self._is_moving = left, False
            self._taking = self.loop.call_later(TAKE_SECONDS, self._cut_or_go_on)

    def _cut_or_go_on(self) -> None:
        self._taking = None
        left = self.transport.get_write_buffer_size()
        if not left or self._is_moving or left <= self._left - TAKE_BYTES:
            self._watch()
        else:
            self.transport.abort()

    def _wait(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else self.loop.call_later(seconds, self._refuse, 408)

    def _refuse(self, status: int) -> None:
        if not self.transport.is_closing() and (self.cycle is None or self.cycle.response_complete or not self.cycle.response_started):
            self.transport.write(b"HTTP/1.1 %d %s\r\nconnection: close\r\ncontent-length: 0\r\n\r\n" % (status, _SAID[status]))
        self.transport.close()


class _Joining:
    """A transport that sends what is written in one turn of the loop as one: head and body of a small answer would else be two packets."""

    def __init__(self, transport: Any, loop: AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._parts: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send `data` before the loop waits again."""
        if not self._parts:
            self._loop.call_soon(self.flush)
        self._parts.append(data)
        if len(data) > _JOINED:
            self.flush()

    def close(self) -> None:
        """Close once all is sent."""
        self.flush()
        self._transport.close()

    def get_write_buffer_size(self) -> int:
        """Return how many bytes wait to be sent."""
        self.flush()
        return int(self._transport.get_write_buffer_size())

    def flush(self) -> None:
        """Send what was written."""
        if self._parts:
            parts, self._parts = self._parts, []
            self._transport.write(b"".join(parts))
