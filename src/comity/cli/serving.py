"""The command that serves the graph: `serve`."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click

from comity.cache import CachedStore
from comity.cli.asking import address, addresses
from comity.cli.supervising import LEAVE, supervise
from comity.errors import InputError
from comity.graph import Graph
from comity.graph import open as open_graph
from comity.isolation import IsolatedStore, Limits
from comity.settings import layout
from comity.snapshot import find
from comity.store import EmbeddedStore


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 picks a free port.")
@click.option("--data", type=click.Path(path_type=Path), help="Serve this RDF file in place of the built graph.")
@click.option("--with", "beside", type=click.Path(exists=True, dir_okay=False, path_type=Path), multiple=True, metavar="FILE",
              help="Serve also the named graphs of this file (N-Quads or TriG), such as scores; may be repeated.")
@click.option("--endpoint", metavar="URL", callback=address, help="Serve this SPARQL server's graph in place of the built one.")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True,
              help="Processes that take requests, each with workers of its own; more than one pays where many small questions come at once.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Queries at once, each in a process of its own.")
@click.option("--each", type=click.IntRange(1), default=16, show_default=True, help="Queries of one client at once, running or waiting.")
@click.option("--timeout", type=click.FloatRange(0.1, 3600), default=10.0, show_default=True, help="Seconds that a query may take.")
@click.option("--memory", type=click.IntRange(16), default=1024, show_default=True, help="Megabytes that a query may take (Linux).")
@click.option("--answer", type=click.IntRange(1), default=100, show_default=True, help="Megabytes that an answer may have.")
@click.option("--cache", type=click.IntRange(0), default=64, show_default=True, help="Megabytes of answers kept for those who ask again; 0 for none.")
@click.option("--service", "services", metavar="URL", multiple=True, callback=addresses,
              help="A server that queries may reach by SERVICE, written there in full; may be repeated; default: none.")
@click.option("--cited", type=click.Path(path_type=Path), help="Folder of cited answers; default: cited, beside the build.")
def serve(host: str, port: int, data: Path | None, beside: tuple[Path, ...], endpoint: str | None, processes: int, workers: int, each: int,
          timeout: float, memory: int, answer: int, cache: int, services: tuple[str, ...], cited: Path | None) -> None:
    """Serve SPARQL, linked data and pages over HTTP until stopped."""
    if data is not None and endpoint is not None:
        raise InputError("give either --data or --endpoint, not both")
    places = layout()
    if data is None and endpoint is None:
        find(places.build)  # so that a missing build is said at once
    source = partial(open_graph, endpoint or data, beside=beside)
    listener = listen(host, port)

    def answer_on(listener: socket.socket, ready: Callable[[], None], parent: int | None = None) -> None:
        limits = Limits(workers, timeout, memory, answer, frozenset(services))
        graph = source(timeout=limits.seconds, limit=limits.answer * 2**20, memory=True)
        graph.advise("ASK {}")  # the terms are read once, for all workers
        from comity.api.app import create_app
        from comity.api.copies import Copies
        from comity.api.running import run

        copies = Copies(processes - 1, parent)
        room = cache / processes
        with _isolated(graph, limits, room, [listener.fileno(), *copies.held]) as asked:
            kept = 0 if endpoint else room  # a remote graph may change
            app = create_app(asked, cited, megabytes=kept, each=each, services=services)
            run(app, listener, ready if copies.is_first else lambda: None, leave=LEAVE, copies=copies)

    def announce() -> None:
        address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        click.echo(f"Comity answers at {address}/ (stop with Ctrl-C)")

    with listener:
        if data is None and endpoint is None:
            supervise(listener, places.build, answer_on, announce)
        else:
            answer_on(listener, announce)


@contextmanager
def _isolated(graph: Graph, limits: Limits, cache: float, held: Sequence[int]) -> Iterator[Graph]:
    """Give a graph that, if it is embedded, is asked in workers, which are forked before any thread runs and do not hold the descriptors `held`."""
    if not isinstance(graph.store, EmbeddedStore):
        yield graph
        return
    isolated = IsolatedStore(graph.store, limits, graph.count_advice, held)
    try:
        yield Graph(CachedStore(isolated, cache), graph.layout)
    finally:
        isolated.close()


def listen(host: str, port: int) -> socket.socket:
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
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):  # the system keeps little that is not under way, so that one sees whether a client takes its answer
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, 2**17)
    listener.listen(128)
    return listener
