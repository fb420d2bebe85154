"""Plots in SVG, legible on light and on dark pages: bars of one measure, and curves by memory."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from tests.bench.curves import MEMORIES, Curve
from tests.bench.table import scaled

_BAR, _LEFT, _WIDTH = 22, 300, 760
_HEIGHT, _MARGIN = 320, 50
_OURS, _OTHERS, _TEXT = "#1a7f5a", "#8c959f", "#808a94"
_CURVES = ("#1a7f5a", "#0969da", "#bf8700", "#8250df")

Amounts = Sequence[tuple[str, float]]
"""Subjects and how much of the measure each took."""


def bars(measure: str, amounts: Amounts) -> str:
    """A bar for each subject; ours stand out."""
    scaled_amounts = [(subject, *scaled(measure, amount)) for subject, amount in amounts]
    longest = max(amount for _, amount, _ in scaled_amounts)

    def size(width: float) -> str:
        return f'width="{width:.1f}" height="{_BAR - 6}"'

    lines = [_text(_LEFT, 14, scaled_amounts[0][2])]
    for row, (subject, amount, _) in enumerate(scaled_amounts, start=1):
        top, width = row * _BAR, (_WIDTH - _LEFT - 70) * amount / longest
        colour = _OURS if subject.endswith(": ours") else _OTHERS
        lines += [
            _text(_LEFT - 8, top + 14, subject, anchor="end"),
            f'<rect x="{_LEFT}" y="{top + 3}" {size(width)} fill="{colour}"/>',
            _text(_LEFT + width + 6, top + 14, f"{amount:,.1f}"),
        ]
    return _svg(lines, height=_BAR * (len(amounts) + 1))


def latencies(curves: Mapping[str, Curve]) -> str:
    """A curve for each function: milliseconds of a warm answer against dollars a million."""
    points = {
        name: [(one.usd_per_million(mb), 1_000 * one.warm(mb), mb) for mb in MEMORIES]
        for name, one in curves.items()
    }
    flat = [point for of_one in points.values() for point in of_one]
    most_usd, most_ms = (1.05 * max(point[axis] for point in flat) for axis in (0, 1))

    def place(usd: float, ms: float) -> tuple[float, float]:
        across, up = usd / most_usd, ms / most_ms
        return _MARGIN + across * (_WIDTH - 200 - _MARGIN), (_HEIGHT - _MARGIN) * (1 - up) + 10

    span = f"each curve from {MEMORIES[0]}, at its top, to {MEMORIES[-1]:,}"
    lines = [
        _text(_MARGIN, _HEIGHT - 12, "USD for a million, from 0 to " + f"{most_usd:.2f}"),
        _text(_MARGIN, 14, f"ms of a warm answer, up to {most_ms:.0f}; {span} MB"),
    ]
    for colour, (name, of_one) in zip(_CURVES, points.items(), strict=True):
        places = [place(usd, ms) for usd, ms, _ in of_one]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        lines.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        lines += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"><title>{mb} MB</title>'
            "</circle>"
            for (x, y), (_, _, mb) in zip(places, of_one, strict=True)
        ]
        x, y = places[0]
        lines.append(_text(x - 8, y + 4, name, anchor="end", colour=colour))
    return _svg(lines, height=_HEIGHT)


def _text(x: float, y: float, text: str, *, anchor: str = "start", colour: str = _TEXT) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"'
    return f"<text {place}>{escape(text)}</text>"


def _svg(lines: Sequence[str], *, height: int) -> str:
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    font = 'font-family="sans-serif" font-size="12"'
    return "\n".join(
        [f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>', *lines, "</svg>\n"]
    )
