"""The manual of the ontology: what a class holds, its pages and diagrams, the Markdown kept in docs, the JSON-LD context."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pyoxigraph as ox
import pytest
import rdflib
from conftest import ROOT
from fastapi.testclient import TestClient
from real import built

from comity.api.app import create_app
from comity.graph import Graph
from comity.site.manual import GUIDE, context, diagram, lineage, manual, markdown
from comity.site.ontology import Manual
from comity.vocabulary import BASE, ID, NS, RDF, RDFS, prefixes

DOCS = ROOT / "docs" / "ontology"


@pytest.fixture(scope="module")
def whole(small: Graph) -> Manual:
    return manual(small)


@pytest.fixture(scope="module")
def client(small: Graph) -> TestClient:
    return TestClient(create_app(small))


class _Text(HTMLParser):
    """Checks that tags are closed in order and collects text and links."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "link", "input", "br", "img", "line", "rect"):
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            assert self.open.pop() == tag


def _read(text: str) -> _Text:
    parser = _Text()
    parser.feed(text)
    assert parser.open == []
    return parser


def test_a_class_says_what_it_points_at_how_often_and_in_which_column(whole: Manual) -> None:
    links = {link.name: (link.target, link.target_kind, link.often, link.column) for link in whole.classes["Recognition"].links}
    assert links == {
        "recogniser": ("Actor", "class", "1", "recogniser_id"), "recognised": ("Actor", "class", "1", "recognised_id"),
        "scheme": ("recognition-scheme", "scheme", "1", "scheme_code"), "basedOn": ("Instrument", "class", "1", "based_on_id"),
        "validFrom": ("day, month or year", "value", "0..1", "valid_from"), "validUntil": ("day, month or year", "value", "0..1", "valid_until")}


def test_a_class_knows_its_kinds_those_that_name_it_and_its_questions(whole: Manual) -> None:
    agreement = whole.classes["Agreement"]
    assert agreement.children == ["Arrangement", "Convention", "Declaration", "DigitalEconomyAgreement", "TradeAgreement"]
    assert ("Participation", "inInstrument") in agreement.incoming
    assert {"lookup/recognised-by", "lookup/recognition-history"} <= {q.name for q in whole.classes["Recognition"].questions}
    assert "lookup/members" not in {q.name for q in whole.classes["Recognition"].questions}
    assert [c.name for c in lineage(whole.classes["TradeAgreement"], whole)] == ["TradeAgreement", "Agreement", "Instrument"]


def test_each_class_that_rows_make_has_links_of_its_own_or_from_above(whole: Manual) -> None:
    without = {name for name, entry in whole.classes.items() if not any(c.links for c in lineage(entry, whole))}
    assert without == {"TimedRelation", "LifeEvent", "Paradigm"}


def test_each_class_has_an_example_but_those_that_only_stand_above_others_or_are_derived(whole: Manual) -> None:
    assert {name for name, entry in whole.classes.items() if not entry.example} == {"TimedRelation", "LifeEvent", "Derivation", "AigcActor", "Strategy"}


def test_each_column_that_the_manual_names_is_one_of_the_tables(whole: Manual) -> None:
    metadata = json.loads((ROOT / "graph" / "tables" / "csvw-metadata.json").read_text(encoding="utf-8"))
    columns = {c["name"] for t in metadata["tables"] for c in t["tableSchema"]["columns"]}
    named = {column for entry in whole.classes.values() for link in entry.links for column in link.column.split(", ") if column}
    assert named - columns == set()
    assert len(named) > 60


def test_the_manual_lists_each_rule_with_its_question(whole: Manual, client: TestClient) -> None:
    files = {p.stem for p in (ROOT / "ontology" / "rules").glob("*.rq")}
    assert {rule.name for rule in whole.rules} == files
    assert all(rule.summary.endswith("?") and rule.derives for rule in whole.rules)
    page = client.get("/ontology/derived").text
    assert all(f"<code>{name}</code>" in page for name in files)


def test_the_guide_for_newcomers_names_classes_that_exist(whole: Manual) -> None:
    assert {name for _, name in GUIDE} <= set(whole.classes)


def test_a_diagram_links_to_pages_that_exist_and_keeps_inside_its_frame(whole: Manual, client: TestClient) -> None:
    for entry in whole.classes.values():
        drawn = diagram(entry, whole)
        if not drawn:
            continue
        width, height = (float(v) for v in re.search(r'viewBox="-1 0 (\d+) (\d+)"', drawn).groups())  # type: ignore[union-attr]
        for x, y, w, h in re.findall(r'<rect[^>]* x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', drawn):
            assert float(x) + float(w) <= width
            assert float(y) + float(h) <= height
    assert all(client.get(address).status_code == 200 for address in _read(diagram(whole.classes["Recognition"], whole)).links)


