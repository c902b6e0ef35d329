"""Reconciliation: matching by name, code and type, and columns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from comity.api.app import create_app
from comity.graph import Graph


@pytest.fixture(scope="module")
def client(small: Graph) -> Iterator[TestClient]:
    with TestClient(create_app(small)) as client:
        yield client


def asked(client: TestClient, **query: Any) -> list[dict[str, Any]]:
    answer = client.post("/reconcile", data={"queries": json.dumps({"q": query})})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["q"]["result"])


def test_a_name_that_is_unique_is_a_certain_match(client: TestClient) -> None:
    best = asked(client, query="Japon")[0]
    assert (best["id"], best["score"], best["match"]) == ("actor/JPN", 100.0, True)


def test_a_slip_of_the_pen_is_a_candidate_and_never_a_certain_match(client: TestClient) -> None:
    best = asked(client, query="Germny")[0]
    assert (best["id"], best["match"]) == ("actor/DEU", False)


def test_the_type_filters_candidates(client: TestClient) -> None:
    assert all("Authority" in [t["id"] for t in c["type"]] for c in asked(client, query="Office", type="Authority"))
    assert asked(client, query="Japan", type="Authority", limit=1) == [] or asked(client, query="Japan", type="Authority")[0]["id"] != "actor/JPN"


def test_a_constraint_on_a_code_leaves_only_its_holder(client: TestClient) -> None:
    assert [c["id"] for c in asked(client, query="Republic of Korea", properties=[{"pid": "iso3", "v": "JPN"}])] == []
    assert [c["id"] for c in asked(client, properties=[{"pid": "iso3", "v": "KOR"}])] == ["actor/KOR"]


def extended(client: TestClient, *ids: str, **column: Any) -> dict[str, Any]:
    answer = client.post("/reconcile", data={"extend": json.dumps({"ids": ids, "properties": [column]})})
    assert answer.status_code == 200, answer.text
    return {i: row[column["id"]] for i, row in answer.json()["rows"].items()}


def test_membership_on_a_day_is_a_column(client: TestClient) -> None:
    settings = {"of": "EU", "on": "2019-06-01"}
    assert extended(client, "actor/DEU", "actor/GBR", "actor/JPN", id="member-of", settings=settings) == {
        "actor/DEU": [{"str": "member"}], "actor/GBR": [{"str": "member"}], "actor/JPN": [{}]}
    assert extended(client, "actor/GBR", id="member-of", settings={"of": "EU", "on": "2021-06-01"}) == {"actor/GBR": [{}]}


def test_codes_are_columns(client: TestClient) -> None:
    assert [extended(client, "actor/JPN", id=i)["actor/JPN"][0]["str"] for i in ("iso2", "iso3", "m49", "wikidata")] == ["JP", "JPN", "392", "Q17"]


def test_jsonp_calls_the_function_and_refuses_anything_else(client: TestClient) -> None:
    answer = client.get("/reconcile", params={"callback": "page.take"})
    assert answer.text.startswith("/**/page.take({")
    assert client.get("/reconcile", params={"callback": "alert(1)"}).status_code == 400


def test_another_origin_may_ask(client: TestClient) -> None:
    assert client.get("/reconcile", headers={"origin": "https://openrefine.example"}).headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("data", [{"queries": "{"}, {"queries": "[]"}, {"extend": "{}"}, {"extend": '{"ids":[],"properties":[{"id":"x"}]}'},
                                  {"queries": '{"q":{"query":"a","limit":0}}'}])
def test_a_wrong_question_is_one_clear_problem(client: TestClient, data: dict[str, str]) -> None:
    answer = client.post("/reconcile", data=data)
    assert answer.status_code == 400
    assert ";" in answer.json()["detail"]


def test_a_preview_and_a_flyout_show_the_thing(client: TestClient) -> None:
    assert "Japan" in client.get("/reconcile/preview", params={"id": "actor/JPN"}).text
    assert "Japan" in client.get("/reconcile/flyout", params={"id": "actor/JPN"}).json()["html"]
    assert client.get("/reconcile/preview", params={"id": "actor/nobody"}).status_code == 404
