"""What the formats that draw have in common: outlines, pictures, links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from math import dist
from pathlib import Path as File

from diagtool.pictures.drawing import (
    Close,
    Curve,
    Dash,
    Drawing,
    DrawnEdge,
    DrawnNode,
    Line,
    Move,
    Path,
    Point,
    Rect,
    Segment,
    Stroke,
    TextLine,
)
from diagtool.pictures.formats import FormatError, Look
from diagtool.pictures.text_metrics import BOLD, REGULAR, FontError, Fonts
from diagtool.pictures.themes import Theme

THICK = 2.5
"""How many times as wide as others a thick line is."""

JUMP_RADIUS = 4.0
ROUND = 0.5523
"""How far along a corner's side the control points lie that make a curve a quarter circle."""

_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_SAFE_SCHEMES = ("http", "https", "mailto")
_IGNORED_IN_URLS = re.compile(r"[\x00-\x20\x7f-\x9f]+")

_MAGIC = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


def plain(text: str) -> str:
    """A text without the characters that XML cannot hold and no font can show."""
    return _NOT_TEXT.sub("\ufffd", text)


def safe_link(url: str | None) -> str | None:
    """The URL as it may stand in a picture, None where it could run something.

    A browser skips blanks and control characters in front of and inside a scheme, and so
    they are taken out before it is looked at.
    """
    url = _IGNORED_IN_URLS.sub("", url or "")
    scheme = _SCHEME.match(url)
    return url if url and (not scheme or scheme[1].lower() in _SAFE_SCHEMES) else None


def read_picture(path: str) -> tuple[str, bytes]:
    """The media type and content of a bitmap. Raises FormatError for anything else."""
    try:
        content = File(path).read_bytes() if File(path).is_file() else b""
    except (OSError, ValueError):
        content = b""
    for magic, media_type in _MAGIC.items():
        if content.startswith(magic):
            return media_type, content
    raise FormatError(f"{path}: not a PNG, JPEG or GIF file that can be read")


def font_files(drawing: Drawing, look: Look) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The files to take letters from, each list in that order: for regular and bold text.

    A letter that none of them has would be an empty box: the look's ``warn`` is told.
    Raises FormatError where the look's own font cannot be read.
    """
    try:
        fonts = Fonts(File(look.font) if look.font else None)
    except FontError as error:
        raise FormatError(str(error)) from None
    text = "".join(plain(line.text) for line in text_lines(drawing))
    if missing := sorted(fonts.missing_glyphs(text)):
        named = ", ".join(f"{character} (U+{ord(character):04X})" for character in missing)
        look.warn(f"{drawing.name}: no font has {named}; name a font that does")
    extra = (look.font,) if look.font else ()
    return (str(REGULAR), *extra), (str(BOLD), *extra)


def text_lines(drawing: Drawing) -> Iterator[TextLine]:
    """Every line of text in a drawing."""
    for group in drawing.groups:
        yield from group.lines
    for edge in drawing.edges:
        yield from edge.lines
    for node in drawing.nodes:
        yield from node.lines
        if node.badge:
            yield node.badge[1]
    yield from (sign.line for sign in drawing.signs)


def edge_labels(edges: Iterable[DrawnEdge]) -> Iterator[tuple[TextLine, ...]]:
    """The label to draw with each edge: one that several have in the same place is drawn once."""
    drawn: set[tuple[TextLine, ...]] = set()
    for edge in edges:
        yield () if edge.lines in drawn else edge.lines
        drawn.add(edge.lines)


def dashes(stroke: Stroke) -> tuple[float, ...]:
    """Lengths of line and gap, empty for a line without gaps."""
    if stroke.dashes or stroke.dash is Dash.SOLID:
        return stroke.dashes
    return {Dash.DOTTED: (1.5, 3.0), Dash.DASHED: (5.0, 4.0)}.get(stroke.dash, ())


def cross(box: Rect) -> Path:
    """The outline that crosses out a box."""
    corners = (box.x, box.y), (box.right, box.bottom), (box.right, box.y), (box.x, box.bottom)
    first, last, other, end = corners
    return Path((Move(first), Line(last), Move(other), Line(end)), filled=False)


def node_outlines(node: DrawnNode, theme: Theme) -> tuple[tuple[Path, ...], ...]:
    """The outlines of a node's copies; the theme rounds the corners of plain boxes."""
    radius = theme.shape.node_radius
    if not radius or node.shape not in ("box", "square"):
        return node.copies
    return tuple(tuple(_rounded(outline, radius) for outline in copy) for copy in node.copies)


def _rounded(outline: Path, radius: float) -> Path:
    xs, ys = zip(*(s.to for s in outline.segments if not isinstance(s, Close)), strict=True)
    return rectangle(min(xs), min(ys), max(xs), max(ys), radius, filled=outline.filled)


