"""Answers of the library's route queries become the facts of a jurisdiction or a recipient.

All questions stand in `queries/routes`; this module only names them and reads their rows.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping

from comity import queries
from comity.queries import Question
from comity.routes.codes import last
from comity.routes.model import (
    Access,
    Applicability,
    Ban,
    Evidence,
    Happening,
    Listing,
    Recognition,
    Remark,
    Rule,
    Threshold,
)
from comity.store import Store

Row = dict[str, str]


class Library:
    """The route queries of a library, asked of one store as known on one day."""

    def __init__(self, store: Store, questions: Mapping[str, Question], known_on: datetime.date) -> None:
        self.store = store
        self.questions = questions
        self.known_on = known_on
        self._answers: dict[tuple[str, ...], list[Row]] = {}

    def rows(self, name: str, **values: str) -> Iterator[Row]:
        """Answer the library query `name`; cells without a value are empty."""
        question = queries.find(self.questions, name)
        if any(p.name == "known_on" for p in question.parameters):
            values["known_on"] = self.known_on.isoformat()
        key = (name, *(f"{k}={v}" for k, v in sorted(values.items())))
        if key not in self._answers:
            self._answers[key] = [{name: value or "" for name, value in row.items()} for row in queries.ask(self.store, question, values).rows]
        yield from self._answers[key]

    def rules(self, jurisdiction: str) -> list[Rule]:
        """Read the transfer rules of a jurisdiction, of any day."""
        return [Rule(*_fact(r), jurisdiction, last(r["category"]), last(r["default"]), float(r["closure"] or 0), last(r["recipient"]), r["condition"],
                     _several(r["mechanisms"]), r["instrument"], r["instrumentLabel"], r["article"])
                for r in self.rows("routes/rules", jurisdiction=jurisdiction)]

    def thresholds(self, jurisdiction: str) -> list[Threshold]:
        """Read the thresholds of a jurisdiction's rules."""
        return [Threshold(*_fact(r), r["rule"], last(r["mechanism"]), last(r["category"]), _number(r["atLeast"]), _number(r["lessThan"]), last(r["unit"]),
                          r["summary"])
                for r in self.rows("routes/thresholds", jurisdiction=jurisdiction)]

    def applicabilities(self, jurisdiction: str) -> list[Applicability]:
        """Read for whom the rules and recognitions of a jurisdiction hold."""
        return [Applicability(*_fact(r), r["of"], last(r["mechanism"]), last(r["effect"]), last(r["trait"]), last(r["category"]), r["followed"], r["summary"])
                for r in self.rows("routes/applicabilities", jurisdiction=jurisdiction)]

    def recognitions(self, recogniser: str) -> list[Recognition]:
        """Read the recognitions by a jurisdiction."""
        return [Recognition(*_fact(r), r["recognised"], r["recognisedLabel"], last(r["scheme"]), last(r["opened"]), r["scope"], r["decision"],
                            r["decisionLabel"])
                for r in self.rows("routes/recognitions", recogniser=recogniser)]

    def happenings(self, recogniser: str) -> dict[str, list[Happening]]:
        """Read what befell the decisions of a jurisdiction on recipients, by decision."""
        found: dict[str, list[Happening]] = {}
        for r in self.rows("routes/decisions", recogniser=recogniser):
            found.setdefault(r["decision"], []).append(Happening(last(r["event"]), _day(r["day"]), evidence(r)))
        return found

    def listings(self, actor: str) -> list[Listing]:
        """Read the lists on which an actor ever stood."""
        return [Listing(*_fact(r), r["listLabel"], r["instrument"], r["designator"]) for r in self.rows("routes/lists", designated=actor)]

    def bans(self, target: str, as_of: datetime.date) -> list[Ban]:
        """Read the measures that bar or suspend sending data to an actor."""
        return [Ban(r["rowLabel"], last(r["kind"]), r["jurisdiction"], r["scope"], r["instrument"], evidence(r))
                for r in self.rows("routes/bans", target=target, as_of=as_of.isoformat())]

    def access(self, jurisdiction: str, as_of: datetime.date) -> list[Access]:
        """Read the rules on access by authorities, and those that block it."""
        return [Access(last(r["kind"]), last(r["category"]), _several(r["mechanisms"]), r["condition"], r["instrument"],
                       ", ".join(t for t in (r["instrumentLabel"], r["article"]) if t), evidence(r))
                for r in self.rows("routes/access", jurisdiction=jurisdiction, as_of=as_of.isoformat())]

    def unions(self, actor: str, as_of: datetime.date) -> dict[str, tuple[str, Evidence]]:
        """Read the unions of an actor on a day: label and the row of membership."""
        return {r["union"]: (r["unionLabel"], evidence(r)) for r in self.rows("routes/unions", actor=actor, as_of=as_of.isoformat())}

    def commitments(self, a: str, b: str, as_of: datetime.date) -> list[Remark]:
        """Read the clauses on flows of data that bind both actors."""
        return [Remark(last(r["stance"]), f"{r['agreementLabel']}, {r['article']}", r["summary"], r["agreement"], (evidence(r),))
                for r in self.rows("routes/commitments", a=a, b=b, as_of=as_of.isoformat())]

    def stated(self, a: str, b: str, as_of: datetime.date) -> list[Remark]:
        """Read the conflicts between rules of both actors that a source states."""
        return [Remark("stated-conflict", f"{r['firstLabel']} and {r['secondLabel']}", r["summary"], r["first"], (evidence(r),))
                for r in self.rows("routes/stated", a=a, b=b, as_of=as_of.isoformat())]

    def derived_access(self, a: str, b: str, as_of: datetime.date) -> list[tuple[Remark, tuple[str, str]]]:
        """Read where a rule of either actor that reaches data abroad meets one of the other that blocks it, with the data category of each."""
        return [(Remark("derived-conflict", f"{r['reacherLabel']} {r['reachArticle']} and {r['blockerLabel']} {r['blockArticle']}".replace("  ", " ").strip(),
                        f"{r['reachCondition']} Against it: {r['blockCondition']}", r["reachInstrument"], (_side(r, "reach"), _side(r, "block"))),
                 (last(r["reachCategory"]), last(r["blockCategory"])))
                for r in self.rows("routes/derived-access", a=a, b=b, as_of=as_of.isoformat())]

    def derived_duties(self, a: str, b: str, as_of: datetime.date) -> list[tuple[Remark, str]]:
        """Read where a transfer rule of `a` meets a clause that binds both on free flows or data kept at home, with the rule."""
        return [(Remark("derived-conflict", f"{last(r['rule'])} and {r['agreementLabel']}, {r['article']}", r["summary"], r["agreement"],
                        (_side(r, "rule"), _side(r, "provision"))), r["rule"])
                for r in self.rows("routes/derived-duties", a=a, b=b, as_of=as_of.isoformat())]


def _side(row: Row, name: str) -> Evidence:
    """Return the evidence of one side of a conflict that was derived."""
    return Evidence(row[name], row[f"{name}Source"], row[f"{name}Locator"], last(row[f"{name}Grade"]))


def evidence(row: Row) -> Evidence:
    """Return the evidence of an answer's row."""
    return Evidence(row["row"], row["source"], row["locator"], last(row["grade"]))


def _fact(row: Row) -> tuple[str, datetime.date, datetime.date, Evidence]:
    return row["row"], _day(row["from"]), _day(row["until"]), evidence(row)


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def _number(text: str) -> int | None:
    return int(text) if text else None


def _several(text: str) -> tuple[str, ...]:
    return tuple(sorted(last(part) for part in text.split("; ") if part))
