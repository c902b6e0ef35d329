"""Small servers on free ports: one that answers as it is told, one that is a real SPARQL endpoint."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

DEADLINE = 30.0


@dataclass
class Reply:
    """What a canned server answers; `length` and `close` make it lie, `seconds` makes it late."""

    status: int = 200
    kind: str = "application/sparql-results+json"
    body: bytes = b'{"head": {"vars": []}, "results": {"bindings": []}}'
    length: int | None = None
    seconds: float = 0
    requests: list[tuple[str, str, bytes]] = field(default_factory=list)


@contextlib.contextmanager
def canned(reply: Reply) -> Iterator[str]:
    """Serve `reply` to every request, keep what was asked in its `requests`, and give the server's address."""
    stopped = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            reply.requests.append((self.path, self.headers.get("accept", ""), body))
            stopped.wait(reply.seconds)
            with contextlib.suppress(OSError):
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.kind)
                self.send_header("Content-Length", str(len(reply.body) if reply.length is None else reply.length))
                self.end_headers()
                self.wfile.write(reply.body)

        do_GET = do_POST  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/sparql"
    finally:
        stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """Return a port that nothing listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def oxigraph(data: Path, folder: Path) -> Iterator[str]:
    """Load `data` into an Oxigraph server and give the address of its endpoint, whose default graph is the union."""
    binary = Path(sys.executable).with_name("oxigraph")
    subprocess.run([binary, "load", "--location", folder, "--file", data], check=True, capture_output=True)
    address = f"127.0.0.1:{free_port()}"
    server = subprocess.Popen([binary, "serve-read-only", "--location", folder, "--bind", address, "--union-default-graph"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://{address}/query?query=ASK%20%7B%7D", server)
        yield f"http://{address}/query"
    finally:
        server.terminate()
        server.wait(10)


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + DEADLINE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            assert server.poll() is None, "the server ended at once"
            assert time.monotonic() < end, f"{url} did not answer in {DEADLINE} s"
            time.sleep(0.05)
