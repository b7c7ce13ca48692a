"""What the formats have in common whose files are edited by hand: ends, names, text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import Enum

from diagtool.model.diagram import Arrow
from diagtool.pictures.drawing import Drawing, DrawnEdge, DrawnNode, Point, Rect, TextLine
from diagtool.pictures.formats.svg import ARROWS
from diagtool.pictures.text_metrics import CAP_HEIGHT


class Side(Enum):
    """A side of a box; the value is its middle, in parts of the box's width and height."""

    TOP = (0.5, 0.0)
    LEFT = (0.0, 0.5)
    BOTTOM = (0.5, 1.0)
    RIGHT = (1.0, 0.5)

    def middle(self, box: Rect) -> Point:
        """Where the middle of this side of a box is."""
        x, y = self.value
        return (box.x + x * box.width, box.y + y * box.height)


class Head(Enum):
    """What the end of a line looks like."""

    NONE = "none"
    TRIANGLE = "triangle"
    DIAMOND = "diamond"


def sides(edge: DrawnEdge) -> tuple[Side, Side]:
    """The side of its tail at which an edge starts, and that of its head at which it ends."""
    return _facing(edge.points[0], edge.points[1]), _facing(edge.points[-1], edge.points[-2])


def _facing(here: Point, there: Point) -> Side:
    dx, dy = there[0] - here[0], there[1] - here[1]
    if abs(dx) >= abs(dy):
        return Side.RIGHT if dx > 0 else Side.LEFT
    return Side.BOTTOM if dy > 0 else Side.TOP


def heads(edge: DrawnEdge) -> tuple[Head, Head]:
    """The arrowheads at the tail and at the head of an edge."""
    kind = Head.DIAMOND if any(len(head) == 4 for head in edge.heads) else Head.TRIANGLE
    return (
        kind if edge.arrow in (Arrow.BACK, Arrow.BOTH) else Head.NONE,
        kind if edge.arrow in (Arrow.FORWARD, Arrow.BOTH) else Head.NONE,
    )


def bends(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points of a line without those at which it does not turn."""
    kept: list[Point] = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        while len(kept) > 1 and _straight(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return tuple(kept)


def _straight(one: Point, two: Point, three: Point) -> bool:
    (ax, ay), (bx, by) = (two[0] - one[0], two[1] - one[1]), (three[0] - two[0], three[1] - two[1])
    return abs(ax * by - ay * bx) < 1e-6 and ax * bx + ay * by > 0


def name_of_edge(edge: DrawnEdge, labels: Mapping[str, str]) -> str:
    """What an edge says, such as ``Web Server 1 → Database: reads``."""
    tail, head = (labels.get(end, end) for end in (edge.tail, edge.head))
    about = f": {one_line(edge.label)}" if edge.label else ""
    return f"{tail} {ARROWS[edge.arrow]} {head}{about}"


def names(drawing: Drawing) -> dict[str, str]:
    """What nodes are called in sentences, by their ids."""
    return {node.id: one_line(node.label) or node.id for node in drawing.nodes}


def one_line(text: str) -> str:
    """A text with its line breaks and runs of blanks as single blanks."""
    return " ".join(text.split())


def center(lines: Sequence[TextLine]) -> Point:
    """The middle of a block of text."""
    angle = math.radians(lines[0].rotate)
    lift = lines[0].size * CAP_HEIGHT / 2
    x = sum(line.x for line in lines) / len(lines)
    y = sum(line.y for line in lines) / len(lines)
    return (x + lift * math.sin(angle), y - lift * math.cos(angle))


def is_flush_left(lines: Sequence[TextLine]) -> bool:
    """Whether lines of different widths start below one another."""
    lefts = {round(line.x - line.width / 2) for line in lines}
    return len(lines) > 1 and len(lefts) == 1 and len({round(line.x) for line in lines}) > 1


def offsets(node: DrawnNode) -> tuple[Point, ...]:
    """How far right and down of the front copy each copy stands, the one furthest behind first."""
    firsts = [copy[0].segments[0] for copy in node.copies if copy]
    points = [first.to for first in firsts if hasattr(first, "to")]
    if not points:
        return ((0.0, 0.0),)
    x, y = points[-1]
    return tuple((px - x, py - y) for px, py in points)
