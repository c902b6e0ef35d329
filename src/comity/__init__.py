"""Comity turns sourced tables on international data governance into a graph that can be questioned and measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from comity import network
    from comity.errors import ComityError
    from comity.graph import Graph, open  # noqa: A004

__version__ = "0.6.0"
__all__ = ["ComityError", "Graph", "network", "open"]

_HOMES = {"ComityError": "comity.errors", "Graph": "comity.graph", "open": "comity.graph"}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that the command line starts fast."""
    import importlib

    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    if name == "network":
        return importlib.import_module("comity.network")
    raise AttributeError(f"module 'comity' has no attribute {name!r}")
