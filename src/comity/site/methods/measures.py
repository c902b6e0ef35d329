"""Scores of likeness become a comparison: how far A1 tells another story than S, κ and π, and what of each is mere activity."""

from __future__ import annotations

import numpy as np

from comity.network.matrix import Array
from comity.site.methods.parts import Section, Table, number
from comity.site.methods.study import Study, spearman


def measures(study: Study) -> Section:
    """Return the rank correlations of the measures with one another and with how active the two actors are."""
    text = ("A measure that corrects for one margin only, or for none, ranks pairs by how active the two are. So each stands beside "
            "the activity of the pair: for rules the mean level of the two over the topics known of each, for commitments the number of things held, added up.")
    return Section("A1 beside S, κ and π", (text, _rules(study), _commitments(study)))


def _upper(values: Array) -> Array:
    return np.asarray(values[np.triu_indices(len(values), 1)])


def _added(activity: Array) -> Array:
    return _upper(activity[:, None] + activity)


def _rules(study: Study) -> Table:
    cells = study.world.rules.cells.values
    known = ~np.isnan(cells)
    level = np.where(known, cells, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    names = {"A1": study.scores.values["A1"], "S": study.scores.companions["s"], "κ": study.scores.companions["kappa"], "π": study.scores.companions["pi"]}
    every = {name: _upper(values) for name, values in names.items()}
    both = ~np.isnan(np.stack(list(every.values()))).any(axis=0)
    kept = {name: np.where(both, values, np.nan) for name, values in every.items()}
    beside = {"mean level": _added(level), "topics in common": _upper(study.world.rules.common)}
    rows = tuple((name, *(number(spearman(mine, other)) for other in (*kept.values(), *beside.values())), number(float(np.nanmean(mine))))
                 for name, mine in kept.items())
    note = f"{int(both.sum()):,} pairs for which all four are known. S, κ and π are unweighted (Signorino and Ritter 1999; Häge 2011)."
    return Table("Rules: rank correlations (Spearman)", study.origin("A1", draws=0), ("", *kept, *(f"with {b}" for b in beside), "mean"), rows, note)


def _commitments(study: Study) -> Table:
    held = study.world.commitments.held
    shared = held @ held.T
    number_of = held.sum(axis=1)
    either = number_of[:, None] + number_of - shared
    names = {"A2": study.scores.values["A2"], "shared things": shared, "Jaccard": shared / np.maximum(either, 1), "A3": _mean(study.scores.values["A3"])}
    kept = {name: _upper(values) for name, values in names.items()}
    rows = tuple((name, *(number(spearman(mine, other)) for other in kept.values()), number(spearman(mine, _added(number_of)))) for name, mine in kept.items())
    return Table("Commitments: rank correlations (Spearman)", study.origin("A2", "A3", draws=0), ("", *kept, "with things held"), rows,
                 f"All {len(kept['A2']):,} pairs of {len(held)} actors.")


def _mean(values: Array) -> Array:
    return np.asarray((values + values.T) / 2)
