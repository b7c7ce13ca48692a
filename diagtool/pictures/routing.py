"""Tells edges apart that share a channel, and moves their lines onto tracks of their own.

An edge's line consists of level and upright pieces; it runs along the *channels* between
the columns and rows of boxes. Different nets (:mod:`~diagtool.pictures.nets`) get different
tracks in a channel, and different ports on a side of a box.
Only pieces of lines are moved: the way that an edge takes around the boxes stays as it was.

A label will stand beside the line that leads
to the hub where it speaks for several edges, else beside the line to the other end.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise, permutations
from math import inf
from operator import itemgetter
from typing import NamedTuple

from diagtool.model.diagram import Arrow
from diagtool.pictures.blockdiag_routes import Place, along_side
from diagtool.pictures.drawing import (
    DrawnEdge,
    DrawnGroup,
    DrawnNode,
    Point,
    Rect,
    around,
    text_box,
)
from diagtool.pictures.nets import End, shares
from diagtool.pictures.outlines import landing

STACK = 8
"""How far the copies of a stacked box stand out to the right and below."""

HEAD_ROOM = 14
"""Room between a box and the nearest track, for an arrowhead."""

TRACK_STEP = 10
"""How far apart tracks lie where there is room."""

LABEL_GAP = 4
"""Room between a label and what is beside it."""

LABEL_ROOM = 3 * LABEL_GAP
"""How much longer than its label a piece of a line is, so that no track is as near to it."""

_PORT_STEP, _PORT_LEAST = 12, 6
"""How far apart ports lie where there is room, and at least."""

_PORT_MARGIN = 6
FRAME_ROOM = 6
"""Room between a frame and the nearest track outside of it."""

_FLAT_SIDES = frozenset({"box", "roundedbox", "square", "mail", "textbox"})
_UPRIGHT_SIDES = _FLAT_SIDES | {"flowchart.database"}
"""Shapes whose outline runs along their box."""

_SMALL = frozenset({"beginpoint", "dots", "endpoint", "minidiamond"})
"""Shapes that have one port on a side, at which lines join that come to it apart."""

Net = int
"""The number of a net."""


class Ports(NamedTuple):
    """The nets that meet at a side of a box, in order.

    ``labels`` tells of each how much of the side a label beside its line takes, 0 for none.
    ``straight`` is the first net with a line that runs straight on, which keeps the middle of
    the side.
    """

    labels: tuple[float, ...]
    straight: int | None

    def offsets(self, shape: str, upright: bool, length: float, behind: float) -> list[float]:
        """Where they lie from the middle of a side, whose end the copies behind may take up."""
        if shape in _SMALL:
            return [(index - self._middle) * _PORT_STEP for index in range(len(self.labels))]
        room = length / 2 - _margin(shape, upright, length)
        # Labels keep their room as long as others can do with less.
        for step in (_PORT_STEP, (_PORT_STEP + _PORT_LEAST) / 2, _PORT_LEAST):
            places = self._places(step, upright)
            scale = min(
                1.0,
                (room - behind) / -places[0] if places[0] < 0 else 1.0,
                room / places[-1] if places[-1] > 0 else 1.0,
            )
            if scale == 1 or not any(self.labels):
                break
        return [place * scale for place in places]

    def length(self, shape: str, upright: bool, behind: float) -> float:
        """How long a side must be for them."""
        if shape in _SMALL:
            return 0
        places = self._places(_PORT_LEAST, upright)
        room = max(behind - places[0], places[-1])
        return 2 * room + 2 * _PORT_MARGIN if is_flat(shape, upright) else 4 * room

    @property
    def _middle(self) -> float:
        """The number of the port in the middle of the side, or between two."""
        return (len(self.labels) - 1) / 2 if self.straight is None else self.straight

    def _places(self, step: float, upright: bool) -> list[float]:
        """Where they lie from the middle, a label's room apart or at least a step.

        Labels stand above level lines, and to the right of upright ones.
        """
        beside = self.labels[1:] if upright else self.labels[:-1]
        steps = (label + 3 * LABEL_GAP if label else step for label in beside)
        places = [0.0, *accumulate(steps)]
        middle = (places[-1] / 2) if self.straight is None else places[self.straight]
        return [place - middle for place in places]


def is_flat(shape: str, upright: bool) -> bool:
    """Whether the outline of a shape runs along its box on upright or level sides."""
    return shape in (_UPRIGHT_SIDES if upright else _FLAT_SIDES)


def _margin(shape: str, upright: bool, length: float) -> float:
    return _PORT_MARGIN if is_flat(shape, upright) else length / 4


def behind(stacked: bool, side: str) -> int:
    """What the copies behind a stacked box take of a side's upper or left end."""
    return STACK if stacked and side in ("right", "bottom") else 0


