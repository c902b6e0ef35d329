"""The public examples of reconciliation 0.2: what the schemas take and refuse, and what our service makes of each query."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from real import SUITES
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7
from starlette.testclient import TestClient

from comity.api.app import create_app
from comity.graph import Graph

HOME = SUITES / "reconciliation"
WEB = "https://reconciliation-api.github.io/specs/0.2/schemas/"
#: name of a schema → address of an answer of ours by it
ANSWERS = {
    "manifest": "/reconcile",
    "suggest-entities-response": "/reconcile/suggest/entity?prefix=jap",
    "suggest-properties-response": "/reconcile/suggest/property?prefix=iso",
    "suggest-types-response": "/reconcile/suggest/type?prefix=sta",
    "data-extension-property-proposal": "/reconcile/properties?type=State&limit=3",
    "reconciliation-result-batch": '/reconcile?queries={"q0":{"query":"Japan"},"q1":{"query":"nothing at all"}}',
    "data-extension-response": '/reconcile?extend={"ids":["actor/JPN","actor/nobody"],"properties":[{"id":"iso3"}]}',
}
#: schemas of what a client sends, and pieces that other schemas use
OTHERS = {"data-extension-query", "reconciliation-query-batch", "type", "openapi"}
#: examples that no schema of the folder has; where they stand in an answer of ours
PIECES = {
    "data-extension-metadata": ("manifest", "extend"), "preview-metadata": ("manifest", "preview"), "suggest-metadata": ("manifest", "suggest", "entity"),
    "reconciliation-candidate": ("reconciliation-result-batch", "q0", "result", 0),
}
#: We ask for no login, so that `security-scheme` has no answer of ours; a flyout and a preview have no schema and tests of their own.
WITHOUT = {"security-scheme", "flyout-response", "preview-response"}
#: columns of other services in the examples → the one of ours that stands in for it
FOREIGN = {"professionOrOccupation": "iso3", "variantName": "iso2", "geographicAreaCode": "m49", "wikidataId": "wikidata", "uid": "wikidata",
           "affiliation": "m49"}

pytestmark = pytest.mark.suites


def examples(kind: str, verdict: str) -> list[Path]:
    return sorted((HOME / "examples" / kind / verdict).glob("*.json"))


def cases(verdict: str) -> list[Any]:
    found = [(kind.name, path) for kind in sorted((HOME / "examples").glob("*")) if (HOME / "schemas" / f"{kind.name}.json").exists()
             for path in examples(kind.name, verdict)]
    return [pytest.param(kind, path, id=f"{kind}-{path.stem}") for kind, path in found]


@pytest.fixture(scope="module", autouse=True)
def suite() -> None:
    if not HOME.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{HOME} is missing")
        pytest.skip(f"{HOME} is not here")


@pytest.fixture(scope="module")
def client(small: Graph) -> Iterator[TestClient]:
    with TestClient(create_app(small)) as client:
        yield client


def faults(kind: str, value: Any) -> list[str]:
    """Return what the schema has against `value`; what it refers to is taken from the folder, never from the web."""
    held = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted((HOME / "schemas").glob("*.json"))}
    known = [(address, Resource(contents=schema, specification=DRAFT7)) for name, schema in held.items() for address in {name, WEB + name, schema["$id"]}]
    check = jsonschema.Draft7Validator(held[f"{kind}.json"], registry=Registry().with_resources(known))
    return [error.message for error in check.iter_errors(value)]


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def ours(value: Any) -> Any:
    """Return a query with the columns of other services replaced by ours."""
    if isinstance(value, list):
        return [ours(v) for v in value]
    if isinstance(value, dict):
        return {k: FOREIGN.get(v, v) if k in ("pid", "id") and isinstance(v, str) else ours(v) for k, v in value.items()}
    return value


def test_every_schema_and_every_kind_of_example_has_its_place_here() -> None:
    assert {path.stem for path in (HOME / "schemas").glob("*.json")} == ANSWERS.keys() | OTHERS
    assert {path.name for path in (HOME / "examples").iterdir()} == (ANSWERS.keys() | OTHERS | PIECES.keys() | WITHOUT) - {"type", "openapi"}


@pytest.mark.parametrize(("kind", "path"), cases("valid"))
def test_the_schemas_as_read_here_take_a_valid_example(kind: str, path: Path) -> None:
    assert faults(kind, read(path)) == []


@pytest.mark.parametrize(("kind", "path"), cases("invalid"))
def test_the_schemas_as_read_here_refuse_an_invalid_example(kind: str, path: Path) -> None:
    assert faults(kind, read(path))


@pytest.mark.parametrize("kind", sorted(ANSWERS))
def test_an_answer_keeps_its_schema_whole(client: TestClient, kind: str) -> None:
    assert faults(kind, client.get(ANSWERS[kind]).json()) == []


@pytest.mark.parametrize("kind", sorted(PIECES))
def test_a_piece_of_an_answer_has_the_fields_that_its_example_has(client: TestClient, kind: str) -> None:
    answer, *way = PIECES[kind]
    piece = client.get(ANSWERS[answer]).json()
    for step in way:
        piece = piece[step]
    assert set(read(examples(kind, "valid")[0])) - set(piece) == set()


@pytest.mark.parametrize("path", examples("reconciliation-query-batch", "valid"), ids=lambda p: p.stem)
def test_a_valid_batch_about_columns_of_ours_is_answered_query_by_query(client: TestClient, path: Path) -> None:
    asked = ours(read(path))
    for answer in (client.post("/reconcile", data={"queries": json.dumps(asked)}), client.get("/reconcile", params={"queries": json.dumps(asked)})):
        assert answer.status_code == 200, answer.text
        assert answer.json().keys() == asked.keys()
        assert faults("reconciliation-result-batch", answer.json()) == []


@pytest.mark.parametrize("path", examples("data-extension-query", "valid"), ids=lambda p: p.stem)
def test_a_valid_data_extension_about_columns_of_ours_is_answered_thing_by_thing(client: TestClient, path: Path) -> None:
    asked = ours(read(path)) | {"ids": ["actor/JPN", *read(path)["ids"]]}
    answer = client.post("/reconcile", data={"extend": json.dumps(asked)})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert faults("data-extension-response", found) == []
    assert list(found["rows"]) == asked["ids"]
    assert all(row.keys() == {p["id"] for p in asked["properties"]} for row in found["rows"].values())
    assert found["rows"]["actor/JPN"]["iso3"] == [{"str": "JPN"}]


@pytest.mark.parametrize(("field", "path"), [
    *[("queries", p) for p in examples("reconciliation-query-batch", "valid")], *[("extend", p) for p in examples("data-extension-query", "valid")]],
    ids=lambda p: p.stem if isinstance(p, Path) else p)
def test_a_column_of_another_service_is_refused_by_name_rather_than_passed_over(client: TestClient, field: str, path: Path) -> None:
    answer = client.post("/reconcile", data={field: path.read_text(encoding="utf-8")})
    if any(f'"{name}"' in path.read_text(encoding="utf-8") for name in FOREIGN):
        assert answer.status_code == 400
        assert "is no property here; use one of iso2" in answer.json()["detail"]
    else:
        assert answer.status_code == 200


@pytest.mark.parametrize("path", examples("reconciliation-query-batch", "invalid"), ids=lambda p: p.stem)
def test_an_invalid_batch_is_refused_with_the_key_of_the_query(client: TestClient, path: Path) -> None:
    asked = ours(read(path))
    answer = client.post("/reconcile", data={"queries": json.dumps(asked)})
    assert answer.status_code == 400
    assert any(f"queries.{key}" in answer.json()["detail"] for key in asked)


@pytest.mark.parametrize("asked", [{"ids": ["actor/JPN"]}, {"properties": [{"id": "iso3"}]}, {"ids": "actor/JPN", "properties": []},
                                   {"ids": [1], "properties": []}, {"ids": ["actor/JPN"], "properties": [{}]}, {"ids": ["actor/JPN"], "properties": ["iso3"]},
                                   {"ids": ["actor/JPN"], "properties": [{"id": "iso3", "settings": []}]},
                                   {"ids": ["actor/JPN"], "properties": [{"id": "iso3", "settings": "x"}]}])
def test_a_data_extension_that_the_schema_refuses_is_refused(client: TestClient, asked: dict[str, Any]) -> None:
    assert faults("data-extension-query", asked)
    answer = client.post("/reconcile", data={"extend": json.dumps(asked)})
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize("query", [{"query": 1}, {"query": "a", "type": 1}, {"query": "a", "limit": "5"}, {"query": "a", "properties": [{"pid": "iso3"}]},
                                   {"query": "a", "properties": [{"pid": "iso3", "v": {}}]}, {"query": "a", "properties": [{"pid": "iso3", "v": None}]},
                                   {"query": "a", "properties": [{"pid": "iso3", "v": [["JPN"]]}]}, {"query": "a", "type_strict": "never"},
                                   {"query": "a", "properties": {}}, {}])
def test_a_query_that_the_schema_refuses_is_refused(client: TestClient, query: dict[str, Any]) -> None:
    assert faults("reconciliation-query-batch", {"q": query})
    answer = client.post("/reconcile", data={"queries": json.dumps({"q": query})})
    assert answer.status_code == 400, answer.text
