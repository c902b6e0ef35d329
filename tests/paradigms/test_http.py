"""Paradigms over HTTP: as data that keep to the schema, as pages, and refusals with the reason."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator
from real import ROOT
from starlette.testclient import TestClient

from comity.api.app import create_app
from comity.graph import Graph

SCHEMA = json.loads((ROOT / "src" / "comity" / "paradigms" / "schema.json").read_text(encoding="utf-8"))


def test_http_answers_as_data_and_as_a_page(small: Graph) -> None:
    client = TestClient(create_app(small))
    answer = client.get("/paradigm/JPN", params={"as_of": "2023-01-01"}, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    Draft202012Validator(SCHEMA).validate(answer.json())
    shown = client.get("/paradigm/CHN", params={"as_of": "2023-01-01"}, headers={"Accept": "text/html"})
    assert "World Internet Conference: Restrictive" in shown.text
    assert 'href="/doc/transfer-rule/CHN-personal-data-2021"' in shown.text
    assert client.get("/paradigms", params={"format": "json", "as_of": "2023-01-01"}).json()[0]["columns"][:2] == ["id", "name"]
    assert "<table>" in client.get("/paradigms", params={"as_of": "2023-01-01", "name": "crosswalk"}, headers={"Accept": "text/html"}).text


@pytest.mark.parametrize(("path", "status"), [("/paradigm/nobody-at-all", 400), ("/paradigm/JPN?scheme=nonsense", 400), ("/paradigm/JPN?as_of=soon", 400),
                                              ("/paradigm/JPN?format=pdf", 406), ("/paradigms?name=nonsense", 400)])
def test_http_says_what_is_wrong(small: Graph, path: str, status: int) -> None:
    answer = TestClient(create_app(small)).get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
