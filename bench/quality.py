"""How good pictures are beside those that ``dot`` draws of the same graphs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import dist, sqrt

from diagtool.model.diagram import Arrow, Diagram, Group
from diagtool.pictures.drawing import Drawing

Point = tuple[float, float]
Line = tuple[Point, ...]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

INCH = 96


@dataclass(frozen=True)
class Picture:
    """What is measured of a picture: boxes by their ids, a line for each edge, the page."""

    boxes: dict[str, Box]
    lines: tuple[Line, ...]
    width: float
    height: float

    @property
    def crossings(self) -> int:
        """How often lines cross. A trunk that lines share is no crossing, nor is its end."""
        return sum(_crossings(one, other) for one, other in combinations(self.lines, 2))

    @property
    def length(self) -> float:
        """How long all lines are, in sides of a square as large as all boxes."""
        total = sum(dist(*piece) for line in self.lines for piece in pairwise(line))
        return total / sqrt(self._area)

    @property
    def bends(self) -> int:
        """How often a line turns by more than a few degrees, curves by their turn as a whole."""
        return sum(_bends(line) for line in self.lines)

    @property
    def filled(self) -> float:
        """Which share of the page boxes fill."""
        return self._area / (self.width * self.height)

    @property
    def _area(self) -> float:
        return sum((x2 - x) * (y2 - y) for x, y, x2, y2 in self.boxes.values())

    def moved(self, other: Picture) -> float:
        """The share of the boxes in both whose place among the others differs.

        A box moved where it no longer stands on the same side (left, right, above, below,
        or in line) of most of the others.
        """
        both = [id for id in self.boxes if id in other.boxes]
        sides = {
            id: [
                _side(self.boxes[id], self.boxes[o]) != _side(other.boxes[id], other.boxes[o])
                for o in both
                if o != id
            ]
            for id in both
        }
        return moved(sides)


def moved(differences: dict[str, list[bool]]) -> float:
    ids = list(differences)
    pairs = {
        (one, other): differences[one][[o for o in ids if o != one].index(other)]
        for one in ids
        for other in ids
        if one != other
    }
    left = set(ids)
    # Whoever differs with most others has moved, rather than all of them.
    while True:
        worst = max(left, key=lambda id: sum(pairs[id, o] for o in left if o != id), default=None)
        if worst is None or not any(pairs[worst, o] for o in left if o != worst):
            return 1 - len(left) / len(ids) if ids else 0.0
        left.remove(worst)


def _side(one: Box, other: Box) -> tuple[int, int]:
    """On which side of another a box is, from -1 to 1 along each axis; 0 where they overlap."""
    across = (one[0] >= other[2]) - (one[2] <= other[0])
    down = (one[1] >= other[3]) - (one[3] <= other[1])
    return across, down


def ours(drawing: Drawing) -> Picture:
    boxes = {n.id: (n.box.x, n.box.y, n.box.right, n.box.bottom) for n in drawing.nodes}
    lines = tuple(edge.points for edge in drawing.edges)
    return Picture(boxes, lines, drawing.width, drawing.height)


def dot(diagram: Diagram, drawing: Drawing, program: str = "dot") -> Picture:
    """The picture that ``dot`` draws of a diagram, with the boxes as large as in our drawing."""
    sizes = {n.id: (n.box.width, n.box.height) for n in drawing.nodes}
    source = "\n".join(_dot_source(diagram, sizes))
    done = subprocess.run([program, "-Tjson"], input=source, capture_output=True, text=True)
    graph = json.loads(done.stdout)
    scale = INCH / 72
    left, bottom, right, top = (float(n) * scale for n in graph["bb"].split(","))
    boxes, lines = {}, []
    for node in graph["objects"]:
        if "pos" in node:
            x, y = (float(n) * scale for n in node["pos"].split(","))
            w, h = sizes[node["name"]]
            boxes[node["name"]] = (x - w / 2, top - y - h / 2, x + w / 2, top - y + h / 2)
    for edge in graph.get("edges", ()):
        lines.append(tuple((x * scale, top - y * scale) for x, y in _spline(edge["pos"])))
    margin = 16
    return Picture(boxes, tuple(lines), right - left + 2 * margin, top - bottom + 2 * margin)


def _dot_source(diagram: Diagram, sizes: dict[str, tuple[float, float]]) -> Iterator[str]:
    yield 'digraph { rankdir = LR; node [shape = box, fixedsize = true, label = ""];'
    grouped = {id for group in diagram.groups for id in group.members}

    def node(id: str) -> str:
        width, height = sizes[id]
        return f'"{id}" [width = {width / INCH}, height = {height / INCH}];'

    def group(group: Group) -> Iterator[str]:
        yield f'subgraph "cluster_{group.id}" {{ label = "{group.label}";'
        yield from map(node, group.nodes)
        for inner in group.groups:
            yield from _flat(group_lines(inner))
        yield "}"

    def group_lines(inner: Group) -> Iterator[str]:
        return group(inner)

    yield from (node(n.id) for n in diagram.nodes if n.id not in grouped)
    for outer in diagram.groups:
        yield from group(outer)
    ends = {Arrow.BACK: "back", Arrow.BOTH: "both", Arrow.NONE: "none", Arrow.FORWARD: "forward"}
    for edge in diagram.edges:
        label = f', label = "{edge.label}"' if edge.label else ""
        yield f'"{edge.tail}" -> "{edge.head}" [dir = {ends[edge.arrow]}{label}];'
    yield "}"


def _flat(lines: Iterable[str]) -> Iterable[str]:
    return lines


def _spline(pos: str) -> list[Point]:
    """Points along the Bezier curves of an edge, from its tail to its head."""
    start = end = None
    points: list[Point] = []
    for word in pos.split():
        if word.startswith(("s,", "e,")):
            x, y = map(float, word[2:].split(","))
            if word[0] == "s":
                start = (x, y)
            else:
                end = (x, y)
        else:
            x, y = map(float, word.split(","))
            points.append((x, y))
    sampled = [points[0]]
    for i in range(0, len(points) - 3, 3):
        a, b, c, d = points[i : i + 4]
        for step in range(1, 9):
            t = step / 8
            s = 1 - t
            sampled.append(
                (
                    s**3 * a[0] + 3 * s * s * t * b[0] + 3 * s * t * t * c[0] + t**3 * d[0],
                    s**3 * a[1] + 3 * s * s * t * b[1] + 3 * s * t * t * c[1] + t**3 * d[1],
                )
            )
    return [*([start] if start else []), *sampled, *([end] if end else [])]


def _crossings(one: Line, other: Line) -> int:
    """How often two lines cross."""
    shared = {*one[:1], *one[-1:]} & {*other[:1], *other[-1:]}
    found = set()
    for a, b in pairwise(one):
        for c, d in pairwise(other):
            at = _crossing(a, b, c, d)
            if at and not any(dist(at, end) < 1 for end in shared):
                found.add((round(at[0]), round(at[1])))
    return len(found)


def _crossing(a: Point, b: Point, c: Point, d: Point) -> Point | None:
    """Where two pieces cross, inside of both; None where one only ends at the other."""
    abx, aby, cdx, cdy = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    over = abx * cdy - aby * cdx
    if abs(over) < 1e-9:
        return None
    t = ((c[0] - a[0]) * cdy - (c[1] - a[1]) * cdx) / over
    u = ((c[0] - a[0]) * aby - (c[1] - a[1]) * abx) / over
    if 1e-6 < t < 1 - 1e-6 and 1e-6 < u < 1 - 1e-6:
        return a[0] + t * abx, a[1] + t * aby
    return None


def _bends(line: Sequence[Point]) -> int:
    found = 0
    for (x, y), (x2, y2), (x3, y3) in zip(line, line[1:], line[2:], strict=False):
        one, other = (x2 - x, y2 - y), (x3 - x2, y3 - y2)
        cross = one[0] * other[1] - one[1] * other[0]
        scale = dist((0, 0), one) * dist((0, 0), other)
        found += bool(scale and abs(cross) > 0.17 * scale)
    return found
