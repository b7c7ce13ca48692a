"""Draws what leads from a box to the same box: a small loop on its upper side.

blockdiag leads such a line around the corner, as far out as any other, where it is taken for one
that comes from elsewhere.
"""

from __future__ import annotations

from itertools import chain

from diagtool.pictures.drawing import Close, DrawnNode, Point, around
from diagtool.pictures.outlines import landing
from diagtool.pictures.routing import HEAD_ROOM, is_flat

HEIGHT = HEAD_ROOM + 2
"""How high a loop stands above its box, if its label needs no more."""

_WIDTH, _MARGIN = 16, 12
"""How wide a loop is, and how far it is from the corner of its box."""


def points(node: DrawnNode, height: float) -> tuple[Point, ...]:
    """The way of the loop of a box, from its left foot to its right one."""
    segments = chain.from_iterable(path.segments for path in node.copies[-1])
    outline = around(each.to for each in segments if not isinstance(each, Close))
    width = min(_WIDTH, outline.width / 2)
    right = outline.right - min(_MARGIN, (outline.width - width) / 2)
    left, top = right - width, node.box.y - height
    return ((left, _foot(node, left)), (left, top), (right, top), (right, _foot(node, right)))


def _foot(node: DrawnNode, x: float) -> float:
    """Where an upright line from above meets the outline of a box."""
    if is_flat(node.shape, upright=False):
        return node.box.y
    reach = landing(node, chain.from_iterable(node.copies), "top", x)
    return node.box.y if reach is None else reach
