"""The signed network and its layers become counts: who stands with and against how many, and in which layer."""

from __future__ import annotations

from collections import Counter

from comity.network.signing import multiplex, signed_network
from comity.network.structure import structure, summary
from comity.site.methods.parts import Section, Table, number
from comity.site.methods.study import Study


def signs(study: Study) -> Section:
    """Return the ties of the signed network, those of each power, and those of each layer."""
    return Section("The signed network", (_whole(study), _balance(study), _powers(study), _layers(study)))


def _whole(study: Study) -> Table:
    graph = signed_network(study.world, study.scores.ends)
    n = graph.number_of_nodes()
    why = Counter(str(d["why"]) for _, _, d in graph.edges(data=True))
    negative = sorted(tuple(sorted((a, b))) for a, b, d in graph.edges(data=True) if d["sign"] < 0)
    rows = (
        ("actors", str(n), ""), ("positive: share more than chance gives", str(why["shares"]), ""),
        ("positive: a hard treaty of the two alone, or a full recognition", str(why["tie"]), ""),
        ("negative: rivalry surely above τ both ways", str(why["rivalry"]), _listed(negative)),
        ("both at once, without an edge", str(len(graph.graph["mixed"])), _listed(graph.graph["mixed"])),
        ("neutral or unknown", f"{n * (n - 1) // 2 - graph.number_of_edges() - len(graph.graph['mixed']):,}", ""))
    return Table("Ties", study.origin("A", "R"), ("what", "number", "which"), rows)


def _balance(study: Study) -> Table:
    found = structure(signed_network(study.world, study.scores.ends), seed=study.plan.seed)
    told, blocs = summary(found), Counter(found.swing.partition.values())
    second = min(blocs, key=lambda bloc: (blocs[bloc], bloc))
    proof = "proven" if found.index.proven else f"gap {found.index.gap:.1%}"
    rows = (
        ("actors with a tie", str(told["tied"]), ""), ("frustration index L, exact", f"{found.index.value:g}", proof),
        ("F = 1 - 2 L / m", number(found.index.balance, 3), ""),
        ("balanced triangles", "" if found.triangle is None else number(found.triangle, 3), ""), ("walk balance", number(found.walk, 3), ""),
        ("z of triangles, signed configuration model", str(told["configuration_z"]), f"p {told['configuration_p']}" if found.configuration else ""),
        ("z of triangles, signs shuffled (contrast)", str(told["shuffle_z"]), f"p {told['shuffle_p']}" if found.shuffle else ""),
        ("smaller bloc", str(blocs[second]), ", ".join(sorted(n for n, b in found.swing.partition.items() if b == second))))
    note = ("Balance counts only where the configuration model, which keeps how friendly each actor is, does not give it; "
            "shuffled signs find it nearly everywhere.")
    return Table("Balance", study.origin("A", "R"), ("what", "number", "which"), rows, note)


def _powers(study: Study) -> Table:
    graph = signed_network(study.world, study.scores.ends)
    mixed = Counter(a for pair in graph.graph["mixed"] for a in pair)
    rows = []
    for power in study.powers:
        found = {sign: sorted(other for other in graph[power] if graph[power][other]["sign"] == sign) for sign in (1, -1)}
        among = ", ".join(a for a in found[1] if a in study.powers)
        rows.append((power, str(len(found[1])), str(len(found[-1])), str(mixed[power]), among, ", ".join(found[-1])))
    columns = ("power", "positive", "negative", "both at once", "positive among the powers", "negative with")
    return Table("Ties of the powers", study.origin("A", "R"), columns, tuple(rows))


def _layers(study: Study) -> Table:
    graph = multiplex(study.reader)
    rows = []
    for layer in study.reader.joining():
        edges = [(a, b) for a, b, key in graph.edges(keys=True) if key == layer.name]
        records = study.reader.records(layer.name)
        actors = {a for r in records for a in (r.source, r.target) if a}
        possible = len(actors) * (len(actors) - 1) / 2
        rows.append((layer.name, layer.mode, "+" if layer.sign > 0 else "-", str(len(records)), str(len(actors)), str(len(edges)),
                     number(len(edges) / possible, 4) if possible else "", str(len({a for edge in edges for a in edge}))))
    columns = ("layer", "kind", "sign", "records", "actors", "signed ties", "density", "actors with a tie")
    return Table("Ties by layer", study.origin(*(layer.name for layer in study.reader.joining()), draws=0), columns, tuple(rows),
                 "A layer of things shared ties two actors that share more of it than chance gives (false discovery rate below 5 %), "
                 "so few ties of many are kept.")


def _listed(pairs: object) -> str:
    return ", ".join("–".join(pair) for pair in pairs)  # type: ignore[attr-defined]
