"""The W3C's SHACL suite: what our validation says of each test, by the engine itself and in the portions in which rows are judged.

Results are compared by focus node, component, severity, value and path where that is one property. Where the engine says something else
than the suite, the test is listed below with what it does; a listed test that passes fails.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import RDF, SH
from real import SUITES

from comity.errors import InputError
from comity.shacl import results, validate

pytestmark = pytest.mark.suites
FOLDER = SUITES / "shacl"
MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = rdflib.Namespace("http://www.w3.org/ns/shacl-test#")
CASES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.ttl") if "sht:Validate" in path.read_text(encoding="utf-8"))
#: test → what pyshacl does in place of what the suite says
DIFFERS = {"core/property/uniqueLang-002.ttl": "takes sh:uniqueLang \"1\"^^xsd:boolean for true"}
#: test → why rows judged in portions get another verdict; what we generate gives no occasion for it
APART = {
    "core/node/and-002.ttl": "a target node of which nothing is stated is in no row",
    "core/node/xone-duplicate.ttl": "pyshacl, given the names of shapes, does not find one that is only named in a list and of no class",
    "core/property/and-001.ttl": "has blank nodes, and a graph of ours has none",
    "core/property/class-001.ttl": "has blank nodes, and a graph of ours has none",
    "core/property/or-001.ttl": "has blank nodes, and a graph of ours has none",
}
#: what a test says with that rows judged one by one cannot: it is refused, and written as a fault query with us
BEYOND = r"looks beyond the row|cannot be run|mend the shape"


def _suite() -> None:
    if not CASES:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{FOLDER} is not here")


def _read(path: Path) -> tuple[rdflib.Graph, rdflib.Graph, rdflib.Graph, rdflib.term.Node]:
    """Return manifest, data and shapes of a test, and the node of what it expects."""
    manifest = rdflib.Graph().parse(path, publicID=path.as_uri())
    entry = manifest.value(None, RDF.type, SHT.Validate)
    action = manifest.value(entry, MF.action)
    graphs = {}
    for name in (SHT.dataGraph, SHT.shapesGraph):
        address = str(manifest.value(action, name))
        graphs[name] = rdflib.Graph().parse(address.removeprefix("file://"), publicID=address, format="turtle")
    expected = manifest.value(entry, MF.result)
    assert expected is not None
    return manifest, graphs[SHT.dataGraph], graphs[SHT.shapesGraph], expected


def _expected(manifest: rdflib.Graph, report: rdflib.term.Node) -> Counter[tuple[str, ...]] | str:
    if report == SHT.Failure:
        return "failure"
    found: Counter[tuple[str, ...]] = Counter()
    for result in manifest.objects(report, SH.result):
        path = manifest.value(result, SH.resultPath)
        value = manifest.value(result, SH.value)
        found[_line(manifest.value(result, SH.focusNode), manifest.value(result, SH.sourceConstraintComponent), manifest.value(result, SH.resultSeverity),
                    value, path if isinstance(path, rdflib.URIRef) else "")] += 1
    return found


def _line(*terms: object) -> tuple[str, ...]:
    return tuple("" if term is None or isinstance(term, rdflib.BNode) else str(term) for term in terms)


@pytest.mark.parametrize("name", [c for c in CASES if c.startswith("core/")] or ["missing"])
def test_the_engine_says_of_a_core_test_what_the_suite_says(name: str) -> None:
    _suite()
    manifest, data, shapes, report = _read(FOLDER / name)
    expected = _expected(manifest, report)
    try:
        found: Counter[tuple[str, ...]] | str = Counter()
        nodes = {str(node) for node in data.all_nodes() if isinstance(node, rdflib.BNode)}
        for r in results(data, shapes, FOLDER / name):
            path = r.path if r.path.startswith(("http", "file")) else ""
            assert isinstance(found, Counter)
            found[tuple("" if text in nodes else text for text in (r.focus, r.component, r.severity, r.value, path))] += 1
    except InputError:
        found = "failure"
    if name in DIFFERS:
        assert found != expected, f"{name} passes now; take it off the list"
    else:
        assert found == expected


def _portioned(name: str, folder: Path) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Return focus node and component of what `validate` says of a test, and of what the suite says, of nodes that have an IRI."""
    manifest, data, shapes, report = _read(FOLDER / name)
    queue = [subject for subject, _, value in shapes if value == MF.Manifest]  # the test's own description speaks SHACL too
    while queue:
        for predicate, value in list(shapes.predicate_objects(node := queue.pop())):
            shapes.remove((node, predicate, value))
            queue += [value] if isinstance(value, rdflib.BNode) or predicate == MF.entries or predicate == RDF.first else []
    shapes.serialize(folder / "shapes.ttl", format="turtle")
    store = ox.Store()
    store.load((data.serialize(format="nt")).encode(), format=ox.RdfFormat.N_TRIPLES)
    found = {(fault.file, fault.check) for fault in validate(store, folder, {}, {})}
    expected = _expected(manifest, report)
    assert isinstance(expected, Counter)
    return found, {(focus, component) for focus, component, *_ in expected if focus.startswith(("http", "file", "urn"))}


def test_rows_judged_in_portions_get_the_verdicts_of_the_suite_or_the_shape_is_refused(tmp_path: Path) -> None:
    _suite()
    judged, refused = [], []
    for name in CASES:
        folder = tmp_path / name.replace("/", "-")
        folder.mkdir()
        try:
            found, expected = _portioned(name, folder)
        except InputError as error:
            refused.append((name, str(error)))
            continue
        judged.append(name)
        assert (found == expected) == (name not in DIFFERS | APART), f"{name}: {found} {expected}"
    assert len(judged) >= 50
    assert [said for _, said in refused if not re.search(BEYOND, said)] == []
    assert [name for name in CASES if name.startswith("sparql/") and name in judged] == []
