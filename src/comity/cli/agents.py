"""The command that offers the graph to agents: `mcp`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import click

from comity.cli.asking import address
from comity.errors import InputError
from comity.graph import Graph
from comity.graph import open as open_graph


@click.command()
@click.option("--http", is_flag=True, help="Serve over HTTP at /mcp; default: over standard input and output.")
@click.option("--host", default="127.0.0.1", show_default=True, help="With --http.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="With --http; 0 picks a free port.")
@click.option("--data", type=click.Path(path_type=Path), help="Offer this RDF file in place of the built graph.")
@click.option("--endpoint", metavar="URL", callback=address, help="Offer this SPARQL server's graph in place of the built one.")
@click.option("--timeout", type=click.FloatRange(0.1, 3600), default=20.0, show_default=True, help="Seconds that a query may take.")
@click.option("--memory", type=click.IntRange(16), default=1024, show_default=True, help="Megabytes that a query may take (Linux).")
def mcp(http: bool, host: str, port: int, data: Path | None, endpoint: str | None, timeout: float, memory: int) -> None:
    """Offer the graph to an agent by the Model Context Protocol: find_entity, describe, examples_for, check_query, run_query, route, explain."""
    if data is not None and endpoint is not None:
        raise InputError("give either --data or --endpoint, not both")
    with _limited(open_graph(endpoint or data, timeout=timeout, memory=True), timeout, memory) as graph:
        from comity.agents.server import application, server

        if not http:
            server(graph).run("stdio")
            return
        import uvicorn

        from comity.cli.serving import listen

        listener = listen(host, port)
        click.echo(f"Comity answers agents at http://{host}:{listener.getsockname()[1]}/mcp (stop with Ctrl-C)")
        uvicorn.Server(uvicorn.Config(application(graph, host), log_level="error", server_header=False)).run(sockets=[listener])


@contextlib.contextmanager
def _limited(graph: Graph, timeout: float, memory: int) -> Iterator[Graph]:
    """Give the graph with each query in a process of its own, killed at its limit; a remote server keeps its own limits."""
    from comity.isolation import IsolatedStore, Limits
    from comity.store import EmbeddedStore

    if not isinstance(graph.store, EmbeddedStore):
        yield graph
        return
    isolated = IsolatedStore(graph.store, Limits(1, timeout, memory, 100), graph.count_advice)
    try:
        yield Graph(isolated, graph.layout)
    finally:
        isolated.close()
