"""Layers of the map: values with evidence, both clocks, names that cannot be used, and the page beside the data."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from comity.api.app import create_app
from comity.errors import InputError
from comity.graph import Graph
from comity.maps import LAYERS, chart
from comity.network.project import Reader
from comity.network.records import Slice
from comity.network.scores import scored
from comity.network.signing import divided, signed_network

KNOWN = "2024-12-31"


@pytest.fixture(scope="module")
def client(small: Graph) -> TestClient:
    return TestClient(create_app(small))


def test_the_map_of_an_agreement_shows_what_the_query_says(small: Graph) -> None:
    found = chart(small, "party-to", of="HTA", as_of="2024-12-10", known_on=KNOWN)
    rows = small.ask("lookup/parties", agreement="HTA", as_of="2024-12-10", known_on=KNOWN).to_dicts()
    assert {p.iri for p in found.places} == {row["actor"] for row in rows} != set()
    assert all(p.sources >= 1 and p.evidence[0]["source"] for p in found.places)
    assert sum(found.legend.values()) == sum(len(p.values) for p in found.places)


def test_a_measure_shows_its_taker_on_the_map_of_whom_it_restricts(small: Graph) -> None:
    rows = small.ask("network/measures", as_of="2023-07-01", known_on=KNOWN).to_dicts()
    found = chart(small, "restricts", of="CHN", as_of="2023-07-01", known_on=KNOWN)
    assert {p.iri for p in found.places} == {row["from"] for row in rows if str(row["to"]).endswith("/CHN")} != set()
    assert all(p.values == (str(len({e["row"] for e in p.evidence})),) for p in found.places)


def test_a_statute_younger_than_the_day_is_not_on_the_map(small: Graph) -> None:
    years = {v for p in chart(small, "law", known_on=KNOWN).places for v in p.values}
    last = max(years)
    before = chart(small, "law", as_of=f"{int(last) - 1}-12-31", known_on=KNOWN)
    assert last not in before.legend


@pytest.mark.parametrize(("layer", "of"), [("law", ""), ("bloc", ""), ("recognised-by", "EU"), ("party-to", "HTA"), ("restricts", "CHN"), ("paradigm", "")])
def test_nothing_is_on_the_map_before_the_first_recording(small: Graph, layer: str, of: str) -> None:
    assert layer in LAYERS
    assert chart(small, layer, of=of, as_of="2023-07-01", known_on=KNOWN).places
    if layer == "bloc":
        with pytest.raises(InputError, match="no two actors have evidence"):
            chart(small, layer, as_of="2023-07-01", known_on="2000-01-01")
        return
    assert chart(small, layer, of=of, as_of="2023-07-01", known_on="2000-01-01").places == ()


def test_the_map_of_blocs_shows_those_of_the_signed_network_and_members_in_the_bloc_of_their_union(small: Graph) -> None:
    days = {"as_of": "2023-07-01", "known_on": KNOWN}
    scores = scored(small.store, small.layout, Slice(**days), draws=200)
    own = divided(signed_network(scores.world, scores.ends))
    shown = {p.iri.rpartition("/")[2]: p.values for p in chart(small, "bloc", **days).places}
    assert own
    assert {name: shown[name] for name in own} == {name: (str(bloc),) for name, bloc in own.items()}
    members = {member: union for member, union in Reader(small.store, small.layout.queries, Slice(**days)).unions.items() if union in own}
    assert set(shown) == set(own) | set(members)
    assert all(shown[member] == shown[union] for member, union in members.items())


def test_layers_and_names_that_are_unknown_are_refused(small: Graph) -> None:
    with pytest.raises(InputError, match="no layer of the map is called borders"):
        chart(small, "borders")
    with pytest.raises(InputError, match="takes none"):
        chart(small, "law", of="EU")


def test_the_page_names_every_place_of_the_data(client: TestClient) -> None:
    query = "layer=recognised-by&of=EU&as_of=2024-01-01&known_on=2024-12-31"
    data = client.get(f"/map.json?{query}").json()
    page = client.get(f"/map?{query}")
    assert page.status_code == 200
    assert data["places"]
    assert all(place["label"] in page.text for place in data["places"])
    assert client.get("/map.json?layer=borders").status_code == 400


@pytest.mark.parametrize("query", ["layer=restricts&of=CHN", "layer=paradigm", "layer=law", "layer=party-to&of=HTA", "layer=bloc"])
def test_every_layer_has_a_page(client: TestClient, query: str) -> None:
    page = client.get(f"/map?{query}&as_of=2023-07-01&known_on={KNOWN}")
    assert page.status_code == 200
    assert "<td><a href=" in page.text
