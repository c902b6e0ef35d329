"""Second implementations of the questions of `routes`: the rows from which a legal route is judged."""

from __future__ import annotations

from plain import Answer, Records, Row, answers, counts, earliest, evidence, held_until, holds, may_hold
from plain_aigc import home
from plain_compare import FLOWS, binding_texts, flows, localisation
from plain_compare import access as clashing_access
from plain_lookup import MEMBER

ON_DATA = {f"concept/conflict-subject/{s}" for s in (
    "access-blocking", "localisation-ban", "transfer-restriction-discovery", "adequacy-surveillance", "encryption-access")}
BANS = {f"concept/measure-kind/{kind}" for kind in ("data-export-restriction", "transfer-suspension-order", "data-transfer-ban")}
OVER = {f"concept/event/{kind}" for kind in ("adopted", "signed", "invalidated", "repealed", "revoked", "replaced", "expired", "terminated", "suspended")}


def bounds(row: Row) -> dict[str, object]:
    """Return the first day on which a row may hold, and the first on which it may no longer."""
    return {"from": earliest(row["valid_from"]) if row["valid_from"] else "0001-01-01", "until": held_until(row)}


@answers("routes/access")
def access(r: Records, jurisdiction: str, as_of: str) -> Answer:
    for row in r.of("access_rules", "jurisdiction_id", jurisdiction):
        if counts(row, as_of):
            yield {"row": row["row"], "kind": row["access_code"], "category": row["data_category_code"], "mechanisms": row["mechanism_codes"],
                   "condition": row["condition"], "instrument": row["based_on_id"], "instrumentLabel": r.label(row["based_on_id"]), "article": row["article"],
                   **evidence(row)}


@answers("routes/applicabilities")
def applicabilities(r: Records, jurisdiction: str) -> Answer:
    for row in r["applicabilities"]:
        of = row["rule_id"] or row["recognition_id"]
        if jurisdiction in (r.get(row["rule_id"], "jurisdiction_id"), r.get(row["recognition_id"], "recogniser_id")):
            yield {"row": row["row"], "of": of, "mechanism": row["mechanism_code"], "effect": row["effect_code"], "trait": row["trait_code"],
                   "category": row["data_category_code"], "followed": row["followed_id"], "summary": row["summary"], "article": row["article"], **bounds(row),
                   **evidence(row)}


@answers("routes/bans")
def bans(r: Records, target: str, as_of: str) -> Answer:
    for row in r["measures"]:
        if row["measure_kind_code"] in BANS and row["target_id"] == target and counts(row, as_of):
            issuer = row["issuer_id"]
            yield {"row": row["row"], "rowLabel": row["label_en"], "kind": row["measure_kind_code"], "issuer": issuer,
                   "jurisdiction": r.seat(issuer) if r.is_a(issuer, "Authority") else issuer, "scope": row["scope"], "instrument": row["based_on_id"],
                   **evidence(row)}


@answers("routes/commitments")
def commitments(r: Records, a: str, b: str, as_of: str) -> Answer:
    shared = binding_texts(r, a, as_of) & binding_texts(r, b, as_of)
    for row in r["provisions"]:
        if row["instrument_id"] in shared and row["topic_code"] == FLOWS and may_hold(row, as_of):
            yield {"agreement": row["instrument_id"], "agreementLabel": r.label(row["instrument_id"]), "article": row["article"], "stance": row["stance_code"],
                   "bindingness": row["bindingness_code"], "summary": row["summary"], "row": row["row"], **evidence(row)}


@answers("routes/decisions")
def decisions(r: Records, recogniser: str) -> Answer:
    bases = {row["based_on_id"] for row in r.of("recognitions", "recogniser_id", recogniser)} - {""}
    for base in bases:
        for row in r.of("events", "instrument_id", base):
            if row["event_code"] in OVER:
                yield {"decision": base, "event": row["event_code"], "day": row["occurred_on"], "by": row["by_instrument_id"], "row": row["row"],
                        **evidence(row)}


@answers("routes/jurisdictions")
def jurisdictions(r: Records) -> Answer:
    for actor in {row["jurisdiction_id"] for row in r["transfer_rules"]}:
        rows = r.of("transfer_rules", "jurisdiction_id", actor)
        days = [earliest(row["valid_from"]) if row["valid_from"] else "0001-01-01" for row in rows]
        yield {"jurisdiction": actor, "jurisdictionLabel": r.label(actor), "rules": len(rows), "first": min(days, default=None), "newest": max(days,
                default=None)}


