"""The timeline of powers: each dated row once in its lane, days that are only months drawn as such, answers apart, and what is refused."""

from __future__ import annotations

import datetime

import pytest
from starlette.testclient import TestClient

from comity.api.app import create_app
from comity.errors import InputError
from comity.graph import Graph
from comity.site.lanes import Deed, Lanes, lanes
from comity.vocabulary import ID

KNOWN = datetime.date(2024, 12, 31)
POWERS = [(f"{ID}actor/{name}", name) for name in ("CHN", "EU", "USA")]


@pytest.fixture(scope="module")
def drawn(small: Graph) -> Lanes:
    return lanes(small, POWERS, first=2015, last=2024, known_on=KNOWN)


def _deeds(drawn: Lanes) -> dict[str, Deed]:
    return {deed.row.rsplit("/", 1)[-1]: deed for deed in drawn.deeds}


def test_rules_recognitions_measures_and_answers_stand_in_lanes_of_their_own(drawn: Lanes) -> None:
    found = _deeds(drawn)
    lane = {"chn-counter-measure-2020": "answers", "eu-security-review-2022": "measures", "EU-USA-2016": "recognitions", "CHN-personal-data-2021": "rules",
            "chn-data-law": "rules"}
    assert {name: found[name].lane for name in lane} == lane
    assert len(found) == len(drawn.deeds)
    assert all(deed.source and deed.grade for deed in drawn.deeds)


def test_a_deed_against_another_power_shown_or_its_firms_is_told_from_others(drawn: Lanes, small: Graph) -> None:
    found = _deeds(drawn)
    assert found["usa-devices-2023"].between  # the firm is based in China
    assert found["chn-counter-measure-2020"].between
    assert not found["eu-security-review-2022"].between
    alone = _deeds(lanes(small, [POWERS[1], POWERS[2]], first=2015, last=2024, known_on=KNOWN))
    assert not alone["usa-devices-2023"].between


def test_a_month_is_a_stretch_and_a_day_is_a_point(drawn: Lanes) -> None:
    marks = {mark.deed.row.rsplit("/", 1)[-1]: mark for strip in drawn.strips for lane in strip.lanes for mark in lane.marks}
    month, day = marks["eu-security-review-2022"], marks["usa-devices-2023"]
    assert month.deed.since == "2022-03"
    assert month.first < month.x
    assert day.first == day.x


def test_a_line_runs_to_a_stated_end_alone(drawn: Lanes) -> None:
    marks = {mark.deed.row.rsplit("/", 1)[-1]: mark for strip in drawn.strips for lane in strip.lanes for mark in lane.marks}
    ended, open_ = marks["EU-USA-2016"], marks["EU-USA-2023"]
    assert ended.last is not None
    assert ended.last > ended.x
    assert open_.last is None


def test_marks_of_a_lane_do_not_cover_one_another(drawn: Lanes) -> None:
    for strip in drawn.strips:
        for lane in strip.lanes:
            places = [(mark.x, mark.y) for mark in lane.marks]
            assert len(set(places)) == len(places)
            assert all(lane.top < y < lane.top + lane.height for _, y in places)


def test_rows_outside_the_years_or_without_a_date_are_counted(small: Graph) -> None:
    [china, union, america] = lanes(small, POWERS, first=2015, last=2024, known_on=KNOWN).strips
    assert america.undated >= 1  # USA-personal-data
    assert sum(lane.outside for lane in union.lanes) >= 1  # EU-personal-data-1998
    assert [china.iri, union.iri, america.iri] == [iri for iri, _ in POWERS]


def test_nothing_is_there_before_it_was_recorded(small: Graph) -> None:
    assert lanes(small, POWERS, first=2015, last=2024, known_on=datetime.date(2000, 1, 1)).deeds == ()


def test_too_few_powers_and_years_in_the_wrong_order_are_refused(small: Graph) -> None:
    with pytest.raises(InputError, match="name 2 to 5 different ones"):
        lanes(small, POWERS[:1], first=2015, last=2024, known_on=KNOWN)
    with pytest.raises(InputError, match="name 2 to 5 different ones"):
        lanes(small, [POWERS[0], POWERS[0]], first=2015, last=2024, known_on=KNOWN)
    with pytest.raises(InputError, match="two years in order"):
        lanes(small, POWERS, first=2024, last=2015, known_on=KNOWN)


def test_picture_table_and_data_hold_the_same_rows(small: Graph) -> None:
    client = TestClient(create_app(small))
    query = "powers=China, EU, USA&since=2015&until=2024&known_on=2024-12-31"
    rows = client.get(f"/timeline.json?{query}").json()["rows"]
    page = client.get(f"/timeline?{query}")
    assert page.status_code == 200
    assert page.text.count("<title>") - 1 == page.text.count('<tr><td class="date">') == len(rows) > 5
    assert client.get("/timeline?powers=China, Atlantis").status_code == 400
    assert client.get("/timeline?since=then").status_code == 400