@dataclass(slots=True)
class Wire:
    """An edge on its way: ``ends`` are its nodes, ``sides`` where it leaves them.

    ``alone`` says that no other is in its net.
    """

    edge: DrawnEdge
    points: list[list[float]]
    sides: tuple[str, str]
    net: Net
    hub: int
    alone: bool

    @property
    def ends(self) -> tuple[str, str]:
        return (self.edge.tail, self.edge.head)

    @property
    def label_end(self) -> int:
        """The end at which its label stands."""
        return 1 - self.hub if self.alone else self.hub


def separate(
    edges: Sequence[DrawnEdge],
    loops: Sequence[DrawnEdge],
    nodes: Sequence[DrawnNode],
    groups: Sequence[DrawnGroup],
) -> list[Wire]:
    """The edges with their lines and arrowheads moved apart, in the same order.

    They keep off the loops above boxes, which come last.
    """
    wires = _wires(edges, {id for group in groups for id in group.members})
    by_id = {node.id: node for node in nodes}
    boxes = [extent(node) for node in nodes]
    frames = [group.box for group in groups]
    columns = _Channels(boxes, frames, axis=0)
    rows = _Channels(boxes, [*frames, *(around(loop.points) for loop in loops)], axis=1)
    _spread_ports(wires, by_id, (columns, rows))
    for wire in wires:
        _bend(wire, columns, rows)
    columns.assign_tracks(wires, rows)
    rows.assign_tracks(wires, columns)
    _part_stubs(wires, by_id)
    for wire in wires:
        wire.points = _simplified(wire.points)
    jumps = _jumps(wires)
    _reach_outlines(wires, by_id)
    for wire, found in zip(wires, jumps, strict=True):
        wire.edge = _finished(wire, found)
    return [*wires, *_looped(loops, len(edges) * 2)]


def _looped(loops: Iterable[DrawnEdge], first: Net) -> Iterator[Wire]:
    """Loops as wires that share nothing with others; labels go to the left of them first."""
    for net, loop in enumerate(loops, first):
        points = [list(point) for point in loop.points]
        yield Wire(loop, points, ("top", "top"), net, hub=1, alone=True)


def extent(node: DrawnNode) -> Rect:
    """What a node covers with its copies."""
    over = STACK if node.stacked else 0
    box = node.box
    return Rect(box.x, box.y, box.width + over, box.height + over)


def _has_head(edge: DrawnEdge, end: int) -> bool:
    return edge.arrow is Arrow.BOTH or edge.arrow is (Arrow.BACK, Arrow.FORWARD)[end]


