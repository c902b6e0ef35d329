"""The questions that the first milestone promised, answered on the real graph with their sources."""

from __future__ import annotations

from itertools import pairwise

import pytest
from real import built

from comity.graph import Graph

ID = "https://w3id.org/comity/id/"
ADEQUATE_IN_2021 = ["AND", "ARG", "CAN", "CHE", "FRO", "GGY", "IMN", "ISR", "JEY", "JPN", "NZL", "URY"]
QUESTIONS = [
    ("lookup/party-to-both", {"a": "CPTPP", "b": "RCEP", "as_of": "2024-01-01"}),
    ("lookup/recognised-by", {"recogniser": "EU", "as_of": "2021-01-01"}),
    ("lookup/recognition-history", {"recogniser": "EU", "recognised": "USA"}),
    ("compare/provisions-between", {"a": "JPN", "b": "SGP"}),
    ("aigc/providers-in-listed-jurisdictions", {"list": "us-28-cfr-202-601-countries-of-concern"}),
]


@pytest.fixture(scope="module")
def real() -> Graph:
    return built()


def slugs(graph: Graph, column: str, name: str, **values: str) -> list[str]:
    return sorted(str(row[column]).rpartition("/")[2] for row in graph.ask(name, **values))


def count(graph: Graph, pattern: str, what: str = "?thing") -> int:
    [row] = graph.query(f"SELECT (COUNT(DISTINCT {what}) AS ?n) WHERE {{ {pattern} }}")
    return int(str(row["n"]))


def test_seven_states_were_party_to_both_cptpp_and_rcep_on_new_year_2024(real: Graph) -> None:
    found = slugs(real, "actor", "lookup/party-to-both", a="CPTPP", b="RCEP", as_of="2024-01-01")
    assert found == ["AUS", "BRN", "JPN", "MYS", "NZL", "SGP", "VNM"]


def test_brunei_and_malaysia_were_not_yet_party_to_both_a_fortnight_after_rcep_began(real: Graph) -> None:
    found = slugs(real, "actor", "lookup/party-to-both", a="CPTPP", b="RCEP", as_of="2022-01-15")
    assert found == ["AUS", "JPN", "NZL", "SGP", "VNM"]


@pytest.mark.parametrize(("eve", "day", "state"), [("2022-11-28", "2022-11-29", "MYS"), ("2023-07-11", "2023-07-12", "BRN")])
def test_a_party_joins_both_on_the_very_day_on_which_the_second_binds_it(real: Graph, eve: str, day: str, state: str) -> None:
    assert state not in slugs(real, "actor", "lookup/party-to-both", a="CPTPP", b="RCEP", as_of=eve)
    assert state in slugs(real, "actor", "lookup/party-to-both", a="CPTPP", b="RCEP", as_of=day)


def test_both_agreements_parties_come_with_the_dates_of_each(real: Graph) -> None:
    dates = {str(r["actor"]).rpartition("/")[2]: (r["sinceA"], r["sinceB"]) for r in real.ask("lookup/party-to-both", a="CPTPP", b="RCEP", as_of="2024-01-01")}
    assert dates["MYS"] == ("2022-11-29", "2022-03-18")
    assert dates["BRN"] == ("2023-07-12", "2022-01-01")
    assert dates["VNM"] == ("2019-01-14", "2022-01-01")


def test_the_eu_recognised_twelve_on_new_year_2021_and_not_the_united_states(real: Graph) -> None:
    assert sorted(set(slugs(real, "recognised", "lookup/recognised-by", recogniser="EU", as_of="2021-01-01"))) == ADEQUATE_IN_2021


def test_the_eu_recognised_korea_britain_and_the_united_states_too_on_new_year_2024(real: Graph) -> None:
    found = sorted(set(slugs(real, "recognised", "lookup/recognised-by", recogniser="EU", as_of="2024-01-01")))
    assert found == sorted([*ADEQUATE_IN_2021, "KOR", "GBR", "USA"])


def test_the_history_between_the_eu_and_the_united_states_has_two_gaps_right_to_the_day(real: Graph) -> None:
    spells = [(row["since"], row["endsOn"]) for row in real.ask("lookup/recognition-history", recogniser="EU", recognised="USA")]
    assert spells == [("2000-07-26", "2015-10-06"), ("2016-07-12", "2020-07-16"), ("2023-07-10", None)]
    gaps = [(end, start) for (_, end), (start, _) in pairwise(spells)]
    assert gaps == [("2015-10-06", "2016-07-12"), ("2020-07-16", "2023-07-10")]


@pytest.mark.parametrize(("day", "recognised"), [
    ("2000-07-25", False), ("2000-07-26", True), ("2015-10-05", True), ("2015-10-06", False), ("2016-07-11", False), ("2016-07-12", True),
    ("2020-07-15", True), ("2020-07-16", False), ("2023-07-09", False), ("2023-07-10", True)])
def test_each_edge_of_the_gaps_falls_on_its_day(real: Graph, day: str, recognised: bool) -> None:
    assert ("USA" in slugs(real, "recognised", "lookup/recognised-by", recogniser="EU", as_of=day)) is recognised


