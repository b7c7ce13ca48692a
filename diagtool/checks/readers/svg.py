"""SVG: what is drawn, and where.

A label is the text that is drawn in an outline. A line counts from the box where it
starts to the box where its arrowhead points. What elements are called does not matter,
nor which belong together, but for a text that is in one group with a single line.
"""

from __future__ import annotations

import itertools
import math
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from diagtool.checks.readers import (
    LARGEST,
    PICTURE,
    Claim,
    File,
    ReadError,
    Reading,
    Seal,
    _picture,
)
from diagtool.checks.readers._markup import Element, parse_xml
from diagtool.checks.readers._picture import (
    Box,
    Link,
    Outline,
    Point,
    Rect,
    Text,
    around,
    at,
    bound,
    is_on_top,
    labelled,
    stand,
    unplaced,
)
from diagtool.model import Place
from diagtool.model.facts import FactKind, Facts

SUFFIXES = (".svg", ".svgz")

TOUCH = 1.5
"""How far an arrowhead may be from the end of its line."""
HEAD = 20.0
"""How large an arrowhead can be."""

LONGEST = 500_000
"""How many characters the description of an outline may have."""

MOST = 200_000
"""How many points the outlines of a picture may have."""

UNSEEN = frozenset(
    [
        "clipPath",
        "clippath",
        "defs",
        "desc",
        "filter",
        "linearGradient",
        "lineargradient",
        "marker",
        "mask",
        "metadata",
        "pattern",
        "radialGradient",
        "radialgradient",
        "script",
        "style",
        "symbol",
        "title",
    ]
)
"""Elements that are not painted where they stand."""

NOT_READ = {
    "animate": "an animation",
    "foreignObject": "a foreign object",
    "foreignobject": "a foreign object",
    "image": "an image",
    "script": "a script",
    "set": "an animation",
    "switch": "a choice by language",
    "use": "a copy of something else",
}
"""Elements that can show anything, by what they are called."""

_NOTHING = ("0", "0%", "0.0", ".0")
_VEILS = ("clip-path", "mask")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_COMMAND = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*)")
_TRANSFORM = re.compile(r"(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)")
_ORIGIN = re.compile(r"diagtool \S+/\S+ sha256:[0-9a-f]{64}")
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7}

Matrix = tuple[float, float, float, float, float, float]
SAME: Matrix = (1, 0, 0, 1, 0, 0)


def read(file: File) -> Reading:
    """The picture in a file."""
    root = parse_xml(unpacked(file))
    if root.tag != "svg":
        raise ReadError("it is not an SVG picture")
    claim = picture(root, file, (file.stem,))
    return Reading(claims=(claim,), seals=seals(root, file))


def unpacked(file: File) -> bytes:
    """The XML of a file, which may be packed. Raises ReadError."""
    if not file.content.startswith(b"\x1f\x8b"):
        return file.content
    inflate = zlib.decompressobj(31)
    try:
        content = inflate.decompress(file.content, LARGEST)
    except zlib.error as error:
        raise ReadError(f"it cannot be unpacked: {error}") from None
    if inflate.unconsumed_tail:
        raise ReadError(f"it unpacks to more than {LARGEST // 2**20} MiB")
    return content


def picture(root: Element, file: File, about: tuple[str, ...]) -> Claim:
    """What an ``<svg>`` element shows."""
    scene = _Scene(file)
    scene.page = _page(root)
    scene.paint(root, _Style(), SAME)
    place = file.place(root.line, root.column)
    if scene.outlines and not scene.texts:
        unread = (("text that is drawn as outlines", place),)
        return Claim(frozenset(), {}, place, about, unread)
    facts = scene.facts()
    return Claim(PICTURE, facts, place, about, tuple(scene.unread()), scene.doubtful)


def seals(root: Element, file: File) -> tuple[Seal, ...]:
    """What a picture says of its origin."""
    place = file.place(root.line, root.column)
    texts = (element.text for element in root.every("metadata"))
    return tuple(Seal(match[0], place) for text in texts for match in _ORIGIN.finditer(text))


