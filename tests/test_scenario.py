"""Scenarios: overlays in every form, the graph imagined, what is refused, and what the shipped ones change."""

from __future__ import annotations

import csv
import datetime
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from fastapi.testclient import TestClient
from real import ROOT, built

from comity.api import imagining
from comity.api.app import create_app
from comity.build import prepare
from comity.errors import InputError
from comity.graph import Graph
from comity.lines import listed
from comity.scenario import Outcome, Overlay, find, read, schema, side, to_csv, to_json, to_markdown, to_text
from comity.scenario.compare import stated_on
from comity.scenario.imagine import imagine
from comity.scenario.model import HYPOTHETICAL, SCENARIO, Shape
from comity.scenario.shipped import shipped
from comity.scenario.shown import blocs
from comity.scenario.turtle import forms
from comity.settings import Layout, layout
from comity.store import EmbeddedStore
from comity.vocabulary import ID, INFERRED, NS

TABLES = ROOT / "graph" / "tables"
HEAD = {"table": "scenario", "id": "what-if", "title": "What if", "as_of": "2024-06-01", "summary": "Something else."}
JOINS = {"table": "participations", "id": "bridge-agreement-JPN-party", "replaces": "bridge-agreement-JPN", "status_code": "party", "valid_from": "2024-06-01"}
ENDS = {"table": "recognitions", "id": "EU-USA-2023-ended", "replaces": "EU-USA-2023", "valid_until": "2024-06-01"}
PARTY = {"table": "participations", "id": "x",
         "participant_id": "JPN", "instrument_id": "harbour-agreement", "status_code": "party", "valid_from": "2024-01-01"}
SHIPPED = sorted(path.parent.name for path in (ROOT / "scenarios").glob("*/scenario.csv"))
GRAPH = ox.NamedNode(f"{SCENARIO}what-if")


def written(folder: Path, *rows: dict[str, str], name: str = "what-if.csv") -> Path:
    """Write rows as one CSV file."""
    names = list(dict.fromkeys(column for row in rows for column in row))
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return folder / name


def store_of(graph: Graph) -> EmbeddedStore:
    """Return the store of a graph in this process."""
    assert isinstance(graph.store, EmbeddedStore)
    return graph.store


def imagined(graph: Graph, path: Path) -> ox.Store:
    """Return the graph imagined under the scenario at `path`."""
    overlay = read(path, graph.layout.tables)
    stated = stated_on(overlay, side(graph.store, graph.layout, overlay.as_of))
    return imagine(store_of(graph).store, stated.quads, graph.layout.ontology / "rules")


@pytest.fixture(scope="module")
def world(small: Graph, tmp_path_factory: pytest.TempPathFactory) -> ox.Store:
    """Return the small graph in which Japan joined the bridge agreement and the framework with the United States ended."""
    return imagined(small, written(tmp_path_factory.mktemp("world"), HEAD, JOINS, ENDS))


