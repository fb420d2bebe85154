"""A picture as SVG, in a light and a dark theme, without fonts or scripts of its own."""

from collections.abc import Mapping
from html import escape

from infra.diagram.graph import Node
from infra.diagram.layout import Box, Line, Picture

_FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"
_RADIUS = 10
_MARKER = 'viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" orient="auto"'
_STROKE = 'fill="none" stroke-width="1.8" stroke-linejoin="round" stroke-linecap="round"'

_ICONS = {
    "people": "M0-8a4 4 0 1 1 0 8a4 4 0 1 1 0-8zM-8 9c0-5 3-7 8-7s8 2 8 7z",
    "api": "M-9-7h18v14h-18zM-9-2h18M-4-7v5",
    "function": "M-6-8h4l8 17M-1-2l-6 11",
    "table": "M-8-6c0-4 16-4 16 0v12c0 4-16 4-16 0zM-8-6c0 4 16 4 16 0M-8 0c0 4 16 4 16 0",
    "bucket": "M-8-7h16l-2.5 15h-11zM-8-7c0 3 16 3 16 0",
    "machine": "M-8-8h6v6h-6zM2 2h6v6h-6zM-5-2v7h7M-2-5h7v7",
    "search": "M-3-8a6 6 0 1 1 0 12a6 6 0 1 1 0-12zM1 3l7 6",
    "alarm": "M-7 5c2-2 2-4 2-6c0-7 10-7 10 0c0 2 0 4 2 6zM-2 8h4",
}

THEMES: Mapping[str, Mapping[str, str]] = {
    "light": {
        "page": "#ffffff",
        "node": "#f6f8fa",
        "edge": "#d1d9e0",
        "text": "#1f2328",
        "soft": "#59636e",
        "line": "#6e7781",
        "people": "#59636e",
        "api": "#8250df",
        "function": "#bc4c00",
        "table": "#0969da",
        "bucket": "#1a7f37",
        "machine": "#bf3989",
        "search": "#0a7480",
        "alarm": "#cf222e",
    },
    "dark": {
        "page": "#0d1117",
        "node": "#161b22",
        "edge": "#3d444d",
        "text": "#f0f6fc",
        "soft": "#9198a1",
        "line": "#8b949e",
        "people": "#9198a1",
        "api": "#ab7df8",
        "function": "#f0883e",
        "table": "#4493f8",
        "bucket": "#3fb950",
        "machine": "#db61a2",
        "search": "#39c5cf",
        "alarm": "#f85149",
    },
}


def svg(picture: Picture, *, theme: str) -> str:
    """The picture's text; the same picture gives the same text."""
    colors = THEMES[theme]
    width, height = round(picture.width), round(picture.height)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" font-family="{_FONT}" role="img"'
        ' aria-label="The stack: who calls what">'
    )
    parts = [
        opening,
        f'<rect width="{width}" height="{height}" rx="12" fill="{colors["page"]}"/>',
        f'<marker id="arrow" {_MARKER}><path d="M0 0L8 4L0 8z" fill="{colors["line"]}"/></marker>',
        *(_line(line, colors) for line in picture.lines),
        *(_label(line, colors) for line in picture.lines if line.edge.label),
        *(_node(node, box, colors) for node, box in picture.nodes.values()),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _node(node: Node, box: Box, colors: Mapping[str, str]) -> str:
    left, top = box.x - box.width / 2, box.y - box.height / 2
    place = f'x="{left:g}" y="{top:g}" width="{box.width:g}" height="{box.height:g}"'
    paint = f'fill="{colors["node"]}" stroke="{colors["edge"]}"'
    icon = f'transform="translate({left + 26:g} {box.y:g})" stroke="{colors[node.kind]}"'
    title = _text(node.title, x=left + 48, y=box.y - 4, size=14.5, fill=colors["text"], weight=600)
    detail = _text(node.detail, x=left + 48, y=box.y + 15, size=12.5, fill=colors["soft"])
    return "\n".join(
        (
            f'<rect {place} rx="{_RADIUS}" {paint}/>',
            f'<path d="{_ICONS[node.kind]}" {icon} {_STROKE}/>',
            title,
            detail,
        )
    )


def _line(line: Line, colors: Mapping[str, str]) -> str:
    """A line whose bend is round."""
    first, *middle, last = line.points
    path = f"M{first[0]:g} {first[1]:g}"
    for corner in middle:
        before, after = _near(corner, first), _near(corner, last)
        path += f"L{before[0]:g} {before[1]:g}Q{corner[0]:g} {corner[1]:g}"
        path += f" {after[0]:g} {after[1]:g}"
    path += f"L{last[0]:g} {last[1]:g}"
    stroke = f'stroke="{colors["line"]}" stroke-width="1.5" marker-end="url(#arrow)"'
    return f'<path d="{path}" fill="none" {stroke}/>'


def _near(corner: tuple[float, float], toward: tuple[float, float]) -> tuple[float, float]:
    """The point a radius away from a corner."""
    x, y = (_sign(toward[i] - corner[i]) * _RADIUS for i in (0, 1))
    return corner[0] + x, corner[1] + y


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _label(line: Line, colors: Mapping[str, str]) -> str:
    box, texts = line.label, line.edge.label.split("\n")
    top = box.y - box.height / 2
    background = (
        f'<rect x="{box.x - box.width / 2:g}" y="{top:g}" width="{box.width:g}"'
        f' height="{box.height:g}" fill="{colors["page"]}"/>'
    )
    step = box.height / len(texts)
    written = (
        _text(text, x=box.x, y=top + step * (n + 0.75), size=12.5, fill=colors["soft"], mid=True)
        for n, text in enumerate(texts)
    )
    return "\n".join((background, *written))


def _text(
    text: str, *, x: float, y: float, size: float, fill: str, weight: int = 400, mid: bool = False
) -> str:
    anchor = ' text-anchor="middle"' if mid else ""
    style = f'font-size="{size}" font-weight="{weight}" fill="{fill}"'
    return f'<text x="{x:g}" y="{y:g}" {style}{anchor}>{escape(text)}</text>'
