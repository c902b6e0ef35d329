"""The CSV tables become lists of dictionaries and answers in plain Python, with no RDF, no rules and no SPARQL in between.

Written from the codebook (`graph/README.md`, `docs/clocks.md`, the CSVW metadata), so that an error of the library of queries, of the lift
or of a rule is not made a second time here. Names of things are those of the graph without its address (`actor/JPN`, `concept/stance/permits`).
"""

from __future__ import annotations

import calendar
import csv
import datetime
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from comity.settings import Layout

BASE = "https://w3id.org/comity/"
OPEN = "9999-12-31"
SKOS = "http://www.w3.org/2004/02/skos/core#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
NS = BASE + "ns#"
ENDS = {"repealed", "revoked", "replaced", "invalidated", "expired", "terminated"}
#: a row of a table: each cell as text, as the name of a thing, or as a list of these
Row = dict[str, Any]
Answer = Iterable[dict[str, Any]]
#: question of the library → the function that answers it here
ANSWERS: dict[str, Callable[..., Answer]] = {}


def answers(name: str) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Enter a function as the second implementation of the query `name`."""
    def enter(function: Callable[..., Answer]) -> Callable[..., Answer]:
        assert name not in ANSWERS
        ANSWERS[name] = function
        return function
    return enter


def short(iri: str) -> str:
    """Return a name without the address of the graph: `actor/JPN`, `concept/topic/data-flows`."""
    return iri.removeprefix(BASE + "id/").removeprefix(BASE) if not iri.startswith(NS) and "graph/" not in iri else iri


def earliest(date: str) -> str:
    """Return the first day that a date of day, month or year can mean."""
    return {10: date, 7: f"{date}-01", 4: f"{date}-01-01"}[len(date)]


def latest(date: str) -> str:
    """Return the last day that a date of day, month or year can mean."""
    if len(date) == 7:
        return f"{date}-{calendar.monthrange(int(date[:4]), int(date[5:]))[1]:02}"
    return {10: date, 4: f"{date}-12-31"}[len(date)]


def held_from(row: Row) -> str | None:
    """Return the first day on which the row certainly holds, None if no day is certain."""
    return latest(row["valid_from"]) if row["valid_from"] else None


def held_until(row: Row) -> str:
    """Return the first day on which the row may no longer hold."""
    return earliest(row["valid_until"]) if row.get("valid_until") else OPEN


def holds(row: Row, day: str) -> bool:
    """Return whether the row certainly holds on a day."""
    start = held_from(row)
    return start is not None and start <= day < held_until(row)


def may_hold(row: Row, day: str) -> bool:
    """Return whether the row may hold already on a day, its first day unknown perhaps, and cannot have ended."""
    return not (row["valid_from"] and earliest(row["valid_from"]) > day) and day < held_until(row)


def counts(row: Row, day: str) -> bool:
    """Return whether the row holds on a day, counted from the day of its recording where its first day is unknown."""
    return (held_from(row) or row["recorded_on"]) <= day < held_until(row)


def ended(row: Row, day: str) -> bool:
    """Return whether the row certainly no longer holds on a day."""
    return bool(row.get("valid_until")) and latest(row["valid_until"]) <= day


class Records:
    """The tables as they stood on a day: rows recorded by then and not retracted.

    Args:
        places: the project.
        known_on: the day, or `latest` for all that is recorded.
    """

    def __init__(self, places: Layout, known_on: str = "latest") -> None:
        self.known_on = known_on
        self.tables: dict[str, list[Row]] = {}
        self.things: dict[str, Row] = {}
        for table in json.loads((places.tables / "csvw-metadata.json").read_text(encoding="utf-8"))["tables"]:
            rows = list(_rows(places.tables / table["url"], table["tableSchema"]))
            self.tables[table["url"].removesuffix(".csv")] = rows
        days = [r[c] for rows in self.tables.values() for r in rows for c in ("recorded_on", "retracted_on") if r.get(c)]
        on = self.on = max(days) if known_on == "latest" else known_on
        self.all = dict(self.tables)
        self.events: dict[str, list[Row]] = defaultdict(list)
        for row in self.tables["events"]:
            if not row["retracted_on"]:
                self.events[row["instrument_id"]].append(row)
        for name, rows in self.tables.items():
            self.tables[name] = [r for r in rows if r.get("recorded_on", "") <= on and (not r.get("retracted_on") or on < r["retracted_on"])]
            self.things.update({r["row"]: r for r in self.tables[name]})
        self.words, self.above, self.concepts = _vocabulary(places.ontology)
        self._known: dict[str, set[str]] = {}
        self._grouped: dict[tuple[str, str], dict[str, list[Row]]] = {}

    def __getitem__(self, table: str) -> list[Row]:
        return self.tables[table]

    def of(self, table: str, column: str, value: str | None) -> list[Row]:
        """Return the rows of a table with `value` in a column."""
        key = (table, column)
        if key not in self._grouped:
            groups = defaultdict(list)
            for row in self.tables[table]:
                for one in row[column] if isinstance(row[column], list) else [row[column]]:
                    groups[one].append(row)
            self._grouped[key] = groups
        return self._grouped[key].get(value, []) if value else []

    def in_force(self, instrument: str) -> tuple[str | None, str]:
        """Return from which day until which an instrument is certainly in force, by the events of its life that were never retracted."""
        events = self.events[instrument]
        days = {kind: [latest(e["occurred_on"]) for e in events if e["event_code"] == f"concept/event/{kind}"] for kind in ("in-force", "applies")}
        starts = days["in-force"] or days["applies"]
        ends = [earliest(e["occurred_on"]) for e in events if e["event_code"].removeprefix("concept/event/") in ENDS]
        return (min(starts), min(ends, default=OPEN)) if starts else (None, OPEN)

    def applied_from(self, instrument: str) -> str | None:
        """Return from which day an instrument was certainly applied provisionally."""
        return min((latest(e["occurred_on"]) for e in self.events[instrument] if e["event_code"] == "concept/event/provisional-application"), default=None)

    def seat(self, actor: str | None) -> str | None:
        """Return the jurisdiction in which an actor sits."""
        return self.get(actor, "based_in_id")

    def label(self, name: str | None) -> str | None:
        """Return the English name of a thing or concept."""
        if not name:
            return None
        return self.things[name]["label_en"] if name in self.things else self.words.get(name)

    def get(self, name: str | None, column: str) -> Any:
        """Return a cell of the row of a thing, None if there is no such thing or nothing in the cell."""
        return self.things.get(name or "", {}).get(column) or None

    def is_a(self, name: str | None, kind: str) -> bool:
        """Return whether the class of a thing is `kind` or narrower, roles of an actor counted."""
        return bool(name) and kind in self._classes(str(name))

    def _classes(self, name: str) -> set[str]:
        if name not in self._known:
            own = {self.things.get(name, {}).get("class_code", "").removeprefix(NS)}
            own |= {self.concepts[r["role_code"]]["roleClass"].removeprefix(NS) for r in self.of("roles", "actor_id", name)}
            self._known[name] = set().union(*(self.wider(one) for one in own))
        return self._known[name]

    def wider(self, kind: str) -> set[str]:
        """Return a class and all above it."""
        found = {kind}
        for above in self.above.get(kind, ()):
            found |= self.wider(above)
        return found


def _rows(path: Path, schema: dict[str, Any]) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            row: Row = {}
            for column in schema["columns"]:
                name, template = column["name"], column.get("valueUrl", "")
                if column.get("virtual"):
                    continue
                cell = line.get(name) or ""
                parts = [part for part in (cell.split(";") if column.get("separator") else [cell]) if part]
                made = [short(template.replace(f"{{{name}}}", part)) if f"{{{name}}}" in template else part for part in parts]
                row[name] = made if column.get("separator") else "".join(made)
            row["row"] = short(schema["aboutUrl"].replace("{id}", line["id"]))
            row["source"], row["locator"], row["grade"] = row.get("source_id"), row.get("locator") or None, row.get("evidence_grade")
            yield row


def _vocabulary(folder: Path) -> tuple[dict[str, str], dict[str, set[str]], dict[str, dict[str, str]]]:
    """Return the English name of each concept, the classes above each class, and what else is said of each concept."""
    words: dict[str, str] = {}
    above: dict[str, set[str]] = defaultdict(set)
    concepts: dict[str, dict[str, str]] = defaultdict(dict)
    for path in [*sorted(folder.glob("*.ttl")), *sorted((folder / "concepts").glob("*.ttl"))]:
        for quad in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE):
            if not isinstance(quad.subject, ox.NamedNode):
                continue
            name, what, value = short(quad.subject.value), quad.predicate.value, quad.object
            if isinstance(value, ox.Literal) and what == SKOS + "prefLabel" and value.language == "en":
                words[name] = value.value
            elif isinstance(value, ox.NamedNode):
                if what == RDFS + "subClassOf":
                    above[name.removeprefix(NS)].add(value.value.removeprefix(NS))
                concepts[name][what.removeprefix(NS).removeprefix(SKOS)] = short(value.value)
    return words, above, concepts


def evidence(row: Row, suffix: str = "") -> dict[str, Any]:
    """Return source, locator and grade of a row, under names with `suffix`."""
    return {f"{name}{suffix}": row[name] for name in ("source", "locator", "grade")}


def day_of(text: str) -> str:
    """Return a day as the library reads it."""
    return datetime.date.today().isoformat() if text == "today" else text
