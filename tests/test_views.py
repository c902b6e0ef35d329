"""Views of a day: both clocks at their boundaries, what conclusions need, and how a view is named."""

from __future__ import annotations

import datetime
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from conftest import ROOT
from servers import Reply, canned
from test_queries import CASES

from comity.errors import InputError, QueryError, StoreError
from comity.graph import Graph
from comity.graph import open as open_graph
from comity.inference import derive
from comity.queries import ask
from comity.results import Rows, plain
from comity.store import EmbeddedStore
from comity.views import VIEW, Moment, look, moment_of
from comity.vocabulary import GRAPH, ID, NS, TYPE, XSD, ontology

_TYPES = {4: "gYear", 7: "gYearMonth", 10: "date"}
TABLE = ox.NamedNode(GRAPH + "memberships")


def _store(class_name: str = "Membership", **dates: str) -> ox.Store:
    """Return a store with one row that has `dates`, after the rules have run."""
    store = ox.Store()
    store.extend(ontology(ROOT / "ontology"))
    row = ox.NamedNode(ID + "membership/row")
    store.add(ox.Quad(row, TYPE, ox.NamedNode(NS + class_name), TABLE))
    for name, value in dates.items():
        store.add(ox.Quad(row, ox.NamedNode(NS + name), ox.Literal(value, datatype=ox.NamedNode(XSD + _TYPES[len(value)])), TABLE))
    derive(store, ROOT / "ontology" / "rules")
    return store


def _stands(store: ox.Store, moment: Moment) -> bool:
    return next(look(store, moment).quads_for_pattern(ox.NamedNode(ID + "membership/row"), None, None, None), None) is not None


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


#: dates of a row → for each day asked: does it certainly hold, does it possibly hold
HELD = {
    ("2020-05-10", "2021-03-20"): {"2020-05-09": (0, 0), "2020-05-10": (1, 1), "2020-05-11": (1, 1),
                                   "2021-03-19": (1, 1), "2021-03-20": (0, 0), "2021-03-21": (0, 0)},
    ("2020-05", "2021-03"): {"2020-04-30": (0, 0), "2020-05-01": (0, 1), "2020-05-30": (0, 1), "2020-05-31": (1, 1), "2020-06-01": (1, 1),
                             "2021-02-28": (1, 1), "2021-03-01": (0, 1), "2021-03-30": (0, 1), "2021-03-31": (0, 0), "2021-04-01": (0, 0)},
    ("2020", "2021"): {"2019-12-31": (0, 0), "2020-01-01": (0, 1), "2020-12-30": (0, 1), "2020-12-31": (1, 1),
                       "2021-01-01": (0, 1), "2021-12-30": (0, 1), "2021-12-31": (0, 0)},
    ("2020-02", ""): {"2020-01-31": (0, 0), "2020-02-01": (0, 1), "2020-02-28": (0, 1), "2020-02-29": (1, 1), "9999-12-30": (1, 1)},
    ("", "2021-03-20"): {"0001-01-01": (0, 1), "2021-03-19": (0, 1), "2021-03-20": (0, 0)},
    ("", ""): {"0001-01-01": (0, 1), "2026-01-01": (0, 1)},
}


@pytest.mark.parametrize("dates", HELD, ids=lambda d: " to ".join(x or "unknown" for x in d))
def test_a_row_stands_on_the_days_on_which_it_certainly_or_possibly_held(dates: tuple[str, str]) -> None:
    store = _store(recordedOn="2024-01-10", **{k: v for k, v in zip(("validFrom", "validUntil"), dates, strict=True) if v})
    found = {day: tuple(int(_stands(store, Moment(_day(day), possibly=p))) for p in (False, True)) for day in HELD[dates]}
    assert found == HELD[dates]


