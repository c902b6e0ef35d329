"""The graph in a server asked by SPARQLWrapper, and its networks in igraph, networkit and Spark, give what they give here.

The code is that of `docs/scale.md`, run as it stands.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import networkx as nx
import pyarrow.parquet as pq
import pytest
from real import ROOT, built
from servers import oxigraph
from SPARQLWrapper import JSON, POST, SPARQLWrapper
from test_queries import CASES
from test_real_servers import difference

from comity.dumps import dump
from comity.graph import Graph
from comity.remote import RemoteStore
from comity.results import Answer
from comity.store import EmbeddedStore
from comity.syntax import Term, bind, form

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")


class Wrapped:
    """A store that sends each query by SPARQLWrapper, in JSON or N-Triples."""

    def __init__(self, url: str, prefixes: dict[str, str]) -> None:
        self.url, self.prefixes = url, prefixes

    def query(self, text: str, parameters: Mapping[str, Term] | None = None, *,
              default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        assert not default_graphs
        assert not named_graphs
        bound = bind(text, parameters or {})
        wrapper = SPARQLWrapper(self.url)
        wrapper.setMethod(POST)
        wrapper.setQuery(RemoteStore(self.url, self.prefixes)._with_prefixes(bound))
        wrapper.setReturnFormat(JSON)
        kind = "boolean" if form(bound) == "ASK" else "rows"
        return Answer(kind, wrapper.query().response.read(), self.prefixes)


@pytest.fixture(scope="module")
def address(small: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Load the small graph into an Oxigraph server."""
    assert isinstance(small.store, EmbeddedStore)
    folder = tmp_path_factory.mktemp("scale")
    (folder / "graph.nq").write_bytes(dump(small.store.store, "nq", small.store.prefixes))
    (folder / "data").mkdir()
    with oxigraph(folder / "graph.nq", folder / "data") as url:
        yield url


@pytest.fixture(scope="module")
def wrapped(address: str, small: Graph) -> Graph:
    return Graph(Wrapped(address, small.store.prefixes), small.layout)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the tables of the agreements of the built graph, as the command of the page writes it."""
    built()  # says what to do where there is no build
    folder = tmp_path_factory.mktemp("network")
    command = re.findall(r"^comity (metrics .*) --out network$", PAGE, re.MULTILINE)[0].split()
    subprocess.run([sys.executable, "-m", "comity", *command, "--out", folder], cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def known(network: Path) -> dict[str, Any]:
    """Return what networkx makes of the same table."""
    ties = pq.read_table(network / "agreements-ties.parquet").to_pylist()
    graph = nx.Graph()
    graph.add_weighted_edges_from((t["source"], t["target"], t["weight"]) for t in ties)
    return {"strength": dict(graph.degree(weight="weight")), "triangles": sum(nx.triangles(graph).values()) // 3,
            "pieces": nx.number_connected_components(graph), "pagerank": nx.pagerank(graph, alpha=0.85, tol=1e-12, max_iter=1000)}


def block(name: str) -> str:
    """Return the code of the page for one tool."""
    return re.findall(rf"```python {name}\n(.*?)```", PAGE, re.DOTALL)[0]


def test_the_whole_library_sent_by_sparqlwrapper_has_the_same_rows(wrapped: Graph, small: Graph) -> None:
    both = SimpleNamespace(server="sparqlwrapper", here=small, there=wrapped)
    found = {name: difference(both, name, values) for name, values in CASES.items()}  # type: ignore[arg-type]
    assert {name: text for name, text in found.items() if text} == {}


def test_the_network_read_by_sparqlwrapper_is_the_same(wrapped: Graph, small: Graph) -> None:
    there, here = (graph.network(as_of="2024-07-01", known_on="2999-01-01") for graph in (wrapped, small))
    assert dict(there.nodes(data=True)) == dict(here.nodes(data=True))
    assert sorted(there.edges(keys=True, data="weight")) == sorted(here.edges(keys=True, data="weight"))
    assert here.number_of_edges() > 0


def test_the_code_of_the_page_for_sparqlwrapper_gives_the_parties(small: Graph, address: str) -> None:
    code = block("sparqlwrapper").replace("comity.open()", "small").replace('"CPTPP"', '"harbour-agreement"')
    names: dict[str, Any] = {"small": small, "address": address}
    exec(code, names)
    assert len(names["rows"]) == len(small.ask("lookup/parties", agreement="harbour-agreement", as_of="2024-12-31")) > 0


@pytest.mark.gate
@pytest.mark.xdist_group("scale")
@pytest.mark.parametrize("tool", ["igraph", "networkit", "spark"])
def test_the_code_of_the_page_for_a_large_network_gives_the_same_numbers(network: Path, known: dict[str, Any], tool: str) -> None:
    _needs(tool)
    names: dict[str, Any] = {"folder": network}
    exec(block(tool), names)
    assert names["strength"] == known["strength"]
    assert names["triangles"] == known["triangles"] > 0
    assert names["pieces"] == known["pieces"]
    assert names["pagerank"] == pytest.approx(known["pagerank"], abs=1e-6)


def _needs(tool: str) -> None:
    """Fail in CI, and skip elsewhere, where a tool is not installed."""
    missing = [name for name in {"networkit": ["networkit"], "spark": ["pyspark"]}.get(tool, []) if importlib.util.find_spec(name) is None]
    if tool == "spark" and not shutil.which("java"):
        missing.append("java")
    if missing and os.environ.get("CI"):
        pytest.fail(f"{', '.join(missing)} must be there in CI")
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed; make gates installs what pip has")
