"""How much room edges will need between columns, between rows and along sides of boxes.

It is told from blockdiag's grid, before anything has a size: the way that blockdiag takes
from one cell to another depends on where they stand alone. An even number of the doubled
grid is a column or row, an odd one the gap behind it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

from diagtool.pictures.routing import HEAD_ROOM, LABEL_GAP, TRACK_STEP, Ports

_Extent = tuple[float, float]
"""How wide and how high a label is."""


_RIGHT, _LEFT, _TOP, _BOTTOM = "right", "left", "top", "bottom"
_OPPOSITE = ((_RIGHT, _LEFT), (_BOTTOM, _TOP), (_TOP, _BOTTOM))


class Gap(NamedTuple):
    """A gap in which an edge runs: at a side of its first node (0) or its second (1).

    ``eighths`` of the usual gap are between the edge and that node's cell.
    """

    side: str
    node: int
    eighths: int = 4


class Way(NamedTuple):
    """The sides where an edge leaves its nodes, and the gaps in between in which it runs."""

    sides: tuple[str, str]
    gaps: tuple[Gap, ...] = ()

    @property
    def straight(self) -> bool:
        """Whether it turns nowhere."""
        return not self.gaps and self.sides in _OPPOSITE

    @property
    def axis(self) -> int:
        """Whether it sets out along columns (1) or rows (0), and turns at each gap."""
        return 0 if self.sides[0] in (_RIGHT, _LEFT) else 1


_BEHIND, _BELOW = Gap(_RIGHT, 0), Gap(_BOTTOM, 0)
_BEFORE, _ABOVE = Gap(_LEFT, 1), Gap(_TOP, 1)
_CLOSE_BEHIND, _CLOSE_BEFORE, _CLOSE_ABOVE = Gap(_RIGHT, 0, 2), Gap(_LEFT, 1, 2), Gap(_TOP, 1, 3)

_BACK = Way((_RIGHT, _TOP), (_CLOSE_BEHIND, _CLOSE_ABOVE))
_AROUND = Way((_BOTTOM, _TOP), (_BELOW, Gap(_RIGHT, 1, 2), _CLOSE_ABOVE))
_ACROSS = Way((_RIGHT, _LEFT))
_DOWN = Way((_BOTTOM, _TOP))

_LANDSCAPE: dict[tuple[str, bool], Way] = {
    ("right", False): _ACROSS,
    ("right", True): Way((_RIGHT, _LEFT), (_BEHIND, _BELOW, _CLOSE_BEFORE)),
    ("right-up", False): Way((_RIGHT, _LEFT), (_CLOSE_BEFORE,)),
    ("right-up", True): Way((_RIGHT, _LEFT), (_BEHIND, Gap(_BOTTOM, 1), _CLOSE_BEFORE)),
    ("right-down", False): Way((_RIGHT, _LEFT), (_BEHIND,)),
    ("right-down", True): Way((_RIGHT, _LEFT), (_BEHIND, _ABOVE, _CLOSE_BEFORE)),
    ("up", False): Way((_TOP, _BOTTOM)),
    ("up", True): Way((_RIGHT, _BOTTOM), (_CLOSE_BEHIND, Gap(_BOTTOM, 1))),
    ("left-down", False): Way((_BOTTOM, _TOP), (_ABOVE,)),
    ("left-down", True): Way((_RIGHT, _TOP), (_BEHIND, _ABOVE)),
    ("down", False): _DOWN,
    ("down", True): Way((_RIGHT, _TOP), (_BEHIND, _CLOSE_ABOVE)),
}
_PORTRAIT: dict[tuple[str, bool], Way] = {
    ("right", False): _ACROSS,
    ("right", True): _AROUND,
    ("up", False): _AROUND,
    ("right-up", False): _AROUND,
    ("same", False): _AROUND,
    ("right-down", False): Way((_BOTTOM, _TOP), (_BELOW,)),
    ("right-down", True): Way((_BOTTOM, _TOP), (_BELOW, _BEFORE, _ABOVE)),
    ("left-down", False): Way((_BOTTOM, _TOP), (_ABOVE,)),
    ("left-down", True): Way((_BOTTOM, _TOP), (_BELOW, Gap(_RIGHT, 1), _ABOVE)),
    ("down", False): _DOWN,
    ("down", True): Way((_BOTTOM, _TOP), (_BELOW, Gap(_RIGHT, 1), _ABOVE)),
}
"""blockdiag's ways by the direction and whether a box stands in between; else :data:`_BACK`."""

_FLOWCHART: dict[tuple[str, bool], Way] = {
    ("landscape", False): Way((_BOTTOM, _LEFT)),
    ("landscape", True): Way((_BOTTOM, _LEFT), (_BELOW, _CLOSE_BEFORE)),
    ("portrait", False): Way((_RIGHT, _TOP)),
    ("portrait", True): Way((_RIGHT, _TOP), (Gap(_RIGHT, 0, 6), _ABOVE)),
}
"""Its ways to the right and down in a flowchart, by the orientation instead."""


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
    # Edges that meet in the same way share a line, as routing has it.
    ends = [_ends(edge, way) for edge, way in zip(edges, ways, strict=True)]
    numbers = {end: number for number, end in enumerate(dict.fromkeys(chain(*ends)))}
    nets = [(numbers[one], numbers[other]) for one, other in ends]
    users = Counter(chain(*nets))
    gaps: dict[tuple[int, int], dict[int, list[int]]] = defaultdict(dict)
    sides: dict[tuple[Any, str], dict[int, _Meeting]] = defaultdict(dict)
    labels: dict[tuple[int, int], float] = {}
    from_above: list[tuple[Any, Any]] = []
    for edge, way, pair in zip(edges, ways, nets, strict=True):
        nodes = (edge.node1, edge.node2)
        free = [node.group.level == 0 for node in nodes]
        hub = int((users[pair[1]], free[1]) > (users[pair[0]], free[0]))
        net, straight = pair[hub], way.straight
        for gap, low, high in _runs(nodes, way):
            span = gaps[gap].setdefault(net, [low, high])
            if low < span[0]:
                span[0] = low
            if high > span[1]:
                span[1] = high
        for end, side in enumerate(way.sides):
            node, other = nodes[end], nodes[1 - end]
            along = 1 if side in (_RIGHT, _LEFT) else 0
            meetings = sides[node, side]
            if net not in meetings:
                meetings[net] = _Meeting([], [], [])
            meeting = meetings[net]
            meeting.aims.append(other.xy[along] - node.xy[along])
            meeting.straight.append(straight)
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
    return Room(ways, *needs, crowded, from_above)


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


def _way(edge: Any, flowchart: bool) -> Way:
    orientation, direction, skipped = (
        edge.node1.group.orientation,
        edge.direction,
        bool(edge.skipped),
    )
    if flowchart and direction == "right-down":
        return _FLOWCHART[orientation, skipped]
    ways = _LANDSCAPE if orientation == "landscape" else _PORTRAIT
    return ways.get((direction, skipped)) or ways.get((direction, False), _BACK)


def _ends(edge: Any, way: Way) -> tuple[Hashable, Hashable]:
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


def _depth(spans: Iterable[list[int]]) -> int:
    """How many of the spans lie side by side where most do."""
    steps = sorted(step for low, high in spans for step in ((low, -1), (high, 1)))
    most = depth = 0
    for _, step in steps:
        depth -= step
        most = max(most, depth)
    return most