@pytest.mark.parametrize(("retracted", "days"), [
    ("2024-06-01", {"2024-01-09": 0, "2024-01-10": 1, "2024-01-11": 1, "2024-05-31": 1, "2024-06-01": 0, "2024-06-02": 0}),
    ("", {"2024-01-09": 0, "2024-01-10": 1, "9999-12-30": 1}),
])
def test_a_row_is_known_from_its_recording_until_the_day_of_its_retraction(retracted: str, days: dict[str, int]) -> None:
    store = _store(recordedOn="2024-01-10", validFrom="2000-01-01", **({"retractedOn": retracted} if retracted else {}))
    assert {day: int(_stands(store, Moment(known_on=_day(day)))) for day in days} == days


def test_both_clocks_must_agree() -> None:
    store = _store(recordedOn="2024-01-10", validFrom="2020-01-01", validUntil="2022-01-01")
    asked = {(held, known): _stands(store, Moment(_day(held), _day(known))) for held in ("2021-01-01", "2023-01-01") for known in ("2024-01-09", "2024-01-10")}
    assert [key for key, stands in asked.items() if stands] == [("2021-01-01", "2024-01-10")]


def test_a_provision_without_a_day_of_its_own_stands_with_its_agreement() -> None:
    row = ox.NamedNode(ID + "membership/row")
    for is_part in (True, False):
        store = _store("Provision", recordedOn="2024-01-10")
        if is_part:
            store.add(ox.Quad(row, ox.NamedNode(NS + "partOf"), ox.NamedNode(ID + "instrument/x"), TABLE))
        assert _stands(store, Moment(_day("2024-01-01"))) is is_part


def test_things_and_the_events_of_their_lives_have_no_day_of_holding(small: Graph) -> None:
    for text in ("SELECT ?x { ?x a comity:State }", "SELECT ?x { ?x a comity:AigcModel }", "SELECT ?x { ?x comity:happenedTo ?thing }",
                 "SELECT ?x { ?x comity:inForceOn ?day }"):
        assert len(small.query(text))
        assert small.at("1900-01-01").query(text + " ORDER BY ?x") == small.query(text + " ORDER BY ?x")


def test_a_conclusion_stands_as_long_as_one_of_its_derivations_does(small: Graph) -> None:
    text = """SELECT ?d ?s ?p ?o ?from ?until { ?d a comity:Derivation ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; comity:heldFrom ?from ;
        comity:heldUntil ?until FILTER(?p = comity:boundBy) }"""
    derivations = small.query(text).to_dicts()
    assert derivations
    days = sorted({str(r[k]) for r in derivations for k in ("from", "until")} - {"9999-12-31"})
    for day in days:
        view = small.at(day)
        expected = {(r["s"], r["o"]) for r in derivations if str(r["from"]) <= day < str(r["until"])}
        assert {(r["s"], r["o"]) for r in view.query("SELECT ?s ?o { ?s comity:boundBy ?o }")} == expected, day
        assert {r["d"] for r in view.query("SELECT ?d { ?d rdf:predicate comity:boundBy }")} == {
            r["d"] for r in derivations if str(r["from"]) <= day < str(r["until"])}


def test_a_conclusion_from_a_row_that_was_not_known_is_not_known(small: Graph) -> None:
    view = small.at(known_on="2000-01-01")
    for pattern in ("?x comity:recordedOn ?day", "?x a comity:Derivation", "?a comity:boundBy ?x", "?x comity:inForceOn ?day"):
        assert len(small.query(f"SELECT ?x {{ {pattern} }}"))
        assert len(view.query(f"SELECT ?x {{ {pattern} }}")) == 0


def test_what_has_not_ended_and_is_known_is_the_whole_graph(small: Graph) -> None:
    """With rows that are known now and on a day when all hold possibly, nothing but what ended or was retracted is left out."""
    store = small.store
    assert isinstance(store, EmbeddedStore)
    everything = look(store.store, Moment())
    assert set(everything) == set(store.store)


