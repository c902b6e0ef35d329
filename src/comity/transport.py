"""A request becomes the bytes of its answer, within one deadline and one limit of size, or one line that says why not.

The library's own opener waits anew for each packet, follows redirects, turning POST into GET, and reads without end.
Here the deadline holds for the answer as a whole, redirects are refused, and nothing is ever sent twice.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import http.client
import io
import ssl
import tempfile
import time
import urllib.error
import urllib.request
import zlib
from dataclasses import dataclass
from socket import socket
from typing import IO, Any, Final
from urllib.parse import urljoin, urlsplit

from comity.errors import LimitError, QueryError, StoreError

CHUNK: Final = 2**16
IN_MEMORY: Final = 2**24
SAID: Final = 200
REMEDIES: Final = {
    401: "give a name and password that it knows, as https://NAME:PASSWORD@host/path",
    403: "check the address and your access",
    404: "check the path of the address, often /sparql or /query",
    405: "it takes no POST; is it a SPARQL endpoint?",
    406: "it has no SPARQL results in JSON or XML; is it a SPARQL endpoint?",
    408: "it ran out of time; narrow the query, or add LIMIT",
    413: "the query is too long for it; shorten it",
    415: "it takes no queries from a form; is it a SPARQL endpoint?",
    429: "it has had too many requests; wait and ask again",
    500: "it failed at this query; narrow it, or look into the server's log",
    502: "the server behind it is out of service; try again later",
    503: "it is busy or out of service; try again later",
    504: "it ran out of time; narrow the query, or add LIMIT",
}
_LIMITED: Final = frozenset({408, 413, 429, 503, 504})


@dataclass(frozen=True)
class Reply:
    """An answer with status 200: its header, and its body as a file that is read from the start."""

    header: http.client.HTTPMessage
    body: IO[bytes]


def send(request: urllib.request.Request, *, seconds: float, size: int) -> Reply:
    """Send `request` once and read the answer to its end.

    Parameters: `seconds`, from the request to the last byte; `size`, the most bytes, once unpacked. Raises `QueryError`
    if the server refuses the query, `LimitError` past the time or the size, `StoreError` for everything else that is no whole answer.
    """
    url = shown(request.full_url)
    try:
        with _opener(request.type).open(request, timeout=seconds) as response:
            if response.status != 200:
                raise StoreError(f"{url} answered {response.status} {one_line(response.reason)} instead of 200; is it a SPARQL endpoint?")
            return Reply(response.headers, _read(response, size, url))
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(url, error) from None
    except (urllib.error.URLError, OSError, EOFError, http.client.HTTPException, zlib.error, ValueError) as error:
        raise _failure(url, error, seconds) from None


def shown(url: str) -> str:
    """Return `url` for people: without name, password and query string, on one line."""
    parts = urlsplit(url)
    return one_line(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="…" if parts.query else "", fragment="").geturl())


@functools.cache
def _opener(scheme: str) -> urllib.request.OpenerDirector:
    """Return what sends requests, by the proxies that the environment names when it is first asked."""
    opener = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler(), _Https() if scheme == "https" else _Http(), _NoRedirects(), urllib.request.HTTPErrorProcessor(),
                    urllib.request.HTTPDefaultErrorHandler()):
        opener.add_handler(handler)
    return opener


class _Http(urllib.request.HTTPHandler):
    """Opens connections whose answers must have come in full when the time of the request is over."""

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(functools.partial(_connection, http.client.HTTPConnection), req)


class _Https(_Http):
    """The same over TLS, with the system's certificates."""

    @functools.cached_property
    def _kind(self) -> Any:
        return functools.partial(http.client.HTTPSConnection, context=ssl.create_default_context())

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(functools.partial(_connection, self._kind), req)

    https_request = urllib.request.AbstractHTTPHandler.do_request_


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Leaves a redirect as the answer that it is."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _connection(kind: Any, host: str, *, timeout: float, **options: Any) -> http.client.HTTPConnection:
    connection: http.client.HTTPConnection = kind(host, timeout=timeout, **options)
    connection.response_class = functools.partial(_Response, time.monotonic() + timeout)  # type: ignore[assignment]
    return connection


