"""Second implementations of the questions of `compare`, `conflicts` and `changes`: agreements side by side, rules that clash, and what is new."""

from __future__ import annotations

from collections import defaultdict

from plain import ENDS, Answer, Records, Row, answers, earliest, ended, evidence, held_from, holds, latest, may_hold
from plain_lookup import BINDING, MEMBER, PARTY, TRADE, bound, ties_of_members

TAKING_PART = {PARTY, "concept/participation-status/provisional", "concept/participation-status/participant"}
HARDNESS = ("hard", "mixed", "soft")
FLOWS, HOME = "concept/topic/data-flows", "concept/topic/data-localisation"


def since(r: Records, instrument: str, day: str) -> str | None:
    """Return from which day an instrument that is in force on a day has been so."""
    start, end = r.in_force(instrument)
    return start if start and start <= day < end else None


def lapsed(r: Records, instrument: str, day: str) -> bool:
    """Return whether an instrument had ended by a day."""
    return r.in_force(instrument)[1] <= day


def clauses(r: Records, topic: str, day: str) -> list[Row]:
    """Return the provisions of agreements on a topic that stand on a day, those of ended agreements left out."""
    return [p for p in r.of("provisions", "topic_code", topic)
            if r.is_a(p["instrument_id"], "Agreement") and may_hold(p, day) and not lapsed(r, p["instrument_id"], day)]


@answers("compare/dispute-settlement")
def dispute_settlement(r: Records, topic: str, as_of: str) -> Answer:
    for row in clauses(r, topic, as_of):
        yield {"agreement": row["instrument_id"], "agreementLabel": r.label(row["instrument_id"]), "inForceSince": since(r, row["instrument_id"], as_of),
               "article": row["article"], "stance": row["stance_code"], "bindingness": row["bindingness_code"], "dispute": row["dispute_settlement_code"],
               "summary": row["summary"], **evidence(row)}


@answers("compare/exceptions")
def exceptions(r: Records, topic: str, as_of: str) -> Answer:
    for row in clauses(r, topic, as_of):
        for exception in row["exception_codes"]:
            yield {"exception": exception, "exceptionLabel": r.label(exception), "agreement": row["instrument_id"],
                   "agreementLabel": r.label(row["instrument_id"]), "inForceSince": since(r, row["instrument_id"], as_of), "article": row["article"],
                   "stance": row["stance_code"], "bindingness": row["bindingness_code"], **evidence(row)}


@answers("compare/lists")
def lists(r: Records, as_of: str) -> Answer:
    groups = defaultdict(list)
    for row in r["designations"]:
        if holds(row, as_of):
            groups[row["designated_id"]].append(row)
    for designated, rows in groups.items():
        yield {"designated": designated, "designatedLabel": r.label(designated), "lists": len({row["list_id"] for row in rows}),
               "names": [r.label(row["list_id"]) for row in rows], "first": min(str(held_from(row)) for row in rows), "evidence": [row["row"] for row in rows]}


@answers("compare/noodle-bowl")
def noodle_bowl(r: Records, as_of: str, **values: str) -> Answer:
    rows = defaultdict(list)
    for row in r["participations"]:
        if row["status_code"] in BINDING and holds(row, as_of) and row["instrument_id"] != values["except"] and any(r.is_a(row["instrument_id"], k)
                for k in TRADE):
            rows[row["participant_id"]].append(row)
    agreements = {actor: {row["instrument_id"] for row in own} for actor, own in rows.items()}
    for actor, own in rows.items():
        shared = [len(agreements[actor] & texts) for other, texts in agreements.items() if other != actor]
        yield {"actor": actor, "actorLabel": r.label(actor), "agreements": len(agreements[actor]), "partners": sum(n > 0 for n in shared),
               "overlaps": sum(n > 1 for n in shared),
               **{g: sum(row["grade"].endswith(g) for row in own) for g in ("official", "secondary", "recalled")}}


def binding_texts(r: Records, actor: str, day: str) -> set[str]:
    """Return the agreements that bind an actor on a day, in its own name or through a union."""
    own = {p["instrument_id"] for p in r.of("participations", "participant_id", actor)
           if p["status_code"] in BINDING and holds(p, day)}
    return own | {tie["instrument_id"] for tie, seat in ties_of_members(r, day) if seat["member_id"] == actor}


