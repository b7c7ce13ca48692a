"""Gives a drawing its page: as large as all that is drawn, with a margin around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from diagtool.pictures.drawing import (
    Drawing,
    DrawnEdge,
    DrawnGroup,
    DrawnNode,
    Picture,
    Point,
    Rect,
    TextLine,
    around,
    text_box,
)
from diagtool.pictures.outlines import moved
from diagtool.pictures.routing import extent


def on_page(drawing: Drawing, margin: float) -> Drawing:
    """The drawing on a page that holds all of it, moved where anything was left of it or above.

    Only outermost things need be at the margin, so a drawing that starts there stays in place.
    """
    boxes = list(_boxes(drawing))
    left = min([margin, *(box.x for box in boxes)])
    top = min([margin, *(box.y for box in boxes)])
    right = max([0.0, *(box.right for box in boxes)])
    bottom = max([0.0, *(box.bottom for box in boxes)])
    dx, dy = _whole(margin - left), _whole(margin - top)
    return replace(
        _shifted(drawing, dx, dy) if dx or dy else drawing,
        width=right + dx + margin,
        height=bottom + dy + margin,
    )


def _whole(length: float) -> int:
    """The next whole number of pixels, so that what was sharp stays so."""
    return -int(-length // 1)


def _boxes(drawing: Drawing) -> Iterator[Rect]:
    """What everything that is drawn covers."""
    for group in drawing.groups:
        yield group.box
        yield from _texts(group.lines)
        yield from (picture.box for picture in group.pictures)
    for node in drawing.nodes:
        yield extent(node)
        yield from _texts(node.lines)
        yield from (picture.box for picture in node.pictures)
        if node.badge:
            yield node.badge[0]
    for edge in drawing.edges:
        yield around(edge.points)
        yield from map(around, edge.heads)
        yield from _texts(edge.lines)


def _texts(lines: Sequence[TextLine]) -> Iterator[Rect]:
    if lines:
        yield text_box(lines)


def _shifted(drawing: Drawing, dx: float, dy: float) -> Drawing:
    """The drawing with everything moved to the right and down."""

    def point(at: Point) -> Point:
        return (at[0] + dx, at[1] + dy)

    def points(line: Sequence[Point]) -> tuple[Point, ...]:
        return tuple(map(point, line))

    def box(old: Rect) -> Rect:
        return Rect(old.x + dx, old.y + dy, old.width, old.height)

    def text(line: TextLine) -> TextLine:
        return replace(line, x=line.x + dx, y=line.y + dy)

    def texts(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
        return tuple(map(text, lines))

    def pictures(old: Sequence[Picture]) -> tuple[Picture, ...]:
        return tuple(replace(picture, box=box(picture.box)) for picture in old)

    def group(old: DrawnGroup) -> DrawnGroup:
        return replace(
            old, box=box(old.box), lines=texts(old.lines), pictures=pictures(old.pictures)
        )

    def node(old: DrawnNode) -> DrawnNode:
        return replace(
            old,
            box=box(old.box),
            copies=tuple(tuple(moved(path, dx, dy) for path in copy) for copy in old.copies),
            lines=texts(old.lines),
            badge=(box(old.badge[0]), text(old.badge[1])) if old.badge else None,
            pictures=pictures(old.pictures),
        )

    def edge(old: DrawnEdge) -> DrawnEdge:
        return replace(
            old,
            points=points(old.points),
            jumps=points(old.jumps),
            heads=tuple(map(points, old.heads)),
            lines=texts(old.lines),
        )

    return replace(
        drawing,
        groups=tuple(map(group, drawing.groups)),
        nodes=tuple(map(node, drawing.nodes)),
        edges=tuple(map(edge, drawing.edges)),
    )
