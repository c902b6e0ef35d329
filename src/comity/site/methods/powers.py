"""The scores of a slice become the matrices of the powers and the profiles of the pairs that are most talked of."""

from __future__ import annotations

import numpy as np

from comity.network.matrix import Array
from comity.site.methods.figures import heatmap
from comity.site.methods.parts import Figure, Section, Table, number, span
from comity.site.methods.study import Study, shown

#: the pairs that are most talked of, by our choice; those without evidence on the day are left out
PAIRS = (("CHN", "USA"), ("EU", "USA"), ("CHN", "EU"), ("EU", "GBR"), ("GBR", "USA"), ("EU", "JPN"), ("CHN", "JPN"), ("CHN", "IND"), ("IND", "USA"),
         ("RUS", "USA"))
_NONE = "·"


def powers(study: Study) -> Section:
    """Return A with intervals and R of the powers, as tables and pictures, and the profiles of the pairs."""
    text = ("A stands above the diagonal, its 90 % interval below. R runs from the row to the column. A dot stands where a score rests on fewer than three "
            "independent instruments. A and R stay two numbers: they answer different questions, and no average of the two is computed.")
    tables = (_alignment(study), _picture(study, "A"), _rivalry(study), _ends(study), _picture(study, "R"), _profiles(study))
    return Section("The powers", (text, *tables))


def _places(study: Study) -> list[int]:
    places = study.world.index.places
    return [places[a] for a in study.powers]


def _matrix(study: Study, title: str, *names: str, cells: list[list[str]], note: str = "") -> Table:
    rows = tuple((power, *row) for power, row in zip(study.powers, cells, strict=True))
    return Table(title, study.origin(*names), ("", *study.powers), rows, note)


def _alignment(study: Study) -> Table:
    values, ends, visible = study.scores.values["A"], study.scores.ends, shown(study.world, "A")
    places = _places(study)

    def cell(i: int, j: int, above: bool) -> str:
        if i == j:
            return ""
        if not visible[i, j]:
            return _NONE
        return number(values[i, j]) if above else span(ends.low["A"][i, j], ends.high["A"][i, j])

    return _matrix(study, "Alignment A", "A", cells=[[cell(i, j, a < b) for b, j in enumerate(places)] for a, i in enumerate(places)])


def _rivalry(study: Study) -> Table:
    values, visible, places = study.scores.values["R"], shown(study.world, "R"), _places(study)
    cells = [["" if i == j else number(values[i, j]) if visible[i, j] else _NONE for j in places] for i in places]
    return _matrix(study, "Rivalry R", "R", cells=cells)


def _ends(study: Study) -> Table:
    ends, visible, places = study.scores.ends, shown(study.world, "R"), _places(study)
    cells = [["" if i == j else span(ends.low["R"][i, j], ends.high["R"][i, j]) if visible[i, j] else _NONE for j in places] for i in places]
    return _matrix(study, "Rivalry R, 90 % intervals", "R", cells=cells)


def _picture(study: Study, name: str) -> Figure:
    places = _places(study)
    values: Array = np.where(shown(study.world, name), study.scores.values[name], np.nan)[np.ix_(places, places)]
    np.fill_diagonal(values, np.nan)
    what = {"A": "Alignment A of the powers; blue above 0, brown below", "R": "Rivalry R of the powers, from row to column"}[name]
    return Figure({"A": "alignment", "R": "rivalry"}[name], f"{what}, {study.reader.at.as_of}", heatmap(study.powers, values, title=what))


def _profiles(study: Study) -> Table:
    places = study.world.index.places
    rows = tuple(_profile(study, places[a], places[b]) for a, b in PAIRS if a in places and b in places)
    columns = ("pair", "A", "90 %", "A1", "A2", "A3 →", "A3 ←", "R →", "90 % →", "R ←", "90 % ←", "R1 →", "R1 ←", "R2 →", "R2 ←", "R3", "R4",
               "instruments of A", "of R →", "of R ←", "kind")
    return Table("Profiles", study.origin("A", "R"), columns, rows,
                 "→ from the first to the second. The kinds are those of Maoz et al. (2007): together where the lower end of A is above 0, "
                 "apart where that of R passes τ both ways. An empty cell is a part that is not known.")


def _profile(study: Study, i: int, j: int) -> tuple[str, ...]:
    scores, table = study.scores, study.world
    v, low, high, count = scores.values, scores.ends.low, scores.ends.high, table.instruments
    names = table.index.actors

    def of(name: str, a: int, b: int) -> str:
        return number(v[name][a, b]) if shown(table, name)[a, b] else _NONE

    def between(name: str, a: int, b: int) -> str:
        return span(low[name][a, b], high[name][a, b]) if shown(table, name)[a, b] else ""

    ways = [cell for a, b in ((i, j), (j, i)) for cell in (of("R", a, b), between("R", a, b))]
    parts = [of(name, a, b) for name in ("R1", "R2") for a, b in ((i, j), (j, i))]
    resting = [str(int(number_of)) for number_of in (count["A"][i, j], count["R"][i, j], count["R"][j, i])]
    return (f"{names[i]}–{names[j]}", of("A", i, j), between("A", i, j), of("A1", i, j), of("A2", i, j), of("A3", i, j), of("A3", j, i),
            *ways, *parts, of("R3", i, j), of("R4", i, j), *resting, scores.kind(i, j))
