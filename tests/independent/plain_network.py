"""Second implementations of the questions of `network`: which rows make which ties; how heavy a row weighs is not computed here."""

from __future__ import annotations

from plain import BASE, Answer, Records, Row, answers, counts, earliest, holds, may_hold
from plain_acts import NO_RECOGNITION, aim, text
from plain_aigc import home
from plain_compare import FLOWS, HOME, lapsed
from plain_lookup import BINDING, MEMBER, PARTY, SOFT, TRADE

TAKING_PART = {PARTY, "concept/participation-status/participant"}
STAGES = {"in-force": TAKING_PART, "applied": TAKING_PART | set(BINDING)}
SIGNED = {*BINDING, "concept/participation-status/signatory"}
ACCESS = {f"concept/topic/{t}" for t in ("law-enforcement-access", "government-access", "cybersecurity")}
SUPPORTS = "concept/stance/supports"
AI = {"concept/topic/artificial-intelligence", "concept/topic/generative-ai"}


def joined(r: Records, day: str, stage: str) -> list[Row]:
    """Return the participations that stand on a day at a stage."""
    if stage == "signed":
        return [p for p in r["participations"] if (holds(p, day) and p["status_code"] in STAGES["applied"]) or (signed(p, day) and p["status_code"] in SIGNED)]
    return [p for p in r["participations"] if p["status_code"] in STAGES[stage] and holds(p, day)]


def signed(row: Row, day: str) -> bool:
    """Return whether a text may have been signed by a day and is not left."""
    return bool(row["signed_on"]) and earliest(row["signed_on"]) <= day and not (row["valid_until"] and earliest(row["valid_until"]) <= day)


def basis(row: Row) -> str:
    """Return the instrument on which a row is based, or the row itself."""
    return row["based_on_id"] or row["row"]


def two_mode(rows: list[Row]) -> Answer:
    """Yield the ties of participations."""
    for row in rows:
        yield {"actor": row["participant_id"], "through": row["instrument_id"], "row": row["row"]}


@answers("network/agreements")
def agreements(r: Records, stage: str, as_of: str) -> Answer:
    return two_mode(joined(r, as_of, stage))


@answers("network/trade")
def trade(r: Records, stage: str, as_of: str) -> Answer:
    return two_mode([p for p in joined(r, as_of, stage) if any(r.is_a(p["instrument_id"], kind) for kind in TRADE)
                     and r.get(p["instrument_id"], "bindingness_code") not in (None, SOFT)])


@answers("network/access")
def access(r: Records, stage: str, as_of: str) -> Answer:
    return two_mode([p for p in joined(r, as_of, stage) if ACCESS & set(r.get(p["instrument_id"], "topic_codes") or [])
                     and not r.is_a(p["instrument_id"], "TradeAgreement")])


def broad(r: Records, kind: str) -> str:
    """Return the class right below that of all actors, which an actor's own belongs to."""
    return min(one for one in r.wider(kind) if "Actor" in r.above.get(one, ()))


@answers("network/actors")
def actors(r: Records) -> Answer:
    for row in r["actors"]:
        yield {"actor": row["row"], "label": row["label_en"], "iso3": row["iso_alpha3"], "cow": row["cow"], "gw": row["gw"],
               "kind": broad(r, row["class_code"].rpartition("#")[2])}


@answers("network/ai")
def artificial_intelligence(r: Records, as_of: str) -> Answer:
    def on_ai(name: str) -> bool:
        return bool(AI & set(r.get(name, "topic_codes") or []))

    yield from two_mode([p for p in r["participations"] if holds(p, as_of) and on_ai(p["instrument_id"])])
    for row in r["positions"]:
        if row["stance_code"] == SUPPORTS and holds(row, as_of) and on_ai(row["towards_instrument_id"]):
            yield {"actor": row["holder_id"], "through": row["towards_instrument_id"], "row": row["row"]}


@answers("network/declarations")
def declarations(r: Records, as_of: str) -> Answer:
    for row in r["positions"]:
        if row["stance_code"] == SUPPORTS and holds(row, as_of) and row["towards_instrument_id"]:
            yield {"actor": row["holder_id"], "through": row["towards_instrument_id"], "row": row["row"]}


