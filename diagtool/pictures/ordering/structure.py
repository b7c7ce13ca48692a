"""What of a diagram decides where its boxes stand: numbers for names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise
from math import inf, isqrt
from typing import NamedTuple

from diagtool.model.diagram import Arrow, Diagram
from diagtool.pictures.blockdiag_routes import GAP_X, GAP_Y, Cell
from diagtool.pictures.ordering.estimate import HEIGHT, WIDTH, Frame, Wire, estimate
from diagtool.pictures.ordering.weights import (
    AGAINST,
    AREA,
    BEND,
    BEYOND,
    CROSSING,
    FRONT,
    LENGTH,
    OVERLAP,
    TALL,
    TURNED,
    UPRIGHT,
    WIDE,
)

Cells = Mapping[int, Cell]
"""Where boxes stand, by their numbers: columns and rows from 0."""

_BOX_HEIGHT, _BOX_WIDTH, _MARGIN = 40, 128, 16


class Link(NamedTuple):
    """An edge: its boxes, the members of a frame that it joins, and its arrowheads.

    ``fixed`` says that its tail must stand before its head.
    """

    tail: int
    head: int
    one: int
    other: int
    heads: tuple[bool, bool]
    fixed: bool


class Structure:
    """The boxes of a diagram by their numbers from 0, and its frames after them."""

    def __init__(self, diagram: Diagram) -> None:
        self.numbers = {node.id: number for number, node in enumerate(diagram.nodes)}
        self.boxes = len(self.numbers)
        for group in diagram.all_groups:
            self.numbers[group.id] = len(self.numbers)
        self.page = len(self.numbers)
        self.frames = range(self.boxes, self.page)
        self.frame_of = [self.page] * (self.page + 1)
        for group in diagram.all_groups:
            for id in (*group.nodes, *(inner.id for inner in group.groups)):
                self.frame_of[self.numbers[id]] = self.numbers[group.id]
        ways = [self.way_in(number) for number in range(self.page)]
        self.inside = {
            frame: frozenset(box for box in range(self.boxes) if frame in ways[box])
            for frame in self.frames
        }
        self.depth = max(map(len, ways), default=2) - 2
        """How many frames are around each other."""
        self._grouped = frozenset(box for box in range(self.boxes) if len(ways[box]) > 2)
        self.links = [
            _link(ways[self.numbers[e.tail]], ways[self.numbers[e.head]], e.arrow, e.fixed)
            for e in diagram.edges
            if not e.is_loop
        ]
        self._wires = [
            (Wire(e.tail, e.head, e.heads), Wire(e.head, e.tail, e.heads[::-1])) for e in self.links
        ]
        """Each link as a wire, as it is stated and from its other end."""
        self.peers: dict[int, Counter[int]] = defaultdict(Counter)
        for link in self.links:
            self.peers[link.tail][link.head] += 1
            self.peers[link.head][link.tail] += 1
        self.led = [(link.tail, link.head) for link in self.links if link.fixed]
        heads = {head for _, head in self.led}
        self.front = sorted({tail for tail, _ in self.led} - heads)
        """Boxes through which requests enter."""
        self.behind = [
            (box, member)
            for box in self.front
            for member in range(self.page)
            if self.frame_of[member] == self.frame_of[box] and member not in self.front
        ]
        """Each of these with each box and frame beside it, which belongs behind it."""
        kinds = self._kinds(diagram)
        self.in_order = [pair for kind in kinds for pair in pairwise(kind)]
        """Of boxes and frames that are alike, which one stands further left, or else above."""
        self.stacks = {
            frame for frame in self.frames if any(self.inside[frame] <= set(kind) for kind in kinds)
        }
        """Frames around boxes that are alike, which stand below each other."""
        area = sum((node.width or _BOX_WIDTH) * _BOX_HEIGHT for node in diagram.nodes)
        self.area, self.side = max(area, 1), max(isqrt(area), 1)
        self.length_cost = LENGTH[bool(self._grouped)]
        self.area_cost = AREA[bool(self._grouped)]

    def way_in(self, number: int) -> list[int]:
        """A box or frame and all frames around it, from the page inwards."""
        way = [number]
        while way[-1] != self.page:
            way.append(self.frame_of[way[-1]])
        return way[::-1]

    def _kinds(self, diagram: Diagram) -> list[list[int]]:
        """Members of a frame that keep their order among themselves, in order."""
        names: list[tuple[object, object]] = [
            (node.part or node.id, node.label) for node in diagram.nodes
        ]
        names += [(group.part or self.page, group.label) for group in diagram.all_groups]
        kinds: list[list[int]] = []
        seen: dict[object, list[int]] = {}
        for member, (part, label) in enumerate(names):
            frame = self.frame_of[member]
            # Boxes with one label are told from each other by their order.
            kind = seen.get((frame, part)) or seen.get(label)
            if kind is None:
                kind = []
                kinds.append(kind)
            seen[frame, part] = seen[label] = kind
            kind.append(member)
        return kinds

    def rects(self, cells: Cells) -> dict[int, Frame]:
        """The frames around the boxes that have cells."""
        rects = {}
        for frame, boxes in self.inside.items():
            inner = [cells[box] for box in boxes if box in cells]
            if inner:
                xs, ys = zip(*inner, strict=True)
                x, y = min(xs), min(ys)
                rects[frame] = Frame(x, y, max(xs) - x + 1, max(ys) - y + 1)
        return rects

    def fits(self, cells: Cells, rects: Mapping[int, Frame]) -> bool:
        """Whether nothing stands on anything else."""
        if len(set(cells.values())) < len(cells):
            return False
        for frame, (left, top, width, height) in rects.items():
            inside, right, bottom = self.inside[frame], left + width, top + height
            for box, (x, y) in cells.items():
                if left <= x < right and top <= y < bottom and box not in inside:
                    return False
        return not any(
            one.x < other.x + other.width
            and other.x < one.x + one.width
            and one.y < other.y + other.height
            and other.y < one.y + one.height
            for (first, one), (second, other) in combinations(rects.items(), 2)
            if self.inside[first].isdisjoint(self.inside[second])
        )

    def is_turned(self, link: Link, corners: Cells) -> bool:
        """Whether an edge is stated from its other end.

        ``corners`` are those of boxes and frames. Of the two that an edge joins in their frame, the
        first is the one further left, so that edges go in no circle, whatever frames are around.
        """
        return corners[link.other] < corners[link.one]

    def cost(self, cells: Cells, rects: Mapping[int, Frame], limit: float = inf) -> int:
        """What a picture with boxes in these cells is like, as far as is known without a layout.

        Of one that costs ``limit`` or more, it may say less than it costs, but not below the limit.
        """
        wires, stated, shortest = self._stated(cells, rects)
        told = estimate(dict(cells), wires, self._grouped, list(rects.values()))
        cost = stated + CROSSING * told.crossings + BEND * told.bends
        least = cost + self._least_spread(cells, shortest)
        if least >= limit:
            return least
        spread = self._spread(told.length, told.width, told.height)
        return cost + OVERLAP * told.overlaps + spread

    def least_cost(self, cells: Cells, rects: Mapping[int, Frame]) -> int:
        """What such a picture costs at least, which is told far sooner than what it costs.

        It is that of lines that cross nothing, take the shortest way and need no more room.
        """
        _, stated, shortest = self._stated(cells, rects)
        return stated + self._least_spread(cells, shortest)

    def _stated(self, cells: Cells, rects: Mapping[int, Frame]) -> tuple[list[Wire], int, int]:
        """The wires, what is known of the cost without their ways, and their least length.

        It is known which box stands before, behind or above which.
        """
        corners = {**cells, **{frame: (rect.x, rect.y) for frame, rect in rects.items()}}
        wires = []
        turns = upright = across = down = 0
        against, ahead = _reversed(self.in_order, corners), _reversed(self.behind, corners)
        for (tail, head, one, other, _, fixed), ways in zip(self.links, self._wires, strict=True):
            if tail in cells and head in cells:
                (x, y), (end_x, end_y) = cells[tail], cells[head]
                turned = corners[other] < corners[one]
                wires.append(ways[turned])
                turns += turned
                upright += x == end_x
                against += fixed and (turned or x >= end_x)
                across += abs(end_x - x)
                down += abs(end_y - y)
        stated = AGAINST * against + FRONT * ahead + UPRIGHT * upright + TURNED * turns
        return wires, stated, across * (WIDTH + GAP_X) + down * (HEIGHT + GAP_Y)

    def _least_spread(self, cells: Cells, length: int) -> int:
        """What lines of this length cost on the smallest page with these cells."""
        columns = max([x for x, _ in cells.values()]) + 1
        rows = max([y for _, y in cells.values()]) + 1
        width, height = columns * (WIDTH + GAP_X) - GAP_X, rows * (HEIGHT + GAP_Y) - GAP_Y
        return self._spread(length, width, height)

    def _spread(self, length: int, width: int, height: int) -> int:
        """What lines of this length cost on a page of this size, in pixels."""
        page = (width + 2 * _MARGIN) * (height + 2 * _MARGIN)
        beyond = max(width - WIDE, 0) + max(height - TALL, 0)
        return (
            CROSSING * beyond // BEYOND
            + self.length_cost * length // self.side
            + self.area_cost * page // self.area
        )


def _reversed(pairs: Iterable[tuple[int, int]], corners: Cells) -> int:
    """How many pairs that are there stand in the wrong order."""
    there = [(one, other) for one, other in pairs if one in corners and other in corners]
    return sum([corners[one] > corners[other] for one, other in there])


def _link(tail: Sequence[int], head: Sequence[int], arrow: Arrow, fixed: bool) -> Link:
    """An edge between two boxes by the ways to them, from the page inwards."""
    one, other = next(pair for pair in zip(tail, head, strict=False) if pair[0] != pair[1])
    heads = arrow in (Arrow.BACK, Arrow.BOTH), arrow in (Arrow.FORWARD, Arrow.BOTH)
    return Link(tail[-1], head[-1], one, other, heads, fixed)


def closed(cells: dict[int, Cell]) -> dict[int, Cell]:
    """The cells without columns and rows in which nothing stands."""
    xs, ys = sorted({x for x, _ in cells.values()}), sorted({y for _, y in cells.values()})
    if xs == list(range(len(xs))) and ys == list(range(len(ys))):
        return cells
    columns = {x: number for number, x in enumerate(xs)}
    rows = {y: number for number, y in enumerate(ys)}
    return {box: (columns[x], rows[y]) for box, (x, y) in cells.items()}
