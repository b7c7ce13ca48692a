"""How much room edges will need between columns, between rows and along sides of boxes.

It is told from blockdiag's grid, before anything has a size: the way that blockdiag takes
from one cell to another depends on where they stand alone. An even number of the doubled
grid is a column or row, an odd one the gap behind it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, NamedTuple

from diagtool.routing import HEAD_ROOM, LABEL_GAP, TRACK_STEP, Ports

_Extent = tuple[float, float]
"""How wide and how high a label is."""


class Room(NamedTuple):
    """What edges need: pixels in front of a column or row by its number, and ports.

    ``from_above`` are the nodes that an edge meets at their top, with its other end.
    """

    columns: dict[int, float]
    rows: dict[int, float]
    sides: dict[tuple[Any, str], Ports]
    from_above: list[tuple[Any, Any]]


_RIGHT, _LEFT, _TOP, _BOTTOM = "right", "left", "top", "bottom"


class _Way(NamedTuple):
    """The sides where an edge leaves its nodes, and the gaps in between in which it runs.

    A gap is that at a side of the edge's first node (0) or its second (1).
    """

    sides: tuple[str, str]
    gaps: tuple[tuple[str, int], ...]


_BACK = _Way((_RIGHT, _TOP), ((_RIGHT, 0), (_TOP, 1)))
_AROUND = _Way((_BOTTOM, _TOP), ((_BOTTOM, 0), (_RIGHT, 1), (_TOP, 1)))
_ACROSS = _Way((_RIGHT, _LEFT), ())
_DOWN = _Way((_BOTTOM, _TOP), ())

_LANDSCAPE: dict[tuple[str, bool], _Way] = {
    ("right", False): _ACROSS,
    ("right", True): _Way((_RIGHT, _LEFT), ((_RIGHT, 0), (_BOTTOM, 0), (_LEFT, 1))),
    ("right-up", False): _Way((_RIGHT, _LEFT), ((_LEFT, 1),)),
    ("right-up", True): _Way((_RIGHT, _LEFT), ((_RIGHT, 0), (_BOTTOM, 1), (_LEFT, 1))),
    ("right-down", False): _Way((_RIGHT, _LEFT), ((_RIGHT, 0),)),
    ("right-down", True): _Way((_RIGHT, _LEFT), ((_RIGHT, 0), (_TOP, 1), (_LEFT, 1))),
    ("up", False): _Way((_TOP, _BOTTOM), ()),
    ("up", True): _Way((_RIGHT, _BOTTOM), ((_RIGHT, 0), (_BOTTOM, 1))),
    ("left-down", False): _Way((_BOTTOM, _TOP), ((_TOP, 1),)),
    ("left-down", True): _BACK,
    ("down", False): _DOWN,
    ("down", True): _BACK,
}
_PORTRAIT: dict[tuple[str, bool], _Way] = {
    ("right", False): _ACROSS,
    ("right", True): _AROUND,
    ("up", False): _AROUND,
    ("right-up", False): _AROUND,
    ("same", False): _AROUND,
    ("right-down", False): _Way((_BOTTOM, _TOP), ((_BOTTOM, 0),)),
    ("right-down", True): _Way((_BOTTOM, _TOP), ((_BOTTOM, 0), (_LEFT, 1), (_TOP, 1))),
    ("left-down", False): _Way((_BOTTOM, _TOP), ((_TOP, 1),)),
    ("left-down", True): _AROUND,
    ("down", False): _DOWN,
    ("down", True): _AROUND,
}
"""blockdiag's ways by the direction and whether a box stands in between; else :data:`_BACK`."""


