"""The classifier's results become figures under headings, and these a page of Markdown that a specialist can dispute row by row.

The same graph and day give the same bytes.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import pyoxigraph as ox

from comity.errors import InputError
from comity.paradigms.crosswalk import crosswalk
from comity.paradigms.explain import Explanation, cited, explain, firmness, outcome, trace
from comity.paradigms.published import DOCUMENTS, JURISDICTIONS, MIDDLE, SHARE, readings
from comity.paradigms.records import Line, Records
from comity.paradigms.sensitivity import sensitivity
from comity.paradigms.trend import Tally, by_region, by_year, everywhere, labels
from comity.paradigms.twice import label_agreement
from comity.store import Store
from comity.vocabulary import ID, XSD

#: the line of the page after which everything is written by the command
MARK = "<!-- What follows is written by: comity paradigms --out docs/paradigms.md -->"
REPORTS = ("table", "crosswalk", "sensitivity", "trend", "regions", "readings", "coding")
_FIRST_YEAR = 2000
_DAY = "SELECT ?day WHERE { <https://w3id.org/comity/dataset> dcterms:modified ?day }"
_G20 = """PREFIX actor: <https://w3id.org/comity/id/actor/> PREFIX membership: <https://w3id.org/comity/concept/membership-status/>
SELECT DISTINCT ?who WHERE { ?row comity:inOrganization actor:g20 ; comity:member ?who ; comity:membershipStatus membership:member ;
  comity:heldFrom ?from ; comity:heldUntil ?until . FILTER(!(?from > ?as_of) && ?as_of < ?until)
  ?who rdfs:label ?label FILTER(LANG(?label) = "en") } ORDER BY ?label"""


@dataclass(frozen=True)
class Sheet:
    """Figures under one heading, with what to know about them."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def report(records: Records, name: str, as_of: datetime.date, *, schemes: Sequence[str] = ()) -> tuple[Sheet, ...]:
    """Return the sheets of one report of `REPORTS` for the schemes named, all by default. Raises `InputError` for an unknown scheme or report."""
    asked = records.schemes(schemes)
    first = min(_FIRST_YEAR, as_of.year)
    makers: dict[str, Callable[[], tuple[Sheet, ...]]] = {
        "table": lambda: (table(records, as_of, asked),),
        "crosswalk": lambda: _crosswalks(records, as_of, asked),
        "sensitivity": lambda: tuple(_sensitivity(records, scheme, as_of) for scheme in asked),
        "trend": lambda: tuple(_tallies(records, scheme, by_year(records, scheme, first, as_of.year), "year") for scheme in asked),
        "regions": lambda: tuple(_tallies(records, scheme, by_region(records, scheme, as_of), "region") for scheme in asked),
        "readings": lambda: (_readings(records),),
        "coding": lambda: (_twice(records),),
    }
    if name not in makers:
        raise InputError(f"no report is called {name}; there are {', '.join(REPORTS)}")
    return makers[name]()


def table(records: Records, as_of: datetime.date, schemes: Sequence[str]) -> Sheet:
    """Return one row for each state or territory with a transfer rule in force, its label in each scheme; ? for an abstention, ! for a conflict."""
    found = {scheme: {c.subject: c for c in everywhere(records, scheme, as_of)} for scheme in schemes}
    marks = {"abstains": "?", "conflict": "!"}
    who = [j for j in records.jurisdictions() if j not in records.unions and any(found[s][j].steps for s in schemes)]
    rows = tuple((j, records.names.get(j, j), *(found[s][j].paradigm or marks[found[s][j].status] for s in schemes)) for j in who)
    note = "Our own coding. ? no single label can be told; ! rules contradict each other."
    return Sheet(f"Paradigms of all on {as_of}", ("id", "name", *schemes), rows, note)


def _crosswalks(records: Records, as_of: datetime.date, schemes: Sequence[str]) -> tuple[Sheet, ...]:
    given = {scheme: labels(everywhere(records, scheme, as_of)) for scheme in schemes}
    sheets = []
    for i, a in enumerate(schemes):
        for b in schemes[i + 1:]:
            met = crosswalk(given[a], given[b], names=(a, b))
            rows = tuple((row, *map(str, line)) for row, line in zip(met.rows, met.counts, strict=True))
            note = f"{met.n} jurisdictions with a label in both. Cramér's V {_number(met.cramers_v)}, adjusted mutual information {_number(met.ami)}."
            sheets.append(Sheet(f"{a} against {b}", (a, *met.columns), rows, note))
    return tuple(sheets)


def _sensitivity(records: Records, scheme: str, as_of: datetime.date) -> Sheet:
    rows = []
    for weight in sensitivity(records, scheme, as_of):
        how = "; ".join(f"{n} from {a or 'none'} to {b or 'none'}" for a, b, n in weight.to)
        rows.append((weight.line, str(weight.decides), str(weight.moved), how))
    return Sheet(f"{scheme}: each line left out", ("line", "helps to decide", "labels that move", "how"), tuple(rows), "None is an abstention.")


def _tallies(records: Records, scheme: str, tallies: Sequence[Tally], what: str) -> Sheet:
    order = list(dict.fromkeys(line.paradigm for line in records.lines[scheme]))
    rows = tuple((t.slice, *(_with_share(t, p) for p in order), str(t.abstains)) for t in tallies)
    return Sheet(f"{scheme} by {what}", (what, *order, "no label"), rows)


def _with_share(tally: Tally, paradigm: str) -> str:
    share = tally.share(paradigm)
    return f"{tally.paradigms.get(paradigm, 0)} ({100 * share:.0f} %)" if share is not None else "0"


