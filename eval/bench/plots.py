"""Pictures as SVG: curves, logarithmic on both axes, and bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 860, 420, 70, 20, 330, 50
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#777777")


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of the plot; both coordinates above 0."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


def lines(curves: Sequence[Curve], x_name: str, y_name: str) -> str:
    """The curves in one picture, which can be read on light and on dark pages."""
    x_axis = _Axis([x for curve in curves for x in curve.x], _LEFT, _WIDTH - _RIGHT)
    y_axis = _Axis([y for curve in curves for y in curve.y], _HEIGHT - _BOTTOM, _TOP)
    parts = [*_grid(x_axis, y_axis, x_name, y_name)]
    for number, curve in enumerate(curves):
        colour = _COLOURS[number % len(_COLOURS)]
        dash = "" if number < len(_COLOURS) else "6 4"
        points = " ".join(
            f"{x_axis.at(x):.1f},{y_axis.at(y):.1f}" for x, y in zip(curve.x, curve.y, strict=True)
        )
        stroke = Markup('stroke="{}" stroke-width="2" stroke-dasharray="{}"').format(colour, dash)
        parts.append(Markup('<polyline fill="none" {} points="{}"/>').format(stroke, points))
        y, x = _TOP + 20 * number + 10, _WIDTH - _RIGHT + 20
        parts.append(
            Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" {}/>').format(x, y, x + 22, y, stroke)
        )
        parts.append(Markup('<text x="{}" y="{}">{}</text>').format(x + 30, y + 4, curve.name))
    return _svg(parts)


def bars(values: Sequence[tuple[str, float]], unit: str) -> str:
    """Named values as bars, one below the other, from 0."""
    most = max(value for _, value in values)
    bar = Markup('<rect x="{}" y="{}" width="{}" height="20" fill="{}"/>')
    word = Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>')
    left, width = 210, _WIDTH - 210 - 90
    parts = []
    for number, (name, value) in enumerate(values):
        y, length = _TOP + 32 * number, round(width * value / most, 1)
        parts.append(bar.format(left, y, length, _COLOURS[number % len(_COLOURS)]))
        parts.append(word.format(left - 10, y + 15, "end", name))
        parts.append(word.format(left + length + 8, y + 15, "start", f"{value:,.0f}"))
    parts.append(word.format(left, _TOP + 32 * len(values) + 12, "start", unit))
    return _svg(parts, _TOP + 32 * len(values) + 30)


class _Axis:
    """Where a value stands between two edges of the picture."""

    def __init__(self, values: Sequence[float], first: float, last: float) -> None:
        self.low = math.floor(math.log10(min(values)))
        self.high = max(self.low + 1, math.ceil(math.log10(max(values))))
        self._first, self._last = first, last

    def at(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self._first + share * (self._last - self._first)

    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self.low, self.high + 1)]


def _grid(x_axis: _Axis, y_axis: _Axis, x_name: str, y_name: str) -> list[Markup]:
    right, bottom = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    rule = Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="#888" stroke-opacity="0.4"/>')
    word = Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>')
    parts = []
    for tick in x_axis.ticks():
        x = round(x_axis.at(tick), 1)
        parts += [
            rule.format(x, _TOP, x, bottom),
            word.format(x, bottom + 18, "middle", f"{tick:,g}"),
        ]
    for tick in y_axis.ticks():
        y = round(y_axis.at(tick), 1)
        parts += [
            rule.format(_LEFT, y, right, y),
            word.format(_LEFT - 8, y + 4, "end", f"{tick:,g}"),
        ]
    middle = (_LEFT + right) / 2
    parts.append(word.format(middle, _HEIGHT - 10, "middle", x_name))
    turned = Markup('<text transform="translate(16 {}) rotate(-90)" text-anchor="middle">{}</text>')
    parts.append(turned.format((_TOP + bottom) / 2, y_name))
    return parts


def _svg(parts: Sequence[Markup], height: int = _HEIGHT) -> str:
    frame = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" font-family="sans-serif" '
        'font-size="12" fill="#777">{}</svg>\n'
    )
    return str(frame.format(_WIDTH, height, Markup("\n").join(parts)))