def _page(root: Element) -> Rect | None:
    numbers = _numbers(root.get("viewBox") or root.get("viewbox"))
    if len(numbers) == 4:
        x, y, width, height = numbers
        return Rect(x, y, x + width, y + height)
    size = _numbers(f"{root.get('width')} {root.get('height')}")
    return Rect(0, 0, *size) if len(size) == 2 else None


# --- what is painted ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Style:
    """What elements inherit. Fills and strokes are ``none`` or something that is seen."""

    fill: str = "black"
    stroke: str = "none"
    dashes: str = "none"
    anchor: str = "start"
    size: float = 16.0


@dataclass(slots=True)
class _Shape(Outline):
    points: list[Point]
    filled: bool


@dataclass(slots=True)
class _Stroke:
    points: list[Point]
    start_marker: bool
    end_marker: bool
    place: Place
    dashed: bool


@dataclass(slots=True)
class _Scene:
    file: File
    page: Rect | None = None
    outlines: list[_Shape] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    strokes: list[_Stroke] = field(default_factory=list)
    order: int = 0
    last_stroke: int = 0
    points: int = 0
    strange: list[tuple[str, Rect | None, Place]] = field(default_factory=list)
    far_off: list[Text] = field(default_factory=list)
    """Texts that stand on no box, and at no line."""
    boxes: list[Box] = field(default_factory=list)
    doubtful: frozenset[FactKind] = frozenset()

    def paint(self, element: Element, inherited: _Style, outer: Matrix) -> None:
        """Takes in an element with all that is in it, unless it is not seen."""
        look = _look(element)
        self.note(element, look, outer)
        if (
            element.tag in UNSEEN
            or look.get("display") == "none"
            or look.get("visibility") in ("hidden", "collapse")
            or look.get("opacity") in _NOTHING
        ):
            return
        style = _Style(
            look.get("fill", inherited.fill),
            look.get("stroke", inherited.stroke),
            look.get("stroke-dasharray", inherited.dashes),
            look.get("text-anchor", inherited.anchor),
            next(iter(_numbers(look.get("font-size", ""))), inherited.size),
        )
        matrix = _combined(outer, _matrix(element.get("transform")))
        self.order += 1
        place = self.file.place(element.line, element.column)
        if element.tag == "text":
            self.text(element, style, matrix, place)
            return
        for points, closed in _outlines_of(element, self.page):
            self.shape([_moved(point, matrix) for point in points], closed, style, look, place)
        strokes, texts = len(self.strokes), len(self.texts)
        for child in element.elements:
            self.paint(child, style, matrix)
        if len(self.strokes) == strokes + 1:
            for text in self.texts[texts:]:
                text.line = text.line or self.strokes[-1].points

    def note(self, element: Element, look: dict[str, str], outer: Matrix) -> None:
        """Takes down what nobody can tell of what it shows or hides."""
        place = self.file.place(element.line, element.column)
        what = NOT_READ.get(element.tag)
        for name in _VEILS:
            if look.get(name, "none") != "none":
                what = f"what a {name} hides"
        if what:
            matrix = _combined(outer, _matrix(element.get("transform")))
            boxed = Element("rect", element.attributes, element.line, element.column)
            points = next(iter(_outlines_of(boxed, self.page)))[0]
            rect = around([_moved(point, matrix) for point in points])
            self.strange.append((what, rect, place))

    def unread(self) -> Iterator[tuple[str, Place]]:
        """What was not understood, and over which boxes that is."""
        yield from unplaced(self.far_off)
        for what, rect, place in self.strange:
            covered = [b.label for b in self.boxes if rect and rect.contains(b.rect.center)]
            over = f" over {', '.join(covered[:3])}" if covered else ""
            yield f"{what}{over}", place

    def shape(
        self, points: list[Point], closed: bool, style: _Style, look: dict[str, str], place: Place
    ) -> None:
        self.points += len(points)
        if self.points > MOST:
            raise ReadError(f"it has more than {MOST:,} points", place.line, place.column)
        filled, stroked = style.fill != "none", style.stroke != "none"
        if len(points) < 2 or not (filled or stroked):
            return
        if closed or (filled and len(points) > 2):
            self.outlines.append(_Shape(around(points), self.order, place, points, filled))
        else:
            start, end = (look.get(f"marker-{w}", "none") != "none" for w in ("start", "end"))
            dashed = style.dashes not in ("none", "", *_NOTHING)
            self.strokes.append(_Stroke(points, start, end, place, dashed))
            self.last_stroke = self.order

    def text(self, element: Element, style: _Style, matrix: Matrix, place: Place) -> None:
        """A line of text, or those that are given places of their own in it."""
        size = style.size
        runs: list[tuple[float | None, float | None, float | None, str]] = []
        _runs(element, runs)
        x = y = 0.0
        for run_x, run_y, length, text in runs:
            x, y = x if run_x is None else run_x, y if run_y is None else run_y
            if not text.strip() or style.fill == "none":
                continue
            width = length if length else len(text.strip()) * size * 0.55
            shift = {"middle": 0.5, "end": 1.0}.get(style.anchor, 0.0)
            corners = [
                (x - width * shift + dx * width, y - size * 0.75 + dy * size)
                for dx in (0, 1)
                for dy in (0, 1)
            ]
            rect = around([_moved(corner, matrix) for corner in corners])
            self.texts.append(Text(text, rect, self.order, place))

    # --- what a person sees -----------------------------------------------------------

    def is_label(self, outline: _Shape) -> bool:
        """Whether a shape is but the ground of a text that stands on a line, over all lines."""
        rect = outline.rect
        if rect.bottom - rect.top > HEAD or outline.order < self.last_stroke:
            return False
        if any(is_on_top(rect, other.rect) for other in self.outlines if other is not outline):
            return False  # it says something of a box
        return any(rect.contains(text.rect.center) for text in self.texts)

    def facts(self) -> Facts:
        if self.page:
            page = self.page
            self.outlines = [o for o in self.outlines if not o.rect.holds(page, 1)]
        heads = [o for o in self.outlines if o.filled and _is_small(o.rect)]
        large = [o for o in self.outlines if not _is_small(o.rect) and not self.is_label(o)]
        boxes, frames, free = labelled(large, self.texts)
        self.boxes = boxes
        bound(len(self.strokes) * (len(heads) + len(boxes)))
        # What begins at the tip of an arrowhead that another line ends in only touches it.
        taken = {
            id(head)
            for stroke in self.strokes
            for points in (stroke.points, stroke.points[::-1])
            for head, along in _touching(points, heads)
            if min(along) > -TOUCH
        }
        links = []
        lines = []
        for stroke in self.strokes:
            if link := _link(stroke, boxes, heads, taken):
                links.append(link)
                lines.append(stroke.points)
        self.far_off = stand(free, links, lines)
        self.doubtful = _picture.doubtful(frames, links)
        return _picture.facts(boxes, frames, links)


