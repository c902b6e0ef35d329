"""Bytes become standard output, unchanged on every platform."""

from __future__ import annotations

import sys


def emit(data: bytes) -> None:
    """Write `data` to standard output."""
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
