"""A dataset of four actors for the writers: layers, spells, unknown cells, lists, awkward names."""

from __future__ import annotations

from dataclasses import replace

from comity.network.dataset import ACTORS, TIES, Column, Dataset, Row, standard

COLUMNS = (
    *standard("id", "label", "iso3", "cow", "gw", "kind", table=ACTORS),
    Column(ACTORS, "bloc", "integer", "number", "Bloc, 1 the first."),
    Column(ACTORS, "score", "number", "0 to 1", "A score."),
    Column(ACTORS, "coded", "boolean", "boolean", "Whether the actor was coded."),
    *standard("source", "target", "layer", "sign", "weight", "start", "end", "through", table=TIES))
PEOPLE: tuple[Row, ...] = (
    {"id": "DEU", "label": "Germany", "iso3": "DEU", "cow": 255, "gw": 260, "kind": "State", "bloc": 1, "score": 0.25, "coded": True},
    {"id": "EU", "label": 'Union <b>&"', "bloc": 1, "score": None, "coded": False},
    {"id": "VNM", "label": "Việt Nam, 越南", "iso3": "VNM", "cow": 816, "gw": 816, "kind": "State", "bloc": 2},
    {"id": "odd one", "label": None})
TRADE: tuple[Row, ...] = (
    {"source": "DEU", "target": "EU", "layer": "trade", "sign": 1, "weight": 2.5, "through": ["instrument/a", "instrument/b"]},
    {"source": "DEU", "target": "VNM", "layer": "trade", "sign": -1, "weight": 0.1, "through": []},
    {"source": "EU", "target": "odd one", "layer": "trade", "sign": 1, "weight": 1e-07})
DATA: tuple[Row, ...] = ({"source": "DEU", "target": "EU", "layer": "data flows", "sign": 1, "weight": 3, "through": ["instrument/a"]},
                         {"source": "VNM", "target": "EU", "layer": "data flows", "sign": None, "weight": None})
SPELLS: tuple[Row, ...] = (
    {"source": "DEU", "target": "EU", "layer": "trade", "weight": 1, "start": "2004-05-01", "end": "2007-01-01", "through": ["instrument/a"]},
    {"source": "DEU", "target": "EU", "layer": "trade", "weight": 2, "start": "2010", "through": ["instrument/b"]},
    {"source": "DEU", "target": "VNM", "layer": "trade", "weight": 4, "start": "2011-02", "end": "2012-02"},
    {"source": "EU", "target": "VNM", "layer": "trade"})
ABOUT = {"version": "0.6.0+abc", "method": "test", "query_sha256": "0" * 64, "seed": 7, "as_of": "2024-01-01"}

ONE = Dataset("toy", {ACTORS: PEOPLE, TIES: TRADE}, COLUMNS, ABOUT)
LAYERS = replace(ONE, tables={ACTORS: PEOPLE, TIES: TRADE + DATA})
TIMED = replace(ONE, tables={ACTORS: PEOPLE, TIES: SPELLS})
EMPTY = replace(ONE, tables={ACTORS: PEOPLE})
ALL = {"one layer": ONE, "two layers": LAYERS, "directed": replace(LAYERS, directed=True), "spells": TIMED, "no tie": EMPTY}
