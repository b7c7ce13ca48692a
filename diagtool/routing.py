"""Tells edges apart that share a channel, and moves their lines onto tracks of their own.

An edge's line consists of level and upright pieces; it runs along the *channels* between
the columns and rows of boxes. Edges that meet at the same end of the same box in the same
way make a *net*: they may share a line, as a bus does. Different nets get different
tracks in a channel, and different ports on a side of a box. Only pieces of lines are
moved: the way that an edge takes around the boxes stays as it was.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import itemgetter

from diagtool.diagram import Arrow
from diagtool.drawing import DrawnEdge, DrawnGroup, DrawnNode, Point, Rect, TextLine
from diagtool.textmetrics import CAP_HEIGHT, LINE_HEIGHT

STACK = 8
"""How far the copies of a stacked box stand out to the right and below."""

_PORT_STEP = 12
_PORT_MARGIN = 6
_HEAD_ROOM = 14
_FRAME_ROOM = 6
_TRACK_STEP = 10
_LABEL_GAP = 4

_FLAT_SIDES = frozenset({"box", "roundedbox", "square", "note", "mail", "textbox"})
_UPRIGHT_SIDES = _FLAT_SIDES | {"flowchart.database"}
"""Shapes along whose sides an edge may arrive elsewhere than in the middle."""

_Net = int
"""The number of a net."""


@dataclass(slots=True)
class _Wire:
    """An edge on its way: ``ends`` are its nodes, ``sides`` where it leaves them."""

    edge: DrawnEdge
    points: list[list[float]]
    sides: tuple[str, str]
    net: _Net
    hub: int

    @property
    def ends(self) -> tuple[str, str]:
        return (self.edge.tail, self.edge.head)


def separate(
    edges: Sequence[DrawnEdge], nodes: Sequence[DrawnNode], groups: Sequence[DrawnGroup]
) -> tuple[DrawnEdge, ...]:
    """The edges with their lines, arrowheads and labels moved apart, in the same order."""
    wires = _wires(edges, {id for group in groups for id in group.members})
    boxes = [_extent(node) for node in nodes]
    frames = [group.box for group in groups]
    _spread_ports(wires, {node.id: node for node in nodes})
    columns = _Channels(boxes, frames, axis=0)
    rows = _Channels(boxes, frames, axis=1)
    for wire in wires:
        _bend(wire, columns, rows)
    columns.assign_tracks(wires)
    rows.assign_tracks(wires)
    for wire in wires:
        wire.points = _simplified(wire.points)
    finished = [_finished(wire, jumps) for wire, jumps in zip(wires, _jumps(wires), strict=True)]
    if not any(edge.lines for edge in finished):
        return tuple(finished)
    titles = [_text_box(group.lines) for group in groups if group.lines]
    taken = _Taken(finished, [*titles, *boxes], frames)
    return tuple(
        _labelled(edge, wire.hub, taken) if edge.lines else edge
        for edge, wire in zip(finished, wires, strict=True)
    )


def _extent(node: DrawnNode) -> Rect:
    over = STACK if node.stacked else 0
    box = node.box
    return Rect(box.x, box.y, box.width + over, box.height + over)


def _has_head(edge: DrawnEdge, end: int) -> bool:
    return edge.arrow is Arrow.BOTH or edge.arrow is (Arrow.BACK, Arrow.FORWARD)[end]


def _wires(edges: Iterable[DrawnEdge], grouped: set[str]) -> list[_Wire]:
    """The edges with their nets: each belongs to that of its busier end."""
    drafts = []
    users: dict[_Net, int] = defaultdict(int)
    numbers: dict[object, _Net] = {}
    for edge in edges:
        points = _simplified([list(point) for point in edge.points])
        sides = (_side(points[0], points[1]), _side(points[-1], points[-2]))
        ends = zip((edge.tail, edge.head), sides, strict=True)
        nets = tuple(
            numbers.setdefault(
                (id, side, _has_head(edge, end), edge.stroke, edge.hollow), len(numbers)
            )
            for end, (id, side) in enumerate(ends)
        )
        for net in nets:
            users[net] += 1
        drafts.append((edge, points, sides, nets))
    wires = []
    for edge, points, sides, nets in drafts:
        free = (edge.tail not in grouped, edge.head not in grouped)
        hub = max((0, 1), key=lambda end: (users[nets[end]], free[end], -end))
        wires.append(_Wire(edge, points, sides, nets[hub], hub))
    return wires


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
        if len(kept) > 1 and any(
            kept[-2][axis] == kept[-1][axis] == point[axis] for axis in (0, 1)
        ):
            kept.pop()
        kept.append(point)
    return kept if len(kept) > 1 else [*kept, list(kept[0])]


# --- ports ----------------------------------------------------------------------------


def _spread_ports(wires: Iterable[_Wire], nodes: dict[str, DrawnNode]) -> None:
    """Gives every net its own port where several of them share a side of a box."""
    sides: dict[tuple[str, str], dict[_Net, list[tuple[_Wire, int]]]] = {}
    for wire in wires:
        for end in (0, 1):
            key = (wire.ends[end], wire.sides[end])
            sides.setdefault(key, {}).setdefault(wire.net, []).append((wire, end))
    for (id, side), nets in sides.items():
        node = nodes[id]
        upright = side in ("left", "right")
        if len(nets) == 1 or node.shape not in (_UPRIGHT_SIDES if upright else _FLAT_SIDES):
            continue
        axis = 1 if upright else 0
        length = node.box.height if upright else node.box.width

        def aim(users: list[tuple[_Wire, int]], axis: int = axis) -> float:
            """Where a net is headed, from where the port is."""
            return sum(
                wire.points[end - 1][axis] - wire.points[-end][axis] for wire, end in users
            ) / len(users)

        order = sorted(nets.values(), key=aim)
        # A line that runs straight on keeps the middle of the side.
        straight = next(
            (
                index
                for index, users in enumerate(order)
                if any(len(wire.points) == 2 for wire, _ in users)
            ),
            None,
        )
        middle = straight if straight is not None else (len(order) - 1) / 2
        # The copies behind a stacked box leave its upper right and lower left corner free.
        behind = STACK if node.stacked and side in ("right", "bottom") else 0
        room = length / 2 - _PORT_MARGIN
        step = min(
            _PORT_STEP,
            (room - behind) / middle if middle else room,
            room / (len(order) - 1 - middle) if middle < len(order) - 1 else room,
        )
        for index, users in enumerate(order):
            for wire, end in users:
                _move_end(wire, end, axis, (index - middle) * step)


def _move_end(wire: _Wire, end: int, axis: int, by: float) -> None:
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

    def room(self, number: int, tracks: int, used: Sequence[float]) -> tuple[float, float]:
        """From where to where tracks may lie, outside of the frames that end in here."""
        low = self.ends[number - 1] if number else min(used) - _HEAD_ROOM
        last = number == len(self.starts)
        high = max(*used, low + _HEAD_ROOM) + _HEAD_ROOM if last else self.starts[number]
        before = [edge for _, edge in self.frames if low < edge < high]
        after = [edge for edge, _ in self.frames if low < edge < high]
        first = max(before) + _FRAME_ROOM if before else low + _HEAD_ROOM
        if last:
            return first, first + (tracks + 1) * _TRACK_STEP
        end = min(after) - _FRAME_ROOM if after else high - _HEAD_ROOM
        return (first, end) if first < end else (low, high)

    def assign_tracks(self, wires: Iterable[_Wire]) -> None:
        """Lays every net's pieces in a channel onto one track."""
        channels: dict[int, dict[_Net, _Trunk]] = {}
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
            self._lay(number, list(nets.values()))

    def _lay(self, number: int, trunks: list[_Trunk]) -> None:
        axis = self.axis
        used = [wire.points[index][axis] for trunk in trunks for wire, index in trunk.pieces]
        _uncross(trunks)
        tracks: list[int] = []
        for index, trunk in enumerate(trunks):
            before = [
                tracks[other]
                for other in range(index)
                if trunks[other].low <= trunk.high and trunk.low <= trunks[other].high
            ]
            tracks.append(max(before, default=-1) + 1)
        count = max(tracks) + 1
        low, high = self.room(number, count, used)
        step = (high - low) / (count + 1)
        labelled = any(wire.edge.label for trunk in trunks for wire, _ in trunk.pieces)
        for trunk, track in zip(trunks, tracks, strict=True):
            at = low + (track + 1) * step
            if labelled:
                # A label stands between the track and the end that is not the hub.
                near = min(step, _TRACK_STEP)
                at = low + track * near if trunk.hub_before else high - (count - 1 - track) * near
            for wire, index in trunk.pieces:
                wire.points[index][axis] = wire.points[index + 1][axis] = round(at, 1)


