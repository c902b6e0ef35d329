"""Datasets as Data Cubes: the integrity constraints of the vocabulary, and the way from an observation to its rows."""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox
import pytest
from toy import ABOUT, ALL, COLUMNS, LAYERS, ONE, PEOPLE, TIMED, TRADE

from comity.errors import InputError
from comity.network.dataset import ACTORS, TIES, Column, Dataset
from comity.network.formats import write

PREFIXES = """PREFIX qb: <http://purl.org/linked-data/cube#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX p: <https://w3id.org/comity/scores/property/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
BASE <https://w3id.org/comity/id/>
"""
#: what must not be there, by the numbers of the recommendation (W3C 2014, section 11); IC-7 to IC-10 concern slices, which are not written
FAULTS = {
    "IC-1: an observation has exactly one data set": """?o a qb:Observation . OPTIONAL { ?o qb:dataSet ?d } OPTIONAL { ?o qb:dataSet ?e FILTER(?e != ?d) }
        FILTER(!BOUND(?d) || BOUND(?e))""",
    "IC-2: a data set has exactly one structure": """?d a qb:DataSet . OPTIONAL { ?d qb:structure ?s } OPTIONAL { ?d qb:structure ?t FILTER(?t != ?s) }
        FILTER(!BOUND(?s) || BOUND(?t))""",
    "IC-3: a structure has a measure": """?s a qb:DataStructureDefinition
        FILTER NOT EXISTS { ?s qb:component/qb:measure ?m . ?m a qb:MeasureProperty }""",
    "IC-4: a dimension has a range": "?d a qb:DimensionProperty FILTER NOT EXISTS { ?d rdfs:range ?r }",
    "IC-5: a dimension of concepts has a code list": """?d a qb:DimensionProperty ; rdfs:range skos:Concept FILTER NOT EXISTS { ?d qb:codeList ?l }""",
    "IC-6: only attributes may be left out": """?s qb:component ?c . ?c qb:componentRequired false ; qb:dimension|qb:measure ?p""",
    "IC-7 to IC-10: no slice": "{ ?s a qb:Slice } UNION { ?s a qb:SliceKey } UNION { ?s qb:sliceKey ?k }",
    "IC-11: an observation has every dimension": """?o qb:dataSet/qb:structure/qb:component/qb:dimension ?p FILTER NOT EXISTS { ?o ?p ?v }""",
    "IC-13: an observation has every required attribute": """?o qb:dataSet/qb:structure/qb:component ?c . ?c qb:componentRequired true ; qb:attribute ?p
        FILTER NOT EXISTS { ?o ?p ?v }""",
    "IC-14: an observation has every measure": """?o qb:dataSet/qb:structure/qb:component/qb:measure ?p FILTER NOT EXISTS { ?o ?p ?v }""",
    "one value a property": "?o a qb:Observation ; ?p ?a, ?b FILTER(?a != ?b && STRSTARTS(STR(?p), STR(p:)))",
    "a value lies in the range of its property": """?o a qb:Observation ; ?p ?v . ?p rdfs:range ?r FILTER(isLiteral(?v) && DATATYPE(?v) != ?r)""",
    "no blank node": "?s ?p ?o FILTER(isBlank(?s) || isBlank(?o))",
    "a property is of one role": """?p a ?one, ?other FILTER(?one != ?other)
        VALUES ?one { qb:DimensionProperty qb:MeasureProperty qb:AttributeProperty }
        VALUES ?other { qb:DimensionProperty qb:MeasureProperty qb:AttributeProperty }""",
}
PAIRS = (Column("pairs", "source", "text", "id", "One actor."), Column("pairs", "target", "text", "id", "The other."),
         Column("pairs", "part", "text", "name", "Part of the score."), Column("pairs", "value", "number", "-1 to 1", "The score."))
