"""Small servers on free ports: one that answers as it is told, one that is a real SPARQL endpoint."""

from __future__ import annotations

import contextlib
import os
import re
import select
import shutil
import signal
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
LOADING = 300.0


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


@dataclass(frozen=True)
class Running:
    """A `comity serve` that runs: its address, and the process that holds its workers."""

    address: str
    process: subprocess.Popen[str]

    def children(self) -> list[int]:
        """Return the processes that it started."""
        return children(self.process.pid)


def children(pid: int) -> list[int]:
    """Return the processes that a process started."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False).stdout
    return [int(child) for child in listed.split()]


@contextlib.contextmanager
def comity_server(*options: str, folder: Path | None = None, before: str = "", quiet: bool = True) -> Iterator[Running]:
    """Run `comity serve` on a free port until the block ends, and stop it as Ctrl-C does.

    It serves the build `folder` if one is given, runs the line of Python `before` first, and keeps what it says on standard error if not `quiet`.
    """
    start = ["-c", f"import sys\n{before}\nfrom comity.cli.main import main\nsys.exit(main())"] if before else ["-m", "comity"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"} | ({"COMITY_BUILD": str(folder)} if folder else {})
    with subprocess.Popen([sys.executable, *start, "serve", "--port", "0", *options], env=environment, stdout=subprocess.PIPE,
                          stderr=None if quiet else subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert select.select([process.stdout], [], [], 60)[0], "nothing was printed in 60 s"
            line = process.stdout.readline()
            match = re.match(r"Comity answers at (http://\S+)/ \(stop with Ctrl-C\)", line)
            assert match, line
            yield Running(match[1], process)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)


def free_port() -> int:
    """Return a port that nothing listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def oxigraph(data: Path, folder: Path, *, union: bool = True, seconds: int = 600) -> Iterator[str]:
    """Load `data` into an Oxigraph server and give the address of its endpoint.

    Its default graph is the union of all graphs, or is empty; it breaks an answer off after `seconds`.
    """
    binary = Path(sys.executable).with_name("oxigraph")
    subprocess.run([binary, "load", "--location", folder, "--file", data], check=True, capture_output=True)
    address = f"127.0.0.1:{free_port()}"
    options = ["--union-default-graph"] if union else []
    server = subprocess.Popen([binary, "serve-read-only", "--location", folder, "--bind", address, "--timeout-s", str(seconds), *options],
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
ResultSetMaxRows = 1000000
MaxQueryExecutionTime = 60
[Flags]
enable_initial_plan = 1
"""


@contextlib.contextmanager
def virtuoso(data: Path, folder: Path) -> Iterator[str]:
    """Load `data`, N-Quads, into a Virtuoso and give the address of its endpoint.

    Its default graph is the union of all graphs, those of its own among them. Everything it writes stands in `folder`.
    """
    sql, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(folder=folder, sql=sql, http=http), encoding="utf-8")
    (folder / "load.sql").write_text(
        f"log_enable (2, 1);\nDB.DBA.TTLP (file_open ('{folder}/data.nq'), '', 'http://example.org/', 512);\ncheckpoint;\n", encoding="utf-8")
    shutil.copy(data, folder / "data.nq")
    server = subprocess.Popen(["virtuoso-t", "+foreground", "+configfile", folder / "virtuoso.ini"], cwd=folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{http}/sparql?query=ASK%20%7B%7D", server)
        load = subprocess.run(["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", folder / "load.sql", "ERRORS=stdout"],
                              check=True, capture_output=True, text=True, timeout=LOADING)
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
