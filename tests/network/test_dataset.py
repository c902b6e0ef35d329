"""The dataset that all writers read: what it takes, makes plain, and refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from toy import ALL, COLUMNS, EMPTY, LAYERS, ONE, PEOPLE, TIMED

from comity.errors import InputError
from comity.network.dataset import ACTORS, STANDARD, TIES, Column, Dataset, Row, standard

TIE: Row = {"source": "DEU", "target": "EU", "layer": "trade"}


def test_a_cell_that_a_row_leaves_out_and_an_empty_text_or_list_are_unknown() -> None:
    assert ONE.actors[1]["iso3"] is None
    assert ONE.actors[3]["label"] is None
    assert ONE.ties[1]["through"] is None
    assert replace(ONE, tables={ACTORS: ({"id": "A", "label": ""},)}).actors[0]["label"] is None
    assert list(ONE.actors[3]) == [c.name for c in ONE.of(ACTORS)]


def test_numbers_of_numpy_and_lists_become_plain() -> None:
    row: Row = {**TIE, "sign": np.int64(1), "weight": np.float32(0.5), "through": ["a", "b"]}  # type: ignore[dict-item]
    tie = replace(ONE, tables={ACTORS: PEOPLE, TIES: (row,)}).ties[0]
    assert [type(tie[name]) for name in ("sign", "weight", "through")] == [int, float, tuple]
    assert (tie["sign"], tie["weight"], tie["through"]) == (1, 0.5, ("a", "b"))


def test_whole_numbers_become_numbers_where_numbers_stand() -> None:
    weight = replace(ONE, tables={ACTORS: PEOPLE, TIES: ({**TIE, "weight": 2},)}).ties[0]["weight"]
    assert (type(weight), weight) == (float, 2.0)


@pytest.mark.parametrize(("cells", "message"), [
    ({"weight": "2"}, "ties.weight: '2' is no number"), ({"weight": float("nan")}, "give a finite number, or None"), ({"weight": True}, "is no number"),
    ({"sign": 1.5}, "1.5 is no integer"), ({"start": "2004-02-30"}, "give YYYY, YYYY-MM or YYYY-MM-DD"), ({"start": "June"}, "is no date"),
    ({"through": "a b"}, "is no list"), ({"through": ["a b"]}, "ids without blanks"), ({"through": [1]}, "ids without blanks"),
    ({"layer": "a\nb"}, "one line without control characters"), ({"colour": "red"}, "column colour is not declared"),
    ({"target": "FRA"}, "FRA is no actor"), ({"source": None}, "None is no actor"),
    ({"start": "2007-01-01", "end": "2007-01-01"}, "the end is the first day on which it no longer held"),
    ({"start": "2008", "end": "2007-06"}, "starts on 2008")])
def test_a_bad_cell_of_a_tie_is_refused_with_its_place(cells: Row, message: str) -> None:
    with pytest.raises(InputError, match=message):
        replace(ONE, tables={ACTORS: PEOPLE, TIES: ({**TIE, **cells},)})


@pytest.mark.parametrize(("actors", "message"), [
    (({"id": "A", "label": "a"}, {"id": "A", "label": "b"}), "actor A stands twice"), (({"label": "a"},), "has no id")])
def test_each_actor_has_an_id_of_its_own(actors: tuple[Row, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        replace(ONE, tables={ACTORS: actors})


@pytest.mark.parametrize(("columns", "message"), [
    ((*COLUMNS, COLUMNS[0]), "actors.id is declared twice"), (COLUMNS[1:], "table actors lacks the column id"),
    ((*COLUMNS, Column(TIES, "n", "integer", "count", "")), "ties.n has no meaning")])
def test_bad_columns_are_refused(columns: tuple[Column, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Dataset("bad", {}, columns)


@pytest.mark.parametrize("name", ["", "../up", "a b", ".hidden"])
def test_a_name_that_makes_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="name of a dataset"):
        replace(ONE, name=name)


def test_what_made_a_dataset_is_plain() -> None:
    with pytest.raises(InputError, match="about: "):
        replace(ONE, about={"day": object()})


def test_a_table_without_columns_is_refused_and_one_with_columns_kept() -> None:
    with pytest.raises(InputError, match="table pairs of toy: no column is declared"):
        replace(ONE, tables={**ONE.tables, "pairs": ()})
    more = replace(ONE, columns=(*COLUMNS, Column("pairs", "a", "text", "id", "One.")), tables={**ONE.tables, "pairs": ({"a": "x"},)})
    assert more.tables["pairs"] == ({"a": "x"},)


def test_what_the_writers_ask_of_a_dataset() -> None:
    assert {name: (d.timed, d.parallel, d.layers) for name, d in ALL.items()} == {
        "one layer": (False, False, ("trade",)), "two layers": (False, True, ("trade", "data flows")), "directed": (False, True, ("trade", "data flows")),
        "spells": (True, True, ("trade",)), "no tie": (False, False, ())}
    assert ONE.grouping == "bloc"
    assert ONE.groups("bloc") == {"DEU": 1, "EU": 1, "VNM": 2}
    assert EMPTY.ties == ()
    assert TIMED.ties[0]["sign"] is None


def test_opposite_ties_are_parallel_only_without_direction() -> None:
    both = (TIE, {**TIE, "source": "EU", "target": "DEU"})
    assert [replace(ONE, tables={ACTORS: PEOPLE, TIES: both}, directed=d).parallel for d in (False, True)] == [True, False]


def test_standard_columns_are_asked_for_by_name() -> None:
    assert standard("target", "source", table=TIES) == tuple(c for n in ("target", "source") for c in STANDARD if (c.table, c.name) == (TIES, n))
    with pytest.raises(InputError, match="no standard column of actors is called weight; use id, label"):
        standard("weight", table=ACTORS)


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(InputError, match="unknown table nodes; use ties or actors"):
        LAYERS.of("nodes")
