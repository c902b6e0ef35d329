"""The OpenAPI document tells the truth: schemathesis asks what it admits and what it does not, and answers are as documented."""

from __future__ import annotations

import subprocess
import sys

import pytest
from fastapi.testclient import TestClient
from real import ROOT, built

from comity.api.app import create_app


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(built()))


@pytest.mark.gate
def test_a_served_graph_answers_as_its_document_says() -> None:
    done = subprocess.run([sys.executable, "-m", "soak.openapi", "--examples", "3"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("path", "methods"), [("/explain", {"GET", "POST"}), ("/advice", {"GET", "POST"}), ("/health", {"GET"}), ("/graphs", {"GET"})])
def test_a_method_that_is_not_there_is_told_those_that_are(client: TestClient, path: str, methods: set[str]) -> None:
    answer = client.put(path)
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) - {"HEAD"} == methods


def test_a_parameter_that_does_not_fit_is_a_problem_in_one_line(client: TestClient) -> None:
    answer = client.get("/timegate/actor/JPN", headers={"Accept-Datetime": "yesterday"})
    assert answer.status_code in (302, 400)
    document = client.get("/openapi.json").json()
    typed = [(path, p["name"]) for path, ways in document["paths"].items() for p in ways.get("get", {}).get("parameters", [])
             if p["in"] == "query" and p["schema"].get("type") in ("integer", "number", "boolean") and "{" not in path and path != "/sparql"]
    for path, name in typed:
        answer = client.get(path, params={name: "seven\n"})
        if answer.status_code != 200:
            assert (answer.status_code in (400, 422), answer.headers["content-type"]) == (True, "application/problem+json"), path
            assert "\n" not in answer.json()["detail"]


def test_every_operation_says_how_it_refuses(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    operations = [operation for ways in document["paths"].values() for operation in ways.values()]
    assert len(operations) > 50
    assert all("application/problem+json" in operation["responses"]["default"]["content"] and "422" not in operation["responses"] for operation in operations)
