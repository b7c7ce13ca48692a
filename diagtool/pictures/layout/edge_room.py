"""How much room edges will need between columns, between rows and along sides of boxes.

It is told from blockdiag's grid, before anything has a size: the way that blockdiag takes
from one cell to another depends on where they stand alone. An even number of the doubled
grid is a column or row, an odd one the gap behind it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from diagtool.pictures.blockdiag_routes import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Way,
    along_side,
    runs_straight,
    tracks_needed,
    way_of,
)
from diagtool.pictures.nets import End, shares
from diagtool.pictures.routing import HEAD_ROOM, LABEL_ROOM, TRACK_STEP, Ports

_Extent = tuple[float, float]
"""How wide and how high a label is."""


class Room(NamedTuple):
    """What edges need: pixels in front of a column or row by its number, and ports.

    ``ways`` are those of the edges; ``from_above`` are the nodes that an edge meets at their
    top, with its other end.
    """

    ways: list[Way]
    columns: dict[int, float]
    rows: dict[int, float]
    sides: dict[tuple[Any, str], Ports]
    from_above: list[tuple[Any, Any]]


def room(edges: Sequence[Any], label: Callable[[Any], _Extent], *, flowchart: bool) -> Room:
    """What the edges of a diagram need; ``label`` measures the label of an edge."""
    ways = [_way(edge, flowchart) for edge in edges]
    found = shares(
        [_ends(edge, way) for edge, way in zip(edges, ways, strict=True)],
        [(edge.node1.group.level > 0, edge.node2.group.level > 0) for edge in edges],
        [bool(edge.label) for edge in edges],
    )
    chosen = Counter(share.net for share in found)
    gaps: dict[tuple[int, int], dict[int, list[int]]] = defaultdict(dict)
    sides: dict[tuple[Any, str], dict[int, _Meeting]] = defaultdict(dict)
    labels: dict[tuple[int, int], list[float]] = defaultdict(lambda: [0.0, 0.0])
    from_above: list[tuple[Any, Any]] = []
    for edge, way, (net, hub) in zip(edges, ways, found, strict=True):
        nodes = (edge.node1, edge.node2)
        label_end = hub if chosen[net] > 1 else 1 - hub
        for gap, low, high in _runs(nodes, way):
            span = gaps[gap].setdefault(net, [low, high])
            if low < span[0]:
                span[0] = low
            if high > span[1]:
                span[1] = high
        for end, (side, line) in enumerate(zip(way.sides, _lines(nodes, way), strict=True)):
            node, other = nodes[end], nodes[1 - end]
            along = 1 if side in (RIGHT, LEFT) else 0
            meetings = sides[node, side]
            if net not in meetings:
                meetings[net] = _Meeting([], [])
            meeting = meetings[net]
            meeting.lines.append(line)
            if side == TOP:
                from_above.append((node, other))
            if edge.label and end == label_end:
                extent = label(edge)
                meeting.labels.append(extent[along])
                beside, after = labels[1 - along, _beside(node, side)], side in (LEFT, TOP)
                beside[after] = max(beside[after], extent[1 - along] + LABEL_ROOM)
    needs: tuple[dict[int, float], dict[int, float]] = ({}, {})
    for axis, at in [*gaps, *(gap for gap in labels if gap not in gaps)]:
        tracks = tracks_needed(gaps[axis, at].values()) if (axis, at) in gaps else 0
        needs[axis][(at + 1) // 2] = (
            2 * HEAD_ROOM + tracks * (TRACK_STEP + 2) + sum(labels.get((axis, at), ()))
        )
    crowded = {
        (node, side): _ports(side, list(meetings.values()))
        for (node, side), meetings in sides.items()
        if len(meetings) > 1
    }
    return Room(ways, *needs, crowded, from_above)


class _Meeting(NamedTuple):
    """A net at a side of a box: the pieces of its edges from there on, and their labels."""

    lines: list[list[int]]
    labels: list[float]


def _ports(side: str, meetings: list[_Meeting]) -> Ports:
    meetings.sort(key=lambda meeting: along_side(side, meeting.lines))
    straight = next(
        (i for i, meeting in enumerate(meetings) if any(map(runs_straight, meeting.lines))), None
    )
    return Ports(tuple(max(meeting.labels, default=0.0) for meeting in meetings), straight)


def _way(edge: Any, flowchart: bool) -> Way:
    orientation = edge.node1.group.orientation
    return way_of(edge.direction, bool(edge.skipped), orientation, flowchart=flowchart)


def _ends(edge: Any, way: Way) -> tuple[End, End]:
    hollow = edge.hstyle in ("generalization", "aggregation")
    looks = (edge.color, edge.style, edge.thick, hollow, edge.label)
    return (
        (edge.node1, (way.sides[0], edge.dir in ("back", "both"), looks)),
        (edge.node2, (way.sides[1], edge.dir in ("forward", "both"), looks)),
    )


def _beside(node: Any, side: str) -> int:
    """The gap at a side of a node."""
    if side == RIGHT:
        return int(2 * (node.xy.x + node.colwidth) - 1)
    if side == BOTTOM:
        return int(2 * (node.xy.y + node.colheight) - 1)
    return int(2 * node.xy[0 if side == LEFT else 1] - 1)


def _lines(nodes: tuple[Any, Any], way: Way) -> tuple[list[int], list[int]]:
    """Where each piece of an edge lies in turn, and where it ends, from either of its ends on."""
    (first, start), (last, end) = [
        [2 * node.xy[axis] for axis in (1 - along, along)]
        for node, along in zip(nodes, (way.axis, way.axis ^ (len(way.gaps) % 2)), strict=True)
    ]
    pieces = [first, *(_beside(nodes[gap.node], gap.side) for gap in way.gaps)]
    if not way.straight:
        pieces.append(end)
        end = last
    return [*pieces, end], [*pieces[::-1], start]


def _runs(nodes: tuple[Any, Any], way: Way) -> Iterable[tuple[tuple[int, int], int, int]]:
    """The gaps in which an edge runs, and from where to where along each."""
    if not way.gaps:
        return
    stops = [_beside(nodes[gap.node], gap.side) for gap in way.gaps]
    axis = way.axis
    first, last = 2 * nodes[0].xy[1 - axis], 2 * nodes[1].xy[axis ^ (len(stops) % 2)]
    corners = [first, *stops, last]
    for index, stop in enumerate(stops):
        one, other = corners[index], corners[index + 2]
        yield (axis ^ (index % 2), stop), min(one, other), max(one, other)
