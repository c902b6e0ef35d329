"""Answers of the query library become the figures of coverage: what is on record, from where, on which evidence, and how it compares.

Every number comes from a library query that anyone can run; the days are those of the dataset, so that the same graph gives the same page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from comity.coding import agreement
from comity.graph import Graph
from comity.names import newest
from comity.results import Rows
from comity.vocabulary import ID

#: the line of the page of coverage after which the figures stand
MARK = "<!-- What follows is written by: comity coverage --out docs/coverage.md -->"
GROUPS = ("un", "g20", "EU", "oecd", "asean")
UNIONS = frozenset({"EU", "african-union"})
#: (who counts, what it counts, number, address, why ours differs)
OTHERS = (
    ("UNCTAD, April 2026", "states with legislation on data protection and privacy, of 195", "155", "https://unctad.org/page/data-protection-and-privacy-legislation-worldwide",
     "counts states only; chapters of other laws may count, acts of 2026 are not all in it"),
    ("Greenleaf, March 2025", "countries with a data privacy law", "172", "https://researchers.mq.edu.au/en/publications/172-countries-with-data-privacy-laws-year-by-year-1973-2025/",
     "has its own terms for country and law; acts that are not in force may count"),
    ("IAPP directory, after November 2025", "jurisdictions with a data protection framework, of 240", "179", "https://iapp.org/news/a/notes-on-the-updated-global-privacy-law-and-dpa-directory-and-major-privacy-developments",
     "territories under the law of their state count too"),
)
_TALLIED = (
    "As of {day}, rules for personal data; our reading of the schemes, line by line in `decision_rules.csv`. A state under two rules of different paradigms "
    "counts in both; a rule whose localisation is not settled is left out of the first two schemes. The World Internet Conference counted 194 documents of "
    "136 countries and regions to the end of 2024, nearly 60 % of national and regional policies Prudent and Flexible "
    "([release](https://big5.cri.cn/gate/big5/news.cri.cn/20250415/9e1dfb9d-f479-25e9-1b18-a0b0a15cdf3a.html)); its table and criteria are not public.")


@dataclass(frozen=True)
class Table:
    """Figures under one heading: the library query or command that gives them, columns, rows, and what to know."""

    title: str
    origin: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def figures(graph: Graph) -> list[Table]:
    """Return all tables of the coverage of `graph`, as of the day of its newest row."""
    day = newest(graph.store).isoformat()
    return [_rows(graph), _regions(graph), _years(graph), _languages(graph), _members(graph, day), _laws(graph), _tally(graph, day), _coding(graph)]


def markdown(tables: Iterable[Table]) -> str:
    """Return the tables as Markdown."""
    return "\n".join(_section(table) for table in tables)


def text(tables: Iterable[Table]) -> str:
    """Return the tables as aligned plain text."""
    parts = []
    for table in tables:
        cells = [table.columns, *table.rows]
        widths = [max(len(row[i]) for row in cells) for i in range(len(table.columns))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
        parts.append("\n".join([table.title, *lines, *([table.note] if table.note else [])]))
    return "\n\n".join(parts)


def _section(table: Table) -> str:
    head = f"\n### {table.title}\n`{table.origin}`\n\n"
    sides = ("---:" if all(row[i][:1].isdigit() or not row[i] for row in table.rows) else "---" for i in range(len(table.columns)))
    lines = [f"| {' | '.join(row)} |" for row in (table.columns, tuple(sides), *table.rows)]
    return head + "\n".join(lines) + "\n" + (f"\n{table.note}\n" if table.note else "")


def _name(value: object) -> str:
    return str(value or "").rpartition("/")[2]


def _count(value: object) -> int:
    return int(str(value))


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else ""


def _rows(graph: Graph) -> Table:
    found: dict[str, Counter[str]] = {}
    for row in graph.ask("provenance/evidence-grades"):
        found.setdefault(_name(row["table"]), Counter())[_name(row["grade"])] += _count(row["rows"])
    found["all"] = sum(found.values(), Counter())
    lines = tuple((name, *_graded(counts)) for name, counts in found.items())
    columns = ("table", "rows", "official", "secondary", "recalled", "not recalled")
    return Table("Rows by table and evidence", "comity ask provenance/evidence-grades", columns, lines)


def _graded(counts: Counter[str]) -> tuple[str, ...]:
    total = counts.total()
    return str(total), *(str(counts[grade]) for grade in ("official", "secondary", "recalled")), _share(total - counts["recalled"], total)


def _regions(graph: Graph) -> Table:
    columns = ("documents", "jurisdictions", "absences", "official", "secondary", "recalled")
    rows = _plain(graph.ask("coverage/by-region"), ("regionLabel", *columns))
    rows += (("all", *(str(sum(int(row[i]) for row in rows)) for i in range(1, len(columns) + 1))),)
    return Table("Policy documents by region", "comity ask coverage/by-region", ("region", *columns), rows,
                 "Regions of the United Nations standard M49; an absence is a dated row that says that no law was found.")


def _plain(rows: Rows, columns: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(str(row[c] if row[c] is not None else "") for c in columns) for row in rows)


def _years(graph: Graph) -> Table:
    spans: Counter[str] = Counter()
    official: Counter[str] = Counter()
    for row in graph.ask("coverage/by-year"):
        year = str(row["year"] or "")
        span = "without a date" if not year else f"{year[:3]}0 to {year[:3]}{'4' if year[:3] == '201' else '9'}" if year < "2015" else year
        spans[span] += _count(row["documents"])
        official[span] += _count(row["official"])
    lines = tuple((span, str(spans[span]), str(official[span])) for span in sorted(spans))
    return Table("Policy documents by the year of their first dated event", "comity ask coverage/by-year", ("years", "documents", "official"), lines)


def _languages(graph: Graph) -> Table:
    columns = ("language", "sources", "rows", "official")
    return Table("Sources by language", "comity ask coverage/by-language", columns, _plain(graph.ask("coverage/by-language"), columns),
                 "The language of the page that was read, which may be a translation.")


def _members(graph: Graph, day: str) -> Table:
    held = {_name(r["jurisdiction"]): r for r in graph.ask("coverage/of-jurisdictions")}
    lines = []
    for group in GROUPS:
        listed = graph.ask("lookup/members", organization=f"{ID}actor/{group}", as_of=day)
        members = sorted({_name(r["member"]) for r in listed if _name(r["status"]) == "member"} - UNIONS)
        if not members:
            continue
        rows = [held[m] for m in members if m in held]
        without = [m for m in members if m not in held or not _count(held[m]["documents"]) + _count(held[m]["absences"])]
        coded = sum(_count(r["transferRules"]) > 0 for r in rows)
        recalled = sum(_count(r["recalled"]) for r in rows)
        lines.append((group, str(len(members)), str(len(members) - len(without)), str(coded), str(recalled), ", ".join(without)))
    columns = ("members of", "states", "with a document or a dated absence", "with a transfer rule of their own", "recalled rows", "without any")
    return Table("States by group", "comity ask coverage/of-jurisdictions", columns, tuple(lines),
                 "Members of the European Union are bound by its rule beside their own.")


def _laws(graph: Graph) -> Table:
    ours = len({str(r["jurisdiction"]) for r in graph.ask("policy/first-laws")})
    lines = [("Comity", "states, territories and unions with a statute on personal data that is or was law", str(ours), "")]
    lines += [(f"[{who}]({address})", what, number, why) for who, what, number, address, why in OTHERS]
    return Table("How many have a law: ours and other counts", "comity ask policy/first-laws", ("who", "what", "number", "why it may differ"), tuple(lines))


def _tally(graph: Graph, day: str) -> Table:
    rows = [(_name(r["scheme"]), str(r["paradigmLabel"]), _count(r["jurisdictions"]), _count(r["documents"]))
            for r in graph.ask("policy/paradigm-tally", as_of=day)]
    lines = []
    for scheme, paradigm, jurisdictions, documents in rows:
        states, texts = sum(j for s, _, j, _ in rows if s == scheme), sum(d for s, _, _, d in rows if s == scheme)
        lines.append((scheme, paradigm, str(jurisdictions), _share(jurisdictions, states), str(documents), _share(documents, texts)))
    columns = ("scheme", "paradigm", "jurisdictions", "share", "documents", "share of documents")
    return Table("Paradigms", "comity ask policy/paradigm-tally", columns, tuple(lines), _TALLIED.format(day=day))


def _coding(graph: Graph) -> Table:
    lines = tuple((a.variable, str(a.rules), f"{100 * a.alike:.0f} %", "" if a.alpha is None else f"{a.alpha:.2f}",
                   "" if a.alpha is None else f"{a.low:.2f} to {a.high:.2f}") for a in agreement(graph.store))
    return Table("Agreement of two coders", "comity check --coding", ("variable", "rules", "alike", "Krippendorff's alpha", "95 % interval"), lines)
