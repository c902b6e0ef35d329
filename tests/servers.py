"""Small servers on free ports: one that answers as it is told, one that is a real SPARQL endpoint."""

from __future__ import annotations

import contextlib
import shutil
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
    """What a canned server answers.

    `length` makes it announce another length, or none if negative; `seconds` makes it late; `drip` makes it
    wait before each byte; `times` repeats the body; `raw` replaces the whole answer by bytes of any kind.
    """

    status: int = 200
    kind: str = "application/sparql-results+json"
    body: bytes = b'{"head": {"vars": []}, "results": {"bindings": []}}'
    length: int | None = None
    seconds: float = 0
    header: dict[str, str] = field(default_factory=dict)
    drip: float = 0
    times: int = 1
    raw: bytes | None = None
    requests: list[tuple[str, str, bytes]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextlib.contextmanager
def canned(*replies: Reply) -> Iterator[str]:
    """Serve each of `replies` in turn and the last to every further request, keep what was asked in its `requests`, and give the server's address."""
    stopped = threading.Event()
    waiting = list(replies)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            reply = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            reply.requests.append((self.path, self.headers.get("accept", ""), body))
            reply.headers.append({name.lower(): value for name, value in self.headers.items()})
            self.close_connection = True
            stopped.wait(reply.seconds)
            with contextlib.suppress(OSError):
                self._answer(reply)

        do_GET = do_POST  # noqa: N815

        def _answer(self, reply: Reply) -> None:
            if reply.raw is not None:
                self._write(reply.raw, reply.drip)
                return
            self.send_response(reply.status)
            if reply.kind:
                self.send_header("Content-Type", reply.kind)
            if reply.length is None or reply.length >= 0:
                self.send_header("Content-Length", str(len(reply.body) * reply.times if reply.length is None else reply.length))
            for name, value in reply.header.items():
                self.send_header(name, value)
            self.end_headers()
            for _ in range(reply.times):
                self._write(reply.body, reply.drip)

        def _write(self, data: bytes, drip: float) -> None:
            for piece in (bytes([b]) for b in data) if drip else [data]:
                if stopped.wait(drip) and drip:
                    return
                self.wfile.write(piece)

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
def oxigraph(data: Path, folder: Path, *, union: bool = True) -> Iterator[str]:
    """Load `data` into an Oxigraph server and give the address of its endpoint, whose default graph is the union or is empty."""
    binary = Path(sys.executable).with_name("oxigraph")
    subprocess.run([binary, "load", "--location", folder, "--file", data], check=True, capture_output=True)
    address = f"127.0.0.1:{free_port()}"
    options = ["--union-default-graph"] if union else []
    server = subprocess.Popen([binary, "serve-read-only", "--location", folder, "--bind", address, *options],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://{address}/query?query=ASK%20%7B%7D", server)
        yield f"http://{address}/query"
    finally:
        server.terminate()
        server.wait(10)


_VIRTUOSO = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
CaseMode = 2
CheckpointInterval = 0
DirsAllowed = {folder}
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
ThreadsPerQuery = 1
MaxOptimizeLayouts = 5
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 4
Charset = UTF-8
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryExecutionTime = 60
[Flags]
enable_initial_plan = 1
"""


@contextlib.contextmanager
def virtuoso(data: Path, folder: Path, *, rows: int = 1_000_000) -> Iterator[str]:
    """Load `data`, N-Quads, into a Virtuoso that caps answers at `rows`, and give the address of its endpoint.

    Its default graph is the union of all graphs, those of its own among them. Everything it writes stands in `folder`.
    """
    sql, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(folder=folder, sql=sql, http=http, rows=rows), encoding="utf-8")
    (folder / "load.sql").write_text(f"DB.DBA.TTLP (file_open ('{folder}/data.nq'), '', 'http://example.org/', 512);\ncheckpoint;\n", encoding="utf-8")
    shutil.copy(data, folder / "data.nq")
    server = subprocess.Popen(["virtuoso-t", "+foreground", "+configfile", folder / "virtuoso.ini"], cwd=folder,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{http}/sparql?query=ASK%20%7B%7D", server)
        load = subprocess.run(["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", folder / "load.sql", "ERRORS=stdout"], check=True, capture_output=True, text=True)
        assert "Error" not in load.stdout, load.stdout
        yield f"http://127.0.0.1:{http}/sparql"
    finally:
        server.kill()  # what it holds goes with its folder
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
