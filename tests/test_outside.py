"""Outside data: what is read from a user's own copies, which files are refused, and the matrices of dyads made of facts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from real import SUITES

from comity.errors import InputError
from comity.site.methods import dyads
from comity.site.methods.outside import digest, ideal_points, parties

POINTS = "Row,session,IdealPoint,iso3c\n1,73,0.5,JPN\n2,74,1.25,JPN\n3,74,-0.75,CHN\n4,74,0.1,\n"
HEAD = '"base_treaty";"entry_type";"entryforceyear";"c1";"c2";"c3";"mc1";"mc2";"mc3"\n'
TREATIES = HEAD + "\n".join((
    '1;"base_treaty";2000;392;36;NA;0;0;NA', '1;"accession";2010;392;36;702;2;2;1', '1;"withdrawal";2015;392;36;702;2;1;2',
    '2;"base_treaty";2018;392;156;NA;0;0;NA', '3;"base_treaty";NA;392;156;NA;0;0;NA', '4;"negotiation";2001;392;156;NA;0;0;NA',
    '2;"protocol or amendment";2018;392;156;702;0;0;1')) + "\n"


def _file(folder: Path, text: str) -> Path:
    path = folder / "data.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_ideal_points_are_those_of_the_session_that_began_in_the_year(tmp_path: Path) -> None:
    path = _file(tmp_path, POINTS)
    assert ideal_points(path, year=2019) == {"JPN": 1.25, "CHN": -0.75}
    assert ideal_points(path, year=2018) == {"JPN": 0.5}


@pytest.mark.parametrize(("text", "words"), [
    ("Row,session,iso3c\n1,74,JPN\n", "no column IdealPoint"),
    (POINTS.replace("1.25", "NA"), "data.csv:3: IdealPoint 'NA' is no number"),
    (POINTS.replace("74", "12"), "no ideal point of session 74"), ("", "no column session")])
def test_a_file_that_holds_no_ideal_points_of_the_session_is_refused(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        ideal_points(_file(tmp_path, text), year=2019)


def test_parties_join_by_accession_and_leave_by_withdrawal(tmp_path: Path) -> None:
    path = _file(tmp_path, TREATIES)
    assert parties(path, year=2009) == [frozenset({"392", "036"})]
    assert parties(path, year=2012) == [frozenset({"392", "036", "702"})]
    assert parties(path, year=2019) == [frozenset({"392", "702"}), frozenset({"392", "156"})]


@pytest.mark.parametrize(("text", "words"), [
    (TREATIES.replace(";", ","), "no column base_treaty"),
    (TREATIES.replace(";2000;", ";soon;"), "data.csv:2: entryforceyear or base_treaty is no whole number")])
def test_a_file_that_is_no_list_of_treaties_is_refused(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        parties(_file(tmp_path, text), year=2019)


def test_a_file_that_is_not_there_is_refused_with_its_name(tmp_path: Path) -> None:
    for read in (digest, lambda p: ideal_points(p, year=2019), lambda p: parties(p, year=2019)):
        with pytest.raises(InputError, match=r"none\.csv: cannot be read"):
            read(tmp_path / "none.csv")


@pytest.mark.suites
def test_the_published_files_are_read() -> None:
    folder = SUITES.parent / "reference"
    points, treaties = folder / "unga" / "IdealpointestimatesAll_Apr2020.csv", folder / "desta" / "DESTA_list_of_treaties.csv"
    if not points.exists():
        pytest.skip("the reference files are not here")
    found = ideal_points(points, year=2019)
    assert len(found) == 193
    assert found["USA"] > found["JPN"] > found["CHN"]
    held = parties(treaties, year=2019)
    assert any({"036", "392", "702"} <= one and "840" not in one for one in held)  # the Comprehensive and Progressive Agreement, without the United States


def test_same_label_both_members_and_things_shared() -> None:
    actors = ("A", "B", "C")
    assert dyads.same(["x", "x", ""]).tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]
    assert dyads.both(actors, {"A", "C"}).tolist() == [[1, 0, 1], [0, 0, 0], [1, 0, 1]]
    assert dyads.sharing(actors, [{"A", "B"}, {"A", "B", "Z"}, {"C"}]).tolist() == [[2, 2, 0], [2, 2, 0], [0, 0, 1]]


def test_the_distance_of_what_is_not_known_is_not_known() -> None:
    found = dyads.distance(np.array([0.5, -0.5, np.nan]))
    assert found[0, 1] == found[1, 0] == 1.0
    assert np.isnan(found[2]).all()