def _sides(axis: int) -> Callable[[Rect], tuple[float, float]]:
    if axis == 0:
        return lambda box: (box.x, box.right)
    return lambda box: (box.y, box.bottom)


class _Trunk:
    """The pieces of one net in one channel, and the stubs that leave them either way."""

    def __init__(self) -> None:
        self.pieces: list[tuple[_Wire, int]] = []
        self.low, self.high = float("inf"), float("-inf")
        self.back: set[float] = set()
        self.forth: set[float] = set()
        self.hub_before = True

    def add(self, wire: _Wire, index: int, axis: int, along: int) -> None:
        self.pieces.append((wire, index))
        points = wire.points
        for corner, outside in ((index, index - 1), (index + 1, index + 2)):
            at = points[corner][along]
            self.low, self.high = min(self.low, at), max(self.high, at)
            (self.forth if points[outside][axis] > points[corner][axis] else self.back).add(at)
        self.hub_before = points[-wire.hub][axis] < points[index][axis]

    def crossings(self, other: _Trunk) -> int:
        """How many stubs cross a trunk where this one lies before the other."""
        return sum(other.low <= at <= other.high for at in self.forth) + sum(
            self.low <= at <= self.high for at in other.back
        )


def _uncross(trunks: list[_Trunk]) -> None:
    """Puts trunks into an order in which few stubs cross them."""
    trunks.sort(key=lambda trunk: (trunk.low, trunk.high))
    for _ in trunks:
        swapped = False
        for index in range(len(trunks) - 1):
            one, other = trunks[index], trunks[index + 1]
            if other.crossings(one) < one.crossings(other):
                trunks[index : index + 2] = [other, one]
                swapped = True
        if not swapped:
            return


