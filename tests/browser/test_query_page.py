"""The query editor in a browser: writing with completion and messages, answers in four forms, why a row and why none, sharing and citing."""

from __future__ import annotations

import re

import pytest
from chromium import faults_of_access, keep
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

RECOGNISED = "SELECT ?a ?b WHERE { ?r comity:recogniser ?a ; comity:recognised ?b }"
CLASSES = "SELECT ?class (COUNT(*) AS ?n) WHERE { ?s a ?class } GROUP BY ?class ORDER BY DESC(?n) LIMIT 8"
YEARS = "SELECT ?year (COUNT(?r) AS ?n) WHERE { ?r a comity:Recognition ; comity:heldFrom ?d BIND(YEAR(?d) AS ?year) } GROUP BY ?year ORDER BY ?year"


@pytest.fixture
def editor(page: Page) -> Page:
    page.goto("/query")
    expect(page.locator(".cm-content")).to_be_visible()
    return page


def write(page: Page, text: str, *, by_key: str = "") -> None:
    """Replace the text of the editor, the last of it key by key, which offers completions."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
    page.keyboard.type(by_key)


def run(page: Page, text: str) -> None:
    write(page, text)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#status")).to_contain_text(re.compile(r"complete|Answered|malformed"))


def code(page: Page) -> str:
    return page.locator(".cm-content").inner_text()


def test_the_answer_comes_as_a_table_of_links_and_its_address_is_shared(editor: Page) -> None:
    assert not editor.locator("#query").is_visible()
    run(editor, "SELECT ?x WHERE { ?x comity:isoAlpha2 'JP' }")
    expect(editor.locator("#status")).to_contain_text("1 row, complete")
    assert editor.locator("#view tbody a").get_attribute("href") == "/doc/actor/JPN"
    assert [link.inner_text() for link in editor.locator("#downloads a").all()] == ["csv", "tsv", "json", "xml"]
    with editor.expect_download() as download:
        editor.locator("#downloads a").first.click()
    assert download.value.path().read_text(encoding="utf-8") == "x\nhttps://w3id.org/comity/id/actor/JPN\n"
    address = editor.url
    editor.goto("/")
    editor.goto(address)
    assert code(editor).strip() == "SELECT ?x WHERE { ?x comity:isoAlpha2 'JP' }"


def test_a_long_answer_is_read_in_pages(editor: Page) -> None:
    run(editor, RECOGNISED)
    expect(editor.locator("#view tbody tr")).to_have_count(50)
    expect(editor.locator(".pages")).to_contain_text("Page 1 of")
    first = editor.locator("#view tbody tr").first.inner_text()
    editor.get_by_role("button", name="On", exact=True).click()
    expect(editor.locator(".pages")).to_contain_text("Page 2 of")
    assert editor.locator("#view tbody tr").first.inner_text() != first


def test_a_row_opens_its_sources(editor: Page) -> None:
    run(editor, RECOGNISED)
    editor.locator("button.why").first.click()
    evidence = editor.locator("td.evidence li")
    expect(evidence.first).to_contain_text("matched by the query")
    assert (evidence.first.locator("a").first.get_attribute("href") or "").startswith("/doc/recognition/")
    assert editor.locator("button.why").first.get_attribute("aria-expanded") == "true"
    editor.locator("button.why").first.click()
    expect(editor.locator("td.evidence")).to_have_count(0)


def test_an_empty_answer_names_the_pattern_that_leaves_it_so_and_leads_to_it(editor: Page) -> None:
    run(editor, "SELECT * WHERE {\n  ?s a comity:State ;\n    comity:isoAlpha2 'XQ'\n}")
    expect(editor.locator("#reasons")).to_contain_text("Nothing in the graph matches this pattern, even alone")
    expect(editor.locator("#reasons code")).to_have_text("?s comity:isoAlpha2 'XQ' .")
    editor.locator("#reasons button").click()
    expect(editor.locator(".cm-content")).to_be_focused()
    expect(editor.locator(".cm-activeLine")).to_contain_text("isoAlpha2")


def test_a_mistake_is_shown_while_writing_at_its_place(editor: Page) -> None:
    write(editor, "SELECT * WHERE {\n  ?s nope:x ?o\n}")
    expect(editor.locator("#advice")).to_contain_text("the prefix nope: at line 2, column 6 is not declared")
    expect(editor.locator(".cm-lintRange-error")).to_have_text("nope:x")
    write(editor, "SELECT * WHERE {\n  ?s ?p ?o\n}")
    expect(editor.locator("#advice")).to_contain_text("reads every statement")
    editor.locator("#advice button").click()
    expect(editor.locator(".cm-content")).to_be_focused()
    write(editor, "SELECT * WHERE { ?s a comity:State }")
    expect(editor.locator("#advice li")).to_have_count(0)


def test_the_properties_that_a_class_has_are_offered_first(editor: Page) -> None:
    write(editor, "SELECT * WHERE { ?r a comity:Recognition ; ", by_key="comity:reco")
    options = editor.locator(".cm-tooltip-autocomplete li")
    expect(options.first).to_contain_text(re.compile(r"comity:recogni.*\(\d+\)"))


def test_a_name_in_chinese_becomes_an_iri_with_its_label(editor: Page) -> None:
    write(editor, "SELECT * WHERE { ?r comity:recognised ", by_key="日本")
    expect(editor.locator(".cm-tooltip-autocomplete li").first).to_contain_text("Japan")
    editor.wait_for_timeout(150)  # keys typed at once after the list opens are not taken for a choice
    editor.keyboard.press("Enter")
    expect(editor.locator(".cm-content")).to_contain_text("<https://w3id.org/comity/id/actor/JPN>")
    assert code(editor).rstrip().endswith("# Japan")


@pytest.mark.parametrize(("query", "button", "shown"), [
    (CLASSES, "Chart", "svg.chart rect"), (YEARS, "Chart", "svg.chart polyline"),
    (RECOGNISED, "Map", "svg.states .step5"), (RECOGNISED, "Network", "svg.network a")], ids=["bars", "line", "map", "network"])
def test_an_answer_is_drawn_where_its_columns_allow(editor: Page, query: str, button: str, shown: str, request: pytest.FixtureRequest) -> None:
    run(editor, query)
    editor.get_by_role("button", name=button, exact=True).click()
    expect(editor.locator(shown).first).to_be_attached()
    editor.locator("#view").scroll_into_view_if_needed()
    keep(editor, f"query-{request.node.callspec.id}")
    if button != "Chart" or query == CLASSES:
        assert faults_of_access(editor) == []
    editor.get_by_role("button", name="Table", exact=True).click()
    expect(editor.locator("#view table")).to_be_visible()


def test_an_answer_without_numbers_or_states_offers_its_table_alone(editor: Page) -> None:
    run(editor, "SELECT ?title WHERE { ?s a comity:Source ; <http://purl.org/dc/terms/title> ?title } LIMIT 5")
    expect(editor.locator("#view tbody tr")).to_have_count(5)
    expect(editor.locator("#forms button")).to_have_count(0)


def test_a_truth_value_and_a_graph_are_shown(editor: Page) -> None:
    run(editor, "ASK { ?s a comity:State }")
    expect(editor.locator("#view")).to_have_text("true")
    run(editor, "CONSTRUCT WHERE { <id/actor/JPN> comity:isoAlpha2 ?code }")
    expect(editor.locator("#view pre")).to_contain_text('"JP"')
    expect(editor.locator("#status")).to_contain_text("1 triples")


def test_an_example_of_the_library_is_found_and_opened(editor: Page) -> None:
    editor.get_by_label("Find an example").fill("takes part in an agreement")
    link = editor.get_by_role("link", name="Who takes part in an agreement", exact=False)
    link.click()
    expect(editor.locator(".cm-content")).to_contain_text("instrument/cptpp")
    editor.keyboard.press("Control+Enter")
    expect(editor.locator("#view tbody tr").first).to_be_visible()


def test_an_answer_is_cited(editor: Page) -> None:
    write(editor, "SELECT ?x WHERE { ?x comity:isoAlpha2 'JP' }")
    editor.get_by_role("button", name="Cite the answer").click()
    editor.wait_for_url("**/q/*")
    expect(editor.locator("h1")).to_have_text("Cited answer")


def test_the_keyboard_leaves_the_editor_by_tab(editor: Page) -> None:
    editor.locator(".cm-content").focus()
    editor.keyboard.press("Tab")
    expect(editor.locator(".cm-content")).not_to_be_focused()


def test_the_server_is_asked_for_the_day_that_is_set(editor: Page) -> None:
    editor.get_by_text("On a day").click()
    editor.get_by_label("As it held on").fill("1990-01-01")
    write(editor, "SELECT ?r WHERE { ?r a comity:Recognition }")
    with editor.expect_request("**/sparql") as asked:
        editor.keyboard.press("Control+Enter")
    assert "as_of=1990-01-01" in (asked.value.post_data or "")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_editor_has_no_grave_fault_of_access_in_either_theme_nor_on_a_phone(editor: Page, theme: str) -> None:
    editor.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    run(editor, f"{RECOGNISED} LIMIT 5")
    editor.locator("button.why").first.click()
    expect(editor.locator("td.evidence li").first).to_be_visible()
    for width in (1280, 390):
        editor.set_viewport_size({"width": width, "height": 844})
        keep(editor, f"query-{theme}-{width}")
        assert faults_of_access(editor) == []
        assert editor.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_without_scripts_the_form_answers_with_a_page(browser: object, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto("/query")
    page.locator("#query").fill("SELECT ?x WHERE { ?x comity:isoAlpha2 'JP' }")
    page.get_by_role("button", name="Run").click()
    assert page.locator("td").all_inner_texts() == ["actor/JPN"]
    context.close()


def test_pictures_and_the_world_are_loaded_only_when_wanted(editor: Page) -> None:
    loaded = "performance.getEntriesByType('resource').map(entry => entry.name)"
    assert not [name for name in editor.evaluate(loaded) if "pictures.js" in name or "world-atlas" in name]
    run(editor, RECOGNISED)
    editor.get_by_role("button", name="Map", exact=True).click()
    expect(editor.locator("svg.states")).to_be_attached()
    assert [name for name in editor.evaluate(loaded) if "world-atlas" in name]
