"""Answers on the small graph, whose rows can be checked by hand: clocks, scopes, volumes, unions, lists, blocking, two hops."""

from __future__ import annotations

import csv

import pytest

from comity.build import assemble
from comity.errors import InputError
from comity.graph import Graph
from comity.routes import Route, Wish, route, to_text
from comity.settings import Layout
from comity.store import EmbeddedStore
from comity.vocabulary import prefixes

EVERYTHING = "2024-12-31"


def ask(graph: Graph, exporter: str, importer: str, as_of: str, **more: str) -> Route:
    return graph.route(exporter, importer, as_of=as_of, **{"known_on": EVERYTHING, **more})


def status(answer: Route, mechanism: str) -> str:
    """Return `status` or `closed:reason` of a mechanism that stands once in the answer."""
    (basis,) = [b for b in answer.bases if b.mechanism == mechanism]
    return f"closed:{basis.reason}" if basis.status == "closed" else basis.status


@pytest.mark.parametrize(("day", "recipient", "expected"), [
    ("2016-07-11", "privacy-shield-certified", "closed:never-decided"),
    ("2016-07-12", "privacy-shield-certified", "open"),
    ("2019-01-01", "uncertified", "closed:out-of-scope"),
    ("2019-01-01", "", "conditional"),
    ("2020-07-15", "privacy-shield-certified", "open"),
    ("2020-07-16", "privacy-shield-certified", "closed:invalidated"),
    ("2023-07-09", "dpf-certified", "closed:invalidated"),
    ("2023-07-10", "dpf-certified", "open"),
    ("2023-07-10", "privacy-shield-certified", "conditional")])
def test_a_framework_opens_from_its_first_day_to_its_judgment_to_those_who_joined(small: Graph, day: str, recipient: str, expected: str) -> None:
    assert status(ask(small, "EU", "USA", day, recipient=recipient), "adequacy") == expected


@pytest.mark.parametrize(("data", "known_on", "expected"), [
    ("personal-data", EVERYTHING, "open"),
    ("financial-data", EVERYTHING, "closed:out-of-scope"),
    ("financial-data", "2024-05-31", "open"),
    ("sensitive-personal-data", EVERYTHING, "open")])
def test_a_category_is_left_out_from_the_day_on_which_that_was_recorded(small: Graph, data: str, known_on: str, expected: str) -> None:
    assert status(ask(small, "EU", "USA", "2024-07-01", data=data, recipient="dpf-certified", known_on=known_on), "adequacy") == expected


@pytest.mark.parametrize(("day", "exporter", "expected"), [
    ("2019-12-31", "GBR", "open"), ("2019-12-31", "FRA", "open"), ("2024-01-15", "FRA", "open")])
def test_a_member_is_answered_with_the_law_of_its_union(small: Graph, day: str, exporter: str, expected: str) -> None:
    answer = ask(small, exporter, "JPN", day)
    assert status(answer, "adequacy") == expected
    assert {b.rule.rpartition("/")[2] for b in answer.bases if b.status != "closed"} == {"EU-personal-data-2018"}


def test_what_has_left_a_union_has_no_coded_law_of_its_own(small: Graph) -> None:
    answer = ask(small, "GBR", "JPN", "2020-06-01")
    assert (answer.coded, answer.bases) == (False, ())
    assert answer.explanation.startswith("Not coded: rules of United Kingdom are recorded, but none for this data")


def test_within_a_union_nothing_is_sent_abroad(small: Graph) -> None:
    for importer in ("FRA", "EU"):
        answer = ask(small, "DEU", importer, "2024-01-15")
        assert [(b.mechanism, b.status) for b in answer.bases] == [("free", "open")]
        assert any("membership" in e.row for e in answer.bases[0].evidence)


def test_a_jurisdiction_without_rules_is_not_coded_and_nothing_follows(small: Graph) -> None:
    answer = ask(small, "KOR", "JPN", "2024-01-15")
    assert (answer.coded, answer.bases) == (False, ())
    assert "neither that the transfer is open nor that it is closed" in answer.explanation


@pytest.mark.parametrize(("exporter", "assessment", "clauses"), [
    ("persons:99999", "closed:out-of-scope", "closed:out-of-scope"), ("persons:100000", "closed:out-of-scope", "conditional"),
    ("persons:999999", "closed:out-of-scope", "conditional"), ("persons:1000000", "conditional", "closed:out-of-scope"), ("", "conditional", "conditional"),
    ("persons:5;cac-ciio", "conditional", "closed:out-of-scope"), ("persons:500000;non-ciio", "closed:out-of-scope", "conditional")])
def test_volumes_and_the_only_way_for_some_decide_between_the_grounds(small: Graph, exporter: str, assessment: str, clauses: str) -> None:
    answer = ask(small, "CHN", "USA", "2024-07-01", sender=exporter)
    assert status(answer, "security-assessment") == assessment
    assert status(answer, "standard-clauses") == clauses


