"""A browser reads every kind of page: no script error, no request to another host, readable with a keyboard and on a phone."""

from __future__ import annotations

import pytest
from chromium import faults_of_access, keep
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGES = (
    "/", "/queries", "/query", "/metrics", "/timeline", "/ontology", "/ontology/Recognition", "/ontology/codes/mechanism", "/ontology/treaties",
    "/doc/actor/openai", "/dumps/", "/docs", "/search?q=zzzz", "/doc/actor/JPN", "/doc/actor/EU",
    "/doc/instrument/cptpp", "/doc/source/recalled", "/concept/topic/data-flows", "/concept/mechanism/adequacy", "/queries/lookup/parties?agreement=RCEP",
    "/queries/aigc/providers-in-listed-jurisdictions",
)


#: of each of these kinds another page is looked at, or Swagger UI makes the page
UNEXAMINED = ("/docs", "/doc/actor/EU", "/concept/topic/data-flows", "/ontology/treaties")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_from_this_host_alone_logs_no_error_and_has_no_grave_fault_of_access(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("h1").first).to_be_visible()
    if path == "/docs":
        expect(page.locator("#api .opblock").first).to_be_visible()
    keep(page, path.strip("/").replace("/", "-").partition("?")[0] or "home")
    if path not in UNEXAMINED:
        assert faults_of_access(page) == []


@pytest.mark.parametrize("path", ["/", "/doc/actor/JPN", "/queries/lookup/parties", "/query"])
def test_a_page_does_not_scroll_sideways_on_a_phone(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_a_scholar_finds_japan_by_its_chinese_name(page: Page) -> None:
    page.goto("/")
    page.locator("#q").fill("日本")
    page.locator("#q").press("Enter")
    page.wait_for_url("**/doc/actor/JPN")
    expect(page.locator("h1")).to_have_text("Japan")
