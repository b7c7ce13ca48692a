"""The ways that blockdiag takes from one box to another.

They follow from where the two stand on its grid, and from whether a box stands in between.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

GAP_X, GAP_Y = 40, 20
"""How far columns and rows of our own pictures are apart where no line needs more, in pixels."""

RIGHT, LEFT, TOP, BOTTOM = "right", "left", "top", "bottom"
_OPPOSITE = ((RIGHT, LEFT), (BOTTOM, TOP), (TOP, BOTTOM))


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
        return 0 if self.sides[0] in (RIGHT, LEFT) else 1


_BEHIND, _BELOW = Gap(RIGHT, 0), Gap(BOTTOM, 0)
_BEFORE, _ABOVE = Gap(LEFT, 1), Gap(TOP, 1)
_CLOSE_BEHIND, _CLOSE_BEFORE, _CLOSE_ABOVE = Gap(RIGHT, 0, 2), Gap(LEFT, 1, 2), Gap(TOP, 1, 3)

_BACK = Way((RIGHT, TOP), (_CLOSE_BEHIND, _CLOSE_ABOVE))
_AROUND = Way((BOTTOM, TOP), (_BELOW, Gap(RIGHT, 1, 2), _CLOSE_ABOVE))
_ACROSS = Way((RIGHT, LEFT))
_DOWN = Way((BOTTOM, TOP))

_LANDSCAPE: dict[tuple[str, bool], Way] = {
    ("right", False): _ACROSS,
    ("right", True): Way((RIGHT, LEFT), (_BEHIND, _BELOW, _CLOSE_BEFORE)),
    ("right-up", False): Way((RIGHT, LEFT), (_CLOSE_BEFORE,)),
    ("right-up", True): Way((RIGHT, LEFT), (_BEHIND, Gap(BOTTOM, 1), _CLOSE_BEFORE)),
    ("right-down", False): Way((RIGHT, LEFT), (_BEHIND,)),
    ("right-down", True): Way((RIGHT, LEFT), (_BEHIND, _ABOVE, _CLOSE_BEFORE)),
    ("up", False): Way((TOP, BOTTOM)),
    ("up", True): Way((RIGHT, BOTTOM), (_CLOSE_BEHIND, Gap(BOTTOM, 1))),
    ("left-down", False): Way((BOTTOM, TOP), (_ABOVE,)),
    ("left-down", True): Way((RIGHT, TOP), (_BEHIND, _ABOVE)),
    ("down", False): _DOWN,
    ("down", True): Way((RIGHT, TOP), (_BEHIND, _CLOSE_ABOVE)),
}
_PORTRAIT: dict[tuple[str, bool], Way] = {
    ("right", False): _ACROSS,
    ("right", True): _AROUND,
    ("up", False): _AROUND,
    ("right-up", False): _AROUND,
    ("same", False): _AROUND,
    ("right-down", False): Way((BOTTOM, TOP), (_BELOW,)),
    ("right-down", True): Way((BOTTOM, TOP), (_BELOW, _BEFORE, _ABOVE)),
    ("left-down", False): Way((BOTTOM, TOP), (_ABOVE,)),
    ("left-down", True): Way((BOTTOM, TOP), (_BELOW, Gap(RIGHT, 1), _ABOVE)),
    ("down", False): _DOWN,
    ("down", True): Way((BOTTOM, TOP), (_BELOW, Gap(RIGHT, 1), _ABOVE)),
}
"""blockdiag's ways by the direction and whether a box stands in between; else :data:`_BACK`."""

_FLOWCHART: dict[tuple[str, bool], Way] = {
    ("landscape", False): Way((BOTTOM, LEFT)),
    ("landscape", True): Way((BOTTOM, LEFT), (_BELOW, _CLOSE_BEFORE)),
    ("portrait", False): Way((RIGHT, TOP)),
    ("portrait", True): Way((RIGHT, TOP), (Gap(RIGHT, 0, 6), _ABOVE)),
}
"""Its ways to the right and down in a flowchart, by the orientation instead."""


Cell = tuple[int, int]
"""A column and a row."""


def way_of(
    direction: str, skipped: bool, orientation: str = "landscape", *, flowchart: bool = False
) -> Way:
    """The way in a direction; ``skipped`` says that a box stands where the short one leads."""
    if flowchart and direction == "right-down":
        return _FLOWCHART[orientation, skipped]
    ways = _LANDSCAPE if orientation == "landscape" else _PORTRAIT
    return ways.get((direction, skipped)) or ways.get((direction, False), _BACK)


_DIRECTIONS = (
    ("left-up", "left", "left-down"),
    ("up", "same", "down"),
    ("right-up", "right", "right-down"),
)


def direction(one: Cell, other: Cell) -> str:
    """Where the other cell is, as blockdiag calls it."""
    (x, y), (end_x, end_y) = one, other
    return _DIRECTIONS[(end_x > x) - (end_x < x) + 1][(end_y > y) - (end_y < y) + 1]


def passed(
    one: Cell, other: Cell, orientation: str = "landscape", *, flowchart: bool = False
) -> Iterator[Cell]:
    """The cells that an edge would pass if it took the short way."""
    (x, y), (end_x, end_y) = one, other
    landscape = orientation == "landscape"
    towards = direction(one, other)
    if towards == "right" or (towards == "right-up" and landscape):
        return ((column, y) for column in range(x + 1, end_x))
    if towards in ("down", "left-down"):
        return ((x, row) for row in range(y + 1, end_y))
    if towards == "up" and landscape:
        return ((x, row) for row in range(end_y + 1, y))
    if towards == "right-down" and landscape:
        first = ((x, row) for row in range(y + 1, end_y + 1) if flowchart)
        return chain(first, ((column, end_y) for column in range(x + 1, end_x)))
    if towards == "right-down":
        first = ((column, y) for column in range(x + 1, end_x + 1) if flowchart)
        return chain(first, ((end_x, row) for row in range(y + 1, end_y)))
    return iter(())


Place = tuple[float, float, float, float]
"""By what ports at a side are sorted."""


def along_side(side: str, lines: Collection[Sequence[float]]) -> Place:
    """The place of a port at a side of a box, such that lines from there cross few others.

    ``lines`` leave it: of each, where its pieces lie in turn, and where it ends, on a grid in
    which columns and rows have even numbers, and the gaps between them odd ones.
    Those that turn off first stand outermost, and those that lead straight on in the middle.
    Of two that turn into the same channels, one is inside of the other.
    """
    if any(map(runs_straight, lines)):
        return 0, 0, 0, 0
    rise = sum([line[2] - line[0] for line in lines]) / len(lines)
    sign = (rise > 0) - (rise < 0)
    ahead = 1 if side in (RIGHT, BOTTOM) else -1
    first = min([ahead * line[1] for line in lines])
    inside = 0.0
    for line in lines:
        if len(line) > 4:
            run = abs(line[3] - line[1])
            inside += run if line[4] < line[2] else -run
    return sign, -sign * first, rise, inside / len(lines)


def runs_straight(line: Sequence[float]) -> bool:
    """Whether a line given like this turns nowhere."""
    return len(line) == 2


def tracks_needed(spans: Iterable[Sequence[int]]) -> int:
    """How many of the spans, each from a place to another, lie side by side where most do."""
    steps = sorted(step for low, high in spans for step in ((low, -1), (high, 1)))
    most = depth = 0
    for _, step in steps:
        depth -= step
        most = max(most, depth)
    return most
