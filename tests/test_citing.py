"""Cited answers: one name for one question on one state of the data, what is kept, what changed since, and how they are cited."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

from comity import citing
from comity.api.app import create_app
from comity.citing import cite, compare, find
from comity.errors import InputError, QueryError
from comity.graph import Graph
from comity.store import EmbeddedStore

STATES = "SELECT ?s ?code { ?s a comity:State ; comity:isoAlpha3 ?code } ORDER BY ?code"


@pytest.fixture
def client(small: Graph, tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(create_app(small, tmp_path), follow_redirects=False) as client:
        yield client


def _changed(graph: Graph) -> Graph:
    """Return a copy of the graph in which one state has come and one has gone."""
    assert isinstance(graph.store, EmbeddedStore)
    store = ox.Store()
    store.bulk_extend(graph.store.store)
    base = "https://w3id.org/comity/"
    kind, code = (ox.NamedNode(f"{base}ns#{name}") for name in ("isoAlpha3", "State"))
    place = ox.NamedNode(f"{base}graph/actors")
    jpn, nzl = (ox.NamedNode(f"{base}id/actor/{name}") for name in ("JPN", "NZL"))
    for quad in list(store.quads_for_pattern(jpn, kind, None, None)):
        store.remove(quad)
    store.add(ox.Quad(nzl, ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), code, place))
    store.add(ox.Quad(nzl, kind, ox.Literal("NZL"), place))
    return Graph(EmbeddedStore(store, graph.store.prefixes), graph.layout)


def test_a_question_has_one_name_whatever_its_layout(small: Graph, tmp_path: Path) -> None:
    first = cite(small, tmp_path, STATES)
    assert cite(small, tmp_path, f"# again\n{STATES.replace(' ;', chr(10) + '  ;')}").name == first.name
    assert cite(small, tmp_path, STATES, as_of="2020-01-01").name != first.name
    assert cite(small, tmp_path, STATES.replace("?code", "?c")).name != first.name
    assert len(list(tmp_path.iterdir())) == 3


def test_a_record_is_read_as_it_was_written(small: Graph, tmp_path: Path) -> None:
    made = cite(small, tmp_path, STATES, known_on="2024-12-31")
    assert find(tmp_path, made.name) == made
    assert (made.kind, made.known_on, len(made.lines)) == ("rows", "2024-12-31", 8)
    assert made.columns == "?s\t?code"
    assert made.version in made.title


@pytest.mark.parametrize(("query", "kind", "count"), [("ASK { ?s a comity:State }", "boolean", 1), ("CONSTRUCT WHERE { ?s a comity:State }", "graph", 8)])
def test_truth_values_and_graphs_are_cited_too(small: Graph, tmp_path: Path, query: str, kind: str, count: int) -> None:
    made = cite(small, tmp_path, query)
    assert (made.kind, len(made.lines)) == (kind, count)
    assert compare(made, small) == ([], [])


def test_the_order_of_rows_is_no_part_of_an_answer(small: Graph, tmp_path: Path) -> None:
    up, down = cite(small, tmp_path, STATES), cite(small, tmp_path, STATES.replace("BY ?code", "BY DESC(?code)"))
    assert up.sha256 == down.sha256


def test_what_changed_since_is_told_row_by_row(small: Graph, tmp_path: Path) -> None:
    made = cite(small, tmp_path, STATES)
    came, went = compare(made, _changed(small))
    assert [line.split("\t")[1] for line in came] == ['"NZL"']
    assert [line.split("\t")[1] for line in went] == ['"JPN"']


def test_rows_that_repeat_are_counted(small: Graph, tmp_path: Path) -> None:
    made = cite(small, tmp_path, "SELECT ?x { VALUES ?x { 1 1 2 } }")
    assert made.lines == ("1", "1", "2")


def test_today_is_written_down_as_a_day(small: Graph, tmp_path: Path) -> None:
    made = cite(small, tmp_path, STATES, as_of="today")
    assert made.as_of == made.cited_on


def test_a_query_that_fails_is_not_kept(small: Graph, tmp_path: Path) -> None:
    with pytest.raises(QueryError):
        cite(small, tmp_path, "SELECT * WHERE { ?s ?p }")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["0" * 16, "../../etc", "", "zz", "0123456789abcde/"])
def test_an_unknown_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="nothing is known of a cited answer"):
        find(tmp_path, name)


def test_a_torn_record_is_as_good_as_none(small: Graph, tmp_path: Path) -> None:
    made = cite(small, tmp_path, STATES)
    (tmp_path / f"{made.name}.json.gz").write_bytes(b"")
    with pytest.raises(InputError, match="nothing is known"):
        find(tmp_path, made.name)


def test_what_is_kept_has_an_end(small: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(citing, "_MOST", 10)
    with pytest.raises(InputError, match="at most 10 are kept"):
        cite(small, tmp_path, STATES)
    monkeypatch.setattr(citing, "_MOST", 10_000)
    monkeypatch.setattr(citing, "_MOST_KEPT", 1)
    cite(small, tmp_path, STATES)
    with pytest.raises(InputError, match="is full"):
        cite(small, tmp_path, "ASK {}")


def test_an_answer_is_cited_over_http_in_every_form(client: TestClient, small: Graph) -> None:
    made = client.post("/q", data={"query": STATES, "known_on": "2024-12-31"})
    assert made.status_code == 303
    address = made.headers["location"]
    page = client.get(address, headers={"accept": "text/html"})
    assert "the same query gives the same answer" in page.text
    assert f'<http://testserver{address}>; rel="cite-as"' in page.headers["link"]
    record = client.get(f"{address}.json").json()
    assert record["now"] == {"version": record["version"], "same": True, "came": [], "went": []}
    assert record["rows"] == 8
    assert client.get(f"{address}.bib").text.startswith(f"@misc{{comity-{record['name']},\n")
    item = client.get(f"{address}.csl").json()
    assert item["URL"] == f"http://testserver{address}"
    assert item["issued"]["date-parts"][0] == [int(p) for p in record["cited_on"].split("-")]
    assert client.get(f"{address}.tsv").text.splitlines()[0] == "?s\t?code"
    assert json.dumps(record["sha256"])


@pytest.mark.parametrize(("path", "words"), [("/q/0000000000000000", "nothing is known of a cited answer"), ("/q/0000000000000000.pdf", "nothing is known")])
def test_what_was_never_cited_is_not_here(client: TestClient, path: str, words: str) -> None:
    found = client.get(path)
    assert found.status_code == 404
    assert words in found.json()["detail"]


@pytest.mark.parametrize(("data", "status"), [
    ({"other": "x"}, 400), ({"query": "SELECT"}, 400), ({"query": "ASK {}", "default-graph-uri": "https://x.example/"}, 400),
    ({"query": "ASK {}", "as_of": "soon"}, 400), ({"update": "CLEAR ALL"}, 403), ({"query": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}, 400),
    ({"query": "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }"}, 400), ({"query": "CLEAR ALL"}, 400)])
def test_bad_citations_are_problems(client: TestClient, data: dict[str, str], status: int) -> None:
    found = client.post("/q", data=data)
    assert found.status_code == status
    assert found.headers["content-type"] == "application/problem+json"
