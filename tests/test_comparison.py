"""Agreements side by side: parties with their days, and what each says on each topic."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from comity.api.app import create_app
from comity.graph import Graph

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def client(small: Graph) -> TestClient:
    return TestClient(create_app(small))


def test_agreements_stand_side_by_side_with_parties_and_topics(client: TestClient) -> None:
    found = client.get("/compare?agreements=HTA,BDEA&as_of=2021-01-01&format=json").json()
    assert [a["label"] for a in found["agreements"]] == ["Harbour Trade Agreement", "Bridge Digital Economy Agreement"]
    harbour = found["agreements"][0]["iri"]
    assert [row["since"] for row in found["parties"]["Japan"][harbour]] == ["2018-12-30"]
    assert all(set(cells) <= {a["iri"] for a in found["agreements"]} for cells in found["topics"].values())
    page = client.get("/compare?agreements=HTA,BDEA&as_of=2021-01-01", headers=HTML).text
    assert "Provisions by topic" in page
    assert "Harbour Trade Agreement" in page


@pytest.mark.parametrize(("asked", "status", "said"), [
    ("HTA,a,b,c,d,e", 400, "name at most 5"), ("Atlantis", 400, "nothing is called"), ("HTA&format=xml", 406, "no format xml")])
def test_what_cannot_be_compared_is_said(client: TestClient, asked: str, status: int, said: str) -> None:
    response = client.get(f"/compare?agreements={asked}")
    assert response.status_code == status
    assert said in response.text


@pytest.mark.parametrize("path", [
    "/compare?agreements=HTA", "/route?from=EU&to=USA", "/paradigm/EU", "/map?layer=law", "/queries/lookup/parties?agreement=HTA"])
def test_an_answer_of_today_is_not_kept_beyond_it_and_one_of_a_day_is(client: TestClient, path: str) -> None:
    assert "etag" not in client.get(path, headers=HTML).headers
    joined = "&" if "?" in path else "?"
    assert "etag" in client.get(f"{path}{joined}as_of=2021-01-01", headers=HTML).headers
