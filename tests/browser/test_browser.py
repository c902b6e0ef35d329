"""A browser reads every kind of page: no script error, no request to another host, readable with a keyboard and on a phone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

pytestmark = pytest.mark.browser

PAGES = (
    "/", "/queries", "/query", "/metrics", "/ontology", "/ontology/Recognition", "/ontology/codes/mechanism", "/ontology/treaties",
    "/dumps/", "/docs", "/search?q=zzzz", "/doc/actor/JPN", "/doc/actor/EU",
    "/doc/instrument/cptpp", "/doc/source/recalled", "/concept/topic/data-flows", "/queries/lookup/parties?agreement=RCEP",
    "/queries/aigc/providers-in-listed-jurisdictions",
)


def _chromium() -> str:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None or shutil.which("chromedriver") is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium and chromedriver must be there in CI")
        pytest.skip("Chromium and chromedriver are not installed")
    return path


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = subprocess.Popen([sys.executable, "-m", "comity", "serve", "--port", "0"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    line = server.stdout.readline()
    yield line.split(" at ")[1].split("/ ")[0]
    server.terminate()
    server.wait(10)
    server.stdout.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = _chromium()
    with tempfile.TemporaryDirectory() as profile:
        for argument in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                         "--disable-component-update", "--disable-sync", "--window-size=1280,900", f"--user-data-dir={profile}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
        driver = webdriver.Chrome(options=options, service=service)
        yield driver
        driver.quit()


def _requested_hosts(browser: webdriver.Chrome) -> set[str]:
    hosts = set()
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            url = urlparse(message["params"]["request"]["url"])
            if url.scheme in ("http", "https"):
                hosts.add(url.netloc)
    return hosts


@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_from_this_host_alone_and_logs_no_error(browser: webdriver.Chrome, address: str, page: str) -> None:
    browser.get_log("performance")
    browser.get_log("browser")
    browser.get(address + page)
    WebDriverWait(browser, 20).until(lambda b: b.find_elements(By.TAG_NAME, "h1"))
    if page == "/docs":
        WebDriverWait(browser, 20).until(lambda b: b.find_elements(By.CSS_SELECTOR, "#api .opblock"))
    assert _requested_hosts(browser) <= {urlparse(address).netloc}
    faults = [e["message"] for e in browser.get_log("browser") if e["level"] == "SEVERE" and "/favicon.ico" not in e["message"]]
    assert faults == []
    folder = Path(os.environ.get("COMITY_SCREENSHOTS", "build/screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    browser.save_screenshot(str(folder / f"{page.strip('/').replace('/', '-').partition('?')[0] or 'home'}.png"))


@pytest.mark.parametrize("page", ["/", "/doc/actor/JPN", "/queries/lookup/parties"])
def test_a_page_does_not_scroll_sideways_on_a_phone(browser: webdriver.Chrome, address: str, page: str) -> None:
    browser.set_window_size(500, 900)
    browser.get(address + page)
    wider = browser.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
    browser.set_window_size(1280, 900)
    assert wider <= 0


def test_a_scholar_finds_japan_by_its_chinese_name(browser: webdriver.Chrome, address: str) -> None:
    browser.get(address)
    browser.find_element(By.ID, "q").send_keys("日本\n")
    WebDriverWait(browser, 10).until(lambda b: "/doc/actor/JPN" in b.current_url)
    assert browser.find_element(By.TAG_NAME, "h1").text == "Japan"


def test_a_query_typed_in_the_page_answers_as_a_table(browser: webdriver.Chrome, address: str) -> None:
    browser.get(address + "/query")
    box = browser.find_element(By.ID, "query")
    box.clear()
    box.send_keys("SELECT ?x WHERE { ?x comity:isoAlpha2 'JP' }")
    browser.find_element(By.CSS_SELECTOR, ".editor button").click()
    WebDriverWait(browser, 10).until(lambda b: b.find_elements(By.CSS_SELECTOR, "td"))
    assert [cell.text for cell in browser.find_elements(By.CSS_SELECTOR, "td")] == ["actor/JPN"]


def test_advice_appears_under_the_query_once_its_writer_pauses_and_leads_to_its_place(browser: webdriver.Chrome, address: str) -> None:
    browser.get(address + "/query")
    box = browser.find_element(By.ID, "query")
    box.clear()
    box.send_keys("SELECT * WHERE {\n  ?s ?p ?o\n}")
    WebDriverWait(browser, 10).until(lambda b: "reads every statement" in b.find_element(By.ID, "advice").text)
    browser.find_element(By.CSS_SELECTOR, "#advice button").click()
    assert browser.switch_to.active_element == box
    assert browser.execute_script("return document.getElementById('query').selectionStart") == len("SELECT * WHERE {\n  ")
    box.clear()
    box.send_keys("SELECT * WHERE { ?s a comity:State }")
    WebDriverWait(browser, 10).until(lambda b: not b.find_elements(By.CSS_SELECTOR, "#advice li"))
