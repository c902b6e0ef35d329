"""A row of theirs that says of a state whether it has a law on each of several subjects becomes one finding for each subject."""

from __future__ import annotations

from comity.importers.mapping import Mapping
from comity.importers.ours import Ours
from comity.importers.reading import Numbered
from comity.importers.verdict import Finding, Slugs

LAWS = ("Statute", "Regulation", "AdministrativeRule")
ENDED = ("draft", "invalidated", "replaced", "repealed", "expired", "terminated", "withdrawn")


def judge(how: Mapping, numbered: list[Numbered], ours: Ours) -> list[Finding]:
    """Return a finding for each row and subject of `how.topics`.

    `same`: both hold a law, or neither; `new`: they name a law or a draft and we hold no law; `differs`: they say none and we hold one,
    or they say draft and we hold a law. A law of a union counts for its members.
    """
    slugs = Slugs(ours.ids("instruments"))
    held = _laws(ours)
    return [finding for row in numbered for finding in _judged(how, row, ours, (held, slugs))]


def _laws(ours: Ours) -> dict[tuple[str, str], list[str]]:
    """Return the laws that stand by issuer and topic; what an authority issues counts for its state too."""
    found: dict[tuple[str, str], list[str]] = {}
    actors = ours.rows("actors")
    for name, row in sorted(ours.rows("instruments").items()):
        if row["class_code"] in LAWS and row["legal_status_code"] not in ENDED:
            issuer = row["issued_by_id"]
            for holder in sorted({issuer, actors.get(issuer, {}).get("based_in_id", "")} - {""}):
                for topic in row["topic_codes"].split(";"):
                    found.setdefault((holder, topic), []).append(name)
    return found


def _judged(how: Mapping, row: Numbered, ours: Ours, known: tuple[dict[tuple[str, str], list[str]], Slugs]) -> list[Finding]:
    number, theirs = row
    held, slugs = known
    actor = ours.by_code.get(how.value(theirs, "actor"))
    if actor is None:
        return [Finding(number, "", "unmatched name", unmatched=(how.value(theirs, "name"),))]
    unions = [name for name in ours.members if any(member == actor and not until for member, _, until in ours.members[name])]
    findings = []
    for column, topic in how.topics.items():
        said = how.types.get(theirs[column])
        laws = [law for holder in (actor, *sorted(unions)) for law in held.get((holder, topic), ())]
        if not said:
            findings.append(Finding(number, actor, "left out", why=f"{column}: {theirs[column] or 'empty'}"))
        elif laws or said == "none":
            odd = () if bool(laws) == (said == "law") else (topic,)
            findings.append(Finding(number, laws[0] if laws else actor, "differs" if odd else "same", (), odd, why=f"{column}: {theirs[column]}"))
        else:
            name = slugs.make(f"{actor} {topic}")
            made = {"id": name, "issued_by_id": actor, "topic_codes": topic, "note": f"{column}: {theirs[column]}"}
            findings.append(Finding(number, name, "new", (("instruments", made),), why=f"{column}: {theirs[column]}"))
    return findings
