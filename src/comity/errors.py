"""One tree of errors becomes one clear line for the user.

Each message says what is wrong, where, and how to mend it; `exit_code` is what the command line returns.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
_LONGEST = 240
#: what would break a line, or move about on a terminal
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class ComityError(Exception):
    """Anything that a user can mend; the message is one line, whatever was given and is repeated in it."""

    exit_code = 2

    def __init__(self, message: str = "") -> None:
        super().__init__(_CONTROL.sub(lambda found: repr(found[0])[1:-1], message))


class InputError(ComityError):
    """A wrong argument, name, date or file."""


class TableError(ComityError):
    """A table or its metadata cannot be read."""


class FaultsFound(ComityError):
    """The checks found faults; the message says how many and where to look."""

    exit_code = 1


class QueryError(ComityError):
    """A query is malformed, refused or failed.

    `line` and `column` count from 1 where the fault has a place, and are 0 otherwise.
    """

    def __init__(self, message: str, *, line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class StoreError(ComityError):
    """A graph cannot be opened, or a remote endpoint did not answer as it should."""


class LimitError(StoreError):
    """A remote endpoint had no time or no room for an answer, or took more than was set for it."""


def asked(path: Path, ask: Callable[[str], T], remedy: str) -> T:
    """Return what `ask` makes of the query in the file `path`. Raises `InputError`, which says where it fails and ends with `remedy`."""
    try:
        return ask(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError, OSError, RuntimeError) as error:
        failure = InputError(f"{located(path, error)}; {remedy}")
    raise failure  # outside the handler: a context would keep the engine's results alive beyond this thread


def located(path: Path, error: Exception) -> str:
    """Return `file:line: what` in one line for the error of a parser, whichever way it counts lines; `file: what` if it does not."""
    text = " ".join(str(error).split())
    match = re.search(r"\bat (?:line )?(\d+)", text)
    short = text if len(text) <= _LONGEST else text[:_LONGEST] + " …"
    return f"{path}:{match[1]}: {short}" if match else f"{path}: {short}"
