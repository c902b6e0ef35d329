"""Answers as JSON, text, command and address: the schema holds for each, and every refusal is one line."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from real import built
from starlette.testclient import TestClient

from comity.api.app import create_app
from comity.cli.main import run
from comity.graph import Graph
from comity.routes import NOTICE, REASONS, schema, to_json, to_text

HTML = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
ASKED = [
    {"exporter": "EU", "importer": "USA", "as_of": "2024-01-15", "recipient": "dpf-certified"}, {"exporter": "EU", "importer": "CHN", "as_of": "2024-01-15"},
    {"exporter": "DEU", "importer": "FRA", "as_of": "2024-01-15"}, {"exporter": "KOR", "importer": "JPN", "as_of": "2024-01-15"},
    {"exporter": "CHN", "importer": "USA", "as_of": "2024-07-01", "via": "JPN", "sender": "persons:5"},
    {"exporter": "USA", "importer": "HKG", "as_of": "2022-06-01", "data": "government-data"},
]


def valid(answer: object) -> None:
    jsonschema.validate(answer, schema(), jsonschema.Draft202012Validator, format_checker=jsonschema.FormatChecker())


@pytest.fixture(scope="module")
def client(small: Graph) -> Iterator[TestClient]:
    with TestClient(create_app(small), follow_redirects=False) as client:
        yield client


@pytest.fixture
def project(built: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMITY_BUILD", str(built))
    return built


def test_the_schema_is_a_schema_and_knows_the_reasons() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert schema()["$defs"]["basis"]["properties"]["reason"]["enum"] == [*REASONS, None]


@pytest.mark.parametrize("asked", ASKED, ids=lambda a: f"{a['exporter']}-{a['importer']}")
def test_every_answer_fits_the_schema(small: Graph, asked: dict[str, str]) -> None:
    valid(to_json(small.route(**asked)))


@pytest.mark.parametrize("pair", ["EU-USA", "CHN-USA", "USA-CHN", "GBR-EU", "RUS-CHN", "difc-GBR", "BRA-EU", "NRU-TUV"])
def test_answers_of_the_real_graph_fit_the_schema(pair: str) -> None:
    exporter, importer = pair.split("-")
    valid(to_json(built().route(exporter, importer, as_of="2026-06-01")))


def test_the_schema_refuses_what_is_no_answer(small: Graph) -> None:
    good = to_json(small.route("EU", "USA", as_of="2024-01-15"))
    for spoilt in ({**good, "coded": False}, {**good, "bases": [{**good["bases"][0], "status": "closed", "reason": None}]}, {**good, "more": 1},
                   {**good, "as_of": "January"}, {k: v for k, v in good.items() if k != "notice"}):
        with pytest.raises(jsonschema.ValidationError):
            valid(spoilt)


def test_the_text_says_what_is_open_on_whose_word_and_that_it_is_no_advice(small: Graph) -> None:
    text = to_text(small.route("EU", "USA", as_of="2024-01-15", recipient="dpf-certified"))
    assert text.startswith("European Union → United States, personal-data, as of 2024-01-15")
    assert "Framework Decision on the United States recognises United States." in " ".join(text.split())
    assert "gazette, official" in " ".join(text.split())
    assert text.endswith(NOTICE)


def test_the_command_answers_in_text_and_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["route", "EU", "USA", "--as-of", "2024-01-15", "--recipient", "dpf-certified"]) == 0
    assert "Open: usable that day" in capsys.readouterr().out
    assert run(["route", "Japan", "EU", "--as-of", "2024-01-15", "--known-on", "2024-12-31", "--via", "USA", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    valid(answer)
    assert (answer["from"], answer["to"], answer["known_on"], answer["via"]["through"]) == ("JPN", "EU", "2024-12-31", "USA")


@pytest.mark.parametrize(("arguments", "message"), [
    (["EU", "EU"], "twice"), (["EU", "Atlantis"], "nothing is called Atlantis"), (["EU", "USA", "--data", "gossip"], "no such category"),
    (["EU", "USA", "--as-of", "1900-01-01"], "outside coverage"), (["EU", "USA", "--exporter", "zzz"], "no such trait"), (["EU"], "Missing argument"),
    (["EU", "USA", "--format", "xml"], "is not one of"), (["EU", "USA", "--known-on", "2020-01-01"], "no transfer rule was recorded by that day")])
def test_what_the_command_cannot_answer_is_one_line_and_code_two(
        project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    assert run(["route", *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert message in shown.err
    assert shown.err.count("\n") == 1


def test_the_address_answers_in_json_with_a_link_to_its_schema(client: TestClient) -> None:
    response = client.get("/route", params={"from": "EU", "to": "USA", "as_of": "2024-01-15", "recipient": "dpf-certified"})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert 'rel="describedby"' in response.headers["link"]
    valid(response.json())
    assert [b["mechanism"] for b in response.json()["bases"] if b["status"] == "open"] == ["adequacy"]


def test_the_schema_is_served(client: TestClient) -> None:
    response = client.get("/schemas/route.json")
    assert response.headers["content-type"].startswith("application/schema+json")
    assert response.json() == schema()


class _Names(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("name"):
            self.fields.append(str(given["name"]))
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))


@pytest.mark.parametrize("address", [
    "/routes", "/route?from=EU&to=USA&as_of=2024-01-15", "/route?from=CHN&to=USA&via=JPN&as_of=2024-07-01", "/route?from=KOR&to=JPN&format=html"])
def test_pages_show_the_form_the_notice_and_links_to_the_rows(client: TestClient, address: str) -> None:
    response = client.get(address, headers=HTML)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert NOTICE.split(":")[0] in response.text
    page = _Names()
    page.feed(response.text)
    assert {"from", "to", "as_of", "known_on", "data", "exporter", "recipient", "via"} <= set(page.fields)
    assert "to=USA" not in address or any(link.startswith("/doc/transfer-rule/") for link in page.links)
    assert not any(link.startswith("http") and "creativecommons" not in link for link in page.links)


def test_what_is_shown_is_escaped(client: TestClient) -> None:
    assert "<script>" not in client.get("/routes", params={"from": "<script>"}, headers=HTML).text


@pytest.mark.parametrize(("query", "status", "message"), [
    ("to=USA", 400, "the parameter from is missing"), ("from=EU", 400, "the parameter to is missing"), ("from=EU&to=EU", 400, "twice"),
    ("from=EU&to=USA&category=x", 400, "/route has no parameter category"), ("from=EU&to=USA&as_of=1900-01-01", 400, "outside coverage"),
    ("from=EU&to=Atlantis", 400, "nothing is called Atlantis"), ("from=EU&to=USA&format=xml", 406, "no format xml here"),
    ("from=EU&to=USA&data=x", 400, "no such category")])
def test_what_the_address_cannot_answer_is_a_problem(client: TestClient, query: str, status: int, message: str) -> None:
    response = client.get(f"/route?{query}")
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert message in response.json()["detail"]


def test_today_is_the_day_of_the_transfer_unless_one_is_named(small: Graph) -> None:
    assert small.route("EU", "USA").as_of == datetime.date.today()