def _wires(edges: Iterable[DrawnEdge], grouped: set[str]) -> list[Wire]:
    """The edges with their nets."""
    drafts = []
    looks: dict[object, int] = {}
    ends: list[tuple[End, End]] = []
    framed = []
    for edge in edges:
        points = _simplified([list(point) for point in edge.points])
        tail, head = sides = (_side(points[0], points[1]), _side(points[-1], points[-2]))
        look = looks.setdefault((edge.stroke, edge.hollow, edge.label), len(looks))
        ends.append(
            (
                (edge.tail, (tail, _has_head(edge, 0), look)),
                (edge.head, (head, _has_head(edge, 1), look)),
            )
        )
        framed.append((edge.tail in grouped, edge.head in grouped))
        drafts.append((edge, points, sides))
    found = shares(ends, framed, [bool(edge.label) for edge, _, _ in drafts])
    users = Counter(share.net for share in found)
    return [
        Wire(edge, points, sides, net, hub, users[net] == 1)
        for (edge, points, sides), (net, hub) in zip(drafts, found, strict=True)
    ]


def _side(end: Sequence[float], bend: Sequence[float]) -> str:
    if end[1] == bend[1]:
        return "right" if bend[0] > end[0] else "left"
    return "bottom" if bend[1] > end[1] else "top"


def _simplified(points: list[list[float]]) -> list[list[float]]:
    """The same line without points that it passes through straight on; at least two."""
    kept: list[list[float]] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1:
            (x0, y0), (x1, y1) = kept[-2], kept[-1]
            if x0 == x1 == point[0] or y0 == y1 == point[1]:
                kept.pop()
        kept.append(point)
    return kept if len(kept) > 1 else [*kept, list(kept[0])]


# --- ports ----------------------------------------------------------------------------


def _spread_ports(
    wires: Iterable[Wire], nodes: dict[str, DrawnNode], grid: tuple[_Channels, _Channels]
) -> None:
    """Gives every net its own port where several of them share a side of a box."""
    sides: dict[tuple[str, str], dict[Net, list[tuple[Wire, int]]]] = {}
    for wire in wires:
        for end in (0, 1):
            key = (wire.ends[end], wire.sides[end])
            sides.setdefault(key, {}).setdefault(wire.net, []).append((wire, end))
    for (id, side), nets in sides.items():
        node = nodes[id]
        told_apart = any(wire.edge.label for users in nets.values() for wire, _ in users)
        if len(nets) == 1 or (node.shape in _SMALL and not told_apart):
            continue
        upright = side in ("left", "right")
        axis = 1 if upright else 0

        def place(users: list[tuple[Wire, int]], side: str = side, axis: int = axis) -> Place:
            return along_side(side, [_on_grid(wire, end, axis, grid) for wire, end in users])

        order = sorted(nets.values(), key=place)
        straight = [any(len(wire.points) == 2 for wire, _ in users) for users in order]
        ports = Ports(
            tuple(_label_along(axis, users) for users in order),
            straight.index(True) if any(straight) else None,
        )
        length = node.box.height if upright else node.box.width
        offsets = ports.offsets(node.shape, upright, length, behind(node.stacked, side))
        for users, offset in zip(order, offsets, strict=True):
            for wire, end in users:
                _move_end(wire, end, axis, offset)


def _on_grid(wire: Wire, end: int, axis: int, grid: tuple[_Channels, _Channels]) -> list[int]:
    """Where the pieces of a line lie from one of its ends on, and where it ends."""
    points = wire.points[::-1] if end else wire.points
    axes = [axis ^ number % 2 for number in range(len(points))]
    return [grid[axis].place(point[axis]) for axis, point in zip(axes, points, strict=True)]


def _label_along(axis: int, users: Iterable[tuple[Wire, int]]) -> float:
    """How far the largest label beside the ends of a net reaches along the side of the box."""
    largest = 0.0
    for wire, end in users:
        if wire.edge.lines and end == wire.label_end:
            text = text_box(wire.edge.lines)
            largest = max(largest, text.height if axis else text.width)
    return largest


def _move_end(wire: Wire, end: int, axis: int, by: float) -> None:
    """Moves an end along its side; the piece that starts there moves with it."""
    wire.points[-end][axis] += by
    if len(wire.points) > 2:
        wire.points[-2 if end else 1][axis] += by


# --- channels -------------------------------------------------------------------------


