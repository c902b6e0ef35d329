"""A seed becomes igraph's source of random numbers for as long as a block runs.

igraph has one source for the whole process; a lock keeps threads from drawing out of each other's.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_ONE_AT_A_TIME: Final = threading.Lock()


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let igraph draw from a generator of its own, started at `seed`, the same on every platform."""
    import igraph

    with _ONE_AT_A_TIME:
        # The Mersenne twister of Python's library is what igraph knows how to call; nothing here is a secret.
        igraph.set_random_number_generator(random.Random(seed))  # noqa: S311
        try:
            yield
        finally:
            igraph.set_random_number_generator(random)
