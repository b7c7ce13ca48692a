"""Where blockdiag puts boxes on its grid, told from the order in which a source states them.

It is blockdiag's own way of placing (its ``DiagramLayoutManager``) on numbers alone, for
edges that go in no circle: columns by the longest way from the left, rows by first mention.
A search can so try hundreds of orders in the time that a few layouts take.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cmp_to_key
from itertools import pairwise

from diagtool.pictures.ways import Cell

Pair = tuple[int, int]


class Placement:
    """Cells of boxes (and of frames, by their upper left), relative to what they stand in."""

    def __init__(self, count: int) -> None:
        self.x = [0] * count
        self.y = [0] * count
        self.width = [1] * count
        self.height = [1] * count
        self.order = [0] * count


def place(
    members: Sequence[int],
    pairs: dict[Pair, list[Pair]],
    inner: Sequence[bool],
    parent: Sequence[int],
    at: Placement,
) -> tuple[int, int]:
    """Places the members of one level whose inner frames are placed; gives columns and rows.

    ``inner`` says of every number whether it is a frame; ``parent`` in which frame it is.
    """
    x, y, order = at.x, at.y, at.order
    for number, member in enumerate(members):
        order[member] = number
        x[member] = y[member] = 0
    children: dict[int, list[int]] = {member: [] for member in members}
    parents: dict[int, list[int]] = {member: [] for member in members}
    for one, other in pairs:
        children[one].append(other)
        parents[other].append(one)
    for member in members:
        children[member].sort(key=order.__getitem__)
        parents[member].sort(key=order.__getitem__)
    _columns(members, children, at)
    nodes = _adjusted(members, pairs, inner, children, parents, at)
    for number, member in enumerate(nodes):
        order[member] = number
    for member in nodes:
        children[member].sort(key=order.__getitem__)
    _Rows(pairs, inner, parent, children, at).place(nodes)
    return (
        max(x[m] + at.width[m] for m in nodes),
        max(y[m] + at.height[m] for m in nodes),
    )


def _columns(members: Sequence[int], children: dict[int, list[int]], at: Placement) -> None:
    """Puts everything behind all that leads to it."""
    x, width = at.x, at.width
    waiting = dict.fromkeys(members, 0)
    for member in members:
        for child in children[member]:
            waiting[child] += 1
    ready = [member for member in members if not waiting[member]]
    for member in ready:
        after = x[member] + width[member]
        for child in children[member]:
            if x[child] < after:
                x[child] = after
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)


def _adjusted(
    members: Sequence[int],
    pairs: dict[Pair, list[Pair]],
    inner: Sequence[bool],
    children: dict[int, list[int]],
    parents: dict[int, list[int]],
    at: Placement,
) -> list[int]:
    """The members in blockdiag's order: those that meet at the same one side by side."""
    x = at.x
    nodes = list(members)

    def behind(first: int, second: int) -> None:
        """Moves the second to stand behind where the first stood."""
        place = nodes.index(first)
        nodes.remove(second)
        nodes.insert(place + 1, second)

    for node in members:
        over = parents[node]
        for one, other in pairwise(over):
            if x[one] == x[other]:
                if nodes.index(one) < nodes.index(other):
                    behind(one, other)
                else:
                    behind(other, one)
        below = children[node]
        for one, other in pairwise(below):
            if x[one] == x[other]:
                if nodes.index(one) < nodes.index(other):
                    behind(one, other)
                else:
                    behind(other, one)
            elif x[one] < x[other]:
                behind(one, other)
            else:
                behind(other, one)
        if inner[node] and len(below) > 1:
            first = {
                child: min(at.order[tail] for tail, _ in pairs[node, child]) for child in below
            }
            exchanged = True
            while exchanged:
                exchanged = False
                for one, other in pairwise(below):
                    if (
                        not inner[other]
                        and first[other] < first[one]
                        and nodes.index(one) < nodes.index(other)
                    ):
                        behind(other, one)
                        exchanged = True
    return nodes


class _Rows:
    """Gives everything its row: whoever leads to others first, then these, beside it."""

    def __init__(
        self,
        pairs: dict[Pair, list[Pair]],
        inner: Sequence[bool],
        parent: Sequence[int],
        children: dict[int, list[int]],
        at: Placement,
    ) -> None:
        self.pairs, self.inner, self.parent, self.children, self.at = (
            pairs,
            inner,
            parent,
            children,
            at,
        )
        self.taken: set[Cell] = set()
        self.done: set[int] = set()
        self.lowest: dict[int, int] = {}

    def place(self, nodes: Sequence[int]) -> None:
        height = 0
        for node in nodes:
            if self.at.x[node] == 0:
                self._put(node, height)
                height = max(self.lowest.values()) + 1

    def _put(self, node: int, height: int) -> bool:
        at, children, taken, lowest = self.at, self.children, self.taken, self.lowest
        x, y = at.x, at.y
        column = x[node]
        cells = [
            (column + across, height + down)
            for across in range(at.width[node])
            for down in range(at.height[node])
        ]
        for cell in cells:
            if cell in taken:
                return False
        y[node] = height
        taken.update(cells)
        end = height + at.height[node] - 1
        for across in range(column, column + at.width[node]):
            if lowest.get(across, -1) < end:
                lowest[across] = end
        below = children[node]
        if len(below) > 1:
            # blockdiag compares a column with a row here, and whatever comes of that counts.
            def compared(one: int, other: int) -> int:
                return -1 if x[one] < y[other] else int(x[one] != y[other])

            below = sorted(below, key=cmp_to_key(compared))
        several = sum(1 for child in below if children[child]) > 1
        count, before = 0, -1
        for child in below:
            if child in self.done or column >= x[child]:
                continue
            if self.inner[node]:
                height = max(height, self._row_inside(node, child))
            if before >= 0 and several and not self._is_rhombus(before, child):
                right = [row for across, row in lowest.items() if across > x[child]]
                if right and max(right) >= y[node]:
                    height = max(right) + 1
            while not self._put(child, height):
                if not count:
                    return False
                height += 1
            self.done.add(child)
            count += 1
            height += 1
            before = child
        return True

    def _row_inside(self, frame: int, child: int) -> int:
        """The row of the first box in a frame that leads to a child."""
        rows = []
        for tail, _ in self.pairs[frame, child]:
            row, node = self.at.y[frame], tail
            while node != frame:
                row += self.at.y[node]
                node = self.parent[node]
            rows.append(row)
        return min(rows)

    def _is_rhombus(self, one: int, other: int) -> bool:
        """Whether two lead to the same one, each by a single way."""
        x, children = self.at.x, self.children
        while one != other:
            if len(children[one]) != 1 or len(children[other]) != 1:
                return False
            (after,), (beyond,) = children[one], children[other]
            if x[one] > x[after] or x[other] > x[beyond]:
                return False
            one, other = after, beyond
        return True
