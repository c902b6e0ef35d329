"""A process that holds a graph becomes several that take requests from one socket, and leave and end together.

Copies share the memory of the graph. They are made before the server starts any thread, so each has its own workers and keeps its own answers.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress


class Copies:
    """The copies of a process; a copy itself has none.

    Attributes: `is_first`, whether this is no copy; `parent`, a pipe whose other end closes when the process ends that this one is to follow; `held`, the
    descriptors that no process started from here may hold.
    """

    def __init__(self, count: int, parent: int | None = None) -> None:
        """Make `count` copies of this process, which goes on in each of them; `parent` is the pipe that it follows itself."""
        self.is_first = True
        self.parent = parent
        self.held: list[int] = []
        self._pids: list[int] = []
        self._waiting: list[threading.Thread] = []
        self._is_ending = False
        if not count:
            return
        end, kept = os.pipe()
        for _ in range(count):
            pid = os.fork()
            if pid == 0:
                os.close(kept)
                if parent is not None:
                    os.close(parent)
                self.is_first, self.parent = False, end
                self._pids.clear()
                return
            self._pids.append(pid)
        os.close(end)
        self.held = [kept]

    def watch(self) -> None:
        """Begin to watch the copies: if one ends by itself, so do all, to be started anew."""
        self._waiting = [threading.Thread(target=self._wait, args=(pid,), daemon=True) for pid in self._pids]
        for thread in self._waiting:
            thread.start()

    def tell(self, number: int) -> None:
        """Send a signal to all copies, after which they may end."""
        self._is_ending = True
        for pid in self._pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def end(self) -> None:
        """Wait until all copies have ended, which they are told to unless they were told before."""
        if not self._is_ending:
            self.tell(signal.SIGTERM)
        for thread in self._waiting:
            thread.join()

    def _wait(self, pid: int) -> None:
        with suppress(ChildProcessError):
            os.waitpid(pid, 0)
        if not self._is_ending:
            sys.stderr.write(f"comity: process {pid} of the server ended by itself, and the others end with it\n")
            self.tell(signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGTERM)
