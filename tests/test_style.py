"""The report on the ontology: each rule of style finds what breaks it, exceptions must say why, and ours has nothing to say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT

from comity.build import assemble
from comity.inference import unsettled
from comity.settings import Layout
from comity.store import open_snapshot
from comity.style import Finding, consistency, derivations, profile, report, style
from comity.vocabulary import NS, RDFS, ontology

HEAD = (ROOT / "ontology" / "relations.ttl").read_text(encoding="utf-8").partition("comity:Membership a")[0]
GOOD = {
    "name": "comity:Echo", "kind": "owl:Class", "parent": "comity:TimedRelation", "label": '"echo"@en, "回声"@zh',
    "definition": '"A sound that comes back from a wall."@en',
    "home": "<https://w3id.org/comity/ns/relations>", "source": "<https://w3id.org/comity/ns>", "more": "",
}


def _term(**changes: str) -> str:
    t = GOOD | changes
    pairs = [("rdfs:subClassOf", "parent"),
             ("rdfs:label", "label"), ("skos:definition", "definition"), ("rdfs:isDefinedBy", "home"), ("dcterms:source", "source")]
    lines = [f"{t['name']} a {t['kind']} ;",
             *(f"    {name} {t[key]} ;" for name, key in pairs if t[key]), f"    {t['more']}", f"    rdfs:seeAlso {t['name']} ."]
    return "\n".join(line for line in lines if line.strip()) + "\n"


def _small(tmp_path: Path, *terms: str) -> tuple[ox.Quad, ...]:
    """Write an ontology of one module with `terms` and return its quads."""
    (tmp_path / "shapes").mkdir()
    shutil.copy(ROOT / "ontology" / "shapes" / "style.ttl", tmp_path / "shapes")
    (tmp_path / "concepts").mkdir()
    base = 'comity:TimedRelation a owl:Class ; rdfs:subClassOf <http://www.w3.org/ns/prov#Entity> .\n'
    (tmp_path / "relations.ttl").write_text("\n".join([HEAD, base, *terms]), encoding="utf-8")
    return ontology(tmp_path)


def _rules(tmp_path: Path, *terms: str) -> set[tuple[str, str]]:
    return {(severity, rule) for severity, term, rule, _ in style(tmp_path, _small(tmp_path, *terms)) if "echo" in term.lower()}


def _report(checkout: Layout, text: str) -> list[Finding]:
    """Add `text` to a module of a small project and return what the report says of it."""
    path = checkout.ontology / "relations.ttl"
    path.write_text(path.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")
    return [f for f in report(checkout, assemble(checkout).store) if f.term.startswith("comity:Echo")]


@pytest.mark.slow
@pytest.mark.gate
def test_our_ontology_has_no_error_and_no_warning_and_lists_its_exceptions_with_reasons() -> None:
    places = Layout(ROOT / "ontology", ROOT / "graph" / "tables", ROOT / "queries", ROOT / "build", ROOT / "docs")
    found = report(places, open_snapshot(ROOT / "build", {}, memory=True).store)
    assert [str(f) for f in found if f.severity != "INFO"] == []
    departing = [(f.term, f.file, f.rule) for f in found if "departs from the rule" in f.message]
    assert departing == [("comity:StandardClauses", "ontology/instruments.ttl", "SingularNoun")]
    assert all(f.line > 0 for f in found if f.rule == "Used")
    assert len(set(found)) == len(found)


def test_a_good_term_is_silent(tmp_path: Path) -> None:
    assert _rules(tmp_path, _term()) == set()


def test_a_term_that_nothing_uses_must_say_why(checkout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comity.style.consistency", lambda quads: ())  # takes seconds, and has a test of its own
    reason = 'comity:exemptFrom <https://w3id.org/comity/style/Used> ; skos:editorialNote "Kept for the next release."@en ;'
    exempt = "comity:exemptFrom <https://w3id.org/comity/style/Used> ;"
    text = "\n".join([_term(), _term(name="comity:EchoKept", more=reason), _term(name="comity:EchoLost", more=exempt)])
    unused = "is used by no row, query, rule or mapping: use it, or say why it is here."
    assert [(f.severity, f.term, f.message) for f in _report(checkout, text)] == [
        ("WARN", "comity:Echo", unused), ("WARN", "comity:EchoLost", unused), ("INFO", "comity:EchoKept", "departs from the rule: Kept for the next release.")]


@pytest.mark.parametrize(("changes", "severity", "rule"), [
    ({"label": ""}, "ERROR", "OneEnglishLabel"),
    ({"label": '"echo"@en, "reverb"@en, "回声"@zh'}, "ERROR", "OneEnglishLabel"),
    ({"label": '"echo"@en'}, "WARN", "ChineseLabel"),
    ({"definition": ""}, "ERROR", "OneDefinition"), ({"definition": '"A sound that comes back."@en, "Another sound here."@en'}, "ERROR", "OneDefinition"),
    ({"definition": '"a sound that comes back from a wall."@en'}, "ERROR", "DefinitionIsASentence"),
    ({"definition": '"A sound that comes back from a wall"@en'}, "ERROR", "DefinitionIsASentence"),
    ({"definition": '"A sound that comes back. It is heard twice."@en'}, "ERROR", "DefinitionIsASentence"),
    ({"definition": '"A sound."@en'}, "WARN", "DefinitionIsShort"),
    ({"home": ""}, "ERROR", "Home"), ({"home": "<https://w3id.org/comity/ns/nowhere>"}, "ERROR", "Home"), ({"source": ""}, "ERROR", "SaysWhereItComesFrom"),
    ({"parent": ""}, "WARN", "Parent"), ({"name": "comity:ECHOBox"}, "ERROR", "ClassName"), ({"name": "comity:echoBox"}, "ERROR", "ClassName"),
    ({"name": "comity:Echos", "label": '"echos"@en, "回声"@zh'}, "WARN", "SingularNoun"),
    ({"name": "comity:EchoBack", "kind": "owl:ObjectProperty", "parent": ""}, "ERROR", "PropertyName"),
    ({"name": "comity:echoOf", "kind": "owl:ObjectProperty", "parent": "", "more": "owl:inverseOf comity:issuer ;"}, "ERROR", "NoInverse"),
    ({"name": "comity:echoOn", "kind": "owl:DatatypeProperty", "parent": "", "more": "rdfs:range xsd:date ;"}, "ERROR", "RangeWithinRl"),
])
def test_each_rule_of_style_finds_what_breaks_it(tmp_path: Path, changes: dict[str, str], severity: str, rule: str) -> None:
    assert (severity, rule) in _rules(tmp_path, _term(**changes))


SCHEME = """<https://w3id.org/comity/concept/echo> a skos:ConceptScheme ; skos:prefLabel "Echoes"@en, "回声"@zh ; skos:definition "Kinds of echo."@en ;
    rdfs:isDefinedBy <https://w3id.org/comity/ns/relations> ; dcterms:source <https://w3id.org/comity/ns> ."""
