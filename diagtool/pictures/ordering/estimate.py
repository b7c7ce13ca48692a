"""What a picture will be like, told from blockdiag's grid: crossings, length, bends, area.

It goes along blockdiag's ways as ``pictures.layout.edge_room`` and ``pictures.routing`` do, without
a size in pixels: a box stands at an even number of a doubled grid, a channel between
two at an odd one, and each is :data:`_LANE` wide, so that ports of a box lie beside each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import combinations, product
from typing import NamedTuple

from diagtool.pictures.blockdiag_routes import (
    BOTTOM,
    GAP_X,
    GAP_Y,
    LEFT,
    RIGHT,
    Cell,
    Way,
    along_side,
    direction,
    passed,
    runs_straight,
    tracks_needed,
    way_of,
)
from diagtool.pictures.nets import End, shares
from diagtool.pictures.routing import FRAME_ROOM, HEAD_ROOM, TRACK_STEP

_LANE = 1024
_PORT = 2

WIDTH, HEIGHT = 128, 40
"""A box as blockdiag has it where nothing else is said, in pixels."""


_FRAME_SIDE, _FRAME_TOP, _FRAME_BOTTOM = 12, 32, 12
"""How far a frame stands out from its boxes."""


class Frame(NamedTuple):
    """The cells that a frame is around."""

    x: int
    y: int
    width: int
    height: int


class Wire(NamedTuple):
    """An edge by the numbers of its boxes, and whether it has an arrowhead at either."""

    tail: int
    head: int
    heads: tuple[bool, bool]


_Piece = tuple[int, int, int, int]
"""A straight piece of a wire: its lane, from where to where it goes, and its net."""

_Pieces = dict[_Piece, int]
"""How many wires share each piece."""


_Turns = dict[tuple[int, int], dict[tuple[int, int, int], int]]
"""How many wires turn where two channels meet: upright and level ones, by their lanes.

