"""Spells of real layers: by hand on the small graph, valid GEXF, bad input."""

from __future__ import annotations

import io
import os

import pytest
import xmlschema
from real import SUITES

from comity.cli.main import run
from comity.errors import InputError
from comity.graph import Graph
from comity.network import Slice
from comity.network.formats import write
from comity.network.history import history

AT = Slice(known_on="2024-12-31")


def test_a_tie_has_a_spell_for_each_time_in_which_it_kept_its_weight(small: Graph) -> None:
    found = history(small.store, small.layout.queries, "agreements", ("2018-06-01", "2021-12-31"), at=AT)
    spells = [(t["start"], t["end"], t["weight"], t["through"]) for t in found.ties if (t["source"], t["target"]) == ("JPN", "USA")]
    assert ("2018-12-30", "2021-07-01") in [spell[:2] for spell in spells]
    assert all("harbour-agreement" in spell[3] for spell in spells)


def test_each_day_of_a_history_is_the_network_of_that_day(small: Graph) -> None:
    found = history(small.store, small.layout.queries, "agreements", ("2018-06-01", "2023-12-31"), at=AT)
    for day in ("2018-06-01", "2019-03-01", "2020-02-01", "2021-06-30", "2021-07-01", "2023-12-31"):
        standing = {(t["source"], t["target"], t["weight"]) for t in found.ties if (t["start"] or "") <= day < (t["end"] or "9999")}
        network = small.network(as_of=day, known_on="2024-12-31", layer="agreements")
        assert standing == {(u, v, d["weight"]) for u, v, d in network.edges(data=True) if u < v}


@pytest.mark.suites
def test_the_dynamic_gexf_of_a_layer_is_valid(small: Graph) -> None:
    if not SUITES.exists():
        if os.environ.get("CI"):
            pytest.fail("the public test suites are missing")
        pytest.skip("the public test suites are not here")
    schema = xmlschema.XMLSchema(str(SUITES / "gexf" / "gexf.xsd"))
    for layer in ("agreements", "recognitions"):
        data = write(history(small.store, small.layout.queries, layer, ("2018-06-01", "2024-06-01"), at=AT), "gexf")
        schema.validate(io.BytesIO(data))
        assert b'mode="dynamic"' in data
        assert b"<spell " in data


@pytest.mark.parametrize(("layer", "span", "words"), [
    ("nonsense", ("2018-01-01", "2020-01-01"), "no layer"), ("agreements", ("2020-01-01", "2018-01-01"), "does not come after"),
    ("agreements", ("2018", "2020-01-01"), "is no day"), ("agreements", ("1801-01-01", "1801-02-01"), "no tie")])
def test_what_cannot_be_used_is_refused(small: Graph, layer: str, span: tuple[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        history(small.store, small.layout.queries, layer, span, at=AT)


def test_the_command_writes_the_spells_of_a_layer_and_refuses_days_out_of_order(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["metrics", "spells", "--layer", "recognitions", "--from", "2019-01-20", "--to", "2019-01-25"]) == 0
    rows = capfdbinary.readouterr().out.decode().splitlines()
    assert rows[0].endswith("start,end")
    assert any({"EU", "JPN", "2019-01-23"} <= set(row.split(",")) for row in rows[1:])
    assert run(["metrics", "spells", "--from", "2019-01-01", "--to", "2018-01-01"]) == 2
