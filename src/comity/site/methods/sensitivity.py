"""The choices behind the scores become tables of what they decide: each is varied while the others stay."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from comity.network.composite import REACH, rivalry
from comity.network.draws import observed
from comity.network.matrix import Array
from comity.network.restriction import NEUTRAL
from comity.network.scores import Scores
from comity.network.signing import ALPHA, TAU, rivals, signed_network
from comity.network.world import LEAST
from comity.site.methods.figures import lines
from comity.site.methods.parts import Figure, Section, Table, number
from comity.site.methods.study import Mask, Study, pairs, shown, spearman

ALPHAS = (0.01, 0.05, 0.1, 0.2, 0.3)
#: a rank correlation from which on a choice leaves the ranks as they are
_ALIKE = 0.9
TAUS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
NEUTRALS = (0.0, 0.25, 0.5)
REACHES: Mapping[str, Mapping[str, float]] = {
    "declared": REACH, "all 0.9": dict.fromkeys(REACH, 0.9), "all 0.5": dict.fromkeys(REACH, 0.5),
    **{f"without {name}": {k: v for k, v in REACH.items() if k != name} for name in REACH}}


def sensitivity(study: Study) -> Section:
    """Return what equal weights, ρ, v, τ, the stage and unions apart change."""
    return Section("What hangs on our choices", (_equal(study), _rivalry(study), *_thresholds(study), _discoveries(study), _slices(study)))


def _equal(study: Study) -> Table:
    rows = []
    for name in ("A", "R"):
        declared, equal = study.scores.values[name], study.scores.equal[name]
        visible = shown(study.world, name) & ~np.eye(len(declared), dtype=bool) & ~np.isnan(declared)
        change = np.abs(equal - declared)
        alike = spearman(declared[visible], equal[visible])
        rows.append((name, f"{int(visible.sum()) // (2 if name == 'A' else 1):,}", number(alike, 3), number(_mean(change[visible]), 3),
                     *_largest(study, change, visible, declared, equal), _kept(alike)))
    columns = ("score", "pairs", "rank correlation", "mean change", "largest among the powers", "declared", "equal", "ranks kept")
    return Table("Equal weights", study.origin("A", "R", draws=0), columns, tuple(rows),
                 f"Every weight that is not 0 set to 1; R counts both directions of a pair. Ranks are kept from a correlation of {_ALIKE} on.")


def _largest(study: Study, change: Array, visible: Mask, declared: Array, equal: Array) -> tuple[str, str, str]:
    """Return the pair of powers whose score changes most, with both values."""
    found = [(change[i, j], i, j) for i in _places(study) for j in _places(study) if visible[i, j]]
    if not found:
        return "", "", ""
    _, i, j = max(found)
    return f"{study.world.index.actors[i]}–{study.world.index.actors[j]}", number(declared[i, j]), number(equal[i, j])


def _kept(correlation: float) -> str:
    return "" if np.isnan(correlation) else "yes" if correlation >= _ALIKE else "no"


def _mean(values: Array) -> float:
    return float(values.mean()) if values.size else float("nan")


def _places(study: Study) -> list[int]:
    return [study.world.index.places[a] for a in study.powers]


def _rivalry(study: Study) -> Table:
    table, one = study.world, observed(len(study.world.index.instruments))
    base = study.scores.values
    variants = {f"ρ = {rho:g}": (dict(base) | {"R1": table.restriction.score(one, neutral=rho)}, REACH) for rho in NEUTRALS}
    variants |= {f"v: {name}": (dict(base), reach) for name, reach in REACHES.items()}
    aimed = table.instruments["aimed"]
    enough = aimed + aimed.T >= LEAST
    visible = shown(table, "R") & ~np.eye(len(aimed), dtype=bool)
    rows = []
    for name, (parts, reach) in variants.items():
        found = rivalry(parts, reach)
        apart = np.triu((np.minimum(found, found.T) > TAU) & enough, 1)
        among = found[np.ix_(_places(study), _places(study))]
        alike = spearman(base["R"][visible], found[visible])
        means = number(_mean(found[visible])), number(_mean(among[~np.eye(len(among), dtype=bool)]))
        # the declared choice, and one that changes nothing, is no test
        changes = not np.allclose(found, base["R"], rtol=0, atol=1e-12)
        rows.append((name, *means, number(alike), str(int(apart.sum())), _kept(alike) if changes else ""))
    columns = ("choice", "mean R", "mean R of the powers", "rank correlation with the declared", f"pairs with R > {TAU} both ways", "ranks kept")
    return Table("How rivalry is put together", study.origin("R", draws=0), columns, tuple(rows),
                 f"As observed, not at the lower end of the interval; the declared choice is ρ = {NEUTRAL:g}. "
                 "Pairs at which at least three instruments are aimed.")


def _thresholds(study: Study) -> tuple[Table, Figure]:
    positive = _joined(study.scores)
    rows, counts = [], []
    for tau in TAUS:
        apart: Mask = np.triu(rivals(study.world, study.scores.ends, tau=tau), 1).astype(bool)
        both = int((apart & positive).sum())
        counts.append(float(apart.sum()) - both)
        rows.append((f"{tau:g}", str(int(apart.sum()) - both), str(both), _listed(study, apart)))
    columns = ("τ", "negative ties", "both at once", "pairs")
    table = Table("From which rivalry on a tie is negative", study.origin("A", "R"), columns, tuple(rows),
                  f"{int(positive.sum())} pairs stand together; the declared τ is {TAU:g}.")
    title = "Negative ties by the threshold τ"
    return table, Figure("threshold", f"{title}, {study.reader.at.as_of}", lines(TAUS, {"negative": counts}, title=title))


def _discoveries(study: Study) -> Table:
    rates = study.world.commitments.q_upper
    rows = tuple((f"{alpha:g}", str(int(np.triu(rates < alpha, 1).sum())), _listed(study, np.triu(rates < alpha, 1))) for alpha in ALPHAS)
    upper = rates[np.triu_indices(len(rates), 1)]
    return Table("At which rate of false discoveries a pair shares more than chance", study.origin("A2", draws=0), ("rate", "pairs", "which"), rows,
                 f"{int((~np.isnan(upper)).sum()):,} pairs are tested; the smallest rate of any is {number(float(np.nanmin(upper)), 3)}. "
                 f"The declared rate is {ALPHA:g}.")


def _joined(scores: Scores) -> Mask:
    """Return which pairs stand together (n × n, above the diagonal), whatever stands between them."""
    graph, places = signed_network(scores.world, scores.ends, tau=1.0), scores.world.index.places
    table = np.zeros((len(places),) * 2, dtype=bool)
    for a, b in graph.edges():
        table[min(places[a], places[b]), max(places[a], places[b])] = True
    return table


def _listed(study: Study, table: Mask) -> str:
    actors = study.world.index.actors
    found = [f"{actors[i]}–{actors[j]}" for i, j in pairs(len(actors)) if table[i, j]]
    return ", ".join(found[:12]) + (f" and {len(found) - 12} more" if len(found) > 12 else "")


def _slices(study: Study) -> Table:
    variants: dict[str, dict[str, object]] = {
        "in force": {"stage": "in-force"}, "also applied provisionally (declared)": {}, "also signed": {"stage": "signed"},
        "unions apart": {"unions_as_one": False}}
    rows = [_counted(name, study.scored(draws=study.plan.fewer, **changes), study) for name, changes in variants.items()]
    columns = ("slice", "actors", "positive ties", "negative ties", "both at once", "rank correlation of A", "of R")
    return Table("Stage of treaties, and unions", study.origin("A", "R", draws=study.plan.fewer), columns, tuple(rows),
                 "Correlations are with the declared slice over the pairs that both hold.")


def _counted(name: str, scores: Scores, study: Study) -> tuple[str, ...]:
    graph = signed_network(scores.world, scores.ends)
    signs = [d["sign"] for _, _, d in graph.edges(data=True)]
    own, ours = scores.world.index.places, study.world.index.places
    common = sorted(own.keys() & ours.keys())
    mine, theirs = [own[a] for a in common], [ours[a] for a in common]
    alike = [number(spearman(scores.values[s][np.ix_(mine, mine)][upper], study.scores.values[s][np.ix_(theirs, theirs)][upper]))
             for s, upper in (("A", np.triu_indices(len(common), 1)), ("R", np.nonzero(~np.eye(len(common), dtype=bool))))]
    return name, str(len(own)), str(signs.count(1)), str(signs.count(-1)), str(len(graph.graph["mixed"])), *alike
