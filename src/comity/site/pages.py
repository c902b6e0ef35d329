"""Descriptions, rows and counts become HTML through Jinja2 templates; everything is escaped unless a template says not.

Pages link to the IRIs of our own things by path, so that any host can serve them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

import jinja2

from comity.describe import LABELS, Description, Mention, Statement
from comity.store import Store
from comity.vocabulary import BASE, CONCEPT, ID, NS, RDF, SKOS, compact

EVIDENCE = ("hadPrimarySource", "locator", "evidenceGrade", "recordedOn", "retractedOn")
CLOCKS = ("heldFrom", "heldUntil", "possiblyFrom", "possiblyUntil", "knownFrom", "knownUntil")
DATES = ("signedOn", "ratifiedOn", "occurredOn", "releasedOn", "validFrom", "validUntil")
LAST = ("condition", "scope", "summary", "note")
NAMES = {"altLabel": "also called", "exactMatch": "same as", "label": "name", "subOrganizationOf": "part of", "issued": "published", "rights": "licence"}
HEADINGS = {
    "TransferRule": "Transfer rules", "Threshold": "Thresholds", "AccessRule": "Access rules", "Supervision": "Supervision",
    "RecognitionDecision": "Decisions on recognition",
    "Participation": "Agreements and parties", "PartyTerm": "Terms of single parties", "TerritorialApplication": "Territories", "Competence": "Competences",
    "Recognition": "Recognitions", "Provision": "Provisions", "Obligation": "Duties", "InstrumentEvent": "Events", "ActorEvent": "Events",
    "Succession": "Successions", "Membership": "Memberships", "Measure": "Measures", "Designation": "Lists of concern", "Ruling": "Rulings",
    "NormConflict": "Stated conflicts",
    "Position": "Positions", "StatusClaim": "Claims on status", "ParadigmAssignment": "Paradigms", "RoleHolding": "Roles", "Filing": "Filings",
    "AigcModel": "Models", "AigcService": "Services", "Availability": "Availability", "SecondCoding": "Second coding", "DecisionRule": "Decision table",
    "Statute": "Statutes", "Regulation": "Regulations", "AdministrativeRule": "Administrative rules", "Guideline": "Guidelines",
}
CLASSES = ("State", "Territory", "Agreement", "PolicyDocument", "Provision", "Participation", "Membership", "Recognition", "Measure", "Position",
           "TransferRule", "AigcActor", "AigcModel", "AigcService", "Source")
_COUNTS = f"""
SELECT ?class (COUNT(DISTINCT ?thing) AS ?n) WHERE {{
  VALUES ?class {{ {" ".join(f"comity:{name}" for name in CLASSES)} }}
  ?thing a ?class
}} GROUP BY ?class"""
_GRADES = "SELECT ?grade (COUNT(?row) AS ?n) WHERE { ?row comity:evidenceGrade ?grade } GROUP BY ?grade ORDER BY ?grade"


@dataclass(frozen=True)
class Group:
    """The rows of one class that name a thing, laid out as a table."""

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[Mention, ...]


def render(template: str, **context: Any) -> str:
    """Fill a template of this package."""
    return environment().get_template(template).render(**context)


@cache
def environment() -> jinja2.Environment:
    """Return the environment of the templates, made once."""
    made = jinja2.Environment(loader=jinja2.PackageLoader("comity.site"), autoescape=True, trim_blocks=True,
                                     lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    made.filters.update(path=path, short=short, part=part, host=lambda address: urlsplit(address).netloc, quote=lambda text: quote(str(text), safe=""))
    made.globals.update(evidence=_evidence, columns=_columns, headings=HEADINGS, long=LAST, dates=DATES)
    return made


def path(iri: str) -> str:
    """Return the address at which this host serves `iri`: our things by path, all others as they are."""
    if iri.startswith(ID):
        return "/doc/" + iri.removeprefix(ID)
    if iri.startswith(NS):
        name = iri.removeprefix(NS)
        return f"/ontology/{name}" if name[:1].isupper() else f"/ontology#{name}"
    return "/" + iri.removeprefix(BASE) if iri.startswith(CONCEPT) else iri if iri.startswith(("http://", "https://")) else "#"


def short(iri: str) -> str:
    """Return an IRI as people write it."""
    return compact(iri, {"comity": NS, "skos": SKOS})


def part(iri: str) -> str:
    """Return the last part of an IRI."""
    return iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def entity(description: Description, address: str, store: Store) -> str:
    """Render the page of one thing: facts first, then the rows that name it, each with its evidence."""
    facts: dict[str, list[Statement]] = defaultdict(list)
    for statement in description.statements:
        name = part(statement.predicate)
        if name not in (*EVIDENCE, *CLOCKS) and statement.predicate not in (*LABELS, RDF + "type"):
            facts[NAMES.get(name, statement.property_label)].append(statement)
    names = [s for s in description.statements if s.predicate in LABELS and s.value != description.label]
    own = Mention(description.iri, "", description.statements)
    groups = [_group(kind, rows, description.iri) for kind, rows in description.mentions.items()]
    return render("entity.html", title=description.label, thing=description, facts=facts, names=names, own=own,
                  groups=sorted(groups, key=_rank), address=address)


def _group(kind: str, rows: tuple[Mention, ...], thing: str) -> Group:
    """Choose the columns of a class: what its rows hold, without what they have in common with the page."""
    labels = {s.predicate: NAMES.get(part(s.predicate), s.property_label) for row in rows for s in row.statements
              if part(s.predicate) not in EVIDENCE and s.predicate != RDF + "type" and s.value != thing}
    order = sorted(labels, key=lambda p: (part(p) in LAST, part(p) in DATES, DATES.index(part(p)) if part(p) in DATES else 0, labels[p]))
    return Group(part(kind) or "Other", tuple((p, labels[p]) for p in order), tuple(sorted(rows, key=_when)))


def _rank(group: Group) -> tuple[int, str]:
    """Put what readers look for first, in the order of the headings."""
    known = list(HEADINGS)
    return (known.index(group.name) if group.name in known else len(known), group.name)


def _when(row: Mention) -> tuple[str, str]:
    """Sort rows by their first date, undated ones last."""
    dates = [s.value for s in row.statements if part(s.predicate) in ("validFrom", "occurredOn", "signedOn")]
    return (min(dates, default="9999"), row.iri)


def _evidence(row: Mention) -> dict[str, Statement]:
    """Return the evidence of a row by the last part of its property."""
    return {part(s.predicate): s for s in row.statements if part(s.predicate) in EVIDENCE}


def _columns(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Pair each variable with the one that holds its label (`x` with `xLabel`), which is then no column of its own."""
    labels = {n for n in names if n.endswith("Label") and n.removesuffix("Label") in names}
    return [(n, n + "Label" if n + "Label" in labels else "") for n in names if n not in labels]


def overview(store: Store) -> dict[str, list[tuple[str, int]]]:
    """Count what the graph holds, by class and by evidence grade."""
    counted = {part(str(row["class"])): int(str(row["n"])) for row in store.query(_COUNTS).rows}
    grades = [(part(str(row["grade"])), int(str(row["n"]))) for row in store.query(_GRADES).rows]
    return {"classes": [(name, counted[name]) for name in CLASSES if name in counted], "grades": grades}
