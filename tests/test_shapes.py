"""Each file of `shapes/` is a specification: data in Turtle, and in its first line the messages that the shapes must give."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox
import pytest
import rdflib
from conftest import ROOT
from rdflib.namespace import RDF, SH

from comity.shacl import validate
from comity.style import derivations
from comity.vocabulary import ID, RDFS, TYPE, ontology, read_turtle

T = TypeVar("T")
FOLDER = Path(__file__).parent / "shapes"
SHAPES = ROOT / "ontology" / "shapes"
HIERARCHY = {TYPE, ox.NamedNode(RDFS + "subClassOf")}
CASES = sorted(FOLDER.glob("*/*.ttl"))


@pytest.fixture(scope="module")
def messages() -> dict[Path, set[str]]:
    """Return what the shapes say about the data of each case, with the classes of the ontology beside it, without the values found.

    One run judges all cases: in each the things that it speaks of get names of their own, so that no case sees another.
    What the rules derive is validated apart, with a shape of its own: both are run on each case.
    """
    store = ox.Store()
    store.bulk_extend(q for q in ontology(ROOT / "ontology") if q.predicate in HIERARCHY)
    for number, path in enumerate(CASES):
        store.extend(_named_apart(read_turtle(path), f"~{number}"))
    found = [(fault.file, fault.message.partition(" Found ")[0]) for fault in validate(store, SHAPES, {}, {})]
    found += [(term, message) for _, term, _, message in derivations(ROOT / "ontology", store)]
    said: dict[Path, set[str]] = {path: set() for path in CASES}
    for thing, message in found:
        said[CASES[int(thing.rpartition("~")[2])]].add(message)
    return said


def _named_apart(quads: list[ox.Quad], end: str) -> Iterator[ox.Quad]:
    """Put `end` behind the name of each thing that `quads` speak of."""
    told = {q.subject for q in quads}

    def own(term: T) -> T | ox.NamedNode:
        return ox.NamedNode(term.value + end) if isinstance(term, ox.NamedNode) and term in told else term

    assert all(isinstance(thing, ox.BlankNode) or thing.value.startswith(ID) for thing in told)
    return (ox.Quad(own(q.subject), q.predicate, own(q.object)) for q in quads)


def _expected(path: Path) -> set[str]:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    assert first.startswith("# expect: "), f"{path}: the first line must say what to expect"
    text = first.removeprefix("# expect: ")
    return set() if text == "nothing" else set(text.split("; "))


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_the_shapes_say_of_each_case_what_its_first_line_expects(messages: dict[Path, set[str]], path: Path) -> None:
    assert messages[path] == _expected(path)


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_case_is_named_after_what_it_expects(path: Path) -> None:
    assert path.stem.startswith("invalid-" if _expected(path) else "valid-")


def test_each_shape_has_a_valid_and_an_invalid_case() -> None:
    graph = rdflib.Graph()
    for path in SHAPES.glob("*.ttl"):
        if path.name != "style.ttl":
            graph.parse(path)
    shapes = {str(s).partition("#")[2] for s in graph.subjects(RDF.type, SH.NodeShape)}
    assert {p.parent.name for p in CASES if p.stem.startswith("valid-")} == shapes
    assert {p.parent.name for p in CASES if p.stem.startswith("invalid-")} == shapes


def test_each_message_of_the_shapes_about_codes_and_keys_names_a_column_or_what_to_mend() -> None:
    graph = rdflib.Graph()
    for path in SHAPES.glob("*.ttl"):
        graph.parse(path)
    for node in set(graph.subjects(SH.path)) & set(graph.objects(None, SH.property)):
        message = graph.value(node, SH.message)
        assert message is not None, f"{graph.value(node, SH.path)}: a property shape needs sh:message"
        assert str(message).endswith("."), message
