"""Shapes in portions: the verdicts are those of pyshacl on the whole graph, and a shape that looks too far is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from comity import shacl
from comity.build import assemble
from comity.errors import InputError
from comity.settings import Layout, layout
from comity.shacl import DERIVATION, plain_graph, results, validate
from comity.vocabulary import ID, NS

SPOIL = {
    "positions.csv": ("hill-declaration,,supports", "hill-declaration,data-privacy,supports"),
    "measures.csv": ("2023-12-01", "2023-06-01"),
    "actors.csv": ("deepseek,AigcProvider", "deepseek,Firm"),
    "instruments.csv": ("harbour-agreement,TradeAgreement", "harbour-agreement,Statute"),
}


@pytest.fixture(scope="module")
def spoiled(pristine: Layout, tmp_path_factory: pytest.TempPathFactory) -> ox.Store:
    """Return the graph of a small project that breaks several shapes, of rows and of what rows name."""
    root = tmp_path_factory.mktemp("spoiled")
    shutil.copytree(pristine.ontology.parent, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("build"))
    checkout = layout(root)
    for file, (old, new) in SPOIL.items():
        path = checkout.tables / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    prepared = assemble(checkout)
    assert prepared.faults == []
    store = ox.Store()
    store.bulk_extend(q for q in prepared.store if not q.subject.value.startswith(DERIVATION))
    return store


@pytest.fixture(scope="module")
def copied(spoiled: ox.Store) -> rdflib.Graph:
    """Return that graph as pyshacl reads it."""
    return plain_graph(spoiled)


@pytest.fixture(scope="module")
def expected(copied: rdflib.Graph, pristine: Layout) -> list[tuple[str, str, str]]:
    """Return what pyshacl itself says of that graph by our shapes."""
    return _plain(copied, pristine.ontology / "shapes")


def _plain(data: rdflib.Graph, folder: Path) -> list[tuple[str, str, str]]:
    """Return what pyshacl itself says of the whole graph."""
    found = results(data, shacl._shapes_graph(folder), folder)
    return sorted((r.focus, r.path, r.message + (f" Found {r.value}." if r.value else "")) for r in found)


@pytest.mark.parametrize("portion", [40, 150, 100_000])
def test_portions_give_the_verdicts_of_the_whole(
        spoiled: ox.Store, expected: list[tuple[str, str, str]], pristine: Layout, monkeypatch: pytest.MonkeyPatch, portion: int) -> None:
    monkeypatch.setattr(shacl, "_PORTION", portion)
    monkeypatch.setattr(shacl, "_FEW", min(portion, 1500))
    monkeypatch.setattr(shacl, "_apart", lambda task: shacl.run_portion(*task))
    folder = pristine.ontology / "shapes"
    assert len(expected) >= 4
    assert sorted(f.message for f in validate(spoiled, folder, {}, {})) == [m for *_, m in sorted(expected, key=lambda r: r[2])]


def test_a_portion_in_a_process_of_its_own_gives_the_same(spoiled: ox.Store, pristine: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = pristine.ontology / "shapes"
    whole = validate(spoiled, folder, {}, {})
    monkeypatch.setattr(shacl, "_FEW", 100)
    monkeypatch.setattr(shacl, "_PORTION", 100)
    assert validate(spoiled, folder, {}, {}) == whole


def test_only_the_things_asked_for_are_judged(spoiled: ox.Store, pristine: Layout) -> None:
    folder = pristine.ontology / "shapes"
    whole = validate(spoiled, folder, {}, {})
    for thing in sorted({fault.file for fault in whole}):
        assert {f.file for f in validate(spoiled, folder, {}, {}, only={thing})} == {thing}
    assert validate(spoiled, folder, {}, {}, only=set()) == []
    assert validate(spoiled, folder, {}, {}, only={ID + "actor/JPN"}) == []


def _shape(text: str) -> str:
    return f"@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix c: <{NS}> .\nc:S a sh:NodeShape ; sh:targetClass c:Actor ; {text} ."


@pytest.mark.parametrize(("text", "message"), [
    ("sh:property [ sh:path [ sh:inversePath c:member ] ; sh:minCount 1 ]", "looks beyond the row"),
    ("sh:property [ sh:path ( c:basedIn c:partOf ) ; sh:minCount 1 ]", "looks beyond the row"),
    ("sh:property [ sh:path c:basedIn ; sh:node c:T ]", "node of .* looks beyond the row"),
    ('sh:sparql [ sh:select "SELECT $this { $this a c:Actor }" ]', "sparql of|select of"),
    ("sh:closed true", "closed of .* looks beyond the row"),
    ("sh:property [ sh:path c:basedIn ; sh:qualifiedMinCount 1 ; sh:qualifiedValueShape c:T ]", "looks beyond the row"),
])
def test_a_shape_that_looks_beyond_the_row_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "s.ttl").write_text(_shape(text), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        validate(ox.Store(), tmp_path, {}, {})


@pytest.mark.parametrize(("text", "count"), [
    ("sh:property [ sh:path c:nowhere ; sh:minCount 1 ]", 1),
    ("sh:deactivated true ; sh:property [ sh:path c:nowhere ; sh:minCount 1 ]", 0),
    ("sh:property [ sh:path c:nowhere ; sh:minCount 1 ; sh:deactivated true ]", 0),
    ("sh:property c:P . c:P sh:path c:nowhere ; sh:minCount 1 . c:T sh:targetClass c:Actor ; sh:property c:P", 2),
    ("sh:property _:p ; sh:or ( _:p [ sh:path c:nowhere ; sh:maxCount 0 ] ) . _:p sh:path c:nowhere ; sh:minCount 1", 1),
    ("sh:property [ sh:path c:nowhere ; sh:minCount 1 ] , [ sh:path c:nowhere ; sh:not [ sh:maxCount 0 ] ; sh:minCount 1 ]", 2),
])
def test_property_shapes_stand_by_themselves_without_another_verdict(
        spoiled: ox.Store, copied: rdflib.Graph, tmp_path: Path, text: str, count: int) -> None:
    (tmp_path / "s.ttl").write_text(_shape(text), encoding="utf-8")
    actors = {q.subject for q in spoiled.quads_for_pattern(None, shacl.TYPE, ox.NamedNode(NS + "Actor"), None)}
    expected = [message for *_, message in _plain(copied, tmp_path)]
    assert len(expected) >= count * len(actors) > 0 or not (count or expected)
    assert sorted(f.message for f in validate(spoiled, tmp_path, {}, {})) == sorted(expected)


def test_a_process_that_ends_badly_is_one_clear_line(spoiled: ox.Store, pristine: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shacl, "_FEW", 100)
    monkeypatch.setattr(shacl, "_PORTION", 100)
    monkeypatch.setattr(shacl.sys, "executable", "/bin/false")
    with pytest.raises(InputError, match=r"the checks stopped \(.*\); free memory and try again"):
        validate(spoiled, pristine.ontology / "shapes", {}, {})