def test_two_agreements_between_japan_and_singapore_ban_localisation_under_their_exceptions(real: Graph) -> None:
    rows = {str(r["article"]): r for r in real.ask("compare/provisions-between", a="JPN", b="SGP", as_of="2024-01-01")}
    assert set(rows) == {"Art. 14.13", "Art. 12.14"}
    cptpp, rcep = rows["Art. 14.13"], rows["Art. 12.14"]
    assert (str(cptpp["agreement"]).rpartition("/")[2], str(rcep["agreement"]).rpartition("/")[2]) == ("cptpp", "rcep")
    assert "self-judging" not in str(cptpp["exceptions"]).lower()
    assert "self-judging" in str(rcep["exceptions"]).lower()
    assert "legitimate public policy" in str(cptpp["exceptions"]).lower()
    assert (str(cptpp["dispute"]).rpartition("/")[2], str(rcep["dispute"]).rpartition("/")[2]) == ("full", "excluded")


def test_only_cptpp_bans_localisation_between_them_before_rcep_is_in_force(real: Graph) -> None:
    assert [r["article"] for r in real.ask("compare/provisions-between", a="JPN", b="SGP", as_of="2021-12-31")] == ["Art. 14.13"]


def test_deepseek_and_not_openai_is_based_in_a_jurisdiction_on_the_list_of_28_cfr_202_601(real: Graph) -> None:
    found = slugs(real, "provider", "aigc/providers-in-listed-jurisdictions", list="us-28-cfr-202-601-countries-of-concern", as_of="2026-01-01")
    assert "deepseek" in found
    assert "openai" not in found
    assert len(found) >= 10


def test_nobody_stood_on_the_list_the_day_before_it_took_effect(real: Graph) -> None:
    name, terms = "aigc/providers-in-listed-jurisdictions", {"list": "us-28-cfr-202-601-countries-of-concern"}
    assert slugs(real, "provider", name, **terms, as_of="2025-04-07") == []
    assert "deepseek" in slugs(real, "provider", name, **terms, as_of="2025-04-08")


@pytest.mark.parametrize(("name", "values"), QUESTIONS, ids=[n for n, _ in QUESTIONS])
def test_every_row_of_every_answer_names_a_source_that_has_a_title(real: Graph, name: str, values: dict[str, str]) -> None:
    titled = {row["source"] for row in real.query("SELECT ?source WHERE { ?source a comity:Source ; dcterms:title ?title }")}
    rows = real.ask(name, **values)
    columns = [n for n in rows.names if n.lower().startswith("source") or n.endswith("Source")]
    assert columns
    assert len(rows) > 0
    for row in rows:
        assert {row[column] for column in columns} <= titled


def test_every_source_of_a_row_exists_with_a_title(real: Graph) -> None:
    orphans = real.query("SELECT DISTINCT ?source WHERE { ?row prov:hadPrimarySource ?source MINUS { ?source a comity:Source ; dcterms:title ?title } }")
    assert orphans.to_dicts() == []


def test_every_member_of_the_united_nations_is_a_state_with_all_its_codes_and_links(real: Graph) -> None:
    member = f"""?row comity:inOrganization <{ID}actor/un> ; comity:member ?thing ;
      comity:membershipStatus <https://w3id.org/comity/concept/membership-status/member> ."""
    assert count(real, member) == 193
    linked = f"""{member} ?thing a comity:State ; comity:isoAlpha2 ?a2 ; comity:isoAlpha3 ?a3 ; comity:m49Code ?m49 ; skos:exactMatch ?wikidata, ?authority .
      FILTER(STRSTARTS(STR(?wikidata), "http://www.wikidata.org/entity/Q") && STRSTARTS(STR(?authority), "http://publications.europa.eu/resource/authority/country/"))
      FILTER(STR(?thing) = CONCAT("{ID}actor/", ?a3))"""
    assert count(real, linked) == 193


@pytest.mark.parametrize(("what", "least", "pattern", "counted"), [
    ("agreements with parties", 25, "?row a comity:Participation ; comity:inInstrument ?thing . ?thing a comity:Agreement", "?thing"),
    ("provisions with articles", 80, "?thing a comity:Provision ; comity:article ?article", "?thing"),
    ("policy documents behind a transfer rule", 80, "?rule a comity:TransferRule ; comity:basedOn ?thing . ?thing a comity:PolicyDocument", "?thing"),
    ("jurisdictions of these", 45, "?rule a comity:TransferRule ; comity:basedOn ?thing ; comity:jurisdiction ?j . ?thing a comity:PolicyDocument", "?j"),
    ("measures and designations", 30, "?thing a ?kind FILTER(?kind IN (comity:Measure, comity:Designation))", "?thing"),
    ("providers", 30, "?thing a comity:AigcProvider", "?thing"),
    ("models and services", 40, "?thing a ?kind FILTER(?kind IN (comity:AigcModel, comity:AigcService))", "?thing"),
    ("rules on generative AI", 12, "?thing a comity:Instrument ; comity:topic <https://w3id.org/comity/concept/topic/generative-ai>", "?thing"),
    ("declarations with positions", 10, "?row a comity:Position ; comity:towards ?thing . ?thing a comity:Declaration", "?thing"),
])
def test_the_graph_holds_at_least_what_was_promised(real: Graph, what: str, least: int, pattern: str, counted: str) -> None:
    assert count(real, pattern, counted) >= least, what
