"""The slow and better forms of `docs/query-advice.md` are timed on the built graph: `python -m benchmarks.advice`."""

from __future__ import annotations

import re
import statistics
import time
from pathlib import Path

from comity.graph import open as open_graph
from comity.store import Store

PAGE = Path(__file__).resolve().parents[1] / "docs" / "query-advice.md"
RUNS = 7


def main() -> None:
    """Print rows and median of each form, and the ratio to the last slow one before it."""
    graph = open_graph()
    slow = 0.0
    for section in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        for text in re.findall(r"```sparql\n(.*?)```", section, re.DOTALL):
            rows, milliseconds = _time(graph.store, text)
            slow = slow if text.startswith("# better") else milliseconds
            print(f"{section.partition(chr(10))[0]:16} {rows:7} rows {milliseconds:9.1f} ms {slow / milliseconds:8.1f} ×   {text.partition(chr(10))[0]}")


def _time(store: Store, text: str) -> tuple[int, float]:
    """Return rows and the median of processor milliseconds; the first run warms up."""
    rows, times = len(store.query(text)), []
    for _ in range(RUNS):
        start = time.process_time()
        store.query(text)
        times.append((time.process_time() - start) * 1000)
    return rows, statistics.median(times)


if __name__ == "__main__":
    main()
