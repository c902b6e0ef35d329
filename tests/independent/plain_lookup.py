"""Second implementations of the questions of `lookup`: who is bound by what, who belongs to what, what became of whom."""

from __future__ import annotations

from plain import OPEN, Answer, Records, Row, answers, earliest, ended, evidence, held_from, held_until, holds, latest, may_hold

MEMBER = "concept/membership-status/member"
PARTY = "concept/participation-status/party"


@answers("lookup/parties")
def parties(r: Records, agreement: str, as_of: str) -> Answer:
    for row in r.of("participations", "instrument_id", agreement):
        if may_hold(row, as_of):
            yield {"actor": row["participant_id"], "actorLabel": r.label(row["participant_id"]), "status": row["status_code"], "signedOn": row["signed_on"],
                   "ratifiedOn": row["ratified_on"], "since": row["valid_from"], **evidence(row)}


@answers("lookup/agreements-of")
def agreements_of(r: Records, actor: str, as_of: str) -> Answer:
    for row in r.of("participations", "participant_id", actor):
        if holds(row, as_of):
            yield {"agreement": row["instrument_id"], "agreementLabel": r.label(row["instrument_id"]), "status": row["status_code"], "since": row["valid_from"],
                   **evidence(row)}


BINDING = (PARTY, "concept/participation-status/provisional")
SOFT = "concept/bindingness/soft"
#: standings of those who belong, as against those who apply or look on
INSIDE = {PARTY, MEMBER, "concept/membership-status/associate"} | {f"concept/participation-status/{s}" for s in ("provisional", "participant", "signatory")}


def binds(r: Records, tie: Row) -> bool:
    """Return whether the participation is one of law: party or provisional, in a text that is not soft."""
    return tie["status_code"] in BINDING and r.get(tie["instrument_id"], "bindingness_code") not in (None, SOFT)


def ties_of_members(r: Records, as_of: str) -> list[tuple[Row, Row]]:
    """Return the participations of unions and the memberships of their members, both held on a day, while the union is a union."""
    return [(tie, seat) for tie in r["participations"] if holds(tie, as_of) and r.is_a(tie["participant_id"], "SupranationalUnion") and binds(r, tie)
            for seat in r.of("memberships", "organization_id", tie["participant_id"]) if holds(seat, as_of) and seat["membership_status_code"] == MEMBER]


@answers("lookup/bound-by")
def bound_by(r: Records, actor: str, as_of: str) -> Answer:
    for row in r.of("participations", "participant_id", actor):
        if row["status_code"] in BINDING and holds(row, as_of):
            yield {"agreement": row["instrument_id"], "agreementLabel": r.label(row["instrument_id"]), "way": "in its own name", "status": row["status_code"],
                   "since": row["valid_from"], **evidence(row)}
    for tie, seat in ties_of_members(r, as_of):
        if seat["member_id"] == actor:
            yield {"agreement": tie["instrument_id"], "agreementLabel": r.label(tie["instrument_id"]), "way": "through a union", "union": tie["participant_id"],
                   "status": tie["status_code"], "since": max(str(held_from(tie)), str(held_from(seat))), **evidence(tie)}


@answers("lookup/bound-through-union")
def bound_through_union(r: Records, actor: str, as_of: str) -> Answer:
    for tie, seat in ties_of_members(r, as_of):
        if seat["member_id"] != actor:
            continue
        own = [p["valid_from"] for p in r.of("participations", "participant_id", actor) if p["instrument_id"] == tie["instrument_id"] and holds(p, as_of)]
        for since in own or [None]:
            yield {"agreement": tie["instrument_id"], "agreementLabel": r.label(tie["instrument_id"]), "union": tie["participant_id"],
                   "unionLabel": r.label(tie["participant_id"]), "since": max(str(held_from(tie)), str(held_from(seat))), "ownSince": since,
                   "participation": tie["row"], "participationSource": tie["source"], "participationGrade": tie["grade"], "membership": seat["row"],
                   "membershipSource": seat["source"], "membershipGrade": seat["grade"]}