class _Response(http.client.HTTPResponse):
    """An answer, header and body, that must have been read at `end`."""

    def __init__(self, end: float, sock: socket, **options: Any) -> None:
        super().__init__(sock, **options)
        self.fp = io.BufferedReader(_Timed(self.fp.detach(), sock, end))


class _Timed(io.RawIOBase):
    """A socket's bytes, each wait for them no longer than what is left until `end`."""

    def __init__(self, raw: io.RawIOBase, sock: socket, end: float) -> None:
        self.raw, self.sock, self.end = raw, sock, end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.sock.settimeout(left)
        return self.raw.readinto(buffer)

    def close(self) -> None:
        self.raw.close()
        super().close()


def _read(response: Any, size: int, url: str) -> IO[bytes]:
    """Read the body into a file, in memory while it is small, so that refusing a huge answer costs no memory."""
    packing = response.headers.get("Content-Encoding", "identity").strip().lower()
    if packing not in ("identity", "", "gzip", "x-gzip"):
        raise StoreError(f"{url} packed its answer as {one_line(packing)}, which nobody asked for; is it a SPARQL endpoint?")
    if (response.length or 0) > size:
        raise _too_large(url, size)
    source = gzip.GzipFile(fileobj=response) if "gzip" in packing else response
    with contextlib.ExitStack() as stack:
        body = stack.enter_context(tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))
        while chunk := source.read(CHUNK):
            if body.tell() + len(chunk) > size:
                raise _too_large(url, size)
            body.write(chunk)
        if response.length:  # the library is silent when a body is shorter than announced
            raise http.client.IncompleteRead(b"", response.length)
        body.seek(0)
        stack.pop_all()
    return body


def _too_large(url: str, size: int) -> LimitError:
    return LimitError(f"{url} answers with more than {round(size / 2**20, 2):,g} MB; narrow the query, add LIMIT, or load the dump")


def _refusal(url: str, error: urllib.error.HTTPError) -> QueryError | StoreError:
    """Tell a query that the server refused (400) from a redirect and from a server that failed."""
    if 300 <= error.code < 400:
        target = error.headers.get("Location")
        if target is None:
            return StoreError(f"{url} answered {error.code} and named no other address; is it a SPARQL endpoint?")
        return StoreError(f"{url} sends on to {shown(urljoin(error.url or '', target))}; give that address if you trust it")
    said = _said(error)
    if error.code == 400:
        return QueryError(f"{url} refused the query: {said or 'it says no more'}")
    later = error.headers.get("Retry-After")
    patience = f"; it names a wait of {one_line(later)}{' s' if later.strip().isdigit() else ''}" if later else ""
    heard = said or one_line(error.reason or "") or "it says no more"
    kind = LimitError if error.code in _LIMITED else StoreError
    return kind(f"{url} answered {error.code} ({heard}); {REMEDIES.get(error.code, 'check the address and your access')}{patience}")


def _said(error: urllib.error.HTTPError) -> str:
    """Return what the server says of its refusal, if that is text and comes in time."""
    kind = error.headers.get("Content-Type", "text/plain").lower()
    if "html" in kind:
        return "with a page"
    try:
        return one_line(error.read(CHUNK).decode("utf-8", "replace"))
    except (OSError, http.client.HTTPException):
        return ""


def _failure(url: str, error: Exception, seconds: float) -> StoreError:
    """Say of a request that brought no whole answer why, as far as the cause tells."""
    cause = getattr(error, "reason", error)
    if isinstance(cause, TimeoutError):
        return LimitError(f"{url} gave no whole answer within {seconds:g} s (timed out); narrow the query, or raise --timeout")
    if isinstance(error, urllib.error.URLError | ValueError):
        return StoreError(f"{url} cannot be reached ({one_line(str(cause))}); check the address and the network")
    return StoreError(f"{url} broke off its answer ({one_line(str(cause)) or type(cause).__name__}); ask again, or ask for less")


def one_line(text: str) -> str:
    """Return a stranger's text on one line, short, without what could steer a terminal."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return clean if len(clean) <= SAID else clean[:SAID] + " …"
