"""What is known of the field becomes a test of the graph: who stands at the centre of digital trade and of recognition, and who between blocs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import networkx as nx

from comity.network.brokerage import brokerage
from comity.network.centrality import centrality
from comity.network.coreperiphery import core_periphery
from comity.network.directed import directed
from comity.network.participation import participation
from comity.network.project import project
from comity.site.methods import dyads
from comity.site.methods.parts import Section, Table, chance, number
from comity.site.methods.study import Study

#: what the literature says of digital trade, and how far down the list still counts as central
CENTRAL, AMONG = ("AUS", "JPN", "SGP"), 5
HUB = "EU"
_DIGITAL = "SELECT ?agreement WHERE { ?agreement a comity:DigitalEconomyAgreement }"
_FIRST = 10


@dataclass(frozen=True)
class Fact:
    """Something known, what the graph says of it, and whether they agree."""

    known: str
    found: str
    holds: bool


def known(study: Study) -> Section:
    """Return the tables of digital trade and of recognition, each known fact and whether it holds."""
    trade = _bipartite(study)
    recognition: nx.DiGraph[str] = study.layer("recognitions")  # type: ignore[assignment]
    facts = [*_of_trade(trade), *_of_recognition(study, recognition)]
    rows = tuple((fact.known, fact.found, "yes" if fact.holds else "no") for fact in facts)
    verdict = Table("Known facts", study.origin("trade", "recognitions", draws=0), ("what is known", "what the graph says", "holds"), rows,
                    f"Central means among the first {AMONG}; equals share a rank.")
    return Section("Known facts", (verdict, *_trade(study, trade), _degrees(study, recognition), _direction(study, recognition),
                                   _brokers(study, recognition), _participation(study)))


def _bipartite(study: Study) -> dict[str, nx.Graph[str]]:
    """Return who shares trade agreements on data, and who shares agreements on the digital economy alone, weighted by their number."""
    digital = {str(r["agreement"]).rpartition("/")[2] for r in study.graph.query(_DIGITAL)}
    holders = dyads.held(study.reader, "trade")
    alone = {thing: who for thing, who in holders.items() if thing in digital}
    return {"digital economy agreements": _joined(alone), "all trade agreements with rules on data": _joined(holders)}


def _joined(holders: Mapping[str, set[str]]) -> nx.Graph[str]:
    """Join those who share things, one of k holders counting 1 / (k - 1), so that the strength of a node is the number of its things."""
    graph: nx.Graph[str] = nx.Graph()
    for _, who in sorted(holders.items()):
        for a, b in combinations(sorted(who), 2):
            graph.add_edge(a, b, weight=graph.get_edge_data(a, b, {"weight": 0.0})["weight"] + 1 / (len(who) - 1))
    return graph


def _ranks(values: Mapping[Any, float]) -> dict[str, int]:
    """Return node → rank, the highest value first; equals share the better rank."""
    ordered = sorted(values.values(), reverse=True)
    return {str(node): ordered.index(value) + 1 for node, value in values.items()}


def _of_trade(graphs: Mapping[str, nx.Graph[str]]) -> list[Fact]:
    facts = []
    for name, graph in graphs.items():
        scores = centrality(graph).scores if graph.number_of_edges() else {}
        for measure, what in (("strength", "by number of agreements"), ("eigenvector", "by eigenvector centrality")):
            ranks = _ranks(_rounded(scores.get(measure, {})))
            found = ", ".join(f"{a} {ranks[a]}" if a in ranks else f"{a} without a tie" for a in CENTRAL)
            facts.append(Fact(f"Singapore, Japan and Australia are central among {name}, {what}", f"rank {found} of {len(ranks)}",
                              all(ranks.get(a, AMONG + 1) <= AMONG for a in CENTRAL)))
    return facts


def _rounded(values: Mapping[Any, float]) -> dict[Any, float]:
    """Round away what differs by rounding only, so that equals are equal."""
    return {node: round(value, 9) for node, value in values.items()}


def _of_recognition(study: Study, graph: nx.DiGraph[str]) -> list[Fact]:
    out, into = (_ranks(dict(d)) for d in (graph.out_degree(), graph.in_degree()))
    shape, core = directed(graph, draws=study.plan.fewer, seed=study.plan.seed), core_periphery(graph, draws=study.plan.fewer, seed=study.plan.seed)
    p = 1.0 if core.p is None else core.p
    return [
        Fact("The European Union is the hub of recognition: it recognises more than any other",
             f"rank {out.get(HUB, 0)} by those it recognises", out.get(HUB) == 1),
        Fact("The European Union is recognised by more than any other", f"rank {into.get(HUB, 0)} by those that recognise it", into.get(HUB) == 1),
        Fact("Recognition is returned more than degrees alone give", f"reciprocity {number(shape.reciprocity)}, expected {number(shape.mean['reciprocity'])}, "
             f"p {chance(shape.p['reciprocity'])}", shape.reciprocity > shape.mean["reciprocity"] and shape.p["reciprocity"] < 0.05),
        Fact("Recognition has a core and a periphery beyond what degrees force",
             f"fitness {number(core.fitness)}, expected {number(core.expected or 0.0)}, p {chance(p)}; core: {', '.join(map(str, core.core))}", p < 0.05)]


def _trade(study: Study, graphs: Mapping[str, nx.Graph[str]]) -> list[Table]:
    tables = []
    for name, graph in graphs.items():
        rows: list[tuple[str, ...]] = []
        if graph.number_of_edges():
            scores = centrality(graph).scores
            ranked = sorted(_rounded(scores["eigenvector"]).items(), key=lambda pair: (-pair[1], pair[0]))[:_FIRST]
            rows = [(str(a), f"{scores['degree'][a]:.0f}", f"{scores['strength'][a]:.0f}", number(scores["betweenness"][a], 3), number(value, 3))
                    for a, value in ranked]
        columns = ("actor", "partners", "agreements", "betweenness", "eigenvector")
        tables.append(Table(f"Centrality among {name}", study.origin("trade", draws=0), columns, tuple(rows),
                            f"The first {len(rows)} of {graph.number_of_nodes()} actors by eigenvector centrality; "
                            "an agreement of k parties ties each pair by 1 / (k - 1)."))
    return tables


def _degrees(study: Study, graph: nx.DiGraph[str]) -> Table:
    back = {a: sum(graph.has_edge(b, a) for b in graph.successors(a)) for a in graph}
    order = sorted(graph, key=lambda a: (-graph.out_degree(a) - graph.in_degree(a), a))[:_FIRST]
    rows = tuple((a, str(graph.out_degree(a)), str(graph.in_degree(a)), str(back[a])) for a in order)
    return Table("Recognition: who recognises how many", study.origin("recognitions", draws=0), ("actor", "recognises", "is recognised by", "both ways"), rows,
                 f"The first {len(rows)} of {graph.number_of_nodes()} actors; {graph.number_of_edges()} recognitions.")


def _direction(study: Study, graph: nx.DiGraph[str]) -> Table:
    found = directed(graph, draws=study.plan.fewer, seed=study.plan.seed)
    rows = tuple((name, number(value), number(found.mean[name]), number(found.sd[name], 3), number(found.z[name]), chance(found.p[name]))
                 for name, value in (("reciprocity", found.reciprocity), ("closure", found.closure)))
    columns = ("measure", "observed", "expected", "sd", "z", "p")
    return Table("Recognition: returned, and closed", study.origin("recognitions", draws=study.plan.fewer), columns, rows,
                 f"Expected where every actor keeps its in- and out-degree. ρ of Garlaschelli and Loffredo (2004): {number(found.rho)}.")


def _brokers(study: Study, graph: nx.DiGraph[str]) -> Table:
    facts = dyads.Facts(study, study.reader)
    found = brokerage(graph, facts.regions(graph), null="labels")
    roles = ("coordinator", "itinerant", "gatekeeper", "representative", "liaison")
    order = sorted(found.count, key=lambda a: (-found.count[a]["total"], str(a)))[:_FIRST]
    rows = tuple((str(a), facts.regions([str(a)])[str(a)], str(found.count[a]["total"]), *(f"{found.count[a][r]} ({_z(found.z[a][r])})" for r in roles))
                 for a in order if found.count[a]["total"])
    return Table("Recognition: brokers between continents", study.origin("recognitions", draws=0), ("actor", "continent", "open paths", *roles), rows,
                 "Roles of Gould and Fernandez (1989), z in brackets where the continents of the others are dealt out at random; "
                 "a bar where these cannot vary.")


def _z(value: float | None) -> str:
    return "–" if value is None else number(value, 1)


def _participation(study: Study) -> Table:
    joining = tuple(layer.name for layer in study.reader.joining() if layer.sign > 0)
    graph = project(study.graph.store, study.graph.layout.queries, reader=study.reader, layers=joining)
    found = participation(graph)
    rows = tuple((a, *(str(found.degree[a][layer]) for layer in found.layers), str(found.overlap[a]), _z(found.z[a]), number(found.coefficient[a] or 0.0))
                 for a in study.powers if a in found.degree)
    return Table("Participation of the powers across layers", study.origin(*joining, draws=0), ("power", *found.layers, "all", "z", "participation"), rows,
                 "Partners by layer; participation (Battiston et al. 2014) is 0 if all ties stand in one layer, 1 if they are spread evenly. "
                 "Trade, access and ai are cut out of agreements and declarations, and count again.")
