"""Series of points become a line chart in SVG with two logarithmic axes, the same bytes for the same points."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 210, 40, 50
COLOURS = ("#0072b2", "#56b4e9", "#009e73", "#e69f00", "#d55e00", "#cc79a7", "#555555", "#b2a800")
Points = Sequence[tuple[float, float]]


def chart(title: str, x_name: str, y_name: str, series: Mapping[str, Points]) -> str:
    """Draw each series as a line with its name beside its end; both axes logarithmic, marked at powers of ten."""
    drawn = {name: sorted(points) for name, points in series.items() if points}
    xs = [x for points in drawn.values() for x, _ in points]
    ys = [y for points in drawn.values() for _, y in points]
    axes = _Axes(_decades(xs), _decades(ys))
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" role="img">',
             f"<title>{escape(title)}</title>", f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
             f'<text x="{LEFT}" y="22" font-size="15" fill="#222222">{escape(title)}</text>',
             *_grid(axes, x_name, y_name)]
    ends = _spread({name: axes.y(points[-1][1]) for name, points in drawn.items()})
    for number, name in enumerate(series):
        if name in drawn:
            parts += _line(axes, name, drawn[name], COLOURS[number % len(COLOURS)], ends[name])
    return "\n".join([*parts, "</svg>"]) + "\n"


class _Axes:
    """Where a value stands on the picture."""

    def __init__(self, across: tuple[int, int], up: tuple[int, int]) -> None:
        self.across = across
        self.up = up

    def x(self, value: float) -> float:
        return LEFT + (math.log10(value) - self.across[0]) / (self.across[1] - self.across[0]) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (math.log10(value) - self.up[0]) / (self.up[1] - self.up[0]) * (HEIGHT - TOP - BOTTOM)


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """Return the powers of ten that hold `values`, two at least."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _grid(axes: _Axes, x_name: str, y_name: str) -> list[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    parts = []
    for power in range(axes.across[0], axes.across[1] + 1):
        x = axes.x(10.0**power)
        parts.append(f'<path d="M{x:.1f} {TOP}V{bottom}" stroke="#dddddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle" fill="#444444">{_short(power)}</text>')
    for power in range(axes.up[0], axes.up[1] + 1):
        y = axes.y(10.0**power)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{right}" stroke="#dddddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#444444">{_short(power)}</text>')
    parts.append(f'<text x="{(LEFT + right) / 2:.1f}" y="{HEIGHT - 12}" text-anchor="middle" fill="#444444">{escape(x_name)}</text>')
    parts.append(f'<text transform="translate(18 {(TOP + bottom) / 2:.1f}) rotate(-90)" text-anchor="middle" fill="#444444">{escape(y_name)}</text>')
    return parts


def _line(axes: _Axes, name: str, points: Points, colour: str, end: float) -> list[str]:
    places = [(axes.x(x), axes.y(y)) for x, y in points]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places)
    leader = f'<path d="M{places[-1][0] + 5:.1f} {places[-1][1]:.1f}L{WIDTH - RIGHT + 8} {end:.1f}" stroke="{colour}" stroke-width="0.6"/>'
    return [f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}{leader}',
            f'<text x="{WIDTH - RIGHT + 12}" y="{end + 4:.1f}" fill="{colour}">{escape(name)}</text>']


def _spread(heights: Mapping[str, float]) -> dict[str, float]:
    """Move names apart that would stand on one another."""
    placed: dict[str, float] = {}
    last = TOP - 16.0
    for name, height in sorted(heights.items(), key=lambda item: item[1]):
        last = max(height, last + 16)
        placed[name] = last
    return placed


def _short(power: int) -> str:
    return {3: "1k", 4: "10k", 5: "100k", 6: "1M", 7: "10M", 8: "100M"}.get(power, f"{10.0**power:g}")
