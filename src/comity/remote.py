"""The address of a SPARQL 1.1 endpoint becomes a store that answers like the embedded one.

Every query is one request, without retries; what can go wrong on the way is one line that says how to mend it. One more
request, before the first query, learns whether the server's default graph is the union of our graphs and nothing else.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import IO, Final
from urllib.parse import SplitResult, unquote, urlsplit

import pyoxigraph as ox

from comity import __version__
from comity.errors import LimitError, QueryError, StoreError
from comity.results import Answer, answer_of, graph_answer
from comity.syntax import Term, bind, form, graphs_named, keywords, over, position, prologue, refuse_side_effects, tokens, undeclared
from comity.transport import Reply, one_line, send, shown
from comity.views import VIEW, Moment
from comity.vocabulary import DATASET, DATASET_GRAPH, OWL, VOID

ROW_TYPES: Final = "application/sparql-results+json, application/sparql-results+xml;q=0.5"
GRAPH_TYPES: Final = "application/n-triples, text/turtle;q=0.7, application/rdf+xml;q=0.5"
LARGEST: Final = 2**30
_GRAPH_NAME: Final = re.compile(r"""<[^<>"{}|^`\\\x00-\x20]*>|[^<>\s]*:[^<>\s]*""")
#: by which Virtuoso calls its own functions and procedures, and Jena classes
_SCHEMES: Final = ("bif:", "sql:", "java:")
#: Which graphs are ours, whether the default graph shows them, and whether it shows those of Virtuoso beside them.
_GRAPHS: Final = f"""SELECT ?graph ?union ?foreign WHERE {{
  GRAPH {DATASET_GRAPH} {{ {DATASET} <{VOID}subset> ?graph }}
  OPTIONAL {{ {DATASET} <{OWL}versionInfo> ?union }}
  OPTIONAL {{ <http://www.openlinksw.com/virtrdf-data-formats#default-iid> a ?foreign }}
}}"""


