"""Second implementations of the questions of `measures`, `rulings`, `positions` and `recognition`: what actors do to and say of one another."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from plain import ENDS, OPEN, Answer, Records, Row, answers, counts, earliest, ended, evidence, held_from, held_until, holds, latest, may_hold
from plain_lookup import NO_RECOGNITION

OPPOSED = {f"concept/stance/{s}" for s in ("opposes", "abstains", "declined-to-sign", "withdrew")}
PARTIAL = {f"concept/recognition-scheme/{s}" for s in ("partial-adequacy", "framework", "bridge", "mutual-recognition")}


def power(r: Records, actor: str) -> str:
    """Return for whom an actor counts: an authority for its seat, a territory for the state that represents it."""
    if r.is_a(actor, "Authority"):
        actor = r.seat(actor) or actor
    return (r.get(actor, "represented_by_id") if r.is_a(actor, "Territory") else None) or actor


def firms_of(r: Records, target: str) -> set[str]:
    """Return an actor, those who sit there, and the services of all of them."""
    actors = {target} | {a["row"] for a in r.of("actors", "based_in_id", target)}
    return actors | {s["row"] for s in r["services"] if s["provided_by_id"] in actors}


def aim(row: Row) -> str | None:
    """Return the actor or service at which a measure aims."""
    return row["target_id"] or row["target_service_id"] or None


@answers("measures/against-firms")
def against_firms(r: Records, as_of: str) -> Answer:
    groups = defaultdict(list)
    for row in r["measures"]:
        target = row["target_id"] or r.get(row["target_service_id"], "provided_by_id")
        if target and holds(row, as_of) and not any(r.is_a(target, kind) for kind in ("State", "Territory", "SupranationalUnion")):
            groups[target].append(row)
    for firm, rows in groups.items():
        powers = {power(r, row["issuer_id"]) for row in rows}
        for row in rows if len(powers) > 1 else []:
            yield {"firm": firm, "firmLabel": r.label(firm), "powers": len(powers), "power": power(r, row["issuer_id"]),
                   "powerLabel": r.label(power(r, row["issuer_id"])), "issuer": row["issuer_id"], "row": row["row"], "rowLabel": row["label_en"],
                   "kind": row["measure_kind_code"], "since": row["valid_from"], **evidence(row)}


@answers("measures/aimed-at")
def aimed_at(r: Records, target: str, as_of: str) -> Answer:
    reached = firms_of(r, target)
    for row in r["measures"]:
        if aim(row) in reached and counts(row, as_of):
            yield {"row": row["row"], "rowLabel": row["label_en"], "issuer": row["issuer_id"], "issuerLabel": r.label(row["issuer_id"]), "aim": aim(row),
                   "kind": row["measure_kind_code"], "since": row["valid_from"], "scope": row["scope"], "basis": row["based_on_id"], **evidence(row)}


@answers("measures/between")
def between(r: Records, a: str, b: str) -> Answer:
    for one, other in ((a, b), (b, a)):
        issuers, reached = {one} | {x["row"] for x in r.of("actors", "based_in_id", one)}, firms_of(r, other)
        for row in r["measures"]:
            if row["issuer_id"] in issuers and aim(row) in reached:
                yield {"since": row["valid_from"], "endsOn": row["valid_until"], "issuer": row["issuer_id"], "row": row["row"], "rowLabel": row["label_en"],
                       "aim": aim(row), "kind": row["measure_kind_code"], "scope": row["scope"], **evidence(row)}


@answers("measures/by-kind")
def by_kind(r: Records, kind: str, as_of: str) -> Answer:
    for row in r.of("measures", "measure_kind_code", kind):
        if counts(row, as_of):
            yield {"row": row["row"], "rowLabel": row["label_en"], "issuer": row["issuer_id"], "issuerLabel": r.label(row["issuer_id"]), "target": aim(row),
                   "targetLabel": r.label(aim(row)), "since": row["valid_from"], "scope": row["scope"], "basis": row["based_on_id"],
                   "basisLabel": r.label(row["based_on_id"]), **evidence(row)}


@answers("measures/ended")
def measures_ended(r: Records, as_of: str) -> Answer:
    for row in r["measures"]:
        if ended(row, as_of):
            yield {"endedOn": row["valid_until"], "since": row["valid_from"], "row": row["row"], "rowLabel": row["label_en"], "issuer": row["issuer_id"],
                   "issuerLabel": r.label(row["issuer_id"]), "target": aim(row), "targetLabel": r.label(aim(row)), "kind": row["measure_kind_code"],
                   "scope": row["scope"], **evidence(row)}


@answers("measures/taken-by")
def taken_by(r: Records, issuer: str, as_of: str) -> Answer:
    issuers = {issuer} | {x["row"] for x in r.of("actors", "based_in_id", issuer)}
    for row in r["measures"]:
        if row["issuer_id"] in issuers and counts(row, as_of):
            yield {"row": row["row"], "rowLabel": row["label_en"], "by": row["issuer_id"], "byLabel": r.label(row["issuer_id"]), "aim": aim(row),
                   "aimLabel": r.label(aim(row)), "kind": row["measure_kind_code"], "since": row["valid_from"], "scope": row["scope"],
                   "basis": row["based_on_id"], **evidence(row)}


@answers("rulings/fines")
def fines(r: Records, as_of: str) -> Answer:
    for row in r["rulings"]:
        if row["outcome_code"] == "concept/outcome/fined" and row["amount"] and counts(row, as_of):
            yield {"currency": row["currency"], "amount": row["amount"], "addressee": row["addressee_id"], "addresseeLabel": r.label(row["addressee_id"]),
                   "authority": row["decided_by_id"], "authorityLabel": r.label(row["decided_by_id"]), "day": row["valid_from"],
                   "instrument": row["concerns_id"], "instrumentLabel": r.label(row["concerns_id"]), "decision": row["decision_id"],
                   "summary": row["summary"], "row": row["row"], **evidence(row)}


@answers("rulings/on-instrument")
def on_instrument(r: Records, instrument: str) -> Answer:
    for row in r.of("rulings", "concerns_id", instrument):
        yield {"day": row["valid_from"], "endsOn": row["valid_until"], "decision": row["decision_id"], "decisionLabel": r.label(row["decision_id"]),
               "court": row["decided_by_id"], "courtLabel": r.label(row["decided_by_id"]), "addressee": row["addressee_id"],
               "addresseeLabel": r.label(row["addressee_id"]), "outcome": row["outcome_code"], "amount": row["amount"], "currency": row["currency"],
               "summary": row["summary"], "row": row["row"], **evidence(row)}


@answers("rulings/towards")
def towards(r: Records, addressee: str) -> Answer:
    for row in r["rulings"]:
        firm, chain = row["addressee_id"], {row["addressee_id"]}
        while r.get(firm, "parent_id") and r.get(firm, "parent_id") not in chain:
            firm = r.get(firm, "parent_id")
            chain.add(firm)
        if addressee in chain:
            yield {"day": row["valid_from"], "endsOn": row["valid_until"], "firm": row["addressee_id"], "firmLabel": r.label(row["addressee_id"]),
                   "court": row["decided_by_id"], "courtLabel": r.label(row["decided_by_id"]), "outcome": row["outcome_code"], "amount": row["amount"],
                   "currency": row["currency"], "instrument": row["concerns_id"], "instrumentLabel": r.label(row["concerns_id"]),
                   "decision": row["decision_id"], "decisionLabel": r.label(row["decision_id"]), "summary": row["summary"], "row": row["row"], **evidence(row)}


def told(row: Row, day: str) -> bool:
    """Return whether a position was taken by a day; one without a day counts from its recording."""
    return (held_from(row) or row["recorded_on"]) <= day


def text(row: Row) -> str:
    """Return the text or issue towards which a position was taken."""
    return row["towards_instrument_id"] or row["towards_issue_code"]


@answers("positions/of-actor")
def of_actor(r: Records, actor: str, as_of: str) -> Answer:
    for row in r.of("positions", "holder_id", actor):
        if told(row, as_of):
            yield {"day": row["valid_from"], "stance": row["stance_code"], "towards": text(row), "towardsLabel": r.label(text(row)),
                   "endsOn": row["valid_until"], "note": row["note"], **evidence(row)}


@answers("positions/on-issue")
def on_issue(r: Records, issue: str, as_of: str) -> Answer:
    for row in r["positions"]:
        if told(row, as_of) and as_of < held_until(row) and (text(row) == issue or issue in (r.get(text(row), "topic_codes") or [])):
            named = row["towards_instrument_id"] or None
            yield {"holder": row["holder_id"], "holderLabel": r.label(row["holder_id"]), "stance": row["stance_code"], "day": row["valid_from"],
                   "text": named, "textLabel": r.label(named), "note": row["note"], **evidence(row)}


@answers("positions/opposed")
def opposed(r: Records, as_of: str) -> Answer:
    for row in r["positions"]:
        if row["stance_code"] in OPPOSED and told(row, as_of) and row["towards_instrument_id"]:
            yield {"day": row["valid_from"], "stance": row["stance_code"], "holder": row["holder_id"], "holderLabel": r.label(row["holder_id"]),
                   "text": text(row), "textLabel": r.label(text(row)), "note": row["note"], **evidence(row)}


@answers("positions/split")
def split(r: Records, a: str, b: str, as_of: str) -> Answer:
    for one in r.of("positions", "holder_id", a):
        for other in r.of("positions", "holder_id", b):
            if text(one) == text(other) and one["stance_code"] != other["stance_code"] and told(one, as_of) and told(other, as_of):
                yield {"towards": text(one), "towardsLabel": r.label(text(one)), "stanceA": one["stance_code"], "dayA": one["valid_from"],
                       "stanceB": other["stance_code"], "dayB": other["valid_from"], **evidence(one, "A"), **evidence(other, "B")}


def in_effect(r: Records, row: Row) -> tuple[str | None, str]:
    """Return from which day until which a recognition and the decision behind it, in force or applied provisionally, certainly both hold."""
    start, end = held_from(row), held_until(row)
    if row["based_on_id"]:
        begun, over = r.in_force(row["based_on_id"])
        begun = min(filter(None, (begun, r.applied_from(row["based_on_id"]))), default=None)
        start, end = max(start, begun) if start and begun else start, min(end, over)
    return start, end


def effective(r: Records, row: Row, day: str) -> bool:
    """Return whether a recognition and the decision behind it certainly hold on a day."""
    start, end = in_effect(r, row)
    return start is not None and start <= day < end


def recognition(r: Records, row: Row) -> dict[str, object]:
    """Return what most answers say of a recognition."""
    return {"recogniser": row["recogniser_id"], "recogniserLabel": r.label(row["recogniser_id"]), "recognised": row["recognised_id"],
            "recognisedLabel": r.label(row["recognised_id"]), "scheme": row["scheme_code"], "since": row["valid_from"], "decision": row["based_on_id"],
            "scope": row["scope"], "row": row["row"], **evidence(row)}


@answers("recognition/expiring")
def expiring(r: Records, as_of: str) -> Answer:
    for row in r["recognitions"]:
        if row["scheme_code"] not in NO_RECOGNITION and effective(r, row, as_of) and row["valid_until"]:
            yield {**recognition(r, row), "endsOn": row["valid_until"]}


@answers("recognition/partial")
def partial(r: Records, as_of: str) -> Answer:
    for row in r["recognitions"]:
        if row["scheme_code"] in PARTIAL and effective(r, row, as_of):
            yield {**recognition(r, row), "endsOn": row["valid_until"]}


@answers("recognition/mutual")
def mutual(r: Records, as_of: str) -> Answer:
    rows = [(row, *in_effect(r, row)) for row in r["recognitions"] if row["scheme_code"] not in NO_RECOGNITION]
    for there, start, end in rows:
        for back, begun, over in rows:
            ends = (there["recogniser_id"], there["recognised_id"])
            if ends[0] < ends[1] and ends == (back["recognised_id"], back["recogniser_id"]) and start and begun and max(start, begun) <= as_of < min(end, over):
                yield {"a": ends[0], "aLabel": r.label(ends[0]), "b": ends[1], "bLabel": r.label(ends[1]), "since": max(start, begun), "there": there["row"],
                       "schemeThere": there["scheme_code"], "sourceThere": there["source"], "gradeThere": there["grade"], "back": back["row"],
                       "schemeBack": back["scheme_code"], "sourceBack": back["source"], "gradeBack": back["grade"]}


@answers("recognition/recognised-by-whom")
def recognised_by_whom(r: Records, recognised: str, as_of: str) -> Answer:
    unions = [m["organization_id"] for m in r.of("memberships", "member_id", recognised)
              if holds(m, as_of) and m["membership_status_code"] == "concept/membership-status/member" and r.is_a(m["organization_id"], "SupranationalUnion")]
    for row in r["recognitions"]:
        if row["recognised_id"] in [recognised, *unions] and row["scheme_code"] not in NO_RECOGNITION and effective(r, row, as_of):
            cells = {**recognition(r, row), "union": row["recognised_id"] if row["recognised_id"] != recognised else None, "endsOn": row["valid_until"]}
            yield {name: cell for name, cell in cells.items() if name not in ("recognised", "recognisedLabel")}


@answers("recognition/gaps")
def gaps(r: Records, recogniser: str, recognised: str) -> Answer:
    rows = [(row, *in_effect(r, row)) for row in r.of("recognitions", "recogniser_id", recogniser)
            if row["recognised_id"] == recognised and row["scheme_code"] not in NO_RECOGNITION]
    for row, start, end in rows:
        if start is None or end == OPEN or any(s and s <= end < e for _, s, e in rows):
            continue
        later = [(s, o) for o, s, _ in rows if s and s > end]
        first = min((s for s, _ in later), default=None)
        for following in [o for s, o in later if s == first] or [None]:
            nextly = following and following["based_on_id"]
            yield {"lastDecision": row["based_on_id"], "lastDecisionLabel": r.label(row["based_on_id"]), "gapFrom": end, "nextDay": first,
                   "nextDecision": nextly, "nextDecisionLabel": r.label(nextly), "last": row["row"], **evidence(row)}


@answers("recognition/one-way")
def one_way(r: Records, as_of: str) -> Answer:
    @cache
    def inside(actor: str) -> set[str]:
        return {actor} | {m["organization_id"] for m in r.of("memberships", "member_id", actor)
                          if may_hold(m, as_of) and r.is_a(m["organization_id"], "SupranationalUnion")}

    for row in r["recognitions"]:
        if row["scheme_code"] in NO_RECOGNITION or not effective(r, row, as_of):
            continue
        back = [b for one in inside(row["recognised_id"]) for b in r.of("recognitions", "recogniser_id", one)
                if b["recognised_id"] in inside(row["recogniser_id"])
                and not (b["valid_from"] and earliest(b["valid_from"]) > as_of) and not ended(b, as_of)]
        if not back:
            yield recognition(r, row)


@answers("recognition/ended")
def recognitions_ended(r: Records, as_of: str) -> Answer:
    for row in r["recognitions"]:
        last = row["valid_until"]
        closing = [e for e in r.of("events", "instrument_id", row["based_on_id"]) if e["event_code"].removeprefix("concept/event/") in {*ENDS, "withdrawn"}
                   and latest(e["occurred_on"]) <= as_of
                   and (not last or (earliest(e["occurred_on"]) <= latest(last) and earliest(last) <= latest(e["occurred_on"])))]
        if not closing and not ended(row, as_of):
            continue
        others = len({o["row"] for o in r["recognitions"] if o["recogniser_id"] == row["recogniser_id"] and o["recognised_id"] == row["recognised_id"]
                      and effective(r, o, as_of)})
        for event in closing or [None]:
            by = event and event["by_instrument_id"]
            yield {**recognition(r, row), "endedOn": last or (event and event["occurred_on"]), "event": event and event["event_code"], "by": by,
                   "byLabel": r.label(by), "why": event and event["note"], "others": others or None, "eventSource": event and event["source"],
                   "eventGrade": event and event["grade"]}
