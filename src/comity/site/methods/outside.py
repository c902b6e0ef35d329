"""A user's own copies of outside data become one number an actor or one set of parties a treaty; nothing of them is kept here."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from pathlib import Path

from comity.errors import InputError

#: rows of DESTA that change who is party; protocols, consolidated texts and negotiations do not
_JOIN, _LEAVE = ("base_treaty", "accession"), "withdrawal"
_PARTIES = 91
FIRST_SESSION = 1945


def digest(path: Path) -> str:
    """Return the SHA-256 of a file. Raises `InputError` if it cannot be read."""
    return hashlib.sha256(_read(path)).hexdigest()


def ideal_points(path: Path, *, year: int) -> dict[str, float]:
    """Return ISO 3166-1 alpha-3 code → ideal point in the session of the United Nations General Assembly that began in `year`.

    `path`: the file of all ideal points of Bailey, Strezhnev & Voeten (2017, doi:10.1177/0022002715595700), with the columns
    `session`, `IdealPoint` and `iso3c`. Raises `InputError` for a file without them or without the session.
    """
    session = str(year - FIRST_SESSION)
    found: dict[str, float] = {}
    for line, row in enumerate(_rows(path, ",", ("session", "IdealPoint", "iso3c")), 2):
        if row["session"] == session and row["iso3c"]:
            try:
                found[row["iso3c"]] = float(row["IdealPoint"])
            except ValueError:
                raise InputError(f"{path}:{line}: IdealPoint {row['IdealPoint']!r} is no number; take the file as published") from None
    if not found:
        raise InputError(f"{path}: no ideal point of session {session} ({year}); give a file that reaches it, or an earlier day")
    return found


def parties(path: Path, *, year: int) -> list[frozenset[str]]:
    """Return the parties (M49 codes of three digits) of each trade agreement in force at the end of `year`, in the order of DESTA's numbers.

    `path`: DESTA's list of treaties (Dür, Baccini & Elsig 2014, doi:10.1007/s11558-013-9179-8), parted by semicolons. Base
    treaties and accessions add parties, withdrawals take away those that they mark with 1. Raises `InputError` for another file.
    """
    wanted = ("base_treaty", "entry_type", "entryforceyear", "c1", "mc1")
    events: dict[int, list[tuple[int, int, dict[str, str]]]] = {}
    for line, row in enumerate(_rows(path, ";", wanted), 2):
        if row["entry_type"] in (*_JOIN, _LEAVE) and row["entryforceyear"] != "NA":
            try:
                since, base = int(row["entryforceyear"]), int(row["base_treaty"])
            except ValueError:
                raise InputError(f"{path}:{line}: entryforceyear or base_treaty is no whole number; take the file as published") from None
            if since <= year:
                events.setdefault(base, []).append((since, line, row))
    return [_parties(sorted(found, key=lambda event: event[:2])) for _, found in sorted(events.items())]


def _parties(events: Iterable[tuple[int, int, dict[str, str]]]) -> frozenset[str]:
    party: set[str] = set()
    for _, _, row in events:
        named = {row[f"c{k}"].zfill(3): row.get(f"mc{k}") for k in range(1, _PARTIES + 1) if row.get(f"c{k}", "NA") not in ("NA", "", None)}
        party = party - {c for c, mark in named.items() if mark == "1"} if row["entry_type"] == _LEAVE else party | named.keys()
    return frozenset(party)


def _rows(path: Path, delimiter: str, wanted: tuple[str, ...]) -> list[dict[str, str]]:
    reader = csv.DictReader(_read(path).decode("utf-8-sig", errors="replace").splitlines(), delimiter=delimiter)
    missing = [name for name in wanted if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError(f"{path}:1: no column {missing[0]}; give the file as published, with {', '.join(wanted)}")
    return list(reader)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); give the path of your own copy") from None
