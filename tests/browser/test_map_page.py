"""The map in a browser: drawn beside its table, changed without leaving the page, walked with the keyboard, fit for a phone."""

from __future__ import annotations

import re

import pytest
from chromium import faults_of_access, keep
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_map_draws_what_its_table_says_and_has_no_grave_fault_of_access(page: Page) -> None:
    page.goto("/map?layer=recognised-by&as_of=2024-01-01")
    expect(page.locator(".world a").first).to_be_visible()
    drawn = {link.get_attribute("href") for link in page.locator(".world a").all()}
    listed = {link.get_attribute("href") for link in page.locator("#said td:first-child a").all()}
    assert "/doc/actor/JPN" in drawn
    assert drawn <= listed
    assert page.locator(".world .hatched").count() == page.locator("#said a.contested").count()
    keep(page, "map")
    assert faults_of_access(page) == []


def test_layer_and_year_change_without_leaving_the_page_and_stay_in_the_address(page: Page) -> None:
    page.goto("/map?layer=party-to&of=cptpp&as_of=2024-12-31")
    expect(page.locator(".world a").first).to_be_visible()
    page.locator("select[name=layer]").select_option("recognised-by")
    page.wait_for_url(re.compile("layer=recognised-by"))
    expect(page.locator("#said .lead")).to_contain_text("EU")
    page.locator("input[type=range]").press("ArrowLeft")
    page.wait_for_url(re.compile("as_of=2023-12-31"))
    expect(page.locator("#said .lead")).to_contain_text("2023-12-31")


def test_a_state_with_islands_drawn_by_themselves_is_drawn_whole(page: Page) -> None:
    page.goto("/map?layer=law")
    expect(page.locator(".world a[href='/doc/actor/AUS']")).to_be_attached()
    box = page.locator(".world a[href='/doc/actor/AUS']").bounding_box()
    assert box is not None
    assert box["width"] > 80
    assert page.locator(".world a[href='/doc/actor/SGP'] circle").count() == 1


def test_arrow_keys_go_from_place_to_place_and_enter_opens_one(page: Page) -> None:
    page.goto("/map?layer=recognised-by&as_of=2024-01-01")
    page.locator(".world a[tabindex='0']").focus()
    first = page.locator(".tip").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".tip")).not_to_have_text(first)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/doc/actor/"))


def test_the_map_does_not_scroll_sideways_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/map?layer=law")
    expect(page.locator(".world a").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
