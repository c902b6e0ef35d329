"""Dates of a day, month or year, periods and the day of a question: whatever is written is read back, or refused in one line."""

from __future__ import annotations

import datetime

import plain
import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from real import ROOT

from comity.errors import InputError
from comity.graph import Graph
from comity.inference import conclusions
from comity.lines import load
from comity.queries import day
from comity.store import EmbeddedStore
from comity.tables import is_calendar_date
from comity.triples import _partial_date
from comity.views import Moment, moment_of
from comity.vocabulary import GRAPH, ID, INFERRED, NS, TYPE

DAYS = st.dates(min_value=datetime.date(1000, 1, 1))
PARTIAL = st.tuples(DAYS, st.sampled_from([4, 7, 10])).map(lambda pair: pair[0].isoformat()[:pair[1]])
#: what people write for a day and is none
NEARLY = st.one_of(st.text(max_size=12), PARTIAL.map(lambda d: d + "x"), st.from_regex(r"\d{4}-\d{2}-\d{2}", fullmatch=True))


@given(PARTIAL)
def test_a_date_becomes_the_literal_that_says_how_much_is_known(text: str) -> None:
    literal = _partial_date(text)
    assert is_calendar_date(text)
    assert (literal.value, literal.datatype.value.rpartition("#")[2]) == (text, {10: "date", 7: "gYearMonth", 4: "gYear"}[len(text)])
    assert next(iter(ox.parse(f"<a:a> <a:b> {literal} .".encode(), format=ox.RdfFormat.N_TRIPLES))).object == literal


@given(st.lists(st.tuples(st.one_of(st.none(), PARTIAL), st.one_of(st.none(), PARTIAL)), min_size=1, max_size=8))
def test_the_rule_of_periods_finds_the_days_that_a_calendar_finds(periods: list[tuple[str | None, str | None]]) -> None:
    store = ox.Store()
    for number, (start, end) in enumerate(periods):
        row = ox.NamedNode(f"{ID}membership/{number}")
        store.add(ox.Quad(row, TYPE, ox.NamedNode(NS + "TimedRelation"), ox.NamedNode(GRAPH + "memberships")))
        for name, text in (("validFrom", start), ("validUntil", end)):
            if text:
                store.add(ox.Quad(row, ox.NamedNode(NS + name), _partial_date(text), ox.NamedNode(GRAPH + "memberships")))
    found = ox.Store()
    load(found, INFERRED + "periods", conclusions(store, ROOT / "ontology" / "rules" / "periods.rq", set()))
    for number, (start, end) in enumerate(periods):
        derived = {q.predicate.value.removeprefix(NS): q.object.value for q in found.quads_for_pattern(ox.NamedNode(f"{ID}membership/{number}"), None, None)
                   if isinstance(q.object, ox.Literal)}
        expected = {"possiblyFrom": plain.earliest(start) if start else "0001-01-01", "heldUntil": plain.earliest(end) if end else plain.OPEN,
                    "possiblyUntil": plain.latest(end) if end else plain.OPEN, **({"heldFrom": plain.latest(start)} if start else {})}
        assert derived == expected


@given(st.one_of(st.none(), DAYS), st.one_of(st.none(), DAYS), st.booleans())
def test_the_name_of_a_view_is_read_as_the_moment_it_names(as_of: datetime.date | None, known_on: datetime.date | None, possibly: bool) -> None:
    moment = Moment(as_of, known_on, possibly and as_of is not None)
    if as_of is None and known_on is None:
        with pytest.raises(InputError):
            moment_of(moment.iri)
    else:
        assert moment_of(moment.iri) == moment


@given(st.text(max_size=60))
def test_what_names_no_view_is_refused_in_one_line(text: str) -> None:
    try:
        assert moment_of(text).iri.endswith(text.rpartition("view/")[2])
    except InputError as error:
        assert "\n" not in str(error)


@given(NEARLY)
@example("\n")  # found here: it was repeated in the message
def test_a_day_of_a_question_is_a_day_or_refused_in_one_line(text: str) -> None:
    store = EmbeddedStore(ox.Store(), {})
    try:
        assert text in ("today", "latest") or day(store, "as_of", text) == datetime.date.fromisoformat(text)
    except InputError as error:
        assert "\n" not in str(error)


@given(NEARLY)
def test_any_day_asked_of_a_graph_is_answered_or_refused_in_one_line(small: Graph, text: str) -> None:
    try:
        small.ask("lookup/members", organization="EU", as_of=text)
    except InputError as error:
        assert "\n" not in str(error)
