"""Matrices and series of numbers become pictures: SVG from templates, with fixed places, so that the same numbers give the same bytes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from comity.network.matrix import Array
from comity.site.methods.parts import number
from comity.site.pages import environment

_CELL, _LEFT, _TOP = 34, 48, 34
_WIDTH, _HEIGHT, _MARGIN = 560, 260, 44
#: ends of the colours: below 0 towards the first, above 0 towards the second (told apart also by readers who see no red or green)
_BELOW, _ABOVE = (178, 88, 18), (28, 86, 160)
#: distances between the levels of an axis
_STEPS = tuple(k * 10.0**power for power in range(-2, 7) for k in (1, 2, 5))
_LINES = ("#1c56a0", "#b25812", "#3f7d4e", "#8a3f8f", "#7a6a00", "#0b7c86", "#a32a4a", "#555555", "#5b5bd6", "#9a7b4f")


def heatmap(names: Sequence[str], values: Array, *, title: str) -> str:
    """Return a square of cells, one a pair of `names` (n × n `values`, from -1 to 1; NaN stays white)."""
    cells = [{"x": _LEFT + _CELL * j, "y": _TOP + _CELL * i, "fill": _colour(value), "ink": "#fff" if abs(value) > 0.6 else "#222", "text": number(value)}
             for i, row in enumerate(values.tolist()) for j, value in enumerate(row) if not math.isnan(value)]
    heads = [(name, _LEFT + _CELL * k + _CELL // 2, _TOP + _CELL * k + _CELL // 2) for k, name in enumerate(names)]
    return _filled("heatmap.svg", title=title, cells=cells, heads=heads, cell=_CELL, left=_LEFT, top=_TOP,
                   width=_LEFT + _CELL * len(names) + 4, height=_TOP + _CELL * len(names) + 4)


def lines(along: Sequence[float], series: Mapping[str, Sequence[float]], *, title: str) -> str:
    """Return lines over the places `along`, one for each of `series`; a number that is not known breaks its line."""
    known = [v for values in series.values() for v in values if not math.isnan(v)] or [0.0]
    step = next(s for s in _STEPS if max(*known, 0.0) - min(*known, 0.0) <= 5 * s)
    low, high = (step * turn(end / step) for turn, end in ((math.floor, min(*known, 0.0)), (math.ceil, max(*known, 0.0))))
    left, right = min(along), max(along)

    def place(x: float, y: float) -> tuple[float, float]:
        across = (x - left) / ((right - left) or 1.0)
        up = (y - low) / ((high - low) or 1.0)
        return round(_MARGIN + across * (_WIDTH - _MARGIN - 90), 1), round(_HEIGHT - 30 - up * (_HEIGHT - 60), 1)

    drawn = [_line(name, [place(x, y) for x, y in zip(along, values, strict=True) if not math.isnan(y)], _LINES[k % len(_LINES)])
             for k, (name, values) in enumerate(sorted(series.items()))]
    _part_labels(drawn)
    levels = [(f"{round(low + step * k, 6) + 0.0:g}", *place(left, low + step * k)) for k in range(round((high - low) / step) + 1)]
    ticks = [(f"{x:g}", *place(x, low)) for x in along]
    return _filled("lines.svg", title=title, lines=drawn, levels=levels, ticks=ticks, width=_WIDTH, height=_HEIGHT, right=_WIDTH - 90)


def _line(name: str, points: list[tuple[float, float]], colour: str) -> dict[str, object]:
    return {"name": name, "colour": colour, "points": " ".join(f"{x},{y}" for x, y in points), "y": points[-1][1] if points else _HEIGHT}


def _part_labels(drawn: list[dict[str, object]]) -> None:
    """Move the labels at the ends of lines apart, in the order in which the lines end, and back up where they would leave the picture."""
    order = sorted(drawn, key=lambda d: (float(str(d["y"])), str(d["name"])))
    last = 0.0
    for one in order:
        one["y"] = last = round(max(float(str(one["y"])), last + 11), 1)
    last = float(_HEIGHT + 5)
    for one in reversed(order):
        one["y"] = last = round(min(float(str(one["y"])), last - 11), 1)


def _colour(value: float) -> str:
    share = min(abs(value), 1.0)
    end = _ABOVE if value >= 0 else _BELOW
    return "#" + "".join(f"{round(255 + (channel - 255) * share):02x}" for channel in end)


def _filled(template: str, **context: object) -> str:
    return environment().get_template(template).render(**context)