@pytest.mark.parametrize("kind", ["modules", "classes", "schemes"])
def test_each_module_class_and_list_of_codes_has_a_page(kind: str, whole: Manual, client: TestClient) -> None:
    names = [n for n in getattr(whole, kind) if n != "ns"]
    assert len(names) >= 8
    for name in names:
        response = client.get(f"/ontology/{'codes/' if kind == 'schemes' else ''}{name}")
        assert response.status_code == 200, name
        page = _read(response.text)
        assert not [link for link in page.links if link.startswith("//") or (link.startswith("http") and "src=" in link)]


def test_the_page_of_recognition_shows_links_example_questions_and_mappings(client: TestClient) -> None:
    text = client.get("/ontology/Recognition").text
    for wanted in ("recogniser_id", "/ontology/codes/recognition-scheme", "/queries/lookup/recognised-by", "in one direction", "认定", "<svg"):
        assert wanted in text, wanted
    assert re.search(r"<dt>in the graph now</dt><dd>[1-9]\d*</dd>", text)


def test_the_index_has_an_anchor_for_each_term_and_the_namespace_leads_there(whole: Manual, client: TestClient) -> None:
    page = _read(client.get("/ontology").text)
    assert set(whole.classes) | set(whole.properties) - {"exemptFrom"} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    answer = client.get("/ns", headers={"Accept": "text/html"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/ontology")


@pytest.mark.parametrize(("extension", "media"), [
    ("ttl", "text/turtle"), ("nt", "application/n-triples"), ("rdf", "application/rdf+xml"), ("jsonld", "application/ld+json")])
def test_the_namespace_can_be_had_in_each_format(client: TestClient, extension: str, media: str) -> None:
    by_extension, by_header = client.get(f"/ns.{extension}"), client.get("/ns", headers={"Accept": media})
    assert by_extension.headers["content-type"].startswith(media)
    assert by_extension.content == by_header.content
    assert "Recognition" in by_extension.text


@pytest.mark.parametrize("path", ["/ontology/Nothing", "/ontology/codes/nothing", "/ns.docx"])
def test_what_is_not_there_is_a_404_that_says_where_to_look(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "/ontology" in answer.text or ".ttl" in answer.text


def test_json_with_the_context_means_what_the_graph_says(small: Graph, whole: Manual) -> None:
    document = context(whole, prefixes(small.layout.ontology)) | {"id": f"{ID}recognition/EU-JPN-2019", "type": "Recognition", "recogniser": f"{ID}actor/EU",
                                 "rdfs:label": {"@value": "one", "@language": "en"}}
    statements = {(q.predicate.value, str(q.object)) for q in ox.parse(json.dumps(document), format=ox.RdfFormat.JSON_LD)}
    assert statements == {(RDF + "type", f"<{NS}Recognition>"), (NS + "recogniser", f"<{ID}actor/EU>"), (RDFS + "label", '"one"@en')}


def test_the_context_names_every_class_and_property(small: Graph, whole: Manual, client: TestClient) -> None:
    terms = context(whole, prefixes(small.layout.ontology))["@context"]
    assert set(whole.classes) | set(whole.properties) <= set(terms)
    assert client.get("/context.jsonld").json() == {"@context": terms}


def test_the_pages_in_docs_are_those_that_the_ontology_and_the_graph_make() -> None:
    made = markdown(built())
    assert {p.name for p in DOCS.glob("*.md")} == set(made), "run: make docs"
    for name, text in made.items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, f"docs/ontology/{name} is out of date; run: make docs"


def test_links_between_the_pages_in_docs_lead_somewhere() -> None:
    for path in DOCS.glob("*.md"):
        for target in re.findall(r"\]\((?!https?:)([^)]+)\)", path.read_text(encoding="utf-8")):
            file, _, anchor = target.partition("#")
            found = (path.parent / file).resolve() if file else path
            assert found.exists(), f"{path.name}: {target}"
            if not anchor:
                continue
            headings = {h.strip().lower().replace(" ", "-") for h in re.findall(r"^#+ (.*)$", found.read_text(encoding="utf-8"), re.MULTILINE)}
            assert anchor in headings, f"{path.name}: {target}"


def test_each_example_in_docs_is_turtle_about_the_thing_that_it_names() -> None:
    prefixes = "".join(f"@prefix {p}: <{ns}> .\n" for p, ns in rdflib.Graph().namespaces()) + f"@prefix comity: <{NS}> .\n"
    count = 0
    for path in DOCS.glob("*.md"):
        for block in re.findall(r"```turtle\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
            graph = rdflib.Graph().parse(data=prefixes + block, format="turtle")
            assert all(str(s).startswith(BASE) for s in graph.subjects())
            count += 1
    assert count > 50