def _is_small(rect: Rect) -> bool:
    return rect.right - rect.left <= HEAD and rect.bottom - rect.top <= HEAD


def _link(stroke: _Stroke, boxes: list[Box], heads: list[_Shape], taken: set[int]) -> Link | None:
    """What a line joins; None for one that is an ornament of a box."""
    start, end = stroke.points[0], stroke.points[-1]
    whole = around(stroke.points)
    if any(box.reach.holds(whole, 1) for box in boxes):
        return None
    tail_tip = _tip(stroke.points, heads, taken)
    head_tip = _tip(stroke.points[::-1], heads, taken)
    return Link(
        at(tail_tip or start, boxes),
        at(head_tip or end, boxes),
        stroke.start_marker or tail_tip is not None,
        stroke.end_marker or head_tip is not None,
        stroke.place,
        dashed=stroke.dashed,
    )


def _before(points: list[Point]) -> Point:
    """The first point that is far enough from the line's first end to give its direction."""
    return next((p for p in points if math.dist(p, points[0]) > 1), points[-1])


def _touching(points: list[Point], heads: list[_Shape]) -> Iterator[tuple[_Shape, list[float]]]:
    """The arrowheads at the first end of a line, and how far out of it each of their points is."""
    end, before = points[0], _before(points)
    if length := math.dist(end, before):
        ux, uy = (end[0] - before[0]) / length, (end[1] - before[1]) / length
        for head in heads:
            if head.rect.distance(end) <= TOUCH:
                yield head, [(x - end[0]) * ux + (y - end[1]) * uy for x, y in head.points]