def test_a_number_that_was_not_given_is_a_condition(small: Graph) -> None:
    answer = ask(small, "CHN", "USA", "2024-07-01")
    (clauses,) = [b for b in answer.bases if b.mechanism == "standard-clauses"]
    assert "Between these numbers clauses or a certificate do." in clauses.conditions
    assert any(c.startswith("If exporter: Operator of critical information infrastructure") for c in clauses.conditions)


def test_grounds_that_began_later_and_ended_earlier_are_closed_with_that_reason(small: Graph) -> None:
    assert status(ask(small, "CHN", "USA", "2023-01-01"), "certification") == "closed:not-yet-in-force"
    assert status(ask(small, "EU", "CHN", "2018-05-24"), "binding-corporate-rules") == "closed:not-yet-in-force"
    assert status(ask(small, "JPN", "USA", "2023-01-01", data="health-data", known_on="2024-05-31"), "free") == "closed:prohibited"
    assert status(ask(small, "JPN", "USA", "2023-01-01", data="health-data"), "consent") == "conditional"


@pytest.mark.parametrize(("importer", "day", "recipient", "ground", "expected"), [
    ("CHN", "2022-01-01", "", "regulator-approval", "conditional"), ("CHN", "2021-03-21", "covered-person", "regulator-approval", "conditional"),
    ("HKG", "2022-12-31", "", "regulator-approval", "conditional"), ("JPN", "2022-01-01", "covered-person", "regulator-approval", "conditional"),
    ("JPN", "2022-01-01", "not-controlled-by-foreign-adversary", "free", "open"), ("JPN", "2022-01-01", "", "free", "conditional")])
def test_a_rule_for_listed_countries_reaches_whom_its_list_names_and_whom_they_control(
        small: Graph, importer: str, day: str, recipient: str, ground: str, expected: str) -> None:
    assert status(ask(small, "USA", importer, day, data="government-data", recipient=recipient), ground) == expected


def test_a_trait_of_the_exporter_makes_data_of_a_nearer_category(small: Graph) -> None:
    assert status(ask(small, "USA", "CHN", "2022-01-01", sender="government-body"), "regulator-approval") == "conditional"
    assert status(ask(small, "USA", "CHN", "2022-01-01"), "free") == "open"


@pytest.mark.parametrize(("day", "expected"), [("2024-01-31", "conditional"), ("2024-02-01", "closed:listed")])
def test_a_firm_that_a_measure_bars_is_shut_out_from_that_day(small: Graph, day: str, expected: str) -> None:
    assert status(ask(small, "CHN", "FRA", day, recipient="mistral"), "standard-clauses") == expected
    assert status(ask(small, "CHN", "FRA", day), "standard-clauses") == "conditional"


def test_foreign_authorities_get_data_only_on_what_the_blocking_rule_asks(small: Graph) -> None:
    answer = ask(small, "EU", "JPN", "2024-01-15", recipient="foreign-authorities")
    assert status(answer, "treaty") == "conditional"
    assert status(answer, "adequacy") == "conditional"
    assert not answer.grounds("open")


def test_commitments_bind_states_and_are_no_basis(small: Graph) -> None:
    answer = ask(small, "DEU", "JPN", "2024-07-01")
    assert [c.label for c in answer.commitments] == ["Valley Partnership Agreement, Art. 8.81"]
    assert "they give the exporter no legal basis of its own" in to_text(answer)
    assert not any("valley" in b.instrument for b in answer.bases)


def test_a_rule_that_restricts_without_a_ground_takes_away_what_a_wider_rule_leaves_free(checkout: Layout) -> None:
    path = checkout.tables / "transfer_rules.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("government-data,approval,regulator-approval,countries-of-concern", "government-data,conditional,,any"), encoding="utf-8")
    graph = Graph(EmbeddedStore(assemble(checkout).store, prefixes(checkout.ontology)), checkout)
    answer = ask(graph, "USA", "JPN", "2022-01-01", data="government-data")
    (free,) = [b for b in answer.bases if b.mechanism == "free" and b.rule.endswith("/USA-personal-data")]
    assert (free.status, free.conditions) == ("conditional", ("List Rule of the United States, Sec. 3: The ministry agrees to each transfer.",))
    assert status(answer, "conditional") == "conditional"


def test_decisions_of_a_union_count_under_the_own_law_of_a_member_too(checkout: Layout) -> None:
    path = checkout.tables / "transfer_rules.csv"
    own = "FRA-personal-data-2018,FRA,,,personal-data,conditional,adequacy,,,none,,,2018-05-25,,gazette,Art. 1,official,2024-01-10,"
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([header, *sorted([*lines, own])]) + "\n", encoding="utf-8")
    graph = Graph(EmbeddedStore(assemble(checkout).store, prefixes(checkout.ontology)), checkout)
    states = [b.status for b in ask(graph, "FRA", "JPN", "2024-01-15").bases if b.mechanism == "adequacy"]
    assert states == ["open", "open"]


def test_conflicts_name_blocking_rules_access_there_and_stated_ones(small: Graph) -> None:
    kinds = {(c.kind, c.evidence[0].row.rpartition("/")[2]) for c in ask(small, "EU", "USA", "2024-07-01").conflicts}
    assert {("blocking", "EU-blocking-judgments"), ("government-access", "USA-compelled-extraterritorial-warrants"),
            ("stated-conflict", "eu-data-law-against-usa-list-rule-2")} <= kinds


