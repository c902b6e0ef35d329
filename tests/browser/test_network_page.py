"""The network in a browser: drawn beside its tables, opened to its evidence, walked with the keyboard, still where a reader wants it, fit for a phone."""

from __future__ import annotations

import re

import pytest
from chromium import faults_of_access, keep
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

DRAWN = "#canvas[data-drawn]"
AT = "as_of=2024-12-31"


def test_the_network_draws_the_actors_of_its_table_and_has_no_grave_fault_of_access(page: Page) -> None:
    page.goto(f"/network?{AT}&layer=measures")
    expect(page.locator(DRAWN)).to_be_visible()
    assert int(page.locator("#canvas").get_attribute("data-drawn") or 0) == page.locator("#said table").nth(1).locator("tbody tr").count() > 0
    keep(page, "network")
    assert faults_of_access(page) == []


def test_the_keyboard_goes_to_an_actor_along_its_ties_and_opens_what_stands_behind_one(page: Page) -> None:
    page.goto(f"/network?{AT}&layer=measures")
    expect(page.locator(DRAWN)).to_be_visible()
    page.locator("#canvas").focus()
    page.keyboard.press("ArrowRight")
    first = page.locator("#said table").nth(1).locator("tbody td:first-child").first.inner_text()
    expect(page.locator("#tip")).to_contain_text(first)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#tip")).to_contain_text("−")
    page.keyboard.press("Enter")
    expect(page.locator("#evidence a[href^='/doc/measure/']").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#tip")).to_contain_text("Left and right")


def test_layer_and_threshold_change_without_leaving_the_page_and_stay_in_the_address(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce", color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/network?{AT}&layer=measures")
    expect(page.locator(DRAWN)).to_be_visible()
    page.locator("select[name=layer]").select_option("recognitions")
    page.wait_for_url(re.compile("layer=recognitions"))
    expect(page.locator("#said .lead")).to_contain_text("Recognitions")
    before = page.locator("#said tbody tr").count()
    page.locator("input[name=threshold]").fill("2")
    page.locator("input[name=threshold]").press("Tab")
    page.wait_for_url(re.compile("threshold=2"))
    expect(page.locator("#said tbody tr")).not_to_have_count(before)
    assert "threshold=2" in (page.locator("#said a", has_text="gexf").get_attribute("href") or "")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_an_analyst_comes_from_the_front_page_to_the_picture_and_takes_it_along_as_a_file(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Analyse").click()
    page.wait_for_url(re.compile("/network"))
    expect(page.locator(DRAWN)).to_be_visible()
    file = page.request.get(page.locator("#said a", has_text="gexf").get_attribute("href") or "")
    assert file.status == 200
    assert file.text().count("<node ") == int(page.locator("#canvas").get_attribute("data-drawn") or 0) > 20