They are told apart by their net, and where they come from: from the left or right, and from
above or below (-1 or 1).
"""


class Estimate:
    """What a picture is like, each told when it is asked for. Lengths are in pixels."""

    def __init__(
        self,
        level: _Pieces,
        upright: _Pieces,
        turns: _Turns,
        bends: int,
        taken: Collection[Cell],
        frames: Sequence[Frame],
    ) -> None:
        self._level, self._upright, self._turns = level, upright, turns
        self._taken, self._frames = taken, frames
        self.bends = bends

    @cached_property
    def crossings(self) -> int:
        """How often lines cross."""
        return _crossings(self._level, self._upright, self._turns)

    @cached_property
    def overlaps(self) -> int:
        """How often lines that mean different things lie on top of each other."""
        return _overlaps(self._level) + _overlaps(self._upright)

    @cached_property
    def length(self) -> int:
        """How long all lines are."""
        return _length(self._level, self._across) + _length(self._upright, self._down)

    @property
    def width(self) -> int:
        """How wide the page is."""
        return self._across[-1]

    @property
    def height(self) -> int:
        """How high the page is."""
        return self._down[-1]

    @cached_property
    def _across(self) -> list[int]:
        return _stations(
            self._upright,
            max([x for x, _ in self._taken]) + 1,
            (WIDTH, GAP_X),
            [(f.x, f.x + f.width) for f in self._frames],
            (_FRAME_SIDE, _FRAME_SIDE),
        )

    @cached_property
    def _down(self) -> list[int]:
        return _stations(
            self._level,
            max([y for _, y in self._taken]) + 1,
            (HEIGHT, GAP_Y),
            [(f.y, f.y + f.height) for f in self._frames],
            (_FRAME_TOP, _FRAME_BOTTOM),
        )


class _Path(NamedTuple):
    """A way from a cell to another with what is asked for again and again.

    ``line`` is where it starts along its first piece, the lane of each piece, and where it ends,
    in the middles of the sides of boxes. ``pieces`` is the line as it is seen from either end.
    """

    sides: tuple[str, str]
    straight: bool
    axis: int
    line: tuple[int, ...]
    pieces: tuple[tuple[int, ...], tuple[int, ...]]


@lru_cache(4096)
def _paths(one: Cell, other: Cell) -> tuple[frozenset[Cell], _Path, _Path]:
    """The cells that the short way passes, the path where nothing stands there, and where it does.

    They depend on nothing else, and the same few cells are tried again and again.
    """
    towards = direction(one, other)
    free, around = (_path(one, other, way_of(towards, skipped)) for skipped in (False, True))
    return frozenset(passed(one, other)), free, around


def _path(one: Cell, other: Cell, way: Way) -> _Path:
    axis, straight = way.axis, way.straight
    line = [2 * _LANE * one[axis], 2 * _LANE * one[1 - axis]]
    for side, end, _ in way.gaps:
        node = other if end else one
        at = 2 * node[0 if side in (RIGHT, LEFT) else 1]
        line.append(_LANE * (at + (1 if side in (RIGHT, BOTTOM) else -1)))
    last = axis ^ len(way.gaps) % 2
    if not straight:
        line.append(2 * _LANE * other[last])
        last = 1 - last
    line.append(2 * _LANE * other[last])
    return _Path(way.sides, straight, axis, tuple(line), (tuple(line[1:]), tuple(line[-2::-1])))


def estimate(
    cells: Mapping[int, Cell],
    wires: Sequence[Wire],
    grouped: frozenset[int],
    frames: Sequence[Frame],
) -> Estimate:
    """The estimate for wires between boxes at cells; ``grouped`` are the boxes in a frame."""
    taken = set(cells.values())
    paths, nets = _nets(cells, taken, wires, grouped)
    ports = _ports(wires, paths, nets)
    level: _Pieces = {}
    upright: _Pieces = {}
    turns: _Turns = {}
    bends = 0
    for wire, path, net in zip(wires, paths, nets, strict=True):
        corners = _corners(wire, path, net, ports)
        bends += len(corners) - 3
        if len(corners) > 5:
            _add_turns(turns, corners, path.axis, net)
        pieces, others = (level, upright) if path.axis == 0 else (upright, level)
        for before, lane, after in zip(corners, corners[1:], corners[2:], strict=False):
            if before != after:
                key = (lane, before, after, net) if before < after else (lane, after, before, net)
                pieces[key] = pieces.get(key, 0) + 1
            pieces, others = others, pieces
    return Estimate(level, upright, turns, bends, taken, frames)


def _length(pieces: _Pieces, stations: list[int]) -> int:
    """How long all lines are that run along rows, or along columns."""
    half = _LANE // 2
    return sum(
        [
            (stations[(high + half) // _LANE + 1] - stations[(low + half) // _LANE + 1]) * number
            for (_, low, high, _), number in pieces.items()
        ]
    )


def _nets(
    cells: Mapping[int, Cell], taken: set[Cell], wires: Sequence[Wire], grouped: frozenset[int]
) -> tuple[list[_Path], list[int]]:
    """The way of each wire, and the number of the net that it belongs to."""
    paths = []
    ends: list[tuple[End, End]] = []
    for tail, head, heads in wires:
        between, free, around = _paths(cells[tail], cells[head])
        path = free if between.isdisjoint(taken) else around
        paths.append(path)
        sides = path.sides
        ends.append(((tail, (sides[0], heads[0])), (head, (sides[1], heads[1]))))
    found = shares(
        ends,
        [(tail in grouped, head in grouped) for tail, head, _ in wires],
        [False] * len(wires),
    )
    return paths, [share.net for share in found]


def _ports(
    wires: Sequence[Wire], paths: Sequence[_Path], nets: Sequence[int]
) -> dict[tuple[int, str, int], int]:
    """How far the port of a net is from the middle of the side of a box, where not in it."""
    sides: dict[tuple[int, str], dict[int, list[tuple[int, ...]]]] = {}
    for wire, path, net in zip(wires, paths, nets, strict=True):
        for node, side, pieces in zip(wire[:2], path.sides, path.pieces, strict=True):
            sides.setdefault((node, side), {}).setdefault(net, []).append(pieces)
    ports = {}
    for (node, side), meetings in sides.items():
        if len(meetings) > 1:
            places = {net: along_side(side, users) for net, users in meetings.items()}
            order = sorted(meetings, key=places.__getitem__)
            straight = next(
                (i for i, net in enumerate(order) if any(map(runs_straight, meetings[net]))), None
            )
            middle = len(order) - 1 if straight is None else 2 * straight
            for number, net in enumerate(order):
                ports[node, side, net] = (2 * number - middle) * _PORT
    return ports


def _corners(
    wire: Wire, path: _Path, net: int, ports: dict[tuple[int, str, int], int]
) -> list[int]:
    """The line of a path in its ports."""
    corners = list(path.line)
    corners[1] += ports.get((wire.tail, path.sides[0], net), 0)
    if not path.straight:
        corners[-2] += ports.get((wire.head, path.sides[1], net), 0)
    return corners


def _crossings(level: _Pieces, upright: _Pieces, turns: _Turns) -> int:
    """How many pairs of wires cross, with the tracks in each channel in their best order."""
    crossings = 0
    harm: dict[tuple[int, int, int, int], int] = defaultdict(int)
    pillars = [(*key, n) for key, n in upright.items()]
    for (y, left, right, net), number in level.items():
        for x, top, bottom, other, count in pillars:
            if left <= x <= right and top <= y <= bottom and net != other:
                if left < x < right:
                    if top < y < bottom:
                        crossings += number * count
                    elif y % (2 * _LANE) == _LANE:
                        # The upright one turns in this channel.
                        first, second = (other, net) if y == top else (net, other)
                        harm[1, y, first, second] += number * count
                elif x % (2 * _LANE) == _LANE:
                    if top < y < bottom:
                        first, second = (net, other) if x == left else (other, net)
                        harm[0, x, first, second] += number * count
                    elif x == left and y % (2 * _LANE) != _LANE:
                        # The two come from boxes that are opposite each other.
                        harm[0, x, net, other] += number * count
                elif y == top and y % (2 * _LANE) == _LANE:
                    harm[1, y, other, net] += number * count
    for pair, meetings in _meetings(turns).items():
        crossings += _fewest(pair, meetings, harm)
    for (axis, lane, first, second), worse in harm.items():
        better = harm.get((axis, lane, second, first), 0)
        if better >= worse and (better > worse or first < second):
            crossings += worse
    return crossings


def _add_turns(turns: _Turns, corners: Sequence[int], axis: int, net: int) -> None:
    """Adds those of a wire between two channels."""
    for at in range(2, len(corners) - 3):
        # The piece before this corner is in one lane, the piece behind it in another.
        before, after = corners[at], corners[at + 1]
        if before % (2 * _LANE) == after % (2 * _LANE) == _LANE:
            back = 1 if corners[at - 1] > after else -1
            forth = 1 if corners[at + 2] > before else -1
            if axis ^ at % 2:
                place, turn = (after, before), (net, back, forth)
            else:
                place, turn = (before, after), (net, forth, back)
            there = turns.setdefault(place, {})
            there[turn] = there.get(turn, 0) + 1


_FEW_CHANNELS = 10
"""In how many channels two nets may meet for each order of them to be tried: twice as many orders
for each channel more."""

_Meeting = tuple[int, int, tuple[int, int, int, int]]
"""Two channels, and how often two nets cross where they meet.

