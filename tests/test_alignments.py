"""The SSSOM table and the excerpts: each end of a mapping exists, each excerpt holds what its list asks for, faults are named by line."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT
from rdflib import DCAT, DCTERMS, ORG, PROV, SDO, SKOS

from comity import alignments
from comity.errors import InputError
from comity.vocabulary import ALIGNMENTS_GRAPH, ontology

ONTOLOGY = ROOT / "ontology"
EXCERPTS = alignments.excerpts(ONTOLOGY)
TERMS = {term: label for terms in EXCERPTS.values() for term, label in terms.items()}
VOCABULARIES = ("https://w3id.org/dpv", "http://data.europa.eu/eli/ontology#", "http://schema.org/", "http://www.w3.org/ns/", "http://purl.org/dc/terms/",
                "http://www.w3.org/2004/02/skos/core#", "http://www.w3.org/2006/time#", "http://www.wikidata.org/entity/", "http://purl.org/vocab/frbr/core#")
LINES = (ONTOLOGY / alignments.FILE).read_text(encoding="utf-8").splitlines()


def _changed(tmp_path: Path, old: str, new: str) -> Path:
    shutil.copytree(ONTOLOGY, tmp_path, dirs_exist_ok=True)
    path = tmp_path / alignments.FILE
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    return tmp_path


def test_there_are_at_least_two_hundred_mappings_and_none_has_a_loose_end() -> None:
    assert len(alignments.mappings(ONTOLOGY)) >= 200
    assert list(alignments.misfits(ONTOLOGY)) == []


def test_each_kind_of_vocabulary_is_there() -> None:
    named = "prov dcterms skos org eli dpv dpv-legal dpv-loc dpv-ai dpv-eu-gdpr dpv-eu-aiact schema dcat wikidata frbr"
    assert set(named.split()) <= set(EXCERPTS)


def test_no_mapping_stands_twice_and_the_file_is_sorted() -> None:
    start = next(n for n, line in enumerate(LINES) if not line.startswith("#")) + 1
    keys = [tuple(line.split("\t")[:4:3]) for line in LINES[start:]]
    assert len({(m.subject, m.predicate, m.object) for m in alignments.mappings(ONTOLOGY)}) == len(keys)
    assert keys == sorted(keys)


@pytest.mark.parametrize("name", sorted(EXCERPTS))
def test_an_excerpt_holds_what_its_list_asks_for_and_says_whence_it_came(name: str) -> None:
    path = ONTOLOGY / "imports" / f"{name}.ttl"
    header = ox.NamedNode(f"https://w3id.org/comity/ns/imports/{name}")
    quads = list(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE))
    said = {q.predicate.value for q in quads if q.subject == header}
    assert set(EXCERPTS[name]) - {header.value} == alignments.wanted(path.with_suffix(".terms"))
    assert {str(DCTERMS.source), str(DCTERMS.title)} <= said
    assert said & {str(DCTERMS.license), str(DCTERMS.rights)}
    assert not [q for q in quads if q.predicate.value in (str(SKOS.definition), "http://www.w3.org/2000/01/rdf-schema#comment")], "identifiers and labels only"


@pytest.mark.parametrize(("name", "namespace"), [("prov", PROV), ("skos", SKOS), ("org", ORG), ("dcterms", DCTERMS), ("dcat", DCAT), ("schema", SDO)])
def test_rdflib_knows_nearly_every_term_of_an_excerpt_too(name: str, namespace: type) -> None:
    base = "http://schema.org/" if name == "schema" else str(namespace)
    local = {term.removeprefix(base) for term in EXCERPTS[name] if term.startswith(base)}
    known = {str(term).rpartition("/")[2].rpartition("#")[2] for term in dir(namespace)}
    assert len(local & known) >= 0.9 * len(local)


def test_each_term_that_the_ontology_and_the_tables_borrow_is_in_an_excerpt() -> None:
    metadata = json.loads((ROOT / "graph" / "tables" / "csvw-metadata.json").read_text(encoding="utf-8"))
    borrowed = {c.get("propertyUrl", "") for t in metadata["tables"] for c in t["tableSchema"]["columns"]}
    borrowed |= {t.value for q in ontology(ONTOLOGY) for t in (q.predicate, q.object) if isinstance(t, ox.NamedNode)}
    used = {term for term in borrowed if term.startswith(VOCABULARIES)}
    assert len(used) > 40
    assert sorted(used - set(TERMS)) == []


def test_each_mapping_is_a_statement_of_the_graph_of_alignments() -> None:
    quads = alignments.quads(ONTOLOGY)
    assert {q.graph_name for q in quads} == {ALIGNMENTS_GRAPH}
    assert len(quads) == len(alignments.mappings(ONTOLOGY))


@pytest.mark.parametrize(("old", "new", "message"), [
    ("comity:Actor\t", "comity:Aktor\t", "is no term or concept of the ontology"),
    ("dcterms:Agent\t", "dcterms:Agentt\t", "is in no excerpt"),
    ("dcterms:Agent\tAgent", "dcterms:Agent\tAgency", "is called Agent there"),
])
def test_a_loose_end_is_named_with_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in "\n".join(LINES)
    line, complaint = next(iter(alignments.misfits(_changed(tmp_path, old, new))))
    assert message in complaint
    assert new.rstrip("\t") in (tmp_path / alignments.FILE).read_text(encoding="utf-8").splitlines()[line - 1]


@pytest.mark.parametrize(("old", "new", "message"), [
    ("subject_id\t", "subject\t", "the columns must read"),
    ("comity:Actor\t", "nowhere:Actor\t", "has a prefix that the curie_map does not name"),
    ("semapv:ManualMappingCuration\t0", "semapv:ManualMappingCuration\tmuch", "a number as confidence"),
])
def test_a_malformed_table_is_one_line_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        alignments.mappings(_changed(tmp_path, old, new))


def test_the_excerpt_of_a_small_vocabulary_has_identifiers_and_labels_only(tmp_path: Path) -> None:
    (tmp_path / "sea.terms").write_text('#! dcterms:title: "Excerpt of Sea"@en\n\nhttp://x.example/Ship # a thing\n', encoding="utf-8")
    (tmp_path / "sea.ttl").write_text("""@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<http://x.example/Ship> a rdfs:Class ; rdfs:label "Ship"@en ; rdfs:comment "It floats."@en ; rdfs:subClassOf <http://x.example/Vessel> .
""", encoding="utf-8")
    specification = importlib.util.spec_from_file_location("excerpt", ONTOLOGY / "imports" / "excerpt.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    header, wanted = module.read_terms(tmp_path / "sea.terms")
    text = module.describe(module.read_vocabulary(tmp_path / "sea.ttl"), wanted[0], set(wanted))
    assert header == {"dcterms:title": '"Excerpt of Sea"@en'}
    assert text == '\n<http://x.example/Ship>\n    a rdfs:Class ;\n    rdfs:label "Ship"@en .\n'
