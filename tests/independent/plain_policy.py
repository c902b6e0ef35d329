"""Second implementations of the questions of `policy`: what jurisdictions ask of data, who supervises, which paradigm they follow."""

from __future__ import annotations

from collections import defaultdict

from plain import Answer, Records, Row, answers, counts, earliest, evidence
from plain_aigc import home

CLOSED = {"concept/transfer-default/approval", "concept/transfer-default/prohibited"}
PROTECTION = "concept/topic/personal-data-protection"


def place(r: Records, row: Row) -> dict[str, object]:
    """Return the jurisdiction of a row, its basis and evidence, as most answers name them."""
    return {"jurisdiction": row["jurisdiction_id"], "jurisdictionLabel": r.label(row["jurisdiction_id"]), "since": row["valid_from"],
            "basis": row["based_on_id"], **evidence(row)}


@answers("policy/access-rules")
def access_rules(r: Records, kind: str, as_of: str) -> Answer:
    for row in r.of("access_rules", "access_code", kind):
        if counts(row, as_of):
            yield {**place(r, row), "category": row["data_category_code"], "condition": row["condition"], "authority": row["authority_id"],
                   "authorityLabel": r.label(row["authority_id"]), "basisLabel": r.label(row["based_on_id"]), "article": row["article"], "row": row["row"]}


@answers("policy/approval")
def approval(r: Records, as_of: str) -> Answer:
    for row in r["transfer_rules"]:
        if row["transfer_default_code"] in CLOSED and counts(row, as_of):
            yield {**place(r, row), "category": row["data_category_code"], "default": row["transfer_default_code"], "recipient": row["recipient_code"],
                   "condition": row["condition"], "authority": row["authority_id"], "authorityLabel": r.label(row["authority_id"]),
                   "basisLabel": r.label(row["based_on_id"]), "article": row["article"], "row": row["row"]}


@answers("policy/mechanisms")
def mechanisms(r: Records, mechanism: str, as_of: str) -> Answer:
    for row in r.of("transfer_rules", "mechanism_codes", mechanism):
        if counts(row, as_of):
            yield {**place(r, row), "category": row["data_category_code"], "default": row["transfer_default_code"], "recipient": row["recipient_code"],
                   "condition": row["condition"], "basisLabel": r.label(row["based_on_id"]), "article": row["article"], "row": row["row"]}


@answers("policy/transfer-rules")
def transfer_rules(r: Records, category: str, as_of: str) -> Answer:
    for row in r.of("transfer_rules", "data_category_code", category):
        if counts(row, as_of):
            yield {**place(r, row), "default": row["transfer_default_code"], "localisation": row["localisation_code"], "condition": row["condition"]}


@answers("policy/who-localises")
def who_localises(r: Records, as_of: str) -> Answer:
    for row in r["transfer_rules"]:
        if row["localisation_code"] not in ("", "concept/localisation/none") and counts(row, as_of):
            yield {**place(r, row), "category": row["data_category_code"], "localisation": row["localisation_code"], "condition": row["condition"]}


@answers("policy/transfer-rule-history")
def transfer_rule_history(r: Records, jurisdiction: str) -> Answer:
    for row in r.of("transfer_rules", "jurisdiction_id", jurisdiction):
        yield {"since": row["valid_from"], "endsOn": row["valid_until"], "category": row["data_category_code"], "default": row["transfer_default_code"],
               "mechanisms": [r.label(m) for m in row["mechanism_codes"]], "localisation": row["localisation_code"], "condition": row["condition"],
               "basis": row["based_on_id"], **evidence(row)}


@answers("policy/thresholds")
def thresholds(r: Records, as_of: str) -> Answer:
    for row in r["thresholds"]:
        if counts(row, as_of):
            land = r.get(row["rule_id"], "jurisdiction_id")
            yield {"jurisdiction": land, "jurisdictionLabel": r.label(land), "rule": row["rule_id"], "mechanism": row["mechanism_code"],
                   "category": row["data_category_code"], "atLeast": row["at_least"], "lessThan": row["less_than"], "unit": row["unit_code"],
                   "countedOver": row["counted_over"], "summary": row["summary"], "since": row["valid_from"], "article": row["article"], "row": row["row"],
                   **evidence(row)}


