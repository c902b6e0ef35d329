"""Named graphs of further files join the graph: scores stand beside the rows that they were derived from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT, serving

from comity import open as open_graph
from comity.errors import StoreError
from comity.graph import Graph
from comity.names import dataset_version
from comity.network import intervals
from comity.network.formats import write
from comity.network.scores import Scores, tabulate
from comity.store import open_snapshot
from comity.vocabulary import GRAPH

EX = "http://e.org/"


@pytest.fixture(scope="module")
def scores(small: Graph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of the scores of the small graph, with their evidence."""
    world = small.world(as_of="2023-07-01", known_on="2024-12-31")
    path = tmp_path_factory.mktemp("scores") / "scores.nq"
    path.write_bytes(write(tabulate(Scores(world, intervals(world, count=20)), about={"version": "1"}, evidence=True), "nq"))
    return path


def test_the_query_of_the_page_leads_from_a_score_to_its_sources(quads: Path, scores: Path) -> None:
    text = re.findall(r"```sparql\n(.*?)```", (ROOT / "docs" / "exports.md").read_text(encoding="utf-8"), re.DOTALL)[0]
    graph = open_graph(quads, beside=[scores])
    found = graph.query(text).to_dicts()
    assert found
    assert all(-1 <= float(str(row["A"])) <= 1 and int(str(row["rows"])) >= 3 for row in found)
    named = graph.query("SELECT ?label { ?actor a comity:Actor ; rdfs:label ?label }").to_dicts()
    assert {row["a"] for row in found} <= {row["label"] for row in named}


def test_every_row_behind_a_score_stands_in_the_graph_with_its_source(quads: Path, scores: Path) -> None:
    graph = open_graph(quads, beside=[scores])
    behind = "?receipt a prov:Collection ; prov:hadMember ?row"
    assert graph.query(f"SELECT (COUNT(DISTINCT ?row) AS ?n) {{ {behind} }}").to_dicts()[0]["n"] != 0
    assert graph.query(f"SELECT DISTINCT ?row {{ {behind} FILTER NOT EXISTS {{ ?row prov:hadPrimarySource ?source }} }}").to_dicts() == []


def test_the_version_says_what_joined_and_the_file_stays_as_it_was(quads: Path, scores: Path) -> None:
    alone, joined, again = (dataset_version(open_graph(quads, beside=beside).store) for beside in ([], [scores], [scores]))
    assert joined == again
    assert re.fullmatch(re.escape(alone) + r"\.with-[0-9a-f]{12}", joined)


@pytest.mark.parametrize(("name", "text", "message"), [
    ("a.ttl", f"<{EX}s> <{EX}p> 1 .", "holds statements outside any named graph"),
    ("a.trig", f"<{GRAPH}actors> {{ <{EX}s> <{EX}p> 1 }}", f"has a graph {GRAPH}actors, and so has"),
    ("a.nq", "no quads", "cannot be loaded")])
def test_what_cannot_join_is_refused_in_one_line(quads: Path, tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match=re.escape(message)) as caught:
        open_graph(quads, beside=[tmp_path / name])
    assert str(caught.value).startswith(str(tmp_path / name))


def test_two_files_with_the_same_graph_do_not_join(quads: Path, scores: Path) -> None:
    with pytest.raises(StoreError, match="name it otherwise"):
        open_snapshot(quads, {}, beside=[scores, scores])


def test_a_server_takes_no_file_beside_it(scores: Path) -> None:
    with pytest.raises(StoreError, match="a file cannot join the graph of a server"):
        open_graph("http://127.0.0.1:9/sparql", beside=[scores])


def test_what_joined_is_served(quads: Path, scores: Path) -> None:
    with serving("--data", str(quads), "--with", str(scores)) as address:
        found = open_graph(f"{address}/sparql").query("SELECT (COUNT(*) AS ?n) { ?o a <http://purl.org/linked-data/cube#Observation> }").to_dicts()
    assert int(str(found[0]["n"])) > 0