def _tip(points: list[Point], heads: list[_Shape], taken: set[int]) -> Point | None:
    """The tip of the arrowhead at the first end of a line, where one points out of it."""
    for head, along in _touching(points, heads):
        extent = max(along) - min(along)
        foremost = {
            (round(x, 1), round(y, 1))
            for (x, y), far in zip(head.points, along, strict=True)
            if far > max(along) - 0.2 * extent
        }
        touches = max(along) < TOUCH and id(head) in taken
        if extent and len(foremost) == 1 and not touches:
            return foremost.pop()
    return None


# --- geometry of elements -------------------------------------------------------------


def _numbers(text: str) -> list[float]:
    values = [float(number) for number in _NUMBER.findall(text[:LONGEST])]
    return values if all(abs(value) < 1e9 for value in values) else []


def _look(element: Element) -> dict[str, str]:
    """Presentation attributes, and those in ``style``, which win."""
    declarations = (part.partition(":") for part in element.get("style").split(";"))
    inline = {name.strip(): value.strip() for name, _, value in declarations if value.strip()}
    look = {**element.attributes, **inline}
    for paint in ("fill", "stroke"):
        if look.get(paint) == "transparent" or look.get(f"{paint}-opacity") in _NOTHING:
            look[paint] = "none"
    return look


def _runs(
    element: Element,
    runs: list[tuple[float | None, float | None, float | None, str]],
    inherited: tuple[float | None, float | None, float | None] = (None, None, None),
) -> None:
    """The texts of a ``<text>``, each with its x, y and length where they are given.

    The first text of a part without a place of its own stands where the part around it starts.
    """

    def given(name: str) -> float | None:
        return next(iter(_numbers(element.get(name) or element.get(name.lower()))), None)

    own = (given("x"), given("y"), given("textLength"))
    x, y, length = (
        above if value is None else value for value, above in zip(own, inherited, strict=True)
    )
    x = x if x is None else x + (given("dx") or 0.0)
    y = y if y is None else y + (given("dy") or 0.0)
    for child in element.children:
        if isinstance(child, str):
            if x is None and y is None and runs:
                runs[-1] = (*runs[-1][:3], runs[-1][3] + child)
            else:
                runs.append((x, y, length, child))
        elif child.tag not in UNSEEN:
            _runs(child, runs, (x, y, length))
        else:
            continue
        x = y = None


def _outlines_of(element: Element, page: Rect | None) -> Iterator[tuple[list[Point], bool]]:
    """The outlines of an element: points, and whether they come back to the first."""

    def length(name: str, whole: float) -> float:
        text = element.get(name)
        number = next(iter(_numbers(text)), 0.0)
        return number * whole / 100 if text.endswith("%") else number

    width = page.right - page.left if page else 0.0
    height = page.bottom - page.top if page else 0.0
    match element.tag:
        case "path":
            yield from _path(element.get("d"))
        case "rect":
            x, y = length("x", width), length("y", height)
            right, bottom = x + length("width", width), y + length("height", height)
            yield [(x, y), (right, y), (right, bottom), (x, bottom)], True
        case "circle" | "ellipse":
            x, y = length("cx", width), length("cy", height)
            rx = length("r" if element.tag == "circle" else "rx", width)
            ry = length("r" if element.tag == "circle" else "ry", height)
            yield [(x, y - ry), (x + rx, y), (x, y + ry), (x - rx, y)], True
        case "line":
            ends = [length(name, 0) for name in ("x1", "y1", "x2", "y2")]
            yield [(ends[0], ends[1]), (ends[2], ends[3])], False
        case "polygon" | "polyline":
            numbers = _numbers(element.get("points"))
            points = list(zip(numbers[::2], numbers[1::2], strict=False))
            yield points, element.tag == "polygon"