@answers("compare/overlapping-norms")
def overlapping_norms(r: Records, actor: str, as_of: str) -> Answer:
    groups = defaultdict(list)
    texts = binding_texts(r, actor, as_of)
    for row in r["provisions"]:
        if row["instrument_id"] in texts and may_hold(row, as_of):
            groups[row["topic_code"]].append(row)
    for topic, rows in groups.items():
        stances, degrees = {row["stance_code"] for row in rows}, {row["bindingness_code"] for row in rows}
        if len({row["instrument_id"] for row in rows}) > 1 and max(len(stances), len(degrees)) > 1:
            for row in rows:
                yield {"topic": topic, "topicLabel": r.label(topic), "stances": len(stances), "degrees": len(degrees), "agreement": row["instrument_id"],
                       "agreementLabel": r.label(row["instrument_id"]), "article": row["article"], "stance": row["stance_code"],
                       "bindingness": row["bindingness_code"], "summary": row["summary"], **evidence(row)}


@answers("compare/party-to-one-only")
def party_to_one_only(r: Records, a: str, b: str, as_of: str) -> Answer:
    others = {row["participant_id"] for row in bound(r, b, as_of)}
    for row in bound(r, a, as_of):
        if row["participant_id"] not in others:
            yield {"actor": row["participant_id"], "actorLabel": r.label(row["participant_id"]), "since": row["valid_from"], **evidence(row)}


@answers("compare/provisions")
def provisions(r: Records, a: str, b: str, topic: str) -> Answer:
    for row in r.of("provisions", "topic_code", topic):
        if row["instrument_id"] in (a, b):
            yield {"instrument": row["instrument_id"], "article": row["article"], "stance": row["stance_code"], "bindingness": row["bindingness_code"],
                   "exceptions": [r.label(e) for e in row["exception_codes"]], "dispute": row["dispute_settlement_code"], "summary": row["summary"],
                   **evidence(row)}


@answers("compare/provisions-between")
def provisions_between(r: Records, a: str, b: str, topic: str, stance: str, as_of: str) -> Answer:
    shared = {row["instrument_id"] for row in r.of("participations", "participant_id", a) if row["status_code"] == PARTY and holds(row, as_of)}
    shared &= {row["instrument_id"] for row in r.of("participations", "participant_id", b) if row["status_code"] == PARTY and holds(row, as_of)}
    for row in r.of("provisions", "topic_code", topic):
        if row["instrument_id"] in shared and row["stance_code"] == stance and may_hold(row, as_of):
            yield {"agreement": row["instrument_id"], "agreementLabel": r.label(row["instrument_id"]), "article": row["article"],
                   "bindingness": row["bindingness_code"], "exceptions": [r.label(e) for e in row["exception_codes"]],
                   "dispute": row["dispute_settlement_code"], "summary": row["summary"], **evidence(row)}


@answers("compare/shared-agreements")
def shared_agreements(r: Records, a: str, b: str, as_of: str) -> Answer:
    for one in r.of("participations", "participant_id", a):
        for other in r.of("participations", "participant_id", b):
            if one["instrument_id"] == other["instrument_id"] and all(holds(x, as_of) and x["status_code"] in TAKING_PART for x in (one, other)):
                yield {"agreement": one["instrument_id"], "agreementLabel": r.label(one["instrument_id"]), "sinceA": one["valid_from"],
                       "sinceB": other["valid_from"], "sourceA": one["source"], "gradeA": one["grade"], "sourceB": other["source"], "gradeB": other["grade"]}


def hardest(rows: list[Row]) -> str | None:
    """Return the firmest bindingness among rows."""
    return next((f"concept/bindingness/{h}" for h in HARDNESS if any(row["bindingness_code"] == f"concept/bindingness/{h}" for row in rows)), None)


