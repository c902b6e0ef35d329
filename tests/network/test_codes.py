"""The codes under which others list states, on the built graph."""

from __future__ import annotations

import csv
import os

import pytest
from real import ROOT, built

LIST = ROOT.parent / "shared" / "reference" / "unga" / "cow_codes.csv"


def codes(name: str) -> dict[str, int]:
    rows = built().query(f"SELECT ?actor ?code {{ ?actor comity:{name} ?code }}")
    return {str(row["actor"]).rpartition("/")[2]: int(str(row["code"])) for row in rows}


@pytest.mark.parametrize("name", ["cowCode", "gwNumber"])
def test_no_two_actors_share_a_code(name: str) -> None:
    found = codes(name)
    assert len(found) == len(set(found.values())) == 195


def test_the_two_lists_differ_for_seven_states_and_leave_out_the_same() -> None:
    cow, gw = codes("cowCode"), codes("gwNumber")
    assert cow.keys() == gw.keys()
    assert {actor: (cow[actor], gw[actor]) for actor in cow if cow[actor] != gw[actor]} == {
        "DEU": (255, 260), "KIR": (946, 970), "NRU": (970, 971), "SRB": (345, 340), "TON": (955, 972), "TUV": (947, 973), "YEM": (679, 678)}
    states = {str(row["code"]) for row in built().query("SELECT ?code { ?s a comity:State ; comity:isoAlpha3 ?code }")}
    assert states - cow.keys() == {"PSE", "VAT"}
    assert cow.keys() - states == {"TWN", "XKX"}


@pytest.mark.suites
def test_each_code_of_correlates_of_war_stands_in_its_list() -> None:
    if not LIST.exists():
        reason = f"{LIST} is not here"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with LIST.open(encoding="utf-8") as file:
        listed = {int(row["CCode"]) for row in csv.DictReader(file)}
    assert set(codes("cowCode").values()) <= listed


def test_nodes_of_the_network_carry_the_codes() -> None:
    nodes = built().network(as_of="2025-01-01", layer="recognitions").nodes
    assert (nodes["JPN"]["cow"], nodes["JPN"]["gw"]) == (740, 740)
    assert "cow" not in nodes["EU"]
