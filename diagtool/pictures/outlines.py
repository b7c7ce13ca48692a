"""Outlines as straight lines and cubic curves, from whatever they were drawn with."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from diagtool.pictures.drawing import (
    Close,
    Curve,
    DrawnNode,
    Line,
    Move,
    Path,
    Picture,
    Point,
    Rect,
    Segment,
    text_box,
)

_ARC = 4 / 3 * math.tan(math.pi / 8)
"""How far the control points of a quarter of a unit circle are from its ends."""


def polygon(points: Iterable[Point]) -> tuple[Segment, ...]:
    """A closed outline through points; a last one that is the first again is left out."""
    first, *rest = points
    if rest and rest[-1] == first:
        rest.pop()
    return (Move(first), *(Line(point) for point in rest), Close())


def ellipse(box: Rect) -> tuple[Segment, ...]:
    """The ellipse that touches all sides of a box."""
    x, y = box.center
    a, b = box.width / 2, box.height / 2
    c, d = a * _ARC, b * _ARC
    return (
        Move((x + a, y)),
        Curve((x + a, y + d), (x + c, y + b), (x, y + b)),
        Curve((x - c, y + b), (x - a, y + d), (x - a, y)),
        Curve((x - a, y - d), (x - c, y - b), (x, y - b)),
        Curve((x + c, y - b), (x + a, y - d), (x + a, y)),
        Close(),
    )


def arc(
    start: Point, radii: Point, turn: float, large: bool, sweep: bool, end: Point
) -> Iterator[Curve]:
    """An SVG elliptical arc as curves of at most a quarter each (SVG 1.1, F.6)."""
    rx, ry = abs(radii[0]), abs(radii[1])
    if start == end:
        return
    if not rx or not ry:
        yield Curve(start, end, end)
        return
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    dx, dy = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    u, v = cos * dx + sin * dy, cos * dy - sin * dx
    reach = math.hypot(u / rx, v / ry)
    if reach > 1:
        rx, ry, reach = rx * reach, ry * reach, 1.0
    off = math.sqrt(max(0.0, 1 / reach**2 - 1)) * (-1 if large == sweep else 1)
    cu, cv = off * rx * v / ry, -off * ry * u / rx
    first = math.atan2((v - cv) / ry, (u - cu) / rx)
    swept = math.atan2((-v - cv) / ry, (-u - cu) / rx) - first
    if sweep and swept <= 0:
        swept += 2 * math.pi
    elif not sweep and swept >= 0:
        swept -= 2 * math.pi
    mx, my = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2

    def place(x: float, y: float) -> Point:
        x, y = cu + rx * x, cv + ry * y
        return (mx + cos * x - sin * y, my + sin * x + cos * y)

    count = math.ceil(abs(swept) / (math.pi / 2) - 1e-9)
    step = swept / count
    k = 4 / 3 * math.tan(step / 4)
    for number in range(count):
        a, b = first + number * step, first + (number + 1) * step
        yield Curve(
            place(math.cos(a) - k * math.sin(a), math.sin(a) + k * math.cos(a)),
            place(math.cos(b) + k * math.sin(b), math.sin(b) - k * math.cos(b)),
            end if number == count - 1 else place(math.cos(b), math.sin(b)),
        )


_TOKEN = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_OPERANDS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}


@lru_cache(maxsize=1024)
def svg_path(data: str) -> tuple[Segment, ...]:
    """The segments of SVG path data."""
    return tuple(_segments(data))


def _segments(data: str) -> Iterator[Segment]:
    words = _TOKEN.findall(data)
    here = start = control = (0.0, 0.0)
    last = command = ""
    at = 0
    while at < len(words):
        if words[at].isalpha():
            command = words[at]
            at += 1
        kind = command.upper()
        count = _OPERANDS[kind]
        numbers = [float(word) for word in words[at : at + count]]
        at += count
        x, y = here if command.islower() else (0.0, 0.0)
        if kind == "Z":
            yield Close()
            here = start
        elif kind in "HV":
            here = (x + numbers[0], here[1]) if kind == "H" else (here[0], y + numbers[0])
            yield Line(here)
        elif kind == "A":
            end = (x + numbers[5], y + numbers[6])
            yield from arc(
                here, (numbers[0], numbers[1]), numbers[2], bool(numbers[3]), bool(numbers[4]), end
            )
            here = end
        else:
            points = [(x + a, y + b) for a, b in zip(numbers[::2], numbers[1::2], strict=True)]
            if kind == "M":
                here = start = points[0]
                command = "l" if command.islower() else "L"
                yield Move(here)
            elif kind == "L":
                here = points[0]
                yield Line(here)
            else:
                if kind in "ST":
                    smooth = last in ("CS" if kind == "S" else "QT")
                    mirrored = (2 * here[0] - control[0], 2 * here[1] - control[1])
                    points.insert(0, mirrored if smooth else here)
                control = points[-2]
                if kind in "QT":
                    first, second = _between(here, control), _between(points[-1], control)
                else:
                    first, second = points[0], points[1]
                here = points[-1]
                yield Curve(first, second, here)
        last = kind


def _between(end: Point, control: Point) -> Point:
    """A cubic curve's control point for a quadratic one's."""
    return (end[0] + 2 / 3 * (control[0] - end[0]), end[1] + 2 / 3 * (control[1] - end[1]))


_STEPS = 8
"""Into how many straight lines a curve is cut to tell where it is crossed."""


def crossed(paths: Iterable[Path], axis: int, at: float) -> tuple[float, float] | None:
    """Where a level (axis 0) or upright line first and last crosses outlines, None if it misses.

    ``at`` is where the line is on the other axis.
    """
    across = 1 - axis
    found: list[float] = []
    for path in paths:
        here = start = (0.0, 0.0)
        for segment in path.segments:
            end = start if isinstance(segment, Close) else segment.to
            if isinstance(segment, Move):
                start = end
            elif isinstance(segment, Curve):
                reach = (here[across], segment.control1[across], segment.control2[across])
                if min(*reach, end[across]) <= at <= max(*reach, end[across]):
                    for point in _cut(here, segment):
                        found += _met(here, point, axis, at)
                        here = point
            else:
                found += _met(here, end, axis, at)
            here = end
    return (round(min(found), 1), round(max(found), 1)) if found else None


def landing(node: DrawnNode, paths: Iterable[Path], side: str, at: float) -> float | None:
    """Where a line that comes to a side of a node meets its outlines, None if it misses.

    ``at`` is where the line is along the side. One from below ends at a label that stands there.
    """
    upright = side in ("top", "bottom")
    reach = crossed(paths, 1 if upright else 0, at)
    if reach is None:
        return None
    if side in ("top", "left"):
        return reach[0]
    last = reach[1]
    if upright and node.lines:
        text = text_box(node.lines)
        if text.bottom > last and text.x < at < text.right:
            last = max(text.bottom, node.box.bottom)
    return last


def _met(one: Point, other: Point, axis: int, at: float) -> tuple[float, ...]:
    """Where a straight line between two points meets a level or upright one."""
    low, high = one[1 - axis], other[1 - axis]
    if low == high:
        return (one[axis], other[axis]) if low == at else ()
    share = (at - low) / (high - low)
    return (one[axis] + share * (other[axis] - one[axis]),) if 0 <= share <= 1 else ()


def _cut(start: Point, curve: Curve) -> list[Point]:
    """Points on a curve, the last one its end."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = start, curve.control1, curve.control2, curve.to
    points = []
    for number in range(1, _STEPS):
        t = number / _STEPS
        u = 1 - t
        a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
        points.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
    return [*points, curve.to]