@answers("network/stances")
def stances(r: Records, as_of: str) -> Answer:
    for row in r["positions"]:
        if row["towards_instrument_id"] and holds(row, as_of):
            yield {"actor": row["holder_id"], "topic": text(row), "row": row["row"], "instrument": row["towards_instrument_id"]}


@answers("network/memberships")
def memberships(r: Records, as_of: str) -> Answer:
    for row in r["memberships"]:
        if row["membership_status_code"] == MEMBER and holds(row, as_of):
            yield {"actor": row["member_id"], "through": row["organization_id"], "row": row["row"]}


@answers("network/unions")
def unions(r: Records, as_of: str) -> Answer:
    for row in r["memberships"]:
        if row["membership_status_code"] == MEMBER and holds(row, as_of) and r.is_a(row["organization_id"], "SupranationalUnion"):
            yield {"actor": row["member_id"], "through": row["organization_id"], "row": row["row"]}


@answers("network/recognitions")
def recognitions(r: Records, as_of: str) -> Answer:
    for row in r["recognitions"]:
        if row["scheme_code"] not in NO_RECOGNITION and holds(row, as_of):
            yield {"from": row["recogniser_id"], "to": row["recognised_id"], "row": row["row"], "instrument": basis(row)}


def lands(r: Records, name: str | None) -> str | None:
    """Return for whom an actor or service counts between powers: a service for its provider, whoever is no jurisdiction for its seat."""
    actor = r.get(name, "provided_by_id") or name
    return actor if any(r.is_a(actor, kind) for kind in ("State", "Territory", "SupranationalUnion")) else r.seat(actor) or actor


@answers("network/designations")
def designations(r: Records, as_of: str) -> Answer:
    for row in r["designations"]:
        if holds(row, as_of):
            yield {"from": lands(r, row["designator_id"]), "to": lands(r, row["designated_id"]), "row": row["row"], "instrument": row["list_id"]}


@answers("network/measures")
def measures(r: Records, as_of: str) -> Answer:
    for row in r["measures"]:
        if aim(row) and holds(row, as_of) and lands(r, row["issuer_id"]) != lands(r, aim(row)):
            yield {"from": lands(r, row["issuer_id"]), "to": lands(r, aim(row)), "row": row["row"], "instrument": basis(row)}


@answers("network/neutral-measures")
def neutral_measures(r: Records, as_of: str) -> Answer:
    for row in r["measures"]:
        if not aim(row) and holds(row, as_of):
            yield {"actor": lands(r, row["issuer_id"]), "row": row["row"], "instrument": basis(row)}


def personal(r: Records, day: str) -> list[Row]:
    """Return the transfer rules for personal data that count on a day."""
    return [row for row in r.of("transfer_rules", "data_category_code", "concept/data-category/personal-data") if counts(row, day) and for_all(row)]


def for_all(row: Row) -> bool:
    """Return whether a rule holds whoever the recipient is."""
    return row["recipient_code"] in ("", "concept/recipient/any")


#: what opens only once the exporter's side has decided on the recipient
WAITING = {f"concept/mechanism/{m}" for m in ("adequacy", "treaty")}


@answers("network/channels")
def channels(r: Records, as_of: str) -> Answer:
    for row in personal(r, as_of):
        for mechanism in row["mechanism_codes"] or [""]:
            yield {"actor": row["jurisdiction_id"], "topic": mechanism.rpartition("/")[2], "row": row["row"], "instrument": basis(row),
                   "needs": mechanism in WAITING}


@answers("network/mechanisms")
def mechanisms(r: Records, as_of: str) -> Answer:
    every = [name for name in r.concepts if name.startswith("concept/mechanism/")]
    for row in personal(r, as_of):
        for mechanism in every if row["mechanism_codes"] else []:
            yield {"actor": row["jurisdiction_id"], "topic": f"mechanism {mechanism.rpartition('/')[2]}", "row": row["row"], "instrument": basis(row)}