def rectangle(
    left: float, top: float, right: float, bottom: float, radius: float, *, filled: bool = True
) -> Path:
    """The outline of a box with round corners."""
    r = min(radius, (right - left) / 2, (bottom - top) / 2)
    k = r * (1 - ROUND)
    sides: tuple[Segment, ...]
    if r <= 0:
        corners = ((right, top), (right, bottom), (left, bottom))
        sides = (Move((left, top)), *map(Line, corners), Close())
    else:
        sides = (
            Move((left + r, top)),
            Line((right - r, top)),
            Curve((right - k, top), (right, top + k), (right, top + r)),
            Line((right, bottom - r)),
            Curve((right, bottom - k), (right - k, bottom), (right - r, bottom)),
            Line((left + r, bottom)),
            Curve((left + k, bottom), (left, bottom - k), (left, bottom - r)),
            Line((left, top + r)),
            Curve((left, top + k), (left + k, top), (left + r, top)),
            Close(),
        )
    return Path(sides, filled)


def edge_line(edge: DrawnEdge, theme: Theme) -> Path:
    """The line of an edge: it ends inside its arrowheads, bends softly and hops over others."""
    points = list(edge.points)
    for head in edge.heads:
        tip, back = head[0], _middle(head[1:])
        if dist(points[0], tip) < dist(points[-1], tip):
            points[0] = _shortened(points[0], points[1], back)
        else:
            points[-1] = _shortened(points[-1], points[-2], back)
    segments: list[Segment] = [Move(points[0])]
    here = points[0]
    lengths = list(map(dist, points, points[1:]))
    for number, corner in enumerate(points[1:-1]):
        before, after = lengths[number], lengths[number + 1]
        radius = min(theme.shape.edge_radius, before / 2, after / 2)
        if radius:
            # Every picture has hundreds: the points in between are worked out in place.
            (x, y), (x1, y1), (x2, y2) = corner, points[number], points[number + 2]
            x1, y1 = (x1 - x) * radius / before, (y1 - y) * radius / before
            x2, y2 = (x2 - x) * radius / after, (y2 - y) * radius / after
            end, start = (x + x1, y + y1), (x + x2, y + y2)
        else:
            end = start = corner
        if edge.jumps:
            segments += _hops(here, end, edge.jumps)
        segments.append(Line(end))
        if radius:
            k = 1 - ROUND
            segments.append(Curve((x + x1 * k, y + y1 * k), (x + x2 * k, y + y2 * k), start))
        here = start
    if edge.jumps:
        segments += _hops(here, points[-1], edge.jumps)
    segments.append(Line(points[-1]))
    return Path(tuple(segments), filled=False)


def _hops(start: Point, end: Point, jumps: Sequence[Point]) -> list[Segment]:
    """Half circles over the jumps that lie on a straight line, far enough from its ends."""
    length = dist(start, end)
    if length <= 2 * JUMP_RADIUS:
        return []
    left, top = start
    dx, dy = (end[0] - left) / length, (end[1] - top) / length
    along = sorted(
        [
            (x - left) * dx + (y - top) * dy
            for x, y in jumps
            if -0.5 < (y - top) * dx - (x - left) * dy < 0.5
        ]
    )
    if not along:
        return []
    r, k = JUMP_RADIUS, JUMP_RADIUS * ROUND
    # A hop goes up from a level line and to the right of an upright one, whichever way
    # the line runs.
    ux, uy = (0.0, -1.0) if abs(dx) > abs(dy) else (1.0, 0.0)
    done = 0.0
    hops: list[Segment] = []
    for at in along:
        if at - r < done or at + r > length:
            continue
        x, y = left + dx * at, top + dy * at
        a, middle, b = (x - dx * r, y - dy * r), (x + ux * r, y + uy * r), (x + dx * r, y + dy * r)
        control = (a[0] + ux * k, a[1] + uy * k), (middle[0] - dx * k, middle[1] - dy * k)
        hops += (
            Line(a),
            Curve(*control, middle),
            Curve((middle[0] + dx * k, middle[1] + dy * k), (b[0] + ux * k, b[1] + uy * k), b),
        )
        done = at + r
    return hops


def _middle(points: Sequence[Point]) -> Point:
    count = len(points)
    return (sum([x for x, _ in points]) / count, sum([y for _, y in points]) / count)


def _shortened(end: Point, before: Point, back: Point) -> Point:
    """The end moved to the back of its arrowhead, as far as the line is long."""
    by, length = dist(end, back), dist(end, before)
    if not by or by >= length:
        return end
    return (
        end[0] + (before[0] - end[0]) * by / length,
        end[1] + (before[1] - end[1]) * by / length,
    )
