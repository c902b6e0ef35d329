"""Names: concepts and actors in English and Chinese, states and bodies of states in the six languages of the United Nations."""

from __future__ import annotations

import csv
import io

import pytest
import rdflib
from conftest import ROOT
from rdflib.namespace import RDF, SKOS


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((ROOT / "graph" / "tables" / f"{name}.csv").read_text(encoding="utf-8"))))


ACTORS, INSTRUMENTS = _rows("actors"), _rows("instruments")


def test_each_actor_has_a_name_in_english_and_chinese() -> None:
    assert [r["id"] for r in ACTORS if not r["label_en"] or not r["label_zh"]] == []


@pytest.mark.parametrize("language", ["fr", "es", "ar", "ru"])
def test_states_territories_unions_and_organisations_have_a_name_in_each_language_of_the_united_nations(language: str) -> None:
    named = {"State", "FormerState", "Territory", "SupranationalUnion", "InternationalOrganization", "Bloc"}
    assert [r["id"] for r in ACTORS if r["class_code"] in named and not r[f"label_{language}"]] == []


@pytest.mark.parametrize(("language", "first", "last"), [("zh", "\u4e00", "\u9fff"), ("ar", "\u0600", "\u06ff"), ("ru", "\u0400", "\u04ff")])
def test_names_of_states_are_written_in_their_own_script(language: str, first: str, last: str) -> None:
    names = [r[f"label_{language}"] for r in ACTORS if r["class_code"] == "State"]
    assert all(any(first <= sign <= last for sign in name) for name in names)


def test_each_concept_and_scheme_has_a_name_in_english_and_chinese() -> None:
    for path in sorted((ROOT / "ontology" / "concepts").glob("*.ttl")):
        graph = rdflib.Graph().parse(path)
        for thing in {*graph.subjects(RDF.type, SKOS.Concept), *graph.subjects(RDF.type, SKOS.ConceptScheme)}:
            assert {label.language for label in graph.objects(thing, SKOS.prefLabel)} >= {"en", "zh"}, thing  # type: ignore[attr-defined]


def test_a_title_in_the_original_language_says_which_one_and_is_not_the_english_one_again() -> None:
    titled = [r for r in INSTRUMENTS if r["label_original"]]
    assert len(titled) > 250
    assert [r["id"] for r in titled if not r["language"] or r["language"] == "en" or r["label_original"] == r["label_en"]] == []
