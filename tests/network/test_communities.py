"""The Leiden algorithm on signed ties, beside the exact index."""

from __future__ import annotations

from typing import Any

import pytest
from signs import drawn, frustrated, ties, tribes

from comity.errors import InputError
from comity.network.communities import signed_communities
from comity.network.frustration import frustration_index


def test_friends_are_found_together_and_enemies_apart() -> None:
    found = signed_communities(ties(("A", "B", 1), ("B", "C", -1), ("C", "D", 1)))
    assert (found.partition, found.value, found.seed) == ({"A": 1, "B": 1, "C": 2, "D": 2}, 0.0, 0)


@pytest.mark.parametrize("seed", range(8))
def test_communities_are_never_better_than_what_is_proven(seed: int) -> None:
    graph = drawn(seed, nodes=14, share=0.4, directed=seed % 2 == 0)
    found = signed_communities(graph, seed=seed, weight="w")
    assert found.value == pytest.approx(frustrated(graph, found.partition, "w"))
    assert found.value >= frustration_index(graph, blocks=None, weight="w").value - 1e-9
    assert signed_communities(graph, seed=seed, weight="w") == found


@pytest.mark.parametrize("seed", [-1, 1.5, None, True])
def test_a_seed_that_is_no_whole_number_is_refused(seed: Any) -> None:
    with pytest.raises(InputError, match="seed is"):
        signed_communities(ties(("A", "B", 1)), seed=seed)


@pytest.mark.suites
def test_of_the_highland_tribes_they_are_the_blocs() -> None:
    assert signed_communities(tribes()).partition == frustration_index(tribes(), blocks=None).partition
