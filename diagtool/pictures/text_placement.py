"""Puts texts where they can be read: labels beside lines, titles and labels clear of them."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from math import inf

from diagtool.pictures.drawing import (
    DrawnEdge,
    DrawnGroup,
    DrawnNode,
    Point,
    Rect,
    TextLine,
    text_box,
)
from diagtool.pictures.routing import HEAD_ROOM, LABEL_GAP, Net, Wire, extent
from diagtool.pictures.text_metrics import LINE_HEIGHT, Fonts

_BESIDE = frozenset({"beginpoint", "endpoint", "minidiamond"})
"""Shapes too small for their labels, which stand beside them."""

_Length = tuple[float, float, float, Net]
"""Where a straight piece of a net lies, and from where to where."""


def place_texts(
    wires: Sequence[Wire],
    nodes: Sequence[DrawnNode],
    groups: Sequence[DrawnGroup],
    fonts: Fonts,
) -> tuple[tuple[DrawnEdge, ...], tuple[DrawnNode, ...], tuple[DrawnGroup, ...]]:
    """The edges of wires, nodes and groups with their texts in their final places."""
    taken = _Taken(wires, nodes, groups)
    groups = tuple(_titled(group, taken) for group in groups)
    taken.boxes += [text_box(group.lines) for group in groups if group.lines]
    nodes = tuple(_named(node, taken) for node in nodes)
    return tuple(_labelled(wires, taken, fonts)), nodes, groups


class _Taken:
    """Where a text would lie on top of something: boxes, other texts, lines and frames."""

    def __init__(
        self, wires: Iterable[Wire], nodes: Iterable[DrawnNode], groups: Iterable[DrawnGroup]
    ) -> None:
        self.boxes = [extent(node) for node in nodes]
        self.frames = [group.box for group in groups]
        level, upright = set(), set()
        for wire in wires:
            for (x, y), (x2, y2) in pairwise(wire.points):
                if x == x2:
                    upright.add((x, wire.net, min(y, y2), max(y, y2)))
                else:
                    level.add((y, wire.net, min(x, x2), max(x, x2)))
        self.level, self.upright = _joined(level), _joined(upright)

    def harm(self, spot: Rect) -> int:
        """How much less legible a text would be here, and what lies below it."""
        lines = sum(1 for _ in self.lines_in(spot))
        boxes = sum(_overlap(spot, box) for box in self.boxes)
        frames = sum(_overlap(spot, frame) and not _within(spot, frame) for frame in self.frames)
        return 4 * boxes + 4 * lines + 2 * frames

    def doubt(self, spot: Rect, net: Net) -> int:
        """Whether a label here could be that of another net, since it is as near to it."""
        return any(other != net for other in self.lines_in(_grown(spot, LABEL_GAP + 1.5)))

    def lines_in(self, box: Rect) -> Iterator[Net]:
        """The nets of the lines that run through a box."""
        yield from _crossed(self.level, (box.y, box.bottom), (box.x, box.right))
        yield from _crossed(self.upright, (box.x, box.right), (box.y, box.bottom))


def _joined(pieces: Iterable[tuple[float, Net, float, float]]) -> list[_Length]:
    """The pieces with those joined that one net has on top of each other."""
    joined: list[_Length] = []
    for at, net, low, high in sorted(pieces):
        if joined and joined[-1][0] == at and joined[-1][3] == net and low <= joined[-1][2]:
            _, low, other, _ = joined.pop()
            high = max(high, other)
        joined.append((at, low, high, net))
    return joined


def _crossed(
    pieces: list[_Length], across: tuple[float, float], along: tuple[float, float]
) -> Iterator[Net]:
    first, last = (bisect_left(pieces, (at,)) for at in across)
    return (net for _, low, high, net in pieces[first:last] if low < along[1] and along[0] < high)


def _overlap(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.right
        and other.x < one.right
        and one.y < other.bottom
        and other.y < one.bottom
    )


def _within(one: Rect, other: Rect) -> bool:
    return (
        one.x > other.x
        and one.right < other.right
        and one.y > other.y
        and one.bottom < other.bottom
    )


def _grown(box: Rect, by: float) -> Rect:
    return Rect(box.x - by, box.y - by, box.width + 2 * by, box.height + 2 * by)


def _moved(lines: Iterable[TextLine], dx: float, dy: float) -> tuple[TextLine, ...]:
    return tuple(replace(line, x=round(line.x + dx, 2), y=round(line.y + dy, 2)) for line in lines)


# --- titles of frames and labels of small shapes --------------------------------------


def _titled(group: DrawnGroup, taken: _Taken) -> DrawnGroup:
    """The group with its title moved aside where lines come in through it."""
    if not group.lines:
        return group
    text, frame = text_box(group.lines), group.box

    def is_free(x: float) -> bool:
        around = _grown(replace(text, x=x), LABEL_GAP)
        return not any(True for _ in taken.lines_in(around))

    if is_free(text.x):
        return group
    first, last = frame.x + 2 * LABEL_GAP, frame.right - 2 * LABEL_GAP - text.width
    places = [first, last]
    for at, low, high, _ in taken.upright:
        if low < text.bottom and high > text.y:
            places += (at + 2 * LABEL_GAP, at - 2 * LABEL_GAP - text.width)
    free = [x for x in places if first <= x <= last and is_free(x)]
    if not free:
        return group
    x = min(free, key=lambda x: abs(x - text.x))
    return replace(group, lines=_moved(group.lines, x - text.x, 0))


def _named(node: DrawnNode, taken: _Taken) -> DrawnNode:
    """The node with its label, if that stands beside it, where least is in the way."""
    if node.shape not in _BESIDE or not node.lines:
        return node
    text, box = text_box(node.lines), node.box
    above, below = box.y - LABEL_GAP - text.height, box.bottom + LABEL_GAP
    middle, right = box.center[0] - text.width / 2, box.right + LABEL_GAP
    spots = [
        replace(text, x=right),
        *(Rect(x, y, text.width, text.height) for x in (middle, right) for y in (above, below)),
        replace(text, x=box.x - LABEL_GAP - text.width),
    ]
    best = min(spots, key=taken.harm)
    taken.boxes.append(best)
    return replace(node, lines=_moved(node.lines, best.x - text.x, best.y - text.y))


# --- labels of edges ------------------------------------------------------------------


def _labelled(wires: Sequence[Wire], taken: _Taken, fonts: Fonts) -> list[DrawnEdge]:
    """The edges with their labels beside their lines.

    Where the lines of a net run together they all have theirs in the same place. A label for
    which there is no room is broken into lines.
    """
    edges = [wire.edge for wire in wires]
    nets: dict[Net, list[int]] = defaultdict(list)
    for number, edge in enumerate(edges):
        if edge.lines:
            nets[wires[number].net].append(number)
    for numbers in nets.values():
        users = [wires[number] for number in numbers]
        shared = _common(users) if len(users) > 1 else []
        lines, harm = _placed(shared, users[0], taken, fonts)
        if harm < 2:
            taken.boxes.append(text_box(lines))
        for number, wire in zip(numbers, users, strict=True):
            if harm >= 2:
                pieces = list(pairwise(wire.edge.points))
                own_first = pieces if wire.hub else pieces[::-1]
                lines, _ = _placed(own_first, wire, taken, fonts)
                taken.boxes.append(text_box(lines))
            edges[number] = replace(wire.edge, lines=lines)
    return edges


def _placed(
    pieces: Sequence[tuple[Point, Point]], wire: Wire, taken: _Taken, fonts: Fonts
) -> tuple[tuple[TextLine, ...], float]:
    """The label of a wire where it is read best beside one of its pieces, and the harm there."""
    lines = wire.edge.lines
    text = text_box(lines)
    spot, harm = _best_spot(pieces, text, wire.net, taken)
    if harm >= 2 and pieces:
        broken = _broken(lines, fonts)
        block = text_box(broken)
        other, less = _best_spot(pieces, block, wire.net, taken)
        if less < harm:
            lines, text, spot, harm = broken, block, other, less
    return _moved(lines, spot.x - text.x, spot.y - text.y), harm


def _broken(lines: tuple[TextLine, ...], fonts: Fonts) -> tuple[TextLine, ...]:
    """A label in lines that are about half as wide."""
    first = lines[0]
    size, bold, text = first.size, first.bold, " ".join(line.text for line in lines)
    width = max(fonts.width(text, size, bold=bold) / 2, fonts.widest_word(text, size, bold=bold))
    return tuple(
        replace(
            first,
            text=part,
            y=first.y + row * size * LINE_HEIGHT,
            width=round(fonts.width(part, size, bold=bold), 2),
        )
        for row, part in enumerate(fonts.wrap(text, size, width * 1.2, bold=bold))
    )


def _common(wires: Sequence[Wire]) -> list[tuple[Point, Point]]:
    """The pieces that the lines of a net have in common, from their hub on."""
    ways = [wire.points[:: -1 if wire.hub else 1] for wire in wires]
    common = []
    for pieces in zip(*map(pairwise, ways), strict=False):
        starts, ends = zip(*pieces, strict=True)
        start = starts[0]
        axis = 0 if all(end[1] == start[1] for end in ends) else 1
        if any(other != start for other in starts) or any(
            end[1 - axis] != start[1 - axis] for end in ends
        ):
            break
        runs = [end[axis] - start[axis] for end in ends]
        if min(runs) * max(runs) <= 0:
            break
        end = ends[runs.index(min(runs, key=abs))]
        common.append(((start[0], start[1]), (end[0], end[1])))
        if any(other != end for other in ends):
            break
    return common


def _best_spot(
    pieces: Iterable[tuple[Point, Point]], text: Rect, net: Net, taken: _Taken
) -> tuple[Rect, float]:
    """Where a text is read best beside a piece, the first of which is the best, and its harm."""
    best, least = text, inf
    for later, piece in enumerate(pieces):
        for spot in _spots(piece, text):
            harm = taken.harm(spot) + 2 * taken.doubt(spot, net)
            if harm + bool(later) < least:
                best, least = spot, harm + bool(later)
            if not harm:
                break
        if least <= 1:
            break
    return best, least


def _spots(piece: tuple[Point, Point], text: Rect) -> Iterator[Rect]:
    """Places beside a piece for a label, the better ones first."""
    (x, y), (x2, y2) = piece
    level = y == y2
    low, high = sorted((x, x2) if level else (y, y2))
    extent = text.width if level else text.height
    ends = (low + HEAD_ROOM, high - HEAD_ROOM - extent)
    shares = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9)
    for at in (*(low + (high - low) * share - extent / 2 for share in shares), *ends):
        for after in (False, True):
            if level:
                yield replace(text, x=at, y=y + LABEL_GAP if after else y - LABEL_GAP - text.height)
            else:
                yield replace(text, y=at, x=x - LABEL_GAP - text.width if after else x + LABEL_GAP)