@answers("lookup/competences")
def competences(r: Records, holder: str, as_of: str) -> Answer:
    for row in r.of("competences", "holder_id", holder):
        if may_hold(row, as_of):
            yield {"topic": row["topic_code"], "topicLabel": r.label(row["topic_code"]), "competence": row["competence_code"], "summary": row["summary"],
                   "basis": row["based_on_id"], "since": row["valid_from"], **evidence(row)}


@answers("lookup/contested")
def contested(r: Records, as_of: str) -> Answer:
    for row in r["claims"]:
        if not ended(row, as_of) and not (row["valid_from"] and earliest(row["valid_from"]) > as_of):
            yield {"actor": row["subject_id"], "actorLabel": r.label(row["subject_id"]), "claimant": row["claimant_id"],
                   "claimantLabel": r.label(row["claimant_id"]), "summary": row["summary"], "since": row["valid_from"], **evidence(row)}


@answers("lookup/former-members")
def former_members(r: Records, as_of: str) -> Answer:
    seats = [(m, m["member_id"], m["organization_id"], m["membership_status_code"]) for m in r["memberships"]]
    ties = [(p, p["participant_id"], p["instrument_id"], p["status_code"]) for p in r["participations"]]
    inside = [one for one in seats + ties if one[3] in INSIDE]
    for row, actor, left, standing in inside:
        if not ended(row, as_of):
            continue
        last = latest(row["valid_until"])
        back = any(a == actor and b == left and not (o["valid_from"] and earliest(o["valid_from"]) > as_of)
                   and (not o["valid_until"] or last < latest(o["valid_until"])) for o, a, b, _ in inside)
        if not back and not any(gone(r, one, last) for one in (actor, left)):
            yield {"actor": actor, "actorLabel": r.label(actor), "left": left, "leftLabel": r.label(left), "standing": standing, "since": row["valid_from"],
                   "leftOn": row["valid_until"], "note": row.get("note"), **evidence(row)}


def gone(r: Records, name: str, day: str) -> bool:
    """Return whether an actor may have been dissolved, or an instrument have ended, by a day: nobody leaves what is no more."""
    dissolved = any(e["actor_event_code"] == "concept/actor-event/dissolved" and earliest(e["occurred_on"]) <= day for e in r.of("actor_events", "actor_id",
            name))
    return dissolved or r.in_force(name)[1] <= day


@answers("lookup/foundings")
def foundings(r: Records) -> Answer:
    for row in r["actor_events"]:
        if row["actor_event_code"] == "concept/actor-event/founded":
            yield {"actor": row["actor_id"], "actorLabel": r.label(row["actor_id"]), "class": r.get(row["actor_id"], "class_code"),
                   "foundedOn": row["occurred_on"], "by": row["by_instrument_id"], "note": row["note"], **evidence(row)}


@answers("lookup/joined-since")
def joined_since(r: Records, start: str, as_of: str) -> Answer:
    for row in r["participations"]:
        if row["status_code"] == PARTY and row["valid_from"] and start <= earliest(row["valid_from"]) and latest(row["valid_from"]) <= as_of:
            yield {"actor": row["participant_id"], "actorLabel": r.label(row["participant_id"]), "agreement": row["instrument_id"],
                   "agreementLabel": r.label(row["instrument_id"]), "signedOn": row["signed_on"], "ratifiedOn": row["ratified_on"], "since": row["valid_from"],
                   **evidence(row)}


@answers("lookup/life-of")
def life_of(r: Records, instrument: str) -> Answer:
    for row in r.of("events", "instrument_id", instrument):
        yield {"occurredOn": row["occurred_on"], "event": row["event_code"], "by": row["by_instrument_id"], "note": row["note"], **evidence(row)}


@answers("lookup/lists")
def lists(r: Records, as_of: str) -> Answer:
    for row in r["designations"]:
        if holds(row, as_of):
            yield {"list": row["list_id"], "listLabel": r.label(row["list_id"]), "designated": row["designated_id"],
                   "designatedLabel": r.label(row["designated_id"]), "since": row["valid_from"], **evidence(row)}


