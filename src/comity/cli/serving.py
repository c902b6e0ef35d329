"""The command that serves the graph: `serve`."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

import click

from comity.cache import CachedStore
from comity.cli.asking import address
from comity.errors import InputError
from comity.graph import Graph
from comity.graph import open as open_graph
from comity.isolation import IsolatedStore, Limits
from comity.store import EmbeddedStore

if TYPE_CHECKING:
    from fastapi import FastAPI

#: connections and requests at once, beyond which a request is answered 503
_CONNECTIONS = 1000


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 picks a free port.")
@click.option("--data", type=click.Path(path_type=Path), help="Serve this RDF file in place of the built graph.")
@click.option("--endpoint", metavar="URL", callback=address, help="Serve this SPARQL server's graph in place of the built one.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Queries at once, each in a process of its own.")
@click.option("--each", type=click.IntRange(1), default=16, show_default=True, help="Queries of one client at once, running or waiting.")
@click.option("--timeout", type=click.FloatRange(0.1, 3600), default=10.0, show_default=True, help="Seconds that a query may take.")
@click.option("--memory", type=click.IntRange(16), default=1024, show_default=True, help="Megabytes that a query may take (Linux).")
@click.option("--answer", type=click.IntRange(1), default=100, show_default=True, help="Megabytes that an answer may have.")
@click.option("--cache", type=click.IntRange(0), default=64, show_default=True, help="Megabytes of answers kept for those who ask again; 0 for none.")
@click.option("--cited", type=click.Path(path_type=Path), help="Folder of cited answers; default: cited, beside the build.")
def serve(host: str, port: int, data: Path | None, endpoint: str | None, workers: int, each: int, timeout: float, memory: int, answer: int,
          cache: int, cited: Path | None) -> None:
    """Serve SPARQL, linked data and pages over HTTP until stopped."""
    if data is not None and endpoint is not None:
        raise InputError("give either --data or --endpoint, not both")
    graph = open_graph(endpoint or data, timeout=timeout, memory=True)
    # Workers are forked before the port is taken and before any thread runs, so that they hold neither.
    graph.advise("ASK {}")  # the terms are read once, for all workers
    limits = Limits(workers, timeout, memory, answer)
    isolated = IsolatedStore(graph.store, limits, graph.count_advice) if isinstance(graph.store, EmbeddedStore) else None
    store = graph.store if isolated is None else CachedStore(isolated, cache)
    try:
        from comity.api.app import create_app

        listener = _listen(host, port)
        kept = 0 if isolated is None else cache  # a remote graph may change
        _run(create_app(Graph(store, graph.layout), cited, megabytes=kept, each=each), listener, host)
    finally:
        if isolated is not None:
            isolated.close()


def _run(app: FastAPI, listener: socket.socket, host: str) -> None:
    import uvicorn

    from comity.api.patience import PatientProtocol

    address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
    click.echo(f"Comity answers at {address}/ (stop with Ctrl-C)")
    config = uvicorn.Config(app, http=PatientProtocol, log_level="error", server_header=False, limit_concurrency=_CONNECTIONS)
    uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything is announced. Raises `InputError` if it is taken or not ours to take."""
    listener = None
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or asyncio leaves small packets to wait
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        if listener is not None:
            listener.close()
        raise InputError(f"{host}:{port} cannot be served on ({error.strerror}); choose another with --port, or 0 for a free one") from None
    listener.listen(128)
    return listener
