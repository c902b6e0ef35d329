"""Descriptions, rows and counts become HTML through Jinja2 templates; everything is escaped unless a template says not.

Pages link to the IRIs of our own things by path, so that any host can serve them.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit

import jinja2

from comity.describe import Mention, Statement
from comity.graph import Graph
from comity.names import newest
from comity.site.languages import LANGUAGES, called, here, language, mark, translate, translate_count
from comity.store import Store
from comity.vocabulary import BASE, CONCEPT, ID, NS, SKOS, compact

EVIDENCE = ("hadPrimarySource", "locator", "evidenceGrade", "recordedOn", "retractedOn")
CLOCKS = ("heldFrom", "heldUntil", "possiblyFrom", "possiblyUntil", "knownFrom", "knownUntil")
DATES = ("signedOn", "ratifiedOn", "occurredOn", "releasedOn", "validFrom", "validUntil")
LAST = ("condition", "scope", "summary", "note")
NAMES = {
    "altLabel": mark("also called"),
    "exactMatch": mark("same as"),
    "label": mark("name"),
    "subOrganizationOf": mark("part of"),
    "issued": mark("published"),
    "rights": mark("licence"),
}
HEADINGS = {
    "TransferRule": mark("Transfer rules"),
    "Threshold": mark("Thresholds"),
    "Applicability": mark("For whom"),
    "AccessRule": mark("Access rules"),
    "Supervision": mark("Supervision"),
    "RecognitionDecision": mark("Decisions on recognition"),
    "Participation": mark("Agreements and parties"),
    "PartyTerm": mark("Terms of single parties"),
    "TerritorialApplication": mark("Territories"),
    "Competence": mark("Competences"),
    "Recognition": mark("Recognitions"),
    "Provision": mark("Provisions"),
    "Obligation": mark("Duties"),
    "InstrumentEvent": mark("Events"),
    "ActorEvent": mark("Events"),
    "Succession": mark("Successions"),
    "Membership": mark("Memberships"),
    "Measure": mark("Measures"),
    "Designation": mark("Lists of concern"),
    "Ruling": mark("Rulings"),
    "NormConflict": mark("Stated conflicts"),
    "SchemeRivalry": mark("Rival schemes"),
    "Position": mark("Positions"),
    "StatusClaim": mark("Claims on status"),
    "ParadigmAssignment": mark("Paradigms"),
    "RoleHolding": mark("Roles"),
    "Filing": mark("Filings"),
    "AigcModel": mark("Models"),
    "AigcService": mark("Services"),
    "Availability": mark("Availability"),
    "SecondCoding": mark("Second coding"),
    "DecisionRule": mark("Decision table"),
    "Statute": mark("Statutes"),
    "Regulation": mark("Regulations"),
    "AdministrativeRule": mark("Administrative rules"),
    "Guideline": mark("Guidelines"),
}
CLASSES = ("State", "Territory", "Agreement", "PolicyDocument", "Provision", "Participation", "Membership", "Recognition", "Measure", "Position",
           "TransferRule", "AigcActor", "AigcModel", "AigcService", "Source")
_COUNTS = f"""
SELECT ?class (COUNT(DISTINCT ?thing) AS ?n) WHERE {{
  VALUES ?class {{ {" ".join(f"comity:{name}" for name in CLASSES)} }}
  ?thing a ?class
}} GROUP BY ?class"""
COUNTED = {
    "State": mark("States"),
    "Territory": mark("Territories"),
    "Agreement": mark("Agreements and arrangements"),
    "PolicyDocument": mark("Laws and policy documents"),
    "Participation": mark("Participations"),
    "AigcActor": mark("AIGC actors"),
    "AigcModel": mark("AIGC models"),
    "AigcService": mark("AIGC services"),
    "Source": mark("Sources"),
}
SCHEMES = {
    "wic": mark("World Internet Conference"),
    "data-model": mark("Ferracane and van der Marel"),
    "digital-empires": mark("Bradford"),
    "oecd": mark("OECD"),
}
_LATELY = 200
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
#: the days that the links of the page which is being made keep, as the query of an address; nothing for the newest
days: ContextVar[str] = ContextVar("days", default="")
_GRADES = "SELECT ?grade (COUNT(?row) AS ?n) WHERE { ?row comity:evidenceGrade ?grade } GROUP BY ?grade ORDER BY ?grade"


def render(template: str, **context: Any) -> str:
    """Fill a template of this package."""
    return environment().get_template(template).render(language=language.get(), **context)


@cache
def environment() -> jinja2.Environment:
    """Return the environment of the templates, made once."""
    made = jinja2.Environment(loader=jinja2.PackageLoader("comity.site"), autoescape=True, trim_blocks=True,
                              lstrip_blocks=True, undefined=jinja2.StrictUndefined, extensions=["jinja2.ext.i18n"])
    made.install_gettext_callables(translate, translate_count, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(called=called, path=path, short=short, part=part)
    made.filters.update(host=lambda address: urlsplit(address).netloc, quote=lambda text: quote(str(text), safe=""))
    made.globals.update(evidence=_evidence, columns=_columns, named=_named, headings=HEADINGS,
                        counted=COUNTED, long=LAST, dates=DATES, languages=LANGUAGES, here=here, schemes=SCHEMES)
    made.tests["day"] = lambda text: bool(_DAY.fullmatch(text))
    return made


def path(iri: str) -> str:
    """Return the address at which this host serves `iri`: our things by path, with the days of the page, all others as they are."""
    if iri.startswith(ID):
        return "/doc/" + iri.removeprefix(ID) + days.get()
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


def _evidence(row: Mention) -> dict[str, Statement]:
    """Return the evidence of a row by the last part of its property."""
    return {part(s.predicate): s for s in row.statements if part(s.predicate) in EVIDENCE}


def _columns(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Pair each variable with the one that holds its label (`x` with `xLabel`), which is then no column of its own."""
    labels = {n for n in names if n.endswith("Label") and n.removesuffix("Label") in names}
    return [(n, n + "Label" if n + "Label" in labels else "") for n in names if n not in labels]


def _named(rows: Iterable[Mapping[str, str | None]], column: str, value: str) -> str:
    """Return the label that the rows give to one value of a column, else the last part of an IRI of ours; nothing for other texts."""
    label = next((row.get(f"{column}Label") for row in rows if row[column] == value), None)
    return label or (part(value) if value.startswith(BASE) else "")


def lately(graph: Graph, count: int = 8) -> list[dict[str, str | None]]:
    """Return the last events of instruments before the day of the newest row, newest first."""
    last = newest(graph.store)
    rows = graph.ask("changes/instruments", since=last - datetime.timedelta(days=_LATELY), until=last + datetime.timedelta(days=1))
    return list(reversed(rows.to_dicts()))[:count]


def overview(store: Store) -> dict[str, list[tuple[str, int]]]:
    """Count what the graph holds, by class and by evidence grade."""
    counted = {part(str(row["class"])): int(str(row["n"])) for row in store.query(_COUNTS).rows}
    grades = [(part(str(row["grade"])), int(str(row["n"]))) for row in store.query(_GRADES).rows]
    return {"classes": [(name, counted[name]) for name in CLASSES if name in counted], "grades": grades}