class _Channels:
    """The gaps between columns (axis 0, for upright pieces) or rows (axis 1)."""

    def __init__(self, boxes: Iterable[Rect], frames: Sequence[Rect], axis: int) -> None:
        self.axis = axis
        sides = _sides(axis)
        self.starts: list[float] = []
        self.ends: list[float] = []
        for low, high in sorted(map(sides, boxes)):
            if self.ends and low <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], high)
            else:
                self.starts.append(low)
                self.ends.append(high)
        self.frames = [sides(frame) for frame in frames]

    def number(self, at: float) -> int:
        """The channel at a coordinate; 0 is before the first column or row."""
        return bisect_right(self.starts, at)

    def place(self, at: float) -> int:
        """Which column or row is at a coordinate, doubled, or which channel: an odd number."""
        number = self.number(at)
        return 2 * number + (not number or at > self.ends[number - 1])

    def gap(self, number: int) -> tuple[float, float]:
        """Where a channel starts and ends."""
        return (
            self.ends[number - 1] if number else -inf,
            self.starts[number] if number < len(self.starts) else inf,
        )

    def room(self, number: int, wanted: float) -> tuple[float, float]:
        """From where to where tracks may lie, outside of the frames that end in here.

        There is as much as is wanted before the first column or row, and after the last.
        """
        low, high = self.gap(number)
        before = [edge for _, edge in self.frames if low < edge < high]
        after = [edge for edge, _ in self.frames if low < edge < high]
        first = max(before) + FRAME_ROOM if before else low + HEAD_ROOM
        last = min(after) - FRAME_ROOM if after else high - HEAD_ROOM
        if not number:
            first = last - wanted
        elif number == len(self.starts):
            last = first + wanted
        return (first, last) if first < last else (low, high)

    def assign_tracks(self, wires: Sequence[Wire], across: _Channels) -> None:
        """Lays every net's pieces in a channel onto one track."""
        labels = self._label_room(wires)
        channels: dict[int, dict[Net, _Trunk]] = {}
        axis, along = self.axis, 1 - self.axis
        for wire in wires:
            points = wire.points
            for index in range(1, len(points) - 2):
                if points[index][axis] == points[index + 1][axis]:
                    nets = channels.setdefault(self.number(points[index][axis]), {})
                    trunk = nets.get(wire.net)
                    if trunk is None:
                        trunk = nets[wire.net] = _Trunk()
                    trunk.add(wire, index, axis, along)
        for number, nets in channels.items():
            if len(nets) > 1:
                for trunk in nets.values():
                    trunk.stretch(across)
            self._lay(number, list(nets.values()), labels[number])

    def _label_room(self, wires: Iterable[Wire]) -> dict[int, tuple[float, float]]:
        """How much room labels take at the start and at the end of each channel."""
        room: dict[int, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
        for wire in wires:
            side, at = wire.sides[wire.label_end], wire.points[-wire.label_end][self.axis]
            if not wire.edge.lines or (side in ("left", "right")) != (self.axis == 0):
                continue
            text = text_box(wire.edge.lines)
            needed = (text.height if self.axis else text.width) + LABEL_ROOM
            if side in ("right", "bottom"):
                number = self.number(at - 1)
                before, after = room[number]
                room[number] = (max(before, at + needed - self.gap(number)[0]), after)
            else:
                number = self.number(at + 1) - 1
                before, after = room[number]
                room[number] = (before, max(after, self.gap(number)[1] - at + needed))
        return room

    def _lay(self, number: int, trunks: list[_Trunk], labels: tuple[float, float]) -> None:
        tracks = _tracks(trunks)
        low, high = self.room(number, (len(tracks) + 1) * TRACK_STEP + sum(labels))
        before, after = labels
        if low + before < high - after:
            # Labels stand beside the stubs, and no track may run through them.
            low, high = low + before, high - after
        if high - low < _PORT_STEP / 2 * len(tracks):
            tracks = _fewest_tracks(trunks)
        count = len(tracks)
        step = (high - low) / (count + 1)
        if step < TRACK_STEP and count > 1:
            step = min(TRACK_STEP, (high - low) / (count - 1))
        first = (low + high - (count - 1) * step) / 2
        for index, track in enumerate(tracks):
            self._move(track, first + index * step)

    def _move(self, track: Iterable[_Trunk], at: float) -> None:
        at = round(at, 1)
        for trunk in track:
            for wire, index in trunk.pieces:
                wire.points[index][self.axis] = wire.points[index + 1][self.axis] = at


def _sides(axis: int) -> Callable[[Rect], tuple[float, float]]:
    if axis == 0:
        return lambda box: (box.x, box.right)
    return lambda box: (box.y, box.bottom)


class _Trunk:
    """The pieces of one net in one channel, and the stubs that leave them either way.

    Of each stub it knows whether it ends at a box.
    """

    def __init__(self) -> None:
        self.pieces: list[tuple[Wire, int]] = []
        self.low, self.high = inf, -inf
        self.start, self.end = inf, -inf
        self.back: dict[float, bool] = {}
        self.forth: dict[float, bool] = {}
        self.back_of: list[float] = []
        self.forth_of: list[float] = []
        self.spans: list[tuple[float, float]] = []

    def add(self, wire: Wire, index: int, axis: int, along: int) -> None:
        self.pieces.append((wire, index))
        points = wire.points
        ends = points[index][along], points[index + 1][along]
        self.spans.append((min(ends), max(ends)))
        for corner, outside in ((index, index - 1), (index + 1, index + 2)):
            at = points[corner][along]
            self.low, self.high = min(self.low, at), max(self.high, at)
            forth = points[outside][axis] > points[corner][axis]
            (self.forth_of if forth else self.back_of).append(at)
            stubs = self.forth if forth else self.back
            stubs[at] = stubs.get(at, False) or outside in (0, len(points) - 1)

    def stretch(self, across: _Channels) -> None:
        """Tells from where to where it may lie once the pieces that it meets have their tracks."""
        self.start, self.end = self.low, self.high
        for stubs in (self.back, self.forth):
            for at, ends in stubs.items():
                if not ends:
                    low, high = across.gap(across.number(at))
                    self.start, self.end = min(self.start, low), max(self.end, high)

    def overlaps(self, other: _Trunk) -> bool:
        return self.start <= other.end and other.start <= self.end

    def lines_at(self, at: float) -> int:
        """How many lines of the net pass there."""
        if not self.low <= at <= self.high:
            return 0
        return max(1, sum(low < at < high for low, high in self.spans))

    def crossings(self, other: _Trunk) -> int:
        """How much harm is done where this one lies before the other.

        Stubs cross a trunk, or worse, run side by side where they come from boxes that are
        opposite each other.
        """
        crossings = sum(other.lines_at(at) for at in self.forth_of)
        crossings += sum(self.lines_at(at) for at in other.back_of)
        beside = sum(
            abs(at - to) <= _PORT_LEAST
            for at, ends in self.forth.items()
            for to, begins in other.back.items()
            if ends and begins
        )
        return crossings + 2 * beside


def _tracks(trunks: list[_Trunk]) -> list[list[_Trunk]]:
    """Trunks side by side in an order in which few stubs cross them."""
    tracks: list[list[_Trunk]] = []
    for trunk in _uncross(trunks):
        at = len(tracks)
        while at and not any(trunk.overlaps(other) for other in tracks[at - 1]):
            at -= 1
        if at == len(tracks):
            tracks.append([])
        tracks[at].append(trunk)
    return tracks


def _fewest_tracks(trunks: Iterable[_Trunk]) -> list[list[_Trunk]]:
    """Trunks side by side in as little room as they can do with."""
    tracks: list[list[_Trunk]] = []
    for trunk in sorted(trunks, key=lambda trunk: trunk.start):
        for track in tracks:
            if not trunk.overlaps(track[-1]):
                track.append(trunk)
                break
        else:
            tracks.append([trunk])
    return tracks


def _uncross(trunks: list[_Trunk]) -> list[_Trunk]:
    """Trunks in an order in which few stubs cross them: each where it does least harm."""
    order = sorted(trunks, key=lambda trunk: (trunk.low, trunk.high))
    if len(order) == 1:
        return order
    harm = {(one, other): one.crossings(other) for one, other in permutations(order, 2)}
    for _ in order:
        before = list(order)
        for trunk in before:
            at = order.index(trunk)
            del order[at]
            # How much more harm it does further back than in the first place.
            more = list(accumulate(harm[other, trunk] - harm[trunk, other] for other in order))
            least = min(0, *more)
            if ([0, *more])[at] > least:
                at = ([0, *more]).index(least)
            order.insert(at, trunk)
        if order == before:
            break
    return order


def _bend(wire: Wire, columns: _Channels, rows: _Channels) -> None:
    """Makes a step in a straight line whose ports are no longer opposite each other."""
    if len(wire.points) != 2:
        return
    first, last = wire.points
    if first[0] == last[0] or first[1] == last[1]:
        return
    channels, axis = (columns, 0) if wire.sides[0] in ("left", "right") else (rows, 1)
    number = channels.number(min(first[axis], last[axis]))
    low = channels.ends[number - 1] if number else min(first[axis], last[axis])
    high = (
        channels.starts[number] if number < len(channels.starts) else max(first[axis], last[axis])
    )
    at = (low + high) / 2
    if axis == 0:
        wire.points[1:1] = [[at, first[1]], [at, last[1]]]
    else:
        wire.points[1:1] = [[first[0], at], [last[0], at]]


_ON_TOP = 3
"""From how far on two lines are seen as two, in pixels."""


def _part_stubs(wires: Iterable[Wire], nodes: Mapping[str, DrawnNode]) -> None:
    """Moves ports a little where what leaves them lies on a line of another net."""
    sides: dict[tuple[str, str], dict[Net, list[tuple[Wire, int]]]] = {}
    lanes: dict[tuple[int, int], set[tuple[float, float, float, Net]]] = defaultdict(set)
    for wire in wires:
        for end in (0, 1):
            key = (wire.ends[end], wire.sides[end])
            sides.setdefault(key, {}).setdefault(wire.net, []).append((wire, end))
        for (x, y), (x2, y2) in pairwise(wire.points):
            if y == y2:
                lanes[0, int(y)].add((y, min(x, x2), max(x, x2), wire.net))
            else:
                lanes[1, int(x)].add((x, min(y, y2), max(y, y2), wire.net))

    def is_free(axis: int, at: float, low: float, high: float, net: Net) -> bool:
        return not any(
            other != net and abs(lane - at) < _ON_TOP and start < high and low < end
            for near in range(int(at) - _ON_TOP, int(at) + _ON_TOP + 1)
            for lane, start, end, other in lanes.get((axis, near), ())
        )

    for (id, side), nets in sides.items():
        axis = 0 if side in ("left", "right") else 1
        along, box = 1 - axis, nodes[id].box
        if not is_flat(nodes[id].shape, axis == 0):
            continue
        first, last = (box.x, box.right) if along == 0 else (box.y, box.bottom)
        for net, users in nets.items():
            stubs = [[wire.points[-end], wire.points[1 - 3 * end]] for wire, end in users]
            low = min(point[axis] for stub in stubs for point in stub)
            high = max(point[axis] for stub in stubs for point in stub)
            at = stubs[0][0][along]
            if is_free(axis, at, low, high, net) or any(len(w.points) == 2 for w, _ in users):
                continue
            taken = [w.points[-e][along] for n, ((w, e), *_) in nets.items() if n != net]
            for by in (_PORT_LEAST, -_PORT_LEAST, _PORT_LEAST / 2, -_PORT_LEAST / 2):
                if (
                    first + _PORT_MARGIN <= at + by <= last - _PORT_MARGIN
                    and all(abs(at + by - other) >= abs(by) for other in taken)
                    and is_free(axis, at + by, low, high, net)
                ):
                    for wire, end in users:
                        _move_end(wire, end, along, by)
                    lanes[axis, int(at + by)].add((at + by, low, high, net))
                    break


# --- jumps and arrowheads -----------------------------------------------------


def _jumps(wires: Sequence[Wire]) -> list[list[Point]]:
    """Where each wire's level pieces cross an upright piece of another net."""
    upright: list[tuple[float, float, float, Net]] = []
    for wire in wires:
        for (x, y), (x2, y2) in pairwise(wire.points):
            if x == x2:
                upright.append((x, min(y, y2), max(y, y2), wire.net))
    upright = sorted(set(upright), key=itemgetter(0, 1, 2))
    xs = [x for x, *_ in upright]
    found = []
    for wire in wires:
        jumps: set[Point] = set()
        for (x, y), (x2, y2) in pairwise(wire.points):
            if y == y2 and x != x2:
                left, right = min(x, x2), max(x, x2)
                for at, low, high, net in upright[bisect_right(xs, left) :]:
                    if at >= right:
                        break
                    if low < y < high and net != wire.net:
                        jumps.add((at, y))
        found.append(sorted(jumps))
    return found


def _reach_outlines(wires: Iterable[Wire], nodes: Mapping[str, DrawnNode]) -> None:
    """Leads the ends of wires on to the outlines of shapes that are not their boxes."""
    reached: dict[tuple[str, str, float], float | None] = {}
    for wire in wires:
        for end, id in enumerate(wire.ends):
            node, side = nodes[id], wire.sides[end]
            axis = 0 if side in ("left", "right") else 1
            if is_flat(node.shape, axis == 0):
                continue
            at = wire.points[-end]
            port = (id, side, at[1 - axis])
            if port not in reached:
                outlines = chain.from_iterable(node.copies)
                reached[port] = landing(node, outlines, side, at[1 - axis])
            reach = reached[port]
            if reach is not None:
                at[axis] = reach
            elif node.shape in _SMALL:
                _join(wire, end, axis, node)


def _join(wire: Wire, end: int, axis: int, node: DrawnNode) -> None:
    """Leads a line that passes a small shape by to the middle of its side."""
    before, across = wire.points[-end], 1 - axis
    last = list(before)
    last[across] = node.box.center[across]
    reach = landing(node, chain.from_iterable(node.copies), wire.sides[end], last[across])
    if reach is not None:
        last[axis] = reach
    turn, joint = list(before), list(last)
    away = HEAD_ROOM if wire.sides[end] in ("right", "bottom") else -HEAD_ROOM
    turn[axis] = joint[axis] = last[axis] + away
    if end:
        wire.points[-1:] = [turn, joint, last]
    else:
        wire.points[:1] = [last, joint, turn]


def _finished(wire: Wire, jumps: list[Point]) -> DrawnEdge:
    edge = wire.edge
    points = tuple((x, y) for x, y in wire.points)
    if points == edge.points and not jumps:
        return edge
    present = [end for end in (0, 1) if _has_head(edge, end)]
    heads = list(edge.heads)
    for number, end in enumerate(present[: len(heads)]):
        old, new = edge.points[-end], points[-end]
        if old != new:
            dx, dy = new[0] - old[0], new[1] - old[1]
            heads[number] = tuple((x + dx, y + dy) for x, y in heads[number])
    # Every picture has hundreds: dataclasses.replace takes several times as long.
    return DrawnEdge(
        edge.tail,
        edge.head,
        edge.arrow,
        points,
        tuple(jumps),
        tuple(heads),
        edge.hollow,
        edge.label,
        edge.lines,
        edge.stroke,
    )
