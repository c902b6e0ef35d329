"""Servers that hold the graph are started on free ports in a temporary folder and asked over HTTP, as `comity --store` asks them."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from abc import abstractmethod
from pathlib import Path
from typing import ClassVar

from benchmarks.engines import Answers, Engine
from comity.errors import ComityError
from comity.remote import RemoteStore

START = 120.0
TRIES = 3
JARS = ("commons-cli", "commons-codec", "commons-compress", "commons-csv", "commons-io", "commons-lang3", "dexx.collection", "guava", "protobuf",
        "slf4j-api", "slf4j-nop", "thrift", "gson", "jakarta.json-api", "httpclient", "httpcore")
MESSAGES = "org/apache/jena/ext/xerces/"
PROCESSES = ("--processes", str(os.cpu_count() or 1))
HERE = Path(__file__).resolve().parent


class Server(Engine):
    """An engine in a process of its own behind HTTP."""

    binary: ClassVar[str]
    process: subprocess.Popen[bytes] | None = None
    url: str

    @classmethod
    def found(cls) -> str | None:
        """Return where the program stands, beside this Python or on the path."""
        beside = Path(sys.executable).with_name(cls.binary)
        return str(beside) if beside.exists() else shutil.which(cls.binary)

    @classmethod
    def is_here(cls) -> bool:
        """Say whether the program is installed."""
        return cls.found() is not None

    @abstractmethod
    def command(self) -> list[str]:
        """Return the command that serves what was loaded, at an `url` with a fresh port."""

    def start(self) -> None:
        """Start the server on what was loaded; again on other ports where another process took one first."""
        for _ in range(TRIES):
            with (self.folder / "server.log").open("ab") as log:
                self.process = subprocess.Popen(self.command(), cwd=self.folder, stdout=log, stderr=log)
            end = time.monotonic() + START
            while self.process.poll() is None and time.monotonic() < end:
                if self._answers():
                    return
                time.sleep(0.1)
            self.close()
        raise RuntimeError(f"did not start: {(self.folder / 'server.log').read_text(errors='replace')[-300:]}")

    def _answers(self) -> bool:
        with contextlib.suppress(ComityError):
            return RemoteStore(self.url, {}, timeout=5).query("ASK {}").rows is not None
        return False

    def open(self) -> None:
        """Make a client."""
        self.client = RemoteStore(self.url, {}, timeout=3600)

    def query(self, text: str) -> Answers:
        """Send one request and read the whole answer."""
        return self.client.query(text).rows.cells

    def server(self) -> int | None:
        """Return the server's process."""
        return self.process.pid if self.process is not None else None

    def restart(self) -> None:
        """Kill the server, which goes on with the query of a client that was killed, and start it again on its data."""
        self.close()
        self.start()

    def close(self) -> None:
        """Stop the server at once: its data are thrown away."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


class Oxigraph(Server):
    """The Oxigraph server on disk."""

    name = "Oxigraph server"
    family = "oxigraph"
    package = "oxigraph"
    binary = "oxigraph"

    def load(self, data: Path) -> None:
        """Load with the server's own loader."""
        subprocess.run([str(self.found()), "load", "--location", "store", "--file", str(data)], cwd=self.folder, check=True, capture_output=True)
        self.start()

    def command(self) -> list[str]:
        """Serve the store, its default graph the union."""
        address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{address}/query"
        return [str(self.found()), "serve-read-only", "--location", "store", "--bind", address, "--union-default-graph"]


