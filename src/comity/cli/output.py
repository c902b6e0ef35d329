"""Bytes become standard output or files, unchanged on every platform."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from comity.errors import InputError


def emit(data: bytes) -> None:
    """Write `data` to standard output."""
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def put(folder: Path, files: dict[str, bytes]) -> None:
    """Write `files`, by name, into `folder` and say so on standard error. Raises `InputError` if they cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
            click.echo(f"wrote {folder / name} ({len(data):,} bytes)", err=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror}); choose another folder with --out") from None
