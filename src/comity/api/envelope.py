"""What every answer states is added around all handlers: version, entity tag, caching, what a page may load. HEAD and 304 come from here.

The same address with the same Accept header gives the same bytes until the next build, so such answers are kept whole and
given again before any handler is asked, unless the handler says `Cache-Control: no-store`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from comity.api import problems
from comity.cache import Kept
from comity.site import languages

POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
LONGEST_QUERY = 2**15
MOST_HEADERS = 2**15
_STATED = [(b"content-security-policy", POLICY.encode()), (b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin"),
           (b"access-control-allow-origin", b"*"),
           (b"access-control-expose-headers", b"ETag, Comity-Version, Comity-Rows, Comity-Complete, Comity-Advice, Cache-Status, Link")]
_OURS = (b"vary", b"access-control-allow-origin")
_LONGEST = 2**20
#: bytes of an answer that are handed on at once, so that one that a client takes slowly is not copied whole for each who does
_PIECE = 2**18
_MOVING = ("/static/", "/q/", "/timegate/", "/health")
_BY_DAY = ("/queries/", "/metrics", "/route", "/paradigm", "/compare", "/map", "/powers", "/changes")
_KEYS = (b"accept", b"host", b"accept-datetime")
_READ = (*_KEYS, b"if-none-match", b"accept-language", b"cookie")
Pairs = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class _Whole:
    """An answer with status 200 as it was sent."""

    headers: Pairs
    body: bytes


class Envelope:
    """ASGI middleware for a dataset that does not change while it is served."""

    def __init__(self, app: ASGIApp, version: str, megabytes: float, names: Mapping[str, Mapping[str, str]]) -> None:
        """Answer as `app`, keep answers up to `megabytes`; `names` are those of things by language and IRI."""
        self.app, self.names = app, names
        self.stated: Pairs = [(b"comity-version", version.encode()), *_STATED]
        self.etag = f'"{version}"'
        self.kept = Kept(megabytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if len(scope["query_string"]) > LONGEST_QUERY:
            await problems.refuse(scope, receive, send, 414, f"the address is longer than {LONGEST_QUERY:,} bytes; send the query by POST")
            return
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEADERS:
            await problems.refuse(scope, receive, send, 431, f"the headers are longer than {MOST_HEADERS:,} bytes; shorten them")
            return
        reads = scope["method"] in ("GET", "HEAD")
        is_fixed = reads and _is_fixed(scope["path"], scope["query_string"])
        asked = {name: value for name, value in scope["headers"] if name in _READ}
        is_known = is_fixed and bool({self.etag, "*"} & _tags(asked.get(b"if-none-match", b"")))
        language = languages.chosen(scope["query_string"], asked.get(b"cookie", b""), asked.get(b"accept-language", b""))
        languages.language.set(language)
        languages.names.set(self.names.get(language, {}))
        languages.address.set(f"{scope['path']}?{scope['query_string'].decode('latin-1')}" if reads else "")
        key = (scope["path"], scope["query_string"], language, *(asked.get(name) for name in _KEYS)) if is_fixed and self.kept.megabytes else None
        whole: _Whole | None = self.kept.get(key) if key else None
        if whole is not None:
            await _send(send, whole, is_known)
            return
        # every address that answers GET answers HEAD; the server leaves the body out
        outgoing = _Outgoing(self, send, is_fixed, is_known, scope["query_string"])
        await self.app({**scope, "method": "GET"} if scope["method"] == "HEAD" else scope, receive, outgoing.send)
        if outgoing.whole is not None and key:
            self.kept.put(key, _Whole([*outgoing.whole.headers, (b"cache-status", b"comity; hit")], outgoing.whole.body), len(outgoing.whole.body))


class _Outgoing:
    """One answer on its way out: gets its headers, becomes a 304 where the client has it, and is remembered if it is short."""

    def __init__(self, envelope: Envelope, send: Send, is_fixed: bool, is_known: bool, query: bytes) -> None:
        self.envelope, self.onward, self.is_fixed, self.is_known, self.query = envelope, send, is_fixed, is_known, query
        self.whole: _Whole | None = None
        self.is_dropped = False
        self.parts: list[bytes] | None = None
        self.headers: Pairs = []

    async def send(self, message: Message) -> None:
        """Pass a message of the application on."""
        if message["type"] == "http.response.start":
            await self._start(message)
            return
        if self.parts is not None:
            self.parts.append(bytes(message.get("body", b"")))
            if sum(map(len, self.parts)) > _LONGEST:
                self.parts = None
            elif not message.get("more_body", False):
                self.whole = _Whole(self.headers, b"".join(self.parts))
        if not self.is_dropped:
            await _pass_on(self.onward, message)

    async def _start(self, message: Message) -> None:
        said: Pairs = list(message["headers"])
        is_page = any(name == b"content-type" and value.startswith(b"text/html") for name, value in said)
        varies = [*(value for name, value in said if name == b"vary"), b"Accept", *([b"Accept-Language", b"Cookie"] if is_page else [])]
        self.headers = [*(pair for pair in said if pair[0] not in _OURS), (b"vary", b", ".join(varies)), *self.envelope.stated]
        if is_page:
            self.headers.append((b"content-language", languages.language.get().encode()))
            if language := languages.asked(self.query):
                self.headers.append((b"set-cookie", f"{languages.COOKIE}={language}; Path=/; Max-Age=31536000; SameSite=Lax".encode()))
        is_good = message["status"] == 200 and (b"cache-control", b"no-store") not in said
        if is_good and self.is_fixed:
            self.headers.append((b"etag", self.envelope.etag.encode()))
            self.parts = [] if self.envelope.kept.megabytes else None
        if is_good and self.is_known:
            self.is_dropped = True
            await _send(self.onward, _Whole(self.headers, b""), True)
        else:
            await self.onward({**message, "headers": self.headers})


async def _send(send: Send, whole: _Whole, is_known: bool) -> None:
    """Send an answer, or of one that the client has only that it has it."""
    headers = [pair for pair in whole.headers if pair[0] not in (b"content-length", b"content-type")] if is_known else whole.headers
    start: dict[str, Any] = {"type": "http.response.start", "status": 304 if is_known else 200, "headers": headers}
    await send(start)
    await _pass_on(send, {"type": "http.response.body", "body": b"" if is_known else whole.body})


async def _pass_on(send: Send, message: Message) -> None:
    """Send a body in pieces; the server waits between them until the client has taken what it has."""
    if len(message.get("body", b"")) <= _PIECE:
        await send(message)
        return
    body, sent = memoryview(message["body"]), 0
    while len(body) - sent > _PIECE:
        await send({"type": "http.response.body", "body": bytes(body[sent:sent + _PIECE]), "more_body": True})
        sent += _PIECE
    await send({**message, "body": bytes(body[sent:])})


def _is_fixed(path: str, query: bytes) -> bool:
    """Whether the same address gives the same answer until the next build: not static files, nor questions that mean today."""
    if b"today" in query:
        return False
    return not path.startswith(_MOVING) and (not path.startswith(_BY_DAY) or b"as_of=" in query)


def _tags(header: bytes) -> set[str]:
    """Return the entity tags of an If-None-Match header, weak ones as strong."""
    return {tag.strip().removeprefix("W/") for tag in header.decode("latin-1").split(",")}