class Comity(Server):
    """Ours over HTTP, each query in a killable process, nothing kept between questions."""

    name = "ours, served"
    family = "oxigraph"
    binary = "comity"
    options: ClassVar[tuple[str, ...]] = ("--cache", "0", "--timeout", "3600", "--memory", "8192", "--answer", "4096")

    def load(self, data: Path) -> None:
        """The server itself loads."""
        (self.folder / "data.nq").symlink_to(data.resolve())
        self.start()

    def command(self) -> list[str]:
        """Serve the file."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/sparql"
        return [str(self.found()), "serve", "--data", "data.nq", "--port", str(port), *self.options]


class Copied(Comity):
    """The same in as many processes as there are cores, for many clients at once."""

    options = (*PROCESSES, *Comity.options)


class Keeping(Comity):
    """The same with answers kept, as they are by default."""

    name = "ours, served, answers kept"
    options = PROCESSES


class Virtuoso(Server):
    """Virtuoso 7, with 2 GB of buffers."""

    name = "Virtuoso 7"
    family = "virtuoso"
    binary = "virtuoso-t"
    install = "apt-get install virtuoso-opensource-7 virtuoso-opensource-7-bin"
    note = "where `<=` compares days it loses rows in some plans; `!(?a > ?b)` finds them"

    @classmethod
    def version(cls) -> str:
        """Read the version that the program prints."""
        said = subprocess.run([str(cls.found()), "-?"], capture_output=True, text=True, check=False)
        match = re.search(r"Version (\S+)", said.stdout + said.stderr)
        return match[1] if match else "unknown"

    def load(self, data: Path) -> None:
        """Load with the bulk loader and write all to disk."""
        (self.folder / "data.nq").symlink_to(data.resolve())
        self.start()
        isql = shutil.which("isql-vt") or "isql"
        statements = f"ld_dir('{self.folder}', 'data.nq', 'urn:none'); rdf_loader_run(); checkpoint;"
        subprocess.run([isql, str(self.port), "dba", "dba", f"exec={statements}"], check=True, capture_output=True)

    def command(self) -> list[str]:
        """Write the settings and serve in the foreground."""
        self.port, http = free_port(), free_port()
        template = (HERE / "virtuoso.ini").read_text(encoding="utf-8")
        settings = template.format(folder=self.folder, data=self.folder, port=self.port, http=http)
        (self.folder / "virtuoso.ini").write_text(settings, encoding="utf-8")
        (self.folder / "virtuoso.lck").unlink(missing_ok=True)
        self.url = f"http://127.0.0.1:{http}/sparql"
        return [str(self.found()), "+foreground", "+configfile", "virtuoso.ini"]


class Jena(Server):
    """Jena's TDB2 behind a few lines of Java, as Debian packs no Fuseki."""

    name = "Jena TDB2"
    family = "jena"
    binary = "java"
    most = 5_000_000
    install = "apt-get install libapache-jena-java openjdk-17-jdk-headless"
    jars: ClassVar[Path] = Path("/usr/share/java")

    @classmethod
    def is_here(cls) -> bool:
        """Say whether Java, its compiler and Jena are installed."""
        return bool(shutil.which("javac") and (cls.jars / "jena-tdb2.jar").exists())

    @classmethod
    def version(cls) -> str:
        """Read the version off the name of the file."""
        return next(p.stem.removeprefix("jena-tdb2-") for p in cls.jars.glob("jena-tdb2-*.jar"))

    def load(self, data: Path) -> None:
        """Load with TDB2's own loader."""
        command = ["java", "-Xmx4g", "-cp", self._classes(), "tdb2.tdbloader", "--loc", "store", str(data)]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        self.start()

    def command(self) -> list[str]:
        """Serve the store, its default graph the union."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/sparql"
        return ["java", "-Xmx4g", "-cp", self._classes(), str(HERE / "Jena.java"), "store", str(port)]

    def _classes(self) -> str:
        """Return the class path: Jena and what it depends on, and the messages that Debian's package has in another place than its code looks."""
        moved = self.folder / "messages"
        with zipfile.ZipFile(self.jars / "jena-core.jar") as jar:
            names = [n for n in jar.namelist() if n.startswith(MESSAGES) and n.endswith(".properties")]
            for name in () if moved.exists() else names:
                target = moved / "xerces" / name.removeprefix(MESSAGES)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(jar.read(name))
        return ":".join([*map(str, self.jars.glob("jena-*[a-z2].jar")), *(f"{self.jars}/{name}.jar" for name in JARS), str(moved)])


def free_port() -> int:
    """Return a port that nothing listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