@pytest.fixture(scope="module")
def changed(small: Graph, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Return what that changes, without draws."""
    return small.scenario(written(tmp_path_factory.mktemp("changed"), HEAD, JOINS, ENDS), draws=0)


@pytest.fixture(scope="module")
def lapsed() -> Outcome:
    """Return what changes when the adequacy of the United Kingdom lapses, with the fewest draws."""
    return built().scenario("uk-adequacy-lapses", draws=20)


# overlays

def test_a_folder_a_table_and_turtle_give_the_same_rows(tmp_path: Path) -> None:
    table = read(written(tmp_path, HEAD, JOINS), TABLES)
    folder = tmp_path / "folder"
    folder.mkdir()
    for row in (HEAD, JOINS):
        written(folder, {k: v for k, v in row.items() if k != "table"}, name=f"{row['table']}.csv")
    turtle = tmp_path / "what-if.ttl"
    turtle.write_text(f"""@prefix comity: <{NS}> . @prefix dcterms: <http://purl.org/dc/terms/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<{SCENARIO}what-if> dcterms:title "What if" ; dcterms:valid "2024-06-01"^^xsd:date ; dcterms:description "Something else." .
<{ID}participation/bridge-agreement-JPN-party> dcterms:replaces <{ID}participation/bridge-agreement-JPN> ; a comity:Participation ;
  comity:status <https://w3id.org/comity/concept/participation-status/party> ; comity:validFrom "2024-06-01"^^xsd:date .""", encoding="utf-8")
    seen = [[(e.table, e.cells, e.replaces) for e in found.entries] for found in (table, read(folder, TABLES), read(turtle, TABLES))]
    assert seen[0] == seen[1] == seen[2]
    assert {(o.slug, o.title, o.as_of) for o in (table, read(folder, TABLES), read(turtle, TABLES))} == {("what-if", "What if", datetime.date(2024, 6, 1))}


def test_the_cells_of_every_table_come_back_from_their_triples(small: Graph) -> None:
    assert isinstance(small.store, EmbeddedStore)
    for name, form in forms(small.layout.tables).items():
        separators = {c.header: c.separator for c in form.columns}
        with (small.layout.tables / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                graph = ox.NamedNode(form.table.at_props["id"])
                said = [(q.predicate.value, q.object) for q in small.store.store.quads_for_pattern(ox.NamedNode(form.start + row["id"]), None, None, graph)]
                cells, odd = form.cells((p, o) for p, o in said if isinstance(o, ox.NamedNode | ox.Literal))
                expected = {k: (s.join(sorted(v.split(s))) if (s := separators[k]) else v) for k, v in row.items() if v and k not in ("id", "training_compute")}
                cells.pop("training_compute", None)
                assert (cells, odd) == (expected, [])


# the graph imagined

def test_rows_imagined_stand_in_a_graph_of_their_own_and_no_asserted_statement_changes(small: Graph, world: ox.Store) -> None:
    base = store_of(small).store
    graphs = {g.value for g in base.named_graphs() if isinstance(g, ox.NamedNode)}
    assert {g.value for g in world.named_graphs() if isinstance(g, ox.NamedNode)} - graphs == {GRAPH.value}
    for name in graphs:
        if not name.startswith(INFERRED):
            assert sorted(listed(base, name)) == sorted(listed(world, name))


def test_a_replaced_row_is_no_longer_known_and_its_successor_has_what_it_left_empty(world: ox.Store) -> None:
    old, new = (ox.NamedNode(f"{ID}participation/{name}") for name in ("bridge-agreement-JPN", "bridge-agreement-JPN-party"))
    until = ox.NamedNode(NS + "knownUntil")
    assert [q.object.value for q in world.quads_for_pattern(old, until, None, None)] == ["2024-06-01"]
    assert [q.object.value for q in world.quads_for_pattern(new, until, None, None)] == ["9999-12-31"]
    assert [q.object.value for q in world.quads_for_pattern(new, ox.NamedNode(NS + "signedOn"), None, None)] == ["2022"]


def test_rows_that_refer_to_a_replaced_one_are_carried_over(world: ox.Store) -> None:
    successor = ox.NamedNode(f"{ID}recognition/EU-USA-2023-ended")
    carried = {q.subject.value.rpartition("/")[2] for q in world.quads_for_pattern(None, None, successor, GRAPH)}
    assert carried == {"EU-USA-2023-financial--what-if", "EU-USA-2023-listed--what-if"}


def test_rows_imagined_are_graded_outside_the_grades_of_the_graph_and_weigh_as_those_they_replace(world: ox.Store) -> None:
    grades = {q.object.value for q in world.quads_for_pattern(None, ox.NamedNode(NS + "evidenceGrade"), None, GRAPH) if isinstance(q.object, ox.NamedNode)}
    assert grades == {f"{HYPOTHETICAL}-for-secondary", f"{HYPOTHETICAL}-for-official"}
    weights = {q.object.value for q in world.quads_for_pattern(ox.NamedNode(f"{HYPOTHETICAL}-for-secondary"), ox.NamedNode(NS + "weight"), None, None)}
    assert weights == {"0.9"}


def test_what_is_derived_again_is_what_a_build_derives_from_the_same_rows(checkout: Layout, small: Graph, tmp_path: Path) -> None:
    path = checkout.tables / "participations.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    new = {"id": "zz-new", "participant_id": "EU", "instrument_id": "bridge-agreement", "status_code": "party", "valid_from": "2020-01-01"}
    found = imagined(small, written(tmp_path, HEAD, {"table": "participations", **new}))
    evidence = {"source_id": "treaty-depositary", "locator": "entry 9", "evidence_grade": "official", "recorded_on": "2024-06-01"}
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, list(rows[0]), restval="", lineterminator="\n").writerow({**new, **evidence})
    prepared = prepare(checkout)
    assert prepared.faults == []
    for rule in ("periods", "known", "types", "union-parties", "in-force", "paradigms"):
        assert sorted(listed(found, INFERRED + rule)) == sorted(listed(prepared.store, INFERRED + rule)), rule


# what is compared

def test_what_begins_and_what_closes_is_listed(changed: Outcome) -> None:
    assert [(b.change, b.actor, b.whole, b.status) for b in changed.bonds] == [("begins", "JPN", "bridge-agreement", "party")]
    assert [(w.exporter, w.recipient, w.name, w.change) for w in changed.ways if w.kind == "basis"] == [("EU", "USA", "adequacy", "closed")]
    assert changed.rows == (2, 2)


def test_the_graph_answers_as_before_after_a_scenario(small: Graph, changed: Outcome) -> None:
    store = store_of(small).store
    assert changed.bonds
    assert [q.object.value.rpartition("/")[2] for q in store.quads_for_pattern(
        ox.NamedNode(f"{ID}participation/bridge-agreement-JPN"), ox.NamedNode(NS + "status"), None, None)] == ["signatory"]
    assert not [g for g in store.named_graphs() if str(g).startswith(f"<{SCENARIO}")]


def test_the_answer_fits_its_schema_and_every_form_names_the_scenario(changed: Outcome) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(to_json(changed), schema())
    assert to_text(changed).startswith("What if\nSomething else.")
    assert {"basis", "score"} <= {row["kind"] for row in csv.DictReader(to_csv(changed).splitlines())}


@pytest.mark.gate
def test_the_answer_of_a_shipped_scenario_fits_the_schema(lapsed: Outcome) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(to_json(lapsed), schema())
    assert {row["kind"] for row in csv.DictReader(to_csv(lapsed).splitlines())} == {"basis", "score"}


def test_blocs_of_parts_that_do_not_hang_together_are_told_apart() -> None:
    same = Shape(1, 0, 0, 0.0, True, 1.0, {"A": 1, "B": 1, "C": 1, "D": 1}, {}, {("A", "B"): 1, ("C", "D"): 1})
    assert blocs(same) == {("A", "B"), ("C", "D")}


@pytest.mark.gate
def test_a_difference_has_an_interval_of_its_own(lapsed: Outcome) -> None:
    move = next(m for m in lapsed.moves if m.score == "A3")
    assert (move.source, move.target) == ("EU", "GBR")
    assert move.interval is not None
    assert move.before_interval is not None
    assert move.after_interval is not None
    assert move.after_interval[1] > move.before_interval[0], "the intervals of both worlds overlap"
    assert move.interval[0] <= move.interval[1] < 0, "and the difference is sure all the same, as both meet the same draws"


# refusals

def refused(graph: Graph, tmp_path: Path, *rows: dict[str, str]) -> str:
    """Return why a scenario of these rows is refused."""
    with pytest.raises(InputError) as caught:
        graph.scenario(written(tmp_path, *rows), draws=0)
    return str(caught.value)


@pytest.mark.parametrize(("rows", "reason"), [
    ([], "an empty overlay"),
    ([JOINS, JOINS], "id: bridge-agreement-JPN-party stands already"),
    ([JOINS, {**JOINS, "id": "y"}], "is replaced twice"),
    ([{**JOINS, "id": "bridge-agreement-JPN"}], "is a row of the graph"),
    ([{**JOINS, "replaces": "bridge-agreement-JPM"}], "did you mean bridge-agreement-JPN?"),
    ([{**JOINS, "replaces": "harbour-agreement-SGP"}], "was retracted"),
    ([{**JOINS, "valid_until": "2024-05-01"}], "before it begins"),
    ([{**PARTY, "valid_until": "2024-05-01"}], "that no row begins"),
    ([{**PARTY, "replaces": "harbour-agreement-USA", "participant_id": "", "valid_from": "", "valid_until": "2024-05-01"}], "ended already on 2021-07-01"),
    ([{**PARTY, "participant_id": "ATLANTIS"}], "ATLANTIS is not an id of actors"),
    ([{**PARTY, "instrument_id": "harbor-agreement"}], "did you mean harbour-agreement?"),
    ([{**PARTY, "status_code": "friend"}], "friend is not in"),
    ([{**PARTY, "valid_from": "2024-13-01"}], "valid_from"),
    ([{**PARTY, "valid_from": "2027-01-01"}], "comes after the what-if day"),
    ([{**PARTY, "evidence_grade": "official"}], "leave the columns of evidence away"),
    ([{**PARTY, "colour": "red"}], "has no column colour"),
    ([{**PARTY, "table": "participation"}], "did you mean participations?"),
    ([PARTY], "says already for that time"),
    ([{**PARTY, "participant_id": "KOR"}, {**PARTY, "participant_id": "KOR", "id": "y"}], "says already for that time"),
    ([{"table": "instruments", "id": "x", "replaces": "harbour-agreement", "label_en": "y"}], "a thing is never replaced"),
])
def test_a_scenario_that_cannot_be_is_refused_with_place_and_reason(rows: list[dict[str, str]], reason: str, small: Graph, tmp_path: Path) -> None:
    said = refused(small, tmp_path, HEAD, *rows)
    assert reason in said
    assert "what-if.csv" in said


def test_nobody_leaves_what_it_never_joined(small: Graph, tmp_path: Path) -> None:
    applies = {**PARTY, "id": "a", "participant_id": "KOR", "status_code": "applicant", "valid_from": ""}
    assert "that no row begins" in refused(small, tmp_path, HEAD, {**applies, "valid_until": "2024-05-01"})
    leaves = {"table": "participations", "id": "cptpp-CHN-left", "replaces": "cptpp-CHN", "valid_until": "2026-11-22"}
    assert "nobody leaves what it never joined" in refused(built(), tmp_path, {**HEAD, "as_of": "2026-11-22"}, leaves)


@pytest.mark.parametrize(("head", "reason"), [
    ({"as_of": "2024-02-30"}, "is no day"), ({"as_of": "1066-10-14"}, "outside coverage"), ({"as_of": "2999-01-01"}, "outside coverage"),
    ({"id": "What if"}, "cannot name a graph"), ({"title": ""}, "title is empty"),
])
def test_a_head_that_cannot_be_is_refused(head: dict[str, str], reason: str, small: Graph, tmp_path: Path) -> None:
    assert reason in refused(small, tmp_path, {**HEAD, **head}, JOINS)


def test_the_name_of_a_shipped_scenario_is_taken(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="taken by a shipped scenario"):
        find(str(written(tmp_path, {**HEAD, "id": "dpf-invalidated"}, JOINS)), layout(ROOT))


def test_an_unknown_name_is_refused_with_what_is_near() -> None:
    with pytest.raises(InputError, match="did you mean dpf-invalidated"):
        find("dpf-invalid", layout(ROOT))


def test_a_remote_graph_is_refused() -> None:
    with pytest.raises(InputError, match="needs the whole graph"):
        side(object(), layout(ROOT), datetime.date(2026, 11, 22))  # type: ignore[arg-type]


# those that are shipped

def test_at_least_eight_are_shipped_each_with_a_reading() -> None:
    known = shipped(layout(ROOT))
    assert len(known) >= 8
    assert all(len(overlay.reading.split()) > 60 for overlay in known.values())


def _page() -> dict[str, str]:
    text = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8").partition("docs/scenarios.md -->")[2]
    return {part.partition("`comity scenario ")[2].partition("`")[0]: part for part in text.split("\n## ")[1:]}


@pytest.mark.parametrize("name", SHIPPED)
def test_the_page_has_each_scenario_with_its_rows_and_reading(name: str) -> None:
    overlay: Overlay = find(name, layout(ROOT))
    part = _page()[name]
    assert part.startswith(overlay.title)
    assert overlay.reading.strip() in part
    assert all(f"`{entry.table}` `{entry.id}`" in part for entry in overlay.entries)


def _without_draws(part: str) -> list[str]:
    """Return the lines of a part of the page that no draw can change, without the intervals in them."""
    drawn = ("| Signed network", "| Intervals")
    body = part.partition("### Signed ties")[0].partition("### Reading")[0]
    return [re.sub(r" \[-?[\d.]+, -?[\d.]+\]", "", line) for line in body.strip().splitlines() if not line.startswith(drawn)]


@pytest.mark.gate
def test_the_page_is_what_the_command_writes_for_this_version(lapsed: Outcome) -> None:
    """One scenario stands for all, with few draws, as each takes seconds: `comity scenario --all --out docs/scenarios.md` writes the page."""
    assert _without_draws(to_markdown(lapsed)) == _without_draws(f"## {_page()['uk-adequacy-lapses']}")


@pytest.fixture(scope="module")
def client() -> TestClient:
    """Return a client of a server of the built graph."""
    return TestClient(create_app(built()))


def test_the_list_of_scenarios_is_a_page_with_a_form_and_leads_to_each(client: TestClient) -> None:
    page = client.get("/scenarios", headers={"accept": "text/html"}).text
    assert all(f'href="/scenario/{name}"' in page and f'value="{name}"' in page for name in SHIPPED)
    assert [entry["id"] for entry in client.get("/scenarios?format=json").json()] == SHIPPED
    led = client.get("/scenarios?name=dpf-invalidated&draws=0&as_of=2026-01-01", follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (303, "/scenario/dpf-invalidated?draws=0&seed=0&as_of=2026-01-01")


def test_a_scenario_is_a_page_json_and_csv_under_one_address(client: TestClient, changed: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imagining, "_computed", lambda graph, name, as_of, draws, seed: changed)
    page = client.get("/scenario/uk-adequacy-lapses", headers={"accept": "text/html"}).text
    assert "<h1>What if</h1>" in page
    assert "adequacy: conditional → closed" in page
    assert "EU-USA-2023-ended" in page
    answer = client.get("/scenario/uk-adequacy-lapses")
    assert answer.json() == to_json(changed)
    assert answer.headers["link"] == '</schemas/scenario.json>; rel="describedby"'
    assert client.get("/scenario/uk-adequacy-lapses?format=csv").text == to_csv(changed)
    assert client.get("/schemas/scenario.json").json() == schema()


@pytest.mark.parametrize(("path", "status"), [("nothing", 404), ("dpf-invalidated?format=xml", 406), ("dpf-invalidated?draws=5", 400),
                                              ("dpf-invalidated?as_of=yesterday", 400), ("dpf-invalidated?as_of=1066-10-14&draws=0", 400)])
def test_an_address_that_cannot_be_answered_says_why(client: TestClient, path: str, status: int) -> None:
    answer = client.get(f"/scenario/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