class RemoteStore:
    """A SPARQL 1.1 endpoint somewhere else.

    Queries go out as POST. Where the server holds our graphs and its default graph is not just their union, each query
    that names no dataset is asked over our graphs by name. Name and password in the address are sent as HTTP Basic.
    Attributes: `url`, the address without name and password; `timeout`, seconds for each answer as a whole; `limit`,
    the largest answer in bytes. Raises `StoreError` for what is no address; nothing is asked until the first query.
    """

    def __init__(self, url: str, prefixes: dict[str, str], *, timeout: float = 60, limit: int = LARGEST) -> None:
        parts = _address(url)
        self.url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        self._credentials = (unquote(parts.username or ""), unquote(parts.password or ""))
        self.prefixes = prefixes
        self.timeout = timeout
        self.limit = limit

    def query(self, text: str, parameters: Mapping[str, Term] | None = None, *,
              default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        """Send `text` and read the whole answer. Raises `QueryError` if the query is refused, `StoreError` if no answer came."""
        bound = bind(text, parameters or {})
        if (any(g.startswith(VIEW) for g in default_graphs) or VIEW in bound) and not self._has_views:
            raise StoreError(f"{shown(self.url)} knows no views of a day; ask queries of the library that take --as-of and --known-on themselves, "
                             "or a server of Comity")
        is_graph = form(bound) in ("CONSTRUCT", "DESCRIBE")
        if not (default_graphs or named_graphs or "FROM" in keywords(bound)):
            bound = over(bound, self._graphs)
        return self._ask(self._with_prefixes(bound), is_graph, default_graphs, named_graphs)

    def vet(self, text: str, services: Collection[str] = (), graphs: Sequence[str] = ()) -> None:
        """Raise `QueryError` if a query reaches out but to `services`, or if it, or `graphs` beside it, name a graph that the server does not hold.

        A server may fetch such a graph, so it is asked first, in one request that fetches nothing, which of them it holds.
        """
        refuse_side_effects(text, services)
        _refuse_extensions(text)
        form(text)
        named = {f"<{g}>": 0 for g in graphs} | dict(reversed(graphs_named(text)))
        asked = [(written, start) for written, start in named.items() if not written.startswith(f"<{VIEW}")]
        if not all(_GRAPH_NAME.fullmatch(written) for written, _ in asked):
            raise QueryError("the name of a graph is no IRI; percent-encode it")
        for number in sorted({*range(len(asked))} - self._held(prologue(text), [written for written, _ in asked])):
            written, start = asked[number]
            line, column = position(text, start) if start else (0, 0)
            raise QueryError(f"no graph of the dataset is called {written.strip('<>')}, and none is fetched", line=line, column=column)

    def _held(self, before: str, names: Sequence[str]) -> set[int]:
        """Return the numbers of the graphs in `names`, as written after the lines `before`, that the server holds."""
        if not names:
            return set()
        numbered = " ".join(f"({number} {name})" for number, name in enumerate(names))
        check = f"{before} SELECT DISTINCT ?n WHERE {{ VALUES (?n ?g) {{ {numbered} }} FILTER EXISTS {{ GRAPH ?g {{ ?s ?p ?o }} }} }}"
        return {int(row["n"] or 0) for row in self._ask(self._with_prefixes(check), False).rows}

    @cached_property
    def _has_views(self) -> bool:
        """Whether the server answers from a view: one that is not ours takes its name for that of an empty graph."""
        try:
            return str(self._ask("ASK { ?s ?p ?o }", False, [Moment(known_on=datetime.date.today()).iri]).rows.cells[0][0]).startswith('"true"')
        except QueryError:
            return False

    @cached_property
    def _graphs(self) -> tuple[str, ...]:
        """The graphs to name in a query: ours, or none where the default graph is just their union or the server has none of them."""
        try:
            rows = list(self._ask(_GRAPHS, False).rows)
        except QueryError:  # a server without named graphs
            return ()
        if all(row.get("union") and not row.get("foreign") for row in rows):
            return ()
        return tuple(sorted({str(row["graph"]) for row in rows if row.get("graph")}))

    def _ask(self, text: str, is_graph: bool, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Answer:
        from SPARQLWrapper import POST, SPARQLWrapper

        wrapper = SPARQLWrapper(self.url, agent=f"comity/{__version__}")
        wrapper.queryString, wrapper.queryType = text, "SELECT"  # setQuery guesses, and would send as an update what looks like one
        for name, graphs in (("default-graph-uri", default_graphs), ("named-graph-uri", named_graphs)):
            for graph in graphs:
                wrapper.addParameter(name, graph)
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)
        wrapper.setCredentials(*self._credentials)
        wrapper.addCustomHttpHeader("Accept", GRAPH_TYPES if is_graph else ROW_TYPES)
        reply = send(wrapper._createRequest(), seconds=self.timeout, size=self.limit)
        with reply.body:
            _refuse_cut(reply, shown(self.url))
            return _answer(reply, is_graph, self.url, self.prefixes)

    def _with_prefixes(self, text: str) -> str:
        """Declare, on the query's first line, the project's prefixes that it uses and does not declare."""
        missing = sorted({name for name, _ in undeclared(text)} & self.prefixes.keys())
        return " ".join(f"PREFIX {name}: <{self.prefixes[name]}>" for name in missing) + (" " if missing else "") + text


def _refuse_extensions(text: str) -> None:
    """Raise `QueryError` for what lets some servers fetch or run more than a query: pragmas, and functions named by a scheme of theirs."""
    for token in tokens(text):
        if (token.kind == "word" and token.text.upper() == "DEFINE") or (token.kind in ("iri", "name") and token.text.lower().lstrip("<").startswith(_SCHEMES)):
            line, column = position(text, token.start)
            raise QueryError(f"{one_line(token.text)} is refused: it is no SPARQL 1.1 and may reach out", line=line, column=column)


def _address(url: str) -> SplitResult:
    """Take an address apart. Raises `StoreError`, which shows neither name nor password."""
    safe = one_line(re.sub(r"//.*@", "//", url, flags=re.DOTALL))
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0 or not re.fullmatch(r"[!-~]+", url):
            raise ValueError
    except ValueError:
        raise StoreError(f"{safe} is no address of a SPARQL endpoint; write http://host/path or https://host/path, percent-encoded") from None
    if bool(parts.username) != bool(parts.password):
        raise StoreError(f"{safe} comes with half a login; write {parts.scheme}://NAME:PASSWORD@host/path, both percent-encoded")
    return parts


def _refuse_cut(reply: Reply, url: str) -> None:
    """Raise `LimitError` if the header says that rows are missing: Virtuoso answers 200 when it stopped at a limit of its own."""
    state, most = reply.header.get("X-SQL-State"), reply.header.get("X-SPARQL-MaxRows")
    if state:
        raise LimitError(f"{url} stopped at its time limit and gave a part of the rows ({one_line(state)}); narrow the query, or raise its limit")
    if most:
        raise LimitError(f"{url} gives no more than {one_line(most)} rows and may have cut the answer there; use a smaller LIMIT, or raise ResultSetMaxRows")


def _answer(reply: Reply, is_graph: bool, url: str, prefixes: dict[str, str]) -> Answer:
    """Read the body as what its media type says. Raises `StoreError` if that is nothing of ours, or the body is cut or malformed."""
    media = reply.header.get("Content-Type", "").partition(";")[0].strip().lower() or (GRAPH_TYPES if is_graph else ROW_TYPES).partition(",")[0]
    try:
        if is_graph and (triples := ox.RdfFormat.from_media_type(media)) is not None:
            return graph_answer((q.triple for q in ox.parse(reply.body, format=triples, base_iri=url)), prefixes)
        rows = ox.QueryResultsFormat.from_media_type(media)
        if not is_graph and rows in (ox.QueryResultsFormat.JSON, ox.QueryResultsFormat.XML):
            return answer_of(ox.parse_query_results(reply.body, format=rows), prefixes)
        wanted = "RDF" if is_graph else "SPARQL results in JSON or XML"
        failure = f"answered {one_line(media)} in place of {wanted} ({_glimpse(reply.body, begins=True)}); is it a SPARQL endpoint?"
    except (SyntaxError, ValueError) as error:
        failure = f"sent {media} that breaks off or is malformed ({one_line(str(error))}; {_glimpse(reply.body)}); ask again, or ask for less"
    raise StoreError(f"{shown(url)} {failure}")  # outside the handler: a context would keep the engine's results alive beyond this thread


def _glimpse(body: IO[bytes], *, begins: bool = False) -> str:
    length = body.seek(0, 2)
    body.seek(0 if begins else max(0, length - 60))
    text = one_line(body.read(60).decode("utf-8", "replace"))
    return f"it {'begins' if begins else 'ends'} {text!r}" if length else "it is empty"