That is where the first net lies before the second one in both, only in the upright channel, only
in the level one, and in neither.
"""


def _meetings(turns: _Turns) -> dict[tuple[int, int], list[_Meeting]]:
    """Where two nets turn from one channel into another."""
    meetings: dict[tuple[int, int], list[_Meeting]] = {}
    for (x, y), there in turns.items():
        for (one, number), (other, count) in combinations(sorted(there.items()), 2):
            if one[0] != other[0]:
                crossed = [
                    number * count * (_meets(one, other, dx, dy) + _meets(other, one, -dx, -dy))
                    for dx in (1, -1)
                    for dy in (1, -1)
                ]
                if any(crossed):
                    meeting = x, y, (crossed[0], crossed[1], crossed[2], crossed[3])
                    meetings.setdefault((one[0], other[0]), []).append(meeting)
    return meetings


def _meets(one: tuple[int, int, int], other: tuple[int, int, int], dx: int, dy: int) -> bool:
    """Whether the level piece of one net crosses the upright one of another that is there."""
    return one[1] == dx and other[2] == -dy


def _fewest(
    pair: tuple[int, int], meetings: list[_Meeting], harm: dict[tuple[int, int, int, int], int]
) -> int:
    """How often two nets cross at least in channels that meet; these are taken from the harm.

    Where they meet in more than a few, one lies before the other in all channels: there are too
    many orders to try each.
    """
    one, other = pair
    channels = sorted({(0, x) for x, _, _ in meetings} | {(1, y) for _, y, _ in meetings})
    costs = [
        (harm.pop((*channel, one, other), 0), harm.pop((*channel, other, one), 0))
        for channel in channels
    ]
    places = [(channels.index((0, x)), channels.index((1, y)), cost) for x, y, cost in meetings]
    number = len(channels)
    orders: Iterable[tuple[int, ...]] = ((0,) * number, (1,) * number)
    if number <= _FEW_CHANNELS:
        orders = product((0, 1), repeat=number)
    return min(
        sum([cost[second] for cost, second in zip(costs, order, strict=True)])
        + sum([crossed[2 * order[x] + order[y]] for x, y, crossed in places])
        for order in orders
    )


def _overlaps(pieces: Iterable[_Piece]) -> int:
    """How many pieces of different nets lie on top of each other, off the channels."""
    found = 0
    rows: dict[int, list[tuple[int, int, int]]] = {}
    for lane, low, high, net in pieces:
        if lane % (2 * _LANE) != _LANE:
            rows.setdefault(lane, []).append((low, high, net))
    for row in rows.values():
        for number, (low, high, net) in enumerate(row):
            for start, end, other in row[number + 1 :]:
                found += net != other and start < high and low < end
    return found


def _stations(
    pieces: Iterable[_Piece],
    cells: int,
    sizes: tuple[int, int],
    frames: Iterable[tuple[int, int]],
    rims: tuple[int, int],
) -> list[int]:
    """Where the middles of channels and of columns are in turn, or those of rows, and the end.

    Channels are as wide as their tracks and the rims of frames need.
    """
    size, gap = sizes
    channels: dict[int, dict[int, list[int]]] = {}
    for lane, low, high, net in pieces:
        if lane % (2 * _LANE) == _LANE:
            span = channels.setdefault(lane // _LANE, {}).setdefault(net, [low, high])
            span[0], span[1] = min(span[0], low), max(span[1], high)
    needed = {
        lane: 2 * HEAD_ROOM + tracks_needed(spans.values()) * (TRACK_STEP + 2)
        for lane, spans in channels.items()
    }
    for first, end in set(frames):
        for cell, rim in zip((first, end), rims, strict=True):
            lane = 2 * cell - 1
            spared = HEAD_ROOM - FRAME_ROOM if lane in channels else 0
            needed[lane] = needed.get(lane, 0) + rim - spared
    at, stations = 0, []
    for lane in range(-1, 2 * cells):
        wide = size if lane % 2 == 0 else needed.get(lane, 0)
        if lane % 2 and 0 < lane < 2 * cells - 1:
            wide = max(wide, gap)
        stations.append(at + wide // 2)
        at += wide
    return [*stations, at]