def _path(data: str) -> Iterator[tuple[list[Point], bool]]:
    """The outlines of a ``<path>``; curves become a few straight lines."""
    if len(data) > LONGEST:
        raise ReadError(f"an outline is longer than {LONGEST:,} characters")
    points: list[Point] = []
    x = y = 0.0
    control: Point | None = None
    for command, arguments in _COMMAND.findall(data):
        kind, relative = command.upper(), command.islower()
        if kind == "Z":
            if points:
                yield points, True
                x, y = points[0]
                points = [(x, y)]
            continue
        numbers = _numbers(arguments)
        step = _ARGUMENTS[kind]
        for index in range(0, len(numbers) - step + 1, step):
            chunk = numbers[index : index + step]
            if kind == "H":
                chunk = [chunk[0], 0.0 if relative else y]
            elif kind == "V":
                chunk = [0.0 if relative else x, chunk[0]]
            elif kind == "A":
                chunk = chunk[5:]
            if relative:
                chunk = [n + (x, y)[i % 2] for i, n in enumerate(chunk)]
            pairs = list(zip(chunk[::2], chunk[1::2], strict=True))
            if kind == "M" and index == 0:
                if len(points) > 1 and points[-1] != pairs[0]:
                    yield points, points[0] == points[-1]
                    points = []
                points = points if len(points) > 1 else [pairs[0]]
            elif kind in "CSQT":
                here = (x, y)
                before = control or here
                mirrored = (2 * x - before[0], 2 * y - before[1])
                curve = [mirrored, *pairs] if kind in "ST" else pairs
                points += _curve([here, *curve])
                control = curve[-2]
            else:
                points += pairs
            if kind not in "CSQT":
                control = None
            x, y = pairs[-1]
    if len(points) > 1:
        yield points, points[0] == points[-1]


def _curve(controls: list[Point]) -> list[Point]:
    """Points along a Bezier curve, without its start."""
    points = []
    for step in range(1, 9):
        t = step / 8
        level = controls
        while len(level) > 1:
            level = [
                (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t)
                for a, b in itertools.pairwise(level)
            ]
        points.append(level[0])
    return points


def _matrix(text: str) -> Matrix:
    """The transformations of an element as one."""
    whole = SAME
    for name, arguments in _TRANSFORM.findall(text[:10_000]):
        n = _numbers(arguments)
        one: Matrix = SAME
        match name, n:
            case "matrix", [a, b, c, d, e, f]:
                one = (a, b, c, d, e, f)
            case "translate", [x, *y]:
                one = (1, 0, 0, 1, x, y[0] if y else 0)
            case "scale", [x, *y]:
                one = (x, 0, 0, y[0] if y else x, 0, 0)
            case "rotate", [angle, *about]:
                cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
                x, y_ = about if len(about) == 2 else (0.0, 0.0)
                one = (cos, sin, -sin, cos, x - x * cos + y_ * sin, y_ - x * sin - y_ * cos)
            case "skewX", [angle]:
                one = (1, 0, math.tan(math.radians(angle)), 1, 0, 0)
            case "skewY", [angle]:
                one = (1, math.tan(math.radians(angle)), 0, 1, 0, 0)
        whole = _combined(whole, one)
    return whole


def _combined(outer: Matrix, inner: Matrix) -> Matrix:
    a, b, c, d, e, f = outer
    g, h, i, j, k, m = inner
    return (
        a * g + c * h,
        b * g + d * h,
        a * i + c * j,
        b * i + d * j,
        a * k + c * m + e,
        b * k + d * m + f,
    )


def _moved(point: Point, matrix: Matrix) -> Point:
    a, b, c, d, e, f = matrix
    x, y = point
    return (a * x + c * y + e, b * x + d * y + f)
