"""A graph becomes seven tools; each refuses what is too large or most likely not meant, and says the way out.

The functions are plain: any framework can offer them. Errors are the package's own.
"""

from __future__ import annotations

from comity import names
from comity.advice import Advice
from comity.agents.evidence import cells, sources
from comity.agents.examples import nearest
from comity.agents.model import Advised, Answered, Checked, Described, Evidence, Example, Examples, Explained, Fact, Found, Match, Reason, Way, Ways
from comity.describe import Description, Statement
from comity.errors import InputError, QueryError
from comity.graph import Graph
from comity.queries import find
from comity.results import Rows
from comity.routes import Route, to_json
from comity.store import refuse_malformed
from comity.syntax import refuse_side_effects
from comity.vocabulary import BASE, ID, PROV, RDF, prefixes

#: rows and cells that one answer may have, things that a name may mean, rows of one class
MOST_ROWS, MOST_CELLS, MOST_MATCHES, MOST_OF_CLASS, MOST_EXAMPLES = 500, 5_000, 25, 40, 10
WRONG = "wrong"
_HINT = ("no row of evidence in this answer states {names}: select also the row (?row prov:hadPrimarySource ?source) that says it, "
         "or take a query of the library, which does; counts and other computed values have no row of their own")


class Tools:
    """The tools over one graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.version = names.dataset_version(graph.store)

    def find_entity(self, name: str) -> Found:
        """Find a thing by name, former name, abbreviation, ISO code, kind/slug or IRI. Ask this first, and use the IRI from then on."""
        store = self.graph.store
        try:
            iri = names.resolve(store, name).value
            return Found([Match(iri, self._label(iri))], exact=True)
        except InputError as error:
            found = names.search(store, name)
            if not found:
                raise InputError(str(error)) from None
        if len(found) > MOST_MATCHES:
            raise InputError(f"more than {MOST_MATCHES} things have {name!r} in their names; write more of the name")
        return Found([Match(iri, label) for iri, label in found], exact=False)

    def describe(self, name: str, rows_of: str = "", as_of: str = "", known_on: str = "") -> Described:
        """Say what the graph holds of one thing, each fact with its rows of evidence; `rows_of` names a class of `rows_by_class` whose rows to give."""
        graph = self.graph.at(as_of or None, known_on or None)
        said = graph.describe(name)
        by_class = {kind.rsplit("#", 1)[-1] or "Other": rows for kind, rows in said.mentions.items()}
        if rows_of and rows_of not in by_class:
            raise InputError(f"no row of the class {rows_of} names {said.label}; there are {', '.join(by_class) or 'none'}")
        chosen = by_class[rows_of] if rows_of else ()
        if len(chosen) > MOST_OF_CLASS:
            raise InputError(f"{len(chosen)} rows of {rows_of} name {said.label}, and at most {MOST_OF_CLASS} are given; narrow with as_of, or use run_query "
                             f"with a query of the library (examples_for)")
        rows = {row.iri: [_fact(s, [row.iri]) for s in row.statements if _tells(s)] for row in chosen}
        why = self._reasons(said) if any(s.is_derived for s in said.statements) else []
        grounds = {(r.property, r.value): r.rows for r in why}
        facts = [_fact(s, grounds.get((s.predicate, s.value), []) if s.is_derived else [said.iri]) for s in said.statements if _tells(s)]
        evidence = sources(graph.store, {i for fact in (*facts, *(f for r in rows.values() for f in r)) for i in fact.rows})
        return Described(said.iri, said.label, facts, {kind: len(of) for kind, of in by_class.items()}, rows, evidence, self.version)

    def examples_for(self, question: str, most: int = 5) -> Examples:
        """Find the queries of the library nearest to a question in plain words; run one by its name with run_query, or adapt its text."""
        if not 1 <= most <= MOST_EXAMPLES:
            raise InputError(f"most={most}: ask for 1 to {MOST_EXAMPLES} examples")
        library = self.graph.queries()
        found = nearest(library, question, most)
        return Examples([Example(q.name, q.summary, {p.name: f"{p.type}, default {p.default}" for p in q.parameters}, q.text) for q in found], len(library))

    def check_query(self, query: str) -> Checked:
        """Say, without running it, whether a SPARQL query can be read and would be run, and what in it is slow, unknown or most likely not meant."""
        try:
            refuse_side_effects(query)
            refuse_malformed(query, prefixes(self.graph.layout.ontology))
        except QueryError as error:
            return Checked(False, str(error), error.line, error.column, [])
        advice = self.graph.advise(query)
        return Checked(not _wrong(advice), _refusal(advice), 0, 0, _advised(advice))

    def run_query(self, query: str, parameters: dict[str, str] | None = None, as_of: str = "", known_on: str = "", despite: bool = False) -> Answered:
        """Run a SPARQL query, or a query of the library by its name with parameters; all rows with their evidence, or a refusal that says the way out.

        A query that check_query calls wrong runs only with `despite`.
        """
        is_text = any(mark in query for mark in "{}")
        if not is_text:
            given = {**(parameters or {}), **{k: v for k, v in (("as_of", as_of), ("known_on", known_on)) if v}}
            question = find(self.graph.queries(), query)
            return self._answered(self.graph.ask(question.name, **given), [])
        if parameters:
            raise InputError("parameters belong to queries of the library; write the values into the query, or give a name that examples_for lists")
        refuse_side_effects(query)
        refuse_malformed(query, prefixes(self.graph.layout.ontology))
        advice = self.graph.advise(query)
        if _wrong(advice) and not despite:
            raise InputError(f"{_refusal(advice)}; mend it, or send it again with despite=true")
        return self._answered(self.graph.at(as_of or None, known_on or None).query(query), _advised(advice))

    def route(self, exporter: str, importer: str, as_of: str = "today", known_on: str = "latest", data: str = "personal-data", sender: str = "",
              recipient: str = "") -> Ways:
        """Give the legal bases for sending data from the exporter's place to the importer's, with conditions and sources: information, not legal advice."""
        asked = self.graph.route(exporter, importer, as_of=as_of, known_on=known_on, data=data, sender=sender, recipient=recipient)
        return self._ways(asked)

    def explain(self, name: str, known_on: str = "latest") -> Explained:
        """Say on which rows and sources a row or thing rests, and why each statement derived about it stands: the rule and the rows behind it."""
        said = self.graph.describe(name)
        reasons = self._reasons(said, known_on)
        return Explained(said.iri, said.label, sources(self.graph.store, [said.iri]), reasons,
                         sources(self.graph.store, {row for reason in reasons for row in reason.rows}), self.version)

    def _answered(self, rows: Rows, advice: list[Advised]) -> Answered:
        if len(rows) > MOST_ROWS or len(rows) * len(rows.names) > MOST_CELLS:
            raise InputError(f"the answer has {len(rows)} rows of {len(rows.names)} columns, and at most {MOST_ROWS} rows and {MOST_CELLS} cells are given, "
                             "none cut off; count or group in the query, narrow it, or page with ORDER BY, LIMIT and OFFSET")
        lines, evidence = cells(self.graph.store, rows)
        unsourced = [name for i, name in enumerate(rows.names) if any(line[i].kind != "unbound" and not line[i].rows for line in lines)]
        return Answered(list(rows.names), lines, evidence, unsourced, _HINT.format(names=", ".join(unsourced)) if unsourced else "", advice, self.version)

    def _reasons(self, said: Description, known_on: str = "latest") -> list[Reason]:
        found: dict[tuple[str, str, str, str], list[str]] = {}
        for row in self.graph.ask("provenance/why-derived", thing=said.iri, known_on=known_on):
            key = (str(row["property"]), str(row["value"]), str(row["rule"]), str(row["derivation"]))
            found.setdefault(key, []).append(str(row["evidence"]))
        return [Reason(*key, sorted(set(rows))) for key, rows in sorted(found.items())]

    def _ways(self, route: Route) -> Ways:
        said = to_json(route)
        cited = {e["row"] for part in ("bases", "conflicts", "onward") for way in said[part] for e in way["evidence"] if e["row"]}
        known = {e.row: e for e in sources(self.graph.store, {_full(row) for row in cited})}
        bases, conflicts, onward = ([_way(way, known) for way in said[part]] for part in ("bases", "conflicts", "onward"))
        return Ways(said["from_label"], said["to_label"], said["as_of"], said["known_on"], said["data"], said["coded"], said["explanation"], bases,
                    conflicts, onward, said["notice"], self.version)

    def _label(self, iri: str) -> str:
        try:
            return self.graph.describe(iri).label
        except InputError:
            raise InputError(f"nothing is known of {iri}; search by ISO code, name or kind/slug") from None


def _way(said: dict[str, object], known: dict[str, Evidence]) -> Way:
    cited = said["evidence"]
    assert isinstance(cited, list)
    conditions = said.get("conditions") or []
    assert isinstance(conditions, list)
    evidence = [known.get(_full(e["row"])) or Evidence(_full(e["row"]), e["source"], "", "", e["locator"], e["grade"]) for e in cited]
    text = {key: str(said.get(key) or "") for key in ("mechanism", "kind", "label", "status", "explanation", "summary", "instrument")}
    return Way(text["mechanism"] or text["kind"], text["label"], text["status"], text["explanation"] or text["summary"], conditions,
               text["instrument"], evidence)


def _full(row: str) -> str:
    return row if row.startswith("http") or not row else (BASE if row.startswith(("id/", "concept/")) else ID) + row


def _fact(statement: Statement, rows: list[str]) -> Fact:
    return Fact(statement.predicate, statement.value, statement.value_label, statement.is_derived, rows)


def _tells(statement: Statement) -> bool:
    """Whether a statement says something of the thing, and is not about its row."""
    return statement.predicate not in (RDF + "type", PROV + "hadPrimarySource") and statement.property_label not in (
        "locator", "evidence grade", "recorded on", "retracted on", "known from", "known until", "held from", "held until", "possibly from", "possibly until")


def _wrong(advice: tuple[Advice, ...]) -> bool:
    return any(a.severity == WRONG for a in advice)


def _refusal(advice: tuple[Advice, ...]) -> str:
    return "; ".join(f"line {a.line}, column {a.column}: {a.message}, instead: {a.remedy}" for a in advice if a.severity == WRONG)


def _advised(advice: tuple[Advice, ...]) -> list[Advised]:
    return [Advised(a.rule, a.severity, a.line, a.column, a.message, a.remedy) for a in advice]
