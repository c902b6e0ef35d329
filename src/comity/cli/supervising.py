"""A build folder and a listening socket become one server after another, each with the build that was the newest when it began.

The socket stays open throughout and is shared: while a new server loads, the old one answers; once the new one takes connections, the
old one finishes what it has. A server that ends by itself is followed by another.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Never

import click

from comity.errors import ComityError
from comity.snapshot import CURRENT

#: serves on a socket until its end; calls the first function once it takes connections, and ends when the pipe's other end closes
Serve = Callable[[socket.socket, Callable[[], None], int], None]
#: what tells a server to leave: it takes no new connection and ends those it has after the answer that is under way
LEAVE = signal.SIGUSR1
_EACH = 0.25
_PAUSE = 1.0


@dataclass(frozen=True)
class _Child:
    """A server in a process of its own; `said` is the pipe on which it says that it is ready."""

    pid: int
    build: str
    said: int


def supervise(listener: socket.socket, folder: Path, serve: Serve, announce: Callable[[], None]) -> None:
    """Serve the newest build in `folder` until stopped by a signal; `announce` is called once, when the first server is ready.

    Raises `SystemExit` with the code of the first server if that never gets ready.
    """
    signal.signal(signal.SIGTERM, _stop)
    held, kept = os.pipe()  # closes with this process, however it ends, and takes the servers with it
    leaving: list[_Child] = []
    child: _Child | None = None
    try:
        child = _begin(listener, folder, serve, (held, kept))
        if not _is_ready(child):
            raise SystemExit(_code(child))
        announce()
        failed = ""
        while True:
            time.sleep(_EACH)
            leaving = [old for old in leaving if not _has_ended(old)]
            if _has_ended(child):
                click.echo("the server ended by itself and is started anew", err=True)
                time.sleep(_PAUSE)
                child = _begin(listener, folder, serve, (held, kept))
                _is_ready(child)
                continue
            if _build(folder) in ("", child.build, failed):
                continue
            new = _begin(listener, folder, serve, (held, kept))
            if _is_ready(new):
                os.kill(child.pid, LEAVE)
                leaving.append(child)
                child, failed = new, ""
            else:
                _code(new)
                failed = new.build
                click.echo(f"{folder}: the build {new.build} cannot be served; the one before it is served on", err=True)
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for one in [*leaving, *([child] if child else [])]:
            with suppress(ProcessLookupError):
                os.kill(one.pid, signal.SIGTERM)
            with suppress(ChildProcessError):
                os.waitpid(one.pid, 0)


def _stop(number: int, frame: FrameType | None) -> Never:
    raise KeyboardInterrupt


def _build(folder: Path) -> str:
    """Return the name of the build that counts, nothing if there is none that is linked."""
    try:
        return str((folder / CURRENT).readlink())
    except OSError:
        return ""


def _begin(listener: socket.socket, folder: Path, serve: Serve, pipe: tuple[int, int]) -> _Child:
    build = _build(folder)
    said, say = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        os.close(say)
        return _Child(pid, build, said)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.close(said)
    os.close(pipe[1])
    code = 1
    try:
        serve(listener, lambda: _say(say), pipe[0])
        code = 0
    except ComityError as error:
        click.echo(f"comity: {error}", err=True)
    except KeyboardInterrupt:
        code = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _say(pipe: int) -> None:
    os.write(pipe, b"+")
    os.close(pipe)


def _is_ready(child: _Child) -> bool:
    """Wait until a server takes connections, or ends before it does."""
    try:
        return os.read(child.said, 1) == b"+"
    finally:
        os.close(child.said)


def _has_ended(child: _Child) -> bool:
    try:
        return os.waitpid(child.pid, os.WNOHANG)[0] != 0
    except ChildProcessError:
        return True


def _code(child: _Child) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child.pid, 0)[1]) or 1