@answers("compare/topics")
def topics(r: Records, as_of: str) -> Answer:
    for agreement in r["instruments"]:
        name = agreement["row"]
        if not r.is_a(name, "Agreement") or lapsed(r, name, as_of):
            continue
        own = [p for p in r.of("provisions", "instrument_id", name) if may_hold(p, as_of)]
        for topic in {p["topic_code"] for p in own} | set(agreement["topic_codes"]):
            rows = [p for p in own if p["topic_code"] == topic]
            top = [p for p in rows if p["bindingness_code"] == hardest(rows)]
            yield {"agreement": name, "agreementLabel": agreement["label_en"], "inForceSince": since(r, name, as_of), "topic": topic,
                   "topicLabel": r.label(topic), "provisions": len(rows), "hardest": hardest(rows),
                   "articles": [p["article"] for p in top], "evidence": [p["row"] for p in top] or [name]}


def ties(r: Records, day: str) -> list[tuple[str, str, str | None, str | None]]:
    """Return actor, agreement, row and first day of each tie of law on a day, in its own name or through a union, which is derived."""
    own = [(p["participant_id"], p["instrument_id"], p["row"], held_from(p)) for p in r["participations"] if holds(p, day)
           and p["status_code"] in BINDING]
    return own + [(s["member_id"], t["instrument_id"], "derivation", max(str(held_from(t)), str(held_from(s)))) for t, s in ties_of_members(r, day)]


def clashes(r: Records, day: str, topic: str, stances: set[str], wanted: dict[str, set[str]]) -> Answer:
    """Return the rules of a jurisdiction that meet a provision on `topic` of an agreement that binds it."""
    bonds = ties(r, day)
    for rule in r["transfer_rules"]:
        if not holds(rule, day) or not all(rule[column] in codes for column, codes in wanted.items()):
            continue
        for actor, agreement, tie, begun in bonds:
            for clause in r.of("provisions", "instrument_id", agreement) if actor == rule["jurisdiction_id"] else []:
                if clause["topic_code"] == topic and clause["stance_code"] in stances and may_hold(clause, day):
                    terms = [t for t in r.of("party_terms", "party_id", actor) if t["provision_id"] == clause["row"] and may_hold(t, day)]
                    days = [str(held_from(rule)), str(begun), *([str(held_from(clause))] if clause["valid_from"] else [])]
                    for term in terms or [None]:
                        yield {"jurisdiction": actor, "jurisdictionLabel": r.label(actor), "rule": rule["row"], "category": rule["data_category_code"],
                               "agreement": agreement, "agreementLabel": r.label(agreement), "provision": clause["row"], "article": clause["article"],
                               "bindingness": clause["bindingness_code"], "dispute": clause["dispute_settlement_code"],
                               "exceptions": [r.label(e) for e in clause["exception_codes"]], "ownTerm": term and term["row"], "since": max(days), "tie": tie,
                               "ruleSource": rule["source"], "ruleGrade": rule["grade"], "provisionSource": clause["source"], "provisionGrade": clause["grade"]}


@answers("conflicts/flows")
def flows(r: Records, as_of: str) -> Answer:
    closed = {"transfer_default_code": {"concept/transfer-default/approval", "concept/transfer-default/prohibited"}}
    for row in clashes(r, as_of, FLOWS, {"concept/stance/requires"}, closed):
        if row["bindingness"] == "concept/bindingness/hard" and any(r.is_a(row["agreement"], kind) for kind in TRADE):
            yield {**row, "default": r.get(row["rule"], "transfer_default_code"), "recipient": r.get(row["rule"], "recipient_code")}


@answers("conflicts/localisation")
def localisation(r: Records, as_of: str) -> Answer:
    kept = {"localisation_code": {*(f"concept/localisation/local-{way}" for way in ("copy", "storage", "processing"))}}
    for row in clashes(r, as_of, HOME, {"concept/stance/prohibits"}, kept):
        yield {**row, "localisation": r.get(row["rule"], "localisation_code")}


