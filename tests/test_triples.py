"""Lifting: which quads a row becomes, and in which graph."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from comity.settings import Layout
from comity.tables import read
from comity.triples import Lifted, Place, lift, places_of
from comity.vocabulary import CONCEPT, DCTERMS, GRAPH, ID, NS, PROV, RDFS, SKOS, TYPE, XSD, declared


@pytest.fixture(scope="module")
def lifted(pristine: Layout) -> Lifted:
    tables, _ = read(pristine.tables)
    return lift(tables, declared(pristine.ontology))


@pytest.fixture(scope="module")
def places(pristine: Layout) -> dict[str, Place]:
    return places_of(read(pristine.tables)[0])


def _values(lifted: Lifted, subject: str, predicate: str) -> set[ox.NamedNode | ox.Literal]:
    return {q.object for q in lifted.quads if q.subject.value == ID + subject and q.predicate.value == predicate}


def test_the_small_tables_lift_without_faults(lifted: Lifted) -> None:
    assert lifted.faults == []


def test_no_blank_node_is_made(lifted: Lifted) -> None:
    assert not [q for q in lifted.quads if isinstance(q.subject, ox.BlankNode) or isinstance(q.object, ox.BlankNode)]


def test_each_row_fills_the_graph_of_its_table(lifted: Lifted, places: dict[str, Place]) -> None:
    for quad in lifted.quads:
        place = places[quad.subject.value]
        assert quad.graph_name.value == GRAPH + place.file.removesuffix(".csv")


def test_each_row_has_a_place_and_a_type(lifted: Lifted, places: dict[str, Place], pristine: Layout) -> None:
    tables, _ = read(pristine.tables)
    assert len(places) == sum(len(t.rows) for t in tables.values())
    assert {q.subject.value for q in lifted.quads if q.predicate == TYPE} == set(places)


def test_a_subject_leads_back_to_its_file_and_line(places: dict[str, Place]) -> None:
    assert places[ID + "designation/usa-concern-list-HKG"] == Place("designations.csv", 3)


def test_a_class_code_becomes_the_type(lifted: Lifted) -> None:
    assert _values(lifted, "actor/deepseek", TYPE.value) == {ox.NamedNode(NS + "AigcProvider")}


def test_a_table_of_one_class_types_its_rows(lifted: Lifted) -> None:
    assert _values(lifted, "transfer-rule/EU-personal-data-2018", TYPE.value) == {ox.NamedNode(NS + "TransferRule")}


@pytest.mark.parametrize(("row", "predicate", "value", "datatype"), [
    ("harbour-agreement-JPN", "validFrom", "2018-12-30", "date"),
    ("harbour-agreement-GBR", "validFrom", "2024-12", "gYearMonth"),
    ("bridge-agreement-KOR", "validFrom", "2024", "gYear"),
    ("bridge-agreement-KOR", "recordedOn", "2024-01-10", "date"),
])
def test_a_date_has_the_datatype_of_its_precision(lifted: Lifted, row: str, predicate: str, value: str, datatype: str) -> None:
    assert _values(lifted, f"participation/{row}", NS + predicate) == {ox.Literal(value, datatype=ox.NamedNode(XSD + datatype))}


def test_an_empty_cell_says_nothing(lifted: Lifted) -> None:
    assert _values(lifted, "participation/bridge-agreement-JPN", NS + "validFrom") == set()
    assert _values(lifted, "participation/harbour-agreement-JPN", NS + "retractedOn") == set()


def test_a_code_becomes_a_concept(lifted: Lifted) -> None:
    assert _values(lifted, "position/hill-declaration-USA", NS + "stance") == {ox.NamedNode(CONCEPT + "stance/declined-to-sign")}


def test_a_list_of_codes_becomes_one_value_for_each_member(lifted: Lifted) -> None:
    assert _values(lifted, "provision/harbour-agreement-14-13", NS + "exception") == {
        ox.NamedNode(CONCEPT + "exception/necessity-tested"), ox.NamedNode(CONCEPT + "exception/self-judging-security")}


def test_an_id_becomes_the_address_of_the_thing(lifted: Lifted) -> None:
    assert _values(lifted, "participation/harbour-agreement-JPN", NS + "participant") == {ox.NamedNode(ID + "actor/JPN")}
    assert _values(lifted, "participation/harbour-agreement-JPN", PROV + "hadPrimarySource") == {ox.NamedNode(ID + "source/treaty-depositary")}


def test_labels_carry_the_language_of_their_column(lifted: Lifted) -> None:
    assert _values(lifted, "actor/JPN", RDFS + "label") == {
        ox.Literal("Japan", language="en"), ox.Literal("日本", language="zh"), ox.Literal("Japon", language="fr")}


def test_an_original_label_carries_the_language_that_its_row_names(lifted: Lifted) -> None:
    assert ox.Literal("データ法", language="ja") in _values(lifted, "instrument/jpn-data-law", RDFS + "label")
    assert _values(lifted, "instrument/jpn-data-law", DCTERMS + "language") == {ox.Literal("ja")}


def test_an_alternative_label_has_no_made_up_language(lifted: Lifted) -> None:
    assert _values(lifted, "actor/GBR", SKOS + "altLabel") == {ox.Literal("UK"), ox.Literal("Britain")}


def test_an_address_stays_as_written(lifted: Lifted) -> None:
    assert _values(lifted, "source/gazette", "http://schema.org/url") == {ox.NamedNode("https://example.org/gazette")}


def test_a_state_is_linked_out(lifted: Lifted) -> None:
    assert _values(lifted, "actor/JPN", SKOS + "exactMatch") == {
        ox.NamedNode("http://www.wikidata.org/entity/Q17"), ox.NamedNode("https://w3id.org/dpv/loc#JP"),
        ox.NamedNode("http://publications.europa.eu/resource/authority/country/JPN")}


def test_a_code_outside_its_list_is_a_fault_at_its_cell(pristine: Layout) -> None:
    tables, _ = read(pristine.tables)
    tables = {"lists": tables["lists"], "positions": tables["positions"]}
    known = declared(pristine.ontology) - {CONCEPT + "stance/opposes"}
    faults = lift(tables, known).faults
    assert [str(f) for f in faults] == [
        "positions.csv:4: stance_code: opposes is not in ontology/concepts/stance.ttl; use a code of that list or add it there"]
