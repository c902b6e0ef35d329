"""The game and the spread of rules as data, pages, commands and refusals, on the real graph over few years."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator
from real import built
from starlette.testclient import TestClient

from comity.api.app import create_app
from comity.cli.main import run
from comity.game.panel import STRATEGIES
from comity.game.report import MARK, markdown, schema
from comity.game.study import Study, study

YEARS = {"first": 2021, "last": 2025, "until": 2023}
OPTIONS = [part for name, value in YEARS.items() for part in (f"--{name}", str(value))]


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(built()))


@pytest.fixture(scope="module")
def found() -> Study:
    return study(built(), **YEARS)


def test_game_as_data_keeps_to_its_schema_and_names_the_rows(client: TestClient) -> None:
    answer = client.get("/game", params={**YEARS, "a": "CHN", "b": "Japan", "format": "json"})
    assert answer.status_code == 200, answer.text
    Draft202012Validator(schema()).validate(answer.json())
    assert answer.json() == json.loads(json.dumps(answer.json(), allow_nan=False))
    sides = answer.json()["dyads"][0]["sides"]
    assert [side["jurisdiction"] for side in sides] == ["CHN", "JPN"]
    assert all(side["rows"] and side["plays"] in STRATEGIES for side in sides)
    assert client.get("/schemas/game.json").json() == schema()
    assert answer.headers["link"].startswith("</schemas/game.json>")


def test_game_as_a_page_shows_the_verdict_on_persistence(client: TestClient) -> None:
    page = client.get("/game", params=YEARS, headers={"Accept": "text/html"}).text
    assert "persistence" in page
    assert "not an effect" in page


@pytest.mark.parametrize(("query", "status"), [("a=CHN", 400), ("first=2025&last=2021", 400), ("until=1990", 400), ("last=2090", 400), ("format=pdf", 406),
                                               ("first=2021&last=2025&until=2023&a=CHN&b=CHN", 400), ("first=2021&last=2025&until=2023&a=CHN&b=nowhere", 400)])
def test_game_says_what_is_wrong(client: TestClient, query: str, status: int) -> None:
    answer = client.get(f"/game?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_the_study_of_the_real_graph_scores_every_predictor_on_the_same_rows(found: Study) -> None:
    scores = found.scores
    assert len({s.rows for s in scores if s.subset == "all"}) == 1
    assert {s.predictor for s in scores} == {"game", "game without ties", "persistence", "region", "base rate"}
    assert all(s.log_loss > 0 and 0 <= s.brier <= 2 for s in scores)


@pytest.mark.gate
def test_the_page_is_the_same_each_time_and_has_all_its_parts(found: Study) -> None:
    page = markdown(found, ("CHN", "JPN"))
    assert page == markdown(found, ("CHN", "JPN"))
    for part in ("## Strategies", "## Weights", "## Out of sample", "## Tipping points", "## Games of two", "| CHN | JPN |", found.version):
        assert part in page


def test_a_union_stands_for_its_members(found: Study) -> None:
    panel = found.panel
    assert "EU" in panel.actors
    assert "DEU" not in panel.actors


def test_the_command_answers_as_data_and_refuses_a_page_without_its_line(capfd: pytest.CaptureFixture[str], tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert run(["game", "predict", *OPTIONS, "--format", "json"]) == 0
    assert "has the lowest log loss" in json.loads(capfd.readouterr().out)["verdict"]
    (tmp_path / "game.md").write_text("no line", encoding="utf-8")
    assert run(["game", "page", "--out", str(tmp_path / "game.md"), *OPTIONS]) == 2
    assert MARK in capfd.readouterr().err


def test_the_spread_of_rules_keeps_to_its_schema_and_has_a_page(client: TestClient) -> None:
    answer = client.get("/diffusion", params={"type": "law", "format": "json"})
    Draft202012Validator(client.get("/schemas/diffusion.json").json()).validate(answer.json())
    assert answer.json()["found"][0]["effects"][0]["covariate"] == "intercept"
    assert "not an influence" in client.get("/diffusion?type=law", headers={"Accept": "text/html"}).text
    assert client.get("/diffusion?type=nonsense").status_code == 400
    assert client.get("/diffusion?format=pdf").status_code == 406


def test_the_schema_of_paradigms_is_given(client: TestClient) -> None:
    answer = client.get("/paradigm/JPN", params={"format": "json"})
    assert answer.headers["link"].startswith("</schemas/paradigm.json>")
    Draft202012Validator(client.get("/schemas/paradigm.json").json()).validate(answer.json())
