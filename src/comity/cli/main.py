"""The command `comity`: one verb a job, each with `--format`, errors as one line and never a traceback.

Each command imports what it needs when it runs, so that the first answer comes fast.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from comity import __version__
from comity.errors import ComityError

_COMMANDS = {
    "ask": ("comity.cli.asking", "ask"),
    "build": ("comity.cli.making", "build"),
    "check": ("comity.cli.making", "check"),
    "coverage": ("comity.cli.giving", "coverage"),
    "describe": ("comity.cli.asking", "describe"),
    "diff": ("comity.cli.changing", "diff"),
    "diffusion": ("comity.cli.sorting", "diffusion"),
    "docs": ("comity.cli.giving", "docs"),
    "export": ("comity.cli.giving", "export"),
    "game": ("comity.cli.gaming", "game"),
    "mcp": ("comity.cli.agents", "mcp"),
    "import": ("comity.cli.importing", "import_"),
    "methods": ("comity.cli.publishing", "methods"),
    "metrics": ("comity.cli.measuring", "metrics"),
    "paradigm": ("comity.cli.sorting", "paradigm"),
    "paradigms": ("comity.cli.sorting", "paradigms"),
    "queries": ("comity.cli.asking", "queries"),
    "release": ("comity.cli.giving", "release"),
    "route": ("comity.cli.routing", "route"),
    "scenario": ("comity.cli.imagining", "scenario"),
    "serve": ("comity.cli.serving", "serve"),
    "sparql": ("comity.cli.asking", "sparql"),
}


class _Lazy(click.Group):
    """A group that imports a command's module only when the command is run or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        import importlib

        if name not in _COMMANDS:
            return None
        module, attribute = _COMMANDS[name]
        return getattr(importlib.import_module(module), attribute)  # type: ignore[no-any-return]


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="comity %(version)s")
def cli() -> None:
    """Comity: a knowledge graph of international data governance."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 good, 1 faults found, 2 wrong usage or bad input."""
    try:
        result: Any = cli.main(args=arguments, prog_name="comity", standalone_mode=False)
    except ComityError as error:
        click.echo(f"comity: {error}", err=True)
        return error.exit_code
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        usage = context.command_path if context else "comity"
        click.echo(f"comity: {error.format_message()} See: {usage} --help", err=True)
        return 2
    except click.Abort:
        click.echo("comity: stopped", err=True)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return result if isinstance(result, int) else 0


def main() -> None:
    """Entry point of the console script."""
    sys.exit(run())
