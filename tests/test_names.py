"""What people call things, and what happens when a name fits nothing or too much."""

from __future__ import annotations

import datetime

import pyoxigraph as ox
import pytest

from comity.errors import InputError
from comity.graph import Graph
from comity.names import dataset_version, latest, resolve, search
from comity.store import EmbeddedStore
from comity.vocabulary import BASE, ID

LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
ALT = ox.NamedNode("http://www.w3.org/2004/02/skos/core#altLabel")
NAMES = [
    ("JPN", "actor/JPN"), ("jpn", "actor/JPN"), ("JP", "actor/JPN"), ("jp", "actor/JPN"), ("Japan", "actor/JPN"), ("JAPAN", "actor/JPN"), ("日本", "actor/JPN"),
    ("  Japan ", "actor/JPN"), ("actor/JPN", "actor/JPN"), (ID + "actor/JPN", "actor/JPN"), ("People's Republic of China", "actor/CHN"),
    ("États-Unis", "actor/USA"), ("EU", "actor/EU"), ("HTA", "instrument/harbour-agreement"), ("Harbour Pact", "instrument/harbour-agreement"),
    ("harbour-agreement", "instrument/harbour-agreement"), ("deepseek-chat", "service/deepseek-chat"), ("DeepSeek", "actor/deepseek"),
    ("usa-concern-list", "list/usa-concern-list"), ("Datengesetz der Europäischen Union", "instrument/eu-data-law"),
]


def store(*rows: tuple[str, ox.NamedNode, str]) -> EmbeddedStore:
    inner = ox.Store()
    for slug, link, name in rows:
        inner.add(ox.Quad(ox.NamedNode(ID + slug), link, ox.Literal(name, language="en"), ox.NamedNode(BASE + "graph/x")))
    return EmbeddedStore(inner, {})


@pytest.mark.parametrize(("text", "slug"), NAMES)
def test_a_thing_goes_by_its_codes_names_abbreviations_slug_and_iri(small: Graph, text: str, slug: str) -> None:
    assert resolve(small.store, text).value == ID + slug


def test_a_concept_goes_by_its_path(small: Graph) -> None:
    assert resolve(small.store, "concept/stance/prohibits").value == "https://w3id.org/comity/concept/stance/prohibits"


def test_an_iri_is_taken_as_it_stands_even_if_the_graph_does_not_know_it(small: Graph) -> None:
    assert resolve(small.store, "https://example.org/x").value == "https://example.org/x"


@pytest.mark.parametrize("text", ["https://example.org/a b", "http://example.org/<x>", 'http://example.org/"'])
def test_a_malformed_iri_is_refused(small: Graph, text: str) -> None:
    with pytest.raises(InputError, match="is no valid IRI; percent-encode"):
        resolve(small.store, text)


def test_a_name_that_fits_two_things_is_refused_with_both() -> None:
    twins = store(("actor/one", LABEL, "Georgia"), ("actor/two", ALT, "GEORGIA"))
    with pytest.raises(InputError, match="Georgia may be actor/one, actor/two; give one of these"):
        resolve(twins, "Georgia")


def test_a_thing_with_the_same_name_twice_is_one_thing() -> None:
    assert resolve(store(("actor/one", LABEL, "Georgia"), ("actor/one", ALT, "georgia")), "GEORGIA").value == ID + "actor/one"


def test_an_exact_slug_comes_before_a_name() -> None:
    both = store(("actor/x", LABEL, "First"), ("instrument/y", LABEL, "x"))
    assert resolve(both, "x").value == ID + "actor/x"


def test_a_part_of_a_name_is_answered_with_what_it_may_mean(small: Graph) -> None:
    with pytest.raises(InputError, match="nothing is called Harbour; did you mean instrument/harbour-agreement"):
        resolve(small.store, "Harbour")


@pytest.mark.parametrize("text", ["Atlantis", "Etats-Unis d'Ailleurs", 'x" } ; #', "actor/", "/", "\\", "?thing", "concept/nowhere/x", "actor/ZZZ"])
def test_an_unknown_name_is_refused_with_one_line(small: Graph, text: str) -> None:
    with pytest.raises(InputError, match="nothing is called") as caught:
        resolve(small.store, text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_name_is_refused(small: Graph, text: str) -> None:
    with pytest.raises(InputError):
        resolve(small.store, text)


def test_a_search_lists_what_holds_the_text_by_label(small: Graph) -> None:
    found = search(small.store, " data law ")
    assert [(iri.removeprefix(ID), label) for iri, label in found] == [
        ("instrument/chn-data-law", "Data Law of China"), ("instrument/jpn-data-law", "Data Law of Japan"),
        ("instrument/eu-data-law", "Data Law of the European Union")]


def test_a_search_finds_other_languages_and_shows_the_english_label(small: Graph) -> None:
    assert search(small.store, "日本") == [(ID + "actor/JPN", "Japan")]


@pytest.mark.parametrize("text", ["", "  ", "zzzzzz", '"'])
def test_a_search_for_nothing_finds_nothing(small: Graph, text: str) -> None:
    assert search(small.store, text) == []


def test_the_latest_day_is_today_unless_a_row_is_newer(small: Graph) -> None:
    assert latest(small.store) == datetime.date.today()
    newer = EmbeddedStore(ox.Store(), {})
    day = ox.Literal("2999-12-31", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date"))
    newer.store.add(ox.Quad(ox.NamedNode(BASE + "dataset"), ox.NamedNode("http://purl.org/dc/terms/modified"), day))
    assert latest(newer) == datetime.date(2999, 12, 31)


def test_a_graph_of_ours_has_a_version_and_another_has_none(small: Graph) -> None:
    assert dataset_version(small.store).partition("+")[0] == "0.6.0"
    assert dataset_version(EmbeddedStore(ox.Store(), {})) == "unversioned"