@answers("routes/lists")
def lists(r: Records, designated: str) -> Answer:
    for row in r.of("designations", "designated_id", designated):
        yield {"row": row["row"], "list": row["list_id"], "listLabel": r.label(row["list_id"]), "instrument": r.get(row["list_id"], "instrument_id"),
               "designator": row["designator_id"], **bounds(row), **evidence(row)}


@answers("routes/rules")
def rules(r: Records, jurisdiction: str) -> Answer:
    for row in r.of("transfer_rules", "jurisdiction_id", jurisdiction):
        yield {"row": row["row"], "category": row["data_category_code"], "default": row["transfer_default_code"], "recipient": row["recipient_code"],
               "condition": row["condition"], "mechanisms": row["mechanism_codes"], "instrument": row["based_on_id"],
               "instrumentLabel": r.label(row["based_on_id"]), "article": row["article"], **bounds(row), **evidence(row)}


@answers("routes/stated")
def stated(r: Records, a: str, b: str, as_of: str) -> Answer:
    for row in r["norm_conflicts"]:
        ours = {home(r, row["first_instrument_id"]), home(r, row["second_instrument_id"])}
        if may_hold(row, as_of) and ours == {a, b} and row["conflict_subject_code"] in ON_DATA:
            yield {"row": row["row"], "first": row["first_instrument_id"], "firstLabel": r.label(row["first_instrument_id"]),
                   "second": row["second_instrument_id"], "secondLabel": r.label(row["second_instrument_id"]), "opposition": row["opposition_code"],
                   "summary": row["summary"], **evidence(row)}


@answers("routes/thresholds")
def thresholds(r: Records, jurisdiction: str) -> Answer:
    for row in r["thresholds"]:
        if r.get(row["rule_id"], "jurisdiction_id") == jurisdiction:
            yield {"row": row["row"], "rule": row["rule_id"], "mechanism": row["mechanism_code"], "category": row["data_category_code"],
                   "atLeast": row["at_least"], "lessThan": row["less_than"], "unit": row["unit_code"], "countedOver": row["counted_over"],
                   "summary": row["summary"], "article": row["article"], **bounds(row), **evidence(row)}


@answers("routes/unions")
def unions(r: Records, actor: str, as_of: str) -> Answer:
    for row in r.of("memberships", "member_id", actor):
        if row["membership_status_code"] == MEMBER and holds(row, as_of) and r.is_a(row["organization_id"], "SupranationalUnion"):
            yield {"union": row["organization_id"], "unionLabel": r.label(row["organization_id"]), "row": row["row"], **evidence(row)}


@answers("routes/recognitions")
def recognitions(r: Records, recogniser: str) -> Answer:
    for row in r.of("recognitions", "recogniser_id", recogniser):
        yield {"row": row["row"], "recognised": row["recognised_id"], "recognisedLabel": r.label(row["recognised_id"]), "scheme": row["scheme_code"],
               "scope": row["scope"], "decision": row["based_on_id"], "decisionLabel": r.label(row["based_on_id"]), **bounds(row), **evidence(row)}




@answers("routes/derived-access")
def derived_access(r: Records, a: str, b: str, as_of: str) -> Answer:
    for row in clashing_access(r, as_of):
        if {row["reacher"], row["blocker"]} == {a, b}:
            reach, block = r.things[row["reach"]], r.things[row["block"]]
            yield {"reach": reach["row"], "reacherLabel": row["reacherLabel"], "reachArticle": reach["article"], "reachCategory": reach["data_category_code"],
                   "reachCondition": reach["condition"], "reachInstrument": reach["based_on_id"], "reachSource": reach["source"],
                   "reachLocator": reach["locator"], "reachGrade": reach["grade"], "block": block["row"], "blockerLabel": row["blockerLabel"],
                   "blockArticle": block["article"], "blockCategory": block["data_category_code"], "blockCondition": block["condition"],
                   "blockSource": block["source"], "blockLocator": block["locator"], "blockGrade": block["grade"]}


@answers("routes/derived-duties")
def derived_duties(r: Records, a: str, b: str, as_of: str) -> Answer:
    shared = binding_texts(r, b, as_of)
    pairs = {(row["rule"], row["provision"]) for row in [*flows(r, as_of), *localisation(r, as_of)] if row["jurisdiction"] == a and row["agreement"] in shared}
    for one, other in pairs:
        rule, clause = r.things[one], r.things[other]
        yield {"rule": one, "ruleSource": rule["source"], "ruleLocator": rule["locator"], "ruleGrade": rule["grade"], "agreement": clause["instrument_id"],
               "agreementLabel": r.label(clause["instrument_id"]), "article": clause["article"], "summary": clause["summary"], "provision": other,
               "provisionSource": clause["source"], "provisionLocator": clause["locator"], "provisionGrade": clause["grade"]}
