"""One thing with its statements, the rows that name it and their evidence."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest

from comity.describe import Description, Mention, Statement, describe, to_json
from comity.errors import InputError
from comity.graph import Graph
from comity.store import EmbeddedStore
from comity.vocabulary import ID, NS, PROV, RDF


def last(iri: str) -> str:
    return iri.rsplit("/", 1)[-1].rsplit("#", 1)[-1]


@pytest.fixture(scope="module")
def japan(small: Graph) -> Description:
    return small.describe("Japan")


def test_a_thing_has_its_iri_its_english_label_and_its_own_class_first(japan: Description) -> None:
    assert (japan.iri, japan.label) == (ID + "actor/JPN", "Japan")
    assert japan.kinds == (NS + "State", NS + "Actor")


def test_what_a_rule_derived_is_told_from_what_the_tables_say(japan: Description) -> None:
    derived = {last(s.value): s.is_derived for s in japan.values(RDF + "type")}
    assert derived == {"State": False, "Actor": True}


def test_names_keep_their_languages(japan: Description) -> None:
    names = {s.language: s.value for s in japan.statements if last(s.predicate) == "label"}
    assert names == {"en": "Japan", "zh": "日本", "fr": "Japon"}


def test_rows_that_name_it_are_grouped_by_class(japan: Description) -> None:
    rows = {last(kind): [last(m.iri) for m in mentions] for kind, mentions in japan.mentions.items()}
    assert rows["Participation"] == ["bridge-agreement-JPN", "harbour-agreement-JPN", "valley-agreement-JPN"]
    assert rows["Recognition"] == ["EU-JPN-2019", "JPN-EU-2019"]
    assert rows["Membership"] == ["g7-JPN"]
    assert rows["TransferRule"] == ["JPN-health-data-2022", "JPN-health-data-2022-2", "JPN-personal-data-2005"]
    assert rows["Statute"] == ["jpn-data-law"]


def test_every_row_carries_its_evidence(japan: Description) -> None:
    for mention in (m for group in japan.mentions.values() for m in group):
        assert len(mention.values(PROV + "hadPrimarySource")) == 1
        [grade] = mention.values(NS + "evidenceGrade")
        assert last(grade.value) in ("official", "secondary", "recalled")
        assert mention.values(NS + "recordedOn")


def test_rows_show_what_was_asserted_and_nothing_derived(japan: Description) -> None:
    assert not any(s.is_derived for group in japan.mentions.values() for m in group for s in m.statements)


def test_values_have_the_labels_of_the_things_that_they_are(japan: Description) -> None:
    [row] = [m for m in japan.mentions[NS + "Participation"] if m.iri.endswith("harbour-agreement-JPN")]
    [agreement] = row.values(NS + "inInstrument")
    assert (agreement.value, agreement.value_label, agreement.is_iri) == (ID + "instrument/harbour-agreement", "Harbour Trade Agreement", True)
    [source] = row.values(PROV + "hadPrimarySource")
    assert source.value_label == "Depositary of treaties"
    [since] = row.values(NS + "validFrom")
    assert (since.value, since.is_iri, since.value_label) == ("2018-12-30", False, "")


def test_a_retracted_row_is_kept_and_marked(small: Graph) -> None:
    rows = {last(m.iri): m for m in small.describe("SGP").mentions[NS + "Participation"]}
    assert [s.value for s in rows["harbour-agreement-SGP"].values(NS + "retractedOn")] == ["2024-06-01"]
    assert rows["harbour-agreement-SGP-2"].values(NS + "retractedOn") == []


def test_a_statement_in_two_languages_is_listed_once_each(small: Graph) -> None:
    statements = small.describe("eu-data-law").statements
    assert len(set(statements)) == len(statements)
    assert sorted(statements) == list(statements)


def test_a_row_itself_a_source_and_a_concept_can_be_described(small: Graph) -> None:
    assert small.describe("participation/harbour-agreement-JPN").kinds[0] == NS + "Participation"
    assert small.describe("source/gazette").label == "Official gazette"
    assert small.describe("concept/stance/prohibits").label


def test_a_source_lists_the_rows_that_rest_on_it(small: Graph) -> None:
    rows = [m.iri for group in small.describe("source/own-knowledge").mentions.values() for m in group]
    assert sorted(last(r) for r in rows) == [
        "CHN-restrictive", "EU-online-safety-member-states", "JPN-security-access", "SGP-telecom-data-2020", "USA-government-data-2019-devices",
        "USA-personal-data", "bridge-agreement-and-eu-data-law-2", "data-registrar-founded",
        "data-sovereignty-USA", "eu-data-law-against-usa-list-rule-2", "hill-declaration-2-evaluation",
        "hill-declaration-GBR-HKG", "ico-decision-openai", "jpn-data-law-adopted", "mistral-commitment", "mistral-model-developer", "usa-list-notice-in-force",
        "valley-agreement-JPN-letter"]


def test_what_the_graph_does_not_know_is_refused(small: Graph) -> None:
    with pytest.raises(InputError, match=r"https://example\.org/x: nothing is known of it"):
        describe(small.store, ox.NamedNode("https://example.org/x"))


def test_a_thing_without_a_label_goes_by_the_end_of_its_iri() -> None:
    inner = ox.Store()
    inner.add(ox.Quad(ox.NamedNode("http://e/a/b"), ox.NamedNode("http://e/ns#likes"), ox.Literal("x"), ox.NamedNode("http://e/g")))
    found = describe(EmbeddedStore(inner, {}), ox.NamedNode("http://e/a/b"))
    assert (found.label, found.kinds, found.mentions) == ("b", (), {})
    assert found.statements == (Statement("http://e/ns#likes", "likes", "x", "", "http://e/g", False),)


def test_a_description_is_plain_data_for_json(small: Graph, japan: Description) -> None:
    data = json.loads(json.dumps(to_json(japan, {"comity": NS})))
    assert (data["iri"], data["label"]) == (japan.iri, "Japan")
    assert {"property": "comity:isoAlpha3", "value": "JPN", "label": "", "derived": False} in data["statements"]
    assert len(data["rows"]) == sum(len(group) for group in japan.mentions.values())
    assert {row["kind"] for row in data["rows"]} >= {"comity:Participation", "comity:Recognition"}


def test_a_mention_gives_the_values_of_a_property() -> None:
    statement = Statement("p", "p", "v", "", "g", False)
    assert Mention("row", "kind", (statement,)).values("p") == [statement]
    assert Mention("row", "kind", (statement,)).values("q") == []
