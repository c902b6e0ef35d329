"""The ontology: what it declares, how well it says it, and that it stays within OWL 2 RL."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import rdflib
from conftest import ROOT
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SH, SKOS

FOLDER = ROOT / "ontology"
NS = rdflib.Namespace("https://w3id.org/comity/ns#")
CONCEPT = "https://w3id.org/comity/concept/"
MODULES = sorted(p for p in FOLDER.glob("*.ttl") if p.name not in ("prefixes.ttl", "comity.ttl"))
SCHEMES = sorted((FOLDER / "concepts").glob("*.ttl"))
MOST_TERMS = 60

CLASSES = [
    "Actor", "State", "Territory", "SupranationalUnion", "InternationalOrganization", "Bloc", "Authority", "AigcActor", "AigcProvider",
    "AigcDeployer", "AigcStandardsBody", "Instrument", "Agreement", "TradeAgreement", "DigitalEconomyAgreement", "Convention", "Arrangement",
    "Declaration", "PolicyDocument", "Statute", "Regulation", "AdministrativeRule", "Guideline", "Strategy", "StandardClauses", "RecognitionDecision",
    "JudicialDecision", "EnforcementDecision", "Provision", "Paradigm", "AigcModel", "AigcService", "Source", "TimedRelation", "Participation",
    "Membership", "Recognition", "Measure", "Position", "TransferRule", "ParadigmAssignment", "Designation", "Availability",
]

PROPERTIES = [
    "participant", "inInstrument", "signedOn", "ratifiedOn", "validFrom", "status", "member", "inOrganization", "membershipStatus", "recogniser",
    "recognised", "scheme", "scope", "basedOn", "issuer", "target", "measureKind", "holder", "towards", "stance", "jurisdiction", "dataCategory",
    "transferDefault", "mechanism", "condition", "localisation", "subject", "paradigm", "basis", "designator", "designated", "list", "service",
    "availabilityStatus", "validUntil", "recordedOn", "retractedOn", "locator", "evidenceGrade", "issuedBy", "adoptedOn", "inForceOn", "appliesFrom",
    "repealedOn", "replacedBy", "topic", "bindingness", "legalStatus", "partOf", "article", "exception", "summary", "basedIn", "developedBy",
    "releasedOn", "regulatedBy", "subjectTo",
]

PARENTS = [("State", "Actor"), ("Territory", "Actor"), ("SupranationalUnion", "Actor"), ("InternationalOrganization", "Actor"), ("Bloc", "Actor"),
           ("Authority", "Actor"), ("AigcActor", "Actor"), ("AigcProvider", "AigcActor"), ("AigcDeployer", "AigcActor"), ("AigcStandardsBody", "AigcActor"),
           ("Agreement", "Instrument"), ("TradeAgreement", "Agreement"), ("DigitalEconomyAgreement", "Agreement"), ("Convention", "Agreement"),
           ("Arrangement", "Agreement"), ("Declaration", "Agreement"), ("PolicyDocument", "Instrument"), ("Statute", "PolicyDocument"),
           ("Regulation", "PolicyDocument"), ("AdministrativeRule", "PolicyDocument"), ("Guideline", "PolicyDocument"), ("Strategy", "PolicyDocument"),
           ("StandardClauses", "PolicyDocument"), ("RecognitionDecision", "Instrument"), ("JudicialDecision", "Instrument"),
           ("EnforcementDecision", "Instrument"), *((c, "TimedRelation") for c in CLASSES[CLASSES.index("Participation"):])]

ISSUES = {"data-privacy", "data-sovereignty", "national-security", "technological-barriers", "rule-coordination", "international-cooperation"}
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, RDFS.Datatype)

#: all that the ontology says in the vocabularies of OWL and RDFS; each of them is within OWL 2 RL when its object is a name
AXIOMS = {RDF.type, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, RDFS.label, RDFS.isDefinedBy, RDFS.comment, RDFS.seeAlso,
          OWL.disjointWith, OWL.equivalentClass, OWL.equivalentProperty, OWL.versionInfo, OWL.deprecated}
TYPES = {*KINDS, OWL.Ontology, OWL.AnnotationProperty, SKOS.Concept, SKOS.ConceptScheme, NS.Paradigm}


def _parse(*paths: Path) -> rdflib.Graph:
    graph = rdflib.Graph()
    for path in paths:
        graph.parse(path, format="turtle")
    return graph


@pytest.fixture(scope="module")
def ontology() -> rdflib.Graph:
    return _parse(*MODULES, FOLDER / "comity.ttl")


@pytest.fixture(scope="module")
def concepts() -> rdflib.Graph:
    return _parse(*SCHEMES)


def _terms(graph: rdflib.Graph) -> set[rdflib.URIRef]:
    return {s for kind in KINDS for s in graph.subjects(RDF.type, kind) if s.startswith(NS)}


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.ttl")), ids=lambda p: p.relative_to(FOLDER).as_posix())
def test_each_file_is_turtle_that_says_something(path: Path) -> None:
    assert len(_parse(path)) > 0


def test_nothing_is_imported_by_address(ontology: rdflib.Graph, concepts: rdflib.Graph) -> None:
    assert not list(ontology.triples((None, OWL.imports, None)))
    assert not list(concepts.triples((None, OWL.imports, None)))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.stem)
def test_a_module_is_an_ontology_of_at_most_sixty_terms_that_are_its_own(path: Path) -> None:
    graph = _parse(path)
    module = rdflib.URIRef(f"https://w3id.org/comity/ns/{path.stem}")
    assert list(graph.subjects(RDF.type, OWL.Ontology)) == [module]
    assert {str(o) for o in graph.objects(module, DCTERMS.isPartOf)} == {"https://w3id.org/comity/ns"}
    terms = _terms(graph)
    assert 0 < len(terms) <= MOST_TERMS
    assert {home for term in terms for home in graph.objects(term, RDFS.isDefinedBy)} == {module}


def test_no_term_is_declared_in_two_modules_or_as_two_kinds_of_thing(ontology: rdflib.Graph) -> None:
    declared = [(path.stem, term) for path in MODULES for term in _terms(_parse(path))]
    assert len({term for _, term in declared}) == len(declared)
    assert all(len(list(ontology.objects(term, RDF.type))) == 1 for _, term in declared)


def test_each_term_has_one_english_label_a_definition_a_home_and_a_source(ontology: rdflib.Graph) -> None:
    for term in _terms(ontology):
        labels = [o for o in ontology.objects(term, RDFS.label) if o.language == "en"]
        definitions = [o for o in ontology.objects(term, SKOS.definition) if o.language == "en"]
        assert (len(labels), len(definitions)) == (1, 1), term
        assert re.fullmatch(r"[A-Z].*\.", str(definitions[0]), re.DOTALL), f"{term}: a definition is a sentence"
        assert len(list(ontology.objects(term, RDFS.isDefinedBy))) == 1, term
        assert all(isinstance(o, rdflib.URIRef) for o in ontology.objects(term, DCTERMS.source)), term
        assert ontology.value(term, DCTERMS.source) is not None, term


def test_no_two_terms_of_one_kind_share_a_label(ontology: rdflib.Graph) -> None:
    for kind in KINDS:
        labels = [str(o).lower() for s in ontology.subjects(RDF.type, kind) for o in ontology.objects(s, RDFS.label) if o.language == "en"]
        assert len(set(labels)) == len(labels)


def test_terms_are_spelled_as_the_style_asks(ontology: rdflib.Graph) -> None:
    for term in _terms(ontology):
        local = term.removeprefix(NS)
        is_class = (term, RDF.type, OWL.Class) in ontology or (term, RDF.type, RDFS.Datatype) in ontology
        assert re.fullmatch(r"([A-Z][a-z0-9]+)+" if is_class else r"[a-z][A-Za-z0-9]*", local), term


@pytest.mark.parametrize("name", CLASSES)
def test_each_class_of_the_design_exists(ontology: rdflib.Graph, name: str) -> None:
    assert (NS[name], RDF.type, OWL.Class) in ontology


@pytest.mark.parametrize("name", PROPERTIES)
def test_each_property_of_the_design_exists(ontology: rdflib.Graph, name: str) -> None:
    assert {(NS[name], RDF.type, OWL.ObjectProperty), (NS[name], RDF.type, OWL.DatatypeProperty)} & set(ontology)


@pytest.mark.parametrize(("narrow", "broad"), PARENTS)
def test_classes_stand_below_one_another_as_the_design_says(ontology: rdflib.Graph, narrow: str, broad: str) -> None:
    assert (NS[narrow], RDFS.subClassOf, NS[broad]) in ontology


def test_a_paradigm_is_a_concept(ontology: rdflib.Graph) -> None:
    assert (NS.Paradigm, RDFS.subClassOf, SKOS.Concept) in ontology


def test_the_ontology_stays_within_owl_2_rl(ontology: rdflib.Graph, concepts: rdflib.Graph) -> None:
    for graph in (ontology, concepts):
        assert not [s for s in graph.all_nodes() if isinstance(s, rdflib.BNode)], "class expressions and lists are blank nodes: use named classes"
        assert set(graph.objects(None, RDF.type)) <= TYPES
        for _, predicate, value in graph:
            if predicate.startswith((str(OWL), str(RDFS), str(RDF))):
                assert predicate in AXIOMS, predicate
            if predicate in (RDFS.subClassOf, RDFS.domain, RDFS.range, OWL.disjointWith):
                assert isinstance(value, rdflib.URIRef)
                assert value != OWL.Thing


def test_no_class_stands_below_itself_and_no_class_below_two_disjoint_ones(ontology: rdflib.Graph) -> None:
    for term in ontology.subjects(RDF.type, OWL.Class):
        above = set(ontology.transitive_objects(term, RDFS.subClassOf))
        assert not any(term in set(ontology.transitive_objects(parent, RDFS.subClassOf)) for parent in ontology.objects(term, RDFS.subClassOf)), term
        assert not [(a, b) for a, b in ontology.subject_objects(OWL.disjointWith) if a in above and b in above], term


def test_what_acts_is_nothing_that_is_written(ontology: rdflib.Graph) -> None:
    top = [NS.Actor, NS.Instrument, NS.Provision, NS.TimedRelation, NS.Source]
    for index, one in enumerate(top):
        for other in top[index + 1:]:
            assert {(one, OWL.disjointWith, other), (other, OWL.disjointWith, one)} & set(ontology)


def test_each_class_of_ours_that_a_term_mentions_is_declared(ontology: rdflib.Graph) -> None:
    terms = _terms(ontology)
    mentioned = {o for p in (RDFS.subClassOf, RDFS.domain, RDFS.range, OWL.disjointWith) for o in ontology.objects(None, p) if o.startswith(NS)}
    assert mentioned <= terms


@pytest.mark.parametrize("path", SCHEMES, ids=lambda p: p.stem)
def test_each_concept_is_in_a_scheme_and_has_english_and_chinese_labels_and_a_definition(path: Path) -> None:
    graph = _parse(path)
    schemes = set(graph.subjects(RDF.type, SKOS.ConceptScheme))
    found = {s for kind in (SKOS.Concept, NS.Paradigm) for s in graph.subjects(RDF.type, kind)}
    assert rdflib.URIRef(CONCEPT + path.stem) in schemes
    assert found
    for concept in found:
        assert concept.startswith(f"{CONCEPT}{path.stem}/"), concept
        assert set(graph.objects(concept, SKOS.inScheme)) & schemes, concept
        labels = [o.language for o in graph.objects(concept, SKOS.prefLabel)]
        assert len(set(labels)) == len(labels), f"{concept}: one preferred label a language"
        assert {"en", "zh"} <= set(labels), concept
        assert graph.value(concept, SKOS.definition) is not None, concept
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", concept.rpartition("/")[2]), concept


def test_the_issues_of_the_seed_paper_are_concepts(concepts: rdflib.Graph) -> None:
    assert {str(s).removeprefix(CONCEPT + "issue/") for s in concepts.subjects(SKOS.inScheme, rdflib.URIRef(CONCEPT + "issue"))} >= ISSUES


@pytest.mark.parametrize(("scheme", "slugs"), [
    ("evidence-grade", {"official", "secondary", "recalled"}),
    ("bindingness", {"soft", "mixed", "hard"}),
    ("transfer-default", {"free", "accountability", "conditional", "approval", "prohibited"}),
])
def test_a_closed_list_of_the_design_has_its_members_and_no_other(concepts: rdflib.Graph, scheme: str, slugs: set[str]) -> None:
    assert {str(s).rpartition("/")[2] for s in concepts.subjects(SKOS.inScheme, rdflib.URIRef(CONCEPT + scheme))} == slugs


def _metadata() -> list[dict[str, object]]:
    return json.loads((ROOT / "graph" / "tables" / "csvw-metadata.json").read_text(encoding="utf-8"))["tables"]


def test_each_class_and_property_that_the_tables_use_is_declared(ontology: rdflib.Graph) -> None:
    used = set()
    for table in _metadata():
        for column in table["tableSchema"]["columns"]:
            used |= {column.get("propertyUrl", ""), column.get("valueUrl", "") if column.get("virtual") else ""}
    ours = {rdflib.URIRef(iri) for iri in used if iri.startswith(NS)}
    assert len(ours) > 40
    assert ours <= _terms(ontology)


def test_each_class_that_a_table_makes_has_a_shape(ontology: rdflib.Graph) -> None:
    shapes = _parse(*(FOLDER / "shapes").glob("*.ttl"))
    targets = set(shapes.objects(None, SH.targetClass))
    made = {rdflib.URIRef(c["valueUrl"]) for t in _metadata() for c in t["tableSchema"]["columns"] if c.get("virtual")}
    assert len(made) > 10
    for term in {*made, NS.Actor, NS.Instrument}:
        assert set(ontology.transitive_objects(term, RDFS.subClassOf)) & targets, f"{term} has no shape"


def test_each_shape_speaks_of_declared_terms(ontology: rdflib.Graph) -> None:
    shapes = _parse(*(p for p in (FOLDER / "shapes").glob("*.ttl") if p.name != "style.ttl"))
    named = {o for p in (SH.targetClass, SH["class"], SH.path, SH.targetSubjectsOf, SH.lessThanOrEquals) for o in shapes.objects(None, p)}
    assert {o for o in named if o.startswith(NS)} <= _terms(ontology)


def test_each_code_column_of_the_tables_leads_to_a_scheme_that_exists() -> None:
    urls = {c.get("valueUrl", "") for t in _metadata() for c in t["tableSchema"]["columns"]}
    schemes = {u.removeprefix(CONCEPT).partition("/")[0] for u in urls if u.startswith(CONCEPT)}
    assert len(schemes) > 10
    assert schemes <= {p.stem for p in SCHEMES}
