"""Yearly slices become the moves of the powers: which scores changed most from one year to the next, and which instruments did it."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np

from comity.network.draws import Draw, observed
from comity.network.matrix import Array
from comity.network.slices import Change, slices
from comity.network.world import World
from comity.site.methods.figures import lines
from comity.site.methods.parts import Figure, Section, Table, number
from comity.site.methods.powers import PAIRS
from comity.site.methods.study import Study, pairs, shown

MOST = 15
#: effects that are smaller are not told from rounding
_SMALL = 0.005
_NAMED = 4


@dataclass(frozen=True)
class Year:
    """One day with its world table and the scores in it."""

    day: str
    world: World
    scores: dict[str, Array]


def moves(study: Study) -> Section:
    """Return the largest moves with their instruments, the number of changes by year, and A of the much discussed pairs by year."""
    first, last = study.plan.years
    years = [_year(study, f"{year}-01-01") for year in range(first, last + 1)]
    steps = slices([y.day for y in years], {y.day: network(y, study.powers) for y in years}.__getitem__)
    changes = [c for step in steps for c in step.changes if c.before and c.after]
    text = ("Each year's slice is that of 1 January, as known today. A tie is a score, and what stands behind it are instruments; "
            "moves are those of scores shown in both years. The effect of an instrument is what the score loses without it, as the others stand: "
            "effects need not add up to the move, as all margins move too. "
            "An instrument without a number acts through what no weight reaches (R2 follows the law itself) or by less than 0.005.")
    largest = _largest(study, changes, {y.day: y for y in years})
    return Section("Moves from year to year", (text, largest, _by_year(study, years, changes), _picture(study, years)))


def network(year: Year, powers: tuple[str, ...]) -> nx.MultiDiGraph[str]:
    """Return A and R of `powers` as a network whose ties carry the instruments behind them."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    places = year.world.index.places
    here = [p for p in powers if p in places]
    visible = {name: shown(year.world, name) for name in ("A", "R")}
    for a, b in ((here[i], here[j]) for i, j in pairs(len(here))):
        for name, source, target in (("A", a, b), ("R", a, b), ("R", b, a)):
            i, j = places[source], places[target]
            value = year.scores[name][i, j]
            if visible[name][i, j] and not np.isnan(value):
                through = behind(year.world, name, i, j)
                graph.add_edge(source, target, key=name, layer=name, directed=name == "R", weight=round(float(value), 4), through=" ".join(sorted(through)))
    return graph


def behind(table: World, name: str, i: int, j: int) -> set[str]:
    """Return the instruments behind A of two actors, or behind R from the first to the second."""
    return _for_alignment(table, i, j) if name == "A" else _for_rivalry(table, i, j)


def _for_alignment(table: World, i: int, j: int) -> set[str]:
    cells, held = table.rules.cells, table.commitments
    found = {int(k) for k in cells.instruments[[i, j]][:, (cells.instruments[[i, j]] >= 0).all(axis=0)].ravel()}
    found |= {int(k) for k in held.instruments[(held.held[i] * held.held[j]) > 0]}
    found |= {int(k) for k in table.ties.instruments[(table.ties.held[i] * table.ties.held[j]) > 0]}
    found |= {int(g[3]) for g in table.ties.grants if {int(g[0]), int(g[1])} == {i, j}}
    return {table.index.instruments[k] for k in found}


def _for_rivalry(table: World, i: int, j: int) -> set[str]:
    source, target = table.index.actors[i], table.index.actors[j]
    own = {r.instrument for part in ("R1", "R2") for r in table.records[part] if r.source == source and r.target in ("", target)}
    stated = {int(s[3]) for s in table.norms.stated if {int(s[0]), int(s[1])} == {i, j}}
    values, placed = np.nan_to_num(table.norms.cells.values), table.norms.cells.instruments
    against = (values[i] * values[j]) < 0
    return own | {table.index.instruments[k] for k in stated | {int(k) for k in placed[[i, j]][:, against].ravel() if k >= 0}}


def _year(study: Study, day: str) -> Year:
    table = study.world_on(day)
    return Year(day, table, table.scores())


