"""Query advice: each rule with forms on which it speaks and near misses on which it does not, the library, the page, odd input."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest
from rdflib import BNode, Variable
from rdflib.paths import InvPath, SequencePath
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Node as Term
from real import ROOT, built

from comity import queries
from comity.advice import Advice, advise
from comity.advice.terms import CLOCKS, Terms, findings, terms
from comity.advice.texts import RULES
from comity.graph import Graph
from comity.sparql.cursor import DEEPEST, LONGEST, MOST
from comity.sparql.model import Group, Nested, Node, Query, Select, Triple, Union
from comity.sparql.reader import Reader
from comity.syntax import tokens
from comity.vocabulary import NS, prefixes

ONTOLOGY = ROOT / "ontology"
FILES = [*sorted((ROOT / "queries").glob("*/*.rq")), *sorted((ONTOLOGY / "rules").glob("*.rq"))]
KNOWN = terms(ONTOLOGY)
PREFIXES = prefixes(ONTOLOGY)
PAGE = (ROOT / "docs" / "query-advice.md").read_text(encoding="utf-8")
JPN = "<https://w3id.org/comity/id/actor/JPN>"
CPTPP = "<https://w3id.org/comity/id/instrument/cptpp>"
SOON = "<https://w3id.org/comity/concept/event/in-force>"


def advice(text: str, *constants: str) -> list[Advice]:
    return advise(text, KNOWN, PREFIXES, constants=constants)


def rules(text: str, *constants: str) -> list[str]:
    return [a.rule for a in advice(text, *constants)]


# Each text holds a date, so that no note on clocks is added.
FIRES = {
    "not-exists": [
        "SELECT ?i { ?i comity:heldUntil ?u FILTER NOT EXISTS { ?e comity:happenedTo ?i ; comity:eventKind ?k } }",
        "SELECT ?i { ?i comity:heldUntil ?u FILTER EXISTS { ?e comity:happenedTo ?i . ?e comity:eventKind ?k } }",
        "SELECT ?i { ?i comity:heldUntil ?u FILTER NOT EXISTS { ?i comity:issuedBy/rdfs:label ?l } }",
        "SELECT ?i { ?i comity:heldUntil ?u FILTER NOT EXISTS { ?e comity:happenedTo ?i OPTIONAL { ?e comity:locator ?l } } }",
        "SELECT ?i { ?i comity:heldUntil ?u FILTER NOT EXISTS { ?e comity:happenedTo ?i MINUS { ?e comity:locator ?l } } }",
        "SELECT ?i { ?i comity:heldUntil ?u FILTER NOT EXISTS { { ?e comity:happenedTo ?i ; comity:eventKind ?k } UNION { ?i a comity:Strategy } } }",
        "SELECT ?i { ?i comity:heldUntil ?u FILTER NOT EXISTS { GRAPH ?g { ?e comity:happenedTo ?i ; comity:eventKind ?k } } }",
        "SELECT ?i { ?i comity:heldUntil ?u FILTER NOT EXISTS { SELECT ?i { ?e comity:happenedTo ?i ; comity:eventKind ?k } } }",
        "SELECT ?i ?b { ?i comity:heldUntil ?u BIND(EXISTS { ?e comity:happenedTo ?i ; comity:eventKind ?k } AS ?b) }",
        "SELECT (EXISTS { ?e comity:happenedTo ?i ; comity:eventKind ?k } AS ?b) { ?i comity:heldUntil ?u }",
        "SELECT ?i { ?i comity:heldUntil ?u FILTER(?u > 1 && NOT EXISTS { ?e comity:happenedTo ?i ; comity:eventKind ?k }) }",
        "SELECT ?i { ?i comity:heldUntil ?u } GROUP BY ?i HAVING(EXISTS { ?e comity:happenedTo ?i ; comity:eventKind ?k })",
        "SELECT ?i { ?i comity:heldUntil ?u FILTER NOT EXISTS { ?e comity:happenedTo ?i FILTER EXISTS { ?e comity:eventKind ?k . ?k skos:note ?n } } }",
    ],
    "idle-minus": [
        "SELECT ?r { ?r comity:heldUntil ?u MINUS { ?x comity:locator ?l } }",
        "SELECT ?r { ?r comity:heldUntil ?u MINUS { ?x comity:locator ?l FILTER(?l != ?u) } }",
    ],
    "cross-product": [
        "SELECT * { ?a comity:heldUntil ?u . ?b a comity:Agreement }",
        "SELECT * { ?a comity:heldUntil ?u . ?b a comity:Agreement FILTER(?a != ?b) }",
        "SELECT * { ?a comity:heldUntil ?u . ?b comity:heldFrom ?f FILTER(?u = ?f || ?a = ?b) }",
        "SELECT * { ?a comity:heldUntil ?u { ?b a comity:Agreement } UNION { ?b a comity:Statute } }",
        "SELECT * { ?a comity:heldUntil ?u { SELECT ?b { ?b a comity:Agreement } } }",
        "SELECT * { ?a comity:heldUntil ?u GRAPH <http://e.example/g> { ?b a comity:Agreement } }",
        "SELECT * { ?a comity:heldUntil ?u . ?b comity:heldFrom ?f BIND(IF(?u > ?f, ?u, ?f) AS ?day) }",
        "SELECT * { ?a comity:heldUntil ?u OPTIONAL { ?b comity:locator ?l } }",
        "SELECT * { ?a comity:heldUntil ?u . ?b a comity:Agreement OPTIONAL { ?a comity:concerns ?b } }",
        "SELECT * { ?a comity:heldUntil ?u . [] a comity:Agreement }",
        "SELECT * { { ?a comity:heldUntil ?u . ?b a comity:Agreement } UNION { ?a comity:heldFrom ?u } }",
        "CONSTRUCT { ?a comity:towards ?b } WHERE { ?a comity:heldUntil ?u . ?b a comity:Agreement }",
        "ASK { ?a comity:heldUntil ?u . ?b a comity:Agreement }",
    ],
    "filter-join": [
        "SELECT * { ?a comity:heldUntil ?u ; comity:issuer ?x . ?b a comity:Actor FILTER(?x = ?b) }",
        "SELECT * { ?a comity:heldUntil ?u ; comity:issuer ?x . ?b a comity:Actor FILTER(?u > 1 && (?b = ?x)) }",
        "SELECT * { ?a comity:heldUntil ?u ; comity:issuer ?x . ?b a comity:Actor FILTER sameTerm(?x, ?b) }",
        "SELECT * { ?a comity:heldUntil ?u ; comity:issuer ?x OPTIONAL { ?b a comity:Actor FILTER(?x = ?b) } }",
    ],
    "pairs": [
        "SELECT * { ?r comity:inInstrument ?i ; comity:heldUntil ?u . ?q comity:inInstrument ?i }",
        "SELECT * { ?r comity:participant ?a ; comity:inInstrument ?i ; comity:heldUntil ?u . ?q comity:inInstrument ?i ; comity:party ?b FILTER(?a != ?b) }",
        f"SELECT * {{ ?r comity:inInstrument ?i ; comity:heldUntil ?u . ?q comity:inInstrument ?i ; comity:participant ?b FILTER(?b = {JPN}) }}",
        "SELECT * { ?r comity:inInstrument|comity:inOrganization ?i ; comity:heldUntil ?u . ?q comity:inInstrument|comity:inOrganization ?i }",
        "SELECT * { ?a comity:topic/^comity:topic ?b }",
        "SELECT * { ?a ^comity:participant/comity:inInstrument ?i . ?b ^comity:participant/comity:inInstrument ?i . ?i comity:heldUntil ?u }",
        "SELECT * { ?a a ?class . ?b a ?class }",
    ],
    "optional-first": [
        "SELECT * { ?r comity:heldUntil ?u OPTIONAL { ?r comity:locator ?l } ?r comity:evidenceGrade ?g }",
        "SELECT * { OPTIONAL { ?r comity:locator ?l } ?r comity:heldUntil ?u }",
        "SELECT * { ?r comity:heldUntil ?u MINUS { ?r comity:locator ?l } ?r comity:evidenceGrade ?g }",
        "SELECT * { ?r comity:heldUntil ?u OPTIONAL { ?r comity:locator ?l } FILTER(BOUND(?l)) ?r comity:evidenceGrade ?g }",
        "SELECT * { ?r comity:heldUntil ?u OPTIONAL { ?r comity:locator ?l } { SELECT ?r { ?r comity:evidenceGrade ?g } } }",
        "SELECT * { ?r comity:heldUntil ?u OPTIONAL { ?r comity:locator ?l } { ?r comity:evidenceGrade ?g } UNION { ?r skos:note ?g } }",
        "SELECT * { ?r comity:heldUntil ?u OPTIONAL { ?r comity:locator ?l } GRAPH ?g { ?r comity:evidenceGrade ?h } }",
        "SELECT * { ?r comity:heldUntil ?u OPTIONAL { ?r comity:basedOn ?b } ?b rdfs:label ?l }",
        "SELECT * { { ?r comity:heldUntil ?u OPTIONAL { ?r comity:locator ?l } ?r skos:note ?n } UNION { ?r comity:heldFrom ?u } }",
    ],
    "unanchored-path": [
        "SELECT * { ?a comity:replacedBy* ?b }",
        "SELECT * { ?a comity:replacedBy? ?b }",
        "SELECT * { ?a comity:replacedBy+ ?b }",
        "SELECT * { ?a !rdf:type ?b }",
        "SELECT * { ?a (comity:replacedBy|comity:supersededBy*) ?b }",
        "SELECT * { ?a comity:replacedBy*/comity:supersededBy* ?b }",
        f"SELECT * {{ ?a comity:replacedBy* ?b FILTER(?a = {CPTPP}) }}",
        "SELECT * { ?a a comity:Statute { SELECT ?a ?b { ?a comity:replacedBy* ?b } } }",
        "SELECT * { ?x a comity:Statute OPTIONAL { ?x comity:issuedBy ?a } OPTIONAL { ?a comity:replacedBy* ?b } }",
        "SELECT * { ?a (comity:topic/^comity:topic)+ ?b }",
        "SELECT * { ?a a comity:State . ?a (comity:basedIn/^comity:basedIn)* ?b }",
        "SELECT * { ?i a comity:Statute FILTER NOT EXISTS { ?a comity:replacedBy* ?b } }",
        "SELECT * { ?a ^comity:replacedBy+ [] }",
    ],
    "whole-graph": [
        "SELECT * { ?s ?p ?o }",
        "SELECT ?s { ?s ?p ?o } ORDER BY ?s LIMIT 5",
        "SELECT DISTINCT ?p { ?s ?p ?o }",
        "SELECT * { GRAPH ?g { ?s ?p ?o } }",
        "CONSTRUCT WHERE { ?s ?p ?o }",
        "DESCRIBE ?s { ?s ?p ?o }",
        f"SELECT * {{ ?s ?p ?o FILTER(?s = {JPN}) }}",
        "SELECT * { ?s ?p ?o . ?o ?q ?r }",
        "SELECT * { { SELECT ?s { ?s ?p ?o } } } LIMIT 3",
        "SELECT * { $s $p $o }",
        "SELECT * { ?s ?p [] }",
    ],
    "unknown-term": [
        "SELECT * { ?r a comity:Particpation }",
        "SELECT * { ?r comity:inForceFrom ?d }",
        "SELECT * { ?r comity:topic <https://w3id.org/comity/concept/topic/data-flow> }",
        "PREFIX topic: <https://w3id.org/comity/concept/topic/> SELECT * { ?r comity:topic topic:nothing }",
        "PREFIX c: <https://w3id.org/comity/ns#> SELECT * { ?r a c:Statutes }",
        "SELECT * { ?r comity:topic <concept/topic/nothing> }",
        "SELECT * { ?r a ?c FILTER(?c IN (comity:Statute, comity:Law)) }",
        "SELECT * { ?r rdfs:lable ?l }",
        "SELECT * { ?r skos:prefLable ?l }",
        "SELECT * { ?r prov:hadPrimarysource ?s }",
        "SELECT * { ?r schema:birthDate ?d }",
        "CONSTRUCT { ?r comity:nothing ?d } WHERE { ?r rdfs:label ?d }",
    ],
    "clock-missing": [
        "SELECT * { ?r a comity:Participation }",
        "SELECT * { ?r a comity:Reservation }",
        "SELECT * { ?r comity:recogniser ?a ; comity:recognised ?b }",
        "SELECT * { ?r comity:member ?a ; comity:recordedOn ?day ; comity:knownFrom ?known }",
        "SELECT (COUNT(*) AS ?n) { ?r comity:participant ?a }",
    ],
}
SILENT = [
    # not-exists
    "SELECT ?i { ?i comity:heldUntil ?u FILTER NOT EXISTS { ?e comity:happenedTo ?i } }",
    "SELECT ?i { ?i comity:heldUntil ?u FILTER NOT EXISTS { ?i rdfs:label ?l ; skos:altLabel ?k } }",
    "SELECT ?i { ?i comity:heldUntil ?u ; comity:issuer ?a FILTER NOT EXISTS { ?r comity:participant ?a ; comity:inInstrument ?i } }",
    "SELECT ?i { ?i comity:heldUntil ?u FILTER NOT EXISTS { ?e comity:happenedTo ?i FILTER EXISTS { ?e comity:eventKind ?k } } }",
    "SELECT ?i { ?i comity:heldUntil ?u FILTER NOT EXISTS { { ?r comity:participant ?i } UNION { ?r comity:member ?i } } }",
    "SELECT ?i { ?i comity:heldUntil ?u FILTER NOT EXISTS { ?r comity:participant|comity:member ?i } }",
    "SELECT ?i { ?i comity:heldUntil ?u FILTER NOT EXISTS { VALUES ?k { 1 2 } ?i comity:topic ?k } }",
    "SELECT ?i { ?i comity:heldUntil ?u FILTER EXISTS { ?x a comity:Statute } }",
    "SELECT ?i { ?i comity:heldUntil ?u MINUS { ?e comity:happenedTo ?i ; comity:eventKind ?k } }",
    'SELECT ?i { ?i comity:heldUntil ?u FILTER(?u != "NOT EXISTS { ?e ?p ?i . ?e ?q ?k }") } # FILTER NOT EXISTS { ?e ?p ?i . ?e ?q ?k }',
    # cross-product and filter-join
    f"SELECT * {{ {JPN} rdfs:label ?a . {CPTPP} rdfs:label ?b }}",
    f"SELECT * {{ {JPN} a comity:State . ?x comity:heldUntil ?u }}",
    f"ASK {{ {JPN} a comity:State . {CPTPP} a comity:Agreement }}",
    "SELECT * { VALUES ?k { 1 2 3 } ?x comity:heldUntil ?u }",
    f"SELECT * {{ VALUES ?a {{ {JPN} }} ?a rdfs:label ?l . ?b comity:heldUntil ?u }}",
    f"SELECT * {{ BIND({JPN} AS ?a) ?a rdfs:label ?l . ?b comity:heldUntil ?u }}",
    "SELECT * { ?a comity:heldUntil ?u ; comity:issuer ?x BIND(IRI(STR(?x)) AS ?b) ?b rdfs:label ?l }",
    "SELECT * { ?a comity:heldUntil ?u . ?b comity:isoAlpha3 ?c FILTER(STR(?a) = CONCAT('x', ?c)) }",
    "SELECT * { ?a comity:heldUntil ?u { SELECT (COUNT(*) AS ?n) { ?b a comity:Agreement } } }",
    "SELECT * { ?a comity:heldUntil ?u ; comity:issuer ?b . ?b rdfs:label ?l FILTER(?a = ?b) }",
    "SELECT * { ?a comity:heldUntil ?u ; comity:issuer/comity:basedIn ?b . ?b rdfs:label ?l }",
    "SELECT * { ?a comity:heldUntil ?u ; comity:issuer [ rdfs:label ?l ] }",
    "SELECT * { ?a comity:heldUntil ?u ; comity:issuer ?b OPTIONAL { ?b rdfs:label ?l } }",
    f"SELECT * {{ ?a comity:heldUntil ?u OPTIONAL {{ {JPN} rdfs:label ?l }} }}",
    "SELECT * { ?a comity:heldUntil ?u ; comity:issuer ?b . ?b rdfs:label ?l { ?a rdfs:label ?m } UNION { ?b rdfs:label ?m } }",
    "SELECT * { ?a comity:issuer ?b { ?a comity:heldUntil ?u . ?b rdfs:label ?l } }",
    "SELECT * { ?a comity:heldUntil ?u } VALUES ?k { 1 2 }",
    # pairs
    f"SELECT * {{ ?r comity:participant {JPN} ; comity:inInstrument ?i ; comity:heldUntil ?u . ?q comity:inInstrument ?i }}",
    'SELECT * { ?r comity:participant ?a ; comity:inInstrument ?i ; comity:heldUntil ?u . ?q comity:inInstrument ?i . ?a rdfs:label "Japan"@en }',
    f"SELECT * {{ VALUES ?i {{ {CPTPP} }} ?r comity:inInstrument ?i ; comity:heldUntil ?u . ?q comity:inInstrument ?i }}",
    "SELECT * { { SELECT ?i { ?i a comity:Statute } } ?r comity:inInstrument ?i ; comity:heldUntil ?u . ?q comity:inInstrument ?i }",
    "SELECT * { ?r comity:recogniser ?a ; comity:recognised ?b ; comity:heldUntil ?u . ?q comity:recogniser ?b ; comity:recognised ?a }",
    "SELECT * { ?r comity:member ?a ; comity:inOrganization ?o ; comity:heldUntil ?u . ?q comity:member ?a ; comity:inOrganization ?o }",
    "SELECT * { ?x comity:topic ?a . ?x comity:topic ?b }",
    # optional-first
    "SELECT * { ?r comity:heldUntil ?u ; comity:evidenceGrade ?g OPTIONAL { ?r comity:locator ?l } OPTIONAL { ?r skos:note ?n } FILTER(?u > 1) }",
    "SELECT * { ?r comity:heldUntil ?u OPTIONAL { ?r comity:locator ?l } VALUES ?u { 1 2 } }",
    "SELECT * { ?r comity:heldUntil ?u OPTIONAL { ?r comity:heldFrom ?f } BIND(COALESCE(?f, ?u) AS ?day) ?e comity:occurredOn ?day }",
    "SELECT * { ?r comity:heldUntil ?u OPTIONAL { ?r comity:locator ?l } MINUS { ?r comity:retractedOn ?d } }",
    f"SELECT * {{ ?r comity:heldUntil ?u OPTIONAL {{ ?r comity:locator ?l }} {JPN} a comity:State }}",
    # unanchored-path
    "SELECT * { ?a a comity:Statute ; comity:replacedBy* ?b }",
    "SELECT * { ?a comity:replacedBy* ?b . ?b a comity:Statute }",
    f"SELECT * {{ {CPTPP} comity:replacedBy* ?b }}",
    f"SELECT * {{ ?a comity:replacedBy* {CPTPP} }}",
    f"SELECT * {{ VALUES ?a {{ {CPTPP} }} ?a comity:replacedBy* ?b }}",
    "SELECT * { ?x a/rdfs:subClassOf* comity:Statute }",
    "SELECT * { ?x a/rdfs:subClassOf* ?class }",
    "SELECT * { ?a a comity:Statute ; comity:replacedBy* ?b . ?b comity:supersededBy* ?c }",
    "SELECT * { ?a a comity:Statute OPTIONAL { ?a comity:replacedBy+ ?b } }",
    "SELECT * { ?a a comity:Statute { ?a comity:replacedBy* ?b } UNION { ?a comity:topic ?b } }",
    "SELECT * { ?a a comity:Statute FILTER NOT EXISTS { ?a comity:replacedBy+ ?b } }",
    f"SELECT * {{ {JPN} (^comity:basedIn/comity:basedIn)+ ?b }}",
    'SELECT * { ?a comity:isoAlpha3 "JPN" ; (^comity:basedIn/comity:basedIn)+ ?b }',
    "SELECT * { ?a a comity:State ; (^comity:basedIn/comity:representedBy)+ ?b }",
    # whole-graph
    "SELECT * { ?s ?p ?o } LIMIT 10",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT ?p { ?s ?p ?o } GROUP BY ?p",
    "ASK { ?s ?p ?o }",
    f"SELECT * {{ {JPN} ?p ?o }}",
    f"SELECT * {{ ?s ?p {JPN} }}",
    "SELECT * { ?s a comity:Statute . ?s ?p ?o }",
    "SELECT * { ?s a comity:Statute OPTIONAL { ?s ?p ?o } }",
    f"SELECT * {{ VALUES ?s {{ {JPN} }} ?s ?p ?o }}",
    "SELECT * { GRAPH <https://w3id.org/comity/graph/lists> { ?s ?p ?o } }",
    "SELECT * { ?a a comity:Statute FILTER EXISTS { ?s ?p ?o } }",
    "DESCRIBE <https://w3id.org/comity/id/actor/JPN>",
    # unknown-term
    "SELECT * { ?r a comity:Statute ; comity:topic <https://w3id.org/comity/concept/topic/data-flows> ; dcterms:title ?t ; owl:versionInfo ?v }",
    "SELECT * { ?r rdfs:seeAlso ?l ; owl:sameAs ?m ; foaf:name ?n ; rdf:subject ?s }",
    "SELECT * { ?r <http://example.org/nothing> ?l ; skos:exactMatch <http://www.wikidata.org/entity/Q17> }",
    "SELECT * { ?r a comity:Statute FILTER(STRSTARTS(STR(?r), 'https://w3id.org/comity/ns#Nothing')) } # comity:Nothing",
    "PREFIX comity: <http://example.org/> SELECT * { ?r a comity:Nothing }",
    "SELECT * { ?r rdfs:label ?l FILTER(xsd:integer(?l) = 1) }",
    f"SELECT * {{ ?r comity:issuedBy {JPN} . ?r a comity:Statute. ?r comity:topic ?t. }}",
    # clock-missing
    "SELECT * { ?r a comity:Participation ; comity:heldUntil ?u }",
    "SELECT * { ?r comity:member ?a OPTIONAL { ?r comity:retractedOn ?d } FILTER(!BOUND(?d)) }",
    "SELECT * { ?r comity:jurisdiction ?a ; comity:topic ?t }",
    "SELECT * { ?i comity:signedOn ?day }",
]


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in FIRES.items() for text in texts])
def test_a_rule_speaks_on_its_form_and_no_other_rule_does(rule: str, text: str) -> None:
    found = advice(text)
    assert {a.rule for a in found} == {rule}
    assert all("\n" not in a.message + a.remedy and "$" not in a.message + a.remedy for a in found)


@pytest.mark.parametrize("text", SILENT)
def test_nothing_is_said_of_a_near_miss(text: str) -> None:
    assert advice(text) == []


@pytest.mark.parametrize("text", [text for texts in FIRES.values() for text in texts] + SILENT)
def test_every_text_of_these_tables_is_one_that_the_engine_reads(text: str) -> None:
    from comity.store import refuse_malformed

    refuse_malformed(text, PREFIXES)


def test_every_rule_has_its_forms() -> None:
    assert set(FIRES) == set(RULES)


@pytest.mark.parametrize(("text", "rule", "line", "column"), [
    ("SELECT * {\n  ?s ?p ?o\n}", "whole-graph", 2, 3),
    ("SELECT * {\n  ?i comity:heldUntil ?u\n  FILTER(1 < 2 && NOT EXISTS { ?e comity:happenedTo ?i ; comity:eventKind ?k }) }", "not-exists", 3, 19),
    ("# x\nSELECT * { ?a comity:heldUntil ?u ;\n comity:locator ?l .\n   ?b a comity:Statute }", "cross-product", 4, 4),
    ("SELECT * { ?a rdfs:label ?l ;\n  a comity:Nothing }", "unknown-term", 2, 5),
    ("SELECT * { ?r comity:heldUntil ?u OPTIONAL { ?r comity:locator ?l }\n ?r a ?c ; rdfs:label ?n }", "optional-first", 2, 2),
    ("SELECT * { ?r comity:heldUntil ?u MINUS { ?x comity:locator ?l } }", "idle-minus", 1, 35),
    ("SELECT * { ?a rdfs:label ?l ; comity:replacedBy ?z , ?y .\n ?k comity:replacedBy* ?m . ?m comity:replacedBy* ?z2 }", "unanchored-path", 2, 2),
])
def test_advice_stands_where_the_form_stands(text: str, rule: str, line: int, column: int) -> None:
    assert (line, column) in [(a.line, a.column) for a in advice(text) if a.rule == rule]


def test_advice_is_sorted_by_place_and_each_piece_given_once() -> None:
    found = advice("SELECT * { ?s ?p ?o .\n ?a a comity:Law ; a comity:Law .\n ?b comity:replacedBy* ?c }")
    assert [(a.line, a.rule) for a in found] == sorted((a.line, a.rule) for a in found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(("text", "severity"), [
    ("SELECT * { ?s ?p ?o }", "slow"), ("SELECT * { ?s a comity:Law }", "wrong"), ("SELECT * { ?s a comity:Participation }", "note"),
    ("SELECT ?i { ?i comity:heldUntil ?u FILTER NOT EXISTS { ?e comity:happenedTo ?i ; comity:eventKind ?k } }", "note"),
    ("SELECT ?i { ?i comity:heldUntil ?u FILTER NOT EXISTS { ?e comity:happenedTo ?i OPTIONAL { ?e comity:eventKind ?k } } }", "slow"),
    ("SELECT * { ?a comity:replacedBy+ ?b }", "note"), ("SELECT * { ?a comity:replacedBy* ?b }", "slow")])
def test_each_finding_says_how_much_it_matters(text: str, severity: str) -> None:
    assert [a.severity for a in advice(text)] == [severity]


@pytest.mark.parametrize(("name", "near"), [
    ("comity:Particpation", "comity:Participation"), ("comity:participation", "comity:Participation"), ("comity:InInstrument", "comity:inInstrument"),
    ("<https://w3id.org/comity/concept/topic/data-flow>", "concept/topic/data-flows"), ("rdfs:Label", "rdfs:label"), ("skos:preflabel", "skos:prefLabel")])
def test_a_slip_is_answered_with_the_name_that_was_meant(name: str, near: str) -> None:
    assert [a.remedy for a in advice(f"SELECT * {{ ?s {name} ?o ; comity:heldUntil ?u }}")] == [f"{near}; did you mean that?"]


@pytest.mark.parametrize(("text", "words"), [
    ("SELECT ?i { ?i comity:heldUntil ?u FILTER NOT EXISTS { ?e comity:happenedTo ?i OPTIONAL { ?e comity:eventKind ?k } } }",
     ["MINUS {", "FILTER(!BOUND(?e))", "FILTER EXISTS"]),
    ("SELECT ?i { ?i comity:heldUntil ?u FILTER EXISTS { ?e comity:happenedTo ?i OPTIONAL { ?e comity:eventKind ?k } } }", ["SELECT DISTINCT ?i WHERE"]),
    ("SELECT ?i { ?i comity:heldUntil ?u FILTER EXISTS { ?e comity:happenedTo ?i ; comity:eventKind ?k } }", ["FILTER EXISTS", "MINUS {"]),
    ("SELECT * { ?a comity:replacedBy* ?b }", ["VALUES ?a {"]),
    ("SELECT * { ?r comity:inInstrument ?i ; comity:heldUntil ?u . ?q comity:inInstrument ?i }", ["SELECT ?r ?i WHERE"]),
    ("SELECT * { ?r comity:heldUntil ?u OPTIONAL { ?r comity:basedOn ?b } ?b rdfs:label ?l }", ["inside the OPTIONAL that binds ?b"]),
])
def test_the_remedy_shows_the_better_form_with_the_variables_at_hand(text: str, words: list[str]) -> None:
    [found] = advice(text)
    assert all(word in found.remedy for word in words)


def test_a_parameter_that_is_bound_before_the_query_runs_counts_as_a_thing() -> None:
    text = "SELECT * { ?thing ?p ?o . ?x comity:replacedBy* ?thing }"
    assert rules(text, "thing") == []
    assert rules(text) == ["whole-graph", "unanchored-path"]
    assert rules("SELECT * { ?a ?what ?b FILTER(?a = ?thing) }", "what", "thing") == []


# The library

@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_query_of_the_library_keeps_to_the_rules_or_says_why_not(path: Path) -> None:
    head = queries.header(path)
    kept = head.get("advice") or {}
    found = {a.rule for a in advice(path.read_text(encoding="utf-8"), *(head.get("params") or {}))}
    assert found == set(kept), "rewrite the query, or explain it in a line '#+ advice: {rule: why}'; a line that is not needed goes"
    assert all(isinstance(why, str) and len(why) > 20 for why in kept.values())


# The page

SECTIONS = dict(re.findall(r"^## ([a-z-]+)\n(.*?)(?=^## )", PAGE, re.DOTALL | re.MULTILINE))
FORMS = [(rule, text) for rule, body in SECTIONS.items() for text in re.findall(r"```sparql\n(.*?)```", body, re.DOTALL)]


def test_each_rule_has_its_section_with_a_bad_and_a_good_form() -> None:
    assert tuple(SECTIONS) == RULES
    kinds = Counter((rule, text.startswith("# better")) for rule, text in FORMS)
    assert all(kinds[rule, True] and kinds[rule, False] for rule in RULES)


@pytest.mark.parametrize(("rule", "text"), FORMS)
def test_the_forms_of_the_page_are_as_it_says(rule: str, text: str) -> None:
    found = advice(text)
    assert [a.rule for a in found] == ([] if text.startswith("# better") else [rule])
    assert all(text.startswith(f"# {a.severity}") for a in found)


@pytest.mark.parametrize("rule", ["not-exists", "filter-join", "unanchored-path", "whole-graph", "optional-first"])
def test_bad_and_good_form_of_the_page_give_the_same_rows(rule: str) -> None:
    texts = [text for name, text in FORMS if name == rule]
    bad = next(text for text in texts if not text.startswith("# better"))
    good = [text for text in texts[:4] if text.startswith("# better")]
    good = good[:1] if rule == "optional-first" else good
    rows = [Counter(frozenset(row.items()) for row in built().query(text)) for text in (bad, *good)]
    assert rows[0]
    assert all(other == rows[0] for other in rows[1:])


# Names

def test_the_real_graph_uses_no_name_that_would_be_called_unknown() -> None:
    used = {row["x"] for text in ("?s ?x ?o", "?s a ?x") for row in built().query(f"SELECT DISTINCT ?x {{ {text} }}")}
    assert len(used) > 150
    nodes = [Node(f"<{iri}>", 0) for iri in used]
    assert [f.message for f in findings(nodes, KNOWN, PREFIXES) if f.rule == "unknown-term"] == []


def test_only_dated_rows_have_the_properties_that_count_as_theirs() -> None:
    own = sorted(name for name in KNOWN.dated if name[len(NS)].islower())
    assert len(own) > 40
    rows = built().query(f"""SELECT DISTINCT ?p {{ VALUES ?p {{ {" ".join(f"<{p}>" for p in own)} }} ?s ?p ?o
      OPTIONAL {{ ?s a ?class FILTER(?class = comity:TimedRelation) }} FILTER(!BOUND(?class)) }}""")
    assert rows.to_dicts() == []
    assert {NS + "participant", NS + "member", NS + "recogniser", NS + "inInstrument"} <= KNOWN.dated
    assert not KNOWN.dated & CLOCKS


def test_without_an_ontology_nothing_is_unknown_that_is_not_ours() -> None:
    nothing = Terms(frozenset(), frozenset(), frozenset(), frozenset())
    assert [a.message.partition(" ")[0] for a in advise("SELECT * { ?s a comity:State ; rdfs:lable ?l }", nothing, PREFIXES)] == ["comity:State"]


# The reader

def triples(group: Group) -> list[Triple]:
    found: list[Triple] = []
    for item in group.items:
        match item:
            case Triple():
                found.append(item)
            case Nested():
                found += triples(item.group)
            case Union():
                found += [t for branch in item.branches for t in triples(branch)]
            case Select():
                found += triples(item.query.where)
            case _:
                pass
    return found


def ours(query: Query) -> Counter[tuple[str, str]]:
    return Counter((t.subject.text if t.subject.text[0] == "?" else "", t.object.text if t.object.text[0] == "?" else "") for t in triples(query.where))


def theirs(text: str) -> Counter[tuple[str, str]]:
    found: list[tuple[Term, Term, Term]] = []

    def walk(part: object) -> None:
        if isinstance(part, CompValue):
            found.extend(part.triples if part.name == "BGP" else [])
            for key, value in part.items():
                if key not in ("triples", "template", "expr"):
                    walk(value)
        elif isinstance(part, list | tuple):
            for value in part:
                walk(value)

    def split(subject: Term, path: Term, value: Term) -> list[tuple[Term, Term]]:
        if isinstance(path, InvPath):
            return split(value, path.arg, subject)
        if isinstance(path, SequencePath):
            nodes = [subject, *(BNode() for _ in path.args[1:]), value]
            return [pair for i, part in enumerate(path.args) for pair in split(nodes[i], part, nodes[i + 1])]
        return [(subject, value)]

    walk(translateQuery(parseQuery(text)).algebra)
    return Counter(tuple(f"?{n}" if isinstance(n, Variable) else "" for n in pair) for t in found for pair in split(*t))  # type: ignore[misc]


@pytest.mark.parametrize("path", [p for p in FILES if p.parent.name in ("changes", "checks", "rules", "conflicts")], ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_the_reader_finds_the_patterns_that_rdflib_finds(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ours(Reader(text, PREFIXES).read()) == theirs(text)


@pytest.mark.parametrize(("text", "pairs"), [
    ("SELECT * { ?a <p:p> 1.5, -2e3, .5 ; <p:q> true . ?b <p:p> 'x'@en, \"y\"^^xsd:date. }", [("?a", "")] * 4 + [("?b", "")] * 2),
    ("SELECT * { ?a <p:p> +5 . ?a <p:q>+ ?b }", [("?a", ""), ("?a", "?b")]),
    ("SELECT * { [ <p:p> ?a ; <p:q> ( ?b 1 ) ] <p:r> ?c . [] <p:p> [] }", [("", "?a"), ("", "?b"), ("", ""), ("", ""), ("", "?c"), ("", "")]),
    ("BASE <http://e.example/> PREFIX x: <y/> SELECT ?a FROM <g> FROM NAMED x:h WHERE { ?a x:b\\-c ?d } OFFSET 1", [("?a", "?d")]),
    ("SELECT (SUM(?x) AS ?y) { VALUES (?a ?b) { (1 UNDEF) (<p:p> 'z'@en) } ?a ?b ?x } HAVING (SUM(?x) > 1) ORDER BY DESC(?y) VALUES ?z { UNDEF }",
     [("?a", "?x")]),
    ("CONSTRUCT { ?a ?b ?c } FROM <p:g> { ?c ^(<p:p>|!(a|^<p:q>))/<p:r>? ?d ; . }", [("", "?c"), ("", "?d")]),
    ("DESCRIBE ?a <p:p> WHERE { ?a a ?b }", [("?a", "?b")]),
    ("VERSION '1.2' ASK { { { ?a a ?b } } GRAPH ?g { ?c a ?d } }", [("?a", "?b"), ("?c", "?d")]),
])
def test_every_corner_of_the_grammar_is_read(text: str, pairs: list[tuple[str, str]]) -> None:
    assert ours(Reader(text, PREFIXES).read()) == Counter(pairs)


# Odd input

@pytest.mark.parametrize("text", [
    "", " ", "SELECT", "SELECT * {", "SELECT * { ?s ?p", "SELECT * { ?s ?p ?o } }", "SELECT * { ?s ?p ?o . ?x", "nonsense", "DROP ALL", "?s ?p ?o",
    "INSERT DATA { <a:a> <b:b> <c:c> }", "SELECT * { ?s nope:p ?o . ?a ?b ?c }", "SELECT * { SERVICE <http://e.example/> { ?s ?p ?o } }",
    "SELECT * { <<?s ?p ?o>> ?q ?r . ?a ?b ?c }", "SELECT * { ?s ?p ?o {| ?q ?r |} }", "SELECT * { ?s ?p ?o ~ ?r }",
    "SELECT * { ?s ?p ?o BIND( ) }", "SELECT * { ?s ?p ?o BIND(1 AS x) }", "SELECT (1) { ?s ?p ?o }", "SELECT * { ?s ?p ?o FILTER( }",
    "SELECT * { ?s ?p ?o FILTER }", "SELECT * { ?s ?p ?o VALUES ?x { } ", "SELECT * { ?s ?p ?o VALUES { } }", "PREFIX", "PREFIX a", "BASE",
    "PREFIX a: b SELECT * { ?s ?p ?o }", "SELECT * { ?s <//[> ?o . ?a ?b ?c }", "BASE <//[> SELECT * { ?s <x> ?o . ?a ?b ?c }",
    "SELECT * { ?s S\\u0045RVICE ?o }", "\x00", "é漢",
])
def test_what_cannot_be_read_gives_no_advice(text: str) -> None:
    assert advice(text) == []


@pytest.mark.parametrize(("inside", "just_beyond"), [
    ("?s ?p ?o " + "#" * (LONGEST - 30) + "\n", "?s ?p ?o " + "#" * LONGEST + "\n"),
    ("?s ?p ?o . ?x a " + ", ".join("?c" for _ in range(MOST - 3)), "?s ?p ?o . ?x a " + ", ".join("?c" for _ in range(MOST))),
    ("{" * (DEEPEST - 1) + "?s ?p ?o" + "}" * (DEEPEST - 1), "{" * DEEPEST + "?s ?p ?o" + "}" * DEEPEST),
    ("?s ?p ?o FILTER" + "(" * (DEEPEST - 1) + "1" + ")" * (DEEPEST - 1), "?s ?p ?o FILTER" + "(" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1)),
    ("?s ?p ?o . ?x " + "(" * (DEEPEST - 1) + "a" + ")" * (DEEPEST - 1) + " ?c", "?s ?p ?o . ?x " + "(" * DEEPEST + "a" + ")" * DEEPEST + " ?c"),
])
def test_a_text_beyond_the_limits_is_not_looked_at(inside: str, just_beyond: str) -> None:
    assert "whole-graph" in rules(f"SELECT ?s {{ {inside} }}")
    assert advice(f"SELECT ?s {{ {just_beyond} }}") == []


@pytest.mark.parametrize("text", [
    "(" * 5000, "{" * 5000, "SELECT * { ?s " + "^" * 5000, "SELECT * { ?s " + "!" * 5000, "ASK { FILTER(" + "!" * 5000, "ASK { ?s ?p " + "[ a " * 2000,
    "SELECT * { ?s " + "a/" * 4000 + "a ?o }", "SELECT * { ?s a ?a" + " , ?b" * 1500 + " }", "SELECT * { " + "OPTIONAL { ?a a ?b } " * 400 + "}"])
def test_a_text_made_to_be_costly_is_given_up_at_once(text: str) -> None:
    assert advice(text) == []


def test_no_text_that_was_tampered_with_raises() -> None:
    dice = random.Random(7)
    pieces = [[t.text for t in tokens(path.read_text(encoding="utf-8"))] for path in FILES[::7]]
    junk = [*"(){}[]<>^|?*!.;,\"\\", "OPTIONAL", "EXISTS", "NOT", "VALUES", "SELECT", "AS", "a", "?x", "1", "_:b", ""]
    for _ in range(400):
        parts = list(dice.choice(pieces))
        for _ in range(dice.randint(1, 5)):
            parts[dice.randrange(len(parts))] = dice.choice(junk)
        for found in advice("".join(parts)):
            assert found.rule in RULES


def test_python_asks_the_graph_for_advice(small: Graph) -> None:
    assert [a.rule for a in small.advise("SELECT * { ?s ?p ?o }")] == ["whole-graph"]
    assert small.advise("SELECT * { ?s ?p ?o }") is small.advise("SELECT * { ?s ?p ?o }")
