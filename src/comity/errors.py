"""One tree of errors becomes one clear line for the user.

Each message says what is wrong, where, and how to mend it; `exit_code` is what the command line returns.
"""

from __future__ import annotations


class ComityError(Exception):
    """Anything that a user can mend; the message is one line."""

    exit_code = 2


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