@answers("conflicts/access")
def access(r: Records, as_of: str) -> Answer:
    rows = [row for row in r["access_rules"] if holds(row, as_of)]
    reaching = [row for row in rows if row["access_code"] == "concept/access/compelled-extraterritorial"]
    seats = [m for m in r["memberships"] if m["membership_status_code"] == MEMBER]
    for reach in reaching:
        for block in rows:
            one, other = reach["jurisdiction_id"], block["jurisdiction_id"]
            shared = [m for m in seats if {m["member_id"], m["organization_id"]} == {one, other}]
            if block["access_code"] == "concept/access/blocking" and one != other and all(ended(m, as_of) for m in shared):
                yield {"reacher": one, "reacherLabel": r.label(one), "reach": reach["row"], "reachArticle": reach["article"],
                       "reachCondition": reach["condition"], "blocker": other, "blockerLabel": r.label(other), "block": block["row"],
                       "blockArticle": block["article"], "blockCondition": block["condition"], "since": max([str(held_from(reach)), str(held_from(block)),
                       *(latest(m["valid_until"]) for m in shared)]),
                       "reachSource": reach["source"], "reachGrade": reach["grade"], "blockSource": block["source"], "blockGrade": block["grade"]}


@answers("conflicts/schemes")
def schemes(r: Records, as_of: str) -> Answer:
    for row in r["scheme_rivalries"]:
        if may_hold(row, as_of):
            first, second = row["first_instrument_id"] or row["first_actor_id"], row["second_instrument_id"] or row["second_actor_id"]
            yield {"first": first, "firstLabel": r.label(first), "second": second, "secondLabel": r.label(second), "rivalryLabel": r.label(row["rivalry_code"]),
                   "since": row["valid_from"], "summary": row["summary"], "publisher": r.get(row["source"], "publisher"), "row": row["row"], **evidence(row)}


@answers("conflicts/stated")
def stated(r: Records, as_of: str) -> Answer:
    for row in r["norm_conflicts"]:
        if may_hold(row, as_of):
            yield {"subjectLabel": r.label(row["conflict_subject_code"]), "opposition": row["opposition_code"], "first": row["first_instrument_id"],
                   "firstLabel": r.label(row["first_instrument_id"]), "firstArticle": row["first_article"], "second": row["second_instrument_id"],
                   "secondLabel": r.label(row["second_instrument_id"]), "secondArticle": row["second_article"], "since": row["valid_from"],
                   "summary": row["summary"], "row": row["row"], **evidence(row)}


#: table: who, the other side, and what, of the rows that begin and end
MOVING = {"participations": ("participant_id", "instrument_id", "status_code"), "recognitions": ("recogniser_id", "recognised_id", "scheme_code"),
          "memberships": ("member_id", "organization_id", "membership_status_code"), "measures": ("issuer_id", "target_id", "measure_kind_code"),
          "transfer_rules": ("jurisdiction_id", "data_category_code", "transfer_default_code")}


STAGES = ENDS | {"adopted", "signed", "provisional-application", "in-force", "partially-applies", "applies", "suspended", "withdrawn", "rejected"}


def within(date: str, first: str, end: str) -> bool:
    """Return whether a day, month or year lies wholly between two days, of which the first counts and the last does not."""
    return bool(date) and first <= earliest(date) and latest(date) < end


@answers("changes/began-or-ended")
def began_or_ended(r: Records, since: str, until: str) -> Answer:
    for table, (who, other, what) in MOVING.items():
        for row in r[table]:
            for change, column in (("began", "valid_from"), ("ended", "valid_until")):
                if within(row[column], since, until):
                    second = row[other] or row.get("target_service_id") or None
                    yield {"date": row[column], "change": change, "kind": table.removesuffix("s").replace("_", " "), "actor": row[who],
                           "actorLabel": r.label(row[who]), "other": second, "otherLabel": r.label(second), "detail": row[what], "row": row["row"],
                           **evidence(row)}


@answers("changes/instruments")
def changed_instruments(r: Records, since: str, until: str) -> Answer:
    for row in r["events"]:
        if within(row["occurred_on"], since, until) and row["event_code"].removeprefix("concept/event/") in STAGES:
            yield {"date": row["occurred_on"], "event": row["event_code"], "instrument": row["instrument_id"], "instrumentLabel": r.label(row["instrument_id"]),
                   "by": row["by_instrument_id"], "byLabel": r.label(row["by_instrument_id"]), "row": row["row"], **evidence(row)}


