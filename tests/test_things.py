"""Pages of things: what they say first, timeline, days that stay through links, sources that disagree, size; search, comparison and nearness."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from fastapi.testclient import TestClient
from real import ROOT, built

from comity.api.app import create_app
from comity.describe import Mention, Statement
from comity.graph import Graph
from comity.matching import read
from comity.network.scores import Scores
from comity.site.briefs import Asked, grouped
from comity.site.finding import found
from comity.site.nearness import nearness
from comity.site.things import disputed
from comity.site.timeline import LEFT, WIDTH, timeline
from comity.vocabulary import ID, NS, prefixes

HTML = {"Accept": "text/html"}
STATIC = ROOT / "src" / "comity" / "site" / "static"


@pytest.fixture(scope="module")
def client(small: Graph) -> TestClient:
    return TestClient(create_app(small))


@pytest.fixture(scope="module")
def real() -> TestClient:
    return TestClient(create_app(built()))


def row(name: str, **values: str) -> Mention:
    made = tuple(Statement(NS + key if key != "hadPrimarySource" else f"http://www.w3.org/ns/prov#{key}", key, value, "", "", value.startswith("http"))
                 for key, value in values.items())
    return Mention(ID + name, NS + "Participation", made)


# Sources that disagree

HAND = {"participant": ID + "actor/JPN", "inInstrument": ID + "instrument/cptpp"}


@pytest.mark.parametrize(("first", "second", "expected"), [
    ({"validFrom": "2018-12-30", "hadPrimarySource": "http://a"}, {"validFrom": "2018-12-31", "hadPrimarySource": "http://b"}, True),
    ({"validFrom": "2018-12-30", "hadPrimarySource": "http://a"}, {"validFrom": "2018-12-30", "hadPrimarySource": "http://b"}, False),
    ({"validFrom": "2018-12-30", "hadPrimarySource": "http://a"}, {"validFrom": "2018", "hadPrimarySource": "http://b"}, False),
    ({"validFrom": "2018-12-30", "hadPrimarySource": "http://a"}, {"validFrom": "2018-12-31", "hadPrimarySource": "http://a"}, False),
    ({"validFrom": "2010", "validUntil": "2012", "hadPrimarySource": "http://a"}, {"validFrom": "2015", "hadPrimarySource": "http://b"}, False),
    ({"validFrom": "2018-12-30", "hadPrimarySource": "http://a"},
     {"validFrom": "2018-12-31", "hadPrimarySource": "http://b", "retractedOn": "2024-01-01"}, False),
], ids=["other day", "same day", "day within the year", "same source", "one after the other", "retracted"])
def test_sources_disagree_if_they_date_the_same_fact_differently(first: dict[str, str], second: dict[str, str], expected: bool) -> None:
    rows = [row("participation/one", **HAND, **first), row("participation/two", **HAND, **second)]
    assert disputed(rows) == ({ID + "participation/one", ID + "participation/two"} if expected else set())


# Timeline

def test_a_spell_that_is_open_runs_to_the_edge_and_one_that_ended_does_not() -> None:
    rows = [row("a", validFrom="2000-01-01", validUntil="2005-01-01"), row("b", validFrom="2003-01-01")]
    drawn = timeline({NS + "Participation": rows}, (), until="2009-06-01")
    assert drawn is not None
    (lane,) = drawn.lanes
    ends = [float(x) for x in re.findall(r"H([\d.]+)", lane.spells)]
    assert ends == [pytest.approx(LEFT + (WIDTH - LEFT - 10) / 2), WIDTH - 10]
    assert (lane.first, lane.last, lane.count) == (2000, 2003, 2)


def test_undated_and_retracted_rows_are_not_drawn() -> None:
    rows = [row("a", validFrom="2000"), row("b"), row("c", validFrom="2001", retractedOn="2024-01-01")]
    assert timeline({NS + "Participation": rows}, (), until="2009-06-01") is None


# Pages

def test_the_page_of_a_state_begins_with_what_holds_on_the_day_with_source_and_grade(client: TestClient) -> None:
    text = client.get("/doc/actor/JPN?as_of=2024-01-01", headers=HTML).text
    assert "On 2024-01-01, as known on" in text
    place = text.index("Agreements that bind it")
    assert "harbour-agreement" in text[place:place + 3000]
    assert 'class="grade' in text[place:place + 3000]
    assert place < text.index('id="facts"')
    assert "/queries/lookup/bound-by?actor=actor%2FJPN&amp;as_of=2024-01-01" in text


def test_an_agreement_that_began_later_is_not_among_those_that_bind(client: TestClient) -> None:
    before = client.get("/doc/actor/JPN?as_of=2017-01-01", headers=HTML).text
    assert "Agreements that bind it" not in before


def test_the_days_of_a_page_stay_through_its_links_and_nowhere_else(client: TestClient) -> None:
    text = client.get("/doc/actor/JPN?as_of=2024-01-01&known_on=2024-06-15", headers=HTML).text
    assert 'href="/doc/instrument/harbour-agreement?as_of=2024-01-01&amp;known_on=2024-06-15"' in text
    assert 'value="2024-01-01"' in text
    assert "as_of=2024-01-01" not in client.get("/doc/actor/JPN", headers=HTML).text


def test_the_page_of_a_provider_groups_where_its_services_are_restricted_before_where_they_can_be_used(client: TestClient) -> None:
    text = client.get("/doc/actor/openai?as_of=2024-01-15&known_on=2024-12-31", headers=HTML).text
    part = text[text.index("Where its services are restricted"):]
    groups = re.findall(r'<tr class="group">.*?>([^<>]+)</a> <span class="n">(\d+)</span>', part)
    assert [name for name, _ in groups] == ["Not offered", "Available"]
    assert "China" in part[part.index("Not offered"):part.index("Available")]


def test_places_in_which_the_same_binds_a_provider_stand_together(small: Graph) -> None:
    asked = Asked("aigc/rules-on-provider", "provider", "", ("instrument", "duty"), "seat")
    places = [ID + "actor/" + name for name in ("FRA", "DEU", "JPN")]
    rows = [{"instrument": "a", "duty": "x", "seat": place} for place in places] + [{"instrument": "b", "duty": "y", "seat": places[2]}]
    both, alone = grouped(small, rows, asked)
    assert [label for _, label in both.values] == ["France", "Germany"]
    assert [label for _, label in alone.values] == ["Japan"]
    assert (both.total, alone.total, len(alone.things)) == (1, 2, 2)


def test_the_page_of_an_agreement_begins_with_its_provisions_by_topic_each_with_its_grade(client: TestClient) -> None:
    text = client.get("/doc/instrument/harbour-agreement", headers=HTML).text
    table = text[text.index('id="provisions-by-topic"'):text.index("Parties on the day")]
    assert re.findall(r'/doc/provision/harbour-agreement-([\d-]+)"', table) == ["14-11", "14-13"]
    assert "necessity-tested" in table
    assert table.count('class="grade') == 2
    assert "provisions-by-topic" not in client.get("/doc/instrument/eu-data-law", headers=HTML).text


def test_a_long_table_shows_its_end_and_the_rest_when_asked(real: TestClient) -> None:
    table = re.compile(r'<h2 id="Participation">.*?</table>', re.S)
    some, whole = (table.findall(real.get(path, headers=HTML).text)[0].count("<tr>") for path in ("/doc/actor/SGP", "/doc/actor/SGP?all=Participation"))
    assert some == 9
    assert whole > some


@pytest.mark.parametrize("path", ["/doc/actor/USA", "/doc/actor/JPN", "/doc/actor/openai", "/doc/instrument/cptpp"])
def test_a_page_of_a_thing_with_all_that_it_loads_is_at_most_60_kilobytes(real: TestClient, path: str) -> None:
    text = real.get(path, headers=HTML).text
    assets = set(re.findall(r'(?:src|href)="/static/([^"]+)"', text))
    assert {"style.css", "things.css"} <= assets
    assert len(gzip.compress(text.encode())) + sum(len(gzip.compress(Path(STATIC / name).read_bytes())) for name in assets) <= 60_000


# Search

def test_a_mistyped_name_lists_what_it_may_mean_and_says_so(client: TestClient) -> None:
    answer = client.get("/search?q=Singapoer", headers=HTML, follow_redirects=False)
    assert answer.status_code == 200
    assert "/doc/actor/SGP" in answer.text
    assert "these names are like it" in answer.text


def test_what_fits_by_name_comes_before_what_is_like_it(small: Graph) -> None:
    from comity.suggestions import Suggestions

    listed = found(Suggestions(small.store, prefixes(small.layout.ontology)), read(small.store), "Japan")
    assert (listed[0].iri, listed[0].is_like, listed[0].kind) == (ID + "actor/JPN", False, "State")
    assert [f.is_like for f in listed] == sorted(f.is_like for f in listed)


def test_what_is_offered_while_one_types_is_a_piece_of_a_page(client: TestClient) -> None:
    text = client.get("/search/offered?q=jap", headers=HTML).text
    assert "/doc/actor/JPN" in text
    assert "<html" not in text
    assert client.get("/search/offered?q=").text == ""


def test_a_search_sends_nobody_to_another_host(client: TestClient) -> None:
    answer = client.get("/search?q=https://example.org/", headers=HTML, follow_redirects=False)
    assert answer.status_code == 200


# Nearness

def scores(actors: tuple[str, ...], aligned: list[float], counts: list[int]) -> Scores:
    """Return scores of which only the first actor's row matters; R is 0 but for the last actor."""
    def table(values: list[float]) -> np.ndarray[Any, Any]:
        return np.array([values] * len(values))

    rivals = table([0.0] * (len(actors) - 1) + [0.5])
    values = {"A": table(aligned), "R": rivals}
    names = {a: {"label": a.title()} for a in actors}
    world = SimpleNamespace(index=SimpleNamespace(actors=actors), names=names, instruments=dict.fromkeys("AR", table(counts)))
    ends = SimpleNamespace(low={n: v - 0.1 for n, v in values.items()}, high={n: v + 0.1 for n, v in values.items()})
    return cast(Scores, SimpleNamespace(world=world, values=values, ends=ends))


def test_powers_are_listed_by_alignment_ties_by_id_and_thin_evidence_is_left_out() -> None:
    lists = nearness(scores(("one", "b", "a", "thin", "nan", "foe"), [1.0, 0.4, 0.4, 0.9, float("nan"), -0.3], [9, 3, 3, 2, 5, 4]), "one")
    assert [(p.id, p.label, p.score) for p in lists["nearest"]] == [("a", "A", 0.4), ("b", "B", 0.4), ("foe", "Foe", -0.3)]
    assert [p.id for p in lists["rivals"]] == ["foe"]
    assert (lists["rivals"][0].low, lists["rivals"][0].high, lists["rivals"][0].instruments) == (0.4, 0.6, 4)


def test_who_is_not_in_the_world_has_no_powers_near() -> None:
    assert nearness(scores(("one", "two"), [1.0, 0.5], [9, 9]), "nobody") == {"nearest": [], "farthest": [], "rivals": []}
