"""Looks for the order in which blockdiag makes a good picture of a diagram.

blockdiag places by the order in which a source states things, and what an edge states first
stands on the left. Both are free to choose, so they are chosen here. Boxes are moved as long as
that helps, starting from the order that is stated, and from two in which boxes were added one by
one, each where it did least harm.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from math import isqrt
from typing import NamedTuple

from diagtool.model.diagram import Arrow, Diagram, Edge, Group
from diagtool.pictures.ordering.estimate import Frame, Wire, estimate
from diagtool.pictures.ordering.levels import Framed, levelled
from diagtool.pictures.ordering.placement import Pair, Placement, place
from diagtool.pictures.ways import Cell

_CROSSING = 1000
"""What a crossing costs. All costs are whole numbers, the same on each machine."""

_OVERLAP, _BEND = 6 * _CROSSING, 100
"""What costs lines on top of each other, and a bend."""

_WIDE, _WIDER = 1400, 50
"""How many pixels wide a page is inside its margins, and how many more are as bad as a crossing."""

_LENGTH, _AREA = (120, 1000), (600, 1800)
"""What cost the unit of length and of area, without and with frames, which take up much room.

The units are the side of a square as large as all boxes, and that square.
"""

_BOX_HEIGHT, _BOX_WIDTH, _MARGIN = 40, 128, 16

_STEPS = 40_000
"""How much may be looked at: boxes and lines, each once for each order that is tried."""

_PASSES = 8

_AT_HAND = 16
"""How many orders are kept: the same view is often shown in several formats, one by one."""


@lru_cache(_AT_HAND)
def ordered(diagram: Diagram) -> Diagram:
    """The same diagram in an order in which blockdiag makes a good picture of it.

    Boxes of one part, and boxes with the same label, keep their order. An order as good as
    any that is found stays as it is.
    """
    return _Search(diagram).run()


def cells(diagram: Diagram) -> dict[str, Cell]:
    """Where blockdiag will put the boxes of a diagram whose edges lead in no circle."""
    return _Search(diagram).cells()


class _Order(NamedTuple):
    """By frame: its members as they are stated, and as edges lead from one to another."""

    stated: dict[int, tuple[int, ...]]
    ranked: dict[int, tuple[int, ...]]

    def moved(self, frame: int, which: int, members: tuple[int, ...]) -> _Order:
        return self._replace(**{self._fields[which]: {**self[which], frame: members}})


class _Link(NamedTuple):
    """An edge: the members of a frame that it joins, its boxes, and its arrowheads."""

    frame: int
    one: int
    other: int
    tail: int
    head: int
    heads: tuple[bool, bool]


class _Search:
    def __init__(self, diagram: Diagram) -> None:
        self._diagram = diagram
        self._numbers = {node.id: number for number, node in enumerate(diagram.nodes)}
        self._boxes = len(self._numbers)
        for group in diagram.all_groups:
            self._numbers[group.id] = len(self._numbers)
        self._page = len(self._numbers)
        self._frame_of = [self._page] * (self._page + 1)
        self._is_frame = [number >= self._boxes for number in range(self._page + 1)]
        for group in diagram.all_groups:
            for id in (*group.nodes, *(inner.id for inner in group.groups)):
                self._frame_of[self._numbers[id]] = self._numbers[group.id]
        self._grouped = frozenset(n for n in range(self._boxes) if self._frame_of[n] != self._page)
        self._links = [self._link(edge) for edge in diagram.edges if edge.tail != edge.head]
        self._fixed = self._led_fixedly()
        self._stated = self._as_stated()
        self._before = self._first()
        self._alike = self._kinds()
        area = sum((node.width or _BOX_WIDTH) * _BOX_HEIGHT for node in diagram.nodes)
        self._area, self._side = max(area, 1), max(isqrt(area), 1)
        self._is_framed = bool(self._grouped)
        self._steps = _STEPS
        self._known: dict[object, int] = {}
        self._show(range(self._boxes))

    def run(self) -> Diagram:
        if len({frozenset((link.tail, link.head)) for link in self._links}) < len(self._links):
            # Turned round, one of two edges between the same boxes would be the other.
            return self._diagram
        if self._has_no_choice() or self._is_too_large():
            return self._as_ordered(self._stated)
        mentioned = [number for link in self._links for number in (link.tail, link.head)]
        every = range(self._boxes)
        lines = Counter(mentioned)
        sequences = (
            [*mentioned, *every],
            sorted(every, key=lambda box: -lines[box]),
        )
        starts = [self._stated, *(self._built_up(dict.fromkeys(boxes)) for boxes in sequences)]
        return self._as_ordered(min(map(self._improved, starts), key=self._cost))

    # What is given

    def _is_too_large(self) -> bool:
        return (self._boxes + len(self._links)) * self._boxes > _STEPS

    def _has_no_choice(self) -> bool:
        """Whether all edges lead to or from one member, and must lead so: any order is alike."""
        ends = [{link.one, link.other} for link in self._links]
        must = all(edge.fixed for edge in self._edges())
        return must and (not ends or bool(set.intersection(*ends)))

    def _way_in(self, number: int) -> list[int]:
        """A box or frame and all frames around it, from the page inwards."""
        way = [number]
        while way[-1] != self._page:
            way.append(self._frame_of[way[-1]])
        return way[::-1]

    def _link(self, edge: Edge) -> _Link:
        tail, head = self._numbers[edge.tail], self._numbers[edge.head]
        ways = self._way_in(tail), self._way_in(head)
        depth = next(i for i, (one, other) in enumerate(zip(*ways, strict=False)) if one != other)
        heads = edge.arrow in (Arrow.BACK, Arrow.BOTH), edge.arrow in (Arrow.FORWARD, Arrow.BOTH)
        return _Link(ways[0][depth - 1], ways[0][depth], ways[1][depth], tail, head, heads)

    def _as_stated(self) -> _Order:
        """The diagram's own order; where edges go in a circle, one of them is turned."""
        members = {self._page: [self._numbers[shown.id] for shown in self._diagram.outermost]}
        for group in self._diagram.all_groups:
            ids = (*group.nodes, *(inner.id for inner in group.groups))
            members[self._numbers[group.id]] = [self._numbers[id] for id in ids]
        return _Order(
            {frame: tuple(inside) for frame, inside in members.items()},
            {frame: self._ranked(frame, inside) for frame, inside in members.items()},
        )

    def _ranked(self, frame: int, members: Sequence[int]) -> tuple[int, ...]:
        """The members of a frame, each before those to which edges lead where that can be."""
        pairs = {(link.one, link.other) for link in self._links if link.frame == frame}
        left, ranks = list(members), []
        while left:
            into, out_of, must = Counter[int](), Counter[int](), Counter[int]()
            for pair in pairs:
                out_of[pair[0]] += 1
                into[pair[1]] += 1
                must[pair[1]] += pair in self._fixed[frame]
            # In a circle, the one comes first that turns fewest edges, and no fixed ones.
            first = min(left, key=lambda m: (bool(into[m]), must[m], into[m] - out_of[m]))
            left.remove(first)
            ranks.append(first)
            pairs = {pair for pair in pairs if first not in pair}
        return tuple(ranks)

    def _led_fixedly(self) -> dict[int, set[Pair]]:
        """By frame, which of two members an edge must lead from."""
        fixed: dict[int, set[Pair]] = defaultdict(set)
        for link, edge in zip(self._links, self._edges(), strict=True):
            if edge.fixed:
                fixed[link.frame].add((link.one, link.other))
        return fixed

    def _first(self) -> dict[int, set[int]]:
        """By member, those of its frame that must come before it; none if in a circle."""
        place_of = _places(self._stated.ranked)
        first: dict[int, set[int]] = defaultdict(set)
        for frame, members in self._stated.ranked.items():
            pairs = self._fixed[frame]
            if all(place_of[one] < place_of[other] for one, other in pairs):
                for member in members:
                    for one in [one for one, other in pairs if other == member]:
                        first[member] |= {one, *first[one]}
        return first

    def _edges(self) -> Iterator[Edge]:
        return (edge for edge in self._diagram.edges if edge.tail != edge.head)

    def _kinds(self) -> dict[int, list[int]]:
        """By member, all of its frame that keep their order among themselves, in order."""
        kinds: dict[int, list[int]] = {}
        seen: dict[object, list[int]] = {}
        names: list[tuple[object, object]] = [
            (node.part or node.id, node.label) for node in self._diagram.nodes
        ]
        names += [(group.part or self._page, group.label) for group in self._diagram.all_groups]
        for frame, members in self._stated.stated.items():
            for member in members:
                part, label = names[member]
                # Boxes with one label are told from each other by their order.
                same = seen.get((frame, part)) or seen.get(label) or []
                seen[frame, part] = seen[label] = kinds[member] = same
                same.append(member)
        return kinds

    # What an order costs

    def _show(self, boxes: Iterable[int]) -> None:
        """Counts no others than these boxes, and the edges between them."""
        self._present = tuple(boxes)
        self._shown = [
            link
            for link in self._links
            if link.tail in self._present and link.head in self._present
        ]
        self._last: tuple[object, tuple[bool, ...]] = (None, ())
        self._known.clear()

    def cells(self) -> dict[str, Cell]:
        """Where the boxes stand as they are stated."""
        pairs, _ = self._led(self._stated, self._turned(self._stated))
        cells, _ = self._cells(self._stated, pairs)
        return {node.id: cells[self._numbers[node.id]] for node in self._diagram.nodes}

    def _cost(self, order: _Order) -> int:
        """What a picture in this order is like, as far as is known without a layout."""
        turned = self._turned(order)
        asked = turned, *order.stated.values()
        if asked in self._known:
            return self._known[asked]
        self._steps -= len(self._present)
        pairs, wires = self._led(order, turned)
        cells, frames = self._cells(order, pairs)
        seen = turned, *cells.values()
        if seen not in self._known:
            self._known[seen] = self._harm(cells, wires, frames)
        cost = self._known[asked] = self._known[seen]
        return cost

    def _harm(self, cells: dict[int, Cell], wires: list[Wire], frames: list[Frame]) -> int:
        """What it costs that boxes stand there."""
        self._steps -= len(wires)
        told = estimate(cells, wires, self._grouped, frames)
        page = (told.width + 2 * _MARGIN) * (told.height + 2 * _MARGIN)
        return (
            _CROSSING * told.crossings
            + _OVERLAP * told.overlaps
            + _BEND * told.bends
            + _CROSSING * max(told.width - _WIDE, 0) // _WIDER
            + _LENGTH[self._is_framed] * told.length // self._side
            + _AREA[self._is_framed] * page // self._area
        )

    def _turned(self, order: _Order) -> tuple[bool, ...]:
        """Of each edge between boxes that are present, whether its other end comes first."""
        if order.ranked is not self._last[0]:
            place_of = _places(order.ranked)
            turned = tuple([place_of[link.one] > place_of[link.other] for link in self._shown])
            self._last = order.ranked, turned
        return self._last[1]

    def _led(
        self, order: _Order, turned: tuple[bool, ...]
    ) -> tuple[dict[int, dict[Pair, list[Pair]]], list[Wire]]:
        """The edges between boxes that are present, by frame and in a row, each as it leads."""
        pairs: dict[int, dict[Pair, list[Pair]]] = {frame: {} for frame in order.stated}
        wires = []
        for (frame, one, other, tail, head, heads), is_turned in zip(
            self._shown, turned, strict=True
        ):
            if is_turned:
                one, other, tail, head, heads = other, one, head, tail, heads[::-1]
            pairs[frame].setdefault((one, other), []).append((tail, head))
            wires.append(Wire(tail, head, heads))
        return pairs, wires

    def _cells(
        self, order: _Order, pairs: dict[int, dict[Pair, list[Pair]]]
    ) -> tuple[dict[int, Cell], list[Frame]]:
        """Where boxes and frames stand."""
        at = Placement(self._page + 1)

        def fill(frame: int) -> None:
            members = order.stated[frame]
            for member in members:
                if self._is_frame[member]:
                    fill(member)
            size = place(members, pairs[frame], self._is_frame, self._frame_of, at)
            at.width[frame], at.height[frame] = size

        fill(self._page)
        cells = {box: self._corner(box, at) for box in self._present}
        frames = [
            Frame(*self._corner(frame, at), at.width[frame], at.height[frame])
            for frame in sorted(order.stated)
            if frame != self._page
        ]
        return cells, frames

    def _corner(self, member: int, at: Placement) -> Cell:
        x, y, inside = at.x[member], at.y[member], self._frame_of[member]
        while inside != self._page:
            x, y, inside = x + at.x[inside], y + at.y[inside], self._frame_of[inside]
        return x, y

    # Looking for a better one

    def _built_up(self, boxes: Iterable[int]) -> _Order:
        """Adds box by box, each where it does least harm."""
        order = _Order({self._page: ()}, {self._page: ()})
        self._show(())
        for box in boxes:
            self._show((*self._present, box))
            added = [m for m in self._way_in(box)[1:] if not self._is_in(order, m)]
            for member in added:
                frame = self._frame_of[member]
                stated, ranked = order.stated.get(frame, ()), order.ranked.get(frame, ())
                order = order.moved(frame, 0, self._tidied((*stated, member), member))
                rank = self._stated.ranked[frame].index
                free = self._places(ranked, member)
                at = next((i for i in free[:-1] if rank(ranked[i]) > rank(member)), free[-1])
                order = order.moved(frame, 1, (*ranked[:at], member, *ranked[at:]))
            cost = self._cost(order)
            for _ in range(2):
                before = cost
                for member in reversed(added):
                    for which in (0, 1, 0):
                        order, cost = self._best(order, cost, member, which)
                if cost == before:
                    break
        return order

    def _is_in(self, order: _Order, member: int) -> bool:
        return member in order.stated.get(self._frame_of[member], ())

    def _improved(self, order: _Order) -> _Order:
        """Moves each member to where it does least harm, as long as that helps."""
        cost = self._cost(order)
        for _ in range(_PASSES):
            before = cost
            for members in self._stated.stated.values():
                for member in members:
                    for which in (1, 0):
                        order, cost = self._best(order, cost, member, which)
            if cost == before or self._steps < 0:
                break
        return order

    def _best(self, order: _Order, cost: int, member: int, which: int) -> tuple[_Order, int]:
        """The order with a member in its best place, and what that costs."""
        frame = self._frame_of[member]
        members = order[which][frame]
        best = order
        others = tuple(m for m in members if m != member)
        for at in self._places(others, member) if which else range(len(members)):
            if self._steps < 0:
                break
            tried = (*others[:at], member, *others[at:])
            if not which:
                tried = self._tidied(tried, member)
            if tried != members:
                changed = order.moved(frame, which, tried)
                harm = self._cost(changed)
                if harm < cost:
                    best, cost = changed, harm
        return best, cost

    def _places(self, others: tuple[int, ...], member: int) -> range:
        """Where a member may be among others, with edges that lead the way they must."""
        before = self._before[member]
        first = max((at + 1 for at, other in enumerate(others) if other in before), default=0)
        behind = (at for at, other in enumerate(others) if member in self._before[other])
        last = min(behind, default=len(others))
        return range(first, last + 1)

    def _tidied(self, members: tuple[int, ...], moved: int) -> tuple[int, ...]:
        """Members with those of one kind in their order, and inner frames after boxes."""
        tidy = list(members)
        if self._frame_of[moved] != self._page:
            tidy.sort(key=self._is_frame.__getitem__)
        alike = self._alike[moved]
        if len(alike) > 1:
            rank = [m for m in alike if m in tidy]
            places = [number for number, m in enumerate(tidy) if m in alike]
            for number, member in zip(places, rank, strict=True):
                tidy[number] = member
        return tuple(tidy)

    # The outcome

    def _as_ordered(self, order: _Order) -> Diagram:
        diagram = self._diagram
        place_of = _places(order.ranked)
        stated = _places(order.stated)

        def at(id: str) -> list[int]:
            return [stated[member] for member in self._way_in(self._numbers[id])[1:]]

        def groups(old: Iterable[Group]) -> tuple[Group, ...]:
            changed = [
                replace(g, nodes=tuple(sorted(g.nodes, key=at)), groups=groups(g.groups))
                for g in old
            ]
            return tuple(sorted(changed, key=lambda group: at(group.id)))

        turned = {
            (link.tail, link.head)
            for link in self._links
            if place_of[link.one] > place_of[link.other]
        }

        def edge(old: Edge) -> Edge:
            if (self._numbers[old.tail], self._numbers[old.head]) not in turned:
                return old
            return old.turned

        return replace(
            diagram,
            nodes=tuple(sorted(diagram.nodes, key=lambda node: at(node.id))),
            groups=groups(diagram.groups),
            edges=_in_runs([edge(old) for old in diagram.edges]),
            rows=self._rows(order),
        )

    def _rows(self, order: _Order) -> tuple[tuple[str, int], ...]:
        """The rows of all boxes, if they are better in others than those of the order."""
        if self._is_too_large():
            return ()
        pairs, wires = self._led(order, self._turned(order))
        cells, frames = self._cells(order, pairs)
        linked = {box for wire in wires for box in (wire.tail, wire.head)}
        framed = [
            Framed(
                frame,
                frozenset(box for box in cells if number in self._way_in(box)),
                self._alike[number][0],
            )
            for number, frame in zip(sorted(order.stated), frames, strict=False)
        ]
        alone = [(box,) for box in cells if box in linked and len(self._alike[box]) == 1]
        columns: dict[Cell, list[int]] = defaultdict(list)
        for box in sorted(linked):
            columns[self._frame_of[box], cells[box][0]].append(box)
        units = [
            *(each.boxes for each in framed if not linked.isdisjoint(each.boxes)),
            *(column for column in columns.values() if len(column) > 1),
            *alone,
        ]
        found = levelled(
            cells,
            framed,
            units,
            lambda cells, frames: self._harm(cells, wires, frames),
        )
        if found == cells:
            return ()
        return tuple((node.id, found[self._numbers[node.id]][1]) for node in self._diagram.nodes)


def _places(members: dict[int, tuple[int, ...]]) -> dict[int, int]:
    """The place of each member in its frame."""
    return {member: number for inside in members.values() for number, member in enumerate(inside)}


def _in_runs(edges: Sequence[Edge]) -> tuple[Edge, ...]:
    """The edges with those side by side that a person would state in one breath."""
    left, stated = list(edges), []
    while left:
        first = left[0]
        alike = [edge for edge in left if edge.kind == first.kind]
        run = max(
            [e for e in alike if e.tail == first.tail],
            [e for e in alike if e.head == first.head],
            key=len,
        )
        stated += run
        left = [edge for edge in left if edge not in run]
    return tuple(stated)
