"""What each rule concludes from rows: on which days, as known when, and from which rows."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox
import pytest
from conftest import ROOT

from comity.build import prepare
from comity.inference import derive
from comity.settings import Layout
from comity.vocabulary import CONCEPT, GRAPH, ID, INFERRED, NS, PROV, RDF, TYPE, XSD, ontology

RULES = ROOT / "ontology" / "rules"
OPEN = "9999-12-31"
LATER = "2025-01-01"
BOUNDS = ("heldFrom", "heldUntil", "possiblyFrom", "possiblyUntil", "knownFrom", "knownUntil")
OWN_ROW = {"types", "known", "periods"}
_TYPES = {4: "gYear", 7: "gYearMonth", 10: "date"}

Values = dict[str, str]


@dataclass(frozen=True)
class Derived:
    """One derivation: its days by name, and the rows that it names."""

    days: Values
    rows: frozenset[str]

    def holds(self, day: str, *, certainly: bool = True, known_on: str = LATER) -> bool:
        start, end = ("heldFrom", "heldUntil") if certainly else ("possiblyFrom", "possiblyUntil")
        known = self.days.get("knownFrom", "0001") <= known_on < self.days.get("knownUntil", OPEN)
        return known and start in self.days and self.days[start] <= day < self.days[end]


@pytest.fixture(scope="module")
def facts(pristine: Layout) -> ox.Store:
    """Return the small graph with all that the rules derive from it."""
    return prepare(pristine).store


def _value(text: str) -> ox.NamedNode | ox.Literal:
    if text[:2] in ("19", "20"):
        return ox.Literal(text, datatype=ox.NamedNode(XSD + _TYPES[len(text)]))
    return ox.NamedNode(CONCEPT + text.removeprefix("concept/") if text.startswith("concept/") else ID + text)


def _derived(rows: dict[str, tuple[str, Values]]) -> ox.Store:
    """Return a store with the ontology, `rows` (kind/slug → class, values) and what the rules derive from them."""
    store = ox.Store()
    store.extend(ontology(ROOT / "ontology"))
    for name, (kind, values) in rows.items():
        subject, table = ox.NamedNode(ID + name), ox.NamedNode(GRAPH + name.partition("/")[0])
        store.add(ox.Quad(subject, TYPE, ox.NamedNode(NS + kind), table))
        for key, text in {"recordedOn": "2024-01-10", **values}.items():
            store.add(ox.Quad(subject, ox.NamedNode(NS + key), _value(text), table))
    derive(store, RULES)
    return store


def _find(store: ox.Store, subject: str, name: str, value: str | None = None) -> list[Derived]:
    """Return the derivations of `name` for `subject`, of every value or of one, in the order of their first days."""
    found = []
    for quad in store.quads_for_pattern(None, ox.NamedNode(RDF + "subject"), ox.NamedNode(ID + subject), None):
        about: dict[str, list[str]] = {}
        for q in store.quads_for_pattern(quad.subject, None, None, None):
            about.setdefault(q.predicate.value, []).append(q.object.value.removeprefix(ID).removeprefix(CONCEPT))
        if about[RDF + "predicate"] == [NS + name] and value in (None, *about[RDF + "object"]):
            days = {n: about[NS + n] for n in BOUNDS if NS + n in about}
            assert all(len(v) == 1 for v in days.values())
            found.append(Derived({n: v[0] for n, v in days.items()}, frozenset(about[PROV + "wasDerivedFrom"])))
    return sorted(found, key=lambda d: (d.days.get("possiblyFrom", ""), d.days.get("knownFrom", "")))


def _objects(store: ox.Store, subject: str, name: str) -> set[str]:
    return {q.object.value.removeprefix(ID).removeprefix(NS) for q in store.quads_for_pattern(ox.NamedNode(ID + subject), ox.NamedNode(name), None, None)}


# --- all rules

def test_each_rule_asks_a_question_says_what_it_derives_and_stays_short() -> None:
    for path in RULES.glob("*.rq"):
        summary, derives, *rest = path.read_text(encoding="utf-8").splitlines()
        assert summary.startswith("#+ summary: "), path.name
        assert summary.endswith("?"), path.name
        assert derives.startswith("#+ derives: "), path.name
        assert len([line for line in rest if not line.startswith("#+ ")]) <= 45, path.name


def test_each_statement_that_a_rule_derives_has_a_derivation_that_leads_to_rows(facts: ox.Store) -> None:
    subject, predicate, value, source = (ox.NamedNode(n) for n in (RDF + "subject", RDF + "predicate", RDF + "object", PROV + "wasDerivedFrom"))
    derivations = {q.subject for q in facts.quads_for_pattern(None, TYPE, ox.NamedNode(NS + "Derivation"), None)}
    rows = {q.subject for q in facts.quads_for_pattern(None, ox.NamedNode(NS + "recordedOn"), None, None)}
    explained = {tuple(next(facts.quads_for_pattern(d, p, None, None)).object for p in (subject, predicate, value)) for d in derivations}
    stated = {tuple(q.triple) for q in facts if q.graph_name.value.startswith(INFERRED) and q.graph_name.value.removeprefix(INFERRED) not in OWN_ROW
              and q.subject not in derivations}
    assert len(stated) > 100
    assert stated <= explained
    assert all(next(facts.quads_for_pattern(*e, None), None) for e in explained)
    used = {d: {q.object for q in facts.quads_for_pattern(d, source, None, None)} for d in derivations}
    assert all(names and names <= rows | derivations for names in used.values())


def test_the_rules_leave_the_rows_alone_and_give_the_same_again(facts: ox.Store, pristine: Layout) -> None:
    asserted = {q for q in facts if not q.graph_name.value.startswith(INFERRED)}
    store = ox.Store()
    store.extend(asserted)
    derive(store, pristine.ontology / "rules")
    assert {q for q in store if not q.graph_name.value.startswith(INFERRED)} == asserted
    assert set(store) == set(facts)


# --- role-classes

@pytest.mark.parametrize(("actor", "classes"), [
    ("openai", {"AigcProvider", "AigcDeployer"}), ("mistral", {"AigcProvider", "AigcDeveloper"}), ("ai-office", {"Authority", "AigcRegulator"})])
def test_an_actor_belongs_to_the_class_of_each_role_that_it_plays_and_to_the_broader_ones(facts: ox.Store, actor: str, classes: set[str]) -> None:
    assert _objects(facts, f"actor/{actor}", TYPE.value) == {*classes, "AigcActor", "Actor"}


def test_a_retracted_role_gives_no_class(facts: ox.Store) -> None:
    assert _objects(facts, "actor/ico", TYPE.value) == {"Authority", "AigcRegulator", "AigcActor", "Actor"}


# --- union-parties

def _union(*, participation: Values | None = None, membership: Values | None = None) -> ox.Store:
    """Return a union that is party to a hard agreement since 2019-02-01 and a member since 1973-01-01, with changes."""
    return _derived({
        "actor/U": ("SupranationalUnion", {}), "actor/M": ("State", {}), "instrument/pact": ("TradeAgreement", {"bindingness": "concept/bindingness/hard"}),
        "participation/p": ("Participation", {"participant": "actor/U", "inInstrument": "instrument/pact", "status": "concept/participation-status/party",
                                              "validFrom": "2019-02-01", **(participation or {})}),
        "membership/m": ("Membership", {"inOrganization": "actor/U", "member": "actor/M", "membershipStatus": "concept/membership-status/member",
                                        "validFrom": "1973-01-01", **(membership or {})})})


@pytest.mark.parametrize(("member", "day", "bound"), [
    ("GBR", "2019-01-31", False), ("GBR", "2019-02-01", True), ("GBR", "2020-01-31", True), ("GBR", "2020-02-01", False), ("DEU", "2020-02-01", True)])
def test_an_agreement_of_a_union_binds_a_member_on_the_days_on_which_both_hold(facts: ox.Store, member: str, day: str, bound: bool) -> None:
    [found] = _find(facts, f"actor/{member}", "boundBy", "instrument/valley-agreement")
    assert found.holds(day) is found.holds(day, certainly=False) is bound
    assert found.rows == {"participation/valley-agreement-EU", f"membership/EU-{member}"}


def test_a_declaration_of_a_union_binds_no_member_and_its_agreement_no_third_state(facts: ox.Store) -> None:
    assert _find(facts, "actor/DEU", "boundBy", "instrument/hill-declaration") == []
    assert _find(facts, "actor/JPN", "boundBy") == []


@pytest.mark.parametrize(("day", "certain", "possible"), [
    ("2019-02-28", False, False), ("2019-03-01", False, True), ("2019-03-30", False, True), ("2019-03-31", True, True),
    ("2020-12-31", True, True), ("2021-01-01", False, True), ("2021-12-30", False, True), ("2021-12-31", False, False)])
def test_an_unknown_day_makes_the_bond_possible_before_it_is_certain(day: str, certain: bool, possible: bool) -> None:
    [found] = _find(_union(participation={"validFrom": "2019-03"}, membership={"validUntil": "2021"}), "actor/M", "boundBy")
    assert (found.holds(day), found.holds(day, certainly=False)) == (certain, possible)


@pytest.mark.parametrize(("participation", "membership"), [
    ({"status": "concept/participation-status/signatory"}, {}), ({}, {"membershipStatus": "concept/membership-status/candidate"}),
    ({}, {"validUntil": "2019-02-01"}), ({"validUntil": "1973-01-01", "validFrom": "1970-01-01"}, {}), ({"retractedOn": "2024-01-10"}, {})])
def test_a_signature_a_candidate_or_days_apart_bind_nobody(participation: Values, membership: Values) -> None:
    assert _find(_union(participation=participation, membership=membership), "actor/M", "boundBy") == []


def test_a_bond_is_known_while_both_of_its_rows_stand() -> None:
    [found] = _find(_union(participation={"retractedOn": "2024-06-01"}, membership={"recordedOn": "2024-02-01"}), "actor/M", "boundBy")
    assert [found.holds("2020-01-01", known_on=k) for k in ("2024-01-31", "2024-02-01", "2024-05-31", "2024-06-01")] == [False, True, True, False]


# --- instrument-status, recorded-status

def _status(store: ox.Store, instrument: str, day: str, *, certainly: bool = True, known_on: str = LATER) -> set[str]:
    values = {q.object.value for q in store.quads_for_pattern(ox.NamedNode(ID + f"instrument/{instrument}"), ox.NamedNode(NS + "hadStatus"), None, None)}
    return {v.rpartition("/")[2] for v in values for d in _find(store, f"instrument/{instrument}", "hadStatus", v.removeprefix(CONCEPT))
            if d.holds(day, certainly=certainly, known_on=known_on)}


@pytest.mark.parametrize(("instrument", "day", "certain", "possible"), [
    ("usa-list-order", "2018-02-28", set(), set()), ("usa-list-order", "2018-03-01", {"in-force"}, {"in-force"}),
    ("usa-list-order", "2020-05-31", {"in-force"}, {"in-force"}), ("usa-list-order", "2020-06-15", set(), {"in-force", "suspended"}),
    ("usa-list-order", "2020-06-30", {"suspended"}, {"suspended"}), ("usa-list-order", "2021-03-21", {"suspended"}, {"suspended"}),
    ("usa-list-order", "2021-03-22", {"replaced"}, {"replaced"}), ("eu-usa-shield-decision", "2020-07-15", {"in-force"}, {"in-force"}),
    ("eu-usa-shield-decision", "2020-07-16", {"invalidated"}, {"invalidated"}), ("harbour-agreement", "2018-12-29", {"signed"}, {"signed"}),
    ("harbour-agreement", "2018-12-30", {"in-force"}, {"in-force"}), ("eu-data-law", "2017-01-01", {"in-force"}, {"in-force"})])
def test_a_status_lasts_from_its_event_until_the_next_one(facts: ox.Store, instrument: str, day: str, certain: set[str], possible: set[str]) -> None:
    assert _status(facts, instrument, day) == certain
    assert _status(facts, instrument, day, certainly=False) == possible


def test_a_status_names_the_events_at_its_two_ends(facts: ox.Store) -> None:
    [found] = _find(facts, "instrument/usa-list-order", "hadStatus", "legal-status/suspended")
    assert found.rows == {"event/usa-list-order-suspended", "event/usa-list-order-replaced"}


@pytest.mark.parametrize(("known_on", "in_force"), [("2024-01-09", False), ("2024-01-10", True), ("2024-05-31", True), ("2024-06-01", False)])
def test_a_retracted_event_gives_its_status_only_while_it_stood(facts: ox.Store, known_on: str, in_force: bool) -> None:
    assert ("in-force" in _status(facts, "valley-agreement", "2019-01-15", known_on=known_on)) is in_force


def test_of_two_events_on_one_day_the_later_stage_counts() -> None:
    law = ("Statute", {"legalStatus": "concept/legal-status/in-force"})
    events = {f"event/{k}": ("InstrumentEvent", {"happenedTo": "instrument/law", "eventKind": f"concept/event/{k}", "occurredOn": "2020-05-01"})
              for k in ("adopted", "in-force")}
    assert _status(_derived({"instrument/law": law, **events}), "law", "2020-05-01", certainly=False) == {"in-force"}


def test_a_recorded_status_that_no_event_gives_holds_for_certain_from_the_day_of_recording(facts: ox.Store) -> None:
    assert _status(facts, "eu-court-judgment", "2024-01-09") == set()
    assert _status(facts, "eu-court-judgment", "2024-01-10") == {"in-force"}
    [adopted] = _find(facts, "instrument/eu-court-judgment", "hadStatus", "legal-status/adopted")
    assert adopted.rows == {"event/eu-court-judgment-adopted", "instrument/eu-court-judgment"}


# --- in-force, recognition-in-force, mutual-recognition

@pytest.mark.parametrize(("name", "instrument", "events"), [
    ("heldFrom", "eu-usa-shield-decision", {"in-force"}), ("heldUntil", "eu-usa-shield-decision", {"invalidated"}),
    ("heldFrom", "eu-data-law", {"in-force"}), ("heldUntil", "eu-data-law", {"in-force"}), ("heldFrom", "bridge-agreement", {"in-force"}),
    ("heldFrom", "valley-agreement", {"in-force-2"}), ("heldUntil", "eu-data-directive", {"replaced"})])
def test_the_days_of_an_instrument_name_the_events_of_those_days_and_no_others(facts: ox.Store, name: str, instrument: str, events: set[str]) -> None:
    [found] = _find(facts, f"instrument/{instrument}", name)
    assert found.rows == {f"event/{instrument}-{e}" for e in events}


def _recognition(*, back: Values | None = None, **events: str) -> ox.Store:
    """Return a recognition by A of B since 2019-01-23 on a decision with `events`, and one by B of A with `back`."""
    kinds = {f"event/{n}": ("InstrumentEvent", {"happenedTo": "instrument/decision", "eventKind": "concept/event/" + n.replace("_", "-"), "occurredOn": d})
             for n, d in events.items()}
    return _derived({
        "instrument/decision": ("RecognitionDecision", {}), "instrument/law": ("Statute", {}), **kinds,
        "recognition/there": ("Recognition", {"recogniser": "actor/A", "recognised": "actor/B", "basedOn": "instrument/decision", "validFrom": "2019-01-23"}),
        "recognition/back": ("Recognition", {"recogniser": "actor/B", "recognised": "actor/A", "basedOn": "instrument/law", **(back or {})})})


@pytest.mark.parametrize(("events", "start", "end"), [
    ({}, "2019-01-23", OPEN), ({"in_force": "2019-02-01"}, "2019-02-01", OPEN), ({"in_force": "2018"}, "2019-01-23", OPEN),
    ({"in_force": "2019-02"}, "2019-02-28", OPEN), ({"invalidated": "2020-07-16"}, "2019-01-23", "2020-07-16"),
    ({"suspended": "2020-07"}, "2019-01-23", "2020-07-01"), ({"amended": "2020-07-16"}, "2019-01-23", OPEN),
    ({"in_force": "2019-05-01", "provisional_application": "2019-02-01"}, "2019-02-01", OPEN), ({"provisional_application": "2019-02-01"}, "2019-02-01", OPEN),
    ({"in_force": "2019-02-01", "provisional_application": "2019-05-01"}, "2019-02-01", OPEN)])
def test_a_recognition_is_in_force_together_with_its_decision(events: Values, start: str, end: str) -> None:
    store = _recognition(**events)
    bounds = [store.quads_for_pattern(ox.NamedNode(ID + "recognition/there"), ox.NamedNode(NS + n), None, None) for n in ("effectiveFrom", "effectiveUntil")]
    assert [[q.object.value for q in found] for found in bounds] == [[start], [end]]


def test_a_recognition_whose_decision_fell_before_it_began_was_never_in_force() -> None:
    assert _find(_recognition(repealed="2019-01-23"), "recognition/there", "effectiveFrom") == []
    assert _find(_recognition(repealed="2019-01-24"), "recognition/there", "effectiveFrom") != []


def test_the_days_of_a_recognition_name_it_its_decision_and_what_ended_it(facts: ox.Store) -> None:
    both = {"recognition/EU-USA-2016", "instrument/eu-usa-shield-decision"}
    assert [d.rows for d in _find(facts, "recognition/EU-USA-2016", "effectiveFrom")] == [both | {"event/eu-usa-shield-decision-in-force"}]
    assert [d.rows for d in _find(facts, "recognition/EU-USA-2016", "effectiveUntil")] == [both | {"event/eu-usa-shield-decision-invalidated"}]


@pytest.mark.parametrize(("a", "b"), [("EU", "JPN"), ("JPN", "EU")])
def test_recognition_is_mutual_where_it_runs_both_ways_at_once(facts: ox.Store, a: str, b: str) -> None:
    [found] = _find(facts, f"actor/{a}", "mutuallyRecognises")
    assert found.rows == {f"recognition/{a}-{b}-2019", f"recognition/{b}-{a}-2019"}
    assert [found.holds(day) for day in ("2019-01-22", "2019-01-23")] == [False, True]


@pytest.mark.parametrize(("back", "days"), [
    ({"validFrom": "2019-06"}, ("2019-06-30", "2021-01-01")), ({"validFrom": "2018-01-01", "validUntil": "2020"}, ("2019-01-23", "2020-01-01")),
    ({"validFrom": "2021-01-01"}, None), ({"validUntil": "2020"}, None), ({"validFrom": "2018-01-01", "validUntil": "2019-01-23"}, None),
    ({"validFrom": "2018-01-01", "retractedOn": "2024-01-10"}, None)])
def test_mutual_recognition_lasts_while_both_certainly_hold(back: Values, days: tuple[str, str] | None) -> None:
    found = _find(_recognition(back=back, revoked="2021-01-01"), "actor/A", "mutuallyRecognises", "actor/B")
    assert [(d.days["heldFrom"], d.days["heldUntil"]) for d in found] == ([days] if days else [])


# --- replaced-chains

def test_an_instrument_is_superseded_along_the_whole_chain_and_the_events_of_the_chain_are_named(facts: ox.Store) -> None:
    assert _objects(facts, "instrument/usa-list-notice", NS + "supersededBy") == {"instrument/usa-list-order", "instrument/usa-list-rule"}
    assert _objects(facts, "instrument/usa-list-rule", NS + "supersededBy") == set()
    [found] = _find(facts, "instrument/usa-list-notice", "supersededBy", "instrument/usa-list-rule")
    assert found.rows == {"event/usa-list-notice-replaced", "event/usa-list-order-replaced"}
    [direct] = _find(facts, "instrument/usa-list-notice", "supersededBy", "instrument/usa-list-order")
    assert direct.rows == {"event/usa-list-notice-replaced"}


def test_a_retracted_replacement_breaks_the_chain_and_is_never_named() -> None:
    def replaced(old: str, new: str, **dates: str) -> tuple[str, Values]:
        return "InstrumentEvent", {"happenedTo": f"instrument/{old}", "eventKind": "concept/event/replaced", "occurredOn": "2020",
                                   "broughtAboutBy": f"instrument/{new}", **dates}
    laws: dict[str, tuple[str, Values]] = {f"instrument/{n}": ("Statute", {}) for n in "abc"}
    wrong = {"retractedOn": "2024-02-01"}
    store = _derived({**laws, "event/ab": replaced("a", "b"), "event/ab-wrong": replaced("a", "b", **wrong), "event/bc": replaced("b", "c", **wrong)})
    assert _objects(store, "instrument/a", NS + "supersededBy") == {"instrument/b"}
    assert [d.rows for d in _find(store, "instrument/a", "supersededBy")] == [{"event/ab"}]


# --- rules-on-providers, regulators-of-providers

def _holding(found: list[Derived], day: str, *, certainly: bool = True, known_on: str = LATER) -> bool:
    return any(d.holds(day, certainly=certainly, known_on=known_on) for d in found)


@pytest.mark.parametrize(("actor", "law", "day", "certain", "possible"), [
    ("deepseek", "chn-data-law", "2023-10-31", False, False), ("deepseek", "chn-data-law", "2023-11-01", False, True),
    ("deepseek", "chn-data-law", "2023-11-30", True, True), ("mistral", "eu-ai-law", "2024-07-31", False, False),
    ("mistral", "eu-ai-law", "2024-08-01", False, True), ("mistral", "eu-ai-law", "2024-08-31", True, True),
    ("openai", "eu-ai-law", "2024-09-30", True, True), ("openai", "eu-ai-law", "2024-10-01", False, False)])
def test_a_provider_is_subject_to_rules_by_its_seat_its_union_or_its_service(
        facts: ox.Store, actor: str, law: str, day: str, certain: bool, possible: bool) -> None:
    found = _find(facts, f"actor/{actor}", "subjectTo", f"instrument/{law}")
    assert (_holding(found, day), _holding(found, day, certainly=False)) == (certain, possible)


def test_a_subjection_names_the_duty_the_role_and_what_makes_the_place(facts: ox.Store) -> None:
    because = {"obligation/chn-data-law-17-filing", "role/deepseek-provider"}
    found = {d.rows for d in _find(facts, "actor/deepseek", "subjectTo")}
    assert found == {frozenset(because | {place}) for place in ("actor/deepseek", "availability/deepseek-chat-CHN")}
    for actor, place in (("openai", "availability/openai-chat-FRA"), ("mistral", "actor/mistral")):
        assert all(place in d.rows for d in _find(facts, f"actor/{actor}", "subjectTo", "instrument/eu-ai-law"))


def test_a_service_that_is_blocked_or_not_offered_and_a_role_that_is_not_played_bring_no_duty(facts: ox.Store) -> None:
    assert {a: _objects(facts, f"actor/{a}", NS + "subjectTo") for a in ("deepseek", "openai", "ico")} == {
        "deepseek": {"instrument/chn-data-law"}, "openai": {"instrument/eu-ai-law"}, "ico": set()}
    documentation = [d for d in _find(facts, "actor/mistral", "subjectTo") if "obligation/eu-ai-law-53-documentation" in d.rows]
    assert [d.rows & {"role/mistral-provider", "role/mistral-model-developer"} for d in documentation] == [{"role/mistral-model-developer"}]
    assert [documentation[0].holds(day) for day in ("2025-08-01", "2025-08-02")] == [False, True]


def test_a_retracted_duty_binds_only_as_long_as_it_stood_in_the_graph(facts: ox.Store) -> None:
    found = _find(facts, "actor/mistral", "subjectTo", "instrument/eu-ai-law")
    assert [_holding(found, "2024-01-01", known_on=k) for k in ("2024-01-09", "2024-01-10", "2024-05-31", "2024-06-01")] == [False, True, True, False]


@pytest.mark.parametrize(("role", "first", "end"), [
    ({}, "2021-01-01", OPEN), ({"validFrom": "2022"}, "2022-12-31", OPEN), ({"validUntil": "2023-05"}, "2021-01-01", "2023-05-01")])
def test_a_role_bounds_the_subjection_where_its_days_are_known(role: Values, first: str, end: str) -> None:
    store = _derived({
        "actor/S": ("State", {}), "actor/firm": ("Firm", {"basedIn": "actor/S"}), "instrument/law": ("Statute", {"issuedBy": "actor/S"}),
        "role/r": ("RoleHolding", {"roleHolder": "actor/firm", "role": "concept/aigc-role/provider", **role}),
        "obligation/o": ("Obligation", {"partOf": "instrument/law", "dutyBearer": "concept/aigc-role/provider", "validFrom": "2021-01-01"})})
    assert [(d.days["heldFrom"], d.days["heldUntil"]) for d in _find(store, "actor/firm", "subjectTo")] == [(first, end)]


@pytest.mark.parametrize(("actor", "authority"), [("deepseek", "cyberspace-office"), ("mistral", "ai-office"), ("openai", "ai-office")])
def test_the_authority_of_a_rule_regulates_those_who_are_subject_to_it_on_the_same_days(facts: ox.Store, actor: str, authority: str) -> None:
    assert _objects(facts, f"actor/{actor}", NS + "regulatedBy") == {f"actor/{authority}"}
    found, subject = (_find(facts, f"actor/{actor}", name) for name in ("regulatedBy", "subjectTo"))
    assert sorted(str(sorted(d.days.items())) for d in found) == sorted(str(sorted(d.days.items())) for d in subject)
    assert all({r.partition("/")[0] for r in d.rows} == {"derivation", "instrument"} for d in found)


# --- conflicts-localisation, conflicts-flows, conflicts-access

@pytest.mark.parametrize(("rule", "article", "day", "certain", "possible"), [
    ("USA-government-data-2019", "harbour-agreement-14-13", "2019-09-30", False, False),
    ("USA-government-data-2019", "harbour-agreement-14-13", "2019-10-01", False, True),
    ("USA-government-data-2019", "harbour-agreement-14-13", "2019-10-31", True, True),
    ("USA-government-data-2019", "harbour-agreement-14-13", "2021-06-30", True, True),
    ("USA-government-data-2019", "harbour-agreement-14-13", "2021-07-01", False, False),
    ("USA-government-data-2019", "harbour-agreement-14-11", "2021-06-30", True, True),
    ("SGP-telecom-data-2020", "harbour-agreement-14-13", "2020-12-30", False, True),
    ("SGP-telecom-data-2020", "harbour-agreement-14-13", "2020-12-31", True, True),
    ("SGP-telecom-data-2020", "bridge-agreement-4-4", "2020-12-31", True, True),
    ("GBR-financial-data-2015", "valley-agreement-8-82", "2019-01-31", False, False),
    ("GBR-financial-data-2015", "valley-agreement-8-81", "2019-02-01", True, True),
    ("GBR-financial-data-2015", "valley-agreement-8-82", "2020-01-31", True, True),
    ("GBR-financial-data-2015", "valley-agreement-8-82", "2020-02-01", False, False)])
def test_a_rule_conflicts_with_a_provision_while_rule_and_commitment_hold(
        facts: ox.Store, rule: str, article: str, day: str, certain: bool, possible: bool) -> None:
    found = _find(facts, f"transfer-rule/{rule}", "conflictsWith", f"provision/{article}")
    assert (_holding(found, day), _holding(found, day, certainly=False)) == (certain, possible)


def test_a_rule_that_ended_before_the_commitment_began_or_only_asks_for_conditions_conflicts_with_nothing(facts: ox.Store) -> None:
    articles = {f"provision/valley-agreement-{n}" for n in ("8-81", "8-82")}
    assert _objects(facts, "transfer-rule/GBR-financial-data-2015", NS + "conflictsWith") == articles
    for rule in ("JPN-health-data-2022-2", "EU-personal-data-2018", "CHN-important-data-2021"):
        assert _objects(facts, f"transfer-rule/{rule}", NS + "conflictsWith") == set()


def test_a_conflict_names_rule_provision_and_commitment_and_a_signature_is_none(facts: ox.Store) -> None:
    [own] = _find(facts, "transfer-rule/USA-government-data-2019", "conflictsWith", "provision/harbour-agreement-14-13")
    assert own.rows == {"transfer-rule/USA-government-data-2019", "provision/harbour-agreement-14-13", "participation/harbour-agreement-USA"}
    [bound] = _find(facts, "transfer-rule/GBR-financial-data-2015", "conflictsWith", "provision/valley-agreement-8-82")
    assert {r.partition("/")[0] for r in bound.rows} == {"transfer-rule", "provision", "derivation"}
    assert _find(facts, "transfer-rule/JPN-health-data-2022", "conflictsWith", "provision/bridge-agreement-4-4") == []


@pytest.mark.parametrize(("known_on", "found"), [("2024-01-09", False), ("2024-01-10", True), ("2024-05-31", True), ("2024-06-01", False)])
def test_a_conflict_with_a_retracted_rule_is_known_until_the_retraction(facts: ox.Store, known_on: str, found: bool) -> None:
    for article in ("harbour-agreement-14-11", "harbour-agreement-14-13"):
        assert _holding(_find(facts, "transfer-rule/JPN-health-data-2022", "conflictsWith", f"provision/{article}"), "2023-01-01", known_on=known_on) is found


def _conflict(*, provision: Values | None = None, agreement: str = "TradeAgreement", topic: str = "data-flows", stance: str = "requires") -> list[Derived]:
    """Return the conflicts of a rule that forbids and localises since 2015 with one provision of an agreement since 2019-02-01."""
    return _find(_derived({
        "actor/S": ("State", {}), "instrument/pact": (agreement, {}),
        "participation/p": ("Participation", {"participant": "actor/S", "inInstrument": "instrument/pact", "status": "concept/participation-status/party",
                                              "validFrom": "2019-02-01"}),
        "transfer-rule/r": ("TransferRule", {"jurisdiction": "actor/S", "transferDefault": "concept/transfer-default/prohibited",
                                             "localisation": "concept/localisation/local-copy", "validFrom": "2015-01-01"}),
        "provision/a": ("Provision", {"partOf": "instrument/pact", "topic": f"concept/topic/{topic}", "stance": f"concept/stance/{stance}",
                                      "bindingness": "concept/bindingness/hard", **(provision or {})})}), "transfer-rule/r", "conflictsWith")


@pytest.mark.parametrize(("topic", "stance"), [("data-flows", "requires"), ("data-localisation", "prohibits")])
@pytest.mark.parametrize(("provision", "days"), [
    ({}, ("2019-02-01", OPEN)), ({"validFrom": "2018"}, ("2019-02-01", OPEN)), ({"validFrom": "2020-03"}, ("2020-03-31", OPEN)),
    ({"validUntil": "2021-07-01"}, ("2019-02-01", "2021-07-01")), ({"validUntil": "2019-02-01"}, None), ({"retractedOn": "2024-01-10"}, None)])
def test_a_provision_conflicts_only_on_its_own_days(provision: Values, days: tuple[str, str] | None, topic: str, stance: str) -> None:
    found = _conflict(provision=provision, topic=topic, stance=stance)
    assert [(d.days["heldFrom"], d.days["heldUntil"]) for d in found] == ([days] if days else [])


@pytest.mark.parametrize(("agreement", "topic", "stance", "conflicts"), [
    ("DigitalEconomyAgreement", "data-flows", "prohibits", False), ("Convention", "data-flows", "prohibits", False),
    ("Convention", "data-flows", "requires", False), ("TradeAgreement", "data-flows", "encourages", False),
    ("TradeAgreement", "data-localisation", "requires", False), ("Convention", "data-localisation", "prohibits", True)])
def test_what_counts_as_asking_for_flows_or_forbidding_localisation(agreement: str, topic: str, stance: str, conflicts: bool) -> None:
    assert bool(_conflict(agreement=agreement, topic=topic, stance=stance)) is conflicts


@pytest.mark.parametrize(("reach", "block", "day", "certain", "possible"), [
    ("USA-compelled-extraterritorial-warrants", "EU-blocking-judgments", "2018-05-24", False, False),
    ("USA-compelled-extraterritorial-warrants", "EU-blocking-judgments", "2018-05-25", True, True),
    ("USA-compelled-extraterritorial-warrants", "CHN-blocking-requests-2", "2021-11-29", False, True),
    ("USA-compelled-extraterritorial-warrants", "CHN-blocking-requests-2", "2021-11-30", True, True),
    ("GBR-compelled-extraterritorial-warrants", "EU-blocking-judgments", "2020-01-31", False, False),
    ("GBR-compelled-extraterritorial-warrants", "EU-blocking-judgments", "2020-02-01", True, True),
    ("GBR-compelled-extraterritorial-warrants", "EU-blocking-judgments", "2022-09-30", True, True),
    ("GBR-compelled-extraterritorial-warrants", "EU-blocking-judgments", "2022-10-01", False, True),
    ("GBR-compelled-extraterritorial-warrants", "EU-blocking-judgments", "2022-10-31", False, False)])
def test_a_reaching_rule_meets_a_blocking_one_but_not_that_of_its_own_union(
        facts: ox.Store, reach: str, block: str, day: str, certain: bool, possible: bool) -> None:
    [found] = _find(facts, f"access-rule/{reach}", "conflictsWith", f"access-rule/{block}")
    assert (found.holds(day), found.holds(day, certainly=False)) == (certain, possible)
    assert {f"access-rule/{reach}", f"access-rule/{block}"} <= found.rows


def test_only_what_reaches_abroad_conflicts_and_the_membership_that_ended_is_named(facts: ox.Store) -> None:
    for quiet in ("JPN-security-access", "EU-blocking-judgments"):
        assert _objects(facts, f"access-rule/{quiet}", NS + "conflictsWith") == set()
    [found] = _find(facts, "access-rule/GBR-compelled-extraterritorial-warrants", "conflictsWith", "access-rule/EU-blocking-judgments")
    assert "membership/EU-GBR" in found.rows
    [retracted] = _find(facts, "access-rule/USA-compelled-extraterritorial-warrants", "conflictsWith", "access-rule/CHN-blocking-requests")
    assert [retracted.holds("2021-10-01", known_on=k) for k in ("2024-05-31", "2024-06-01")] == [True, False]


@pytest.mark.parametrize("reach", ["M", "U"])
def test_between_a_union_and_a_member_of_it_no_access_rule_conflicts(reach: str) -> None:
    block = "U" if reach == "M" else "M"
    store = _derived({
        "actor/U": ("SupranationalUnion", {}), "actor/M": ("State", {}),
        "membership/m": ("Membership", {"inOrganization": "actor/U", "member": "actor/M", "membershipStatus": "concept/membership-status/member"}),
        "access-rule/a": ("AccessRule", {"jurisdiction": f"actor/{reach}", "accessKind": "concept/access/compelled-extraterritorial", "validFrom": "2018"}),
        "access-rule/b": ("AccessRule", {"jurisdiction": f"actor/{block}", "accessKind": "concept/access/blocking", "validFrom": "2018"})})
    assert _objects(store, "access-rule/a", NS + "conflictsWith") == set()


# --- paradigms

_LINE = {"decidesDefault": "concept/transfer-default/conditional", "summary": "decision-rule/none", "recordedOn": "2024-01-10"}
_MIDDLE, _STRICT = "concept/paradigm/prudent-and-flexible", "concept/paradigm/restrictive"


def _sorted_by(line: Values, *others: tuple[str, tuple[str, Values]], **rule: str) -> ox.Store:
    """Return a transfer rule of Japan, valid from 2020, under one line at position 2 and `others`."""
    values = {"jurisdiction": "actor/JPN", "transferDefault": "concept/transfer-default/conditional", "validFrom": "2020-01-01", **rule}
    return _derived({"transfer-rule/a": ("TransferRule", values), "decision-rule/two": ("DecisionRule", _LINE | {"paradigm": _MIDDLE} | line), **dict(others)})


def _place(store: ox.Store, **positions: int) -> ox.Store:
    """Number the lines and derive anew, as positions are whole numbers and no things."""
    for name, place in positions.items():
        value = ox.Literal(str(place), datatype=ox.NamedNode(XSD + "integer"))
        store.add(ox.Quad(ox.NamedNode(f"{ID}decision-rule/{name}"), ox.NamedNode(NS + "position"), value, ox.NamedNode(GRAPH + "decision-rule")))
    derive(store, RULES)
    return store


def test_a_rule_belongs_to_the_paradigm_of_its_line_on_its_days_with_rule_and_line_as_rows() -> None:
    [found] = _find(_place(_sorted_by({}, validUntil="2022-05"), two=2), "actor/JPN", "followsParadigm")
    assert found.days == {"heldFrom": "2020-01-01", "heldUntil": "2022-05-01", "knownFrom": "2024-01-10", "knownUntil": OPEN}
    assert found.rows == {"transfer-rule/a", "decision-rule/two"}


def test_a_rule_without_a_first_day_counts_from_the_day_of_its_recording() -> None:
    values = {"jurisdiction": "actor/JPN", "transferDefault": "concept/transfer-default/conditional"}
    store = _place(_derived({"transfer-rule/a": ("TransferRule", values), "decision-rule/two": ("DecisionRule", _LINE | {"paradigm": _MIDDLE})}), two=2)
    assert [d.days["heldFrom"] for d in _find(store, "actor/JPN", "followsParadigm")] == ["2024-01-10"]


def test_an_earlier_line_of_another_paradigm_decides_alone() -> None:
    store = _place(_sorted_by({}, ("decision-rule/one", ("DecisionRule", _LINE | {"paradigm": _STRICT}))), one=1, two=2)
    assert [d.rows for d in _find(store, "actor/JPN", "followsParadigm")] == [{"transfer-rule/a", "decision-rule/one"}]


def test_an_earlier_line_that_may_cover_what_is_not_settled_stops_the_later_ones() -> None:
    asks = _LINE | {"paradigm": _STRICT, "decidesLocalisation": "concept/localisation/local-storage"}
    assert _find(_place(_sorted_by({}, ("decision-rule/one", ("DecisionRule", asks))), one=1, two=2), "actor/JPN", "followsParadigm") == []
    settled = _sorted_by({}, ("decision-rule/one", ("DecisionRule", asks)), localisation="concept/localisation/none")
    assert [d.rows for d in _find(_place(settled, one=1, two=2), "actor/JPN", "followsParadigm")] == [{"transfer-rule/a", "decision-rule/two"}]


def test_a_line_frees_those_after_it_from_the_day_on_which_it_is_no_longer_known() -> None:
    first = _LINE | {"paradigm": _STRICT, "retractedOn": "2024-06-01"}
    found = _find(_place(_sorted_by({}, ("decision-rule/one", ("DecisionRule", first))), one=1, two=2), "actor/JPN", "followsParadigm")
    assert [(d.days["knownFrom"], d.days["knownUntil"]) for d in found] == [("2024-01-10", "2024-06-01"), ("2024-06-01", OPEN)]


def test_a_line_that_asks_for_supervision_and_access_holds_while_all_rows_do() -> None:
    general, governmental = "concept/coverage/general", "concept/independence/governmental"
    asks = {"decidesCoverage": general, "decidesIndependence": governmental, "decidesAccess": "concept/access/security-access"}
    watch = {"jurisdiction": "actor/JPN", "coverage": general, "independence": governmental, "validFrom": "2021-01-01"}
    access = {"jurisdiction": "actor/JPN", "accessKind": "concept/access/security-access", "validFrom": "2019-01-01", "validUntil": "2023-01-01"}
    rows = (("supervision/a", ("Supervision", watch)), ("access-rule/a", ("AccessRule", access)))
    [found] = _find(_place(_sorted_by(asks, *rows), two=2), "actor/JPN", "followsParadigm")
    assert (found.days["heldFrom"], found.days["heldUntil"]) == ("2021-01-01", "2023-01-01")
    assert found.rows == {"transfer-rule/a", "decision-rule/two", "supervision/a", "access-rule/a"}
    assert _find(_place(_sorted_by(asks, rows[0]), two=2), "actor/JPN", "followsParadigm") == []


def test_a_rule_of_a_union_stands_for_its_members_while_they_are(facts: ox.Store) -> None:
    members = {s: _find(facts, s, "followsParadigm", "paradigm/prudent-and-flexible") for s in ("actor/FRA", "actor/JPN")}
    assert {"transfer-rule/EU-personal-data-2018", "decision-rule/wic-2"} < members["actor/FRA"][-1].rows
    assert all("transfer-rule/EU-personal-data-2018" not in d.rows for d in members["actor/JPN"])