@answers("changes/recorded-since")
def recorded_since(r: Records, table: str, since: str) -> Answer:
    for row in r.all[table.rpartition("/")[2]]:
        for change, column in (("entered", "recorded_on"), ("retracted", "retracted_on")):
            if row.get(column) and since <= row[column] <= r.on:
                yield {"day": row[column], "change": change, "row": row["row"], **evidence(row)}


STRICTNESS = [f"concept/transfer-default/{d}" for d in ("free", "accountability", "conditional", "approval", "prohibited")]


@answers("changes/stricter")
def stricter(r: Records) -> Answer:
    for before in r["transfer_rules"]:
        for after in r.of("transfer_rules", "jurisdiction_id", before["jurisdiction_id"]):
            one, other = before["transfer_default_code"], after["transfer_default_code"]
            if (before["data_category_code"] == after["data_category_code"] and before["valid_until"] and before["valid_until"] == after["valid_from"]
                    and one in STRICTNESS and other in STRICTNESS and one != other):
                yield {"date": after["valid_from"], "change": "stricter" if STRICTNESS.index(other) > STRICTNESS.index(one) else "looser",
                       "jurisdiction": before["jurisdiction_id"], "jurisdictionLabel": r.label(before["jurisdiction_id"]),
                       "category": before["data_category_code"], "before": one, "after": other, "rowBefore": before["row"], "rowAfter": after["row"],
                       **evidence(before, "Before"), **evidence(after, "After")}


@answers("conflicts/recognised-yet-listed")
def recognised_yet_listed(r: Records, as_of: str) -> Answer:
    acts = [(d["row"], d["list_id"], d["designator_id"], d["designated_id"], d) for d in r["designations"] if holds(d, as_of)]
    acts += [(m["row"], m["measure_kind_code"], m["issuer_id"], m["target_id"] or m["target_service_id"], m) for m in r["measures"] if holds(m, as_of)]
    for row in r["recognitions"]:
        if not holds(row, as_of):
            continue
        ours, theirs = sides(r, row["recogniser_id"], as_of), sides(r, row["recognised_id"], as_of, members=False)
        for act, kind, issuer, aim, seen in acts:
            target = r.get(aim, "provided_by_id") or aim
            if issuer in ours and target in theirs:
                yield {"recogniser": row["recogniser_id"], "recogniserLabel": r.label(row["recogniser_id"]), "recognised": row["recognised_id"],
                       "recognisedLabel": r.label(row["recognised_id"]), "scheme": row["scheme_code"], "recognisedSince": row["valid_from"],
                       "recognition": row["row"], "act": act, "kind": kind, "issuer": issuer, "aim": aim, "actedSince": seen["valid_from"],
                       "recognitionSource": row["source"], "recognitionGrade": row["grade"], "actSource": seen["source"], "actGrade": seen["grade"]}


def sides(r: Records, actor: str, day: str, *, members: bool = True) -> set[str]:
    """Return an actor, its members if it is a union, and who sits with any of them."""
    core = {actor}
    if members and r.is_a(actor, "SupranationalUnion"):
        core |= {m["member_id"] for m in r.of("memberships", "organization_id", actor) if holds(m, day) and m["membership_status_code"] == MEMBER}
    return core | {a["row"] for one in core for a in r.of("actors", "based_in_id", one)}


@answers("changes/replaced-by")
def replaced_by(r: Records, instrument: str) -> Answer:
    chains = [[e] for e in replacements(r, instrument)]
    while chains:
        chain = chains.pop()
        last = chain[-1]
        yield {"replacedOn": last["occurred_on"], "replaced": last["instrument_id"], "replacedLabel": r.label(last["instrument_id"]),
               "successor": last["by_instrument_id"], "successorLabel": r.label(last["by_instrument_id"]), **evidence(last)}
        seen = {instrument} | {e["by_instrument_id"] for e in chain}
        chains += [[*chain, e] for e in replacements(r, last["by_instrument_id"]) if e["by_instrument_id"] not in seen]


def replacements(r: Records, instrument: str) -> list[Row]:
    """Return the events by which an instrument was replaced by another."""
    return [e for e in r.of("events", "instrument_id", instrument) if e["event_code"] == "concept/event/replaced" and e["by_instrument_id"]]