@answers("network/transfer-rules")
def transfer_rules(r: Records, as_of: str) -> Answer:
    for row in r["transfer_rules"]:
        if counts(row, as_of) and for_all(row):
            category = row["data_category_code"].rpartition("/")[2]
            for kind, column in (("transfer", "transfer_default_code"), ("localisation", "localisation_code")):
                if row[column]:
                    yield {"actor": row["jurisdiction_id"], "topic": f"{kind} of {category}", "row": row["row"], "instrument": basis(row)}


@answers("network/openness")
def openness(r: Records, as_of: str) -> Answer:
    for row in r["transfer_rules"]:
        if counts(row, as_of) and for_all(row):
            for topic, column in ((FLOWS, "transfer_default_code"), (HOME, "localisation_code")):
                if row[column]:
                    yield {"actor": row["jurisdiction_id"], "topic": topic.rpartition("/")[2], "row": row["row"], "instrument": basis(row)}


@answers("network/supervision")
def supervision(r: Records, as_of: str) -> Answer:
    for row in r["supervisions"]:
        if counts(row, as_of):
            yield {"actor": row["jurisdiction_id"], "topic": "independence of supervision", "row": row["row"], "instrument": basis(row)}


@answers("network/commitments")
def commitments(r: Records, as_of: str) -> Answer:
    for row in r["provisions"]:
        if row["stance_code"] and row["bindingness_code"] and may_hold(row, as_of) and not lapsed(r, row["instrument_id"], "0001-01-01"):
            yield {"through": row["instrument_id"], "topic": f"commitment on {row['topic_code'].rpartition('/')[2]}", "row": row["row"]}


@answers("network/promises")
def promises(r: Records, as_of: str) -> Answer:
    for row in r["provisions"]:
        if row["topic_code"] in (FLOWS, HOME) and row["stance_code"] and row["bindingness_code"] and may_hold(row, as_of):
            yield {"through": row["instrument_id"], "topic": row["topic_code"].rpartition("/")[2], "row": row["row"]}


@answers("network/scheme-rivalries")
def scheme_rivalries(r: Records, as_of: str) -> Answer:
    for row in r["scheme_rivalries"]:
        if counts(row, as_of):
            first, second = row["first_instrument_id"] or row["first_actor_id"], row["second_instrument_id"] or row["second_actor_id"]
            texts = [name for name in (first, second) if name.startswith("instrument/")]
            yield {"from": first, "to": second, "row": row["row"], "instrument": (texts or [row["row"]])[0]}


@answers("network/stated-conflicts")
def stated_conflicts(r: Records, as_of: str) -> Answer:
    for row in r["norm_conflicts"]:
        one, other = row["first_instrument_id"], row["second_instrument_id"]
        ours, theirs = home(r, one), home(r, other)
        if ours and theirs and ours != theirs and counts(row, as_of):
            yield {"from": ours, "to": theirs, "topic": f"{one} {BASE}id/{other}", "row": row["row"], "instrument": one}


@answers("network/schemes")
def schemes(r: Records, stage: str, as_of: str) -> Answer:
    names = {row[f"{side}_{kind}_id"] for row in r["scheme_rivalries"] if may_hold(row, as_of) for side in ("first", "second") for kind in ("instrument",
            "actor")}
    ties = [(p["participant_id"], p["instrument_id"], p["row"]) for p in joined(r, as_of, stage)]
    ties += [(p["holder_id"], text(p), p["row"]) for p in r["positions"] if p["stance_code"] == SUPPORTS and holds(p, as_of)]
    ties += [(m["member_id"], m["organization_id"], m["row"]) for m in r["memberships"] if m["membership_status_code"] == MEMBER and holds(m, as_of)]
    ties += [(name, name, name) for name in names if name.startswith("actor/")]
    for name in names:
        start, end = r.in_force(name)
        if home(r, name) and (not start or start <= as_of < end):
            ties.append((home(r, name), name, name))
    for actor, through, row in {tie for tie in ties if tie[1] in names}:
        yield {"actor": actor, "through": through, "row": row}