CODE = """<https://w3id.org/comity/concept/echo/loud> a skos:Concept ; skos:prefLabel "Loud"@en, "响亮"@zh ; skos:definition "An echo that is loud."@en ;
    skos:inScheme <https://w3id.org/comity/concept/echo> ; skos:topConceptOf <https://w3id.org/comity/concept/echo> ."""


def test_a_good_concept_and_its_scheme_are_silent(tmp_path: Path) -> None:
    assert _rules(tmp_path, SCHEME, CODE) == set()


@pytest.mark.parametrize(("old", "new", "rule"), [
    (', "响亮"@zh', "", "PreferredLabelChinese"), ('"Loud"@en, ', "", "PreferredLabels"), ("echo/loud>", "echo/Loud_one>", "ConceptName"),
    ("skos:inScheme <https://w3id.org/comity/concept/echo> ;", "", "InScheme"), (" ; skos:topConceptOf <https://w3id.org/comity/concept/echo>", "", "Top"),
    ('"An echo that is loud."', '"an echo"', "DefinitionIsASentence"),
])
def test_each_rule_for_concepts_finds_what_breaks_it(tmp_path: Path, old: str, new: str, rule: str) -> None:
    code = CODE.replace(";\n    skos:topConceptOf", "; skos:topConceptOf").replace("\n    ", " ")
    assert old in code
    assert ("ERROR", rule) in _rules(tmp_path, SCHEME, code.replace(old, new))


def test_a_module_without_a_licence_or_with_an_import_is_found(tmp_path: Path) -> None:
    module = '<https://w3id.org/comity/ns/echo> a owl:Ontology ; dcterms:title "Echo"@en ; owl:imports <http://a.example/> .\n'
    assert {("ERROR", rule) for rule in ("Licence", "Description", "Version", "NoImport")} <= _rules(tmp_path, module)


def test_a_class_under_two_disjoint_ones_contradicts_itself() -> None:
    quads = [*ontology(ROOT / "ontology"), ox.Quad(ox.NamedNode(NS + "Firm"), ox.NamedNode(RDFS + "subClassOf"), ox.NamedNode(NS + "Instrument"))]
    assert any("Disjoint classes" in message for _, _, _, message in consistency(quads))  # without it there is none: the report on our ontology tells


def test_what_is_outside_owl_2_rl_is_found(tmp_path: Path) -> None:
    quads = _small(tmp_path, _term(parent="[ a owl:Restriction ; owl:onProperty comity:issuer ; owl:someValuesFrom comity:TimedRelation ]"))
    assert "OWL 2 RL" in " ".join(message for _, _, _, message in profile(quads))


def test_a_rule_that_builds_on_one_it_does_not_name_is_found(checkout: Layout) -> None:
    path = checkout.ontology / "rules" / "types.rq"
    path.write_text(path.read_text(encoding="utf-8").replace("#+ after: [role-classes]\n", ""), encoding="utf-8")
    (checkout.ontology / "rules" / "role-classes.rq").rename(checkout.ontology / "rules" / "zz-role-classes.rq")
    assert "types" in unsettled(assemble(checkout).store, checkout.ontology / "rules")


def test_a_derivation_without_rows_is_found() -> None:
    store = ox.Store()
    node = ox.NamedNode("https://w3id.org/comity/id/derivation/lost")
    store.add(ox.Quad(node, ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), ox.NamedNode("https://w3id.org/comity/ns#Derivation"), ox.NamedNode("http://e/g")))
    assert {rule for _, _, rule, _ in derivations(ROOT / "ontology", store)} == {"Derivation"}


def test_the_rules_of_style_are_those_that_the_guide_tells() -> None:
    guide = (ROOT / "ontology" / "STYLE.md").read_text(encoding="utf-8")
    shapes = (ROOT / "ontology" / "shapes" / "style.ttl").read_text(encoding="utf-8")
    named = {line.split()[0].removeprefix("style:") for line in shapes.splitlines() if line.startswith("style:")}
    grouping = {"Term", "Class", "Concept", "Scheme", "Module", "Range"}
    assert {n for n in named - grouping if f"`{n}`" not in guide} == set()