def _bend(wire: _Wire, columns: _Channels, rows: _Channels) -> None:
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


# --- jumps and arrowheads -----------------------------------------------------


def _jumps(wires: Sequence[_Wire]) -> list[list[Point]]:
    """Where each wire's level pieces cross an upright piece of another net."""
    upright: list[tuple[float, float, float, _Net]] = []
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


def _finished(wire: _Wire, jumps: list[Point]) -> DrawnEdge:
    edge = wire.edge
    heads = list(edge.heads)
    present = [end for end in (0, 1) if _has_head(edge, end)]
    for number, end in enumerate(present[: len(heads)]):
        old, new = edge.points[-end], wire.points[-end]
        dx, dy = new[0] - old[0], new[1] - old[1]
        heads[number] = tuple((x + dx, y + dy) for x, y in heads[number])
    return replace(
        edge,
        points=tuple((x, y) for x, y in wire.points),
        jumps=tuple(jumps),
        heads=tuple(heads),
    )


# --- labels ---------------------------------------------------------------------------


class _Taken:
    """Where a label would lie on top of something: boxes, other labels, lines and frames."""

    def __init__(
        self, edges: Iterable[DrawnEdge], boxes: Iterable[Rect], frames: Sequence[Rect]
    ) -> None:
        self.boxes = list(boxes)
        self.frames = frames
        self.level: list[tuple[float, float, float]] = []
        self.upright: list[tuple[float, float, float]] = []
        upright = set()
        for edge in edges:
            for (x, y), (x2, y2) in pairwise(edge.points):
                if x == x2:
                    upright.add((x, min(y, y2), max(y, y2)))
                else:
                    self.level.append((y, min(x, x2), max(x, x2)))
        self.level.sort()
        for x, low, high in sorted(upright):
            # The pieces of one net lie on top of each other.
            if self.upright and self.upright[-1][0] == x and low <= self.upright[-1][2]:
                _, low, other = self.upright.pop()
                high = max(high, other)
            self.upright.append((x, low, high))

    def harm(self, spot: Rect) -> int:
        """How much less legible a label would be here, and what lies below it."""
        lines = self._crossed(self.level, (spot.y, spot.bottom), (spot.x, spot.right))
        lines += self._crossed(self.upright, (spot.x, spot.right), (spot.y, spot.bottom))
        boxes = sum(_overlap(spot, box) for box in self.boxes)
        frames = sum(_overlap(spot, frame) and not _within(spot, frame) for frame in self.frames)
        return 4 * boxes + 2 * lines + frames

    @staticmethod
    def _crossed(
        pieces: list[tuple[float, float, float]],
        across: tuple[float, float],
        along: tuple[float, float],
    ) -> int:
        first, last = (bisect_left(pieces, (at,)) for at in across)
        return sum(low < along[1] and along[0] < high for _, low, high in pieces[first:last])


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


def _text_box(lines: Sequence[TextLine]) -> Rect:
    """What lines of text cover, from the tops of capitals to a little below the last."""
    left = min(line.x - line.width / 2 for line in lines)
    right = max(line.x + line.width / 2 for line in lines)
    top = min(line.y - CAP_HEIGHT * line.size for line in lines)
    bottom = max(line.y + (LINE_HEIGHT - 1) * line.size for line in lines)
    return Rect(left, top, right - left, bottom - top)


def _spots(piece: tuple[Point, Point], text: Rect) -> Iterator[Rect]:
    """Places beside a piece for a label, the better ones first."""
    (x, y), (x2, y2) = piece
    for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9):
        middle_x, middle_y = x + (x2 - x) * share, y + (y2 - y) * share
        for after in (False, True):
            if y == y2:
                below = _LABEL_GAP if after else -_LABEL_GAP - text.height
                yield replace(text, x=middle_x - text.width / 2, y=y + below)
            else:
                aside = -_LABEL_GAP - text.width if after else _LABEL_GAP
                yield replace(text, x=x + aside, y=middle_y - text.height / 2)


def _labelled(edge: DrawnEdge, hub: int, taken: _Taken) -> DrawnEdge:
    """The edge with its label beside its line, where it can be read.

    Best is the piece off the hub, for that is the edge's own. The place is taken from then on.
    """
    text = _text_box(edge.lines)
    pieces = list(pairwise(edge.points))
    best, least = text, float("inf")
    for shared, piece in enumerate(pieces if hub else reversed(pieces)):
        for spot in _spots(piece, text):
            harm = taken.harm(spot) + min(shared, 1)
            if harm < least:
                best, least = spot, harm
            if not harm:
                break
        if least <= 1:
            break
    taken.boxes.append(best)
    dx, dy = best.x - text.x, best.y - text.y
    return replace(
        edge,
        lines=tuple(
            replace(line, x=round(line.x + dx, 2), y=round(line.y + dy, 2)) for line in edge.lines
        ),
    )
