"""Where things stand: a column and a layer by role, edges as lines with one bend at most.

Layers go down as the data does; columns are the write path, the read path, the rebuild, the rest.
More projectors than one get columns of their own to the left.
"""

from collections import defaultdict
from dataclasses import dataclass, replace

from infra.diagram.graph import Edge, Graph, Node

WIDTH, HEIGHT = 200, 58
_COLUMN, _LAYER = 278, 126
MARGIN = 24
_PORT = 26
_LINE, _CHARACTER = 16, 7.0

_PLACES = {
    "producers": (0, 0),
    "readers": (1, 0),
    "api": (0, 1),
    "authorizer": (3, 1),
    "write": (0, 2),
    "read": (1, 2),
    "docs": (2, 2),
    "log": (0, 3),
    "rebuild": (2, 3),
    "exports": (3, 3),
    "projector": (0, 4),
    "replay": (2, 4),
    "query": (-1, 2),
    "search store": (-2, 3),
    "setup": (-3, 3),
    "retention": (-2, 2),
    "publisher": (4, 2),
    "page": (4, 3),
    "projection": (1, 5),
    "parking": (1, 6),
    "alarms": (3, 5),
    "topic": (3, 6),
}
"""Column and layer of the first of a role."""


@dataclass(frozen=True)
class Box:
    """A rectangle, by its middle."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: "Box") -> bool:
        """Whether the two overlap."""
        across = abs(self.x - other.x) * 2 < self.width + other.width
        return across and abs(self.y - other.y) * 2 < self.height + other.height


@dataclass(frozen=True)
class Line:
    """An edge's points, and its label's place."""

    edge: Edge
    points: tuple[tuple[float, float], ...]
    label: Box


@dataclass(frozen=True)
class Picture:
    """All that is drawn, with its places."""

    width: float
    height: float
    nodes: dict[str, tuple[Node, Box]]
    lines: tuple[Line, ...]


def picture(graph: Graph) -> Picture:
    """Places for a graph's nodes and edges."""
    boxes = _boxes(graph.nodes)
    lines = _Lines(boxes, graph.edges)
    width = max(box.x + box.width / 2 for box in boxes.values()) + MARGIN
    height = max(box.y + box.height / 2 for box in boxes.values()) + MARGIN
    nodes = {node.id: (node, boxes[node.id]) for node in graph.nodes}
    return Picture(width, height, nodes, tuple(lines.line(edge) for edge in graph.edges))


def label_box(text: str, *, x: float, y: float) -> Box:
    """The room that a label takes; an empty one takes none."""
    lines = text.split("\n") if text else []
    width = max((len(line) * _CHARACTER + 8 for line in lines), default=0)
    return Box(x, y, width, len(lines) * _LINE)


def _boxes(nodes: tuple[Node, ...]) -> dict[str, Box]:
    taken: dict[str, int] = defaultdict(int)
    columns: dict[str, tuple[int, int]] = {}
    for node in nodes:
        column, layer = _PLACES[node.role]
        columns[node.id] = column - taken[node.role], layer
        taken[node.role] += 1
    under_api = {_PLACES["write"][0], _PLACES["read"][0]}
    under_api |= {columns[node.id][0] for node in nodes if node.role in {"docs", "query"}}
    across = max(under_api) - min(under_api)
    left = min(column for column, _ in columns.values())
    found = {}
    for node in nodes:
        column, layer = columns[node.id]
        x = MARGIN + WIDTH / 2 + (column - left) * _COLUMN
        y = MARGIN + HEIGHT / 2 + layer * _LAYER
        if node.role == "api":  # above all that it calls
            x += _COLUMN * (min(under_api) + max(under_api)) / 2
            found[node.id] = Box(x, y, WIDTH + _COLUMN * across, HEIGHT)
        else:
            found[node.id] = Box(x, y, WIDTH, HEIGHT)
    return found


class _Lines:
    """Lines that leave and reach boxes at places of their own."""

    def __init__(self, boxes: dict[str, Box], edges: tuple[Edge, ...]) -> None:
        self._boxes = boxes
        self._edges = edges

    def line(self, edge: Edge) -> Line:
        """Straight within a column or a layer; else down, and then to the side."""
        source, target = self._boxes[edge.source], self._boxes[edge.target]
        if source.y == target.y:
            return self._across(edge, source, target)
        if source.y > target.y:
            return self._up(edge, source, target)
        if "api" in (edge.source, edge.target) or source.x == target.x:
            return self._down(edge, source, target)
        return self._bent(edge, source, target)

    def _down(self, edge: Edge, source: Box, target: Box) -> Line:
        x = source.x if edge.target == "api" else target.x
        start, end = source.y + HEIGHT / 2, target.y - HEIGHT / 2
        label = label_box(edge.label, x=x, y=end - (_LAYER - HEIGHT) / 2)
        return Line(edge, ((x, start), (x, end)), label)

    def _across(self, edge: Edge, source: Box, target: Box) -> Line:
        toward = 1 if target.x > source.x else -1
        y = source.y + (_PORT / 2 if toward < 0 else 0)
        start, end = source.x + toward * source.width / 2, target.x - toward * target.width / 2
        label = label_box(edge.label, x=start + toward * (_COLUMN - WIDTH) / 2, y=y)
        above = replace(label, y=y - label.height / 2 - 5)
        return Line(edge, ((start, y), (end, y)), above)

    def _up(self, edge: Edge, source: Box, target: Box) -> Line:
        """To the side, and then up."""
        toward = 1 if target.x > source.x else -1
        start, end = source.x + toward * WIDTH / 2, target.y + HEIGHT / 2
        label = label_box(edge.label, x=target.x, y=(source.y + end) / 2)
        return Line(edge, ((start, source.y), (target.x, source.y), (target.x, end)), label)

    def _bent(self, edge: Edge, source: Box, target: Box) -> Line:
        """The nearer target's line is the outer one, so that two never cross."""
        toward = 1 if target.x > source.x else -1
        beside = [
            other
            for other in self._edges
            if other.source == edge.source
            and toward * (self._boxes[other.target].x - source.x) > 0
            and self._boxes[other.target].y > source.y
        ]
        beside.sort(key=lambda other: -self._boxes[other.target].y)
        x = source.x + toward * _PORT * (1 + beside.index(edge))
        y = target.y - (_PORT / 2 if self._is_reached_across(edge, target, toward) else 0)
        end = target.x - toward * target.width / 2
        points = ((x, source.y + HEIGHT / 2), (x, y), (end, y))
        label = label_box(edge.label, x=x, y=y)
        aside = replace(
            label, x=x + toward * (label.width / 2 + 3), y=y - HEIGHT / 2 - label.height / 2 - 6
        )
        return Line(edge, points, aside)

    def _is_reached_across(self, edge: Edge, target: Box, toward: int) -> bool:
        return any(
            other.target == edge.target
            and self._boxes[other.source].y == target.y
            and toward * (target.x - self._boxes[other.source].x) > 0
            for other in self._edges
        )