@answers("lookup/members")
def members(r: Records, organization: str, as_of: str) -> Answer:
    for row in r.of("memberships", "organization_id", organization):
        if holds(row, as_of):
            yield {"member": row["member_id"], "memberLabel": r.label(row["member_id"]), "status": row["membership_status_code"], "since": row["valid_from"],
                   **evidence(row)}


@answers("lookup/party-terms")
def party_terms(r: Records, agreement: str, as_of: str) -> Answer:
    for row in r.of("party_terms", "instrument_id", agreement):
        if may_hold(row, as_of):
            yield {"party": row["party_id"], "partyLabel": r.label(row["party_id"]), "kind": row["class_code"], "article": row["article"],
                   "provision": row["provision_id"], "summary": row["summary"], "since": row["valid_from"], "endsOn": row["valid_until"], **evidence(row)}


@answers("lookup/terms-of-party")
def terms_of_party(r: Records, party: str, as_of: str) -> Answer:
    for row in r.of("party_terms", "party_id", party):
        if may_hold(row, as_of):
            standings = [p["status_code"] for p in r.of("participations", "participant_id", party)
                         if p["instrument_id"] == row["instrument_id"] and may_hold(p, as_of)]
            for standing in standings or [None]:
                yield {"agreement": row["instrument_id"], "agreementLabel": r.label(row["instrument_id"]), "standing": standing, "kind": row["class_code"],
                       "article": row["article"], "provision": row["provision_id"], "summary": row["summary"], "since": row["valid_from"],
                       "endsOn": row["valid_until"], **evidence(row)}


def bound(r: Records, agreement: str, as_of: str) -> list[Row]:
    """Return the participations in an agreement of its parties on a day."""
    return [p for p in r.of("participations", "instrument_id", agreement) if p["status_code"] == PARTY and holds(p, as_of)]


@answers("lookup/party-to-both")
def party_to_both(r: Records, a: str, b: str, as_of: str) -> Answer:
    for one in bound(r, a, as_of):
        for other in bound(r, b, as_of):
            if one["participant_id"] == other["participant_id"]:
                yield {"actor": one["participant_id"], "actorLabel": r.label(one["participant_id"]), "sinceA": one["valid_from"], "sinceB": other["valid_from"],
                       **evidence(one, "A"), **evidence(other, "B")}


@answers("lookup/positions-on")
def positions_on(r: Records, text: str, as_of: str) -> Answer:
    for row in r["positions"]:
        if text in (row["towards_instrument_id"], row["towards_issue_code"]) and holds(row, as_of):
            yield {"holder": row["holder_id"], "holderLabel": r.label(row["holder_id"]), "stance": row["stance_code"], "day": row["valid_from"],
                   "note": row["note"], **evidence(row)}


#: what the law treats as sent at home, or bridges for a while
NO_RECOGNITION = {"concept/recognition-scheme/domestic", "concept/recognition-scheme/bridging-clause"}


@answers("lookup/recognised-by")
def recognised_by(r: Records, recogniser: str, as_of: str) -> Answer:
    for row in r.of("recognitions", "recogniser_id", recogniser):
        if row["scheme_code"] not in NO_RECOGNITION and holds(row, as_of):
            yield {"recognised": row["recognised_id"], "recognisedLabel": r.label(row["recognised_id"]), "scheme": row["scheme_code"],
                    "since": row["valid_from"],
                   "endsOn": row["valid_until"], "decision": row["based_on_id"], "scope": row["scope"], **evidence(row)}


@answers("lookup/recognition-history")
def recognition_history(r: Records, recogniser: str, recognised: str) -> Answer:
    for row in r.of("recognitions", "recogniser_id", recogniser):
        if row["recognised_id"] == recognised:
            yield {"since": row["valid_from"], "endsOn": row["valid_until"], "scheme": row["scheme_code"], "decision": row["based_on_id"],
                   "decisionLabel": r.label(row["based_on_id"]), "scope": row["scope"], **evidence(row)}


