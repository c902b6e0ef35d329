"""What changed between two states: things, derived statements, answers, patches, notes and feeds."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pyoxigraph as ox
import pytest
import rdflib
from starlette.testclient import TestClient

from comity import changes
from comity.api.app import create_app
from comity.changes import Difference, Side, difference
from comity.changes.compare import on_day
from comity.cli.main import run
from comity.dumps import dump
from comity.errors import InputError
from comity.graph import Graph
from comity.store import EmbeddedStore

EU_JPN = "https://w3id.org/comity/id/recognition/EU-JPN-2019"
SCOPE = "https://w3id.org/comity/ns#scope"
TABLE = ox.NamedNode("https://w3id.org/comity/graph/recognitions")


@pytest.fixture(scope="module")
def edited(small: Graph) -> Graph:
    """Return the small graph with one row reworded and one gone."""
    assert isinstance(small.store, EmbeddedStore)
    store = ox.Store()
    store.extend(small.store.store)
    scope = next(iter(store.quads_for_pattern(ox.NamedNode(EU_JPN), ox.NamedNode(SCOPE), None)))
    store.remove(scope)
    store.add(ox.Quad(scope.subject, scope.predicate, ox.Literal("All sectors.", language="en"), TABLE))
    for quad in list(store.quads_for_pattern(ox.NamedNode(EU_JPN.replace("EU-JPN-2019", "EU-USA-2016")), None, None, TABLE)):
        store.remove(quad)
    return Graph(EmbeddedStore(store, small.store.prefixes), small.layout)


@pytest.fixture(scope="module")
def two(small: Graph, edited: Graph) -> tuple[Side, Side]:
    return Side("old", small), Side("new", edited)


@pytest.fixture(scope="module")
def found(two: tuple[Side, Side]) -> Difference:
    return difference(*two)


def test_a_reworded_row_is_a_change_and_a_lost_one_is_gone(found: Difference) -> None:
    assert [(t.kind, t.table, t.iri.rsplit("/", 1)[-1]) for t in found.things] == [
        ("changed", "recognitions", "EU-JPN-2019"), ("gone", "recognitions", "EU-USA-2016")]
    assert [(e.property, e.before, e.after) for e in found.things[0].edits] == [(SCOPE, ('"Private sector."@en',), ('"All sectors."@en',))]


def test_a_state_does_not_differ_from_itself(small: Graph) -> None:
    same = difference(Side("a", small), Side("b", small))
    assert same.things == ()
    assert same.derived == {}
    assert changes.answers(Side("a", small), Side("b", small), same) == []


def test_the_queries_that_answer_otherwise_have_their_rows_before_and_after(two: tuple[Side, Side], found: Difference) -> None:
    by_name = {a.name: a for a in changes.answers(*two, found)}
    assert all(a.after - a.before == len(a.came) - len(a.went) and a.came + a.went for a in by_name.values())
    assert any("EU-USA-2016" in row for answer in by_name.values() for row in answer.went)
    assert not any("EU-USA-2016" in row for answer in by_name.values() for row in answer.came)
    assert "aigc/models" not in by_name


def test_only_the_queries_named_are_asked(two: tuple[Side, Side], found: Difference) -> None:
    assert changes.answers(*two, found, ["lookup/party-to-both"]) == []
    with pytest.raises(InputError, match="no query is called nonsense"):
        changes.answers(*two, found, ["nonsense"])


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib.*")
def test_a_patch_leads_from_one_state_to_the_other_with_another_tool(two: tuple[Side, Side], found: Difference) -> None:
    text = changes.patch(found)
    assert text == changes.patch(difference(*two))
    near = ox.Store()
    near.extend(q for q in two[0].store.store if q.graph_name == TABLE)
    data = rdflib.Dataset()
    data.parse(data=dump(near, "nq", {}).decode(), format="nquads")
    data.parse(data=text.decode(), format="patch")
    wanted = rdflib.Dataset()
    after = ox.Store()
    after.extend(q for q in two[1].store.store if q.graph_name == TABLE)
    wanted.parse(data=dump(after, "nq", {}).decode(), format="nquads")
    assert set(data.quads()) == set(wanted.quads())


def test_release_notes_count_by_table_and_show_values_before_and_after(two: tuple[Side, Side], found: Difference) -> None:
    notes = changes.markdown(found, changes.answers(*two, found, ["recognition/recognised-by-whom"]), two[1].store.prefixes)
    assert "# Changes from old to new" in notes
    assert "| recognitions | 0 | 1 | 1 |" in notes
    assert '`- comity:scope "Private sector."@en`' in notes
    assert '`+ comity:scope "All sectors."@en`' in notes


def test_two_days_of_the_record_clock_differ_by_what_was_retracted(small: Graph) -> None:
    found = difference(on_day(small, "2024-01-31"), on_day(small, "2024-12-31"))
    kinds = {(t.kind, t.table) for t in found.things}
    assert {("gone", "actor_events"), ("entered", "actor_events")} <= kinds
    assert found.before == "as known on 2024-01-31"


def test_two_days_on_which_facts_held_differ_by_what_began_and_ended(small: Graph) -> None:
    found = difference(on_day(small, "2020-01-01", clock="as_of"), on_day(small, "2021-01-01", clock="as_of"))
    by_name = {t.iri.rsplit("/", 1)[-1]: t.kind for t in found.things}
    assert by_name["EU-USA-2016"] == "gone"
    assert by_name["EU-GBR"] == "gone"
    assert by_name["bridge-agreement-SGP"] == "entered"


def test_the_command_compares_files_in_every_format(quads: Path, edited: Graph, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert isinstance(edited.store, EmbeddedStore)
    after = tmp_path / "after.nq"
    after.write_bytes(dump(edited.store.store, "nq", {}))
    query = ["--query", "recognition/recognised-by-whom"]
    assert run(["diff", str(quads), str(after), *query]) == 0
    text = capsys.readouterr().out
    assert "0 entered, 1 changed, 1 gone" in text
    assert '- comity:scope "Private sector."' in text
    assert run(["diff", str(quads), str(after), *query, "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["things"]) == 2
    assert run(["diff", str(quads), str(after), "--format", "patch", "--out", str(tmp_path / "p.rdfp")]) == 0
    assert (tmp_path / "p.rdfp").read_bytes().startswith(b"H id ")
    assert run(["diff", "http://example.org/sparql", str(after)]) == 2
    assert run(["diff", str(quads), str(after), "--no-queries", *query]) == 2


@pytest.fixture(scope="module")
def client(small: Graph) -> Iterator[TestClient]:
    with TestClient(create_app(small)) as client:
        yield client


FEEDS = ["/changes", "/changes/actor/USA", "/changes/recognition/EU-USA-2016", "/changes/queries/lookup/parties?agreement=HTA"]


@pytest.mark.parametrize("address", FEEDS)
def test_a_feed_is_sound_atom_and_the_same_in_json(client: TestClient, address: str) -> None:
    reply = client.get(address, headers={"accept": "application/atom+xml"})
    assert reply.headers["content-type"].startswith("application/atom+xml")
    read = feedparser.parse(reply.content)
    assert not read.bozo
    assert read.version == "atom10"
    assert read.feed.id.startswith("https://w3id.org/comity/changes")
    assert read.feed.updated
    assert read.feed.author == "The Comity authors"
    assert read.entries
    ids = [e.id for e in read.entries]
    assert len(set(ids)) == len(ids)
    days = [e.updated for e in read.entries]
    assert days == sorted(days, reverse=True)
    form = "&format=json" if "?" in address else "?format=json"
    other = client.get(address + form)
    assert other.headers["content-type"] == "application/feed+json"
    assert [i["id"] for i in other.json()["items"]] == ids
    assert other.json()["version"] == "https://jsonfeed.org/version/1.1"


@pytest.mark.parametrize("address", FEEDS)
def test_every_entry_leads_to_a_page_of_this_host(client: TestClient, address: str) -> None:
    for entry in feedparser.parse(client.get(address).content).entries:
        assert client.get(entry.link).status_code == 200


def test_a_feed_has_the_elements_that_its_standard_asks_for(client: TestClient) -> None:
    space = {"a": "http://www.w3.org/2005/Atom"}
    root = ET.fromstring(client.get("/changes").content)
    for item in [root, *root.findall("a:entry", space)]:
        for name in ("id", "title", "updated"):
            assert len(item.findall(f"a:{name}", space)) == 1
    assert [link.get("rel") for link in root.findall("a:link", space)] == ["self", "alternate"]
    assert all(entry.find("a:content", space) is not None for entry in root.findall("a:entry", space))


def test_the_feed_of_a_thing_tells_rows_with_their_source(client: TestClient) -> None:
    items = client.get("/changes/recognition/EU-USA-2016?format=json").json()["items"]
    assert items[-1]["date_published"] == "2024-01-10T00:00:00Z"
    assert "entered recognition/EU-USA-2016 [source/gazette, Art. 1, official]" in items[-1]["content_text"]


def test_the_feed_of_a_query_tells_the_rows_that_came(client: TestClient) -> None:
    item = client.get("/changes/queries/lookup/parties?agreement=HTA&format=json").json()["items"][-1]
    assert item["date_published"] == "2024-01-10T00:00:00Z"
    lines = item["content_text"].splitlines()
    assert lines[0].startswith("?")
    assert all(line.startswith("+ ") for line in lines[1:])
    assert len(lines) > 1


def test_what_has_no_changes_is_not_found_and_a_wrong_value_is_refused(client: TestClient) -> None:
    assert client.get("/changes/actor/nobody").status_code == 404
    assert client.get("/changes/queries/lookup/nonsense").status_code == 404
    assert client.get("/changes?format=rss").status_code == 406
    reply = client.get("/changes/queries/lookup/parties?known_on=2024-01-01")
    assert reply.status_code == 400
    assert "clock of the feed itself" in reply.text


def test_pages_name_their_feed(client: TestClient) -> None:
    page = {"accept": "text/html"}
    assert 'href="/changes/actor/JPN"' in client.get("/doc/actor/JPN", headers=page).text
    assert 'href="/changes/queries/lookup/parties?agreement=HTA"' in client.get("/queries/lookup/parties?agreement=HTA", headers=page).text
