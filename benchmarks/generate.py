"""A size and a seed become the tables of a made-up world, which the whole line takes without a fault.

Its states, firms and texts are numbered, so that an expected answer does not change when facts are added to the graph.
Only `Random.random` is drawn from, whose sequence Python promises to keep. States are some 200 up to a million quads and
grow with the size beyond; what a rule joins is bounded for each state, so that derived statements grow as the rows do.
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import json
import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comity.settings import layout
from comity.tables import METADATA

STATES = 200
MILLION = 1_000_000
FIXED, PER_STATE, PER_UNIT = 3_500, 296, 453
FIRST, LAST = datetime.date(1995, 1, 1), datetime.date(2023, 12, 31)
RECORDED = datetime.date(2024, 1, 1), datetime.date(2025, 6, 30)
RETRACTED = datetime.date(2025, 7, 1), datetime.date(2025, 12, 1)
CATEGORIES = ("financial-data", "government-data", "health-data", "personal-data")
DEFAULTS = ("free", "accountability", "conditional", "conditional", "approval", "prohibited")
LOCALISATIONS = ("none", "none", "none", "local-copy", "local-storage", "conditional")
TREATIES = ("TradeAgreement", "DigitalEconomyAgreement", "Convention", "Arrangement", "Declaration")
LAWS = ("Statute", "Statute", "Regulation", "AdministrativeRule", "Guideline")
TOPICS = ("data-flows", "data-localisation", "personal-data-protection", "cybersecurity", "artificial-intelligence", "source-code", "consumer-protection")
STANCES = ("requires", "permits", "prohibits", "encourages", "reserves")
EXCEPTIONS = ("legitimate-public-policy", "necessity-tested", "self-judging-security", "general-exceptions")
KINDS = ("official", "official", "official", "treaty-depositary", "secondary")
GRADES = {"official": "official", "treaty-depositary": "official", "secondary": "secondary"}
DUTIES = ("transparency", "labelling", "documentation", "risk-assessment")
ROLES = ("provider", "deployer", "model-developer")


@dataclass(frozen=True)
class Size:
    """How many things of each kind a world of a wanted number of quads has."""

    states: int
    units: int

    @classmethod
    def of(cls, quads: int) -> Size:
        """Return the size of a world of about `quads` quads, ontology and derived statements included."""
        states = max(12, min(quads // 2000, STATES), quads * STATES // MILLION if quads > MILLION else 0)
        return cls(states, max(20, (quads - FIXED - states * PER_STATE) // PER_UNIT))

    @property
    def firms(self) -> int:
        """Firms that make or offer generative AI."""
        return self.units // 3

    @property
    def sources(self) -> int:
        """Pages that rows were read on."""
        return self.units


class Chance:
    """Draws of one seed: evenly, by popularity, and days of the calendar."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed).random

    def hits(self, share: float) -> bool:
        """Say yes in `share` of all cases."""
        return self.random() < share

    def below(self, limit: int) -> int:
        """Return a number from 0 to `limit` - 1, each as often."""
        return int(self.random() * limit)

    def popular(self, limit: int) -> int:
        """Return a number from 1 to `limit`, k about 1/k as often as 1 (Zipf)."""
        return int((limit + 1) ** self.random())

    def one(self, options: Sequence[str]) -> str:
        """Return one of `options`."""
        return options[self.below(len(options))]

    def some(self, options: Sequence[str], most: int) -> list[str]:
        """Return one to `most` of `options`, sorted."""
        return sorted({self.one(options) for _ in range(1 + self.below(most))})

    def populars(self, limit: int, count: int) -> list[int]:
        """Return up to `count` different popular numbers, sorted."""
        return sorted({self.popular(limit) for _ in range(count)})

    def day(self, first: datetime.date, last: datetime.date) -> datetime.date:
        """Return a day from `first` to `last`."""
        return first + datetime.timedelta(self.below((last - first).days + 1))

    def written(self, day: datetime.date) -> str:
        """Return `day` as a source gives it: mostly whole, at times the month or the year alone."""
        draw = self.random()
        return day.isoformat()[: 10 if draw < 0.82 else 7 if draw < 0.94 else 4]


