"""The words of the interface in each language: every marked word has a translation, and the reader gets the language asked for."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from conftest import ROOT
from fastapi.testclient import TestClient

from comity import names
from comity.api.app import create_app
from comity.graph import Graph
from comity.site import languages
from comity.vocabulary import BASE

CATALOGUE = languages.LOCALE / "zh" / "LC_MESSAGES" / "comity.po"
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def client(small: Graph) -> TestClient:
    return TestClient(create_app(small))


def _marked() -> set[str]:
    methods = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
    found = extract_from_dir(ROOT / "src" / "comity", methods, keywords={"_": None, "mark": None, "gettext": None, "ngettext": (1, 2)})
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}


def test_every_marked_word_has_a_translation_and_none_is_left_over() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file)
    said = {(m.id[0] if isinstance(m.id, tuple) else m.id): m.string for m in catalogue if m.id}
    assert sorted(_marked() - {key for key, text in said.items() if text and text != ("",)}) == [], "run: make words, and translate what is empty"
    assert sorted(set(said) - _marked()) == []


def test_a_translation_keeps_the_names_of_what_is_filled_in() -> None:
    with CATALOGUE.open("rb") as file:
        for message in read_po(file):
            if message.id:
                source = message.id[-1] if isinstance(message.id, tuple) else message.id
                text = message.string[0] if isinstance(message.string, tuple) else message.string
                assert set(re.findall(r"%\(\w+\)s", source)) == set(re.findall(r"%\(\w+\)s", text)), source


def test_the_compiled_catalogue_is_that_of_the_text() -> None:
    compiled = io.BytesIO()
    with CATALOGUE.open("rb") as file:
        write_mo(compiled, read_po(file))
    assert Path(CATALOGUE).with_suffix(".mo").read_bytes() == compiled.getvalue(), "run: make words"


@pytest.mark.parametrize(("query", "cookie", "accepted", "expected"), [
    ("", "", "", "en"), ("", "", "zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("", "", "en-GB,en;q=0.9,zh;q=0.1", "en"), ("", "", "zh;q=0.2,en;q=0.8", "en"),
    ("", "", "fr,zh;q=x", "en"), ("", "", "zh", "zh"), ("lang=zh", "", "en", "zh"), ("lang=en", "comity-language=zh", "zh", "en"), ("lang=xx", "", "en", "en"),
    ("", "a=b; comity-language=zh", "en", "zh"), ("", "comity-language=xx", "en", "en"), ("q=lang%3Dzh", "", "en", "en"),
])
def test_the_address_comes_before_the_cookie_and_the_cookie_before_the_browser(query: str, cookie: str, accepted: str, expected: str) -> None:
    assert languages.chosen(query.encode(), cookie.encode(), accepted.encode()) == expected


def test_a_page_says_its_language_and_links_to_the_other(client: TestClient) -> None:
    page = client.get("/search?q=harbour&lang=zh", headers=HTML, follow_redirects=False)
    assert page.headers["content-language"] == "zh"
    assert page.headers["set-cookie"].startswith("comity-language=zh; ")
    assert {"Accept", "Accept-Language", "Cookie"} <= {name.strip() for name in page.headers["vary"].split(",")}
    assert '<html lang="zh">' in page.text
    assert 'href="/search?q=harbour&amp;lang=en"' in page.text
    assert "跳到正文" in page.text


def test_answers_for_programs_have_no_language(client: TestClient) -> None:
    answer = client.get("/sparql?query=ASK%7B%7D", headers={"Accept": "application/json", "Accept-Language": "zh"})
    assert "content-language" not in answer.headers
    assert "Cookie" not in answer.headers["vary"]


def test_kept_pages_are_kept_for_each_language(small: Graph) -> None:
    client = TestClient(create_app(small, megabytes=8))
    first = [client.get("/queries", headers={**HTML, "Accept-Language": name}).text for name in ("en", "zh")]
    again = [client.get("/queries", headers={**HTML, "Accept-Language": name}) for name in ("en", "zh")]
    assert [page.text for page in again] == first
    assert all("hit" in page.headers["cache-status"] for page in again)
    assert first[0] != first[1]


@pytest.mark.parametrize(("path", "named"), [
    ("/doc/actor/JPN", ("id/actor/JPN", "ns#State", "ns#isoAlpha3")),
    ("/doc/provision/harbour-agreement-14-13", ("ns#bindingness", "concept/bindingness/hard", "ns#topic")),
])
def test_a_page_calls_things_codes_and_properties_as_the_graph_does(client: TestClient, small: Graph, path: str, named: tuple[str, ...]) -> None:
    called = names.labels(small.store, "zh")
    pages = {language: client.get(f"{path}{'&' if '?' in path else '?'}lang={language}", headers=HTML).text for language in ("en", "zh")}
    for name in named:
        assert f">{called[BASE + name]}<" in pages["zh"], name
        assert f">{called[BASE + name]}</a>" not in pages["en"], name
