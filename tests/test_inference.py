"""The two clocks at their boundaries, the broader types, the life of instruments, and what a rule must be."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT

from comity.errors import InputError
from comity.graph import Graph
from comity.inference import derive
from comity.vocabulary import CONCEPT, GRAPH, ID, INFERRED, NS, PROV, RDF, TYPE, XSD, ontology

RULES = ROOT / "ontology" / "rules"
ROW = ox.NamedNode(ID + "membership/row")
TABLE = ox.NamedNode(GRAPH + "memberships")
START, END = "0001-01-01", "9999-12-31"
_TYPES = {4: "gYear", 7: "gYearMonth", 10: "date"}


def _date(text: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + _TYPES[len(text)]))


def _ask(graph: Graph, text: str) -> tuple[tuple[ox.NamedNode | ox.Literal, ...], ...]:
    return graph.query(text).cells


def _store(subject: ox.NamedNode = ROW, class_name: str = "Membership", **dates: str) -> ox.Store:
    """Return a store with the ontology and one row of `class_name` that has `dates`, before any rule has run."""
    store = ox.Store()
    store.extend(ontology(ROOT / "ontology"))
    store.add(ox.Quad(subject, TYPE, ox.NamedNode(NS + class_name), TABLE))
    for name, value in dates.items():
        store.add(ox.Quad(subject, ox.NamedNode(NS + name), _date(value), TABLE))
    return store


def _one_row() -> ox.Store:
    """Return a store with one row and nothing else."""
    store = ox.Store()
    store.add(ox.Quad(ROW, TYPE, ox.NamedNode(NS + "Membership"), TABLE))
    return store


def _bounds(store: ox.Store, *names: str, subject: ox.NamedNode = ROW) -> dict[str, str]:
    found = {name: [q.object for q in store.quads_for_pattern(subject, ox.NamedNode(NS + name), None, None)] for name in names}
    assert all(len(values) <= 1 and all(v.datatype.value == XSD + "date" for v in values) for values in found.values())
    return {name: values[0].value for name, values in found.items() if values}


@pytest.mark.parametrize(("valid_from", "possibly_from", "held_from"), [
    ("2020-02-29", "2020-02-29", "2020-02-29"),
    ("2020-01-01", "2020-01-01", "2020-01-01"),
    ("2020-01", "2020-01-01", "2020-01-31"),
    ("2020-02", "2020-02-01", "2020-02-29"),
    ("2021-02", "2021-02-01", "2021-02-28"),
    ("1900-02", "1900-02-01", "1900-02-28"),
    ("2000-02", "2000-02-01", "2000-02-29"),
    ("2024-04", "2024-04-01", "2024-04-30"),
    ("2024-06", "2024-06-01", "2024-06-30"),
    ("2024-09", "2024-09-01", "2024-09-30"),
    ("2024-11", "2024-11-01", "2024-11-30"),
    ("2024-03", "2024-03-01", "2024-03-31"),
    ("2024-12", "2024-12-01", "2024-12-31"),
    ("2024", "2024-01-01", "2024-12-31"),
])
def test_a_start_is_certain_from_its_last_day_and_possible_from_its_first(valid_from: str, possibly_from: str, held_from: str) -> None:
    store = _store(validFrom=valid_from)
    derive(store, RULES)
    assert _bounds(store, "heldFrom", "possiblyFrom") == {"heldFrom": held_from, "possiblyFrom": possibly_from}


@pytest.mark.parametrize(("valid_until", "held_until", "possibly_until"), [
    ("2020-02-29", "2020-02-29", "2020-02-29"),
    ("2020-02", "2020-02-01", "2020-02-29"),
    ("2023-02", "2023-02-01", "2023-02-28"),
    ("2100-02", "2100-02-01", "2100-02-28"),
    ("2024-06", "2024-06-01", "2024-06-30"),
    ("2024-07", "2024-07-01", "2024-07-31"),
    ("2024", "2024-01-01", "2024-12-31"),
])
def test_an_end_is_certain_from_its_last_day_and_possible_from_its_first(valid_until: str, held_until: str, possibly_until: str) -> None:
    store = _store(validFrom="1990-01-01", validUntil=valid_until)
    derive(store, RULES)
    assert _bounds(store, "heldUntil", "possiblyUntil") == {"heldUntil": held_until, "possiblyUntil": possibly_until}


def test_an_open_end_lasts_to_the_end_of_the_calendar() -> None:
    store = _store(validFrom="2020-01-01")
    derive(store, RULES)
    assert _bounds(store, "heldUntil", "possiblyUntil") == {"heldUntil": END, "possiblyUntil": END}


def test_an_unknown_start_is_never_certain_and_always_possible() -> None:
    store = _store(validUntil="2020-01-01")
    derive(store, RULES)
    assert _bounds(store, "heldFrom", "possiblyFrom", "heldUntil") == {"possiblyFrom": START, "heldUntil": "2020-01-01"}


def test_a_row_without_dates_possibly_held_at_any_time() -> None:
    store = _store()
    derive(store, RULES)
    assert _bounds(store, "heldFrom", "heldUntil", "possiblyFrom", "possiblyUntil") == {
        "heldUntil": END, "possiblyFrom": START, "possiblyUntil": END}


def test_a_provision_has_bounds_and_an_actor_has_none() -> None:
    for class_name, expected in (("Provision", {"heldFrom": "2020-01-01"}), ("State", {})):
        store = _store(class_name=class_name, validFrom="2020-01-01")
        derive(store, RULES)
        assert _bounds(store, "heldFrom") == expected


@pytest.mark.parametrize(("dates", "known_from", "known_until"), [
    ({"recordedOn": "2024-01-10"}, "2024-01-10", END),
    ({"recordedOn": "2024-01-10", "retractedOn": "2024-06-01"}, "2024-01-10", "2024-06-01"),
])
def test_a_row_is_known_from_its_record_until_its_retraction(dates: dict[str, str], known_from: str, known_until: str) -> None:
    store = _store(**dates)
    derive(store, RULES)
    assert _bounds(store, "knownFrom", "knownUntil") == {"knownFrom": known_from, "knownUntil": known_until}


def _parties(graph: Graph, instrument: str, *, as_of: str, known_on: str = "2025-01-01", certainly: bool = True) -> set[str]:
    """Return the rows of `instrument` that hold on a day, certainly or possibly, as known on another."""
    start, end = ("heldFrom", "heldUntil") if certainly else ("possiblyFrom", "possiblyUntil")
    rows = _ask(graph, f"""SELECT ?row WHERE {{
        ?row comity:participant ?actor ; comity:inInstrument <{ID}instrument/{instrument}> ; comity:{start} ?from ; comity:{end} ?until .
        ?row comity:knownFrom ?known ; comity:knownUntil ?forgotten .
        FILTER(?from <= "{as_of}"^^xsd:date && "{as_of}"^^xsd:date < ?until && ?known <= "{known_on}"^^xsd:date && "{known_on}"^^xsd:date < ?forgotten) }}""")
    return {row[0].value.rpartition("/")[2].removeprefix(f"{instrument}-") for row in rows}


@pytest.mark.parametrize(("as_of", "bound"), [("2018-12-29", False), ("2018-12-30", True), ("2018-12-31", True),
                                              ("2021-06-30", True), ("2021-07-01", False), ("2021-07-02", False)])
def test_a_party_that_withdrew_is_bound_from_its_first_day_and_no_longer_on_its_last_date(small: Graph, as_of: str, bound: bool) -> None:
    assert ("USA" in _parties(small, "harbour-agreement", as_of=as_of)) is bound


@pytest.mark.parametrize(("as_of", "certain", "possible"), [
    ("2024-11-30", False, False), ("2024-12-01", False, True), ("2024-12-30", False, True), ("2024-12-31", True, True)])
def test_a_party_known_to_the_month_is_possibly_bound_before_it_is_certainly_bound(small: Graph, as_of: str, certain: bool, possible: bool) -> None:
    assert ("GBR" in _parties(small, "harbour-agreement", as_of=as_of)) is certain
    assert ("GBR" in _parties(small, "harbour-agreement", as_of=as_of, certainly=False)) is possible


@pytest.mark.parametrize(("as_of", "certain", "possible"), [
    ("2023-12-31", False, False), ("2024-01-01", False, True), ("2024-12-30", False, True), ("2024-12-31", True, True)])
def test_a_party_known_to_the_year_is_possibly_bound_before_it_is_certainly_bound(small: Graph, as_of: str, certain: bool, possible: bool) -> None:
    assert ("KOR" in _parties(small, "bridge-agreement", as_of=as_of)) is certain
    assert ("KOR" in _parties(small, "bridge-agreement", as_of=as_of, certainly=False)) is possible


@pytest.mark.parametrize(("known_on", "rows"), [
    ("2024-01-09", set()), ("2024-01-10", {"SGP"}), ("2024-05-31", {"SGP"}), ("2024-06-01", {"SGP-2"}), ("2024-06-02", {"SGP-2"})])
def test_a_retracted_row_gives_way_to_its_successor_on_one_day(small: Graph, known_on: str, rows: set[str]) -> None:
    found = _parties(small, "harbour-agreement", as_of="2020-06-01", known_on=known_on)
    assert {row for row in found if row.startswith("SGP")} == rows


def test_a_correction_changes_the_past_only_for_those_who_know_it(small: Graph) -> None:
    assert "SGP" not in _parties(small, "harbour-agreement", as_of="2019-06-01", known_on="2024-05-31")
    assert "SGP-2" in _parties(small, "harbour-agreement", as_of="2019-06-01", known_on="2024-06-01")


def _recognised(graph: Graph, day: str) -> bool:
    rows = _ask(graph, f"""SELECT ?row WHERE {{
        ?row comity:recogniser <{ID}actor/EU> ; comity:recognised <{ID}actor/USA> ; comity:heldFrom ?from ; comity:heldUntil ?until
        FILTER(?from <= "{day}"^^xsd:date && "{day}"^^xsd:date < ?until) }}""")
    return len(rows) > 0


@pytest.mark.parametrize(("day", "recognised"), [("2016-07-11", False), ("2016-07-12", True), ("2020-07-15", True), ("2020-07-16", False),
                                                 ("2023-07-09", False), ("2023-07-10", True)])
def test_between_two_recognitions_there_is_none(small: Graph, day: str, recognised: bool) -> None:
    assert _recognised(small, day) is recognised


def test_an_actor_has_all_broader_classes_of_ours(small: Graph) -> None:
    rows = _ask(small, f"SELECT ?class WHERE {{ <{ID}actor/deepseek> a ?class }}")
    assert {row[0].value for row in rows} == {NS + "AigcProvider", NS + "AigcActor", NS + "Actor"}


def test_what_a_rule_derives_stands_in_a_graph_of_its_own(small: Graph) -> None:
    rows = _ask(small, f"SELECT ?graph WHERE {{ GRAPH ?graph {{ <{ID}actor/deepseek> a comity:Actor }} }}")
    assert [row[0].value for row in rows] == [INFERRED + "types"]


def test_each_graph_of_derived_statements_is_named_after_its_rule(small: Graph) -> None:
    rows = _ask(small, f"SELECT DISTINCT ?graph WHERE {{ GRAPH ?graph {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?graph), '{INFERRED}')) }}")
    assert {row[0].value.removeprefix(INFERRED) for row in rows} == {path.stem for path in RULES.glob("*.rq")}


@pytest.mark.parametrize(("instrument", "held_from", "held_until"), [
    ("harbour-agreement", "2018-12-30", END),
    ("eu-data-directive", "1998-10-25", "2018-05-25"),
    ("eu-data-law", "2016-05-24", END),
    ("eu-usa-shield-decision", "2016-07-12", "2020-07-16"),
    ("chn-data-law", "2021-11-30", END),
])
def test_an_instrument_holds_from_its_entry_into_force_or_application_until_its_end(small: Graph, instrument: str, held_from: str, held_until: str) -> None:
    rows = _ask(small, f"SELECT ?from ?until WHERE {{ <{ID}instrument/{instrument}> comity:heldFrom ?from ; comity:heldUntil ?until }}")
    assert [(row[0].value, row[1].value) for row in rows] == [(held_from, held_until)]


@pytest.mark.parametrize(("instrument", "name", "value"), [
    ("eu-data-law", "adoptedOn", "2016-04-27"), ("eu-data-law", "appliesFrom", "2018-05-25"), ("harbour-agreement", "signedOn", "2018-03-08"),
    ("eu-data-directive", "repealedOn", "2018-05-25"), ("eu-data-directive", "replacedBy", ID + "instrument/eu-data-law"),
    ("eu-usa-shield-decision", "repealedOn", "2020-07-16"), ("chn-data-law", "inForceOn", "2021-11"),
])
def test_the_dates_of_an_instrument_come_from_its_events_and_name_them(small: Graph, instrument: str, name: str, value: str) -> None:
    rows = _ask(small, f"""SELECT ?value ?event WHERE {{ <{ID}instrument/{instrument}> comity:{name} ?value .
        ?derivation rdf:subject <{ID}instrument/{instrument}> ; rdf:predicate comity:{name} ; rdf:object ?value ; prov:wasDerivedFrom ?event }}""")
    assert [row[0].value for row in rows] == [value]
    assert rows[0][1].value.startswith(ID + f"event/{instrument}-")


@pytest.mark.parametrize(("instrument", "jurisdiction"), [("eu-data-law", "EU"), ("gbr-transfer-guideline", "GBR"), ("chn-data-law", "CHN")])
def test_an_instrument_belongs_to_the_jurisdiction_or_the_seat_of_its_issuer(small: Graph, instrument: str, jurisdiction: str) -> None:
    rows = _ask(small, f"SELECT ?j WHERE {{ <{ID}instrument/{instrument}> comity:jurisdiction ?j }}")
    assert [row[0].value for row in rows] == [ID + f"actor/{jurisdiction}"]


def _event(store: ox.Store, name: str, kind: str, day: str, **dates: str) -> None:
    event = ox.NamedNode(ID + f"event/{name}")
    for predicate, value in ((TYPE, ox.NamedNode(NS + "InstrumentEvent")), (ox.NamedNode(NS + "happenedTo"), ox.NamedNode(ID + "instrument/law")),
                             (ox.NamedNode(NS + "eventKind"), ox.NamedNode(CONCEPT + "event/" + kind)), (ox.NamedNode(NS + "occurredOn"), _date(day)),
                             *((ox.NamedNode(NS + n), _date(v)) for n, v in {"recordedOn": "2024-01-10", **dates}.items())):
        store.add(ox.Quad(event, predicate, value, TABLE))


def test_a_retracted_event_dates_nothing_and_hides_nothing() -> None:
    law = ox.NamedNode(ID + "instrument/law")
    store = _store(law, "Statute")
    _event(store, "wrong", "in-force", "2010-01-01", retractedOn="2024-02-01")
    _event(store, "right", "applies", "2012-01-01")
    derive(store, RULES)
    assert _bounds(store, "heldFrom", subject=law) == {"heldFrom": "2012-01-01"}
    assert not list(store.quads_for_pattern(law, ox.NamedNode(NS + "inForceOn"), None, None))


def test_each_derivation_names_the_rows_that_the_rule_used(small: Graph) -> None:
    lacking = _ask(small, "SELECT ?d WHERE { ?d a comity:Derivation FILTER NOT EXISTS { ?d prov:wasDerivedFrom ?row . ?row comity:recordedOn ?day } }")
    assert lacking == ()


def test_a_rule_may_build_on_what_another_derives(tmp_path: Path) -> None:
    (tmp_path / "a-second.rq").write_text("#+ after: [b-first]\nCONSTRUCT { ?s <http://x.org/b> 1 } WHERE { ?s <http://x.org/a> 1 }", encoding="utf-8")
    (tmp_path / "b-first.rq").write_text(f"CONSTRUCT {{ ?s <http://x.org/a> 1 }} WHERE {{ ?s a <{NS}Membership> }}", encoding="utf-8")
    store = _one_row()
    assert derive(store, tmp_path) == {"a-second": 1, "b-first": 1}


def test_what_a_table_states_already_is_not_derived_again() -> None:
    store = _store()
    store.add(ox.Quad(ROW, TYPE, ox.NamedNode(NS + "TimedRelation"), TABLE))
    derive(store, RULES)
    assert [q.graph_name for q in store.quads_for_pattern(ROW, TYPE, ox.NamedNode(NS + "TimedRelation"), None)] == [TABLE]


def test_running_the_rules_again_derives_nothing_new() -> None:
    store = _store(validFrom="2020", recordedOn="2024-01-10")
    assert sum(derive(store, RULES).values()) > 0
    assert set(derive(store, RULES).values()) == {0}


@pytest.mark.parametrize(("text", "message"), [
    ("CONSTRUCT { ?s ?p }\nWHERE { }", r"rule\.rq:1: .*; mend the rule"),
    ("\n\nCONSTRUCT { ?s x:p 1 } WHERE { ?s a ?b }", r"rule\.rq:3: .*; mend the rule"),
    ("SELECT * WHERE { ?s ?p ?o }", r"rule\.rq: a rule is a CONSTRUCT query"),
    ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(<http://x.org/f>(?o)) }", r"rule\.rq: .*not supported; mend the rule"),
    ("CONSTRUCT { ?s <http://x.org/p> [] } WHERE { ?s a ?b }", "derives a blank node"),
])
def test_a_rule_that_cannot_be_run_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "rule.rq").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        derive(_one_row(), tmp_path)
    assert "\n" not in str(caught.value)


def test_a_folder_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no rules here"):
        derive(ox.Store(), tmp_path)


def test_the_terms_of_derivations_are_those_of_prov_and_rdf_the_bounds_of_both_clocks_and_the_basis(small: Graph) -> None:
    rows = _ask(small, "SELECT DISTINCT ?p WHERE { ?d a comity:Derivation ; ?p ?o }")
    bounds = {NS + n for n in ("heldFrom", "heldUntil", "possiblyFrom", "possiblyUntil", "knownFrom", "knownUntil", "basis")}
    assert {row[0].value for row in rows} == {RDF + "type", RDF + "subject", RDF + "predicate", RDF + "object", PROV + "wasDerivedFrom"} | bounds


def test_the_order_of_rules_follows_their_headers_and_not_their_names(tmp_path: Path) -> None:
    (tmp_path / "a.rq").write_text("#+ after: [b]\nCONSTRUCT { ?s <http://x.org/last> ?o } WHERE { ?s <http://x.org/middle> ?o }")
    (tmp_path / "b.rq").write_text("CONSTRUCT { ?s <http://x.org/middle> ?o } WHERE { ?s <http://x.org/first> ?o }")
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("http://x.org/s"), ox.NamedNode("http://x.org/first"), ox.Literal("o"), ox.NamedNode("http://x.org/g")))
    assert list(derive(store, tmp_path)) == ["b", "a"]
    assert len(store) == 3


@pytest.mark.parametrize(("header", "message"), [
    ("#+ after: [c]\n", "comes after c, which is no rule of this folder"), ("#+ after: [b]\n", "rules a, b each come after the other")])
def test_an_order_that_cannot_be_kept_is_refused(tmp_path: Path, header: str, message: str) -> None:
    (tmp_path / "a.rq").write_text(header + "CONSTRUCT WHERE { ?s ?p ?o }")
    (tmp_path / "b.rq").write_text("#+ after: [a]\nCONSTRUCT WHERE { ?s ?p ?o }")
    with pytest.raises(InputError, match=message):
        derive(ox.Store(), tmp_path)