def test_the_named_graphs_of_a_view_hold_the_same_as_their_union(small: Graph) -> None:
    view = small.at("2024-01-01")
    count = "SELECT (COUNT(*) AS ?n) { %s }"
    named = view.query(count % "SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }".join("{}")).to_dicts()
    assert named == view.query(count % "SELECT DISTINCT ?s ?p ?o { ?s ?p ?o }".join("{}")).to_dicts()


#: queries that by their meaning also read rows that ended before the day asked for, or begin after it
OUTSIDE = {"aigc/upcoming-duties", "lookup/former-members", "lookup/signed-not-bound", "measures/ended", "recognition/ended", "recognition/expiring"}
#: queries that show retractions, or dates derived from what is recorded now (see DECISIONS, "Derived dates")
RECORDED_NOW = {"changes/recorded-since", "compare/exceptions", "compare/topics", "lookup/not-yet-in-force"}
MOMENTS = [Moment(_day("2024-01-31")), Moment(_day("2024-01-31"), possibly=True), Moment(known_on=_day("2024-06-01")),
           Moment(_day("2024-01-31"), _day("2024-06-01")), Moment(_day("2024-01-31"), _day("2024-06-01"), possibly=True)]


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda m: m.iri.removeprefix(VIEW))
def test_a_view_can_be_named_and_asked_with_from(small: Graph, moment: Moment) -> None:
    assert moment_of(moment.iri) == moment
    as_of, known_on = (None if d is None else d.isoformat() for d in (moment.as_of, moment.known_on))
    expected = small.at(as_of, known_on, possibly=moment.possibly).query("SELECT ?s ?o { ?s comity:participant ?o } ORDER BY ?s")
    assert small.query(f"SELECT ?s ?o\nFROM <{moment.iri}>\nWHERE {{ ?s comity:participant ?o }} ORDER BY ?s") == expected
    assert small.store.query("SELECT ?s ?o { ?s comity:participant ?o } ORDER BY ?s", default_graphs=[moment.iri]).rows == expected


@pytest.mark.parametrize("name", ["", "held", "held/2024", "held/2024-02-30", "possible/", "known", "held/2024-01-01/", "known/2024-01-01/held/2024-01-01",
                                  "probable/2024-01-01", "held/2024-01-01known/2024-01-01"])
def test_what_is_no_view_is_refused_with_the_forms_there_are(small: Graph, name: str) -> None:
    with pytest.raises(InputError, match=r"is no view; after .* write held/YYYY-MM-DD"):
        moment_of(VIEW + name)
    with pytest.raises(QueryError, match="is no view"):
        small.query(f"ASK FROM <{VIEW}{name}> {{}}")


@pytest.mark.parametrize("text", [
    f"ASK FROM <{VIEW}held/2024-01-01> FROM <{VIEW}held/2025-01-01> {{}}",
])
def test_a_view_stands_alone(small: Graph, text: str) -> None:
    with pytest.raises(QueryError, match="a view stands alone"):
        small.query(text)
    with pytest.raises(QueryError, match="a view stands alone"):
        small.store.query("ASK {}", default_graphs=[f"{VIEW}held/2024-01-01", GRAPH + "actors"])
    with pytest.raises(QueryError, match="a view stands alone"):
        small.store.query("ASK {}", default_graphs=[f"{VIEW}held/2024-01-01"], named_graphs=[GRAPH + "actors"])


def test_a_view_in_a_string_or_a_comment_is_no_view(small: Graph) -> None:
    text = f'SELECT ?x {{ BIND("FROM <{VIEW}x>" AS ?x) }} # FROM <{VIEW}x>'
    assert small.query(text).to_dicts() == [{"x": f"FROM <{VIEW}x>"}]


def test_a_mistake_behind_a_view_keeps_its_place(small: Graph) -> None:
    with pytest.raises(QueryError) as caught:
        small.query(f"SELECT *\nFROM <{VIEW}held/2024-01-01>\nWHERE {{ ?s ?p }}")
    assert caught.value.line == 3


