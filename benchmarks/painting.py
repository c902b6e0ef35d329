"""Kinds of pages are opened in Chromium on a processor slowed four times: when something is first seen, when pictures can be used, and what it all weighs.

`python -m benchmarks.painting` serves the built graph on loopback and prints a table in CSV. Each page is asked once of a fresh server (`first_ms`, its whole
time without a browser), then opened `ROUNDS` times with an empty browser cache; values are medians. Needs Playwright and Chromium.
"""

from __future__ import annotations

import csv
import gzip
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Response

SLOWED = 4
ROUNDS = 5
#: kind of page → its address, and what must stand there before its picture can be used
PAGES = {
    "home": ("/", ""), "state": ("/doc/actor/JPN", ""), "agreement": ("/doc/instrument/cptpp", ""), "provider": ("/doc/actor/openai", ""),
    "search": ("/search?q=data", ""), "questions": ("/queries", ""), "question": ("/queries/lookup/parties?agreement=RCEP&as_of=2026-01-01", ""),
    "query editor": ("/query", "#editor .cm-content"), "map": ("/map?as_of=2026-01-01", ".world a"),
    "map of blocs": ("/map?layer=bloc&as_of=2026-01-01", ".world a"), "network": ("/network?as_of=2026-01-01", "#canvas[data-drawn]"),
    "network, 200 states": ("/network?layer=R&as_of=2026-01-01", "#canvas[data-drawn]"), "timeline": ("/timeline", ""),
    "route": ("/route?from=EU&to=USA&as_of=2026-01-01", ""),
    "scenarios": ("/scenarios", ""), "comparison": ("/compare?agreements=CPTPP,USMCA&as_of=2026-01-01", ""), "paradigms": ("/paradigms", ""),
    "methods": ("/methods", ""), "coverage": ("/coverage", ""), "ontology": ("/ontology", ""),
}
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1"


@contextmanager
def served() -> Iterator[str]:
    """Serve the built graph in a process of its own; gives its address."""
    server = subprocess.Popen([sys.executable, "-m", "comity", "serve", "--port", "0"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield server.stdout.readline().split(" at ")[1].split("/ ")[0]
    finally:
        server.terminate()
        server.wait(10)


def asked(url: str) -> float:
    """Return the milliseconds in which a page is answered."""
    begin = time.perf_counter()
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": "text/html"})) as answer:
        answer.read()
    return 1000 * (time.perf_counter() - begin)


def opened(browser: Browser, url: str, picture: str, *, slowed: int) -> dict[str, float]:
    """Open a page with an empty cache; return when it was first painted, when its picture stood, and its kilobytes with all that it loads, gzipped."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    loaded: list[Response] = []
    page.on("response", lambda response: loaded.append(response))
    page.goto(url)
    found: dict[str, float] = {}
    if picture:
        page.wait_for_selector(picture, timeout=120_000)
        found["usable_ms"] = page.evaluate("performance.now()")
    page.wait_for_function(f"({_PAINTED}) >= 0")
    found["painted_ms"] = page.evaluate(_PAINTED)
    found["kilobytes"] = sum(len(gzip.compress(response.body())) for response in loaded if response.ok and "/metrics/blocs" not in response.url) / 1000
    context.close()
    return found


def measured(browser: Browser, base: str) -> Iterator[dict[str, Any]]:
    """Give a row for each kind of page."""
    for kind, (path, picture) in ((kind, PAGES[kind]) for kind in sys.argv[1:] or PAGES):
        first = asked(base + path)
        rounds = [opened(browser, base + path, picture, slowed=SLOWED) for _ in range(ROUNDS)]
        medians = {name: round(statistics.median(one[name] for one in rounds), 1) for name in rounds[0]}
        if picture:
            medians["unslowed_ms"] = round(statistics.median(opened(browser, base + path, picture, slowed=1)["usable_ms"] for _ in range(ROUNDS)), 1)
        yield {"page": kind, "first_ms": round(first), "again_ms": round(asked(base + path)), **medians}


def main() -> None:
    """Print one line a kind of page, or of those named."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        raise SystemExit("Chromium is not installed; on Debian: apt-get install chromium")
    writer = csv.DictWriter(sys.stdout, ["page", "first_ms", "again_ms", "painted_ms", "usable_ms", "unslowed_ms", "kilobytes"], lineterminator="\n")
    writer.writeheader()
    with served() as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        for row in measured(browser, base):
            writer.writerow(row)
            sys.stdout.flush()
        browser.close()


if __name__ == "__main__":
    main()