MORE = replace(ONE, columns=(*COLUMNS, *PAIRS), tables={**ONE.tables, "pairs": (
    {"source": "DEU", "target": "VNM", "part": "A 1", "value": 0.5}, {"source": "DEU", "target": "VNM", "part": "A2", "value": None})})
CASES = {**ALL, "a further table": MORE}
each = pytest.mark.parametrize("dataset", CASES.values(), ids=CASES)


def loaded(dataset: Dataset, change: tuple[str, str] = ("", "")) -> ox.Store:
    store = ox.Store()
    store.load(write(dataset, "ttl").decode().replace(*change), format=ox.RdfFormat.TURTLE)
    return store


def rows(store: ox.Store, pattern: str, names: str = "*") -> list[list[str]]:
    answer = store.query(f"{PREFIXES} SELECT {names} {{ {pattern} }}")
    assert isinstance(answer, ox.QuerySolutions)
    return [[value.value for value in row if isinstance(value, ox.NamedNode | ox.Literal)] for row in answer]


def ask(store: ox.Store, pattern: str) -> bool:
    return bool(store.query(f"{PREFIXES} ASK {{ {pattern} }}"))


def duplicates(store: ox.Store) -> list[str]:
    """IC-12: no two observations of one data set have the same value in every dimension."""
    keys = rows(store, "SELECT ?o ?d (GROUP_CONCAT(CONCAT(STR(?p), ' ', STR(?v)); separator='|') AS ?key) WHERE { SELECT * { ?o qb:dataSet ?d . "
                       "?d qb:structure/qb:component/qb:dimension ?p . ?o ?p ?v } ORDER BY ?o ?p } GROUP BY ?o ?d", "?d ?key")
    found = [" ".join(key) for key in keys]
    return sorted({key for key in found if found.count(key) > 1})


@each
@pytest.mark.parametrize("fault", FAULTS)
def test_an_integrity_constraint_holds(dataset: Dataset, fault: str) -> None:
    assert not ask(loaded(dataset), FAULTS[fault])


@each
def test_no_two_observations_share_all_dimensions(dataset: Dataset) -> None:
    assert duplicates(loaded(dataset)) == []


@pytest.mark.parametrize(("fault", "old", "new"), [
    ("IC-1", "qb:dataSet", "qb:dataset"), ("IC-2", "qb:structure <", "qb:structured <"), ("IC-3", "qb:measure <", "qb:measured <"),
    ("IC-4", "rdfs:range", "rdfs:rang"),
    ("IC-5", "rdfs:range xsd:string", "rdfs:range <http://www.w3.org/2004/02/skos/core#Concept>"), ("IC-6", "qb:attribute <", "qb:measure <"),
    ("IC-11", "ties/layer> \"trade\"", "ties/layered> \"trade\""), ("IC-14", 'ties/weight> "2.5"', 'ties/weighed> "2.5"'),
    ("a value lies", '"2.5"^^xsd:double', '"2.5"'), ("a property is of one role", "qb:MeasureProperty", "qb:MeasureProperty, qb:DimensionProperty")])
def test_each_constraint_would_notice_a_fault(fault: str, old: str, new: str) -> None:
    assert old in write(ONE, "ttl").decode()
    assert ask(loaded(ONE, (old, new)), next(pattern for name, pattern in FAULTS.items() if name.startswith(fault)))


def test_the_check_for_duplicates_would_notice_one() -> None:
    assert len(duplicates(loaded(LAYERS, ('"data flows"', '"trade"')))) == 2  # weight and sign of Germany and the Union


@each
def test_there_is_an_observation_for_each_known_cell_that_measures(dataset: Dataset) -> None:
    measured = {(c.table, c.name) for c in dataset.columns if c.type in ("number", "integer", "boolean") and c.name not in ("cow", "gw")}
    known = sum(row[c] is not None for t, c in measured for row in dataset.tables[t])
    assert len(rows(loaded(dataset), "?o a qb:Observation")) == known > 0


