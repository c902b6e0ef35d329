"""Cores and peripheries on graphs where the best core is known."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest

from comity.errors import InputError
from comity.network.coreperiphery import core_periphery

STAR = nx.Graph([("hub", leaf) for leaf in "abcde"])


def test_a_star_is_all_core_and_periphery() -> None:
    found = core_periphery(STAR, draws=0)
    assert (found.core, found.periphery) == (("hub",), ("a", "b", "c", "d", "e"))
    assert found.fitness == pytest.approx(1)
    assert (found.p, found.expected) == (None, None)


def test_two_hubs_tied_to_all_are_the_core() -> None:
    graph = nx.Graph([("h", "i")] + [(hub, leaf) for hub in "hi" for leaf in "abc"])
    found = core_periphery(graph, draws=0)
    assert found.core == ("h", "i")
    assert found.fitness == pytest.approx(1)


def test_the_fit_of_a_path_is_the_correlation_by_hand() -> None:
    """Path a–b–c–d with core {b, c}: of 12 ordered pairs 6 are ties, 10 ideal; the 6 ties are all among the 10."""
    found = core_periphery(nx.path_graph(list("abcd")), draws=0)
    assert found.core == ("b", "c")
    assert found.fitness == pytest.approx((6 * 12 - 6 * 10) / (6 * 6 * 10 * 2) ** 0.5)


def by_trying_all(graph: nx.Graph[int]) -> float:
    n = graph.number_of_nodes()
    table, off = nx.to_numpy_array(graph, nodelist=range(n)), ~np.eye(n, dtype=bool)
    best = -2.0
    for size in range(1, n - 1):
        for core in map(list, combinations(range(n), size)):
            ideal = np.zeros((n, n))
            ideal[core, :] = ideal[:, core] = 1
            best = max(best, np.corrcoef(table[off], ideal[off])[0, 1])
    return best


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_the_search_finds_the_best_of_all_cores(directed: bool, seed: int) -> None:
    graph = nx.gnp_random_graph(8, 0.35, seed=seed, directed=directed)
    assert core_periphery(graph, draws=0, seed=1).fitness == pytest.approx(by_trying_all(graph))


def test_the_degrees_of_a_star_leave_no_other_network_so_its_core_is_no_finding() -> None:
    found = core_periphery(STAR, draws=39)
    assert (found.p, found.null) == (1.0, "degrees")
    assert found.expected == pytest.approx(1)


def test_as_many_ties_at_random_rarely_make_a_star() -> None:
    found = core_periphery(STAR, draws=39, null="density")
    assert found.p == pytest.approx(1 / 40)
    assert (found.expected or 0) < 0.9


@pytest.mark.parametrize("null", ["degrees", "density"])
def test_random_networks_are_seldom_found_to_have_a_core(null: str) -> None:
    """Of 20 networks without structure, p ≤ .1 befalls 2 on average; more than 6 would be odd (1 in 400)."""
    graphs = [nx.gnm_random_graph(12, 24, seed=seed) for seed in range(20)]
    values = [core_periphery(graph, null=null, draws=19, restarts=4).p or 0 for graph in graphs]
    assert sum(p <= 0.1 for p in values) <= 6
    assert sum(values) / 20 > 0.3


def test_a_core_that_the_degrees_do_not_explain_is_a_finding() -> None:
    """In the complete bipartite graph of 4 and 4 all degrees are equal, yet one side touches every tie."""
    found = core_periphery(nx.complete_bipartite_graph(4, 4), draws=39)
    assert found.core in ((0, 1, 2, 3), (4, 5, 6, 7))
    # 32 of 56 ordered pairs are ties, 44 ideal, all ties among them.
    assert found.fitness == pytest.approx((32 * 56 - 32 * 44) / (32 * 24 * 44 * 12) ** 0.5)
    assert found.p is not None
    assert found.p <= 2 / 40


def test_rewiring_keeps_what_a_node_gives_and_receives() -> None:
    """One gives to all and all else is silent: with directions, too, the degrees leave one network alone."""
    found = core_periphery(nx.DiGraph([("hub", leaf) for leaf in "abcde"]), draws=19)
    assert found.core == ("hub",)
    assert found.p == 1.0


def test_the_same_seed_gives_the_same_result() -> None:
    graph = nx.karate_club_graph()
    first = core_periphery(graph, draws=9, seed=2)
    assert core_periphery(nx.Graph(list(graph.edges)[::-1]), draws=9, seed=2) == first
    assert (first.draws, first.seed) == (9, 2)
    assert set(first.core) >= {0, 33}


def test_a_node_without_ties_is_in_the_periphery() -> None:
    graph = STAR.copy()
    graph.add_node("z")
    assert core_periphery(graph, draws=0).periphery == ("a", "b", "c", "d", "e", "z")


@pytest.mark.parametrize(("graph", "options", "message"), [
    (nx.path_graph(2), {}, "2 nodes with 1 ties have no core and periphery"), (nx.complete_graph(4), {}, "4 nodes with 6 ties"),
    (nx.empty_graph(4), {}, "no tie between two nodes"), (STAR, {"null": "coin"}, "unknown null coin; use one of degrees, density"),
    (STAR, {"draws": -1}, "draws -1 and restarts 10 cannot be negative"), (STAR, {"restarts": -2}, "restarts -2 cannot be negative")])
def test_a_graph_or_option_without_sense_is_refused(graph: nx.Graph[int], options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        core_periphery(graph, **options)  # type: ignore[arg-type]