class Tables:
    """The open CSV files of a folder; rows arrive in the order of their ids."""

    def __init__(self, folder: Path, stack: contextlib.ExitStack) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        source = layout().tables / METADATA
        shutil.copy(source, folder)
        self._writers: dict[str, Any] = {}
        self._last: dict[str, str] = {}
        for table in json.loads(source.read_text(encoding="utf-8"))["tables"]:
            header = [c["name"] for c in table["tableSchema"]["columns"] if not c.get("virtual")]
            file = stack.enter_context((folder / table["url"]).open("w", encoding="utf-8", newline=""))
            writer = csv.DictWriter(file, header, restval="", lineterminator="\n")
            writer.writeheader()
            self._writers[table["url"].removesuffix(".csv")] = writer

    def add(self, table: str, identifier: str, cells: dict[str, Any]) -> None:
        """Write one row."""
        assert self._last.get(table, "") < identifier, f"{table}: {identifier} out of order"
        self._last[table] = identifier
        self._writers[table].writerow({"id": identifier, **cells})


@dataclass
class World:
    """What the parts of the generator share."""

    size: Size
    chance: Chance
    tables: Tables

    def add(self, table: str, identifier: str, **cells: Any) -> None:
        """Write one row with the page that it was read on."""
        if self.chance.hits(0.05):
            page = {"source_id": "source-own", "evidence_grade": "recalled"}
        else:
            number = self.chance.popular(self.size.sources)
            page = {"source_id": f"source-{number:07}", "locator": f"Art. {1 + self.chance.below(60)}", "evidence_grade": GRADES[kind_of(number)]}
        self.tables.add(table, identifier, {"recorded_on": self.chance.day(*RECORDED).isoformat(), **page, **cells})

    def add_corrected(self, table: str, identifier: str, wrong: dict[str, str], **cells: Any) -> None:
        """Write one row; at times one that was misread, its retraction and the right one."""
        if not self.chance.hits(0.04):
            return self.add(table, identifier, **cells)
        day = self.chance.day(*RETRACTED).isoformat()
        self.add(table, identifier, **{**cells, **wrong}, retracted_on=day)
        return self.add(table, f"{identifier}-2", **cells, recorded_on=day)

    def state(self) -> str:
        """Return the id of a state, popular ones more often."""
        return f"state-{self.chance.popular(self.size.states):05}"

    def period(self, first: datetime.date = FIRST, last: datetime.date = LAST, ended: float = 0.15) -> dict[str, str]:
        """Return a half-open period that starts between two days; a share of `ended` has an end, a year after at least."""
        start = self.chance.day(first, last)
        cells = {"valid_from": self.chance.written(start)}
        if self.chance.hits(ended):
            cells["valid_until"] = self.chance.written(start + datetime.timedelta(731 + self.chance.below(2000)))
        return cells


def generate(folder: Path, *, quads: int, seed: int) -> None:
    """Write the tables of a world of about `quads` quads into `folder`. The same size and seed give the same bytes."""
    with contextlib.ExitStack() as stack:
        world = World(Size.of(quads), Chance(seed), Tables(folder, stack))
        for part in (_sources, _actors, _memberships, _agreements, _ai_laws, _decisions, _judgments, _laws, _rules, _market, _acts):
            part(world)


def kind_of(source: int) -> str:
    """Return the kind of the source of that number."""
    return KINDS[source % len(KINDS)]


def _sources(world: World) -> None:
    for number in range(1, world.size.sources + 1):
        world.tables.add("sources", f"source-{number:07}", {
            "title": f"Page {number}", "publisher": f"Publisher {number % 97}", "url": f"https://example.org/page/{number}",
            "published": world.chance.written(world.chance.day(FIRST, LAST)), "accessed": "2024-01-01", "language": "en", "kind": kind_of(number)})
    world.tables.add("sources", "source-own", {"title": "What the coders know", "publisher": "Coders", "kind": "own-coding"})


