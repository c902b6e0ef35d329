"""The tools become a server of the Model Context Protocol, with the official SDK.

Tools of this server only read; an error of ours reaches the agent as one line that it can act on.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from starlette.applications import Starlette

from comity import __version__
from comity.agents.tools import Tools
from comity.errors import ComityError
from comity.graph import Graph

P = ParamSpec("P")
R = TypeVar("R")
NAMES = ("find_entity", "describe", "examples_for", "check_query", "run_query", "route", "explain")
INSTRUCTIONS = """Comity is a knowledge graph of international data governance: agreements and their parties, recognitions of data protection laws, \
transfer rules, restrictions, AI services. Two clocks: as_of is the day on which a fact held, known_on the day on which the graph held it. \
Start with find_entity for names and examples_for for questions: a query of the library, run by its name, is better than one of your own. \
Cite the evidence of what you state: source, locator and grade (official, secondary, recalled); what has no row is not stated by anybody. \
Unknown is not absent: say so where nothing is found. Answers are whole; one that would be too large is refused with the way out."""


def server(graph: Graph) -> MCPServer[None]:
    """Return the server that offers the tools over `graph`."""
    made: MCPServer[None] = MCPServer("comity", title="Comity", version=__version__, instructions=INSTRUCTIONS, log_level="ERROR")
    tools = Tools(graph)
    for name in NAMES:
        made.add_tool(_told(getattr(tools, name)), name=name, annotations=ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False))
    return made


def application(graph: Graph, host: str) -> Starlette:
    """Return the server over HTTP (streamable, without sessions) at `/mcp`; with a local `host`, only its own names are answered."""
    return server(graph).streamable_http_app(json_response=True, stateless_http=True, host=host)


def _told(tool: Callable[P, R]) -> Callable[P, R]:
    """Let the agent read the package's own errors; all others stay hidden."""

    @functools.wraps(tool)
    def call(*given: P.args, **named: P.kwargs) -> R:
        try:
            return tool(*given, **named)
        except ComityError as error:
            raise ToolError(str(error)) from None

    return call
