"""A served graph and Chromium, driven by Playwright, become pages whose requests, console and faults of access are looked at.

`tests/conftest.py` makes the fixtures known; tests of pages say `pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from servers import comity_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

AXE = Path(__file__).parent / "browser" / "vendor" / "axe.min.js"
#: the success criteria of WCAG 2.2 at levels A and AA
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_GRAVE = ("serious", "critical")


@dataclass
class Seen:
    """What a page did since it was opened: hosts it asked, errors it logged."""

    hosts: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def request(self, request: Request) -> None:
        """Note the host of a request."""
        url = urlsplit(request.url)
        if url.scheme in ("http", "https", "ws", "wss"):
            self.hosts.add(url.netloc)

    def message(self, message: ConsoleMessage) -> None:
        """Note an error of the console, with its place."""
        if message.type == "error" and "/favicon.ico" not in message.location.get("url", ""):
            self.faults.append(f"{message.text} ({message.location.get('url', '')})")


def chromium() -> str:
    """Return the path of the browser; without one the test skips, but fails in CI."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium must be there in CI")
        pytest.skip("Chromium is not installed")
    return path


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Serve the built graph."""
    with comity_server() as server:
        yield server.address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium once a module: longer would leave its event loop running under tests that have one of their own."""
    from playwright.sync_api import expect, sync_playwright

    path = chromium()
    expect.set_options(timeout=20_000)  # a machine that does more at once is slow, not wrong
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Open an empty page, at `address` for relative paths, which fails its test if it logs an error or asks another host."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    made, seen = context.new_page(), Seen()
    made.on("request", seen.request)
    made.on("console", seen.message)
    made.on("pageerror", lambda error: seen.faults.append(str(error)))
    yield made
    context.close()
    assert seen.hosts <= {urlsplit(address).netloc}, seen.hosts
    assert not seen.faults, seen.faults  # said in full, as asserts are not rewritten here


def faults_of_access(page: Page) -> list[str]:
    """Return the grave faults that axe-core finds on the page as it stands, one line each: rule, first places, remedy."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", list(_RULES))
    return [f"{v['id']}: {v['help']}: {'; '.join(' '.join(map(str, n['target'])) for n in v['nodes'][:4])}"
            for v in found["violations"] if v["impact"] in _GRAVE]


def keep(page: Page, name: str) -> None:
    """Keep a screenshot of what a reader sees first, which CI offers for download."""
    folder = Path(os.environ.get("COMITY_SCREENSHOTS", "build/screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png")