@answers("policy/supervision")
def supervision(r: Records, as_of: str) -> Answer:
    for row in r["supervisions"]:
        if counts(row, as_of):
            yield {"jurisdiction": row["jurisdiction_id"], "jurisdictionLabel": r.label(row["jurisdiction_id"]), "law": row["based_on_id"],
                   "coverage": row["coverage_code"], "authority": row["authority_id"], "authorityLabel": r.label(row["authority_id"]),
                   "independence": row["independence_code"], "since": row["valid_from"], "endsOn": row["valid_until"], "note": row["note"],
                   "row": row["row"], **evidence(row)}


@answers("policy/supervisors")
def supervisors(r: Records, jurisdiction: str) -> Answer:
    rows = [(row["row"], row) for row in r["instruments"]]
    rows += [(row["based_on_id"], row) for table in ("transfer_rules", "access_rules", "supervisions") for row in r[table]]
    for instrument, row in rows:
        if row["authority_id"] and home(r, instrument) == jurisdiction:
            days = [e["occurred_on"] for e in r.of("events", "instrument_id", instrument) if e["event_code"] == "concept/event/in-force"]
            ends = [e["occurred_on"] for e in r.of("events", "instrument_id", instrument)
                    if e["event_code"].removeprefix("concept/event/") in ("repealed", "revoked", "replaced", "invalidated", "expired", "terminated")]
            for day in days or [None]:
                for end in ends or [None]:
                    yield {"instrument": instrument, "instrumentLabel": r.label(instrument), "authority": row["authority_id"],
                           "authorityLabel": r.label(row["authority_id"]), "inForce": day, "endsOn": end, "row": row["row"], **evidence(row)}


@answers("policy/laws-in-force")
def laws_in_force(r: Records, jurisdiction: str, as_of: str) -> Answer:
    for row in r["instruments"]:
        start, end = r.in_force(row["row"])
        if r.is_a(row["row"], "PolicyDocument") and home(r, row["row"]) == jurisdiction and start and start <= as_of < end:
            yield {"instrument": row["row"], "instrumentLabel": row["label_en"], "from": start, "until": end, "topics": [r.label(t)
                    for t in row["topic_codes"]],
                   **evidence(row)}


@answers("policy/paradigms")
def paradigms(r: Records, as_of: str) -> Answer:
    for row in r["assignments"]:
        if counts(row, as_of):
            subject = row["subject_id"] or row["subject_instrument_id"]
            yield {"subject": subject, "subjectLabel": r.label(subject), "paradigm": row["paradigm_code"], "paradigmLabel": r.label(row["paradigm_code"]),
                   "basis": row["basis_code"], "publisher": r.get(row["source"], "publisher"), "since": row["valid_from"], "endsOn": row["valid_until"],
                   "note": row["note"], **evidence(row)}


@answers("policy/without-law")
def without_law(r: Records, as_of: str) -> Answer:
    for row in r["instruments"]:
        if row["legal_status_code"] == "concept/legal-status/no-law" and row["recorded_on"] <= as_of:
            for topic in row["topic_codes"] or [None]:
                yield {"jurisdiction": home(r, row["row"]), "jurisdictionLabel": r.label(home(r, row["row"])), "topic": topic, "recorded": row["recorded_on"],
                       "note": row["note"], "row": row["row"], **evidence(row)}


BEGUN = ("adopted", "signed", "published", "in-force", "applies", "partially-applies")


@answers("policy/first-laws")
def first_laws(r: Records) -> Answer:
    laws = defaultdict(list)
    for row in r["instruments"]:
        land = home(r, row["row"])
        act = "Regulation" if r.is_a(land, "SupranationalUnion") else "Statute"
        if (land and PROTECTION in row["topic_codes"] and r.is_a(row["row"], act)
                and row["legal_status_code"].removeprefix("concept/legal-status/") not in ("no-law", "draft", "withdrawn", "rejected")):
            laws[land].append(row)
    for land, rows in laws.items():
        dated = {row["row"]: [e for e in r.of("events", "instrument_id", row["row"]) if e["event_code"].removeprefix("concept/event/") in BEGUN]
                for row in rows}
        events = [e for own in dated.values() for e in own]
        first = min((earliest(e["occurred_on"]) for e in events), default=None)
        for event in events:
            if earliest(event["occurred_on"]) == first:
                yield {"jurisdiction": land, "jurisdictionLabel": r.label(land), "year": first[:4], "law": event["instrument_id"],
                       "lawLabel": r.label(event["instrument_id"]), "event": event["event_code"], "undated": sum(not own for own in dated.values()),
                       **evidence(event)}
