"""Second implementations of the questions of `provenance` and `coverage`: what is on record, on which sources it rests."""

from __future__ import annotations

from collections import Counter, defaultdict

from plain import Answer, Records, Row, answers, earliest, evidence, latest
from plain_aigc import home

GRADES = ("official", "secondary", "recalled")
POLICY = "PolicyDocument"
BASE = "https://w3id.org/comity/graph/"


def grade(row: Row) -> str:
    """Return the grade of a row, without its address."""
    return str(row["grade"]).rpartition("/")[2]


def graded(r: Records) -> list[tuple[str, Row]]:
    """Return each row that cites a source, with its table."""
    return [(table, row) for table, rows in r.tables.items() for row in rows if row["grade"]]


@answers("provenance/evidence-grades")
def evidence_grades(r: Records) -> Answer:
    for (table, mark), rows in Counter((table, row["grade"]) for table, row in graded(r)).items():
        yield {"table": BASE + table, "grade": mark, "rows": rows}


@answers("provenance/recalled-rows")
def recalled_rows(r: Records) -> Answer:
    for table, row in graded(r):
        if grade(row) == "recalled":
            yield {"table": BASE + table, "row": row["row"]}


@answers("provenance/second-codings")
def second_codings(r: Records) -> Answer:
    for row in r["second_codings"]:
        rule = next(one for one in r.all["transfer_rules"] if one["row"] == row["rule_id"])
        first = rule["transfer_default_code"]
        yield {"rule": row["rule_id"], "jurisdictionLabel": r.label(rule["jurisdiction_id"]), "first": first,
               "second": row["transfer_default_code"], "agree": first == row["transfer_default_code"], "note": row["note"], **evidence(row)}


@answers("provenance/disagreeing-sources")
def disagreeing_sources(r: Records) -> Answer:
    for one in r["events"]:
        for other in r.of("events", "instrument_id", one["instrument_id"]):
            a, b = one["occurred_on"], other["occurred_on"]
            apart = latest(a) < earliest(b)
            if one["event_code"] == other["event_code"] and one["event_code"] in ONCE and apart and one["source"] != other["source"]:
                yield {"instrument": one["instrument_id"], "event": one["event_code"], "dateA": a, **evidence(one, "A"), "dateB": b, **evidence(other, "B")}


ONCE = {f"concept/event/{kind}" for kind in ("adopted", "signed", "published", "in-force")}


def naming(r: Records, thing: str) -> list[Row]:
    """Return the rows about a thing: its own, and those that name it."""
    return [row for _, row in graded(r) if row["row"] == thing or any(
        thing == cell or (isinstance(cell, list) and thing in cell) for name, cell in row.items() if name not in ("row", "source", "locator", "grade"))]


@answers("provenance/sources-of")
def sources_of(r: Records, thing: str) -> Answer:
    for (source, mark), rows in Counter((row["source"], row["grade"]) for row in naming(r, thing)).items():
        seen = r.things[source]
        yield {"source": source, "title": seen["title"], "publisher": seen["publisher"], "url": seen["url"], "sourceKind": seen["kind"], "grade": mark,
               "rows": rows}


@answers("provenance/weakest")
def weakest(r: Records) -> Answer:
    about = defaultdict(list)
    for _, row in graded(r):
        for instrument in {row["row"], *(row.get(column) or "" for column in ("instrument_id", "based_on_id", "decision_id"))}:
            if instrument.startswith("instrument/"):
                about[instrument].append(grade(row))
    for instrument, marks in about.items():
        if "official" not in marks:
            yield {"instrument": instrument, "instrumentLabel": r.label(instrument), "recalled": marks.count("recalled"), "secondary": marks.count("secondary")}


@answers("coverage/by-language")
def by_language(r: Records) -> Answer:
    groups = defaultdict(list)
    for _, row in graded(r):
        language = r.get(row["source"], "language")
        if language and grade(row) != "recalled":
            groups[language].append(row)
    for language, rows in groups.items():
        yield {"language": language, "sources": len({row["source"] for row in rows}), "rows": len(rows), "official": sum(grade(row) == "official"
                for row in rows)}


def documents(r: Records) -> list[Row]:
    """Return the policy documents on record, dated absences among them."""
    return [row for row in r["instruments"] if r.is_a(row["row"], POLICY)]


def absent(row: Row) -> bool:
    """Return whether a row of an instrument says that there is none."""
    return str(row["legal_status_code"]).endswith("/no-law")


@answers("coverage/by-region")
def by_region(r: Records) -> Answer:
    groups = defaultdict(list)
    for row in documents(r):
        land = home(r, row["row"])
        if land:
            groups[r.label(r.get(land, "region_code")) or "no region"].append((land, row))
    for region, rows in groups.items():
        yield {"regionLabel": region, "documents": sum(not absent(row) for _, row in rows), "jurisdictions": len({land for land, _ in rows}),
               "absences": sum(absent(row) for _, row in rows), **{g: sum(grade(row) == g for _, row in rows) for g in GRADES}}


@answers("coverage/by-year")
def by_year(r: Records) -> Answer:
    groups = defaultdict(list)
    for row in documents(r):
        if not absent(row):
            events = [earliest(e["occurred_on"]) for e in r.of("events", "instrument_id", row["row"])]
            groups[min(events)[:4] if events else None].append(row)
    for year, rows in groups.items():
        yield {"year": year, "documents": len(rows), "jurisdictions": len({home(r, row["row"]) for row in rows} - {None}),
               "official": sum(grade(row) == "official" for row in rows)}


@answers("coverage/of-jurisdictions")
def of_jurisdictions(r: Records) -> Answer:
    papers = defaultdict(list)
    for row in documents(r):
        papers[home(r, row["row"])].append(row)
    for actor in r["actors"]:
        name = actor["row"]
        if not any(r.is_a(name, kind) for kind in ("State", "Territory")):
            continue
        rules, parts = r.of("transfer_rules", "jurisdiction_id", name), r.of("participations", "participant_id", name)
        rows = [*papers[name], *rules, *parts]
        if rows:
            yield {"jurisdiction": name, "jurisdictionLabel": actor["label_en"], "documents": sum(not absent(p) for p in papers[name]),
                   "absences": sum(absent(p) for p in papers[name]), "transferRules": len(rules), "participations": len(parts),
                   "recalled": sum(grade(row) == "recalled" for row in rows)}