def test_two_hops_give_both_answers_and_the_limits_of_the_first(small: Graph) -> None:
    answer = ask(small, "CHN", "USA", "2024-07-01", via="JPN")
    assert [(leg.exporter_label, leg.importer_label) for leg in answer.legs] == [("China", "Japan"), ("Japan", "United States")]
    assert [o.summary for o in answer.legs[0].onward] == ["The recipient asks before it passes data on."]
    assert "limits on passing the data on are coded for the first hop" in to_text(answer)
    assert "does not say that there is none" in to_text(ask(small, "EU", "USA", "2024-07-01", via="JPN"))


def test_every_basis_has_evidence_and_every_closed_one_a_reason(small: Graph) -> None:
    for importer in ("USA", "CHN", "GBR", "SGP"):
        for basis in ask(small, "EU", importer, "2024-01-15").bases:
            assert basis.evidence
            assert bool(basis.reason) is (basis.status == "closed")


@pytest.mark.parametrize(("wish", "message"), [
    (Wish("JPN", "JPN"), "Japan twice"),
    (Wish("JPN", "Japan"), "Japan twice"),
    (Wish("EU", "USA", via="EU"), "European Union twice"),
    (Wish("Atlantis", "USA"), "nothing is called Atlantis"),
    (Wish("openai", "USA"), "openai: no state, territory or union of the graph"),
    (Wish("EU", "USA", data="personal"), "data personal: no such category; use personal-data"),
    (Wish("EU", "USA", as_of="1990-01-01"), "as_of=1990-01-01: outside coverage"),
    (Wish("EU", "USA", as_of="2990-01-01"), "as_of=2990-01-01: outside coverage"),
    (Wish("EU", "USA", as_of="soon"), "as_of=soon: not a day"),
    (Wish("EU", "USA", known_on="2024-01-09"), "no transfer rule was recorded by that day"),
    (Wish("EU", "USA", sender="cac-cio"), "exporter cac-cio: no such trait; did you mean cac-ciio"),
    (Wish("EU", "USA", sender="persons:many"), "exporter persons:many: no such trait"),
    (Wish("EU", "USA", sender="dpf-certified"), "says something of the recipient"),
    (Wish("EU", "USA", recipient="data-broker"), "says something of the transaction"),
    (Wish("EU", "USA", recipient="dpf-certifed"), "dpf-certified"),
    (Wish("EU", "USA", recipient="dpf-certified,uncertified"), "dpf-certified and uncertified shut each other out"),
    (Wish("EU", "USA", recipient="openai,mistral"), "name one recipient")])
def test_what_cannot_be_asked_is_refused_with_one_line_that_says_why(small: Graph, wish: Wish, message: str) -> None:
    with pytest.raises(InputError) as caught:
        route(small.store, small.queries(), wish)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_same_question_has_the_same_answer(small: Graph) -> None:
    assert to_text(ask(small, "EU", "USA", "2024-01-15")) == to_text(ask(small, "EU", "USA", "2024-01-15"))


def test_a_place_that_was_retracted_is_refused_from_that_day(checkout: Layout) -> None:
    path = checkout.tables / "actors.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["id"] == "KOR":
            row["retracted_on"] = "2024-06-01"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    graph = Graph(EmbeddedStore(assemble(checkout).store, prefixes(checkout.ontology)), checkout)
    assert ask(graph, "EU", "KOR", "2024-01-15", known_on="2024-05-31").importer_label == "Republic of Korea"
    with pytest.raises(InputError, match="KOR: recorded on 2024-01-10 and retracted on 2024-06-01, so not known on 2024-06-01"):
        ask(graph, "EU", "KOR", "2024-01-15", known_on="2024-06-01")


def test_a_rule_that_reaches_abroad_and_one_that_blocks_it_are_a_conflict_that_follows_from_both_rows(small: Graph) -> None:
    found = [c for c in ask(small, "EU", "USA", "2024-07-01").conflicts if c.kind == "derived-conflict"]
    assert [tuple(e.row.rpartition("/")[2] for e in c.evidence) for c in found] == [("USA-compelled-extraterritorial-warrants", "EU-blocking-judgments")]
    assert found[0].label == "United States Sec. 5 and European Union Art. 48"
    assert not [c for c in ask(small, "EU", "USA", "2018-05-24").conflicts if c.kind == "derived-conflict"]


def test_a_governing_rule_against_a_clause_that_binds_both_is_a_conflict_and_one_for_other_data_is_not(small: Graph) -> None:
    telecom = ask(small, "SGP", "JPN", "2022-06-01", data="telecom-data").conflicts
    assert {c.label for c in telecom if c.kind == "derived-conflict"} == {
        "SGP-telecom-data-2020 and Harbour Trade Agreement, Art. 14.11", "SGP-telecom-data-2020 and Harbour Trade Agreement, Art. 14.13"}
    assert not [c for c in ask(small, "SGP", "JPN", "2022-06-01", data="health-data").conflicts if c.kind == "derived-conflict"]
