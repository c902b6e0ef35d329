"""The network page: edges of rows and of scores with what stands behind each, the same in picture, table and files, and what is refused."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from starlette.testclient import TestClient

from comity.api.app import create_app
from comity.errors import InputError
from comity.graph import Graph
from comity.network.formats.gexf import NAMESPACE
from comity.network.picture import MULTIPLEX, SCORED, SIGNED, of_rows, of_scores
from comity.network.project import Reader
from comity.network.records import Slice
from comity.network.scores import Scores, scored
from comity.network.signing import multiplex, signed_network

AT = Slice("2023-07-01", "2024-12-31")
DAYS = "as_of=2023-07-01&known_on=2024-12-31"


@pytest.fixture(scope="module")
def reader(small: Graph) -> Reader:
    return Reader(small.store, small.layout.queries, AT)


@pytest.fixture(scope="module")
def scores(small: Graph) -> Scores:
    return scored(small.store, small.layout, AT, draws=200)


@pytest.fixture(scope="module")
def client(small: Graph) -> TestClient:
    return TestClient(create_app(small))


def test_a_picture_of_rows_shows_the_signed_edges_of_every_layer_with_what_stands_behind_them(reader: Reader) -> None:
    found = of_rows(reader)
    signed = {(min(a, b), max(a, b), key, data["sign"]) for a, b, key, data in multiplex(reader).edges(keys=True, data=True)}
    assert {(e.source, e.target, e.layer, e.sign) for e in found.edges} == signed != set()
    assert {1, -1} == {e.sign for e in found.edges}
    assert all(e.things and e.number == len(e.things) for e in found.edges)
    assert {n.id for n in found.nodes} == {end for e in found.edges for end in (e.source, e.target)}


def test_a_threshold_leaves_out_what_fewer_things_stand_behind(reader: Reader) -> None:
    every = of_rows(reader).edges
    assert of_rows(reader, threshold=2).edges == tuple(e for e in every if e.number > 1) != every


def test_the_signed_network_is_shown_with_its_scores_and_intervals(scores: Scores) -> None:
    tied = signed_network(scores.world, scores.ends)
    found = of_scores(scores, tied, blocs={"JPN": 2})
    assert {frozenset((e.source, e.target)): e.sign for e in found.edges if e.sign} == {frozenset((a, b)): d["sign"] for a, b, d in tied.edges(data=True)}
    assert all(e.low is not None and e.high is not None and e.low <= e.high for e in found.edges)
    assert {n.bloc for n in found.nodes if n.id == "JPN"} <= {2}


@pytest.mark.parametrize("name", [name for name in SCORED if name != SIGNED])
def test_a_score_joins_those_whom_the_table_of_all_scores_gives_as_much(scores: Scores, name: str) -> None:
    tied, actors = signed_network(scores.world, scores.ends), scores.world.index.actors
    table, counts = scores.values[name], scores.world.instruments["A" if name.startswith("A") else "R"]
    found = of_scores(scores, tied, layer=name, threshold=0.1)
    pairs = {(a, b) for i, a in enumerate(actors) for j, b in enumerate(actors) if i != j and counts[i, j] >= 3 and table[i, j] >= 0.1}
    assert {(e.source, e.target) for e in found.edges} == (pairs if found.directed else {(a, b) for a, b in pairs if a < b})


def test_unknown_layers_and_scores_are_refused(reader: Reader, scores: Scores) -> None:
    with pytest.raises(InputError, match="no layer is called friendship"):
        of_rows(reader, layer="friendship")
    with pytest.raises(InputError, match="no score is called Z"):
        of_scores(scores, signed_network(scores.world, scores.ends), layer="Z")


def test_more_edges_than_can_be_seen_are_refused_and_not_cut(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comity.network.picture.MOST", 1)
    with pytest.raises(InputError, match="reach threshold=1, and a picture shows at most 1; raise it"):
        of_rows(reader)


@pytest.mark.parametrize("layer", [MULTIPLEX, "agreements", "measures", SIGNED, "A", "R"])
def test_page_picture_and_files_say_the_same(client: TestClient, layer: str) -> None:
    query = f"layer={layer}&{DAYS}" + ("" if layer in (MULTIPLEX, "agreements", "measures", SIGNED) else "&threshold=0.1")
    seen: dict[str, Any] = client.get(f"/network.json?{query}").json()
    page = client.get(f"/network?{query}")
    rows = list(csv.DictReader(io.StringIO(client.get(f"/network?{query}&format=csv").text)))
    assert seen["edges"]
    assert [(r["source"], r["target"], r["layer"]) for r in rows] == [(e["source"], e["target"], e["layer"]) for e in seen["edges"]]
    assert page.text.count("<tr><td>") == len(rows) + len(seen["nodes"])
    gexf = ET.fromstring(client.get(f"/network?{query}&format=gexf").text)
    placed = {n.get("id"): n.find(f"{{{NAMESPACE}}}position") for n in gexf.iter(f"{{{NAMESPACE}}}node")}
    for node in seen["nodes"]:
        place = placed[node["id"]]
        assert place is not None
        assert float(place.get("x", "")) == pytest.approx((2 * node["x"] - 1) * 1000, abs=0.1)


@pytest.mark.parametrize(("query", "said"), [
    ("layer=friendship", "no layer of the network is called friendship"), ("threshold=much", "threshold=much: not a number"),
    ("as_of=soon", "as_of=soon: not a day"), ("actors=atlantis", "no actor is called atlantis"), ("format=xlsx", "no format xlsx")])
def test_what_cannot_be_shown_is_refused_with_a_remedy(client: TestClient, query: str, said: str) -> None:
    answer = client.get(f"/network?{query}")
    assert answer.status_code in (400, 406)
    assert said in answer.text


def test_a_day_without_edges_says_so(client: TestClient) -> None:
    page = client.get("/network?as_of=1990-01-01&known_on=2024-12-31&layer=measures")
    assert page.status_code == 200
    assert "Nothing reaches the threshold" in page.text
