"""A size and a seed become the tables of a made-up world, which the whole line takes without a fault.

Its states, firms and texts are numbered, so that an expected answer does not change when facts are added to the graph.
States are some 200 up to a million quads and grow with the size beyond; what a rule joins is bounded for each state, so
that derived statements grow as the rows do.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Sequence
from pathlib import Path

from benchmarks.world import FIRST, LAST, Chance, Size, Tables, World, key, kind_of

CATEGORIES = ("financial-data", "government-data", "health-data", "personal-data")
DEFAULTS = ("free", "accountability", "conditional", "conditional", "approval", "prohibited")
LOCALISATIONS = ("none", "none", "none", "local-copy", "local-storage", "conditional")
TREATIES = ("TradeAgreement", "DigitalEconomyAgreement", "Convention", "Arrangement", "Declaration")
LAWS = ("Statute", "Statute", "Regulation", "AdministrativeRule", "Guideline")
TOPICS = ("data-flows", "data-localisation", "personal-data-protection", "cybersecurity", "artificial-intelligence", "source-code", "consumer-protection")
STANCES = ("requires", "permits", "prohibits", "encourages", "reserves")
EXCEPTIONS = ("legitimate-public-policy", "necessity-tested", "self-judging-security", "general-exceptions")
DUTIES = ("transparency", "labelling", "documentation", "risk-assessment")
STANDINGS = ("available", "available", "available", "available", "restricted", "blocked", "suspended")
WEIGHTS = ("closed", "closed", "open-weights", "open-source")
ROLES = ("provider", "deployer", "model-developer")


def generate(folder: Path, *, quads: int, seed: int) -> None:
    """Write the tables of a world of about `quads` quads into `folder`. The same size and seed give the same bytes."""
    with contextlib.ExitStack() as stack:
        world = World(Size.of(quads), Chance(seed), Tables(folder, stack))
        for part in (_sources, _actors, _memberships, _agreements, _ai_laws, _decisions, _judgments, _laws, _rules, _market, _services, _measures,
                     _positions):
            part(world)


def _sources(world: World) -> None:
    for number in range(1, world.size.sources + 1):
        world.tables.add("sources", key("source", number), {
            "title": f"Page {number}", "publisher": f"Publisher {number % 97}", "url": f"https://example.org/page/{number}",
            "published": world.chance.written(world.chance.day(FIRST, LAST)), "accessed": "2024-01-01", "language": "en", "kind": kind_of(number)})
    world.tables.add("sources", "source-own", {"title": "What the coders know", "publisher": "Coders", "kind": "own-coding"})


def unions(size: Size) -> range:
    """Return the numbers of the unions, one for each fifty states."""
    return range(1, max(1, size.states // 50) + 1)


def _actors(world: World) -> None:
    size = world.size
    for number in range(1, size.states + 1):
        world.add("actors", key("authority", number), class_code="Authority", label_en=f"Data Authority of State {number}", based_in_id=key("state", number))
    for number in range(1, size.firms + 1):
        parent = key("firm", world.chance.popular(number - 1)) if number > 1 and world.chance.hits(0.4) else ""
        seat = world.state() if number > 1 else key("state", 1)
        world.add("actors", key("firm", number), class_code="Firm", label_en=f"Firm {number}", based_in_id=seat, parent_id=parent)
    for number in range(1, size.states // 10 + 1):
        world.add("actors", key("organization", number), class_code="InternationalOrganization", label_en=f"Organization {number}", alt_labels=f"ORG{number}")
    for number in range(1, size.states + 1):
        world.add("actors", key("state", number), class_code="State", label_en=f"State {number}", label_zh=f"第{number}国",
                  alt_labels=f"S{number};Land {number}")
    for number in range(4, size.states + 1, 4):
        world.add("actors", key("territory", number), class_code="Territory", label_en=f"Territory {number}", represented_by_id=key("state", number))
    for number in unions(size):
        world.add("actors", key("union", number), class_code="SupranationalUnion", label_en=f"Union {number}", label_fr=f"Union n° {number}")


def _memberships(world: World) -> None:
    founded = datetime.date(1990, 1, 1)
    bodies = [(key("organization", n), world.chance.populars(world.size.states, 45)) for n in range(1, world.size.states // 10 + 1)]
    bodies += [(key("union", n), list(range(50 * n - 49, min(50 * n - 24, world.size.states) + 1))) for n in unions(world.size)]
    for body, members in bodies:
        world.add("actor_events", f"{body}-founded", actor_id=body, actor_event_code="founded", occurred_on=founded.isoformat())
        for member in members:
            status = "member" if body.startswith("union") or world.chance.hits(0.85) else "observer"
            world.add("memberships", f"{body}-{member:07}", member_id=key("state", member), organization_id=body, membership_status_code=status,
                      **world.period(ended=0.06))


def _life(world: World, instrument: str, first: str, start: datetime.date, *, ends: Sequence[str] = (), by: str = "") -> str:
    """Write the events of an instrument and return the standing that they leave it in."""
    day, number = start, 1

    def event(code: str, **cells: str) -> None:
        nonlocal number
        world.add("events", f"{instrument}-{number}", instrument_id=instrument, event_code=code, occurred_on=world.chance.written(day), **cells)
        number += 1

    event(first)
    if world.chance.hits(0.03):
        day += datetime.timedelta(1 + world.chance.below(20))
        event(first, note="Another source gives another day.")
    if world.chance.hits(0.12) and not by:
        return first
    day += datetime.timedelta(30 + world.chance.below(400))
    event("in-force")
    if not ends:
        return "in-force"
    day += datetime.timedelta(400 + world.chance.below(1200))
    event(ends[0], by_instrument_id=by)
    return ends[1]


def _agreements(world: World) -> None:
    for number in range(1, world.size.units + 1):
        chance, agreement = world.chance, key("agreement", number)
        start, kind = chance.day(FIRST, datetime.date(2015, 12, 31)), chance.one(TREATIES)
        ends = ("terminated", "terminated") if chance.hits(0.08) else ()
        standing = _life(world, agreement, "signed", start, ends=ends)
        force = "soft" if kind == "Declaration" else chance.one(("hard", "hard", "mixed"))
        topics = chance.some(TOPICS, 3)
        world.add("instruments", agreement, class_code=kind, label_en=f"{kind} {number} on {topics[0].replace('-', ' ')}", topic_codes=";".join(topics),
                  bindingness_code=force, legal_status_code=standing)
        _participations(world, agreement, start, soft=force == "soft")
        for article in range(1, chance.popular(6)):
            _provision(world, agreement, article, topics, force)


def _participations(world: World, agreement: str, start: datetime.date, *, soft: bool) -> None:
    chance = world.chance
    is_large = agreement in ("agreement-0000001", "agreement-0000002")
    actors = [key("state", n) for n in chance.populars(world.size.states, 80 if is_large else 2 + chance.popular(12))]
    if is_large or chance.hits(0.02):
        actors.append(key("union", chance.popular(len(unions(world.size)))))
    for actor in actors:
        signed = start + datetime.timedelta(chance.below(200))
        ratified = signed + datetime.timedelta(chance.below(500))
        status = "participant" if soft else chance.one(("party",) * 8 + ("signatory", "provisional"))
        cells = {"signed_on": chance.written(signed)}
        if status != "signatory":
            cells |= {"ratified_on": chance.written(ratified), **world.period(ratified, ratified + datetime.timedelta(400), 0.08)}
        world.add_corrected("participations", f"{agreement}-{actor}", {"note": "Misread."}, participant_id=actor, instrument_id=agreement,
                            status_code=status, **cells)
    _terms(world, agreement, actors[0])


def _terms(world: World, agreement: str, party: str) -> None:
    """Write, for some agreements, a reservation of a party and a territory to which it does or does not reach."""
    chance = world.chance
    if chance.hits(0.1):
        world.add("party_terms", f"{agreement}-{party}", class_code="Reservation", party_id=party, instrument_id=agreement, article="Art. 3",
                  summary="Files kept by hand are left out.", **world.period())
    territory = 4 * (1 + chance.below(world.size.states // 4))
    if chance.hits(0.05) and party != key("state", territory):
        world.add("territorial_applications", f"{agreement}-{territory:07}", participant_id=party, instrument_id=agreement,
                  territory_id=key("territory", territory), territorial_effect_code=chance.one(("extended", "excluded")))


def _provision(world: World, instrument: str, article: int, topics: list[str], force: str) -> None:
    topic, settlement = world.chance.one(topics), world.chance.one(("full", "excluded", "consultation-only", ""))
    world.add("provisions", f"{instrument}-{article}", instrument_id=instrument, article=f"Art. {article}", topic_code=topic, bindingness_code=force,
              stance_code=world.chance.one(STANCES), summary=f"What article {article} says of {topic.replace('-', ' ')}.",
              exception_codes=";".join(world.chance.some(EXCEPTIONS, 2)), dispute_settlement_code=settlement)


def _ai_laws(world: World) -> None:
    makers = [(f"ailaw-{key('state', n)}", key("state", n), key("authority", n)) for n in range(1, world.size.states + 1, 4)]
    makers += [(f"ailaw-{key('union', n)}", key("union", n), "") for n in unions(world.size)]
    for law, issuer, authority in makers:
        standing = _life(world, law, "adopted", world.chance.day(datetime.date(2019, 1, 1), datetime.date(2022, 6, 30)), ends=())
        world.add("instruments", law, class_code="Regulation" if "union" in law else "Statute", label_en=f"AI law {law}", issued_by_id=issuer,
                  authority_id=authority, topic_codes="artificial-intelligence;generative-ai", bindingness_code="hard", legal_status_code=standing)
        for number, duty in enumerate(DUTIES, 1):
            world.add("obligations", f"{law}-{number}", instrument_id=law, article=f"Art. {number}", obligation_code=duty, role_code=world.chance.one(ROLES),
                      bindingness_code="hard", summary=f"The duty of {duty}.", **world.period(datetime.date(2022, 7, 1), datetime.date(2025, 1, 1), 0))


def _decisions(world: World) -> None:
    """Write recognitions, each by a decision of its own; a pair of states has one in each direction at most."""
    for number, (a, b) in enumerate(_pairs(world, world.size.units // 8), 1):
        decision, start = key("decision", number), world.chance.day(datetime.date(2005, 1, 1), datetime.date(2018, 12, 31))
        standing = _life(world, decision, "adopted", start, ends=("revoked", "repealed") if world.chance.hits(0.1) else ())
        world.add("instruments", decision, class_code="RecognitionDecision", label_en=f"Decision {number} of {a} on {b}", issued_by_id=a,
                  topic_codes="data-flows", bindingness_code="hard", legal_status_code=standing)
        world.add_corrected("recognitions", key("recognition", number), {"scope": "Misread."}, recogniser_id=a, recognised_id=b, based_on_id=decision,
                            scheme_code=world.chance.one(("adequacy", "adequacy", "partial-adequacy", "framework")), **world.period(start, start, 0.1))


def _pairs(world: World, tries: int) -> list[tuple[str, str]]:
    """Draw pairs of states, each once; the first two states recognise each other, and others at times."""
    pairs = {(key("state", 1), key("state", 2)): None, (key("state", 2), key("state", 1)): None}
    latest = next(iter(pairs))
    for _ in range(2, tries):
        latest = latest[::-1] if world.chance.hits(0.3) else (world.state(), world.state())
        if latest[0] != latest[1]:
            pairs.setdefault(latest)
    return list(pairs)


def _judgments(world: World) -> None:
    for number in range(1, world.size.units // 10 + 1):
        judgment, authority = key("judgment", number), world.state().replace("state", "authority")
        standing = _life(world, judgment, "adopted", world.chance.day(datetime.date(2010, 1, 1), datetime.date(2022, 12, 31)))
        world.add("instruments", judgment, class_code="EnforcementDecision", label_en=f"Judgment {number}", issued_by_id=authority, bindingness_code="hard",
                  legal_status_code=standing)
        outcome = {"outcome_code": "ordered"}
        if world.chance.hits(0.6):
            outcome = {"outcome_code": "fined", "amount": str(1000 * (1 + world.chance.below(9000))), "currency": world.chance.one(("EUR", "USD", "CNY"))}
        world.add("rulings", key("ruling", number), decision_id=judgment, decided_by_id=authority, addressee_id=world.firm(),
                  summary="What was decided.", **outcome, **world.period(datetime.date(2023, 1, 1), ended=0.1))


def _laws(world: World) -> None:
    """Write laws in chains of one to four, each replaced by the next."""
    number = 1
    while number <= world.size.units:
        length, issuer, topics = min(world.chance.popular(4), world.size.units + 1 - number), world.state(), world.chance.some(TOPICS, 2)
        start = world.chance.day(FIRST, datetime.date(2001, 12, 31))
        for step in range(length):
            law, after = key("law", number), key("law", number + 1) if step < length - 1 else ""
            ends = ("replaced", "replaced") if after else ("repealed", "repealed") if world.chance.hits(0.05) else ()
            standing = _life(world, law, "adopted", start, ends=ends, by=after)
            world.add("instruments", law, class_code=world.chance.one(LAWS), label_en=f"Law {number} on {topics[0].replace('-', ' ')}", issued_by_id=issuer,
                      label_original=f"Loi n° {number}", language="fr", authority_id=issuer.replace("state", "authority"), topic_codes=";".join(topics),
                      bindingness_code="hard", legal_status_code=standing)
            if world.chance.hits(0.3):
                _provision(world, law, 1, topics, "hard")
            start += datetime.timedelta(1700)
            number += 1


def _rules(world: World) -> None:
    """Write the rules of each state over time; those on access abroad stay few, as each meets each that blocks it."""
    for number in range(1, world.size.states + 1):
        state, chance = key("state", number), world.chance
        for category in CATEGORIES[chance.below(len(CATEGORIES)):]:
            _successive_rules(world, state, category)
        access = ("compelled-extraterritorial", "blocking")[number % 2] if number <= 12 else "compelled-domestic"
        world.add("access_rules", f"{state}-access", jurisdiction_id=state, access_code=access, data_category_code="all-data", article="Sec. 4",
                  condition="A warrant is needed.", **world.period())


def _successive_rules(world: World, state: str, category: str) -> None:
    day = world.chance.day(FIRST, datetime.date(2015, 12, 31))
    for step in range(1, 2 + world.chance.below(3)):
        rule, start = f"{state}-{category}-{step}", world.chance.written(day)
        day += datetime.timedelta(800 + world.chance.below(1500))
        last = day > LAST or world.chance.hits(0.3)
        world.add("transfer_rules", rule, jurisdiction_id=state, article=f"Art. {step}", data_category_code=category,
                  transfer_default_code=world.chance.one(DEFAULTS), mechanism_codes=";".join(world.chance.some(("adequacy", "consent", "standard-clauses"), 3)),
                  localisation_code=world.chance.one(LOCALISATIONS), valid_from=start, valid_until="" if last else day.isoformat())
        if world.chance.hits(0.15):
            world.add("thresholds", f"{rule}-1", rule_id=rule, mechanism_code="standard-clauses", at_least=1000, unit_code="persons",
                      less_than=100_000 + world.chance.below(900_000), summary="Between these numbers clauses do.", valid_from=start)
        if last:
            return


def _market(world: World) -> None:
    """Write who plays which role, and which models there are."""
    chance = world.chance
    for number in range(1, world.size.firms + 1):
        for role in chance.some(ROLES, 2):
            world.add("roles", f"{key('firm', number)}-{role}", actor_id=key("firm", number), role_code=role,
                      **world.period(datetime.date(2018, 1, 1), ended=0.05))
    for number in range(1, world.size.models + 1):
        world.add("models", key("model", number), label_en=f"Model {number}", developed_by_id=world.firm(),
                  released_on=chance.written(chance.day(datetime.date(2019, 1, 1), LAST)), weights_code=chance.one(WEIGHTS),
                  modality_codes=";".join(chance.some(("text", "image", "audio", "code"), 2)))


def _services(world: World) -> None:
    """Write the services of every other firm, where they can be used, and filings."""
    chance = world.chance
    for number in range(1, world.size.models + 1):
        service, provider, launched = key("service", number), key("firm", number * 2), chance.day(datetime.date(2020, 1, 1), LAST)
        world.add("services", service, label_en=f"Service {number}", provided_by_id=provider, launched_on=chance.written(launched),
                  uses_model_ids=";".join(key("model", n) for n in chance.populars(world.size.models, 2)))
        for state in chance.populars(world.size.states, 3):
            world.add("availabilities", f"{service}-{state:07}", service_id=service, jurisdiction_id=key("state", state),
                      availability_status_code=chance.one(STANDINGS), **world.period(datetime.date(2020, 1, 1)))
        if chance.hits(0.5):
            world.add("filings", f"{service}-filing", filer_id=provider, service_id=service, filing_code="filing", reference_number=f"2023-{number}",
                      **world.period(datetime.date(2021, 1, 1), ended=0))


def _measures(world: World) -> None:
    for number in range(1, world.size.units // 4 + 1):
        target = {"target_id": world.firm()}
        if world.chance.hits(0.3):
            target = {"target_service_id": key("service", world.chance.popular(world.size.models))}
        world.add("measures", key("measure", number), label_en=f"Measure {number}", issuer_id=world.state(), **target,
                  measure_kind_code=world.chance.one(("app-ban", "fine", "investigation", "export-control")),
                  **world.period(datetime.date(2010, 1, 1), datetime.date(2018, 12, 31), 0.25))


def _positions(world: World) -> None:
    """Write the positions of states towards agreements and issues, and the powers of unions."""
    for number in range(1, world.size.units // 2 + 1):
        towards = {"towards_instrument_id": key("agreement", world.chance.popular(world.size.units))}
        if world.chance.hits(0.3):
            towards = {"towards_issue_code": world.chance.one(("data-privacy", "data-sovereignty", "rule-coordination"))}
        world.add("positions", key("position", number), holder_id=world.state(), **towards,
                  stance_code=world.chance.one(("supports", "supports", "opposes", "abstains")), **world.period(datetime.date(2010, 1, 1), ended=0.05))
    for union in unions(world.size):
        for topic in sorted(TOPICS[:4]):
            world.add("competences", f"{key('union', union)}-{topic}", holder_id=key("union", union), topic_code=topic,
                      competence_code=world.chance.one(("exclusive", "shared")), summary="The union acts in this field.", **world.period(ended=0))