def room(edges: Sequence[Any], label: Callable[[Any], _Extent]) -> Room:
    """What the edges of a diagram need; ``label`` measures the label of an edge."""
    ways = [_way(edge) for edge in edges]
    # Edges that meet in the same way share a line, as routing has it.
    ends = [_ends(edge, way) for edge, way in zip(edges, ways, strict=True)]
    users = Counter(end for pair in ends for end in pair)
    gaps: dict[tuple[int, int], dict[Hashable, list[int]]] = defaultdict(dict)
    sides: dict[tuple[Any, str], dict[Hashable, _Meeting]] = defaultdict(dict)
    labels: dict[tuple[int, int], float] = {}
    from_above: list[tuple[Any, Any]] = []
    for edge, way, pair in zip(edges, ways, ends, strict=True):
        nodes = (edge.node1, edge.node2)
        hub = max((0, 1), key=lambda end: (users[pair[end]], nodes[end].group.level == 0, -end))
        net = pair[hub]
        for gap, low, high in _runs(nodes, way):
            span = gaps[gap].setdefault(net, [low, high])
            span[0], span[1] = min(span[0], low), max(span[1], high)
        for end, side in enumerate(way.sides):
            node, other = nodes[end], nodes[1 - end]
            along = 1 if side in (_RIGHT, _LEFT) else 0
            meeting = sides[node, side].setdefault(net, _Meeting([], [], []))
            meeting.aims.append(other.xy[along] - node.xy[along])
            meeting.straight.append(not way.gaps)
            if side == _TOP:
                from_above.append((node, other))
            if edge.label and end != hub:
                extent = label(edge)
                meeting.labels.append(extent[along])
                gap = 1 - along, _beside(node, side)
                labels[gap] = max(labels.get(gap, 0.0), extent[1 - along] + 2 * LABEL_GAP)
    needs: tuple[dict[int, float], dict[int, float]] = ({}, {})
    for axis, at in [*gaps, *(gap for gap in labels if gap not in gaps)]:
        tracks = _depth(gaps[axis, at].values()) if (axis, at) in gaps else 0
        needs[axis][(at + 1) // 2] = (
            2 * HEAD_ROOM + tracks * (TRACK_STEP + 2) + labels.get((axis, at), 0.0)
        )
    crowded = {
        key: _ports(list(meetings.values())) for key, meetings in sides.items() if len(meetings) > 1
    }
    return Room(*needs, crowded, from_above)


class _Meeting(NamedTuple):
    """A net at a side of a box: where its edges are headed, and their labels."""

    aims: list[int]
    straight: list[bool]
    labels: list[float]


def _ports(meetings: list[_Meeting]) -> Ports:
    meetings.sort(key=lambda meeting: sum(meeting.aims) / len(meeting.aims))
    straight = next((i for i, meeting in enumerate(meetings) if any(meeting.straight)), None)
    return Ports(
        len(meetings),
        straight,
        max((extent for meeting in meetings for extent in meeting.labels), default=0.0),
    )


def _way(edge: Any) -> _Way:
    ways = _LANDSCAPE if edge.node1.group.orientation == "landscape" else _PORTRAIT
    direction = edge.direction
    way = ways.get((direction, bool(edge.skipped)))
    return way or ways.get((direction, False), _BACK)


def _ends(edge: Any, way: _Way) -> tuple[Hashable, Hashable]:
    looks = (edge.color, edge.style, edge.thick, edge.hstyle in ("generalization", "aggregation"))
    return (
        (edge.node1, way.sides[0], edge.dir in ("back", "both"), looks),
        (edge.node2, way.sides[1], edge.dir in ("forward", "both"), looks),
    )


def _beside(node: Any, side: str) -> int:
    """The gap at a side of a node."""
    if side == _RIGHT:
        return int(2 * (node.xy.x + node.colwidth) - 1)
    if side == _BOTTOM:
        return int(2 * (node.xy.y + node.colheight) - 1)
    return int(2 * node.xy[0 if side == _LEFT else 1] - 1)


def _runs(nodes: tuple[Any, Any], way: _Way) -> Iterable[tuple[tuple[int, int], int, int]]:
    """The gaps in which an edge runs, and from where to where along each."""
    if not way.gaps:
        return
    stops = [_beside(nodes[number], side) for side, number in way.gaps]
    axis = 0 if way.sides[0] in (_RIGHT, _LEFT) else 1
    first, last = 2 * nodes[0].xy[1 - axis], 2 * nodes[1].xy[axis ^ (len(stops) % 2)]
    corners = [first, *stops, last]
    for index, stop in enumerate(stops):
        one, other = corners[index], corners[index + 2]
        yield (axis ^ (index % 2), stop), min(one, other), max(one, other)


def _depth(spans: Iterable[list[int]]) -> int:
    """How many of the spans lie side by side where most do."""
    steps = sorted(step for low, high in spans for step in ((low, -1), (high, 1)))
    most = depth = 0
    for _, step in steps:
        depth -= step
        most = max(most, depth)
    return most
