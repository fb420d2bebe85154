"""Plots as SVG text: lines over a logarithmic axis, legible on light and on dark pages."""

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from xml.sax.saxutils import escape

Line = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT = 800, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 260, 24, 45
_COLOURS = ("#1a7f5a", "#b35900", "#3b6fb6", "#8a4fbf", "#a33a3a", "#6b7280", "#0e8f9c")


def lines(series: Mapping[str, Line], *, across: str, up: str, dashed: str = "model") -> str:
    """Lines by their names; those whose names end in `dashed` are dashed. All values are > 0."""
    points = [point for line in series.values() for point in line]
    x = _Axis([point[0] for point in points], _LEFT, _WIDTH - _RIGHT)
    y = _Axis([point[1] for point in points], _HEIGHT - _BOTTOM, _TOP)
    size = f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    font = 'font-family="sans-serif" font-size="12" fill="#808a94"'
    drawn = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>', *_grid(x, y)]
    drawn.append(f'<text x="{_LEFT}" y="{_HEIGHT - 8}">{escape(across)}</text>')
    drawn.append(f'<text x="6" y="14">{escape(up)}</text>')
    pairs = sorted({name.removesuffix(dashed).strip(" ,") for name in series})
    for row, (name, line) in enumerate(series.items()):
        colour = _COLOURS[pairs.index(name.removesuffix(dashed).strip(" ,")) % len(_COLOURS)]
        dash = ' stroke-dasharray="5 4"' if name.endswith(dashed) else ""
        path = " ".join(f"{x.at(across):.1f},{y.at(up):.1f}" for across, up in line)
        stroke = f'fill="none" stroke="{colour}" stroke-width="2"{dash}'
        drawn.append(f'<polyline points="{path}" {stroke}/>')
        left, top = _WIDTH - _RIGHT + 10, _TOP + 14 + 17 * row
        drawn.append(f'<path d="M{left} {top - 4}h20" {stroke}/>')
        drawn.append(f'<text x="{left + 26}" y="{top}">{escape(name)}</text>')
    return "\n".join([*drawn, "</svg>"]) + "\n"


class _Axis:
    """A logarithmic axis from one place on the page to another."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self._low, self._high = floor(log10(min(values))), ceil(log10(max(values)))
        self._high = max(self._high, self._low + 1)
        self._start, self._end = start, end

    def at(self, value: float) -> float:
        share = (log10(value) - self._low) / (self._high - self._low)
        return self._start + share * (self._end - self._start)

    @property
    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self._low, self._high + 1)]


def _grid(x: _Axis, y: _Axis) -> list[str]:
    faint = 'stroke="#808a94" stroke-opacity="0.25"'
    drawn = []
    for tick in y.ticks:
        drawn.append(f'<path d="M{_LEFT} {y.at(tick):.1f}H{_WIDTH - _RIGHT}" {faint}/>')
        place = f'x="{_LEFT - 6}" y="{y.at(tick) + 4:.1f}" text-anchor="end"'
        drawn.append(f"<text {place}>{_label(tick)}</text>")
    for tick in x.ticks:
        drawn.append(f'<path d="M{x.at(tick):.1f} {_TOP}V{_HEIGHT - _BOTTOM}" {faint}/>')
        drawn.append(
            f'<text x="{x.at(tick):.1f}" y="{_HEIGHT - _BOTTOM + 16}" text-anchor="middle">'
            f"{_label(tick)}</text>"
        )
    return drawn


def _label(tick: float) -> str:
    return f"{tick:,.0f}" if tick >= 1 else f"{tick:g}"
