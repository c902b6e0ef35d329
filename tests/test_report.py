"""Reports of faults: every form names file, row, column, fault, remedy and check."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import RDF, SH

from comity.build import Prepared, prepare
from comity.report import entries, graph
from comity.settings import Layout
from comity.vocabulary import ID, NS, prefixes


def _spoil(places: Layout, file: str, old: str, new: str) -> None:
    path = places.tables / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def spoiled(checkout: Layout) -> Prepared:
    """Return a small project with a fault of a shape and one of a fault query."""
    _spoil(checkout, "positions.csv", "hill-declaration,,supports", "hill-declaration,data-privacy,supports")
    _spoil(checkout, "memberships.csv", "g7-USA,USA,", "g7-JPN-2,JPN,")
    return prepare(checkout)


def test_an_entry_names_the_row_the_column_the_remedy_and_the_check(spoiled: Prepared) -> None:
    found = {(e["file"], e["check"]): e for e in entries(spoiled.faults, spoiled.places)}
    shape = found["positions.csv", str(SH.XoneConstraintComponent)] if ("positions.csv", str(SH.XoneConstraintComponent)) in found else next(
        e for (file, _), e in found.items() if file == "positions.csv")
    assert shape["row"].startswith(ID + "position/hill-declaration-")
    assert shape["check"].startswith(str(SH))
    twice = next(e for (file, check), e in found.items() if file == "memberships.csv" and not check.startswith("http"))
    assert twice["row"] == ID + "membership/g7-JPN-2"
    assert twice["message"].startswith(twice["check"] + ": ")
    assert twice["message"].endswith(twice["remedy"])
    assert all(e["remedy"] and e["line"] > 1 for e in found.values())


def test_a_fault_of_a_cell_has_the_row_of_its_line_and_is_of_csvw(checkout: Layout) -> None:
    _spoil(checkout, "participations.csv", "2021-07-01", "2024-02-30")
    prepared = prepare(checkout)
    (entry,) = entries(prepared.faults, prepared.places)
    assert entry == {"file": "participations.csv", "line": 9, "row": ID + "participation/harbour-agreement-USA", "column": "valid_until",
                     "message": "2024-02-30 is no day of the calendar; correct it or give the month only", "remedy": "correct it or give the month only",
                     "check": "csvw", "severity": "error"}


def _read(prepared: Prepared, places: Layout) -> rdflib.Graph:
    data = graph(prepared.faults, prepared.places, prepared.tables, prefixes(places.ontology))
    return rdflib.Graph().parse(data=data, format="turtle")


def test_the_report_graph_is_a_shacl_report_with_a_result_for_each_fault(spoiled: Prepared, checkout: Layout) -> None:
    found = _read(spoiled, checkout)
    (report,) = found.subjects(RDF.type, SH.ValidationReport)
    results = set(found.objects(report, SH.result))
    assert len(results) == len(spoiled.faults) >= 2
    assert found.value(report, SH.conforms) == rdflib.Literal(False)
    for result in results:
        assert (result, RDF.type, SH.ValidationResult) in found
        for one in (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent, SH.resultMessage):
            assert len(list(found.objects(result, one))) == 1
    assert rdflib.URIRef(NS + "towards") in set(found.objects(None, SH.resultPath))


def test_a_fault_without_a_row_is_placed_in_its_file(checkout: Layout) -> None:
    (checkout.tables / "lists.csv").write_bytes(b"id\n")
    prepared = prepare(checkout)
    found = _read(prepared, checkout)
    assert rdflib.URIRef("https://w3id.org/comity/tables/lists.csv#row=1") in set(found.objects(None, SH.focusNode))


def test_no_fault_conforms(pristine: Layout) -> None:
    found = _read(prepare(pristine), pristine)
    (report,) = found.subjects(RDF.type, SH.ValidationReport)
    assert list(found.predicate_objects(report)) == [(RDF.type, SH.ValidationReport), (SH.conforms, rdflib.Literal(True))] or (
        found.value(report, SH.conforms) == rdflib.Literal(True) and not list(found.objects(report, SH.result)))
    assert isinstance(ox.NamedNode(str(report)), ox.NamedNode)
