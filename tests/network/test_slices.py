"""What changed from day to day, on hand-made networks and on those of the small graph."""

from __future__ import annotations

import networkx as nx
import pytest

from comity.errors import InputError
from comity.graph import Graph
from comity.network.slices import Change, slices, table

DAYS = ["2020-01-01", "2021-01-01"]


def tied(*ties: tuple[str, str, str], directed: bool = False) -> nx.Graph[str]:
    """Return a graph of ties (source, target, ids), each as heavy as it has ids."""
    graph: nx.Graph[str] = nx.DiGraph() if directed else nx.Graph()
    for source, target, through in ties:
        graph.add_edge(source, target, weight=len(through.split()), through=through)
    return graph


def between(before: nx.Graph[str], after: nx.Graph[str]) -> tuple[Change, ...]:
    return slices(DAYS, dict(zip(DAYS, (before, after), strict=True)).__getitem__)[1].changes


@pytest.mark.parametrize(("then", "now", "move", "came", "gone"), [
    ("", "t", "gained", ("t",), ()), ("t", "", "lost", (), ("t",)), ("t", "t u", "heavier", ("u",), ()), ("t u", "u", "lighter", (), ("t",)),
    ("t", "u", "replaced", ("u",), ("t",)), ("t u", "v w x", "heavier", ("v", "w", "x"), ("t", "u"))])
def test_each_move_of_a_tie_names_what_came_and_what_went(then: str, now: str, move: str, came: tuple[str, ...], gone: tuple[str, ...]) -> None:
    graphs = [tied(("A", "C", "z"), *([("A", "B", through)] if through else [])) for through in (then, now)]
    (found,) = between(*graphs)
    assert (found.source, found.target, found.move, found.came, found.gone) == ("A", "B", move, came, gone)
    assert (found.before, found.after) == (len(then.split()), len(now.split()))
    assert (found.since, found.day) == tuple(DAYS)


def test_a_tie_that_stands_as_it_stood_is_no_change() -> None:
    assert between(tied(("A", "B", "t u")), tied(("B", "A", "u t"))) == ()


def test_a_directed_tie_that_turns_round_is_lost_and_gained() -> None:
    found = between(tied(("A", "B", "r"), directed=True), tied(("B", "A", "r2"), directed=True))
    assert [(c.source, c.target, c.move, c.directed) for c in found] == [("A", "B", "lost", True), ("B", "A", "gained", True)]


def test_the_same_pair_in_another_layer_is_another_tie() -> None:
    graphs = []
    for layers in (["x"], ["x", "y"]):
        graph = nx.MultiDiGraph()
        for layer in layers:
            for pair in (("A", "B"), ("B", "A")):
                graph.add_edge(*pair, key=layer, weight=1, through="t", directed=False)
        graphs.append(graph)
    (found,) = between(*graphs)
    assert (found.layer, found.move, found.directed) == ("y", "gained", False)


def test_causes_are_the_ids_that_moved_most_ties() -> None:
    found = slices(DAYS, {DAYS[0]: tied(("A", "B", "a")), DAYS[1]: tied(("A", "B", "a t"), ("B", "C", "t"), ("A", "C", "u"))}.__getitem__)
    assert {name: len(changes) for name, changes in found[1].causes.items()} == {"t": 2, "u": 1}
    assert list(found[1].causes) == ["t", "u"]
    assert [c.target for c in found[1].having("gained")] == ["C", "C"]


def test_the_first_day_has_ties_and_no_changes() -> None:
    (only,) = slices(DAYS[:1], lambda day: tied(("A", "B", "t")))
    assert (only.day, only.ties, only.changes, only.causes) == ("2020-01-01", 1, (), {})


def test_a_withdrawal_loses_the_ties_that_ran_through_the_agreement(small: Graph) -> None:
    """The United States leave the Harbour Trade Agreement on 2021-07-01; the United Kingdom joins in December 2024."""
    days = ["2021-06-30", "2021-07-01", "2024-12-31"]
    _, left, joined = slices(days, lambda day: small.network(as_of=day, known_on="2999-01-01", layer="agreements"))
    assert [(c.source, c.target, c.move, c.gone) for c in left.changes] == [
        ("JPN", "USA", "lost", ("harbour-agreement",)), ("SGP", "USA", "lost", ("harbour-agreement",))]
    assert left.causes.keys() == {"harbour-agreement"}
    assert [(c.source, c.target) for c in joined.having("gained") if c.came == ("harbour-agreement",)] == [("GBR", "JPN"), ("GBR", "SGP")]


def test_a_decision_replaced_by_another_names_both_rows(small: Graph) -> None:
    days = ["2020-07-15", "2020-07-16", "2023-07-10"]
    found = slices(days, lambda day: small.network(as_of=day, known_on="2999-01-01", layer="recognitions"))
    assert [(c.day, c.source, c.target, c.move, c.came, c.gone) for s in found for c in s.changes] == [
        ("2020-07-16", "EU", "USA", "lost", (), ("EU-USA-2016",)), ("2023-07-10", "EU", "USA", "gained", ("EU-USA-2023",), ())]
    leap = slices([days[0], days[2]], lambda day: small.network(as_of=day, known_on="2999-01-01", layer="recognitions"))
    assert [(c.move, c.came, c.gone) for c in leap[1].changes] == [("replaced", ("EU-USA-2023",), ("EU-USA-2016",))]


def test_the_table_holds_one_row_a_change_with_ids_joined_by_blanks() -> None:
    rows = table(slices(DAYS, {DAYS[0]: tied(("A", "B", "a b")), DAYS[1]: tied(("A", "B", "c d"))}.__getitem__))
    assert rows == ({"since": "2020-01-01", "day": "2021-01-01", "source": "A", "target": "B", "layer": "", "directed": False, "move": "replaced",
                     "before": 2, "after": 2, "came": "c d", "gone": "a b"},)


@pytest.mark.parametrize(("days", "message"), [
    ([], "no days; give at least one"), (["2020"], "2020 is no day; write YYYY-MM-DD"),
    (["2020-01-01", "2020-01-01"], "2020-01-01 does not come after 2020-01-01"),
    (["2021-01-01", "2020-01-01"], "2020-01-01 does not come after 2021-01-01; give the days in order, each once")])
def test_days_that_are_none_or_out_of_order_are_refused(days: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        slices(days, lambda day: tied(("A", "B", "t")))


def test_an_edge_without_ids_is_refused_with_its_day() -> None:
    with pytest.raises(InputError, match="on 2020-01-01 the tie A to B lacks weight or through"):
        slices(DAYS, lambda day: nx.Graph([("A", "B")]))


def test_a_kind_of_move_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="no tie is stolen; use one of gained, lost, heavier, lighter, replaced"):
        slices(DAYS, lambda day: tied(("A", "B", "t")))[0].having("stolen")
