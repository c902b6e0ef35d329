"""The command that serves the graph: `serve`."""

from __future__ import annotations

import socket
from pathlib import Path

import click

from comity.errors import InputError
from comity.graph import open as open_graph


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 picks a free port.")
@click.option("--data", type=click.Path(path_type=Path), help="Serve this RDF file in place of the built graph.")
@click.option("--endpoint", metavar="URL", help="Serve this SPARQL server's graph in place of the built one.")
def serve(host: str, port: int, data: Path | None, endpoint: str | None) -> None:
    """Serve SPARQL, linked data and pages over HTTP until stopped."""
    if data is not None and endpoint is not None:
        raise InputError("give either --data or --endpoint, not both")
    graph = open_graph(endpoint or data)
    listener = _listen(host, port)
    import uvicorn

    from comity.api.app import create_app

    address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
    click.echo(f"Comity answers at {address}/ (stop with Ctrl-C)")
    config = uvicorn.Config(create_app(graph), log_level="warning", server_header=False)
    uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything is announced. Raises `InputError` if it is taken or not ours to take."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        raise InputError(f"{host}:{port} cannot be served on ({error.strerror}); choose another with --port, or 0 for a free one") from None
    listener.listen(128)
    return listener
