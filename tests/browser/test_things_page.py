"""Pages of things in a browser: each kind in both themes and at the width of a phone, kept as pictures; search as one types; no grave fault of access."""

from __future__ import annotations

import pytest
from chromium import faults_of_access, keep
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

KINDS = {
    "home": "/", "state": "/doc/actor/JPN", "union": "/doc/actor/EU", "provider": "/doc/actor/openai", "agreement": "/doc/instrument/cptpp",
    "law": "/doc/instrument/jpn-appi-2003", "search": "/search?q=Cambdoia", "compare": "/compare?agreements=CPTPP,RCEP,DEPA", "powers": "/powers/JPN",
}
SHAPES = {"light": ("light", 1280, 900), "dark": ("dark", 1280, 900), "phone": ("light", 390, 844), "phone-dark": ("dark", 390, 844)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_reads_well_in_both_themes_and_on_a_phone(page: Page, kind: str) -> None:
    page.goto(KINDS[kind])
    expect(page.locator("h1").first).to_be_visible()
    for shape, (theme, width, height) in SHAPES.items():
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, shape
        keep(page, f"{kind}-{shape}")
        if shape in ("light", "dark"):
            assert faults_of_access(page) == [], shape


def test_names_are_offered_while_one_types_and_lead_to_the_thing(page: Page) -> None:
    page.goto("/doc/actor/EU")
    page.locator("#q").press_sequentially("singap", delay=20)
    page.locator("#offered a", has_text="Singapore").first.click()
    page.wait_for_url("**/doc/actor/SGP")
