"""What an editor offers: things by name, terms, the properties that a class has."""

from __future__ import annotations

import pytest

from comity.errors import InputError
from comity.graph import Graph
from comity.suggestions import Suggestions, fold
from comity.vocabulary import ID, NS


@pytest.fixture(scope="module")
def offered(small: Graph) -> Suggestions:
    return Suggestions(small.store, small.store.prefixes)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["Japan", "jap", "JP", "jpn", "日本", "Japon"])
def test_a_state_is_offered_by_its_names_and_codes(offered: Suggestions, name: str) -> None:
    [first, *_] = offered.things(name)
    assert (first.iri, first.label) == (f"{ID}actor/JPN", "Japan")


def test_a_thing_is_offered_once_and_no_more_than_asked(offered: Suggestions) -> None:
    found = [thing.iri for thing in offered.things("a", limit=5)]
    assert len(found) == len(set(found)) == 5
    assert offered.things("  ") == []
    assert offered.things("zzzz") == []


def test_a_name_that_begins_so_comes_before_one_that_holds_it(offered: Suggestions) -> None:
    names = [fold(thing.name) for thing in offered.things("uni", limit=50)]
    begins = [name.startswith("uni") for name in names]
    assert begins == sorted(begins, reverse=True)
    assert True in begins
    assert False in begins


def test_case_accents_and_blanks_do_not_count() -> None:
    assert fold("  Türkiye ") == fold("TURKIYE") == "turkiye"


def test_terms_have_names_labels_and_definitions(offered: Suggestions) -> None:
    terms = {term.name: term for term in offered.terms}
    assert (terms["comity:State"].kind, terms["comity:State"].label) == ("class", "state")
    assert terms["comity:recogniser"].kind == "property"
    assert terms["comity:recogniser"].definition
    assert terms["comity:recogniser"].iri == f"{NS}recogniser"
    assert [*terms] == sorted(terms)


def test_a_class_has_the_properties_that_its_things_have(offered: Suggestions) -> None:
    found = dict(offered.properties("comity:State"))
    assert found["comity:isoAlpha3"] == 8
    assert "comity:recogniser" not in found
    assert offered.properties(f"{NS}State") == offered.properties("comity:State")
    assert offered.properties("comity:Nothing") == []
    with pytest.raises(InputError, match="is no class"):
        offered.properties("not an iri")