@answers("lookup/signed-not-bound")
def signed_not_bound(r: Records, agreement: str, as_of: str) -> Answer:
    inside = {s["member_id"] for t, s in ties_of_members(r, as_of) if t["instrument_id"] == agreement}
    own = {p["participant_id"] for p in r.of("participations", "instrument_id", agreement)
           if p["status_code"] in BINDING and not (p["valid_from"] and earliest(p["valid_from"]) > as_of)}
    for row in r.of("participations", "instrument_id", agreement):
        if row["signed_on"] and latest(row["signed_on"]) <= as_of < held_until(row) and row["participant_id"] not in inside | own:
            yield {"actor": row["participant_id"], "actorLabel": r.label(row["participant_id"]), "signedOn": row["signed_on"], "ratifiedOn": row["ratified_on"],
                   "status": row["status_code"], **evidence(row)}


@answers("lookup/successors")
def successors(r: Records, as_of: str) -> Answer:
    for row in r["successions"]:
        if not (row["valid_from"] and earliest(row["valid_from"]) > as_of):
            yield {"predecessor": row["predecessor_id"], "predecessorLabel": r.label(row["predecessor_id"]), "successor": row["successor_id"],
                   "successorLabel": r.label(row["successor_id"]), "kind": row["succession_code"], "since": row["valid_from"], "note": row["note"],
                   **evidence(row)}


@answers("lookup/territories")
def territories(r: Records, agreement: str, as_of: str) -> Answer:
    for row in r.of("territorial_applications", "instrument_id", agreement):
        if (not row["valid_from"] and not row["valid_until"]) or holds(row, as_of):
            yield {"territory": row["territory_id"], "territoryLabel": r.label(row["territory_id"]), "effect": row["territorial_effect_code"],
                   "party": row["participant_id"], "partyLabel": r.label(row["participant_id"]), "since": row["valid_from"], "endsOn": row["valid_until"],
                   "note": row["note"], **evidence(row)}


@answers("lookup/union-agreements")
def union_agreements(r: Records, union: str, as_of: str) -> Answer:
    inside = {s["member_id"] for s in r.of("memberships", "organization_id", union) if holds(s, as_of) and s["membership_status_code"] == MEMBER}
    for agreement, thing in r.things.items():
        if not agreement.startswith("instrument/") or not thing["conclusion_code"]:
            continue
        takes = [p for p in r.of("participations", "instrument_id", agreement) if may_hold(p, as_of)]
        many = len({p["participant_id"] for p in takes} & inside)
        own: list[Row | None] = [p for p in takes if p["participant_id"] == union]
        through = [None] if many and thing["conclusion_code"] == "concept/conclusion/members-for-union" else []
        for row in own or through:
            yield {"agreement": agreement, "agreementLabel": r.label(agreement), "conclusion": thing["conclusion_code"],
                   "participation": row and row["row"], "status": row and row["status_code"], "since": row and row["valid_from"], "members": many or None,
                   **evidence(thing)}


TRADE = ("TradeAgreement", "DigitalEconomyAgreement")


@answers("lookup/agreements-by-year")
def agreements_by_year(r: Records, actor: str, **values: str) -> Answer:
    rows = [p for p in r.of("participations", "participant_id", actor) if p["status_code"] in BINDING and p["instrument_id"] != values["except"]
            and any(r.is_a(p["instrument_id"], kind) for kind in TRADE)]
    years = {latest(p["valid_from"])[:4] for p in rows if p["valid_from"]} | {earliest(p["valid_until"])[:4] for p in rows if p["valid_until"]}
    for year in years:
        yield {"year": year, "agreements": len({p["instrument_id"] for p in rows if holds(p, f"{year}-12-31")}),
               "began": len({p["instrument_id"] for p in rows if p["valid_from"] and latest(p["valid_from"])[:4] == year}),
               "ended": len({p["instrument_id"] for p in rows if held_until(p)[:4] == year and held_until(p) != OPEN})}
