"""Second implementations of the questions of `aigc`: models, services, duties and filings of generative AI."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from plain import Answer, Records, Row, answers, counts, earliest, evidence, held_until, holds

AVAILABLE = {"concept/availability-status/available", "concept/availability-status/restricted"}
OPEN_WEIGHTS = {"concept/weights/open-weights", "concept/weights/open-source"}
SIGNATURES = {"concept/filing/code-signature", "concept/filing/commitment"}
GRADES = ("official", "secondary", "recalled")


def by_grade(rows: list[Row]) -> dict[str, int]:
    """Return how many rows rest on each grade of evidence."""
    return {grade: sum(row["grade"] == f"concept/evidence-grade/{grade}" for row in rows) for grade in GRADES}


@answers("aigc/availability-of")
def availability_of(r: Records, provider: str, as_of: str) -> Answer:
    for service in r.of("services", "provided_by_id", provider):
        for row in r.of("availabilities", "service_id", service["row"]):
            if counts(row, as_of):
                yield {"service": service["row"], "serviceLabel": service["label_en"], "jurisdiction": row["jurisdiction_id"],
                       "jurisdictionLabel": r.label(row["jurisdiction_id"]), "status": row["availability_status_code"], "since": row["valid_from"],
                       "note": row["note"], "row": row["row"], **evidence(row)}


@answers("aigc/available-services")
def available_services(r: Records, as_of: str) -> Answer:
    for row in r["availabilities"]:
        if counts(row, as_of) and row["availability_status_code"] in AVAILABLE:
            provider = r.get(row["service_id"], "provided_by_id")
            yield {"service": row["service_id"], "serviceLabel": r.label(row["service_id"]), "provider": provider, "providerLabel": r.label(provider),
                   "jurisdiction": row["jurisdiction_id"], "jurisdictionLabel": r.label(row["jurisdiction_id"]), "status": row["availability_status_code"],
                   "since": row["valid_from"], "note": row["note"], **evidence(row)}


@answers("aigc/restricted-services")
def restricted_services(r: Records, as_of: str) -> Answer:
    for row in r["availabilities"]:
        if counts(row, as_of) and row["availability_status_code"] != "concept/availability-status/available":
            yield {"service": row["service_id"], "serviceLabel": r.label(row["service_id"]), "jurisdiction": row["jurisdiction_id"],
                   "jurisdictionLabel": r.label(row["jurisdiction_id"]), "status": row["availability_status_code"], "since": row["valid_from"],
                   "note": row["note"], **evidence(row)}


@answers("aigc/code-signatories")
def code_signatories(r: Records, as_of: str) -> Answer:
    for row in r["filings"]:
        if row["filing_code"] in SIGNATURES and counts(row, as_of):
            yield {"code": row["based_on_id"], "codeLabel": r.label(row["based_on_id"]), "signatory": row["filer_id"],
                    "signatoryLabel": r.label(row["filer_id"]),
                   "kind": row["filing_code"], "since": row["valid_from"], "note": row["note"], "row": row["row"], **evidence(row)}


@answers("aigc/filings")
def filings(r: Records, as_of: str) -> Answer:
    for row in r["filings"]:
        if row["filing_code"] not in SIGNATURES and counts(row, as_of):
            for subject in [s for s in (row["service_id"], row["model_id"]) if s] or [None]:
                yield {"filer": row["filer_id"], "filerLabel": r.label(row["filer_id"]), "subject": subject, "subjectLabel": r.label(subject),
                       "kind": row["filing_code"], "number": row["reference_number"], "authority": row["authority_id"],
                       "authorityLabel": r.label(row["authority_id"]), "basis": row["based_on_id"], "basisLabel": r.label(row["based_on_id"]),
                       "since": row["valid_from"], "row": row["row"], **evidence(row)}


def released(row: Row, day: str) -> bool:
    """Return whether a model may have been released by a day; one without a day counts from its recording."""
    return (earliest(row["released_on"]) if row["released_on"] else row["recorded_on"]) <= day


@answers("aigc/models-of")
def models_of(r: Records, jurisdiction: str, as_of: str) -> Answer:
    for row in r["models"]:
        if r.seat(row["developed_by_id"]) == jurisdiction and released(row, as_of):
            yield {"row": row["row"], "rowLabel": row["label_en"], "developer": row["developed_by_id"], "developerLabel": r.label(row["developed_by_id"]),
                   "released": row["released_on"], "weights": row["weights_code"], **evidence(row)}


@answers("aigc/models-open-to")
def models_open_to(r: Records, jurisdiction: str, as_of: str) -> Answer:
    def one(model: Row, row: Row, way: str, status: str) -> dict[str, object]:
        return {"model": model["row"], "modelLabel": model["label_en"], "developer": model["developed_by_id"],
                "developerLabel": r.label(model["developed_by_id"]), "way": way, "status": status, "row": row["row"], **evidence(row)}

    for model in r["models"]:
        if model["weights_code"] in OPEN_WEIGHTS and released(model, as_of):
            yield one(model, model, "weights", model["weights_code"])
    for row in r.of("availabilities", "jurisdiction_id", jurisdiction):
        if row["availability_status_code"] in AVAILABLE and counts(row, as_of):
            for model in r.get(row["service_id"], "uses_model_ids") or []:
                yield one(r.things[model], row, r.label(row["service_id"]) or "", row["availability_status_code"])


@answers("aigc/obligations")
def obligations(r: Records, role: str, as_of: str) -> Answer:
    for row in r.of("obligations", "role_code", role):
        if counts(row, as_of):
            yield {"instrument": row["instrument_id"], "instrumentLabel": r.label(row["instrument_id"]), "article": row["article"],
                   "duty": row["obligation_code"], "summary": row["summary"], "bindingness": row["bindingness_code"], "since": row["valid_from"],
                   "endsOn": row["valid_until"], "row": row["row"], **evidence(row)}


@answers("aigc/upcoming-duties")
def upcoming_duties(r: Records, as_of: str) -> Answer:
    for row in r["obligations"]:
        if row["valid_from"] and earliest(row["valid_from"]) > as_of:
            yield {"begins": row["valid_from"], "instrument": row["instrument_id"], "instrumentLabel": r.label(row["instrument_id"]),
                   "article": row["article"], "role": row["role_code"], "duty": row["obligation_code"], "summary": row["summary"],
                   "bindingness": row["bindingness_code"], "row": row["row"], **evidence(row)}


@answers("aigc/recurring-duties")
def recurring_duties(r: Records, as_of: str) -> Answer:
    groups = defaultdict(list)
    for row in r["obligations"]:
        if counts(row, as_of):
            groups[row["obligation_code"]].append(row)
    for duty, rows in groups.items():
        hard = {o["instrument_id"] for o in rows if o["bindingness_code"] == "concept/bindingness/hard"}
        issuers = {j for o in rows if (j := home(r, o["instrument_id"]))}
        yield {"duty": duty, "dutyLabel": r.label(duty), "rules": len({o["instrument_id"] for o in rows}), "hard": len(hard), "jurisdictions": len(issuers),
               "roles": len({o["role_code"] for o in rows}), **by_grade(rows)}


def home(r: Records, instrument: str | None) -> str | None:
    """Return the jurisdiction whose rule an instrument is: its issuer, or the seat of the authority that issued it."""
    issuer = r.get(instrument, "issued_by_id")
    if any(r.is_a(issuer, kind) for kind in ("State", "Territory", "SupranationalUnion")):
        return issuer
    return r.seat(issuer) if r.is_a(issuer, "Authority") else None


@answers("aigc/open-weights")
def open_weights(r: Records, as_of: str) -> Answer:
    groups = defaultdict(list)
    for row in r["models"]:
        seat = r.seat(row["developed_by_id"])
        if released(row, as_of):
            groups[seat, row["weights_code"]].append(row)
    for (seat, weights), rows in groups.items():
        yield {"jurisdiction": seat, "jurisdictionLabel": r.label(seat), "weights": weights, "models": len(rows), **by_grade(rows)}


@answers("aigc/providers-in-listed-jurisdictions")
def providers_in_listed_jurisdictions(r: Records, as_of: str, **values: str) -> Answer:
    for row in r.of("designations", "list_id", values["list"]):
        if holds(row, as_of):
            for actor in r["actors"]:
                if actor["based_in_id"] == row["designated_id"] and r.is_a(actor["row"], "AigcProvider"):
                    yield {"provider": actor["row"], "providerLabel": actor["label_en"], "jurisdiction": row["designated_id"],
                           "jurisdictionLabel": r.label(row["designated_id"]), "since": row["valid_from"], **evidence(row), "providerSource": actor["source"],
                           "providerGrade": actor["grade"]}


@answers("aigc/roles")
def roles(r: Records, role: str, as_of: str) -> Answer:
    for row in r.of("roles", "role_code", role):
        if counts(row, as_of):
            seat = r.seat(row["actor_id"])
            yield {"actor": row["actor_id"], "actorLabel": r.label(row["actor_id"]), "seat": seat, "seatLabel": r.label(seat), "since": row["valid_from"],
                   "endsOn": row["valid_until"], "note": row["note"], "row": row["row"], **evidence(row)}


MAKERS = {"concept/aigc-role/provider", "concept/aigc-role/model-developer"}


def subjections(r: Records, provider: str, as_of: str) -> list[tuple[Row, str, str]]:
    """Return duty, place and jurisdiction for each rule that reaches a maker or provider on a day.

    A duty reaches who plays its role, in the jurisdiction whose rule it is: by its seat there, or by a service that can be used there.
    """
    found = []
    for duty in r["obligations"]:
        role = any(counts(h, as_of) or (not h["valid_from"] and as_of < held_until(h)) for h in r.of("roles", "actor_id", provider)
                if h["role_code"] == duty["role_code"])
        land = home(r, duty["instrument_id"])
        if duty["role_code"] not in MAKERS or not role or not counts(duty, as_of) or not land:
            continue
        inside = {land} | {m["member_id"] for m in r.of("memberships", "organization_id", land) if holds(m, as_of)
                           and m["membership_status_code"] == "concept/membership-status/member" and r.is_a(land, "SupranationalUnion")}
        if r.seat(provider) in inside:
            found.append((duty, provider, str(r.seat(provider))))
        for service in r.of("services", "provided_by_id", provider):
            found += [(duty, row["row"], row["jurisdiction_id"]) for row in r.of("availabilities", "service_id", service["row"])
                      if row["jurisdiction_id"] in inside and row["availability_status_code"] in AVAILABLE and counts(row, as_of)]
    return found


@answers("aigc/rules-on-provider")
def rules_on_provider(r: Records, provider: str, as_of: str) -> Answer:
    for duty, place, seat in subjections(r, provider, as_of):
        yield {"instrument": duty["instrument_id"], "instrumentLabel": r.label(duty["instrument_id"]), "article": duty["article"],
               "duty": duty["obligation_code"], "role": duty["role_code"], "summary": duty["summary"], "bindingness": duty["bindingness_code"],
               "since": duty["valid_from"], "place": place, "seat": seat, "row": duty["row"], **evidence(duty)}


@answers("aigc/regulators-of")
def regulators_of(r: Records, provider: str, as_of: str) -> Answer:
    duties = defaultdict(set)
    for duty, _, _ in subjections(r, provider, as_of):
        duties[duty["instrument_id"]].add(duty["row"])
    for instrument, rows in duties.items():
        authority = r.get(instrument, "authority_id")
        if authority:
            yield {"authority": authority, "authorityLabel": r.label(authority), "instrument": instrument, "instrumentLabel": r.label(instrument),
                   "duties": len(rows), **evidence(r.things[instrument])}


@answers("aigc/rules")
def rules(r: Records) -> Answer:
    for row in r["instruments"]:
        if {"concept/topic/artificial-intelligence", "concept/topic/generative-ai"} & set(row["topic_codes"]):
            days = {kind: [e["occurred_on"] for e in r.of("events", "instrument_id", row["row"]) if e["event_code"] == f"concept/event/{kind}"]
                    for kind in ("adopted", "in-force", "applies")}
            for adopted in days["adopted"] or [None]:
                for force in days["in-force"] or [None]:
                    for applies in days["applies"] or [None]:
                        yield {"row": row["row"], "rowLabel": row["label_en"], "issuer": row["issued_by_id"], "adopted": adopted, "inForce": force,
                               "applies": applies, "status": row["legal_status_code"], **evidence(row)}


@answers("aigc/training-compute")
def training_compute(r: Records, as_of: str) -> Answer:
    for row in r["models"]:
        if row["training_compute"] and released(row, as_of):
            amount = float(row["training_compute"])
            over = [mark for mark in (1e26, 1e25, 1e23) if amount > mark]
            text = f"above {over[0]:.0E}".replace("+", "") if over else "not above 1E23"
            yield {"model": row["row"], "modelLabel": row["label_en"], "developer": row["developed_by_id"], "developerLabel": r.label(row["developed_by_id"]),
                   "jurisdiction": r.seat(row["developed_by_id"]), "releasedOn": row["released_on"], "operations": f"{Decimal(row['training_compute']):f}",
                   "threshold": text, "weights": row["weights_code"], **evidence(row)}


@answers("aigc/value-chain")
def value_chain(r: Records, service: str) -> Answer:
    row = r.things[service]
    provider = row["provided_by_id"]
    for name in row["uses_model_ids"] or [None]:
        model = r.things.get(name or "", {})
        developer = model.get("developed_by_id")
        yield {"provider": provider, "providerLabel": r.label(provider), "providerSeat": r.seat(provider), "model": name, "modelLabel": r.label(name),
               "developer": developer, "developerLabel": r.label(developer), "developerSeat": r.seat(developer), "weights": model.get("weights_code"),
               **evidence(row), "modelSource": model.get("source"), "modelLocator": model.get("locator"), "modelGrade": model.get("grade")}


