"""Our tables become what a row of a dataset is compared with: rows by id, parties, dates and members."""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cached_property
from pathlib import Path

from comity.errors import InputError

Cells = dict[str, str]
UNION = "EU"
MOST = 0.8
WAITING = ("applicant", "acceding")


class Ours:
    """The tables in a folder, each read once when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, tuple[list[str], dict[str, Cells]]] = {}

    def table(self, name: str, given: str) -> tuple[list[str], dict[str, Cells]]:
        """Return the columns and the rows by id of the table `name`. Raises `InputError`, naming the file `given`, if there is none."""
        if name not in self._read:
            path = self.folder / f"{name}.csv"
            if not path.exists():
                names = ", ".join(sorted(p.stem for p in self.folder.glob("*.csv")))
                raise InputError(f"{given}: no table of ours is called {name}; name the file after one of {names}")
            with path.open(encoding="utf-8", newline="") as file:
                reader = csv.DictReader(file)
                rows = {row["id"]: row for row in reader}
                self._read[name] = (list(reader.fieldnames or ()), rows)
        return self._read[name]

    def rows(self, name: str) -> dict[str, Cells]:
        """Return the rows of the table `name` that are not retracted, by id."""
        return {key: row for key, row in self.table(name, name)[1].items() if not row.get("retracted_on")}

    def ids(self, name: str) -> set[str]:
        """Return all ids of the table `name`, since that of a retracted row is not given again."""
        return set(self.table(name, name)[1])

    @cached_property
    def by_code(self) -> dict[str, str]:
        """Actor by its M49 code, ISO 3166 code or id."""
        codes: dict[str, str] = {}
        for name, row in self.rows("actors").items():
            codes |= {code: name for code in (row["m49"], row["iso_alpha3"], name) if code}
        return codes

    @cached_property
    def members(self) -> dict[str, list[tuple[str, str, str]]]:
        """Members of each organisation with the first and last day that we hold."""
        found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for row in self.rows("memberships").values():
            if row["membership_status_code"] == "member":
                found[row["organization_id"]].append((row["member_id"], row["valid_from"], row["valid_until"]))
        return found

    def states(self, actors: set[str], year: str) -> frozenset[str]:
        """Return `actors` with every organisation replaced by its members in `year`, if we hold any; the European Union stays one.

        Most of the members of the Union of that year are taken for the Union, since datasets list either.
        """
        found: set[str] = set()
        for actor in actors - {UNION}:
            found.update(self._members(actor, year) or [actor])
        union = self._members(UNION, year)
        if UNION in actors or (len(union) > 2 and len(found & union) >= MOST * len(union)):
            found = found - {member for member, _, _ in self.members.get(UNION, ())} | {UNION}
        return frozenset(found)

    def _members(self, actor: str, year: str) -> set[str]:
        """Return the members in `year`, or ever if no year is given."""
        return {m for m, since, until in self.members.get(actor, ()) if since[:4] <= (year or "9999") and (not until or until[:4] >= year)}

    @cached_property
    def parties(self) -> dict[str, list[tuple[str, str]]]:
        """Parties and signatories of each instrument, each with the day it signed, if known, else that it is bound since; not who has yet to join."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in self.rows("participations").values():
            if row["status_code"] not in WAITING:
                found[row["instrument_id"]].append((row["participant_id"], row["signed_on"] or row["valid_from"]))
        return found

    @cached_property
    def dates(self) -> dict[str, dict[str, list[str]]]:
        """Days of each instrument by the code of the event, and those that its parties signed on as `signed`."""
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in self.rows("events").values():
            found[row["instrument_id"]][row["event_code"]].append(row["occurred_on"])
        for row in self.rows("participations").values():
            if row["signed_on"]:
                found[row["instrument_id"]]["signed"].append(row["signed_on"])
        return found
