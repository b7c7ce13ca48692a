"""A picture with geometry: boxes, polylines, arrowheads, text lines and groups.

It knows no format. Lengths are CSS pixels (1/96 inch) from the top left corner; elements
stand in the order in which they are painted. Each says what of the diagram it draws, so
that a writer can link it, name it, or glue an edge to its ends. A colour is ``#rrggbb``
where the author chose it and None where the theme does.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar, dataclass_transform

from diagtool.model.diagram import Arrow
from diagtool.pictures.text_metrics import CAP_HEIGHT, LINE_HEIGHT

Point = tuple[float, float]

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def _value(kind: type[T]) -> type[T]:
    """A dataclass whose objects nobody changes, which the type checker sees to.

    Were it frozen, they would take several times as long to make, and a picture has hundreds.
    """
    return dataclass(slots=True, unsafe_hash=True)(kind)


@_value
class Rect:
    """An upright rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower side."""
        return self.y + self.height

    @property
    def center(self) -> Point:
        """The point in its middle."""
        return (self.x + self.width / 2, self.y + self.height / 2)


def around(points: Iterable[Point]) -> Rect:
    """The smallest rectangle that holds points, of which there must be one."""
    xs, ys = zip(*points, strict=True)
    return Rect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


class Dash(Enum):
    """How a line is drawn."""

    SOLID = "solid"
    DOTTED = "dotted"
    DASHED = "dashed"
    NONE = "none"


@_value
class Stroke:
    """A line's looks. ``dashes`` are lengths of line and gap that the author gave."""

    color: str | None = None
    dash: Dash = Dash.SOLID
    dashes: tuple[float, ...] = ()
    thick: bool = False


@_value
class TextLine:
    """One line of text. ``x`` is the middle of the line, ``y`` its baseline.

    ``width`` is how wide the line is in the font that it was measured with. ``rotate`` is
    in degrees clockwise about the point (``x``, ``y``).
    """

    text: str
    x: float
    y: float
    width: float
    size: float
    bold: bool = False
    color: str | None = None
    rotate: int = 0


def text_box(lines: Sequence[TextLine]) -> Rect:
    """What lines of text cover, from the tops of capitals to a little below the last."""
    corners: list[Point] = []
    for line in lines:
        half, top, bottom = line.width / 2, -CAP_HEIGHT * line.size, (LINE_HEIGHT - 1) * line.size
        angle = math.radians(line.rotate)
        cos, sin = (round(math.cos(angle), 9), round(math.sin(angle), 9)) if angle else (1.0, 0.0)
        corners += [
            (line.x + x * cos - y * sin, line.y + x * sin + y * cos)
            for x in (-half, half)
            for y in (top, bottom)
        ]
    return around(corners)


@_value
class Move:
    """Starts a new outline at a point."""

    to: Point


@_value
class Line:
    """A straight line to a point."""

    to: Point


@_value
class Curve:
    """A cubic Bezier curve to a point with two control points."""

    control1: Point
    control2: Point
    to: Point


@_value
class Close:
    """A straight line back to where the outline started."""


Segment = Move | Line | Curve | Close


@_value
class Path:
    """An outline. ``filled`` says whether its inside is painted (with the node's fill).

    ``inked`` says that it is painted with the line's colour instead, as a dot is.
    """

    segments: tuple[Segment, ...]
    filled: bool = True
    stroked: bool = True
    inked: bool = False


@_value
class Picture:
    """A bitmap inside a node or group: an icon or a background that the author named."""

    path: str
    box: Rect


@_value
class DrawnNode:
    """A node. ``copies`` are the outlines from the one furthest behind to the front.

    ``box`` is that of the front copy; ``shape`` is blockdiag's name for the shape.
    """

    id: str
    part: str | None
    shape: str
    box: Rect
    copies: tuple[tuple[Path, ...], ...]
    label: str
    lines: tuple[TextLine, ...]
    stroke: Stroke = Stroke()
    fill: str | None = None
    href: str | None = None
    badge: tuple[Rect, TextLine] | None = None
    pictures: tuple[Picture, ...] = ()

    @property
    def stacked(self) -> bool:
        """Whether it is drawn as several, one behind the other."""
        return len(self.copies) > 1


@_value
class DrawnGroup:
    """A frame around its members (ids of nodes, however deep)."""

    id: str
    part: str | None
    box: Rect
    label: str
    lines: tuple[TextLine, ...]
    members: tuple[str, ...]
    framed: bool = False
    stroke: Stroke = Stroke()
    fill: str | None = None
    href: str | None = None
    pictures: tuple[Picture, ...] = ()


@_value
class DrawnEdge:
    """A line from ``tail`` to ``head`` (ids of nodes) with its arrowheads.

    ``points`` run from the tail's side to the head's. Each of ``heads`` is a closed
    polygon whose first point is the tip.
    """

    tail: str
    head: str
    arrow: Arrow
    points: tuple[Point, ...]
    jumps: tuple[Point, ...] = ()
    heads: tuple[tuple[Point, ...], ...] = ()
    hollow: bool = False
    label: str = ""
    lines: tuple[TextLine, ...] = ()
    stroke: Stroke = Stroke()


@_value
class DrawnSign:
    """Words in a pill on the upper side of a node, ``node`` by its id.

    ``crossed`` is the box of a node that is crossed out, None for one that is not.
    """

    node: str
    box: Rect
    line: TextLine
    stroke: Stroke
    crossed: Rect | None = None


@_value
class Drawing:
    """A whole picture. ``name`` is its file name without suffix, ``title`` its short name.

    ``description`` tells it in words, for those who cannot see it. ``topology`` is the id
    of the topology that it is a view of, empty for a picture that stands alone. ``notes``
    are paragraphs for whoever presents it. Without ``shadows``, boxes have none in any theme.
    """

    name: str
    title: str
    description: str
    width: float
    height: float
    groups: tuple[DrawnGroup, ...]
    edges: tuple[DrawnEdge, ...]
    nodes: tuple[DrawnNode, ...]
    signs: tuple[DrawnSign, ...] = ()
    topology: str = ""
    notes: tuple[str, ...] = ()
    shadows: bool = True
