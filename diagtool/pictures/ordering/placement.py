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
    if not pairs:
        return _stacked(members, at)
    children: dict[int, list[int]] = {member: [] for member in members}
    parents: dict[int, list[int]] = {member: [] for member in members}
    for one, other in pairs:
        children[one].append(other)
        parents[other].append(one)
    place_of = order.__getitem__
    for some in (*children.values(), *parents.values()):
        if len(some) > 1:
            some.sort(key=place_of)
    _columns(members, children, at)
    nodes = _adjusted(members, pairs, inner, children, parents, at)
    for number, member in enumerate(nodes):
        order[member] = number
    for some in children.values():
        if len(some) > 1:
            some.sort(key=place_of)
    _Rows(pairs, inner, parent, children, at).place(nodes)
    return (
        max([x[m] + at.width[m] for m in nodes]),
        max([y[m] + at.height[m] for m in nodes]),
    )


def _stacked(members: Sequence[int], at: Placement) -> tuple[int, int]:
    """Puts members between which no edge leads below each other."""
    row = 0
    for member in members:
        at.y[member] = row
        row += at.height[member]
    return max([at.width[member] for member in members], default=1), max(row, 1)


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
        self.pairs, self.inner, self.parent = pairs, inner, parent
        self.children, self.at = children, at
        self.taken: set[Cell] = set()
        self.done: set[int] = set()
        self.lowest: dict[int, int] = {}
        self.x, self.y = at.x, at.y

    def place(self, nodes: Sequence[int]) -> None:
        height = 0
        for node in nodes:
            if self.x[node] == 0:
                self._put(node, height)
                height = max(self.lowest.values()) + 1

    def _put(self, node: int, height: int) -> bool:
        x, y, children = self.x, self.y, self.children
        column = x[node]
        if not self._take(node, column, height):
            return False
        y[node] = height
        below = children[node]
        if not below:
            return True
        several = False
        if len(below) > 1:
            # blockdiag compares a column with a row here, and whatever comes of that counts.
            def compared(one: int, other: int) -> int:
                return -1 if x[one] < y[other] else int(x[one] != y[other])

            below = sorted(below, key=cmp_to_key(compared))
            several = len([child for child in below if children[child]]) > 1
        done, inside = self.done, self.inner[node]
        count, before = 0, -1
        for child in below:
            if child in done or column >= x[child]:
                continue
            if inside:
                height = max(height, self._row_inside(node, child))
            if several and before >= 0 and not self._is_rhombus(before, child):
                after = x[child]
                right = max([row for at, row in self.lowest.items() if at > after], default=-1)
                if right >= y[node]:
                    height = right + 1
            while not self._put(child, height):
                if not count:
                    return False
                height += 1
            done.add(child)
            count += 1
            height += 1
            before = child
        return True

    def _take(self, node: int, column: int, height: int) -> bool:
        """Takes the cells of a member; whether they were free."""
        wide, high = self.at.width[node], self.at.height[node]
        taken, lowest = self.taken, self.lowest
        if wide == high == 1:
            cell = (column, height)
            if cell in taken:
                return False
            taken.add(cell)
        else:
            cells = [(column + i, height + j) for i in range(wide) for j in range(high)]
            if not taken.isdisjoint(cells):
                return False
            taken.update(cells)
        end = height + high - 1
        for at in range(column, column + wide):
            if lowest.get(at, -1) < end:
                lowest[at] = end
        return True

    def _row_inside(self, frame: int, child: int) -> int:
        """The row of the first box in a frame that leads to a child."""
        rows = []
        for tail, _ in self.pairs[frame, child]:
            row, node = self.y[frame], tail
            while node != frame:
                row += self.y[node]
                node = self.parent[node]
            rows.append(row)
        return min(rows)

    def _is_rhombus(self, one: int, other: int) -> bool:
        """Whether two lead to the same one, each by a single way."""
        x, children = self.x, self.children
        while one != other:
            if len(children[one]) != 1 or len(children[other]) != 1:
                return False
            (after,), (beyond,) = children[one], children[other]
            if x[one] > x[after] or x[other] > x[beyond]:
                return False
            one, other = after, beyond
        return True