def test_few_views_are_kept(small: Graph) -> None:
    store = EmbeddedStore(small.store.store, small.store.prefixes)  # type: ignore[attr-defined]
    for year in range(2000, 2010):
        store.query(f"ASK FROM <{VIEW}held/{year}-01-01> {{}}")
    assert [m.as_of.year for m in store._views if m.as_of] == [2007, 2008, 2009]


def _cells(rows: Rows) -> list[str]:
    """Return the rows in a fixed order; members of a joined cell have none of their own."""
    return sorted(str(["; ".join(sorted((plain(c) or "").split("; "))) for c in row]) for row in rows.cells)


@pytest.mark.parametrize("name", CASES)
def test_each_query_of_the_library_takes_both_clocks(small: Graph, name: str) -> None:
    """With a clock of its own or by the view: before anything was recorded there is no row of evidence."""
    values = {**CASES[name], "as_of": "2024-01-31", "known_on": "2000-01-01"}
    rows = ask(small.store, small.queries()[name], values).rows
    assert not {"source", "locator", "grade"} & set(rows.names) or len(rows) == 0


@pytest.mark.parametrize("name", [n for n in CASES if "as_of" in CASES[n] and n not in OUTSIDE])
@pytest.mark.parametrize("day", ["", "2019-06-01", "2024-01-31", "2025-01-01"])
def test_a_query_with_its_own_clock_finds_the_same_in_the_possible_view_of_that_day(small: Graph, name: str, day: str) -> None:
    values = {**CASES[name], "as_of": day or CASES[name]["as_of"]}
    view = small.at(values["as_of"], possibly=True).store
    assert _cells(ask(view, small.queries()[name], values).rows) == _cells(ask(small.store, small.queries()[name], values).rows)


@pytest.mark.parametrize("name", [n for n in CASES if n not in RECORDED_NOW])
def test_a_query_finds_the_same_in_the_view_of_the_day_on_which_its_rows_were_known(small: Graph, name: str) -> None:
    for day in ("2024-01-10", "2024-03-01", "2024-06-01"):
        values = {**CASES[name], "known_on": day}
        view = small.at(known_on=day).store
        assert _cells(ask(view, small.queries()[name], values).rows) == _cells(ask(small.store, small.queries()[name], values).rows), day


@pytest.mark.parametrize("answer", [True, False])
def test_a_remote_server_is_asked_once_whether_it_knows_views(answer: bool) -> None:
    with canned(reply := Reply(body=f'{{"head": {{}}, "boolean": {str(answer).lower()}}}'.encode())) as url:
        graph = open_graph(url).at("2024-01-01")
        for _ in range(2):
            if answer:
                assert graph.query("ASK {}").to_dicts() == [{"answer": "true"}]
            else:
                with pytest.raises(StoreError, match=r"knows no views of a day; ask queries of the library that take --as-of and --known-on"):
                    graph.query("ASK {}")
    assert len(reply.requests) == (3 if answer else 1)
    assert quote(VIEW + "known/").encode() in reply.requests[0][2]
    assert all(quote(VIEW + "held/2024-01-01").encode() in body for _, _, body in reply.requests[1:])


def test_a_kept_view_is_found_without_counting_its_quads(small: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(small.store, EmbeddedStore)
    store = EmbeddedStore(small.store.store, small.store.prefixes)
    moment = Moment(_day("2020-01-01"))
    first = store._at(moment)

    def count(self: EmbeddedStore) -> int:
        raise AssertionError("the engine counts quads one by one")

    monkeypatch.setattr(EmbeddedStore, "__len__", count)
    assert store._at(moment) is first


def test_a_view_in_which_nothing_stands_is_kept_too(small: Graph) -> None:
    assert isinstance(small.store, EmbeddedStore)
    store = EmbeddedStore(ox.Store(), small.store.prefixes)
    moment = Moment(known_on=_day("2020-01-01"))
    assert store._at(moment) is store._at(moment)