def unions(size: Size) -> range:
    """Return the numbers of the unions, one for each fifty states."""
    return range(1, max(1, size.states // 50) + 1)


def _actors(world: World) -> None:
    size = world.size
    for number in range(1, size.states + 1):
        world.add("actors", f"authority-{number:05}", class_code="Authority", label_en=f"Data Authority of State {number}", based_in_id=f"state-{number:05}")
    for number in range(1, size.firms + 1):
        parent = f"firm-{world.chance.popular(number - 1):07}" if number > 1 and world.chance.hits(0.4) else ""
        seat = world.state() if number > 1 else "state-00001"
        world.add("actors", f"firm-{number:07}", class_code="Firm", label_en=f"Firm {number}", based_in_id=seat, parent_id=parent)
    for number in range(1, size.states // 10 + 1):
        world.add("actors", f"organization-{number:05}", class_code="InternationalOrganization", label_en=f"Organization {number}", alt_labels=f"ORG{number}")
    for number in range(1, size.states + 1):
        world.add("actors", f"state-{number:05}", class_code="State", label_en=f"State {number}", label_zh=f"第{number}国", alt_labels=f"S{number};Land {number}")
    for number in range(4, size.states + 1, 4):
        world.add("actors", f"territory-{number:05}", class_code="Territory", label_en=f"Territory {number}", represented_by_id=f"state-{number:05}")
    for number in unions(size):
        world.add("actors", f"union-{number:05}", class_code="SupranationalUnion", label_en=f"Union {number}", label_fr=f"Union n° {number}")


def _memberships(world: World) -> None:
    founded = datetime.date(1990, 1, 1)
    bodies = [(f"organization-{n:05}", world.chance.populars(world.size.states, 45)) for n in range(1, world.size.states // 10 + 1)]
    bodies += [(f"union-{n:05}", list(range(50 * n - 49, min(50 * n - 24, world.size.states) + 1))) for n in unions(world.size)]
    for body, members in bodies:
        world.add("actor_events", f"{body}-founded", actor_id=body, actor_event_code="founded", occurred_on=founded.isoformat())
        for member in members:
            status = "member" if body.startswith("union") or world.chance.hits(0.85) else "observer"
            world.add("memberships", f"{body}-{member:05}", member_id=f"state-{member:05}", organization_id=body, membership_status_code=status,
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
        chance, agreement = world.chance, f"agreement-{number:07}"
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
    actors = [f"state-{n:05}" for n in chance.populars(world.size.states, 80 if is_large else 2 + chance.popular(12))]
    if is_large or chance.hits(0.02):
        actors.append(f"union-{chance.popular(len(unions(world.size))):05}")
    for actor in actors:
        signed = start + datetime.timedelta(chance.below(200))
        ratified = signed + datetime.timedelta(chance.below(500))
        status = "participant" if soft else chance.one(("party",) * 8 + ("signatory", "provisional"))
        cells = {"signed_on": chance.written(signed)}
        if status != "signatory":
            cells |= {"ratified_on": chance.written(ratified), **world.period(ratified, ratified + datetime.timedelta(400), 0.08)}
        world.add_corrected("participations", f"{agreement}-{actor}", {"note": "Misread."}, participant_id=actor, instrument_id=agreement, status_code=status, **cells)
    if chance.hits(0.1):
        world.add("party_terms", f"{agreement}-{actors[0]}", class_code="Reservation", party_id=actors[0], instrument_id=agreement, article="Art. 3",
                  summary="Files kept by hand are left out.", **world.period())
    territory = 4 * (1 + chance.below(world.size.states // 4))
    if chance.hits(0.05) and actors[0] != f"state-{territory:05}":
        world.add("territorial_applications", f"{agreement}-{territory:05}", participant_id=actors[0], instrument_id=agreement,
                  territory_id=f"territory-{territory:05}", territorial_effect_code=chance.one(("extended", "excluded")))


def _provision(world: World, instrument: str, article: int, topics: list[str], force: str) -> None:
    topic = world.chance.one(topics)
    world.add("provisions", f"{instrument}-{article}", instrument_id=instrument, article=f"Art. {article}", topic_code=topic, bindingness_code=force,
              stance_code=world.chance.one(STANCES), summary=f"What article {article} says of {topic.replace('-', ' ')}.",
              exception_codes=";".join(world.chance.some(EXCEPTIONS, 2)), dispute_settlement_code=world.chance.one(("full", "excluded", "consultation-only", "")))


def _ai_laws(world: World) -> None:
    makers = [(f"ailaw-state-{n:05}", f"state-{n:05}", f"authority-{n:05}") for n in range(1, world.size.states + 1, 4)]
    makers += [(f"ailaw-union-{n:05}", f"union-{n:05}", "") for n in unions(world.size)]
    for law, issuer, authority in makers:
        standing = _life(world, law, "adopted", world.chance.day(datetime.date(2019, 1, 1), datetime.date(2022, 6, 30)), ends=())
        world.add("instruments", law, class_code="Regulation" if "union" in law else "Statute", label_en=f"AI law {law}", issued_by_id=issuer,
                  authority_id=authority, topic_codes="artificial-intelligence;generative-ai", bindingness_code="hard", legal_status_code=standing)
        for number, duty in enumerate(DUTIES, 1):
            world.add("obligations", f"{law}-{number}", instrument_id=law, article=f"Art. {number}", obligation_code=duty, role_code=world.chance.one(ROLES),
                      bindingness_code="hard", summary=f"The duty of {duty}.", **world.period(datetime.date(2022, 7, 1), datetime.date(2025, 1, 1), 0))


def _decisions(world: World) -> None:
    """Write recognitions, each by a decision of its own; a pair of states has one in each direction at most."""
    pairs: set[tuple[str, str]] = set()
    for number in range(1, world.size.units // 8 + 1):
        a, b = (world.state(), world.state()) if number > 2 else ("state-00001", "state-00002")
        if pairs and number > 2 and world.chance.hits(0.3):
            b, a = sorted(pairs)[-1 - world.chance.below(min(50, len(pairs)))]
        if number == 2 or (a, b) in pairs:
            a, b = b, a
        if a == b or (a, b) in pairs:
            continue
        pairs.add((a, b))
        decision, start = f"decision-{number:07}", world.chance.day(datetime.date(2005, 1, 1), datetime.date(2018, 12, 31))
        standing = _life(world, decision, "adopted", start, ends=("revoked", "repealed") if world.chance.hits(0.1) else ())
        world.add("instruments", decision, class_code="RecognitionDecision", label_en=f"Decision {number} of {a} on {b}", issued_by_id=a,
                  topic_codes="data-flows", bindingness_code="hard", legal_status_code=standing)
        world.add_corrected("recognitions", f"recognition-{number:07}", {"scope": "Misread."}, recogniser_id=a, recognised_id=b, based_on_id=decision,
                            scheme_code=world.chance.one(("adequacy", "adequacy", "partial-adequacy", "framework")), **world.period(start, start, 0.1))


def _judgments(world: World) -> None:
    for number in range(1, world.size.units // 10 + 1):
        judgment, authority = f"judgment-{number:07}", world.state().replace("state", "authority")
        standing = _life(world, judgment, "adopted", world.chance.day(datetime.date(2010, 1, 1), datetime.date(2022, 12, 31)))
        world.add("instruments", judgment, class_code="EnforcementDecision", label_en=f"Judgment {number}", issued_by_id=authority, bindingness_code="hard",
                  legal_status_code=standing)
        fine = {"outcome_code": "fined", "amount": str(1000 * (1 + world.chance.below(9000))), "currency": world.chance.one(("EUR", "USD", "CNY"))}
        world.add("rulings", f"ruling-{number:07}", decision_id=judgment, decided_by_id=authority, addressee_id=f"firm-{world.chance.popular(world.size.firms):07}",
                  summary="What was decided.", **(fine if world.chance.hits(0.6) else {"outcome_code": "ordered"}), **world.period(datetime.date(2023, 1, 1), ended=0.1))


def _laws(world: World) -> None:
    """Write laws in chains of one to four, each replaced by the next."""
    number = 1
    while number <= world.size.units:
        length, issuer, topics = min(world.chance.popular(4), world.size.units + 1 - number), world.state(), world.chance.some(TOPICS, 2)
        start = world.chance.day(FIRST, datetime.date(2001, 12, 31))
        for step in range(length):
            law, after = f"law-{number:07}", f"law-{number + 1:07}" if step < length - 1 else ""
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
        state, chance = f"state-{number:05}", world.chance
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
            world.add("thresholds", f"{rule}-1", rule_id=rule, mechanism_code="standard-clauses", at_least=1000, less_than=100_000 + world.chance.below(900_000),
                      unit_code="persons", summary="Between these numbers clauses do.", valid_from=start)
        if last:
            return


def _market(world: World) -> None:
    """Write who plays which role, which models and services there are, and where these can be used."""
    chance, firms = world.chance, world.size.firms
    for number in range(1, firms + 1):
        for role in chance.some(ROLES, 2):
            world.add("roles", f"firm-{number:07}-{role}", actor_id=f"firm-{number:07}", role_code=role, **world.period(datetime.date(2018, 1, 1), ended=0.05))
    for number in range(1, firms // 2 + 1):
        world.add("models", f"model-{number:07}", label_en=f"Model {number}", developed_by_id=f"firm-{chance.popular(firms):07}",
                  released_on=chance.written(chance.day(datetime.date(2019, 1, 1), LAST)), modality_codes=";".join(chance.some(("text", "image", "audio", "code"), 2)),
                  weights_code=chance.one(("closed", "closed", "open-weights", "open-source")))
    for number in range(1, firms // 2 + 1):
        service, provider = f"service-{number:07}", f"firm-{number * 2:07}"
        models = ";".join(f"model-{n:07}" for n in chance.populars(firms // 2, 2))
        world.add("services", service, label_en=f"Service {number}", provided_by_id=provider, uses_model_ids=models, launched_on=chance.written(chance.day(datetime.date(2020, 1, 1), LAST)))
        for state in chance.populars(world.size.states, 3):
            world.add("availabilities", f"{service}-{state:05}", service_id=service, jurisdiction_id=f"state-{state:05}",
                      availability_status_code=chance.one(("available",) * 5 + ("restricted", "blocked", "suspended")), **world.period(datetime.date(2020, 1, 1)))
        if chance.hits(0.5):
            world.add("filings", f"{service}-filing", filer_id=provider, service_id=service, filing_code="filing", reference_number=f"2023-{number}",
                      **world.period(datetime.date(2021, 1, 1), ended=0))


def _acts(world: World) -> None:
    """Write measures of states against firms and services, their positions, and the powers of unions."""
    chance = world.chance
    for number in range(1, world.size.units // 4 + 1):
        target = {"target_id": f"firm-{chance.popular(world.size.firms):07}"}
        if chance.hits(0.3):
            target = {"target_service_id": f"service-{chance.popular(world.size.firms // 2):07}"}
        world.add("measures", f"measure-{number:07}", label_en=f"Measure {number}", issuer_id=world.state(),
                  measure_kind_code=chance.one(("app-ban", "fine", "investigation", "export-control")), **target,
                  **world.period(datetime.date(2010, 1, 1), datetime.date(2018, 12, 31), 0.25))
    for number in range(1, world.size.units // 2 + 1):
        towards = {"towards_instrument_id": f"agreement-{chance.popular(world.size.units):07}"}
        if chance.hits(0.3):
            towards = {"towards_issue_code": chance.one(("data-privacy", "data-sovereignty", "rule-coordination"))}
        world.add("positions", f"position-{number:07}", holder_id=world.state(), stance_code=chance.one(("supports", "supports", "opposes", "abstains")), **towards,
                  **world.period(datetime.date(2010, 1, 1), ended=0.05))
    for union, topic in _powers(world.size):
        world.add("competences", f"{union}-{topic}", holder_id=union, topic_code=topic, competence_code=chance.one(("exclusive", "shared")),
                  summary="The union acts in this field.", **world.period(ended=0))


def _powers(size: Size) -> Iterator[tuple[str, str]]:
    return ((f"union-{n:05}", topic) for n in unions(size) for topic in sorted(TOPICS[:4]))