def _largest(study: Study, changes: list[Change], years: dict[str, Year]) -> Table:
    groups: dict[tuple[object, ...], list[Change]] = {}
    for change in sorted(changes, key=lambda c: (-round(abs(c.after - c.before), 2), c.day, c.layer, c.source, c.target)):
        # what one does to all others alike is one move
        alike = (change.source, number(change.before), number(change.after)) if change.directed else (change.source, change.target)
        groups.setdefault((change.day, change.layer, *alike), []).append(change)
    effects = Effects(years)
    rows = tuple(_move(effects, found) for found in list(groups.values())[:MOST])
    columns = ("to 1 January", "pair", "score", "before", "after", "move", "came (effect)", "went (effect)")
    return Table(f"The {len(rows)} largest moves of the powers", study.origin("A", "R", day=f"{min(years)} to {max(years)}", draws=0), columns, rows,
                 "Effects are those on the first pair of a line.")


def _move(effects: Effects, found: list[Change]) -> tuple[str, ...]:
    first = found[0]
    others = ", ".join(c.target for c in found)
    return (first.day[:4], f"{first.source}{'→' if first.directed else '–'}{others}", first.layer, number(first.before), number(first.after),
            _signed(first.after - first.before), effects.told(first, first.day, first.came), effects.told(first, first.since, first.gone))


class Effects:
    """What a score loses without an instrument, each computed once, in the worlds of `years`."""

    def __init__(self, years: dict[str, Year]) -> None:
        self.years = years
        self._found: dict[tuple[str, str], dict[str, Array]] = {}

    def told(self, change: Change, day: str, names: tuple[str, ...]) -> str:
        """Return the instruments with their effects on that day, the strongest first."""
        effects = {name: self.effect(change, day, name) for name in names}
        order = sorted(names, key=lambda n: (-round(abs(effects[n]), 4), n))
        told = [f"{n} ({_signed(effects[n])})" if abs(effects[n]) >= _SMALL else n for n in order[:_NAMED]]
        return ", ".join(told) + (f" and {len(order) - _NAMED} more" if len(order) > _NAMED else "")

    def effect(self, change: Change, day: str, name: str) -> float:
        """Return the score of the pair on that day less what it would be without the instrument."""
        places = self.years[day].world.index.places
        i, j = places[change.source], places[change.target]
        value = float(self._scores(day, "")[change.layer][i, j] - self._scores(day, name)[change.layer][i, j])
        return 0.0 if np.isnan(value) else value

    def _scores(self, day: str, without: str) -> dict[str, Array]:
        """Return A and R as in a draw in which that instrument counts nothing; of nothing left out, as in one in which all count once."""
        if (day, without) not in self._found:
            table = self.years[day].world
            one = observed(len(table.index.instruments))
            counts = np.where(np.array(table.index.instruments) == without, 0.0, 1.0)
            scores = table.scores(Draw(counts, one.declared, one.drawn))
            self._found[day, without] = {name: scores[name] for name in ("A", "R")}
        return self._found[day, without]


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + number(value)


def _by_year(study: Study, years: list[Year], changes: list[Change]) -> Table:
    rows = []
    for year in years:
        own = [c for c in changes if c.day == year.day]
        causes: dict[str, int] = {}
        for change in own:
            for name in change.came + change.gone:
                causes[name] = causes.get(name, 0) + 1
        most = sorted(causes, key=lambda n: (-causes[n], n))[:3]
        moved = [abs(c.after - c.before) for c in own]
        rows.append((year.day[:4], str(len(year.world.index.actors)), str(len(year.world.index.instruments)), str(len(own)),
                     number(float(np.mean(moved)), 3) if moved else "", ", ".join(f"{n} ({causes[n]})" for n in most)))
    columns = ("1 January", "actors", "instruments", "scores that changed", "mean change", "in most of them (ties)")
    return Table("Changes by year", study.origin("A", "R", day=f"{years[0].day} to {years[-1].day}", draws=0), columns, tuple(rows))


def _picture(study: Study, years: list[Year]) -> Figure:
    series = {}
    for a, b in PAIRS:
        values = [_value(year, a, b) for year in years]
        if not all(np.isnan(values)):
            series[f"{a}–{b}"] = values
    title = "Alignment A of ten much discussed pairs by year"
    return Figure("moves", title, lines([float(y.day[:4]) for y in years], series, title=title))


def _value(year: Year, a: str, b: str) -> float:
    places = year.world.index.places
    if a not in places or b not in places or not shown(year.world, "A")[places[a], places[b]]:
        return float("nan")
    return float(year.scores["A"][places[a], places[b]])
