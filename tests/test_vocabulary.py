"""Prefixes, term names and the ontology's own graph."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT

from comity.errors import InputError
from comity.vocabulary import CONCEPT, ID, NS, ONTOLOGY_GRAPH, compact, declared, ontology, prefixes

FOLDER = ROOT / "ontology"


def test_the_prefixes_include_the_ones_that_everyone_uses() -> None:
    names = prefixes(FOLDER)
    assert names["comity"] == NS
    assert names["xsd"] == "http://www.w3.org/2001/XMLSchema#"
    assert {"dcterms", "owl", "prov", "rdf", "rdfs", "skos"} <= names.keys()


def test_no_two_prefixes_stand_for_one_namespace() -> None:
    names = prefixes(FOLDER)
    assert len(set(names.values())) == len(names)


def test_a_namespace_ends_where_a_local_name_may_begin() -> None:
    assert all(namespace.endswith(("#", "/")) for namespace in prefixes(FOLDER).values())


def test_each_file_of_the_ontology_declares_prefixes_as_the_list_does() -> None:
    names = prefixes(FOLDER)
    for path in FOLDER.rglob("*.ttl"):
        parser = ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
        list(parser)
        assert parser.prefixes.items() <= names.items(), path


def test_the_ontology_fills_one_graph_in_a_fixed_order() -> None:
    quads = ontology(FOLDER)
    assert {q.graph_name for q in quads} == {ONTOLOGY_GRAPH}
    assert list(quads) == sorted(quads, key=str)
    assert len(set(quads)) == len(quads)


def test_the_prefix_list_is_no_part_of_the_ontology() -> None:
    assert not [q for q in ontology(FOLDER) if q.predicate.value == "http://www.w3.org/ns/shacl#declare"]


def test_terms_and_concepts_are_declared_and_others_are_not() -> None:
    known = declared(FOLDER)
    assert {NS + "Participation", NS + "validFrom", CONCEPT + "stance/opposes"} <= known
    assert NS + "NoSuchTerm" not in known


NAMES = {"comity": NS, "dcterms": "http://purl.org/dc/terms/", "loc": "https://w3id.org/dpv/loc#"}


@pytest.mark.parametrize(("iri", "short"), [
    (ID + "actor/JPN", "actor/JPN"),
    (CONCEPT + "topic/source-code", "concept/topic/source-code"),
    (NS + "validFrom", "comity:validFrom"),
    ("https://w3id.org/dpv/loc#US-CA_1", "loc:US-CA_1"),
    ("http://purl.org/dc/terms/", "http://purl.org/dc/terms/"),
    ("http://purl.org/dc/terms/a/b", "http://purl.org/dc/terms/a/b"),
    ("https://example.org/x", "https://example.org/x"),
])
def test_an_address_is_shortened_as_people_write_it(iri: str, short: str) -> None:
    assert compact(iri, NAMES) == short


def test_a_folder_without_an_ontology_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no ontology here; run the command from a checkout"):
        ontology(tmp_path)


def test_a_module_with_broken_turtle_is_refused_with_file_and_line(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "ontology")
    (tmp_path / "ontology" / "actors.ttl").write_text('<http://a.org/b> a <http://a.org/c> .\n\n<http://a.org/b> a .\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"actors\.ttl:3: .*; mend the Turtle"):
        ontology(tmp_path / "ontology")


def test_a_prefix_without_a_namespace_is_refused(tmp_path: Path) -> None:
    (tmp_path / "prefixes.ttl").write_text('<http://a.org/b> <http://www.w3.org/ns/shacl#prefix> "x" .\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"prefixes\.ttl: a declaration lacks its sh:prefix or sh:namespace; add it"):
        prefixes(tmp_path)


def test_a_missing_prefix_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"prefixes\.ttl"):
        prefixes(tmp_path)
