"""The command `route`: the legal bases for a transfer of data between two places."""

from __future__ import annotations

import json

import click

from comity.cli.asking import _ENDPOINT, _TIMEOUT
from comity.graph import open as open_graph


@click.command()
@click.argument("exporter", metavar="FROM")
@click.argument("importer", metavar="TO")
@click.option("--as-of", default="today", show_default=True, help="The day of the transfer (YYYY-MM-DD or today).")
@click.option("--known-on", default="latest", show_default=True, help="The day on which the rows stood in the graph (YYYY-MM-DD, today or latest).")
@click.option("--data", default="personal-data", show_default=True, help="The category of data, a code of concept/data-category.")
@click.option("--exporter", "sender", default="", metavar="WORDS", help="What is known of exporter, purpose and data: codes of concept/trait, persons:50000.")
@click.option("--recipient", default="", metavar="WORDS", help="What is known of the recipient: codes of concept/trait, or the name of a firm.")
@click.option("--via", default="", metavar="PLACE", help="Ask for two hops through this place as well.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@_ENDPOINT
@_TIMEOUT
def route(exporter: str, importer: str, as_of: str, known_on: str, data: str, sender: str, recipient: str, via: str, form: str,
          endpoint: str | None, timeout: float) -> None:
    """Show the legal bases for sending data FROM one place TO another, with conditions and sources: information, not legal advice.

    Example: comity route EU USA --as-of 2024-06-01 --recipient dpf-certified
    """
    from comity.routes import to_json, to_text

    graph = open_graph(endpoint, timeout=timeout)
    answer = graph.route(exporter, importer, as_of=as_of, known_on=known_on, data=data, sender=sender, recipient=recipient, via=via)
    click.echo(json.dumps(to_json(answer), indent=1, ensure_ascii=False) if form == "json" else to_text(answer))