class Recorder:
    """Stands in for one of blockdiag's image drawers and keeps the outlines of a node."""

    def __init__(self, fill: object, ink: object) -> None:
        self._fill, self._ink = fill, ink
        self.paths: list[Path] = []
        self.pictures: list[Picture] = []

    def _keep(self, segments: Iterable[Segment], fill: object, outline: object) -> None:
        fill = (255, 255, 255) if fill == "white" else fill
        inked = fill == self._ink and fill != self._fill
        self.paths.append(
            Path(
                tuple(segments),
                filled=inked or (fill == self._fill and fill not in (None, "none")),
                stroked=outline not in (None, "none"),
                inked=inked,
            )
        )

    def path(self, data: Any, fill: object = None, outline: object = None, **_: object) -> None:
        self._keep(svg_path(repr(data)), fill, outline)

    def rectangle(self, box: Any, fill: object = None, outline: object = None, **_: object) -> None:
        x, y, right, bottom = box
        self._keep(polygon([(x, y), (right, y), (right, bottom), (x, bottom)]), fill, outline)

    def polygon(
        self, points: Sequence[Any], fill: object = None, outline: object = None, **_: object
    ) -> None:
        self._keep(polygon([(x, y) for x, y in points]), fill, outline)

    def ellipse(self, box: Any, fill: object = None, outline: object = None, **_: object) -> None:
        self._keep(ellipse(rect(box)), fill, outline)

    def line(self, points: Sequence[Any], fill: object = None, **_: object) -> None:
        first, *rest = [(x, y) for x, y in points]
        self._keep((Move(first), *(Line(point) for point in rest)), None, fill)

    def arc(self, box: Any, start: float, end: float, fill: object = None, **_: object) -> None:
        bounds = rect(box)
        swept = (end - start) % 360
        (x, y), radii = bounds.center, (bounds.width / 2, bounds.height / 2)
        first, last = (
            (
                x + radii[0] * math.cos(math.radians(angle)),
                y + radii[1] * math.sin(math.radians(angle)),
            )
            for angle in (start, start + swept)
        )
        self._keep((Move(first), *arc(first, radii, 0, swept > 180, True, last)), None, fill)

    def image(self, box: Any, url: str) -> None:
        self.pictures.append(Picture(url, rect(box)))


def rect(box: Sequence[float]) -> Rect:
    """blockdiag's boxes have two corners, ours a corner and a size."""
    x, y, right, bottom = box
    return Rect(x, y, right - x, bottom - y)


def moved(path: Path, dx: float, dy: float) -> Path:
    """The same outline elsewhere."""

    segments: list[Segment] = []
    for segment in path.segments:
        if isinstance(segment, Curve):
            (x1, y1), (x2, y2), (x, y) = segment.control1, segment.control2, segment.to
            segments.append(Curve((x1 + dx, y1 + dy), (x2 + dx, y2 + dy), (x + dx, y + dy)))
        elif isinstance(segment, Close):
            segments.append(segment)
        else:
            x, y = segment.to
            segments.append(type(segment)((x + dx, y + dy)))
    return Path(tuple(segments), path.filled, path.stroked, path.inked)