def test_a_tie_is_found_by_its_ends_and_leads_to_the_rows_behind_it() -> None:
    pattern = "?o p:ties\\/source <actor/DEU> ; p:ties\\/target <actor/EU> ; p:ties\\/weight ?w ; prov:wasDerivedFrom/prov:hadMember ?row"
    found = rows(loaded(ONE), pattern, "?w ?row")
    assert sorted(found) == [["2.5", "https://w3id.org/comity/id/instrument/a"], ["2.5", "https://w3id.org/comity/id/instrument/b"]]


def test_a_slug_gets_the_kind_of_its_layer_and_an_address_stays() -> None:
    through = ("cptpp", "https://example.org/row", "measure/x-y")
    one = replace(ONE, tables={ACTORS: PEOPLE, TIES: ({**TRADE[0], "through": through},)}, kinds={"trade": "instrument"})
    found = {row[0] for row in rows(loaded(one), "?o prov:wasDerivedFrom/prov:hadMember ?row ; qb:dataSet ?d", "?row")}
    assert found == {"https://w3id.org/comity/id/instrument/cptpp", "https://example.org/row", "https://w3id.org/comity/id/measure/x-y"}


def test_a_slug_of_unknown_kind_is_refused() -> None:
    one = replace(ONE, tables={ACTORS: PEOPLE, TIES: ({**TRADE[0], "through": ("cptpp",)},)})
    with pytest.raises(InputError, match="write kind/cptpp, or give the layer's kind in `kinds`"):
        write(one, "ttl")


def test_an_unknown_cell_that_names_a_row_is_refused() -> None:
    pairs = ({"source": "DEU", "target": None, "part": "A1", "value": 0.5},)
    with pytest.raises(InputError, match="table pairs of toy: an unknown cell among source, target, part"):
        write(replace(MORE, tables={**ONE.tables, "pairs": pairs}), "ttl")


def test_spells_are_numbered_and_keep_their_partial_dates() -> None:
    pattern = r"?o p:ties\/weight ?w ; p:number ?n ; p:ties\/source <actor/DEU> ; p:ties\/target <actor/EU> OPTIONAL { ?o p:ties\/start ?s } "
    answer = rows(loaded(TIMED), pattern + "BIND(DATATYPE(?s) AS ?t)", "?n ?w ?s ?t")
    space = "http://www.w3.org/2001/XMLSchema#"
    assert sorted(answer) == [["1", "1", "2004-05-01", f"{space}date"], ["2", "2", "2010", f"{space}gYear"]]


def test_the_whole_says_what_it_was_made_from() -> None:
    found = rows(loaded(ONE), "?whole prov:wasDerivedFrom <https://w3id.org/comity/dataset> ; <http://www.w3.org/2002/07/owl#versionInfo> ?v . "
                              "?cube <http://purl.org/dc/terms/isPartOf> ?whole ; a qb:DataSet", "?whole ?cube ?v")
    assert {row[2] for row in found} == {ABOUT["version"]}
    assert {row[1].removeprefix(row[0]) for row in found} == {"/actors/bloc", "/actors/score", "/actors/coded", "/ties/sign", "/ties/weight"}


def test_another_making_has_other_names() -> None:
    one, two = (rows(loaded(d), "?d a qb:DataSet") for d in (ONE, replace(ONE, about={**ABOUT, "seed": 8})))
    assert {r[0] for r in one}.isdisjoint({r[0] for r in two})


@each
def test_quads_are_the_same_statements_in_a_graph_of_their_own(dataset: Dataset) -> None:
    quads = list(ox.parse(write(dataset, "nq"), format=ox.RdfFormat.N_QUADS))
    assert {q.triple for q in quads} == {q.triple for q in ox.parse(write(dataset, "ttl"), format=ox.RdfFormat.TURTLE)}
    names = {str(q.graph_name) for q in quads}
    assert len(names) == 1
    assert names.pop().startswith("<https://w3id.org/comity/graph/scores/toy-")