def _readings(records: Records) -> Sheet:
    rows = []
    for r in readings(records):
        j, d = r.jurisdictions, r.documents
        rows.append((r.name, r.about, _percent(r.share(j)), _percent(r.share(d)), str(sum(j.values())), str(sum(d.values())),
                     ", ".join(f"{year} {count}" for year, count in r.rising)))
    note = (f"Published: {DOCUMENTS} documents, {JURISDICTIONS} countries and regions, nearly {100 * SHARE:.0f} % of national and regional policies {MIDDLE}, "
            "Restrictive rising since 2018, without numbers. The criteria are not public; a reading whose share comes near is not thereby the study's.")
    columns = ("reading", "what it changes", "P&F, jurisdictions", "P&F, documents", "jurisdictions", "documents", "Restrictive, jurisdictions by year")
    return Sheet("Readings of the study's names at the end of 2024", columns, tuple(rows), note)


def _twice(records: Records) -> Sheet:
    rows = tuple((a.variable, str(a.rules), f"{100 * a.alike:.0f} %", "" if a.alpha is None else f"{a.alpha:.2f}",
                  "" if a.alpha is None else f"{a.low:.2f} to {a.high:.2f}") for a in label_agreement(records))
    note = "Rules whose two codings the table decides; no alpha where all labels are the same or fewer than ten rules are left. " \
           "Firm from 0.80 on; 1.00 to 1.00 says only that no two labels differ."
    return Sheet("Labels by two coders", ("scheme", "rules", "alike", "Krippendorff's alpha", "95 % interval"), rows, note)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


def _number(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.2f}"


def plain(sheets: Iterable[Sheet]) -> str:
    """Return the sheets as aligned plain text."""
    parts = []
    for sheet in sheets:
        cells = [sheet.columns, *sheet.rows]
        widths = [max(len(row[i]) for row in cells) for i in range(len(sheet.columns))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
        parts.append("\n".join([sheet.title, *lines, *([sheet.note] if sheet.note else [])]))
    return "\n\n".join(parts)


def as_data(sheets: Iterable[Sheet]) -> list[dict[str, Any]]:
    """Return the sheets as data for JSON."""
    return [asdict(sheet) for sheet in sheets]


def markdown(sheets: Iterable[Sheet], *, level: int = 3) -> str:
    """Return the sheets as Markdown."""
    parts = []
    for sheet in sheets:
        lines = [f"| {' | '.join(row)} |" for row in (sheet.columns, tuple("---" for _ in sheet.columns), *sheet.rows)]
        parts.append("\n".join([f"{'#' * level} {sheet.title}", "", *lines, *(["", sheet.note] if sheet.note else []), ""]))
    return "\n".join(parts)


def current(store: Store, records: Records) -> str:
    """Return what follows the mark of the page for the day of the newest row and the members of the G20 on it."""
    found = store.query(_DAY).rows
    day = datetime.date.fromisoformat(next((str(row["day"]) for row in found), records.known_on.isoformat()))
    term = ox.Literal(day.isoformat(), datatype=ox.NamedNode(XSD + "date"))
    members = [str(row["who"]).removeprefix(f"{ID}actor/") for row in store.query(_G20, {"as_of": term}).rows]
    return page(replace(records, known_on=day), [who for who in members if who in records.names], day)


def page(records: Records, members: Sequence[str], as_of: datetime.date) -> str:
    """Return what follows the mark of the page: the tables, the jurisdictions `members` row by row, and all figures."""
    parts = [f"\nState of {as_of}, as known on {records.known_on}.\n", "## The decision tables\n", markdown(_tables(records)),
             "## The members of the G20, row by row\n", *("\n".join(_member(explain(records, who, as_of))) for who in members)]
    for title, name in (("All jurisdictions", "table"), ("How the schemes meet", "crosswalk"), ("What each line decides", "sensitivity"),
                        ("By year", "trend"), ("By region", "regions"), ("Against the published aggregates", "readings"), ("Two coders", "coding")):
        parts += [f"## {title}\n", markdown(report(records, name, as_of))]
    return "\n".join(parts)


def _tables(records: Records) -> Iterator[Sheet]:
    columns = ("line", "transfer default", "localisation", "mechanism", "law", "authority", "access", "paradigm", "why", "grade")
    for scheme, lines in records.lines.items():
        yield Sheet(scheme, columns, tuple(_line(line) for line in lines))


def _line(line: Line) -> tuple[str, ...]:
    asked = (line.defaults, line.localisations, line.mechanisms, line.coverages, line.independences, line.accesses)
    return (line.id, *(", ".join(sorted(codes)) or "any" for codes in asked), line.paradigm, line.summary, line.grade)


def _member(explanation: Explanation) -> Iterator[str]:
    yield f"### {explanation.name}\n"
    for found, firm in zip(explanation.found, explanation.radii, strict=True):
        yield f"**{found.scheme}: {found.label or outcome(found)}**\n"
        yield "".join(f"{'  ' if line.startswith('  ') else ''}- {line.strip()}\n" for line in (*trace(found, cite=False), *firmness(firm)))
    yield "Rows:\n"
    used = {row.id: row for found in explanation.found for step in found.steps for row in step.rows}
    yield "".join(f"- {cited(used[name])}\n" for name in sorted(used)) or "None.\n"
    for p in explanation.published:
        yield f"Published: {p.label} ({p.scheme}, {p.source}, {p.grade}).\n"
    bound = sorted({getattr(row, "other", "") for row in explanation.found[0].context} - {""})
    yield f"No line asks for treaty commitments; agreements in force with a hard duty to allow flows: {', '.join(bound) or 'none on record'}.\n"
